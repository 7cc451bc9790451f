"""The shortest decimal text of each float of an array that reads back as the same float.

It is what repr gives, for a block of floats at once and several times as fast. The digits come
from Schubfach (R. Giulietti, "The Schubfach way to render doubles", 2020): of the decimals with a
last place of 10^k, a little shorter than the interval of what rounds to the float, one or two lie
inside it, and three multiplications by a power of ten of 128 bits find the best. The characters
are then placed in rows of fixed width, in which what a number does not need is NUL.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from actviz.formula.arrays import Array, Characters, Integers, Naturals, Truths

DIGITS = 17
# sign, "0.000", each digit and a place for the point after it, exponent such as "e-308"
WIDTH = 1 + 5 + (2 * DIGITS - 1) + 5

_TENS = np.array([10**i for i in range(DIGITS + 1)], np.uint64)
_FOUR_DIGITS = (np.arange(10_000) // [[1000], [100], [10], [1]] % 10 + ord("0")).astype(np.uint8)


def shortest(column: Array) -> Characters:
    """The repr of each finite number as a row of ASCII characters; delete NUL to read it.

    column: n values, float64; the result has n rows, as wide as these numbers need, at most
    WIDTH. The rows of inf and NaN mean nothing.

    >>> bytes(shortest(np.array([0.1]))[0]).replace(b"\\0", b"")
    b'0.1'
    """
    digits, exponent = _decimals(np.ascontiguousarray(column).view(np.uint64))
    length = np.searchsorted(_TENS, digits, side="right")
    point = np.where(digits > 0, exponent + length, 1)
    characters = _laid_out(digits * _TENS[DIGITS - length], point)
    characters[0] = np.signbit(column) * np.uint8(ord("-"))
    return characters[characters.any(axis=1)].T


def _decimals(bits: Naturals) -> tuple[Naturals, Integers]:
    """The digits and the exponent of the shortest decimal of each float, its sign aside."""
    fraction = bits & np.uint64(2**52 - 1)
    biased = ((bits >> np.uint64(52)) & np.uint64(2047)).astype(np.int64)
    closer = (fraction == 0) & (biased > 1)  # floats below a power of two lie twice as close
    c = fraction | ((biased > 0).astype(np.uint64) << np.uint64(52))
    q = np.maximum(biased, 1) - 1075  # the float is c * 2^q
    k = (q * 1262611 - closer * 524031) >> 22  # floor(log10(length of the interval))
    shift = (q + _log2_of_power_of_ten(-k) + 1).astype(np.uint64)
    ten = _powers_of_ten()[:, k + 324]
    odd = c & np.uint64(1)  # the ends of the interval round to even: inside it if that is c
    four_c = c << np.uint64(2)
    lower = _product(ten, (four_c - np.uint64(2) + closer) << shift) + odd
    value = _product(ten, four_c << shift)
    upper = _product(ten, (four_c + np.uint64(2)) << shift) - odd
    digits, shorter = _chosen(lower, value, upper)
    return digits * (c > 0), k + shorter  # 0 has no interval


def _chosen(lower: Naturals, value: Naturals, upper: Naturals) -> tuple[Naturals, Truths]:
    """The best integer in the interval of three quarters, and whether it is one digit shorter."""
    s = value >> np.uint64(2)
    tenth = s // np.uint64(10)
    low_in, high_in = _inside(tenth * np.uint64(40), np.uint64(40), lower, upper)
    shorter = (low_in != high_in) & (s >= np.uint64(10))
    floor_in, ceiling_in = _inside(s << np.uint64(2), np.uint64(4), lower, upper)
    rest = value & np.uint64(3)
    nearer = (rest > 2) | ((rest == 2) & (s % np.uint64(2) == 1))
    up = np.where(floor_in != ceiling_in, ceiling_in, nearer)
    return np.where(shorter, tenth + high_in, s + up), shorter


def _inside(
    floor: Naturals, step: np.uint64, lower: Naturals, upper: Naturals
) -> tuple[Truths, Truths]:
    return lower <= floor, floor + step <= upper


def _product(ten: Naturals, factor: Naturals) -> Naturals:
    """The top 64 of the 192 bits of ten * factor, the last set if any below the next is."""
    high, low = ten
    carried = _upper_half(low, factor)
    middle = high * factor + carried
    top = _upper_half(high, factor) + (middle < carried).astype(np.uint64)
    rounded: Naturals = top | (middle > 1).astype(np.uint64)
    return rounded


def _upper_half(a: Naturals, b: Naturals) -> Naturals:
    """The upper 64 bits of the product of two numbers of 64 bits, from products of halves."""
    half, mask = np.uint64(32), np.uint64(2**32 - 1)
    a1, a0, b1, b0 = a >> half, a & mask, b >> half, b & mask
    cross = a1 * b0
    middle = (a0 * b0 >> half) + (cross & mask) + a0 * b1
    upper: Naturals = a1 * b1 + (cross >> half) + (middle >> half)
    return upper


@cache
def _powers_of_ten() -> Naturals:
    """10^-k for k from -324 to 292 as 128 bits, rounded up; the upper and the lower 64."""
    whole = [_power_of_ten(-k) for k in range(-324, 293)]
    return np.array([[g >> 64 for g in whole], [g & (2**64 - 1) for g in whole]], np.uint64)


def _power_of_ten(power: int) -> int:
    shift = 127 - ((power * 1741647) >> 19)
    above = 10 ** max(power, 0) << max(shift, 0)
    below = 10 ** max(-power, 0) << max(-shift, 0)
    return int(-(-above // below))


def _log2_of_power_of_ten(power: Integers) -> Integers:
    """floor(log2(10^power)), right for every power that a float has."""
    return (power * 1741647) >> 19


def _laid_out(digits: Naturals, point: Integers) -> Characters:
    """The characters of 0.DIGITS * 10^point as repr writes it, of shape (WIDTH, n).

    digits: 17 of them, those at the end perhaps 0.
    """
    fixed = (point > -4) & (point <= 16)
    text = np.zeros((WIDTH, digits.size), np.uint8)
    lead, body, tail = text[1:6], text[6:-5], text[-5:]
    for place, character in enumerate(b"0.000"):
        lead[place] = (fixed & (point <= min(0, 1 - place))) * np.uint8(character)
    body[::2] = _digits(digits)
    _blank_zeros(body, np.where(fixed & (point > 0), point, 0))
    for place in range(1, DIGITS):
        body[2 * place - 1] = (fixed & (point == place)) * np.uint8(ord("."))
    body[1] |= (~fixed & (body[2] > 0)) * np.uint8(ord("."))
    if not fixed.all():
        _write_exponent(tail, point - 1, ~fixed)
    return text


def _blank_zeros(body: Characters, last: Integers) -> None:
    """Take away the zeros at the end, down to the last place that is shown in any case."""
    blank = np.ones(last.size, bool)
    for place in range(DIGITS - 1, 0, -1):
        blank &= (body[2 * place] == ord("0")) & (place > last)
        body[2 * place][blank] = 0


def _digits(number: Naturals) -> Characters:
    """The 17 digits of each number, of shape (17, n)."""
    text = np.empty((DIGITS, number.size), np.uint8)
    first, rest = np.divmod(number, np.uint64(10**16))
    text[0] = first + np.uint64(ord("0"))
    eights = np.divmod(rest, np.uint64(10**8))
    fours = [four for eight in eights for four in np.divmod(eight.astype(np.uint32), 10_000)]
    for place, four in zip(range(1, DIGITS, 4), fours, strict=True):
        text[place : place + 4] = np.take(_FOUR_DIGITS, four, axis=1)
    return text


def _write_exponent(tail: Characters, exponent: Integers, where: Truths) -> None:
    """Write e, the sign and two or three digits where they are wanted."""
    size = np.abs(exponent)
    tail[0] = where * np.uint8(ord("e"))
    tail[1] = where * np.where(exponent < 0, np.uint8(ord("-")), np.uint8(ord("+")))
    tail[2] = (where & (size >= 100)) * (size // 100 + ord("0"))
    tail[3] = where * (size // 10 % 10 + ord("0"))
    tail[4] = where * (size % 10 + ord("0"))
