"""Lines on the sheet: their ends, and what is left of them around a hole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from actviz.formula.arrays import Array

Path = tuple[Array, Array]  # across and up, in points
Place = tuple[float, float]
STROKES = 3  # side by side that are hatching


def ends_of(path: Path, reach: float) -> Iterator[tuple[Place, Place]]:
    """Both ends of a line, and the direction in which it comes there over that length."""
    x, y = path
    if x.size < 2:
        return
    for u, v in ((x, y), (x[::-1], y[::-1])):
        away = np.hypot(u - u[0], v - v[0])
        far = int(np.argmax(away >= reach)) or u.size - 1
        share = min(1.0, reach / away[far]) if away[far] else 0.0
        dx, dy = float(u[0] - u[far]) * share, float(v[0] - v[far]) * share
        length = math.hypot(dx, dy)
        if length:
            yield (float(u[0]), float(v[0])), (dx / length, dy / length)


def around(path: Path, centre: Place, radius: float) -> list[Path]:
    """The parts of a line that are outside a circle.

    >>> parts = around((np.array([0.0, 10.0]), np.array([0.0, 0.0])), (5.0, 0.0), 2.0)
    >>> [x.tolist() for x, _ in parts]
    [[0.0, 3.0], [7.0, 10.0]]
    """
    points = np.column_stack(path) - centre
    if not _comes_near(points, radius):
        return [path]
    parts: list[list[Array]] = [[]]
    for p, q in pairwise(points):
        enters, leaves = _inside(p, q, radius)
        if enters >= leaves:
            parts[-1] += [p, q]
            continue
        if enters > 0:
            parts[-1] += [p, p + enters * (q - p)]
        parts.append([p + leaves * (q - p), q] if leaves < 1 else [])
    kept = [np.array(part) + centre for part in parts if part]
    return [(part[:, 0], part[:, 1]) for part in map(_once, kept)]


def spiked(paths: list[Path], pixel: float) -> list[Path]:
    """The lines, in which what is narrower than a pixel between two jumps is a spike that is seen.

    >>> flat, high = np.zeros(2), np.ones(2)
    >>> ends = [np.array([0.0, 5.0]), np.array([5.0, 5.1]), np.array([5.1, 9.0])]
    >>> found = spiked(list(zip(ends, [flat, high, flat])), 0.5)
    >>> found[1][1].tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    found = []
    for i, (x, y) in enumerate(paths):
        if x[-1] - x[0] < pixel:
            if i > 0 and x[0] - paths[i - 1][0][-1] < pixel:
                x, y = np.append(x[0], x), np.append(paths[i - 1][1][-1], y)
            if i < len(paths) - 1 and paths[i + 1][0][0] - x[-1] < pixel:
                x, y = np.append(x, x[-1]), np.append(y, paths[i + 1][1][0])
        found.append((x, y))
    return found


def strokes_beside(path: Path, width: float) -> list[tuple[float, float]]:
    """From where to where a line goes up and down so often that its strokes are no farther apart.

    A stroke is higher than it is from the next; some must follow each other.

    >>> x = np.linspace(0.0, 60.0, 601)
    >>> strokes_beside((x, np.where(x < 30, 20 * np.sin(x), 0)), 4.0)[0][0] < 2
    True
    >>> strokes_beside((x, np.sin(x)), 4.0), strokes_beside((x, 20 * np.sin(x)), 3.0)
    ([], [])
    """
    x, y = path
    rise = np.sign(np.diff(y))
    moving = np.flatnonzero(rise)
    turns = moving[1:][np.diff(rise[moving]) != 0]
    if turns.size <= STROKES:
        return []
    apart, high = np.diff(x[turns]), np.abs(np.diff(y[turns]))
    close = np.flatnonzero((apart <= width) & (high > apart))
    runs = np.split(close, np.flatnonzero(np.diff(close) > 1) + 1)
    return [
        (float(x[turns[run[0]]]) - width, float(x[turns[run[-1] + 1]]) + width)
        for run in runs
        if run.size >= STROKES
    ]


def _comes_near(points: Array, radius: float) -> bool:
    """Whether any of a line's pieces may be inside a circle around 0."""
    low, high = np.minimum(points[:-1], points[1:]), np.maximum(points[:-1], points[1:])
    return bool(((low < radius) & (high > -radius)).all(axis=1).any())


def _inside(p: Array, q: Array, radius: float) -> tuple[float, float]:
    """From which share of the way from p to q to which it is inside a circle around 0."""
    step = q - p
    a, b, c = float(step @ step), float(p @ step), float(p @ p) - radius**2
    root = b * b - a * c
    if root <= 0 or a == 0:
        return 1.0, 0.0
    half = math.sqrt(root)
    return max(0.0, (-b - half) / a), min(1.0, (-b + half) / a)


def _once(points: Array) -> Array:
    """Without points that follow themselves."""
    new = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
    once: Array = points[new]
    return once
