"""The figures of the two commands: one curve with its derivatives, and several curves together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.catalogue.kind import require_number
from actviz.errors import UsageError
from actviz.figure.canvas import theme
from actviz.figure.canvas.colours import colours_of, recolour
from actviz.figure.canvas.options import LAYOUTS, Options
from actviz.figure.canvas.picture import POINTS, Picture
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.theme import Theme
from actviz.figure.canvas.ticks import number
from actviz.figure.curves import limits
from actviz.figure.curves.layout import CELL, EDGE, SINGLE, Sheet, draw
from actviz.figure.curves.panel import Plan, Scale, Trace
from actviz.figure.curves.title import PRIMES, Line, fit_text, function, title_of
from actviz.figure.curves.words import describe
from actviz.formula.expression import Apply, walk
from actviz.sampling import Scan, scan

PADDING = 0.08  # of the span of y, above and below what is on show
FIRST_PANEL, EACH_PANEL = 0.5, 2.05  # inches of height: of a stack itself, and for each panel
NARROWEST = 1e-12  # of the larger end: the least a range must span
SMALLEST, LARGEST = 1e-290, 1e305  # what it must span at least, and at most
UNLIKE = 30.0  # times: differences whose sizes are this far apart are drawn on a log scale
Limits = tuple[float, float]
Size = tuple[float, float]


@dataclass(frozen=True)
class Request:
    """What is to be drawn."""

    curves: tuple[Curve, ...]
    orders: tuple[int, ...]
    lo: float
    hi: float
    options: Options

    def __post_init__(self) -> None:
        """Raises UsageError for a range in which a picture cannot tell one float from the next."""
        span, size = self.hi - self.lo, max(abs(self.lo), abs(self.hi))
        if not max(NARROWEST * size, SMALLEST) <= span <= LARGEST:
            what = "wide" if span > LARGEST else "narrow"
            raise UsageError(f"the range {self.lo!r}:{self.hi!r} is too {what} for a figure.")

    @cached_property
    def look(self) -> Theme:
        return theme.choose(self.options.theme, self.options.style)

    def scan(self, curve: Curve, order: int, size: Size, reference: Curve | None = None) -> Scan:
        width = (self.options.size or size)[0] * self.options.dpi * 0.9
        return scan(curve, order, self.lo, self.hi, width, reference)

    @cached_property
    def pi(self) -> bool:
        """Whether ticks are multiples of pi: if asked for, or by several periods of sin and cos."""
        if self.options.ticks != "auto":
            return self.options.ticks == "pi"
        parts = [part for curve in self.curves for part in walk(curve.activation.definition)]
        heads = {part.head for part in parts if isinstance(part, Apply)}
        waves = not heads.isdisjoint({"sin", "cos", "tan"})
        return waves and 3 * math.pi <= self.hi - self.lo <= 60 * math.pi


def plot(
    curve: Curve, orders: Sequence[int], lo: float, hi: float, options: Options | None = None
) -> Picture:
    """One curve and its derivatives on [lo, hi] in one coordinate system.

    A function of a vector shows its components, or with options.vector one vector as points.
    """
    request = Request((curve,), tuple(orders), lo, hi, options or Options())
    with settings(), np.errstate(all="ignore"):
        if curve.activation.elementwise:
            return _finished(_single(request), request)
        if len(curve.outputs) > 1:
            return _finished(_outputs(request), request)
        if request.options.vector:
            return _finished(_points(request), request)
        return _finished(_components(request), request)


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
    """Several curves on [lo, hi].

    layout: "overlay" (one panel for each order), "stack" (the derivative under the function) or
    "grid" (a panel for each curve, with the first curve in grey in all of them). None is an
    overlay, or a grid of more curves than an overlay can tell apart.
    diff: the differences from the first curve instead.

    Raises UsageError for more curves than can be told apart, an unknown layout, a diff of one, or
    a function of a vector.
    """
    request = Request(tuple(curves), tuple(orders), lo, hi, options or Options())
    if layout is None:
        layout = "overlay" if diff or len(curves) <= theme.MOST_CURVES else "grid"
    _check(request, layout, diff)
    with settings(), np.errstate(all="ignore"):
        if layout == "grid" and not diff:
            return _finished(_grid(request), request)
        if layout == "stack" and len(request.orders) == 1:
            request = replace(request, orders=(request.orders[0], request.orders[0] + 1))
        return _finished(_overlay(request, diff), request)


def _check(request: Request, layout: str, diff: bool) -> None:
    if layout not in LAYOUTS:
        raise UsageError(f"unknown layout {layout!r}; it is one of {', '.join(LAYOUTS)}.")
    if diff and len(request.curves) < 2:
        raise UsageError("a difference needs two curves or more.")
    shown = len(request.curves) - diff
    if shown > theme.MOST_CURVES and (diff or layout != "grid"):
        raise UsageError(
            f"{shown} curves cannot be told apart in one picture (the most is "
            f"{theme.MOST_CURVES}); --layout grid draws each in its own."
        )
    for curve in request.curves:
        why = "it cannot be drawn among others; plot draws it by itself"
        require_number(curve.activation, why, curve.label)


def _finished(sheet: Sheet, request: Request) -> Picture:
    picture = draw(sheet, request.look, request.options)
    told = [t for plan in sheet.plans for t in plan.traces if t.told]
    picture.words = describe([t.scan for t in told], [t.told for t in told], request.options.vector)
    return picture


# -- one curve


def _single(request: Request) -> Sheet:
    [curve], look = request.curves, request.look
    scans = [request.scan(curve, order, SINGLE) for order in request.orders]
    traces = tuple(_by_order(each, request, named=len(scans) > 1) for each in scans)
    ylabel = function(scans[0].order) if len(scans) == 1 else "y"
    plan = Plan(traces, _ylim(scans, request.options), ylabel, pi=request.pi)
    title = _title(request, SINGLE, curve)
    return Sheet(SINGLE, title, (plan,), recolour=recolour(look, []))


def _by_order(each: Scan, request: Request, named: bool, colour: str = "", place: int = 0) -> Trace:
    """A curve in the dash of its order, and in the colour of its order if it has none."""
    order, look = each.order, request.look
    return Trace(
        each,
        function(order),
        colour or look.curves[order % len(look.curves)],
        theme.ORDER_DASHES[order],
        theme.ORDER_WIDTHS[order] / 2 * look.line_width,
        f"curve-{place}-{order}",
        math=True,
        named=named,
        told=f"{each.curve.label}{PRIMES[order]}" if colour else function(order),
    )


# -- a function with several outputs


def _outputs(request: Request) -> Sheet:
    """The outputs over each other, a panel for each order; the title is the formula of all."""
    [curve] = request.curves
    for each in curve.outputs:
        require_number(each.activation, "it cannot be drawn", each.label)
    sheet = _overlay(replace(request, curves=curve.outputs), diff=False)
    return replace(sheet, title=_title(request, sheet.size, curve))


# -- a function of a vector


def _components(request: Request) -> Sheet:
    """The components as the first logit runs over the range and the others stay."""
    [curve] = request.curves
    fixed = request.options.fixed
    slices = [curve.activation.slice(fixed, i) for i in range(len(fixed) + 1)]
    if len({each.definition for each in slices}) == 1:
        slices = slices[:1]
    elif len(slices) > theme.MOST_CURVES:
        raise UsageError(f"at most {theme.MOST_CURVES - 1} fixed logits can be told apart.")
    size = _stacked(request)
    plans = []
    for order in request.orders:
        scans = [request.scan(replace(curve, activation=each), order, size) for each in slices]
        traces = tuple(
            Trace(
                each, _component(i, len(slices)), request.look.curves[i], theme.CURVE_DASHES[i],
                request.look.line_width, f"curve-{i}-{order}", math=True, named=len(slices) > 1,
                told=f"component {i + 1}{PRIMES[order]}",
            )
            for i, each in enumerate(scans)
        )  # fmt: skip
        ylabel = _by_first(order).replace("f", "f_i" if len(slices) > 1 else "f")
        plans.append(Plan(traces, _ylim(scans, request.options), ylabel, xlabel="x_1"))
    given = [rf"x_{i} = {number(value)}" for i, value in enumerate(fixed, 2)]
    title = _title(request, size, curve, given)
    return Sheet(size, title, tuple(plans), strict_names=True, recolour=recolour(request.look, []))


def _by_first(order: int) -> str:
    """The derivative of f by the first logit."""
    power = f"^{order}" if order > 1 else ""
    return rf"\partial{power} f\,/\,\partial x_1{power}" if order else "f"


def _component(i: int, count: int) -> str:
    return f"f_{i + 1}" if count > 1 else "f"


def _points(request: Request) -> Sheet:
    """The range as one vector: a point for each of its components."""
    [curve], options, look = request.curves, request.options, request.look
    x = np.linspace(request.lo, request.hi, options.points)
    traces = []
    for order in request.orders:
        y = np.broadcast_to(curve.activation.derivative(x, order), x.shape)
        each = Scan(curve, order, request.lo, request.hi, 0.0, x, y, (), x[:0], ())
        drawn = _by_order(each, request, named=len(request.orders) > 1)
        label = "f_i" if order == 0 else r"\partial f_i\,/\,\partial x_i"
        traces.append(replace(drawn, label=label, points=True, told=drawn.label))
    ylim = _ylim([trace.scan for trace in traces], options)
    plan = Plan(tuple(traces), ylim, "y" if len(traces) > 1 else traces[0].label, xlabel="x_i")
    title = _title(request, SINGLE, curve, [rf"n = {options.points}"])
    return Sheet(SINGLE, title, (plan,), recolour=recolour(look, []))


# -- several curves


def _overlay(request: Request, diff: bool) -> Sheet:
    """One panel for each order, the curves or their differences from the first over each other."""
    size = _stacked(request)
    colours = colours_of(request.curves, request.look)
    drawn = list(enumerate(zip(request.curves, colours, strict=True)))[1 if diff else 0 :]
    plans = []
    for order in request.orders:
        reference = request.curves[0] if diff else None
        traces = tuple(
            Trace(
                request.scan(curve, order, size, reference),
                curve.label,
                colour,
                theme.CURVE_DASHES[(i - diff) % len(theme.CURVE_DASHES)],
                request.look.line_width,
                f"curve-{i}-{order}",
                named=len(drawn) > 1,
                told=curve.label + PRIMES[order],
            )
            for i, (curve, colour) in drawn
        )
        plans.append(_difference_plan(request, traces) if diff else _plan(request, traces))
    title = _title(request, size)
    dark = recolour(request.look, request.curves)
    return Sheet(size, title, tuple(plans), strict_names=True, recolour=dark)


def _plan(request: Request, traces: tuple[Trace, ...]) -> Plan:
    scans = [trace.scan for trace in traces]
    return Plan(traces, _ylim(scans, request.options), function(scans[0].order), pi=request.pi)


def _difference_plan(request: Request, traces: tuple[Trace, ...]) -> Plan:
    """Differences; on a scale of signed powers of ten if their sizes are too unlike."""
    first, order = request.curves[0].label, traces[0].scan.order
    minuend = traces[0].label if len(traces) == 1 else "each"
    label = f"{minuend}{PRIMES[order]} {chr(0x2212)} {first}{PRIMES[order]}"
    sizes = [float(np.nanmax(np.abs(t.scan.y), initial=0.0)) for t in traces]
    told = [size for size in sizes if 0 < size < math.inf]
    scans = [trace.scan for trace in traces]
    if not told or max(told) < UNLIKE * min(told):
        ylim = _ylim(scans, request.options)
        return Plan(traces, ylim, label, ylabel_math=False, pi=request.pi)
    threshold = 10.0 ** math.floor(math.log10(min(told) / 3))
    lowest = min(float(np.nanmin(each.y)) for each in scans)
    highest = max(float(np.nanmax(each.y)) for each in scans)
    ylim = request.options.ylim or (min(2 * lowest, -threshold), max(2 * highest, threshold))
    return Plan(traces, ylim, label, ylabel_math=False, pi=request.pi, scale=Scale(threshold))


def _grid(request: Request) -> Sheet:
    """A panel for each curve, all with the same limits, the first curve in grey in the others."""
    curves, look = request.curves, request.look
    columns = columns_for(len(curves))
    size = (CELL[0] * columns, CELL[1] * math.ceil(len(curves) / columns))
    scans = [[request.scan(curve, order, CELL) for order in request.orders] for curve in curves]
    ylim = _ylim([each for row in scans for each in row], request.options)
    first = Trace(scans[0][0], "", look.faint, theme.SOLID, 1.0, "reference", named=False, told="")
    colours = colours_of(curves, look)
    plans = []
    for i, (curve, colour, row) in enumerate(zip(curves, colours, scans, strict=True)):
        own = (_by_order(each, request, len(row) > 1, colour, i) for each in row)
        heading = Label(curve.label, look.label_size, colour, look.font)
        traces = (*([first] if i else []), *own)
        plans.append(Plan(traces, ylim, "", heading=heading, pi=request.pi))
    title = _title(request, size)
    return Sheet(size, title, tuple(plans), columns, recolour=recolour(look, curves))


def columns_for(count: int) -> int:
    """Two columns for up to four curves, otherwise three, so that no row is nearly empty."""
    return count if count < 3 else 2 if count == 4 else 3 if count < 13 else 4


def _stacked(request: Request) -> Size:
    count = len(request.orders)
    return SINGLE if count == 1 else (SINGLE[0], FIRST_PANEL + EACH_PANEL * count)


# -- what all of them share


def _ylim(scans: list[Scan], options: Options) -> Limits:
    if options.ylim is not None:
        return options.ylim
    lo, hi = limits.choose(scans)
    pad = PADDING * (hi - lo)
    grounded = lo == 0 and not scans[0].lo <= 0 <= scans[0].hi
    return (lo if grounded else lo - pad), hi + pad


def _title(
    request: Request, size: Size, curve: Curve | None = None, given: Sequence[str] = ()
) -> tuple[Line, ...]:
    """The user's words, or the formula of the curve and, if asked for, those of its derivatives."""
    options, look = request.options, request.look
    width = (options.size or size)[0] * POINTS - 2 * EDGE - 6
    label = Label("", look.title_size, look.ink, look.font)
    if options.title is not None or curve is None:
        return tuple((line,) for line in fit_text(options.title or "", width, label))
    orders = [order for order in request.orders if order > 0] if options.formula else []
    colours = [look.curves[order % len(look.curves)] for order in orders]
    return title_of(curve, orders, colours, width, label, given)
