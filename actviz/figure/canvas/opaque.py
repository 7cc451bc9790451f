"""A picture in which nothing is translucent, for formats that know no such thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Area, Shape, Stroke
from actviz.figure.canvas.theme import mixed
from actviz.formula.arrays import Array

PAGE = "#FFFFFF"  # what is under a picture that has no paper
HEIGHTS = np.array([0.5, 0.382, 0.618, 0.146, 0.854])  # of an area: where its inside is sought

Place = tuple[float, float]


def opaque(picture: Picture) -> Picture:
    """The same picture; what was translucent has the colour that it had over what is under it.

    What is under all of it is taken to be what is under one place of it. So it is where areas lie
    inside each other, as the bands of contours do.
    """
    done: list[Shape] = []
    for shape in picture.ordered():
        if isinstance(shape, Stroke | Area) and shape.opacity < 1:
            under = _colour_at(_place_in(shape), done)
            colour = mixed(shape.colour, under, 1 - shape.opacity)
            shape = replace(shape, colour=colour, opacity=1.0)
        done.append(shape)
    return replace(picture, shapes=done, unit=1.0)


def _colour_at(place: Place, shapes: Sequence[Shape]) -> str:
    """The colour of the uppermost area at a place."""
    areas = (each for each in reversed(shapes) if isinstance(each, Area))
    return next((each.colour for each in areas if _covers(each, place)), PAGE)


def _covers(area: Area, place: Place) -> bool:
    """Whether a place is inside: as many edges as are odd are left of it."""
    x, y = place
    return int(np.count_nonzero(_crossings(area, y) < x)) % 2 == 1


def _place_in(shape: Stroke | Area) -> Place:
    """Where the longest line sets out, or the middle of the widest stretch of an area."""
    if isinstance(shape, Stroke):
        x, y = max(shape.paths, key=len)[:2].mean(axis=0).tolist()
        return x, y
    heights = np.concatenate([outline[:, 1] for outline in shape.outlines])
    low, high = float(heights.min()), float(heights.max())
    stretches = [
        (end - start, (start + end) / 2, y)
        for y in (low + HEIGHTS * (high - low)).tolist()
        for start, end in _crossings(shape, y).reshape(-1, 2).tolist()
    ]
    _, x, y = max(stretches, default=(0.0, float(shape.outlines[0][0, 0]), low))
    return x, y


def _crossings(area: Area, y: float) -> Array:
    """How far right the outlines are at that height, in ascending order; their number is even."""
    found = []
    for outline in area.outlines:
        a, b = outline[:-1], outline[1:]
        across = (a[:, 1] < y) != (b[:, 1] < y)
        a, b = a[across], b[across]
        found.append(a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0]))
    return np.sort(np.concatenate(found))
