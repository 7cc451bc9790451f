"""Where a formula is zero, and which signs it has, on an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from actviz.formula.allowance import turn
from actviz.formula.arrays import Array, Truths
from actviz.formula.enclosure.cells import LARGEST, SMALLEST
from actviz.formula.enclosure.cut import Bounds
from actviz.formula.enclosure.limits import limit
from actviz.formula.enclosure.mesh import (
    BUDGET,
    Subject,
    away_from_zero,
    halves,
    largest,
    middles,
    runs,
    splits,
    vertices,
)
from actviz.formula.expression import ZERO, X, rebuild
from actviz.formula.identity import identical

BATCH = 64  # cells looked at together
STEPS = 80  # of the refinement of a zero; Newton's method takes 5, bisection all
TOGETHER = 2.0**-20  # of a place: as near to each other, places in doubt are one
NEAR = 2.0**-45  # of a cell or a place: next to an end
AFAR, MOST_TRIED = 16.0, 8  # from here on a formula may be monotone, by so many tries
MOST_IN_DOUBT = 64  # places that are looked at closely
WIDER = (4.0, 64.0, 1024.0)  # times its width: around a run of cells that stay in doubt


@dataclass(frozen=True)
class Zero:
    """A place where the formula may be 0: between lower and upper, both included.

    single: it is 0 there exactly once, at lower if both are one float; flat: it is 0 all over the
    place, whose ends are known to neighbouring floats. Neither: it may be 0 there any number of
    times, or not at all.
    """

    lower: float
    upper: float
    single: bool
    flat: bool

    def inside(self, other: Zero) -> bool:
        return other.lower <= self.lower and self.upper <= other.upper


@dataclass(frozen=True)
class Zeros:
    """All places of zeros in their order; proved: each is single or flat, and there are no more."""

    places: tuple[Zero, ...]
    proved: bool


@dataclass(frozen=True)
class Signs:
    """A float where the formula is negative and one where it is positive, if there are any.

    proved: where there is None, it is so nowhere on the interval. zero: whether it may be 0.
    """

    negative: float | None
    positive: float | None
    zero: bool
    proved: bool


def zeros(f: Subject, lower: float, upper: float, budget: int = BUDGET) -> Zeros:
    """The zeros on [lower, upper]; where the formula has no value there is none.

    The subject needs the first derivative at least, and has better answers with the second.

    >>> from actviz.formula.enclosure.mesh import subject
    >>> from actviz.formula.parsing import parse
    >>> found = zeros(subject(parse("x**3 - 2*x"), {}, 2), -9.0, 9.0)
    >>> found.proved, [(zero.lower, zero.upper) for zero in found.places][1:]
    (True, [(0.0, 0.0), (1.4142135623730945, 1.4142135623730956)])
    """
    going, search = turn(), _Search(f)
    corners = vertices(f, lower, upper) if lower < upper else np.array([lower])
    search.visit(corners)
    search.look(corners[:-1], corners[1:])
    search.leave()
    while search.open.size and search.looked < budget and going():
        search.refine()
    return search.answer()


def signs(f: Subject, lower: float, upper: float, budget: int = BUDGET) -> Signs:
    """Which signs the formula has on [lower, upper].

    >>> from actviz.formula.enclosure.mesh import subject
    >>> from actviz.formula.parsing import parse
    >>> signs(subject(parse("x**2 - x + 1"), {}), -9.0, 9.0)
    Signs(negative=None, positive=-9.0, zero=False, proved=True)
    """
    corners = vertices(f, lower, upper) if lower < upper else np.array([lower])
    going, found = turn(), dict.fromkeys((-1, 1), None) | _witnesses(f, corners)
    cells, looked, stuck = (corners[:-1], corners[1:]), 0, 0
    zero = bool(_touching(f, corners).any())
    while cells[0].size and looked < budget and going():
        looked += cells[0].size
        bounds = f.on(*cells)[0]
        missing = [sign for sign in (-1, 1) if found[sign] is None]
        may = {-1: _may_be_negative(bounds), 1: _may_be_positive(bounds)}
        doubt = np.zeros(cells[0].shape, dtype=bool)
        for sign in missing:
            doubt |= may[sign]
        zero = zero or bool(bounds.zero[~doubt].any())
        divided = doubt & splits(*cells)
        stuck += int(np.sum(doubt & ~divided))
        lower_ends, upper_ends = cells[0][divided], cells[1][divided]
        middle = middles(lower_ends, upper_ends)
        for sign, place in _witnesses(f, middle).items():
            found[sign] = place if found[sign] is None else found[sign]
        zero = zero or bool(_touching(f, middle).any())
        cells = halves(lower_ends, upper_ends, middle)
    complete = (not cells[0].size and not stuck) or None not in found.values()
    return Signs(found[-1], found[1], zero or not complete, complete)


def _may_be_negative(bounds: Bounds) -> Truths:
    return np.asarray((bounds.lower < 0) & ~np.isnan(bounds.lower))


def _may_be_positive(bounds: Bounds) -> Truths:
    return np.asarray((bounds.upper > 0) & ~np.isnan(bounds.upper))


def _witnesses(f: Subject, x: Array) -> dict[int, float]:
    """A point of each sign among these, where there is one."""
    low, high = f.at(x)
    places = {-1: x[high < 0], 1: x[low > 0]}
    return {sign: float(each[0]) for sign, each in places.items() if each.size}


def _touching(f: Subject, x: Array) -> Truths:
    exact, maybe = f.zero_at(x)
    return exact | maybe


class _Search:
    """What is known of the zeros so far."""

    def __init__(self, f: Subject) -> None:
        self.f, self.looked = f, 0
        self.open = np.zeros((2, 0))  # cells that may hold zeros
        self.stuck: list[tuple[float, float]] = []  # those that no float lies in
        self.single: list[tuple[float, float]] = []  # with exactly one zero inside
        self.flat: list[tuple[float, float]] = []
        self.points: list[float] = []  # where the formula is 0 exactly
        self.doubtful: list[float] = []  # where it may be

    def visit(self, x: Array) -> None:
        """Take zeros at these points."""
        exact, maybe = self.f.zero_at(x)
        self.points += x[exact].tolist()
        self.doubtful += x[maybe].tolist()

    def look(self, lower: Array, upper: Array) -> None:
        """Sort cells by what is known of them."""
        self.looked += lower.size
        if not lower.size:
            return
        found, slope, *_ = self.f.on(lower, upper)
        flat = found.defined & (found.lower == 0) & (found.upper == 0)
        self.flat += zip(lower[flat].tolist(), upper[flat].tolist(), strict=True)
        monotone = found.continuous & slope.defined & ~slope.zero
        left, right = _sign(found.at_left), _sign(found.at_right)
        crossed = monotone & (left * right == -1)
        self.single += zip(lower[crossed].tolist(), upper[crossed].tolist(), strict=True)
        at_end = (found.at_left == 0).all(axis=0) | (found.at_right == 0).all(axis=0)
        none = monotone & ((left * right == 1) | at_end)
        none |= self._at_an_end(found.zero & monotone & ~none & ~crossed, left, right, lower, upper)
        doubt = found.zero & ~flat & ~crossed & ~none
        asked = doubt & ~found.continuous  # one over it is of use beside poles
        doubt[asked] = ~away_from_zero(self.f, lower[asked], upper[asked])
        divided = splits(lower, upper)
        left_over = doubt & ~divided
        self.stuck += zip(lower[left_over].tolist(), upper[left_over].tolist(), strict=True)
        more = np.stack([lower[doubt & divided], upper[doubt & divided]])
        self.open = np.concatenate([self.open, more], axis=1)

    def _at_an_end(
        self, asked: Truths, left: Array, right: Array, lower: Array, upper: Array
    ) -> Truths:
        """Where a monotone formula can be 0 only next to that end whose sign rounding hides.

        Next to it is in doubt then; the cells that meet there are looked at together.
        """
        done = np.zeros(asked.shape, dtype=bool)
        for sign, end, other in ((right, lower, upper), (left, upper, lower)):
            reach = NEAR * np.maximum(np.abs(end), np.abs(other - end))
            with np.errstate(over="ignore"):
                beside = end + np.copysign(reach, other - end)
            here = asked & ~done & (sign != 0) & (np.abs(beside - end) < np.abs(other - end))
            if here.any():
                here[here] = _sign(np.stack(self.f.at(beside[here]))) == sign[here]
                pairs = zip(end[here].tolist(), beside[here].tolist(), strict=True)
                self.stuck += [(min(pair), max(pair)) for pair in pairs]
                done |= here
        return done

    def refine(self) -> None:
        """Split the widest cells that may hold zeros."""
        chosen = largest(self.open[1] - self.open[0], BATCH)
        lower, upper = self.open[:, chosen]
        kept = np.ones(self.open.shape[1], dtype=bool)
        kept[chosen] = False
        self.open = self.open[:, kept]
        middle = middles(lower, upper)
        self.visit(middle)
        self.look(*halves(lower, upper, middle))

    def answer(self) -> Zeros:
        flat = [Zero(low, high, False, True) for low, high in runs(self.flat)]
        ends = {end for zero in flat for end in (zero.lower, zero.upper)}
        left = [cell for cell in self.stuck if ends.isdisjoint(cell)]
        left += [(low, high) for low, high in self.open.T.tolist()]
        left += [(x, x) for x in self.doubtful if x not in ends]
        found = runs(left, TOGETHER)
        for wider in WIDER:
            if 0 < len(found) <= MOST_IN_DOUBT * WIDER[0] / wider:
                found = self._uncrossed(np.array(found), wider)
        doubt = [Zero(*run, False, False) for run in found]
        single = [Zero(*cell, True, False) for cell in ((x, x) for x in set(self.points))]
        for low, high in map(self._at_zero, sorted(self._refined())):
            if not any(zero.upper >= low and zero.lower <= high for zero in single):
                single.append(Zero(low, high, True, False))
        larger = [*flat, *doubt]
        every = larger + [zero for zero in single if not any(map(zero.inside, larger))]
        places = tuple(sorted(every, key=lambda zero: (zero.lower, zero.upper)))
        return Zeros(places, not doubt)

    def _at_zero(self, cell: tuple[float, float]) -> tuple[float, float]:
        """A place around 0 is 0 itself where algebra says so."""
        tree = self.f.trees[0]
        if cell[0] < 0 < cell[1] and identical(rebuild(tree, {X: ZERO}), ZERO, self.f.parameters):
            return 0.0, 0.0
        return cell

    def leave(self) -> None:
        """Drop the cells far out that hold no zero."""
        for far, sign in ((-LARGEST, -1.0), (LARGEST, 1.0)):
            ends = sorted({abs(end) for end in self.open.ravel().tolist() if end * sign >= AFAR})
            ends = ends[:MOST_TRIED] if far in self.open else []
            left = self._leaves(np.array(ends), sign) if ends else np.zeros(0, dtype=bool)
            if left.any():
                end = ends[int(np.argmax(left))]
                beyond = (sign * self.open >= end).all(axis=0)
                self.open = self.open[:, ~beyond]
                self.doubtful = [x for x in self.doubtful if sign * x < end]
                self.stuck = [cell for cell in self.stuck if min(sign * e for e in cell) < end]

    def _leaves(self, ends: Array, sign: float) -> Truths:
        """From where on no x up to the largest float is a zero: monotone towards 0, or its like.

        So it is of gelu' where no number of exponents tells Phi(x) from -x*phi(x).
        """
        there = limit(self.f.trees[0], self.f.parameters, int(sign))
        if not there.proved:
            return np.zeros(ends.shape, dtype=bool)
        outer = np.full(ends.shape, np.inf)
        cells = (ends, outer) if sign > 0 else (-outer, -ends)
        found, slope, *_ = self.f.on(*cells)
        monotone = found.continuous & slope.defined & (slope.positive | slope.negative)
        near = found.at_left if sign > 0 else found.at_right
        alike = ((near[0] > 0) & (there.lower > 0)) | ((near[1] < 0) & (there.upper < 0))
        return np.asarray(monotone & (alike | (there.lower == there.upper == 0)))

    def _uncrossed(self, runs: Array, wider: float) -> list[tuple[float, float]]:
        """Those places in doubt around which the formula is not monotone: else a single zero."""
        size = 2.0**-50 * np.abs(runs).max(axis=1) + SMALLEST
        with np.errstate(over="ignore"):
            reach = np.minimum(wider * (runs[:, 1] - runs[:, 0]) + size, LARGEST)
            low = np.maximum(runs[:, 0] - reach, -LARGEST)
            high = np.minimum(runs[:, 1] + reach, LARGEST)
        found, slope, *_ = self.f.on(low, high)
        monotone = found.continuous & slope.defined & ~slope.zero
        crossed = monotone & (_sign(found.at_left) * _sign(found.at_right) == -1)
        self.single += zip(low[crossed].tolist(), high[crossed].tolist(), strict=True)
        return [(float(low), float(high)) for low, high in runs[~crossed]]

    def _refined(self) -> list[tuple[float, float]]:
        """The single zeros, between neighbouring floats where values tell their signs there."""
        lower, upper = np.array(self.single).reshape(-1, 2).T
        lower, upper = lower.copy(), upper.copy()
        going = np.flatnonzero(splits(lower, upper))
        for _ in range(STEPS):
            if not going.size:
                break
            low, high = _narrowed(self.f, lower[going], upper[going])
            changed = (low > lower[going]) | (high < upper[going])
            lower[going], upper[going] = low, high
            going = going[changed & splits(low, high)]
        return list(zip(lower.tolist(), upper.tolist(), strict=True))


def _sign(bounds: Array) -> Array:
    """The sign of what lies within bounds of shape (2, n), 0 where it is not known."""
    return np.where(bounds[0] > 0, 1.0, np.where(bounds[1] < 0, -1.0, 0.0))


def _narrowed(f: Subject, lower: Array, upper: Array) -> tuple[Array, Array]:
    """Cells with one zero inside, a step of Newton's method and one of bisection narrower."""
    slope = f.on(lower, upper)[1]
    middle = middles(lower, upper)
    low, high = f.at(middle)
    with np.errstate(all="ignore"):
        steps = np.stack([low, high])[:, None] / np.stack([slope.lower, slope.upper])[None]
    steps = steps.reshape(4, -1)
    slack = (np.abs(steps).max(axis=0) + np.abs(middle)) * 2.0**-52
    rising = slope.lower >= 0
    before = np.where(rising, high < 0, low > 0)  # the zero is above the middle
    behind = np.where(rising, low > 0, high < 0)
    with np.errstate(all="ignore"):
        newton = middle - steps.max(axis=0) - slack, middle - steps.min(axis=0) + slack
    new_lower = np.fmax(np.where(before, middle, lower), np.nextafter(newton[0], -np.inf))
    new_upper = np.fmin(np.where(behind, middle, upper), np.nextafter(newton[1], np.inf))
    exact = (low == 0) & (high == 0)
    return np.where(exact, middle, new_lower), np.where(exact, middle, new_upper)
