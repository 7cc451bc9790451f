"""Shapes as artists of matplotlib, for whoever goes on with a picture there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from actviz.figure.canvas.shapes import Area, Circles, Shape, Stroke, Words
from actviz.figure.canvas.strokes import dashed, parts
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
            for paths, dash in dashed(shape):
                yield PathPatch(
                    path_of(paths, curved=shape.curved), fill=False, edgecolor=shape.colour,
                    linewidth=shape.width, alpha=shape.opacity, capstyle="butt",
                    linestyle=(0, [each / shape.width for each in dash]) if dash else "-",
                    joinstyle="round" if shape.rounded or shape.dash else "miter",
                )  # fmt: skip
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


def path_of(lines: Sequence[Array], closed: bool = False, curved: bool = False) -> Path:
    """Lines, closed outlines, or cubics, as one path."""
    from matplotlib.path import Path

    if curved:
        return _curved(lines)
    codes = [np.full(len(line), Path.LINETO, dtype=Path.code_type) for line in lines]
    for each in codes:
        each[0] = Path.MOVETO
        if closed:
            each[-1] = Path.CLOSEPOLY
    return Path(np.concatenate(lines), np.concatenate(codes))


def _curved(lines: Sequence[Array]) -> Path:
    from matplotlib.path import Path

    kinds = {1: [Path.LINETO], 3: [Path.CURVE4] * 3}
    places, codes = list[Array](), list[Any]()
    for line in lines:
        places.append(line[0])
        codes.append(Path.MOVETO)
        for part in parts(line):
            places += part
            codes += kinds[len(part)]
    return Path(np.array(places), np.array(codes, dtype=Path.code_type))
