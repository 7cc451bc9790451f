"""Formulas that write a primitive out, with the primitive: log(1 + exp(x)) is softplus(x).

Textbooks write sigmoid, tanh, softplus and gelu in exponentials that overflow or cancel. What is
computed and proven is the same function by the primitive, which does neither; what was typed is
still what is printed, and what the check holds everything against.
"""

from __future__ import annotations

from functools import lru_cache

from actviz.formula.expression import ONE, Apply, Name, Node, Number, rebuild, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import OF_VECTOR, WRITTEN

COMMUTING = frozenset({"+", "*"})


@lru_cache(maxsize=512)
def recast(node: Node) -> Node:
    """An equal formula by primitives; the formula itself if it writes none of them out.

    >>> from actviz.formula.expression import to_text
    >>> to_text(recast(parse("x*tanh(log(1 + exp(x)))")))
    'x*tanh(softplus(x))'
    >>> to_text(recast(parse("(exp(x) - exp(-x))/(exp(x) + exp(-x))")))
    'tanh(x)'
    """
    if any(isinstance(part, Apply) and part.head in OF_VECTOR for part in walk(node)):
        return node
    return _recast(node)


def _recast(node: Node) -> Node:
    if not isinstance(node, Apply):
        return node
    if (found := _known(node)) is not None:
        return found
    arguments = tuple(map(_recast, node.arguments))
    if arguments == node.arguments:
        return node
    whole = Apply(node.head, arguments)
    return _known(whole) or whole


def _known(node: Apply) -> Node | None:
    match node:
        case Apply("/", (Apply("*", (p, q)), below)):
            for factor, above in ((p, q), (q, p)):
                if (quotient := _instead(Apply("/", (above, below)), whole=True)) is not None:
                    return Apply("*", (_recast(factor), quotient))
    return _instead(node)


def _instead(node: Apply, *, whole: bool = False) -> Node | None:
    """What a formula is by a primitive; whole: by a form that is not for any numerator."""
    for pattern, instead in _forms().get(node.head, ()):
        found: dict[Node, Node] = {}
        if whole and isinstance(pattern.arguments[0], Name):
            continue
        if _matches(pattern, node, found):
            return rebuild(instead, {n: _recast(part) for n, part in found.items()}, _tidied)
    return None


@lru_cache(maxsize=1)
def _forms() -> dict[str, list[tuple[Apply, Node]]]:
    """The forms by their outermost operator or primitive."""
    forms: dict[str, list[tuple[Apply, Node]]] = {}
    for written, instead in WRITTEN:
        pattern = parse(written)
        assert isinstance(pattern, Apply)
        forms.setdefault(pattern.head, []).append((pattern, parse(instead)))
    return forms


def _matches(pattern: Node, node: Node, found: dict[Node, Node]) -> bool:
    """Whether a formula is of a form; what stands for its names goes into found."""
    match pattern:
        case Number():
            return pattern is node
        case Name():
            if pattern in found:
                return _scaled(found[pattern], 1.0) is _scaled(node, 1.0)
            found[pattern] = node
            return True
        case Apply("neg", (Name() as name,)) if name in found:
            return _scaled(found[name], -1.0) is _scaled(node, 1.0)
        case Apply(head, parts) if isinstance(node, Apply) and node.head == head:
            orders = [node.arguments]
            if head in COMMUTING:
                orders.append(node.arguments[::-1])
            for arguments in orders:
                tried = dict(found)
                if len(parts) == len(arguments) and all(
                    _matches(part, each, tried) for part, each in zip(parts, arguments, strict=True)
                ):
                    found.update(tried)
                    return True
    return False


def _tidied(head: str, arguments: tuple[Node, ...]) -> Node:
    """One step of what stands instead: no minus of a minus, and no half of 2*u."""
    match head, arguments:
        case "neg", (u,):
            return _scaled(u, -1.0)
        case "/", (u, Number(2.0)):
            return _scaled(u, 0.5)
        case "*", (Number(2.0), u):
            return _scaled(u, 2.0)
        case "*", (u, v) if u is ONE:
            return v
    return Apply(head, arguments)


def _scaled(node: Node, factor: float) -> Node:
    """The formula times 1, 2 or a half, or minus that: no number is rounded."""
    match node:
        case Number(value):
            return Number(value * factor)
        case Apply("neg", (u,)):
            return _scaled(u, -factor)
        case Apply("*", (Number(value), u)) | Apply("*", (u, Number(value))):
            return _scaled_by(u, value * factor)
    return _scaled_by(node, factor)


def _scaled_by(node: Node, factor: float) -> Node:
    if factor == 1:
        return node
    return Apply("neg", (node,)) if factor == -1 else Apply("*", (Number(factor), node))
