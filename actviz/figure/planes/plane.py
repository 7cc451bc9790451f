"""The figures of functions of two variables: contours of one and its derivatives, or of several."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.catalogue.kind import described, refusal
from actviz.errors import UsageError
from actviz.figure.canvas import canvas as on
from actviz.figure.canvas import theme
from actviz.figure.canvas.canvas import Drawing
from actviz.figure.canvas.options import Options
from actviz.figure.canvas.picture import POINTS, Picture
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.space import Box
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import MINUS, number
from actviz.figure.curves.annotate import DOTS, NOTE, Guide, along
from actviz.figure.curves.compose import Request, columns_for
from actviz.figure.curves.layout import EDGE, margins, write_title
from actviz.figure.curves.panel import ARROW, Panel, Plan
from actviz.figure.curves.title import Line, fit_formula, fit_text, title_of
from actviz.figure.curves.words import ORDINALS, listed
from actviz.figure.planes.contours import Function, Surface
from actviz.figure.planes.levels import Levels, choose_levels
from actviz.figure.planes.shading import Map, draw_scale, label_zero, paint, scale_width
from actviz.figure.planes.surface_words import Told, describe, partial_text
from actviz.formula.expression import Node, to_text
from actviz.formula.latex import symbol, to_latex
from actviz.formula.switches import factors, switching

Size = tuple[float, float]
Wrt = tuple[str, ...]  # the variables a partial derivative is by

SINGLE, EACH, CELL = (4.8, 4.3), (3.2, 2.7), (2.3, 2.3)  # inches
FOR_TITLE, FOR_SCALE = 0.35, 0.55  # inches that a title above and a scale beside panels take
HIGHEST = 2  # order that is drawn
MOST_COLUMNS = 3
TO_SCALE, BETWEEN = 12.0, 10.0  # points: from a plot area to its scale, and between panels
GUIDE = 0.9  # points: width of a line that was asked for
OVER = 4.0  # points from a plot area to its name
TALLEST = 260.0  # points: a scale for several panels
SMALLEST = 40.0  # points: the side of a plot area in which anything can be seen
CELL_PIXELS = 2.5  # between the points of the grid
FEWEST_CELLS, MOST_CELLS = 60, 400

# The options that say nothing about a plane, by their field, and what they are for.
NOT_HERE = {
    "ylim": "--ylim is for curves",
    "annotate": "--annotate is for curves",
    "vector": "--vector is for functions of a vector",
    "fixed": "--fixed with numbers alone is for functions of a vector",
}


@dataclass(frozen=True)
class Plane:
    """One plot area; name: what its value is called in mathtext, told: in words."""

    map: Map
    plan: Plan
    name: str
    told: str


@dataclass(frozen=True)
class Sheet:
    """A whole figure before it is drawn; shared: with one scale for all."""

    size: Size
    title: tuple[Line, ...]
    planes: tuple[Plane, ...]
    columns: int
    shared: bool = False

    @property
    def rows(self) -> int:
        return math.ceil(len(self.planes) / self.columns)


def plot(
    curve: Curve, orders: Sequence[int], lo: float, hi: float, options: Options | None = None
) -> Picture:
    """A function of two variables and its partial derivatives, each with a scale of its own.

    Raises UsageError for derivatives beyond the second, or an option that only curves have.
    """
    request = Request((curve,), tuple(orders), lo, hi, options or Options())
    _refuse_options(request)
    if max(orders) > HIGHEST:
        why = "its derivatives are drawn up to the second"
        raise refusal(curve.activation, why, curve.label)
    names = curve.activation.arguments
    wrts = [wrt for order in orders for wrt in combinations_with_replacement(names, order)]
    columns = min(len(wrts), MOST_COLUMNS)
    size = _size(len(wrts), columns)
    with settings(), np.errstate(all="ignore"):
        title = _title(request, size, wrts)
        planes = tuple(_partials(request, wrts, _cells(request, size, columns)))
        picture = _draw(Sheet(size, title, planes, columns), request)
        kinds = [ORDINALS[order].replace("deriv", "partial deriv") for order in orders]
        picture.words = f"{curve.label}: {listed(kinds)}", _described(request, planes)
    return picture


def compare(
    curves: Sequence[Curve],
    orders: Sequence[int],
    lo: float,
    hi: float,
    options: Options | None = None,
    *,
    layout: str | None = None,
    diff: bool = False,
) -> Picture:
    """Functions of two variables side by side, with one scale for all.

    diff: the differences from the first instead.

    Raises UsageError if one of them is a function of one variable, for derivatives, for another
    layout than a grid, or an option that only curves have.
    """
    request = Request(tuple(curves), tuple(orders), lo, hi, options or Options())
    _refuse(request, layout, diff)
    shown = request.curves[diff:]
    columns = columns_for(len(shown))
    rows = math.ceil(len(shown) / columns)
    size = SINGLE if len(shown) == 1 else (CELL[0] * columns + FOR_SCALE, CELL[1] * rows)
    with settings(), np.errstate(all="ignore"):
        planes = tuple(_beside(request, shown, diff, _cells(request, size, columns)))
        title = _title(replace(request, options=_titled(request.options)), size, ())
        picture = _draw(Sheet(size, title, planes, columns, shared=True), request)
        labels = listed([curve.label for curve in curves])
        kind = "difference" if diff else "functions of two variables"
        picture.words = f"{labels}: {kind}", _described(request, planes)
    return picture


def _described(request: Request, planes: Sequence[Plane]) -> str:
    return describe(request.curves, [Told(plane.map, plane.told) for plane in planes])


# -- what is refused


def _refuse(request: Request, layout: str | None, diff: bool) -> None:
    """Raise UsageError for what cannot be compared."""
    for curve in request.curves:
        if not curve.activation.gated:
            gated = next(each for each in request.curves if each.activation.gated)
            why = f"it cannot be drawn with {curve.label}, {described(curve.activation)}"
            raise refusal(gated.activation, why, gated.label)
    _refuse_options(request)
    if layout not in (None, "grid"):
        raise UsageError(f"functions of two variables are a grid; --layout {layout} is for curves.")
    if diff and len(request.curves) < 2:
        raise UsageError("a difference needs two functions or more.")
    if request.orders != (0,):
        raise UsageError(
            "functions of two variables are compared without derivatives; "
            "plot draws those of each of them."
        )


def _refuse_options(request: Request) -> None:
    """Raise UsageError for an option that says nothing about a plane."""
    asked, default, curve = request.options, Options(), request.curves[0]
    found = [text for field, text in NOT_HERE.items() if _set(field, asked, default)]
    found += ["--ticks pi is for curves"] if asked.ticks == "pi" else []
    if found:
        raise refusal(curve.activation, found[0], curve.label)


def _set(field: str, asked: Options, default: Options) -> bool:
    return bool(getattr(asked, field) != getattr(default, field))


# -- what is drawn


def _partials(request: Request, wrts: Sequence[Wrt], cells: int) -> Iterator[Plane]:
    """The partial derivatives of the one function by these variables."""
    [curve], look = request.curves, request.look
    for wrt in wrts:
        name = partial_name(wrt)
        heading = Label(name, look.label_size, look.ink, look.font, math=True)
        plan = _plan(curve, heading if len(wrts) > 1 else None, request)
        shown = map_of(curve, wrt, request.lo, request.hi, cells)
        yield Plane(shown, plan, name, partial_text(wrt))


def _beside(request: Request, curves: Sequence[Curve], diff: bool, cells: int) -> Iterator[Plane]:
    """The functions, or their differences from the first of the request."""
    first, look = request.curves[0], request.look
    for curve in curves:
        label, shown = curve.label, map_of(curve, (), request.lo, request.hi, cells)
        if diff:
            label = f"{label} {MINUS} {first.label}"
            other = surface_of(first.activation, (), request.lo, request.hi)
            shown = Map(_difference(shown.surface, other), cells)
        heading = Label(label, look.label_size, look.ink, look.font)
        yield Plane(shown, _plan(curve, heading, request), "f", label)


def _plan(curve: Curve, heading: Label | None, request: Request) -> Plan:
    across, up = (symbol(name) for name in curve.activation.arguments)
    return Plan((), (request.lo, request.hi), up, heading=heading, xlabel=across)


def map_of(curve: Curve, wrt: Wrt, lo: float, hi: float, cells: int) -> Map:
    """The partial derivative by these variables over [lo, hi], on so many cells to a side."""
    return Map(surface_of(curve.activation, wrt, lo, hi), cells)


def surface_of(activation: Activation, wrt: Wrt, lo: float, hi: float) -> Surface:
    """The partial derivative as numbers, and where it switches and is 0 as its formula tells."""
    formula = activation.partial(*wrt)
    nodes = [factor for part in switching(formula) for factor in factors(part)]
    return Surface(
        lambda a, b: np.asarray(activation.at(a, b, wrt), dtype=np.float64),
        _functions(activation, nodes),
        _functions(activation, list(factors(formula))),
        lo,
        hi,
    )


def _functions(activation: Activation, formulas: Sequence[Node]) -> tuple[Function, ...]:
    """Formulas in the variables and parameters of an activation, as functions of two arrays."""
    made = (
        replace(activation, definition=formula, stable=None, first_derivative=None)
        for formula in dict.fromkeys(formulas)
    )
    return tuple(each.at for each in made)


def _difference(surface: Surface, other: Surface) -> Surface:
    return replace(
        surface,
        value=lambda a, b: surface.value(a, b) - other.value(a, b),
        switches=(*surface.switches, *other.switches),
        factors=(*surface.factors, *other.factors),  # 0 with both, or nothing happens there
    )


def partial_name(wrt: Wrt) -> str:
    r"""What a partial derivative is called, in mathtext.

    >>> partial_name(()), partial_name(("a",))
    ('f', '\\partial f\\,/\\,\\partial a')
    >>> partial_name(("a", "b")), partial_name(("a", "a"))
    ('\\partial^2 f\\,/\\,\\partial a\\,\\partial b', '\\partial^2 f\\,/\\,\\partial a^2')
    """
    if not wrt:
        return "f"
    power = f"^{len(wrt)}" if len(wrt) > 1 else ""
    below = [
        rf"\partial {symbol(name)}" + (f"^{wrt.count(name)}" if wrt.count(name) > 1 else "")
        for name in dict.fromkeys(wrt)
    ]
    return rf"\partial{power} f\,/\," + r"\,".join(below)


def _size(count: int, columns: int) -> Size:
    if count == 1:
        return SINGLE
    return EACH[0] * columns, EACH[1] * math.ceil(count / columns) + FOR_TITLE


def _cells(request: Request, size: Size, columns: int) -> int:
    """How many cells a grid has to a side, for a plot area of about that size."""
    width, height = request.options.size or size
    pixels = 0.75 * min(width / columns, height) * request.options.dpi
    return int(np.clip(pixels / CELL_PIXELS, FEWEST_CELLS, MOST_CELLS))


def _titled(options: Options) -> Options:
    """Several functions have no formula to be their title."""
    return options if options.title is not None else replace(options, title="")


def _title(request: Request, size: Size, wrts: Sequence[Wrt]) -> tuple[Line, ...]:
    """The user's words, or the formula and, if asked for, those of the partial derivatives."""
    options, look = request.options, request.look
    width = (options.size or size)[0] * POINTS - 2 * EDGE - 6
    label = Label("", look.title_size, look.ink, look.font)
    if options.title is not None:
        return tuple((line,) for line in fit_text(options.title, width, label))
    curve = request.curves[0]
    lines = list(title_of(curve, (), (), width, label))
    own = replace(label, size=label.size * 0.9)
    for wrt in wrts if options.formula else ():
        if wrt:
            formula = curve.activation.partial(*wrt)
            text, plain = (
                f"{partial_name(wrt)} = {to_latex(formula)}",
                f"{partial_text(wrt)} = {to_text(formula)}",
            )
            lines += [(line,) for line in fit_formula(text, plain, width, own)]
    return tuple(lines)


# -- the drawing


def _draw(sheet: Sheet, request: Request) -> Picture:
    look, options = request.look, request.options
    background = None if options.transparent else look.background
    drawing = Drawing(options.size or sheet.size, options.dpi, background)
    if options.theme == "auto" and look is theme.LIGHT:
        drawing.picture.recolour = theme.on_dark_pages()
    top = write_title(drawing, sheet.title)
    levels = _levels(sheet)
    room = max(TO_SCALE + scale_width(each, look) for each in levels) if options.legend else 0.0
    areas = _areas(sheet, drawing, request, room, top)
    panels = [
        Panel(plane.plan, area, drawing, look, options)
        for plane, area in zip(sheet.planes, areas, strict=True)
    ]
    for panel, plane, own in zip(panels, sheet.planes, levels, strict=True):
        _draw_plane(panel, plane, own)
    if options.legend and sheet.shared:
        _draw_shared_scale(panels, levels[0], room)
    elif options.legend:
        for panel, own in zip(panels, levels, strict=True):
            left = panel.area.x1 + TO_SCALE + _beyond(options)
            draw_scale(panel, own, Box(left, panel.area.y0, left, panel.area.y1))
    return drawing.picture


def _beyond(options: Options) -> float:
    """How far the horizontal axis runs on beyond the plot area."""
    return 0.0 if options.axes == "box" else ARROW


def _levels(sheet: Sheet) -> list[Levels]:
    if not sheet.shared:
        return [plane.map.levels for plane in sheet.planes]
    joint = choose_levels(np.concatenate([plane.map.values for plane in sheet.planes]))
    return [joint] * len(sheet.planes)


def _draw_shared_scale(panels: Sequence[Panel], levels: Levels, room: float) -> None:
    """One scale to the right of all panels."""
    low, high = panels[-1].area.y0, panels[0].area.y1
    slack = max(0.0, high - low - TALLEST) / 2
    left = panels[0].drawing.width - EDGE - room + TO_SCALE
    draw_scale(panels[0], levels, Box(left, low + slack, left, high - slack))


def _draw_plane(panel: Panel, plane: Plane, levels: Levels) -> None:
    lines = paint(panel, plane.map, levels)
    panel.draw()
    heading, area = panel.plan.heading, panel.area
    if heading is not None:
        box = heading.box((area.x0 + area.x1) / 2, area.y1 + OVER, 0.5, 0.0)
        panel.drawing.write(heading, box, "heading")
    for line in lines:
        panel.space.take_line(*line.T)
    guides = _draw_guides(panel)
    label_zero(panel, plane.map, plane.name)
    _label_guides(panel, guides)


def _draw_guides(panel: Panel) -> list[Guide]:
    """The lines that were asked for."""
    guides = _guides(panel)
    for guide in guides:
        panel.drawing.line(guide.x, guide.y, panel.theme.ink, GUIDE, on.FAINT, guide.name, DOTS)
        panel.space.take_line(np.array(guide.x), np.array(guide.y))
    return guides


def _label_guides(panel: Panel, guides: Sequence[Guide]) -> None:
    """The values of these lines, where there is room."""
    look = panel.theme
    for guide in guides:
        label = Label(guide.text, look.label_size * NOTE, look.ink, look.font, math=True)
        boxes = [box for box in along(label, guide) if panel.area.holds(box)]
        panel.put(label, boxes, f"name-{guide.name}", pad=1.0)


def _guides(panel: Panel) -> list[Guide]:
    """The lines that were asked for, as far as they are inside the plot area."""
    (lo, hi), area, plan = panel.xlim, panel.area, panel.plan
    found = []
    for value in panel.options.hlines:
        y, text = float(panel.up(value)), f"{plan.ylabel} = {number(value)}"
        found.append((value, Guide((area.x0, area.x1), (y, y), text, f"hline-{value:g}")))
    for value in panel.options.vlines:
        x, text = float(panel.across(value)), f"{plan.xlabel} = {number(value)}"
        found.append((value, Guide((x, x), (area.y0, area.y1), text, f"vline-{value:g}")))
    return [guide for value, guide in found if lo <= value <= hi]


def _areas(sheet: Sheet, drawing: Drawing, request: Request, room: float, top: float) -> list[Box]:
    """Square plot areas of one size, each in the middle of its share of the sheet."""
    look, options = request.look, request.options
    strip = room if sheet.shared else 0.0
    width = (drawing.width - 2 * EDGE - strip - BETWEEN * (sheet.columns - 1)) / sheet.columns
    height = (top - EDGE - BETWEEN * (sheet.rows - 1)) / sheet.rows
    cell = Box(0.0, 0.0, width, height)
    around = [margins(plane.plan, cell, look, options) for plane in sheet.planes]
    left, below, right, above = (max(sides) for sides in zip(*around, strict=True))
    headings = [plane.plan.heading for plane in sheet.planes if plane.plan.heading]
    above = max(above, *(sum(each.extent[1:]) + OVER for each in headings), 0.0)
    right = right if sheet.shared else max(right, room + _beyond(options))
    side = min(width - left - right, height - below - above)
    if side < SMALLEST:
        raise UsageError(
            f"{drawing.width / POINTS:g}x{drawing.height / POINTS:g} inches are too small for "
            f"{len(sheet.planes)} of these, with titles and scales."
        )
    dx, dy = (width - left - right - side) / 2, (height - below - above - side) / 2
    areas = []
    for i in range(len(sheet.planes)):
        row, column = divmod(i, sheet.columns)
        x0 = EDGE + column * (width + BETWEEN) + left + dx
        y1 = top - row * (height + BETWEEN) - above - dy
        areas.append(Box(x0, y1 - side, x0 + side, y1))
    return areas
