"""Two axes with arrowheads."""

from __future__ import annotations

import math

from actviz.figure.canvas.canvas import AXIS, Canvas
from actviz.figure.canvas.space import Box

ARROW = 12.0  # points an axis runs on beyond what is on show
HEAD = (6.5, 2.4)  # length and half width of an arrowhead
TICK = 2.5  # half the length of a tick
LINE = 0.8  # points: the width of an axis and of a tick


def draw_arrows(
    canvas: Canvas,
    area: Box,
    origin: tuple[float, float],
    gap: tuple[float, float] | None = None,
) -> tuple[Box, Box]:
    """The axes of a plot area through a point; returns the boxes of their arrowheads.

    gap: from where to where the vertical one is broken.
    """
    (x, y), (length, half), colour = origin, HEAD, canvas.look.axis
    right, top = area.x1 + ARROW, area.y1 + ARROW
    upwards = [area.y0, *((gap[0], math.nan, gap[1]) if gap else ()), top - length / 2]
    canvas.line([area.x0, right - length / 2], [y, y], colour, LINE, AXIS, "axis-x")
    canvas.line([x] * len(upwards), upwards, colour, LINE, AXIS, "axis-y")
    heads = (
        ("arrow-x", [(right, y), (right - length, y + half), (right - length, y - half)]),
        ("arrow-y", [(x, top), (x - half, top - length), (x + half, top - length)]),
    )
    for name, corners in heads:
        canvas.fill(corners, colour, AXIS, name)
    return (
        Box(right - length, y - half, right, y + half),
        Box(x - half, top - length, x + half, top),
    )
