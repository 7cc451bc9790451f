"""The picture of the vanishing gradient: sizes of products of derivatives, over the depth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from actviz.errors import UsageError
from actviz.figure.canvas import canvas as on
from actviz.figure.canvas import legend, theme
from actviz.figure.canvas.arrows import ARROW, HEAD, TICK
from actviz.figure.canvas.called import called, unnamed
from actviz.figure.canvas.canvas import BETWEEN, EDGE, GAP, Canvas, begin
from actviz.figure.canvas.colours import Places, colours_of, places_of
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.sentences import listed
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Dash, Theme
from actviz.figure.canvas.ticks import number
from actviz.figure.canvas.title import write_heading
from actviz.figure.charts.decades import ROW, Decades, draw_axes, draw_tick_lines, draw_ticks, power
from actviz.properties import Depth, depth

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve


SIZE = (6.8, 3.8)  # inches
THIN = 0.45  # of the width of a line: that of the root mean square
OPACITY = 0.16  # of the shade between the quartiles
BAR = 2.3  # half the width of that shade where it is a bar
HEADROOM = 0.04  # of the scale that is free at its upper end
ROUNDING = 1e-9  # of a power of ten
LOWEST = -300  # the power of ten below which a size is drawn as 0
MOST_TOLD = 8  # depths whose medians are told in words
# What the two coordinate systems show, and how that is said where there is little room.
PRODUCT, SHORT = (
    r"|f′(z_1)\,\cdots\,f′(z_n)|",
    r"|f′\,\cdots\,f′\,|",
)
PANELS = ((PRODUCT, SHORT), (rf"g^n\,{PRODUCT}", rf"g^n\,{SHORT}"))
TITLE = "The product of n derivatives, each at its own z ~ N(0,\N{NO-BREAK SPACE}1)"
CAPTION = (
    "Median (thick) with quartiles (shade), root mean square (thin). Right: with gain, "
    "g² E\N{NO-BREAK SPACE}f(z)² =\N{NO-BREAK SPACE}1."
)


@dataclass(frozen=True)
class Series:
    """A curve with the sizes of its products without and with the gain, and how it is drawn.

    zeros: the share of paths that one layer ends.
    """

    curve: Curve
    without: tuple[Depth, ...]
    gained: tuple[Depth, ...]
    zeros: float
    colour: str
    dash: Dash

    @property
    def labels(self) -> tuple[str, str]:
        """The name and the gain; with how many paths end, and without it."""
        name = self.curve.label if unnamed(self.curve) else called(self.curve).inline
        gain = f"{name}, g = {number(self.gained[0].gain)}"
        return f"{gain}, {self.ending} of paths end per layer" if self.zeros else gain, gain

    @property
    def ending(self) -> str:
        """The share of paths that one layer ends."""
        return f"{number(100 * self.zeros, 2)} %"


def vanishing(
    curves: Sequence[Curve],
    depths: Sequence[int],
    seed: int = 0,
    options: Options | None = None,
    places: Places | None = None,
) -> Picture:
    """The size of the product of the derivatives through so many layers, without and with gain.

    Of the options count the theme, style, size, dpi, title, legend, grid and transparency. places:
    the colours and dashes of the functions beside other figures.

    Raises UsageError for more curves than can be told apart, and what properties.depth refuses.

    >>> from actviz.catalogue.curve import parse_curves
    >>> vanishing(parse_curves(["sigmoid", "relu"]), [1, 5]).words[0]
    'The product of up to 5 derivatives of sigmoid and relu'
    """
    options = options or Options()
    if len(curves) > theme.MOST_CURVES:
        raise UsageError(
            f"{len(curves)} curves cannot be told apart in one picture (the most is "
            f"{theme.MOST_CURVES})."
        )
    look = options.look
    depths = sorted(set(depths))
    places = places or places_of([curves])
    drawn = colours_of(curves, look, places), [places.dash(curve) for curve in curves]
    series = _series(curves, depths, seed, drawn)
    with settings(look.math), np.errstate(all="ignore"):
        canvas = begin(SIZE, options, look, curves, places)
        _Chart(series, canvas).draw()
    canvas.picture.words = _words(series, depths)
    return canvas.picture


def _series(
    curves: Sequence[Curve],
    depths: Sequence[int],
    seed: int,
    drawn: tuple[Sequence[str], Sequence[int]],
) -> tuple[Series, ...]:
    """What is to be drawn; drawn: the colours and the dashes."""
    found = []
    for curve, colour, place in zip(curves, *drawn, strict=True):
        first, *rows = depth(curve.activation, [1, *depths], seed)
        without, gained = rows[: len(depths)], rows[len(depths) + 1 :]
        dash = theme.CURVE_DASHES[place]
        found.append(Series(curve, tuple(without), tuple(gained), first.zeros, colour, dash))
    return tuple(found)


# -- the drawing


@dataclass
class _Chart:
    """Two coordinate systems side by side with one scale: without and with the gain."""

    series: tuple[Series, ...]
    canvas: Canvas
    decades: Decades = field(init=False)

    @property
    def look(self) -> Theme:
        return self.canvas.look

    def draw(self) -> None:
        self.decades = choose_decades([row for each in self.series for row in _rows(each)])
        title = self.canvas.options.title
        top = write_heading(self.canvas, TITLE if title is None else title, CAPTION)
        bottom = self._draw_legend()
        first, second = self._areas(bottom, top)
        ticks = self.decades.labels(first, self._zero_label())
        rows = draw_ticks(self.canvas, first, self.decades, ticks)
        lines = [(second.x0 - TICK, y, second.x0, y) for y in rows]
        draw_tick_lines(self.canvas, lines)
        for i, area in enumerate((first, second)):
            self._draw_panel(area, PANELS[i], rows)
            for j, each in enumerate(self.series):
                self._draw_series(area, each, (each.without, each.gained)[i], f"{i}-{j}", j)

    def _draw_legend(self) -> float:
        """The names of the curves at the bottom; returns how far up they reach."""
        if not self.canvas.options.legend:
            return EDGE
        width = self.canvas.width - 4 * EDGE
        entries = [
            legend.Entry(
                str(i), self._name(each, width), each.colour, each.dash, self.look.line_width
            )
            for i, each in enumerate(self.series)
        ]
        rows = legend.legend_rows(entries, width)
        top = EDGE + legend.legend_height(rows)
        legend.draw_legend(self.canvas, rows, 2 * EDGE, top)
        return top + BETWEEN

    def _name(self, series: Series, width: float) -> Label:
        """What the legend calls a curve, shortened if it must be."""
        full, short = (
            replace(self.canvas.label(text, self.look.label_size), colour=series.colour)
            for text in series.labels
        )
        return full if legend.SAMPLE + legend.TO_NAME + full.extent[0] <= width else short

    def _areas(self, bottom: float, top: float) -> tuple[Box, Box]:
        """The two plot areas, with room for the ticks, the arrows and what is written there."""
        tick = self.look.tick_size
        texts = [power(p) for p in (self.decades.low, self.decades.high)]
        widest = max(self.canvas.label(t, tick).extent[0] for t in (*texts, self._zero_label()))
        below = bottom + 2 * TICK + sum(self.canvas.label("1", tick).extent[1:])
        beyond = ARROW + 5 + self.canvas.label("n", self.look.label_size, math=True).extent[0]
        left = EDGE + widest + TICK + 4
        width = (self.canvas.width - EDGE - left - 2 * beyond - 2 * BETWEEN) / 2
        right = left + width + beyond + 2 * BETWEEN
        return tuple(Box(x, below, x + width, top - ARROW) for x in (left, right))  # type: ignore[return-value]

    def _draw_panel(self, area: Box, names: Sequence[str], rows: Sequence[float]) -> None:
        """Axes, the ticks of n, and what the axes show; rows: where the grid has lines."""
        size = self.look.label_size
        draw_axes(self.canvas, area, self.decades.zero)
        for y in rows if self.canvas.options.grid else ():
            self.canvas.line([area.x0, area.x1], [y, y], self.look.grid, 0.5, on.GRID, "grid")
        n = self.canvas.label("n", size, math=True)
        self.canvas.write(n, n.box(area.x1 + ARROW + 3, area.y0, 0.0, 0.5), "label-x")
        for name in names:
            label = self.canvas.label(name, size, math=True)
            box = label.box(area.x0 + HEAD[1] + 4, area.y1 + ARROW + 2, 0.0, 1.0)
            if box.x1 <= area.x1 + ARROW:
                self.canvas.write(label, box, "label-y")
                break
        self._draw_x_ticks(area)

    def _across(self, area: Box, depths: Sequence[int]) -> list[float]:
        deepest = self.series[0].without[-1].depth
        return [area.x0 + n / deepest * area.width for n in depths]

    def _draw_x_ticks(self, area: Box) -> None:
        """A tick at each depth, labelled where there is room; the deepest first."""
        depths = [row.depth for row in reversed(self.series[0].without)]
        bottom, ticks = area.y0 - TICK, []
        for n, x in zip(depths, self._across(area, depths), strict=True):
            label = self.canvas.label(str(n), self.look.tick_size)
            box = label.box(x, bottom - 1.5, 0.5, 1.0)
            if self.canvas.space.is_free(box, GAP):
                self.canvas.write(label, box, "tick-x")
            ticks.append((x, bottom, x, area.y0))
        draw_tick_lines(self.canvas, ticks)

    def _draw_series(
        self, area: Box, series: Series, rows: Sequence[Depth], name: str, place: int
    ) -> None:
        """The quartiles, the root mean square, and the median with a dot for each depth."""
        x = self._across(area, [0, *(row.depth for row in rows)])
        lower, median, upper, whole = (
            self.decades.up(area, np.array([1.0, *sizes])).tolist()
            for sizes in zip(*(_sizes(row) for row in rows), strict=True)
        )
        line, layer, colour = self.look.line_width, on.CURVE + place / 100, series.colour
        for shape in self._shades(x, lower, upper, area.y0 + ROW):
            self.canvas.fill(shape, colour, on.ZONE, f"zone-quartiles-{name}", OPACITY)
        thin = THIN * line
        self.canvas.line(x, whole, colour, thin, layer, f"rms-{name}", series.dash)
        self.canvas.line(x, median, colour, line, layer, f"median-{name}", series.dash)
        self.canvas.circles(x[1:], median[1:], colour, colour, on.DOT, f"depths-{name}")

    def _shades(
        self, x: Sequence[float], lower: Sequence[float], upper: Sequence[float], zero: float
    ) -> list[list[tuple[float, float]]]:
        """A band between the quartiles as far as both are on the scale; then a bar at each depth.

        There is no path down to 0 on a logarithmic scale that a band could follow.
        """
        on_scale = [not (self.decades.zero and low <= zero) for low in lower]
        count = on_scale.index(False) if False in on_scale else len(x)
        band = [*zip(x[:count], upper[:count], strict=True)]
        band += [*zip(x[:count], lower[:count], strict=True)][::-1]
        bars = [*zip(x[count:], lower[count:], upper[count:], strict=True)]
        return [band] * (count > 1) + [
            [(at - BAR, low), (at - BAR, high), (at + BAR, high), (at + BAR, low)]
            for at, low, high in bars
            if low < high
        ]

    def _zero_label(self) -> str:
        """What the lowest row is: 0, or small sizes as well."""
        small = any(
            (row.q25 == 0 and row.zeros < 0.25) or 0 < size < 10.0**LOWEST
            for each in self.series
            for row in _rows(each)
            for size in _sizes(row)
        )
        return f"<{power(LOWEST)}" if small else "0"


def _rows(series: Series) -> Iterator[Depth]:
    yield from series.without
    yield from series.gained


def _sizes(row: Depth) -> tuple[float, float, float, float]:
    return row.q25, row.median, row.q75, row.rms


def choose_decades(rows: Sequence[Depth]) -> Decades:
    """All sizes, with rows for 0 and infinity if there are such."""
    sizes = np.array([size for row in rows for size in _sizes(row)])
    drawn = sizes[np.isfinite(sizes) & (sizes >= 10.0**LOWEST)]
    powers = np.log10([1.0, *drawn.tolist()])
    low, high = math.floor(powers.min() + ROUNDING), math.ceil(powers.max() - ROUNDING)
    low = min(low, high - 1)
    high += bool(powers.max() > high - HEADROOM * (high - low))
    return Decades(low, high, bool((sizes < 10.0**LOWEST).any()), bool(np.isinf(sizes).any()))


# -- in words


def _words(series: Sequence[Series], depths: Sequence[int]) -> tuple[str, str]:
    """Title and description for readers who cannot see the picture."""
    names = listed([each.curve.label for each in series])
    title = f"The product of up to {depths[-1]} derivatives of {names}"
    how = (
        "The size of the product of n derivatives, each at its own z ~ N(0, 1), on a logarithmic "
        "scale over n, without a gain and with the gain of every layer."
    )
    return title, " ".join([how, *(_told(each) for each in series)])


def _told(series: Series) -> str:
    """The numbers of a curve."""
    ends = f" {series.ending} of paths end in each layer." if series.zeros else ""
    gain = number(series.gained[0].gain)
    return (
        f"{series.curve.label} without gain: {_told_half(series.without)} "
        f"With a gain of {gain}: {_told_half(series.gained)}{ends}"
    )


def _told_half(rows: Sequence[Depth]) -> str:
    told, last = rows if len(rows) <= MOST_TOLD else rows[-1:], rows[-1]
    medians = listed([number(row.median) for row in told])
    places = listed([str(row.depth) for row in told])
    ends = [number(size, 2) for size in (last.q25, last.q75)]
    return (
        f"median {medians} at n = {places}; quartiles {ends[0]} and {ends[1]}, root mean square "
        f"{number(last.rms)} at n = {last.depth}."
    )
