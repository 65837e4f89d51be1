import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from lake.ledger import FileRecord, open_ledger

NOON = datetime(2020, 3, 31, 12, tzinfo=UTC)
RECORD = FileRecord(
    stage="counts",
    name="counts.csv",
    sha256="a" * 64,
    reading="plain",
    verdict="accepted",
    reason=None,
    operators=("alun", "nusa"),
    rows_in=10,
    rows_kept=7,
    rows_quarantined={"bad_time": 1, "unknown_cell": 2},
    first_interval=NOON - timedelta(hours=2),
    last_interval=NOON - timedelta(hours=1),
    taken_at=NOON,
    taken_by="analyst",
)


@pytest.fixture
def url(ledger_url):
    return ledger_url


@pytest.mark.parametrize(
    "record",
    [
        RECORD,
        FileRecord(stage="counts", name="x", sha256=None, reading="", verdict="refused", taken_at=NOON, taken_by=""),
    ],
    ids=["full", "bare"],
)
def test_a_record_comes_back_as_it_was_given_also_after_closing(url, record):
    with open_ledger(url) as ledger:
        ledger.record(record)
    with open_ledger(url) as ledger:
        assert ledger.files() == [record]


def test_instants_come_back_in_utc_from_whatever_zone(url):
    local = NOON.astimezone(timezone(timedelta(hours=9)))
    with open_ledger(url) as ledger:
        ledger.record(replace(RECORD, taken_at=local))
        assert ledger.files()[0].taken_at.utcoffset() == timedelta(0)
        assert ledger.files()[0].taken_at == NOON


def test_files_come_back_in_the_order_they_were_recorded(url):
    names = [f"{n}.csv" for n in (3, 1, 2)]
    with open_ledger(url) as ledger:
        for name in names:
            ledger.record(replace(RECORD, name=name))
        assert [record.name for record in ledger.files()] == names


def test_the_latest_acceptance_of_the_same_bytes_read_the_same_way_is_found(url):
    with open_ledger(url) as ledger:
        ledger.record(replace(RECORD, rows_kept=1))
        ledger.record(replace(RECORD, rows_kept=2))
        ledger.record(replace(RECORD, rows_kept=3, verdict="refused"))
        ledger.record(replace(RECORD, rows_kept=4, stage="cells"))
        ledger.record(replace(RECORD, rows_kept=5, reading="other"))
        assert ledger.accepted("counts", sha256="a" * 64, reading="plain").rows_kept == 2
        assert ledger.accepted("counts", sha256="b" * 64, reading="plain") is None


@pytest.mark.parametrize("attempt", range(5))
def test_a_new_ledger_can_be_opened_by_many_at_once(url, attempt):
    everybody = threading.Barrier(6)

    def write(writer):
        everybody.wait()
        with open_ledger(url) as ledger:
            ledger.record(replace(RECORD, name=f"{attempt}-{writer}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with open_ledger(url) as ledger:
        assert len(ledger.files()) == 6


def test_writers_at_the_same_time_lose_nothing(url):
    def write(writer):
        with open_ledger(url) as ledger:
            for n in range(10):
                ledger.record(replace(RECORD, name=f"{writer}-{n}"))

    with open_ledger(url), ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with open_ledger(url) as ledger:
        assert len({record.name for record in ledger.files()}) == 40
