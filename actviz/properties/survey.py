"""A function looked at all over the line: its breakpoints, pieces, and values at every scale.

The points lie dense around 0, in decades out to the reach, and in decades down to 1e-9 around
every place where something may happen: the breakpoints, and the zeros of what stands inside a
primitive (mu in Phi((x - mu)/sigma)). Everything that the other modules say is read off this.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.kind import require_number
from actviz.errors import UsageError
from actviz.formula.algebra import simplify
from actviz.formula.arrays import Array
from actviz.formula.breakpoints import Breakpoint, both_sides, branch
from actviz.formula.expression import Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.narrowing import narrowed
from actviz.formula.primitives import PRIMITIVES
from actviz.formula.switches import every_switch
from actviz.formula.terms import linear_root

WIDEST = 1e6  # how far out a function is looked at, or a thousand times its largest number
NEAREST = 10.0
FIRST, NARROWER = 100.0, 14  # how far out one looks first; and by how many powers of ten less
MANY = 24  # breakpoints or zeros; of more, as of sign(sin(x)), only those near 0 are told
MOST_BRACKETS = 40
ORDERS = 4  # f to f'''
NOISE = 64 * 2.0**-52  # what is smaller than this beside its surroundings is rounding
STEPS = np.array([1e-8, 1e-6, 1e-4, 1e-2, 5e-2])  # how far from a place one looks for a change


@dataclass(frozen=True)
class Piece:
    """A stretch without a break: the ends, and where the points of it are in the survey."""

    lower: float
    upper: float
    points: slice


@dataclass(frozen=True, eq=False)
class Survey:
    """Values of f to f''' at x, piece by piece; a breakpoint ends one piece and begins the next.

    y has the shape (ORDERS, points), with the one-sided limits at breakpoints; taken has the
    values taken there, (ORDERS, breakpoints). reach says how far breakpoints were looked for.
    """

    activation: Activation
    breakpoints: tuple[Breakpoint, ...]
    reach: float
    x: Array
    y: Array
    taken: Array
    pieces: tuple[Piece, ...]
    anchors: tuple[float, ...]
    switches: tuple[float, ...]  # where a branch may switch,
    known: float  # so far out: 100, if they are very many less, or else as far as one looks
    scales: tuple[float, ...]  # the size of y around 0, by order
    limits: tuple[tuple[float, float], ...]  # at -inf and inf, for f, f' and f''
    _zeros: dict[tuple[int, bool], list[float]] = field(default_factory=dict, repr=False)

    def zeros(self, order: int, ranked: bool = False) -> list[float]:
        """Where a derivative changes its sign; ranked: at what the one before it is largest too."""
        key = order, ranked
        if key not in self._zeros:
            rank = self.y[order - 1] if ranked else None
            found = crossings(self, self.y[order], lambda x: self.at(x, order), rank)
            self._zeros[key] = found
            if len(found) <= MOST_BRACKETS:
                self._zeros[order, not ranked] = found
        return self._zeros[key]

    def at(self, x: Array, order: int) -> Array:
        """The derivative of that order at any points."""
        return np.asarray(self.activation.derivative(x, order), dtype=np.float64)

    def constant(self, piece: Piece, order: int) -> float | None:
        """The value that the derivative has throughout a piece, if it is one.

        It is one if the formula has no x there, or if it does not change at any point near 0.
        """
        y = self.y[order, piece.points][1:-1]
        slopes = self.y[order + 1, piece.points][1:-1] if order + 1 < ORDERS else np.zeros(1)
        if y.size == 0 or slopes.any() or not np.isfinite(y).all():
            return None
        if np.ptp(y) > NOISE * np.abs(y).max():
            return None
        inner = _inner(piece)
        near = np.abs(self.x[piece.points]) < 8
        if np.count_nonzero(near) < 50 and X in walk(self._at_branch(order, inner)):
            return None
        return float(self.at(np.array(inner), order))

    def _at_branch(self, order: int, x: float) -> Node:
        """The formula with the parameters' values, as it is around x."""
        parameters = self.activation.parameters
        taken = branch(self.activation.tree(order), x, parameters)
        return simplify(rebuild(taken, _numbers(parameters)))


def survey(activation: Activation) -> Survey:
    """Look at a function of one number; UsageError for any other."""
    require_number(activation, "its properties are not those of a function of one number")
    anchors = _anchors(activation)
    reach, known, places = _switches(activation, _width(activation))
    breakpoints = activation.breakpoints(-reach, reach)
    ends = [point.x for point in breakpoints]
    anchors = tuple(sorted({0.0, *anchors, *ends}, key=lambda x: (abs(x), x))[:12])
    x, y, pieces = _points(activation, ends, anchors, _width(activation))
    near = np.nan_to_num(np.abs(y[:, np.abs(x) <= 3]), posinf=0.0)
    sizes = np.quantile(near, 0.75, axis=1)  # not the largest: there may be a pole
    taken = np.array([activation.derivative(np.array(ends), k) for k in range(ORDERS)])
    return Survey(
        activation,
        breakpoints,
        reach,
        x,
        y,
        taken,
        pieces,
        anchors,
        places,
        known,
        tuple(float(size) for size in sizes),
        tuple((activation.limit(k, -1) + 0.0, activation.limit(k, 1) + 0.0) for k in range(3)),
    )


def _numbers(parameters: Mapping[str, float]) -> dict[Node, Node]:
    return {Name(name): Number(value) for name, value in parameters.items()}


def _inner(piece: Piece) -> float:
    """A point well inside."""
    match (math.isinf(piece.lower), math.isinf(piece.upper)):
        case (True, True):
            return 0.7
        case (True, False):
            return piece.upper - 1 - abs(piece.upper)
        case (False, True):
            return piece.lower + 1 + abs(piece.lower)
    return piece.lower + 0.43 * (piece.upper - piece.lower)


def _width(activation: Activation) -> float:
    numbers = [part.value for part in walk(activation.definition) if isinstance(part, Number)]
    sizes = [abs(number) for number in [*numbers, *activation.parameters.values()]]
    return min(max([WIDEST, *(1e3 * size for size in sizes)]), 1e100)


def _anchors(activation: Activation) -> tuple[float, ...]:
    """The zeros of what is linear in x inside a primitive or a power."""
    whole = rebuild(activation.definition, _numbers(activation.parameters))
    inside = {
        part.arguments[0]
        for part in walk(whole)
        if isinstance(part, Apply) and (part.head in PRIMITIVES or part.head == "**")
    }
    roots = (linear_root(node) for node in inside if isinstance(node, Apply))
    return tuple(root for root in roots if root is not None)


def _switches(activation: Activation, width: float) -> tuple[float, float, tuple[float, ...]]:
    """How far out breakpoints are told, so that they are at most MANY; and the switches.

    These as far out as they can be told, which is said second.
    """
    reach, found = 0.0, tuple[float, ...]()
    for wider in (FIRST, 1e4, width):
        places = every_switch(activation.definition, activation.parameters, -wider, wider)
        if places is None or len(places) > MANY:
            return (reach, reach, found) if reach else _nearest_switches(activation)
        reach, found = wider, places
    return reach, reach, found


def _nearest_switches(activation: Activation) -> tuple[float, float, tuple[float, ...]]:
    """The same where they are many; UsageError if they are however near to 0 one looks."""
    for known in (FIRST / 10.0 ** np.arange(NARROWER)).tolist():
        places = every_switch(activation.definition, activation.parameters, -known, known)
        if places is not None and len(places) > MANY:
            beyond = sorted(abs(place) for place in places)[MANY]
            reach = min(NEAREST, beyond * (1 - 1e-9))
            closely = every_switch(activation.definition, activation.parameters, -reach, reach)
            if closely is None or len(closely) > 2 * MANY:
                continue  # there are more than are seen from afar
            return reach, known, places
        if places is not None:
            return min(NEAREST, known), known, places
    raise UsageError(
        f"{activation.name} switches without end around 0: its properties cannot be told."
    )


def _points(
    activation: Activation, ends: list[float], anchors: tuple[float, ...], width: float
) -> tuple[Array, Array, tuple[Piece, ...]]:
    """The points of every piece with the values there, and the pieces."""
    grid = _grid(anchors, width)
    inner = grid[~np.isin(grid, ends)]
    values = np.array([activation.derivative(inner, order) for order in range(ORDERS)])
    cuts = np.searchsorted(inner, ends)
    x = np.insert(inner, np.repeat(cuts, 2), np.repeat(ends, 2)) if ends else inner
    limits = _limits(activation, ends)
    y = np.insert(values, np.repeat(cuts, 2), limits, axis=1) if ends else values
    starts = [0, *(int(cut) + 2 * i + 1 for i, cut in enumerate(cuts)), x.size]
    lines = [-math.inf, *ends, math.inf]
    pieces = tuple(
        Piece(lines[i], lines[i + 1], slice(starts[i], starts[i + 1])) for i in range(len(ends) + 1)
    )
    return x, y, pieces


def _limits(activation: Activation, places: list[float]) -> Array:
    """The one-sided limits of f to f''', NaN on a side where f is not defined."""
    trees = (activation.numeric_tree(order) for order in range(ORDERS))
    found = np.array([both_sides(tree, places, activation.parameters) for tree in trees])
    found[:, np.isnan(found[0])] = math.nan
    return found


def _grid(anchors: tuple[float, ...], width: float) -> Array:
    near = np.linspace(-NEAREST, NEAREST, 801)
    far = np.geomspace(NEAREST, width, int(60 * math.log10(width / NEAREST)))
    decades = np.geomspace(1e-9, 1e2, 133)
    around = [a + max(1.0, abs(a)) * np.concatenate([-decades, decades]) for a in anchors]
    x: Array = np.unique(np.concatenate([near, -far, far, *around, anchors]))
    return np.asarray(x[np.abs(x) <= width])


# --- where a sign changes ----------------------------------------------------------------------


def crossings(
    surveyed: Survey, y: Array, function: Callable[[Array], Array], rank: Array | None = None
) -> list[float]:
    """Where y, the values of a function at the points, changes sign inside a piece.

    If there are very many, those next to 0, and those where rank is largest and smallest.
    """
    exact: list[float] = []
    low: list[int] = []
    for piece in surveyed.pieces:
        for i, j in _opposite(y[piece.points], piece.points.start):
            if j > i + 1:
                exact.append(_middle(surveyed.x[i + 1 : j]))
            else:
                low.append(i)
    chosen = _chosen(surveyed.x, np.array(low, dtype=np.intp), rank)
    found = narrowed(surveyed.x[chosen], surveyed.x[chosen + 1], np.sign(y[chosen]), function)
    return sorted([*exact, *found.tolist()], key=lambda x: (abs(x), -x))


def _opposite(y: Array, start: int) -> Iterator[tuple[int, int]]:
    """Neighbours of opposite signs, apart from zeros between them."""
    sign = np.sign(y)
    known = np.flatnonzero((sign != 0) & ~np.isnan(sign))
    for k in np.flatnonzero(sign[known[:-1]] * sign[known[1:]] < 0):
        i, j = int(known[k]), int(known[k + 1])
        if not np.isnan(sign[i + 1 : j]).any():
            yield start + i, start + j


def _middle(zeros: Array) -> float:
    """The place of a zero that several points show, since the function underflows around it."""
    return 0.0 if zeros[0] <= 0 <= zeros[-1] else float(zeros[len(zeros) // 2])


def _chosen(x: Array, low: Array, rank: Array | None) -> Array:
    if low.size <= MOST_BRACKETS:
        return low
    outwards = low[np.argsort(np.abs(x[low]))][:MOST_BRACKETS]
    if rank is None:
        return outwards
    by_rank = low[np.argsort(rank[low])]
    return np.unique(np.concatenate([outwards, by_rank[:8], by_rank[-8:]]))
