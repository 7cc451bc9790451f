"""A finished drawing: matplotlib's artists, the size of the sheet, and what is on it in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matplotlib.artist import Artist
from matplotlib.transforms import Affine2D

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS = 72.0  # per inch
PAPER = "background"  # the name of the artist that is under all others


@dataclass(eq=False)
class Picture:
    """Artists placed in points from the lower left corner of a sheet of that size in inches.

    words: title and description, for readers who cannot see it.
    recolour: what an SVG's colours become on dark pages; empty if they stay as they are.
    inside: the groups that an artist is in, the outer one first; told: what an SVG tells of each,
    so that anybody can hold the picture against the mathematics.

    A renderer of matplotlib draws the artists as they are. A matplotlib Figure, whose import costs
    as much as the whole drawing, is made of them only if it is asked for.
    """

    size: tuple[float, float]
    dpi: float
    words: tuple[str, str] = ("", "")
    recolour: dict[str, str] = field(default_factory=dict)
    artists: list[Artist] = field(default_factory=list)
    place: Affine2D = field(default_factory=Affine2D)
    inside: dict[Artist, tuple[str, ...]] = field(default_factory=dict)
    told: dict[str, dict[str, str]] = field(default_factory=dict)

    def ordered(self) -> list[Artist]:
        """The artists from the bottom up: those of no panel, then panel by panel."""
        panels = {name: i for i, name in enumerate(self.told)}

        def place(artist: Artist) -> tuple[int, float]:
            panel, *_ = self.inside.get(artist, ("",))
            return panels.get(panel, -1), artist.get_zorder()

        return sorted(self.artists, key=place)

    def scale(self, dpi: float) -> None:
        """Let the artists be drawn with that many units to an inch."""
        self.place.clear().scale(dpi / POINTS)

    def to_figure(self) -> Figure:
        """A matplotlib Figure with the artists, which belong to it from then on."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=self.size, dpi=self.dpi, facecolor="none")
        scale = Affine2D().scale(1 / (self.size[0] * POINTS), 1 / (self.size[1] * POINTS))
        for artist in self.artists:
            if artist.get_figure() is not None:
                artist.remove()
            artist.set_transform(scale + figure.transFigure)
            figure.add_artist(artist)
        return figure
