"""What `kerumun serve` does at its start about a weekly report that was not written when it was due."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from pipelines import serve
from pipelines.kept_reports import MADE_FROM, folder_of
from pipelines.reports import last_whole_week


@pytest.fixture
def started(options, monkeypatch):
    """Start with or without data of the last week; gives what was said and the deployments that were run."""
    said, run = [], []
    monkeypatch.setattr(serve, "run_deployment", lambda name, **_: run.append(name))
    schedule = serve._schedule("0 6 * * 1", "Asia/Jakarta", setting="report.schedule", example="")

    def start(reason):
        monkeypatch.setattr(serve, "why_no_report", lambda *_, **__: reason)
        runner = SimpleNamespace(add_flow=lambda *_, **__: None)
        serve._add_weekly(runner, options, schedule, say=said.append)
        return said, run

    return start


def test_a_missed_report_is_written_at_once_and_told(started):
    (line,), (run,) = started(None)
    assert "was not written when it was due" in line
    assert run == "weekly-report/weekly-report"


def test_nothing_is_run_where_there_is_nothing_to_report(started):
    assert started("no areas are loaded") == ([], [])


def test_nothing_is_run_where_a_report_is_kept(options, started):
    folder = folder_of(options.as_home(), last_whole_week(options, now=datetime.now(UTC)))
    folder.mkdir(parents=True)
    (folder / MADE_FROM).write_text("")
    assert started(None) == ([], [])
