"""A finished drawing: the shapes on a sheet, its size, and what is on it in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from actviz.figure.canvas.artists import artists
from actviz.figure.canvas.settings import Math
from actviz.figure.canvas.shapes import Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS = 72.0  # per inch
DECIMALS = 3  # of a point, where a picture is written as text
PAPER = "background"  # the name of the shape that is under all others


@dataclass(eq=False)
class Picture:
    """Shapes placed from the lower left corner of a sheet of that size in inches.

    unit: how many points a unit of their lengths is; text: whether an SVG has its texts as text.
    words: title and description, for readers who cannot see it.
    recolour: what an SVG's colours become on dark pages; empty if they stay as they are.
    notes: what whoever asked for it should know: what had no effect, or no room; asides: what is
    the same for all pictures of a look.
    math: what a style sheet says of mathematics.
    told: what an SVG tells of each group, so that anybody can hold the picture against the
    mathematics.
    """

    size: tuple[float, float]
    dpi: float
    unit: float = 1.0
    text: bool = False
    words: tuple[str, str] = ("", "")
    recolour: dict[str, str] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    asides: tuple[str, ...] = ()
    math: Math = ()

    def ordered(self, paper: bool = True) -> list[Shape]:
        """The shapes in points, from the bottom up: those of no panel, then panel by panel.

        paper: with the background.
        """
        panels = {name: i for i, name in enumerate(self.told)}

        def place(shape: Shape) -> tuple[int, float]:
            panel, *_ = (*shape.inside, "")
            return panels.get(panel, -1), shape.layer

        shown = sorted((s for s in self.shapes if paper or s.name != PAPER), key=place)
        return shown if self.unit == 1 else [each.scaled(self.unit) for each in shown]

    def to_figure(self) -> Figure:
        """A matplotlib Figure with the shapes as its artists.

        Its import costs as much as the whole drawing.
        """
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        made = Figure(figsize=self.size, dpi=self.dpi, facecolor="none")
        width, height = (length * POINTS for length in self.size)
        place = Affine2D().scale(1 / width, 1 / height) + made.transFigure
        for shape in self.ordered():
            for artist in artists(shape):
                artist.set_transform(place)
                artist.set_gid(shape.name)
                made.add_artist(artist)
        return made


def short(value: float) -> str:
    """A number of points as it is written, with at most three decimals.

    >>> short(1.0), short(-0.0001), short(2.34567)
    ('1', '0', '2.346')
    """
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
