"""The figures of the two commands: one curve with its derivatives, and several curves together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from actviz.catalogue.kind import Kind, require_number
from actviz.errors import UsageError
from actviz.figure.canvas import theme
from actviz.figure.canvas.options import LAYOUTS
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.scene import Scene
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.silent import refuse_silent
from actviz.figure.canvas.title import function
from actviz.figure.curves import limits, measured
from actviz.figure.curves.framing import by_order, frame_of, scanned, tall, titled
from actviz.figure.curves.layout import SINGLE, Sheet, draw, lacks
from actviz.figure.curves.several import grid, overlay
from actviz.figure.curves.traces import Plan
from actviz.figure.curves.vectors import FIXED, components, points
from actviz.figure.curves.words import Told, describe
from actviz.formula.allowance import Allowance, allowed
from actviz.sampling import Scan

WORK = 600_000  # steps of balls for a curve, about two seconds
BOUNDS = 4e7  # steps of enclosures for a curve, about three seconds
APART = 20.0  # times: derivatives whose sizes are farther apart have panels of their own


def plot(scene: Scene) -> Picture:
    """One curve and its derivatives on [lo, hi] in one coordinate system.

    A function of a vector shows its components, or with options.vector one vector as points.
    """
    [curve] = scene.curves
    refuse_silent(curve, scene.options)
    count = len(curve.outputs)
    if curve.activation.kind is Kind.VECTOR:
        count = len(scene.options.fixed or FIXED) + 1
    with settings(scene.look.math), allowed(_work(count)), np.errstate(all="ignore"):
        if curve.activation.elementwise:
            return _finished(_single(scene), scene)
        if len(curve.outputs) > 1:
            return _finished(_outputs(scene), scene)
        if scene.options.vector:
            return _finished(points(scene), scene)
        return _finished(components(scene), scene)


def compare(scene: Scene) -> Picture:
    """Several curves on [lo, hi] in that layout, or their differences from the first.

    Raises UsageError for more curves than can be told apart, an unknown layout, a diff of one, or
    a function of a vector.
    """
    over = scene.diff or len(scene.curves) <= theme.MOST_CURVES
    layout = scene.layout or ("overlay" if over else "grid")
    _check(scene, layout)
    with settings(scene.look.math), allowed(_work(len(scene.curves))), np.errstate(all="ignore"):
        if layout == "grid" and not scene.diff:
            return _finished(grid(scene), scene)
        if layout == "stack" and scene.orders == (0,):
            scene = replace(scene, orders=(0, 1))
        sheet = overlay(scene)
        if layout == "stack" and len(scene.orders) == 1:
            note = "--layout stack has a panel for each order, and there is one."
            sheet = replace(sheet, notes=(*sheet.notes, note))
        return _finished(sheet, scene)


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
    vectors = [curve for curve in scene.curves if curve.activation.vector]
    for curve in scene.curves:
        why = "it cannot be drawn among others; plot draws it by itself"
        if curve not in vectors:
            require_number(curve.activation, why, curve.label)
    if scene.options.fixed and not vectors:
        raise UsageError("--fixed with numbers alone is for functions of a vector.")


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
    scans = [scanned(scene, curve, order, SINGLE) for order in scene.orders]
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
        traces = tuple(by_order(each, scene, named=len(group) > 1) for each in group)
        ylabel = function(group[0].order) if len(group) == 1 else "y"
        plans.append(Plan(traces, frame_of(scene, group, ylabel)))
    size = SINGLE if len(plans) == 1 else tall(len(plans))
    return Sheet(size, titled(scene, size, curve), tuple(plans))


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


# -- a function with several outputs


def _outputs(scene: Scene) -> Sheet:
    """The outputs over each other, a panel for each order; the title is the formula of all."""
    [curve] = scene.curves
    for each in curve.outputs:
        require_number(each.activation, "it cannot be drawn", each.label)
    sheet = overlay(replace(scene, curves=curve.outputs))
    return replace(sheet, title=titled(scene, sheet.size, curve))
