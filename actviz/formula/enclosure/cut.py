"""Tight bounds: the natural form of a formula, cut by its values at a cell's ends and its slope.

From both ends of a cell the curve stays in a cone that the bounds of the derivative open. Where the
derivative has one sign that is the range itself; else it closes with the square of the width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from actviz.formula.allowance import current
from actviz.formula.arrays import Array, Truths
from actviz.formula.enclosure.beyond import NEAREST, beyond
from actviz.formula.enclosure.bounds import broadcast, compiled, filled
from actviz.formula.enclosure.cells import Part
from actviz.formula.enclosure.far import beyond_range, widened
from actviz.formula.enclosure.holes import FIXED, beside_hole, near_hole
from actviz.formula.expression import Node

TOLD = 2  # of a formula and its derivatives: those whose signs are asked for
LOOSE, FAINT = 2.0**-20, 1e-60  # what is between two bounds: of their size, and besides
UNDERFLOW, BEYOND = 1e-300, 1e300  # of values by which a sign, or a size, is in doubt
WIDE = 8  # times: what numbers of any size cost


class Bounds(NamedTuple):
    """Bounds of a formula on n cells, arrays of shape (n,); NaN where it has no value anywhere.

    On the inside of each cell, which is all between its ends, or the point that it is:

    - lower <= f <= upper, and above or below say that this bound is no value there;
    - defined: f has a value everywhere; continuous: it is continuous there, too;
    - at_left, at_right: bounds of the limits from inside at the ends of the cell, of shape (2, n),
      NaN where none is known.
    """

    lower: Array
    upper: Array
    above: Truths
    below: Truths
    defined: Truths
    continuous: Truths
    at_left: Array
    at_right: Array

    @property
    def positive(self) -> Truths:
        """Whether it is above 0 everywhere inside, where it has a value."""
        return np.asarray((self.lower > 0) | ((self.lower == 0) & self.above))

    @property
    def negative(self) -> Truths:
        """Whether it is below 0."""
        return np.asarray((self.upper < 0) | ((self.upper == 0) & self.below))

    @property
    def zero(self) -> Truths:
        """Whether it may be 0 inside."""
        return ~(np.isnan(self.lower) | self.positive | self.negative)


def enclose(
    trees: Sequence[Node], parameters: Mapping[str, float], lower: Array, upper: Array
) -> list[Bounds]:
    """Bounds of a formula and its derivatives, each of which is the derivative of the one before.

    The last of them is in its natural form, the others are cut by those behind them. The cells are
    arrays of shape (n,) of floats, lower <= upper.

    Raises KeyError for a name without a value, and for a function of a whole vector.

    >>> from actviz.formula.parsing import parse
    >>> f, slope = parse("x - x**2"), parse("1 - 2*x")
    >>> found, _ = enclose([f, slope], {}, np.array([0.0, 0.5]), np.array([0.5, 0.75]))
    >>> found.lower.tolist(), found.upper.tolist()
    ([0.0, 0.1875], [0.25, 0.25])
    """
    n = lower.size
    low = np.concatenate([lower, lower, upper])
    high = np.concatenate([upper, lower, upper])
    parts = _bounded(trees, parameters, low, high, n)
    parts = [parts[0], *(_where_it_is(part, parts[0]) for part in parts[1:])]
    bounds = [_plain(part, n) for part in parts]
    with np.errstate(all="ignore"):
        for k, tree in enumerate(trees):
            bounds[k] = _near_holes(tree, parameters, bounds[k], lower, upper)
        for k in range(len(bounds) - 1, -1, -1):
            if k < len(bounds) - 1:
                bounds[k] = _cut(bounds[k], bounds[k + 1], lower, upper)
            if k < TOLD:
                bounds[k] = _far_out(trees[k], parameters, bounds[k], lower, upper)
        bounds[0] = _beside_holes(trees[0], parameters, bounds[0], lower, upper)
    return bounds


def _beside_holes(
    node: Node, parameters: Mapping[str, float], f: Bounds, lower: Array, upper: Array
) -> Bounds:
    """The same where there is no value at one end, but limits of both parts of a quotient."""
    use = f.continuous & (np.isnan(f.at_left[0]) | np.isnan(f.at_right[0])) & (lower < upper)
    if not use.any():
        return f
    low, high = np.full((2, lower.size), [[-np.inf], [np.inf]])
    low[use], high[use] = beside_hole(node, parameters, lower[use], upper[use])
    return _between(f, low, high)


def _near_holes(
    node: Node, parameters: Mapping[str, float], f: Bounds, lower: Array, upper: Array
) -> Bounds:
    """The same where the parts of a quotient have lost their digits near a hole of it."""
    low, high = near_hole(node, parameters, lower, upper)
    if np.isinf(low).all() and np.isinf(high).all():
        return f
    return _between(f, low, high)


def _far_out(
    node: Node,
    parameters: Mapping[str, float],
    f: Bounds,
    lower: Array,
    upper: Array,
    ends: bool = True,
) -> Bounds:
    """The same on cells far out where nothing is known of it, by its leading terms.

    ends: whether it is asked for where only the values at ends are hardly known, too.
    """
    doubt = f.zero & (np.maximum(-f.lower, f.upper) > UNDERFLOW)
    doubt |= (f.upper == np.inf) & (f.lower < BEYOND) | (f.lower == -np.inf) & (f.upper > -BEYOND)
    if ends:
        doubt |= _loose(f.at_left) | _loose(f.at_right)
    for side in (1, -1):
        if not (doubt & ((lower >= NEAREST) if side > 0 else (upper <= -NEAREST))).any():
            continue
        if (found := beyond(node, parameters, side)) is None:
            continue
        use = found.holds(lower, upper) & ~np.isnan(f.lower)
        f = _between(f, *found.bounds(lower, upper, use))
        f = f._replace(
            above=f.above | (use & (found.sign > 0) & (f.lower <= 0)),
            below=f.below | (use & (found.sign < 0) & (f.upper >= 0)),
            defined=f.defined | use,
            continuous=f.continuous | use,
            at_left=_narrowed(f.at_left, found.bounds(lower, lower, use)),
            at_right=_narrowed(f.at_right, found.bounds(upper, upper, use)),
        )
    return f


def _loose(ends: Array) -> Truths:
    """Where little is known of the value at an end."""
    return np.asarray(ends[1] - ends[0] > LOOSE * np.abs(ends).max(axis=0) + FAINT)


def _narrowed(ends: Array, known: tuple[Array, Array]) -> Array:
    """Bounds at an end, or none, with what is known besides."""
    low, high = np.fmax(ends[0], known[0]), np.fmin(ends[1], known[1])
    none = np.isnan(ends[0]) & np.isinf(known[0]) & np.isinf(known[1])
    return np.where(none, np.nan, np.stack([low, high]))


def _between(f: Bounds, low: Array, high: Array) -> Bounds:
    """What is known to be between these, too; it stays nowhere where it is."""
    nowhere = np.isnan(f.lower)
    lower = np.where(nowhere, np.nan, np.fmax(low, f.lower))
    upper = np.where(nowhere, np.nan, np.fmin(high, f.upper))
    above, below = f.above & (lower == f.lower), f.below & (upper == f.upper)
    return f._replace(lower=lower, upper=upper, above=above, below=below)


def values(
    trees: Sequence[Node], parameters: Mapping[str, float], x: Array
) -> list[tuple[Array, Array]]:
    """Bounds of each formula at points, NaN where it may have no value."""
    parts = _bounded(trees, parameters, x, x)
    found = []
    with np.errstate(all="ignore"):
        for tree, part in zip(trees, parts, strict=True):
            near = _near_holes(tree, parameters, _plain_at(part), x, x)
            far = _far_out(tree, parameters, near, x, x)
            found.append((far.lower, far.upper))
    return found


def vanishing(node: Node, parameters: Mapping[str, float], x: Array) -> tuple[Truths, Truths]:
    """Where a formula is exactly 0 at points, and where it may be; not where it only underflows."""
    (part,) = _bounded([node], parameters, x, x)
    with np.errstate(all="ignore"):
        f = _far_out(node, parameters, _plain_at(part), x, x, ends=False)
    exact = (f.lower == 0) & (f.upper == 0) & ~f.above & ~f.below
    return exact, f.zero & ~exact


def _bounded(
    trees: Sequence[Node], parameters: Mapping[str, float], low: Array, high: Array, shared: int = 0
) -> list[Part]:
    """The natural form, with numbers of any size where float64 runs out of range."""
    program = compiled(trees, parameters)
    slots = filled(program, low, high, shared)
    parts = [broadcast(slots[i], low.size) for i in program.results]
    wide = beyond_range(slots, parts)
    allowance, steps = current(), len(program.steps)
    allowance.bounds -= steps * (low.size + FIXED)
    if wide.any():
        allowance.bounds -= steps * WIDE * (int(np.count_nonzero(wide)) + FIXED)
        parts = [broadcast(part, low.size) for part in widened(program, slots, wide)]
    return parts


def _where_it_is(slope: Part, f: Part) -> Part:
    """A derivative is where the function is."""
    ends = np.where(np.isnan(f.ends[0]), np.nan, slope.ends)
    return Part(ends, slope.apart, slope.defined & f.defined, slope.continuous & f.continuous)


def _plain(part: Part, n: int) -> Bounds:
    left, right = slice(n, 2 * n), slice(2 * n, 3 * n)
    at_left, at_right = (
        np.where(part.continuous[side], part.ends[:, side], np.nan) for side in (left, right)
    )
    (lower, upper), (above, below) = part.ends[:, :n], part.apart[:, :n]
    defined, continuous = part.defined[:n], part.continuous[:n]
    return Bounds(lower, upper, above, below, defined, continuous, at_left, at_right)


def _plain_at(part: Part) -> Bounds:
    """Bounds at points; no value where there may be none."""
    ends = np.where(part.defined, part.ends, np.nan)
    (lower, upper), (above, below) = ends, part.apart
    return Bounds(lower, upper, above, below, part.defined, part.continuous, ends, ends)


def _cut(f: Bounds, slope: Bounds, lower: Array, upper: Array) -> Bounds:
    """f within the cones from its ends, where it is continuous and its slope defined."""
    usable = f.continuous & slope.defined & (lower < upper)
    falls, rises = np.minimum(slope.lower, 0.0), np.maximum(slope.upper, 0.0)
    width = np.nextafter(upper - lower, np.inf)
    # the greatest of f, and the greatest of -f
    left = np.stack([f.at_left[1], -f.at_left[0]])
    right = np.stack([f.at_right[1], -f.at_right[0]])
    up = np.stack([rises, -falls])
    down = np.stack([-falls, rises])
    most = _highest(left, right, up, down, width)
    most = np.where(usable, most, np.inf)
    strict = usable & (slope.positive | slope.negative)
    new_upper, new_lower = np.fmin(f.upper, most[0]), np.fmax(f.lower, -most[1])
    return Bounds(
        np.where(np.isnan(f.lower), np.nan, new_lower),
        np.where(np.isnan(f.upper), np.nan, new_upper),
        np.where(-most[1] >= f.lower, strict | ((new_lower == f.lower) & f.above), f.above),
        np.where(most[0] <= f.upper, strict | ((new_upper == f.upper) & f.below), f.below),
        f.defined,
        f.continuous,
        f.at_left,
        f.at_right,
    )


def _highest(left: Array, right: Array, up: Array, down: Array, width: Array) -> Array:
    """The most that a curve can reach between two values with at most these slopes.

    Whatever the place t between: left of it at most left + up*t, right of it right + down*(w - t).
    """
    place = (right - left + down * width) / (up + down)
    place = np.where(np.isnan(place), width / 2, np.clip(place, 0.0, width))
    place = np.where((up == 0) | np.isinf(down), width, place)
    place = np.where((down == 0) | np.isinf(up), 0.0, place)
    place = np.where(np.isnan(left), 0.0, np.where(np.isnan(right), width, place))
    from_left = _above(left, up, place)
    rest = np.nextafter(width - place, np.inf)
    from_right = _above(right, down, np.where(place == width, 0.0, rest))
    known = ~(np.isnan(left) & np.isnan(right))
    return np.where(known, np.fmax(from_left, from_right), np.inf)


def _above(value: Array, slope: Array, width: Array) -> Array:
    """value + slope*width, rounded up."""
    gain = np.where((slope == 0) | (width == 0), 0.0, np.nextafter(slope * width, np.inf))
    total = value + gain
    return np.where(gain == 0, value, np.nextafter(total, np.inf))
