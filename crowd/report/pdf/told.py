"""Facts as the texts of a table: numbers in the manner of the language, marks where a number is not shown."""

import polars as pl

from crowd.report.words import Words, told_number, told_percent

MARKS = {"hidden": "×", "missing": "–", "short": "…"}  # noqa: RUF001 - marks, not letters
EN_DASH = "\N{EN DASH}"
COLUMNS = ("presence", "range", "change", "z", "peak", "ratio", "density", "coverage", "gathering_hours")
GATHERING_HOURS = ("gathering_hours_waspada", "gathering_hours_siaga", "gathering_hours_awas")


def told_facts(facts: pl.DataFrame, *, words: Words) -> pl.DataFrame:
    """Add columns of COLUMNS with texts to `wide_facts`; never null."""
    peak = pl.col("peak_hour").cast(pl.Int64).cast(pl.String).str.zfill(2) + pl.lit(f"{words.clock}00")
    held = pl.sum_horizontal(GATHERING_HOURS, ignore_nulls=False)
    z = told_number(pl.col("robust_z"), words=words, places=1, sign="always")
    ratio = told_number(pl.col("day_night_ratio"), words=words, places=2)
    density = pl.col("people_per_km2")
    fine = (density < 10) & (density != density.round())  # noqa: PLR2004 - a single digit
    told_density = pl.when(fine).then(told_number(density, words=words, places=1))
    return facts.with_columns(
        presence=marked(told_number(pl.col("presence_mean"), words=words), "presence_mean"),
        range=_range("presence_mean", words=words).fill_null(""),
        change=marked(told_percent(pl.col("change_pct"), words=words, sign="always"), "change_pct"),
        z=marked(z, "robust_z"),
        peak=marked(peak, "peak_hour"),
        ratio=marked(ratio, "day_night_ratio"),
        density=marked(told_density.otherwise(told_number(density.round(), words=words)), "people_per_km2"),
        coverage=marked(told_percent(pl.col("coverage").round(0), words=words).str.replace(r"[.,]0%", "%"), "coverage"),
        gathering_hours=marked(told_number(held, words=words), GATHERING_HOURS[0]),
    )


def marked(text: pl.Expr, name: str) -> pl.Expr:
    """A text, or the mark of the status that stands in its place."""
    mark = pl.col(f"{name}_status").replace_strict(MARKS, default=EN_DASH)
    return text.fill_null(mark)


def _range(name: str, *, words: Words) -> pl.Expr:
    low, high = (told_number(pl.col(f"{name}_{end}"), words=words) for end in ("low", "high"))
    return low + pl.lit(EN_DASH) + high
