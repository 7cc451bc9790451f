"""The lines of a stroke as a writer needs them: straight parts, cubics, and dashes that fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from actviz.figure.canvas.shapes import Stroke
from actviz.figure.canvas.theme import Dash
from actviz.formula.arrays import Array, Truths

STEPS = 64  # lines that a cubic is measured by


def controls(points: Array) -> Array:
    """A polyline in the way of a curved path: every part is a cubic that is pulled to its ends."""
    rows = np.stack([points[:-1], points[1:], points[1:]], axis=1).reshape(-1, 2)
    return np.concatenate([points[:1], rows])


def parts(path: Array) -> list[tuple[Array, ...]]:
    """What follows on the first place of a curved path: (end,) if straight, or (pull, pull, end).

    >>> [len(part) for part in parts(controls(np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]])))]
    [1, 1]
    """
    pulls = path[1:].reshape(-1, 3, 2)
    return [
        (end,) if line else (first, second, end)
        for (first, second, end), line in zip(pulls, straight(path).tolist(), strict=True)
    ]


def straight(path: Array) -> Truths:
    """Which parts of a curved path are."""
    starts, pulls = path[:-1:3], path[1:].reshape(-1, 3, 2)
    found: Truths = ((pulls[:, 0] == starts) & (pulls[:, 1] == pulls[:, 2])).all(axis=1)
    return found


def flattened(stroke: Stroke) -> list[Array]:
    """The paths of a stroke as polylines."""
    return [_flat(path) for path in stroke.paths] if stroke.curved else list(stroke.paths)


def _flat(path: Array) -> Array:
    starts, pulls = path[:-1:3, None], path[1:].reshape(-1, 3, 1, 2)
    t = (np.arange(1, STEPS + 1) / STEPS)[:, None]
    places = (
        (1 - t) ** 3 * starts
        + 3 * (1 - t) ** 2 * t * pulls[:, 0]
        + 3 * (1 - t) * t**2 * pulls[:, 1]
        + t**3 * pulls[:, 2]
    )
    ends = np.arange(STEPS) == STEPS - 1
    kept = (~straight(path))[:, None] | ends
    return np.concatenate([path[:1], places[kept]])


def dashed(stroke: Stroke) -> Iterator[tuple[tuple[Array, ...], Dash]]:
    """The paths in groups, each with the lengths of its ink and gaps in points, () if solid.

    Of a dashed stroke every path has its own, so that it begins and ends with ink.
    """
    if not stroke.dash:
        yield stroke.paths, ()
        return
    for path, flat in zip(stroke.paths, flattened(stroke), strict=True):
        length = float(np.hypot(*np.diff(flat, axis=0).T).sum())
        yield (path,), fitted(tuple(each * stroke.width for each in stroke.dash), length)


def fitted(dash: Dash, length: float) -> Dash:
    """The dash as much longer or shorter as makes a line of that length begin and end with ink.

    It is () for a line that is too short for a gap.

    >>> fitted((6.0, 2.0), 33.0), fitted((6.0, 2.0), 8.0)
    ((6.6, 2.2), ())
    """
    first, period = dash[0], sum(dash)
    count = round((length - first) / period)
    if count < 1:
        return ()
    whole = count * period + first
    return tuple(each * length / whole for each in dash)
