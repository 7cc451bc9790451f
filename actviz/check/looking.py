"""At which numbers of a format somebody's code is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from actviz.check import points
from actviz.check.dtypes import Format
from actviz.errors import UsageError
from actviz.formula.arrays import Array

Range = tuple[float, float]

WHOLE = 11  # bits of formats so small that every number is looked at
SEED = 0  # of the random points, unless another is asked for
USUAL = range(-16, 11)  # powers of two between which numbers of usual size lie, up to 2048
CELLS, FEWER = 4096, 256  # between two such powers, a random point in each; where points are dear
IN_RANGE = 20_000  # cells of a range that somebody asks for
RARE = 2  # of them between two others, as numbers so far out take long
NEAR_SWITCH = 2  # numbers of the format from a switch: there rounding may choose the branch


@dataclass(frozen=True)
class Looking:
    """Where somebody wants code to be looked at: within a range, at random points by a seed.

    every: at every number of the format there.
    """

    within: Range | None = None
    seed: int = SEED
    every: bool = False

    def inputs(self, format: Format, switches: Array) -> Array:
        """The finite points that are looked at first; UsageError if there are none."""
        x = inputs(format, switches, self.seed, self.within)
        if not x.size:
            lowest, highest = self.within or (0.0, 0.0)
            raise UsageError(f"No {format.name} lies between {lowest!r} and {highest!r}.")
        return x

    def covers(self, x: float) -> bool:
        """Whether a number is to be looked at; beyond all numbers only if there is no range."""
        return self.within is None or self.within[0] <= x <= self.within[1]

    @property
    def place(self) -> str:
        """The range, in words."""
        return "" if self.within is None else " from {:.9g} to {:.9g}".format(*self.within)

    def told(self, format: Format, count: int) -> str:
        """In words what is looked at."""
        place = self.place
        if format.bits <= WHOLE:
            return f"looked at all {count:,} numbers of {format.name}{place}"
        return f"looked at {count:,} numbers of {format.name}{place}, drawn by --seed {self.seed}"


def inputs(
    format: Format,
    switches: Array,
    seed: int = SEED,
    within: Range | None = None,
    cells: int = CELLS,
) -> Array:
    """The finite points: all of a 16-bit format; else every magnitude, 0 densely, every switch.

    Ascending, exact in the format, subnormals among them; the neighbours of the switches as well.
    Between two powers of two there are as many cells with a random point in each, so that a fault
    that is wider than two of them is seen whatever the seed. within: a range outside of which
    there are none; it is filled as densely.
    """
    lowest, highest = within or (-np.inf, np.inf)
    if format.bits <= WHOLE:
        x = _every(format)
    else:
        near = format.rounded(switches)
        beside = [near + n * format.ulp(near) for n in range(-NEAR_SWITCH, NEAR_SWITCH + 1)]
        parts = [_random(format, seed, cells), points.hard(switches), *beside]
        if within is not None:
            parts.append(_filling(format, lowest, highest, seed))
        x = format.rounded(np.concatenate([part.ravel() for part in parts]))
    return np.unique(x[np.isfinite(x) & (x >= lowest) & (x <= highest)])


def _random(format: Format, seed: int, cells: int) -> Array:
    """A number of either sign out of each cell."""
    random = np.random.default_rng(seed)
    least, largest = format.least_exponent - format.bits + 1, -format.least_exponent + 1
    usual = np.arange(USUAL.start, USUAL.stop)
    rare = np.setdiff1d(np.arange(least, largest + 1), usual)
    found = []
    for exponents, count in ((usual, cells), (rare, RARE)):
        at = np.arange(count) + random.uniform(0, 1, (2, exponents.size, count))
        with np.errstate(over="ignore", under="ignore"):
            sizes = np.ldexp(1 + at / count, exponents[:, None])
        found += [sizes[0].ravel(), -sizes[1].ravel()]
    return np.concatenate(found)


def _filling(format: Format, lowest: float, highest: float, seed: int) -> Array:
    """The ends of a range, and a random number of each cell of it, or all that there are."""
    low, high = (min(max(end, -format.largest), format.largest) for end in (lowest, highest))
    ends = np.array([low, high])
    step = high / IN_RANGE - low / IN_RANGE  # without overflow
    if step <= float(format.ulp(ends).min()):
        count = int((high - low) / float(format.ulp(ends).min()))
        return np.append(ends, np.linspace(low, high, min(count, IN_RANGE) + 1))
    at = np.arange(IN_RANGE) + np.random.default_rng(seed).uniform(0, 1, IN_RANGE)
    return np.append(ends, low + step * at)


def _every(format: Format) -> Array:
    values = format.numbers(0, 65536)
    return np.unique(values[np.isfinite(values)])
