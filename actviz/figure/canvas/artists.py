"""Shapes as artists of matplotlib, for whoever goes on with a picture there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from actviz.figure.canvas.shapes import Area, Circles, Shape, Stroke, Words
from actviz.formula.arrays import Array

if TYPE_CHECKING:
    from matplotlib.path import Path


def artists(shape: Shape) -> Iterator[Any]:
    """The artists of a shape, in points from the lower left corner."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import PathPatch
    from matplotlib.patheffects import withStroke
    from matplotlib.text import Text

    match shape:
        case Stroke():
            patch = PathPatch(
                path_of(shape.paths), fill=False, edgecolor=shape.colour, linewidth=shape.width,
                alpha=shape.opacity, capstyle="butt",
                linestyle=(0, shape.dash) if shape.dash else "-",
                joinstyle="round" if shape.rounded or shape.dash else "miter",
            )  # fmt: skip
            yield patch
        case Area():
            outline = path_of(shape.outlines, closed=True)
            yield PathPatch(
                outline, facecolor=shape.colour, edgecolor="none", linewidth=0, alpha=shape.opacity
            )
        case Circles():
            x, y = shape.centres.T
            yield Line2D(
                x, y, color=shape.edge, linestyle="None", marker="o", markersize=shape.size,
                markerfacecolor=shape.face or "none", markeredgewidth=shape.width,
            )  # fmt: skip
        case Words(label=label):
            text = Text(
                shape.x, shape.y, label.shown, color=label.colour, fontsize=label.type_size,
                fontfamily=list(label.faces), parse_math=label.parsed, usetex=False,
                horizontalalignment="left", verticalalignment="baseline",
                rotation=90 if label.upright else 0, rotation_mode="anchor",
            )  # fmt: skip
            if shape.halo:
                text.set_path_effects([withStroke(linewidth=shape.around, foreground=shape.halo)])
            yield text


def path_of(parts: Sequence[Array], closed: bool = False) -> Path:
    """Lines, or closed outlines, as one path."""
    from matplotlib.path import Path

    codes = [np.full(len(part), Path.LINETO, dtype=Path.code_type) for part in parts]
    for each in codes:
        each[0] = Path.MOVETO
        if closed:
            each[-1] = Path.CLOSEPOLY
    return Path(np.concatenate(parts), np.concatenate(codes))
