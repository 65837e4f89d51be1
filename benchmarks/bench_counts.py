"""Taking in one hour of counts, beside peers that do a part of the work."""

from pathlib import Path

from measuring import median_ratio, run_apart, spread
from report import Report, rounded, shown

ENDINGS = ("csv", "csv.gz", "parquet")
LOADERS = {
    "Kerumun": "counts_load.load_with_kerumun",
    "Polars": "counts_peers.load_with_polars",
    "pandas": "counts_peers.load_with_pandas",
}
ABOUT = """\
Kerumun looks for subscriber identities in every value, checks every row against the contract and the cell plan, sorts
by operator and cell, replaces what was there and records the file. The peers only read the file and write it as
Parquet. Each run in a process of its own, whose peak memory includes the libraries."""


def measure_counts(root: Path, sizes: dict[str, int], *, rounds: int) -> Report:
    """Every kind of file with every loader in turn, `rounds` times."""
    rows, figures = [], []
    for ending in ENDINGS:
        seconds, peaks = _load(root, ending, rounds=rounds)
        for name, values in seconds.items():
            per_second = sizes["rows"] / spread(values)["median"]
            ratio = median_ratio(seconds["Kerumun"], values)
            rows.append(
                (
                    f"{ending}: {name}",
                    shown(values),
                    rounded(per_second),
                    rounded(spread(peaks[name])["median"]),
                    f"{rounded(ratio)} x",
                )
            )
            figures.append(
                {
                    "file": ending,
                    "contender": name,
                    "seconds": spread(values),
                    "rows_per_s": per_second,
                    "peak_mb": spread(peaks[name]),
                    "kerumun_to_this": ratio,
                }
            )
    return Report(
        name="counts_load",
        title=f"Taking in one hour of counts: {sizes['rows']:,} rows of four operators in one file",
        about=ABOUT,
        columns=("file: contender", "seconds", "rows/s", "peak MB", "Kerumun takes"),
        rows=rows,
        record={"size": sizes, "figures": figures},
    )


def _load(root: Path, ending: str, *, rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Seconds and peak MB of each round, by loader."""
    seconds: dict[str, list[float]] = {name: [] for name in LOADERS}
    peaks: dict[str, list[float]] = {name: [] for name in LOADERS}
    for _ in range(rounds):
        for name, task in LOADERS.items():
            apart = run_apart(task, root=root, ending=ending)
            seconds[name].append(apart.value)
            peaks[name].append(apart.peak_mb)
    return seconds, peaks
