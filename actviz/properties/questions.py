"""What enclosures answer about a function of one number: each question asked once, each bounded."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import TypeVar

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.errors import UsageError
from actviz.formula.algebra import linear
from actviz.formula.arrays import Array
from actviz.formula.enclosure.breaks import Breaks, breaks
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.cut import Bounds
from actviz.formula.enclosure.extremes import Extremes, extremes
from actviz.formula.enclosure.limits import Limit, limit
from actviz.formula.enclosure.mesh import BUDGET, Subject, subject
from actviz.formula.enclosure.zeros import Signs, Zeros, signs, zeros
from actviz.formula.expression import ONE, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.primitives import PERIODS
from actviz.properties.extent import Extent, extent
from actviz.properties.factors import less, over_x
from actviz.properties.survey import Survey, survey

HIGHEST = 4  # derivatives that are enclosed
GAP = 1e-13  # of an extremum: a share of the span of all values, or of its own size
WORK = 25_000  # parts of formulas on cells that a question may look at
LEAST = 200  # cells that it may look at, however large the formula is
SCALES = np.append(
    np.exp2([0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512, 1023]), math.inf
)
WIDEST = 1e6  # periods that are longer are of no use
NOWHERE = Subject(())

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
        return _enclosed(
            f, lambda n: subject(f.numeric_tree(), f.parameters, n, f.first_derivative)
        )

    @cached_property
    def _definition(self) -> Subject:
        """The definition, which breaks where the function does, and its derivatives."""
        f = self.activation
        return _enclosed(f, lambda n: subject(f.definition, f.parameters, n, f.first_derivative))

    def period(self, order: int) -> float | None:
        """After what distance the values come again, if x is nowhere but inside of waves."""
        return self.once(("period", order), lambda: _period(self.of(order)))

    def _reach(self, order: int) -> float:
        """How far out one must look to see every value."""
        period = self.period(order)
        return LARGEST if period is None else 2 * period

    def knows(self, order: int) -> bool:
        """Whether the derivative of that order can be enclosed, and the one behind it."""
        return len(self._values.trees) > order + 1

    def encloses(self, order: int) -> bool:
        """Whether the breaks of the derivative of that order can be asked for."""
        return len(self._definition.trees) > order

    def of(self, order: int) -> Subject:
        """A derivative, with what is behind it."""
        return Subject(self._values.trees[order : order + 3], self._values.parameters)

    @cached_property
    def beside_x(self) -> tuple[Subject, bool]:
        """What is 0 at fixed points: f(x)/x - 1, which says nothing of 0 (True), or f(x) - x."""
        tree, parameters = self._values.trees[0], self._values.parameters
        rest = over_x(tree)
        asked = less(tree, X) if rest is None else less(rest, ONE)
        return subject(asked, parameters, 2), rest is not None

    def extremes(self, order: int, asked: tuple[bool, bool]) -> Extremes:
        f, reach = self.of(order), self._reach(order)
        return self.once(
            ("extremes", order), lambda: extremes(f, -reach, reach, GAP, budget(f), asked)
        )

    def signs(self, order: int) -> Signs:
        f, reach = self.of(order), self._reach(order)
        return self.once(("signs", order), lambda: signs(f, -reach, reach, budget(f)))

    def zeros(self, order: int) -> Zeros:
        f = self.of(order)
        return self.once(("zeros", order), lambda: zeros(f, -LARGEST, LARGEST, budget(f)))

    def zeros_within(self, order: int, within: float) -> Zeros:
        """The zeros no farther from 0 than that."""
        f = self.of(order)
        return zeros(f, -within, within, budget(f)) if within < math.inf else self.zeros(order)

    def breaks(self, order: int) -> Breaks:
        trees, reach = self._definition.trees[order : order + 2], self._reach(order)
        f = Subject(trees, self._definition.parameters)
        return self.once(("breaks", order), lambda: breaks(f, -reach, reach, budget(f)))

    def limit(self, order: int, side: int) -> Limit:
        """The limit of a derivative at inf (side 1) or -inf (-1)."""
        f = self._values
        return self.once(("limit", order, side), lambda: limit(f.trees[order], f.parameters, side))

    def at(self, order: int, x: Array) -> tuple[Array, Array]:
        """Bounds of a derivative at points, NaN where it may have no value."""
        return self.of(order).at(x)

    def beyond(self, order: int, side: int) -> tuple[float, float]:
        """Bounds of a derivative beyond the largest float."""
        ends = sorted((side * LARGEST, side * math.inf))
        found = self.of(order).on(np.array(ends[:1]), np.array(ends[1:]))[0]
        return float(found.lower[0]), float(found.upper[0])

    def outwards(self, order: int, x: float) -> list[Bounds]:
        """Bounds of a derivative and those behind it on cells from x to the outermost float."""
        with np.errstate(over="ignore"):
            ends = np.unique(np.clip(x * SCALES, -LARGEST, LARGEST))
        return self.of(order).on(ends[:-1], ends[1:])

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
    """The period of a formula in which x stands only in straight lines inside of waves."""
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in f.parameters.items()}
    waves = list[Fraction]()
    if not f.trees or not _only_in_waves(rebuild(f.trees[0], values), waves) or not any(waves):
        return None
    turns = [abs(each) for each in waves if each]
    slowest = Fraction(gcd(*(t.numerator for t in turns)), lcm(*(t.denominator for t in turns)))
    found = math.pi / float(slowest)
    return found if found < WIDEST else None


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
