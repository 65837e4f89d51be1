"""Files of flows that are dropped into the inbox beside those of counts."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from geo.areas import load_areas
from lake.home import Home
from lake.intake import Intake
from lake.ledger import open_ledger
from pipelines.inbox import Limits, take_in_inbox

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
HEADER = "interval_start,from_area,to_area,devices,operator\n"
ROW = "2020-03-30T00:00+07:00,99.01.01,99.01.02,{devices},Alun\n"
COUNTS = "interval_start,cell_id,devices\n2020-03-31T12:00Z,001-01-100-1,7\n"
DONE, REFUSED = "inbox/done/2020-04-01", "inbox/refused/2020-04-01"


@pytest.fixture
def intake(options):
    home = Home(options.home)
    now = datetime(2020, 4, 1, 8, tzinfo=UTC)
    return Intake(home=home, engine=options.engine(), ledger_url=home.ledger_url, now=now, taken_by="tester")


@pytest.fixture
def districts(intake):
    load_areas(SAMPLE / "areas.geojson", level="district", intake=intake, columns={})


@pytest.fixture
def take_in(intake):
    return lambda: take_in_inbox(intake, limits=Limits(max_devices=50_000, k=15), settle_s=0.0)


@pytest.fixture
def write(options):
    def _write(name, content, *, age_s=60):
        path = options.home / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        seen = datetime.now(UTC).timestamp() - age_s
        os.utime(path, (seen, seen))
        return path

    return _write


def rows(options, stage="flows"):
    """Devices of the rows of a stage, in order."""
    files = sorted((options.home / "lake" / stage).rglob("part.parquet"))
    return sorted(pl.concat(pl.read_parquet(file) for file in files)["devices"]) if files else []


def only(loads):
    ((report,),) = [load.files for load in loads]
    return report


@pytest.mark.usefixtures("districts")
def test_good_rows_go_into_the_lake_and_bad_ones_aside(options, take_in, write):
    write("a.csv", HEADER + ROW.format(devices=20) + ROW.format(devices=30).replace("99.01.02", "99.01.77"))
    report = only(take_in().flows)
    assert report.rows_quarantined == {"unknown_area": 1}
    assert pl.read_csv(report.quarantine)["reason"].to_list() == ["unknown_area"]
    assert rows(options) == [20]
    assert (options.home / DONE / "a.csv").exists()
    with open_ledger(options.ledger_url) as ledger:
        assert ledger.files()[-1].stage == "flows"


@pytest.mark.usefixtures("districts")
def test_the_settings_k_holds_and_a_file_without_a_good_row_is_refused(options, take_in, write):
    write("a.csv", HEADER + ROW.format(devices=14))
    report = only(take_in().flows)
    assert (report.verdict, report.rows_quarantined) == ("refused", {"under_k_at_the_source": 1})
    assert "under_k_at_the_source" in (options.home / REFUSED / "a.csv.reason.txt").read_text()
    assert rows(options) == []


@pytest.mark.usefixtures("districts")
def test_a_later_file_corrects_an_earlier_one_and_the_same_again_changes_nothing(options, take_in, write):
    write("b_first.csv", HEADER + ROW.format(devices=20), age_s=60)
    write("a_correction.csv", HEADER + ROW.format(devices=25), age_s=30)
    take_in()
    assert rows(options) == [25]
    write("again.csv", HEADER + ROW.format(devices=25))
    assert only(take_in().flows).verdict == "unchanged"


@pytest.mark.usefixtures("districts")
def test_counts_and_flows_of_one_delivery_go_each_to_their_own(options, take_in, write):
    write("night.delivery/1.csv", HEADER + ROW.format(devices=20))
    write("night.delivery/2.csv", COUNTS)
    write("night.delivery/3.csv", HEADER + ROW.format(devices=30).replace("99.01.02", "99.01.03"))
    taken = take_in()
    assert rows(options) == [20, 30]
    assert rows(options, "counts") == [7]
    assert [len(load.files) for load in taken.loads] == [1, 2]
    assert not (options.home / "inbox/night.delivery").exists()


@pytest.mark.usefixtures("districts")
def test_a_folder_with_a_profile_names_columns_and_operator(options, take_in, write):
    (options.home / "profiles").mkdir()
    (options.home / "profiles/arus.toml").write_text(
        'timezone = "Asia/Jakarta"\noperator = "Nusa"\ndelimiter = ";"\n'
        '[columns]\ninterval_start = "hari"\nfrom_area = "Dari"\nto_area = "ke"\ndevices = "jumlah"\n'
    )
    write("arus/a.csv", "hari;dari;KE;jumlah\n2020-03-30 00:00;99.01.01;99.01.02;20\n")
    assert only(take_in().flows).verdict == "accepted"
    assert [path.name for path in (options.home / "lake/flows").rglob("operator=*")] == ["operator=nusa"]


@pytest.mark.usefixtures("districts")
@pytest.mark.parametrize("pack", ["csv", "csv.gz", "csv.zst", "parquet", "parquet.gz"])
def test_every_kind_of_file_is_told_by_its_columns_whatever_its_name(options, take_in, write, tmp_path, pack):
    table = pl.read_csv((HEADER + ROW.format(devices=20)).encode())
    made = tmp_path / pack.removesuffix(".gz")
    if pack.startswith("parquet"):
        table.write_parquet(made)
    else:
        table.write_csv(made, compression="zstd" if pack.endswith("zst") else "uncompressed")
    content = made.read_bytes()
    write("counts_of_monday", gzip.compress(content) if pack.endswith("gz") else content)
    assert only(take_in().flows).verdict == "accepted"
    assert rows(options) == [20]


@pytest.mark.usefixtures("districts")
@pytest.mark.parametrize("more", ["", ",from_area,to_area", ",from_area"])
def test_a_file_of_cells_is_counts_whatever_its_name_and_its_other_columns(options, take_in, write, more):
    header, row = COUNTS.split()
    write("flows.csv", f"{header}{more}\n{row}{',99.01.01' * more.count(',')}\n")
    taken = take_in()
    assert taken.flows == []
    assert only(taken.counts).verdict == "accepted"
    assert rows(options, "counts") == [7]


def test_a_file_of_flows_before_any_area_says_what_to_load_first(options, take_in, write):
    write("a.csv", HEADER + ROW.format(devices=20))
    assert only(take_in().flows).verdict == "refused"
    assert "kerumun areas load" in (options.home / REFUSED / "a.csv.reason.txt").read_text()


@pytest.mark.parametrize("content", [b"", b"\xff\xfea\x00", b"PAR1", b"\x1f\x8bbroken", b'"a,b\nc', b"\x00\x01\x02"])
def test_a_file_that_cannot_be_read_is_refused_as_one_of_counts(take_in, write, content):
    write("a.csv", content)
    taken = take_in()
    assert taken.flows == []
    assert only(taken.counts).verdict == "refused"
