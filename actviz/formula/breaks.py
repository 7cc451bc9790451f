"""What the table of primitives says breaks in a formula: its expressions, as formulas themselves.

Whatever selects is written by its definition first, so that a where is all that is left to select,
and floor and its kin all that step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from actviz.formula.expression import COMPARISONS, ZERO, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import ARGUMENTS, AS_DEFINED, BREAKS, PRIMITIVES

WHOLE = "whole"
POWERS_OF_ZERO = parse("where(v > 0, 0, where(v < 0, log(-1), 1))")  # of 0**v


def switching(node: Node) -> Iterator[Node]:
    """The expressions at whose zeros something switches."""
    for part in walk(spelled(node)):
        match part:
            case Apply(head, (u, v)) if head in COMPARISONS:
                yield difference(u, v)
            case Apply():
                yield from (place for relation, place in told(part) if relation != WHOLE)


def stepping(node: Node) -> Iterator[Node]:
    """The expressions at whose whole numbers something steps."""
    parts = walk(spelled(node))
    yield from (place for part in parts for kind, place in told(part) if kind == WHOLE)


def breaking(node: Node) -> Iterator[Node]:
    """The expressions at whose zeros a primitive breaks inside its domain."""
    parts = (part for part in walk(node) if isinstance(part, Apply) and part.head in PRIMITIVES)
    yield from (place for part in parts for kind, place in told(part) if kind == "=")


@lru_cache(maxsize=512)
def edges(node: Node) -> frozenset[Node]:
    """The expressions at whose zeros something divides by 0, or is at the end of its domain."""
    parts = walk(spelled(node))
    return frozenset(place for part in parts for kind, place in told(part) if kind != WHOLE)


def whole_of(head: str) -> Node:
    """What is a whole number where a step such as floor is, as a formula in u."""
    ((_, place),) = _column(head)
    return place


@lru_cache(maxsize=512)
def relations(node: Node) -> frozenset[str]:
    """What holds in a formula where it breaks inside its domain, or ends."""
    parts = walk(spelled(node))
    return frozenset(relation for part in parts for relation, _ in told(part)) - {WHOLE}


@lru_cache(maxsize=512)
def spelled(node: Node) -> Node:
    """The formula with whatever selects written by its definition: as a where, or with steps."""
    done: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply("**", (base, v)) if base is ZERO and X in walk(v):
                done[part] = rebuild(POWERS_OF_ZERO, {Name("v"): done[v]})
            case Apply(head, arguments):
                inner = tuple(done[argument] for argument in arguments)
                definition = _selects(head)
                done[part] = _put_in(head, definition, inner) if definition else Apply(head, inner)
            case _:
                done[part] = part
    return done[node]


@lru_cache
def _selects(head: str) -> Node | None:
    """The definition of a primitive that breaks as defined, spelled out itself."""
    return spelled(parse(PRIMITIVES[head].definition)) if BREAKS.get(head) == AS_DEFINED else None


@lru_cache(maxsize=1024)
def told(part: Node) -> tuple[tuple[str, Node], ...]:
    """What the table says of where a part breaks: a relation, and what is 0 or whole there."""
    match part:
        case Apply("**", (u, Number(n))) if n.is_integer():
            return (("=", u),) if n < 0 else ()
        case Apply(head, arguments):
            column = _column(head)
            return tuple((sign, _put_in(head, place, arguments)) for sign, place in column)
    return ()


@lru_cache
def _column(head: str) -> tuple[tuple[str, Node], ...]:
    """The column `breaks`: 'u > -1' as > and u - -1, 'u whole' as whole and u."""
    told = BREAKS.get(head, AS_DEFINED)
    if told == AS_DEFINED:
        return ()
    relations = (re.split(r" (=|<=?|>=?|whole)", each, maxsplit=1) for each in told.split("; "))
    return tuple((sign, difference(parse(u), parse(v or "0"))) for u, sign, v in relations)


def _put_in(head: str, node: Node, arguments: tuple[Node, ...]) -> Node:
    """A formula over the arguments of a primitive, with these in their places."""
    names = (Name(name) for name in ARGUMENTS[head])
    return rebuild(node, dict(zip(names, arguments, strict=True)))


def difference(left: Node, right: Node) -> Node:
    return left if right is ZERO else Apply("-", (left, right))
