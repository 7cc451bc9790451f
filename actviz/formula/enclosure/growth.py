"""How functions grow as x goes to inf: sums of terms c*exp(a*x**r + ...)*x**p*log(x)**q.

A scale is the logarithm of such a function: a sum of a*m, where m is log(log(x)), log(x), or exp of
another scale, a function that goes to inf. The greater scale decides, and numbers only where scales
are the same, so limits come out right however slowly they are approached. Coefficients are
fractions, or intervals of them where they are no rational numbers; what a computation would have to
know and does not is Unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, cmp_to_key, lru_cache
from typing import Any, TypeAlias

from actviz.formula.expression import Apply, Name

MOST_TERMS = 6
DIGITS = 400  # bits of a fraction, beyond which it is rounded outward
MOST_STEPS = 8  # that are known of a number
LONGEST = 2**19  # bits of what is still told: of a number such as exp(3e5), or one over it
SURELY = Fraction(
    1, 10**6
)  # a share of its greatest value: what falls below minus that is negative


class Unknown(Exception):
    """This arithmetic cannot tell."""


@dataclass(frozen=True, eq=False)
class Range:
    """A coefficient: a number between two fractions.

    origin: what was computed, by which two ranges are known to be the same number; of what has been
    computed in many steps nothing that another has. Raises Unknown of numbers so large or small
    that to work with them would take long.
    """

    low: Fraction
    high: Fraction
    origin: tuple[Any, ...] | None = None
    steps: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        for end in (self.low, self.high):
            if max(end.numerator.bit_length(), end.denominator.bit_length()) > LONGEST:
                raise Unknown

    @cached_property
    def _key(self) -> tuple[Any, ...]:
        low, high = self.low, self.high
        return low.numerator, low.denominator, high.numerator, high.denominator, self.origin

    @cached_property
    def _hash(self) -> int:
        return hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Range) and self._hash == other._hash and self._key == other._key

    @property
    def sign(self) -> int:
        """Its sign; raises Unknown where it has none."""
        if self.low > 0 or self.high < 0:
            return 1 if self.low > 0 else -1
        if self.low == self.high == 0:
            return 0
        raise Unknown

    @cached_property
    def single(self) -> bool:
        return self.low == self.high

    @property
    def negated(self) -> bool:
        """Whether it is minus another: a number below 0, or what came out of that."""
        return self.high < 0 if self.single else bool(self.origin and self.origin[0] == "neg")

    def __neg__(self) -> Range:
        if self.single:
            return number(-self.low)
        match self.origin:
            case ("neg", Range() as inner):
                return inner
        return _range(-self.high, -self.low, "neg", self)

    def __add__(self, other: Range) -> Range:
        if ZERO in (self, other):
            return other if self == ZERO else self
        if self == -other:
            return ZERO
        (c, one), (d, another) = self._factored, other._factored
        if one == another and not (self.single and other.single) and _is_short(c + d):
            return _multiple(c + d, one)
        both = frozenset((self, other))
        return _range(self.low + other.low, self.high + other.high, "+", both)

    @property
    def _factored(self) -> tuple[Fraction, Range]:
        """The rational number that it is a multiple of something by, and what."""
        if self.single:
            return self.low, ONE
        match self.origin:
            case ("neg", Range() as inner) if not inner.single:
                c, rest = inner._factored
                return -c, rest
            case ("*", frozenset() as factors) if len(factors) == 2:
                for each in factors:
                    [rest] = factors - {each}
                    if each.single and not rest.single:
                        return each.low, rest
        return Fraction(1), self

    def __mul__(self, other: Range) -> Range:
        if ONE in (self, other):
            return other if self == ONE else self
        if self == other and not self.single:
            return self._square()
        if ("1/", other) == self.origin or ("1/", self) == other.origin:
            return ONE
        for one, another in ((self, other), (other, self)):
            if one.negated:  # so that -2*a is the number that -(2*a) is
                return -(-one * another)
        if not (self.single and other.single):
            (c, one), (d, another) = self._factored, other._factored
            multiples = self not in (one, another) and other not in (one, another)
            if multiples and _is_short(c * d):
                return _multiple(c * d, one * another)
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return _range(min(ends), max(ends), "*", frozenset((self, other)))

    def __pow__(self, n: int) -> Range:
        if n % 2 == 0 and n > 0:
            square = self._square()
            return square if n == 2 else square ** (n // 2)
        if n < 0:
            return (self**-n).inverse()
        return self if n == 1 else self * self ** (n - 1) if n else ONE

    def _square(self) -> Range:
        """The square, which is the number that a root was taken of."""
        match self.origin:
            case ("neg", Range() as inner):
                return inner**2
            case ("1/", Range() as inner):
                return (inner**2).inverse()
            case ("*", factors):
                squares: list[Range] = [each**2 for each in factors]
                return squares[0] * squares[-1]
            case (Apply("sqrt", (Name("u"),)), Range() as inner):  # of that, and not of pi
                return inner
        ends = (abs(self.low), abs(self.high))
        least = Fraction(0) if self.low <= 0 <= self.high else min(ends) ** 2
        return _range(least, max(ends) ** 2, "square", self)

    def inverse(self) -> Range:
        if self.sign == 0:
            raise Unknown
        if self.negated:
            return -(-self).inverse()
        return _range(1 / self.high, 1 / self.low, "1/", self)


def _range(low: Fraction, high: Fraction, *origin: Any) -> Range:
    """A range with no more digits than are of use, and what it comes from unless it is exact."""
    if low.denominator.bit_length() + high.denominator.bit_length() > DIGITS:
        low, high = _floor(low), -_floor(-high)
    if low == high:
        return Range(low, high)
    known = 1 + max((each.steps for each in _made_of(origin)), default=0)
    if known > MOST_STEPS:
        return Range(low, high, (object(),))
    return Range(low, high, origin, known)


def _multiple(c: Fraction, base: Range) -> Range:
    """c times a number that is no multiple of another."""
    if c < 0:
        return -_multiple(-c, base)
    if c == 0 or base == ONE:
        return number(c)
    return (
        base if c == 1 else _range(c * base.low, c * base.high, "*", frozenset((number(c), base)))
    )


def _is_short(value: Fraction) -> bool:
    return value.numerator.bit_length() + value.denominator.bit_length() <= DIGITS


def _made_of(origin: tuple[Any, ...]) -> Iterator[Range]:
    for part in origin[1:]:
        yield from part if isinstance(part, frozenset) else (part,)


def _floor(value: Fraction) -> Fraction:
    """A fraction no larger, with so many digits of its own: e**-1000 is not 0."""
    above, below = value.numerator, value.denominator
    small = below.bit_length() - above.bit_length()
    shift = DIGITS + max(small, 0)
    return Fraction((above << shift) // below, 1 << shift)


def number(value: float | Fraction | int) -> Range:
    return Range(Fraction(value), Fraction(value))


ONE, ZERO = number(1), number(0)

Key: TypeAlias = "str | Scale"
LOG, LOGLOG = "log", "loglog"  # of x


@dataclass(frozen=True, eq=False)
class Scale:
    """The sum of a*m over its parts (m, a), the fastest first; no a is 0."""

    parts: tuple[tuple[Key, Range], ...] = ()

    @cached_property
    def _hash(self) -> int:
        return hash(self.parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Scale) and self._hash == other._hash and self.parts == other.parts

    @property
    def sign(self) -> int:
        """1 if exp of it goes to inf, -1 if to 0, 0 if it is 1."""
        return self.parts[0][1].sign if self.parts else 0

    def __add__(self, other: Scale) -> Scale:
        if not self.parts or not other.parts:
            return self if self.parts else other
        return _added(self, other)

    def __neg__(self) -> Scale:
        return Scale(tuple((key, -a) for key, a in self.parts))

    def times(self, factor: Range) -> Scale:
        return (
            Scale(tuple((key, a * factor) for key, a in self.parts)) if factor != ZERO else Scale()
        )


@lru_cache(maxsize=4096)
def _added(one: Scale, other: Scale) -> Scale:
    total: dict[Key, Range] = dict(one.parts)
    for key, a in other.parts:
        total[key] = total.get(key, ZERO) + a
    kept = [(key, a) for key, a in total.items() if a != ZERO]
    return Scale(tuple(sorted(kept, key=_BY_SPEED, reverse=True)))


@lru_cache(maxsize=4096)
def compared(a: Scale, b: Scale) -> int:
    """1 if exp(a) grows faster than exp(b), 0 if they are the same."""
    return 0 if a == b else (a + -b).sign


def _faster(a: tuple[Key, Range], b: tuple[Key, Range]) -> int:
    ranks = [(0, 0) if key == LOGLOG else (1, 0) if key == LOG else (2, 0) for key, _ in (a, b)]
    if ranks[0] != ranks[1] or not (isinstance(a[0], Scale) and isinstance(b[0], Scale)):
        return (ranks[0] > ranks[1]) - (ranks[0] < ranks[1])
    return compared(a[0], b[0])


_BY_SPEED = cmp_to_key(_faster)


@dataclass(frozen=True)
class Term:
    """A coefficient times exp of a scale.

    waves: whether it takes every value of its range again and again, however far out; None: it may.
    """

    range: Range
    scale: Scale
    waves: bool | None = False


@dataclass(frozen=True)
class Series:
    """The sum of terms, the greatest first; what is missing if not exact is less than the last."""

    terms: tuple[Term, ...]
    exact: bool

    @property
    def lead(self) -> Term:
        if not self.terms:
            raise Unknown
        return self.terms[0]

    @property
    def sign(self) -> int:
        """Its sign far out."""
        if not self.terms and self.exact:
            return 0
        return self.lead.range.sign

    @property
    def goes(self) -> int:
        """1 if it leaves every bound, 0 if it is bounded, -1 if it goes to 0."""
        if not self.terms and self.exact:
            return -1
        return self.lead.scale.sign


def constant(value: Range) -> Series:
    return Series((Term(value, Scale()),) if value != ZERO else (), True)


POLES = Series((), False)  # what has poles again and again, however far out
X_ITSELF = Series((Term(ONE, Scale(((LOG, ONE),))),), True)


def negate(u: Series) -> Series:
    if u is POLES:
        return POLES
    return Series(tuple(Term(-t.range, t.scale, t.waves) for t in u.terms), u.exact)


def add(u: Series, v: Series) -> Series:
    if u is POLES or v is POLES:
        if u is v:
            raise Unknown
        return POLES
    floor = [s.terms[-1].scale for s in (u, v) if not s.exact and s.terms]
    return _collected([*u.terms, *v.terms], floor, u.exact and v.exact)


def multiply(u: Series, v: Series) -> Series:
    if (not u.terms and u.exact) or (not v.terms and v.exact):
        return Series((), True)
    if u is POLES or v is POLES:
        other = v if u is POLES else u
        if other is POLES or other.lead.waves is not False:
            raise Unknown
        return POLES
    floor = []
    if not u.exact:
        floor.append(u.terms[-1].scale + v.lead.scale)
    if not v.exact:
        floor.append(v.terms[-1].scale + u.lead.scale)
    found = [_product(a, b) for a in u.terms for b in v.terms]
    return _collected(found, floor, u.exact and v.exact)


def _product(a: Term, b: Term) -> Term:
    waves: bool | None = a.waves or b.waves
    if a.waves is None or b.waves is None or (a.waves and b.waves):
        waves = None
    return Term(a.range * b.range, a.scale + b.scale, waves)


def _collected(terms: list[Term], floor: list[Scale], exact: bool) -> Series:
    """Like terms added up; those below what is missing are left out."""
    sums: dict[Scale, Term] = {}
    for term in terms:
        known = sums.get(term.scale)
        sums[term.scale] = term if known is None else _sum(known, term)
    kept = [t for t in sums.values() if t.range != ZERO]
    kept = [t for t in kept if all(compared(t.scale, f) >= 0 for f in floor)]
    kept.sort(key=cmp_to_key(lambda a, b: compared(b.scale, a.scale)))
    for i, term in enumerate(kept):
        if term.waves is False and not (term.range.low > 0 or term.range.high < 0):
            kept, exact = kept[:i], False  # whether it is 0 cannot be told
            break
    if len(kept) > MOST_TERMS:
        kept, exact = kept[:MOST_TERMS], False
    if not kept and not exact:
        raise Unknown
    return Series(tuple(kept), exact)


def _sum(a: Term, b: Term) -> Term:
    waves: bool | None = a.waves or b.waves
    if a.waves is None or b.waves is None or (a.waves and b.waves):
        waves = None
    return Term(a.range + b.range, a.scale, waves)


def inverse(u: Series) -> Series:
    """1/u: 1/(a + b) is 1/a - b/a**2, and less."""
    if u is POLES:
        raise Unknown
    lead = u.lead
    if lead.waves and lead.range.low < -SURELY * lead.range.high < 0:
        return POLES
    first = Term(lead.range.inverse(), -lead.scale, lead.waves)
    if len(u.terms) == 1:
        return Series((first,), u.exact)
    second = _product(_product(u.terms[1], first), first)
    second = Term(-second.range, second.scale, second.waves)
    return _collected([first, second], [second.scale], False)
