"""Beside the curves: asymptotes, poles, reference lines, extrema, zeros and saturated zones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import number, times_pi
from actviz.figure.curves import features
from actviz.figure.curves.panel import TICK, Panel, Trace
from actviz.figure.curves.words import equation

DOTS = (1.2, 2.2)
NOTE = 0.85  # of the label size
DISTANCES = (4.0, 9.0, 15.0, 22.0, 30.0)  # points from a place to its note
LEADER = 8.0  # points, from which a thin line leads to the note
CLOSE = 0.05  # of the span of y: a curve this near its asymptote at the edge tends to it on show
HIDDEN, MOSTLY = 1.0, 0.6  # points, share: a line this near the curve for that much is not drawn
TURNS = 16  # directions in which a note is tried


@dataclass(frozen=True)
class Guide:
    """A dotted line across a panel, in points, with what is written at it."""

    x: tuple[float, float]
    y: tuple[float, float]
    text: str
    name: str


def guides(panel: Panel) -> list[Guide]:
    """The asymptotes of the curves, their poles, and the lines the user asked for."""
    found: dict[tuple[float, ...], Guide] = {}
    if panel.options.asymptotes and panel.plan.scale.threshold is None:
        for trace in panel.plan.traces:
            if trace.told:
                found |= _asymptotes(panel, trace)
        for trace in panel.plan.traces:
            for pole in trace.scan.poles:
                found |= _upright(panel, pole, "pole", labelled=False)
    for level in panel.options.hlines:
        found |= _level(panel, level)
    for at in panel.options.vlines:
        found |= _upright(panel, at, "vline", labelled=True)
    return list(found.values())


def _asymptotes(panel: Panel, trace: Trace) -> dict[tuple[float, ...], Guide]:
    """Those that the curve is seen to tend to, each on its side only."""
    scan = trace.scan
    found: dict[tuple[float, ...], Guide] = {}
    if scan.reference is not None:
        return found
    for line in features.asymptotes(scan.curve, scan.order):
        ends = _on_show(panel, line)
        if ends is None or not _tends(panel, trace, line) or _covered(panel, trace, ends, line):
            continue
        x = tuple(panel.across(np.array(ends)).tolist())
        y = tuple(panel.up(np.array([line.at(e) for e in ends])).tolist())
        name = f"asymptote-{trace.name}-{'left' if line.sign < 0 else 'right'}"
        key = (line.slope, line.intercept, line.sign)
        found[key] = Guide((x[0], x[1]), (y[0], y[1]), equation(line), name)
    return found


def _on_show(panel: Panel, line: features.Line) -> tuple[float, float] | None:
    """From where to where along x the line is drawn: its side of the picture, inside the limits."""
    (lo, hi), (ylo, yhi) = panel.xlim, panel.plan.ylim
    middle = min(max(0.0, lo), hi)
    x0, x1 = (lo, middle) if line.sign < 0 else (middle, hi)
    if line.slope:
        # An oblique line runs on a little beyond the middle, so that its direction is seen.
        x0 -= 0.12 * (hi - lo) if line.sign > 0 else 0.0
        x1 += 0.12 * (hi - lo) if line.sign < 0 else 0.0
        at = sorted((level - line.intercept) / line.slope for level in (ylo, yhi))
        x0, x1 = max(x0, at[0], lo), min(x1, at[1], hi)
    elif not ylo <= line.intercept <= yhi or abs(panel.up(line.intercept) - panel.origin[1]) < 1:
        return None
    return (x0, x1) if x1 - x0 > 0.02 * (hi - lo) else None


def _tends(panel: Panel, trace: Trace, line: features.Line) -> bool:
    """Whether the curve is close to the line at the edge of the picture, but not on it."""
    end = -1 if line.sign > 0 else 0
    ylo, yhi = panel.plan.ylim
    return bool(abs(trace.scan.y[end] - line.at(trace.scan.x[end])) < CLOSE * (yhi - ylo))


def _covered(panel: Panel, trace: Trace, ends: tuple[float, float], line: features.Line) -> bool:
    """Whether the curve hides most of the line."""
    x = np.linspace(*ends, 101)
    scan = trace.scan
    y = np.clip(np.interp(x, scan.x, np.nan_to_num(scan.y)), *panel.plan.ylim)
    gap = np.abs(panel.up(y) - panel.up(line.slope * x + line.intercept))
    return bool(np.mean(gap < HIDDEN) > MOSTLY)


def _level(panel: Panel, level: float) -> dict[tuple[float, ...], Guide]:
    ylo, yhi = panel.plan.ylim
    if not ylo <= level <= yhi:
        return {}
    y = float(panel.up(level))
    text = f"y = {number(level)}"
    return {(0.0, level): Guide((panel.area.x0, panel.area.x1), (y, y), text, f"hline-{level:g}")}


def _upright(panel: Panel, at: float, kind: str, labelled: bool) -> dict[tuple[float, ...], Guide]:
    lo, hi = panel.xlim
    x = float(panel.across(at)) if lo <= at <= hi else math.nan
    if math.isnan(x) or abs(x - panel.origin[0]) < 1.0:
        return {}
    text = f"x = {number(at)}" if labelled else ""
    return {(math.inf, at): Guide((x, x), (panel.area.y0, panel.area.y1), text, f"{kind}-{at:g}")}


def draw_guides(panel: Panel, lines: list[Guide]) -> None:
    """The lines, under the curves; texts will keep clear of them."""
    for guide in lines:
        x, y = np.array(guide.x), np.array(guide.y)
        panel.drawing.line(x, y, panel.theme.faint, 0.9, on.FAINT, guide.name, DOTS)
        panel.space.take_line(x, y)


def label_guides(panel: Panel, lines: list[Guide]) -> None:
    """What each line is, beside it, where there is room; not what a tick says already."""
    _, yticks = panel.ticks()
    for guide in lines:
        level = panel.up(np.array(yticks.at))
        flat = guide.y[0] == guide.y[1]
        at_tick = flat and bool(np.any(np.abs(level - guide.y[0]) < 1))
        if guide.text and not (at_tick and guide.name.startswith("asymptote")):
            theme = panel.theme
            label = Label(guide.text, theme.label_size * NOTE, theme.faint, theme.font, math=True)
            panel.put(label, list(along(label, guide)), f"name-{guide.name}", pad=1.0)


def along(label: Label, guide: Guide) -> Iterator[Box]:
    """Boxes beside a line, from its far end inwards, on either side of it."""
    (x0, x1), (y0, y1) = guide.x, guide.y
    upright = x0 == x1
    for t in np.linspace(0.95, 0.05, 19).tolist():
        x, y = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
        if upright:
            yield label.box(x + 3, y, 0.0, 0.5)
            yield label.box(x - 3, y, 1.0, 0.5)
        elif y0 == y1:
            yield label.box(x, y + 2, 0.5, 0.0)
            yield label.box(x, y - 2, 0.5, 1.0)
        else:
            yield label.box(x + 4, y - 2, 0.0, 1.0)
            yield label.box(x - 4, y + 2, 1.0, 0.0)


def draw_zones(panel: Panel) -> None:
    """Shade where the first curve is saturated, and say so."""
    trace = panel.plan.traces[0]
    scan, options = trace.scan, panel.options
    if not options.annotate or scan.order > 3 or scan.reference is not None:
        return
    zones = features.saturated(scan.curve, scan.order, scan.x, options.saturation)
    for i, (a, b) in enumerate(zones):
        x0, x1 = panel.across(np.array([a, b])).tolist()
        y0, y1 = panel.area.y0, panel.area.y1
        corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        panel.drawing.fill(corners, panel.theme.zone, on.ZONE, f"zone-{i}")


def label_zones(panel: Panel) -> None:
    """The word in each zone that is wide enough for it."""
    trace = panel.plan.traces[0]
    scan, theme = trace.scan, panel.theme
    if not panel.options.annotate or scan.order > 3 or scan.reference is not None:
        return
    flat = Label("saturated", theme.label_size * NOTE, theme.faint, theme.font)
    area = panel.area
    for a, b in features.saturated(scan.curve, scan.order, scan.x, panel.options.saturation):
        x0, x1 = panel.across(np.array([a, b])).tolist()
        label = replace(flat, upright=x1 - x0 < flat.extent[0] + 4)
        height = label.box(0, 0).height
        heights = np.linspace(area.y1 - 2, area.y0 + height + 2, 12).tolist()
        places = [(x0 + share * (x1 - x0), y) for share in (0.5, 0.25, 0.75) for y in heights]
        panel.put(label, [label.box(x, y, 0.5, 1.0) for x, y in places], "name-zone", pad=1.0)


def label_points(panel: Panel) -> None:
    """Extrema and zeros of every named curve: a dot, and a note near it."""
    if not panel.options.annotate or panel.plan.scale.threshold is not None:
        return
    notes = [
        (trace, point)
        for trace in panel.plan.traces
        if trace.told and not trace.points
        for point in _points(panel, trace)
    ]
    for trace, point in notes:
        at = float(panel.across(point.x)), float(panel.up(point.y))
        _note(panel, trace, point, at)


def _points(panel: Panel, trace: Trace) -> list[features.Point]:
    ylo, yhi = panel.plan.ylim
    # A zero of the derivative is an extremum of the function, which has its own note.
    first = trace is next(t for t in panel.plan.traces if t.told)
    found = [*features.extrema(trace.scan), *(features.zeros(trace.scan) if first else ())]
    points = {round(float(panel.across(p.x)), 1): p for p in reversed(found) if ylo <= p.y <= yhi}
    return list(reversed(points.values()))


def _note(panel: Panel, trace: Trace, point: features.Point, at: tuple[float, float]) -> None:
    """The note in the nearest free place, or nothing at all."""
    theme = panel.theme
    text = _said(panel, point)
    if not text:
        return
    label = Label(text, theme.label_size * NOTE, trace.colour, theme.font)
    width, above, below = label.extent
    half = width / 2, (above + below) / 2
    angles = [math.pi / 2 - 2 * math.pi * i / TURNS for i in _fanned(point.kind)]
    for distance in DISTANCES:
        for angle in angles:
            dx, dy = math.cos(angle), math.sin(angle)
            x, y = at[0] + dx * (distance + half[0]), at[1] + dy * (distance + half[1])
            box = Box(x - half[0], y - half[1], x + half[0], y + half[1])
            if not panel.space.is_free(box, 1.5):
                continue
            if not any(_same(at, place) for place in panel.dots):
                _dot(panel, trace, point, at)
            if distance > LEADER:
                _lead(panel, at, box)
            panel.drawing.write(label, box, f"note-{trace.name}-{point.kind}")
            return


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return math.hypot(a[0] - b[0], a[1] - b[1]) < TICK


def _dot(panel: Panel, trace: Trace, point: features.Point, at: tuple[float, float]) -> None:
    name = f"point-{trace.name}-{point.kind}"
    panel.drawing.circles([at[0]], [at[1]], trace.colour, trace.colour, 3.4, name)
    panel.dots.append(at)


def _lead(panel: Panel, at: tuple[float, float], box: Box) -> None:
    """A hair from the point to the nearest place of its note."""
    x = min(max(at[0], box.x0), box.x1)
    y = min(max(at[1], box.y0 + 1), box.y1 - 1)
    panel.drawing.line([at[0], x], [at[1], y], panel.theme.faint, 0.5, on.FAINT, "leader")


def _fanned(kind: str) -> list[int]:
    """Directions from straight up (or down, for a minimum) to both sides."""
    start = TURNS // 2 if kind == "min" else 0
    return [start + side * step for step in range(TURNS // 2 + 1) for side in (1, -1)]


def _said(panel: Panel, point: features.Point) -> str:
    """What the note says; nothing about a zero that an axis tells."""
    if point.kind == "zero":
        return "" if _told_by_axis(panel, point.x) else _place(panel, point)
    return f"{point.kind} {number(point.y)} at {_place(panel, point)}"


def _told_by_axis(panel: Panel, x: float) -> bool:
    """Whether there is a tick, or the other axis, at x."""
    xticks, _ = panel.ticks()
    known = np.append(panel.across(np.array(xticks.at)), panel.origin[0])
    return bool(np.any(np.abs(known - panel.across(x)) < 1))


def _place(panel: Panel, point: features.Point) -> str:
    """Where the point is; as a multiple of pi if the ticks are."""
    twelfths = point.x / math.pi * 12
    if panel.plan.pi and abs(twelfths - round(twelfths)) < 1e-4:
        return times_pi(Fraction(round(twelfths), 12))
    return number(point.x)
