"""What is proven of a curve in every column of pixels, and where a drawing departs from it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.sampling.scan import Scan
from actviz.sampling.view import Limits, Pixels, View

if TYPE_CHECKING:
    from actviz.formula.enclosure.columns import Columns, Warp

GAP = 1 / 5000  # of what is on show: a tenth of a pixel of 500
QUARTER = 0.25  # pixels that what is drawn may be off the curve ...
WITHIN = 0.15  # ... and off the values that were found, the rest being left to their gap
LOOSE, SAMPLES = 1.0, 8  # pixels between a bound and what was found, and values looked at then

Line = tuple[Array, Array]


def look(
    scanned: Scan,
    visible: Limits | None = None,
    pixels: Pixels | None = None,
    warp: Warp | None = None,
) -> Columns | None:
    """The least and greatest value in every column of pixels; None if nothing is proven of it.

    visible: the limits beyond which nothing need be told apart; pixels: where the columns are;
    warp: the scale of y.
    """
    if pixels is not None and np.array_equal(_edges(scanned, pixels), scanned.edges):
        pixels = None
    return _look(scanned, visible, pixels, warp)


@lru_cache(maxsize=16)
def _look(
    scanned: Scan, visible: Limits | None, pixels: Pixels | None, warp: Warp | None
) -> Columns | None:
    if scanned.subject is None:
        return None
    from actviz.formula.enclosure.columns import columns

    edges = scanned.edges if pixels is None else _edges(scanned, pixels)
    with np.errstate(all="ignore"):
        return columns(scanned.subject, edges, GAP, visible, warp=warp)


def _edges(scanned: Scan, pixels: Pixels) -> Array:
    with np.errstate(all="ignore"):
        return pixels.edges(scanned.lo, scanned.hi)


def looked_at(scanned: Scan, view: View) -> Columns | None:
    """The same as closely as a view needs it."""
    linear = view.warp is None
    whole = look(scanned, None, view.pixels) if linear and _inside(scanned, view) else None
    if whole is None or _span(whole) * GAP > WITHIN * (view.yhi - view.ylo) / view.height:
        whole = look(scanned, view.limits, view.pixels, view.warp)
    if whole is None:
        return None
    return _with_limits(scanned, _with_values(scanned, whole, view), view.edges)


def _with_values(scanned: Scan, columns: Columns, view: View) -> Columns:
    """The columns with some values more where what was found is far from the bounds.

    So it is where these have no digits left, as those of sin(exp(exp(x))) at 6, and where they ran
    out of their allowance.
    """
    low, high, lower, upper = _shown(columns, view)
    with np.errstate(invalid="ignore"):
        loose = np.flatnonzero((upper - high > LOOSE) | (low - lower > LOOSE))
    t = (np.arange(SAMPLES) + 0.5) / SAMPLES
    x = view.edges[loose, None] * (1 - t) + view.edges[loose + 1, None] * t
    y = scanned.at(x.ravel()).reshape(x.shape)
    known = ~np.isnan(y).all(axis=1)
    at, place, y = loose[known], x[known], y[known]
    found = []
    for sign, best, where in (
        (-1, columns.least, columns.at_least), (1, columns.greatest, columns.at_greatest),
    ):  # fmt: skip
        best, where, first = best.copy(), where.copy(), np.nanargmax(sign * y, axis=1)
        value, rows = y[np.arange(at.size), first], np.arange(at.size)
        better = ~(sign * value <= sign * best[at])
        best[at[better]], where[at[better]] = value[better], place[rows, first][better]
        found.append((best, where))
    (least, at_least), (greatest, at_greatest) = found
    return columns._replace(
        least=least, greatest=greatest, at_least=at_least, at_greatest=at_greatest
    )


def _shown(columns: Columns, view: View) -> tuple[Array, Array, Array, Array]:
    """Least and greatest that were found, and the bounds of both, in pixels."""
    low, high, lower, upper = (
        view.shown(each) for each in (columns.least, columns.greatest, columns.lower, columns.upper)
    )
    return low, high, lower, upper


def _with_limits(scanned: Scan, columns: Columns, edges: Array) -> Columns:
    """The columns with what is not reached, but tended to, at switches."""
    found = scanned.known.found
    at = np.array([each.x for each in found for _ in (0, 1)])
    limit = np.array([side for each in found for side in (each.left, each.right)])
    column = np.searchsorted(edges, at, "right") - 1
    column[::2] = np.searchsorted(edges, at[::2], "left") - 1
    with np.errstate(invalid="ignore"):
        held = (columns.lower[column] <= limit) & (limit <= columns.upper[column])
    at, limit, column = at[held], limit[held], column[held]
    least, greatest = columns.least.copy(), columns.greatest.copy()
    at_least, at_greatest = columns.at_least.copy(), columns.at_greatest.copy()
    for x, y, i in zip(at, limit, column, strict=True):
        if not y >= least[i]:
            least[i], at_least[i] = y, x
        if not y <= greatest[i]:
            greatest[i], at_greatest[i] = y, x
    return columns._replace(
        least=least, greatest=greatest, at_least=at_least, at_greatest=at_greatest
    )


def _inside(scanned: Scan, view: View) -> bool:
    """Whether a view shows all that the samples are."""
    y = scanned.y[~np.isnan(scanned.y)]
    return bool(y.size) and bool(view.ylo <= y.min() and y.max() <= view.yhi)


def _span(columns: Columns) -> float:
    with np.errstate(all="ignore"):
        return float(np.fmax.reduce(columns.greatest) - np.fmin.reduce(columns.least))


def _none_found(columns: Columns) -> bool:
    """Whether no least or no greatest value was found anywhere."""
    return bool(np.isnan(columns.least).all() or np.isnan(columns.greatest).all())


def bounds(scanned: Scan, columns: Columns | None) -> tuple[Limits, Limits]:
    """The least value: a bound and what was found; the greatest: what was found and a bound."""
    y = scanned.y[~np.isnan(scanned.y)]
    if columns is None or _none_found(columns):
        found = (float(y.min()), float(y.max())) if y.size else (np.nan, np.nan)
        return (-np.inf, found[0]), (found[1], np.inf)
    lowest, highest = int(np.nanargmin(columns.least)), int(np.nanargmax(columns.greatest))
    low, high = float(np.nanmin(columns.lower)), float(np.nanmax(columns.upper))
    return (low, float(columns.least[lowest])), (float(columns.greatest[highest]), high)


class Allowed(NamedTuple):
    """In every column of pixels, between which heights the lines of a drawing may be.

    low, high: what they must reach, and lower, upper, what they must not pass; under, over: where
    what they need not reach is beyond the view.
    """

    low: Array
    high: Array
    lower: Array
    upper: Array
    under: Truths
    over: Truths
    view: View

    @classmethod
    def by(cls, columns: Columns, broken: Truths, view: View) -> Allowed:
        """What bounds allow; broken: the columns in which the curve jumps or has a pole."""
        low, high, lower, upper = _shown(columns, view)
        with np.errstate(invalid="ignore"):
            on_show = (view.up(columns.greatest) > WITHIN) & (
                view.up(columns.least) < view.height - WITHIN
            )
            # Where it breaks, what is beyond the view may be so on one side alone.
            under = ~on_show | ((columns.least < view.limits[0]) & broken)
            over = ~on_show | ((columns.greatest > view.limits[1]) & broken)
        return cls(low + WITHIN, high - WITHIN, lower - WITHIN, upper + WITHIN, under, over, view)

    def departed(self, lines: Iterable[Line]) -> Truths:
        """In which columns lines (x, and pixels up) leave out values, or go where none are."""
        least, most = _envelope(lines, self.view)
        with np.errstate(invalid="ignore"):
            left_out = ((least > self.low) & ~self.under) | ((most < self.high) & ~self.over)
            beyond = (least < self.lower) | ((most > self.upper) & np.isfinite(most))
        return np.asarray(left_out | beyond)


def flat(columns: Columns, view: View, height: float) -> Truths:
    """The columns in which the curve is proven to stay within so many pixels."""
    with np.errstate(invalid="ignore"):
        return np.asarray(view.up(columns.upper) - view.up(columns.lower) <= height)


def settled(columns: Columns, view: View) -> bool:
    """Whether the bounds are so close to values that were found that no eye could tell them."""
    low, high, lower, upper = _shown(columns, view)
    with np.errstate(invalid="ignore"):
        open_still = (upper - high > QUARTER - WITHIN) | (low - lower > QUARTER - WITHIN)
    return not open_still.any()


def _envelope(lines: Iterable[Line], view: View) -> tuple[Array, Array]:
    """The lowest and the highest pixel that polylines reach in each column."""
    edges = view.edges
    count = edges.size - 1
    least, most = np.full(count, np.inf), np.full(count, -np.inf)
    for x, up in lines:
        first, last = np.searchsorted(edges, x[0], "right"), np.searchsorted(edges, x[-1], "left")
        passed = edges[first:last]
        at, heights = np.append(x, passed), np.append(up, np.interp(passed, x, up))
        to_right = np.searchsorted(edges, at, "right") - 1
        to_left = np.searchsorted(edges, at, "left") - 1
        if x.size > 1:  # a line that ends on an edge is in one column alone
            to_left[0], to_right[x.size - 1] = to_right[0], to_left[x.size - 1]
        for column in (to_right, to_left):
            inside = (column >= 0) & (column < count)
            np.minimum.at(least, column[inside], heights[inside])
            np.maximum.at(most, column[inside], heights[inside])
    return least, most


def uncovered(scanned: Scan, columns: Columns, view: View) -> tuple[Truths, Truths]:
    """In which columns the samples miss the least, and in which the greatest value."""
    starts = np.searchsorted(scanned.x, view.edges[:-1], "left")
    ends = np.searchsorted(scanned.x, view.edges[1:], "right")
    up = np.append(view.shown(scanned.y), np.nan)
    pairs = np.stack([starts, ends], axis=1).ravel()
    with np.errstate(invalid="ignore"):
        least = np.fmin.reduceat(up, pairs)[::2]
        most = np.fmax.reduceat(up, pairs)[::2]
        low = least > view.shown(columns.least) + WITHIN
        high = most < view.shown(columns.greatest) - WITHIN
    return low, high
