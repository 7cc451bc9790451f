"""The derivative of a formula, as a formula again, by the rules of the table of primitives.

A rule is a formula in u, v, w and du, dv, dw; putting the arguments in builds the derivative by
the algebra of :mod:`actviz.algebra`, which simplifies as it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from actviz.algebra import ONE, ZERO, build, too_large
from actviz.expression import COMPARISONS, Apply, Name, Node, parse_rule, rebuild, walk
from actviz.primitives import DERIVATIVES, PRIMITIVES

MAXIMUM_ORDER = 4
MAXIMUM_NODES = 1500  # of a derivative; the fourth of a large formula can be beyond use
MAXIMUM_WRITTEN = 20_000  # the same without sharing: what its text would hold


@lru_cache(maxsize=1024)
def differentiate(node: Node, wrt: str = "x") -> Node:
    """The simplified derivative with respect to x or to a parameter.

    At the switch of a branch it is that of the branch the formula takes there. Of a function of a
    whole vector it is the derivative of each component by itself.

    Raises UsageError if the derivative is too large to be of use.

    >>> from actviz.expression import parse, to_text
    >>> to_text(differentiate(parse("sigmoid(x)")))
    'sigmoid(x)*sigmoid(-x)'
    >>> to_text(differentiate(parse("where(x > 0, x, alpha*x)"), "alpha"))
    'where(x > 0, 0, x)'
    """
    done: dict[Node, Node] = {}
    for part in walk(node):
        done[part] = _derivative(part, done, wrt)
    if _is_too_large(done[node]):
        raise too_large()
    return done[node]


def _is_too_large(node: Node) -> bool:
    written: dict[Node, int] = {}
    for part in walk(node):
        arguments = part.arguments if isinstance(part, Apply) else ()
        written[part] = 1 + sum(written[argument] for argument in arguments)
    return len(written) > MAXIMUM_NODES or written[node] > MAXIMUM_WRITTEN


def _derivative(part: Node, done: dict[Node, Node], wrt: str) -> Node:
    """The derivative of one node, those of its arguments being known."""
    match part:
        case Name(name):
            return ONE if name == wrt else ZERO
        case Apply():
            return chain_rule(part, done)
    return ZERO


def chain_rule(part: Apply, slopes_of: Mapping[Node, Node]) -> Node:
    """The derivative of an operator or primitive, given those of its arguments."""
    match part:
        case Apply("where", (condition, a, b)):
            return build("where", (condition, slopes_of[a], slopes_of[b]))
        case Apply(head, _) if head in COMPARISONS:
            return ZERO
    slopes = tuple(slopes_of[argument] for argument in part.arguments)
    if all(slope is ZERO for slope in slopes):
        return ZERO
    names = PRIMITIVES[part.head].arguments if part.head in PRIMITIVES else ("u", "v")
    places = dict(zip(names, part.arguments, strict=False))
    places |= {f"d{name}": slope for name, slope in zip(names, slopes, strict=False)}
    return _put_in(_rule(part.head), places)


@lru_cache
def _rule(head: str) -> Node:
    """The table's rule for an operator or primitive, with du multiplied in where it is implied."""
    rule = parse_rule(DERIVATIVES[head])
    total = any(isinstance(part, Name) and part.id == "du" for part in walk(rule))
    constant = rule is ZERO
    return rule if total or constant else Apply("*", (rule, Name("du")))


def _put_in(rule: Node, places: dict[str, Node]) -> Node:
    replaced: dict[Node, Node] = {Name(name): node for name, node in places.items()}
    return rebuild(rule, replaced, build)
