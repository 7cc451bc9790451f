"""What is on the sheet of a picture, and what is wrong with where it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from actviz.figure.canvas.picture import POINTS, Picture
from actviz.figure.canvas.shapes import EDGE_WIDTH, Area, Circles, Shape, Stroke, Words
from actviz.figure.canvas.typeset import GLYPHS, outlines

Array = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]  # left, bottom, right, top

DPI = 200
PIXEL = POINTS / DPI
ALLOWED = 2 * PIXEL
# Lines that texts may stand on: they are drawn faintly under everything, or lead to a text.
UNDER = ("grid", "leader", "legend", "zone", "background", "cleared")
NUMBERS = ("tick-x", "tick-y")


def strokes(picture: Picture, name: str) -> list[Stroke]:
    return [each for each in picture.shapes if isinstance(each, Stroke) and each.name == name]


def lines(picture: Picture, name: str) -> list[Array]:
    """The vertices of the lines of that name, one array for each path."""
    return [path for each in strokes(picture, name) for path in each.paths]


def areas(picture: Picture, name: str) -> list[Area]:
    return [each for each in picture.shapes if isinstance(each, Area) and each.name == name]


def circles(picture: Picture, name: str) -> list[Circles]:
    return [each for each in picture.shapes if isinstance(each, Circles) and each.name == name]


def words(picture: Picture, name: str | None = None) -> list[Words]:
    found = [each for each in picture.shapes if isinstance(each, Words)]
    return [each for each in found if name is None or each.name == name]


def texts(picture: Picture, name: str | None = None) -> list[str]:
    return [each.label.text for each in words(picture, name)]


def box(text: Words) -> Rectangle:
    """The rectangle around the ink of a text."""
    label = text.label
    found = outlines(label.text, label.font, label.math)
    corners = [np.array([[a, b], [c, d]]) for a, b, c, d in found.bars]
    for name, x, y, scale in found.glyphs:
        points = GLYPHS[name].points
        if len(points):
            corners.append(np.array([points.min(axis=0), points.max(axis=0)]) * scale + [x, y])
    every = np.concatenate(corners) * label.size / 100
    if label.upright:
        every = np.column_stack([-every[:, 1], every[:, 0]])
    every += [text.x, text.y]
    return (*every.min(axis=0).tolist(), *every.max(axis=0).tolist())


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
    for shape in picture.shapes:
        if isinstance(shape, Words) or shape.name.startswith(UNDER):
            continue
        for points, half in ink(shape):
            x, y = points.T
            inset = ALLOWED - half
            for each, (left, bottom, right, top) in boxes:
                if each.halo and shape.name.startswith(("curve", "reference", "asymptote")):
                    continue
                inside = (x > left + inset) & (x < right - inset)
                if (inside & (y > bottom + inset) & (y < top - inset)).any():
                    found.append(f"{each.label.text!r} is struck by {shape.name}")
    return found


def ink(shape: Shape) -> Iterator[tuple[Array, float]]:
    """Points of lines, edges and circles no more than half a pixel apart, and half their width."""
    match shape:
        case Stroke():
            for path in shape.paths:
                yield dense(path), shape.width / 2
        case Area():
            for outline in shape.outlines:
                yield dense(outline), 0.0
        case Circles():
            yield shape.centres, (shape.size + EDGE_WIDTH) / 2


def dense(path: Array) -> Array:
    lengths = np.abs(np.diff(path, axis=0)).max(axis=1)
    along = np.append(0.0, np.cumsum(lengths))
    steps = np.linspace(0.0, along[-1], int(along[-1] / PIXEL * 2) + 2)
    return np.column_stack([np.interp(steps, along, path[:, i]) for i in (0, 1)])


def misplaced(picture: Picture) -> list[str]:
    """What is wrong with the numbers at the ticks of a picture of curves, as sentences."""
    found = []
    for panel in {each.inside for each in words(picture) if each.name in NUMBERS}:
        for name, (across, up) in zip(NUMBERS, ((0, 1), (1, 0)), strict=True):
            ticks = np.array(
                [
                    path.mean(axis=0)
                    for each in strokes(picture, f"{name[-1]}-major-ticks")
                    if each.inside == panel
                    for path in each.paths
                ]
            ).reshape(-1, 2)
            row = [each for each in words(picture, name) if each.inside == panel]
            middles = np.array([middle(each, across) for each in row])
            for tick in ticks:
                if not (np.abs(middles - tick[across]) <= PIXEL).any():
                    found.append(f"the {name[-1]} tick at {tick[across]:.1f} has no number")
            for each in row:
                edge = box(each)[3 if up else 2]
                if len(ticks) and edge > ticks[:, up].max():
                    found.append(f"{each.label.text!r} is on the wrong side of its axis")
    return found


def middle(text: Words, across: int) -> float:
    """Of a number on x of its width; on y of its digits, whose height is that of a 0."""
    left, bottom, right, top = box(text)
    return (left + right) / 2 if across == 0 else (bottom + top) / 2
