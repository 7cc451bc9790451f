"""A formula and its derivatives as they are enclosed: with decimals that stay what they are.

The algebra of derivatives reads 0.1 as a tenth, so that coefficients stay short: its 0.3 - 1 is the
float nearest to -0.7, not the difference of the float 0.3 and 1. That is right to rounding, and no
proof. So decimals are differentiated as parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from actviz.formula.derivative import differentiate
from actviz.formula.expression import Name, Node, Number, rebuild, walk
from actviz.formula.products import fraction


def orders(
    node: Node, parameters: Mapping[str, float], highest: int, first: Node | None = None
) -> tuple[tuple[Node, ...], dict[str, float]]:
    """The formula and its derivatives up to the highest order, and values for their names.

    first: the first derivative, where a better formula of it is known than the derived one.

    Raises UsageError if a derivative is too large to be of use.

    >>> from actviz.formula.parsing import parse
    >>> trees, values = orders(parse("a*x**0.3"), {"a": 2.0}, 1)
    >>> from actviz.formula.expression import to_text
    >>> to_text(trees[1]), values
    ('a*0.3*x**(0.3 - 1)', {'a': 2.0, '0.3': 0.3})
    """
    trees, decimals = _orders(node, highest, first)
    return trees, {**parameters, **dict(decimals)}


@lru_cache(maxsize=512)
def _orders(
    node: Node, highest: int, first: Node | None
) -> tuple[tuple[Node, ...], tuple[tuple[str, float], ...]]:
    given = [node] if first is None else [node, first]
    parts = {part for tree in given for part in walk(tree)}
    numbers = [part for part in parts if isinstance(part, Number)]
    decimals = [n for n in numbers if Fraction(n.value) != fraction(n.value)]
    names: dict[Node, Node] = {n: Name(repr(n.value)) for n in decimals}
    trees = [rebuild(tree, names) for tree in given][: highest + 1]
    while len(trees) <= highest:
        trees.append(differentiate(trees[-1]))
    return tuple(trees), tuple(sorted((repr(n.value), n.value) for n in decimals))
