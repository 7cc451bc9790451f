"""The dotted lines of curves: asymptotes, poles, and the levels and places that were asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from actviz.figure.canvas.axes import Axes
from actviz.figure.canvas.guides import Guide, label_guide
from actviz.figure.canvas.ticks import number
from actviz.figure.curves import features
from actviz.figure.curves.traces import Panel, Trace
from actviz.figure.curves.words import equation

CLOSE = 0.05  # of the span of y: a curve this near its asymptote at the edge tends to it on show
HIDDEN, MOSTLY = 1.0, 0.6  # points, share: a line this near the curve for that much is not drawn


def guides(panel: Panel) -> list[Guide]:
    """The asymptotes of the curves, their poles, and the lines the user asked for."""
    axes, options = panel.axes, panel.canvas.options
    found: dict[tuple[float, ...], Guide] = {}
    if options.asymptotes and axes.frame.scale.threshold is None:
        for trace in panel.traces:
            if trace.told:
                found |= _asymptotes(axes, trace)
        for trace in panel.traces:
            for pole in trace.scan.poles:
                found |= _upright(axes, pole, "pole", labelled=False)
    for level in options.hlines:
        found |= _level(axes, level)
    for at in options.vlines:
        found |= _upright(axes, at, "vline", labelled=True)
    return list(found.values())


def _asymptotes(axes: Axes, trace: Trace) -> dict[tuple[float, ...], Guide]:
    """Those that the curve is seen to tend to, each on its side only."""
    scan = trace.scan
    found: dict[tuple[float, ...], Guide] = {}
    if scan.reference is not None:
        return found
    for line in features.asymptotes(scan.curve, scan.order):
        ends = _on_show(axes, line)
        if ends is None or not _tends(axes, trace, line) or _covered(axes, trace, ends, line):
            continue
        x = tuple(axes.across(np.array(ends)).tolist())
        y = tuple(axes.up(np.array([line.at(e) for e in ends])).tolist())
        name = f"asymptote-{trace.name}-{'left' if line.sign < 0 else 'right'}"
        key = (line.slope, line.intercept, line.sign)
        found[key] = Guide((x[0], x[1]), (y[0], y[1]), equation(line), name)
    return found


def _on_show(axes: Axes, line: features.Line) -> tuple[float, float] | None:
    """From where to where along x the line is drawn: its side of the picture, inside the limits."""
    (lo, hi), (ylo, yhi) = axes.frame.xlim, axes.frame.ylim
    middle = min(max(0.0, lo), hi)
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


def _tends(axes: Axes, trace: Trace, line: features.Line) -> bool:
    """Whether the curve is close to the line at the edge of the picture, but not on it."""
    end = -1 if line.sign > 0 else 0
    ylo, yhi = axes.frame.ylim
    return bool(abs(trace.scan.y[end] - line.at(trace.scan.x[end])) < CLOSE * (yhi - ylo))


def _covered(axes: Axes, trace: Trace, ends: tuple[float, float], line: features.Line) -> bool:
    """Whether the curve hides most of the line."""
    x = np.linspace(*ends, 101)
    scan = trace.scan
    y = np.clip(np.interp(x, scan.x, np.nan_to_num(scan.y)), *axes.frame.ylim)
    gap = np.abs(axes.up(y) - axes.up(line.slope * x + line.intercept))
    return bool(np.mean(gap < HIDDEN) > MOSTLY)


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
