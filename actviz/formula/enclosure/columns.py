"""The least and greatest value in every column of a picture, so that nothing is missed there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from actviz.formula.allowance import turn
from actviz.formula.arrays import Array, Indices, Truths
from actviz.formula.enclosure.mesh import (
    BEYOND,
    ROUNDING,
    UNDERFLOW,
    Subject,
    halves,
    largest,
    middles,
    places,
    splits,
)

BATCH = 4096  # cells looked at together
BUDGET = 40_000  # cells that all columns together may look at
SHARE = 1e-3  # of what the most promising cell may hold: cells that wait
QUARTER = 1 / 2000  # of the span: a quarter of a pixel of 500

Warp = Callable[[Array], Array]  # a scale on which values are told apart: it never decreases


class Columns(NamedTuple):
    """What a formula does in n columns, ends included; arrays of shape (n,).

    least and greatest are values that it takes at the floats at_least and at_greatest; all its
    values are between lower and upper. proved: whether that is the same within what was asked for.
    NaN where it has no value anywhere in the column.
    """

    lower: Array
    upper: Array
    least: Array
    greatest: Array
    at_least: Array
    at_greatest: Array
    proved: Truths


def columns(
    f: Subject,
    edges: Array,
    gap: float = QUARTER,
    visible: tuple[float, float] | None = None,
    budget: int = BUDGET,
    warp: Warp | None = None,
) -> Columns:
    """The least and greatest values between the edges, n + 1 ascending floats.

    The gap is a share of the span of all values, or of what is visible; what is beyond that is not
    told apart. With a warp it is a share of the span on that scale. Ends in the budget, if need be
    not proved.

    >>> from actviz.formula.enclosure.mesh import subject
    >>> from actviz.formula.parsing import parse
    >>> peak = subject(parse("exp(-1e10*(x-0.31)**2)"), {})
    >>> found = columns(peak, np.linspace(-1.0, 1.0, 401))
    >>> bool(found.proved.all()), round(float(found.greatest.max()), 2)
    (True, 1.0)
    """
    going, search = turn(), _Search(f, edges, gap, visible, warp)
    inner = np.array([x for x in places(f, edges[0], edges[-1]) if edges[0] < x < edges[-1]])
    points = np.unique(np.concatenate([edges, inner]))
    search.visit(points)
    search.look(points[:-1], points[1:])
    while search.looked < budget and going():
        if not search.refine():
            break
    return search.answer()


class _Search:
    """Cells that may hold more than was found in their column, and what was found.

    All is told of f and of -f, row by row, so that both are a greatest value.
    """

    def __init__(
        self,
        f: Subject,
        edges: Array,
        gap: float,
        visible: tuple[float, float] | None,
        warp: Warp | None,
    ) -> None:
        self.f, self.edges, self.gap, self.warp = f, edges, gap, warp
        self.limits = np.array([[np.inf], [np.inf]])
        if visible is not None:
            self.limits = np.array([[visible[1]], [-visible[0]]])
        count = edges.size - 1
        self.best, self.at = np.full((2, count), -np.inf), np.full((2, count), np.nan)
        self.beyond = np.full((2, count), -np.inf)
        self.cells, self.most = np.zeros((2, 0)), np.zeros((2, 0))
        self.looked = 0

    def _column(self, x: Array) -> Indices:
        inside: Indices = np.searchsorted(self.edges, x, side="right") - 1
        return np.clip(inside, 0, self.edges.size - 2)

    def visit(self, x: Array) -> None:
        """Take the values at these points; those on an edge count for both columns."""
        low, high = self.f.at(x)
        column = self._column(x)
        before = np.searchsorted(self.edges, x, side="left") - 1
        for where in (column, np.where(before >= 0, before, column)):
            for row, sure in enumerate((low, -high)):
                known = np.isfinite(sure)
                order = np.argsort(sure[known], kind="stable")
                to, value, place = where[known][order], sure[known][order], x[known][order]
                best = np.full(self.best.shape[1], -np.inf)
                at = np.full(self.best.shape[1], np.nan)
                best[to], at[to] = value, place  # the last and greatest stays
                better = best > self.best[row]
                self.best[row] = np.where(better, best, self.best[row])
                self.at[row] = np.where(better, at, self.at[row])

    def look(self, lower: Array, upper: Array) -> None:
        self.looked += lower.size
        found = self.f.on(lower, upper)[0]
        most = np.stack([found.upper, -found.lower])
        somewhere = ~np.isnan(most[0])
        self.cells = np.concatenate([self.cells, np.stack([lower, upper])[:, somewhere]], axis=1)
        self.most = np.concatenate([self.most, most[:, somewhere]], axis=1)

    def _placed(self, rows: Array) -> Array:
        """Values of f and of -f on the scale, where all below what is visible are the same."""
        if self.warp is None:
            return rows
        rows = np.maximum(rows, -self.limits[::-1])
        return np.stack([self.warp(rows[0]), -self.warp(-rows[1])])

    def _tolerance(self) -> float:
        shown = self._placed(np.minimum(self.best, self.limits))
        spans = np.where(np.isfinite(shown), shown, -np.inf).max(axis=1)
        span = float(spans[0]) + float(spans[1])
        sizes = float(np.abs(spans[np.isfinite(spans)]).max(initial=0.0))
        share = self.gap * span if np.isfinite(span) else 0.0
        return max(share, ROUNDING * sizes, UNDERFLOW)

    def _more(self) -> Array:
        """How much more each cell may hold than was found in its column, less what is allowed."""
        best = self.best[:, self._column(self.cells[0])]
        most = np.minimum(self.most, np.maximum(self.limits, best))
        with np.errstate(over="ignore", invalid="ignore"):
            more = self._placed(most) - self._placed(best) - self._tolerance()
        more = np.where(best >= BEYOND, -np.inf, more)
        most_of_both: Array = more.max(axis=0, initial=-np.inf)
        return most_of_both

    def refine(self) -> bool:
        """Split the cells that may hold most; False if there are none."""
        more = self._more()
        going = (more > 0) & splits(*self.cells)
        self._leave(~going)
        if not self.cells.size:
            return False
        more = more[going]
        more[more < SHARE * more.max()] = -np.inf  # what may hold most tells what is little
        chosen = largest(more, BATCH)
        chosen = chosen[np.isfinite(more[chosen]) | (more[chosen] > 0)]
        lower, upper = self.cells[:, chosen]
        kept = np.ones(self.cells.shape[1], dtype=bool)
        kept[chosen] = False
        self.cells, self.most = self.cells[:, kept], self.most[:, kept]
        middle = middles(lower, upper)
        self.visit(middle)
        self.look(*halves(lower, upper, middle))
        return True

    def _leave(self, gone: Truths) -> None:
        """Take out cells that need no closer look, and keep their bounds."""
        column = self._column(self.cells[0, gone])
        for row in (0, 1):
            np.maximum.at(self.beyond[row], column, self.most[row, gone])
        self.cells, self.most = self.cells[:, ~gone], self.most[:, ~gone]

    def answer(self) -> Columns:
        tolerance = self._tolerance()
        self._leave(np.ones(self.cells.shape[1], dtype=bool))
        bound = np.maximum(self.beyond, self.best)
        shown = np.minimum(bound, np.maximum(self.limits, self.best))
        proved = (self._placed(shown) - tolerance <= self._placed(self.best)).all(axis=0)
        nothing = (bound == -np.inf).all(axis=0)
        (greatest, least), (upper, lower) = (
            np.where(nothing, np.nan, np.where(np.isinf(rows) & (rows < 0), np.nan, rows))
            for rows in (self.best, bound)
        )
        return Columns(-lower, upper, -least, greatest, self.at[1], self.at[0], proved | nothing)
