"""Lines over areas of a map whose colour alone would mislead; drawn, since viewers draw seams into true patterns."""

from collections.abc import Mapping

import numpy as np
import polars as pl

# Grounds of areas without a number, and the lines drawn over them.
GROUNDS = {"hidden": "#f4f3f1", "missing": "#c3c6cc", "short": "#ffffff"}
LINES = {"hidden": ('stroke="#8b8b90" stroke-width="6"', 22, 1), "short": ('stroke="#b0afb4" stroke-width="4"', 18, 0)}
# Over the colours of areas whose cells were silent: dark on white for every class, leaning to the other side.
SILENT_STEP = 26
SILENT_LINES = ('stroke="#ffffff" stroke-width="9"', 'stroke="#1f1b2e" stroke-width="3.5"')


def silent_paths(paths: pl.DataFrame) -> pl.DataFrame:
    """`page, panel, path` of all areas together whose cells were silent."""
    return paths.filter("is_silent").group_by("page", "panel", maintain_order=True).agg(pl.col("path").str.join(""))


def silenced(path: str, panel: int, size: tuple[float, float]) -> str:
    """Lines over them, whatever their colour says."""
    if not path:
        return ""
    lines = _falling(*size)
    over = "".join(f'<path {style} d="{lines}"/>' for style in SILENT_LINES)
    return f'<clipPath id="silent{panel}"><path d="{path}"/></clipPath><g clip-path="url(#silent{panel})">{over}</g>'


def silenced_islands(path: str) -> str:
    """Stripes around islands that are drawn wider than they are, for lines inside them would not be seen."""
    return f'<path fill="none" stroke="#1f1b2e" stroke-width="28" stroke-dasharray="4 10" d="{path}"/>' if path else ""


def _falling(width: float, height: float) -> str:
    return "".join(f"M{x:g} 0l{height:g} {height:g}" for x in np.arange(-height, width, SILENT_STEP))


def lined(name: str, frames: Mapping[str, tuple[float, float]]) -> pl.Expr:
    """Lines over the areas of a status, cut at their outlines; an empty text over all others."""
    style, _, _ = LINES[name]
    lines = pl.col("page").replace_strict({page: _hatch(name, *size) for page, size in frames.items()})
    cut = pl.format('<clipPath id="{}{}"><path d="{}"/></clipPath>', pl.lit(name), "panel", "path")
    over = pl.format('<g clip-path="url(#{}{})"><path {} d="{}"/></g>', pl.lit(name), "panel", pl.lit(style), lines)
    return pl.when(pl.col("fill") == name).then(cut + over).otherwise(pl.lit(""))


def _hatch(name: str, width: float, height: float) -> str:
    _, step, slope = LINES[name]
    if slope:
        return "".join(f"M{x:g} 0l{-height:g} {height:g}" for x in np.arange(0, width + height, step))
    return "".join(f"M0 {y:g}h{width:g}" for y in np.arange(step / 2, height, step))
