"""Dotted lines across a plot area, and what is written at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from actviz.figure.canvas import canvas as on
from actviz.figure.canvas.axes import Axes
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Dash

DOTS: Dash = (1.2, 2.2)  # points
THIN = 0.9  # points: the width of the lines
NOTE = 0.85  # of the label size: what is written beside them


@dataclass(frozen=True)
class Guide:
    """A dotted line across a panel, in points, with what is written at it.

    sides: on which sides that is, 1 for above, or right of an upright one, -1 for the other.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    text: str
    name: str
    sides: tuple[int, ...] = (1, -1)


def draw_guides(axes: Axes, guides: Sequence[Guide], colour: str) -> None:
    """The lines, under the curves; texts will keep clear of them."""
    for guide in guides:
        x, y = np.array(guide.x), np.array(guide.y)
        axes.canvas.line(x, y, colour, THIN, on.FAINT, guide.name, DOTS)
        axes.canvas.space.take_line(x, y)


def label_guide(axes: Axes, guide: Guide, colour: str) -> None:
    """What the line is, beside it, where there is room; in the plot area of a plane."""
    look = axes.look
    label = Label(guide.text, look.label_size * NOTE, colour, look.font, math=True)
    inside = axes.area if axes.frame.plane else axes.canvas.outline
    boxes = [box for box in _along(label, guide) if inside.holds(box)]
    axes.put(label, boxes, f"name-{guide.name}", pad=1.0, alone=True)


def _along(label: Label, guide: Guide) -> Iterator[Box]:
    """Boxes beside a line, from its far end inwards, on its sides."""
    (x0, x1), (y0, y1) = guide.x, guide.y
    rising = (y1 > y0) - (y1 < y0)
    for t in np.linspace(0.95, 0.05, 19).tolist():
        x, y = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
        for side in guide.sides:
            if x0 == x1:
                yield label.box(x + 3 * side, y, (1 - side) / 2, 0.5)
            elif not rising:
                yield label.box(x, y + 2 * side, 0.5, (1 - side) / 2)
            else:
                left = side * rising
                yield label.box(x - 4 * left, y + 2 * side, (1 + left) / 2, (1 - side) / 2)
