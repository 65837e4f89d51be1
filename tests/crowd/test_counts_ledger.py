"""What became of every file stands in the ledger."""

import hashlib
from datetime import UTC, datetime

HOUR = "2020-03-31T07:00:00Z"
ROWS = [(HOUR, "001-01-1", 5), (HOUR, "001-01-2", "<5"), (HOUR, "001-01-99", 7), (HOUR, "001-01-98", 7), ("x", "y", 1)]


def test_an_accepted_file_is_recorded_with_all_that_became_of_it(desk):
    path = desk.write(ROWS, name="alun.csv")
    at = datetime(2020, 4, 2, 3, 4, tzinfo=UTC)
    desk.load(path, now=at, taken_by="sari")
    (record,) = desk.ledger()
    assert (record.stage, record.name, record.verdict, record.reason) == ("counts", "alun.csv", "accepted", None)
    assert record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (record.rows_in, record.rows_kept) == (5, 2)
    assert record.rows_quarantined == {"bad_time": 1, "unknown_cell": 2}
    assert record.operators == ("alun",)
    assert record.first_interval == record.last_interval == datetime(2020, 3, 31, 7, tzinfo=UTC)
    assert (record.taken_at, record.taken_by) == (at, "sari")


def test_a_refused_file_is_recorded_with_its_reason_and_counts(desk):
    report = desk.load_one(ROWS[2:])
    (record,) = desk.ledger()
    assert (record.verdict, record.reason) == ("refused", report.reason)
    assert (record.rows_in, record.rows_kept, record.rows_quarantined) == (3, 0, {"bad_time": 1, "unknown_cell": 2})
    assert record.operators == ()


def test_a_refused_file_is_taken_in_once_its_fault_is_mended(desk):
    path = desk.write([(HOUR, "001-01-13", 5)])
    assert desk.load(path).files[0].verdict == "refused"
    desk.plan(cells=range(1, 14))
    assert desk.load(path).files[0].verdict == "accepted"
    assert [record.verdict for record in desk.ledger()] == ["refused", "accepted"]


def test_a_file_with_an_identity_is_recorded_without_its_hash(desk):
    number = "62" + "810" + "0001234"
    desk.load_one(f"interval_start,cell_id,devices,x\n{HOUR},001-01-1,5,{number}\n", name=f"alun-{number}.csv")
    (record,) = desk.ledger()
    assert (record.verdict, record.sha256, record.rows_in) == ("refused", None, 0)
    assert record.name == "alun-(digits).csv"
    assert number not in str(record)


def test_a_missing_file_is_recorded_as_refused(desk, tmp_path):
    desk.load(tmp_path / "lost.csv")
    (record,) = desk.ledger()
    assert (record.verdict, record.name, record.sha256) == ("refused", "lost.csv", None)


def test_every_file_of_a_delivery_has_a_record_of_its_own(desk):
    desk.load(desk.write(ROWS[:1], name="a.csv"), desk.write(ROWS[1:2], name="b.csv"), desk.write(b"", name="c.csv"))
    assert [(r.name, r.verdict, r.rows_kept) for r in desk.ledger()] == [
        ("a.csv", "accepted", 1),
        ("b.csv", "accepted", 1),
        ("c.csv", "refused", 0),
    ]


def test_a_file_that_changes_nothing_adds_no_record(desk):
    path = desk.write(ROWS)
    desk.load(path)
    desk.load(path)
    assert len(desk.ledger()) == 1


def test_a_file_read_again_adds_a_record(desk):
    path = desk.write(ROWS)
    desk.load(path)
    desk.load(path, again=True)
    assert [record.rows_kept for record in desk.ledger()] == [2, 2]
