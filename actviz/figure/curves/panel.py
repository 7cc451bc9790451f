"""One coordinate system: curves, axes, ticks and their labels, nothing overlapping."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.canvas import Drawing
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import POINTS
from actviz.figure.canvas.space import Box, Space
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Dash, Theme
from actviz.figure.canvas.ticks import Ticks, decimal_ticks, pi_ticks, signed_log_ticks
from actviz.formula.arrays import Array
from actviz.sampling import Samples, Scan, refine

Limits = tuple[float, float]
Warp = Callable[[Array], Array]

ARROW = 12.0  # points an axis runs on beyond what is on show
HEAD = (6.5, 2.4)  # length and half width of an arrowhead
TICK = 2.5  # half the length of a tick
GAP = 2.0  # between a text and what it must not touch
CIRCLE = 4.6  # diameter of an end circle
APART_X, APART_Y = 36.0, 22.0  # the least points between ticks
SLIPS = (0.0, 3.0, -3.0, 6.0, -6.0)  # points a tick label may be off its tick
AT_EDGE = ("edge", "box")  # kinds of axes that leave the plot area to the curves
CLEARED = 0.7  # opacity of the background behind a text on a plane
CROWDED = 9.0  # points between jumps, below which their circles are left out


@dataclass(frozen=True)
class Trace:
    """A scanned curve and how it is drawn and named."""

    scan: Scan
    label: str
    colour: str
    dash: Dash
    width: float
    name: str
    math: bool = False
    named: bool = True
    points: bool = False
    told: str = ""


@dataclass(frozen=True)
class Scale:
    """The scale of y: linear, or the logarithm of the size with its sign beyond a threshold."""

    threshold: float | None = None

    def warp(self, y: Array) -> Array:
        if self.threshold is None:
            return y
        size = np.abs(y) / self.threshold
        grown = np.where(size > 1, 1 + np.log10(np.maximum(size, 1)), size)
        return np.asarray(np.copysign(grown, y))


@dataclass(frozen=True)
class Plan:
    """What goes into one panel."""

    traces: tuple[Trace, ...]
    ylim: Limits
    ylabel: str
    ylabel_math: bool = True
    heading: Label | None = None
    xlabel: str = "x"
    scale: Scale = Scale()
    pi: bool = False

    @property
    def is_plane(self) -> bool:
        """Whether it is for a function of two variables, both with the same limits."""
        return not self.traces

    @property
    def xlim(self) -> Limits:
        """The limits of x."""
        if self.is_plane:
            return self.ylim
        scan = self.traces[0].scan
        return scan.lo, scan.hi


@dataclass
class Panel:
    """The plot area of a plan in points, and the mapping into it."""

    plan: Plan
    area: Box
    drawing: Drawing
    theme: Theme
    options: Options
    lines: dict[str, list[tuple[Array, Array]]] = field(default_factory=dict)
    dots: list[tuple[float, float]] = field(default_factory=list)

    @property
    def xlim(self) -> Limits:
        return self.plan.xlim

    @property
    def axes(self) -> str:
        return axes_of(self.plan, self.options)

    @property
    def space(self) -> Space:
        return self.drawing.space

    def across(self, x: Array | float) -> Array:
        """Points from the left of the picture."""
        lo, hi = self.xlim
        t = (np.asarray(x) / 2 - lo / 2) / (hi / 2 - lo / 2)
        return np.asarray(self.area.x0 + t * self.area.width)

    def up(self, y: Array | float) -> Array:
        """Points from the bottom of the picture."""
        warp = self.plan.scale.warp
        lo, hi = warp(np.array(self.plan.ylim))
        t = (warp(np.asarray(y, dtype=np.float64)) / 2 - lo / 2) / (hi / 2 - lo / 2)
        return np.asarray(self.area.y0 + t * self.area.height)

    @property
    def origin(self) -> tuple[float, float]:
        """Where the axes cross: at zero, or at the nearer edge of what is on show."""
        if self.axes == "center":
            return (self.area.x0 + self.area.x1) / 2, (self.area.y0 + self.area.y1) / 2
        if self.axes in AT_EDGE:
            return self.area.x0, self.area.y0
        x, y = (min(max(0.0, lo), hi) for lo, hi in (self.xlim, self.plan.ylim))
        return float(self.across(x)), float(self.up(y))

    def draw(self) -> None:
        """Axes, ticks and their labels; the curves must have been drawn, so as to be kept clear."""
        xticks, yticks = self.ticks()
        if self.options.grid:
            self._draw_grid(xticks, yticks)
        self._draw_axes()
        self._draw_ticks(xticks, yticks)
        self._label_ends(xticks, yticks)
        self._label_ticks(xticks, yticks)

    def ticks(self) -> tuple[Ticks, Ticks]:
        """The ticks of both axes, as many as there is room for."""
        return ticks_for(self.plan, self.area, self.theme, self.options)

    def _label(self, text: str, size: float, math: bool = False) -> Label:
        return Label(text, size, self.theme.ink, self.theme.font, math)

    # -- curves

    def draw_curves(self) -> None:
        density = self.options.dpi / POINTS
        warp = None if self.plan.scale.threshold is None else self.plan.scale.warp
        for i, trace in enumerate(self.plan.traces):
            if trace.points:
                self._draw_points(trace, on.CURVE + i / 100)
                continue
            samples = refine(trace.scan, self.area.height * density, self.plan.ylim, warp)
            self._draw_trace(trace, samples, on.CURVE + i / 100)

    def _draw_points(self, trace: Trace, layer: float) -> None:
        """Single points, with a thin line that leads the eye from one to the next."""
        x, y = self.across(trace.scan.x), self.up(trace.scan.y)
        self.lines[trace.name] = [(x, y)]
        self.space.take_line(x, y)
        self.drawing.line(x, y, trace.colour, 0.7, layer, trace.name, trace.dash)
        face = self.theme.background if trace.dash else trace.colour
        name = f"{trace.name}-points"
        self.drawing.circles(x.tolist(), y.tolist(), trace.colour, face, CIRCLE, name)

    def _draw_trace(self, trace: Trace, samples: Samples, layer: float) -> None:
        paths = [(self.across(piece.x), self.up(piece.y)) for piece in samples.pieces]
        self.lines.setdefault(trace.name, []).extend(paths)
        for x, y in paths:
            self.space.take_line(x, y)
        if paths:
            x, y = (_with_gaps([path[i] for path in paths]) for i in (0, 1))
            self.drawing.line(x, y, trace.colour, trace.width, layer, trace.name, trace.dash)
        self._draw_marks(trace, samples)

    def _draw_marks(self, trace: Trace, samples: Samples) -> None:
        places = self.across(np.array(sorted({mark.x for mark in samples.marks})))
        if places.size > 1 and np.diff(places).min() < CROWDED:
            return
        for taken, face in ((False, self.theme.background), (True, trace.colour)):
            marks = [mark for mark in samples.marks if mark.taken is taken]
            if marks:
                x = self.across(np.array([mark.x for mark in marks])).tolist()
                y = self.up(np.array([mark.y for mark in marks])).tolist()
                name = f"{trace.name}-{'taken' if taken else 'limit'}"
                self.drawing.circles(x, y, trace.colour, face, CIRCLE, name)

    # -- axes

    def _draw_grid(self, xticks: Ticks, yticks: Ticks) -> None:
        columns = [(at, self.area.y0, at, self.area.y1) for at in self.across(np.array(xticks.at))]
        rows = [(self.area.x0, at, self.area.x1, at) for at in self.up(np.array(yticks.at))]
        self._segments([*columns, *rows], self.theme.grid, 0.5, on.GRID, "grid")

    def _draw_axes(self) -> None:
        if self.axes == "box":
            self._draw_box()
            return
        x, y = self.origin
        area, colour = self.area, self.theme.axis
        right, top = area.x1 + ARROW, area.y1 + ARROW
        length, half = HEAD
        horizontal = (area.x0, y, right - length / 2, y)
        vertical = (x, area.y0, x, top - length / 2)
        self._segments([horizontal], colour, 0.8, on.AXIS, "axis-x")
        self._segments([vertical], colour, 0.8, on.AXIS, "axis-y")
        heads = (
            ("arrow-x", [(right, y), (right - length, y + half), (right - length, y - half)]),
            ("arrow-y", [(x, top), (x - half, top - length), (x + half, top - length)]),
        )
        for name, corners in heads:
            self.drawing.fill(corners, colour, on.AXIS, name)
        self.space.take_box(Box(right - length, y - half, right, y + half))
        self.space.take_box(Box(x - half, top - length, x + half, top))
        self.space.take_line(np.array([area.x0, right]), np.array([y, y]))
        self.space.take_line(np.array([x, x]), np.array([area.y0, top]))

    def _draw_box(self) -> None:
        area = self.area
        x = np.array([area.x0, area.x1, area.x1, area.x0, area.x0, area.x1])
        y = np.array([area.y0, area.y0, area.y1, area.y1, area.y0, area.y0])
        self.drawing.line(x, y, self.theme.axis, 0.8, on.AXIS, "axis-box")
        self.space.take_line(x, y)

    def _draw_ticks(self, xticks: Ticks, yticks: Ticks) -> None:
        x, y = self.origin
        inner = 0.0 if self.axes in AT_EDGE else TICK
        at_x = self._tick_places(xticks.at, self.across, x)
        at_y = self._tick_places(yticks.at, self.up, y)
        across = [(at, y - TICK, at, y + inner) for at in at_x]
        along = [(x - TICK, at, x + inner, at) for at in at_y]
        for x0, y0, x1, y1 in (*across, *along):
            self.space.take_box(Box(x0, y0, x1, y1).grown(0.4))
        self._segments([*across, *along], self.theme.axis, 0.8, on.AXIS, "ticks")

    def _tick_places(
        self, at: Sequence[float], place: Callable[[Array], Array], origin: float
    ) -> list[float]:
        places: list[float] = place(np.array(at)).tolist()
        if self.axes in AT_EDGE:
            return places
        return [p for p in places if abs(p - origin) > 1.0]

    def _segments(
        self,
        segments: Sequence[tuple[float, float, float, float]],
        colour: str,
        width: float,
        layer: float,
        name: str,
        dash: Dash = (),
    ) -> None:
        if segments:
            x = _with_gaps([np.array([x0, x1]) for x0, _, x1, _ in segments])
            y = _with_gaps([np.array([y0, y1]) for _, y0, _, y1 in segments])
            self.drawing.line(x, y, colour, width, layer, name, dash)

    # -- texts at the axes

    def _label_ends(self, xticks: Ticks, yticks: Ticks) -> None:
        """x and f(x) at the arrowheads, and the power of ten that the tick labels leave out."""
        size, (x, y), area = self.theme.label_size, self.origin, self.area
        boxed = self.axes == "box"
        right, top = area.x1 + (0.0 if boxed else ARROW), area.y1 + (0.0 if boxed else ARROW)
        name = self._label(self.plan.xlabel, size, math=True)
        box = name.box(right + 3, y, 0.0, 0.5)
        self.put(name, [box, box.moved(-4, -box.height), box.moved(-4, box.height)], "label-x")
        math, text = self.plan.ylabel_math, self.plan.ylabel
        if yticks.factor:
            text += rf"\;\;\mathrm{{{yticks.factor}}}" if math else f"  {yticks.factor}"
        label = self._label(text, size, math)
        beside = label.box(x + HEAD[1] + 4, top + 2, 0.0, 1.0)
        other = label.box(x - HEAD[1] - 4, top + 2, 1.0, 1.0)
        above = label.box(x, top + 2, 0.5, 0.0)
        inside_first = [beside, other, above]
        self.put(label, [above] if boxed and self.plan.is_plane else inside_first, "label-y")
        if xticks.factor:
            factor = self._label(xticks.factor, self.theme.tick_size)
            below = factor.box(right + 12, y - 9, 1.0, 1.0)
            self.put(factor, [below, below.moved(0, 18 + below.height)], "factor-x")

    def put(self, label: Label, boxes: Sequence[Box], name: str, pad: float = 0.5) -> bool:
        """Write the text in the first box that is free; leave it out if none is."""
        for box in boxes:
            if label.text and self.space.is_free(box, pad):
                self._clear(box)
                self.drawing.write(label, box, name)
                return True
        return False

    def _clear(self, box: Box) -> None:
        """Fade what a plane has under a text that stands upon it."""
        if self.plan.is_plane and self.axes not in AT_EDGE:
            left, low, right, top = box.x0 - 1, box.y0, box.x1 + 1, box.y1
            outline = [[left, low], [right, low], [right, top], [left, top], [left, low]]
            self.drawing.area(
                [np.array(outline)], self.theme.background, CLEARED, on.TEXT - 0.5, "cleared"
            )

    def _label_ticks(self, xticks: Ticks, yticks: Ticks) -> None:
        x, y = self.origin
        below = [
            (self._label(text, self.theme.tick_size), float(self.across(at)))
            for at, text in zip(xticks.at, xticks.labels, strict=True)
            if self._wants_label(float(self.across(at)), x)
        ]
        beside = [
            (self._label(text, self.theme.tick_size), float(self.up(at)))
            for at, text in zip(yticks.at, yticks.labels, strict=True)
            if self._wants_label(float(self.up(at)), y)
        ]
        away = TICK + 1.5
        at_top, at_right = y > self.area.y1 - 1, x > self.area.x1 - 1
        if at_right:  # where the arrowhead of the other axis is
            beside = [(label, at) for label, at in beside if abs(at - y) > 1.0]
        for label, at in below:
            down, up = label.box(at, y - away, 0.5, 1.0), label.box(at, y + away, 0.5, 0.0)
            self._put_tick(label, (up, down) if at_top else (down, up), (1, 0), "tick-x")
        away += 1
        for label, at in beside:
            left, right = label.box(x - away, at, 1.0, 0.46), label.box(x + away, at, 0.0, 0.46)
            self._put_tick(label, (right, left) if at_right else (left, right), (0, 1), "tick-y")

    def _wants_label(self, place: float, origin: float) -> bool:
        """Zero is left out where the axes cross at the origin."""
        shown = all(lo <= 0 <= hi for lo, hi in (self.xlim, self.plan.ylim))
        return self.axes != "origin" or not shown or abs(place - origin) > 1.0

    def _put_tick(
        self, label: Label, sides: tuple[Box, Box], along: tuple[int, int], name: str
    ) -> None:
        """Write a tick label on its usual side or the other, a little off its tick if need be."""
        if self.axes in AT_EDGE:
            sides = (sides[0], sides[0])
        beside = label.extent[0] / 2 + 3 if along[0] else label.size / 2 + 3
        slips = [(s * along[0], s * along[1]) for s in (*SLIPS, beside, -beside)]
        boxes = [side.moved(dx, dy) for dx, dy in slips for side in sides]
        self.put(label, boxes, name, pad=1.0)


def axes_of(plan: Plan, options: Options) -> str:
    """The kind of axes that was asked for, or through the origin; at the edge of a plane."""
    return options.axes or ("edge" if plan.is_plane else "origin")


def ticks_for(plan: Plan, area: Box, theme: Theme, options: Options) -> tuple[Ticks, Ticks]:
    """The ticks of both axes, as many as there is room for in the area."""
    left, right = plan.xlim
    choose = pi_ticks if plan.pi else decimal_ticks
    rows = max(2, int(area.height / APART_Y))
    most = rows if plan.is_plane else max(2, int(area.width / APART_X))
    xticks = choose(left, right, most)
    while most > 2 and not _fit(xticks, left, right, area.width, theme):
        most -= 1
        xticks = choose(left, right, most)
    if plan.is_plane:
        return xticks, xticks
    lo, hi = plan.ylim
    if plan.scale.threshold is not None:
        return xticks, signed_log_ticks(plan.scale.threshold, lo, hi, rows)
    return xticks, decimal_ticks(lo, hi, rows)


def _fit(ticks: Ticks, lo: float, hi: float, width: float, theme: Theme) -> bool:
    """Whether the labels stand clear of each other."""
    if len(ticks.at) < 2:
        return True
    widest = max(Label(t, theme.tick_size, "", theme.font).extent[0] for t in ticks.labels)
    apart = (ticks.at[1] / 2 - ticks.at[0] / 2) / (hi / 2 - lo / 2) * width
    return apart >= widest + 8


def _with_gaps(parts: list[Array]) -> Array:
    """The parts in one array with a NaN between them."""
    spaced = [item for part in parts for item in (part, np.array([math.nan]))]
    return np.concatenate(spaced[:-1])
