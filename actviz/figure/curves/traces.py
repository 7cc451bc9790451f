"""Scanned curves as they are drawn in a coordinate system: their lines, jumps and single points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.axes import Axes
from actviz.figure.canvas.canvas import Canvas
from actviz.figure.canvas.frame import Frame
from actviz.figure.canvas.shapes import EDGE_WIDTH, Stroke
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.strokes import controls
from actviz.figure.canvas.theme import Dash
from actviz.figure.curves.paths import Path, around, ends_of, spiked, strokes_beside
from actviz.formula.arrays import Array
from actviz.sampling import Cubic, Pixels, Samples, Scan, refine

CROWDED = 9.0  # points between jumps, below which their circles are left out
TOGETHER = 1.0  # points: circles no farther apart are in one place
RING, THICK = 5.0, 2.4  # points: how much wider the next ring is; the line of one that is filled
HEAD, BEYOND = (6.0, 2.8), 2.5  # points: length and half width; how far its tip is past the frame
REACH, NEAR = 4.0, 0.05  # points: over which a direction is told, and what is at the frame
MOST_HEADS = 16  # of more none is drawn
NARROW = 3.0  # widths of a line from one stroke up or down to the next, where dashes are not told
SAME = 1e-6  # points: less is rounding
LEADING = 0.7  # points: the width of the line from one single point to the next


@dataclass(frozen=True)
class Trace:
    """A scanned curve and how it is drawn and named.

    told: what words call it, "" for none that they tell of; layer: where it lies if that is under
    the curves, where it has no end circles.
    """

    scan: Scan
    label: str
    colour: str
    dash: Dash
    width: float
    name: str
    math: bool = False
    named: bool = True
    points: bool = False
    told: str = ""
    layer: float = 0.0

    @property
    def data(self) -> dict[str, str]:
        """What an SVG tells of the curve: its name, and the order of the derivative.

        minus: the curve that it is the difference from.
        """
        reference = self.scan.reference
        minus = {} if reference is None else {"minus": reference.label}
        return {"curve": self.scan.curve.label, "order": str(self.scan.order), **minus}


@dataclass(frozen=True)
class Plan:
    """What goes into one panel."""

    traces: tuple[Trace, ...]
    frame: Frame


@dataclass
class Panel:
    """The curves of one coordinate system, and where they have been drawn, in points."""

    axes: Axes
    traces: tuple[Trace, ...]
    lines: dict[str, list[tuple[Array, Array]]] = field(default_factory=dict)
    samples: dict[str, Samples] = field(default_factory=dict)
    dots: list[tuple[float, float]] = field(default_factory=list)
    holes: list[End] = field(default_factory=list)

    @property
    def canvas(self) -> Canvas:
        return self.axes.canvas


def draw_traces(panel: Panel) -> None:
    """Draw the curves, the later ones over the earlier; of end circles the first one's lie on top.

    Where those of several curves coincide they are rings around each other.
    """
    drawn = [trace for trace in panel.traces if not trace.points]
    for trace in drawn:
        panel.samples[trace.name] = _sampled(panel, trace)
    ends = _end_circles(panel, [trace for trace in drawn if not trace.layer])
    panel.axes = panel.axes.clear_of([end.box for end in ends])
    panel.holes = [end for end in ends if not end.taken] if panel.canvas.bare else []
    for i, trace in enumerate(panel.traces):
        layer = trace.layer or on.CURVE + i / 100
        if trace.points:
            _draw_points(panel, trace, layer)
        else:
            _draw_trace(panel, trace, layer)
    for trace in reversed(drawn):
        _draw_ends(panel, trace, [end for end in ends if end.trace is trace])


def _draw_points(panel: Panel, trace: Trace, layer: float) -> None:
    """Single points, with a thin line that leads the eye from one to the next."""
    canvas = panel.canvas
    x, y = panel.axes.across(trace.scan.x), panel.axes.up(trace.scan.y)
    panel.lines[trace.name] = [(x, y)]
    canvas.space.take_line(x, y)
    with canvas.group(f"{trace.name}-drawn", trace.data):
        canvas.line(x, y, trace.colour, LEADING, layer, trace.name, trace.dash)
    face = canvas.look.background if trace.dash else trace.colour
    canvas.circles(x.tolist(), y.tolist(), trace.colour, face, on.DOT, f"{trace.name}-points")


def _sampled(panel: Panel, trace: Trace) -> Samples:
    """The curve as it is drawn in this coordinate system."""
    axes, unit = panel.axes, panel.canvas.pixels
    scale = axes.frame.scale
    start = axes.area.x0 * unit
    return refine(
        trace.scan,
        axes.area.height * unit,
        axes.frame.ylim,
        None if scale.linear else scale.warp,
        Pixels(axes.area.width * unit, start - math.floor(start)),
    )


def _draw_trace(panel: Panel, trace: Trace, layer: float) -> None:
    axes, canvas, samples = panel.axes, panel.canvas, panel.samples[trace.name]
    paths = [(axes.across(piece.x), axes.up(piece.y)) for piece in samples.pieces]
    paths, cubics = spiked(paths, 1 / canvas.pixels), _cubics(axes, samples)
    panel.lines.setdefault(trace.name, []).extend(paths)
    for x, y in paths:
        canvas.space.take_line(x, y)
    if not paths:
        return
    bands = [tuple(axes.across(np.array(ends)).tolist()) for ends in samples.dense]
    hatched = [part for path in paths for part in strokes_beside(path, NARROW * trace.width)]
    if bands and sum(b - a for a, b in bands) > axes.area.width / 2:
        layer = on.FAINT + (on.CURVE - on.FAINT) * _emptiness(axes, paths)
    crowded = [*bands, *hatched]
    draw_heads(panel.axes, trace, paths, crowded, layer)
    paths = _outside(paths, panel.holes)
    with canvas.group(f"{trace.name}-drawn", trace.data):
        for name, dash, lines in _styled(trace, paths, crowded):
            smooth = [_controls(line, cubics) for line in lines]
            canvas.stroke(smooth, trace.colour, trace.width, layer, name, dash, curved=True)


def _outside(paths: list[Path], holes: Sequence[End]) -> list[Path]:
    """What is left of lines around open circles, through which what is under them is seen."""
    for hole in holes:
        paths = [part for path in paths for part in around(path, (hole.x, hole.y), hole.size / 2)]
    return paths


def open_holes(panel: Panel) -> None:
    """Take the axes and other lines under the curves out of open circles too.

    Of a tick the part stays that is nearer to its number.
    """
    shapes = panel.canvas.picture.shapes
    for i, shape in enumerate(shapes if panel.holes else ()):
        if isinstance(shape, Stroke) and not shape.curved and shape.layer <= on.FAINT:
            most = 1 if shape.name.endswith("ticks") else None
            parts = [
                _outside([(path[:, 0], path[:, 1])], panel.holes)[:most] for path in shape.paths
            ]
            left = tuple(np.column_stack(part) for each in parts for part in each)
            shapes[i] = replace(shape, paths=left)


def _cubics(axes: Axes, samples: Samples) -> list[Cubic]:
    """The pieces that are cubics, on the sheet."""
    left, right = axes.across(np.array([samples.scan.lo, samples.scan.hi])).tolist()
    place = left, axes.area.y0, right - left, axes.area.height
    return [piece.cubic.placed(*place) for piece in samples.pieces if piece.cubic is not None]


def _controls(line: Path, cubics: Sequence[Cubic]) -> Array:
    """A part of a piece as cubics, if it is one that is; a spike goes up and down at one x."""
    x, y = line
    start, end = float(x[0]), float(x[-1])
    for cubic in cubics if (np.diff(x) > 0).all() else ():
        first, last = float(cubic.x[0]), float(cubic.x[-1])
        if first - SAME <= start < end <= last + SAME:
            return cubic.within(max(start, first), min(end, last)).controls
    return controls(np.column_stack([x, y]))


def draw_heads(
    axes: Axes,
    trace: Trace,
    paths: Sequence[Path],
    bands: Sequence[tuple[float, ...]],
    layer: float,
) -> None:
    """A small arrowhead wherever the curve is cut at the frame, unless these are crowded."""
    area = axes.area
    ends = [
        (place, way)
        for path in paths
        for place, way in ends_of(path, REACH)
        if area.x0 + NEAR < place[0] < area.x1 - NEAR
        and (place[1] > area.y1 - NEAR if way[1] > 0 else place[1] < area.y0 + NEAR and way[1] < 0)
        and not any(left - 1 <= place[0] <= right + 1 for left, right in bands)
    ]
    if len(ends) > MOST_HEADS:
        return
    for (x, y), (dx, dy) in ends:
        tip = x + dx * BEYOND, y + dy * BEYOND
        back = tip[0] - dx * HEAD[0], tip[1] - dy * HEAD[0]
        side = -dy * HEAD[1], dx * HEAD[1]
        corners = [
            tip,
            (back[0] + side[0], back[1] + side[1]),
            (back[0] - side[0], back[1] - side[1]),
        ]
        axes.canvas.space.take_line(*np.array([*corners, tip]).T)
        axes.canvas.fill(corners, trace.colour, layer, f"{trace.name}-head")


def _emptiness(axes: Axes, paths: list[Path]) -> float:
    """The share of the height that no line reaches: a band that fills it lies under all others."""
    reach = max(y.max() for _, y in paths) - min(y.min() for _, y in paths)
    return float(np.clip(1 - reach / axes.area.height, 0.0, 1.0))


def _styled(
    trace: Trace, paths: list[Path], bands: list[tuple[float, ...]]
) -> Iterator[tuple[str, Dash, list[Path]]]:
    """The lines by their dash: where they fill columns, or nearly so, dashes would be stripes."""
    if not trace.dash or not bands:
        yield trace.name, trace.dash, paths
        return
    parts = [part for path in paths for part in _cut(path, bands)]
    for name, dash, full in ((trace.name, trace.dash, False), (f"{trace.name}-band", (), True)):
        if lines := [line for line, filled in parts if filled is full]:
            yield name, dash, lines


def _cut(path: Path, bands: list[tuple[float, ...]]) -> Iterator[tuple[Path, bool]]:
    """The parts of a line that are in a band, and those that are in none, in their order."""
    x, y = path
    middle = x[:-1] / 2 + x[1:] / 2
    inside = np.zeros(middle.size, dtype=bool)
    for left, right in bands:
        inside |= (left <= middle) & (middle <= right)
    ends = [0, *(np.flatnonzero(inside[1:] != inside[:-1]) + 1).tolist(), middle.size]
    for start, stop in pairwise(ends):
        yield (x[start : stop + 1], y[start : stop + 1]), bool(inside[start])


@dataclass(frozen=True)
class End:
    """An end circle in its place: taken if the value is, and which ring it is of those there."""

    trace: Trace
    x: float
    y: float
    taken: bool
    ring: int

    @property
    def size(self) -> float:
        """Its diameter in points."""
        return on.DOT + self.ring * RING

    @property
    def width(self) -> float:
        """Of its line."""
        return THICK if self.taken and self.ring else EDGE_WIDTH

    @property
    def box(self) -> Box:
        """What it takes of the picture, with its line."""
        return Box(self.x, self.y, self.x, self.y).grown((self.size + self.width) / 2)


def _end_circles(panel: Panel, traces: Sequence[Trace]) -> list[End]:
    """Those of all curves, but of one whose circles are too close to be seen one by one."""
    axes = panel.axes
    found: list[End] = []
    for trace in traces:
        marks = panel.samples[trace.name].marks
        places = axes.across(np.array(sorted({mark.x for mark in marks})))
        if places.size > 1 and np.diff(places).min() < CROWDED:
            continue
        others = list(found)
        for mark in marks:
            x, y = float(axes.across(mark.x)), float(axes.up(mark.y))
            ring = sum(math.hypot(x - each.x, y - each.y) < TOGETHER for each in others)
            found.append(End(trace, x, y, mark.taken, ring))
    return found


def _draw_ends(panel: Panel, trace: Trace, ends: Sequence[End]) -> None:
    canvas = panel.canvas
    paper = "" if canvas.bare else canvas.look.background
    for ring in sorted({end.ring for end in ends}, reverse=True):
        for taken in (False, True):
            shown = [end for end in ends if end.taken is taken and end.ring == ring]
            if shown:
                full = taken and not ring
                canvas.circles(
                    [end.x for end in shown],
                    [end.y for end in shown],
                    trace.colour,
                    trace.colour if full else paper,
                    shown[0].size,
                    f"{trace.name}-{'taken' if taken else 'limit'}",
                    shown[0].width,
                )
