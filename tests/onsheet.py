"""What is on the sheet of a picture, and what is wrong with where it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from actviz.figure.canvas.picture import POINTS, Picture
from actviz.figure.canvas.shapes import Area, Circles, Shape, Stroke, Words
from actviz.figure.canvas.strokes import flattened

Array = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]  # left, bottom, right, top

DPI = 200
PIXEL = POINTS / DPI
ALLOWED = 2 * PIXEL
# Lines that texts may stand on: they are drawn faintly under everything, or lead to a text.
UNDER = ("grid", "leader", "legend", "zone", "background", "cleared")
NUMBERS = ("tick-x", "tick-y")
OF_AXES = ("label-x", "label-y", "crossing")


def strokes(picture: Picture, name: str) -> list[Stroke]:
    return [each for each in picture.ordered() if isinstance(each, Stroke) and each.name == name]


def lines(picture: Picture, name: str) -> list[Array]:
    """The vertices of the lines of that name, one array for each path."""
    return [path for each in strokes(picture, name) for path in flattened(each)]


def areas(picture: Picture, name: str) -> list[Area]:
    return [each for each in picture.ordered() if isinstance(each, Area) and each.name == name]


def circles(picture: Picture, name: str) -> list[Circles]:
    return [each for each in picture.ordered() if isinstance(each, Circles) and each.name == name]


def words(picture: Picture, name: str | None = None) -> list[Words]:
    found = [each for each in picture.ordered() if isinstance(each, Words)]
    return [each for each in found if name is None or each.name == name]


def texts(picture: Picture, name: str | None = None) -> list[str]:
    return [each.label.text for each in words(picture, name)]


def box(text: Words) -> Rectangle:
    """The rectangle around the ink of a text."""
    left, right, top, bottom = text.label.ink
    if text.label.upright:
        left, right, top, bottom = -top, -bottom, right, left
    return text.x + left, text.y + bottom, text.x + right, text.y + top


def overlap(a: Rectangle, b: Rectangle) -> float:
    """How far two rectangles overlap, in points; negative if they are apart."""
    return min(min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1]))


def faults(picture: Picture) -> list[str]:
    """What is wrong with the places of the texts of a picture, as sentences."""
    width, height = (length * POINTS for length in picture.size)
    boxes = [(each, box(each)) for each in words(picture) if each.label.text.strip()]
    found = []
    for i, (each, its) in enumerate(boxes):
        text = each.label.text
        if its[0] < -PIXEL or its[1] < -PIXEL or its[2] > width + PIXEL or its[3] > height + PIXEL:
            found.append(f"{text!r} leaves the picture")
        for other, there in boxes[i + 1 :]:
            if (both := overlap(its, there)) > ALLOWED:
                found.append(f"{text!r} overlaps {other.label.text!r} by {both:.1f} points")
    for shape in picture.ordered():
        if isinstance(shape, Words) or shape.name.startswith(UNDER):
            continue
        gives_way = shape.name.startswith(("curve", "reference", "asymptote", "tangent"))
        for points, half in ink(shape):
            x, y = points.T
            inset = ALLOWED - half
            for each, (left, bottom, right, top) in boxes:
                if each.halo and gives_way and not isinstance(shape, Circles):
                    continue
                inside = (x > left + inset) & (x < right - inset)
                if (inside & (y > bottom + inset) & (y < top - inset)).any():
                    found.append(f"{each.label.text!r} is struck by {shape.name}")
    return found


def ink(shape: Shape) -> Iterator[tuple[Array, float]]:
    """Points of lines, edges and circles no more than half a pixel apart, and half their width."""
    match shape:
        case Stroke():
            for path in flattened(shape):
                yield dense(path), shape.width / 2
        case Area():
            for outline in shape.outlines:
                yield dense(outline), 0.0
        case Circles():
            yield shape.centres, (shape.size + shape.width) / 2


def dense(path: Array) -> Array:
    lengths = np.abs(np.diff(path, axis=0)).max(axis=1)
    along = np.append(0.0, np.cumsum(lengths))
    steps = np.linspace(0.0, along[-1], int(along[-1] / PIXEL * 2) + 2)
    return np.column_stack([np.interp(steps, along, path[:, i]) for i in (0, 1)])


def misplaced(picture: Picture) -> list[str]:
    """What is wrong with the numbers at the ticks of a picture of curves, as sentences."""
    return [
        fault
        for panel in {each.inside for each in words(picture) if each.name in NUMBERS}
        for across, name in enumerate(NUMBERS)
        for fault in _misplaced(picture, panel, name, across)
    ]


def _misplaced(picture: Picture, panel: tuple[str, ...], name: str, across: int) -> Iterator[str]:
    """Of one row: across is 0 for that of x."""
    row = [each for each in words(picture, name) if each.inside == panel]
    drawn = [s for s in strokes(picture, f"{name[-1]}-major-ticks") if s.inside == panel]
    ticks = np.array([path.mean(axis=0) for each in drawn for path in each.paths]).reshape(-1, 2)
    boxes = np.array([box(each) for each in row]).reshape(-1, 4)
    middles = (boxes[:, across] + boxes[:, across + 2]) / 2
    for tick in ticks[:, across]:
        if not (np.abs(middles - tick) <= PIXEL).any():
            yield f"the {name[-1]} tick at {tick:.1f} has no number"
    far = 3 - across  # the top of a number on x, the right of one on y
    if len(ticks) and len(row) and (boxes[:, far] > ticks[:, 1 - across].min() + ALLOWED).any():
        yield f"numbers on {name[-1]} are on the wrong side of their axis"
    if not len(row):
        return
    left, bottom, right, top = (*map(float, picture.told[panel[0]]["box"].split()),)
    low, high = boxes[:, 1 - across].min(), boxes[:, far].max()
    height = picture.size[1] * POINTS
    strip = (left, low, right, high) if across == 0 else (low, height - top, high, height - bottom)
    strip = (strip[0], min(strip[1::2]), strip[2], max(strip[1::2]))
    for each in words(picture):
        elsewhere = each.inside != panel or each.name in (*NUMBERS, *OF_AXES)
        if not elsewhere and overlap(box(each), strip) > ALLOWED:
            yield f"{each.label.text!r} stands among the numbers on {name[-1]}"
