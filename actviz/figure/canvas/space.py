"""Which parts of the picture are taken, so that a text is put only where there is room.

Lines are entered in a grid of cells one point wide, and running sums over it tell for any number of
boxes at once whether a line passes through; texts and circles are kept as the boxes they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actviz.formula.arrays import Array, Integers, Truths

STEPS = 40  # along a hair, at which it is asked whether it passes through a text
WORD = 6.0  # points between two texts in a line, which would read as one if there were less
FEW = 32  # boxes that are counted one by one rather than by sums over all that is taken
MOST_STEPS = 100_000  # along a line; a longer one covers whole areas anyway


@dataclass(frozen=True)
class Box:
    """A rectangle in points from the lower left corner of the picture.

    anchor: of a text in it, the share that is left of the place it belongs to.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    anchor: float = 0.0

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """From left and bottom to right and top."""
        return self.x0, self.y0, self.x1, self.y1

    @property
    def corners(self) -> list[tuple[float, float]]:
        """Counter-clockwise from the lower left one."""
        return [(self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1)]

    def holds(self, other: Box) -> bool:
        """Whether the other one is inside."""
        across = self.x0 <= other.x0 and other.x1 <= self.x1
        return across and self.y0 <= other.y0 and other.y1 <= self.y1

    def meets(self, other: Box, pad: float = 0.0) -> bool:
        """Whether the other one is within `pad`."""
        across = self.x0 - pad < other.x1 and other.x0 < self.x1 + pad
        return across and self.y0 - pad < other.y1 and other.y0 < self.y1 + pad

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy, self.anchor)

    def grown(self, by: float) -> Box:
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)


class Space:
    """The cells of a picture of width x height points that something is drawn in."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._taken = np.zeros((math.ceil(height) + 1, math.ceil(width) + 1), dtype=bool)
        self._sums: NDArray[np.int32] | None = None
        self._boxes: list[tuple[float, float, float, float]] = []
        self._texts: list[tuple[float, float, float, float]] = []

    def take_line(self, x: Array, y: Array) -> None:
        """Take the cells that a polyline passes through."""
        lengths = np.maximum(np.abs(np.diff(x)), np.abs(np.diff(y)))
        along = np.append(0.0, np.cumsum(lengths))
        steps = np.linspace(0.0, along[-1], min(int(along[-1] * 2), MOST_STEPS) + 2)
        self.take_points(np.interp(steps, along, x), np.interp(steps, along, y))

    def take_points(self, x: Array, y: Array) -> None:
        """Take the cells of single points; those outside the picture do not matter."""
        rows, columns = np.floor(y).astype(int), np.floor(x).astype(int)
        inside = (rows >= 0) & (rows < self._taken.shape[0])
        inside &= (columns >= 0) & (columns < self._taken.shape[1])
        self._taken[rows[inside], columns[inside]] = True
        self._sums = None

    def take_box(self, box: Box) -> None:
        """Take a rectangle."""
        self._boxes.append(box.edges)

    def take_text(self, box: Box) -> None:
        """Take the rectangle of a text, which others are not to run on from."""
        self.take_box(box)
        self._texts.append(self._boxes[-1])

    def give_back(self) -> None:
        """Let go of the rectangle that was taken last."""
        self._boxes.pop()

    def is_free(self, box: Box, pad: float = 0.0) -> bool:
        """Whether the box is inside the picture and nothing is within `pad` of it."""
        inside = box.x0 >= 1 and box.y0 >= 1
        inside &= box.x1 <= self.width - 1 and box.y1 <= self.height - 1
        return inside and not self.count(np.array([box.edges]), pad)[0]

    def is_clear(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether a straight line between two points passes through no text but where it ends."""
        if not self._texts:
            return True
        t = np.linspace(0.0, 1.0, STEPS)[:, None]
        x, y = (a + t * (b - a) for a, b in zip(start, end, strict=True))
        x0, y0, x1, y1 = np.array(self._texts).T
        inside = (x0 < x) & (x < x1) & (y0 < y) & (y < y1)
        passed = inside.any(axis=0) & ~inside[0] & ~inside[-1]
        return not passed.any()

    def count(self, boxes: Array, pad: float = 0.0) -> Integers:
        """How much is within `pad` of each box, 0 for nothing; boxes has rows x0, y0, x1, y1."""
        x0, y0, x1, y1 = boxes.T
        taken = self._cells(x0 - pad, y0 - pad, x1 + pad, y1 + pad)
        if self._boxes:
            bx0, by0, bx1, by1 = np.array(self._boxes).T[:, None]
            beside = (bx1 <= x0[:, None] - pad) | (bx0 >= x1[:, None] + pad)
            over = (by1 <= y0[:, None] - pad) | (by0 >= y1[:, None] + pad)
            taken += np.count_nonzero(~(beside | over), axis=1)
        return taken

    def runs_on(self, box: Box) -> bool:
        """Whether a text in the box would read as one with another in its line."""
        return bool(self.running_on(np.array([box.edges]))[0])

    def running_on(self, boxes: Array) -> Truths:
        """The same for each of several boxes, whose rows are x0, y0, x1, y1."""
        if not self._texts:
            return np.zeros(len(boxes), dtype=bool)
        x0, y0, x1, y1 = boxes.T[:, :, None]
        left, low, right, high = np.array(self._texts).T
        near = (left < x1 + WORD) & (x0 - WORD < right) & (low < y1) & (y0 < high)
        found: Truths = near.any(axis=1)
        return found

    def _cells(self, x0: Array, y0: Array, x1: Array, y1: Array) -> Integers:
        """How many cells of lines are in each rectangle."""
        if self._sums is None and x0.size <= FEW:
            edges = np.stack([x0, y0, x1, y1], axis=1).tolist()
            return np.array([self._cells_in(*each) for each in edges], dtype=np.int64)
        if self._sums is None:
            self._sums = np.zeros(tuple(n + 1 for n in self._taken.shape), dtype=np.int32)
            np.cumsum(self._taken, axis=0, out=self._sums[1:, 1:])
            np.cumsum(self._sums[1:, 1:], axis=1, out=self._sums[1:, 1:])
        top, right = self._taken.shape
        left = np.clip(np.floor(x0), 0, right).astype(int)
        low = np.clip(np.floor(y0), 0, top).astype(int)
        far = np.clip(np.ceil(x1), 0, right).astype(int)
        high = np.clip(np.ceil(y1), 0, top).astype(int)
        sums = self._sums
        inside = sums[high, far] - sums[low, far] - sums[high, left] + sums[low, left]
        return np.asarray(inside, dtype=np.int64)

    def _cells_in(self, x0: float, y0: float, x1: float, y1: float) -> int:
        """The same of one rectangle."""
        top, right = self._taken.shape
        left, far = math.floor(min(max(x0, 0), right)), math.ceil(min(max(x1, 0), right))
        low, high = math.floor(min(max(y0, 0), top)), math.ceil(min(max(y1, 0), top))
        return int(np.count_nonzero(self._taken[low:high, left:far]))
