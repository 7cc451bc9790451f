"""Texts that are measured before they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from actviz.figure.canvas.space import Box
from actviz.figure.canvas.typeset import measured

ASCENT, DESCENT = 0.93, 0.24  # of the size: the least that matplotlib takes a line to be high


@dataclass(frozen=True)
class Label:
    """A text with its look: plain text, or mathematics in mathtext without its dollar signs.

    upright: running upwards.
    """

    text: str
    size: float
    colour: str
    font: tuple[str, ...]
    math: bool = False
    upright: bool = False

    @property
    def extent(self) -> tuple[float, float, float]:
        """Width, height above the baseline and depth below it, in points."""
        return _extent(self.text, self.size, self.font, self.math) if self.text else (0.0, 0.0, 0.0)

    def box(self, x: float, y: float, across: float = 0.0, up: float = 0.0) -> Box:
        """The box of the text at (x, y).

        across, up: which share of the box is left of and below the point.
        """
        width, above, below = self.extent
        if self.upright:
            width, above, below = above + below, width, 0.0
        x0, y0 = x - across * width, y - up * (above + below)
        return Box(x0, y0, x0 + width, y0 + above + below)


@lru_cache(maxsize=4096)
def _extent(
    text: str, size: float, font: tuple[str, ...], math: bool
) -> tuple[float, float, float]:
    width, height, depth = measured(text, size, font, math)
    return width, max(height - depth, ASCENT * size), max(depth, DESCENT * size)
