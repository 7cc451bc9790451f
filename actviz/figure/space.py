"""Which parts of the picture are taken, so that a text is put only where there is room.

The picture is a grid of cells one point wide; running sums over it tell for any number of boxes at
once whether something is in them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A rectangle in points from the lower left corner of the picture."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy)

    def grown(self, by: float) -> Box:
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)


class Space:
    """The cells of a picture of width x height points that something is drawn in."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._taken = np.zeros((math.ceil(height) + 1, math.ceil(width) + 1), dtype=bool)
        self._sums: NDArray[np.int32] | None = None

    def take_line(self, x: FloatArray, y: FloatArray) -> None:
        """Take the cells that a polyline passes through."""
        lengths = np.maximum(np.abs(np.diff(x)), np.abs(np.diff(y)))
        along = np.append(0.0, np.cumsum(lengths))
        steps = np.linspace(0.0, along[-1], int(along[-1] * 2) + 2)
        self.take_points(np.interp(steps, along, x), np.interp(steps, along, y))

    def take_points(self, x: FloatArray, y: FloatArray) -> None:
        """Take the cells of single points; those outside the picture do not matter."""
        rows, columns = np.floor(y).astype(int), np.floor(x).astype(int)
        inside = (rows >= 0) & (rows < self._taken.shape[0])
        inside &= (columns >= 0) & (columns < self._taken.shape[1])
        self._taken[rows[inside], columns[inside]] = True
        self._sums = None

    def take_box(self, box: Box) -> None:
        """Take a rectangle, such as that of a text."""
        rows = slice(max(0, math.floor(box.y0)), max(0, math.ceil(box.y1)))
        columns = slice(max(0, math.floor(box.x0)), max(0, math.ceil(box.x1)))
        self._taken[rows, columns] = True
        self._sums = None

    def is_free(self, box: Box, pad: float = 0.0) -> bool:
        """Whether the box is inside the picture and nothing is within `pad` of it."""
        inside = box.x0 >= 1 and box.y0 >= 1
        inside &= box.x1 <= self.width - 1 and box.y1 <= self.height - 1
        return inside and not self.count(np.array([[box.x0, box.y0, box.x1, box.y1]]), pad)[0]

    def count(self, boxes: FloatArray, pad: float = 0.0) -> NDArray[np.int32]:
        """How many taken cells are within `pad` of each box; boxes has rows x0, y0, x1, y1."""
        if self._sums is None:
            self._sums = np.zeros(tuple(n + 1 for n in self._taken.shape), dtype=np.int32)
            np.cumsum(self._taken, axis=0, out=self._sums[1:, 1:])
            np.cumsum(self._sums[1:, 1:], axis=1, out=self._sums[1:, 1:])
        top, right = self._taken.shape
        x0 = np.clip(np.floor(boxes[:, 0] - pad), 0, right).astype(int)
        y0 = np.clip(np.floor(boxes[:, 1] - pad), 0, top).astype(int)
        x1 = np.clip(np.ceil(boxes[:, 2] + pad), 0, right).astype(int)
        y1 = np.clip(np.ceil(boxes[:, 3] + pad), 0, top).astype(int)
        sums = self._sums
        counts: NDArray[np.int32] = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
        return counts
