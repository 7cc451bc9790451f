"""Balls: whole numbers with a bound of their error, times a power of two; arithmetic with them.

A ball holds the true number for certain. Nothing here is fast: it serves the few points for which
no fixed number of digits is enough.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

BELOW_ALL = -(1 << 60)  # the top of 0
BEYOND = 20_000  # bits that an error has more than what it is an error of
MOST_BITS = 1 << 20  # that a number is shifted by
RADIUS_BITS = 32  # of a radius: more digits of an error tell nothing


class Ball(NamedTuple):
    """All numbers from (middle - radius) to (middle + radius), times 2**exponent."""

    middle: int
    radius: int
    exponent: int

    @property
    def size(self) -> int:
        """The largest of its numbers, times 2**-exponent."""
        return abs(self.middle) + self.radius

    @property
    def top(self) -> int:
        """The exponent of a power of two that no number in it reaches."""
        return self.size.bit_length() + self.exponent if self.size else BELOW_ALL

    @property
    def sign(self) -> int | None:
        """That of all its numbers, if they have one."""
        if self.middle == self.radius == 0:
            return 0
        if abs(self.middle) <= self.radius:
            return None
        return 1 if self.middle > 0 else -1

    @property
    def exact(self) -> bool:
        return not self.radius


class Unknown(Exception):
    """So many digits tell nothing of a number: it may be anything."""


class Endless(Unknown):
    """No number of digits would tell: an infinity, or beyond what memory holds."""


class Turned(Unknown):
    """A wave of a number that has more digits before the point than are asked for."""


class Tied(Unknown):
    """Two numbers that so many digits do not tell apart."""


class Undefined(Exception):
    """There is no such number."""


ZERO, ONE = Ball(0, 0, 0), Ball(1, 0, 0)


def ball(value: float) -> Ball:
    """A float64, exactly.

    >>> ball(0.75)
    Ball(middle=3, radius=0, exponent=-2)
    """
    above, below = value.as_integer_ratio()
    return Ball(above, 0, 1 - below.bit_length())


def to_float(u: Ball) -> float:
    """The float64 nearest to its middle."""
    size = abs(u.middle)
    shift = max(size.bit_length() - 64, 0)
    lost = size & ((1 << shift) - 1) != 0  # so that a half is told from more
    value, exponent = float(size >> shift | lost), u.exponent + shift
    beyond = value and exponent + math.frexp(value)[1] > 1024
    found = math.inf if beyond else math.ldexp(value, max(exponent, -1200))
    return -found if u.middle < 0 else found


def rounded(middle: int, radius: int, exponent: int, bits: int) -> Ball:
    """The ball with no more digits than are asked for or known."""
    shift = max(middle.bit_length() - bits, radius.bit_length() - RADIUS_BITS, 0)
    if not shift:
        return Ball(middle, radius, exponent)
    lost = middle & ((1 << shift) - 1)
    return Ball(middle >> shift, (radius >> shift) + (2 if radius or lost else 0), exponent + shift)


def widened(u: Ball, radius: int, exponent: int) -> Ball:
    """The ball with an error of radius * 2**exponent more. Raises Unknown for one beyond reason."""
    if not radius:
        return u
    apart = exponent - u.exponent
    if apart > BEYOND:
        raise Unknown
    if apart <= 0:
        return Ball(u.middle, u.radius + (radius >> -apart) + 1, u.exponent)
    return Ball(u.middle, u.radius + (radius << apart), u.exponent)


def fixed(u: Ball, places: int) -> int:
    """Its middle as a whole number of 2**-places, rounded down. Raises Unknown for a huge one."""
    apart = u.exponent + places
    if apart > MOST_BITS:
        raise Unknown
    return u.middle << apart if apart >= 0 else u.middle >> -apart


def negate(u: Ball) -> Ball:
    return Ball(-u.middle, u.radius, u.exponent)


def add(u: Ball, v: Ball, bits: int) -> Ball:
    if u.exponent < v.exponent:
        u, v = v, u
    if u.size == 0 or v.size == 0:  # wherever their digits would be
        return rounded(*(v if u.size == 0 else u), bits)
    apart = u.exponent - v.exponent
    if v.top < u.exponent - 2 * bits:  # v is below all digits of u
        return Ball(
            u.middle << 2 * bits, (u.radius << 2 * bits) + bool(v.size), u.exponent - 2 * bits
        )
    middle, radius = (u.middle << apart) + v.middle, (u.radius << apart) + v.radius
    return rounded(middle, radius, v.exponent, bits)


def subtract(u: Ball, v: Ball, bits: int) -> Ball:
    """Exactly 0 of a number and itself: no two that may differ are one ball."""
    return ZERO if u is v else add(u, negate(v), bits)


def multiply(u: Ball, v: Ball, bits: int) -> Ball:
    radius = abs(u.middle) * v.radius + u.radius * v.size
    return rounded(u.middle * v.middle, radius, u.exponent + v.exponent, bits)


def scaled(u: Ball, factor: Fraction | int, bits: int) -> Ball:
    """A ball times a fraction."""
    above, below = factor.as_integer_ratio()
    product = Ball(u.middle * above, u.radius * abs(above), u.exponent)
    return divide(product, Ball(below, 0, 0), bits) if below > 1 else rounded(*product, bits)


def divide(u: Ball, v: Ball, bits: int) -> Ball:
    """Raises Undefined for 0/0, Unknown where the divisor may be 0."""
    below, least = abs(v.middle), abs(v.middle) - v.radius
    if least <= 0:
        if v.size:
            raise Unknown
        raise Endless if u.size else Undefined
    up = max(bits + below.bit_length() - abs(u.middle).bit_length() + 2, 0)
    quotient, rest = divmod(u.middle << up, v.middle)
    error = (u.radius * below + abs(u.middle) * v.radius) << up
    radius = -(-error // (below * least)) + bool(rest)
    return rounded(quotient, radius, u.exponent - v.exponent - up, bits)


def square_root(u: Ball, bits: int) -> Ball:
    """Raises Undefined below 0, Unknown where the sign is not known."""
    least = u.middle - u.radius
    if u.sign == 0:
        return ZERO
    if least <= 0:
        raise Undefined if u.sign == -1 else Unknown
    up = max(2 * bits + 2 - u.middle.bit_length(), 0)
    up += (u.exponent - up) % 2
    root = math.isqrt(u.middle << up)
    error = (u.radius << up) // max(math.isqrt(least << up), 1) + 1
    exact = not u.radius and root * root == u.middle << up
    return rounded(root, 0 if exact else error + 1, (u.exponent - up) // 2, bits)


def whole_part(u: Ball) -> Ball:
    """The largest whole number not above it. Raises Unknown where there may be two."""
    if u.exponent >= 0:
        if u.radius:
            raise Unknown
        return u
    low, high = (u.middle - u.radius) >> -u.exponent, (u.middle + u.radius) >> -u.exponent
    if low != high:
        raise Unknown
    return Ball(low, 0, 0)


def both(u: Ball, v: Ball, bits: int) -> Ball:
    """A ball with the numbers of both. Raises Unknown where they are apart beyond reason."""
    apart = subtract(v, u, bits)
    return rounded(*widened(u, apart.size, apart.exponent), bits)


def larger(u: Ball, v: Ball, bits: int) -> Ball:
    """The larger of two numbers, or a ball of both if it may be either."""
    sign = subtract(u, v, bits).sign
    return both(u, v, bits) if sign is None else v if sign < 0 else u


def compare(u: Ball, v: Ball, bits: int) -> int:
    """The sign of u - v. Raises Tied where it has none."""
    sign = subtract(u, v, bits).sign
    if sign is None:
        raise Tied
    return sign
