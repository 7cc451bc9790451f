"""Intervals with mpmath ends: every result encloses the true number, so that cancellation shows.

An end may be infinite. [huge, inf] means "finite but beyond all bounds"; [inf, inf] is infinity.
mpmath is imported when a context is made, never at the import of this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

GUARD = 12  # bits that mpmath's functions are trusted to, beyond the precision asked for
HUGE_EXPONENT = 1 << 13  # exp(u) is worked out for |u| < 2**8192 and bounded beyond


class Undefined(ArithmeticError):
    """The function has no value here: log of a negative number, 0/0, inf - inf."""


class Undecided(ArithmeticError):
    """The interval is too wide to tell; more precision may."""


@cache
def context() -> Any:
    """The mpmath context of this package, apart from the caller's `mpmath.mp`."""
    import mpmath

    return mpmath.MPContext()


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers from `low` to `high`, both mpf."""

    low: Any
    high: Any

    @property
    def exact(self) -> bool:
        return bool(self.low == self.high)

    @property
    def zero(self) -> bool:
        return not self.low and not self.high

    @property
    def sign(self) -> int | None:
        """-1, 0 or 1 where it is certain, else None."""
        if self.low > 0:
            return 1
        if self.high < 0:
            return -1
        return 0 if self.zero else None


def _interval(low: Any, high: Any) -> Interval:
    if low != low or high != high:
        raise Undefined
    return Interval(low, high)


def point(value: Any) -> Interval:
    """An int, float or mpf as it is, without rounding."""
    number = context().convert(value)
    return _interval(number, number)


def constant(name: str) -> Interval:
    """The constant pi or e, enclosed at the precision in force."""
    value = getattr(context(), name)
    return Interval(value(rounding="f"), value(rounding="c"))


def negative(a: Interval) -> Interval:
    return Interval(-a.high, -a.low)


def add(a: Interval, b: Interval) -> Interval:
    if a.zero or b.zero:
        return b if a.zero else a
    ctx, plus = context(), _arithmetic().mpf_add
    low = ctx.make_mpf(plus(a.low._mpf_, b.low._mpf_, ctx.prec, "f"))
    high = ctx.make_mpf(plus(a.high._mpf_, b.high._mpf_, ctx.prec, "c"))
    return _interval(low, high)


def multiply(a: Interval, b: Interval) -> Interval:
    if a.zero or b.zero:
        if not _infinite(a) and not _infinite(b):
            return point(0)
        raise Undefined
    signs = (a.sign, b.sign)
    if signs in _CORNERS:
        (p, q), (r, s) = ((getattr(a, x), getattr(b, y)) for x, y in _CORNERS[signs])
        return Interval(_product(p, q, "f"), _product(r, s, "c"))
    pairs = [(p, q) for p in (a.low, a.high) for q in (b.low, b.high)]
    return Interval(
        min(_product(p, q, "f") for p, q in pairs), max(_product(p, q, "c") for p, q in pairs)
    )


# The ends whose products are the least and the greatest, by the signs of the factors.
_CORNERS = {
    (1, 1): (("low", "low"), ("high", "high")),
    (1, -1): (("high", "low"), ("low", "high")),
    (-1, 1): (("low", "high"), ("high", "low")),
    (-1, -1): (("high", "high"), ("low", "low")),
}


def _infinite(a: Interval) -> bool:
    return bool(context().isinf(a.low) and context().isinf(a.high) and a.exact)


def _product(p: Any, q: Any, rounding: str) -> Any:
    """p*q rounded down (f) or up (c); an end 0 * inf is 0."""
    ctx = context()
    if not (p and q):
        return ctx.zero
    return ctx.make_mpf(_arithmetic().mpf_mul(p._mpf_, q._mpf_, ctx.prec, rounding))


@cache
def _arithmetic() -> Any:
    """mpmath's own arithmetic, without the reading of keywords that takes half of its time."""
    from mpmath import libmp

    return libmp


def reciprocal(a: Interval) -> Interval:
    if a.zero:
        raise Undefined
    if a.sign is None:
        raise Undecided
    divide = context().fdiv
    return Interval(divide(1, a.high, rounding="f"), divide(1, a.low, rounding="c"))


def scale(a: Interval, numerator: int, denominator: int = 1) -> Interval:
    """`a` times a fraction."""
    whole = multiply(a, point(numerator))
    if denominator == 1:
        return whole
    divide = context().fdiv
    return Interval(
        divide(whole.low, denominator, rounding="f"), divide(whole.high, denominator, rounding="c")
    )


def square_root(a: Interval) -> Interval:
    if a.high < 0:
        raise Undefined
    root = context().sqrt
    low = root(a.low, rounding="f") if a.low > 0 else context().zero
    return Interval(low, root(a.high, rounding="c"))


def increasing(function: Any, a: Interval) -> Interval:
    """The image of `a` under an increasing mpmath function."""
    low = function(a.low)
    high = low if a.exact else function(a.high)
    return _widened(low, high)


def saturating(function: Any, a: Interval) -> Interval:
    """As `increasing`, for a function that is +-1 to the last bit long before the ends of `a`."""
    limit = context().ldexp(1, HUGE_EXPONENT)
    return increasing(
        function, Interval(*(max(-limit, min(end, limit)) for end in (a.low, a.high)))
    )


def _widened(low: Any, high: Any) -> Interval:
    """Outward by the error that the mpmath functions may have."""
    ctx = context()
    slack = ctx.ldexp(1, GUARD - ctx.prec)
    return _interval(
        ctx.fsub(low, abs(low) * slack if ctx.isfinite(low) else 0, rounding="f"),
        ctx.fadd(high, abs(high) * slack if ctx.isfinite(high) else 0, rounding="c"),
    )


def wave(function: Any, a: Interval) -> Interval:
    """The image of `a` under sin or cos, whose slope is at most 1."""
    ctx = context()
    if ctx.isinf(a.low) and a.exact:
        raise Undefined
    if a.zero:
        return point(function(0))
    if max(abs(a.low), abs(a.high)) > ctx.ldexp(1, HUGE_EXPONENT):
        raise Undecided  # not [-1, 1]: what that is multiplied with would pass for 0
    middle = (a.low + a.high) / 2 if not a.exact else a.low
    spread = ctx.fsub(a.high, a.low, rounding="c")
    near = _widened(function(middle), function(middle))
    return Interval(max(near.low - spread, ctx.mpf(-1)), min(near.high + spread, ctx.mpf(1)))


def exponential(a: Interval) -> Interval:
    ctx = context()
    if a.zero:
        return point(1)
    huge = ctx.ldexp(1, HUGE_EXPONENT)
    bound = ctx.ldexp(1, 1 << 64)
    if a.low > huge:
        return Interval(bound, ctx.inf)
    if a.high < -huge:
        return Interval(ctx.zero, 1 / bound)
    low = _exp(a.low) if a.low >= -huge else ctx.zero
    high = (low if a.exact else _exp(a.high)) if a.high <= huge else ctx.inf
    return _widened(low, high)


def _exp(u: Any) -> Any:
    """exp(u) as 2**n exp(u - n ln 2): mpmath's own way takes seconds for a huge whole number."""
    ctx = context()
    if ctx.isinf(u):
        return ctx.inf if u > 0 else ctx.zero
    if not u or ctx.mag(u) < 32:
        return ctx.exp(u)
    with ctx.extraprec(ctx.mag(u) + 10):
        n = int(ctx.nint(u / ctx.ln2))
        rest = u - n * ctx.ln2
    return ctx.ldexp(ctx.exp(rest), n)


def logarithm(a: Interval) -> Interval:
    ctx = context()
    if a.high < 0:
        raise Undefined
    if a.zero:
        return Interval(ctx.ninf, ctx.ninf)
    low = ctx.log(a.low) if a.low > 0 else ctx.ninf
    return _widened(low, low if a.exact else ctx.log(a.high))


def error_function_complement(a: Interval) -> Interval:
    """The image under erfc; far out, where mpmath gives up, from (1 - 1/(2u^2)) b < erfc(u) < b.

    The bound b is exp(-u^2)/(u sqrt(pi)).
    """
    ctx = context()
    if a.low <= 0 or ctx.mag(a.low) < 100:
        return negative(saturating(lambda u: -ctx.erfc(u), a))
    above = multiply(exponential(negative(multiply(a, a))), reciprocal(a))
    above = multiply(above, reciprocal(square_root(constant("pi"))))
    return Interval(above.low * (1 - ctx.ldexp(1, -200)), above.high)
