"""What a coordinate system shows, before it has its place: limits, scale, texts, ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from actviz.figure.canvas.arrows import ARROW, TICK
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Theme
from actviz.figure.canvas.ticks import Ticks, decimal_ticks, log_ticks, pi_ticks, signed_log_ticks
from actviz.formula.arrays import Array

Limits = tuple[float, float]

APART_X, APART_Y = 36.0, 22.0  # the least points between ticks
APART_POWERS = 16.0  # between powers of ten, each of which is to have its number
FEWEST = 3  # numbers beside 0 by which values are read
CLOSEST = 1.4  # of the size of a number: the least from one row to the next
AMPLE = 6  # ticks for which there is room: where there is, they are as many in a little less
ABOUT = (0.8, 1.25)  # of the height of a plot area: what it may come to be as others have room
MOST_TIMES = 5  # times as many ticks as usual, where these are fewer
LEAST = 1e-320  # what is less has its place on a scale of powers of ten
NEXT = 3.0  # points from the end of an axis to its name
OUT = 4.0  # points from a plot area to a row of numbers at its edge
AT_EDGE = ("edge", "box")  # kinds of axes that leave the plot area to the curves


@dataclass(frozen=True)
class Scale:
    """The scale of y.

    It is "linear", "log" (powers of ten; what is not positive is far below) or "symlog": asinh(y/t)
    for a threshold t, which is the logarithm of the size with its sign where that is more than t,
    linear where it is less, and has no corner in between.
    """

    kind: str = "linear"
    threshold: float = 1.0

    @property
    def linear(self) -> bool:
        return self.kind == "linear"

    def warp(self, y: Array) -> Array:
        """Where y is on it, in any unit."""
        if self.kind == "log":
            return np.asarray(np.log10(np.maximum(y, LEAST)))
        return y if self.linear else np.asarray(np.arcsinh(y / self.threshold))

    def unwarp(self, place: Array) -> Array:
        """Which y is there."""
        if self.kind == "log":
            return np.asarray(10.0**place)
        return place if self.linear else np.asarray(np.sinh(place) * self.threshold)


@dataclass(frozen=True)
class Frame:
    """A coordinate system.

    ylabel_math, xlabel_math: whether the names of the axes are mathematics.
    pi: whether the ticks of x are multiples of pi.
    heading: its name, if there are several.
    plane: whether both axes are variables, and what is drawn fills all of it.
    apart: whether the numbers of x, and those of y, stand at the edge though the axis does not.
    """

    xlim: Limits
    ylim: Limits
    ylabel: str
    ylabel_math: bool = True
    xlabel: str = "x"
    xlabel_math: bool = True
    heading: Label | None = None
    scale: Scale = Scale()
    pi: bool = False
    plane: bool = False
    apart: tuple[bool, bool] = (False, False)

    def named(self, options: Options) -> Frame:
        """The same with the names of its axes that were asked for."""
        frame = self
        if options.xlabel is not None:
            frame = replace(frame, xlabel=options.xlabel, xlabel_math=False)
        if options.ylabel is not None:
            frame = replace(frame, ylabel=options.ylabel, ylabel_math=False)
        return frame

    def kind(self, options: Options) -> str:
        """The kind of axes that was asked for, or through the origin; at the edge of a plane."""
        return options.axes or ("edge" if self.plane else "origin")

    def ticks(self, area: Box, look: Theme) -> tuple[Ticks, Ticks]:
        """The ticks of both axes, as many as there is room for in the area."""
        xticks = self._across(area, look)
        return xticks, xticks if self.plane else self._up(area, look)

    def _across(self, area: Box, look: Theme) -> Ticks:
        left, right = self.xlim
        choose = pi_ticks if self.pi else decimal_ticks
        rows = max(2, int(area.height / APART_Y))
        most = rows if self.plane else max(2, int(area.width / APART_X))
        ticks = choose(left, right, most)
        while most > 2 and not _fit(ticks, left, right, area.width, look):
            most -= 1
            ticks = choose(left, right, most)
        if self.plane:
            return ticks
        return _finer(
            ticks, most, lambda n: choose(left, right, n),
            lambda ticks: _fit(ticks, left, right, area.width, look), self.apart[0],
        )  # fmt: skip

    def _up(self, area: Box, look: Theme) -> Ticks:
        if self.plane:
            return self._across(area, look)
        (lo, hi), height = self.ylim, area.height
        powers = max(2, int(height / APART_POWERS))
        if self.scale.kind == "log":
            return log_ticks(lo, hi, powers)
        if self.scale.kind == "symlog":
            return signed_log_ticks(self.scale.threshold, lo, hi, powers)
        rows = max(2, int(height / APART_Y))
        return _finer(
            decimal_ticks(lo, hi, rows), rows, lambda n: decimal_ticks(lo, hi, n),
            lambda ticks: _pitch(ticks, lo, hi, height) >= CLOSEST * look.tick_size,
            self.apart[1],
        )  # fmt: skip

    def label_x(self, ticks: Ticks, look: Theme) -> Label:
        """What stands at the end of the axis of x that has these ticks."""
        return _name(self.xlabel, self.xlabel_math, ticks, look)

    def label_y(self, ticks: Ticks, look: Theme) -> Label:
        """What stands at the end of the axis of y that has these ticks."""
        said = "" if self.scale.linear else f"({self.scale.kind} scale)"
        return _name(self.ylabel, self.ylabel_math, ticks, look, said)

    def margins(self, cell: Box, look: Theme, options: Options) -> Margins:
        """What is needed around the plot area, which is in a cell that large."""
        inner = Box(30, 20, cell.x1 - 30, cell.y1 - ARROW - 12)
        for _ in range(2):  # the numbers depend on the room that they leave
            left, below, right, above = self._margins(inner, look, options)
            inner = Box(left, below, cell.x1 - right, cell.y1 - above)
        return left, below, right, above

    def _margins(self, inner: Box, look: Theme, options: Options) -> Margins:
        kind = self.kind(options)
        boxed, at_edge = kind == "box", kind in AT_EDGE
        xticks, yticks = self.ticks(inner, look)
        about = [yticks, *self._about(inner, look)]
        texts = {text for ticks in about for text in ticks.labels}
        widths = [Label(text, look.tick_size, "", look.font).extent[0] for text in texts]
        down, out = self.outward(xticks, inner.width, look)
        widest = max(widths, default=0.0) + TICK + 4 + out
        height = 2 * TICK + look.tick_size * 1.17 + down
        share = 0.0 if at_edge or self.apart[0] else _share(self.ylim, kind)
        below = max(1.0, height - share * inner.height)
        share = 0.0 if at_edge or self.apart[1] else _share(self.xlim, kind)
        left = max(4.0, widest - share * inner.width, self._beyond(xticks, inner.width, look))
        arrow = 0.0 if boxed else ARROW
        right = arrow + NEXT + self.label_x(xticks, look).extent[0]
        name = sum(self.label_y(yticks, look).extent[1:]) if boxed else 3.0
        return left, below, right, arrow + name

    def _about(self, inner: Box, look: Theme) -> Iterator[Ticks]:
        """The ticks of y of somewhat lower and higher plot areas than a low one."""
        if inner.height / APART_Y < AMPLE:
            for share in ABOUT:
                yield self._up(replace(inner, y1=inner.y0 + share * inner.height), look)

    def outward(self, xticks: Ticks, width: float, look: Theme) -> tuple[float, float]:
        """How far the rows at the edge are below and left of a plot area, clear of other numbers.

        width: of that area.
        """
        x, y = self.apart
        down = OUT if y else OUT + look.tick_size / 2
        left = OUT if x else max(OUT, OUT + self._beyond(xticks, width, look))
        return (down if x else 0.0), (left if y else 0.0)

    def _beyond(self, xticks: Ticks, width: float, look: Theme) -> float:
        """How far the first number of x reaches left of a plot area that wide."""
        if not xticks.at:
            return 0.0
        lo, hi = self.xlim
        half = Label(xticks.labels[0], look.tick_size, "", look.font).extent[0] / 2
        return half - (xticks.at[0] / 2 - lo / 2) / (hi / 2 - lo / 2) * width


def _name(name: str, math: bool, ticks: Ticks, look: Theme, said: str = "") -> Label:
    """The name of an axis with the power of ten that its numbers leave out, and what is said."""
    for more in filter(None, (ticks.factor, said)):
        name += rf"\;\;\mathrm{{{more.replace(' ', chr(92) + ' ')}}}" if math else f"  {more}"
    return Label(name, look.label_size, look.ink, look.font, math)


Margins = tuple[float, float, float, float]  # left, below, right, above


def _share(limits: Limits, kind: str) -> float:
    """Which share of the plot area is below, or left of, the axis that crosses these limits."""
    if kind == "center":
        return 0.5
    lo, hi = limits
    return float(min(1.0, max(0.0, -lo / (hi - lo))))


def _fit(ticks: Ticks, lo: float, hi: float, width: float, look: Theme) -> bool:
    """Whether the labels stand clear of each other."""
    if len(ticks.at) < 2:
        return True
    widest = max(Label(t, look.tick_size, "", look.font).extent[0] for t in ticks.labels)
    return _pitch(ticks, lo, hi, width) >= widest + 8


def _pitch(ticks: Ticks, lo: float, hi: float, length: float) -> float:
    """How far apart the ticks of an axis of that length are."""
    if len(ticks.at) < 2:
        return length
    return (ticks.at[1] / 2 - ticks.at[0] / 2) / (hi / 2 - lo / 2) * length


def _finer(
    ticks: Ticks,
    most: int,
    choose: Callable[[int], Ticks],
    fit: Callable[[Ticks], bool],
    zero: bool,
) -> Ticks:
    """The ticks, or closer ones if they are too few to read a value by, and these fit.

    zero: whether 0 has a number; where there is little room it is not one of the few.
    """
    for more in range(most + 1, MOST_TIMES * most + 1):
        if sum(at != 0 or (zero and most >= AMPLE) for at in ticks.at) >= FEWEST:
            break
        closer = choose(more)
        if closer.at != ticks.at and not fit(closer):
            break
        ticks = closer
    return ticks
