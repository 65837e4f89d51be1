"""Warnings of a week, by area: what was laid before officers, and what became of it.

Counted are first warnings (kind alert) about an hour of the week. Updates and cancellations go on with a warning that
went out, and are not counted again. A draft that was made anew, because the one before expired or the level rose before
it was sent, counts again: somebody had to decide each time. Tests count only in weeks without live warnings.
"""

from datetime import datetime

import polars as pl
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from crowd.mobility.ancestry import ancestry
from crowd.mobility.long_rows import Figure, long_rows
from crowd.mobility.model import WARNINGS
from crowd.mobility.placed_hours import numbered
from crowd.mobility.weeks import Week
from crowd.warnings.states import GONE_OUT
from crowd.warnings.tables import AuditRow, OutboxRow, WarningRow

COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "warning_id": pl.String,
    "gathering_id": pl.String,
    "mode": pl.String,
    "area_code": pl.String,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "drafted": pl.Boolean,
    "approved": pl.Boolean,
    "rejected": pl.Boolean,
    "sent": pl.Boolean,
    "delivered": pl.Boolean,
    "changed_at": pl.Datetime("us", "UTC"),
}
STEPS = ("drafted", "approved", "rejected", "sent", "delivered")
TOLD_STEPS = ("drafted", "approved", "sent", "delivered")


def read_warnings(session: Session, *, week: Week) -> pl.DataFrame:
    """First warnings about hours of a week, with what became of each: columns of COLUMNS, in order of their names.

    Sent is what the gateway of at least one operator took; delivered is what each of these operators reports as
    delivered. Messages to officers and the public are neither.
    """
    rejected = exists().where(AuditRow.warning_id == WarningRow.id, AuditRow.action == "reject")
    taken = _messages(GONE_OUT)
    changed_at = select(func.max(AuditRow.at)).where(AuditRow.warning_id == WarningRow.id).scalar_subquery()
    query = select(
        WarningRow.id,
        WarningRow.gathering_id,
        WarningRow.mode,
        WarningRow.area_code,
        WarningRow.lat,
        WarningRow.lon,
        WarningRow.approved_at.is_not(None).label("approved"),
        rejected.label("rejected"),
        taken.label("taken"),
        _messages(("delivered",)).label("reported"),
        changed_at.label("changed_at"),
    )
    query = query.where(WarningRow.kind == "alert", WarningRow.interval_start >= week.start)
    query = query.where(WarningRow.interval_start < week.end).order_by(WarningRow.id)
    rows = [
        (
            *row[:6],
            True,
            bool(row.approved),
            bool(row.rejected),
            row.taken > 0,
            0 < row.taken == row.reported,
            row.changed_at,
        )
        for row in session.execute(query)
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def counted(warnings: pl.DataFrame) -> pl.DataFrame:
    """Those that count: live ones where there are any, else the tests."""
    live = warnings.filter(mode="live")
    return warnings if live.is_empty() else live


def is_test(warnings: pl.DataFrame) -> bool:
    """Whether there are warnings and all of them are tests."""
    return not warnings.is_empty() and warnings.filter(mode="live").is_empty()


def decided_until(warnings: pl.DataFrame) -> datetime | None:
    """Instant of the last decision on any of them, or of the last answer of a gateway; None where there are none.

    Args:
        warnings: those that count.
    """
    last = warnings["changed_at"].max()
    return last if isinstance(last, datetime) else None


def warnings_by_area(warnings: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Rows of WARNINGS, by area of the report's finest level.

    Args:
        warnings: those that count, with `found`, the code of the report's finest area that each lies in.
        areas: of the report.
    """
    named = areas.select("area_name", found="area_code")
    summed = warnings.join(named, on="found").group_by("found", "area_name").agg(pl.col(STEPS).sum())
    rows = summed.rename({"found": "area_code"}).sort("area_code")
    return rows.select(pl.col(name).cast(kind) for name, kind in WARNINGS.items())


def warnings_by_gathering(warnings: pl.DataFrame) -> pl.DataFrame:
    """gathering_id, warnings (drafted for it), sent (of these, those that went out)."""
    return warnings.group_by("gathering_id").agg(warnings=pl.len(), sent=pl.col("sent").sum())


def warning_indicators(warnings: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Rows of INDICATORS: warnings of the week in every area of the report, none being a number too."""
    places = numbered(areas).select("area", found="area_code")
    inside = warnings.join(places, on="found").join(ancestry(areas), on="area")
    summed = inside.group_by(area=pl.col("above").cast(pl.UInt32)).agg(pl.col(TOLD_STEPS).sum())
    wide = numbered(areas).join(summed, on="area", how="left", maintain_order="left")
    figures = {
        f"warnings_{step}": Figure(value=pl.col(step).fill_null(0), status=pl.lit("shown")) for step in TOLD_STEPS
    }
    return long_rows(wide, figures, period="week", areas=areas)


def _messages(states: tuple[str, ...]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLAlchemy's own type is longer than this line
    """How many of a warning's messages to operators are in some states."""
    mine = (OutboxRow.warning_id == WarningRow.id) & OutboxRow.cells_sha256.is_not(None)
    return select(func.count()).where(mine, OutboxRow.state.in_(states)).scalar_subquery()
