"""Scanned curves as they are drawn in a coordinate system: their lines, jumps and single points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.axes import Axes
from actviz.figure.canvas.canvas import Canvas
from actviz.figure.canvas.frame import Frame
from actviz.figure.canvas.picture import POINTS
from actviz.figure.canvas.theme import Dash
from actviz.formula.arrays import Array
from actviz.sampling import Pixels, Samples, Scan, refine

CROWDED = 9.0  # points between jumps, below which their circles are left out
Path = tuple[Array, Array]  # across and up
LEADING = 0.7  # points: the width of the line from one single point to the next


@dataclass(frozen=True)
class Trace:
    """A scanned curve and how it is drawn and named."""

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

    @property
    def canvas(self) -> Canvas:
        return self.axes.canvas


def draw_traces(panel: Panel) -> None:
    """Draw the curves, the later ones over the earlier."""
    for i, trace in enumerate(panel.traces):
        layer = on.CURVE + i / 100
        if trace.points:
            _draw_points(panel, trace, layer)
        else:
            _draw_trace(panel, trace, layer)


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


def _draw_trace(panel: Panel, trace: Trace, layer: float) -> None:
    axes, canvas = panel.axes, panel.canvas
    scale = axes.frame.scale
    height = axes.area.height * canvas.options.dpi / POINTS
    warp = None if scale.threshold is None else scale.warp
    unit = canvas.options.dpi / POINTS
    start = axes.area.x0 * unit
    pixels = Pixels(axes.area.width * unit, start - math.floor(start))
    samples = refine(trace.scan, height, axes.frame.ylim, warp, pixels)
    panel.samples[trace.name] = samples
    paths = [(axes.across(piece.x), axes.up(piece.y)) for piece in samples.pieces]
    panel.lines.setdefault(trace.name, []).extend(paths)
    for x, y in paths:
        canvas.space.take_line(x, y)
    if paths:
        bands = [tuple(axes.across(np.array(ends)).tolist()) for ends in samples.dense]
        if bands and sum(b - a for a, b in bands) > axes.area.width / 2:
            layer = on.FAINT + (on.CURVE - on.FAINT) * _emptiness(axes, paths)
        with canvas.group(f"{trace.name}-drawn", trace.data):
            for name, dash, lines in _styled(trace, paths, bands):
                x, y = (_with_gaps([line[i] for line in lines]) for i in (0, 1))
                canvas.line(x, y, trace.colour, trace.width, layer, name, dash)
    _draw_marks(panel, trace, samples)


def _emptiness(axes: Axes, paths: list[Path]) -> float:
    """The share of the height that no line reaches: a band that fills it lies under all others."""
    reach = max(y.max() for _, y in paths) - min(y.min() for _, y in paths)
    return float(np.clip(1 - reach / axes.area.height, 0.0, 1.0))


def _styled(
    trace: Trace, paths: list[Path], bands: list[tuple[float, ...]]
) -> Iterator[tuple[str, Dash, list[Path]]]:
    """The lines by their dash: where they fill columns of pixels dashes would be stripes."""
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


def _draw_marks(panel: Panel, trace: Trace, samples: Samples) -> None:
    """The end circles at jumps, unless these are too close to be seen one by one."""
    axes, canvas = panel.axes, panel.canvas
    places = axes.across(np.array(sorted({mark.x for mark in samples.marks})))
    if places.size > 1 and np.diff(places).min() < CROWDED:
        return
    for taken, face in ((False, canvas.look.background), (True, trace.colour)):
        marks = [mark for mark in samples.marks if mark.taken is taken]
        if marks:
            x = axes.across(np.array([mark.x for mark in marks])).tolist()
            y = axes.up(np.array([mark.y for mark in marks])).tolist()
            name = f"{trace.name}-{'taken' if taken else 'limit'}"
            canvas.circles(x, y, trace.colour, face, on.DOT, name)


def _with_gaps(parts: list[Array]) -> Array:
    """The parts in one array with a NaN between them."""
    spaced = [item for part in parts for item in (part, np.array([math.nan]))]
    return np.concatenate(spaced[:-1])
