"""Draw docs/method/images/methods.png: one hour of the synthetic town by every method, beside the truth.

Run it from the repository: `python benchmarks/draw_methods.py`.
"""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import polars as pl
import shapely
from accuracy_methods import FINE, City, contenders, errors_of, fine
from bench_accuracy import make_city
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LogNorm

from geo.hexagons import hex_areas_km2, hex_polygons

SETTING, SEED, HOUR = "kota_kecil", 1, "day"
OUTPUT = Path(__file__).parents[1] / "docs" / "method" / "images" / "methods.png"
SHOWN = (
    "point",
    "voronoi",
    "radio, even prior",
    "radio, learned prior",
    "radio, land-use prior",
)
SCALE = LogNorm(10, 10_000)


def main() -> None:
    """Estimate, draw and write."""
    mpl.use("Agg")
    city = make_city(SETTING, SEED)
    instant = str(city.hours[HOUR])
    maps = {"the truth": (city.truth[HOUR], None)}
    for name, estimate in contenders(city).items():
        if name in SHOWN:
            estimates = estimate()
            maps[name] = (fine(estimates[instant]), errors_of(city, estimates)[HOUR, FINE])
    figure, axes = plt.subplots(2, 3, figsize=(13, 6.6), layout="constrained")
    for axis, (name, (people, error)) in zip(axes.flat, maps.items(), strict=True):
        drawn = _draw(axis, city, people)
        axis.set_title(name if error is None else f"{name}: error {error:.2f}", fontsize=12)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.5, extend="both")
    bar.set_label("people per km²")
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(OUTPUT, dpi=80)


def _draw(axis: Axes, city: City, people: pl.DataFrame) -> PolyCollection:
    land = people.filter(pl.col("hex").is_in(city.truth[HOUR]["hex"].implode()), pl.col("people") > 0)
    hexes = land["hex"].to_numpy()
    outlines = [np.asarray(shapely.get_coordinates(outline)) for outline in hex_polygons(hexes)]
    density = land["people"].to_numpy() / hex_areas_km2(hexes)
    colours = PolyCollection(outlines, array=density, norm=SCALE, cmap="cividis", edgecolors="face", linewidths=0.3)
    axis.add_collection(colours)
    for part in shapely.get_parts(shapely.boundary(city.land.outlines())):
        axis.plot(*shapely.get_coordinates(part).T, color="0.4", linewidth=0.6)
    masts = pl.concat([cells.filter(kind="macro").select("lat", "lon") for cells in city.plans.values()]).unique()
    axis.plot(masts["lon"], masts["lat"], "^", color="crimson", markersize=2.5, markeredgewidth=0)
    axis.set_aspect(1 / np.cos(np.radians(masts["lat"].mean())))
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_facecolor("white")
    axis.autoscale_view()
    return colours


if __name__ == "__main__":
    main()
