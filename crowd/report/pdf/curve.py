"""The curve of people by hour over a week, against what is usual at that hour."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crowd.mobility.weeks import HOUR, Week
from crowd.report.words import Words, told_number

Floats = NDArray[np.float64]

WIDTH = 1680.0
GROUND = 26.0  # strip under the curve, where gatherings stand
BAND_SCORES = 2.0  # robust standard deviations to either side of the usual
CALM = 0.8  # of the top: the axis never shows less than the fifth above it
LOW_START = 0.5  # a curve that never falls under this share of its top need not start at nought
TICKS = 4
STROKE = 6.5  # width of the line of people
SEEN = 4 * STROKE  # height from which on the colour between the lines is seen beside them
CLEAR_COVERAGE = 0.95  # share of the usual whose cells must report for fewer people to be a finding
LEVEL_COLOURS = {"waspada": "#e3a21a", "siaga": "#d95f0e", "awas": "#a50f15"}


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A curve, ready to be put on a page.

    Attributes:
        svg: what is drawn.
        ticks: texts of the vertical axis with their place `y` in percent from above.
        has_usual: whether the usual is drawn.
        has_band: whether the usual range is drawn.
        has_above: whether the ground between people and a lower usual can be seen.
        has_below: whether that between people and a higher usual can.
        has_gaps: whether hours are left out.
        has_silent: whether many cells were silent in some hours.
        levels: levels of the gatherings drawn.
        has_doubtful: whether some of these may only be the network.
        least: where the vertical axis starts; None where that is nought.
    """

    svg: str
    ticks: list[dict[str, object]]
    has_usual: bool
    has_band: bool
    has_above: bool
    has_below: bool
    has_gaps: bool
    has_silent: bool
    levels: list[str]
    has_doubtful: bool
    least: str | None


def draw_curve(
    hours: pl.DataFrame, gatherings: pl.DataFrame, *, week: Week, words: Words, height: float
) -> Curve | None:
    """Draw people by hour; None where no hour may be shown.

    Args:
        hours: `people, usual, spread, coverage` of every hour of the week in its order; null where there is none.
        gatherings: columns of GATHERINGS, those in the area.
        week: of the hours.
        words: for the numbers of the axis.
        height: of the picture, which is WIDTH wide.
    """
    people, usual, spread, coverage = (
        hours[name].to_numpy().astype(np.float64) for name in ("people", "usual", "spread", "coverage")
    )
    if np.isnan(people).all():
        return None
    low, high = usual - BAND_SCORES * spread, usual + BAND_SCORES * spread
    axis = _axis(np.concatenate([people, usual, low, high]))
    across = (np.arange(len(people)) + 0.5) / len(people) * WIDTH
    is_silent = coverage < CLEAR_COVERAGE
    # Where cells were silent, fewer people are no finding.
    fewer = np.where(is_silent, np.nan, np.minimum(people, usual))

    def down(values: Floats) -> Floats:
        return np.asarray((1 - (values - axis[0]) / (axis[-1] - axis[0])) * (height - GROUND - 4) + 4)

    parts = [
        _grid(down(axis), height),
        _band(across, down(low), down(high), fill="#e6e4df"),
        _band(across, down(np.maximum(people, usual)), down(usual), fill="#cdb2d6"),
        _band(across, down(fewer), down(usual), fill="#b9dfb5"),
        _silent(is_silent, height=height - GROUND),
        _line(across, down(usual), stroke="#77757a", width=4, dash="12 9"),
        _line(across, down(people), stroke="#1f1b2e", width=STROKE, dash="none"),
        _bars(gatherings, week=week, top=height - GROUND + 7),
    ]
    told = pl.DataFrame({"tick": axis}).select(told_number(pl.col("tick"), words=words)).to_series()
    places = down(axis) / height * 100
    return Curve(
        svg=f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}">{"".join(parts)}</svg>',
        ticks=[{"text": text, "y": round(float(y), 2)} for text, y in zip(told, places, strict=True)],
        has_usual=not np.isnan(usual).all(),
        has_band=not np.isnan(low).all(),
        has_above=_is_seen(down(usual) - down(people)),
        has_below=_is_seen(down(fewer) - down(usual)),
        has_gaps=bool(np.isnan(people).any()),
        has_silent=bool(is_silent.any()),
        levels=[level for level in LEVEL_COLOURS if level in set(gatherings["highest_level"])],
        has_doubtful=bool(gatherings["is_doubtful"].any()),
        least=str(told[0]) if axis[0] > 0 else None,
    )


def _is_seen(heights: Floats) -> bool:
    return bool((np.nan_to_num(heights) > SEEN).any())


def _silent(is_silent: NDArray[np.bool_], *, height: float) -> str:
    """A grey ground behind the hours in which many cells were silent."""
    width = WIDTH / len(is_silent)
    return "".join(
        f'<rect x="{run[0] * width:.1f}" y="0" width="{run.size * width:.1f}" height="{height:g}" fill="#8a8790" '
        'fill-opacity="0.28"/>'
        for run in _runs(is_silent)
    )


def _axis(values: Floats) -> Floats:
    """Round numbers from below the lowest to above the highest."""
    low, high = float(np.nanmin(values)), max(float(np.nanmax(values)), 1.0)
    # A calm week should look calm.
    low = min(low, CALM * high) if low > LOW_START * high else 0.0
    raw = max(high - low, 1.0) / TICKS
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw)
    step = max(step, 1.0)
    return np.asarray(np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step)


def _grid(heights: Floats, bottom: float) -> str:
    level = "".join(f"M0 {y:.1f}H{WIDTH:g}" for y in heights)
    days = "".join(f"M{WIDTH * day / 7:.1f} 0V{bottom:g}" for day in range(8))
    return (
        f'<path d="{level}" stroke="#dcdad5" stroke-width="2" fill="none"/>'
        f'<path d="{days}" stroke="#b9b7b2" stroke-width="2" fill="none"/>'
    )


def _runs(known: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Positions of hours that follow one another without a gap."""
    at = np.flatnonzero(known)
    return [run for run in np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if run.size]


def _points(across: Floats, heights: Floats) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(across, heights, strict=True))


def _line(across: Floats, heights: Floats, *, stroke: str, width: float, dash: str) -> str:
    path = "".join(f"M{_points(across[run], heights[run])}" for run in _runs(~np.isnan(heights)))
    style = f'fill="none" stroke="{stroke}" stroke-width="{width}" stroke-dasharray="{dash}"'
    return f'<path d="{path}" {style} stroke-linejoin="round" stroke-linecap="round"/>' if path else ""


def _band(across: Floats, top: Floats, bottom: Floats, *, fill: str) -> str:
    runs = _runs(~np.isnan(top + bottom))
    there_and_back = [(np.concatenate([run, run[::-1]]), len(run)) for run in runs]
    path = "".join(
        f"M{_points(across[both], np.concatenate([top[both[:n]], bottom[both[n:]]]))}Z" for both, n in there_and_back
    )
    return f'<path d="{path}" fill="{fill}"/>' if path else ""


def _bars(gatherings: pl.DataFrame, *, week: Week, top: float) -> str:
    """A bar under the hours of each gathering, in the colour of its highest level; hollow where it is doubtful."""
    span = week.end - week.start
    rank = pl.col("highest_level").replace_strict({name: n for n, name in enumerate(LEVEL_COLOURS)})
    told = gatherings.sort(~pl.col("is_doubtful"), rank)
    bars = ""
    for start, hours, level, is_hollow in told.select(
        "started_at", "hours", "highest_level", "is_doubtful"
    ).iter_rows():
        begin = max(start, week.start)
        end = min(begin + max(int(hours or 1), 1) * HOUR, week.end)
        x, width = (begin - week.start) / span * WIDTH, max((end - begin) / span, timedelta(hours=1) / span) * WIDTH
        colour = LEVEL_COLOURS[level]
        fill = f'fill="#ffffff" stroke="{colour}" stroke-width="3"' if is_hollow else f'fill="{colour}"'
        bars += f'<rect x="{x:.1f}" y="{top:g}" width="{width:.1f}" height="14" {fill}/>'
    return bars
