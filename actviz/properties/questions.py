"""What enclosures answer about a function of one number: each question asked once, each bounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import TypeVar

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.errors import UsageError
from actviz.formula.allowance import current
from actviz.formula.arrays import Array
from actviz.formula.breaks import relations, spelled, stepping
from actviz.formula.enclosure.breaks import Breaks, Span, breaks
from actviz.formula.enclosure.breaks import Kind as Broken
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.cut import Bounds
from actviz.formula.enclosure.extremes import Extremes, extremes
from actviz.formula.enclosure.limits import Kind, Limit, limit, limit_beside
from actviz.formula.enclosure.mesh import BUDGET, UNDERFLOW, Subject, subject, vertices
from actviz.formula.enclosure.zeros import Signs, Zeros, signs, zeros
from actviz.formula.expression import COMPARISONS, ONE, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.identity import identical
from actviz.formula.primitives import PERIODS
from actviz.formula.terms import linear
from actviz.properties.extent import Extent, extent
from actviz.properties.factors import less, over_x
from actviz.properties.survey import Survey, survey

HIGHEST = 4  # derivatives that are enclosed
GAP = 1e-13  # of an extremum: a share of the span of all values, or of its own size
WORK = 25_000  # parts of formulas on cells that a question may look at
LEAST = 200  # cells that it may look at, however large the formula is
SOMEWHERE = np.linspace(0.0, 1.0, 64)  # in a period
WIDEST = 1e6  # periods that are longer are of no use
NOWHERE, EVERYWHERE = Subject(()), (-LARGEST, LARGEST)

T = TypeVar("T")


class Questions:
    """A function, what samples show of it, and what is asked about it for every float.

    known: whether it can be enclosed at all; nothing may be asked if not.
    """

    def __init__(self, activation: Activation) -> None:
        self.activation = activation
        self._answers: dict[tuple[object, ...], object] = {}

    @cached_property
    def survey(self) -> Survey:
        return survey(self.activation)

    def seen(self, order: int) -> Extent:
        """The range of a derivative as samples show it."""
        return self.once(("seen", order), lambda: extent(self.survey, order))

    @cached_property
    def _values(self) -> Subject:
        """The formula that values are computed from, and its derivatives."""
        f = self.activation
        tree = f.numeric_tree() if f.settled is f.definition else f.settled
        return _enclosed(f, lambda n: subject(tree, f.parameters, n, f.first_derivative))

    @cached_property
    def _definition(self) -> Subject:
        """The definition, which breaks where the function does, and its derivatives."""
        f = self.activation
        return _enclosed(f, lambda n: subject(f.settled, f.parameters, n, f.first_derivative))

    def period(self, order: int) -> float | None:
        """After what distance the values come again, if x is nowhere but inside of waves."""
        return self.once(("period", order), lambda: _period(self.of(order)))

    def stretch(self, order: int) -> Span:
        """Where one must look to see every value."""
        period = self.period(order)
        if period is not None:
            return -2 * period, 2 * period
        return (order and self._where) or EVERYWHERE

    def knows(self, order: int) -> bool:
        """Whether the derivative of that order can be enclosed, and the one behind it.

        A derivative is where the function is, which is not seen in its own formula: that of log is
        1/x. So it is asked on the stretch where the function is, if there is one. Nothing more is
        asked when most of what is allowed is used up.
        """
        return not current().tired and self.tells(order)

    def tells(self, order: int) -> bool:
        """Whether leading terms may be asked for, which take little."""
        return len(self._values.trees) > order + 1 and (order == 0 or self._where is not None)

    @cached_property
    def _where(self) -> Span | None:
        """The stretch where the function is defined."""
        if COMPARISONS.isdisjoint(relations(spelled(self.activation.definition))):
            return EVERYWHERE
        found = self.breaks(0)
        gaps = [(each.lower, each.upper) for each in found.places if each.kind is Broken.GAP]
        below = [high for low, high in gaps if low == -LARGEST]
        above = [low for low, high in gaps if high == LARGEST]
        if not found.proved or len(gaps) > len(below) + len(above) or EVERYWHERE in gaps:
            return None
        return (below or [-LARGEST])[0], (above or [LARGEST])[0]

    @property
    def connected(self) -> bool:
        """Whether the function is defined on one stretch, but for single places, for sure."""
        return self._where is not None

    @property
    def domain(self) -> Span:
        """The stretch outside of which the function is not defined."""
        return self._where or EVERYWHERE

    @property
    def whole(self) -> bool:
        """Whether the function is defined everywhere."""
        return self._where == EVERYWHERE

    def reaches(self, order: int, side: int) -> bool:
        """Whether values go on to infinity, and are not those of one period again."""
        if self.period(order) is not None:
            return False
        return order == 0 or self._where is None or abs(self._where[side > 0]) == LARGEST

    def encloses(self, order: int) -> bool:
        """Whether the breaks of the derivative of that order can be asked for."""
        return len(self._definition.trees) > order

    def of(self, order: int) -> Subject:
        """A derivative, with what is behind it."""
        last = order + 3 if order < 2 else order + 2  # the last ones are large
        trees, parameters = self._values.trees[order:last], self._values.parameters
        return self.once(("subject", order), lambda: Subject(trees, parameters))

    @cached_property
    def beside_x(self) -> tuple[Subject, bool]:
        """What is 0 at fixed points: f(x)/x - 1, which says nothing of 0 (True), or f(x) - x."""
        tree, parameters = self._values.trees[0], self._values.parameters
        rest = over_x(tree)
        asked = less(tree, X) if rest is None else less(rest, ONE)
        return subject(asked, parameters, 2), rest is not None

    def extremes(self, order: int, asked: tuple[bool, bool], near: Array) -> Extremes:
        f, ends = self.of(order), self.stretch(order)
        return self.once(
            ("extremes", order),
            lambda: extremes(f, *ends, GAP, 2 * budget(f), asked, near, sharp=True),
        )

    def signs(self, order: int) -> Signs:
        f, ends = self.of(order), self.stretch(order)
        return self.once(("signs", order), lambda: signs(f, *ends, budget(f)))

    def zeros(self, order: int) -> Zeros:
        f, ends = self.of(order), (order and self._where) or EVERYWHERE
        return self.once(("zeros", order), lambda: zeros(f, *ends, budget(f)))

    def zeros_within(self, order: int, within: float) -> Zeros:
        """The zeros no farther from 0 than that."""
        if within == math.inf:
            return self.zeros(order)
        f, (lower, upper) = self.of(order), (order and self._where) or EVERYWHERE
        return zeros(f, max(lower, -within), min(upper, within), budget(f))

    def breaks(self, order: int) -> Breaks:
        trees, ends = self._definition.trees[order : order + 2], self.stretch(order)
        f = Subject(trees, self._definition.parameters)
        found = self.once(("breaks", order), lambda: breaks(f, *ends, budget(f)))
        if not order or ends == EVERYWHERE:
            return found
        inner = (each for each in found.places if ends[0] < each.upper and each.lower < ends[1])
        return Breaks(tuple(inner), found.proved)

    def breaks_within(self, reach: float) -> Breaks:
        """Those of the function no farther from 0 than that."""
        if reach == math.inf:
            return self.breaks(0)
        f = Subject(self._definition.trees[:2], self._definition.parameters)
        return self.once(("breaks within", reach), lambda: breaks(f, -reach, reach, budget(f)))

    def edges(self) -> list[tuple[float, int]]:
        """Where the function begins or ends to be defined, and the side on which it is."""
        gaps = (each for each in self.breaks(0).places if each.kind is Broken.GAP)
        sides = ((x, side) for each in gaps for x, side in ((each.lower, -1), (each.upper, 1)))
        return [(x, side) for x, side in sides if abs(x) < LARGEST]

    def limit_at(self, order: int, x: float, side: int) -> Limit:
        """The limit of a derivative at a number from one side."""
        return limit_beside(self._values.trees[order], self._values.parameters, x, side)

    def limit(self, order: int, side: int) -> Limit:
        """The limit of a derivative at inf (side 1) or -inf (-1)."""
        if order and self._where and abs(self._where[side > 0]) < LARGEST:
            return Limit(Kind.NONE)
        return self.once(("limit", order, side), lambda: self._limit(order, side))

    def _limit(self, order: int, side: int) -> Limit:
        """By leading terms; or where it is monotone, by bounds that are 0 but for underflow."""
        found = limit(self._values.trees[order], self._values.parameters, side)
        if found.proved or len(self._values.trees) <= order + 1:
            return found
        f, slope, *_ = self._beyond(order, side)
        low, high = float(f.lower[0]), float(f.upper[0])
        if self._comes_again(order):
            return Limit(Kind.NONE)
        if high - low <= UNDERFLOW and (f.continuous & (slope.positive | slope.negative))[0]:
            return Limit(Kind.VALUE, low, high)
        return found

    def _comes_again(self, order: int) -> bool:
        """Whether it has two different values, and has them again after each period."""
        period = self.period(order)
        if period is None:
            return False
        low, high = self.at(order, period * SOMEWHERE)
        return bool(np.nanmax(low, initial=-math.inf) > np.nanmin(high, initial=math.inf))

    def at(self, order: int, x: Array) -> tuple[Array, Array]:
        """Bounds of a derivative at points, NaN where it may have no value."""
        return self.of(order).at(x)

    def beyond(self, order: int, side: int) -> tuple[float, float]:
        """Bounds of a derivative beyond the largest float."""
        found = self._beyond(order, side)[0]
        return float(found.lower[0]), float(found.upper[0])

    def _beyond(self, order: int, side: int) -> list[Bounds]:
        ends = sorted((side * LARGEST, side * math.inf))
        return self.of(order).on(np.array(ends[:1]), np.array(ends[1:]))

    def begins(self, order: int) -> tuple[Array, list[Bounds]]:
        """The ends of the cells that every question begins with, and the bounds on them."""
        f = self.of(order)
        corners = vertices(f, *self.stretch(order))
        return corners, f.on(corners[:-1], corners[1:])

    def once(self, key: tuple[object, ...], ask: Callable[[], T]) -> T:
        """The answer to a question that is asked once, under a key."""
        if key not in self._answers:
            self._answers[key] = ask()
        found: T = self._answers[key]  # type: ignore[assignment]
        return found


def budget(f: Subject) -> int:
    """The cells that a question about a formula may look at: fewer, the larger it is."""
    size = sum(1 for tree in f.trees for _ in walk(tree))
    return min(BUDGET, max(LEAST, WORK // max(size, 1)))


def _enclosed(activation: Activation, asked: Callable[[int], Subject]) -> Subject:
    """A subject with as many derivatives as are of use; without any formula if it has no bounds."""
    if not activation.elementwise:
        return NOWHERE
    for highest in range(HIGHEST, 0, -1):
        try:
            found = asked(highest)
            found.on(np.zeros(1), np.ones(1))
        except UsageError:
            continue
        except KeyError:
            return NOWHERE
        return found
    return NOWHERE


def _period(f: Subject) -> float | None:
    """The period of a formula of waves or of steps, if it has one that is not long."""
    if not f.trees:
        return None
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in f.parameters.items()}
    tree = rebuild(f.trees[0], values)
    found = _period_of_waves(tree) or _period_of_steps(tree)
    return found if found is not None and found < WIDEST else None


def _period_of_waves(tree: Node) -> float | None:
    """That of a formula in which x stands only in straight lines inside of waves.

    Either none of the lines has pi in its slope, or all are multiples of it: sin(2*pi*x).
    """
    for unit, plain in ((math.pi, tree), (1.0, _over_pi(tree))):
        waves = list[Fraction]()
        if plain is not None and _only_in_waves(plain, waves) and any(waves):
            return unit / float(_common(waves))
    return None


def _over_pi(tree: Node) -> Node | None:
    """A formula with lines whose slopes are multiples of pi, which stands for 1; None if others."""
    found = [rebuild(tree, {Name("pi"): Number(times)}) for times in (1.0, 2.0, 3.0)]
    slopes = [
        [line[0] if (line := linear(part.arguments[0])) else None for part in _waves(each)]
        for each in found
    ]
    multiples = all(
        None not in (a, b, c) and b == 2 * a and c == 3 * a for a, b, c in zip(*slopes, strict=True)
    )
    return found[0] if multiples else None


def _waves(tree: Node) -> list[Apply]:
    return [
        part
        for part in walk(tree)
        if isinstance(part, Apply) and part.head in PERIODS and X in walk(part)
    ]


def _common(rates: Iterable[Fraction]) -> Fraction:
    """The greatest number of which all of these are whole multiples."""
    sizes = [abs(each) for each in rates if each]
    return Fraction(gcd(*(t.numerator for t in sizes)), lcm(*(t.denominator for t in sizes)))


def _period_of_steps(tree: Node) -> float | None:
    """That of a formula which is the same where all of its steps are taken again: x - floor(x)."""
    lines = [linear(place) for place in stepping(spelled(tree))]
    rates = [line[0] for line in lines if line is not None]
    if not any(rates) or None in lines:
        return None
    once = float(1 / _common(rates))
    for period in (once, 2 * once):  # as round does, whose halves are even
        later = rebuild(tree, {X: Apply("+", (X, Number(period)))})
        if identical(later, tree, {}):
            return period
    return None


def _only_in_waves(node: Node, waves: list[Fraction]) -> bool:
    """Whether it is so; waves gets how often, in units of pi, each of them comes again."""
    match node:
        case Apply(head, (u,)) if head in PERIODS and X in walk(u):
            line = linear(u)
            waves.append(line[0] / PERIODS[head] if line else Fraction(0))
            return line is not None
        case Apply(_, arguments):
            return all(_only_in_waves(each, waves) for each in arguments)
    return node is not X
