"""Flow indicators of a week: how many phones came, left and stayed, by area."""

from collections.abc import Sequence
from datetime import date

import duckdb
import polars as pl

from crowd.flows.editions import DayEdition, read_told, remember, tell_day, told_kinds
from crowd.flows.read import FlowKind, find_kind, read_day
from crowd.flows.week_flows import COMPARED, TOLD, flow_days, flow_week, with_usual
from crowd.mobility.hierarchy import AreaTree
from crowd.mobility.long_rows import Figure, in_order, long_rows
from crowd.mobility.model import INDICATORS
from crowd.mobility.weeks import Week
from lake.home import Home
from lake.locks import hold_lock

CHANGES = {
    "flow_in": "flow_in_change_pct",
    "flow_out": "flow_out_change_pct",
    "flow_net": "flow_net_change",
    "flow_inside_share": "flow_inside_change_pp",
}
WAIT_S = 600.0


def flow_indicators(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    week: Week,
    reference: Sequence[Week],
    tree: AreaTree,
    k: int,
) -> pl.DataFrame:
    """The flow indicators of a week, and remember which numbers of its days were told.

    Only margins are told: sums into and out of an area, never a pair of areas. Figures of the days of reference weeks
    are told by their medians, so they are remembered too. Days that were told on another k stand as they were told;
    of the week itself, those that were told on a lower one are left out.

    Args:
        connection: an open DuckDB.
        home: whose lake.
        week: which week.
        reference: weeks whose median is usual; at least three of them must be shown.
        tree: areas of the report. What is hidden does not depend on it.
        k: fewest devices that a told number rests on.

    Returns:
        Rows of INDICATORS for periods day and week, at the one level that flows come at; none where no flows are loaded
        for the week, or where the tree has no areas of that level.
    """
    kind = _kind_of(connection, home=home, week=week)
    if kind is None or kind.level not in tree.levels:
        return pl.DataFrame(schema=INDICATORS)
    areas = tree.rows.filter(level=kind.level)
    days = [day for each in (*reference, week) for day in each.days]
    editions = _tell(connection, days, home=home, timezone=week.timezone, kind=kind, k=k)
    told = {day: edition.figures for day, edition in editions.items()}
    past = [flow_days(told, each, areas=areas) for each in reference]
    own = {day: figures for day, figures in told.items() if editions[day].holds(k)}
    of_days = with_usual(flow_days(own, week, areas=areas), past, areas=areas.height)
    figures = {name: Figure(value=pl.col(name), status=pl.col(f"{name}_status")) for name in TOLD}
    figures |= {
        CHANGES[name]: Figure(value=pl.col(f"{name}_change"), status=pl.col(f"{name}_change_status"))
        for name in COMPARED
    }
    rows = [
        long_rows(of_days, figures, period="day", areas=areas),
        long_rows(flow_week(of_days), figures, period="week", areas=areas),
    ]
    return in_order(pl.concat(rows))


def _kind_of(connection: duckdb.DuckDBPyConnection, *, home: Home, week: Week) -> FlowKind | None:
    """How flows of a week are told: as they were before, since two levels together say more than each."""
    before = {kind for day in week.days for kind in told_kinds(home, day)}
    if before:
        return min(before, key=lambda kind: (kind.level, kind.minutes))
    return find_kind(connection, home=home, days=week.days, timezone=week.timezone)


def _tell(
    connection: duckdb.DuckDBPyConnection,
    days: Sequence[date],
    *,
    home: Home,
    timezone: str,
    kind: FlowKind,
    k: int,
) -> dict[date, DayEdition]:
    """Settle what is told of each day, bound to what was told of it before, and remember it."""
    with hold_lock(home, "flow-editions", wait_s=WAIT_S):
        before = {day: edition for day in days if (edition := read_told(home, kind=kind, day=day)) is not None}
        told = dict(before)
        for day in days:
            if day not in before and told_kinds(home, day):
                continue  # told by another level: as good as without flows
            flows = read_day(connection, home=home, day=day, timezone=timezone, kind=kind, k=k)
            if flows is not None:
                told[day] = tell_day(flows, k=k, before=before.get(day))
        changed = {day: new for day, new in told.items() if not new.says_the_same_as(before.get(day))}
        remember(home, changed, kind=kind)
    return told
