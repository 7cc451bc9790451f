"""Bounds where float64 runs out of range: the same steps with numbers of any size.

Only cells that float64 leaves unbounded, or of unknown sign, are looked at. What float64 knows of a
part is never lost: the bounds of both are cut with each other, step by step, and what is decided is
taken from there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from actviz.formula.arrays import Indices, Truths
from actviz.formula.enclosure import scaled
from actviz.formula.enclosure.bounds import Program, Step
from actviz.formula.enclosure.cells import Part
from actviz.formula.enclosure.scaled import Scaled
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import ENCLOSING, PRIMITIVES, WIDE

NEARLY_ZERO, NEARLY_INFINITE = 1e-280, 1e300  # beyond, numbers may be out of range


def beyond_range(slots: Sequence[Any], results: Sequence[Part]) -> Truths:
    """Where float64 overflows on the way, or underflows and leaves no sign."""
    shape = results[0].defined.shape
    found, unsigned = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for part in results:
        (low, high), (above, below) = part.ends, part.apart
        touches = ((low == 0) & ~above) | ((high == 0) & ~below)
        near = np.maximum(-low, high) < NEARLY_ZERO
        unsigned |= (touches | (near & (low < 0) & (high > 0))) & (low != high)
    for value in slots:
        if isinstance(value, Part):
            sizes = np.maximum(-value.ends[0], value.ends[1])
            found |= (sizes > NEARLY_INFINITE) | (unsigned & (sizes < NEARLY_ZERO) & (sizes > 0))
    return found


def widened(program: Program, slots: Sequence[Any], where: Truths) -> list[Part]:
    """The results with the bounds of these cells cut by those of any size."""
    index = np.flatnonzero(where)
    taken = [_taken(value, index) for value in slots]
    with np.errstate(all="ignore"):
        known: list[Any] = [
            scaled.scaled(value.ends) if isinstance(value, Part) else value for value in taken
        ]
        for step in program.steps:
            found = _applied(step, [known[i] for i in step.arguments])
            if found is not None:
                known[step.slot] = scaled.within(known[step.slot], found)
        return [_cut(slots[i], known[i], index, where.size) for i in program.results]


def _taken(value: Any, index: Indices) -> Any:
    """Some of the cells."""
    if value is None:
        return None
    return type(value)(*(each[..., index] if each.shape[-1] > 1 else each for each in value))


def _cut(part: Part, found: Scaled, index: Indices, size: int) -> Part:
    """A result with what was found for some of its cells."""
    if part.ends.shape[1] != size:
        return part
    ends, apart = part.ends.copy(), part.apart.copy()
    given, new = ends[:, index], found.float
    low, high = np.fmax(given[0], new[0]), np.fmin(given[1], new[1])
    ends[:, index] = np.where(np.isnan(given), np.nan, np.stack([low, high]))
    signed = np.stack([found.sign[0] > 0, found.sign[1] < 0])  # though float64 says 0
    changed = ends[:, index] != given
    apart[:, index] = (apart[:, index] & ~changed) | signed & (ends[:, index] == 0)
    return part._replace(ends=ends, apart=apart)


def _applied(step: Step, given: Sequence[Any]) -> Scaled | None:
    """What one step gives; None where float64 knows as much."""
    match step.part:
        case Apply("where", _):
            choice, a, b, *_ = given
            either = scaled.chosen(choice.no, b, scaled.hull(a, b))
            return scaled.chosen(choice.yes, a, either)
        case Apply("**", _) if step.whole is not None:
            return scaled.whole_power(given[0], step.whole)
        case Apply(head, _) if head in _OPERATORS:
            return _OPERATORS[head](*given)
        case Apply(head, _) if head not in COMPARISONS and _by_ends(head):
            return _at_corners(head, given)
    return None


@lru_cache
def _by_ends(head: str) -> bool:
    """Whether a primitive is bounded by its values at ends, and can be worked out for any size."""
    if "u" not in ENCLOSING[head].kind.replace("|", " ").replace("-", " ").split():
        return False
    return head in _AT_POINTS or bool(PRIMITIVES[head].definition)


def _at_corners(head: str, given: Sequence[Scaled]) -> Scaled:
    """The hull of the values at the ends of the arguments, or of their sizes."""
    kinds = ENCLOSING[head].kind.split()
    sizes = (
        scaled.magnitude(u) if "|" in kind else u for u, kind in zip(given, kinds, strict=False)
    )
    ends = [[_end(u, 0), _end(u, 1)] for u in sizes]
    return scaled.hull(*(_at_point(head, corner) for corner in product(*ends)))


def _end(u: Scaled, which: int) -> Scaled:
    return Scaled(u.sign[[which, which]], u.power[[which, which]])


def _at_point(head: str, given: Sequence[Scaled]) -> Scaled:
    """The value of a primitive at points, by its definition if it is none of the basic ones."""
    if head in _AT_POINTS:
        return _AT_POINTS[head](*given)
    primitive = PRIMITIVES[head]
    like = given[0].sign
    known: dict[Node, Scaled] = dict(zip(map(Name, primitive.arguments), given, strict=True))
    definition = _definition(WIDE.get(head, primitive.definition))
    for part in definition:
        match part:
            case Number(value):
                known[part] = scaled.scaled(np.full(like.shape, value))
            case Name("pi"):
                known[part] = scaled.scaled(np.broadcast_to(PI, like.shape))
            case Apply("where", (Apply(sign, (p, q)), a, b)):
                larger, smaller = (p, q) if sign in (">", ">=") else (q, p)
                yes = scaled.less(_end(known[smaller], 1), _end(known[larger], 0))[0]
                no = scaled.less(_end(known[larger], 1), _end(known[smaller], 0))[0]
                either = scaled.chosen(no, known[b], scaled.hull(known[a], known[b]))
                known[part] = scaled.chosen(yes, known[a], either)
            case Apply("**", (u, Number(n))) if n.is_integer():
                known[part] = scaled.whole_power(known[u], int(n))
            case Apply(inner, arguments) if inner in _OPERATORS:
                known[part] = _OPERATORS[inner](*(known[each] for each in arguments))
            case Apply(inner, arguments) if inner in _AT_POINTS or PRIMITIVES[inner].definition:
                known[part] = _at_corners(inner, [known[each] for each in arguments])
            case Apply(inner, _) if inner not in COMPARISONS:
                known[part] = scaled.whole(like)
    return known[definition[-1]]


@lru_cache
def _definition(text: str) -> tuple[Node, ...]:
    parts = tuple(walk(parse(text)))
    return tuple(p for p in parts if not (isinstance(p, Apply) and p.head in COMPARISONS))


PI = np.array([[math.pi], [math.nextafter(math.pi, 4.0)]])
_AT_POINTS: dict[str, Callable[..., Scaled]] = {
    "exp": scaled.exp,
    "log": scaled.log,
    "sqrt": scaled.sqrt,
    "expm1": scaled.expm1,
    "log1p": scaled.log1p,
    "erfc": scaled.erfc,
}
_OPERATORS: dict[str, Callable[..., Scaled]] = {
    "+": scaled.add,
    "-": lambda u, v: scaled.add(u, scaled.negate(v)),
    "*": scaled.multiply,
    "/": scaled.divide,
    "neg": scaled.negate,
    "**": scaled.power,
}
