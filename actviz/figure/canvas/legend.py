"""A legend: rows of a short line and the name of what is drawn like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.canvas import Canvas
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Dash

SAMPLE = 22.0  # points: the least length of a line in the legend
TO_NAME = 5.0  # points from there to its name


@dataclass(frozen=True)
class Entry:
    """A line of the legend: the line that is drawn, and what is written beside it.

    ring: the diameter of a circle that is drawn in place of a line; 0 for none.
    """

    name: str
    label: Label
    colour: str
    dash: Dash
    width: float
    ring: float = 0.0


def legend_rows(entries: list[Entry], width: float) -> list[list[Entry]]:
    """The entries in as few rows of equal columns as fit into the width."""
    for columns in range(len(entries), 0, -1):
        rows = [entries[i : i + columns] for i in range(0, len(entries), columns)]
        if columns == 1 or legend_size(rows)[0] <= width:
            return rows
    return []


def legend_height(rows: list[list[Entry]]) -> float:
    return legend_size(rows)[1]


def legend_size(rows: list[list[Entry]]) -> tuple[float, float]:
    return sum(_column_widths(rows)), len(rows) * _row_height(rows)


def _column_widths(rows: list[list[Entry]]) -> list[float]:
    columns = max(len(row) for row in rows)
    return [
        max(_sample(rows) + TO_NAME + row[i].label.extent[0] for row in rows if i < len(row))
        + (14 if i < columns - 1 else 0)
        for i in range(columns)
    ]


def _sample(rows: list[list[Entry]]) -> float:
    """How long all the lines are: so long that each shows its dash whole."""
    entries = [entry for row in rows for entry in row if entry.dash]
    whole = [entry.width * (sum(entry.dash) + entry.dash[0]) for entry in entries]
    return max([SAMPLE, *whole])


def _row_height(rows: list[list[Entry]]) -> float:
    return max(sum(entry.label.extent[1:]) for row in rows for entry in row) + 1.5


def draw_legend(canvas: Canvas, rows: list[list[Entry]], left: float, top: float) -> None:
    """Rows of a short line and a name, hanging from the top left corner given."""
    step, widths, sample = _row_height(rows), _column_widths(rows), _sample(rows)
    for i, row in enumerate(rows):
        x = left
        for entry, width in zip(row, widths, strict=False):
            middle = top - (i + 0.5) * step
            _draw_sample(canvas, entry, x, middle, sample)
            canvas.space.take_box(Box(x, middle - 1.5, x + sample, middle + 1.5))
            box = entry.label.box(x + sample + TO_NAME, middle, 0.0, 0.45)
            canvas.write(entry.label, box, f"name-{entry.name}")
            x += width


def _draw_sample(canvas: Canvas, entry: Entry, x: float, y: float, length: float) -> None:
    """What is drawn like the thing that has this name."""
    name = f"legend-{entry.name}"
    if entry.ring:
        centre = np.array([x + length / 2]), np.array([y])
        canvas.rings(*centre, entry.colour, entry.ring, on.CURVE, name, entry.width)
    else:
        ends = np.array([x, x + length]), np.array([y, y])
        canvas.line(*ends, entry.colour, entry.width, on.CURVE, name, entry.dash)
