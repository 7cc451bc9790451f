"""A formula beyond a number: its sign and its bounds for every x from there on.

Of differences such as sqrt(x**2 + 1) - x or x*sigmoid(x) - x intervals know nothing far out,
however narrow they are; the terms that are left (:mod:`actviz.formula.enclosure.tails`) know all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import factorial, isqrt

import numpy as np

from actviz.formula.allowance import current
from actviz.formula.arrays import Array, Truths
from actviz.formula.breaks import spelled
from actviz.formula.derivative import differentiate
from actviz.formula.enclosure.cells import EPS, LARGEST
from actviz.formula.enclosure.growth import (
    LOG,
    LOGLOG,
    ONE,
    ZERO,
    Range,
    Scale,
    Term,
    Unknown,
    number,
)
from actviz.formula.enclosure.leading import Undefined, enclosed, exp_of_constant, floats
from actviz.formula.enclosure.tails import (
    NOTHING,
    ORDER,
    SWINGS,
    TINY,
    Arithmetic,
    Tail,
    constant,
    largest,
    negate,
    speed,
)
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES

STARTS = (16.0, 64.0, 1024.0, 1e6)  # from where on it is tried
NEAREST = STARTS[0]
MOST_POWER = 24  # that is multiplied out
PRICE = 20  # steps of balls that cost as much as the terms of a part
FARTHEST = 745.0  # the exponent of no float
_LOGARITHM = Term(ONE, Scale(((LOGLOG, ONE),)))  # log(x)


@dataclass(frozen=True)
class Beyond:
    """A formula on [start, inf), its terms and its sign there; mirrored: on (-inf, -start].

    even: whether its greatest term rises or falls all the way.
    """

    start: float
    tail: Tail
    sign: int
    even: bool
    mirrored: bool

    @property
    def goes(self) -> tuple[float, float]:
        """Bounds of what it goes to, both infinite where it leaves every bound."""
        lead = self.tail.terms[0] if self.tail.terms else Term(ZERO, Scale())
        if lead.scale.sign:
            return (self.sign * math.inf,) * 2 if lead.scale.sign > 0 else (0.0, 0.0)
        return floats(lead.range)

    def holds(self, lower: Array, upper: Array) -> Truths:
        """Which cells lie beyond the start."""
        return np.asarray(upper <= -self.start if self.mirrored else lower >= self.start)

    def bounds(self, lower: Array, upper: Array, where: Truths) -> tuple[Array, Array]:
        """Bounds on those of the cells that are meant, all beyond the start; else infinite ones."""
        low, high = np.full(lower.shape, -np.inf), np.full(lower.shape, np.inf)
        a, b = (-upper, -lower) if self.mirrored else (lower, upper)
        with np.errstate(all="ignore"):
            low[where], high[where] = self._bounds(a[where], b[where])
        return low, high

    def _bounds(self, a: Array, b: Array) -> tuple[Array, Array]:
        if not self.tail.terms:
            return np.zeros(a.shape), np.zeros(a.shape)
        lead, *others = self.tail.terms
        low, high = (np.full(a.shape, end) for end in floats(lead.range))
        added = [(floats(term.range), term.scale) for term in others]
        if (rest := self.tail.rest) is not None:
            added.append(((-rest.size, rest.size), rest.scale))
        sizes = np.maximum(np.abs(low), np.abs(high))
        for (least, most), scale in added:  # a share of the greatest that falls
            size = np.stack([_at(scale + -lead.scale, b)[0], _at(scale + -lead.scale, a)[1]])
            low, high = low + (least * size).min(axis=0), high + (most * size).max(axis=0)
            sizes = sizes + max(-least, most) * size[1]
        slack = EPS * (len(added) + 4) * sizes
        low, high = self._times(low - slack, high + slack, a, b)
        if self.sign > 0:
            return np.maximum(low, 0.0), high
        return low, np.minimum(high, 0.0)

    def _times(self, low: Array, high: Array, a: Array, b: Array) -> tuple[Array, Array]:
        """These bounds times the greatest term."""
        size = np.stack([np.zeros(a.shape), np.full(a.shape, np.inf)])
        if self.even:
            ends = np.stack([*_at(self.tail.lead, a), *_at(self.tail.lead, b)])
            size = np.stack([ends.min(axis=0), ends.max(axis=0)])
        corners = np.stack([end * part for end in (low, high) for part in size])
        corners = np.where(np.isnan(corners), 0.0, corners)  # 0 times inf
        least, most = corners.min(axis=0), corners.max(axis=0)
        return np.nextafter(least, -np.inf), np.nextafter(most, np.inf)


def _at(scale: Scale, x: Array) -> tuple[Array, Array]:
    """Bounds of exp of a scale at x, which is large."""
    low, high, size = np.zeros((3, *x.shape))
    for key, a in scale.parts:
        kind, of = speed(key)
        part = x**of if kind == 2 else np.log(np.log(x) if kind == 0 else x)
        least, most = floats(a)
        low, high = low + least * part, high + most * part
        size = size + max(-least, most) * part
    rises = scale.sign > 0
    return _exp(low, size, rises)[0], _exp(high, size, rises)[1]


def _exp(exponent: Array, size: Array, rises: bool) -> tuple[Array, Array]:
    """Bounds of exp, of a sum of numbers of so much size in all; of inf - inf by how it goes on."""
    lost = np.isnan(exponent) | (np.abs(exponent) > FARTHEST)
    slack = EPS * (8 + 4 * np.where(lost, 0.0, size))
    found = np.exp(np.where(lost, 0.0, exponent))
    large = np.where(np.isnan(exponent), rises, exponent > 0)
    low = np.where(lost, np.where(large, LARGEST, 0.0), np.minimum(found * (1 - slack), LARGEST))
    return low, np.where(lost, np.where(large, np.inf, TINY), found * (1 + slack))


def beyond(node: Node, parameters: Mapping[str, float], side: int) -> Beyond | None:
    """A formula far out on one side; None where it is not told.

    >>> from actviz.formula.parsing import parse
    >>> found = beyond(parse("sqrt(x**2 + 1) - x"), {}, 1)
    >>> found.start, found.sign
    (16.0, 1)
    """
    return _beyond(node, tuple(parameters.items()), side)


@lru_cache(maxsize=1024)
def _beyond(node: Node, parameters: tuple[tuple[str, float], ...], side: int) -> Beyond | None:
    places: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    if side < 0:
        places[X] = Apply("neg", (X,))
    tree = spelled(rebuild(node, places))
    size = sum(1 for _ in walk(tree))
    for start in STARTS:
        current().left -= PRICE * size
        reader = _Reader(start)
        try:
            tail = reader.read(tree)
            sign = reader.arithmetic.sign(tail)
        except Undefined:
            return None
        except (Unknown, OverflowError, ZeroDivisionError):
            continue
        return Beyond(start, tail, sign, _even(reader.arithmetic, tail), side < 0)
    return None


def _even(arithmetic: Arithmetic, tail: Tail) -> bool:
    """Whether the greatest term rises or falls all the way."""
    for one, other in ((tail.lead, Scale()), (Scale(), tail.lead)) if tail.terms else ():
        try:
            arithmetic.share(one, other)
        except Unknown:
            continue
        return True
    return False


class _Reader:
    """Formulas as tails, parts that they share once."""

    def __init__(self, start: float, known: Mapping[Node, Tail] | None = None) -> None:
        self.start, self.arithmetic = start, Arithmetic(start)
        itself = Tail((Term(ONE, Scale(((LOG, ONE),))),))
        self.known: dict[Node, Tail] = {X: itself} if known is None else dict(known)

    def read(self, node: Node) -> Tail:
        if node not in self.known:
            self.known[node] = self._read(node)
        return self.known[node]

    def _read(self, node: Node) -> Tail:
        match node:
            case Number(value):
                return constant(number(value))
            case Name("pi"):
                return constant(enclosed(node))
            case Name("e"):
                return constant(exp_of_constant(ONE))
            case Apply("where", (condition, a, b)):
                return self.read(a if self._holds(condition) else b)
            case Apply("**", (u, v)):
                return self._power(self.read(u), v)
            case Apply(head, arguments):
                return self._applied(head, [self.read(each) for each in arguments])
        raise Unknown

    def _holds(self, condition: Node) -> bool:
        assert isinstance(condition, Apply) and condition.head in COMPARISONS
        u, v = map(self.read, condition.arguments)
        sign = self.arithmetic.sign(self.arithmetic.add(u, negate(v)))
        return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[condition.head]

    def _applied(self, head: str, given: list[Tail]) -> Tail:
        if head in _OPERATORS:
            return _OPERATORS[head](self.arithmetic, *given)
        if head in _FUNCTIONS:
            return _FUNCTIONS[head](self, given[-1])
        definition = PRIMITIVES[head].definition
        if not definition:
            raise Unknown
        names = map(Name, PRIMITIVES[head].arguments)
        return _Reader(self.start, dict(zip(names, given, strict=True))).read(
            spelled(parse(definition))
        )

    def _power(self, u: Tail, v: Node) -> Tail:
        exponent = self.read(v)
        if exponent.zero:
            return constant(ONE)
        fixed = exponent.rest is None and len(exponent.terms) == 1 and not exponent.lead.parts
        if not fixed or not exponent.terms[0].range.single:
            return self.exp(self.arithmetic.multiply(exponent, self.log(u)))
        n = exponent.terms[0].range.low
        if n.denominator == 1 and abs(n) <= MOST_POWER:
            power = constant(ONE)
            for _ in range(abs(int(n))):
                power = self.arithmetic.multiply(power, u)
            return self.arithmetic.inverse(power) if n < 0 else power
        return self._root(u, n)

    def _root(self, u: Tail, n: Fraction) -> Tail:
        """A power of something positive that is not multiplied out."""
        if u.zero and n > 0:
            return NOTHING
        if self.arithmetic.sign(u) <= 0:
            raise Undefined
        lead, w = self.arithmetic.apart(u)
        first = Term(_root_of(lead.range, n), lead.scale.times(number(n)))
        return self.arithmetic.multiply(Tail((first,)), self.arithmetic.power_of_small(w, n))

    def exp(self, u: Tail) -> Tail:
        """What grows becomes a scale, a constant a coefficient."""
        scale, factor, small = Scale(), ONE, list[Term]()
        if u.rest is not None and u.rest.scale.sign >= 0:
            raise Unknown
        for term in u.terms:
            if term.scale.sign > 0:
                key = LOG if term.scale == _LOGARITHM.scale else term.scale
                speed(key)
                scale = scale + Scale(((key, term.range),))
            elif term.scale.sign == 0:
                factor = exp_of_constant(term.range)
            else:
                small.append(term)
        rest = self.arithmetic.exp_of_small(Tail(tuple(small), u.rest))
        return self.arithmetic.multiply(Tail((Term(factor, scale),)), rest)

    def log(self, u: Tail) -> Tail:
        """The scale of the first term, and the logarithm of its coefficient."""
        if self.arithmetic.sign(u) <= 0:
            raise Undefined
        lead, w = self.arithmetic.apart(u)
        found = self.arithmetic.log1p_of_small(w)
        if lead.range != ONE:
            value = enclosed(Apply("log", (Name("u"),)), u=lead.range)
            found = self.arithmetic.add(constant(value), found)
        for key, a in lead.scale.parts:
            if key == LOGLOG:
                raise Unknown
            part = Term(a, key) if isinstance(key, Scale) else Term(a, _LOGARITHM.scale)
            found = self.arithmetic.add(Tail((part,)), found)
        return found

    def sqrt(self, u: Tail) -> Tail:
        return self._root(u, Fraction(1, 2))

    def atan(self, u: Tail) -> Tail:
        """Of what is large pi/2 less that of its inverse."""
        if u.zero or u.lead.sign <= 0:
            return self._smooth("atan", u)
        half = enclosed(Name("pi")) * number(Fraction(self.arithmetic.sign(u), 2))
        return self.arithmetic.add(constant(half), negate(self.atan(self.arithmetic.inverse(u))))

    def erfc(self, u: Tail) -> Tail:
        """exp(-u**2)/(u*sqrt(pi))*(1 - 1/(2*u**2) + 3/(4*u**4) - ...), which encloses."""
        if u.zero or u.lead.sign <= 0:
            return self._smooth("erfc", u)
        if self.arithmetic.sign(u) < 0:
            return self.arithmetic.add(constant(number(2)), negate(self.erfc(negate(u))))
        square = self.arithmetic.multiply(u, u)
        w = self.arithmetic.inverse(square)
        c = [number(Fraction(each)) for each in ("1", "-1/2", "3/4", "-15/8", "105/16")]
        found = self.arithmetic.of_powers(w, c, 945 / 32)
        root = constant(_root_of(enclosed(Name("pi")), Fraction(1, 2)))
        below = self.arithmetic.inverse(self.arithmetic.multiply(u, root))
        return self.arithmetic.multiply(
            self.arithmetic.multiply(self.exp(negate(square)), below), found
        )

    def wave(self, head: str, u: Tail) -> Tail:
        """Of what grows no more is known than how far a wave swings."""
        return SWINGS if not u.zero and u.lead.sign > 0 else self._smooth(head, u)

    def _smooth(self, head: str, u: Tail) -> Tail:
        """A function of what goes to a number, by its derivatives there (Taylor)."""
        at, w = ZERO, u
        if u.terms and u.lead.sign == 0:
            at, w = u.terms[0].range, Tail(u.terms[1:], u.rest)
        elif not u.zero and u.lead.sign == 0:
            raise Unknown
        size = Fraction(self.arithmetic.small(w))
        around = Range(at.low - size, at.high + size, (object(),))
        *derivatives, last = _derivatives(head)
        coefficients = [
            enclosed(each, u=at) * number(Fraction(1, factorial(k)))
            for k, each in enumerate(derivatives)
        ]
        most = largest(enclosed(last, u=around)) / factorial(len(derivatives))
        return self.arithmetic.of_powers(w, coefficients, most)


@lru_cache
def _derivatives(head: str) -> tuple[Node, ...]:
    """A primitive and its derivatives, of a name."""
    found: list[Node] = [Apply(head, (Name("u"),))]
    for _ in range(ORDER + 1):
        found.append(differentiate(found[-1], "u"))
    return tuple(found)


def _root_of(value: Range, n: Fraction) -> Range:
    """A power of a positive coefficient."""
    if value == ONE:
        return ONE
    if n == Fraction(1, 2):
        above, below = isqrt(value.low.numerator), isqrt(value.low.denominator)
        if value.single and Fraction(above, below) ** 2 == value.low:
            return number(Fraction(above, below))
        if value.single and value.low < 1:  # so that it is one over the root of one over it
            return _root_of(value.inverse(), n).inverse()
        return enclosed(Apply("sqrt", (Name("u"),)), u=value)
    return enclosed(Apply("**", (Name("u"), Number(float(n)))), u=value)


_OPERATORS: dict[str, Callable[..., Tail]] = {
    "+": Arithmetic.add,
    "-": lambda of, u, v: of.add(u, negate(v)),
    "*": Arithmetic.multiply,
    "/": lambda of, u, v: of.multiply(u, of.inverse(v)),
    "neg": lambda of, u: negate(u),
}
_FUNCTIONS: dict[str, Callable[[_Reader, Tail], Tail]] = {
    "exp": _Reader.exp,
    "log": _Reader.log,
    "sqrt": _Reader.sqrt,
    "atan": _Reader.atan,
    "erfc": _Reader.erfc,
    "sin": lambda reader, u: reader.wave("sin", u),
    "cos": lambda reader, u: reader.wave("cos", u),
}
