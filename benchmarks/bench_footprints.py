"""Building radio footprints: seconds and memory from 1 to 8 times the cells, whole and after one mast was turned."""

from pathlib import Path

from measuring import run_apart
from report import Report, promise, rounded

PROMISED_S, PROMISED_MB, PROMISED_CELLS = 600.0, 8_000.0, 600_000
ABOUT = """\
The product's own function on two threads, from a stored cell plan of four operators to the stored weights, without land
or prior; each run once in a process of its own. *One mast turned*: the plan is replaced by one in which a mast's six
antennas point elsewhere, and the footprint is mended from the one before."""


def measure_footprints(folder: Path, cells: list[int]) -> Report:
    """Every size once; the promise is about the largest."""
    rows, figures = [], []
    for count in cells:
        root = folder / f"footprints-{count}"
        run_apart("country_maker.make_plan", root=root, cells=count)
        whole = run_apart("footprint_builds.build_whole", root=root)
        run_apart("footprint_builds.take_in_change", root=root)
        mended = run_apart("footprint_builds.mend", root=root)
        for what, apart in (("whole", whole), ("one mast turned", mended)):
            figure = {"cells": count, "what": what, **apart.value, "peak_mb": apart.peak_mb}
            figures.append(figure)
            smallest = next(f for f in figures if f["what"] == what)
            rows.append(
                (
                    f"{count:,} cells: {what}",
                    rounded(figure["seconds"]),
                    rounded(figure["weights"] / figure["seconds"]),
                    f"{rounded(figure['seconds'] / smallest['seconds'])} x",
                    rounded(figure["peak_mb"]),
                    f"{figure['weights']:,}",
                )
            )
    largest = next(f for f in reversed(figures) if f["what"] == "whole")
    slack = min(1 - largest["seconds"] / PROMISED_S, 1 - largest["peak_mb"] / PROMISED_MB)
    return Report(
        name="footprints",
        title="Building radio footprints",
        about=ABOUT,
        columns=("cells: what", "seconds", "weights/s", "against the smallest", "peak MB", "weights"),
        rows=rows,
        promises=[
            promise(
                f"{PROMISED_CELLS:,} cells within {PROMISED_S / 60:.0f} minutes and {PROMISED_MB / 1000:.0f} GB",
                f"{rounded(largest['seconds'])} s and {rounded(largest['peak_mb'] / 1000)} GB "
                f"for {largest['cells']:,} cells",
                slack=slack,
            )
        ],
        record={"figures": figures},
    )
