"""Drawing on a picture in points from its lower left corner.

matplotlib's own axes are not used. Each figure here knows where its ticks and texts are before it
is drawn, which is what lets texts keep out of each other's way, and it costs half the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.colours import Places, recolour
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import PAPER, POINTS, Picture
from actviz.figure.canvas.shapes import EDGE_WIDTH, Area, Circles, Shape, Stroke, Words
from actviz.figure.canvas.space import Box, Space
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Dash, Theme
from actviz.figure.canvas.typeset import MISSING
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
ROUND = 12  # places around a circle that texts keep clear of
DOT = 4.6  # diameter of a round mark: an end circle, a point that was computed


class Canvas:
    """A picture under construction, and the space that is still free in it.

    options, look: what the user asked for, and the colours, lines and fonts that come of it.
    """

    def __init__(self, size: tuple[float, float], options: Options, look: Theme) -> None:
        self.width, self.height = (length * POINTS / options.unit for length in size)
        self.picture = Picture(size, options.dpi, options.unit, options.svg_text)
        self.picture.asides, self.picture.math = look.unfollowed, look.math
        self.space = Space(self.width, self.height)
        self.options, self.look = options, look
        self._groups: tuple[str, ...] = ()

    @property
    def outline(self) -> Box:
        """All of the sheet."""
        return Box(0.0, 0.0, self.width, self.height)

    @property
    def bare(self) -> bool:
        """Whether what is under the picture shows through it, since it has no paper."""
        return self.options.transparent or bool(self.picture.recolour)

    @property
    def pixels(self) -> float:
        """How many pixels of a raster picture a unit of the drawing is."""
        return self.options.dpi / POINTS * self.options.unit

    def _add(self, shape: Shape) -> None:
        self.picture.shapes.append(shape)

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
        points = np.column_stack([x, y]).astype(np.float64)
        lifted = np.flatnonzero(np.isnan(points).any(axis=1))
        paths = [part[~np.isnan(part).any(axis=1)] for part in np.split(points, lifted)]
        self.stroke(
            [path for path in paths if len(path)], colour, width, layer, name, dash, opacity
        )

    def stroke(
        self,
        paths: Sequence[Array],
        colour: str,
        width: float,
        layer: float,
        name: str,
        dash: Dash = (),
        opacity: float | None = None,
        curved: bool = False,
    ) -> None:
        """Polylines, rows x, y, drawn as one; or cubics, each of three rows, if it is curved."""
        vertices = sum(map(len, paths)) // (3 if curved else 1)
        self._add(
            Stroke(
                tuple(paths), colour, width, dash, 1.0 if opacity is None else opacity,
                vertices >= CROWDED, curved, name=name, layer=layer, inside=self._groups,
            )
        )  # fmt: skip

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
            paths = [np.array([[x0, y0], [x1, y1]]) for x0, y0, x1, y1 in segments]
            self.stroke(paths, colour, width, layer, name)

    def circles(
        self,
        x: Sequence[float],
        y: Sequence[float],
        edge: str,
        face: str,
        size: float,
        name: str,
        width: float = EDGE_WIDTH,
    ) -> None:
        """Round marks of that diameter, over the curves; width: of the line around them."""
        centres = np.column_stack([x, y])
        self._add(
            Circles(centres, edge, face, size, width, name=name, layer=CIRCLE, inside=self._groups)
        )
        for cx, cy in zip(x, y, strict=True):
            self.space.take_box(Box(cx, cy, cx, cy).grown(size / 2 + 0.6))

    def rings(
        self,
        x: Array,
        y: Array,
        edge: str,
        size: float,
        layer: float,
        name: str,
        width: float = EDGE_WIDTH,
    ) -> None:
        """Circles of that diameter with nothing in them; however many, texts keep clear of them."""
        centres = np.column_stack([x, y]).astype(np.float64)
        self._add(
            Circles(centres, edge, "", size, width, name=name, layer=layer, inside=self._groups)
        )
        turn = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
        for angle in turn.tolist():
            dx, dy = (size / 2 * np.cos(angle), size / 2 * np.sin(angle))
            self.space.take_points(centres[:, 0] + dx, centres[:, 1] + dy)

    def fill(
        self,
        corners: Sequence[tuple[float, float]],
        colour: str,
        layer: float,
        name: str,
        opacity: float | None = None,
    ) -> None:
        """A filled polygon without an outline."""
        self.area([np.array([*corners, corners[0]])], colour, opacity, layer, name)

    def area(
        self,
        outlines: Sequence[Array],
        colour: str,
        opacity: float | None,
        layer: float,
        name: str,
    ) -> None:
        """What is inside the closed outlines, filled as one, so that nothing shows between them."""
        self._add(
            Area(
                tuple(outlines), colour, 1.0 if opacity is None else opacity,
                name=name, layer=layer, inside=self._groups,
            )
        )  # fmt: skip

    def label(self, text: str, size: float, math: bool = False) -> Label:
        """A text in the ink and the font of the figure."""
        return Label(text, size, self.look.ink, self.look.font, math)

    def write(self, label: Label, box: Box, name: str, halo: bool = False, after: str = "") -> None:
        """A text in a box that was measured for it; with a halo where a curve gives way to it.

        after: the text that it stands behind.
        """
        _, above, below = label.extent
        if lacking := MISSING.get(label.shown):
            self.picture.notes.append(
                f"no font here has {', '.join(lacking)}: a box stands for it."
            )
        x, y = box.x0 - label.ink.left, box.y0 + below
        if label.upright:
            x, y = box.x0 + above, box.y0 - label.ink.left
        paper = "" if self.options.transparent or not halo else self.look.background
        layer = CROSSED if halo else TEXT
        self._add(
            Words(
                label, x, y, paper, round(2 * box.anchor) / 2, after,
                name=name, layer=layer, inside=self._groups,
            )
        )  # fmt: skip
        self.space.take_text(box)


def begin(
    size: tuple[float, float],
    options: Options,
    look: Theme,
    curves: Sequence[Curve] = (),
    places: Places | None = None,
) -> Canvas:
    """An empty sheet with its paper, of the size that was asked for or else this one.

    curves: those that have a colour by their name, which a reader of dark pages sees as another.
    """
    canvas = Canvas(options.size or size, options, look)
    if not options.transparent:
        canvas.fill(canvas.outline.corners, look.background, SHEET, PAPER)
    if options.theme == "auto":
        canvas.picture.recolour = recolour(look, curves, places)
    return canvas
