"""The figures of the two commands: one curve with its derivatives, and several curves together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.catalogue.kind import Kind, require_number
from actviz.errors import UsageError
from actviz.figure.canvas import theme
from actviz.figure.canvas.colours import colours_of
from actviz.figure.canvas.fitting import fit_text
from actviz.figure.canvas.frame import Frame, Limits, Scale
from actviz.figure.canvas.options import LAYOUTS
from actviz.figure.canvas.picture import POINTS, Picture
from actviz.figure.canvas.scene import Scene, Size, columns_for
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.silent import refuse_silent
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import number
from actviz.figure.canvas.title import PRIMES, Line, function, function_in_words, room, title_of
from actviz.figure.curves import limits, measured
from actviz.figure.curves.layout import CELL, SINGLE, Sheet, draw, lacks
from actviz.figure.curves.traces import Plan, Trace
from actviz.figure.curves.waves import counts_pi
from actviz.figure.curves.words import Told, describe
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.arrays import Array
from actviz.sampling import Scan, scan

PADDING = 0.08  # of the span of y, above and below what is on show
FIRST_PANEL, EACH_PANEL = 0.5, 2.05  # inches of height: of a stack itself, and for each panel
WORK = 600_000  # steps of balls for a curve, about two seconds
BOUNDS = 4e7  # steps of enclosures for a curve, about three seconds
APART = 20.0  # times: derivatives whose sizes are farther apart have panels of their own
UNLIKE = 200.0  # times: of sizes so far apart the lesser is no more than the width of a line
SCANNED = 0.9  # of the width of the sheet: about how wide the plot area is
FIXED = (0.0, 1.0)  # the other logits of a function of a vector


def plot(scene: Scene) -> Picture:
    """One curve and its derivatives on [lo, hi] in one coordinate system.

    A function of a vector shows its components, or with options.vector one vector as points.
    """
    [curve] = scene.curves
    refuse_silent(curve, scene.options)
    count = len(curve.outputs)
    if curve.activation.kind is Kind.VECTOR:
        count = len(scene.options.fixed or FIXED) + 1
    with settings(), allowed(_work(count)), np.errstate(all="ignore"):
        if curve.activation.elementwise:
            return _finished(_single(scene), scene)
        if len(curve.outputs) > 1:
            return _finished(_outputs(scene), scene)
        if scene.options.vector:
            return _finished(_points(scene), scene)
        return _finished(_components(scene), scene)


def compare(scene: Scene) -> Picture:
    """Several curves on [lo, hi] in that layout, or their differences from the first.

    Raises UsageError for more curves than can be told apart, an unknown layout, a diff of one, or
    a function of a vector.
    """
    layout = scene.layout
    if layout is None:
        layout = "overlay" if scene.diff or len(scene.curves) <= theme.MOST_CURVES else "grid"
    _check(scene, layout)
    with settings(), allowed(_work(len(scene.curves))), np.errstate(all="ignore"):
        if layout == "grid" and not scene.diff:
            return _finished(_grid(scene), scene)
        if layout == "stack" and len(scene.orders) == 1:
            scene = replace(scene, orders=(scene.orders[0], scene.orders[0] + 1))
        return _finished(_overlay(scene), scene)


def _work(count: int) -> Allowance:
    """What so many curves may take."""
    return Allowance(WORK * count, bounds=BOUNDS * count)


def _check(scene: Scene, layout: str) -> None:
    if layout not in LAYOUTS:
        raise UsageError(f"unknown layout {layout!r}; it is one of {', '.join(LAYOUTS)}.")
    if scene.diff and len(scene.curves) < 2:
        raise UsageError("a difference needs two curves or more.")
    if scene.diff and scene.options.data is not None:
        raise UsageError("--data has values and no differences: it is not for --diff.")
    shown = len(scene.curves) - scene.diff
    if scene.diff and layout == "grid":
        raise UsageError("differences are drawn over each other: --diff takes no --layout grid.")
    if shown > theme.MOST_CURVES and layout != "grid":
        advice = "" if scene.diff else "; --layout grid draws each in its own"
        raise UsageError(
            f"{shown} curves cannot be told apart in one picture (the most is "
            f"{theme.MOST_CURVES}){advice}."
        )
    for curve in scene.curves:
        why = "it cannot be drawn among others; plot draws it by itself"
        require_number(curve.activation, why, curve.label)


def _finished(sheet: Sheet, scene: Scene) -> Picture:
    panels = draw(sheet, scene.look, scene.options)
    told = [
        Told(trace.scan, trace.told, frame.ylim, panel.samples.get(trace.name), frame.scale.kind)
        for panel in panels
        for frame in (panel.axes.frame,)
        for trace in panel.traces
        if trace.told
    ]
    picture = panels[0].canvas.picture
    picture.words = describe(told, measured.in_words(panels))
    return picture


# -- one curve


def _single(scene: Scene) -> Sheet:
    """A curve and its derivatives over each other; what is of another size in a panel below."""
    [curve] = scene.curves
    scans = [_scan(scene, curve, order, SINGLE) for order in scene.orders]
    options = scene.options
    together = options.ylim or options.equal or (options.scale or "linear") != "linear"
    sheet = _panels(scene, [scans] if together else _alike(scans))
    if len(sheet.plans) > 1 and lacks(replace(sheet, title=()), scene.look, options):
        note = "there is no room for panels of their own: what is small beside others is not seen."
        return replace(_panels(scene, [scans]), notes=(note,))
    return sheet


def _panels(scene: Scene, groups: Sequence[list[Scan]]) -> Sheet:
    """A panel for each group of derivatives of one curve."""
    [curve] = scene.curves
    plans = []
    for group in groups:
        traces = tuple(_by_order(each, scene, named=len(group) > 1) for each in group)
        ylabel = function(group[0].order) if len(group) == 1 else "y"
        plans.append(Plan(traces, _frame(scene, group, ylabel)))
    size = SINGLE if len(plans) == 1 else _tall(len(plans))
    return Sheet(size, _title(scene, size, curve), tuple(plans))


def _alike(scans: Sequence[Scan]) -> list[list[Scan]]:
    """The curves in groups in which none is so much smaller that it would be but a line."""
    groups: list[list[Scan]] = []
    sizes: list[float] = []
    for each in scans:
        size = max(map(abs, limits.choose([each]))) if np.any(each.y) else 0.0
        known = [other for other in sizes if other]
        fits = not size or not known or max(size, *known) <= APART * min(size, *known)
        if groups and fits:
            groups[-1].append(each)
            sizes.append(size)
        else:
            groups.append([each])
            sizes = [size]
    return groups


def _by_order(each: Scan, scene: Scene, named: bool, colour: str = "", place: int = 0) -> Trace:
    """A curve in the dash of its order, and in the colour of its order if it has none."""
    order, look = each.order, scene.look
    return Trace(
        each,
        function(order),
        colour or look.curves[order % len(look.curves)],
        theme.ORDER_DASHES[order],
        theme.ORDER_WIDTHS[order] / 2 * look.line_width,
        f"curve-{place}-{order}",
        math=True,
        named=named,
        told=f"{each.curve.label}{PRIMES[order]}" if colour else function_in_words(order),
    )


# -- a function with several outputs


def _outputs(scene: Scene) -> Sheet:
    """The outputs over each other, a panel for each order; the title is the formula of all."""
    [curve] = scene.curves
    for each in curve.outputs:
        require_number(each.activation, "it cannot be drawn", each.label)
    sheet = _overlay(replace(scene, curves=curve.outputs))
    return replace(sheet, title=_title(scene, sheet.size, curve))


# -- a function of a vector


def _components(scene: Scene) -> Sheet:
    """The components as the first logit runs over the range and the others stay."""
    [curve] = scene.curves
    fixed = scene.options.fixed or FIXED
    slices = [curve.activation.slice(fixed, i) for i in range(len(fixed) + 1)]
    if len({each.definition for each in slices}) == 1:
        slices = slices[:1]
    elif len(slices) > theme.MOST_CURVES:
        raise UsageError(f"at most {theme.MOST_CURVES - 1} fixed logits can be told apart.")
    size = _stacked(scene)
    plans = []
    for order in scene.orders:
        scans = [_scan(scene, replace(curve, activation=each), order, size) for each in slices]
        traces = tuple(
            Trace(
                each, _component(i, len(slices)), scene.look.curves[i], scene.look.dashes[i],
                scene.look.weighted(i), f"curve-{i}-{order}", math=True, named=len(slices) > 1,
                told=f"component {i + 1}{PRIMES[order]}",
            )
            for i, each in enumerate(scans)
        )  # fmt: skip
        ylabel = _by_first(order).replace("f", "f_i" if len(slices) > 1 else "f")
        plans.append(Plan(traces, _frame_of_vector(scene, scans, ylabel, "x_1")))
    given = [rf"x_{i} = {number(value)}" for i, value in enumerate(fixed, 2)]
    title = _title(scene, size, curve, given)
    return Sheet(size, title, tuple(plans), strict_names=True)


def _by_first(order: int) -> str:
    """The derivative of f by the first logit."""
    power = f"^{order}" if order > 1 else ""
    return rf"\partial{power} f\,/\,\partial x_1{power}" if order else "f"


def _component(i: int, count: int) -> str:
    return f"f_{i + 1}" if count > 1 else "f"


def _frame_of_vector(scene: Scene, scans: list[Scan], ylabel: str, xlabel: str) -> Frame:
    ylim, scale = _scaled(scene, scans)
    pi = scene.options.ticks == "pi"
    return Frame((scene.lo, scene.hi), ylim, ylabel, xlabel=xlabel, scale=scale, pi=pi)


def _points(scene: Scene) -> Sheet:
    """The range as one vector: a point for each of its components."""
    [curve], options = scene.curves, scene.options
    x = np.linspace(scene.lo, scene.hi, options.points)
    traces = []
    for order in scene.orders:
        y = np.broadcast_to(curve.activation.derivative(x, order), x.shape)
        each = Scan(curve, order, scene.lo, scene.hi, 0.0, given=(x, y))
        drawn = _by_order(each, scene, named=len(scene.orders) > 1)
        label = "f_i" if order == 0 else r"\partial f_i\,/\,\partial x_i"
        traces.append(replace(drawn, label=label, points=True, told=drawn.label))
    ylabel = "y" if len(traces) > 1 else traces[0].label
    scans = [trace.scan for trace in traces]
    plan = Plan(tuple(traces), _frame_of_vector(scene, scans, ylabel, "x_i"))
    title = _title(scene, SINGLE, curve, [rf"n = {options.points}"])
    return Sheet(SINGLE, title, (plan,))


# -- several curves


def _overlay(scene: Scene) -> Sheet:
    """One panel for each order, the curves or their differences from the first over each other."""
    size, diff = _stacked(scene), scene.diff
    colours = colours_of(scene.curves, scene.look)
    drawn = list(enumerate(zip(scene.curves, colours, strict=True)))[1 if diff else 0 :]
    plans = []
    for order in scene.orders:
        reference = scene.curves[0] if diff else None
        traces = tuple(
            Trace(
                _scan(scene, curve, order, size, reference),
                curve.label,
                colour,
                scene.look.dashes[i - diff],
                scene.look.weighted(i - diff),
                f"curve-{i}-{order}",
                named=len(drawn) > 1,
                told=curve.label + PRIMES[order],
            )
            for i, (curve, colour) in drawn
        )
        plans.append(_difference_plan(scene, traces) if diff else _plan(scene, traces))
    title = _title(scene, size)
    return Sheet(size, title, tuple(plans), strict_names=True, coloured=scene.curves)


def _plan(scene: Scene, traces: tuple[Trace, ...]) -> Plan:
    scans = [trace.scan for trace in traces]
    return Plan(traces, _frame(scene, scans, function(scans[0].order)))


def _difference_plan(scene: Scene, traces: tuple[Trace, ...]) -> Plan:
    """Differences; on a scale of signed powers of ten if some would lie on the axis otherwise."""
    first, order = scene.curves[0].label, traces[0].scan.order
    minuend = traces[0].label if len(traces) == 1 else "each"
    label = f"{minuend}{PRIMES[order]} {chr(0x2212)} {first}{PRIMES[order]}"
    sizes = [float(np.nanmax(np.abs(t.scan.y), initial=0.0)) for t in traces]
    told = [size for size in sizes if 0 < size < math.inf]
    unlike = bool(told) and max(told) > UNLIKE * min(told)
    scans = [trace.scan for trace in traces]
    frame = _frame(scene, scans, label, "symlog" if unlike else "linear")
    return Plan(traces, replace(frame, ylabel_math=False))


def _grid(scene: Scene) -> Sheet:
    """A panel for each curve, all with the same limits, the first curve in grey in the others."""
    curves, look = scene.curves, scene.look
    columns = columns_for(len(curves))
    size = (CELL[0] * columns, CELL[1] * math.ceil(len(curves) / columns))
    scans = [[_scan(scene, curve, order, CELL) for order in scene.orders] for curve in curves]
    frame = _frame(scene, [each for row in scans for each in row], "")
    first = Trace(scans[0][0], "", look.faint, theme.SOLID, 1.0, "reference", named=False, told="")
    colours = colours_of(curves, look)
    plans = []
    for i, (curve, colour, row) in enumerate(zip(curves, colours, scans, strict=True)):
        own = (_by_order(each, scene, len(row) > 1, colour, i) for each in row)
        heading = Label(curve.label, look.label_size, colour, look.font)
        traces = (*([first] if i else []), *own)
        plans.append(Plan(traces, replace(frame, heading=heading)))
    title = _title(scene, size)
    return Sheet(size, title, tuple(plans), columns, coloured=curves)


def _stacked(scene: Scene) -> Size:
    count = len(scene.orders)
    return SINGLE if count == 1 else _tall(count)


def _tall(count: int) -> Size:
    """The size of so many panels below each other."""
    return SINGLE[0], FIRST_PANEL + EACH_PANEL * count


# -- what all of them share


def _scan(
    scene: Scene, curve: Curve, order: int, usual: Size, reference: Curve | None = None
) -> Scan:
    width = scene.size(usual)[0] * scene.options.dpi * SCANNED
    return scan(curve, order, scene.lo, scene.hi, width, reference)


def _frame(scene: Scene, scans: list[Scan], ylabel: str, usual: str = "linear") -> Frame:
    """The frame of these curves; usual: their scale if none was asked for."""
    ylim, scale = _scaled(scene, scans, usual)
    pi = counts_pi(scene, scans, ylim)
    return Frame((scene.lo, scene.hi), ylim, ylabel, scale=scale, pi=pi)


def _scaled(scene: Scene, scans: list[Scan], usual: str = "linear") -> tuple[Limits, Scale]:
    """The limits and the scale of y.

    Raises UsageError for a scale of powers of ten if nothing is positive.
    """
    kind, ylim = scene.options.scale or usual, scene.options.ylim
    points = measured.taken_in(scene, scans)
    if kind == "linear":
        return ylim or _ylim(scans, points), Scale()
    if kind == "log":
        chosen, scale = limits.choose_powers(scans, points), Scale("log")
        if chosen is None or (ylim and ylim[0] <= 0):
            raise UsageError(
                f"--scale log has no place for the {ylim[0]:g} of --ylim: give limits above 0."
                if ylim and chosen
                else "--scale log shows positive values, and there is none on this range."
            )
    else:
        chosen, threshold = limits.choose_signed(scans, points)
        scale = Scale("symlog", threshold)
    if ylim is not None:
        return ylim, scale
    low, high = scale.warp(np.array(chosen)).tolist()
    pad = PADDING * (high - low)
    lo, hi = scale.unwarp(np.array([low - pad, high + pad])).tolist()
    return (lo, hi), scale


def _ylim(scans: list[Scan], points: Array) -> Limits:
    lo, hi = limits.choose(scans, points)
    pad = PADDING * (hi - lo)
    grounded = lo == 0 and not scans[0].lo <= 0 <= scans[0].hi
    return (lo if grounded else lo - pad), hi + pad


def _title(
    scene: Scene, size: Size, curve: Curve | None = None, given: Sequence[str] = ()
) -> tuple[Line, ...]:
    """The user's words, or the formula of the curve and, if asked for, those of its derivatives."""
    options, look = scene.options, scene.look
    width, label = room(scene.size(size)[0] * POINTS / scene.unit), scene.title_look
    if options.title is not None or curve is None:
        return tuple((line,) for line in fit_text(options.title or "", width, label))
    orders = [order for order in scene.orders if order > 0] if options.formula else []
    colours = [look.curves[order % len(look.curves)] for order in orders]
    return title_of(curve, orders, colours, width, label, given)
