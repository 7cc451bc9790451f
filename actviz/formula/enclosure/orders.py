"""A formula and its derivatives as they are enclosed: with decimals that stay what they are.

The algebra of derivatives reads 0.1 as a tenth, so that coefficients stay short: its 0.3 - 1 is the
float nearest to -0.7, not the difference of the float 0.3 and 1. That is right to rounding, and no
proof. So decimals are differentiated as parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    given, values = named([node] if first is None else [node, first])
    trees = given[: highest + 1]
    while len(trees) <= highest:
        trees.append(differentiate(trees[-1]))
    return tuple(trees), tuple(values.items())


def named(trees: Sequence[Node]) -> tuple[list[Node], dict[str, float]]:
    """The formulas with names for decimals that are no short binary fractions, and their values.

    >>> from actviz.formula.parsing import parse
    >>> named([parse("0.3*x + 0.5")])[1]
    {'0.3': 0.3}
    """
    numbers = {part for tree in trees for part in walk(tree) if isinstance(part, Number)}
    decimals = [n for n in numbers if not is_short(n.value)]
    names: dict[Node, Node] = {n: Name(repr(n.value)) for n in decimals}
    values = {repr(value): value for value in sorted(n.value for n in decimals)}
    return [rebuild(tree, names) for tree in trees], values


def is_short(value: float) -> bool:
    """Whether a float is the very number that it is written as, as 0.5 and not 0.1."""
    return Fraction(value) == fraction(value)
