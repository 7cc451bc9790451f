"""exp in the sums of a vector, relative to the largest component: nothing overflows.

exp(u)/sum(exp(u)) is the same for exp(u - max(u)), and so is all that is of degree 0 in exp(u): the
derivatives of softmax and their matrix. What has another degree may still stand in a logarithm:
log(sum(exp(u))) is max(u) + log1p(the sum of all but the largest exp(u - max(u))).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from actviz.formula.expression import COMPARISONS, Apply, Node, Number, walk
from actviz.formula.primitives import REDUCTIONS

ONE = Number(1.0)


@dataclass(frozen=True)
class _Share:
    """A part of the formula: exp(degree * max(u)) times the node; plus `top` times max(u)."""

    node: Node
    degree: float
    top: float = 0.0


class _NotHomogeneous(Exception):
    """The formula cannot be taken relative to the largest component."""


@lru_cache(maxsize=256)
def shifted(node: Node) -> Node:
    """The formula with every exp(u) of a sum as exp(u - max(u)), if it is equal to that.

    The shift is the operation 'beside', u - max(u), which only evaluation knows; 'top' is max(u),
    and 'beneath' the sum of all but the largest.
    """
    for u in _summed_exponents(node):
        try:
            node = _settled(_share(node, u), u)
        except _NotHomogeneous:
            continue
    return node


def _summed_exponents(node: Node) -> list[Node]:
    """The u of every exp(u) inside a sum."""
    sums = (p for p in walk(node) if isinstance(p, Apply) and p.head in ("sum", "others"))
    inside = (part for each in sums for part in walk(each.arguments[0]))
    found = (p.arguments[0] for p in inside if isinstance(p, Apply) and p.head == "exp")
    return list(dict.fromkeys(found))


def _share(node: Node, u: Node) -> _Share:
    """The formula relative to exp(max(u))."""
    done: dict[Node, _Share] = {}
    for part in walk(node):
        done[part] = _part(part, u, done)
    return done[node]


def _part(part: Node, u: Node, done: dict[Node, _Share]) -> _Share:
    if not isinstance(part, Apply):
        return _Share(part, 0.0)
    if part.head == "exp" and part.arguments[0] is u:
        return _Share(Apply("exp", (Apply("beside", (u,)),)), 1.0)
    shares = [done[argument] for argument in part.arguments]
    if all(s.degree == 0 and s.top == 0 for s in shares):
        return _Share(Apply(part.head, tuple(s.node for s in shares)), 0.0)
    match part.head:
        case "+" | "-":
            return _sum(part.head, shares[0], shares[1], u)
        case "log":
            return _logarithm(shares[0])
    if any(s.top for s in shares):
        shares = [_Share(_settled(s, u), 0.0) for s in shares]
    return _Share(Apply(part.head, tuple(s.node for s in shares)), _degree(part, shares))


def _degree(part: Apply, shares: list[_Share]) -> float:
    """The degree of what is made of parts of these degrees."""
    degrees = [share.degree for share in shares]
    match part.head:
        case "*":
            return degrees[0] + degrees[1]
        case "/":
            return degrees[0] - degrees[1]
        case "neg" | "sum" | "others" | "abs":
            return degrees[0]
        case "pick" if degrees[1] == 0:
            return degrees[0]
        case "**" if isinstance(part.arguments[1], Number):
            return degrees[0] * part.arguments[1].value
        case "sqrt":
            return degrees[0] / 2
        case "where" if degrees[0] == 0 and degrees[1] == degrees[2]:
            return degrees[1]
        case "min" | "max" if degrees[0] == degrees[1]:
            return degrees[0]
        case head if head in COMPARISONS and degrees[0] == degrees[1]:
            return 0.0
        case head if head not in REDUCTIONS and not any(degrees):
            return 0.0
    raise _NotHomogeneous


def _sum(head: str, a: _Share, b: _Share, u: Node) -> _Share:
    """x - (max(u) + log) as (x - max(u)) - log: max(u) is taken off before anything is rounded."""
    if a.degree != b.degree or (a.degree and (a.top or b.top)):
        raise _NotHomogeneous
    top = a.top + (b.top if head == "+" else -b.top)
    if top == -1 and a.node is u and not a.top:
        return _Share(Apply(head, (Apply("beside", (u,)), b.node)), 0.0)
    return _Share(Apply(head, (a.node, b.node)), a.degree, top)


def _logarithm(inside: _Share) -> _Share:
    """Of a sum that has the 1 of the largest in it, by what else it has."""
    match inside.node:
        case Apply("sum", (Apply("exp", (Apply("beside", _),)) as terms,)):
            return _Share(Apply("log1p", (Apply("beneath", (terms,)),)), 0.0, inside.degree)
    return _Share(Apply("log", (inside.node,)), 0.0, inside.degree)


def _settled(share: _Share, u: Node) -> Node:
    """The formula itself again."""
    if share.degree:
        raise _NotHomogeneous
    if not share.top:
        return share.node
    top: Node = Apply("top", (u,))
    top = top if share.top == 1 else Apply("*", (Number(share.top), top))
    return Apply("+", (top, share.node))
