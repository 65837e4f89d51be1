"""What holds of flows whatever they are."""

from collections import defaultdict

from flow_isles import WEEK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MONDAY = f"{WEEK.monday}T00:00+07:00"
K = 15
SOME = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

pairs = st.tuples(st.integers(0, 4), st.integers(0, 4))
phones = st.one_of(st.just(0), st.integers(K, 3 * K), st.integers(K, 5000), st.just("<15"))
sent = st.dictionaries(st.tuples(st.sampled_from(["alun", "nusa"]), pairs), phones, min_size=1, max_size=40)


def _rows(isles, flows):
    return [(MONDAY, isles.districts[i], isles.districts[j], n, operator) for (operator, (i, j)), n in flows.items()]


def _load(isles, rows, **options):
    return isles.load_rows(rows, header="interval_start,from_area,to_area,devices,operator", **options)


@SOME
@given(flows=sent, data=st.data())
def test_the_order_of_rows_never_matters(make_isles, flows, data):
    one, other = make_isles(), make_isles()
    rows = _rows(one, flows)
    _load(one, rows)
    _load(other, data.draw(st.permutations(rows)))
    assert one.sent().equals(other.sent())
    assert one.indicators().equals(other.indicators())


@SOME
@given(flows=sent)
def test_a_rerun_changes_nothing(make_isles, read_all, flows):
    isles = make_isles()
    rows = _rows(isles, flows)
    _load(isles, rows)
    told, lake = isles.indicators(), read_all(isles.home.lake)
    _load(isles, rows, again=True)
    assert isles.indicators().equals(told)
    assert read_all(isles.home.lake) == lake


@SOME
@given(flows=sent)
def test_phones_are_conserved_over_operators(make_isles, flows):
    isles = make_isles()
    _load(isles, _rows(isles, flows))
    left, came = defaultdict(int), defaultdict(int)
    for (_, (i, j)), n in flows.items():
        if i != j and n != "<15":
            left[isles.districts[i], WEEK.monday] += n
            came[isles.districts[j], WEEK.monday] += n
    for indicator, by_hand in (("flow_out", left), ("flow_in", came)):
        shown = {key: value for key, value in isles.told(indicator).items() if value is not None}
        assert shown == {key: by_hand[key] for key in shown}
