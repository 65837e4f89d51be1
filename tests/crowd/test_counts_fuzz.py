"""No file, however strange, brings the loader down or lets a row go uncounted."""

import gzip

from hypothesis import example, given, settings
from hypothesis import strategies as st

HEADER = "interval_start,cell_id,devices"


def _assert_told_and_counted(desk, content, **options):
    report = desk.load_one(content, **options)
    assert report.verdict in {"accepted", "refused"}
    assert (report.reason is None) == (report.verdict == "accepted")
    assert report.rows_in == report.rows_kept + sum(report.rows_quarantined.values())
    assert len(desk.ledger()) == 1
    return report


BYTES = st.binary(max_size=300)


@settings(max_examples=20, deadline=None)
@given(content=st.one_of(BYTES, BYTES.map(gzip.compress), BYTES.map(b"PAR1".__add__)))
@example(b"")
@example(b"\x1f\x8b")
@example(b"\x28\xb5\x2f\xfd")
@example(b"PAR1PAR1")
@example(b"\xff\xfea\x00")
@example(b"\n" * 9)
def test_any_bytes_are_refused_or_counted(make_desk, content):
    _assert_told_and_counted(make_desk(), content)


@settings(max_examples=20, deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), max_size=200))
@example(",,,\n,,,\n")
@example('"\n"\n')
@example("'\\\"; drop table files; --,b\n1,2\n")
@example("a,A\n")
@example("{a:1},[b]\n1,2\n")
def test_any_text_is_refused_or_counted(make_desk, text):
    _assert_told_and_counted(make_desk(), text)


@settings(max_examples=40, deadline=None)
@given(rest=st.text(st.sampled_from(" ,;\t\"'\\\n\r<>-+.0123456789TZ:eE\u00a0\u2028\ufeff#%{}é"), max_size=120))
@example("\\N,\\N,\\N\n")
@example("# comment\n")
def test_any_rows_below_the_header_are_refused_or_counted(make_desk, rest):
    _assert_told_and_counted(make_desk(), f"{HEADER}\n{rest}")


VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters='\x00\r\n",;\t|'), max_size=8),
    st.sampled_from(
        ["2020-03-31T07:00:00Z", "001-01-1", "5", "-0", "1e3", "nan", "inf", "-1e400", "0x10", "1_000", "<9"]
    ),
    st.sampled_from(["9223372036854775808", "<99999999999", "99999-12-31T00:00:00Z", "2020-03-31T07:00:00-00:00"]),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
)
LINES = st.lists(st.tuples(VALUES, VALUES, VALUES, VALUES), min_size=1, max_size=8)
HEADERS = st.permutations(["interval_start", "cell_id", "devices", "interval_minutes"])
PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "timezone": st.sampled_from(["UTC", "Asia/Jakarta"]),
        "time_format": st.sampled_from(["unix", "unix_ms", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%-d%%%c"]),
        "interval_minutes": st.sampled_from([1, 15, 1440]),
        "delimiter": st.sampled_from([",", ";", "'", "\\", "^", "é", " ", "0"]),
        "cell_id_template": st.sampled_from(["001-01-{cell_id}", "{devices:09}"]),
        "operator": st.sampled_from(["alun", "Alun "]),
    },
)


@settings(max_examples=40, deadline=None)
@given(header=HEADERS, lines=LINES, profile=PROFILES)
def test_any_values_under_any_profile_are_refused_or_counted_line_by_line(make_desk, header, lines, profile):
    separator = profile.get("delimiter", ",")
    text = "\n".join(separator.join(line) for line in [header, *lines]) + "\n"
    report = _assert_told_and_counted(make_desk(), text, **profile)
    assert report.rows_in in {0, len(lines)}
    assert report.rows_in or report.verdict == "refused"
