"""What a day's flows tell of each area, bound to what an earlier edition of the day has told."""

import numpy as np
import polars as pl

from crowd.flows.matrix import DayMatrix, Hidden, Mask
from crowd.flows.protect import choose_hidden

DAY_FIGURES = {
    "area_code": pl.String,
    "flow_in": pl.Float64,
    "flow_out": pl.Float64,
    "flow_inside_share": pl.Float64,
    "flow_areas_reached": pl.Float64,
    "intervals": pl.Int32,
}
MEASURES = ("flow_in", "flow_out", "flow_inside_share", "flow_areas_reached")
SHARE_PLACES = 1


def figures_of_day(flows: DayMatrix, *, k: int, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """The figures of every area of a day: columns of DAY_FIGURES, null where hidden, by code.

    What an earlier edition hid stays hidden. Where something that it showed would be hidden now, or where every sum
    changed by fewer than k devices, its numbers stand altogether.

    Args:
        flows: the day.
        k: fewest devices that a published number rests on.
        before: figures of the last edition of the day, told on the same k; None where there is none.
    """
    if before is None:
        return _shown(flows, choose_hidden(flows, k=k))
    told = _shown(flows, choose_hidden(flows, k=k, before=_hidden_before(before, flows.codes)))
    both = before.join(told, on="area_code", how="left", suffix="_now")
    takes_back = [pl.col(name).is_not_null() & pl.col(f"{name}_now").is_null() for name in MEASURES]
    is_taken_back = both.select(pl.any_horizontal(takes_back).any()).item()
    return before if is_taken_back or _changes_little(both, k=k) else told


def _shown(flows: DayMatrix, hidden: Hidden) -> pl.DataFrame:
    between, inside = flows.between, np.diag(flows.values)
    flow_out, flow_in = between.sum(axis=1), between.sum(axis=0)
    started = inside + flow_out
    share = 100 * np.divide(inside, started, out=np.zeros_like(inside), where=started > 0)
    reached = (~flows.is_small & (between > 0)).sum(axis=1)
    columns = {
        "flow_in": (flow_in / flows.intervals, hidden.flow_in),
        "flow_out": (flow_out / flows.intervals, hidden.flow_out),
        "flow_inside_share": (share.round(SHARE_PLACES), hidden.inside),
        "flow_areas_reached": (reached.astype(np.float64), hidden.reached),
    }
    told = {name: pl.Series(np.where(mask, np.nan, values)).fill_nan(None) for name, (values, mask) in columns.items()}
    frame = pl.DataFrame({"area_code": flows.codes, **told, "intervals": flows.intervals})
    return frame.select(pl.col(name).cast(kind) for name, kind in DAY_FIGURES.items())


def _hidden_before(before: pl.DataFrame, codes: tuple[str, ...]) -> Hidden:
    """What was hidden of the areas of the day; an area that the edition did not know was not."""
    known = pl.DataFrame({"area_code": codes}).join(before, on="area_code", how="left", maintain_order="left")
    was_told = known["area_code"].is_in(before["area_code"].implode())

    def mask(name: str) -> Mask:
        return (known[name].is_null() & was_told).to_numpy()

    return Hidden(
        flow_out=mask("flow_out"),
        flow_in=mask("flow_in"),
        inside=mask("flow_inside_share"),
        reached=mask("flow_areas_reached"),
    )


def _changes_little(both: pl.DataFrame, *, k: int) -> bool:
    """Whether sums changed, and none by k devices."""
    changes = [
        (pl.col(f"{name}_now") * pl.col("intervals_now") - pl.col(name) * pl.col("intervals")).abs()
        for name in ("flow_in", "flow_out")
    ]
    most = both.select(pl.max_horizontal(pl.max_horizontal(changes).max().fill_null(0.0))).item()
    return bool(0 < most < k)
