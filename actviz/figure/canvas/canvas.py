"""Drawing on a picture in points from its lower left corner.

matplotlib's own axes are not used. Each figure here knows where its ticks and texts are before it
is drawn, which is what lets texts keep out of each other's way, and it costs half the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.colours import recolour
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import PAPER, POINTS, Picture
from actviz.figure.canvas.space import Box, Space
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Dash, Theme
from actviz.formula.arrays import Array

Segment = tuple[float, float, float, float]  # x0, y0, x1, y1

# What lies over what.
SHEET = 0.0
ZONE, GRID, AXIS, FAINT, CURVE, CROSSED, CIRCLE, TEXT = 0.2, 0.5, 1.0, 1.5, 2.0, 3.5, 4.0, 5.0

# Lengths that all figures share, in points.
EDGE = 7.0  # between the picture's edge and anything drawn
BETWEEN = 6.0  # between title and plot area, and between panels
GAP = 2.0  # between a text and what it must not touch
CROWDED = 1000  # points of a line, from which its corners are so sharp that they would stick out
HALO = 3.0  # points: the width of the line around a text that lies over a curve
DOT = 4.6  # diameter of a round mark: an end circle, a point that was computed


class Canvas:
    """A picture under construction, and the space that is still free in it.

    options, look: what the user asked for, and the colours, lines and fonts that come of it.
    """

    def __init__(self, size: tuple[float, float], options: Options, look: Theme) -> None:
        self.width, self.height = size[0] * POINTS, size[1] * POINTS
        self.picture = Picture(size, options.dpi)
        self.space = Space(self.width, self.height)
        self.options, self.look = options, look
        self._groups: tuple[str, ...] = ()

    @property
    def outline(self) -> Box:
        """All of the sheet."""
        return Box(0.0, 0.0, self.width, self.height)

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self.picture.place)
        self.picture.artists.append(artist)
        if self._groups:
            self.picture.inside[artist] = self._groups

    @contextmanager
    def group(self, name: str, told: Mapping[str, str]) -> Iterator[None]:
        """What is drawn meanwhile is in the group of that name, of which an SVG tells this."""
        self.picture.told[name] = dict(told)
        outer, self._groups = self._groups, (*self._groups, name)
        yield
        self._groups = outer

    def line(
        self,
        x: Sequence[float] | Array,
        y: Sequence[float] | Array,
        colour: str,
        width: float,
        layer: float,
        name: str,
        dash: Dash = (),
        opacity: float | None = None,
    ) -> None:
        """A polyline; NaN lifts the pen."""
        line = Line2D(
            x, y, color=colour, linewidth=width, zorder=layer, gid=name, alpha=opacity,
            linestyle=(0, dash) if dash else "-", marker="None", antialiased=True,
            solid_capstyle="butt", dash_capstyle="butt",
            solid_joinstyle="miter" if len(x) < CROWDED else "round", dash_joinstyle="round",
        )  # fmt: skip
        self._add(line)

    def segments(
        self,
        segments: Sequence[Segment],
        colour: str,
        width: float,
        layer: float,
        name: str,
    ) -> None:
        """Straight lines from (x0, y0) to (x1, y1), drawn as one."""
        if segments:
            x = [at for x0, _, x1, _ in segments for at in (x0, x1, math.nan)]
            y = [at for _, y0, _, y1 in segments for at in (y0, y1, math.nan)]
            self.line(x[:-1], y[:-1], colour, width, layer, name)

    def circles(
        self, x: Sequence[float], y: Sequence[float], edge: str, face: str, size: float, name: str
    ) -> None:
        """Round marks of that diameter, over the curves."""
        marks = Line2D(
            x, y, color=edge, linestyle="None", marker="o", markersize=size,
            markerfacecolor=face, markeredgecolor=edge, markeredgewidth=1.2,
            zorder=CIRCLE, gid=name,
        )  # fmt: skip
        self._add(marks)
        for cx, cy in zip(x, y, strict=True):
            self.space.take_box(Box(cx, cy, cx, cy).grown(size / 2 + 0.6))

    def fill(
        self,
        corners: Sequence[tuple[float, float]],
        colour: str,
        layer: float,
        name: str,
        opacity: float | None = None,
    ) -> None:
        """A filled polygon without an outline."""
        path = Path([*corners, corners[0]], closed=True)
        patch = PathPatch(
            path, facecolor=colour, edgecolor="none", linewidth=0, zorder=layer, alpha=opacity
        )
        patch.set_gid(name)
        self._add(patch)

    def area(
        self,
        outlines: Sequence[Array],
        colour: str,
        opacity: float,
        layer: float,
        name: str,
    ) -> None:
        """What is inside the closed outlines, filled as one, so that nothing shows between them."""
        vertices = np.concatenate(outlines)
        codes = np.full(len(vertices), Path.LINETO, dtype=Path.code_type)
        ends = np.cumsum([len(outline) for outline in outlines])
        codes[ends - 1] = Path.CLOSEPOLY
        codes[np.concatenate([[0], ends[:-1]])] = Path.MOVETO
        patch = PathPatch(
            Path(vertices, codes), facecolor=(colour, opacity), edgecolor="none", linewidth=0,
            zorder=layer, gid=name,
        )  # fmt: skip
        self._add(patch)

    def label(self, text: str, size: float, math: bool = False) -> Label:
        """A text in the ink and the font of the figure."""
        return Label(text, size, self.look.ink, self.look.font, math)

    def write(self, label: Label, box: Box, name: str, halo: bool = False) -> None:
        """A text in a box that was measured for it; with a halo where a curve gives way to it."""
        depth = 0.0 if label.upright else label.extent[2]
        text = Text(
            box.x0, box.y0 + depth, f"${label.text}$" if label.math else label.text,
            color=label.colour, fontsize=label.size, fontfamily=list(label.font),
            fontstyle="normal", fontweight="normal",
            parse_math=label.math, usetex=False, zorder=TEXT, gid=name,
            horizontalalignment="left", rotation=90 if label.upright else 0,
            verticalalignment="bottom" if label.upright else "baseline",
        )  # fmt: skip
        if halo:
            text.set_zorder(CROSSED)
            if not self.options.transparent:
                paper = withStroke(linewidth=HALO, foreground=self.look.background)
                text.set_path_effects([paper])
        self._add(text)
        self.space.take_box(box)


def begin(
    size: tuple[float, float], options: Options, look: Theme, curves: Sequence[Curve] = ()
) -> Canvas:
    """An empty sheet with its paper, of the size that was asked for or else this one.

    curves: those that have a colour by their name, which a reader of dark pages sees as another.
    """
    canvas = Canvas(options.size or size, options, look)
    if not options.transparent:
        canvas.fill(canvas.outline.corners, look.background, SHEET, PAPER)
    if options.theme == "auto":
        canvas.picture.recolour = recolour(look, curves)
    return canvas
