"""The names of the curves: beside them where there is room, otherwise in a legend."""

from __future__ import annotations

import numpy as np

from actviz.figure.canvas.legend import Entry, draw_legend, legend_size
from actviz.figure.canvas.space import WORD, Box, Space
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Theme
from actviz.figure.curves.traces import Panel, Trace
from actviz.formula.arrays import Array

PLACES = 48  # along each curve, where a name may hang
AWAY = 3.5  # points between a curve and its name
CLEAR = 2.0  # points around a name that nothing may be in
ALONE = 9.0  # points around a name within which no other curve should be
BEST = 0.72  # of the width: where a name is looked for first

# How a box hangs at a point: which share of it is left of and below the point, and which way off.
SIDES = np.array(
    [(0.5, 0, 0, 1), (0.5, 1, 0, -1), (0, 0.5, 1, 0), (1, 0.5, -1, 0),
     (0, 0, 0.7, 0.7), (1, 0, -0.7, 0.7), (0, 1, 0.7, -0.7), (1, 1, -0.7, -0.7)]
)  # fmt: skip


def legend_entry(trace: Trace, look: Theme) -> Entry:
    """The line of the legend that tells what a curve is called."""
    return Entry(trace.name, _label_of(trace, look), trace.colour, trace.dash, trace.width)


def name_curves(panel: Panel, strict: bool) -> bool:
    """Write each curve's name beside it; with strict only if every name is clear of other curves.

    Returns whether all are named; if not, none is.
    """
    spaces = {name: _space_of(panel, name) for name in panel.lines}
    boxes: list[tuple[Trace, Label, Box]] = []
    for trace in panel.traces:
        if not trace.named:
            continue
        label = _label_of(trace, panel.canvas.look)
        box = _best_box(panel, trace, label, spaces, [b for _, _, b in boxes], strict)
        if box is None:
            return False
        boxes.append((trace, label, box))
    for trace, label, box in boxes:
        panel.canvas.write(label, box, f"name-{trace.name}")
    return True


def _label_of(trace: Trace, look: Theme) -> Label:
    """The name as it is written, in the curve's colour."""
    return Label(trace.label, look.label_size, trace.colour, look.font, math=trace.math)


def _space_of(panel: Panel, name: str) -> Space:
    space = Space(panel.canvas.width, panel.canvas.height)
    for x, y in panel.lines[name]:
        space.take_line(x, y)
    return space


def _best_box(
    panel: Panel,
    trace: Trace,
    label: Label,
    spaces: dict[str, Space],
    named: list[Box],
    strict: bool,
) -> Box | None:
    """The free box that best shows which curve it names."""
    points = _places(panel, trace)
    if not points.size:
        return None
    width, above, below = label.extent
    height = above + below
    at = np.repeat(points, len(SIDES), axis=0)
    side = np.tile(SIDES, (len(points), 1))
    x0 = at[:, 0] - side[:, 0] * width + side[:, 2] * AWAY
    y0 = at[:, 1] - side[:, 1] * height + side[:, 3] * AWAY
    boxes = np.column_stack([x0, y0, x0 + width, y0 + height])
    area = panel.axes.area
    free = panel.canvas.space.count(boxes, CLEAR) == 0
    free &= ~panel.canvas.space.running_on(boxes)
    free &= (x0 > area.x0 - 4) & (x0 + width < panel.canvas.width - 2)
    free &= (y0 > area.y0 - 8) & (y0 + height < area.y1 + on_top(panel))
    for box in named:
        apart = (x0 > box.x1 + WORD) | (x0 + width < box.x0 - WORD)
        apart |= (y0 > box.y1 + CLEAR) | (y0 + height < box.y0 - CLEAR)
        free &= apart
    others = np.zeros(len(boxes))
    for name, space in spaces.items():
        if name != trace.name:
            others += space.count(boxes, ALONE) > 0
    if strict:
        free &= others == 0
    if not free.any():
        return None
    place = np.abs((x0 + width / 2 - area.x0) / area.width - BEST)
    crowd = panel.canvas.space.count(boxes, ALONE) > spaces[trace.name].count(boxes, ALONE)
    cost = 10 * others + place + 0.5 * crowd + np.where(free, 0, np.inf)
    best = int(np.argmin(cost))
    x0, y0, x1, y1 = boxes[best].tolist()
    return Box(x0, y0, x1, y1, float(side[best, 0]))


def on_top(panel: Panel) -> float:
    """How far above the plot area a name may reach: to the tip of the arrow."""
    return 8.0 if panel.canvas.options.axes != "box" else 0.0


def _places(panel: Panel, trace: Trace) -> Array:
    """Points evenly spaced along the curve."""
    parts = panel.lines.get(trace.name, [])
    total = sum(_length(x, y) for x, y in parts)
    if not parts or not total:
        return np.empty((0, 2))
    points = []
    for x, y in parts:
        count = max(2, round(PLACES * _length(x, y) / total))
        along = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
        at = np.linspace(0, along[-1], count)
        points.append(np.column_stack([np.interp(at, along, x), np.interp(at, along, y)]))
    return np.concatenate(points)


def _length(x: Array, y: Array) -> float:
    return float(np.hypot(np.diff(x), np.diff(y)).sum())


def legend_inside(panel: Panel, entries: list[Entry]) -> bool:
    """Draw the legend in the emptiest part of the plot area, if it fits anywhere."""
    rows = [[entry] for entry in entries]
    width, height = legend_size(rows)
    area = panel.axes.area
    if width > area.width or height > area.height:
        return False
    xs = np.linspace(area.x0 + 2, area.x1 - width, 24)
    ys = np.linspace(area.y0 + 2, area.y1 + on_top(panel) - height, 24)
    x0, y0 = (grid.ravel() for grid in np.meshgrid(xs, ys))
    boxes = np.column_stack([x0, y0, x0 + width, y0 + height])
    free = panel.canvas.space.count(boxes, 4.0) == 0
    if not free.any():
        return False
    room = np.zeros(len(boxes))
    for pad in (8, 14, 22, 32):
        room += panel.canvas.space.count(boxes, pad) == 0
    corner = np.minimum(x0 - area.x0, area.x1 - x0 - width) / area.width
    corner += np.minimum(y0 - area.y0, area.y1 - y0 - height) / area.height
    best = int(np.argmax(np.where(free, room - corner, -np.inf)))
    draw_legend(panel.canvas, rows, float(x0[best]), float(y0[best] + height))
    return True
