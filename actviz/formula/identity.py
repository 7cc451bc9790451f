"""Whether two formulas are the same function, by algebra.

Every primitive is written by its definition, so that few functions are left; exp of a sum is a
product, log of a product a sum. A formula is then a quotient of sums of products of powers, and one
less another is 0 if nothing is left above the bar. Numbers are those that evaluation uses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

from actviz.formula.breaks import spelled
from actviz.formula.expression import (
    COMPARISONS,
    Apply,
    Name,
    Node,
    Number,
)
from actviz.formula.parsing import parse
from actviz.formula.primitives import MIRRORED, PRIMITIVES, STEPS

MOST_TERMS = 300  # of a sum that is multiplied out
MOST_POWER = 24

Atom: TypeAlias = tuple[Any, ...]  # a name, a function of something, or a number to a power
Powers: TypeAlias = frozenset[tuple[Atom, Fraction]]
Sum: TypeAlias = dict[Powers, Fraction]
Quotient: TypeAlias = tuple[Sum, Sum]

NOTHING: Powers = frozenset()
UNIT: Sum = {NOTHING: Fraction(1)}


class _TooLarge(Exception):
    """More terms than are worth multiplying out."""


def identical(one: Node, other: Node, parameters: Mapping[str, float]) -> bool:
    """Whether both are the same wherever they have values; False where algebra does not tell.

    Where they select, they are only if they select alike.

    >>> identical(parse("tanh(x)"), parse("2*sigmoid(2*x) - 1"), {})
    True
    """
    reader = _Reader(parameters)
    try:
        return not _add(reader.read(one), _scaled(reader.read(other), Fraction(-1)))[0]
    except (_TooLarge, ZeroDivisionError, RecursionError, OverflowError):
        return False


class _Reader:
    """Formulas as quotients, parts that they share once."""

    def __init__(self, parameters: Mapping[str, float]) -> None:
        self.parameters, self.known = parameters, dict[Node, Quotient]()

    def read(self, node: Node) -> Quotient:
        if node not in self.known:
            self.known[node] = self._read(node)
        return self.known[node]

    def _read(self, node: Node) -> Quotient:
        match node:
            case Number(value):
                return _constant(Fraction(value))
            case Name(name) if name in self.parameters:
                return _constant(Fraction(self.parameters[name]))
            case Name(name):
                return _atom((name,))
            case Apply("**", (u, v)):
                return self._power(self.read(u), v)
            case Apply(head, arguments) if head in _OPERATORS:
                return _OPERATORS[head](*map(self.read, arguments))
            case Apply(head, arguments):
                return self._primitive(head, arguments)
        raise _TooLarge

    def _primitive(self, head: str, arguments: tuple[Node, ...]) -> Quotient:
        given = tuple(map(self.read, arguments))
        if head in STEPS:
            return self._step(head, given[0])
        if head not in COMPARISONS and PRIMITIVES[head].definition:
            return self._defined(head, given)
        if head in MIRRORED and _leads_negative(given[-1]):
            mirrored = _Reader({})
            mirrored.known[Name("u")] = _scaled(given[-1], Fraction(-1))
            return mirrored.read(parse(MIRRORED[head]))
        return _atom((head, *map(_key, given)))

    def _defined(self, head: str, given: tuple[Quotient, ...]) -> Quotient:
        primitive, inner = PRIMITIVES[head], _Reader(self.parameters)
        inner.known = dict(zip(map(Name, primitive.arguments), given, strict=True))
        return inner.read(spelled(parse(primitive.definition)))

    def _step(self, head: str, u: Quotient) -> Quotient:
        """That of what is left without an even number, which all steps are the same after."""
        (above, below), even = u, Fraction(0)
        if below.keys() == {NOTHING}:
            even = 2 * Fraction(math.floor(above.get(NOTHING, Fraction(0)) / below[NOTHING] / 2))
        rest = _add(u, _constant(-even))
        defined = PRIMITIVES[head].definition
        step = self._defined(head, (rest,)) if defined else _atom((head, _key(rest)))
        return _add(step, _constant(even))

    def _power(self, u: Quotient, v: Node) -> Quotient:
        exponent = self.read(v)
        if exponent[1] == UNIT and exponent[0].keys() <= {NOTHING}:
            return _raised(u, exponent[0].get(NOTHING, Fraction(0)))
        return _exp(_multiply(exponent, _log(u)))


def _constant(value: Fraction) -> Quotient:
    return ({NOTHING: value} if value else {}), UNIT


def _atom(atom: Atom, exponent: Fraction = Fraction(1)) -> Quotient:
    return {frozenset({(atom, exponent)}): Fraction(1)}, UNIT


def _key(u: Quotient) -> Any:
    """The same for quotients that are seen to be the same."""
    above, below = u
    if not above:
        return 0
    first = below[_first(below)]
    return tuple(frozenset((p, c / first) for p, c in part.items()) for part in (above, below))


def _first(terms: Sum) -> Powers:
    return min(terms, key=lambda powers: sorted(map(repr, powers)))


def _leads_negative(u: Quotient) -> bool:
    above, below = u
    return bool(above) and (above[_first(above)] < 0) != (below[_first(below)] < 0)


def _scaled(u: Quotient, factor: Fraction) -> Quotient:
    return {powers: c * factor for powers, c in u[0].items()}, u[1]


def _sum(one: Sum, other: Sum) -> Sum:
    total = dict(one)
    for powers, c in other.items():
        total[powers] = total.get(powers, Fraction(0)) + c
    return {powers: c for powers, c in total.items() if c}


def _product(one: Sum, other: Sum) -> Sum:
    if len(one) * len(other) > MOST_TERMS:
        raise _TooLarge
    total: Sum = {}
    for p, c in one.items():
        for q, d in other.items():
            total = _sum(total, _joined(p, q, c * d))
    return total


def _joined(p: Powers, q: Powers, c: Fraction) -> Sum:
    """A product of products; a root that is a whole power then is multiplied out."""
    powers = dict(p)
    for atom, exponent in q:
        powers[atom] = powers.get(atom, Fraction(0)) + exponent
    rest: Sum = {frozenset((a, n) for a, n in powers.items() if n and not _whole(a, n)): c}
    for atom, n in powers.items():
        if n and _whole(atom, n):
            rest = _product(rest, _whole_power(dict(atom[1]), int(n)))
    return rest


def _whole(atom: Atom, exponent: Fraction) -> bool:
    return atom[0] == "root" and exponent.denominator == 1 and exponent > 0


def _add(u: Quotient, v: Quotient) -> Quotient:
    if u[1] == v[1]:
        return _sum(u[0], v[0]), u[1]
    return _sum(_product(u[0], v[1]), _product(v[0], u[1])), _product(u[1], v[1])


def _multiply(u: Quotient, v: Quotient) -> Quotient:
    return _product(u[0], v[0]), _product(u[1], v[1])


def _inverse(u: Quotient) -> Quotient:
    if not u[0]:
        raise ZeroDivisionError
    return u[1], u[0]


_OPERATORS: dict[str, Callable[..., Quotient]] = {
    "+": _add,
    "-": lambda u, v: _add(u, _scaled(v, Fraction(-1))),
    "*": _multiply,
    "/": lambda u, v: _multiply(u, _inverse(v)),
    "neg": lambda u: _scaled(u, Fraction(-1)),
    "sqrt": lambda u: _raised(u, Fraction(1, 2)),
    "exp": lambda u: _exp(u),
    "log": lambda u: _log(u),
}


def _whole_power(u: Sum, n: int) -> Sum:
    return reduce(_product, [u] * n, UNIT)


def _raised(u: Quotient, n: Fraction) -> Quotient:
    """u**n; what is not a whole power is one of |u|, which is u where there is a value."""
    if n < 0:
        return _raised(_inverse(u), -n)
    if n > MOST_POWER:
        raise _TooLarge
    if n.denominator == 1:
        return _whole_power(u[0], int(n)), _whole_power(u[1], int(n))
    above, below = (_root(part, n) for part in u)
    return _multiply(above, _inverse(below))


def _root(u: Sum, n: Fraction) -> Quotient:
    if not u:
        return {}, UNIT
    positive, rest = _content(u)
    outside = frozenset((atom, exponent * n) for atom, exponent in positive)
    found: Quotient = ({outside: Fraction(1)}, UNIT)
    return found if rest == UNIT else _multiply(found, _atom(("root", frozenset(rest.items())), n))


def _content(u: Sum) -> tuple[Powers, Sum]:
    """The positive factors that all terms have in common, to the least powers, and what is left."""
    atoms = {atom for powers in u for atom, _ in powers if _is_positive(atom)}
    common = dict[Atom, Fraction]()
    for atom in atoms:
        exponents = [dict(powers).get(atom, Fraction(0)) for powers in u]
        if least := min(exponents):
            common[atom] = least
    rest: Sum = {}
    for powers, c in u.items():
        kept = dict(powers)
        for atom, exponent in common.items():
            kept[atom] = kept.get(atom, Fraction(0)) - exponent
        rest[frozenset((a, n) for a, n in kept.items() if n)] = c
    return frozenset(common.items()), rest


def _is_positive(atom: Atom) -> bool:
    return atom[0] in ("exp", "pi", "e")


def _exp(u: Quotient) -> Quotient:
    """A product of one power for each term, which is one of u if that is log(u)."""
    above, below = u
    if below.keys() != {NOTHING}:
        return _atom(("exp", _key(u)))
    found: Quotient = (UNIT, UNIT)
    for term, c in above.items():
        exponent, logarithm = c / below[NOTHING], _logarithm(term)
        power = _atom(("exp", term), exponent)
        if logarithm is not None:
            power = _raised((logarithm, UNIT), exponent)
        found = _multiply(found, power)
    return found


def _logarithm(term: Powers) -> Sum | None:
    """What a term is the logarithm of, if it is one."""
    match list(term):
        case [(("log", frozenset() as of), 1)]:
            return dict(of)
    return None


def _log(u: Quotient) -> Quotient:
    """log |above| - log |below|, and of the powers of exp that all terms have what is in these."""
    above, below = (_log_of_sum(part) for part in u)
    return _add(above, _scaled(below, Fraction(-1)))


def _log_of_sum(u: Sum) -> Quotient:
    if not u:
        raise ZeroDivisionError
    positive, rest = _content(u)
    found: Quotient = ({}, UNIT) if rest == UNIT else _atom(("log", frozenset(rest.items())))
    for atom, exponent in positive:
        plain = atom[0] == "exp" and isinstance(atom[1], frozenset)
        part = ({atom[1]: exponent}, UNIT) if plain else _scaled(_atom(("log", atom)), exponent)
        found = _add(found, part)
    return found
