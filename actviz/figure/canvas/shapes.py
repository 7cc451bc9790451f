"""What a picture is made of: lines, areas, round marks and texts.

All are placed in points from its lower left corner. They are told to a writer of SVG, to one of
TikZ, and to matplotlib's renderers, none of which knows of the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Dash
from actviz.formula.arrays import Array

EDGE_WIDTH = 1.2  # points: the width of the line around a round mark
SHARPEST = 20.0  # times the width of a line: how far a mitred corner may stick out
HALO = 3.0  # points: the width of the line around a text that lies over a curve


@dataclass(frozen=True, eq=False, kw_only=True)
class Shape:
    """What has a name, and lies over what is on lower layers.

    inside: the groups that it is in, the outer one first.
    """

    name: str
    layer: float
    inside: tuple[str, ...] = ()

    def scaled(self, by: float) -> Shape:
        """The same so many times as large."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Stroke(Shape):
    """Lines drawn as one; each path has rows x, y.

    width in points; dash: lengths of ink and gap in turn, in widths of the line, () for a solid
    one; rounded: whether corners are round, and not mitred; curved: whether every three rows after
    the first are a cubic, the two places that pull it and its end, and not the ends of lines.
    """

    paths: tuple[Array, ...]
    colour: str
    width: float
    dash: Dash = ()
    opacity: float = 1.0
    rounded: bool = False
    curved: bool = False

    def scaled(self, by: float) -> Stroke:
        paths = tuple(path * by for path in self.paths)
        return replace(self, paths=paths, width=self.width * by)


@dataclass(frozen=True, eq=False)
class Area(Shape):
    """What is inside closed outlines (rows x, y), filled as one, so that no seam shows."""

    outlines: tuple[Array, ...]
    colour: str
    opacity: float = 1.0

    def scaled(self, by: float) -> Area:
        return replace(self, outlines=tuple(outline * by for outline in self.outlines))


@dataclass(frozen=True, eq=False)
class Circles(Shape):
    """Round marks at the rows x, y of that diameter.

    face: the colour inside, "" for none; width: of the line around them, in points.
    """

    centres: Array
    edge: str
    face: str
    size: float
    width: float = EDGE_WIDTH

    def scaled(self, by: float) -> Circles:
        size, width = self.size * by, self.width * by
        return replace(self, centres=self.centres * by, size=size, width=width)


@dataclass(frozen=True, eq=False)
class Words(Shape):
    """A text whose baseline begins at x, y.

    halo: the colour around it where a curve gives way to it, "" for none, and how wide that is;
    anchor: the share of the text that is left of the place it belongs to; after: the name of the
    text that it stands behind on a line, "" for none.
    """

    label: Label
    x: float
    y: float
    halo: str = ""
    anchor: float = 0.0
    after: str = ""
    around: float = HALO

    def scaled(self, by: float) -> Words:
        label = replace(self.label, size=self.label.size * by)
        x, y, around = self.x * by, self.y * by, self.around * by
        return replace(self, label=label, x=x, y=y, around=around)
