"""Where a formula is not continuous on an interval, or has no value: jumps, poles, holes, gaps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from actviz.formula.allowance import turn
from actviz.formula.arrays import Array
from actviz.formula.breaks import stepping, switching
from actviz.formula.enclosure import cut
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.joins import joined
from actviz.formula.enclosure.limits import Kind as Limits
from actviz.formula.enclosure.limits import limit_beside
from actviz.formula.enclosure.mesh import (
    BEYOND,
    BUDGET,
    MOST_STEPS,
    Subject,
    around,
    halves,
    largest,
    middles,
    reciprocal,
    runs,
    splits,
    subject,
    vertices,
)
from actviz.formula.enclosure.zeros import zeros
from actviz.formula.expression import Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.terms import linear

SAMPLES = 1025  # at which a formula is looked at for whole numbers that it passes
BATCH = 128  # cells looked at together
NARROW = 2.0**-40  # of its size: a place in doubt that may be a pole
MOST_FLOATS = 16  # of a place in doubt, at which a pole is looked for
BESIDE = np.exp2([-52.0, -45.0, -36.0, -28.0, -20.0])  # of a place: widths of cells next to it

Span = tuple[float, float]
UNKNOWN: Span = (math.nan, math.nan)


class Kind(Enum):
    """What is the matter at a place."""

    JUMP = "jump"  # the limits from both sides differ, or the value from both
    POLE = "pole"  # unbounded beside it
    HOLE = "hole"  # no value at it, and the same limit from both sides, to rounding
    GAP = "gap"  # no value on it, but for single points, to the last float that has one
    SEAM = "seam"  # continuous to rounding
    WILD = "wild"  # no limit from one side, or from both
    DOUBT = "doubt"  # any of these, or nothing


@dataclass(frozen=True)
class Break:
    """A place where the formula breaks: a float, two neighbouring ones, or a gap of any width.

    left, here, right: bounds of the limit from the left, the value and the limit from the right;
    NaN where there is none or none is known.
    """

    lower: float
    upper: float
    kind: Kind
    left: Span = UNKNOWN
    here: Span = UNKNOWN
    right: Span = UNKNOWN


@dataclass(frozen=True)
class Breaks:
    """All breaks in their order. proved: none is in doubt, and there are no more."""

    places: tuple[Break, ...]
    proved: bool


def breaks(f: Subject, lower: float, upper: float, budget: int = BUDGET) -> Breaks:
    """The breaks on [lower, upper], both included.

    >>> from actviz.formula.enclosure.mesh import subject
    >>> from actviz.formula.parsing import parse
    >>> found = breaks(subject(parse("where(x > 1, x, 0) + 1/x"), {}), -2.0, 2.0)
    >>> [(each.lower, each.kind.value) for each in found.places], found.proved
    ([(0.0, 'pole'), (1.0, 'jump')], True)
    """
    corners = np.unique(np.concatenate([vertices(f, lower, upper), _switches(f, lower, upper)]))
    going, search = turn(), _Search(f)
    search.look(corners[:-1], corners[1:])
    budget = max(budget, 2 * corners.size)
    while search.open.size and search.looked < budget and going():
        search.refine()
    return search.answer(lower, upper)


def _switches(f: Subject, lower: float, upper: float) -> Array:
    """The floats beside the zeros of conditions, and steps, that are not linear in x."""
    values: dict[Node, Node] = {Name(n): Number(value) for n, value in f.parameters.items()}
    found: list[float] = []
    for place in {rebuild(each, values) for each in switching(f.trees[0])}:
        if X in walk(place) and not isinstance(place, Name):
            for zero in zeros(subject(place, {}), lower, upper, BUDGET // 4).places:
                found += [zero.lower, zero.upper] if zero.single or zero.flat else []
    for place in {rebuild(each, values) for each in stepping(f.trees[0])}:
        if X in walk(place) and not linear(place):
            found += _passing(place, lower, upper)
    return np.array([x for x in found if lower < x < upper])


@np.errstate(all="ignore")
def _passing(node: Node, lower: float, upper: float) -> list[float]:
    """Floats at which a formula passes whole numbers by its values, and those beside them.

    That is only where to begin: what is passed over is found as any break is.
    """
    x = np.linspace(lower / 2, upper / 2, SAMPLES) * 2
    y = _middle(node, x)
    y[~np.isfinite(y)] = 0.5
    low, high = np.minimum(y[:-1], y[1:]), np.maximum(y[:-1], y[1:])
    counts = np.maximum(np.ceil(high) - np.floor(low) - 1, 0)
    count = np.sum(counts)
    if not 0 < count <= MOST_STEPS:
        return []
    cells = np.repeat(np.arange(counts.size), counts.astype(np.intp))
    nth = np.arange(cells.size) - np.repeat(np.cumsum(counts) - counts, counts.astype(np.intp))
    level, rising = np.floor(low[cells]) + 1 + nth, y[cells] < y[cells + 1]
    left, right = x[cells], x[cells + 1]
    while (inside := splits(left, right)).any():
        middle = middles(left, right)
        before = inside & ((_middle(node, middle) < level) == rising)
        left, right = np.where(before, middle, left), np.where(before | ~inside, right, middle)
    ends = np.concatenate([left, right])
    places: list[float] = np.concatenate([ends, *around(ends)]).tolist()
    return places


def _middle(node: Node, x: Array) -> Array:
    """About the values of a formula; NaN or infinite where its bounds are."""
    ((low, high),) = cut.values([node], {}, x)
    return low / 2 + high / 2


class _Search:
    """Cells, sorted by whether the formula is continuous inside."""

    def __init__(self, f: Subject) -> None:
        self.f, self.looked = f, 0
        self.open, self.whole = np.zeros((2, 0)), np.zeros((2, 0))
        self.stuck: list[Span] = []
        self.gaps: list[Span] = []

    def look(self, lower: Array, upper: Array) -> None:
        self.looked += lower.size
        found = self.f.on(lower, upper)[0]
        nowhere = np.isnan(found.lower)
        self.gaps += zip(lower[nowhere].tolist(), upper[nowhere].tolist(), strict=True)
        whole = found.continuous & ~nowhere
        self.whole = np.concatenate([self.whole, np.stack([lower, upper])[:, whole]], axis=1)
        doubt = ~whole & ~nowhere
        divided = doubt & splits(lower, upper)
        left = doubt & ~divided
        self.stuck += zip(lower[left].tolist(), upper[left].tolist(), strict=True)
        more = np.stack([lower, upper])[:, divided]
        self.open = np.concatenate([self.open, more], axis=1)

    def refine(self) -> None:
        chosen = largest(self.open[1] - self.open[0], BATCH)
        lower, upper = self.open[:, chosen]
        kept = np.ones(self.open.shape[1], dtype=bool)
        kept[chosen] = False
        self.open = self.open[:, kept]
        self.look(*halves(lower, upper, middles(lower, upper)))

    def answer(self, lower: float, upper: float) -> Breaks:
        gaps = self._gaps()
        edges = {end for gap in gaps for end in gap}
        stuck = [cell for cell in self.stuck if edges.isdisjoint(cell)]
        doubt = runs([*stuck, *self.open.T.tolist()])
        points = np.unique(np.concatenate([*self.whole, [lower, upper]]))
        covered = np.array([*gaps, *doubt]).reshape(-1, 2)
        inside = (covered[:, :1] <= points) & (points <= covered[:, 1:])
        points = points[~inside.any(axis=0)]
        broken = points[~self.f.on(*around(points))[0].continuous]
        outer = np.array(gaps).reshape(-1, 2).T
        doubt = [(a, b) for a, b in doubt if not ((outer[0] <= a) & (b <= outer[1])).any()]
        places = np.array([*((x, x) for x in broken.tolist()), *doubt]).reshape(-1, 2).T
        found = _judged(self.f, places, lower, upper) if places.size else []
        found += [Break(a, b, Kind.GAP) for a, b in gaps]
        ordered = tuple(sorted(found, key=lambda each: (each.lower, each.upper)))
        settled = not self.open.size and all(each.kind is not Kind.DOUBT for each in ordered)
        return Breaks(ordered, settled)

    def _gaps(self) -> list[Span]:
        """Where there is no value, to the last float that has one, or to the next."""
        edges = {end for gap in runs(self.gaps) for end in gap}
        beside = [cell for cell in self.stuck if not edges.isdisjoint(cell)]
        return runs([*self.gaps, *beside])


def _judged(f: Subject, places: Array, first: float, last: float) -> list[Break]:
    """What is the matter at floats, or between two, of the range from the first to the last."""
    lower, upper = places
    left = np.where(lower > first, _limits(f, lower, -1.0), np.nan)
    right = np.where(upper < last, _limits(f, upper, 1.0), np.nan)
    here = np.where(lower == upper, np.stack(f.at(lower)), np.nan)
    across = f.on(lower, upper)[0]
    unbounded = (lower < upper) & (np.isinf(across.lower) | np.isinf(across.upper))
    found = []
    for i in range(lower.size):
        sides = (_span(left[:, i]), _span(here[:, i]), _span(right[:, i]))
        each = Break(float(lower[i]), float(upper[i]), Kind.DOUBT, *sides)
        kind = _kind(f, each, bool(unbounded[i]))
        if kind is Kind.DOUBT:
            found.append(_by_limits(f, each))
        elif kind is not None:
            found.append(replace(each, kind=kind))
    return [
        each
        for each in found
        if each.kind is not Kind.SEAM
        or not joined(f.trees[0], f.parameters, each.lower, each.upper)  # which is none then
    ]


def _by_limits(f: Subject, place: Break) -> Break:
    """A float in doubt, by the limits that leading terms tell on the sides where there are values.

    log(x**2) has a pole at 0 that no bound of a cell beside it shows, and sin(1/x) has no limit.
    """
    if place.lower != place.upper:
        return place
    sides = {-1: place.left, 1: place.right}
    known = {
        side: limit_beside(f.trees[0], f.parameters, place.lower, side)
        for side, bounds in sides.items()
        if not math.isnan(bounds[0])
    }
    for side, found in known.items():
        if found.kind is Limits.VALUE:
            sides[side] = found.lower, found.upper
    place = replace(place, left=sides[-1], right=sides[1])
    if any(math.isinf(low) and low == high for low, high in sides.values()):
        return replace(place, kind=Kind.POLE)
    if any(found.kind is Limits.NONE for found in known.values()):
        return replace(place, kind=Kind.WILD)
    return replace(place, kind=_kind(f, place, False) or Kind.SEAM)


def _span(ends: Array) -> Span:
    return float(ends[0]), float(ends[1])


def _kind(f: Subject, place: Break, unbounded: bool) -> Kind | None:
    """What kind of break it is, if it is one."""
    alone = place.lower == place.upper
    known = [side for side in (place.left, place.right) if not math.isnan(side[0])]
    infinite = any(math.isinf(end) for side in known for end in side)
    narrow = place.upper - place.lower <= NARROW * abs(place.upper)
    if infinite and max(-place.lower, place.upper) > LARGEST / 2:
        return Kind.SEAM  # what is beyond float64 there is no pole
    if narrow and (unbounded or infinite or not known) and _is_pole(f, place):
        return Kind.POLE
    if unbounded or infinite or not known:
        return Kind.DOUBT
    values = known if math.isnan(place.here[0]) else [*known, place.here]
    # between floats a continuous function may alter, by as little
    if any(_disjoint(a, b) for a in values for b in values) and (alone or not _near(values)):
        return Kind.JUMP
    if not _near(values):
        return Kind.DOUBT
    if alone and math.isnan(place.here[0]):
        return Kind.HOLE
    if alone and len({*values}) == 1 and place.here[0] == place.here[1]:
        return None  # the same to the last digit
    return Kind.SEAM


def _near(values: list[Span]) -> bool:
    """Whether what may differ is no more than rounding."""
    low, high = min(low for low, _ in values), max(high for _, high in values)
    return high - low <= 2.0**-40 * max(abs(low), abs(high), 2.0**-900)


def _disjoint(a: Span, b: Span) -> bool:
    return a[0] > b[1] or b[0] > a[1]


def _limits(f: Subject, x: Array, side: float) -> Array:
    """Bounds of the limits from one side: what bounds the formula on every cell next to x."""
    scales = BESIDE[:, None] * np.where(x == 0, 2.0**-20, np.abs(x))
    beside = around(x)[1 if side > 0 else 0]
    with np.errstate(over="ignore"):
        ends = np.concatenate([beside[None], np.clip(x + side * scales, -LARGEST, LARGEST)])
    near = np.broadcast_to(x, ends.shape).ravel()
    far = np.where(ends.ravel() == near, np.broadcast_to(beside, ends.shape).ravel(), ends.ravel())
    found = f.on(near, far)[0] if side > 0 else f.on(far, near)[0]
    own = found.at_left if side > 0 else found.at_right
    low = np.where(found.continuous, np.fmax(found.lower, own[0]), np.nan).reshape(ends.shape)
    high = np.where(found.continuous, np.fmin(found.upper, own[1]), np.nan).reshape(ends.shape)
    return np.stack([np.fmax.reduce(low), np.fmin.reduce(high)])


def _is_pole(f: Subject, place: Break) -> bool:
    """Whether the formula is unbounded beside a place: beyond all bounds, or one over it is 0."""
    for low, high in (place.left, place.right):
        if (low >= BEYOND and high == math.inf) or (high <= -BEYOND and low == -math.inf):
            return True
    inverse = subject(reciprocal(f.trees[0]), f.parameters)
    floats = [place.lower]
    while floats[-1] < place.upper and len(floats) < MOST_FLOATS:
        floats.append(math.nextafter(floats[-1], math.inf))
    least, most = inverse.at(np.array(floats))
    if ((least == 0) & (most == 0)).any():
        return True
    ends = np.array([place.lower]), np.array([place.upper])
    if place.lower == place.upper or not inverse.on(*ends)[0].continuous.all():
        return False
    factors = (part for part in _factors(inverse.trees[0]) if X in walk(part))
    return any(_vanishes(part, inverse, place) for part in factors)


def _vanishes(factor: Node, f: Subject, place: Break) -> bool:
    """Whether a factor is 0 exactly once in a place."""
    width = 4 * (place.upper - place.lower)
    ends = max(place.lower - width, -LARGEST), min(place.upper + width, LARGEST)
    found = zeros(subject(factor, f.parameters), *ends, BUDGET // 10)
    return found.proved and any(zero.single for zero in found.places)


def _factors(node: Node) -> Iterator[Node]:
    """What is 0 where the whole is, if that is continuous: a factor, the base of a power."""
    match node:
        case Apply("*", (a, b)):
            yield from _factors(a)
            yield from _factors(b)
        case Apply("/", (a, _)) | Apply("neg", (a,)):
            yield from _factors(a)
        case Apply("**", (a, Number(n))) if n > 0:
            yield from _factors(a)
        case _:
            yield node
