"""What all figures of curves share: scans, frames with their limits and scales, sizes, titles."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.errors import UsageError
from actviz.figure.canvas import theme
from actviz.figure.canvas.fitting import fit_text
from actviz.figure.canvas.frame import Frame, Limits, Scale
from actviz.figure.canvas.picture import POINTS
from actviz.figure.canvas.scene import Scene, Size
from actviz.figure.canvas.title import PRIMES, Line, function, function_in_words, room, title_of
from actviz.figure.curves import limits, measured
from actviz.figure.curves.layout import SINGLE
from actviz.figure.curves.traces import Trace
from actviz.figure.curves.waves import counts_pi
from actviz.formula.arrays import Array
from actviz.sampling import Scan, scan

PADDING = 0.08  # of the span of y, above and below what is on show
FIRST_PANEL, EACH_PANEL = 0.5, 2.05  # inches of height: of a stack itself, and for each panel
SCANNED = 0.9  # of the width of the sheet: about how wide the plot area is


def stacked(scene: Scene) -> Size:
    """The size of a panel for each order."""
    count = len(scene.orders)
    return SINGLE if count == 1 else tall(count)


def tall(count: int) -> Size:
    """The size of so many panels below each other."""
    return SINGLE[0], FIRST_PANEL + EACH_PANEL * count


def scanned(
    scene: Scene, curve: Curve, order: int, usual: Size, reference: Curve | None = None
) -> Scan:
    """A curve over the range, or its difference from a reference, for a sheet that is so large."""
    width = scene.size(usual)[0] * scene.options.dpi * SCANNED
    return scan(curve, order, scene.lo, scene.hi, width, reference)


def frame_of(scene: Scene, scans: list[Scan], ylabel: str, usual: str = "linear") -> Frame:
    """The frame of these curves; usual: their scale if none was asked for."""
    ylim, scale = scaled(scene, scans, usual)
    pi = counts_pi(scene, scans, ylim)
    return Frame((scene.lo, scene.hi), ylim, ylabel, scale=scale, pi=pi)


def scaled(scene: Scene, scans: list[Scan], usual: str = "linear") -> tuple[Limits, Scale]:
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


def titled(
    scene: Scene,
    size: Size,
    curve: Curve | None = None,
    given: Sequence[str] = (),
    varied: Collection[str] = (),
) -> tuple[Line, ...]:
    """The user's words, or the formula of the curve and, if asked for, those of its derivatives.

    given: what is said after the formula; varied: the parameters of which it says no value.
    """
    options, look = scene.options, scene.look
    width, label = title_room(scene, size), scene.title_look
    if options.title is not None or curve is None:
        return tuple((line,) for line in fit_text(options.title or "", width, label))
    orders = [order for order in scene.orders if order > 0] if options.formula else []
    if curve.activation.vector:
        orders = []  # its derivative by its own component is not what is drawn
    colours = [look.curves[order % len(look.curves)] for order in orders]
    return title_of(curve, orders, colours, width, label, given, varied)


def title_room(scene: Scene, size: Size) -> float:
    """How wide a title may be on a sheet of that size, in units of the drawing."""
    return room(scene.size(size)[0] * POINTS / scene.unit)


def by_order(each: Scan, scene: Scene, named: bool, told: str = "", place: int = 0) -> Trace:
    """A curve in the dash and the colour of its order.

    told: what words call the function, if there are several.
    """
    order, look = each.order, scene.look
    return Trace(
        each,
        function(order),
        look.curves[order % len(look.curves)],
        theme.ORDER_DASHES[order],
        theme.ORDER_WIDTHS[order] / 2 * look.line_width,
        f"curve-{place}-{order}",
        math=True,
        named=named,
        told=f"{told}{PRIMES[order]}" if told else function_in_words(order),
    )
