"""Curves in a terminal, drawn with braille dots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from actviz.catalogue.curve import Curve
from actviz.catalogue.kind import require_number
from actviz.errors import UsageError
from actviz.figure.canvas.ticks import decimal_ticks
from actviz.figure.curves import limits
from actviz.formula.arrays import Array
from actviz.sampling import refine, scan

ACROSS, UP = 2, 4  # dots of a braille character
DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # rows from the top
BLANK = 0x2800
STYLES = ("blue", "red", "green", "magenta", "yellow", "cyan")
RHYTHMS = ((1, 0), (5, 3), (1, 2), (8, 3), (3, 2), (1, 4))  # dots drawn and left out, in turn
SAMPLES = ("──", "╌╌", "··", "━╌", "┄┄", "┈┈")
LEAST_COLUMNS, LEAST_ROWS = 24, 6
PADDING = 0.04


def preview(
    curves: Sequence[Curve],
    orders: Sequence[int],
    lo: float,
    hi: float,
    columns: int = 72,
    rows: int = 18,
) -> Text:
    """The curves and their derivatives on [lo, hi] as lines of text with rich's styles.

    columns, rows: the room there is, with the labels at the left and below.

    Raises UsageError if that is too small, or for a function of a vector or of two variables.

    >>> from actviz.catalogue.curve import parse_curves
    >>> print(preview(parse_curves(["tanh"]), [0], -3, 3, 40, 9).plain.splitlines()[-1])
    ── tanh
    """
    if columns < LEAST_COLUMNS or rows < LEAST_ROWS:
        raise UsageError(f"a preview needs {LEAST_COLUMNS} columns and {LEAST_ROWS} rows.")
    for curve in curves:
        require_number(curve.activation, "it has no preview", curve.label)
    parts = [(curve, order) for curve in curves for order in orders]
    scans = [scan(curve, order, lo, hi, ACROSS * columns) for curve, order in parts]
    low, high = limits.choose(scans)
    pad = PADDING * (high - low)
    ylim = low - pad, high + pad
    ticks = decimal_ticks(*ylim, max(2, rows // 4))
    margin = max(len(label) for label in ticks.labels) + 1
    grid = _Grid(columns - margin, rows - 2, (lo, hi), ylim)
    grid.draw_axes()
    for i, each in enumerate(scans):
        for piece in refine(each, UP * grid.rows, ylim).pieces:
            grid.draw(piece.x, piece.y, i % len(STYLES))
    labels = dict(zip((grid.row(at) for at in ticks.at), ticks.labels, strict=True))
    lines = [grid.line(row, labels.get(row, ""), margin) for row in range(grid.rows)]
    return Text("\n").join([*lines, grid.below(margin), _legend(parts)])


def _legend(parts: Sequence[tuple[Curve, int]]) -> Text:
    names = [
        Text(
            f"{SAMPLES[i % len(STYLES)]} {curve.label}{chr(0x27) * order}", STYLES[i % len(STYLES)]
        )
        for i, (curve, order) in enumerate(parts)
    ]
    return Text("   ").join(names)


class _Grid:
    """Characters of a picture, row 0 at the top, and the style of each."""

    def __init__(
        self, columns: int, rows: int, xlim: tuple[float, float], ylim: tuple[float, float]
    ) -> None:
        self.columns, self.rows, self.xlim, self.ylim = columns, rows, xlim, ylim
        self.dots = np.zeros((rows, columns), dtype=int)
        self.style = np.full((rows, columns), -1)
        self.axes = np.full((rows, columns), " ")

    def row(self, y: float) -> int:
        lo, hi = self.ylim
        return min(self.rows - 1, max(0, int((hi - y) / (hi - lo) * self.rows)))

    def column(self, x: float) -> int:
        lo, hi = self.xlim
        t = (x / 2 - lo / 2) / (hi / 2 - lo / 2)
        return min(self.columns - 1, max(0, int(t * self.columns)))

    def draw_axes(self) -> None:
        """Lines through the origin, or at the nearer edge."""
        x, y = (min(max(0.0, lo), hi) for lo, hi in (self.xlim, self.ylim))
        self.axes[:, self.column(x)] = "│"
        self.axes[self.row(y), :] = "─"
        self.axes[self.row(y), self.column(x)] = "┼"

    def draw(self, x: Array, y: Array, style: int) -> None:
        """A polyline of dots in the rhythm of its style."""
        (lo, hi), (low, high) = self.xlim, self.ylim
        across = (x / 2 - lo / 2) / (hi / 2 - lo / 2) * (self.columns * ACROSS - 1)
        down = (high - y) / (high - low) * (self.rows * UP - 1)
        along = np.append(0.0, np.cumsum(np.maximum(abs(np.diff(across)), abs(np.diff(down)))))
        steps = np.arange(0.0, along[-1] + 1)
        on, off = RHYTHMS[style]
        steps = steps[np.arange(steps.size) % (on + off) < on]
        columns = np.rint(np.interp(steps, along, across)).astype(int)
        rows = np.clip(np.rint(np.interp(steps, along, down)).astype(int), 0, self.rows * UP - 1)
        cells = rows // UP, columns // ACROSS
        np.bitwise_or.at(self.dots, cells, DOTS[rows % UP, columns % ACROSS])
        self.style[cells] = style

    def line(self, row: int, label: str, margin: int) -> Text:
        """One row of the picture with its label."""
        text = Text(label.rjust(margin - 1) + " ")
        for dots, style, axis in zip(self.dots[row], self.style[row], self.axes[row], strict=True):
            text.append(chr(BLANK + dots) if dots else axis, STYLES[style] if dots else "dim")
        text.rstrip()
        return text

    def below(self, margin: int) -> Text:
        """The labels of x under the picture."""
        ticks = decimal_ticks(*self.xlim, max(2, self.columns // 12))
        line = [" "] * (margin + self.columns)
        for at, label in zip(ticks.at, ticks.labels, strict=True):
            start = margin + self.column(at) - len(label) // 2
            start = max(0, min(start, len(line) - len(label)))
            line[start : start + len(label)] = label
        return Text(("".join(line) + f" {ticks.factor}").rstrip())
