"""From curves to a finished figure: which panels there are, where they stand, what they share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from actviz.figure.canvas.canvas import Drawing
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Theme
from actviz.figure.curves import annotate, naming
from actviz.figure.curves.panel import ARROW, AT_EDGE, TICK, Panel, Plan, axes_of, ticks_for
from actviz.figure.curves.title import AFTER_NAME, Line

SINGLE, CELL = (4.8, 3.2), (2.4, 1.9)  # inches
EDGE = 7.0  # points between the picture's edge and anything drawn
BETWEEN = 6.0  # points between title and plot area, and between panels


@dataclass(frozen=True)
class Sheet:
    """A whole figure before it is drawn: its title, and its panels row by row."""

    size: tuple[float, float]
    title: tuple[Line, ...]
    plans: tuple[Plan, ...]
    columns: int = 1
    strict_names: bool = False
    recolour: dict[str, str] = field(default_factory=dict)


def draw(sheet: Sheet, theme: Theme, options: Options) -> Picture:
    """Draw the sheet; where names find no room at their curves, again with a legend below."""
    picture = _drawn(sheet, theme, options, legend=False)
    return picture or _drawn(sheet, theme, options, legend=True)  # type: ignore[return-value]


def _drawn(sheet: Sheet, theme: Theme, options: Options, legend: bool) -> Picture | None:
    background = None if options.transparent else theme.background
    drawing = Drawing(options.size or sheet.size, options.dpi, background)
    drawing.picture.recolour = sheet.recolour if options.theme == "auto" else {}
    top = write_title(drawing, sheet.title)
    rows = _legend_rows(sheet, theme, drawing.width) if legend else []
    bottom = EDGE + (naming.legend_height(rows) + BETWEEN if rows else 0.0)
    panels = [
        Panel(plan, _equalled(plan, area) if options.equal else area, drawing, theme, options)
        for plan, area in zip(
            sheet.plans, _areas(sheet, drawing, theme, options, bottom, top), strict=True
        )
    ]
    guides = [_drawn_beside(panel) for panel in panels]
    if rows:
        naming.draw_legend(drawing, rows, panels[0].area.x0, bottom - BETWEEN)
    elif options.legend and not _named(sheet, panels):
        return None
    for panel, lines in zip(panels, guides, strict=True):
        write_heading(panel)
        annotate.label_points(panel)
        annotate.label_guides(panel, lines)
        annotate.label_zones(panel)
    return drawing.picture


def write_heading(panel: Panel) -> None:
    """The name of a panel of a grid, over its upper left corner."""
    heading, area = panel.plan.heading, panel.area
    if heading is not None:
        box = heading.box(area.x0 - 2, area.y1 + ARROW, 0.0, 0.0)
        panel.drawing.write(heading, box, "heading")


def _drawn_beside(panel: Panel) -> list[annotate.Guide]:
    """Draw everything of a panel but the names; returns the lines that may get a label."""
    annotate.draw_zones(panel)
    panel.draw_curves()
    lines = annotate.guides(panel)
    annotate.draw_guides(panel, lines)
    panel.draw()
    return lines


def _named(sheet: Sheet, panels: Sequence[Panel]) -> bool:
    """Name the curves of the panels that ask for it; False if there is no room."""
    for panel in panels[:1]:
        named = [trace for trace in panel.plan.traces if trace.named]
        if not named or naming.name_curves(panel, sheet.strict_names):
            continue
        entries = [naming.legend_entry(t, naming.label_of(panel, t)) for t in named]
        if not naming.legend_inside(panel, entries):
            return False
    return True


def _legend_rows(sheet: Sheet, theme: Theme, width: float) -> list[list[naming.Entry]]:
    entries = [
        naming.legend_entry(t, Label(t.label, theme.label_size, t.colour, theme.font, math=t.math))
        for t in sheet.plans[0].traces
        if t.named
    ]
    return naming.legend_rows(entries, width - 4 * EDGE)


def write_title(drawing: Drawing, lines: Sequence[Line]) -> float:
    """Write the title's lines from the top; returns how far down they reach."""
    top = drawing.height - EDGE
    for i, line in enumerate(lines, 1):
        baseline = top - max(label.extent[1] for label in line)
        left = EDGE + 3
        for j, label in enumerate(line, 1):
            width, above, below = label.extent
            box = Box(left, baseline - below, left + width, baseline + above)
            drawing.write(label, box, f"title-{i}-{j}")
            left += width + AFTER_NAME
        top = baseline - max(label.extent[2] for label in line) - 1
    return top - (BETWEEN if lines else 0.0)


def _areas(
    sheet: Sheet, drawing: Drawing, theme: Theme, options: Options, bottom: float, top: float
) -> list[Box]:
    """The plot area of each panel: equal boxes, with room around them for what hangs there."""
    rows = math.ceil(len(sheet.plans) / sheet.columns)
    cell_width = (drawing.width - 2 * EDGE) / sheet.columns
    cell_height = (top - bottom) / rows
    cell = Box(0, 0, cell_width, cell_height)
    around = [margins(plan, cell, theme, options) for plan in sheet.plans]
    left, below, right, above = (max(sides) for sides in zip(*around, strict=True))
    areas = []
    for i, plan in enumerate(sheet.plans):
        row, column = divmod(i, sheet.columns)
        x0 = EDGE + column * cell_width
        y1 = top - row * cell_height
        heading = sum(plan.heading.extent[1:]) + 2 if plan.heading else 0.0
        areas.append(
            Box(x0 + left, y1 - cell_height + below, x0 + cell_width - right, y1 - above - heading)
        )
    return areas


def _equalled(plan: Plan, area: Box) -> Box:
    """The part of the area in which a unit of x is as long as one of y."""
    (lo, hi), (ylo, yhi) = plan.xlim, plan.ylim
    unit = min(area.width / (hi - lo), area.height / (yhi - ylo))
    dx = (area.width - unit * (hi - lo)) / 2
    dy = (area.height - unit * (yhi - ylo)) / 2
    return Box(area.x0 + dx, area.y0 + dy, area.x1 - dx, area.y1 - dy)


def margins(
    plan: Plan, cell: Box, theme: Theme, options: Options
) -> tuple[float, float, float, float]:
    """What a panel needs around its plot area: left, below, right, above."""
    lo, hi = plan.xlim
    axes = axes_of(plan, options)
    boxed = axes == "box"
    inner = Box(30, 20, cell.x1 - 30, cell.y1 - ARROW - 12)
    _, yticks = ticks_for(plan, inner, theme, options)
    digits = [Label(text, theme.tick_size, "", theme.font) for text in yticks.labels]
    widest = max((label.extent[0] for label in digits), default=0.0) + TICK + 4
    xlabel = Label(plan.xlabel, theme.label_size, "", theme.font, math=True).extent[0]
    height = 2 * TICK + theme.tick_size * 1.17
    at_edge = axes in AT_EDGE
    at_left = at_edge or (axes == "origin" and lo >= 0)
    at_right = axes == "origin" and hi <= 0
    share = 0.0 if at_edge else _share_below(plan, options)
    below = max(1.0, height - share * inner.height)
    left = max(4.0, widest if at_left else 0.0)
    arrow = 0.0 if boxed else ARROW
    right = arrow + 3 + xlabel + (widest if at_right else 0.0)
    above = arrow + (sum(Label("f", theme.label_size, "", theme.font).extent[1:]) if boxed else 3.0)
    return left, below, right, above


def _share_below(plan: Plan, options: Options) -> float:
    """Which share of the plot area is below the x axis."""
    if options.axes == "center":
        return 0.5
    lo, hi = plan.ylim
    return float(min(1.0, max(0.0, -lo / (hi - lo))))
