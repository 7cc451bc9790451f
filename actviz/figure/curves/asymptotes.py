"""The dotted lines of curves: asymptotes, poles, and the levels and places that were asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from actviz.figure.canvas.axes import Axes
from actviz.figure.canvas.guides import Guide, label_guide
from actviz.figure.canvas.ticks import number
from actviz.figure.curves import features
from actviz.figure.curves.traces import Panel, Trace
from actviz.figure.curves.words import equation
from actviz.formula.arrays import Array, Integers, Truths
from actviz.formula.derivative import MAXIMUM_ORDER

CLOSE = 0.1  # of the span of y: a curve this near its asymptote at the edge tends to it on show
SEEN = 1.0  # points between the middles of curve and line: they are two to the eye
ONWARDS = 0.1  # of the way from where curve and line meet to the edge: they are one there, or not
SHORT = 14.0  # points: less of a line is not drawn
BRIDGED = 0.02  # of the range: what two parts of one line may be apart and are drawn as one
PLACES = 241  # at which the gap is measured


@dataclass(frozen=True)
class Stretch:
    """The part of an asymptote that is drawn, and on which sides of it there is no curve."""

    x0: float
    x1: float
    line: features.Line
    name: str
    sides: tuple[int, ...]


def guides(panel: Panel) -> list[Guide]:
    """The asymptotes of the curves, their poles, and the lines the user asked for."""
    axes, options = panel.axes, panel.canvas.options
    found: dict[tuple[float, ...], Guide] = {}
    if options.asymptotes and axes.frame.scale.linear:
        found |= _asymptotes(panel)
        for trace in panel.traces:
            for pole in trace.scan.poles:
                found |= _upright(axes, pole, "pole", labelled=False)
    for level in options.hlines:
        found |= _level(axes, level)
    for at in options.vlines:
        found |= _upright(axes, at, "vline", labelled=True)
    return list(found.values())


def _asymptotes(panel: Panel) -> dict[tuple[float, ...], Guide]:
    """Every line that a curve is seen to tend to, once, as far as it is apart from all curves."""
    axes = panel.axes
    stretches: dict[tuple[float, float], list[Stretch]] = {}
    for trace in panel.traces:
        if not trace.told or trace.scan.reference is not None:
            continue
        for line in features.asymptotes(trace.scan.curve, trace.scan.order):
            apart = _apart(axes, trace, line)
            if apart and (stretch := _uncovered(panel, apart)):
                stretches.setdefault((line.slope, line.intercept), []).append(stretch)
    found: dict[tuple[float, ...], Guide] = {}
    for (slope, intercept), along in stretches.items():
        for each in _joined(along, axes.frame.xlim):
            text = "" if (slope, intercept) in found else equation(each.line)
            key = (slope, intercept, each.x0) if not text else (slope, intercept)
            found[key] = _guide(axes, each, text)
    return found


def _guide(axes: Axes, stretch: Stretch, text: str) -> Guide:
    x = axes.across(np.array([stretch.x0, stretch.x1])).tolist()
    y = axes.up(np.array([stretch.line.at(stretch.x0), stretch.line.at(stretch.x1)])).tolist()
    return Guide((x[0], x[1]), (y[0], y[1]), text, stretch.name, stretch.sides)


def _joined(stretches: Sequence[Stretch], xlim: tuple[float, float]) -> list[Stretch]:
    """Those of one line that overlap, or nearly so, as one."""
    joined: list[Stretch] = []
    for each in sorted(stretches, key=lambda each: (each.x0, each.x1)):
        if joined and each.x0 <= joined[-1].x1 + BRIDGED * (xlim[1] - xlim[0]):
            last = joined[-1]
            sides = last.sides if each.sides == last.sides else (1, -1)
            joined[-1] = replace(last, x1=max(last.x1, each.x1), sides=sides)
        else:
            joined.append(each)
    return joined


def _apart(axes: Axes, trace: Trace, line: features.Line) -> Stretch | None:
    """Where the line is drawn: as far as it is seen beside the curve that tends to it."""
    scan, (ylo, yhi) = trace.scan, axes.frame.ylim
    ends = _on_show(axes, line)
    end = -1 if line.sign > 0 else 0
    if ends is None or not abs(scan.y[end] - line.at(scan.x[end])) < CLOSE * (yhi - ylo):
        return None
    x = np.linspace(*ends, PLACES)
    gap = _gap(axes, trace, line, x)
    seen = np.flatnonzero((np.abs(gap) > SEEN) & (line.sign * (x - _middle(axes)) >= 0))
    if not seen.size:
        return None
    beyond = seen[-1] + 1 if line.sign > 0 else seen[0] - 1
    if 0 <= beyond < x.size:
        edge = ends[1] if line.sign > 0 else ends[0]
        if _is_straight(trace, float(x[beyond]) * (1 - ONWARDS) + edge * ONWARDS):
            return None  # the curve does not tend to the line but runs on it
    x0, x1 = ends  # from the middle of the picture to where the curve is met for good
    if line.sign < 0:
        x0 = float(x[seen[0]])
    else:
        x1 = float(x[seen[-1]])
    if (x1 - x0) / np.ptp(x) * np.ptp(axes.across(x)) < SHORT:
        return None
    name = f"asymptote-{trace.name}-{'left' if line.sign < 0 else 'right'}"
    return Stretch(x0, x1, line, name, (1,) if gap[seen[end]] > 0 else (-1,))


def _gap(axes: Axes, trace: Trace, line: features.Line, x: Array) -> Array:
    """How many points the line is above the curve there, straight across from one to the other."""
    y = np.interp(x, trace.scan.x, np.nan_to_num(trace.scan.y))
    across, up = axes.across(x), axes.up(line.slope * x + line.intercept)
    steep = math.hypot(1.0, (up[-1] - up[0]) / (across[-1] - across[0]))
    return (up - axes.up(np.clip(y, *axes.frame.ylim))) / steep


def _uncovered(panel: Panel, stretch: Stretch) -> Stretch | None:
    """The longest part of the line on which no other curve lies; None if that is short."""
    axes, line = panel.axes, stretch.line
    x = np.linspace(stretch.x0, stretch.x1, PLACES)
    covered = np.zeros(x.size, dtype=bool)
    for trace in panel.traces:
        if not trace.points:
            lies = np.abs(_gap(axes, trace, line, x)) <= SEEN
            for part in _runs(lies):  # a curve that only crosses covers nothing
                covered[part] |= lies[part] & (np.ptp(axes.across(x[part])) >= SHORT)
    parts = _runs(covered)
    onwards = line.sign * (x - _middle(axes)) >= 0
    longest = max(parts, key=lambda part: np.count_nonzero(onwards[part] & ~covered[part]))
    shown = x[longest[~covered[longest] & onwards[longest]]]
    if not shown.size or np.ptp(axes.across(shown)) < SHORT:
        return None
    return replace(stretch, x0=float(x[longest[0]]), x1=float(x[longest[-1]]))


def _runs(truths: Truths) -> list[Integers]:
    """The indices of what is the same as what is before it, run by run."""
    return np.split(np.arange(truths.size), np.flatnonzero(np.diff(truths)) + 1)


def _middle(axes: Axes) -> float:
    """The x from which asymptotes go to both sides: 0, or the nearer end."""
    lo, hi = axes.frame.xlim
    return min(max(0.0, lo), hi)


def _is_straight(trace: Trace, x: float) -> bool:
    """Whether the curve has no curvature there: tanh has, however far out."""
    order = trace.scan.order + 2
    if order > MAXIMUM_ORDER:
        return False
    return bool(trace.scan.curve.activation.derivative(np.array([x]), order)[0] == 0)


def _on_show(axes: Axes, line: features.Line) -> tuple[float, float] | None:
    """From where to where along x the line is drawn: its side of the picture, inside the limits."""
    (lo, hi), (ylo, yhi) = axes.frame.xlim, axes.frame.ylim
    middle = _middle(axes)
    if middle == (lo if line.sign < 0 else hi):
        return None
    x0, x1 = (lo, middle) if line.sign < 0 else (middle, hi)
    if line.slope:
        # An oblique line runs on a little beyond the middle, so that its direction is seen.
        x0 -= 0.12 * (hi - lo) if line.sign > 0 else 0.0
        x1 += 0.12 * (hi - lo) if line.sign < 0 else 0.0
        at = sorted((level - line.intercept) / line.slope for level in (ylo, yhi))
        x0, x1 = max(x0, at[0], lo), min(x1, at[1], hi)
    elif not ylo <= line.intercept <= yhi or _at(float(axes.up(line.intercept)), axes.origin[1]):
        return None
    return (x0, x1) if x1 - x0 > 0.02 * (hi - lo) else None


def _level(axes: Axes, level: float) -> dict[tuple[float, ...], Guide]:
    ylo, yhi = axes.frame.ylim
    if not ylo <= level <= yhi:
        return {}
    y = float(axes.up(level))
    text = f"y = {number(level)}"
    across = axes.area.x0, axes.area.x1
    return {(0.0, level): Guide(across, (y, y), text, f"hline-{level:g}")}


def _upright(axes: Axes, at: float, kind: str, labelled: bool) -> dict[tuple[float, ...], Guide]:
    lo, hi = axes.frame.xlim
    x = float(axes.across(at)) if lo <= at <= hi else math.nan
    if math.isnan(x) or _at(x, axes.origin[0]):
        return {}
    text = f"x = {number(at)}" if labelled else ""
    along = axes.area.y0, axes.area.y1
    return {(math.inf, at): Guide((x, x), along, text, f"{kind}-{at:g}")}


def _at(place: float, other: float) -> bool:
    """Whether two places are the same to the eye."""
    return abs(place - other) < 1.0


def label_guides(panel: Panel, lines: Sequence[Guide]) -> None:
    """What each line is, where there is room; not of an asymptote at a level that a tick tells."""
    axes = panel.axes
    levels = axes.up(np.array(axes.ticks[1].at))
    for guide in lines:
        flat = guide.y[0] == guide.y[1]
        at_tick = flat and bool(np.any(np.abs(levels - guide.y[0]) < 1))
        if guide.text and not (at_tick and guide.name.startswith("asymptote")):
            label_guide(axes, guide, axes.look.faint)
