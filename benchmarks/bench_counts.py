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

Measured = dict[tuple[str, str], list[float]]


def measure_counts(root: Path, sizes: dict[str, int], *, rounds: int) -> Report:
    """Every kind of file with every loader in turn, `rounds` times."""
    rows, figures = [], []
    seconds, peaks = _load(root, rounds=rounds)
    for (ending, name), values in seconds.items():
        per_second = sizes["rows"] / spread(values)["median"]
        peak = spread(peaks[ending, name])
        ratio = median_ratio(seconds[ending, "Kerumun"], values)
        rows.append(
            (
                f"{ending}: {name}",
                shown(values),
                rounded(per_second),
                rounded(peak["median"]),
                f"{rounded(ratio)} x",
            )
        )
        figures.append(
            {
                "file": ending,
                "contender": name,
                "seconds": spread(values),
                "rows_per_s": per_second,
                "peak_mb": peak,
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


def _load(root: Path, *, rounds: int) -> tuple[Measured, Measured]:
    """Seconds and peak MB of each round, by file and loader; a round runs them all, so that noise falls on all."""
    seconds: Measured = {(ending, name): [] for ending in ENDINGS for name in LOADERS}
    peaks: Measured = {key: [] for key in seconds}
    for _ in range(rounds):
        for ending, name in seconds:
            apart = run_apart(LOADERS[name], root=root, ending=ending)
            seconds[ending, name].append(apart.value)
            peaks[ending, name].append(apart.peak_mb)
    return seconds, peaks
