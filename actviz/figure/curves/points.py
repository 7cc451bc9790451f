"""Points of a curve that were asked for: each with its tangent, and both numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.guides import NOTE
from actviz.figure.canvas.shapes import EDGE_WIDTH
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import number
from actviz.figure.curves.annotate import note_at
from actviz.figure.curves.traces import Panel, Trace
from actviz.formula.derivative import MAXIMUM_ORDER

REACH = 48.0  # points of a tangent on each side of its point
WIDTH = 1.1  # points: the width of its line
DIGITS = 4
Place = tuple[float, float]


class Marked(NamedTuple):
    """A point of a curve, and the slope there; NaN where it has none."""

    trace: Trace
    x: float
    y: float
    slope: float


def marked(panel: Panel, asked: tuple[float, ...]) -> Iterator[Marked]:
    """The points of the curves of a panel, of a curve and its derivatives of the first alone."""
    seen: set[Curve] = set()
    for trace in panel.traces:
        scan = trace.scan
        if not trace.told or trace.points or scan.curve in seen or scan.reference is not None:
            continue
        seen.add(scan.curve)
        for x in asked:
            if not scan.lo <= x <= scan.hi:
                continue
            y, slope = float(scan.at(np.array([x]))[0]), math.nan
            broken = any(each.x == x for each in scan.known.found)
            if scan.order < MAXIMUM_ORDER and not broken:
                slope = float(scan.curve.activation.derivative(np.array([x]), scan.order + 1)[0])
            yield Marked(trace, x, y, slope)


def draw_marked(panel: Panel) -> None:
    """The tangents, of which texts will keep clear, and the points on them, which numbers do."""
    canvas = panel.canvas
    dots = []
    for each in marked(panel, canvas.options.marks):
        if not _is_seen(panel, each):
            continue
        at = _place(panel, each)
        for x, y in _tangent(panel, each):
            canvas.line(x, y, _colour(panel, each), WIDTH, on.CURVE + 0.5, f"tangent-{each.x:g}")
            canvas.space.take_line(np.array(x), np.array(y))
        name, colour = f"marked-{each.x:g}", _colour(panel, each)
        canvas.circles([at[0]], [at[1]], colour, colour, on.DOT, name)
        dots.append(Box(*at, *at).grown((on.DOT + EDGE_WIDTH) / 2))
    panel.axes = panel.axes.clear_of(dots)


def label_marked(panel: Panel) -> None:
    """What each is: the point, and the slope."""
    look = panel.canvas.look
    for each in marked(panel, panel.canvas.options.marks):
        if _is_seen(panel, each):
            label = Label(_said(each), look.label_size * NOTE, _colour(panel, each), look.font)
            name = f"note-marked-{each.x:g}"
            if not note_at(panel, label, _place(panel, each), name, downwards=each.slope > 0):
                panel.canvas.picture.notes.append(
                    f"there is no room for the numbers of --mark {each.x:g} of {each.trace.told}."
                )


def without_tangent(panel: Panel, asked: tuple[float, ...]) -> Iterator[str]:
    """What is to be noted of points that cannot be shown, or not whole."""
    lo, hi = panel.axes.frame.xlim
    told = [trace for trace in panel.traces if trace.told]
    if asked and all(trace.points for trace in told):
        yield "--mark is for curves, and --vector draws the components of one vector."
        return
    if asked and any(trace.scan.reference for trace in told):
        yield "--mark is for functions, and not for their differences."
        return
    scale = panel.axes.frame.scale
    if not scale.linear and any(lo <= x <= hi for x in asked):
        yield f"--mark draws no tangent on a {scale.kind} scale, where it is not straight."
    for x in asked:
        if not lo <= x <= hi:
            yield f"--mark {x:g} is not seen: x goes from {lo:g} to {hi:g}."
    for each in marked(panel, asked):
        name = each.trace.told
        if not math.isfinite(each.y):
            yield f"--mark {each.x:g}: {name} has no value there."
        elif not _is_seen(panel, each):
            yield f"--mark {each.x:g} is not seen: {name} is {number(each.y, DIGITS)} there."
        elif each.trace.scan.order == MAXIMUM_ORDER:
            yield f"--mark {each.x:g}: the slope of {name} would be a derivative of a higher order."
        elif not math.isfinite(each.slope):
            yield f"--mark {each.x:g}: {name} has no tangent there."


def _colour(panel: Panel, each: Marked) -> str:
    """Ink beside one curve and its derivatives; of several curves each has its own."""
    curves = {trace.scan.curve for trace in panel.traces if trace.told}
    return each.trace.colour if len(curves) > 1 else panel.canvas.look.ink


def _said(each: Marked) -> str:
    point = f"({number(each.x, DIGITS)}, {number(each.y, DIGITS)})"
    return f"{point}, slope {number(each.slope, DIGITS)}" if math.isfinite(each.slope) else point


def _is_seen(panel: Panel, each: Marked) -> bool:
    ylo, yhi = panel.axes.frame.ylim
    return ylo <= each.y <= yhi


def _place(panel: Panel, each: Marked) -> Place:
    return float(panel.axes.across(each.x)), float(panel.axes.up(each.y))


def _tangent(panel: Panel, each: Marked) -> Iterator[tuple[list[float], list[float]]]:
    """The straight line through the point, cut at the plot area; none on another scale."""
    axes, (x, y) = panel.axes, _place(panel, each)
    if not math.isfinite(each.slope) or not axes.frame.scale.linear:
        return
    (lo, hi), (ylo, yhi), area = axes.frame.xlim, axes.frame.ylim, axes.area
    steep = each.slope * (hi - lo) / area.width * area.height / (yhi - ylo)
    dx = REACH / math.hypot(1.0, steep)
    back, ahead = -dx, dx
    for side in (-1, 1):
        limits = [side * dx, (area.x0 if side < 0 else area.x1) - x]
        if steep:
            limits.append(((area.y0 if side * steep < 0 else area.y1) - y) / steep)
        reach = min(map(abs, limits))
        back, ahead = (-reach, ahead) if side < 0 else (back, reach)
    yield [x + back, x + ahead], [y + back * steep, y + ahead * steep]
