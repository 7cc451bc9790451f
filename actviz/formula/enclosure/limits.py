"""Limits at inf and -inf, from how the parts of a formula grow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from actviz.formula.allowance import current
from actviz.formula.breaks import spelled
from actviz.formula.enclosure import growth
from actviz.formula.enclosure.beyond import beyond
from actviz.formula.enclosure.bounds import compiled, run
from actviz.formula.enclosure.growth import POLES, Series, Unknown
from actviz.formula.enclosure.leading import Undefined, floats, holds, series
from actviz.formula.enclosure.mesh import Subject
from actviz.formula.enclosure.rules import domain
from actviz.formula.expression import Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.primitives import ENCLOSING, STEPS

SOMEWHERE = np.linspace(0.0, 50.0, 64)
PRICE = 20  # steps of balls that cost as much as the leading terms of a part


class Kind(Enum):
    """What there is at infinity."""

    VALUE = "value"
    NONE = "none"  # it oscillates, has poles again and again, or is not defined
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Limit:
    """A limit between lower and upper, both infinite of the same sign where it is infinite.

    NaN where there is none, or where it is not known.
    """

    kind: Kind
    lower: float = math.nan
    upper: float = math.nan

    @property
    def proved(self) -> bool:
        return self.kind is not Kind.UNKNOWN


def limits(f: Subject, sign: int) -> tuple[Limit, ...]:
    """The limits of a formula and its derivatives at inf (sign 1) or -inf.

    >>> from actviz.formula.enclosure.mesh import subject
    >>> from actviz.formula.parsing import parse
    >>> [limit.lower for limit in limits(subject(parse("x*sigmoid(x) + 1/x"), {}), 1)]
    [inf, 1.0]
    >>> limits(subject(parse("exp(-x**2)/cos(x)"), {}), 1)[0].kind.value
    'none'
    """
    return tuple(limit(tree, f.parameters, sign) for tree in f.trees)


def limit(node: Node, parameters: Mapping[str, float], sign: int) -> Limit:
    """The limit of one formula."""
    return _limit(node, tuple(parameters.items()), sign)


def beside(node: Node, x: float, side: int, distance: Node) -> Node:
    """The formula with x + distance for x (side 1), or x - distance (-1)."""
    step = distance if side > 0 else Apply("neg", (distance,))
    return rebuild(node, {X: step if x == 0 else Apply("+", (Number(x), step))})


def limit_beside(node: Node, parameters: Mapping[str, float], x: float, side: int) -> Limit:
    """The limit at a number from the right (side 1) or the left: that at inf of x + 1/t.

    >>> from actviz.formula.parsing import parse
    >>> limit_beside(parse("atan(1/x)"), {}, 0.0, 1).upper
    1.5707963267948968
    """
    return limit(beside(node, x, side, Apply("/", (Number(1.0), X))), parameters, 1)


@lru_cache(maxsize=1024)
def _limit(node: Node, parameters: tuple[tuple[str, float], ...], sign: int) -> Limit:
    places: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    if sign < 0:
        places[X] = Apply("neg", (X,))
    tree = spelled(rebuild(node, places))
    current().left -= PRICE * sum(1 for _ in walk(tree))
    steps = any(isinstance(part, Apply) and part.head in STEPS for part in walk(tree))
    known: dict[Node, Series] = {X: growth.X_ITSELF}
    found = Limit(Kind.UNKNOWN)
    try:
        found = _told(series(tree, known), steps)
    except Undefined:
        return Limit(Kind.NONE)
    except (Unknown, OverflowError, ZeroDivisionError):
        pass
    if not found.proved:
        if _swings(tree, known):
            return Limit(Kind.NONE)
        if (far := beyond(node, dict(parameters), sign)) is not None:
            return Limit(Kind.VALUE, *far.goes)
    return found


def _told(found: Series, steps: bool) -> Limit:
    """What a series goes to; waves of steps may be none."""
    if found is POLES:
        return Limit(Kind.UNKNOWN if steps else Kind.NONE)
    if found.goes < 0:
        return Limit(Kind.VALUE, 0.0, 0.0)
    lead = found.lead
    if found.goes > 0 and (lead.range.low > 0 or lead.range.high < 0):
        return Limit(Kind.VALUE, *([math.inf * lead.range.sign] * 2))
    if lead.waves:
        return Limit(Kind.UNKNOWN if steps else Kind.NONE)
    if lead.waves is None or found.goes > 0:
        return Limit(Kind.UNKNOWN)
    return Limit(Kind.VALUE, *floats(lead.range))


def _swings(tree: Node, known: dict[Node, Series]) -> bool:
    """Whether all that x goes into are sines of straight lines, and the formula is not constant.

    A continuous function of these comes back to each of its values again and again (Bohr 1925).
    """
    try:
        plain = _without_branches(tree, known)
    except Unknown:
        return False
    varying: set[Node] = {X}
    for part in walk(plain):
        if not isinstance(part, Apply) or varying.isdisjoint(part.arguments):
            continue
        if _straight(part):
            varying.add(part)
        elif part.head in ENCLOSING and ENCLOSING[part.head].kind.startswith("wave"):
            if not _straight(part.arguments[0]):
                return False
        elif not _continuous(part, varying):
            return False
    if plain in varying:
        return False
    low, high = run(compiled([plain], {}), SOMEWHERE, SOMEWHERE)[0].ends
    return bool(np.max(low) > np.min(high))


def _straight(node: Node) -> bool:
    """Whether it is a straight line, or a constant."""
    match node:
        case Apply("+" | "-" | "neg", arguments):
            return all(map(_straight, arguments))
        case Apply("*", (a, b)):
            return _straight(a) and _straight(b) and not (X in walk(a) and X in walk(b))
        case Apply("/", (a, b)):
            return _straight(a) and X not in walk(b)
    return node is X or X not in walk(node)


def _without_branches(tree: Node, known: dict[Node, Series]) -> Node:
    """The formula as it is far out."""
    match tree:
        case Apply("where", (condition, a, b)):
            return _without_branches(a if holds(condition, known) else b, known)
        case Apply(head, arguments):
            return Apply(head, tuple(_without_branches(each, known) for each in arguments))
    return tree


def _continuous(part: Apply, varying: set[Node]) -> bool:
    """Whether a part is a continuous function of what it is made of, x itself being no part."""
    if not varying.isdisjoint(part.arguments):
        return False
    match part:
        case Apply("+" | "-" | "*" | "neg", _):
            return True
        case Apply("/", (_, v)):
            return X not in walk(v)
        case Apply("**", (_, Number(n))):
            return n.is_integer() and n > 0
        case Apply(head, _) if head in ENCLOSING and head not in STEPS:
            return ENCLOSING[head].kind in ("u", "-u", "|u|", "-|u|") and not domain(head)
    return False
