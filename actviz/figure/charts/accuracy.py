"""The picture of a check: relative errors over x, both on logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from actviz.errors import UsageError
from actviz.figure.canvas import canvas as on
from actviz.figure.canvas import theme
from actviz.figure.canvas.arrows import ARROW, HEAD, TICK
from actviz.figure.canvas.canvas import EDGE, GAP, Canvas, begin
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.theme import Theme
from actviz.figure.canvas.ticks import MINUS, number
from actviz.figure.canvas.title import function, function_in_words, write_heading
from actviz.figure.charts.decades import Decades, draw_axes, draw_tick_lines, draw_ticks, power
from actviz.formula.arrays import Array, Integers

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve
    from actviz.check.result import ErrorSeries


SIZE = (5.6, 3.3)  # inches
COLUMN = 2.0  # points of width for which one dot, the worst, is drawn
# Its diameter within its edge, and whether it is filled, by order: told apart without colour too.
DOTS = ((2.2, True), (3.4, False), (0.6, True), (5.0, False), (1.4, True))
WITHIN, BEYOND = -1000, 1000  # in place of a power of ten: within the tolerance, infinite
NOISE = 64  # eps: errors up to this are no event if there is no tolerance
NEAREST, WIDEST = -300, 308  # powers of ten between which the logarithmic scale of x may begin, end
REACH = 2  # the power of ten that x goes to at least
MARGIN = 0.1  # of a decade: how much is shown at least of what is beyond a change
PLAIN = 3  # powers of ten up to which x is written in full
DETAIL = 1e-2  # eps: errors below are drawn as 0
MOST_BESIDE = 2  # names that are beside that of the axis
APART_BARE = 4.0  # the least points between ticks without labels


@dataclass(frozen=True)
class Window:
    """What is shown: x linear up to 10**near and logarithmic to 10**far, errors 10**low..10**high.

    Nothing happens nearer to 0 or farther out: what is there is drawn at the edge.
    """

    near: int
    far: int
    low: int
    high: int
    infinite: bool

    def across(self, x: Array) -> Array:
        """The place of x between the left edge, 0, and the right one, 1."""
        most = 1.0 + self.far - self.near
        with np.errstate(under="ignore", over="ignore", divide="ignore"):
            size = np.abs(x) / 10.0**self.near
            grown = np.where(size > 1, 1 + np.log10(np.maximum(size, 1)), size)
            return np.clip(np.copysign(grown, x) / most, -1, 1) / 2 + 0.5


def errors(series: Sequence[ErrorSeries], curve: Curve, options: Options | None = None) -> Picture:
    """The errors that a check found of a curve: `Report.errors`, or `check.error_series`.

    The errors are relative to |y| + |x y'|. A dot is the worst of those that share its place;
    errors of 0 and infinity, and x beyond the scale, are at the edges. Of the options count the
    theme, style, size, dpi, title and transparency.

    Raises UsageError if there is no point at which there is a true value.

    >>> from actviz.check import ErrorSeries
    >>> from actviz.catalogue.curve import parse_curves
    >>> [gelu] = parse_curves(["gelu"])
    >>> found = ErrorSeries("my.py:gelu", 0, (-9.0, 0.5, 3.0), (1.0, 0.0, 2e-16), 2.0**-52)
    >>> errors([found], gelu).words[0]
    'Error of my.py:gelu as gelu'
    """
    options = options or Options()
    series = [each for each in series if each.x]
    if not series:
        raise UsageError(f"{curve.label} has no value anywhere, and so no errors to draw.")
    with settings(options.look.math), np.errstate(all="ignore"):
        canvas = begin(SIZE, options, options.look)
        words = _subject(series, curve), _told(series)
        title = words[0] if options.title is None else options.title
        _Chart(tuple(series), choose_window(series), canvas).draw(title)
    canvas.picture.words = words
    return canvas.picture


# -- what is shown


def choose_window(series: Sequence[ErrorSeries]) -> Window:
    """As much of x as something happens in, and all finite errors."""
    x = np.concatenate([np.array(each.x) for each in series])
    events = np.concatenate([_events(each) for each in series])
    sides = [_by_size(x[side], events[side]) for side in (x < 0, x > 0)]
    far = max((_first_change(size[::-1], event[::-1]) for size, event in sides), default=0.0)
    near = _first_change(*_by_size(x[x != 0], events[x != 0]))
    found = np.concatenate([np.array(each.error) for each in series])
    finite = found[np.isfinite(found) & (found > 0)]
    eps, largest = series[0].eps, float(np.abs(x).max())
    bounds = [bound for each in series for bound in (each.eps, each.tolerance or 0.0)]
    return Window(
        near=min(0, max(NEAREST, _power_below(near) if near else 0)),
        far=min(WIDEST, max(REACH, _power_above(far)), max(REACH, _power_above(largest))),
        low=_power_below(DETAIL * eps),
        high=min(WIDEST, _power_above(max(*bounds, *finite.tolist())) + 1),
        infinite=bool(np.isinf(found).any()),
    )


def _events(each: ErrorSeries) -> Integers:
    """What kind each error is of: within the tolerance, infinite, else its power of ten."""
    error = np.array(each.error)
    powers = np.floor(np.log10(np.where(np.isfinite(error) & (error > 0), error, 1.0)))
    kinds = np.where(error <= (each.tolerance or NOISE * each.eps), WITHIN, powers)
    return np.where(np.isinf(error), BEYOND, kinds).astype(np.int64)


def _by_size(x: Array, events: Integers) -> tuple[Array, Integers]:
    order = np.argsort(np.abs(x), kind="stable")
    return np.abs(x[order]), events[order]


def _first_change(size: Array, events: Integers) -> float:
    """The first size at which another kind of error than at the start is met; 0 for none."""
    changes = np.flatnonzero(events != events[0]) if events.size else events
    return float(size[changes[0]]) if changes.size else 0.0


def _power_below(value: float) -> int:
    return math.floor(math.log10(value) - MARGIN)


def _power_above(value: float) -> int:
    return math.ceil(math.log10(value) + MARGIN) if value else -WIDEST


# -- the drawing


@dataclass
class _Chart:
    """One coordinate system of errors."""

    series: tuple[ErrorSeries, ...]
    window: Window
    canvas: Canvas

    @property
    def look(self) -> Theme:
        return self.canvas.look

    def draw(self, title: str) -> None:
        top = write_heading(self.canvas, title, self._caption())
        self.area = self._area(top)
        self._draw_zone()
        self._draw_axes()
        self._draw_bounds()
        self._draw_x_ticks()
        self._draw_y_ticks()
        self._write_ends()
        for each in self.series:
            self._draw_dots(each)

    def _caption(self) -> str:
        """How to read a dot, and what is not where the scales would have it."""
        window = self.window
        sizes = [self._zero_label()] if _least(self.series) < 10.0**window.low else []
        sizes += ["∞"] if window.infinite else []
        edges = [f"errors {' and '.join(sizes)}"] if sizes else []
        if max(abs(x) for each in self.series for x in each.x) > 10.0**window.far:
            edges += [f"|x| > {power(window.far, window.far <= PLAIN)}"]
        said = f" At the edges: {', '.join(edges)}." if edges else ""
        return f"Each dot is the worst error near its x.{said}"

    def _area(self, top: float) -> Box:
        tick = self.look.tick_size
        powers = [power(p) for p in (self.window.low, self.window.high)]
        widest = max(self.canvas.label(t, tick).extent[0] for t in (*powers, self._zero_label()))
        right = max(self.canvas.label(text, tick).extent[0] for _, text in self._bounds())
        below = EDGE + 2 * TICK + sum(self.canvas.label("1", tick).extent[1:])
        left = EDGE + widest + TICK + 4
        far = self.canvas.width - EDGE - max(right + 4, ARROW + 3 + tick)
        return Box(left, below, far, top - ARROW - (self._row if self._crowded else 0.0))

    @property
    def _row(self) -> float:
        """The height of a line of names."""
        return sum(self.canvas.label("f", self.look.label_size).extent[1:]) + 1

    @property
    def _crowded(self) -> bool:
        """Whether the names need a line of their own."""
        return len(self.series) > MOST_BESIDE

    def across(self, x: Array) -> Array:
        return np.asarray(self.area.x0 + self.window.across(x) * self.area.width)

    def up(self, error: Array) -> Array:
        """Points from the bottom."""
        return self.decades.up(self.area, error)

    @property
    def decades(self) -> Decades:
        return Decades(self.window.low, self.window.high, infinite=self.window.infinite)

    def _height(self, error: float) -> float:
        return float(self.up(np.array(error)))

    def _bounds(self) -> list[tuple[float, str]]:
        """The lines across, with their names: the spacing of floats, and what is let pass."""
        found = [(self.series[0].eps, "eps")]
        tolerances = [each.tolerance or 0.0 for each in self.series]
        shown = sorted({bound for bound in tolerances if bound >= 10.0**self.window.low})
        return [*found, *((bound, "tolerance") for bound in shown[:1])]

    def _draw_zone(self) -> None:
        """What is beyond the tolerance is in the shade."""
        for bound, name in self._bounds():
            if name == "tolerance":
                beyond = replace(self.area, y0=self._height(bound))
                self.canvas.fill(beyond.corners, self.look.zone, on.ZONE, "zone-beyond")

    def _draw_bounds(self) -> None:
        """The lines, and their names to the right of them, one above the other."""
        a, free = self.area, -math.inf
        for bound, name in sorted(self._bounds()):
            y = self._height(bound)
            dash = theme.SOLID if name == "tolerance" else (1, 1.5)
            x = np.array([a.x0, a.x1])
            self.canvas.line(x, [y, y], self.look.faint, 1.0, on.FAINT, f"bound-{name}", dash)
            label = self.canvas.label(name, self.look.tick_size)
            box = label.box(a.x1 + 4, y, 0.0, 0.46)
            box = box.moved(0, max(0.0, free - box.y0))
            self.canvas.write(label, box, f"name-{name}")
            free = box.y1 - 2

    def _draw_axes(self) -> None:
        draw_axes(self.canvas, self.area)
        middle = float(self.across(np.array(0.0)))
        line = [middle, middle], [self.area.y0, self.area.y1]
        self.canvas.line(*line, self.look.grid, 0.6, on.GRID, "grid")

    def _draw_x_ticks(self) -> None:
        """0 and powers of ten on both sides, as many as there is room for."""
        window, size = self.window, self.look.tick_size
        decade = self.area.width / 2 / (1 + window.far - window.near)
        plain = max(abs(window.far), abs(window.near)) <= PLAIN
        ends = (self.canvas.label(MINUS + power(p, plain), size) for p in (window.near, window.far))
        stride = math.ceil((max(end.extent[0] for end in ends) + 2 * GAP) / decade)
        self._draw_pair([(0.0, "0")])
        for p in range(window.far, window.near - 1, -stride):
            text = power(p, plain)
            self._draw_pair([(-(10.0**p), MINUS + text), (10.0**p, text)])
        if stride > 1 and decade >= APART_BARE:
            sizes = 10.0 ** np.arange(window.near, window.far + 1)
            places = self.across(np.concatenate([-sizes, sizes])).tolist()
            low = self.area.y0 - TICK / 2
            draw_tick_lines(self.canvas, [(x, low, x, self.area.y0) for x in places])

    def _draw_pair(self, pair: Sequence[tuple[float, str]]) -> None:
        """Ticks of x with their labels, if there is room for all of them."""
        bottom = self.area.y0 - TICK
        labels = [self.canvas.label(text, self.look.tick_size) for _, text in pair]
        places = self.across(np.array([value for value, _ in pair])).tolist()
        boxes = [
            each.box(x, bottom - 1.5, 0.5, 1.0) for each, x in zip(labels, places, strict=True)
        ]
        if all(self.canvas.space.is_free(box, GAP) for box in boxes):
            for label, box in zip(labels, boxes, strict=True):
                self.canvas.write(label, box, "tick-x")
            draw_tick_lines(self.canvas, [(x, bottom, x, self.area.y0) for x in places])

    def _draw_y_ticks(self) -> None:
        ticks = self.decades.labels(self.area, self._zero_label())
        draw_ticks(self.canvas, self.area, self.decades, ticks)

    def _write_ends(self) -> None:
        """What the axes show, and at the right the names of the series if there are several."""
        a, size = self.area, self.look.label_size
        x = self.canvas.label("x", size, math=True)
        self.canvas.write(x, x.box(a.x1 + ARROW + 3, a.y0, 0.0, 0.5), "label-x")
        y = self.canvas.label("error relative to |y| + |x y′|", size)
        self.canvas.write(y, y.box(a.x0 + HEAD[1] + 4, a.y1 + ARROW + 2, 0.0, 1.0), "label-y")
        right = a.x1
        for each in reversed(self.series if len(self.series) > 1 else ()):
            colour = self._colour(each)
            name = replace(self.canvas.label(function(each.order), size, math=True), colour=colour)
            box = name.box(right, a.y1 + ARROW + 2 + self._row * self._crowded, 1.0, 1.0)
            beside = replace(box, anchor=0.0)  # the dot that is before it
            self.canvas.write(name, beside, f"name-errors-{each.order}")
            dot = [box.x0 - 7.0], [(box.y0 + box.y1) / 2]
            self._draw_circles(each, *dot, f"legend-{each.order}")
            right = box.x0 - 20

    def _colour(self, each: ErrorSeries) -> str:
        return self.look.curves[each.order % len(self.look.curves)]

    def _draw_circles(
        self, each: ErrorSeries, x: Sequence[float], y: Sequence[float], name: str
    ) -> None:
        size, filled = DOTS[each.order]
        colour = self._colour(each)
        self.canvas.circles(x, y, colour, colour if filled else "", size, name)

    def _draw_dots(self, each: ErrorSeries) -> None:
        """The worst error of every column that has one."""
        x, error = self.across(np.array(each.x)), np.array(each.error)
        order = np.lexsort((-error, np.floor(x / COLUMN)))
        columns = np.floor(x / COLUMN)[order]
        worst = order[np.flatnonzero(np.diff(columns, prepend=-1.0))]
        places = x[worst].tolist(), self.up(error[worst]).tolist()
        self._draw_circles(each, *places, f"errors-{each.order}")

    def _zero_label(self) -> str:
        """What the lowest row is: nothing but errors of 0, or small ones as well."""
        floor = 10.0**self.window.low
        small = any(0 < error < floor for each in self.series for error in each.error)
        return f"<{power(self.window.low)}" if small else "0"


def _least(series: Sequence[ErrorSeries]) -> float:
    return min(error for each in series for error in each.error)


# -- in words


def _subject(series: Sequence[ErrorSeries], curve: Curve) -> str:
    """Whose error it is, and of what."""
    judged = series[0].label.rpartition("/")[2]  # of a path the file is enough
    name = curve.activation.formula if curve.label == "f" else curve.label
    return (
        f"Error of {name} against 50 digits"
        if judged == curve.label
        else (f"Error of {judged} as {name}")
    )


def _told(series: Sequence[ErrorSeries]) -> str:
    """The worst of each series."""
    lo, hi = (number(each(x for one in series for x in one.x), 2) for each in (min, max))
    scales = f"Errors relative to |y| + |x y′| for x from {lo} to {hi}, on logarithmic scales."
    eps = f"The spacing of floating-point numbers, eps, is {number(series[0].eps, 2)}."
    return " ".join([scales, eps, *(_worst(each) for each in series)])


def _worst(each: ErrorSeries) -> str:
    """The greatest error of a series, and how many are too great."""
    name, place = function_in_words(each.order), int(np.argmax(np.array(each.error)))
    error, x = each.error[place], number(each.x[place], 4)
    if not error:
        return f"{name}: exact everywhere."
    told = f"{name}: {'infinite' if math.isinf(error) else 'at most ' + number(error, 2)}"
    if each.tolerance is None:
        return f"{told} at x = {x}."
    count = sum(error > each.tolerance for error in each.error)
    bound = number(each.tolerance, 2)
    return f"{told} at x = {x}; {count} of {len(each.x)} points beyond the tolerance of {bound}."
