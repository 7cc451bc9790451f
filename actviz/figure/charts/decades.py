"""A vertical logarithmic axis: powers of ten, with rows beyond them for 0 and infinity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.arrows import LINE, TICK, draw_arrows
from actviz.figure.canvas.canvas import Canvas, Segment
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.ticks import number, power_of_ten
from actviz.formula.arrays import Array

ROW, BREAK = 7.0, 12.0  # points from the axes' ends: where 0 and infinity are, where the scale ends
BROKEN = 1.2  # points: half the length of the break in the axis
APART = 17.0  # the least points between ticks with labels
ROUNDING = 1e-9  # of the scale: so much below its lower end is still on it
STRIDES = (1, 2, 4, 5, 10, 20, 50, 100, 200)  # powers of ten from one tick to the next


@dataclass(frozen=True)
class Decades:
    """The powers of ten from low to high; zero, infinite: whether these two have rows.

    With a row for 0, all that is below the lowest power is there as well.
    """

    low: int
    high: int
    zero: bool = True
    infinite: bool = False

    def up(self, area: Box, y: Array) -> Array:
        """Points from the bottom of the picture."""
        low = area.y0 + BREAK * self.zero
        high = area.y1 - BREAK * self.infinite
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (np.log10(y) - self.low) / (self.high - self.low)
        place = np.where((share < -ROUNDING) & self.zero, area.y0 + ROW, low + share * (high - low))
        return np.where(np.isinf(y), area.y1 - ROW / 2, place)

    def labels(self, area: Box, zero: str) -> list[tuple[float, str]]:
        """The values at the ticks and what is written there, as many as there is room for."""
        decade = (area.height - BREAK * (self.zero + self.infinite)) / (self.high - self.low)
        stride = next((n for n in STRIDES if n * decade >= APART), STRIDES[-1])
        powers = [p for p in range(self.low, self.high + 1) if p % stride == 0]
        rows = [(0.0, zero)] if self.zero else []
        rows += [(math.inf, "∞")] if self.infinite else []
        return rows + [(10.0**p, power(p)) for p in powers]


def power(exponent: int, plain: bool = False) -> str:
    """A power of ten as it is written at a tick.

    >>> power(-16), power(2, plain=True), power(0)
    ('10⁻¹⁶', '100', '1')
    """
    return number(10.0**exponent) if plain or exponent in (0, 1) else power_of_ten(exponent)[1:]


def draw_axes(canvas: Canvas, area: Box, zero: bool = True) -> None:
    """Axes with arrowheads from the lower left corner; zero: the vertical one is broken there."""
    middle = area.y0 + (ROW + BREAK) / 2
    gap = (middle - BROKEN, middle + BROKEN) if zero else None
    draw_arrows(canvas, area, (area.x0, area.y0), gap)


def draw_ticks(
    canvas: Canvas, area: Box, decades: Decades, ticks: Sequence[tuple[float, str]]
) -> list[float]:
    """Ticks at the left of the vertical axis with their labels, where there is room.

    Returns how far up those are that are drawn.
    """
    places = decades.up(area, np.array([value for value, _ in ticks])).tolist()
    written = []
    for y, (_, text) in zip(places, ticks, strict=True):
        label = canvas.label(text, canvas.look.tick_size)
        box = label.box(area.x0 - TICK - 2.5, y, 1.0, 0.46)
        if canvas.space.is_free(box):
            canvas.write(label, box, "tick-y")
            written.append(y)
    draw_tick_lines(canvas, [(area.x0 - TICK, y, area.x0, y) for y in written])
    return written


def draw_tick_lines(canvas: Canvas, ticks: Sequence[Segment]) -> None:
    """Short lines, each from one point to another."""
    canvas.segments(ticks, canvas.look.axis, LINE, on.AXIS, "ticks")
