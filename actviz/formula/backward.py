"""A formula walked back: how much its value changes with each of its parts.

All dy/dpart come from one walk back through the formula, by the derivative rules of the table of
primitives; that of x itself is the slope.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from actviz.formula.arrays import NORMAL, Array, Truths
from actviz.formula.derivative import differentiate
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, parts_of
from actviz.formula.kernels import kernel
from actviz.formula.primitives import OF_ORDER

EXACT_NEAR_0 = frozenset({"+", "-"}) | COMPARISONS
NAMED: dict[Node, float] = {Name("pi"): math.pi, Name("e"): math.e}


@dataclass(frozen=True)
class Walked:
    """A formula walked through at some places: forth for the values, back for the slopes.

    values, slopes (dy/dpart), reached (where a part has a say in y) and small (where it underflows,
    if it does) of each part; shares are the derivatives of parts by their arguments; faint is where
    slopes underflow.
    """

    parts: tuple[Node, ...]
    values: Mapping[Node, Any]
    slopes: Mapping[Node, Any]
    reached: Mapping[Node, Truths]
    small: Mapping[Node, Truths]
    shares: Mapping[tuple[Node, int], Any]
    faint: Truths

    @property
    def nowhere(self) -> Truths:
        return np.zeros(self.faint.shape, dtype=bool)

    @property
    def steps(self) -> Iterator[Apply]:
        return (part for part in self.parts if isinstance(part, Apply))

    @property
    def comparisons(self) -> Iterator[tuple[Apply, Any, Any]]:
        """Each with the values that it compares."""
        for part in self.steps:
            if part.head in COMPARISONS:
                u, v = part.arguments
                yield part, self.values[u], self.values[v]


def walk_back(node: Node, x: Array, constants: Mapping[str, float]) -> Walked:
    """The values and slopes of all parts of a formula at x; numpy may warn of what overflows."""
    parts = parts_of(node)
    values = values_of(parts, {X: x, **named(constants)})
    small = underflows(parts, values)
    weighty = _weighty(parts, frozenset(small))
    slopes: dict[Node, Any] = dict.fromkeys(parts, 0.0)
    reached: dict[Node, Truths] = {}
    shares: dict[tuple[Node, int], Any] = {}
    faint = np.zeros(x.shape, dtype=bool)
    slopes[node], reached[node] = np.ones(x.shape), np.ones(x.shape, dtype=bool)
    for part in reversed(parts):
        if not isinstance(part, Apply):
            continue
        for i, argument in enumerate(part.arguments):
            here = reached[part]
            if part.head == "where" and i:
                taken = values[part.arguments[0]]
                here = here & (taken if i == 1 else ~np.asarray(taken, dtype=bool))
            before = reached.get(argument, here)
            reached[argument] = here if before is here else here | before
            if argument in weighty and part.head not in COMPARISONS:
                share = shares[part, i] = _partial(part, i, values)
                slope = np.where((slopes[part] == 0) | ~here, 0.0, slopes[part] * share)
                slopes[argument] = slopes[argument] + slope
                if (weak := np.abs(slope) < NORMAL).any():
                    counts = (share != 0) | _shrunk(part, i, values)
                    faint |= weak & (slopes[part] != 0) & counts & here
    return Walked(parts, values, slopes, reached, small, shares, faint)


def values_of(parts: Sequence[Node], known: Mapping[Node, Any]) -> dict[Node, Any]:
    """The value of each part, those of the names being known."""
    values = dict(known)
    for part in parts:
        match part:
            case Number(value):
                values[part] = np.float64(value)
            case Apply(head, arguments):
                first, *rest = (values[argument] for argument in arguments)
                values[part] = kernel(head)(np.atleast_1d(first), *rest)
    return values


def named(constants: Mapping[str, float]) -> dict[Node, Any]:
    return {Name(name): np.float64(value) for name, value in constants.items()}


def underflows(parts: Sequence[Node], values: Mapping[Node, Any]) -> dict[Node, Truths]:
    """Where steps are too small for all their digits: they err by as much as the smallest number.

    A sum does not underflow, and what is 0 because an argument is 0 is exactly that.
    """
    found: dict[Node, Truths] = {}
    for part in parts:
        if not isinstance(part, Apply) or part.head in EXACT_NEAR_0:
            continue
        size = np.abs(values[part])
        if (small := size < NORMAL).any():
            zero = reduce(np.logical_or, (values[each] == 0 for each in part.arguments))
            if (small := small & ~((size == 0) & zero)).any():
                found[part] = small
    return found


@lru_cache(maxsize=1024)
def _weighty(parts: tuple[Node, ...], small: frozenset[Node]) -> frozenset[Node]:
    """The parts whose rounding counts: those that x goes into, and constant exponents.

    Of the others those that underflow, and all where there is no x.
    """
    if X not in parts:
        return frozenset(parts)
    weighty: set[Node] = {X}
    for part in parts:
        if isinstance(part, Apply):
            if part.head == "**":
                weighty.update(parts_of(part.arguments[1]))
            if part in small or not weighty.isdisjoint(part.arguments):
                weighty.add(part)
    return frozenset(weighty)


def weighed(slope: Array, amount: Any) -> Array:
    """|slope| * amount, and 0 where one of them is 0, whatever the other."""
    found: Array = np.abs(slope) * amount
    if np.isfinite(found).all():
        return found
    return np.where((slope == 0) | (amount == 0), 0.0, np.abs(slope) * amount)


def _shrunk(part: Apply, i: int, values: Mapping[Node, Any]) -> Any:
    """Where a derivative that came out as 0 was too small: of x/(1 + x**2)**1.5 at 1e71."""
    base_or_divisor = (part.head == "**" and i == 0) or (part.head == "/" and i == 1)
    return base_or_divisor and values[part] != 0


def _partial(part: Apply, i: int, values: Mapping[Node, Any]) -> Any:
    """The derivative of a part by one of its arguments."""
    operands = [values[argument] for argument in part.arguments]
    if part.head in _OPERATORS:
        return _OPERATORS[part.head](i, values[part], *operands)
    names: list[Node] = [Name(f"argument {k}") for k in range(len(part.arguments))]
    if part.head in OF_ORDER:  # whose rules count with it
        names[0] = part.arguments[0]
    known: dict[Node, Any] = dict(zip(names, operands, strict=True))
    known.update(NAMED)
    formula = _partial_formula(Apply(part.head, tuple(names)), i)
    return values_of(formula, known)[formula[-1]]


def _of_power(i: int, value: Any, u: Any, v: Any) -> Any:
    if i:
        return value * np.log(u)
    return np.where(u == 0, v * u ** (v - 1), v * (value / u))


# The rules of the operators, from the value too: u/v**2 is out of range before u/v/v is.
_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda i, value, u, v: 1.0,
    "-": lambda i, value, u, v: -1.0 if i else 1.0,
    "neg": lambda i, value, u: -1.0,
    "*": lambda i, value, u, v: u if i else v,
    "/": lambda i, value, u, v: -value / v if i else 1.0 / v,
    "**": _of_power,
}


@lru_cache(maxsize=1024)
def _partial_formula(part: Apply, i: int) -> tuple[Node, ...]:
    if part.head == "where":  # whose condition is looked at before
        return (Number(1.0),) if i else (Number(0.0),)
    return parts_of(differentiate(part, f"argument {i}"))
