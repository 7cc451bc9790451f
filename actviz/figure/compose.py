"""The figures of the two commands: one curve with its derivatives, and several curves together."""

from __future__ import annotations

import math
from collections.abc import Sequence

from actviz.curve import Curve
from actviz.errors import UsageError
from actviz.expression import Apply, walk
from actviz.figure import limits, theme
from actviz.figure.layout import CELL, EDGE, SINGLE, STACKED, Sheet, draw
from actviz.figure.options import LAYOUTS, Options
from actviz.figure.panel import Plan, Trace
from actviz.figure.picture import POINTS, Picture
from actviz.figure.render import settings
from actviz.figure.text import Label
from actviz.figure.theme import Theme
from actviz.figure.title import PRIMES, Line, fit_text, function, title_of
from actviz.figure.words import describe
from actviz.sampling import Scan, scan

PADDING = 0.08  # of the span of y, above and below what is on show
Limits = tuple[float, float]


def plot(
    curve: Curve, orders: Sequence[int], lo: float, hi: float, options: Options | None = None
) -> Picture:
    """One curve and its derivatives on [lo, hi] in one coordinate system."""
    options = options or Options()
    with settings():
        look = theme.choose(options.theme, options.style)
        scans = [scan(curve, order, lo, hi, _width(options, SINGLE)) for order in orders]
        traces = tuple(
            Trace(
                each,
                function(each.order),
                look.curves[each.order % len(look.curves)],
                theme.ORDER_DASHES[each.order],
                theme.ORDER_WIDTHS[each.order] / 2 * look.line_width,
                f"curve-{each.order}",
                math=True,
                named=len(scans) > 1,
            )
            for each in scans
        )
        ylabel = function(scans[0].order) if len(scans) == 1 else "y"
        plan = Plan(traces, _ylim(scans, options), ylabel, pi=_wants_pi([curve], lo, hi, options))
        title = _title(look, options, SINGLE, curve, scans)
        picture = draw(Sheet(SINGLE, title, (plan,)), look, options)
    picture.words = describe(scans, [trace.label for trace in traces])
    return picture


def compare(
    curves: Sequence[Curve],
    orders: Sequence[int],
    lo: float,
    hi: float,
    options: Options | None = None,
    *,
    layout: str = "overlay",
    diff: bool = False,
) -> Picture:
    """Several curves on [lo, hi].

    layout: "overlay" (one panel for each order), "stack" (the derivative under the function) or
    "grid" (a panel for each curve, with the first curve in grey in all of them).
    diff: the differences from the first curve instead.

    Raises UsageError for more curves than can be told apart, an unknown layout, or a diff of one.
    """
    options = options or Options()
    if layout not in LAYOUTS:
        raise UsageError(f"unknown layout {layout!r}; it is one of {', '.join(LAYOUTS)}.")
    if diff and len(curves) < 2:
        raise UsageError("a difference needs two curves or more.")
    if layout != "grid" and len(curves) - diff > theme.MOST_CURVES:
        raise UsageError(
            f"{len(curves) - diff} curves cannot be told apart in one picture (the most is "
            f"{theme.MOST_CURVES}); --layout grid draws each in its own."
        )
    if layout == "stack" and len(orders) == 1:
        orders = (orders[0], orders[0] + 1)
    with settings():
        look = theme.choose(options.theme, options.style)
        if layout == "grid":
            sheet = _grid(curves, orders, lo, hi, look, options, diff)
        else:
            sheet = _overlay(curves, orders, lo, hi, look, options, diff)
        picture = draw(sheet, look, options)
    own = [t for plan in sheet.plans for t in plan.traces if not t.name.startswith("reference")]
    names = [f"{t.scan.curve.label}{PRIMES[t.scan.order]}" for t in own]
    picture.words = describe([trace.scan for trace in own], names)
    return picture


def _overlay(
    curves: Sequence[Curve],
    orders: Sequence[int],
    lo: float,
    hi: float,
    look: Theme,
    options: Options,
    diff: bool,
) -> Sheet:
    size = SINGLE if len(orders) == 1 else (STACKED[0], 0.3 + 2.1 * len(orders))
    plans = []
    colours = _colours(curves, look)
    for order in orders:
        pairs = list(zip(curves, colours, range(len(curves)), strict=True))
        reference = curves[0] if diff else None
        traces = tuple(
            Trace(
                scan(curve, order, lo, hi, _width(options, size), reference),
                curve.label,
                colour,
                theme.CURVE_DASHES[i % len(theme.CURVE_DASHES)],
                look.line_width,
                f"curve-{i}-{order}",
            )
            for curve, colour, i in pairs[1 if diff else 0 :]
        )
        scans = [trace.scan for trace in traces]
        ylabel = function(order)
        if diff:
            first = curves[0].label
            ylabel = rf"\mathrm{{difference\;from\;{first}}}"
        pi = _wants_pi(curves, lo, hi, options)
        plans.append(Plan(traces, _ylim(scans, options), ylabel, pi=pi))
    title = _title(look, options, size)
    return Sheet(size, title, tuple(plans), strict_names=True)


def _grid(
    curves: Sequence[Curve],
    orders: Sequence[int],
    lo: float,
    hi: float,
    look: Theme,
    options: Options,
    diff: bool,
) -> Sheet:
    columns = min(len(curves), 3 if len(curves) in (3, 5, 6, 9) or len(curves) > 9 else 2)
    rows = math.ceil(len(curves) / columns)
    size = (CELL[0] * columns, CELL[1] * rows)
    width = _width(options, CELL)
    scans = {
        (i, order): scan(curve, order, lo, hi, width)
        for i, curve in enumerate(curves)
        for order in orders
    }
    ylim = _ylim(list(scans.values()), options)
    plans = []
    colours = _colours(curves, look)
    for i, curve in enumerate(curves):
        grey = (
            ()
            if i == 0
            else tuple(
                Trace(
                    scans[0, o],
                    "",
                    look.faint,
                    theme.ORDER_DASHES[o],
                    1.0,
                    f"reference-{o}",
                    named=False,
                )
                for o in orders[:1]
            )
        )
        own = tuple(
            Trace(
                scans[i, o], function(o), colours[i], theme.ORDER_DASHES[o],
                theme.ORDER_WIDTHS[o], f"curve-{i}-{o}", math=True, named=len(orders) > 1,
            )
            for o in orders
        )  # fmt: skip
        heading = Label(curve.label, look.label_size, colours[i], look.font)
        plans.append(Plan(grey + own, ylim, "", heading))
    title = _title(look, options, size)
    return Sheet(size, title, tuple(plans), columns)


def _width(options: Options, size: tuple[float, float]) -> float:
    """About how many pixels a plot area is wide."""
    return (options.size or size)[0] * options.dpi * 0.9


def _ylim(scans: list[Scan], options: Options) -> Limits:
    if options.ylim is not None:
        return options.ylim
    lo, hi = limits.choose(scans)
    pad = PADDING * (hi - lo)
    grounded = lo == 0 and scans[0].lo > 0
    return (lo if grounded else lo - pad), hi + pad


def _colours(curves: Sequence[Curve], look: Theme) -> list[str]:
    """A colour for each curve by its function's name; the members of a family share a hue."""
    families = [curve.family or _home(curve) for curve in curves]
    places = dict(zip(families, theme.slots(families), strict=True))
    colours: dict[int, str] = {}
    for family, place in places.items():
        members = [i for i, each in enumerate(families) if each == family]
        tints = theme.shades(look.curves[place % len(look.curves)], len(members), look.background)
        colours |= dict(zip(members, tints, strict=True))
    return [colours[i] for i in range(len(curves))]


def _wants_pi(curves: Sequence[Curve], lo: float, hi: float, options: Options) -> bool:
    """Whether ticks are multiples of pi: if asked for, or by several periods of sin and cos."""
    if options.ticks != "auto":
        return options.ticks == "pi"
    heads = {
        part.head
        for curve in curves
        for part in walk(curve.activation.definition)
        if isinstance(part, Apply)
    }
    return bool(heads & {"sin", "cos", "tan"}) and 3 * math.pi <= hi - lo <= 60 * math.pi


def _home(curve: Curve) -> str:
    activation = curve.activation
    return activation.name if activation.entry is not None else activation.formula


def _title(
    look: Theme,
    options: Options,
    size: tuple[float, float],
    curve: Curve | None = None,
    scans: Sequence[Scan] = (),
) -> tuple[Line, ...]:
    """The user's words, or the formula of the curve and, if asked for, those of its derivatives."""
    width = (options.size or size)[0] * POINTS - 2 * EDGE - 6
    label = Label("", look.title_size, look.ink, look.font)
    if options.title is not None or curve is None:
        return tuple((line,) for line in fit_text(options.title or "", width, label))
    orders = [each.order for each in scans if each.order > 0] if options.formula else []
    return title_of(curve, orders, [look.curves[order] for order in orders], width, label)
