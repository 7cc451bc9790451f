"""Cells that cover a range: where they begin, how they are split, and what is known of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from actviz.formula.algebra import build, simplify
from actviz.formula.arrays import Array, Indices, Truths
from actviz.formula.breaks import stepping, switching, told
from actviz.formula.enclosure.bounds import compiled, defined, run
from actviz.formula.enclosure.cells import LARGEST, SMALLEST
from actviz.formula.enclosure.cut import Bounds, enclose, values, vanishing
from actviz.formula.enclosure.orders import orders
from actviz.formula.expression import ONE, Apply, Name, Node, Number, rebuild, walk
from actviz.formula.primitives import PRIMITIVES
from actviz.formula.terms import linear

T = TypeVar("T")

EVEN = 16  # cells that a range begins with, beside those at switches
NEAR_ZERO = 2.0**-12  # a cell from 0 to here is split by scales, not in the middle
APART = 16.0  # as are cells whose ends differ more than so many times
BEYOND = 1e300  # what is larger than this everywhere beside a place, and unbounded, is a pole
UNDERFLOW = 2.0**-1000  # what is smaller is 0
ROUNDING = 2.0**-50  # of a value: a gap that is no gap
MOST_STEPS = 2000  # of floor and its kin, at which cells begin
BUDGET = 4000  # cells that a question may look at


@dataclass(frozen=True)
class Subject:
    """What is asked about: a formula, its derivatives as far as wanted, values for their names.

    within: a formula outside whose domain it has no values; of a derivative that is the function.
    """

    trees: tuple[Node, ...]
    parameters: Mapping[str, float] = field(default_factory=dict)
    within: Node | None = None
    _first: dict[tuple[str | bytes, ...], Any] = field(
        default_factory=dict, repr=False, compare=False
    )

    def on(self, lower: Array, upper: Array) -> list[Bounds]:
        """Bounds of the formula and its derivatives on cells."""
        return self._kept("on", (lower, upper), lambda: self._bounded(lower, upper))

    def _bounded(self, lower: Array, upper: Array) -> list[Bounds]:
        found = enclose(self.trees, self.parameters, lower, upper)
        if self.within is None:
            return found
        domain = enclose([self.within], self.parameters, lower, upper)[0]
        return [_inside(each, domain) for each in found]

    def at(self, x: Array) -> tuple[Array, Array]:
        """Bounds of the formula's values at points."""
        if not x.size:
            return x, x
        return self._kept("at", (x,), lambda: self._values(x))

    def _values(self, x: Array) -> tuple[Array, Array]:
        low, high = values(self.trees[:1], self.parameters, x)[0]
        if self.within is None:
            return low, high
        domain, _ = values([self.within], self.parameters, x)[0]
        return np.where(np.isnan(domain), np.nan, low), np.where(np.isnan(domain), np.nan, high)

    def points(self, x: Array) -> list[Bounds]:
        """Bounds of the formula alone at points, with what is known of those bounds."""
        return replace(self, trees=self.trees[:1], _first={}).on(x, x)

    def zero_at(self, x: Array) -> tuple[Truths, Truths]:
        """Where it is exactly 0 at points, and where it may be."""
        return self._kept("zero", (x,), lambda: vanishing(self.trees[0], self.parameters, x))

    def _kept(self, what: str, cells: tuple[Array, ...], ask: Callable[[], T]) -> T:
        """An answer; those with which all questions about a range begin are kept."""
        if cells[0].size < EVEN:
            return ask()
        key: tuple[str | bytes, ...] = (what, *(ends.tobytes() for ends in cells))
        if key in self._first:
            kept: T = self._first[key]
            return kept
        found = ask()
        if not any(what == asked for asked, *_ in self._first):
            self._first[key] = found
        return found

    @property
    def switches(self) -> tuple[float, ...]:
        """Where a condition that is linear in x switches: floats, or the two around the place."""
        return _switches(self.trees[0], tuple(self.parameters.items()))


def _inside(f: Bounds, domain: Bounds) -> Bounds:
    """Bounds of a formula where another has values."""
    nowhere = np.isnan(domain.lower)
    return f._replace(
        lower=np.where(nowhere, np.nan, f.lower),
        upper=np.where(nowhere, np.nan, f.upper),
        defined=f.defined & domain.defined,
        continuous=f.continuous & domain.defined,
    )


def away_from_zero(f: Subject, lower: Array, upper: Array) -> Truths:
    """Where a formula is nowhere 0, poles or not, since one over it is bounded."""
    if not lower.size:
        return np.zeros(0, dtype=bool)
    bounds = enclose([reciprocal(f.trees[0])], f.parameters, lower, upper)[0]
    return np.isfinite(bounds.lower) & np.isfinite(bounds.upper)


def subject(
    node: Node, parameters: Mapping[str, float], highest: int = 1, first: Node | None = None
) -> Subject:
    """A formula with its derivatives up to that order, as :func:`orders` has them."""
    return Subject(*orders(node, parameters, highest, first))


@lru_cache(maxsize=256)
def reciprocal(node: Node) -> Node:
    """One over a formula, written out: what has poles is written by its definition before."""
    done: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply(head, arguments):
                inner = tuple(done[each] for each in arguments)
                poles = head in PRIMITIVES and any(sign == "=" for sign, _ in told(part))
                done[part] = defined(head, inner) if poles else Apply(head, inner)
            case _:
                done[part] = part
    return build("/", (ONE, simplify(done[node])))


@lru_cache(maxsize=256)
def _switches(node: Node, parameters: tuple[tuple[str, float], ...]) -> tuple[float, ...]:
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    lines = (linear(rebuild(place, values)) for place in switching(node))
    return _as_floats({-constant / slope for slope, constant in filter(None, lines)})


def _as_floats(roots: set[Fraction]) -> tuple[float, ...]:
    """Places as floats; of one that is rounded those on both sides, too."""
    found = set[float]()
    for root in (root for root in roots if abs(root) <= LARGEST):
        nearest = float(root)
        found.add(nearest)
        if Fraction(nearest) != root:
            found |= {math.nextafter(nearest, side) for side in (-math.inf, math.inf)}
    return tuple(sorted(found))


def _steps(f: Subject, lower: float, upper: float) -> tuple[float, ...]:
    """Where floor or its kin step, if its argument is linear in x, and not too often to be told."""
    return _every_step(f.trees[0], tuple(f.parameters.items()), lower, upper)


@lru_cache(maxsize=256)
def _every_step(
    node: Node, parameters: tuple[tuple[str, float], ...], lower: float, upper: float
) -> tuple[float, ...]:
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    found = set[Fraction]()
    for line in (linear(rebuild(place, values)) for place in stepping(node)):
        if line is not None and line[0]:
            slope, constant = line
            ends = sorted(slope * Fraction(end) + constant for end in (lower, upper))
            if ends[1] - ends[0] <= MOST_STEPS:
                whole = range(math.ceil(ends[0]), math.floor(ends[1]) + 1)
                found |= {(n - constant) / slope for n in whole}
    return _as_floats(found)


def vertices(f: Subject, lower: float, upper: float) -> Array:
    """The ends of the cells that a range begins with."""
    inside = [x for x in places(f, lower, upper) if lower < x < upper]
    even = np.linspace(lower / 2, upper / 2, EVEN + 1)[1:-1] * 2
    scales = _scales(lower, upper) if upper / 2 - lower / 2 > 2.0**12 else np.zeros(0)
    return np.unique(np.concatenate([[lower, upper], even, scales, inside]) + 0.0)


def places(f: Subject, lower: float, upper: float) -> tuple[float, ...]:
    """0, and where a formula is known to switch or step, which should lie inside no cell."""
    return (0.0, *f.switches, *_steps(f, lower, upper))


def unbroken(f: Subject, known: Array, lower: float, upper: float) -> tuple[bool, Truths]:
    """Whether a formula is quickly proven to be continuous on [lower, upper] but for known places.

    At its ends that is not asked. And at which of the known places it is continuous, too.
    """
    corners = vertices(f, lower, upper)
    inner = corners[1:-1]
    below, above = around(np.concatenate([inner[~np.isin(inner, known)], known]))
    cells = np.concatenate([corners[:-1], below]), np.concatenate([corners[1:], above])
    trees = f.trees[:1] if f.within is None else [f.trees[0], f.within]
    found = run(compiled(trees, f.parameters), *cells)
    continuous = np.logical_and.reduce([part.continuous for part in found])
    asked = continuous.size - known.size
    return bool(continuous[:asked].all()), continuous[asked:]


def _scales(lower: float, upper: float) -> Array:
    """Powers of two on both sides of 0, ever farther apart, for ranges that span many of them."""
    near, far = np.arange(-12.0, 40.0, 2.0), np.geomspace(40.0, 1023.0, 14)
    sizes = np.exp2(np.concatenate([near, np.rint(far)]))
    both = np.concatenate([-sizes, sizes])
    return both[(both > lower) & (both < upper)]


def middles(lower: Array, upper: Array) -> Array:
    """A float inside each cell, in its middle or between the scales of its ends; else its end."""
    with np.errstate(all="ignore"):
        middle = lower / 2 + upper / 2
        least, most = np.minimum(np.abs(lower), np.abs(upper)), np.maximum(-lower, upper)
        sign = np.where(upper > 0, 1.0, -1.0)
        scaled = sign * np.exp2((np.log2(least) + np.log2(most)) / 2)
        toward_zero = sign * np.maximum(most * most, SMALLEST)
        by_scale = (np.sign(lower) == np.sign(upper)) & (most > APART * least) & (least > 0)
        to_zero = (least == 0) & (most <= NEAR_ZERO)
    middle = np.where(by_scale & (scaled > lower) & (scaled < upper), scaled, middle)
    middle = np.where(to_zero & (toward_zero > lower) & (toward_zero < upper), toward_zero, middle)
    return np.where((middle > lower) & (middle < upper), middle, lower)


def halves(lower: Array, upper: Array, middle: Array) -> tuple[Array, Array]:
    """The cells left and right of the middles."""
    return np.concatenate([lower, middle]), np.concatenate([middle, upper])


def largest(keys: Array, count: int) -> Indices:
    """The places of the largest keys, NaN not among them."""
    keys = np.where(np.isnan(keys), -np.inf, keys)
    if keys.size <= count:
        return np.arange(keys.size)
    return np.argpartition(-keys, count)[:count]


def runs(cells: Iterable[Sequence[float]], near: float = 0.0) -> list[tuple[float, float]]:
    """Cells that touch, or are as near to each other as that share of their size, joined."""
    found: list[tuple[float, float]] = []
    for low, high in sorted((float(low), float(high)) for low, high in cells):
        if found and low <= found[-1][1] + near * abs(low):
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def around(x: Array) -> tuple[Array, Array]:
    """The floats beside each, none beyond the largest."""
    with np.errstate(over="ignore"):
        below, above = np.nextafter(x, -np.inf), np.nextafter(x, np.inf)
    return np.maximum(below, -LARGEST), np.minimum(above, LARGEST)


def splits(lower: Array, upper: Array) -> Truths:
    """Whether a float lies inside a cell."""
    inside: Truths = around(lower)[1] < upper
    return inside
