"""Names of areas on a map: on one line or two where they fit, else a number, else nothing."""

import polars as pl

from crowd.report.pdf.pages import rows_by_page
from crowd.report.pdf.scale import is_dark

EM = 42.0  # letters of 6 points, in units of a twentieth of a millimetre
LETTER = 0.47 * EM  # mean width
LINE = 1.1 * EM
FULL = 0.96  # of the room that may be filled


def place_labels(rooms: pl.DataFrame) -> dict[str, list[dict[str, object]]]:
    """Texts that fit, by page, with their place in percent of the frame.

    Args:
        rooms: `page, area_code, area_name, number, x, y, width, height, fill, is_silent, frame_width, frame_height`.
    """
    name = pl.col("area_name")
    first, rest = name.str.extract(r"^(\S+) (.+)$", 1), name.str.extract(r"^(\S+) (.+)$", 2)
    before, last = name.str.extract(r"^(.+) (\S+)$", 1), name.str.extract(r"^(.+) (\S+)$", 2)
    wider = pl.max_horizontal(first.str.len_chars(), rest.str.len_chars())
    other = pl.max_horizontal(before.str.len_chars(), last.str.len_chars())
    halves = pl.when(other < wider).then(pl.concat_list(before, last)).otherwise(pl.concat_list(first, rest))
    # The lines of a pair stand above and below the widest place.
    choice = (
        pl.when(_fits(name.str.len_chars(), lines=1))
        .then(pl.concat_list(name))
        .when(_fits(pl.min_horizontal(wider, other) * 1.08, lines=2))
        .then(halves)
        .when(_fits(pl.col("number").cast(pl.String).str.len_chars(), lines=1))
        .then(pl.concat_list(pl.col("number").cast(pl.String)))
    )
    told = rooms.select(
        "page",
        "area_code",
        x=(pl.col("x") / pl.col("frame_width") * 100).round(2),
        y=(pl.col("y") / pl.col("frame_height") * 100).round(2),
        lines=choice,
        is_pattern=~pl.col("fill").str.starts_with("#") | pl.col("is_silent"),
        is_named=False,
        is_dark=~pl.col("is_silent") & pl.col("fill").replace_strict(_darkness(rooms["fill"]), return_dtype=pl.Boolean),
    )
    return rows_by_page(told.drop_nulls("lines"))


def _fits(letters: pl.Expr, *, lines: int) -> pl.Expr:
    return (letters * LETTER <= pl.col("width") * FULL) & (pl.col("height") * FULL >= lines * LINE)


def _darkness(fills: pl.Series) -> dict[str, bool]:
    return {fill: is_dark(fill) for fill in fills.unique()}
