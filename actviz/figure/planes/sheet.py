"""A sheet of square plot areas, each with the contours of a function and a scale beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actviz.errors import UsageError
from actviz.figure.canvas.arrows import ARROW
from actviz.figure.canvas.axes import Axes, draw_axes
from actviz.figure.canvas.canvas import EDGE, Canvas, begin
from actviz.figure.canvas.frame import NEXT, Frame
from actviz.figure.canvas.guides import Guide, draw_guides, label_guide
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.scene import Scene, Size
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.ticks import number
from actviz.figure.canvas.title import Line, write_title
from actviz.figure.planes.levels import Levels, choose_levels
from actviz.figure.planes.shading import Map, draw_scale, label_zero, paint, scale_width

TO_SCALE, BETWEEN = 12.0, 10.0  # points: from a plot area to its scale, and between panels
OVER = 4.0  # points from a plot area to its name
TALLEST = 260.0  # points: a scale for several panels
SMALLEST_SIDE = 40.0  # points: of a plot area in which anything can be seen


@dataclass(frozen=True)
class Plane:
    """One plot area; name: what its value is called in mathtext, told: in words."""

    map: Map
    frame: Frame
    name: str
    told: str


@dataclass(frozen=True)
class Sheet:
    """A whole figure before it is drawn; shared: with one scale for all."""

    size: Size
    title: tuple[Line, ...]
    planes: tuple[Plane, ...]
    columns: int
    shared: bool = False

    @property
    def rows(self) -> int:
        return math.ceil(len(self.planes) / self.columns)


def draw(sheet: Sheet, scene: Scene) -> Picture:
    """Draw the planes with what the scene asks for."""
    look, options = scene.look, scene.options
    canvas = begin(sheet.size, options, look)
    top = write_title(canvas, sheet.title)
    levels = _levels(sheet)
    room = max(TO_SCALE + scale_width(each, look) for each in levels) if options.legend else 0.0
    areas = _areas(sheet, canvas, room, top)
    placed = [
        Axes(plane.frame, area, canvas) for plane, area in zip(sheet.planes, areas, strict=True)
    ]
    for axes, plane, own in zip(placed, sheet.planes, levels, strict=True):
        with axes.panel():
            _draw_plane(axes, plane, own)
    if options.legend and sheet.shared:
        _draw_shared_scale(placed, levels[0], room)
    elif options.legend:
        for axes, own in zip(placed, levels, strict=True):
            left = axes.area.x1 + _to_scale(axes, options)
            draw_scale(axes, own, Box(left, axes.area.y0, left, axes.area.y1))
    return canvas.picture


def _beyond(options: Options) -> float:
    """How far the horizontal axis runs on beyond the plot area."""
    return 0.0 if options.axes == "box" else ARROW


def _to_scale(axes: Axes, options: Options) -> float:
    """How far the scale is from the plot area, clear of the name of the horizontal axis."""
    name = axes.frame.label_x(axes.ticks[0], axes.look).extent[0]
    return _beyond(options) + max(TO_SCALE, name + 2 * NEXT)


def _levels(sheet: Sheet) -> list[Levels]:
    if not sheet.shared:
        return [plane.map.levels for plane in sheet.planes]
    joint = choose_levels(np.concatenate([plane.map.values for plane in sheet.planes]))
    return [joint] * len(sheet.planes)


def _draw_shared_scale(placed: Sequence[Axes], levels: Levels, room: float) -> None:
    """One scale to the right of all plot areas."""
    low, high = placed[-1].area.y0, placed[0].area.y1
    slack = max(0.0, high - low - TALLEST) / 2
    left = placed[0].canvas.width - EDGE - room + TO_SCALE
    draw_scale(placed[0], levels, Box(left, low + slack, left, high - slack))


def _draw_plane(axes: Axes, plane: Plane, levels: Levels) -> None:
    lines = paint(axes, plane.map, levels)
    draw_axes(axes)
    heading, area = axes.frame.heading, axes.area
    if heading is not None:
        box = heading.box((area.x0 + area.x1) / 2, area.y1 + OVER, 0.5, 0.0)
        axes.canvas.write(heading, box, "heading")
    for line in lines:
        axes.canvas.space.take_line(*line.T)
    guides = _guides(axes)
    draw_guides(axes, guides, axes.look.ink)
    label_zero(axes, plane.map, plane.name)
    for guide in guides:
        label_guide(axes, guide, axes.look.ink)


def _guides(axes: Axes) -> list[Guide]:
    """The lines that were asked for, as far as they are inside the plot area."""
    (lo, hi), area, frame, options = axes.frame.xlim, axes.area, axes.frame, axes.canvas.options
    found = []
    for value in options.hlines:
        y, text = float(axes.up(value)), f"{frame.ylabel} = {number(value)}"
        found.append((value, Guide((area.x0, area.x1), (y, y), text, f"hline-{value:g}")))
    for value in options.vlines:
        x, text = float(axes.across(value)), f"{frame.xlabel} = {number(value)}"
        found.append((value, Guide((x, x), (area.y0, area.y1), text, f"vline-{value:g}")))
    return [guide for value, guide in found if lo <= value <= hi]


def _areas(sheet: Sheet, canvas: Canvas, room: float, top: float) -> list[Box]:
    """Square plot areas of one size, each in the middle of its share of the sheet."""
    look, options = canvas.look, canvas.options
    strip = room if sheet.shared else 0.0
    width = (canvas.width - 2 * EDGE - strip - BETWEEN * (sheet.columns - 1)) / sheet.columns
    height = (top - EDGE - BETWEEN * (sheet.rows - 1)) / sheet.rows
    cell = Box(0.0, 0.0, width, height)
    around = [plane.frame.margins(cell, look, options) for plane in sheet.planes]
    left, below, right, above = (max(sides) for sides in zip(*around, strict=True))
    headings = [plane.frame.heading for plane in sheet.planes if plane.frame.heading]
    above = max(above, *(sum(each.extent[1:]) + OVER for each in headings), 0.0)
    scale = room - TO_SCALE
    right = right if sheet.shared else max(right + NEXT + scale, room + _beyond(options))
    side = min(width - left - right, height - below - above)
    if side < SMALLEST_SIDE:
        raise UsageError(
            f"{canvas.picture.size[0]:g}x{canvas.picture.size[1]:g} inches are too small for "
            f"{len(sheet.planes)} of these, with titles and scales."
        )
    dx, dy = (width - left - right - side) / 2, (height - below - above - side) / 2
    areas = []
    for i in range(len(sheet.planes)):
        row, column = divmod(i, sheet.columns)
        x0 = EDGE + column * (width + BETWEEN) + left + dx
        y1 = top - row * (height + BETWEEN) - above - dy
        areas.append(Box(x0, y1 - side, x0 + side, y1))
    return areas
