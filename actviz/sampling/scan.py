"""A curve evaluated at every half pixel of a range and at both sides of every switch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.catalogue.values import along, sided, taken
from actviz.errors import UsageError
from actviz.formula.arrays import Array
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.total import total
from actviz.sampling.breaks import Side, Switches, switches

if TYPE_CHECKING:
    from actviz.formula.enclosure.mesh import Subject


@dataclass(frozen=True, eq=False)
class Scan:
    """A curve evaluated at every half pixel; a switch is there twice, with its one-sided limits.

    given: x and y of the components of one vector, which are no curve.
    """

    curve: Curve
    order: int
    lo: float
    hi: float
    width: float
    reference: Curve | None = None
    given: tuple[Array, Array] | None = None

    @cached_property
    def edges(self) -> Array:
        """Where the columns of pixels begin and end."""
        return np.unique(_spread(self.lo, self.hi, 2 * int(self.width) + 1)[::2])

    @cached_property
    def subject(self) -> Subject | None:
        """What is asked of the enclosures; None of a function that they do not know."""
        return None if self.given else _subject(self.curve, self.order, self.reference)

    @cached_property
    def known(self) -> Switches:
        """Where it breaks."""
        if self.given:
            return Switches((), ())
        curves = [self.curve] if self.reference is None else [self.curve, self.reference]
        return switches(curves, self.order, self.lo, self.hi, self.subject, self.at)

    @cached_property
    def switches(self) -> Array:
        return np.array([switch.x for switch in self.known.found], dtype=np.float64)

    @cached_property
    def values(self) -> Array:
        """The values at the switches themselves."""
        return np.array([switch.value for switch in self.known.found], dtype=np.float64)

    @cached_property
    def poles(self) -> tuple[float, ...]:
        return tuple(switch.x for switch in self.known.found if switch.pole)

    @cached_property
    def _samples(self) -> tuple[Array, Array]:
        if self.given:
            return self.given
        even = np.append(
            _spread(self.lo, self.hi, 2 * int(self.width) + 1),
            0.0 if self.lo < 0 < self.hi else self.lo,
        )
        found, at = self.known.found, self.switches
        inner = np.unique(even)
        inner = inner[(inner > self.lo) & (inner < self.hi) & ~np.isin(inner, at)]
        first, last = np.array([self.lo]), np.array([self.hi])
        x = np.concatenate([first, at, inner, at, last])
        left = np.append([switch.left for switch in found], self.at(last, "left"))
        right = np.append(self.at(first, "right"), [switch.right for switch in found])
        y = np.concatenate([right, self.at(inner), left])
        # A stable sort on (x, side) keeps the left limit of a switch before its right limit.
        side = np.concatenate([np.ones(right.size), np.zeros(inner.size), -np.ones(left.size)])
        ordered = np.lexsort((side, x))
        return x[ordered], y[ordered]

    @property
    def x(self) -> Array:
        return self._samples[0]

    @property
    def y(self) -> Array:
        return self._samples[1]

    def at(self, x: Array, side: Side | None = None) -> Array:
        """The values at x; or at switches the one-sided limits, or what is taken at the place."""
        y = _evaluate(self.curve, x, self.order, side)
        if self.reference is None:
            return y
        return _difference(y, _evaluate(self.reference, x, self.order, side))

    def slopes(self, x: Array) -> Array:
        """The derivatives at x; NaN where it breaks, and everywhere if none so high is known."""
        unknown = np.full(x.shape, np.nan)
        if self.given or self.order >= MAXIMUM_ORDER:
            return unknown
        try:
            found = _evaluate(self.curve, x, self.order + 1, None)
            if self.reference is not None:
                found = _difference(found, _evaluate(self.reference, x, self.order + 1, None))
        except UsageError:  # the next derivative is too large to be of use
            return unknown
        return np.where(np.isin(x, self.switches), np.nan, found)


def scan(
    curve: Curve,
    order: int,
    lo: float,
    hi: float,
    width: float = 900.0,
    reference: Curve | None = None,
) -> Scan:
    """Evaluate the curve at every half pixel of the range and at both sides of every switch.

    With a reference the difference from that curve is taken. Raises UsageError for what steps too
    often to be drawn.

    >>> from actviz.catalogue.curve import parse_curves
    >>> from actviz.sampling import refine
    >>> [relu] = parse_curves(["relu"])
    >>> [piece.x.tolist() for piece in refine(scan(relu, 0, -6.0, 6.0), 540.0).pieces]
    [[-6.0, 0.0, 6.0]]
    """
    scanned = Scan(curve, order, lo, hi, width, reference)
    scanned.known  # noqa: B018 - refusals come here
    return scanned


def _subject(curve: Curve, order: int, reference: Curve | None) -> Subject | None:
    from actviz.formula.enclosure.mesh import subject

    activation = curve.activation
    formula = activation.tree(order), activation.parameters
    try:
        if reference is not None:
            from actviz.formula.enclosure.extremes import difference

            other = reference.activation
            return difference(formula, (other.tree(order), other.parameters))
        found = subject(*formula)
    except UsageError:  # the next derivative is too large to be of use
        found = subject(*formula, highest=0)
    whole = not order or total(activation.definition, tuple(activation.parameters.items()))
    return found if whole else replace(found, within=activation.definition)


def _spread(lo: float, hi: float, count: int) -> Array:
    """Evenly spaced points that hit both ends, also where hi - lo overflows."""
    t = np.linspace(0.0, 1.0, count)
    x: Array = lo * (1 - t) + hi * t
    return x


def _evaluate(curve: Curve, x: Array, order: int, side: Side | None) -> Array:
    if side == "at":
        return taken(curve.activation, order, x)
    if side is not None:
        return sided(curve.activation, order, x, side)
    return along(curve.activation, order, x)


def _difference(y: Array, other: Array) -> Array:
    """y - other, and not a number (without a warning) where both are infinite."""
    with np.errstate(all="ignore"):
        return np.asarray(y - other)
