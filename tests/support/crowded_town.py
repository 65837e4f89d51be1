"""A made-up town by the sea with people in it, small enough that a test of detection takes a second.

72 masts of two operators hear about 160 hexagons. Who attaches where follows a simple rule of distance and azimuth with
an error of its own, which the product's footprints do not know. Counts are Poisson's, drawn for each hour alone, and
lie in the lake at once: only the hours that a test speaks of.
"""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from crowd.counts import COUNTS
from crowd.density import compute_density
from crowd.factors import flat_factors
from crowd.gatherings import find_gatherings
from crowd.holidays import Calendar
from crowd.policy import Policy, load_policy
from geo.areas import load_areas
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints
from geo.hexagons import hex_centres, hexes_at
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
from lake.stages import write_partitions
from lake.staging import staged

LAT, LON = -5.5, 109.0
KM_PER_DEGREE = 111.2
SHARES = {"alun": 0.4, "nusa": 0.3}  # of all people are counted by each operator
PEOPLE_PER_DEVICE = 1 / sum(SHARES.values())
NETWORKS = {"alun": "001-01", "nusa": "001-02"}
ROWS, SPACING_KM, RADIUS_KM = 6, 0.65, 2.3
POPULATION = 150_000
HOUR = timedelta(hours=1)
ENGINE = Engine(memory_limit="1GB", threads=2)

# Where places of each kind are, in kilometres east and north of the centre.
PLACES = {
    "office": ((0.0, 0.0), (0.5, -0.4), (-0.3, 0.6)),
    "mall": ((1.2, 0.3), (-1.1, -0.9)),
    "mosque": ((-0.8, 0.9), (0.9, 1.3), (0.2, -1.4), (-1.6, -0.1), (1.5, -0.8), (0.1, 0.3)),
    "station": ((-0.7, 0.1),),
    "school": ((-0.4, -0.7), (0.7, 0.8), (-1.3, 1.0), (1.1, -1.3)),
}
WIDTH_KM = {"office": 0.3, "mall": 0.12, "mosque": 0.1, "school": 0.15, "station": 0.1}

Change = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Plan:
    """Cells as they stand, one operator after the other.

    Attributes:
        cells: operator, cell_id, mast, lat, lon, azimuth_deg.
        silent: numbers of cells that are off; their phones go to others.
    """

    cells: pl.DataFrame
    silent: tuple[int, ...] = ()

    def turned(self, mast: int, *, by_deg: float) -> "Plan":
        """With the sectors of one mast turned."""
        azimuth = (pl.col("azimuth_deg") + by_deg) % 360
        return Plan(
            self.cells.with_columns(azimuth_deg=pl.when(pl.col("mast") == mast).then(azimuth).otherwise("azimuth_deg"))
        )

    def with_mast(self, east_km: float, north_km: float, *, operator: str = "alun") -> "Plan":
        """With a mast more."""
        mast = int(self.cells["mast"].max()) + 1
        return Plan(pl.concat([self.cells, _mast(mast, operator, east_km, north_km)]))

    def without(self, masts: Iterable[int]) -> "Plan":
        """With some masts off."""
        off = self.cells.with_row_index("n").filter(pl.col("mast").is_in(list(masts)))["n"]
        return replace(self, silent=tuple(off))

    def of(self, operator: str) -> np.ndarray:
        """Which cells are an operator's."""
        return (self.cells["operator"] == operator).to_numpy()

    def nearest_mast(self, east_km: float, north_km: float, *, operator: str = "alun") -> int:
        """The operator's mast that is nearest to a place."""
        east, north = _kilometres(self.cells["lat"].to_numpy(), self.cells["lon"].to_numpy())
        distance = np.where(self.of(operator), np.hypot(east - east_km, north - north_km), np.inf)
        return int(self.cells["mast"][int(np.argmin(distance))])

    def attachment(self) -> np.ndarray:
        """Share of a hexagon's people that each cell counts, shape (hexagons, cells)."""
        return _attachment(self)

    def __hash__(self) -> int:
        return hash((tuple(self.cells.hash_rows()), self.silent))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and self.silent == other.silent and self.cells.equals(other.cells)


def _kilometres(lat, lon):
    return (lon - LON) * KM_PER_DEGREE * np.cos(np.radians(LAT)), (lat - LAT) * KM_PER_DEGREE


def _degrees(east_km, north_km):
    return LAT + north_km / KM_PER_DEGREE, LON + east_km / KM_PER_DEGREE / np.cos(np.radians(LAT))


def _mast(mast, operator, east_km, north_km):
    lat, lon = _degrees(east_km, north_km)
    start = (mast * 47) % 120
    return pl.DataFrame(
        {
            "operator": operator,
            "cell_id": [f"{NETWORKS[operator]}-{(mast + 1) * 256 + sector}" for sector in range(3)],
            "mast": mast,
            "lat": round(lat, 6),
            "lon": round(lon, 6),
            "azimuth_deg": [float(start + 120 * sector) for sector in range(3)],
        }
    )


@lru_cache(maxsize=1)
def first_plan() -> Plan:
    """The plan that the town begins with."""
    rng = np.random.default_rng(7)
    masts = []
    for number, operator in enumerate(SHARES):
        for row in range(ROWS):
            for column in range(ROWS):
                east, north = rng.normal(0, 0.08, 2) + SPACING_KM * (np.array([column, row]) - (ROWS - 1) / 2)
                masts.append(_mast(len(masts), operator, east + 0.3 * number, north + 0.2 * number))
    return Plan(pl.concat(masts))


@lru_cache(maxsize=1)
def ground() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hexagons with people, and their kilometres east and north of the centre."""
    steps = np.arange(-RADIUS_KM, RADIUS_KM, 0.05)
    east, north = (each.ravel() for each in np.meshgrid(steps, steps))
    hexes = np.unique(hexes_at(*_degrees(east, north), 9))
    east, north = _kilometres(*hex_centres(hexes))
    inside = np.hypot(east, north) <= RADIUS_KM
    return hexes[inside], east[inside], north[inside]


@lru_cache(maxsize=16)
def _attachment(plan: Plan) -> np.ndarray:
    _, east, north = ground()
    cell_east, cell_north = _kilometres(plan.cells["lat"].to_numpy(), plan.cells["lon"].to_numpy())
    away_east, away_north = east[:, None] - cell_east, north[:, None] - cell_north
    distance = np.hypot(np.hypot(away_east, away_north), 0.06)
    off = (np.degrees(np.arctan2(away_east, away_north)) - plan.cells["azimuth_deg"].to_numpy() + 180) % 360 - 180
    signal_db = -38 * np.log10(distance) - np.minimum(12 * (off / 65) ** 2, 22) + _ground_error_db(plan)
    signal_db[:, list(plan.silent)] = -np.inf
    shares = np.zeros_like(signal_db)
    for operator, share in SHARES.items():
        cells = plan.of(operator)
        strength = np.exp((signal_db[:, cells] - signal_db[:, cells].max(axis=1, keepdims=True)) / 5)
        shares[:, cells] = share * strength / strength.sum(axis=1, keepdims=True)
    return shares


def _ground_error_db(plan):
    """What walls and hills do to each mast at each hexagon: no plan knows it."""
    hexes, _, _ = ground()
    masts = plan.cells["mast"].to_list()
    of_mast = {mast: np.random.default_rng([11, mast]).normal(0, 3, len(hexes)) for mast in set(masts)}
    return np.column_stack([of_mast[mast] for mast in masts])


@lru_cache(maxsize=8)
def layer(kind: str) -> np.ndarray:
    """How people of one kind of place spread over the hexagons; sums to one."""
    _, east, north = ground()
    if kind == "home":
        rng = np.random.default_rng(3)
        weight = np.exp(-0.5 * (np.hypot(east, north) / 1.6) ** 2) * rng.uniform(0.6, 1.4, len(east))
    else:
        width = WIDTH_KM[kind]
        weight = sum(spot(*place, width_km=width) / spot(*place, width_km=width).sum() for place in PLACES[kind])
    return weight / weight.sum()


def spot(east_km: float, north_km: float, *, width_km: float = 0.1) -> np.ndarray:
    """A bell over the hexagons."""
    _, east, north = ground()
    return np.exp(-0.5 * ((east - east_km) ** 2 + (north - north_km) ** 2) / (width_km**2 + 0.1**2))


def crowd_at(east_km: float, north_km: float, people: float, *, width_km: float = 0.1) -> np.ndarray:
    """People by hexagon of a crowd."""
    weight = spot(east_km, north_km, width_km=width_km)
    return people * weight / weight.sum()


@dataclass(frozen=True)
class Custom:
    """How a day is lived: shares of the population by kind of place, at any hour."""

    zone: str = "Asia/Jakarta"
    holidays: frozenset[date] = frozenset()
    fasting: frozenset[date] = frozenset()

    def people(self, instant: datetime) -> np.ndarray:
        """People by hexagon."""
        shares = self.shares(instant)
        total = sum(shares.values())
        return POPULATION * sum(share * layer(kind) for kind, share in shares.items()) / max(total, 1.0)

    def shares(self, instant: datetime) -> dict[str, float]:
        """Shares of the population; the rest are at home."""
        local = instant.astimezone(ZoneInfo(self.zone))
        hour, day = local.hour + local.minute / 60, local.date()
        weekday = 6 if day in self.holidays else day.weekday()
        is_fasting = day in self.fasting
        office_end, school_end = (15.5, 12.5) if is_fasting else (17.0, 14.5)
        workday = weekday < 5
        shares = {
            "office": 0.14 * _plateau(hour, 8, office_end) if workday else 0.02 * _plateau(hour, 8, 16),
            "school": 0.06 * _plateau(hour, 7, school_end) if workday else 0.0,
            "mall": 0.03 * _plateau(hour, 10, 21) * (0.5 if is_fasting and hour < 16 else 1.0),
            "mosque": 0.004,
            "station": 0.002 + (0.03 * max(_rush(hour, 7.5), _rush(hour, 17)) if workday else 0.0),
        }
        if weekday >= 5:
            shares["mall"] = {5: 0.08, 6: 0.07}[weekday] * _plateau(hour, 10, 21)
        if weekday == 4 and 11.5 <= hour < 13:
            shares["mosque"] = 0.1
            shares["office"] *= 0.7
        away = 0.08 * _plateau(hour, 7, 18) if workday and not is_fasting else 0.05
        return {**shares, "home": 1 - sum(shares.values()) - away}


def _plateau(hour, start, end):
    """From 0 to 1 and back, each within an hour and a half."""
    return float(np.clip(min(hour - start + 0.75, end + 0.75 - hour) / 1.5, 0, 1))


def _rush(hour, at):
    return max(1 - abs(hour - at), 0.0)


@dataclass
class CrowdedTown:
    """A home with the town's plan and footprints, and the truth behind the counts that are told.

    Attributes:
        home: where it lies.
        plan: cells as they truly stand.
        custom: how days are lived.
        seed: of the chance in the counts.
        policy: the shipped one unless given.
        known_holidays: what the product is told.
    """

    home: Home
    plan: Plan = field(default_factory=first_plan)
    custom: Custom = field(default_factory=Custom)
    seed: int = 1
    policy: Policy = field(default_factory=lambda: load_policy(None))
    known_holidays: frozenset[date] = frozenset()

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.custom.zone, self.known_holidays)

    def local(self, day: date, hour: int) -> datetime:
        """The instant at which clocks show the hour."""
        return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(self.custom.zone)).astimezone(UTC)

    def days(self, before: date, hour: int = 12, *, ages: Iterable[int] = range(1, 36)) -> list[datetime]:
        """That local hour of the days before one, so many days ago; the earliest first."""
        return [self.local(before - timedelta(days=age), hour) for age in sorted(ages, reverse=True)]

    def copied(self, folder: Path, **changes: Any) -> "CrowdedTown":
        """The same town in a folder of its own."""
        shutil.copytree(self.home.root, folder)
        return replace(self, home=Home(folder), **changes)

    def load_plan(self, plan: Plan | None = None, *, valid_from: datetime | None = None) -> None:
        """Let the product know a plan."""
        cells = (plan or self.plan).cells.with_columns(radio=pl.lit("LTE"), kind=pl.lit("macro")).drop("mast")
        path = (
            self.home.root / f"plan-{valid_from or 'first':%Y%m%d%H}.csv" if valid_from else self.home.root / "plan.csv"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        cells.write_csv(path)
        now = datetime(2021, 12, 31, tzinfo=UTC)
        intake = Intake(home=self.home, engine=ENGINE, ledger_url=self.home.ledger_url, now=now, taken_by="tester")
        load_cells(
            path, intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC", valid_from=valid_from)
        )

    def load_land(self) -> None:
        """Let the product know where the town ends and the sea begins."""
        coast = shapely.transform(
            shapely.Point(0, 0).buffer(RADIUS_KM + 0.1), lambda km: np.column_stack(_degrees(*km.T)[::-1])
        )
        path = self.home.root / "areas.geojson"
        gpd.GeoDataFrame({"code": ["99.01"], "name": ["Contoh"]}, geometry=[coast], crs=4326).to_file(path)
        load_areas(path, level="regency", intake=self.intake(), columns={})

    def intake(self) -> Intake:
        """For files that a person gives."""
        now = datetime(2021, 12, 31, tzinfo=UTC)
        return Intake(home=self.home, engine=ENGINE, ledger_url=self.home.ledger_url, now=now, taken_by="tester")

    def tell(
        self,
        instants: Sequence[datetime] | datetime,
        *,
        extra: np.ndarray | None = None,
        plan: Plan | None = None,
        told: Change | None = None,
        level: float = 1.0,
    ) -> None:
        """Put counts into the lake.

        Args:
            instants: starts of hours.
            extra: people by hexagon besides the usual ones.
            plan: as the cells truly stand in those hours; the town's unless given.
            told: what becomes of the counts on the way; NaN for a cell that tells nothing.
            level: how many of all people are there.
        """
        plan = plan or self.plan
        hours = [instants] if isinstance(instants, datetime) else instants
        frames = [self._frame(hour, extra=extra, plan=plan, told=told, level=level) for hour in hours]
        with connect(ENGINE) as connection, staged(self.home) as staging:
            connection.register("told_counts", pl.concat(frames).to_arrow())
            write_partitions(connection, "select * from told_counts", stage=COUNTS, staging=staging)

    def _frame(self, hour, *, extra, plan, told, level):
        people = level * self.custom.people(hour) + (0 if extra is None else extra)
        rng = np.random.default_rng([self.seed, int(hour.timestamp()) // 3600])
        counts = rng.poisson(people @ plan.attachment()).astype(float)
        counts[list(plan.silent)] = np.nan
        counts = counts if told is None else told(counts)
        frame = plan.cells.select("operator", "cell_id").with_columns(
            interval_start=pl.lit(hour.astimezone(UTC)).dt.cast_time_unit("us"),
            devices=pl.Series(counts, nan_to_null=True).round().cast(pl.Int64),
            suppressed_below=pl.lit(None, dtype=pl.Int32),
            interval_minutes=pl.lit(60, dtype=pl.Int32),
        )
        return frame.drop_nulls("devices")

    def density(self, start: datetime, end: datetime | None = None):
        """Compute density, and what is found in it, of one hour or of a range."""
        end = end or start + HOUR
        with connect(ENGINE) as connection:
            return compute_density(
                connection,
                home=self.home,
                start=start,
                end=end,
                footprints=build_footprints(connection, home=self.home, start=start, end=end),
                factors=flat_factors(dict.fromkeys(SHARES, PEOPLE_PER_DEVICE), operators=tuple(SHARES)),
                calendar=self.calendar,
            )

    def follow(self, start: datetime, end: datetime | None = None):
        """Find the gatherings of one hour or of a range."""
        with connect(ENGINE) as connection:
            return find_gatherings(
                connection,
                home=self.home,
                start=start,
                end=end or start + HOUR,
                policy=self.policy,
                calendar=self.calendar,
            )

    def detect(self, *hours: datetime) -> pl.DataFrame:
        """Compute hours one by one; gives the gatherings alive in them."""
        for hour in hours:
            self.density(hour)
            self.follow(hour)
        return self.gatherings(*hours)

    def gatherings(self, *hours: datetime) -> pl.DataFrame:
        """Gatherings alive in some hours, or in all."""
        frame = self.stage("gatherings")
        if frame.is_empty():
            return frame
        alive = frame.filter(pl.col("state") != "ended")
        return alive.filter(pl.col("interval_start").is_in(list(hours))) if hours else alive

    def stage(self, name: str) -> pl.DataFrame:
        """All rows of a stage of the lake."""
        files = sorted((self.home.lake / name).rglob("part.parquet"))
        frames = [pl.read_parquet(file, hive_partitioning=True) for file in files]
        return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()

    def suspicions(self, hour: datetime) -> list[str]:
        """What is suspected of the hotspots of an hour."""
        found = self.stage("hotspots").filter(pl.col("interval_start") == hour)
        return found["suspicion"].drop_nulls().unique().sort().to_list()


def planned_town(folder: Path) -> CrowdedTown:
    """A town whose plan and footprints are ready, to be copied."""
    town = CrowdedTown(Home(folder))
    town.load_plan()
    town.load_land()
    with connect(ENGINE) as connection:
        now = datetime(2020, 3, 1, tzinfo=UTC)
        build_footprints(connection, home=town.home, start=now, end=now + HOUR)
    return town


def distances_m(found: pl.DataFrame, east_km: float, north_km: float) -> np.ndarray:
    """How far gatherings are from a place."""
    east, north = _kilometres(found["lat"].to_numpy(), found["lon"].to_numpy())
    return 1000 * np.hypot(east - east_km, north - north_km)
