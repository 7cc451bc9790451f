"""The least and greatest value of a formula on an interval, with a gap that is certified."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from actviz.formula.algebra import build, simplify
from actviz.formula.allowance import turn
from actviz.formula.arrays import Array, Truths
from actviz.formula.enclosure.mesh import (
    BEYOND,
    BUDGET,
    ROUNDING,
    UNDERFLOW,
    Subject,
    halves,
    largest,
    middles,
    splits,
    subject,
    vertices,
)
from actviz.formula.enclosure.orders import is_short, named
from actviz.formula.expression import Formula, Name, Node, Number, rebuild

LESS = 2.0**-20  # of what others exceed the best value by: what is no more can wait
OPEN = 4  # times what rounding leaves open at a place, it may leave open beside it
BATCH = 12  # cells looked at together for each of the two
NOWHERE = np.zeros(0)
AROUND = np.exp2([-27.0, -20.0, -12.0, -5.0])  # of a place: how far from it cells end
AROUND = np.concatenate([-AROUND, AROUND])


@dataclass(frozen=True)
class Extremum:
    """A greatest value: at the float x the formula is at least `value`, nowhere beyond `bound`.

    Of a least value the same the other way round. x is None and value NaN where no value was found.
    proved: whether the gap between the two is no larger than was asked for; both are infinite where
    the formula is beyond every float. rounding: how far apart the bounds of the formula at x are.
    """

    x: float | None
    value: float
    bound: float
    proved: bool
    rounding: float = 0.0

    @property
    def slack(self) -> float:
        """What is no more than rounding beside it."""
        return 2 * OPEN * self.rounding


@dataclass(frozen=True)
class Extremes:
    """The least and the greatest value."""

    least: Extremum
    greatest: Extremum

    @property
    def proved(self) -> bool:
        return self.least.proved and self.greatest.proved


def extremes(
    f: Subject,
    lower: float,
    upper: float,
    gap: float = 1e-3,
    budget: int = BUDGET,
    asked: tuple[bool, bool] = (True, True),
    near: Array = NOWHERE,
    sharp: bool = False,
) -> Extremes:
    """The least and greatest value on [lower, upper], each with a gap of that share of the span.

    Where the formula has no value it is passed over. Ends in the budget, if need be not proved.
    asked: which of the two is wanted; of one alone the gap is a share of its own size. near: where
    the two may be, if something is known of that. sharp: each gap is a share of the value's own
    size, however far apart the two are, or what rounding leaves open where it is found.

    >>> from actviz.formula.parsing import parse
    >>> from actviz.formula.enclosure.mesh import subject
    >>> peak = subject(parse("exp(-1e10*(x-1.2345)**2)"), {})
    >>> found = extremes(peak, -100.0, 100.0)
    >>> found.greatest.proved, round(found.greatest.bound, 2)
    (True, 1.0)
    """
    going, search = turn(), _Search(f, gap, asked, sharp)
    corners = vertices(f, lower, upper) if lower < upper else np.array([lower])
    search.look(corners[:-1], corners[1:], corners)
    search.cut(near)
    while not search.done() and search.looked < budget and going():
        if not search.refine():
            break
    return search.answer()


class _Search:
    """The cells that may still hold a more extreme value, searched for both at once.

    All is told of f and of -f, row by row, so that both are a greatest value.
    """

    def __init__(self, f: Subject, gap: float, asked: tuple[bool, bool], sharp: bool) -> None:
        self.f, self.gap, self.sharp = f, gap, sharp
        self.asked = np.array(asked[::-1])
        self.lower, self.upper, self.most = np.zeros(0), np.zeros(0), np.zeros((2, 0))
        self.best, self.at = np.full(2, -np.inf), np.full(2, np.nan)
        self.width = np.zeros(2)  # of the bounds where the best value was found
        self.typical = 0.0  # the size of values at the first points
        self.beyond = np.full(2, -np.inf)  # the bounds of cells that are not looked at again
        self.looked = 0

    def look(self, lower: Array, upper: Array, points: Array) -> None:
        """Take these cells into the search, and the values at these points."""
        self._visit(points)
        self.looked += lower.size
        if not lower.size:
            return
        found = self.f.on(lower, upper)[0]
        self._pole(found.lower, found.upper, lower, upper)
        most = np.stack([found.upper, -found.lower])
        somewhere = ~np.isnan(most[0])
        self.lower = np.concatenate([self.lower, lower[somewhere]])
        self.upper = np.concatenate([self.upper, upper[somewhere]])
        self.most = np.concatenate([self.most, most[:, somewhere]], axis=1)

    def cut(self, near: Array) -> None:
        """Split cells around places at which an extremum may be, into ever smaller ones."""
        steps = np.multiply.outer(np.where(near == 0, 1.0, np.abs(near)), AROUND)
        points = np.unique(np.concatenate([near, (near[:, None] + steps).ravel()]))
        inside = (self.lower[:, None] < points) & (points < self.upper[:, None])
        cut = inside.any(axis=1)
        points = points[inside.any(axis=0)]
        if not points.size:
            return
        ends = np.unique(np.concatenate([self.lower[cut], self.upper[cut], points]))
        cells = np.stack([ends[:-1], ends[1:]])
        middle = cells.mean(axis=0)
        held = ((self.lower[cut, None] < middle) & (middle < self.upper[cut, None])).any(axis=0)
        self.lower, self.upper = self.lower[~cut], self.upper[~cut]
        self.most = self.most[:, ~cut]
        self.look(cells[0, held], cells[1, held], points)

    def _visit(self, points: Array) -> None:
        low, high = self.f.at(points)
        if not self.looked:
            sizes = np.abs(low[np.isfinite(low)])
            self.typical = float(np.median(sizes)) if sizes.size else 0.0
        for row, sure in enumerate((low, -high)):
            sure = np.where(np.isfinite(sure), sure, -np.inf)
            best = int(np.argmax(sure)) if sure.size else 0
            if sure.size and sure[best] > self.best[row]:
                self.best[row], self.at[row] = sure[best], points[best]
                self.width[row] = opening(low[best], high[best])

    def _pole(self, least: Array, most: Array, lower: Array, upper: Array) -> None:
        """Where the formula is beyond every float."""
        for row, (sure, end) in enumerate(((least, most), (-most, -least))):
            beyond = np.flatnonzero((sure >= BEYOND) & (end == np.inf))
            if beyond.size:
                near = min(lower[beyond[0]], upper[beyond[0]], key=abs)
                self.best[row], self.at[row] = np.inf, near

    def tolerance(self) -> Array:
        """The gap that is allowed for each: a share of the span, of its own size if that is inf."""
        sizes = np.where(np.isfinite(self.best), np.abs(self.best), 0.0)
        if self.sharp:
            least = np.maximum(self.gap * sizes, UNDERFLOW)
            return np.asarray(np.maximum(least, OPEN * self.rounding()))
        endless = bool(
            not self.asked.all()
            or np.isinf(self.best).any()
            or (self.beyond == np.inf).any()
            or np.isinf(self.most).any()
        )
        share = self.gap * sizes if endless else np.sum(self.gap * self.best)
        return np.asarray(np.maximum(np.maximum(share, ROUNDING * sizes), UNDERFLOW))

    def rounding(self) -> Array:
        """What the bounds leave open at each best value, no more than is little beside others."""
        sizes = np.abs(self.best[np.isfinite(self.best)])
        return np.minimum(self.width, self.gap * max(self.typical, float(np.sum(sizes))))

    def open(self) -> Truths:
        """The cells in which there may be more than was found, of each row."""
        with np.errstate(over="ignore"):
            limit = self.best + self.tolerance()
        return np.asarray((self.most > limit[:, None]) & self.asked[:, None])

    def done(self) -> bool:
        return not self.open().any()

    def refine(self) -> bool:
        """Split the most promising cells; False if there are none that a float lies in."""
        self._drop(~self.open().any(axis=0) | ~splits(self.lower, self.upper))
        keys = self._keys()
        chosen = np.unique(np.concatenate([largest(row, BATCH) for row in keys]))
        chosen = chosen[
            np.isfinite(keys[:, chosen]).any(axis=0) | (keys[:, chosen] > 0).any(axis=0)
        ]
        if not chosen.size:
            return False
        lower, upper = self.lower[chosen], self.upper[chosen]
        kept = np.ones(self.lower.size, dtype=bool)
        kept[chosen] = False
        self.lower, self.upper, self.most = self.lower[kept], self.upper[kept], self.most[:, kept]
        middle = middles(lower, upper)
        self.look(*halves(lower, upper, middle), middle)
        return True

    def _keys(self) -> Array:
        """The bounds of cells that are worth a look: of those that others exceed by far, none."""
        keys = np.where(self.open(), self.most, -np.inf)
        more = keys - self.best[:, None]
        most = np.max(more, axis=1, initial=0.0, where=np.isfinite(more))
        return np.where(more >= LESS * most[:, None], keys, -np.inf)

    def _drop(self, gone: Truths) -> None:
        if gone.any():
            self.beyond = np.maximum(self.beyond, self.most[:, gone].max(axis=1))
            kept = ~gone
            self.lower, self.upper = self.lower[kept], self.upper[kept]
            self.most = self.most[:, kept]

    def answer(self) -> Extremes:
        bound = np.maximum(self.beyond, self.most.max(axis=1, initial=-np.inf))
        bound = np.maximum(bound, self.best)
        tolerance, rounding = self.tolerance(), self.rounding()
        greatest, least = (
            _told(self.at[row], sign * self.best[row], sign * bound[row],
                  bool(bound[row] - tolerance[row] <= self.best[row]), rounding[row])
            for row, sign in enumerate((1.0, -1.0))
        )  # fmt: skip
        return Extremes(least, greatest)


def opening(low: float, high: float) -> float:
    """What rounding leaves open between two bounds at a point; 0 if one of them says nothing."""
    return high - low if math.isfinite(high - low) else 0.0


def _told(x: float, value: float, bound: float, proved: bool, rounding: float) -> Extremum:
    """An answer in plain floats; none where no value was found."""
    if math.isnan(x):
        return Extremum(None, math.nan, float(bound), False)
    return Extremum(float(x), float(value), float(bound), proved, float(rounding))


@dataclass(frozen=True)
class Largest:
    """The largest |f - g|: at the float x at least `difference`, nowhere more than `bound`."""

    x: float | None
    difference: float
    bound: float
    proved: bool


def largest_difference(
    f: Formula, g: Formula, lower: float, upper: float, gap: float = 1e-6, budget: int = BUDGET
) -> Largest:
    """How far two formulas, each with its parameters, are apart on [lower, upper].

    Where one of them has no value it is passed over.

    >>> from actviz.formula.parsing import parse
    >>> f, g = (parse("sin(x)"), {}), (parse("a*x"), {"a": 1.0})
    >>> found = largest_difference(f, g, -1.0, 1.0)
    >>> round(found.bound, 6), abs(found.x), found.proved
    (0.158529, 1.0, True)
    """
    found = extremes(difference(f, g), lower, upper, gap / 2, budget)
    sides = ((found.least, -1.0), (found.greatest, 1.0))
    known = [(max(sign * side.value, 0.0), side.x) for side, sign in sides if side.x is not None]
    bound = max(abs(side.bound) for side, _ in sides)
    if not known:
        return Largest(None, math.nan, bound, False)
    most, x = max(known, key=lambda each: each[0])
    proved = bound - most <= max(gap, ROUNDING) * bound < math.inf
    return Largest(x, most, bound, proved or bound == math.inf == most)


def difference(f: Formula, g: Formula, highest: int = 1) -> Subject:
    """f - g and its derivatives up to that order; like terms are gone."""
    sides, parameters = list[Node](), dict[str, float]()
    for mark, (node, given) in zip("fg", (f, g), strict=True):
        names: dict[Node, Node] = {Name(name): Name(f"{name} of {mark}") for name in given}
        names |= {Name(name): Number(value) for name, value in given.items() if is_short(value)}
        sides.append(rebuild(node, names))
        parameters |= {f"{name} of {mark}": value for name, value in given.items()}
    (left, right), decimals = named(sides)
    node = build("-", (simplify(left), simplify(right)))
    return subject(node, {**parameters, **decimals}, highest)
