"""Sums of leading terms that hold from a number on, with a bound of all that is missing.

Terms are c*x**p*exp(a*x**r + ...), as :mod:`actviz.formula.enclosure.growth` has them. Where those
tell what happens somewhere far out, these are about all of [start, inf): what is missing is at most
a number times another such term, and one term is at most so many times another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import NamedTuple

from actviz.formula.enclosure.growth import (
    LOG,
    LOGLOG,
    ONE,
    ZERO,
    Key,
    Range,
    Scale,
    Term,
    Unknown,
    compared,
    number,
)
from actviz.formula.enclosure.leading import floats

MOST_TERMS = 8
ORDER = 4  # of the powers of what is small
SMALL = 0.5  # what is small is no larger, so that its powers close
TINY = 1e-300  # no bound is smaller
OUTWARD = 1 + 2.0**-40  # for the rounding of a bound
MOST_EXPONENT = 600.0


class Rest(NamedTuple):
    """What is missing: at most size times exp of the scale."""

    size: float
    scale: Scale


@dataclass(frozen=True)
class Tail:
    """A sum of terms, the greatest first, and what is missing, on all of [start, inf)."""

    terms: tuple[Term, ...]
    rest: Rest | None = None

    @property
    def lead(self) -> Scale:
        """That of the greatest term, or of what is missing."""
        if self.terms:
            return self.terms[0].scale
        if self.rest is None:
            raise Unknown
        return self.rest.scale

    @property
    def zero(self) -> bool:
        return not self.terms and self.rest is None


NOTHING = Tail(())
SWINGS = Tail((), Rest(1.0, Scale()))  # a sine, of whatever


def constant(value: Range) -> Tail:
    return Tail((Term(value, Scale()),)) if value != ZERO else NOTHING


def negate(u: Tail) -> Tail:
    return Tail(tuple(Term(-term.range, term.scale) for term in u.terms), u.rest)


def times(u: Tail, c: Range) -> Tail:
    """A number times a tail."""
    terms = tuple(Term(term.range * c, term.scale) for term in u.terms)
    return Tail(terms, u.rest and Rest(u.rest.size * largest(c) * OUTWARD, u.rest.scale))


def speed(key: Key) -> tuple[int, float]:
    """How fast a part of a scale grows: log(log(x)), log(x), or a power of x, with its exponent."""
    if isinstance(key, Scale):
        if len(key.parts) != 1:
            raise Unknown
        [(inner, exponent)] = key.parts
        if inner != LOG or not exponent.single or exponent.sign < 0:
            raise Unknown
        return 2, float(exponent.low)
    return (0, 0.0) if key == LOGLOG else (1, 0.0)


class Arithmetic:
    """Tails on [start, inf); Unknown where it cannot tell."""

    def __init__(self, start: float) -> None:
        self.start = start
        self._shares: dict[Scale, float] = {}

    def share(self, one: Scale, other: Scale) -> float:
        """The most that exp(one) is of exp(other), which is so at the start: it falls from there.

        Raises Unknown where that cannot be seen.
        """
        if one == other:
            return 1.0
        between = one + -other
        if between not in self._shares:
            self._shares[between] = self._most(between)
        return self._shares[between]

    def _most(self, scale: Scale) -> float:
        parts = [(speed(key), floats(a)[1]) for key, a in scale.parts]
        (fastest, most), *slower = parts
        rising = sum(max(a, 0.0) * self._slope(each) for each, a in slower)
        if not most < 0 or not rising * OUTWARD <= -most * self._slope(fastest):
            raise Unknown
        sizes = [a * self._size(each) for each, a in parts]
        exponent = sum(sizes) + 2.0**-48 * sum(map(abs, sizes))
        if not exponent <= MOST_EXPONENT:
            raise Unknown
        return max(math.exp(exponent) * OUTWARD, TINY)

    def _size(self, of: tuple[int, float]) -> float:
        kind, exponent = of
        logarithm = math.log(self.start)
        return (math.log(logarithm), logarithm, math.exp(exponent * logarithm))[kind]

    def _slope(self, of: tuple[int, float]) -> float:
        """x times its slope at the start; of a faster one that grows faster."""
        kind, exponent = of
        return (1 / math.log(self.start), 1.0, exponent * self._size(of))[kind]

    def size(self, u: Tail, scale: Scale) -> float:
        """A bound of |u| in units of exp of a scale."""
        total = sum(largest(term.range) * self.share(term.scale, scale) for term in u.terms)
        if u.rest is not None:
            total += u.rest.size * self.share(u.rest.scale, scale)
        return max(total * OUTWARD, TINY)

    def sign(self, u: Tail) -> int:
        """The sign on all of [start, inf)."""
        if u.zero:
            return 0
        if not u.terms:
            raise Unknown
        lead, *others = u.terms
        sign = lead.range.sign
        others_size = self.size(Tail(tuple(others), u.rest), lead.scale)
        if not others_size * OUTWARD < min(map(abs, floats(lead.range))):
            raise Unknown
        return sign

    def add(self, u: Tail, v: Tail) -> Tail:
        return self._collected([*u.terms, *v.terms], [r for r in (u.rest, v.rest) if r])

    def multiply(self, u: Tail, v: Tail) -> Tail:
        if u.zero or v.zero:
            return NOTHING
        terms = [Term(a.range * b.range, a.scale + b.scale) for a in u.terms for b in v.terms]
        rests = list[Rest]()
        for one, other in ((u, v), (Tail(v.terms), u)):  # the product of both rests once
            if other.rest is not None and not one.zero:
                size = other.rest.size * self.size(one, one.lead)
                rests.append(Rest(size * OUTWARD, other.rest.scale + one.lead))
        return self._collected(terms, rests)

    def _collected(self, terms: Iterable[Term], rests: Sequence[Rest]) -> Tail:
        """Like terms added up; what is no larger than what is missing goes there."""
        sums = dict[Scale, Range]()
        for term in terms:
            sums[term.scale] = sums.get(term.scale, ZERO) + term.range
        kept = [Term(value, scale) for scale, value in sums.items() if value != ZERO]
        kept.sort(key=cmp_to_key(lambda a, b: compared(b.scale, a.scale)))
        missing = list(rests)
        floor = None
        for each in missing:
            if floor is None or compared(each.scale, floor) > 0:
                floor = each.scale
        for i, term in enumerate(kept):
            unsigned = term.range.low <= 0 <= term.range.high
            below = floor is not None and compared(term.scale, floor) <= 0
            if unsigned or below or i == MOST_TERMS:
                missing += [Rest(largest(each.range), each.scale) for each in kept[i:]]
                floor = floor if below else term.scale
                kept = kept[:i]
                break
        if floor is None:
            return Tail(tuple(kept))
        size = sum(each.size * self.share(each.scale, floor) for each in missing)
        return Tail(tuple(kept), Rest(size * OUTWARD, floor))

    def of_powers(self, w: Tail, coefficients: Sequence[Range], most: float) -> Tail:
        """The sum of c[k]*w**k, and a rest of at most that much times the next power of w."""
        found, power = constant(coefficients[0]), constant(ONE)
        if w.zero:
            return found
        for c in coefficients[1:]:
            power = self.multiply(power, w)
            if c != ZERO:
                found = self.add(found, times(power, c))
        size, n = self.size(w, w.lead), len(coefficients)
        rest = Rest(max(most * size**n * OUTWARD, TINY), w.lead.times(number(n)))
        return self.add(found, Tail((), rest))

    def small(self, w: Tail) -> float:
        """A bound of what goes to 0 from the start on."""
        if w.zero:
            return 0.0
        size = self.size(w, Scale())
        if not size <= SMALL:
            raise Unknown
        return size

    def apart(self, u: Tail) -> tuple[Term, Tail]:
        """Its greatest term t, and the small w of which u is t*(1 + w)."""
        if not u.terms:
            raise Unknown
        lead = u.terms[0]
        inverse = Tail((Term(lead.range.inverse(), -lead.scale),))
        return lead, self.multiply(Tail(u.terms[1:], u.rest), inverse)

    def inverse(self, u: Tail) -> Tail:
        lead, w = self.apart(u)
        most = 1 / (1 - self.small(w))
        signs = [number((-1) ** k) for k in range(ORDER + 1)]
        first = Tail((Term(lead.range.inverse(), -lead.scale),))
        return self.multiply(first, self.of_powers(w, signs, most))

    def exp_of_small(self, w: Tail) -> Tail:
        most = math.exp(self.small(w)) / math.factorial(ORDER + 1)
        return self.of_powers(w, [number(Fraction(1, math.factorial(k))) for k in ORDERS], most)

    def log1p_of_small(self, w: Tail) -> Tail:
        most = 1 / (ORDER + 1) / (1 - self.small(w)) ** (ORDER + 1)
        signs = [number(Fraction(-((-1) ** k), k)) for k in ORDERS[1:]]
        return self.of_powers(w, [ZERO, *signs], most)

    def power_of_small(self, w: Tail, exponent: Fraction) -> Tail:
        """(1 + w)**exponent."""
        c = [Fraction(1)]
        for k in range(ORDER + 1):
            c.append(c[-1] * (exponent - k) / (k + 1))
        beyond = float(exponent) - (ORDER + 1)
        size = self.small(w)
        most = abs(float(c[-1])) * (1 - size if beyond < 0 else 1 + size) ** beyond
        return self.of_powers(w, [number(each) for each in c[:-1]], most)


ORDERS = range(ORDER + 1)


def largest(value: Range) -> float:
    """The greatest size of a coefficient."""
    return max(map(abs, floats(value)))
