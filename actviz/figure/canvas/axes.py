"""A coordinate system in its place: where a point of it is, and its axes, ticks and their texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.arrows import ARROW, HEAD, LINE, TICK, draw_arrows
from actviz.figure.canvas.canvas import Canvas
from actviz.figure.canvas.frame import AT_EDGE, Frame
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Theme
from actviz.figure.canvas.ticks import Ticks
from actviz.formula.arrays import Array

SMALL = 1.5  # half the length of a tick without a number
NUMBER = TICK + 1.5  # points from an axis to its numbers
CLEARED = 0.7  # opacity of the background behind a text on a plane
GRID_LINE = 0.5  # points


@dataclass(frozen=True, eq=False)
class Axes:
    """A frame whose plot area is that box of a canvas, in points, and the mapping into it."""

    frame: Frame
    area: Box
    canvas: Canvas

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
        box = (area.x0, sheet - area.y1, area.x1, sheet - area.y0)
        told = {
            "box": " ".join(f"{edge:.3f}" for edge in box),
            "xlim": " ".join(map(repr, map(float, frame.xlim))),
            "ylim": " ".join(map(repr, map(float, frame.ylim))),
            "xscale": "linear",
            "yscale": "linear" if frame.scale.threshold is None else "symlog",
        }
        if frame.scale.threshold is not None:
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
        x, y = self.origin
        return (
            self.area.y0 if self.frame.apart[0] else y,
            self.area.x0 if self.frame.apart[1] else x,
        )

    @cached_property
    def numbers(self) -> tuple[list[tuple[Label, Box]], list[tuple[Label, Box]]]:
        """What is written at the ticks of x and of y, each centred on its tick."""
        (x, y), (row, column), (xticks, yticks) = self.origin, self.rows, self.ticks
        below = _numbers(self, xticks, self.across, x, self.frame.apart[0])
        beside = _numbers(self, yticks, self.up, y, self.frame.apart[1])
        return (
            [(text, text.box(at, row - NUMBER, 0.5, 1.0)) for text, at in below],
            [(text, text.box(column - NUMBER - 1, at, 1.0, 0.46)) for text, at in beside],
        )

    @cached_property
    def origin(self) -> tuple[float, float]:
        """Where the axes cross: at zero, or at the nearer edge of what is on show."""
        if self.kind == "center":
            return (self.area.x0 + self.area.x1) / 2, (self.area.y0 + self.area.y1) / 2
        if self.kind in AT_EDGE:
            return self.area.x0, self.area.y0
        x, y = (min(max(0.0, lo), hi) for lo, hi in (self.frame.xlim, self.frame.ylim))
        return float(self.across(x)), float(self.up(y))

    def put(self, label: Label, boxes: Sequence[Box], name: str, pad: float = 0.5) -> bool:
        """Write the text in the first box that is free; leave it out if none is."""
        for box in boxes:
            if label.text and self.canvas.space.is_free(box, pad):
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
    _label_ends(axes)
    _label_ticks(axes)


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
    (x, y), (row, column), (xticks, yticks) = axes.origin, axes.rows, axes.ticks
    at_edge = [axes.kind in AT_EDGE or apart for apart in axes.frame.apart]
    inner = [0.0 if there else TICK for there in at_edge]
    at_x = _tick_places(xticks.at, axes.across, None if at_edge[0] else x)
    at_y = _tick_places(yticks.at, axes.up, None if at_edge[1] else y)
    across = [(at, row - TICK, at, row + inner[0]) for at in at_x]
    along = [(column - TICK, at, column + inner[1], at) for at in at_y]
    for name, ticks in (("x", across), ("y", along)):
        for x0, y0, x1, y1 in ticks:
            axes.canvas.space.take_box(Box(x0, y0, x1, y1).grown(0.4))
        axes.canvas.segments(ticks, axes.look.axis, LINE, on.AXIS, f"{name}-major-ticks")
    for name, ticks in zip("xy", _small_ticks(axes), strict=True):
        axes.canvas.segments(ticks, axes.look.axis, LINE, on.AXIS, f"{name}-minor-ticks")


def _small_ticks(axes: Axes) -> tuple[list[on.Segment], list[on.Segment]]:
    (x, y), (xticks, yticks), apart = axes.origin, axes.ticks, axes.frame.apart
    across = _tick_places(xticks.at, axes.across, x) if apart[0] else []
    along = _tick_places(yticks.at, axes.up, y) if apart[1] else []
    return (
        [(at, y - SMALL, at, y + SMALL) for at in across],
        [(x - SMALL, at, x + SMALL, at) for at in along],
    )


def _tick_places(
    at: Sequence[float], place: Callable[[Array], Array], origin: float | None
) -> list[float]:
    """Where they are; there is none where the other axis crosses."""
    places: list[float] = place(np.array(at)).tolist()
    return [p for p in places if origin is None or abs(p - origin) > 1.0]


# -- texts


def _label_ends(axes: Axes) -> None:
    """x and f(x) at the arrowheads, and the power of ten that the tick labels leave out."""
    canvas, frame, area, (x, y) = axes.canvas, axes.frame, axes.area, axes.origin
    size, (xticks, yticks), boxed = axes.look.label_size, axes.ticks, axes.kind == "box"
    right, top = area.x1 + (0.0 if boxed else ARROW), area.y1 + (0.0 if boxed else ARROW)
    name = canvas.label(frame.xlabel, size, math=True)
    box = name.box(right + 3, y, 0.0, 0.5)
    axes.put(name, [box, box.moved(-4, -box.height), box.moved(-4, box.height)], "label-x")
    math, text = frame.ylabel_math, frame.ylabel
    if yticks.factor:
        text += rf"\;\;\mathrm{{{yticks.factor}}}" if math else f"  {yticks.factor}"
    label = canvas.label(text, size, math)
    beside = label.box(x + HEAD[1] + 4, top + 2, 0.0, 1.0)
    other = label.box(x - HEAD[1] - 4, top + 2, 1.0, 1.0)
    above = label.box(x, top + 2, 0.5, 0.0)
    axes.put(label, [above] if boxed and frame.plane else [beside, other, above], "label-y")
    if xticks.factor:
        factor = canvas.label(xticks.factor, axes.look.tick_size)
        below = factor.box(right + 12, y - 9, 1.0, 1.0)
        axes.put(factor, [below, below.moved(0, 18 + below.height)], "factor-x")


def _label_ticks(axes: Axes) -> None:
    """Every number at its tick, below x and left of y; nothing else may stand in their rows."""
    rows = axes.numbers
    for name, row in zip(("tick-x", "tick-y"), rows, strict=True):
        for label, box in row:
            crossed = not axes.canvas.space.is_free(box, 0.5)
            axes.canvas.write(label, box, name, halo=crossed)
    area, (below, beside) = axes.area, ([box for _, box in row] for row in rows)
    if below:
        low, high = min(box.y0 for box in below), max(box.y1 for box in below)
        axes.canvas.space.take_box(Box(area.x0, low, area.x1, high))
    if beside:
        left, right = min(box.x0 for box in beside), max(box.x1 for box in beside)
        axes.canvas.space.take_box(Box(left, area.y0, right, area.y1))


def _numbers(
    axes: Axes, ticks: Ticks, place: Callable[[float], Array], origin: float, away: bool
) -> list[tuple[Label, float]]:
    """The texts and their places; zero is left out where the axes cross at the origin."""
    frame = axes.frame
    crossing = all(lo <= 0 <= hi for lo, hi in (frame.xlim, frame.ylim))
    crossing &= axes.kind == "origin" and not away
    placed = ((text, float(place(at))) for at, text in zip(ticks.at, ticks.labels, strict=True))
    return [
        (axes.canvas.label(text, axes.look.tick_size), at)
        for text, at in placed
        if not crossing or abs(at - origin) > 1.0
    ]
