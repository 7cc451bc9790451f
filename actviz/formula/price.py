"""How many steps it takes to compute a formula at a point with more digits than float64 has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from actviz.formula.expression import Apply, Node, Number, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import ENCLOSING, OF_ORDER, PRIMITIVES, WAVES

SERIES, POWER = 5, 12  # steps that a series takes, and a power by its logarithm
OF_WAVE = 4  # that a wave takes far out
LONG = 40  # and one of an order, or an integral, whose series is long


def price(parts: Sequence[Node]) -> int:
    """The steps that formulas take at a point: one for what is exact, more for a series."""
    return sum(_price(part) for part in parts)


def far_price(parts: Sequence[Node]) -> int | None:
    """The same far out, where waves are told by their remainder; None if other series are long.

    More digits take hardly longer then: pi, by which they are divided, is told once for all.
    """
    heads = {part.head for part in parts if isinstance(part, Apply)}
    if any(map(_is_long, heads)) or not all(map(_is_plain_power, parts)):
        return None
    return len(parts) + OF_WAVE * sum(isinstance(p, Apply) and p.head in WAVES for p in parts)


@lru_cache
def _is_long(head: str) -> bool:
    """Whether a primitive is a series, or made of one, that is no wave."""
    if head not in PRIMITIVES or head in WAVES:
        return False
    if definition := PRIMITIVES[head].definition:
        parts = walk(parse(definition))
        return any(_is_long(part.head) for part in parts if isinstance(part, Apply))
    return head in OF_ORDER or _is_series(head)


def _is_plain_power(part: Node) -> bool:
    """Whether it is no power that takes a logarithm."""
    match part:
        case Apply("**", (_, Number(n))):
            return n.is_integer()
        case Apply("**", _):
            return False
    return True


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
