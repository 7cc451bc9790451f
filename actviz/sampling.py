"""A curve over a range as pieces that never cross a jump: few vertices, each where it is needed.

The curve is scanned at every half pixel, refined where a chord leaves it, cut where its one-sided
limits differ, and thinned to the vertices that keep it within a fraction of a pixel. Nothing is
random, so the same request gives the same vertices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.catalogue.values import sided
from actviz.errors import UsageError
from actviz.formula.arrays import Array, Indices
from actviz.formula.breakpoints import Breakpoint
from actviz.formula.switches import MOST, steps_too_often

Side = Literal["left", "right"]

TOLERANCE = 0.1  # pixels a chord may leave the samples in thinning
SPLIT = 0.4  # where an interval is split; in the middle an inflection would look straight
CLOSE = 0.03  # pixels a chord may leave the curve there in refining
STEEP = 100.0  # pixels up per pixel across, above which a height matters less and less
JUMP = 0.5  # pixels: a smaller step is not seen, and is drawn as a vertex
FINEST = 1e-4  # pixels: an interval is not split below this ...
EDGE = 1e-9  # ... except where the function ceases to be defined, which is found more closely
MOST_SWITCHES = 600
MOST_POINTS = 24_000


@dataclass(frozen=True)
class Piece:
    """A polyline that crosses no jump: x ascending, y finite."""

    x: Array
    y: Array


@dataclass(frozen=True)
class Mark:
    """An end circle at a jump: filled where the value is taken, open at a limit that is not."""

    x: float
    y: float
    taken: bool


@dataclass(frozen=True)
class Scan:
    """A curve evaluated at every half pixel; a switch is there twice, with its one-sided limits.

    values: those at the switches themselves.
    """

    curve: Curve
    order: int
    lo: float
    hi: float
    width: float
    x: Array
    y: Array
    switches: tuple[float, ...]
    values: Array
    poles: tuple[float, ...]
    reference: Curve | None = None

    def at(self, x: Array, side: Side | None = None) -> Array:
        """The values at x, or the one-sided limits."""
        y = _evaluate(self.curve, x, self.order, side)
        if self.reference is None:
            return y
        return _difference(y, _evaluate(self.reference, x, self.order, side))


@dataclass(frozen=True)
class Samples:
    """A scanned curve made ready to draw."""

    scan: Scan
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]


def scan(
    curve: Curve,
    order: int,
    lo: float,
    hi: float,
    width: float = 900.0,
    reference: Curve | None = None,
) -> Scan:
    """Evaluate the curve at every half pixel of the range and at both sides of every switch.

    With a reference the difference from that curve is taken. Raises UsageError for what steps too
    often to be drawn.

    >>> from actviz.catalogue.curve import parse_curves
    >>> [relu] = parse_curves(["relu"])
    >>> [piece.x.tolist() for piece in refine(scan(relu, 0, -6.0, 6.0), 540.0).pieces]
    [[-6.0, 0.0, 6.0]]
    """
    breaks, jumps = _breaks([each for each in (curve, reference) if each], order, lo, hi)
    switches = tuple(sorted({point.x for point in breaks if lo < point.x < hi}))
    poles = tuple(sorted({point.x for point in breaks if point.pole}))
    bare = Scan(curve, order, lo, hi, width, _NONE, _NONE, switches, _NONE, poles, reference)
    even = np.append(_spread(lo, hi, int(2 * width) + 1), 0.0 if lo < 0 < hi else lo)
    sides = [np.nextafter(jumps, -np.inf), jumps, np.nextafter(jumps, np.inf)]
    inner = np.unique(np.concatenate([even, *sides]))
    inner = inner[(inner > lo) & (inner < hi) & ~np.isin(inner, switches)]
    at = np.array(switches, dtype=np.float64)
    left = np.append(at, hi)
    right = np.append(lo, at)
    x = np.concatenate([right, inner, left])
    y = np.concatenate([bare.at(right, "right"), bare.at(inner), bare.at(left, "left")])
    # A stable sort on (x, side) keeps the left limit of a switch before its right limit.
    side = np.concatenate([np.ones(right.size), np.zeros(inner.size), -np.ones(left.size)])
    ordered = np.lexsort((side, x))
    values = bare.at(at) if switches else _NONE
    return replace(bare, x=x[ordered], y=y[ordered], values=values)


def _breaks(
    curves: Sequence[Curve], order: int, lo: float, hi: float
) -> tuple[list[Breakpoint], Array]:
    """What breaks to that order; if that is closer than pixels, only the x at which f jumps."""
    for each in curves:
        _require_few_steps(each, lo, hi)
    points = [
        point
        for each in curves
        for point in breakpoints_of(each.activation, lo, hi)
        if point.order <= order + 1
    ]
    if len(points) <= MOST_SWITCHES:
        return points, _NONE
    return [], np.array([point.x for point in points if not (point.order or point.pole)])


def _require_few_steps(curve: Curve, lo: float, hi: float) -> None:
    """Refuse what steps between any two pixels; its samples would show a pattern of their own."""
    activation = curve.activation
    if steps_too_often(activation.definition, activation.parameters, lo, hi):
        raise UsageError(
            f"{curve.label} steps over {MOST} times from {lo:g} to {hi:g}, which no figure can "
            "show: choose a narrower --range."
        )


@lru_cache(maxsize=64)
def breakpoints_of(activation: Activation, lo: float, hi: float) -> tuple[Breakpoint, ...]:
    """The breakpoints in the range, found once for all orders of a curve."""
    return activation.breakpoints(lo, hi)


def refine(
    scanned: Scan,
    height: float,
    ylim: tuple[float, float] | None = None,
    warp: Callable[[Array], Array] | None = None,
) -> Samples:
    """Turn a scan into pieces and marks for a plot area of that height in pixels.

    Without ylim all values are on show; with it the pieces end where they leave it. A warp
    is the scale of the y axis (the pieces stay in the units of the function).
    """
    view = _View.of(scanned, height, ylim, warp)
    x, y = _refined(scanned, view)
    shown = [piece for run in _runs(x, y, scanned, view) for piece in _clipped(*run, view)]
    pieces = tuple(_thinned(px, py, scanned.switches, view) for px, py in shown)
    return Samples(scanned, pieces, _marks(scanned, view))


_NONE: Array = np.empty(0)


def _spread(lo: float, hi: float, count: int) -> Array:
    """Evenly spaced points that hit both ends, also where hi - lo overflows."""
    t = np.linspace(0.0, 1.0, count)
    x: Array = lo * (1 - t) + hi * t
    return x


def _evaluate(curve: Curve, x: Array, order: int, side: Side | None) -> Array:
    if side is not None:
        return sided(curve.activation, order, x, side)
    y = np.asarray(curve.activation.derivative(x, order), dtype=np.float64)
    return np.broadcast_to(y, x.shape)


def _difference(y: Array, other: Array) -> Array:
    """y - other, and not a number (without a warning) where both are infinite."""
    with np.errstate(all="ignore"):
        return np.asarray(y - other)


@dataclass(frozen=True)
class _View:
    """The plot area in pixels: x from 0, y from 0 to height inside the limits."""

    lo: float
    hi: float
    width: float
    ylo: float
    yhi: float
    height: float
    warp: Callable[[Array], Array] | None

    @classmethod
    def of(
        cls,
        scanned: Scan,
        height: float,
        ylim: tuple[float, float] | None,
        warp: Callable[[Array], Array] | None,
    ) -> _View:
        ylo, yhi = ylim or _extent(scanned.y)
        if warp is not None:
            ylo, yhi = warp(np.array([ylo, yhi]))
        return cls(scanned.lo, scanned.hi, scanned.width, float(ylo), float(yhi), height, warp)

    def across(self, x: Array) -> Array:
        """Pixels from the left edge; halved so that the widest ranges do not overflow."""
        return np.asarray((x / 2 - self.lo / 2) / (self.hi / 2 - self.lo / 2) * self.width)

    def up(self, y: Array) -> Array:
        """Pixels from the lower edge, held within one height of the view."""
        with np.errstate(all="ignore"):
            warped = y if self.warp is None else self.warp(y)
            t = (warped / 2 - self.ylo / 2) / (self.yhi / 2 - self.ylo / 2)
        return np.asarray(np.clip(t, -1.0, 2.0) * self.height)

    def holds(self, y: float) -> bool:
        """Whether y is inside the limits, give or take a tenth of a pixel."""
        at = float(self.up(np.array([y]))[0])
        return -TOLERANCE <= at <= self.height + TOLERANCE


def _extent(y: Array) -> tuple[float, float]:
    """The least and greatest finite value, apart from each other."""
    finite = y[np.isfinite(y)]
    if not finite.size:
        return -1.0, 1.0
    lo, hi = float(finite.min()), float(finite.max())
    return (lo, hi) if hi > lo else (lo - 1.0, hi + 1.0)


def _refined(scanned: Scan, view: _View) -> tuple[Array, Array]:
    """Split every interval whose chord leaves the curve, until none does."""
    x, y = scanned.x, scanned.y
    across, up = view.across(x), view.up(y)
    active = _suspects(across, up)
    while active.size and x.size < MOST_POINTS:
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


def _runs(x: Array, y: Array, scanned: Scan, view: _View) -> list[tuple[Array, Array]]:
    """Split at jumps, poles and where the function is not defined; join continuous ones."""
    up = view.up(y)
    defined = ~np.isnan(y)
    across = view.across(x)
    with np.errstate(all="ignore"):
        step = np.abs(np.diff(up)) > JUMP
    sudden = step & (np.diff(across) < 2 * FINEST)
    at_pole = np.isin(x, scanned.poles)
    sudden |= at_pole[1:] & at_pole[:-1] & (np.diff(x) == 0)
    breaks = np.flatnonzero(sudden | ~defined[1:] | ~defined[:-1]) + 1
    runs = []
    for part in np.split(np.arange(x.size), breaks):
        part = part[defined[part]]
        part = part[np.append(True, np.diff(across[part]) > 0)] if part.size else part
        if part.size > 1:
            runs.append((x[part], y[part]))
    return runs


def _clipped(x: Array, y: Array, view: _View) -> list[tuple[Array, Array]]:
    """The parts of a run that are inside the view, ended exactly on its edge."""
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
    x: Array, y: Array, up: Array, inside: int, outside: int, view: _View
) -> tuple[float, float]:
    """Where the segment from an inner to an outer point meets the edge of the view."""
    edge = view.height if up[outside] > view.height else 0.0
    t = float(np.clip((edge - up[inside]) / (up[outside] - up[inside]), 0.0, 1.0))
    limit = view.yhi if edge else view.ylo
    at = limit if view.warp is None else float(y[inside])
    return float(x[inside] + t * (x[outside] - x[inside])), at


def _thinned(x: Array, y: Array, switches: tuple[float, ...], view: _View) -> Piece:
    """Keep both ends, every switch, and what holds the line within the tolerance."""
    across, up = view.across(x).tolist(), view.up(y).tolist()
    corners = [0, *np.flatnonzero(np.isin(x[1:-1], switches)) + 1, len(across) - 1]
    kept = [0]
    for start, stop in pairwise(corners):
        kept += _longest_chords(across, up, int(start), int(stop))
    return Piece(x[kept], y[kept])


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


def _marks(scanned: Scan, view: _View) -> tuple[Mark, ...]:
    """The end circles at each switch where the limits and the value are not one."""
    marks: list[Mark] = []
    for switch, value in zip(scanned.switches, scanned.values.tolist(), strict=True):
        first = int(np.searchsorted(scanned.x, switch))
        limits = scanned.y[first : first + 2].tolist()
        marks += [Mark(switch, y, taken) for y, taken in _ends(limits, value, view)]
    return tuple(mark for mark in marks if view.holds(mark.y))


def _ends(limits: list[float], value: float, view: _View) -> list[tuple[float, bool]]:
    """The heights to mark at one switch, each with whether it is the value there."""
    known = [y for y in (*limits, value) if np.isfinite(y)]
    if not known or (len(known) == 3 and np.ptp(view.up(np.array(known))) <= JUMP):
        return []
    ends = [(value, True)] if np.isfinite(value) else []
    for y in limits:
        if np.isfinite(y) and all(_apart(y, other, view) for other, _ in ends):
            ends.append((y, False))
    return ends


def _apart(a: float, b: float, view: _View) -> bool:
    up = view.up(np.array([a, b]))
    return bool(abs(up[1] - up[0]) > JUMP)
