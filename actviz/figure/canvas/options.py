"""What a user can ask of the look of a figure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from actviz.errors import UsageError, suggest
from actviz.figure.canvas.theme import THEMES

LAYOUTS = ("overlay", "grid", "stack")
AXES = ("origin", "center", "edge", "box")
TICKS = ("auto", "plain", "pi")
SCALES = ("linear", "log", "symlog")

SHORTEST_SIDE, LONGEST_SIDE = 1.0, 40.0  # inches
FEWEST_DOTS, MOST_DOTS = 30, 1200  # per inch


@dataclass(frozen=True)
class Options:
    """The look of a figure; every field has the command line's default.

    theme:      "light", "dark", "print" (black on white, told apart by dashes) or "auto" (an SVG
                that follows the reader's colour scheme; light in the other formats, and with a
                style that has colours)
    style:      a matplotlib style sheet whose colours, font and line widths replace the theme's
    size:       width and height in inches; None chooses by what is drawn
    dpi:        dots per inch of a PNG, and what sampling calls a pixel
    transparent: no background
    grid:       thin lines at the ticks
    title:      text in place of the formula; "" for no title
    formula:    the derivatives' formulas under the title
    legend:     whether curves are named at all
    annotate:   extrema, zeros and saturated zones
    saturation: |f'| below this is called saturated
    asymptotes: dotted lines that the curves tend to
    axes:       "origin", "center", "edge" or "box"; None is the origin, and the edge of a plane
    hlines, vlines: dotted reference lines
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
    size: tuple[float, float] | None = None
    dpi: int = 200
    transparent: bool = False
    grid: bool = False
    title: str | None = None
    formula: bool = False
    legend: bool = True
    annotate: bool = False
    saturation: float = 0.01
    asymptotes: bool = True
    axes: str | None = None
    hlines: tuple[float, ...] = ()
    vlines: tuple[float, ...] = ()
    ylim: tuple[float, float] | None = None
    scale: str | None = None
    equal: bool = False
    ticks: str = "auto"
    fixed: tuple[float, ...] | None = None
    vector: bool = False
    points: int = 10

    def __post_init__(self) -> None:
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
        for value in (*self.hlines, *self.vlines, *(self.fixed or ()), self.saturation):
            if not math.isfinite(value):
                raise UsageError(f"{value} is not a finite number.")
        if self.ylim is not None and not -math.inf < self.ylim[0] < self.ylim[1] < math.inf:
            raise UsageError(
                f"the limits of y, {self.ylim[0]:g}:{self.ylim[1]:g}, must be finite and ascend."
            )


def parse_size(text: str) -> tuple[float, float]:
    """Read WIDTHxHEIGHT in inches.

    >>> parse_size("6x4")
    (6.0, 4.0)
    """
    width, _, height = text.lower().partition("x")
    try:
        return float(width), float(height)
    except ValueError:
        raise UsageError(f"a size is WIDTHxHEIGHT in inches, such as 6x4, not {text!r}.") from None


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(
            f"unknown {what} {value!r}; it is one of {', '.join(allowed)}.{suggest(value, allowed)}"
        )


def _between(what: str, value: float, least: float, most: float, unit: str = "") -> None:
    if not least <= value <= most:
        raise UsageError(f"{what} {value:g} is not between {least:g} and {most:g}{unit}.")
