"""Which numbers of an hour stay hidden, so that none rests on too few devices nor can be worked out from the others.

The rule, why it is so and what was tried against it: docs/method/disclosure.md.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from crowd.mobility.tree_order import KEYS, Arranged, Flags, Floats, Numbers, Siblings, Tree, arrange

# People of a parent who are in none of its children: below half a device that is how outlines meet, and nobody.
LEAST_REST_DEVICES = 0.5
# The base table is rounded (people to 0.001), so ratios are only taken of enough devices, and compared with some grace.
LEAST_FOR_RATIO_DEVICES = 0.01
GRACE = 1e-3
WANTED = 2  # hidden numbers among siblings: a single one is what the parent has less the others


@dataclass(frozen=True, kw_only=True)
class Table:
    """Numbers by place of an arranged tree and by hour, one row for each place.

    Attributes:
        people: of each area and hour, zero where there are no data.
        devices: likewise.
        is_known: whether there are data.
        is_held: whether it has to stay hidden whatever it is.
    """

    people: Floats
    devices: Floats
    is_known: Flags
    is_held: Flags


def suppress(
    hours: pl.DataFrame, tree: Tree, *, k: float, before: pl.DataFrame | None = None, order: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Say which numbers of a base table stay hidden.

    In each hour a number is hidden that rests on fewer than `k` devices, and everything below a hidden one. Among the
    children of a shown parent, if any is hidden, so is the first in a standing order, and those after it until there
    are two with room for `k` devices' worth of people together. That order knows nothing of who was there in the hour,
    so it tells nothing of it.

    Args:
        hours: level, area_code, interval_start, people, devices of each area and hour, all areas of the tree. Null
            people: no data.
        tree: all areas that numbers are published of, whatever a report is restricted to.
        k: fewest devices that a shown number rests on.
        before: level, area_code, interval_start, is_hidden as told before; what was hidden stays so.
        order: level, area_code, turn (`crowd.mobility.standing_order`): siblings are hidden by turn, the largest first
            where turns are equal. It has to be the same in everything that is published of an hour.

    Returns:
        The rows in their order, with `is_hidden`; false where there are no data. Areas outside the tree are hidden.
    """
    arranged = arrange(tree, order=order)
    rows = _placed(hours, arranged, before)
    place, hour = rows["place"].to_numpy(), rows["hour"].to_numpy()
    table = with_country(_table(rows, place, hour, arranged.count), arranged)
    told = pl.Series("is_hidden", hide(table, arranged, k=k)[place, hour])
    has_data = hours["people"].is_not_null()
    return hours.with_columns(is_hidden=has_data & (told | rows["is_stranger"]))


def hide(table: Table, arranged: Arranged, *, k: float) -> Flags:
    """Which numbers of a table stay hidden: the same shape."""
    has_ratio = table.devices >= LEAST_FOR_RATIO_DEVICES
    ratio = np.divide(table.people, table.devices, out=np.zeros_like(table.people), where=has_ratio)
    highest = _highest_below(ratio, arranged)
    too_few = (table.devices < k) | (table.people < k * highest * (1 - GRACE))
    hidden: Flags = table.is_known & (too_few | table.is_held)
    rests = [_rest(table, siblings) for siblings in arranged.depths]
    for siblings, rest in zip(reversed(arranged.depths), reversed(rests), strict=True):
        hidden[siblings.parents] |= _is_lone(table, siblings, hidden) & (rest < LEAST_REST_DEVICES)
    for siblings, rest in zip(arranged.depths, rests, strict=True):
        _hide_partners(table, siblings, hidden, highest=highest, rest=rest, k=k)
    hidden &= table.is_known
    return hidden


def _placed(hours: pl.DataFrame, arranged: Arranged, before: pl.DataFrame | None) -> pl.DataFrame:
    """Place, hour and numbers of each row; areas outside the tree stand at the country's place, without numbers."""
    instants = hours.select(pl.col("interval_start").unique().sort()).with_row_index("hour")
    rows = (
        hours.lazy()
        .select(*KEYS, "interval_start", "people", "devices")
        .join(arranged.places.lazy(), on=KEYS, how="left", maintain_order="left")
        .join(instants.lazy(), on="interval_start", how="left", maintain_order="left")
        .with_columns(pl.col("place").fill_null(0), is_stranger=pl.col("place").is_null())
    )
    if before is None:
        return rows.with_columns(is_held=pl.lit(value=False)).drop(KEYS).collect()
    held = before.lazy().filter("is_hidden").select(*KEYS, "interval_start", is_held=pl.lit(value=True))
    joined = rows.join(held, on=[*KEYS, "interval_start"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("is_held").fill_null(value=False)).drop(KEYS).collect()


def _table(rows: pl.DataFrame, place: Numbers, hour: Numbers, count: int) -> Table:
    shape = (count, int(hour.max()) + 1 if len(hour) else 0)
    people, devices = np.zeros(shape), np.zeros(shape)
    is_known, is_held = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    people[place, hour] = rows["people"].fill_null(0.0).to_numpy()
    devices[place, hour] = rows["devices"].fill_null(0.0).to_numpy()
    is_known[place, hour] = rows["people"].is_not_null().to_numpy()
    is_held[place, hour] = rows["is_held"].to_numpy()
    return Table(people=people, devices=devices, is_known=is_known, is_held=is_held)


def with_country(table: Table, arranged: Arranged) -> Table:
    """The table with the sums of the coarsest areas at the country's place."""
    for numbers in (table.people, table.devices):
        numbers[0] = numbers[arranged.depths[0].rows].sum(axis=0) if arranged.depths else 0.0
    table.is_known[0], table.is_held[0] = True, False
    return table


def _highest_below(ratio: Floats, arranged: Arranged) -> Floats:
    """Most people per device of each area and of everything below it."""
    highest = ratio.copy()
    for siblings in reversed(arranged.depths):
        below = np.maximum.reduceat(highest[siblings.rows], siblings.starts, axis=0)
        highest[siblings.parents] = np.maximum(highest[siblings.parents], below)
    return highest


def _rest(table: Table, siblings: Siblings) -> Floats:
    """Devices of each parent that are in none of its children."""
    inside = np.add.reduceat(table.devices[siblings.rows], siblings.starts, axis=0)
    return np.asarray(table.devices[siblings.parents] - inside)


def _is_lone(table: Table, siblings: Siblings, hidden: Flags) -> Flags:
    """Whether the only child with data is hidden: its parent says the same number."""
    counted = np.add.reduceat(table.is_known[siblings.rows].astype(np.int32), siblings.starts, axis=0)
    secret = np.add.reduceat(hidden[siblings.rows].astype(np.int32), siblings.starts, axis=0)
    return np.asarray((counted == 1) & (secret == 1))


def _hide_partners(table: Table, siblings: Siblings, hidden: Flags, *, highest: Floats, rest: Floats, k: float) -> None:
    """Hide so many siblings more that none of them can be worked out, and everything below a hidden parent."""
    rows, starts = siblings.rows, siblings.starts
    is_closed = hidden[siblings.parents] | ~table.is_known[siblings.parents]
    own = hidden[rows]
    count = np.add.reduceat(own.astype(np.int32), starts, axis=0)
    is_rest_small = (rest >= LEAST_REST_DEVICES) & (rest < k)
    family, hour = np.nonzero(~is_closed & ((count > 0) | is_rest_small))
    is_led = np.logical_or.reduceat(table.is_held[rows] & own, starts, axis=0)
    _Rounds(
        count=count[family, hour],
        wanted=np.where(count[family, hour] > 0, WANTED, 1),
        people=np.add.reduceat(np.where(own, table.people[rows], 0.0), starts, axis=0)[family, hour],
        highest=np.maximum.reduceat(np.where(own, highest[rows], 0.0), starts, axis=0)[family, hour],
        is_led=is_led[family, hour],
        place=rows.start + starts[family],
        end=rows.start + starts[family] + siblings.sizes[family],
        hour=hour,
    ).run(table, hidden, highest, k=k)
    hidden[rows] |= np.repeat(is_closed, siblings.sizes, axis=0)


@dataclass
class _Rounds:
    """Families and hours in which something is hidden; each round looks at the next child of each.

    Attributes:
        count: hidden children so far.
        wanted: how many there must be at least.
        people: of the hidden children together.
        highest: most people per device among them.
        is_led: whether the first of the order is hidden, or what was hidden before stands for it.
        place: the next child.
        end: the place after the last child.
        hour: which hour.
    """

    count: Numbers
    wanted: Numbers
    people: Floats
    highest: Floats
    is_led: Flags
    place: Numbers
    end: Numbers
    hour: Numbers

    def run(self, table: Table, hidden: Flags, highest: Floats, *, k: float) -> None:
        while self._keep_open(k):
            known = table.is_known[self.place, self.hour]
            new = known & ~hidden[self.place, self.hour]
            hidden[self.place, self.hour] |= new
            self.count = self.count + new
            self.people = self.people + np.where(new, table.people[self.place, self.hour], 0.0)
            seen = np.where(new, highest[self.place, self.hour], 0.0)
            self.highest = np.maximum(self.highest, seen)
            self.is_led = self.is_led | known
            self.place = self.place + 1

    def _keep_open(self, k: float) -> bool:
        """Forget the families that have enough hidden, or no more children; whether any are left."""
        has_room = (self.highest > 0) & (self.people >= k * self.highest * (1 - GRACE))
        is_open = ~(self.is_led & has_room & (self.count >= self.wanted)) & (self.place < self.end)
        for name in vars(self):
            setattr(self, name, getattr(self, name)[is_open])
        return bool(is_open.any())
