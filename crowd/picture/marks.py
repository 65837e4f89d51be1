"""How things that are not hexagons look in a picture: levels of gatherings, and target cells by operator."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

Floats = NDArray[np.float64]

INK = "#1d2330"
PAPER = "#ffffff"
CASING_PX = 3.0
HALO_PX = 3.4
POINTS_PER_PX = 0.5


@dataclass(frozen=True, kw_only=True)
class LevelLook:
    """Colour, dashes (on, off in line widths; empty is solid) and width of a level's outline."""

    colour: str
    dashes: tuple[float, ...]
    width_px: float


# Yellow, orange, red is the Indonesian practice; dots, dashes and a solid line say the same without colour.
LEVELS = {
    "waspada": LevelLook(colour="#c98a00", dashes=(1.0, 1.0), width_px=5.0),
    "siaga": LevelLook(colour="#e8590c", dashes=(3.2, 1.3), width_px=5.5),
    "awas": LevelLook(colour="#c1121f", dashes=(), width_px=6.5),
}

_ROUND = np.linspace(0, 2 * np.pi, 24, endpoint=False)
_STAR = np.linspace(0, 2 * np.pi, 8, endpoint=False)
# The tail of an arrow is its site and it points north, so that the sectors of one site fan out from it.
ARROWS = (
    np.array([(-0.42, 0.0), (0.0, 1.1), (0.42, 0.0)]),
    np.array([(-0.5, 0.0), (0.0, 1.15), (0.5, 0.0), (0.0, 0.32)]),
    np.array([(-0.32, 0.0), (-0.32, 0.6), (0.0, 1.1), (0.32, 0.6), (0.32, 0.0)]),
    np.array([(0.0, 0.0), (-0.4, 0.45), (0.0, 1.2), (0.4, 0.45)]),
)
DOTS = (
    0.4 * np.column_stack([np.sin(_ROUND), np.cos(_ROUND)]),
    0.36 * np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)]),
    np.column_stack([np.sin(_STAR), np.cos(_STAR)]) * np.tile([0.58, 0.28], 4)[:, None],
    0.5 * np.array([(0, -1), (-1, 0), (0, 1), (1, 0)]),
)
OPERATOR_LOOKS = 2 * len(ARROWS)


def operator_looks(operators: list[str]) -> dict[str, int]:
    """Number of the look of each operator, in alphabetical order; past eight operators the rest share one."""
    return {name: min(i, OPERATOR_LOOKS - 1) for i, name in enumerate(sorted(set(operators)))}


def draw_outline(axes: Axes, path: Outline, *, look: LevelLook, colour: str, width_px: float, zorder: float) -> None:
    """Draw the border of gatherings on a pale casing, so that it shows on dark and on bright hexagons."""
    dashes = (0, look.dashes) if look.dashes else "solid"
    for tint, line, wide in ((PAPER, "solid", width_px + 2 * CASING_PX), (colour, dashes, width_px)):
        axes.add_patch(
            PathPatch(
                path,
                fill=False,
                edgecolor=tint,
                linewidth=wide * POINTS_PER_PX,
                linestyle=line,
                capstyle="butt",
                joinstyle="round",
                zorder=zorder,
            )
        )


def draw_targets(axes: Axes, px: Floats, *, azimuth_deg: Floats, look: int, length_px: float, zorder: float) -> None:
    """Draw target cells of one operator: arrows along their azimuth, dots where there is none.

    Args:
        axes: Where to draw; its data are pixels.
        px: Pixels (n, 2) of the sites.
        azimuth_deg: Clockwise from north; NaN for cells that send all around.
        look: Number of the operator's look, see `operator_looks`.
        length_px: Length of an arrow.
        zorder: Above what to draw.
    """
    points = np.isfinite(azimuth_deg)
    shape = look % len(ARROWS)
    for shapes, where in (
        (turned(ARROWS[shape], azimuth_deg[points]), px[points]),
        (turned(DOTS[shape], np.zeros(np.count_nonzero(~points))), px[~points]),
    ):
        if len(where):
            _draw_haloed(axes, shapes * length_px + where[:, None, :], face=_face(look), zorder=zorder)


def turned(shape: Floats, azimuth_deg: Floats) -> Floats:
    """Turn a shape (m, 2) that points north clockwise by each azimuth; gives (n, m, 2)."""
    angle = np.radians(azimuth_deg)
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(-1, 2, 2)
    return np.asarray(shape @ turn)


def _face(look: int) -> str:
    """Dark and light take turns, and swap when the shapes come round again."""
    return (INK, PAPER)[(look + look // len(ARROWS)) % 2]


def _draw_haloed(axes: Axes, shapes: Floats, *, face: str, zorder: float) -> None:
    for edge, wide in ((PAPER, HALO_PX * 2), (INK, 2.4)):
        axes.add_collection(
            PolyCollection(
                list(shapes), facecolors=face, edgecolors=edge, linewidths=wide * POINTS_PER_PX,
                joinstyle="round", zorder=zorder,
            ),
            autolim=False,
        )  # fmt: skip
