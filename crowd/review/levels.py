"""An hour rolled up to every resolution that a screen shows a country at, kept as files and mapped into memory."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from crowd.review.ground import Ranges
from crowd.review.kept_files import keep, mapped
from crowd.review.memory import Memory, cache_folder, identity_of
from crowd.review.roll_up import OWN_SCHEMA, SCHEMA, in_order, own_rows, rolled, sums_of, told
from crowd.review.shown import density_file, hidden_hexes, shown_rows
from geo.hexagons import Hexes, resolutions_of
from lake.home import Home

# Up to here an hour is rolled up beforehand, and finer ones when they are asked for.
FINEST = 7
ROLLED, OWN = "map", "map_hexagons"
# A national hour takes 13 megabytes rolled up and 70 as it is: weeks of the one, a week of the other.
MOST_BYTES = {ROLLED: 4_000_000_000, OWN: 13_000_000_000}


@dataclass(frozen=True)
class Level:
    """Hexagons of an hour that may be shown, in order.

    Attributes:
        batch: columns of `roll_up.SCHEMA`, or `roll_up.OWN_SCHEMA` of those that the lake has.
        hidden: those that may not be shown, in order; known of those that the lake has.
    """

    batch: pa.RecordBatch
    hidden: Hexes = field(default_factory=lambda: np.array([], dtype=np.uint64))

    @property
    def hexes(self) -> Hexes:
        """All its hexagons."""
        return np.asarray(self.batch.column("hex").to_numpy())

    def within(self, ground: Ranges | None) -> pa.Table:
        """Those on a piece of ground; all where none is given."""
        if ground is None:
            return pa.Table.from_batches([self.batch])
        first, last = ground.spans(self.hexes)
        goes_on = first[1:] == last[:-1]  # fewer pieces are put together sooner
        first, last = first[np.r_[True, ~goes_on][: len(first)]], last[np.r_[~goes_on, True][: len(last)]]
        slices = [self.batch.slice(a, b - a) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return pa.Table.from_batches(slices, schema=self.batch.schema).combine_chunks()


@dataclass(frozen=True)
class Levels:
    """The hexagons of an hour that may be shown, at every resolution up to `FINEST`.

    Attributes:
        levels: by resolution.
        resolutions: of the lake's own hexagons.
    """

    levels: tuple[Level, ...]
    resolutions: tuple[int, ...]

    def resolutions_at(self, resolution: int) -> tuple[int, ...]:
        """Resolutions that there are when everything finer is rolled up to one."""
        return tuple(sorted({min(own, resolution, FINEST) for own in self.resolutions}))

    def most_within(self, ground: Ranges | None, resolution: int) -> int:
        """How many hexagons a piece of ground has at most at a resolution, also a finer one than `FINEST`."""
        level = self.levels[min(resolution, FINEST)]
        first, last = np.array([0]), np.array([level.batch.num_rows])
        if ground is not None:
            first, last = ground.spans(level.hexes)
        if resolution <= FINEST or len(first) == 0:
            return int((last - first).sum())
        # between the first and the last of them: most boxes are a little part of a country
        parts = level.batch.column("parts").slice(first[0], last[-1] - first[0]).to_numpy()
        before = np.r_[0, np.cumsum(np.minimum(parts, 7 ** (resolution - FINEST)), dtype=np.int64)]
        return int((before[last - first[0]] - before[first - first[0]]).sum())


def levels_of(memory: Memory, home: Home, *, at: datetime, k: int) -> Levels | None:
    """An hour at every resolution: mapped, or computed by the first who asks; None where the lake has no such hour."""
    path = density_file(home, at)
    identity = identity_of(path)
    if identity is None:
        return None
    kept = _kept(home, ROLLED, at=at, k=k, identity=identity)
    return memory.once((kept,), lambda: _mapped(kept) or _made(memory, home, path, at=at, k=k, identity=identity))


def own_level(memory: Memory, home: Home, *, at: datetime, k: int) -> Level | None:
    """An hour's hexagons as the lake has them, where they are kept."""
    identity = identity_of(density_file(home, at))
    if identity is None:
        return None
    kept = _kept(home, OWN, at=at, k=k, identity=identity)
    if not kept.exists():
        return None
    found = memory.once((kept,), lambda: mapped(kept))
    return _only_level(found)


def at_hand(memory: Memory, home: Home, *, at: datetime, k: int) -> tuple[Levels, Level | None] | None:
    """An hour rolled up and, where it is kept, as the lake has it, if others have asked for it already.

    Looks at one file's name and waits for nobody.
    """
    identity = identity_of(density_file(home, at))
    if identity is None:
        return None
    levels, own = (memory.at_hand((_kept(home, what, at=at, k=k, identity=identity),)) for what in (ROLLED, OWN))
    if not isinstance(levels, Levels):
        return None
    return levels, _only_level(own) if own else None


def is_ready(home: Home, *, at: datetime, k: int) -> bool:
    """Whether an hour has been rolled up already, or is not there."""
    identity = identity_of(density_file(home, at))
    return identity is None or _kept(home, ROLLED, at=at, k=k, identity=identity).exists()


def roll_up_all(rows: pa.Table) -> tuple[Level, Levels]:
    """Rows that may be shown, as they are and at every resolution."""
    ordered = in_order(rows)
    own = sums = sums_of(ordered)
    levels = []
    for resolution in range(FINEST, -1, -1):
        sums = rolled(sums, resolution)
        levels.append(Level(told(sums)))
    return Level(own_rows(ordered)), Levels(tuple(reversed(levels)), tuple(np.unique(resolutions_of(own.hex)).tolist()))


def _only_level(found: object) -> Level | None:
    """The level in a file of `OWN`."""
    match found:
        case ((pa.RecordBatch() as batch, pa.RecordBatch() as hidden), _) if batch.schema.names == OWN_SCHEMA.names:
            return Level(batch, np.asarray(hidden.column("hex").to_numpy()))
        case _:
            return None


def _kept(home: Home, what: str, *, at: datetime, k: int, identity: str) -> Path:
    return cache_folder(home) / what / f"{at.astimezone(UTC):%Y-%m-%dT%H}-k{k}~{identity}.arrow"


def _made(memory: Memory, home: Home, path: Path, *, at: datetime, k: int, identity: str) -> Levels:
    with memory.costly():
        own, levels = roll_up_all(shown_rows(memory, path, at=at, k=k))
        about = {"resolutions": levels.resolutions}
        hidden = _without_numbers(hidden_hexes(memory, path, at=at, k=k))
        files = {OWN: [own.batch, hidden], ROLLED: [each.batch for each in levels.levels]}
        with suppress(OSError):  # a full disk costs time, no answers
            for what, batches in files.items():
                kept = _kept(home, what, at=at, k=k, identity=identity)
                keep(kept, batches, about=about, most_bytes=MOST_BYTES[what])
            return _mapped(_kept(home, ROLLED, at=at, k=k, identity=identity)) or levels
    return levels


def _without_numbers(hexes: Hexes) -> pa.RecordBatch:
    nothing = [pa.array(np.zeros(len(hexes)), each.type, safe=False) for each in list(OWN_SCHEMA)[1:]]
    return pa.record_batch([pa.array(hexes), *nothing], schema=OWN_SCHEMA)


def _mapped(kept: Path) -> Levels | None:
    found = mapped(kept)
    if found is None or len(found[0]) != FINEST + 1 or found[0][0].schema.names != SCHEMA.names:
        return None
    batches, about = found
    return Levels(tuple(Level(batch) for batch in batches), tuple(about["resolutions"]))
