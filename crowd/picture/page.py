"""The page of a picture: its sheet, its type, and what stands around the map."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from crowd.picture.marks import INK, PAPER, POINTS_PER_PX

PAGE_PX = (1600, 1200)
MAP_LEFT_PX, MAP_BOTTOM_PX = 50, 176
MAP_PX = (1190, 840)
SIDE_LEFT_PX, SIDE_WIDTH_PX = 1276, 290
DPI = 72 / POINTS_PER_PX
QUIET = "#555d6b"
FRAME = "#9aa1ac"

# The type that comes with Matplotlib, by file, so that every machine and every matplotlibrc draws the same page.
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
REGULAR, BOLD = FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSans-Bold.ttf"


@dataclass(frozen=True, kw_only=True)
class Type:
    """A size, weight and colour of letters."""

    size_px: float
    bold: bool = False
    colour: str = INK
    halo_px: float = 0.0

    def font(self) -> FontProperties:
        """Give the font to Matplotlib."""
        return FontProperties(fname=BOLD if self.bold else REGULAR, size=self.size_px * POINTS_PER_PX)


TITLE = Type(size_px=38, bold=True)
DATE = Type(size_px=27)
TOTALS = Type(size_px=23, colour=QUIET)
HEADING = Type(size_px=21, bold=True)
ENTRY = Type(size_px=20)
FOOTER = Type(size_px=19, colour=QUIET)
MESSAGE = Type(size_px=34, colour=QUIET)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """An empty page: `page` covers it in pixels from the lower left, `chart` is the map's panel in its own pixels."""

    canvas: FigureCanvasAgg
    page: Axes
    chart: Axes

    def width_px(self, text: str, *, of: Type) -> float:
        """Width a line of text takes."""
        renderer = self.canvas.get_renderer()  # type: ignore[no-untyped-call]
        return float(renderer.get_text_width_height_descent(text, of.font(), False)[0])

    def fitted(self, text: str, *, of: Type, width_px: float) -> str:
        """Shorten a line that is too wide, with an ellipsis."""
        if self.width_px(text, of=of) <= width_px:
            return text
        lengths = range(len(text), 0, -1)
        cuts = (text[:length].rstrip() + "…" for length in lengths)
        return next((cut for cut in cuts if self.width_px(cut, of=of) <= width_px), "…")

    def lines(self, text: str, *, of: Type, width_px: float) -> list[str]:
        """Break text between words into lines that fit."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self.width_px(longer, of=of) <= width_px:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


def new_sheet(*, ground: str) -> Sheet:
    """Make an empty page whose map panel has a ground colour."""
    figure = Figure(figsize=(PAGE_PX[0] / DPI, PAGE_PX[1] / DPI), dpi=DPI, facecolor=PAPER)
    canvas = FigureCanvasAgg(figure)
    chart_box = (MAP_LEFT_PX, MAP_BOTTOM_PX, *MAP_PX)
    share = np.array(chart_box) / np.tile(PAGE_PX, 2)
    chart = _pixel_axes(figure, (share[0], share[1], share[2], share[3]), size_px=MAP_PX)
    page = _pixel_axes(figure, (0, 0, 1, 1), size_px=PAGE_PX)
    chart.add_patch(Rectangle((0, 0), *MAP_PX, facecolor=ground, edgecolor="none", zorder=0))
    page.add_patch(Rectangle(chart_box[:2], *MAP_PX, fill=False, edgecolor=FRAME, linewidth=2 * POINTS_PER_PX))
    return Sheet(canvas=canvas, page=page, chart=chart)


def write(axes: Axes, x_px: float, y_px: float, text: str, *, of: Type, align: str = "left", zorder: float = 9) -> Text:
    """Write one line with its middle at a height; a dollar sign in a name is just a dollar sign."""
    effects = [withStroke(linewidth=of.halo_px * POINTS_PER_PX, foreground=PAPER)] if of.halo_px else []
    return axes.text(
        x_px, y_px, text,
        fontproperties=of.font(), color=of.colour, ha=align, va="center_baseline",
        parse_math=False, path_effects=effects, zorder=zorder,
    )  # fmt: skip


def draw_header(sheet: Sheet, *, title: str, when: str, totals: str) -> None:
    """Write title, time and totals over the map."""
    width = PAGE_PX[0] - 2 * MAP_LEFT_PX
    for y_px, text, type_ in ((1142, title, TITLE), (1092, when, DATE), (1049, totals, TOTALS)):
        write(sheet.page, MAP_LEFT_PX, y_px, sheet.fitted(text, of=type_, width_px=width), of=type_)


def draw_footer(sheet: Sheet, text: str) -> None:
    """Write the footer under the map."""
    lines = sheet.lines(text, of=FOOTER, width_px=PAGE_PX[0] - 2 * MAP_LEFT_PX)
    for number, line in enumerate(lines):
        write(sheet.page, MAP_LEFT_PX, MAP_BOTTOM_PX - 28 - 28 * number, line, of=FOOTER)


def draw_message(sheet: Sheet, text: str) -> None:
    """Write a message in the middle of an empty map."""
    write(sheet.chart, MAP_PX[0] / 2, MAP_PX[1] / 2, text, of=MESSAGE, align="center")


def draw_region(axes: Axes, path: Outline, *, fill: str, edge: str, width_px: float, zorder: float) -> None:
    """Fill and border one path; either colour may be "none"."""
    axes.add_patch(PathPatch(path, facecolor=fill, edgecolor=edge, linewidth=width_px * POINTS_PER_PX, zorder=zorder))


def _pixel_axes(figure: Figure, share: tuple[float, float, float, float], *, size_px: tuple[int, int]) -> Axes:
    axes = figure.add_axes(share, facecolor="none")
    axes.set_axis_off()
    axes.set_xlim(0, size_px[0])
    axes.set_ylim(0, size_px[1])
    return axes
