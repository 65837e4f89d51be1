"""A made-up week of one province: its people by hour, what is derived of them, and simple outlines.

People stay at home more than usual, a gathering fills a square on Friday, a small market town is hidden at night and
takes its neighbour along, and nobody reported on Thursday evening.
"""

from datetime import UTC, date, datetime, timedelta

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from crowd.mobility.long_rows import BOUNDS, rounded
from crowd.mobility.model import AREAS, GATHERINGS, HOURS, INDICATORS, WARNINGS, Privacy, Weekly
from crowd.mobility.weeks import Week

WEEK = Week(date(2020, 3, 30), "Asia/Jakarta")
SIZES = (6, 7, 5, 8)  # districts of the regencies, in turn
KINDS = ("Kota", "Kabupaten")
STEMS = ("Alun", "Pusaka", "Sendang", "Karang", "Lembah", "Rawa", "Bukit", "Muara", "Tanjung", "Wana")
SIDES = ("Raya", "Timur", "Barat", "Utara", "Selatan", "Hulu", "Hilir", "Tengah", "Lama", "Baru")
LONG_NAME = "Kepulauan Tanjung Sari Sembilan Barat Daya"
CROWDED, HIDDEN, NEIGHBOUR = 0, 9, 10  # numbers of districts
GATHERED = range(109, 114)  # hours of the week: Friday 13:00 to 18:00 on its clock
SILENT = range(90, 95)  # Thursday 18:00 to 23:00
DAY, NIGHT = range(6, 18), (22, 23, 0, 1, 2, 3, 4)
SHARE = {"district": 0.12, "regency": 0.08, "province": 0.05}  # that the range reaches to either side
MAD_SCALE = 1.4826


def made_week(*, seed: int = 1, regencies: int = 4, districts: int | None = None) -> Weekly:
    """The week 2020-W14 of a province that is not on any map.

    Args:
        seed: of everything that is drawn.
        regencies: how many.
        districts: of each regency; 5 to 8 where not told.
    """
    areas = _areas(regencies, districts)
    hours = _hours(areas, seed)
    indicators = _rounded(pl.concat([_of_hours(hours, areas), _of_days(hours, areas), _of_week(hours, areas)]))
    finest = hours.filter(pl.col("level") == "district", pl.col("status") != "missing")
    return Weekly(
        week=WEEK,
        reference=tuple(WEEK.earlier(n) for n in range(5, 0, -1)),
        level="district",
        chosen=None,
        areas=areas,
        hours=hours,
        indicators=indicators.sort(list(INDICATORS)[:8], nulls_last=True),
        gatherings=_gatherings(areas, hours),
        warnings=_warnings(areas),
        privacy=Privacy(k=15, hidden=float(finest.select((pl.col("status") == "hidden").mean()).item())),
        hours_missing=len(SILENT),
        hours_partial=2,
        newest_count=WEEK.end - timedelta(hours=1),
        edition=1,
        is_test=True,
        decided_until=WEEK.end + timedelta(hours=1, minutes=20),
        holidays=(date(2020, 3, 25), date(2020, 4, 3)),
    )


def made_outlines(*, regencies: int = 4, districts: int | None = None) -> gpd.GeoDataFrame:
    """Outlines of the areas of `made_week`: code, name, level, parent, geometry in longitude and latitude."""
    areas = _areas(regencies, districts)
    fine = areas.filter(pl.col("level") == "district")
    points = _places(fine, regencies)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), ordered=True)
    coast = shapely.buffer(shapely.union_all(shapely.buffer(shapely.points(points), 0.055)), -0.03)
    ground = shapely.intersection(shapely.get_parts(cells), coast)
    shapes = dict(zip(fine["area_code"], ground, strict=True))
    coarse = fine.group_by("parent_code", maintain_order=True).agg("area_code").iter_rows()
    shapes |= {code: shapely.coverage_union_all([shapes[one] for one in inner]) for code, inner in coarse}
    shapes["99"] = shapely.union_all(ground)
    frame = areas.select(code="area_code", name="area_name", level="level", parent="parent_code")
    geometry = [shapes[code] for code in areas["area_code"]]
    return gpd.GeoDataFrame(frame.to_dict(as_series=False), geometry=geometry, crs="EPSG:4326")


def _areas(regencies: int, districts: int | None) -> pl.DataFrame:
    sizes = [districts or SIZES[n % len(SIZES)] for n in range(regencies)]
    parents = np.repeat(np.arange(regencies), sizes)
    inner = np.concatenate([np.arange(size) for size in sizes]) + 1
    codes = [f"99.{n + 1:02d}" for n in range(regencies)]
    names = [f"{KINDS[n % 2]} {STEMS[(n * 3) % 10]} {SIDES[(n // 4) % 10]}" for n in range(regencies)]
    fine = [f"{STEMS[n % 10]} {SIDES[(n * 7 + n // 10) % 10]}" for n in range(len(parents))]
    fine[-1] = LONG_NAME
    rows = [
        ("province", "99", "Provinsi Pusaka Raya", None),
        *(("regency", code, name, "99") for code, name in zip(codes, names, strict=True)),
        *(
            ("district", f"{codes[parent]}.{n:02d}", name, codes[parent])
            for parent, n, name in zip(parents, inner, fine, strict=True)
        ),
    ]
    km2 = np.round(np.random.default_rng(5).uniform(8, 60, len(parents)), 1)
    held = np.bincount(parents, weights=km2)
    frame = pl.DataFrame(rows, schema=list(AREAS)[:4], orient="row")
    return frame.with_columns(area_km2=np.concatenate([[held.sum()], held, km2])).cast(AREAS)  # type: ignore[arg-type]


def _places(fine: pl.DataFrame, regencies: int) -> np.ndarray:
    """Longitude and latitude of the middle of each district, those of a regency together."""
    draw = np.random.default_rng(3)
    parent = fine["parent_code"].rle_id().to_numpy()
    inner = fine["area_code"].str.slice(-2).cast(pl.Int32).to_numpy()
    wide = int(np.ceil(np.sqrt(regencies)))
    middle = np.column_stack([np.arange(regencies) % wide, np.arange(regencies) // wide]) * 0.105
    turn, reach = inner * 2.399963, 0.016 * np.sqrt(inner)
    around = np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None]
    return np.array([109.0, -5.6]) + middle[parent] + around + draw.uniform(-0.004, 0.004, around.shape)


def _hours(areas: pl.DataFrame, seed: int) -> pl.DataFrame:
    """People of the districts by hour, their sums, and what of it is hidden or missing."""
    draw = np.random.default_rng(seed)
    fine = areas.filter(pl.col("level") == "district")
    count = fine.height
    usual = _usual(count, draw)
    at_home = draw.permutation(np.linspace(-0.38, 0.16, count))[:, None] * np.linspace(0.6, 1.2, 168)
    more = at_home * np.where(np.isin(np.arange(168) % 24, DAY), 1.0, 0.4)
    people = usual * (1 + more + draw.normal(0, 0.015, usual.shape))
    people[CROWDED, GATHERED] += np.array([3_000, 9_000, 11_500, 8_000, 2_500])
    parent = fine["parent_code"].rle_id().to_numpy()
    coverage = np.clip(draw.normal(0.97, 0.01, usual.shape), 0, 1)
    coverage[:, 30:32] = 0.62
    tables = {"people": people, "usual": usual, "coverage": coverage}
    stacked = {name: _with_sums(table, parent) for name, table in tables.items()}
    stacked["coverage"] /= _with_sums(np.ones_like(usual), parent)
    return _told(areas, stacked, first=areas.height - count)


def _usual(count: int, draw: np.random.Generator) -> np.ndarray:
    hour = np.arange(168)
    size = np.exp(draw.normal(9.9, 0.5, count))[:, None]
    size[[n for n in (HIDDEN, NEIGHBOUR) if n < count]] = 900
    work = draw.uniform(-0.3, 0.6, count)[:, None]
    daily = np.clip(np.sin((hour % 24 - 6) / 14 * np.pi), 0, 1) * np.where(hour >= 120, 0.55, 1.0)
    return size * (1 + work * daily)


def _with_sums(table: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Country first, then regencies, then the districts themselves."""
    regency = np.zeros((parent.max() + 1, table.shape[1]))
    np.add.at(regency, parent, table)
    return np.concatenate([table.sum(axis=0, keepdims=True), regency, table])


def _told(areas: pl.DataFrame, tables: dict[str, np.ndarray], *, first: int) -> pl.DataFrame:
    start = pl.Series(WEEK.hours).dt.replace_time_zone(None).to_numpy()
    hour = np.tile(np.arange(168), areas.height)
    place = np.repeat(np.arange(areas.height), 168) - first
    small = np.isin(place, (HIDDEN, NEIGHBOUR)) & np.isin(hour % 24, NIGHT)
    status = np.where(np.isin(hour, SILENT), "missing", np.where(small, "hidden", "shown"))
    share = pl.col("level").replace_strict(SHARE)
    shown = pl.col("status") == "shown"
    frame = areas.select(
        pl.col("level", "area_code").repeat_by(168).list.explode(keep_nulls=False, empty_as_null=False)
    ).with_columns(
        interval_start=pl.Series(np.tile(start, areas.height)).dt.replace_time_zone("UTC"),
        status=pl.Series(status),
        **{name: pl.Series(table.ravel()) for name, table in tables.items()},
    )
    local = pl.col("interval_start").dt.convert_time_zone(WEEK.timezone)
    return (
        frame.with_columns(date=local.dt.date(), hour=local.dt.hour(), people=pl.when(shown).then("people"))
        .with_columns(
            people_low=pl.col("people") * (1 - share),
            people_high=pl.col("people") * (1 + share),
            usual=pl.when(pl.col("status") != "hidden").then("usual"),
            coverage=pl.when(pl.col("status") != "missing").then("coverage"),
        )
        .with_columns(scatter=pl.col("usual") * 0.04 * MAD_SCALE)
        .select(list(HOURS))
        .cast(HOURS)  # type: ignore[arg-type]
        .sort(
            pl.col("level").replace_strict({"province": 0, "regency": 1, "district": 2}), "area_code", "interval_start"
        )
    )


def _row(period: str, indicator: str, unit: str, value: pl.Expr, **more: pl.Expr) -> dict[str, pl.Expr]:
    """The last columns of an indicator; a missing value takes the worst status of its hours."""
    nothing = pl.lit(None, pl.Float64)
    given = {"low": nothing, "high": nothing, "status": pl.col("worst"), "date": pl.col("date"), "hour": pl.col("hour")}
    given |= more
    status = pl.when(value.is_not_null()).then(pl.lit("shown")).when(given["status"] == "shown").then(pl.lit("short"))
    given["status"] = status.otherwise(given["status"])
    return {
        "period": pl.lit(period),
        "indicator": pl.lit(indicator),
        "value": value,
        "unit": pl.lit(unit),
        **given,
    }


def _rows(frame: pl.DataFrame, areas: pl.DataFrame, rows: list[dict[str, pl.Expr]]) -> pl.DataFrame:
    named = frame.join(areas.select("area_code", "area_name", "parent_code"), on="area_code", maintain_order="left")
    whole = [named.with_columns(**row).select(list(INDICATORS)).cast(INDICATORS) for row in rows]  # type: ignore[arg-type]
    return pl.concat(whole)


def _of_hours(hours: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    people, usual = pl.col("people"), pl.col("usual")
    ranged = {"low": pl.col("people_low"), "high": pl.col("people_high")}
    rows = [
        _row("hour", "presence", "people", people, **ranged),
        _row("hour", "change_pct", "percent", (people / usual - 1) * 100),
        _row("hour", "robust_z", "score", (people - usual) / (usual * 0.04 * MAD_SCALE)),
    ]
    return _rows(hours.with_columns(worst="status"), areas, rows)


def _means(hours: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Means over the hours with data; none where one of them is hidden."""
    told = hours.filter(pl.col("status") != "missing")

    def mean(name: str, inner: pl.Expr) -> pl.Expr:
        hidden = pl.col("status").filter(inner).eq("hidden").any()
        return pl.when(~hidden).then(pl.col(name).filter(inner).mean())

    always = pl.lit(value=True)
    day, night = pl.col("hour").is_in(list(DAY)), pl.col("hour").is_in(list(NIGHT))
    return told.group_by(keys, maintain_order=True).agg(
        **{name: mean(name, always) for name in ("people", "people_low", "people_high", "usual")},
        covered=pl.col("coverage").mean(),
        by_day=mean("people", day),
        by_night=mean("people", night),
        most=pl.when(~pl.col("status").eq("hidden").any()).then(pl.col("people").max()),
        most_at=pl.when(~pl.col("status").eq("hidden").any()).then(pl.col("hour").sort_by("people").last()),
        hidden=pl.col("status").eq("hidden").mean(),
        worst=pl.when(pl.col("status").eq("hidden").any()).then(pl.lit("hidden")).otherwise(pl.lit("shown")),
    )


def _mean_rows(period: str) -> list[dict[str, pl.Expr]]:
    people, usual, km2 = pl.col("people"), pl.col("usual"), pl.col("area_km2")
    low, high = pl.col("people_low"), pl.col("people_high")
    shown = pl.lit("shown")
    return [
        _row(period, "presence_mean", "people", people, low=low, high=high),
        _row(period, "presence_day", "people", pl.col("by_day"), low=pl.col("by_day") * low / people),
        _row(period, "presence_night", "people", pl.col("by_night"), low=pl.col("by_night") * low / people),
        _row(period, "people_per_km2", "people/km2", people / km2, low=low / km2, high=high / km2),
        _row(period, "change_pct", "percent", (people / usual - 1) * 100),
        _row(period, "robust_z", "score", (people - usual) / (usual * 0.04 * MAD_SCALE)),
        _row(period, "day_night_ratio", "ratio", pl.col("by_day") / pl.col("by_night")),
        _row(period, "peak_hour", "hour", pl.col("most_at").cast(pl.Float64)),
        _row(period, "peak_people", "people", pl.col("most")),
        _row(period, "coverage", "percent", pl.col("covered") * 100, status=shown),
        _row(period, "silent_cell_hours", "cell-hours", pl.lit(3.0), status=shown),
        _row(period, "suppressed_share", "percent", pl.col("hidden") * 100, status=shown),
    ]


def _of_days(hours: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    means = _means(hours, ["level", "area_code", "date"]).join(areas.select("area_code", "area_km2"), on="area_code")
    before = pl.col("people").shift().over("area_code", order_by="date")
    rows = [*_mean_rows("day"), _row("day", "net_change", "people", pl.col("people") - before)]
    return _rows(means.with_columns(hour=pl.lit(None, pl.Int8)), areas, rows)


def _of_week(hours: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    means = _means(hours, ["level", "area_code"]).join(areas.select("area_code", "area_km2"), on="area_code")
    means = means.with_columns(date=pl.lit(None, pl.Date), hour=pl.lit(None, pl.Int8))
    crowded = areas.filter(pl.col("level") == "district")["area_code"][CROWDED]
    held = pl.lit(crowded).str.starts_with(pl.col("area_code")).cast(pl.Float64)
    shown = pl.lit("shown")
    counts = {"gathering_hours_waspada": 2, "gathering_hours_siaga": 3, "gathering_hours_awas": 0}
    sent = {"warnings_drafted": 3, "warnings_approved": 2, "warnings_sent": 2, "warnings_delivered": 2}
    rows = [
        *_mean_rows("week"),
        _row("week", "net_change", "people", pl.col("people") * 0.01),
        *(_row("week", name, "hours", held * number, status=shown) for name, number in counts.items()),
        *(_row("week", name, "warnings", held * number, status=shown) for name, number in sent.items()),
    ]
    return _rows(means, areas, rows)


def _rounded(indicators: pl.DataFrame) -> pl.DataFrame:
    """Every number as its unit and its range have it, as those of a real week are."""
    told = {name: pl.col(name) for name in BOUNDS}
    low, high = pl.col("low"), pl.col("high")
    for unit in indicators["unit"].unique().sort():
        is_it = pl.col("unit") == unit
        told = {
            name: pl.when(is_it).then(rounded(pl.col(name), unit=unit, low=low, high=high)).otherwise(chosen)
            for name, chosen in told.items()
        }
    return indicators.with_columns(**told)


def _gatherings(areas: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """One that shows its people, and a small one that does not, in a hidden district."""
    fine = areas.filter(pl.col("level") == "district")
    start = WEEK.start + timedelta(hours=GATHERED.start)
    peak = start + timedelta(hours=2)
    small = datetime(2020, 4, 1, 16, tzinfo=UTC)
    first = [fine["area_code"][CROWDED], fine["area_name"][CROWDED], "Lapangan Alun-alun"]
    second = [fine["area_code"][min(HIDDEN, fine.height - 1)], fine["area_name"][min(HIDDEN, fine.height - 1)], None]
    usual = hours.filter(pl.col("area_code") == first[0], pl.col("interval_start") == peak)["usual"][0]
    rows = [
        ["g-20200403-0001", *first, "siaga", start, 5, peak, 14_200.0, 11_900.0, 16_500.0, usual * 0.1, False, 3, 2],
        ["g-20200401-0002", *second, "waspada", small, 2, small, None, None, None, None, True, 0, 0],
    ]
    return pl.DataFrame(rows, schema=GATHERINGS, orient="row")


def _warnings(areas: pl.DataFrame) -> pl.DataFrame:
    crowded = areas.filter(pl.col("level") == "district").row(CROWDED, named=True)
    row = [crowded["area_code"], crowded["area_name"], 3, 2, 1, 2, 2]
    return pl.DataFrame([row], schema=WARNINGS, orient="row")
