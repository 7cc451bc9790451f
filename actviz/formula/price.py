"""How many steps it takes to compute a formula at a point with more digits than float64 has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from actviz.formula.expression import Apply, Node, Number, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import ENCLOSING, OF_ORDER, PRIMITIVES, WAVES

SERIES, POWER = 5, 12  # steps that a series takes, and a power by its logarithm
LONG = 40  # and one of an order, or an integral, whose series is long


def price(parts: Sequence[Node]) -> int:
    """The steps that formulas take at a point: one for what is exact, more for a series."""
    return sum(_price(part) for part in parts)


def _price(part: Node) -> int:
    match part:
        case Apply("**", (_, Number(n))) if n.is_integer():
            return 1
        case Apply(head, _):
            return _price_of(head)
    return 0


@lru_cache
def _price_of(head: str) -> int:
    if head == "**":
        return POWER
    if head in OF_ORDER:
        return LONG
    if head not in PRIMITIVES:
        return 1
    if definition := PRIMITIVES[head].definition:
        return price(tuple(walk(parse(definition))))
    return (LONG if _is_integral(head) else SERIES) if _is_series(head) else 1


def _is_series(head: str) -> bool:
    return head in ENCLOSING and bool(ENCLOSING[head].errs)


def _is_integral(head: str) -> bool:
    """Whether its slope is a formula of other series, so that nothing makes its argument small."""
    slope = walk(parse(PRIMITIVES[head].derivative))
    others = {part.head for part in slope if isinstance(part, Apply)} - {head, *WAVES}
    return any(map(_is_series, others))
