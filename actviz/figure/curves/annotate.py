"""Beside the curves: extrema, zeros, slopes of straight parts and saturated zones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.arrows import TICK
from actviz.figure.canvas.guides import NOTE
from actviz.figure.canvas.shapes import EDGE_WIDTH
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import number, times_pi
from actviz.figure.curves import features
from actviz.figure.curves.traces import Panel, Trace

DISTANCES = (4.0, 9.0, 15.0, 22.0, 30.0, 42.0, 58.0, 80.0)  # points from a place to its note
LEADER = 8.0  # points, from which a thin line leads to the note
FARTHEST = 80.0  # points from a place to a note that a hair leads to
AROUND = (26.0, 18.0, 30.0, 14.0)  # points left of, below, right of, above a panel that are its own
STEP = 9.0  # points between places all over the plot area
TURNS = 24  # directions in which a note is tried
ROOM = 110.0, 66.0  # points: the least width and height of a plot area with notes in it
FAR_OUT = 0.6  # of the way to the edge: where the slope of a straight part is told
INSET = 3.0  # points from the top of a zone to its word
ALIKE = 1e-6  # of a coordinate: what two points may differ by that lie symmetrically
EXTREMUM = 3.4  # points: diameter of the dot at an extremum or a zero


def asked_for(panel: Panel) -> bool:
    """Whether a panel has notes: they are asked for, and there is room beside the curves."""
    area = panel.axes.area
    return panel.canvas.options.annotate and area.width >= ROOM[0] and area.height >= ROOM[1]


def zones_of(panel: Panel) -> list[tuple[float, float]]:
    """Where a panel's only function is saturated, by its lowest derivative on show."""
    told = [trace for trace in panel.traces if trace.told and not trace.points]
    options = panel.canvas.options
    if not asked_for(panel) or len({trace.scan.curve.label for trace in told}) != 1:
        return []
    scan = told[0].scan
    if scan.order > 3 or scan.reference is not None:
        return []
    return features.saturated(scan.curve, scan.order, scan.x, options.saturation)


def draw_zones(panel: Panel) -> None:
    """Shade where the function is saturated."""
    for i, (a, b) in enumerate(zones_of(panel)):
        x0, x1 = panel.axes.across(np.array([a, b])).tolist()
        zone = replace(panel.axes.area, x0=x0, x1=x1)
        panel.canvas.fill(zone.corners, panel.canvas.look.zone, on.ZONE, f"zone-{i}")


def label_zones(panel: Panel) -> None:
    """The word in each zone, and whose it is beside a derivative."""
    look, area = panel.canvas.look, panel.axes.area
    told = [trace for trace in panel.traces if trace.told]
    for a, b in zones_of(panel):
        x0, x1 = panel.axes.across(np.array([a, b])).tolist()
        whose = f"{told[0].told} " if len(told) > 1 else ""
        flat = Label(f"{whose}saturated", look.label_size * NOTE, look.faint, look.font)
        zone = replace(area, x0=x0, x1=x1)
        if not any(
            panel.axes.put(label, _inside(label, zone), "name-zone", pad=1.0)
            for label in (flat, replace(flat, upright=True))
        ):
            panel.canvas.picture.notes.append(
                f"there is no room to say where {told[0].told} is saturated."
            )


def _inside(label: Label, zone: Box) -> list[Box]:
    """Where a word may stand in a zone, from its top down."""
    height = label.box(0, 0).height
    heights = np.linspace(zone.y1 - INSET, zone.y0 + height + INSET, 12).tolist()
    places = [(zone.x0 + share * zone.width, y) for share in (0.5, 0.25, 0.75) for y in heights]
    boxes = [label.box(x, y, 0.5, 1.0) for x, y in places]
    return [box for box in boxes if zone.holds(box.grown(1.0))]


def unnoted(panel: Panel) -> Iterator[str]:
    """What --annotate does not show of a panel, and why."""
    if not panel.canvas.options.annotate:
        return
    if not asked_for(panel):
        yield "there is no room to annotate anything."
        return
    told = [trace for trace in panel.traces if trace.told and not trace.points]
    if not told:
        yield "--annotate is for curves, and --vector draws the components of one vector."
    if len({trace.scan.curve.label for trace in told}) > 1:
        yield "--annotate shows where a function is saturated only if it is alone in its panel."
    if not panel.axes.frame.scale.linear:
        yield f"--annotate tells no extrema on a {panel.axes.frame.scale.kind} scale."
        return
    for trace in told:
        if features.many(trace.scan):
            yield f"{trace.told} has more than {features.MOST} extrema, of which none is noted."


def label_points(panel: Panel) -> None:
    """Extrema and zeros of every named curve: a dot, and a note near it."""
    if not asked_for(panel) or not panel.axes.frame.scale.linear:
        return
    for trace in panel.traces:
        if trace.told and not trace.points:
            for together in _pairs(_points(panel, trace)):
                _note(panel, trace, [point for point in together if _said(panel, point)])
            _label_slopes(panel, trace)


def _label_slopes(panel: Panel, trace: Trace) -> None:
    """The slope of a function that runs on a line to the edge, unless it is 0 or 1 as one sees."""
    scan = trace.scan
    if scan.order or scan.reference is not None:
        return
    for line in features.asymptotes(scan.curve, 0):
        x = (scan.lo if line.sign < 0 else scan.hi) * FAR_OUT
        if line.slope in (0, 1, -1) or not scan.lo < x < scan.hi:
            continue
        if not np.isclose(float(scan.at(np.array([x]))[0]), line.at(x), rtol=1e-9, atol=0):
            continue
        at = float(panel.axes.across(x)), float(panel.axes.up(line.at(x)))
        several = len({each.scan.curve for each in panel.traces if each.told}) > 1
        text = f"{trace.told}: " * several + f"slope {number(line.slope)}"
        label = Label(
            text, panel.canvas.look.label_size * NOTE, trace.colour, panel.canvas.look.font
        )
        if not note_at(panel, label, at, f"note-{trace.name}-slope", downwards=False):
            panel.canvas.picture.notes.append(
                f"there is no room to note that the slope of {trace.told} is {number(line.slope)}."
            )


def _pairs(points: list[features.Point]) -> list[list[features.Point]]:
    """The points in their order, those that lie symmetrically about x = 0 together."""
    found: list[list[features.Point]] = []
    for point in points:
        for others in found:
            alike = (abs(point.x), abs(point.y), point.x != 0)
            if np.allclose(alike, (abs(others[0].x), abs(others[0].y), True), rtol=ALIKE):
                others.append(point)
                break
        else:
            found.append([point])
    return found


def _points(panel: Panel, trace: Trace) -> list[features.Point]:
    ylo, yhi = panel.axes.frame.ylim
    # A zero of the derivative is an extremum of the function, which has its own note.
    first = trace is next(t for t in panel.traces if t.told)
    found = [*features.farthest_points(trace.scan), *features.extrema(trace.scan)]
    found += features.zeros(trace.scan) if first else ()
    shown = [point for point in reversed(found) if ylo <= point.y <= yhi]
    points = {round(float(panel.axes.across(point.x)), 1): point for point in shown}
    return list(reversed(points.values()))


def _note(panel: Panel, trace: Trace, points: list[features.Point]) -> None:
    """Notes in the nearest free places; of points that lie symmetrically of all or of none."""
    look, space = panel.canvas.look, panel.canvas.space
    placed: list[tuple[features.Point, Label, Box]] = []
    for point in points:
        label = Label(_said(panel, point), look.label_size * NOTE, trace.colour, look.font)
        box = _free_box(panel, label, _at(panel, point), point.kind == "min")
        if box is None:
            places = " and ".join(number(each.x) for each in points)
            kind = point.kind if len({each.kind for each in points}) == 1 else "extrema"
            what = f"{kind} of {trace.told} at x = {places}"
            panel.canvas.picture.notes.append(f"there is no room to note the {what}.")
            break
        placed.append((point, label, box))
        space.take_box(box)
    for _ in placed:
        space.give_back()
    if len(placed) < len(points):
        return
    for point, label, box in placed:
        at = _at(panel, point)
        _write(panel, label, box, at, f"note-{trace.name}-{point.kind}")
        if not any(_same(at, place) for place in panel.dots) and not _on_number(panel, at):
            _dot(panel, trace, point, at)


def _at(panel: Panel, point: features.Point) -> tuple[float, float]:
    return float(panel.axes.across(point.x)), float(panel.axes.up(point.y))


def note_at(
    panel: Panel, label: Label, at: tuple[float, float], name: str, downwards: bool
) -> bool:
    """Write in the nearest free place about a point, with a hair to it; False if there is none."""
    box = _free_box(panel, label, at, downwards)
    if box is not None:
        _write(panel, label, box, at, name)
    return box is not None


def _write(panel: Panel, label: Label, box: Box, at: tuple[float, float], name: str) -> None:
    """A note, with a hair to it from its point if that is not beside it."""
    x, y = _nearest(box, at)
    if math.hypot(x - at[0], y - at[1]) > LEADER - 1:
        panel.canvas.line([at[0], x], [at[1], y], panel.canvas.look.faint, 0.5, on.FAINT, "leader")
        panel.canvas.space.take_line(np.array([at[0], x]), np.array([at[1], y]))
    panel.canvas.write(label, box, name)


def _free_box(panel: Panel, label: Label, at: tuple[float, float], downwards: bool) -> Box | None:
    """The nearest free place about a point, to which a hair passes through no other text."""
    width, above, below = label.extent
    half = width / 2, (above + below) / 2
    angles = [math.pi / 2 - 2 * math.pi * i / TURNS for i in _fanned(downwards)]
    for distance in DISTANCES:
        for angle in angles:
            dx, dy = math.cos(angle), math.sin(angle)
            x, y = at[0] + dx * (distance + half[0]), at[1] + dy * (distance + half[1])
            box = Box(x - half[0], y - half[1], x + half[0], y + half[1], (1 - dx) / 2)
            if _is_free(panel, box, at, led=distance > LEADER):
                return box
    return _far_box(panel, label, at)


def _is_free(panel: Panel, box: Box, at: tuple[float, float], led: bool) -> bool:
    """Whether a note can be there: nothing is, no other panel, and no text between if it is led."""
    area, space = panel.axes.area, panel.canvas.space
    left, below, right, above = AROUND
    own = Box(area.x0 - left, area.y0 - below, area.x1 + right, area.y1 + above)
    clear = not led or space.is_clear(at, _nearest(box, at))
    alone = own.holds(box) and space.is_free(box, 1.5)
    return alone and clear and not space.runs_on(box)


def _far_box(panel: Panel, label: Label, at: tuple[float, float]) -> Box | None:
    """The nearest of places all over the plot area, to which a hair passes through no text."""
    area = panel.axes.area
    x, y = np.meshgrid(np.arange(area.x0, area.x1, STEP), np.arange(area.y0, area.y1, STEP))
    places = np.column_stack([x.ravel(), y.ravel()])
    away = np.hypot(*(places - at).T)
    for u, v in places[np.argsort(away, kind="stable")].tolist():
        box = label.box(u, v, 0.5, 0.5)
        x, y = _nearest(box, at)
        near = math.hypot(x - at[0], y - at[1]) <= FARTHEST
        if near and _is_free(panel, box, at, led=True):
            return box
    return None


def _on_number(panel: Panel, at: tuple[float, float]) -> bool:
    """Whether a dot would hide a number, which the hair of its note has to do without."""
    return panel.axes.on_number(Box(*at, *at).grown((EXTREMUM + EDGE_WIDTH) / 2))


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return math.hypot(a[0] - b[0], a[1] - b[1]) < TICK


def _dot(panel: Panel, trace: Trace, point: features.Point, at: tuple[float, float]) -> None:
    name = f"point-{trace.name}-{point.kind}"
    panel.canvas.circles([at[0]], [at[1]], trace.colour, trace.colour, EXTREMUM, name)
    panel.dots.append(at)


def _nearest(box: Box, at: tuple[float, float]) -> tuple[float, float]:
    """The place of a note that is nearest to its point."""
    return min(max(at[0], box.x0), box.x1), min(max(at[1], box.y0 + 1), box.y1 - 1)


def _fanned(downwards: bool) -> list[int]:
    """Directions from straight up, or down, to both sides."""
    start = TURNS // 2 if downwards else 0
    return [start + side * step for step in range(TURNS // 2 + 1) for side in (1, -1)]


def _said(panel: Panel, point: features.Point) -> str:
    """What the note says; nothing about a zero that an axis tells."""
    if point.kind == "zero":
        return "" if _told_by_axis(panel, point.x) else f"zero at {_place(panel, point)}"
    return f"{point.kind} {number(point.y, point.digits)} at {_place(panel, point)}"


def _told_by_axis(panel: Panel, x: float) -> bool:
    """Whether there is a tick, or the other axis, at x."""
    xticks, _ = panel.axes.ticks
    known = np.append(panel.axes.across(np.array(xticks.at)), panel.axes.origin[0])
    return bool(np.any(np.abs(known - panel.axes.across(x)) < 1))


def _place(panel: Panel, point: features.Point) -> str:
    """Where the point is; as a multiple of pi if the ticks are."""
    twelfths = point.x / math.pi * 12
    if panel.axes.frame.pi and abs(twelfths - round(twelfths)) < 1e-4:
        return times_pi(Fraction(round(twelfths), 12))
    return number(point.x, max(3, point.digits - 1))
