"""A home with a regency of districts that flows go between."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import geopandas as gpd
import shapely

from crowd.flows import flow_indicators, load_flows, read_flows
from crowd.mobility.hierarchy import read_tree
from crowd.mobility.weeks import parse_week
from geo.areas import load_areas
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import make_profile

TIMEZONE = "Asia/Jakarta"
HEADER = "interval_start,from_area,to_area,devices"
WEEK = parse_week("2020-W14", timezone=TIMEZONE)
REFERENCE = tuple(WEEK.earlier(n) for n in (4, 3, 2, 1))
K = 15


@dataclass
class Isles:
    """A home with a regency of districts that flows go between."""

    home: Home
    districts: tuple[str, ...] = tuple(f"99.01.{n:02}" for n in range(1, 6))
    engine: Engine = field(default_factory=lambda: Engine(memory_limit="1GB", threads=2))

    def intake(self, *, now=datetime(2020, 12, 31, tzinfo=UTC)):
        return Intake(home=self.home, engine=self.engine, ledger_url=self.home.ledger_url, now=now, taken_by="analyst")

    def areas(self):
        boxes = [shapely.box(109 + n / 10, -6, 109.1 + n / 10, -5) for n in range(len(self.districts))]
        self._areas(dict(zip(self.districts, boxes, strict=True)), level="district", parent="99.01")
        self._areas({"99.01": shapely.box(109, -6, 109 + len(boxes) / 10, -5)}, level="regency", parent=None)

    def _areas(self, outlines, *, level, parent):
        codes = list(outlines)
        columns = {"code": codes, "name": [f"Area {code}" for code in codes], "parent": [parent] * len(codes)}
        path = self.home.root / f"{level}.geojson"
        gpd.GeoDataFrame(columns, geometry=list(outlines.values()), crs=4326).to_file(path)
        load_areas(path, level=level, intake=self.intake(), columns={})

    def write(self, rows, *, name="flows.csv", header=HEADER):
        path = self.home.root / name
        content = rows if isinstance(rows, str) else "\n".join([header, *(",".join(map(str, row)) for row in rows), ""])
        path.write_text(content)
        return path

    def load(self, *paths, again=False, k=K, now=datetime(2020, 12, 31, tzinfo=UTC), **profile):
        """Take in the files of one delivery."""
        profile = {"operator": "alun", **profile}
        reading = make_profile(profile, source="test")
        return load_flows(paths, intake=self.intake(now=now), profile=reading, k=k, again=again)

    def load_rows(self, rows, *, name="flows.csv", header=HEADER, **options):
        """Take in one file of rows; gives its report."""
        return self.load(self.write(rows, name=name, header=header), **options).files[0]

    def day(self, day, flows, **options):
        """Take in the flows of a day, given by pairs of numbers of districts, from 0."""
        start = f"{day}T00:00+07:00"
        rows = [(start, self.districts[i], self.districts[j], phones) for (i, j), phones in flows.items()]
        name = f"{day}-{options.get('operator', 'alun')}-{len(list(self.home.root.glob('*.csv')))}.csv"
        return self.load_rows(rows, name=name, **options)

    def sent(self):
        with connect(self.engine) as connection:
            return read_flows(connection, home=self.home)

    def indicators(self, *, week=WEEK, reference=REFERENCE, tree=None, k=K):
        with connect(self.engine) as connection:
            return flow_indicators(
                connection, home=self.home, week=week, reference=reference, tree=tree or read_tree(self.home), k=k
            )

    def told(self, indicator, *, period="day", **options):
        """Values (None where not shown) by code, and by date for days."""
        rows = self.indicators(**options).filter(period=period, indicator=indicator)
        keys = ("area_code",) if period == "week" else ("area_code", "date")
        found = {key: value for *key, value in rows.select(*keys, "value").iter_rows() for key in [tuple(key)]}
        return {key[0]: value for key, value in found.items()} if period == "week" else found


def full_day(size, *, phones=100, inside=1000):
    """Flows between all pairs."""
    return {(i, j): inside if i == j else phones + 10 * i + j for i in range(size) for j in range(size)}
