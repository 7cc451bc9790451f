"""One order of somebody's code that has failed: its errors, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import Catalogue
from actviz.check.accuracy import TAIL, Accuracy
from actviz.check.dtypes import Format
from actviz.formula.arrays import Array, Truths

TRIED = 1500  # points in the centre
SHORT = 11  # bits of formats in which much is equal that is another function
MOSTLY = 0.995  # of the points: the others may be at switches
GROSS = ((SHORT, 2.0), (24, 100.0), (53, 1e3))  # times the tolerance, by bits: beyond rounding
FEWEST = 8  # errors that can look like noise
MIXED, TURNS = 0.1, 0.05  # of errors that are noise: of the rarer sign, and changes of sign


@dataclass(frozen=True)
class Case:
    """One order of the code, which has failed somewhere: its errors, and `at`, the code itself.

    None: there is no code, but only what it has given.
    """

    activation: Activation
    found: Accuracy
    at: Callable[[Array], Array] | None
    catalogue: Catalogue

    @property
    def order(self) -> int:
        return self.found.order

    @property
    def format(self) -> Format:
        return self.found.format

    @property
    def short(self) -> bool:
        """Whether the format has so few digits that much is equal in it."""
        return self.format.bits <= SHORT

    @cached_property
    def failing(self) -> Accuracy:
        return self.found.where(self.found.excess > 1)

    @cached_property
    def centre(self) -> Accuracy:
        """Some of the ordinary points, on which other functions are tried."""
        x = np.abs(self.found.x)
        ordinary = np.flatnonzero((x <= 2 * TAIL) & (x >= 2.0**-10) & np.isfinite(self.found.got))
        return self.found.where(ordinary[:: max(1, ordinary.size // TRIED)])

    @cached_property
    def rounding(self) -> Array:
        """What sums of numbers of size 1 and x lose, in the centre."""
        times = 1 if self.short else 16
        return np.asarray(times * self.format.eps * np.maximum(1, np.abs(self.centre.x)))

    @cached_property
    def really_different(self) -> bool:
        """Whether the code misses the function in the centre by more than lost digits."""
        least = next(times for bits, times in GROSS if self.format.bits <= bits)
        gross = (self.centre.excess > least) & (self.centre.error > 4 * self.rounding)
        return bool(np.count_nonzero(gross) > 0.05 * gross.size)

    def matches(self, numbers: Array, times: float = 4.0) -> bool:
        """Whether the code's numbers in the centre are these.

        They are if they are off by some times the tolerance, and by what sums lose; in formats with
        few digits by the tolerance alone.
        """
        centre, times = self.centre, 1.0 if self.short else times
        with np.errstate(all="ignore"):
            off = np.abs(centre.got - numbers)
            near = (off <= times * centre.tolerance + self.rounding) | (centre.got == numbers)
        return bool(near.size and near.mean() > MOSTLY)

    def true(self, x: Array) -> Array:
        return np.asarray(self.activation.derivative(x, self.order))

    def edge(self, bad: Array, is_bad: Callable[[Array, Array], Truths]) -> tuple[float, float]:
        """The point nearest to 0 of a stretch of bad points, and what is there.

        To all digits that are shown, if the code can be asked; else the nearest there is.
        """
        found = self.found
        worse = float(bad[np.abs(bad).argmin()])
        there = float(found.got[found.x == worse][0])
        inner = found.x[(np.abs(found.x) < abs(worse)) & (np.sign(found.x) == np.sign(worse))]
        if self.at is None or not inner.size:
            return worse, there
        better = float(inner[np.abs(inner).argmax()])
        for _ in range(60):
            middle = self.format.rounded(np.array([better / 2 + worse / 2]))
            if middle[0] in (better, worse):
                break
            y = self.at(middle)
            if is_bad(middle, y)[0]:
                worse, there = float(middle[0]), float(y[0])
            else:
                better = float(middle[0])
        return worse, there

    def beyond(self, start: float) -> Accuracy:
        """All points from one on, away from 0."""
        x = self.found.x
        return self.found.where((np.abs(x) >= abs(start)) & (np.sign(x) == np.sign(start)))


def noisy(found: Accuracy) -> bool:
    """Whether errors have both signs in turn, as those of rounding, and not those of a formula."""
    with np.errstate(all="ignore"):
        off = found.got - found.expected
    signs = np.sign(off[np.isfinite(off) & (off != 0)])
    if signs.size < FEWEST:
        return False
    rarer = min(np.mean(signs > 0), np.mean(signs < 0))
    return bool(rarer >= MIXED and np.mean(signs[1:] != signs[:-1]) >= TURNS)
