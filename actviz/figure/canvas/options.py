"""What a user can ask of the look of a figure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from actviz.errors import UsageError, suggest
from actviz.figure.canvas.styles import TYPE, Style, read_style
from actviz.figure.canvas.theme import LIGHT, THEMES, Theme, on_dark_pages
from actviz.recorded import Recording

LAYOUTS = ("overlay", "grid", "stack")
AXES = ("origin", "center", "edge", "box")
TICKS = ("auto", "plain", "pi")
SCALES = ("linear", "log", "symlog")

SMALLEST_TYPE, LARGEST_TYPE = 3.0, 72.0  # points
UNITS = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72}  # inches


class Preset(NamedTuple):
    """What a place asks of a figure: inches, points of type and curves, whether it has a title."""

    size: tuple[float, float]
    type: float
    line: float
    title: bool = True


PRESETS = {
    "column": Preset((3.25, 2.2), 8.0, 1.0, title=False),
    "page": Preset((6.0, 4.0), 10.0, 1.6),
    "slide": Preset((10.0, 5.6), 20.0, 3.5),
    "web": Preset((7.5, 5.0), 12.0, 2.2),
}

SHORTEST_SIDE, LONGEST_SIDE = 1.0, 40.0  # inches
FEWEST_DOTS, MOST_DOTS = 30, 1200  # per inch


@dataclass(frozen=True)
class Options:
    """The look of a figure; every field has the command line's default.

    theme:      "light", "dark", "print" (black on white, told apart by dashes) or "auto" (an SVG
                that follows the reader's colour scheme; light in the other formats, and with a
                style that has colours)
    style:      a matplotlib style sheet, a file or the name of one of matplotlib's, whose colours,
                fonts, mathematics, type size, grid and line width replace the theme's
    preset:     "column", "page", "slide" or "web": a size, and type and lines that suit it
    size:       width and height in inches; None chooses by what is drawn
    font:       the family of numbers and names; what it lacks is taken from DejaVu Sans
    font_size:  of type, in points; everything else grows and shrinks with it
    dpi:        dots per inch of a PNG, and what sampling calls a pixel
    transparent: no background
    svg_text:   whether an SVG has its texts as text, and not as outlines
    grid:       thin lines at the ticks
    title:      text in place of the formula; "" for no title
    xlabel, ylabel: names of the axes in place of x and f(x); like a title they may have
                mathematics between dollar signs
    formula:    the derivatives' formulas under the title
    legend:     whether curves are named at all
    annotate:   extrema, zeros, slopes of straight parts and saturated zones
    saturation: |f'| below this is called saturated
    asymptotes: dotted lines that the curves tend to
    axes:       "origin", "center", "edge" or "box"; None is the origin, and the edge of a plane
    hlines, vlines: dotted reference lines
    marks:      x at which a curve has its point and its tangent drawn, with both numbers
    data:       points that somebody has measured, drawn over the curves as circles
    letters:    whether the panels of a figure are called (a), (b), ...
    ylim:       limits of y; None chooses from what is on show
    scale:      of y: "linear", "log" or "symlog"; None is linear, and symlog of differences that
                could not be told from 0 otherwise
    equal:      the same unit on both axes
    ticks:      "auto", "plain" (1, 2, 5 steps) or "pi"
    fixed:      the other logits of a vector function; None for 0 and 1
    vector:     treat the range as one vector of that many `points`

    Raises UsageError for a value that cannot be met.
    """

    theme: str = "light"
    style: Path | None = None
    preset: str | None = None
    size: tuple[float, float] | None = None
    font: str | None = None
    font_size: float | None = None
    dpi: int = 200
    transparent: bool = False
    svg_text: bool = False
    grid: bool = False
    title: str | None = None
    xlabel: str | None = None
    ylabel: str | None = None
    formula: bool = False
    legend: bool = True
    annotate: bool = False
    saturation: float = 0.01
    asymptotes: bool = True
    axes: str | None = None
    hlines: tuple[float, ...] = ()
    vlines: tuple[float, ...] = ()
    marks: tuple[float, ...] = ()
    data: Recording | None = None
    letters: bool = False
    ylim: tuple[float, float] | None = None
    scale: str | None = None
    equal: bool = False
    ticks: str = "auto"
    fixed: tuple[float, ...] | None = None
    vector: bool = False
    points: int = 10

    def __post_init__(self) -> None:
        if self.preset is not None:
            _one_of("preset", self.preset, tuple(PRESETS))
            self._fill(PRESETS[self.preset])
        if self.style is not None:
            self._follow(read_style(self.style))
        if self.font is not None:
            from actviz.figure.canvas.typeset import refuse_unknown_font

            refuse_unknown_font(self.font)
        if self.font_size is not None:
            _between("font size", self.font_size, SMALLEST_TYPE, LARGEST_TYPE, " points")
        _one_of("theme", self.theme, tuple(THEMES))
        _one_of("axes", self.axes or "origin", AXES)
        _one_of("ticks", self.ticks, TICKS)
        _one_of("scale", self.scale or "linear", SCALES)
        if self.equal and (self.scale or "linear") != "linear":
            raise UsageError(f"--equal needs a linear scale, not {self.scale}.")
        for length in self.size or ():
            _between("size", length, SHORTEST_SIDE, LONGEST_SIDE, " inches")
        _between("dpi", self.dpi, FEWEST_DOTS, MOST_DOTS)
        _between("points", self.points, 2, 1000)
        for value in (
            *self.hlines,
            *self.vlines,
            *self.marks,
            *(self.fixed or ()),
            self.saturation,
        ):
            if not math.isfinite(value):
                raise UsageError(f"{value} is not a finite number.")
        if self.ylim is not None and not -math.inf < self.ylim[0] < self.ylim[1] < math.inf:
            raise UsageError(
                f"the limits of y, {self.ylim[0]:g}:{self.ylim[1]:g}, must be finite and ascend."
            )

    def _fill(self, preset: Preset) -> None:
        """Take what was not asked for from a preset."""
        given: dict[str, object] = {"size": preset.size, "font_size": preset.type}
        if not preset.title:
            given["title"] = ""
        for field, value in given.items():
            if getattr(self, field) is None:
                object.__setattr__(self, field, value)

    def _follow(self, style: Style) -> None:
        """Take what was not asked for from a style sheet."""
        if self.font_size is None and style.font_size is not None:
            object.__setattr__(self, "font_size", style.font_size)
        if style.grid:
            object.__setattr__(self, "grid", True)

    @property
    def unit(self) -> float:
        """How many points a unit of the drawing is: all lengths in it suit type of ten."""
        return (self.font_size or TYPE) / TYPE

    @cached_property
    def look(self) -> Theme:
        """The colours, lines and fonts of the theme, the style, the preset and the font."""
        look = THEMES[self.theme]
        if self.style is not None:
            look = self._styled(read_style(self.style), look)
        if self.preset is not None:
            look = replace(look, line_width=PRESETS[self.preset].line / self.unit)
        return look if self.font is None else replace(look, font=(self.font, *look.font))

    def _styled(self, style: Style, theme: Theme) -> Theme:
        """The theme as the style has it; it is noted if nothing of the theme is left."""
        look = style.applied(theme)
        lost = not on_dark_pages(look) if self.theme == "auto" else look == style.applied(LIGHT)
        if self.theme == "light" or not lost:
            return look
        note = f"--theme {self.theme} changes nothing: --style {style.name} has its own colours."
        return replace(look, unfollowed=(*look.unfollowed, note))


def parse_size(text: str) -> tuple[float, float]:
    """Read WIDTHxHEIGHT in inches, or in the unit that follows.

    >>> parse_size("6x4"), parse_size("127x63.5mm")
    ((6.0, 4.0), (5.0, 2.5))
    """
    width, _, height = text.lower().replace(" ", "").partition("x")
    unit = next((each for each in UNITS if height.endswith(each)), "")
    width, height = (side.removesuffix(unit) for side in (width, height))
    try:
        inches = float(width) * UNITS.get(unit, 1.0), float(height) * UNITS.get(unit, 1.0)
    except ValueError:
        raise UsageError(
            f"a size is WIDTHxHEIGHT in inches, such as 6x4, or 15x10cm, not {text!r}."
        ) from None
    return round(inches[0], 9), round(inches[1], 9)


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(
            f"unknown {what} {value!r}; it is one of {', '.join(allowed)}.{suggest(value, allowed)}"
        )


def _between(what: str, value: float, least: float, most: float, unit: str = "") -> None:
    if not least <= value <= most:
        raise UsageError(f"{what} {value:g} is not between {least:g} and {most:g}{unit}.")
