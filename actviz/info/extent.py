"""The range of a function or a derivative: its least and greatest value, and if they are taken."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actviz.activation import Activation
    from actviz.breakpoints import Breakpoint

WIDEST = 1e6  # breakpoints and extrema are looked for from -WIDEST to WIDEST
NOISE = 4e-15  # of the largest value: extrema that differ by less are the same


def extent(activation: Activation, order: int, breakpoints: Sequence[Breakpoint]) -> dict[str, Any]:
    """The least and greatest value of f or a derivative over all x, and whether they are taken.

    Candidates are the extrema (where the next derivative changes sign), the breakpoints with
    their one-sided limits, constant pieces, and the limits at infinity. The place is given for an
    extremum or a breakpoint, None for a constant piece.
    """
    edges = [point.x for point in breakpoints]
    constant = dict.fromkeys(_constants(activation, order, edges))
    places = [*_extrema(activation, order, edges), *edges]
    taken = _values(activation, order, places) | constant
    every = [y for y in [*taken, *_limits(activation, order, edges)] if not math.isnan(y)]
    if not every:
        return {}
    noise = NOISE * max((abs(y) for y in every if math.isfinite(y)), default=0.0)
    return _end("lower", min(every), taken, noise) | _end("upper", max(every), taken, noise)


def _end(
    name: str, extreme: float, taken: Mapping[float, float | None], noise: float
) -> dict[str, Any]:
    """One end of the range, as the entries of extent.

    Of all extrema that differ by no more than rounding the one nearest to 0 is told.
    """
    same = {y: x for y, x in taken.items() if abs(y - extreme) <= noise or y == extreme}
    if not same:
        return {name: extreme, f"{name}_taken": False, f"{name}_at": None}
    value = min(same, key=lambda y: -1.0 if same[y] is None else abs(same[y] or 0.0))
    if _grows(taken, value):
        return {name: math.copysign(math.inf, value), f"{name}_taken": False, f"{name}_at": None}
    at = same[value]
    told = 0.0 if at is not None and abs(value) <= noise else value
    return {name: told, f"{name}_taken": True, f"{name}_at": at}


def _values(
    activation: Activation, order: int, places: Sequence[float]
) -> dict[float, float | None]:
    """The finite values at the places, each with the place nearest to 0 that has it."""
    outwards = sorted(places, key=lambda x: (-abs(x), x))
    values = [float(activation.derivative(x, order)) for x in outwards]
    return {y: x for y, x in zip(values, outwards, strict=True) if math.isfinite(y)}


def _constants(activation: Activation, order: int, edges: Sequence[float]) -> list[float]:
    """The values of the pieces between breakpoints on which the derivative is 0 throughout."""
    import numpy as np

    first, last = (edges[0], edges[-1]) if edges else (0.0, 0.0)
    ends = [first - 1 - abs(first), *edges, last + 1 + abs(last)]
    pieces = [np.linspace(a, b, 7)[1:-1] for a, b in pairwise(ends)]
    flat = [x[0] for x in pieces if not activation.derivative(x, order + 1).any()]
    return [float(activation.derivative(x, order)) for x in flat]


def _limits(activation: Activation, order: int, edges: Sequence[float]) -> list[float]:
    """The limits at infinity, and the one-sided ones at breakpoints."""
    sides = [
        float(activation.derivative(x, order, side=side))
        for x in edges
        for side in ("left", "right")
    ]
    return [activation.limit(order, -1), activation.limit(order, 1), *sides]


def _grows(taken: Mapping[float, float | None], extreme: float) -> bool:
    """Whether the extreme is one of ever larger extrema, as of x*cos(x)."""
    near = [abs(y) for y, x in taken.items() if x is not None and abs(x) < 100]
    at = taken[extreme]
    return at is not None and abs(at) > 1000 and abs(extreme) > 10 * max(near, default=math.inf)


def _extrema(activation: Activation, order: int, edges: Sequence[float]) -> list[float]:
    """Where the next derivative changes sign without a break, by bisection to the last bit."""
    import numpy as np

    out = np.geomspace(1e-3, WIDEST, 2000)
    grid = np.unique(np.concatenate([-out, np.linspace(-10, 10, 4001), out, edges]))
    sign = np.sign(activation.derivative(grid, order + 1))
    exact = grid[1:-1][(sign[1:-1] == 0) & (sign[:-2] * sign[2:] < 0)]
    crossing = sign[:-1] * sign[1:] < 0
    low, high = grid[:-1][crossing], grid[1:][crossing]
    side = sign[:-1][crossing]
    for _ in range(80):
        middle = (low + high) / 2
        before = np.sign(activation.derivative(middle, order + 1)) == side
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return [float(x) for x in [*exact, *low]]
