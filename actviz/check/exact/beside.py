"""Series of what may vanish at the point: its quotients, roots and signs, as they are beside it.

A series c t^k + ... to a power a is c^a |t|^(a k) (1 + ...)^a on a side where c t^k is positive:
there it is a series in t again if a k is whole, else it has as many derivatives, all 0, as a k.
At the point itself a quotient by 0 is undefined, and a root of 0 is told its value alone: it has
the derivatives that both sides agree on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from actviz.check.exact import interval, taylor
from actviz.check.exact.interval import Interval, Undecided, Undefined, point
from actviz.check.exact.taylor import Series, constant

TIE_LENGTH = 5  # coefficients looked at to tell which branch begins beside a tie


@dataclass
class Direction:
    """From where the point is approached: -1 left, 1 right, 0 at the point itself.

    `settle`: the precision is spent, so what cannot be told from 0 counts as 0. `tied` tells that
    at the point something stood on a switch.
    """

    sign: int
    settle: bool
    tied: bool = False

    def sign_of(self, u: Series) -> int:
        """The sign of u just beside the point (or at it)."""
        looked_at = u if self.sign else u[:1]
        k = self.leading(looked_at)
        if k < len(looked_at):
            return self.sign_at(u, k)
        if self.sign and len(u) < TIE_LENGTH:
            raise Undefined
        self.tied |= any(not a.zero for a in u)
        return 0

    def sign_at(self, u: Series, k: int) -> int:
        """The sign of the term t^k of u on this side."""
        return int((u[k].sign or 0) * (self.sign**k if k else 1))

    def leading(self, u: Series) -> int:
        """The index of the first coefficient that is not 0; the length if all are."""
        for k, coefficient in enumerate(u):
            sign = coefficient.sign
            if sign is None and not self.settle:
                raise Undecided
            if sign:
                return k
        return len(u)


def divide(u: Series, v: Series, towards: Direction) -> Series:
    """A quotient, from a side with the power of t that both share left out."""
    k = towards.leading(v) if towards.sign and not v[0].sign else 0
    if k and (k == len(v) or towards.leading(u[:k]) < min(k, len(u))):
        raise Undefined  # a pole, or more terms are needed
    if k >= len(u):
        raise Undefined
    return taylor.divide(u[k:], v[k:])


def square_root(u: Series, towards: Direction) -> Series:
    return _root(u, point(0.5), interval.square_root, towards)


def hypot(u: Series, v: Series, towards: Direction) -> Series:
    squares = taylor.add(taylor.whole_power(u, 2), taylor.whole_power(v, 2))
    return square_root(squares, towards)


def power(u: Series, v: Series, towards: Direction) -> Series:
    """The power as Python and C have it: 0 ** 0 = 1, a negative base only with a whole exponent."""
    fixed = all(a.zero for a in v[1:])
    if fixed and v[0].exact and interval.context().isint(v[0].low):
        return taylor.whole_power(u, int(v[0].low))
    if fixed or not u[0].sign:
        return _root(u, v[0], lambda a: _power_of(a, v[0]), towards)[: len(u) if fixed else 1]
    if u[0].sign != 1:
        raise Undefined
    return taylor.exponential(taylor.multiply(v, taylor.logarithm(u)))


def _power_of(base: Interval, exponent: Interval) -> Interval:
    return interval.exponential(interval.multiply(exponent, interval.logarithm(base)))


def _root(
    u: Series, exponent: Interval, first: Callable[[Interval], Interval], towards: Direction
) -> Series:
    """A series to a broken power; `first` gives that of a number."""
    k = towards.leading(u[: len(u) if towards.sign else 1])
    if k == 0 and u[0].sign == 1:
        return taylor.constant_power(u, first(u[0]), exponent)
    if k == 0 or exponent.sign != 1:
        raise Undefined if k == 0 or exponent.sign is not None else Undecided
    if not towards.sign:
        return (point(0),)
    if k < len(u) and towards.sign_at(u, k) != 1:
        raise Undefined
    whole, vanishing = _least_above(interval.scale(exponent, k), towards)
    nothing = constant(point(0), min(vanishing, len(u)))
    if not whole or k == len(u):  # what begins with t^k or later begins with t^(k*exponent)
        return nothing
    positive = _turned(u[k:], k, towards)
    rest = taylor.constant_power(positive, first(positive[0]), exponent)
    return (nothing + _turned(rest, vanishing, towards))[: len(u)]


def _turned(u: Series, k: int, towards: Direction) -> Series:
    """u times the sign that t^k has on this side."""
    return taylor.negative(u) if towards.sign**k < 0 else u


def _least_above(a: Interval, towards: Direction) -> tuple[bool, int]:
    """Whether a is whole, and the least whole number that is not below it."""
    nearest = int(interval.context().nint(a.low))
    apart = interval.add(a, point(-nearest)).sign
    if apart is None and not towards.settle:
        raise Undecided
    return not apart, nearest + (apart == 1)


def floor(u: Series, towards: Direction) -> Series:
    """The largest whole number that is not above u; at one, the branch that begins beside it."""
    ctx = interval.context()
    if ctx.isinf(u[0].low) or ctx.isinf(u[0].high):
        return constant(Interval(u[0].low - 1, u[0].high), len(u))
    if u[0].high - u[0].low >= 1:
        raise Undecided
    whole = ctx.floor(u[0].high)
    below = towards.sign_of(taylor.subtract(u, constant(point(whole), len(u)))) < 0
    return constant(point(whole - 1 if below else whole), len(u))


DIRECTED: Mapping[str, Callable[..., Series]] = {
    "/": divide,
    "**": power,
    "sqrt": square_root,
    "hypot": hypot,
    "floor": floor,
}

COMPARISONS: Mapping[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}
