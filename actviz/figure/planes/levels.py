"""The levels of a contour map: round values, in equal steps or as 1, 2, 5, 10, 20, 50 ..."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from actviz.figure.canvas.ticks import decimal_ticks
from actviz.formula.arrays import Array

MOST_STEPS = 7  # of equal size from 0 to the greatest value
FLAT = 0.55  # share of the values within the first of equal steps, from which these tell too little
MOST_LEVELS = 6  # of growing steps, to a side
INNERMOST = 0.12  # share of the values that need no level of their own
FEW = 4  # values: a function that takes no more is drawn by these, not by levels between
NEAR_ZERO = 0.2  # times the greatest value: if all are greater, levels do not begin at 0
BEYOND = 1 - 1e-9  # of the greatest value: a level must be below that


@dataclass(frozen=True)
class Levels:
    """The levels of a contour map, apart from 0.

    above: ascending, positive; below: descending, negative; lowest, highest: the extreme values.
    plateaus: the function takes only the values `above`, `below` and perhaps 0.
    """

    above: tuple[float, ...]
    below: tuple[float, ...]
    lowest: float
    highest: float
    plateaus: bool = False

    @property
    def bands_above(self) -> int:
        """How many bands of one colour there are above 0."""
        return len(self.above) + (self.highest > 0 and not self.plateaus)

    @property
    def bands_below(self) -> int:
        return len(self.below) + (self.lowest < 0 and not self.plateaus)

    def borders(self, sign: int) -> tuple[float, ...]:
        """Where the bands on one side of 0 begin, from 0 outwards."""
        levels, bands = (
            (self.above, self.bands_above) if sign > 0 else (self.below, self.bands_below)
        )
        return (math.copysign(0.0, sign), *levels)[:bands]

    @property
    def reaches_zero(self) -> bool:
        """Whether 0 is among the values, or so near them that they are told from there."""
        return self.lowest <= NEAR_ZERO * self.highest and self.highest >= NEAR_ZERO * self.lowest

    @property
    def digits(self) -> int:
        """How many digits the levels have, at least three."""
        levels = (*self.above, *self.below)
        enough = (n for n in range(3, 12) if all(_same(v, float(f"{v:.{n - 1}e}")) for v in levels))
        return next(enough, 12) if not self.plateaus else 3

    @property
    def marks(self) -> tuple[tuple[float, float], ...]:
        """What is written at a scale of the bands: values, and how many bands they are above 0."""
        off = 0.5 if self.plateaus else 0.0
        up = [(value, i - off) for i, value in enumerate(self.above, 1)]
        down = [(value, off - i) for i, value in enumerate(self.below, 1)]
        zero = [(0.0, 0.0)] if self.reaches_zero else []
        return *zero, *up, *down


def choose_levels(values: Array) -> Levels:
    """Round levels that tell the most of these values."""
    finite = values[np.isfinite(values)]
    sizes = np.abs(finite[finite != 0])
    if not sizes.size:
        return Levels((), (), 0.0, 0.0)
    lowest, highest = float(finite.min()), float(finite.max())
    if plateaus := _plateaus(finite, float(sizes.max())):
        above = tuple(value for value in plateaus if value > 0)
        below = tuple(value for value in reversed(plateaus) if value < 0)
        return Levels(above, below, lowest, highest, plateaus=True)
    if not Levels((), (), lowest, highest).reaches_zero:
        between = decimal_ticks(lowest, highest, MOST_STEPS).at
        inside = tuple(at for at in between if lowest < at < highest)
        above, below = (inside, ()) if lowest > 0 else ((), inside[::-1])
        return Levels(above, below, lowest, highest)
    steps = _equal_steps(float(sizes.max()))
    if np.mean(sizes < steps[0]) > FLAT:
        steps = _growing_steps(sizes)
    return Levels(
        tuple(step for step in steps if step < highest * BEYOND),
        tuple(-step for step in steps if -step > lowest * BEYOND),
        lowest,
        highest,
    )


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-12)


def _plateaus(values: Array, largest: float) -> tuple[float, ...]:
    """The values, if there are only a few."""
    some = np.unique(values[:: max(1, values.size // 1000)])
    if some.size > FEW * 4:
        return ()
    rounded = np.unique(np.round(values / largest, 9)) * largest
    return tuple(rounded.tolist()) if rounded.size <= FEW else ()


def _equal_steps(most: float) -> tuple[float, ...]:
    return tuple(at for at in decimal_ticks(0.0, most, MOST_STEPS).at if 0 < at < most * BEYOND)


def _growing_steps(sizes: Array) -> tuple[float, ...]:
    """The largest of 1, 2, 5, 10, 20, 50 ... that there are values beyond."""
    found: list[float] = []
    for level in _descending(float(sizes.max())):
        found.append(level)
        if len(found) == MOST_LEVELS or np.mean(sizes < level) < INNERMOST:
            break
    return tuple(reversed(found))


def _descending(most: float) -> Iterator[float]:
    """1, 2 and 5 times the powers of ten below a number."""
    power = math.floor(math.log10(most))
    while power > -307:
        for digit in (5, 2, 1):
            level = float(Decimal(digit).scaleb(power))
            if level < most * BEYOND:
                yield level
        power -= 1
