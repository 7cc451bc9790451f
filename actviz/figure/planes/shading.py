"""A contour map as it is drawn: layers of colour, lines at the levels, and the scale beside it.

Each layer covers all that is beyond a level, so that the colours grow stronger layer by layer, and
no seam is left between one band and the next. They are see-through, and so suit any background.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.axes import Axes
from actviz.figure.canvas.guides import DOTS
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import SOLID, Dash, Theme
from actviz.figure.canvas.ticks import number
from actviz.figure.planes.contours import Edges, Part, Surface, edges_of, joined, parts_of, thinned
from actviz.figure.planes.levels import Levels, choose_levels
from actviz.formula.arrays import Array

FAINTEST, STRONGEST = 0.10, 0.86  # opacity of the bands next to 0 and farthest from it
GREYEST = 0.60  # opacity of the highest band where there is only one colour
THINNING = 0.1  # pixels a line may be off
ZERO_WIDTH, JUMP_WIDTH, LEVEL_WIDTH = 1.6, 1.0, 0.5
LEVEL_OPACITY = 0.6
NEGATIVE: Dash = (3.5, 2.0)  # points; with it the sign is seen without colours too
AROUND = 0.03  # of the side: how far all must be 0 around a word that says so
BAR, TO_LABEL = 9.0, 5.0  # points: width of the scale, and from there to its labels


@dataclass(frozen=True)
class Map:
    """A surface with its grid, and what is worth knowing before it is drawn."""

    surface: Surface
    cells: int

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return parts_of(self.surface, self.cells)

    @cached_property
    def values(self) -> Array:
        """All values at the grid."""
        return np.concatenate([part.z.ravel() for part in self.parts])

    @cached_property
    def levels(self) -> Levels:
        return choose_levels(self.values)

    @cached_property
    def largest(self) -> float:
        """The greatest size of a value."""
        return float(np.abs(self.values[np.isfinite(self.values)]).max(initial=0.0))

    @cached_property
    def edges(self) -> Edges:
        return edges_of(self.surface, self.largest)

    @cached_property
    def zeros(self) -> list[Array]:
        """Where it is 0, and not only the border of an area of zeros."""
        lines = [line for part in self.parts for line in part.zeros(self.surface.bends)]
        return [*lines, *self.edges.zeros]

    @cached_property
    def empty(self) -> tuple[Part, ...]:
        """The parts in which it is 0 everywhere."""
        return tuple(part for part in self.parts if part.is_zero)


@dataclass(frozen=True)
class Layer:
    """A colour over all that is above a level, or below it."""

    level: float
    above: bool
    colour: str
    opacity: float

    def outlines(self, parts: Iterable[Part]) -> Iterator[Array]:
        for part in parts:
            yield from part.above(self.level) if self.above else part.below(self.level)


def layers(levels: Levels, look: Theme) -> list[Layer]:
    """One colour above 0 and one below; if there is only one, from the lowest value upwards."""
    up, down = look.curves[:2]
    if up == down:
        rising = sorted({*levels.borders(1), *levels.below})
        greys = [GREYEST * i / len(rising) for i in range(1, len(rising) + 1)]
        return _stacked(rising, True, up, greys)
    last = max(levels.bands_above, levels.bands_below) - (not levels.plateaus)
    found = []
    for sign, colour in ((1, up), (-1, down)):
        borders = levels.borders(sign)
        steps = [(i + levels.plateaus) / max(last, 1) for i in range(len(borders))]
        opacities = [FAINTEST + (STRONGEST - FAINTEST) * step for step in steps]
        found += _stacked(borders, sign > 0, colour, opacities)
    return found


def _stacked(
    borders: Sequence[float], above: bool, colour: str, opacities: Sequence[float]
) -> list[Layer]:
    """Layers that have these opacities together with those under them."""
    under = [0.0, *opacities][: len(borders)]
    return [
        Layer(border, above, colour, 1 - (1 - opacity) / (1 - before))
        for border, opacity, before in zip(borders, opacities, under, strict=True)
    ]


def paint(axes: Axes, shown: Map, levels: Levels) -> list[Array]:
    """Fill the plot area and draw the lines in it, which are returned in points."""
    density = axes.canvas.pixels
    tolerance = THINNING * shown.surface.side / (axes.area.width * density)

    def placed(lines: Iterable[Array]) -> list[Array]:
        thin = thinned(lines, tolerance)
        return [np.column_stack([axes.across(v[:, 0]), axes.up(v[:, 1])]) for v in thin]

    for i, layer in enumerate(layers(levels, axes.look)):
        outlines = [each for each in placed(layer.outlines(shown.parts)) if len(each) > 3]
        if outlines:
            name = f"{'above' if layer.above else 'below'}-{layer.level:g}"
            axes.canvas.area(outlines, layer.colour, layer.opacity, on.ZONE + i / 1000, name)
    _frame(axes, axes.area, "frame")
    drawn = []
    for level in () if levels.plateaus else (*levels.above, *levels.below):
        lines = placed(line for part in shown.parts for line in part.lines(level))
        _stroke_level(axes, lines, level, f"level-{level:g}")
        drawn += lines
    edges = shown.edges
    kinks, jumps = placed(edges.kinks), placed(edges.jumps)
    zeros = placed([*shown.zeros, *edges.borders])
    ink = axes.look.ink
    _stroke(axes, kinks, ink, LEVEL_WIDTH, "kink", DOTS, LEVEL_OPACITY)
    _stroke(axes, jumps, ink, JUMP_WIDTH, "jump")
    _stroke(axes, zeros, ink, ZERO_WIDTH, "zero")
    return [*drawn, *jumps, *zeros]


def _frame(axes: Axes, box: Box, name: str) -> None:
    """A thin line around what may be as light as the page."""
    x = np.array([box.x0, box.x1, box.x1, box.x0, box.x0])
    y = np.array([box.y0, box.y0, box.y1, box.y1, box.y0])
    _stroke(axes, [np.column_stack([x, y])], axes.look.ink, LEVEL_WIDTH, name, SOLID, LEVEL_OPACITY)


def _stroke_level(axes: Axes, lines: Sequence[Array], level: float, name: str) -> None:
    dash = NEGATIVE if level < 0 else SOLID
    _stroke(axes, lines, axes.look.ink, LEVEL_WIDTH, name, dash, LEVEL_OPACITY)


def _stroke(
    axes: Axes,
    lines: Sequence[Array],
    colour: str,
    width: float,
    name: str,
    dash: Dash = SOLID,
    opacity: float | None = None,
) -> None:
    if lines:
        x, y = joined(lines).T
        axes.canvas.line(x, y, colour, width, on.FAINT + width / 100, name, dash, opacity)


def label_zero(axes: Axes, shown: Map, name: str) -> None:
    """Say where there is nothing to be seen since the value is 0; name: of the value."""
    if not shown.empty:
        return
    look = axes.look
    for text in (f"{name} = 0", "0"):
        label = Label(text, look.label_size, look.ink, look.font, math=True)
        middles = [
            label.box(float(axes.across(a)), float(axes.up(b)), 0.5, 0.5)
            for a, b in _middles(shown)
        ]
        aside = [box.moved(way * box.width, 0.0) for box in middles for way in (1, -1)]
        boxes = [box for box in (*middles, *aside) if axes.area.holds(box)]
        if axes.put(label, boxes, "name-zero", pad=1.0):
            return


def _middles(shown: Map) -> Iterator[tuple[float, float]]:
    """The middle of all that is 0, if it is 0 around there, and that of the largest part."""
    sizes = [part.area for part in shown.empty]
    a, b = np.average([part.middle for part in shown.empty], axis=0, weights=sizes).tolist()
    near = (
        AROUND * shown.surface.side * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    )
    if not shown.surface.value(a + near[:, 0], b + near[:, 1]).any():
        yield a, b
    yield shown.empty[int(np.argmax(sizes))].middle


# -- the scale


def scale_width(levels: Levels, look: Theme) -> float:
    """The width of the scale with its labels."""
    labels = [_mark(value, levels.digits, look) for value, _ in levels.marks]
    return BAR + TO_LABEL + max((label.extent[0] for label in labels), default=0.0)


def _mark(value: float, digits: int, look: Theme) -> Label:
    return Label(number(value, digits), look.tick_size, look.ink, look.font)


def draw_scale(axes: Axes, levels: Levels, place: Box) -> None:
    """The bands one upon the other from the bottom to the top of the place, with their levels."""
    bands = levels.bands_above + levels.bands_below
    if not bands:
        return
    step = place.height / bands
    zero = place.y0 + levels.bands_below * step
    at = {0.0: zero} | {v: zero + i * step for i, v in enumerate(levels.above, 1)}
    at |= {v: zero - i * step for i, v in enumerate(levels.below, 1)}
    left, right = place.x0, place.x0 + BAR
    for i, layer in enumerate(layers(levels, axes.look)):
        y, end = at[layer.level], place.y1 if layer.above else place.y0
        outline = np.array([[left, y], [right, y], [right, end], [left, end], [left, y]])
        axes.canvas.area([outline], layer.colour, layer.opacity, on.ZONE + i / 1000, "scale")
    for level in () if levels.plateaus else (*levels.above, *levels.below):
        line = np.array([[left, at[level]], [right, at[level]]])
        _stroke_level(axes, [line], level, "scale-level")
    if levels.reaches_zero:
        zero_line = np.array([[left, zero], [right, zero]])
        _stroke(axes, [zero_line], axes.look.ink, ZERO_WIDTH, "scale-zero")
    _frame(axes, Box(left, place.y0, right, place.y1), "scale-frame")
    axes.canvas.space.take_box(Box(left, place.y0, right, place.y1))
    for value, above in levels.marks:
        y = zero + above * step
        label = _mark(value, levels.digits, axes.look)
        if axes.put(label, [label.box(right + TO_LABEL, y, 0.0, 0.46)], "tick-scale", pad=0.0):
            tick = np.array([right, right + TO_LABEL - 2.5])
            axes.canvas.line(tick, [y, y], axes.look.axis, 0.8, on.FAINT, "scale-ticks")
