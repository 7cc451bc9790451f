"""Measured points beside the curves: circles that hide none of these, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.axes import Axes
from actviz.figure.canvas.canvas import Canvas
from actviz.figure.canvas.legend import Entry
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.scene import Scene
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import number
from actviz.figure.curves.traces import Panel, Plan
from actviz.formula.arrays import Array, Truths
from actviz.recorded import Recording
from actviz.sampling import Scan

NAME = "measured"
LAYER = (on.FAINT + on.CURVE) / 2  # under the curves: however many there are, these are seen
SIZE, SMALL = 5.2, 3.6  # points: the diameter of a circle, and of one of many
WIDTH, THIN = 0.9, 0.6  # points: the line around them
MANY, MOST = 150, 4000  # circles
FAR = 2**32  # more than any picture is high
GRAIN = 0.25  # points: what is nearer to each other is drawn once
LONGEST = 28  # characters of a name
DIGITS = 4


def taken_in(scene: Scene, scans: Sequence[Scan]) -> Array:
    """The y of the points that a panel of these curves is to show."""
    points = scene.options.data
    if points is None or scans[0].reference or scene.orders[0] not in {s.order for s in scans}:
        return np.empty(0)
    return np.asarray(points.y[_across(points, scene.lo, scene.hi) & np.isfinite(points.y)])


def _across(points: Recording, lo: float, hi: float) -> Truths:
    return np.asarray((points.x >= lo) & (points.x <= hi))


Shown = TypeVar("Shown", Plan, Panel)


def those_with(shown: Sequence[Shown], options: Options) -> list[Shown]:
    """The panels that show the points: those of the first order that is on show."""
    if options.data is None:
        return []
    first = shown[0].traces[0].scan.order
    return [each for each in shown if any(t.scan.order == first for t in each.traces)]


def panels_of(panels: Sequence[Panel]) -> list[Panel]:
    """The same of panels that are drawn."""
    return those_with(panels, panels[0].canvas.options)


def seen(axes: Axes) -> Truths:
    """Which of the points are in the plot area."""
    points, (low, high) = axes.canvas.options.data, axes.frame.ylim
    assert points is not None
    return np.asarray(_across(points, *axes.frame.xlim) & (points.y >= low) & (points.y <= high))


def _centres(axes: Axes) -> Array:
    """The middles of the circles, with rows x, y."""
    points, shown = axes.canvas.options.data, seen(axes)
    assert points is not None
    return np.column_stack([axes.across(points.x[shown]), axes.up(points.y[shown])])


def meets(axes: Axes, boxes: Array) -> bool:
    """Whether a circle would be hidden by one of the boxes, which have rows x0, y0, x1, y1."""
    x, y = _centres(axes).T
    reach = SIZE / 2 + WIDTH
    for x0, y0, x1, y1 in boxes.tolist():
        across = (x > x0 - reach) & (x < x1 + reach)
        if (across & (y > y0 - reach) & (y < y1 + reach)).any():
            return True
    return False


def draw_measured(panel: Panel) -> None:
    """A circle around each point, of which texts keep clear."""
    points = panel.canvas.options.data
    assert points is not None
    centres, grain = _thinned(_centres(panel.axes))
    if grain > 4 * GRAIN:
        panel.canvas.picture.notes.append(
            f"points of {name_of(points)} nearer than {grain:g} pt to each other are drawn once."
        )
    size, width, colour = _pen(panel.canvas)
    x, y = centres.T
    panel.canvas.rings(x, y, colour, size, LAYER, NAME, width)


def _thinned(centres: Array) -> tuple[Array, float]:
    """The points but for those near others, and how near that is."""
    grain = GRAIN
    while True:
        across, up = np.round(centres / grain).astype(np.int64).T
        _, first = np.unique(across * FAR + up, return_index=True)
        centres = centres[np.sort(first)]
        if first.size <= MOST:
            return centres, grain
        grain *= 2


def _pen(canvas: Canvas) -> tuple[float, float, str]:
    """The diameter of the circles, the width and the colour of their line."""
    points, look = canvas.options.data, canvas.look
    few = points is None or points.x.size <= MANY
    return (SIZE, WIDTH, look.ink) if few else (SMALL, THIN, look.faint)


def legend_entry(canvas: Canvas) -> list[Entry]:
    """The line of a legend that tells what the circles are, if there are any."""
    points, look = canvas.options.data, canvas.look
    if points is None:
        return []
    size, width, colour = _pen(canvas)
    label = Label(name_of(points).replace("$", r"\$"), look.label_size, look.ink, look.font)
    return [Entry(NAME, label, colour, (), width, ring=size)]


def name_of(points: Recording) -> str:
    """What the points are called: as their file is."""
    name = points.name.replace("\\", "/").rpartition("/")[2] or points.name
    name = "standard input" if name == "-" else name
    return name if len(name) <= LONGEST else name[: LONGEST - 3] + "..."


def unseen(panels: Sequence[Panel]) -> Iterator[str]:
    """What is to be noted of points that are not drawn."""
    if not (shown := panels_of(panels)):
        return
    points, frame = shown[0].canvas.options.data, shown[0].axes.frame
    assert points is not None
    name, (lo, hi), (low, high) = name_of(points), frame.xlim, frame.ylim
    known = np.isfinite(points.x) & np.isfinite(points.y)
    beside = known & ~_across(points, lo, hi)
    above = known & ~beside & ~seen(shown[0].axes)
    if count := int((~known).sum()):
        yield f"{_counted(count)} not drawn: NaN or infinite ({name})."
    if count := int(beside.sum()):
        yield f"{_counted(count)} not seen: x goes from {lo:g} to {hi:g} ({name})."
    if count := int(above.sum()):
        yield f"{_counted(count)} not seen: y goes from {low:.4g} to {high:.4g} ({name})."


def _counted(count: int) -> str:
    return "1 point is" if count == 1 else f"{count:,} points are"


def in_words(panels: Sequence[Panel]) -> Iterator[str]:
    """What a reader who cannot see the circles is told."""
    if not (shown := panels_of(panels)):
        return
    panel, points = shown[0], shown[0].canvas.options.data
    assert points is not None
    there = seen(panel.axes)
    count = int(there.sum())
    if not count:
        yield "No measured point is seen."
        return
    many = f"Circles are {count:,} measured points" if count > 1 else "A circle is a measured point"
    sentence = f"{many} of {name_of(points)}"
    first = panels[0].traces[0].scan.order
    traces = [each for each in panel.traces if each.told and each.scan.order == first]
    if len(traces) == 1 and len(shown) == 1:
        x, y = points.x[there], points.y[there]
        off = np.abs(y - traces[0].scan.at(x))
        if np.isfinite(off).any():
            worst = int(np.nanargmax(np.where(np.isfinite(off), off, np.nan)))
            size, at = number(float(off[worst]), DIGITS), number(float(x[worst]), DIGITS)
            most = "at most " if count > 1 else ""
            sentence += f", {most}{size} from {traces[0].told}, at x = {at}"
    yield f"{sentence}."
