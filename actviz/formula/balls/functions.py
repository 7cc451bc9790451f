"""Functions of balls: exp, log, sin, cos, atan, erf and powers.

Each is worked out for the middle in whole numbers of 2**-places, with GUARD places more than asked
for, so that its own error is below one of the last place; to that comes what the radius of the
argument makes of the function's slope.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

from actviz.formula.balls.numbers import (
    ONE,
    ZERO,
    Ball,
    Endless,
    Turned,
    Undefined,
    Unknown,
    add,
    divide,
    fixed,
    multiply,
    negate,
    rounded,
    scaled,
    square_root,
    subtract,
    widened,
)

GUARD = 24
STORED = 512  # places of a constant are multiples of this
FAR = 4000  # beyond 2**FAR exp has an exponent that no memory holds


def log_of_2(places: int) -> int:
    """log 2 = 18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749)."""
    return _constant(((18, 26), (-2, 4801), (8, 8749)), 1, places)


def pi(places: int) -> int:
    """pi = 16 atan(1/5) - 4 atan(1/239)."""
    return _constant(((16, 5), (-4, 239)), -1, places)


def _constant(shares: tuple[tuple[int, int], ...], sign: int, places: int) -> int:
    """Worked out to so many places that the next call can take of them."""
    held = (places + GUARD) // STORED * STORED + STORED
    return _shifted(_series_of(shares, sign, held), places - held)


@lru_cache(maxsize=64)
def _series_of(shares: tuple[tuple[int, int], ...], sign: int, places: int) -> int:
    return sum(k * _reciprocal_series(n, places, sign) for k, n in shares)


def _reciprocal_series(n: int, places: int, sign: int) -> int:
    """atanh(1/n) for sign 1, atan(1/n) for -1."""
    term = total = (1 << places) // n
    k = turned = 1
    while term:
        term, k, turned = term // (n * n), k + 2, turned * sign
        total += turned * (term // k)
    return total


def pi_ball(bits: int) -> Ball:
    return Ball(pi(bits), 1, -bits)


def e_ball(bits: int) -> Ball:
    return exp(ONE, bits)


def exp(u: Ball, bits: int) -> Ball:
    """Raises Unknown where the error of u is 1 or more, or the exponent too large."""
    if u.sign == 0:
        return ONE
    if u.top > FAR:
        if u.sign == -1:
            return Ball(0, 1, -(1 << FAR))
        raise Endless if u.sign else Unknown
    if u.radius and u.radius.bit_length() + u.exponent > -1:
        raise Unknown
    deep = bits + GUARD
    places = deep + max(u.top, 0)
    turns, rest = divmod(fixed(u, places), log_of_2(places))
    value = _exp_fixed(rest >> (places - deep), deep)
    relative = Ball(u.radius * 2 + (u.radius > 0), 0, u.exponent)
    own = Ball(value, 16, turns - deep)
    error = multiply(Ball(value + 16, 0, turns - deep), relative, RELATIVE)
    return rounded(*widened(own, error.size, error.exponent), bits)


RELATIVE = 32  # bits of an error


def _exp_fixed(rest: int, places: int) -> int:
    """exp of 0 <= rest < 1: by so many halvings that few terms are left, and as many squarings."""
    halvings = math.isqrt(places) + 1
    deep = places + 2 * halvings + 8
    small = (rest << (deep - places)) >> halvings
    term = total = 1 << deep
    k = 1
    while term:
        term = (term * small >> deep) // k
        total, k = total + term, k + 1
    for _ in range(halvings):
        total = total * total >> deep
    return total >> (deep - places)


def log(u: Ball, bits: int) -> Ball:
    """Raises Undefined below 0, Unknown at 0 and where the sign is not known."""
    if u.sign == -1:
        raise Undefined
    if u.sign == 0:
        raise Endless
    if u.sign is None:
        raise Unknown
    length, deep = u.middle.bit_length(), bits + GUARD
    turns = u.exponent + length - 1
    inside = _log_fixed(fixed(Ball(u.middle, 0, 1 - length), deep), deep)
    places = deep + turns.bit_length()
    value = inside + (turns * log_of_2(places) >> (places - deep))
    error = -(-(u.radius << deep) // (u.middle - u.radius))
    exact = u.exact and turns == 0 and u.middle == 1 << (length - 1)
    return ZERO if exact else rounded(value, error + 16, -deep, bits)


def _log_fixed(number: int, places: int) -> int:
    """log of 1 <= number < 2 by Halley's iteration, with three times the digits each time."""
    at, known = 60, 45
    value = int(math.log(number / (1 << places)) * (1 << at))
    while True:
        known = min(3 * known - 8, places)
        deep = known + 12
        value, at, given = _shifted(value, deep - at), deep, _shifted(number, deep - places)
        power = _exp_fixed(max(value, 0), deep)
        value = max(value, 0) + (given - power << deep + 1) // (given + power)
        if known == places:
            return _shifted(value, places - at)


def _shifted(number: int, by: int) -> int:
    return number << by if by >= 0 else number >> -by


def _nearly(u: Ball, bits: int) -> Ball:
    """A function whose value at a tiny u is u but for u**3."""
    return rounded(u.middle << bits, (u.radius << bits) + u.size, u.exponent - bits, bits)


def sin(u: Ball, bits: int) -> Ball:
    if u.top < -2 * bits:
        return ZERO if u.sign == 0 else _nearly(u, bits)
    return _wave(u, 0, bits)


def cos(u: Ball, bits: int) -> Ball:
    return ONE if u.sign == 0 else _wave(u, 1, bits)


def _wave(u: Ball, ahead: int, bits: int) -> Ball:
    """sin a number of quarter turns ahead; the slope is at most 1."""
    if u.top > max(FAR, bits):
        raise Turned
    deep = bits + GUARD + (max(-u.top, 0) if not ahead else 0)
    places = deep + max(u.top, 0)
    quarter = pi(places) >> 1
    turns = (2 * fixed(u, places) + quarter) // (2 * quarter)
    rest = (fixed(u, places) - turns * quarter) >> (places - deep)
    turns = (turns + ahead) % 4
    value = _wave_fixed(rest, deep, odd=turns % 2 == 0)
    own = Ball(value if turns < 2 else -value, 16, -deep)
    return rounded(*widened(own, u.radius, u.exponent), bits)


def _wave_fixed(rest: int, places: int, *, odd: bool) -> int:
    """sin, or cos, of |rest| < 1 by its series."""
    deep = places + 12
    rest <<= 12
    square = rest * rest >> deep
    term = total = rest if odd else 1 << deep
    k = 2 if odd else 1
    while term not in (0, -1):
        term = -(term * square >> deep) // (k * (k + 1))
        total, k = total + term, k + 2
    return total >> 12


def atan(u: Ball, bits: int) -> Ball:
    """The slope is at most 1."""
    if u.top < -2 * bits:
        return ZERO if u.sign == 0 else _nearly(u, bits)
    if u.top > 1 and u.sign is not None:
        quarter = Ball(pi(bits), 1, -bits - 1)
        rest = atan(divide(ONE, u, bits + GUARD), bits + GUARD)
        return subtract(quarter if u.sign > 0 else negate(quarter), rest, bits)
    deep = bits + GUARD + max(-u.top, 0)
    halvings = math.isqrt(bits) // 2 + 1
    places = deep + 2 * halvings + 8
    one, value = 1 << places, fixed(u, places)
    for _ in range(halvings):
        value = (value << places) // (one + math.isqrt((one << places) + value * value))
    square = value * value >> places
    power = total = value
    k = 1
    while power not in (0, -1):
        power, k = -(power * square >> places), k + 2
        total += power // k
    own = Ball(total << halvings >> (places - deep), 16, -deep)
    return rounded(*widened(own, u.radius, u.exponent), bits)


def erf(u: Ball, bits: int) -> Ball:
    """Near 0 by a series of positive terms, far out by erfc; the slope is below 2."""
    if u.sign == 0:
        return ZERO
    if u.top > 2 and u.sign is not None and _square(u) > bits:
        value = subtract(ONE, erfc(u if u.sign > 0 else negate(u), bits), bits)
        return value if u.sign > 0 else negate(value)
    value = _erf_series(Ball(u.middle, 0, u.exponent), bits)
    return rounded(*widened(value, 2 * u.radius, u.exponent), bits)


def _square(u: Ball) -> int:
    """u**2, rounded down."""
    if u.top > 64:
        return 1 << 128
    return fixed(u, 8) ** 2 >> 16


def _erf_series(u: Ball, bits: int) -> Ball:
    """2 u exp(-u**2)/sqrt(pi) times the sum of (2 u**2)**k/(1*3*5*...*(2k + 1))."""
    if u.top > FAR:
        raise Unknown
    deep = bits + GUARD + 2 * max(u.top, 0) + 8
    square = multiply(u, u, deep)
    twice = fixed(square, deep) * 2 + 2
    term = total = 1 << deep
    k = 3
    while term:
        term = (term * twice >> deep) // k
        total, k = total + term, k + 2
    share = Ball(total, ((total >> deep) + 1) * 4 * k, -deep)
    share = multiply(share, exp(negate(square), deep), deep)
    share = divide(share, square_root(pi_ball(deep), deep), deep)
    return scaled(multiply(share, u, deep), 2, bits)


def erfc(u: Ball, bits: int) -> Ball:
    """Raises Unknown where the error of a small u changes it by a large part."""
    if u.top <= 0 or u.sign == -1:
        return subtract(ONE, erf(u, bits + GUARD), bits)
    if u.sign is None:
        raise Unknown
    slope = scaled(add(Ball(u.size, 0, u.exponent), ONE, RELATIVE), 4, RELATIVE)
    relative = multiply(
        Ball(u.radius, 0, u.exponent), Ball(slope.size, 0, slope.exponent), RELATIVE
    )
    if relative.top > -1:
        least = (u.middle - u.radius).bit_length() - 1 + u.exponent
        if least < 0:
            raise Unknown
        return Ball(0, 1, -(1 << min(2 * least, FAR)))  # erfc(u) < exp(-u**2)
    middle = Ball(u.middle, 0, u.exponent)
    if _square(u) > bits + GUARD:
        value = _erfc_far(middle, bits + GUARD)
    else:
        more = bits + 2 * _square(u) + GUARD
        value = subtract(ONE, _erf_series(middle, more), bits + GUARD)
    error = multiply(Ball(value.size, 0, value.exponent), relative, RELATIVE)
    return rounded(*widened(value, error.size, error.exponent), bits)


def _erfc_far(u: Ball, bits: int) -> Ball:
    """exp(-u**2)/(u sqrt(pi)) times an alternating series: each error is below its next term."""
    square = multiply(u, u, bits + 2 * max(u.top, 0))
    small = fixed(divide(ONE, scaled(square, 2, bits), bits), bits) if square.top < bits else 0
    term = total = 1 << bits
    k = 1
    while term not in (0, -1):
        term = -(term * small >> bits) * k
        total, k = total + term, k + 2
    share = Ball(total, 4 * k * k, -bits)
    share = multiply(share, exp(negate(square), bits), bits)
    return divide(share, multiply(u, square_root(pi_ball(bits), bits), bits), bits)


def power(u: Ball, v: Ball, bits: int) -> Ball:
    """Raises Undefined for a root of what is below 0, Unknown for 0 to what is not above 0."""
    if v.sign == 0:
        return ONE
    if u.sign == 0:
        if v.sign == 1:
            return ZERO
        raise Endless if v.sign else Unknown
    n = whole(v)
    if n is not None and abs(n) <= FAR:
        result = multiplied(u, abs(n), bits + GUARD)
        return divide(ONE, result, bits) if n < 0 else rounded(*result, bits)
    if u.sign == -1 and n is None:
        raise Undefined if v.exact or not _holds_whole(v) else Unknown
    if u.sign is None:
        raise Unknown
    deep = bits + GUARD
    size = u if u.sign > 0 else negate(u)
    deep += min(max(v.top, 0), bits + FAR)  # no base of so many bits is nearer to 1
    exponent = multiply(v, log(size, deep), deep)
    result = exp(exponent, bits)
    return negate(result) if u.sign < 0 and n is not None and n % 2 else result


def _holds_whole(v: Ball) -> bool:
    """Whether a whole number may lie in a ball."""
    if v.exponent >= 0:
        return True
    return (v.middle - v.radius - 1) >> -v.exponent != (v.middle + v.radius) >> -v.exponent


def whole(v: Ball) -> int | None:
    """The whole number that a ball is, if it is exactly one."""
    if v.radius or v.top > FAR:
        return None
    if v.exponent >= 0:
        return v.middle << v.exponent
    n = v.middle >> -v.exponent
    return n if n << -v.exponent == v.middle else None


def multiplied(u: Ball, n: int, bits: int) -> Ball:
    result, base = ONE, u
    while n:
        if n & 1:
            result = multiply(result, base, bits)
        base, n = multiply(base, base, bits), n >> 1
    return result


def unit(u: Ball, v: Ball, bits: int) -> Ball:
    if u.sign == 0:
        return ZERO
    deep = bits + GUARD
    return divide(u, square_root(add(multiply(u, u, deep), multiply(v, v, deep), deep), deep), bits)


def tanhshrink(u: Ball, bits: int) -> Ball:
    if u.top < -2 * bits:
        third = _nearly(scaled(multiplied(u, 3, bits), Fraction(1, 3), bits), bits)
        return ZERO if u.sign == 0 else third
    deep = bits + GUARD + max(-3 * u.top, 0)
    power = exp(scaled(u, 2, deep), deep)
    tanh = divide(subtract(power, ONE, deep), add(power, ONE, deep), deep)
    return subtract(u, tanh, bits)
