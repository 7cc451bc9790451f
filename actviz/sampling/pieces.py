"""Scanned curves made ready to draw: refined, cut at breaks, thinned, and held to their bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from actviz.formula.arrays import Array, Indices, Truths
from actviz.sampling.cubic import Cubic, exact, fit, traced
from actviz.sampling.marks import Mark, marks
from actviz.sampling.proof import Allowed, bounds, flat, looked_at, settled, uncovered
from actviz.sampling.scan import Scan
from actviz.sampling.view import JUMP, TOLERANCE, Limits, Pixels, View

if TYPE_CHECKING:
    from actviz.formula.enclosure.columns import Columns

SPLIT = 0.4  # where an interval is split; in the middle an inflection would look straight
CLOSE = 0.03  # pixels a chord may leave the curve there in refining
STEEP = 100.0  # pixels up per pixel across, above which a height matters less and less
FINEST = 1e-4  # pixels: an interval is not split below this ...
EDGE = 1e-9  # ... except where the function ceases to be defined, which is found more closely
MOST_POINTS, MOST_LOOKED = 24_000, 20_000
ROUNDS = 3  # of drawing and holding it against what is proven
APART = 12  # columns between crowded ones: what is no more is not told from these
FEW = 1  # switch in a column of pixels; between more no line can be told from a jump


class Piece(NamedTuple):
    """A polyline that crosses no jump: x ascending, y finite.

    cubic: the same as cubics, in shares of the view from its lower left corner; None where it fills
    columns of pixels.
    """

    x: Array
    y: Array
    cubic: Cubic | None = None


class Samples(NamedTuple):
    """A scanned curve made ready to draw.

    sure: whether it is proven that in every column of pixels this covers the curve, and joins no
    jump; least, greatest: bounds of all its values, as far as they are known; dense: the stretches
    of x on which the curve fills columns of pixels.
    """

    scan: Scan
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    sure: bool
    least: tuple[float, float]
    greatest: tuple[float, float]
    dense: tuple[tuple[float, float], ...] = ()


def refine(
    scanned: Scan,
    height: float,
    ylim: Limits | None = None,
    warp: Callable[[Array], Array] | None = None,
    pixels: Pixels | None = None,
) -> Samples:
    """Turn a scan into pieces and marks for a plot area of that height in pixels.

    Without ylim all values are on show; with it the pieces end where they leave it. A warp
    is the scale of the y axis (the pieces stay in the units of the function). What is so dense that
    it fills columns of pixels fills those of the pixels, if it is told where these are.
    """
    view = View.of(scanned, height, ylim, warp)
    columns = looked_at(scanned, view)
    circles = marks(scanned, view)
    if columns is None:
        nowhere = np.zeros(view.edges.size - 1, dtype=bool)
        runs, kept = _runs_on_show(scanned, view, None, nowhere, nowhere)
        pieces = tuple(_thinned(*run, kept, view) for run in runs)
        pieces = _smooth(scanned, pieces, runs, kept, view, None)
        return Samples(scanned, pieces, circles, False, *bounds(scanned, None))
    pieces, crowded, sure = _held(scanned, view, columns, circles)
    if crowded.any() and pixels is not None:
        view = view.among(pixels)
        columns = looked_at(scanned, view) or columns
        pieces, crowded, sure = _held(scanned, view, columns, circles)
    dense = _stretches(crowded, view.edges)
    return Samples(scanned, pieces, circles, sure, *bounds(scanned, columns), dense)


def _stretches(crowded: Truths, edges: Array) -> tuple[tuple[float, float], ...]:
    """From where to where there are crowded columns, with no more than a few others between."""
    at = np.flatnonzero(crowded)
    if not at.size:
        return ()
    parts = np.split(at, np.flatnonzero(np.diff(at) > APART) + 1)
    return tuple((float(edges[part[0]]), float(edges[part[-1] + 1])) for part in parts)


def _held(
    scanned: Scan, view: View, columns: Columns, circles: tuple[Mark, ...]
) -> tuple[tuple[Piece, ...], Truths, bool]:
    """The pieces, the columns that they fill, and whether they are proven to cover the curve."""
    jumps, doubtful = _jumps(scanned, view), _doubtful(scanned, view)
    turning = _turning(scanned, view, columns, jumps)
    crowded, edged = turning | doubtful, np.zeros(jumps.size, dtype=bool)
    allowed = Allowed.by(columns, _broken(scanned, view, columns), view)
    taken = [mark for mark in circles if mark.taken]
    dots = [(np.array([mark.x]), view.shown(np.array([mark.y]))) for mark in taken]
    for _ in range(ROUNDS):
        runs, kept = _runs_on_show(scanned, view, columns, crowded, edged)
        pieces = tuple(_thinned(*run, kept, view) for run in runs)
        lines = [(piece.x, view.shown(piece.y)) for piece in pieces]
        off = allowed.departed([*lines, *dots])
        if not (off & ~edged).any():
            break
        crowded, edged = crowded | off, edged | off
    sure = not off.any() and not (doubtful & ~turning).any() and settled(columns, view)
    smooth = _smooth(scanned, pieces, runs, kept, view, allowed)
    return smooth, crowded, sure


def _smooth(
    scanned: Scan,
    pieces: tuple[Piece, ...],
    runs: Sequence[tuple[Array, Array]],
    kept: Array,
    view: View,
    allowed: Allowed | None,
) -> tuple[Piece, ...]:
    """The pieces with their cubics, which are held against what is proven as the polylines are."""
    placed = [(view.across(x), view.up(y)) for x, y in runs]
    fitted = [fit(*each, _corners(x, kept)) for each, (x, _) in zip(placed, runs, strict=True)]
    knots = [
        x[np.searchsorted(across, cubic.x)]
        for (x, _), (across, _), cubic in zip(runs, placed, fitted, strict=True)
    ]
    slopes = view.steepness(scanned.slopes(np.concatenate([np.empty(0), *knots])))
    parts = np.split(slopes, np.cumsum([each.size for each in knots]))
    edges = view.across(view.edges)
    found = []
    for piece, sampled, known, each in zip(pieces, fitted, parts, placed, strict=False):
        cubic = exact(sampled, known, *each)
        if allowed is not None and _strays(cubic, piece, edges, allowed):
            found.append(piece)
        else:
            scaled = cubic.placed(0.0, 0.0, 1 / view.width, 1 / view.height)
            found.append(piece._replace(cubic=scaled))
    return tuple(found)


def _strays(cubic: Cubic, piece: Piece, edges: Array, allowed: Allowed) -> bool:
    """Whether cubics depart from what is proven where the polyline that they stand for does not.

    edges: of the columns, in pixels.
    """
    view = allowed.view
    places, heights = traced(cubic, edges)
    off = allowed.departed([(view.lo + (view.hi - view.lo) * (places / view.width), heights)])
    first, last = np.searchsorted(view.edges, piece.x[[0, -1]])
    if not off[max(first - 2, 0) : last + 2].any():  # in the columns of others neither has a value
        return False
    line = piece.x, view.shown(piece.y)
    return bool((off & ~allowed.departed([line])).any())


def _jumps(scanned: Scan, view: View) -> Indices:
    """How many switches there are in each column of pixels."""
    column = np.searchsorted(view.edges, scanned.switches, "right") - 1
    return np.bincount(column, minlength=view.edges.size - 1)


def _broken(scanned: Scan, view: View, columns: Columns) -> Truths:
    """The columns of pixels with a switch in them, or at an end of them."""
    before = np.searchsorted(scanned.switches, view.edges, "left")
    passed = np.searchsorted(scanned.switches, view.edges, "right")
    found = before[:-1] < passed[1:]
    for i in (0, -1):  # what the range ends with may be a value of its own there
        least, greatest = (
            (columns.at_least[i] == view.edges[i]) & (columns.least[i] < view.limits[0]),
            (columns.at_greatest[i] == view.edges[i]) & (columns.greatest[i] > view.limits[1]),
        )
        found[i] |= (least | greatest) & view.holds(scanned.y[i])
    return np.asarray(found)


def _doubtful(scanned: Scan, view: View) -> Truths:
    """The columns in which there may be jumps that are not known."""
    edges = view.edges
    found = np.zeros(edges.size - 1, dtype=bool)
    for lower, upper in scanned.known.doubtful:
        found |= (edges[:-1] < upper) & (lower < edges[1:])
    return found


def _turning(scanned: Scan, view: View, columns: Columns, jumps: Indices) -> Truths:
    """The columns of pixels in which the curve jumps several times, or turns down and up again."""
    up = view.shown(_at_edges(scanned, view))
    low, high = np.minimum(up[:-1], up[1:]), np.maximum(up[:-1], up[1:])
    least, most = view.shown(columns.least), view.shown(columns.greatest)
    with np.errstate(invalid="ignore"):
        turns = (least < low - JUMP) & (most > high + JUMP)
        turns |= (columns.least < view.limits[0]) & (columns.greatest > view.limits[1])
    turns = np.where(jumps, jumps > FEW, turns)
    return np.asarray(turns | (_closed(turns) & (jumps == 0)))


def _closed(found: Truths) -> Truths:
    """With the gaps of up to four between those found, or between one and an end."""
    reach = np.ones(5)
    wide = np.convolve(np.pad(found, 3, constant_values=True), reach, "same") > 0
    wide[:1] = wide[-1:] = True
    return np.asarray(np.convolve(wide, reach, "same")[3:-3] == reach.size)


def _at_edges(scanned: Scan, view: View) -> Array:
    """The values where columns meet, which are samples if the columns are those of the scan."""
    if view.pixels is not None:
        return scanned.at(view.edges)
    place = np.searchsorted(scanned.x, view.edges, "left")
    return np.asarray(scanned.y[place.clip(0, scanned.x.size - 1)])


def _runs_on_show(
    scanned: Scan, view: View, columns: Columns | None, crowded: Truths, edged: Truths
) -> tuple[list[tuple[Array, Array]], Array]:
    """The samples of each piece, refined, and the x that must stay vertices."""
    x, y, kept = _placed(scanned, view, columns, crowded)
    ends = view.edges[np.flatnonzero(edged)[:, None] + [0, 1]].ravel()
    kept = np.concatenate([kept, ends])
    column = np.searchsorted(view.edges, (x[:-1] / 2 + x[1:] / 2), "right") - 1
    done = crowded if columns is None else crowded | flat(columns, view, CLOSE)
    solid = done[column.clip(0, done.size - 1)] & ~np.isnan(y[:-1]) & ~np.isnan(y[1:])
    x, y = _refined(scanned, view, x, y, solid)
    shown = [
        piece
        for run in _runs(x, y, scanned, view, columns is not None)
        for piece in _clipped(*run, view)
    ]
    return shown, kept


def _placed(
    scanned: Scan, view: View, columns: Columns | None, crowded: Truths
) -> tuple[Array, Array, Array]:
    """The samples, with the extremes of columns that they miss; and what x must stay a vertex.

    Of a crowded column there are its extremes alone, from which a line fills it.
    """
    x, y = scanned.x, scanned.y
    if columns is None:
        return x, y, scanned.switches
    low, high = uncovered(scanned, columns, view)
    low, high = low | crowded, high | crowded
    edges = np.flatnonzero(np.append(crowded, False) | np.append(False, crowded))
    at = [columns.at_least[low], columns.at_greatest[high], view.edges[edges]]
    least, greatest = _filling(columns, view, crowded)
    value = [least[low], greatest[high], _at_edges(scanned, view)[edges]]
    kept = np.concatenate([scanned.switches, *at[:2]])
    column = (np.searchsorted(view.edges, x, "right") - 1).clip(0, crowded.size - 1)
    inside = crowded[column] & (x > view.edges[column]) & (x < view.edges[column + 1])
    x, y = x[~inside], y[~inside]
    fresh, first = np.unique(np.concatenate(at), return_index=True)
    new = np.concatenate(value)[first]
    needed = np.isfinite(new) & ~np.isin(fresh, x)
    after = np.searchsorted(x, fresh[needed])
    return np.insert(x, after, fresh[needed]), np.insert(y, after, new[needed]), kept


def _filling(columns: Columns, view: View, crowded: Truths) -> tuple[Array, Array]:
    """The extremes of the columns, within the view where a crowded one is partly in it."""
    least, greatest = columns.least.copy(), columns.greatest.copy()
    (lo, hi), inside = view.limits, crowded.copy()
    inside &= (least < hi) & (greatest > lo)
    least[inside] = np.maximum(least[inside], lo)
    greatest[inside] = np.minimum(greatest[inside], hi)
    return least, greatest


def _refined(scanned: Scan, view: View, x: Array, y: Array, solid: Truths) -> tuple[Array, Array]:
    """Split every interval whose chord leaves the curve, until none does; not the solid ones."""
    across, up = view.across(x), view.up(y)
    active = _suspects(across, up)
    active = active[~solid[active]]
    looked = 0
    while active.size and x.size < MOST_POINTS and looked < MOST_LOOKED:
        looked += active.size
        middle = (1 - SPLIT) * x[active] + SPLIT * x[active + 1]
        fresh = (middle > x[active]) & (middle < x[active + 1])
        active, middle = active[fresh], middle[fresh]
        value = scanned.at(middle)
        height, place = view.up(value), view.across(middle)
        a, b = up[active], up[active + 1]
        undefined = np.isnan(a) | np.isnan(b) | np.isnan(height)
        edge = undefined & ~(np.isnan(a) & np.isnan(b) & np.isnan(height))
        span = across[active + 1] - across[active]
        allowed = CLOSE * np.maximum(1.0, np.abs(b - a) / (STEEP * span))
        leaves = ~undefined & (np.abs(height - (1 - SPLIT) * a - SPLIT * b) > allowed)
        split = (leaves & (span > FINEST)) | (edge & (span > EDGE))
        after = active[split] + 1
        x, y = np.insert(x, after, middle[split]), np.insert(y, after, value[split])
        across, up = np.insert(across, after, place[split]), np.insert(up, after, height[split])
        first = after - 1 + np.arange(after.size)
        active = np.sort(np.concatenate([first, first + 1]))
    return x, y


def _suspects(across: Array, up: Array) -> Indices:
    """The intervals with an end off the chord of its neighbours, or beside a switch or a gap."""
    with np.errstate(all="ignore"):
        t = (across[1:-1] - across[:-2]) / (across[2:] - across[:-2])
        off = np.abs(up[1:-1] - (1 - t) * up[:-2] - t * up[2:])
        bent = ~(off < CLOSE) | ~((t > 0) & (t < 1))
    bent = np.concatenate([[True], bent, [True]])
    return np.flatnonzero((bent[1:] | bent[:-1]) & (np.diff(across) > 0))


def _runs(x: Array, y: Array, scanned: Scan, view: View, known: bool) -> list[tuple[Array, Array]]:
    """Split at jumps, poles and where the function is not defined; join continuous ones.

    known: whether the jumps are; otherwise they are what is too steep.
    """
    up = view.up(y)
    defined = ~np.isnan(y)
    across = view.across(x)
    with np.errstate(all="ignore"):
        step = np.abs(np.diff(up)) > JUMP
    twice = np.diff(x) == 0
    sudden = step & (twice if known else np.diff(across) < 2 * FINEST)
    at_pole = np.isin(x, scanned.poles)
    sudden |= at_pole[1:] & at_pole[:-1] & twice
    breaks = np.flatnonzero(sudden | ~defined[1:] | ~defined[:-1]) + 1
    runs = []
    for part in np.split(np.arange(x.size), breaks):
        part = part[defined[part]]
        part = part[np.append(True, np.diff(across[part]) > 0)] if part.size else part
        if part.size > 1:
            runs.append((x[part], y[part]))
    return runs


def _clipped(x: Array, y: Array, view: View) -> list[tuple[Array, Array]]:
    """The parts of a run that are inside the view, ended exactly on its edge."""
    x, y = _met(x, y, view)
    up = view.up(y)
    state = np.where(up > view.height + TOLERANCE, 1, np.where(up < -TOLERANCE, -1, 0))
    if not state.any():
        return [(x, y)]
    parts: list[tuple[Array, Array]] = []
    for part in np.split(np.arange(x.size), np.flatnonzero(np.diff(state)) + 1):
        if state[part[0]] != 0:
            continue
        px, py = x[part], y[part]
        for end, beside, place in ((part[0], part[0] - 1, 0), (part[-1], part[-1] + 1, None)):
            if 0 <= beside < x.size:
                ex, ey = _crossing(x, y, up, end, beside, view)
                px = np.insert(px, place if place == 0 else px.size, ex)
                py = np.insert(py, place if place == 0 else py.size, ey)
        keep = np.append(True, np.diff(view.across(px)) > 0)
        if keep.sum() > 1:
            parts.append((px[keep], py[keep]))
    return parts


def _crossing(
    x: Array, y: Array, up: Array, inside: int, outside: int, view: View
) -> tuple[float, float]:
    """Where the segment from an inner to an outer point meets the edge of the view."""
    edge = view.height if up[outside] > view.height else 0.0
    t = float(np.clip((edge - up[inside]) / (up[outside] - up[inside]), 0.0, 1.0))
    return float(x[inside] + t * (x[outside] - x[inside])), view.limits[1 if edge else 0]


def _met(x: Array, y: Array, view: View) -> tuple[Array, Array]:
    """A run with a point in the middle of the view wherever it crosses all of it in one step."""
    up = view.up(y)
    over = (up > view.height + TOLERANCE).astype(np.intp) - (up < -TOLERANCE)
    steps = np.flatnonzero(over[:-1] * over[1:] < 0)
    if not steps.size:
        return x, y
    middle = np.full(steps.size, view.limits[0] / 2 + view.limits[1] / 2)
    t = (view.up(middle) - up[steps]) / (up[steps + 1] - up[steps])
    place = x[steps] + t * (x[steps + 1] - x[steps])
    return np.insert(x, steps + 1, place), np.insert(y, steps + 1, middle)


def _thinned(x: Array, y: Array, kept: Array, view: View) -> Piece:
    """Keep both ends, these places, and what holds the line within the tolerance."""
    across, up = view.across(x).tolist(), view.up(y).tolist()
    chosen = [0]
    for start, stop in pairwise(_corners(x, kept).tolist()):
        chosen += _longest_chords(across, up, start, stop)
    return Piece(x[chosen], y[chosen])


def _corners(x: Array, kept: Array) -> Indices:
    """The indices of both ends, and of what must stay a vertex."""
    inner: Indices = np.flatnonzero(np.isin(x[1:-1], kept)) + 1
    return np.concatenate([[0], inner, [x.size - 1]])


def _longest_chords(across: list[float], up: list[float], start: int, stop: int) -> list[int]:
    """From start, always the farthest point whose chord keeps close to all points between."""
    # A plain loop: in arrays it would be one short array for each vertex kept, which is slower.
    kept: list[int] = []
    x, y, low, high = across[start], up[start], -math.inf, math.inf
    for i in range(start + 1, stop + 1):
        slope = (up[i] - y) / (across[i] - x)
        if slope < low or slope > high:
            kept.append(i - 1)
            x, y, low, high = across[i - 1], up[i - 1], -math.inf, math.inf
            slope = (up[i] - y) / (across[i] - x)
        slack = TOLERANCE / (across[i] - x)
        if slope > STEEP or slope < -STEEP:
            slack *= abs(slope) / STEEP
        if slope - slack > low:
            low = slope - slack
        if slope + slack < high:
            high = slope + slack
    return [*kept, stop]
