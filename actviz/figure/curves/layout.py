"""From curves to a finished figure: which panels there are, where they stand, what they share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.errors import UsageError
from actviz.figure.canvas import legend
from actviz.figure.canvas.arrows import ARROW
from actviz.figure.canvas.axes import Axes, draw_axes
from actviz.figure.canvas.canvas import BETWEEN, EDGE, Canvas, begin
from actviz.figure.canvas.colours import Places
from actviz.figure.canvas.frame import AT_EDGE, Frame
from actviz.figure.canvas.guides import Guide, draw_guides
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import POINTS
from actviz.figure.canvas.scene import Size
from actviz.figure.canvas.space import Box, Space
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Theme
from actviz.figure.canvas.title import Line, write_title
from actviz.figure.curves import annotate, asymptotes, measured, naming, points
from actviz.figure.curves.traces import Panel, Plan, Trace, draw_traces, open_holes
from actviz.formula.arrays import Array

LEAST = 50.0, 36.0  # units: the least width and height of a plot area in which something is seen
OVER = 2.5  # points from the arrow to the name of a panel where a power of ten is beside it
LETTERS = 26  # panels that have one; more have numbers
MOST_CROSSED = 1 / 3  # of the numbers of an axis
SINGLE, CELL = (4.8, 3.2), (2.4, 1.9)  # inches
NOTED = (3.6, 2.6)  # inches: a cell in which there is room for notes


@dataclass(frozen=True)
class Sheet:
    """A whole figure before it is drawn: its title, and its panels row by row.

    coloured: the curves that have a colour by their name, and places, which that is; above: what
    stands over the panels; notes: what is to be noted.
    """

    size: Size
    title: tuple[Line, ...]
    plans: tuple[Plan, ...]
    columns: int = 1
    strict_names: bool = False
    coloured: tuple[Curve, ...] = ()
    places: Places | None = None
    above: str = "the title"
    notes: tuple[str, ...] = ()


def draw(sheet: Sheet, look: Theme, options: Options) -> list[Panel]:
    """Draw the sheet; where names find no room at their curves, again with a legend below.

    On a sheet that is too small for all the legend is left out, then the title, which is noted.
    The panels have the canvas, and the picture is on that.

    Raises UsageError for a sheet that is too small without them.
    """
    plans = (replace(p, frame=p.frame.named(options)) for p in sheet.plans)
    if options.letters and len(sheet.plans) > 1:
        plans = (_lettered(plan, i, look) for i, plan in enumerate(plans))
    sheet = replace(sheet, plans=tuple(plans))
    notes = [*sheet.notes]
    lack = lacks(sheet, look, options)
    if lack and not lack[0] and options.size is None:
        sheet = _higher(sheet, lack[1] * options.unit / POINTS)
    elif lack and sheet.title:
        sheet = replace(sheet, title=())
        notes.append(f"there is no room for {sheet.above}.")
    if lack := lacks(sheet, look, options):
        raise _too_small(sheet, options, lack)
    sheet = replace(sheet, plans=_with_rows(sheet, look, options))
    panels = _drawn(sheet, look, options, with_legend=False)
    if not panels:
        lack = lacks(sheet, look, options, with_legend=True)
        if lack and not lack[0] and options.size is None:
            sheet, lack = _higher(sheet, lack[1] * options.unit / POINTS), None
        if not lack:
            panels = _drawn(sheet, look, options, with_legend=True)
        else:
            notes.append("there is no room for the names of the curves.")
            panels = _drawn(sheet, look, replace(options, legend=False), with_legend=False)
    panels[0].canvas.picture.notes += dict.fromkeys([*notes, *_without_effect(panels, options)])
    return panels


def _lettered(plan: Plan, i: int, look: Theme) -> Plan:
    """The panel with (a), (b), ... before its name."""
    letter = f"({chr(ord('a') + i)})" if i < LETTERS else f"({i + 1})"
    empty = Label("", look.label_size, look.ink, look.font)
    heading = plan.frame.heading or empty
    text = f"{letter} {heading.text}".strip()
    return replace(plan, frame=replace(plan.frame, heading=replace(heading, text=text)))


def lacks(
    sheet: Sheet, look: Theme, options: Options, with_legend: bool = False
) -> tuple[float, float] | None:
    """How much wider and higher the sheet had to be for plot areas in which something is seen."""
    canvas = begin(sheet.size, options, look)
    top = write_title(canvas, sheet.title)
    rows = _legend_rows(sheet, canvas) if with_legend else []
    bottom = EDGE + (legend.legend_height(rows) + BETWEEN if rows else 0.0)
    areas = _areas(sheet, canvas, bottom, top)
    wide = LEAST[0] - min(area.width for area in areas)
    high = LEAST[1] - min(area.height for area in areas)
    if max(wide, high) <= 0:
        return None
    count = math.ceil(len(sheet.plans) / sheet.columns)
    return max(wide, 0.0) * sheet.columns, max(high, 0.0) * count


def _higher(sheet: Sheet, inches: float) -> Sheet:
    """The sheet, of which no size was asked for, with room for what is under its panels."""
    width, height = sheet.size
    return replace(sheet, size=(width, math.ceil(20 * (height + inches)) / 20))


def _too_small(sheet: Sheet, options: Options, lack: tuple[float, float]) -> UsageError:
    size = options.size or sheet.size
    inches = [
        math.ceil(10 * (length + more * options.unit / POINTS)) / 10
        for length, more in zip(size, lack, strict=True)
    ]
    return UsageError(
        f"{size[0]:g}x{size[1]:g} inches leave no room for the plot; "
        f"{inches[0]:g}x{inches[1]:g} would do."
    )


def _without_effect(panels: Sequence[Panel], options: Options) -> Iterator[str]:
    """What was asked for and is nowhere to be seen."""
    frames = [panel.axes.frame for panel in panels]
    xlim, ylims = frames[0].xlim, {frame.ylim for frame in frames}
    for level in options.hlines:
        if not any(lo <= level <= hi for lo, hi in ylims):
            lo, hi = min(lo for lo, _ in ylims), max(hi for _, hi in ylims)
            yield f"--hline {level:g} is not seen: y goes from {lo:.4g} to {hi:.4g}."
    for at in options.vlines:
        if not xlim[0] <= at <= xlim[1]:
            yield f"--vline {at:g} is not seen: x goes from {xlim[0]:g} to {xlim[1]:g}."
    yield from measured.unseen(panels)
    for panel in panels:
        for trace in panel.traces:
            if trace.told and not np.isfinite(trace.scan.y).any():
                yield f"{trace.told} has no value for x from {xlim[0]:g} to {xlim[1]:g}."
        yield from points.without_tangent(panel, options.marks)
        yield from annotate.unnoted(panel)
    if options.formula and not any(t.scan.order for panel in panels for t in panel.traces):
        yield "--formula is for derivatives, and there is none."
    if options.scale == "log" and any(
        np.any(trace.scan.y <= 0) for panel in panels for trace in panel.traces if trace.told
    ):
        yield "--scale log shows no value that is 0 or less, and there are some."
    if options.letters and len(panels) == 1:
        yield "--letters are for several panels, and there is one."
    if options.ylim is not None and not any(
        paths for panel in panels for paths in panel.lines.values()
    ):
        y = np.concatenate([t.scan.y for panel in panels for t in panel.traces])
        known = y[np.isfinite(y)]
        if known.size:
            yield (
                f"--ylim {options.ylim[0]:g}:{options.ylim[1]:g} shows no curve: "
                f"values go from {known.min():.4g} to {known.max():.4g}."
            )


def _with_rows(sheet: Sheet, look: Theme, options: Options) -> tuple[Plan, ...]:
    """The panels, with the rows of numbers at the edge that curves would cross too often."""
    canvas = begin(sheet.size, options, look, sheet.coloured, sheet.places)
    top = write_title(canvas, sheet.title)
    areas = _areas(sheet, canvas, EDGE, top)
    crossed = np.zeros((2, 2))
    with_points = measured.those_with(sheet.plans, options)
    for plan, area in zip(sheet.plans, areas, strict=True):
        axes = Axes(plan.frame, area, canvas)
        if axes.kind in AT_EDGE:
            return sheet.plans
        crossed = np.maximum(
            crossed, _crossed(axes, plan, any(plan is each for each in with_points))
        )
    apart_x, apart_y = (bool(n > MOST_CROSSED * of) for n, of in crossed)
    apart = apart_x, apart_y
    return tuple(replace(p, frame=replace(p.frame, apart=apart)) for p in sheet.plans)


def _crossed(axes: Axes, plan: Plan, points: bool) -> Array:
    """How many of the numbers of x and of y curves go through, and how many there are.

    points: whether measured ones are drawn, none of which a number may hide.
    """
    space = Space(axes.canvas.width, axes.canvas.height)
    lo, hi = axes.frame.ylim
    for trace in plan.traces:
        inside = (trace.scan.y >= lo) & (trace.scan.y <= hi)
        cuts = np.flatnonzero(np.diff(inside)) + 1
        x, y = axes.across(trace.scan.x), axes.up(np.where(inside, trace.scan.y, lo))
        for shown, *line in zip(*(np.split(each, cuts) for each in (inside, x, y)), strict=True):
            if shown[0]:
                space.take_line(*line)
    found = []
    for row, other in zip(axes.numbers, _lines(axes), strict=True):
        boxes = np.array([[box.x0, box.y0, box.x1, box.y1] for _, box in row]).reshape(-1, 4)
        through = Space(axes.canvas.width, axes.canvas.height)
        through.take_line(*other)
        struck = through.count(boxes).any() or (points and measured.meets(axes, boxes))
        found.append([len(row) if struck else np.count_nonzero(space.count(boxes)), len(row)])
    return np.array(found)


def _lines(axes: Axes) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """The axis that may go through numbers of x, and the one that may go through those of y."""
    (x, y), area = axes.origin, axes.area
    upright = np.array([x, x]), np.array([area.y0, area.y1])
    return upright, (np.array([area.x0, area.x1]), np.array([y, y]))


def _drawn(sheet: Sheet, look: Theme, options: Options, with_legend: bool) -> list[Panel]:
    canvas = begin(sheet.size, options, look, sheet.coloured, sheet.places)
    top = write_title(canvas, sheet.title)
    rows = _legend_rows(sheet, canvas) if with_legend else []
    bottom = EDGE + (legend.legend_height(rows) + BETWEEN if rows else 0.0)
    panels = []
    for plan, area in zip(sheet.plans, _areas(sheet, canvas, bottom, top), strict=True):
        equal = _equalled(plan.frame, area) if options.equal else area
        panels.append(Panel(Axes(plan.frame, equal, canvas), plan.traces))
    for panel in measured.panels_of(panels):
        with panel.axes.panel():
            measured.draw_measured(panel)
    guides = [_drawn_beside(panel) for panel in panels]
    if rows:
        legend.draw_legend(canvas, rows, panels[0].axes.area.x0, bottom - BETWEEN)
    elif options.legend and not _named(sheet, panels):
        return []
    for panel in panels:  # all before the notes of any, which may reach out of its own
        with panel.axes.panel():
            _write_heading(panel.axes)
    for panel, lines in zip(panels, guides, strict=True):
        with panel.axes.panel():
            points.label_marked(panel)
            annotate.label_points(panel)
            asymptotes.label_guides(panel, lines)
            annotate.label_zones(panel)
    return panels


def _write_heading(axes: Axes) -> None:
    """The name of a panel of a grid, over its upper left corner."""
    heading, area = axes.frame.heading, axes.area
    if heading is not None:
        name = axes.frame.label_y(axes.ticks[1], axes.look)
        over = OVER if name.text else 0.0
        above = (sum(name.extent[1:]) if axes.kind == "box" else ARROW) + over
        box = heading.box(area.x0 - 2, area.y1 + above, 0.0, 0.0)
        axes.canvas.write(heading, box, "heading")


def _drawn_beside(panel: Panel) -> list[Guide]:
    """Draw everything of a panel but the names; returns the lines that may get a label."""
    with panel.axes.panel():
        annotate.draw_zones(panel)
        draw_traces(panel)
        points.draw_marked(panel)
        lines = asymptotes.guides(panel)
        draw_guides(panel.axes, lines, panel.axes.look.faint)
        draw_axes(panel.axes)
        open_holes(panel)
    return lines


def _named(sheet: Sheet, panels: Sequence[Panel]) -> bool:
    """Name the curves of the panels that ask for it, and points; False if there is no room."""
    known: set[str] = set()
    first = measured.panels_of(panels)[:1]
    for panel in panels:
        named = [trace for trace in panel.traces if trace.named]
        new = {trace.label for trace in named} - known
        known |= new
        with panel.axes.panel():
            entries = measured.legend_entry(panel.canvas) if panel in first else []
            if new and not naming.name_curves(panel, sheet.strict_names):
                own = [naming.legend_entry(trace, panel.axes.look) for trace in named]
                entries = [*own, *entries]
            if entries and not naming.legend_inside(panel, entries):
                return False
    return True


def _legend_rows(sheet: Sheet, canvas: Canvas) -> list[list[legend.Entry]]:
    named: dict[str, Trace] = {}
    for trace in (trace for plan in sheet.plans for trace in plan.traces if trace.named):
        named.setdefault(trace.label, trace)
    entries = [naming.legend_entry(trace, canvas.look) for trace in named.values()]
    entries += measured.legend_entry(canvas)
    return legend.legend_rows(entries, canvas.width - 4 * EDGE)


def _areas(sheet: Sheet, canvas: Canvas, bottom: float, top: float) -> list[Box]:
    """The plot area of each panel: equal boxes, with room around them for what hangs there."""
    rows = math.ceil(len(sheet.plans) / sheet.columns)
    cell_width = (canvas.width - 2 * EDGE + BETWEEN) / sheet.columns - BETWEEN
    cell_height = (top - bottom) / rows
    cell = Box(0, 0, cell_width, cell_height)
    around = [plan.frame.margins(cell, canvas.look, canvas.options) for plan in sheet.plans]
    left, below, right, above = (max(sides) for sides in zip(*around, strict=True))
    headings = [0.0] * rows
    for i, plan in enumerate(sheet.plans):
        if plan.frame.heading:
            height = sum(plan.frame.heading.extent[1:]) + 2
            headings[i // sheet.columns] = max(headings[i // sheet.columns], height)
    areas = []
    for i in range(len(sheet.plans)):
        row, column = divmod(i, sheet.columns)
        x0 = EDGE + column * (cell_width + BETWEEN)
        y1 = top - row * cell_height
        heading = headings[row]
        areas.append(
            Box(x0 + left, y1 - cell_height + below, x0 + cell_width - right, y1 - above - heading)
        )
    return areas


def _equalled(frame: Frame, area: Box) -> Box:
    """The part of the area in which a unit of x is as long as one of y."""
    (lo, hi), (ylo, yhi) = frame.xlim, frame.ylim
    unit = min(area.width / (hi - lo), area.height / (yhi - ylo))
    dx = (area.width - unit * (hi - lo)) / 2
    dy = (area.height - unit * (yhi - ylo)) / 2
    return Box(area.x0 + dx, area.y0 + dy, area.x1 - dx, area.y1 - dy)
