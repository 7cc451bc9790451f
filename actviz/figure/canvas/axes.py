"""A coordinate system in its place: where a point of it is, and its axes, ticks and their texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.arrows import ARROW, HEAD, LINE, TICK, draw_arrows
from actviz.figure.canvas.canvas import Canvas
from actviz.figure.canvas.frame import AT_EDGE, NEXT, Frame
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Theme
from actviz.figure.canvas.ticks import Ticks, number
from actviz.formula.arrays import Array

SMALL = 1.5  # half the length of a tick without a number
NUMBER = TICK + 1.5  # points from an axis to its numbers
APART = 0.5  # points between a number and a circle
CLEARED = 0.7  # opacity of the background behind a text on a plane
GRID_LINE = 0.5  # points
ASIDE = 1.0  # points more left and right of a text than above and below that a line is off


Tick = tuple[Label, float]  # what is written at it, and where it is


@dataclass(frozen=True, eq=False)
class Axes:
    """A frame whose plot area is that box of a canvas, in points, and the mapping into it.

    farther: how much farther from their axes than usual the numbers of x and of y are.
    """

    frame: Frame
    area: Box
    canvas: Canvas
    farther: tuple[float, float] = (0.0, 0.0)

    @property
    def look(self) -> Theme:
        return self.canvas.look

    @cached_property
    def kind(self) -> str:
        return self.frame.kind(self.canvas.options)

    @cached_property
    def ticks(self) -> tuple[Ticks, Ticks]:
        """The ticks of both axes, as many as there is room for."""
        return self.frame.ticks(self.area, self.look)

    def panel(self) -> AbstractContextManager[None]:
        """What is drawn meanwhile is in the group of this panel, which tells its scales."""
        area, frame, sheet = self.area, self.frame, self.canvas.height
        unit = self.canvas.options.unit
        edges = (area.x0, sheet - area.y1, area.x1, sheet - area.y0)
        box = [edge * unit for edge in edges]
        told = {
            "box": " ".join(f"{edge:.3f}" for edge in box),
            "xlim": " ".join(map(repr, map(float, frame.xlim))),
            "ylim": " ".join(map(repr, map(float, frame.ylim))),
            "xscale": "linear",
            "yscale": frame.scale.kind,
        }
        if frame.scale.kind == "symlog":  # asinh(y / threshold)
            told["ythreshold"] = repr(frame.scale.threshold)
        return self.canvas.group(f"panel-{area.x0:.0f}-{area.y0:.0f}", told)

    def across(self, x: Array | float) -> Array:
        """Points from the left of the picture."""
        lo, hi = self.frame.xlim
        t = (np.asarray(x) / 2 - lo / 2) / (hi / 2 - lo / 2)
        return np.asarray(self.area.x0 + t * self.area.width)

    def up(self, y: Array | float) -> Array:
        """Points from the bottom of the picture."""
        warp = self.frame.scale.warp
        lo, hi = warp(np.array(self.frame.ylim))
        t = (warp(np.asarray(y, dtype=np.float64)) / 2 - lo / 2) / (hi / 2 - lo / 2)
        return np.asarray(self.area.y0 + t * self.area.height)

    @cached_property
    def rows(self) -> tuple[float, float]:
        """The height of the ticks of x, and how far right those of y are: at the axes, or not."""
        (x, y), (across, up) = self.origin, self.frame.apart
        down, left = self.frame.outward(self.ticks[0], self.area.width, self.look)
        return (self.area.y0 - down if across else y), (self.area.x0 - left if up else x)

    @cached_property
    def marked(self) -> tuple[list[Tick], list[Tick]]:
        """The ticks of x and of y that have numbers; none where the axes cross at a known place."""
        (x, y), (xticks, yticks), apart = self.origin, self.ticks, self.frame.apart
        return _marked(self, xticks, self.across, x, apart[0]), _marked(
            self, yticks, self.up, y, apart[1]
        )

    @cached_property
    def numbers(self) -> tuple[list[tuple[Label, Box]], list[tuple[Label, Box]]]:
        """What is written at the ticks of x and of y, each centred on its tick."""
        (row, column), (below, beside), (down, left) = self.rows, self.marked, self.farther
        return (
            [(text, text.box(at, row - NUMBER - down, 0.5, 1.0)) for text, at in below],
            [(text, _beside(text, column - NUMBER - 1 - left, at)) for text, at in beside],
        )

    def clear_of(self, circles: Sequence[Box]) -> Axes:
        """The same with its numbers as far from their axes as circles that would hide one reach."""
        if not circles:
            return self
        below, beside = ([_inked(*each) for each in row] for row in self.numbers)
        down = [box.y1 - circle.y0 + 2 * APART for box in below for circle in circles]
        left = [box.x1 - circle.x0 + 2 * APART for box in beside for circle in circles]
        more = (
            _least(down, lambda far: _clear(below, circles, 0.0, -far)),
            _least(left, lambda far: _clear(beside, circles, -far, 0.0)),
        )
        farther = self.farther[0] + more[0], self.farther[1] + more[1]
        return replace(self, farther=farther) if any(more) else self

    def on_number(self, box: Box) -> bool:
        """Whether it would hide the ink of a number."""
        return any(_inked(*each).meets(box) for row in self.numbers for each in row)

    @cached_property
    def origin(self) -> tuple[float, float]:
        """Where the axes cross: at zero, or at the nearer edge of what is on show."""
        if self.kind == "center":
            return (self.area.x0 + self.area.x1) / 2, (self.area.y0 + self.area.y1) / 2
        if self.kind in AT_EDGE:
            return self.area.x0, self.area.y0
        x, y = (min(max(0.0, lo), hi) for lo, hi in (self.frame.xlim, self.frame.ylim))
        return float(self.across(x)), float(self.up(y))

    def put(
        self,
        label: Label,
        boxes: Sequence[Box],
        name: str,
        pad: float = 0.5,
        alone: bool = False,
    ) -> bool:
        """Write the text in the first box that is free; leave it out if none is.

        pad: points around the box that are free too; alone: whether it runs on from no other text.
        """
        space = self.canvas.space
        for box in boxes if label.text else ():
            wide = replace(box, x0=box.x0 - ASIDE, x1=box.x1 + ASIDE) if alone else box
            if space.is_free(wide, pad) and not (alone and space.runs_on(box)):
                self._clear(box)
                self.canvas.write(label, box, name)
                return True
        return False

    def _clear(self, box: Box) -> None:
        """Fade what a plane has under a text that stands upon it."""
        if self.frame.plane and self.kind not in AT_EDGE:
            left, low, right, top = box.x0 - 1, box.y0, box.x1 + 1, box.y1
            outline = [[left, low], [right, low], [right, top], [left, top], [left, low]]
            self.canvas.area(
                [np.array(outline)], self.look.background, CLEARED, on.TEXT - 0.5, "cleared"
            )


def draw_axes(axes: Axes) -> None:
    """Axes, ticks and their labels; what they are to keep clear of must have been drawn."""
    if axes.canvas.options.grid:
        _draw_grid(axes)
    if axes.kind == "box":
        _draw_box(axes)
    else:
        _draw_arrows(axes)
    _draw_ticks(axes)
    _write_numbers(axes)
    _label_ends(axes)
    _keep_rows(axes)


# -- lines


def _draw_grid(axes: Axes) -> None:
    (xticks, yticks), area = axes.ticks, axes.area
    columns = [(at, area.y0, at, area.y1) for at in axes.across(np.array(xticks.at)).tolist()]
    rows = [(area.x0, at, area.x1, at) for at in axes.up(np.array(yticks.at)).tolist()]
    axes.canvas.segments([*columns, *rows], axes.look.grid, GRID_LINE, on.GRID, "grid")


def _draw_arrows(axes: Axes) -> None:
    """The axes, of which texts will keep clear."""
    space, area, (x, y) = axes.canvas.space, axes.area, axes.origin
    for head in draw_arrows(axes.canvas, area, (x, y)):
        space.take_box(head)
    space.take_line(np.array([area.x0, area.x1 + ARROW]), np.array([y, y]))
    space.take_line(np.array([x, x]), np.array([area.y0, area.y1 + ARROW]))


def _draw_box(axes: Axes) -> None:
    area = axes.area
    x = np.array([area.x0, area.x1, area.x1, area.x0, area.x0, area.x1])
    y = np.array([area.y0, area.y0, area.y1, area.y1, area.y0, area.y0])
    axes.canvas.line(x, y, axes.look.axis, LINE, on.AXIS, "axis-box")
    axes.canvas.space.take_line(x, y)


def _draw_ticks(axes: Axes) -> None:
    """Ticks are where their numbers are, with small ones at an axis that these stand apart from."""
    (x, y), (row, column) = axes.origin, axes.rows
    at_edge = [axes.kind in AT_EDGE or apart for apart in axes.frame.apart]
    up, right = (0.0 if there else TICK for there in at_edge)
    below, beside = ([at for _, at in ticks] for ticks in axes.marked)
    if not at_edge[0]:
        below = _clear_of(below, x)
    if not at_edge[1]:
        beside = _clear_of(beside, y)
    across = [(at, row - TICK, at, row + up) for at in below]
    along = [(column - TICK, at, column + right, at) for at in beside]
    for name, ticks in (("x", across), ("y", along)):
        for x0, y0, x1, y1 in ticks:
            axes.canvas.space.take_box(Box(x0, y0, x1, y1).grown(0.4))
        axes.canvas.segments(ticks, axes.look.axis, LINE, on.AXIS, f"{name}-major-ticks")
    if axes.frame.apart[0] and across:
        _draw_row(axes, (across[0][0], row, across[-1][0], row), "row-x")
    if axes.frame.apart[1] and along:
        _draw_row(axes, (column, along[0][1], column, along[-1][1]), "row-y")
    for name, ticks in zip("xy", _small_ticks(axes), strict=True):
        axes.canvas.segments(ticks, axes.look.axis, LINE, on.AXIS, f"{name}-minor-ticks")


def _draw_row(axes: Axes, line: on.Segment, name: str) -> None:
    """What holds the ticks of a row at the edge together, from the first to the last."""
    axes.canvas.segments([line], axes.look.axis, LINE, on.AXIS, name)
    x0, y0, x1, y1 = line
    axes.canvas.space.take_line(np.array([x0, x1]), np.array([y0, y1]))


def _small_ticks(axes: Axes) -> tuple[list[on.Segment], list[on.Segment]]:
    (x, y), apart = axes.origin, axes.frame.apart
    below, beside = ([at for _, at in ticks] for ticks in axes.marked)
    return (
        [(at, y - SMALL, at, y + SMALL) for at in _clear_of(below, x) if apart[0]],
        [(x - SMALL, at, x + SMALL, at) for at in _clear_of(beside, y) if apart[1]],
    )


def _clear_of(places: Sequence[float], other: float) -> list[float]:
    """Those at which the other axis does not cross, which marks its place itself."""
    return [at for at in places if abs(at - other) > 1.0]


# -- texts


def _write_numbers(axes: Axes) -> None:
    """Every number at its tick, below x and left of y; where a curve passes, it gives way."""
    for name, row in zip(("tick-x", "tick-y"), axes.numbers, strict=True):
        for label, box in row:
            crossed = not axes.canvas.space.is_free(box, 0.5)
            axes.canvas.write(label, box, name, crossed)
    if axes.kind == "center":
        _name_crossing(axes)


def _name_crossing(axes: Axes) -> None:
    """Of axes that cross at no place of their own it is written where they do."""
    (x, y), frame = axes.origin, axes.frame
    at = [_middle(lo, hi) for lo, hi in (frame.xlim, frame.ylim)]
    if at == ["0", "0"]:
        return
    label = axes.canvas.label(f"({', '.join(at)})", axes.look.tick_size)
    below, beside = ([box for _, box in row] for row in axes.numbers)
    # at the axes themselves, or beyond their numbers
    left = x if frame.apart[1] else min((box.x0 for box in beside), default=x)
    low = y if frame.apart[0] else min((box.y0 for box in below), default=y)
    corners = [(x, y, 1, 1), (x, y, -1, 1), (x, y, 1, -1), (x, y, -1, -1)]
    corners += [(left, y, -1, 1), (left, y, -1, -1), (x, low, 1, -1), (left, low, -1, -1)]
    places = [
        label.box(at_x + side * NUMBER, at_y + end * NUMBER, (1 - side) / 2, (1 - end) / 2)
        for at_x, at_y, side, end in corners
    ]
    if not axes.put(label, places, "crossing"):
        struck = axes.canvas.space.count(np.array([box.edges for box in places]))
        axes.canvas.write(label, places[int(np.argmin(struck))], "crossing", halo=True)


def _middle(lo: float, hi: float) -> str:
    """The number halfway, to a thousandth of the way."""
    middle = lo / 2 + hi / 2
    digits = 3 + math.floor(math.log10(abs(middle) / (hi / 2 - lo / 2))) if middle else 0
    return number(middle, max(1, min(digits, 6))) if digits > 0 else "0"


def _label_ends(axes: Axes) -> None:
    """x and f(x) at the arrowheads, with the power of ten that the numbers leave out."""
    frame, area, (x, y) = axes.frame, axes.area, axes.origin
    (xticks, yticks), boxed = axes.ticks, axes.kind == "box"
    right, top = area.x1 + (0.0 if boxed else ARROW), area.y1 + (0.0 if boxed else ARROW)
    name = frame.label_x(xticks, axes.look)
    box = name.box(right + NEXT, y, 0.0, 0.5)
    axes.put(name, [box, box.moved(-4, -box.height), box.moved(-4, box.height)], "label-x")
    label = frame.label_y(yticks, axes.look)
    if boxed:
        places = [label.box(x, top + 2, 0.5 if frame.plane else 0.0, 0.0)]
    else:
        beside = label.box(x + HEAD[1] + 4, top + 2, 0.0, 1.0)
        other = label.box(x - HEAD[1] - 4, top + 2, 1.0, 1.0)
        places = [beside, other, label.box(x, top + 2, 0.5, 0.0)]
    if label.text and not axes.put(label, places, "label-y"):
        axes.canvas.write(label, places[0], "label-y", halo=True)


def _keep_rows(axes: Axes) -> None:
    """Nothing but numbers may stand in their rows."""
    area, (below, beside) = axes.area, ([box for _, box in row] for row in axes.numbers)
    if below:
        low, high = min(box.y0 for box in below), max(box.y1 for box in below)
        axes.canvas.space.take_box(Box(area.x0, low, area.x1, high))
    if beside:
        left, right = min(box.x0 for box in beside), max(box.x1 for box in beside)
        axes.canvas.space.take_box(Box(left, area.y0, right, area.y1))


def _inked(label: Label, box: Box) -> Box:
    """The box of a number without the room above and below its digits."""
    _, above, below = label.extent
    return replace(box, y0=box.y0 + below + label.ink.bottom, y1=box.y1 - above + label.ink.top)


def _least(distances: Sequence[float], clear: Callable[[float], bool]) -> float:
    """The least of the distances, or none, at which it is clear."""
    return next((each for each in sorted({0.0, *distances}) if each >= 0 and clear(each)), 0.0)


def _clear(boxes: Sequence[Box], circles: Sequence[Box], dx: float, dy: float) -> bool:
    """Whether boxes that are moved meet no circle."""
    moved = [box.moved(dx, dy) for box in boxes]
    return not any(box.meets(circle, APART) for box in moved for circle in circles)


def _beside(text: Label, x: float, y: float) -> Box:
    """The box of a number left of a place, the middle of its digits as high as that."""
    return text.box(x, y - text.middle - text.extent[2], 1.0, 0.0)


def _marked(
    axes: Axes, ticks: Ticks, place: Callable[[float], Array], origin: float, away: bool
) -> list[Tick]:
    """The texts and their places but for what the axes themselves say where they cross."""
    frame = axes.frame
    zero = axes.kind == "origin" and all(lo <= 0 <= hi for lo, hi in (frame.xlim, frame.ylim))
    found = []
    for at, text in zip(ticks.at, ticks.labels, strict=True):
        label, where = axes.canvas.label(text, axes.look.tick_size), float(place(at))
        struck = max(label.extent[0], axes.look.tick_size) / 2 + 2 if axes.kind == "center" else 1.0
        if away or not (zero or axes.kind == "center") or abs(where - origin) > struck:
            found.append((label, where))
    return found
