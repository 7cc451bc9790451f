"""Scanned curves as they are drawn in a coordinate system: their lines, jumps and single points."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

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
        x, y = (_with_gaps([path[i] for path in paths]) for i in (0, 1))
        with canvas.group(f"{trace.name}-drawn", trace.data):
            canvas.line(x, y, trace.colour, trace.width, layer, trace.name, trace.dash)
    _draw_marks(panel, trace, samples)


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
