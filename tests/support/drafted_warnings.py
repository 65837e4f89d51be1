"""Warnings in a ledger of their own: drafted, approved, ready for a sender."""

from datetime import UTC, datetime, timedelta

import polars as pl
from made_warnings import make_cells, make_outline

from crowd.warnings.audit import Act
from crowd.warnings.decisions import approve
from crowd.warnings.drafts import Draft, add_draft, find_warning
from crowd.warnings.options import WarningOptions
from crowd.warnings.routes import routes_of
from crowd.warnings.wording import Wording, lists_of, revision_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPTIONS = WarningOptions(official_page="info.example.id")


def by(name, *, at=NOW, why="seen on the map"):
    """An act of a person."""
    return Act(by=name, at=at, why=why)


def made_wording(*, operators=("alun",), cells=3, problems=()):
    """Messages that say little, to some cells of some operators."""
    return Wording(
        texts={"id": "UJI COBA: banyak orang di Alun Timur", "en": "TEST: many people in Alun Timur"},
        officer_texts={"id": "UJI COBA: periksa Alun Timur", "en": "TEST: check Alun Timur"},
        cells=pl.concat([make_cells(operator=operator, count=cells) for operator in operators]),
        outline=make_outline(),
        problems=problems,
    )


def add_warning(session, *, number=1, wording=None, at=NOW, **changes):
    """A draft about gathering `number`; gives its name."""
    fields = {
        "draft_key": f"test.g-{number}.{changes.get('level', 'siaga')}.{changes.get('kind', 'alert')}",
        "mode": "test",
        "kind": "alert",
        "gathering_id": f"g-{number}",
        "interval_start": at - timedelta(hours=1),
        "level": "siaga",
        "area_code": "99.01.01",
        "area_name": "Alun Timur",
        "regency_code": "99.01",
        "timezone": "Asia/Jakarta",
        "lat": -5.5,
        "lon": 109.0,
        "started_at": at - timedelta(hours=1),
        "approvals_needed": 1,
        "replaces": None,
        "expires_at": at + timedelta(hours=2),
    }
    said = made_wording() if wording is None else wording
    return add_draft(session, Draft(**(fields | changes)), lambda _: said, act=Act(by="kerumun:drafts", at=at))


def routes_for(session, name, *, options=OPTIONS, officers=()):
    """Where a warning goes."""
    warning = find_warning(session, name)
    return routes_of(
        lists_of(revision_of(session, warning_id=name, revision=warning.revision)), options=options, officers=officers
    )


def add_approved(session, *, options=OPTIONS, officers=(), at=NOW, **changes):
    """A warning with all its approvals, its messages waiting in the outbox."""
    name = add_warning(session, at=at, **changes)
    for n in range(changes.get("approvals_needed", 1)):
        routes = routes_for(session, name, options=options, officers=officers)
        approve(session, find_warning(session, name), routes=routes, act=by(f"person {n}", at=at))
    return name
