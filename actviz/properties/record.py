"""All properties of a function as one record, each found when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.kind import require_number
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.breakpoints import Breakpoint
from actviz.properties import bends, breaking, cost, parity, solutions, tails
from actviz.properties.divergence import diverging
from actviz.properties.ends import range_of
from actviz.properties.extent import Extent
from actviz.properties.gaussian import Moments, gain, moments
from actviz.properties.inflections import inflections
from actviz.properties.proof import Known, Proof
from actviz.properties.questions import Questions
from actviz.properties.roots import Roots

CENTRED = 1e-9  # a mean smaller than this beside E |f(z)| is 0
WORK = 250_000  # steps of balls, about a second
BOUNDS = 2.5e7  # steps of enclosures, more than a second
OF_MEANS = 5  # the share of each that means have beside: one in so many
FARTHEST = 1e4  # breakpoints that are known so far out are all

Pair = tuple[float, float]
T = TypeVar("T")

# What is proven, or not: each as a question to enclosures, by its name.
FACTS: dict[str, Callable[[Questions], Known[Any]]] = {
    "range": lambda q: range_of(q, 0).extent,
    "derivative_range": lambda q: range_of(q, 1).extent,
    "limits": lambda q: tails.limits(q, 0),
    "derivative_limits": lambda q: tails.limits(q, 1),
    "zeros": solutions.zeros,
    "fixed_points": solutions.fixed_points,
    "inflection_points": inflections,
    "monotone": bends.monotone,
    "parity": parity.parity,
    "convexity": bends.convexity,
    "bounded": breaking.bounded,
    "smoothness": breaking.smoothness,
    "saturation": tails.saturation,
    "flat": tails.flat,
    "lipschitz": breaking.lipschitz,
}


class Properties:
    """What a function of one number is like; everything is computed from its formula, once.

    NaN is a number that does not exist (the limit of sin, the slope's threshold of relu), inf one
    that is infinite. What FACTS has a question for is None where it is not known, and `proved`
    says how sure it is.
    """

    def __init__(self, activation: Activation, measure: bool = False) -> None:
        self.name = activation.name
        self._asked, self._measured = Questions(activation), measure
        self._work = Allowance(WORK, bounds=BOUNDS)

    def known(self, name: str) -> Known[Any] | None:
        """A fact of FACTS, and how sure it is; None of what is none of them."""
        if name not in FACTS:
            return None
        if self._nowhere:
            return Known(None, False)
        with allowed(self._work), np.errstate(all="ignore"):
            return self._asked.once(("fact", name), lambda: FACTS[name](self._asked))

    @cached_property
    def _nowhere(self) -> bool:
        """Whether no sample of it has a value, so that there is nothing to be told."""
        with np.errstate(all="ignore"):
            return not np.isfinite(self._asked.survey.y[0]).any()

    def proved_of(self, name: str) -> Proof:
        """How sure a fact is."""
        known = self.known(name)
        return known is not None and known.proof

    @property
    def proved(self) -> dict[str, Proof]:
        """How sure each fact is: True, False or 'rounding'."""
        return {name: known.proof for name in FACTS if (known := self.known(name))}

    def _fact(self, name: str, kind: type[T]) -> T | None:
        known = self.known(name)
        return known.value if known and isinstance(known.value, kind) else None

    @property
    def range(self) -> Extent | None:
        """Of f."""
        return self._fact("range", Extent)

    @property
    def derivative_range(self) -> Extent | None:
        """Of f', with the value taken at a kink."""
        return self._fact("derivative_range", Extent)

    @property
    def limits(self) -> Pair | None:
        """Of f at -inf and inf; NaN where there is none."""
        return self._fact("limits", tuple)

    @property
    def derivative_limits(self) -> Pair | None:
        """Of f'."""
        return self._fact("derivative_limits", tuple)

    @property
    def zeros(self) -> Roots | None:
        """F(x) = 0."""
        return self._fact("zeros", Roots)

    @property
    def fixed_points(self) -> Roots | None:
        """F(x) = x."""
        return self._fact("fixed_points", Roots)

    @property
    def inflection_points(self) -> Roots | None:
        """Where the curvature changes its sign."""
        return self._fact("inflection_points", Roots)

    @property
    def monotone(self) -> str | None:
        """'[strictly ]increasing', '[strictly ]decreasing', 'constant', 'neither'."""
        return self._fact("monotone", str)

    @property
    def parity(self) -> str | None:
        """'odd', 'even', 'both', 'neither'."""
        return self._fact("parity", str)

    @property
    def convexity(self) -> str | None:
        """'convex', 'concave', 'both', 'neither'."""
        return self._fact("convexity", str)

    @property
    def bounded(self) -> str | None:
        """'below', 'above', 'both', 'neither'."""
        return self._fact("bounded", str)

    @property
    def smoothness(self) -> int | None:
        """-1 discontinuous, k: f to f^(k) are continuous, 4: nothing breaks to order 4."""
        return self._fact("smoothness", int)

    @property
    def saturation(self) -> tuple[str, str] | None:
        """Left and right: 'hard' (constant), 'soft' (a limit), 'none'."""
        return self._fact("saturation", tuple)

    @property
    def lipschitz(self) -> float | None:
        """The supremum of |f'|; inf at a jump."""
        return self._fact("lipschitz", float)

    @cached_property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """Where it breaks: at its switches, and what enclosures find beside them."""
        with allowed(Allowance(WORK)):  # of its own, so that as much is left for the facts
            found = self._asked.survey.breakpoints
        with allowed(self._work):
            more = breaking.between(self._asked, [point.x for point in found])
        return tuple(sorted((*found, *more), key=lambda point: point.x))

    @property
    def flat(self) -> Pair | None:
        """|f'| < 0.01 for x below the first and above the second, or NaN."""
        return self._fact("flat", tuple)

    @property
    def mean(self) -> float | None:
        """E f(z), z ~ N(0, 1); inf or -inf if it diverges, None if it is not known."""
        return self._moments.mean

    @property
    def second_moment(self) -> float | None:
        """E f(z)^2."""
        return self._moments.second

    @property
    def derivative_second_moment(self) -> float | None:
        """E f'(z)^2, jumps of f left out."""
        return self._moments.derivative_second

    @property
    def gain(self) -> float | None:
        """1/sqrt(E f(z)^2), which keeps the size of values from layer to layer."""
        return gain(self.second_moment)

    @property
    def derivative_gain(self) -> float | None:
        """1/sqrt(E f'(z)^2), which keeps that of gradients; inf if f' = 0."""
        return gain(self.derivative_second_moment)

    def breaks_at(self, order: int) -> tuple[float, ...]:
        """Where a derivative breaks: the breakpoints, or what enclosures find near 0."""
        seen = tuple(point.x for point in self.breakpoints if point.order == order)
        return seen or tuple(
            (place.lower if place.lower > 0 else place.upper)
            for place in self._asked.breaks(order).places
            if place.kind in breaking.BREAKING
        )

    @property
    def breakpoints_within(self) -> float:
        """Inf, or how far from 0 they are told if there are very many."""
        reach = self._asked.survey.reach
        return reach if reach <= FARTHEST else math.inf

    @cached_property
    def _moments(self) -> Moments:
        share = Allowance(WORK // OF_MEANS, bounds=BOUNDS / OF_MEANS)
        with allowed(self._work):
            endless = diverging(self._asked)
        with allowed(share):
            found = moments(self._asked, endless)
        return replace(found, mean=0.0) if found.mean is None and self._balanced else found

    @property
    def _balanced(self) -> bool:
        """Whether its mean is 0 since it is odd and bounded."""
        odd = self.parity == "odd" and self.proved_of("parity") is True
        return odd and self.bounded == "both" and self.proved_of("bounded") is True

    @property
    def zero_centred(self) -> bool | None:
        """Whether the mean is 0."""
        means = self._moments
        if means.mean is None or (means.size == 0 and self._asked.survey.y[0].any()):
            return None  # or too small to be told
        return abs(means.mean) <= CENTRED * means.size < math.inf

    @cached_property
    def operations(self) -> Mapping[str, int]:
        """Elementary operations of one value, by kind."""
        return cost.operations(self._asked.activation)

    @property
    def cost(self) -> int:
        """The number of elementary operations of one value."""
        return sum(self.operations.values())

    @cached_property
    def nanoseconds(self) -> float | None:
        """Measured for one value, if asked for."""
        return cost.nanoseconds(self._asked.activation) if self._measured else None


def properties(activation: Activation, measure: bool = False) -> Properties:
    """The properties of a function of one number; with measure the time of a value, too.

    Raises UsageError for a function of a vector, and for what switches without end around 0.

    >>> import actviz
    >>> silu = properties(actviz.get("silu"))
    >>> round(silu.range.lower, 8), round(silu.range.lower_at, 5), silu.monotone
    (-0.27846454, -1.27846, 'neither')
    >>> silu.proved["range"]
    True
    """
    require_number(activation, "its properties are not those of a function of one number")
    found = Properties(activation, measure)
    found.breakpoints  # noqa: B018 - what cannot be looked at is refused here
    return found
