"""Where the ticks of an axis are and what is written at them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

MANTISSAS = (1, 2, 5)  # of a step, times a power of ten
PI_STEPS = tuple(Fraction(n, d) for n, d in ((1, 6), (1, 4), (1, 2), (1, 1), (2, 1), (5, 1)))
LONGEST = 5  # characters of a plain label, beyond which the power of ten moves to the axis's end
FEW_DECADES, FEW_STEPS = 2, 3  # from first to last; of fewer of these, finer steps are told
CLOSEST_TO_ZERO = 0.7  # of the usual distance of ticks
MINUS = "\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Ticks:
    """Positions and labels, and what all labels are to be multiplied by ('' or '×10⁻⁹')."""

    at: tuple[float, ...]
    labels: tuple[str, ...]
    factor: str = ""


@lru_cache(maxsize=256)
def decimal_ticks(lo: float, hi: float, most: int) -> Ticks:
    """At most about that many ticks, on 1, 2, 5 times a power of ten.

    >>> decimal_ticks(-6, 6, 8).labels
    ('−6', '−4', '−2', '0', '2', '4', '6')
    >>> decimal_ticks(0, 1e-9, 6).labels, decimal_ticks(0, 1e-9, 6).factor
    (('0', '0.2', '0.4', '0.6', '0.8', '1'), '×10⁻⁹')
    """
    step, exponent = _step(lo, hi, most)
    scale = Decimal(1).scaleb(exponent) * step
    first, last = _multiples(lo, hi, scale)
    values = [k * scale for k in range(first, last + 1)]
    power = _common_power(values)
    labels = tuple(_plain(value.scaleb(-power)) for value in values)
    return Ticks(tuple(float(v) for v in values), labels, power_of_ten(power))


@lru_cache(maxsize=256)
def pi_ticks(lo: float, hi: float, most: int) -> Ticks:
    """Ticks on simple multiples of pi.

    >>> pi_ticks(-6, 6, 5).labels
    ('−π', '0', 'π')
    """
    step = next((s for s in PI_STEPS if (hi - lo) / math.pi / s <= most), None)
    if step is None:
        n, exponent = _step(lo / math.pi, hi / math.pi, most)
        step = Fraction(n) * Fraction(10) ** exponent
    unit = math.pi * float(step)
    first, last = math.ceil(lo / unit - 1e-9), math.floor(hi / unit + 1e-9)
    counts = [k * step for k in range(first, last + 1)]
    return Ticks(tuple(math.pi * float(c) for c in counts), tuple(times_pi(c) for c in counts))


def log_ticks(lo: float, hi: float, most: int) -> Ticks:
    """Powers of ten, or if there are few of them 2 and 5 times these, or even steps.

    >>> log_ticks(1e-3, 20.0, 8).labels
    ('10⁻³', '10⁻²', '10⁻¹', '1', '10')
    >>> log_ticks(0.3, 8.0, 8).labels, log_ticks(3.0, 4.0, 5).labels
    (('0.5', '1', '2', '5'), ('3', '3.2', '3.4', '3.6', '3.8', '4'))
    """
    first, last = math.ceil(math.log10(lo) - 1e-9), math.floor(math.log10(hi) + 1e-9)
    if last - first >= FEW_DECADES:
        stride = max(1, math.ceil((last - first + 1) / most))
        powers = range(first + -first % stride, last + 1, stride)
        return Ticks(tuple(10.0**p for p in powers), tuple(map(_decade, powers)))
    steps = [n * Decimal(1).scaleb(p) for p in range(first - 1, last + 1) for n in MANTISSAS]
    shown = [step for step in steps if lo <= step <= hi]
    if len(shown) < FEW_STEPS:
        return decimal_ticks(lo, hi, most)
    return Ticks(tuple(map(float, shown)), tuple(map(_plain, shown)))


def _decade(power: int) -> str:
    return {0: "1", 1: "10"}.get(power, _power(power))


def signed_log_ticks(threshold: float, lo: float, hi: float, most: int) -> Ticks:
    """Zero and the powers of ten beyond the threshold, on both sides as far as the limits go.

    The threshold itself is among them where it is not too near to zero.

    >>> signed_log_ticks(1.0, -20.0, 200.0, 12).labels
    ('−10', '−1', '0', '1', '10', '10²')
    """
    first = math.floor(math.log10(threshold) + 1e-9)
    last = max((math.floor(math.log10(abs(v)) + 1e-9) for v in (lo, hi) if v), default=first)
    whole = math.asinh(hi / threshold) - math.asinh(lo / threshold)
    if math.asinh(1.0) / whole * most < CLOSEST_TO_ZERO:
        first += 1
    stride, shown = 1, _signed_powers(first, last, 1, (lo, hi))
    while len(shown) > most and stride <= last - first:
        stride += 1
        shown = _signed_powers(first, last, stride, (lo, hi))
    texts = tuple("0" if s == 0 else (MINUS if s < 0 else "") + _decade(p) for _, s, p in shown)
    return Ticks(tuple(value for value, _, _ in shown), texts)


def _signed_powers(
    first: int, last: int, stride: int, limits: tuple[float, float]
) -> list[tuple[float, int, int]]:
    """Zero and every so manieth power of ten of both signs within limits: value, sign, power."""
    powers = range(last, first - 1, -stride)
    found = [(sign * 10.0**p, sign, p) for p in powers for sign in (-1, 1)]
    return sorted(each for each in [*found, (0.0, 0, 0)] if limits[0] <= each[0] <= limits[1])


def power_of_ten(power: int) -> str:
    """'×10⁶' for 6, '' for 0."""
    return "×" + _power(power) if power else ""


def number(value: float, digits: int = 3) -> str:
    """A number for a label: that many significant digits and a true minus.

    >>> number(-0.27846), number(1.0), number(4.73e-4)
    ('−0.278', '1', '4.73×10⁻⁴')
    """
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    rounded = Decimal(f"{value:.{digits - 1}e}")
    power = rounded.adjusted()
    if -4 < power < 5:
        return _plain(Decimal(f"{value:.{max(0, digits - 1 - power)}f}"))
    mantissa = _plain(rounded.scaleb(-power))
    return f"{mantissa}{power_of_ten(power)}"


def _power(power: int) -> str:
    return "10" + str(power).translate(SUPERSCRIPTS)


def _step(lo: float, hi: float, most: int) -> tuple[int, int]:
    """The smallest step (mantissa, power of ten) that makes at most that many intervals."""
    least = (hi / most) - (lo / most)
    exponent = math.floor(math.log10(least))
    for step in MANTISSAS:
        if step * 10.0**exponent >= least * (1 - 1e-9):
            return step, exponent
    return 1, exponent + 1


def _multiples(lo: float, hi: float, scale: Decimal) -> tuple[int, int]:
    """The first and last multiple inside, an end counting as inside within a billionth."""
    slack = 1e-9 * (hi / 2 - lo / 2)
    first = math.ceil(Decimal(lo - slack) / scale)
    last = math.floor(Decimal(hi + slack) / scale)
    return first, last


def _common_power(values: list[Decimal]) -> int:
    """The power of ten to take out of labels that would be too long; 0 to leave them.

    It is one of a thousand, as SI prefixes are, so that the largest number is from 1 to 999.
    """
    longest = max((len(_plain(value).lstrip(MINUS)) for value in values), default=0)
    largest = max((abs(value) for value in values), default=Decimal(0))
    if longest <= LONGEST or not largest:
        return 0
    power = 3 * (largest.adjusted() // 3)
    shorter = max(len(_plain(value.scaleb(-power)).lstrip(MINUS)) for value in values)
    return power if shorter <= LONGEST < longest else 0


def _plain(value: Decimal) -> str:
    text = f"{value.normalize() if value else Decimal(0):f}"
    return text.replace("-", MINUS)


def times_pi(count: Fraction) -> str:
    """A multiple of pi as it is written: 0, π, −π/2, 3π/4, 2π."""
    if not count:
        return "0"
    sign = MINUS if count < 0 else ""
    n, d = abs(count.numerator), count.denominator
    return f"{sign}{'' if n == 1 else n}π{'' if d == 1 else f'/{d}'}"
