"""Equal factors as a power, which encloses what their product does not: x*x is never below 0."""

from __future__ import annotations

from functools import reduce

from actviz.formula.expression import Apply, Node, Number, walk


def gathered(node: Node) -> Node:
    """The formula with the equal factors of each product as one power.

    >>> from actviz.formula.expression import to_text
    >>> from actviz.formula.parsing import parse
    >>> to_text(gathered(parse("x*exp(x)*x")))
    'x**2*exp(x)'
    """
    done: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply(head, arguments):
                built = Apply(head, tuple(done[each] for each in arguments))
                done[part] = _powers(built) if head == "*" else built
            case _:
                done[part] = part
    return done[node]


def _powers(node: Node) -> Node:
    counts: dict[Node, float] = {}
    for base, exponent in _factors(node):
        counts[base] = counts.get(base, 0.0) + exponent
    if all(count == 1 for count in counts.values()) or len(counts) == len(list(_factors(node))):
        return node
    return reduce(lambda a, b: Apply("*", (a, b)), (_power(*each) for each in counts.items()))


def _factors(node: Node) -> list[tuple[Node, float]]:
    match node:
        case Apply("*", (a, b)):
            return _factors(a) + _factors(b)
        case Apply("**", (a, Number(n))) if n.is_integer() and n > 0:
            return [(a, n)]
    return [(node, 1.0)]


def _power(base: Node, exponent: float) -> Node:
    return base if exponent == 1 else Apply("**", (base, Number(exponent)))
