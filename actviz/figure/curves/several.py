"""Several curves: over each other, as differences from the first, or a panel for each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.figure.canvas import canvas as on
from actviz.figure.canvas import theme
from actviz.figure.canvas.called import Called, Names, names_of, one_line, unnamed
from actviz.figure.canvas.canvas import EDGE
from actviz.figure.canvas.colours import colours_of, places_of
from actviz.figure.canvas.fitting import fit_formula, fit_line, fit_text
from actviz.figure.canvas.picture import POINTS
from actviz.figure.canvas.scene import Scene, Size, columns_for
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.title import PRIMES, Line, function, title_height
from actviz.figure.curves.framing import (
    by_order,
    frame_of,
    scanned,
    stacked,
    title_room,
    titled,
)
from actviz.figure.curves.layout import CELL, NOTED, Sheet
from actviz.figure.curves.traces import Plan, Trace
from actviz.figure.curves.vectors import FIXED, first_component, fixed_logits
from actviz.sampling import Scan

UNLIKE = 200.0  # times: of sizes so far apart the lesser is no more than the width of a line
REFERENCE = 2.6  # points: the line of the curve that others are held against, under theirs
LONGEST = 0.3  # of the width of the sheet: a formula that names its curve


@dataclass(frozen=True)
class Shown:
    """The curves that are drawn, as functions of one number, and what they are called."""

    curves: tuple[Curve, ...]
    names: Names


def _shown(scene: Scene) -> Shown:
    fixed = scene.options.fixed or FIXED
    curves = tuple(first_component(each, fixed) for each in scene.curves)
    return Shown(curves, names_of(curves, said=scene.options.title is None and not scene.diff))


def overlay(scene: Scene) -> Sheet:
    """One panel for each order, the curves or their differences from the first over each other."""
    size, diff, look = stacked(scene), scene.diff, scene.look
    shown = _shown(scene)
    names = [_short(scene, size, each, name) for each, name in _named(shown)]
    drawn = tuple(shown.curves[1 if diff else 0 :])
    places = scene.places or places_of([drawn])
    colours = colours_of(drawn, look, places)
    plans = []
    for order in scene.orders:
        reference = shown.curves[0] if diff else None
        traces = tuple(
            Trace(
                scanned(scene, curve, order, size, reference),
                name.text,
                colour,
                look.dashes[places.dash(curve)],
                look.weighted(places.dash(curve)),
                f"curve-{i}-{order}",
                math=name.math,
                named=len(drawn) > 1,
                told=curve.label + PRIMES[order],
            )
            for i, (curve, name, colour) in enumerate(
                zip(drawn, names[diff:], colours, strict=True), diff
            )
        )
        plans.append(_difference_plan(scene, traces, names) if diff else _plan(scene, traces))
    title = (*_title(scene, size, shown), *_long_formulas(scene, size, shown, names, colours))
    return Sheet(size, title, tuple(plans), strict_names=True, coloured=drawn, places=places)


def _named(shown: Shown) -> Iterator[tuple[Curve, Called]]:
    return zip(shown.curves, shown.names.each, strict=True)


def _short(scene: Scene, size: Size, curve: Curve, name: Called) -> Called:
    """The name, or a letter for a formula that is too long to stand at its curve."""
    label = Label(name.text, scene.look.label_size, "", scene.look.font, name.math)
    if not unnamed(curve) or label.extent[0] <= LONGEST * title_room(scene, size):
        return name
    letter, index = curve.base[:1], curve.base[1:].lstrip("_")
    return Called(f"{letter}_{{{index}}}" if index else letter, math=True)


def _title(scene: Scene, size: Size, shown: Shown) -> tuple[Line, ...]:
    """The user's words, or what the curves have in common, and what is drawn of vectors."""
    names, [first, *others] = shown.names, shown.curves
    of_vector = [each for each in scene.curves if each.activation.vector]
    given = fixed_logits(scene.options.fixed or FIXED)
    if names.family or not others:
        varied = names.varied
        return titled(scene, size, names.family or first, given if of_vector else (), varied)
    lines = titled(scene, size)
    if scene.options.title is not None or not of_vector:
        return lines
    called = " and ".join(dict.fromkeys(each.base for each in of_vector)).replace("$", r"\$")
    text = f"{called}: the first component, ${', '.join(['x_1 = x', *given])}$"
    look = replace(scene.title_look, size=scene.look.label_size)
    return (*lines, *((line,) for line in fit_text(text, title_room(scene, size), look)))


def _long_formulas(
    scene: Scene, size: Size, shown: Shown, names: Sequence[Called], colours: Sequence[str]
) -> Iterator[Line]:
    """The formulas whose curves are called by a letter, in their colours."""
    if scene.options.title is not None or len(shown.curves) < 2:
        return
    inked = [scene.look.ink] * scene.diff + list(colours)
    for (curve, full), name, colour in zip(_named(shown), names, inked, strict=True):
        if name != full:
            look = replace(scene.title_look, size=scene.look.label_size, colour=colour)
            plain = f"{curve.base}(x) = {curve.activation.formula}"
            text = f"{function(0, name.text)} = {full.text}"
            for line in fit_formula(text, plain, title_room(scene, size), look):
                yield (line,)


def _plan(scene: Scene, traces: tuple[Trace, ...]) -> Plan:
    scans = [trace.scan for trace in traces]
    return Plan(traces, frame_of(scene, scans, function(scans[0].order)))


def _difference_plan(scene: Scene, traces: tuple[Trace, ...], names: Sequence[Called]) -> Plan:
    """Differences; on a scale of signed powers of ten if some would lie on the axis otherwise."""
    order = traces[0].scan.order
    first, second, *others = (each.inline for each in names)
    minuend = "each" if others else second
    label = f"{minuend}{PRIMES[order]} {chr(0x2212)} {first}{PRIMES[order]}"
    sizes = [float(np.nanmax(np.abs(t.scan.y), initial=0.0)) for t in traces]
    told = [size for size in sizes if 0 < size < math.inf]
    unlike = bool(told) and max(told) > UNLIKE * min(told)
    scans = [trace.scan for trace in traces]
    frame = frame_of(scene, scans, label, "symlog" if unlike else "linear")
    return Plan(traces, replace(frame, ylabel_math=False))


def grid(scene: Scene) -> Sheet:
    """A panel for each curve, all with the same limits, the first curve in grey in the others.

    Colours and dashes say what order a curve has, as in a figure of one function.
    """
    shown, look = _shown(scene), scene.look
    curves = shown.curves
    columns = columns_for(len(curves))
    cell = NOTED if scene.options.annotate else CELL
    size = (cell[0] * columns, cell[1] * math.ceil(len(curves) / columns))
    scans = [[scanned(scene, curve, order, cell) for order in scene.orders] for curve in curves]
    frame = frame_of(scene, [each for row in scans for each in row], "")
    first = Trace(
        scans[0][0], "", look.reference, theme.SOLID, REFERENCE, "reference",
        named=False, layer=on.GRID + 0.1,
    )  # fmt: skip
    width = (scene.size(size)[0] * POINTS / scene.unit - 2 * EDGE) / columns - EDGE
    plans = []
    for i, ((curve, name), row) in enumerate(zip(_named(shown), scans, strict=True)):
        own = (by_order(each, scene, len(row) > 1, curve.label, i) for each in row)
        label = Label("", look.label_size, look.ink, look.font)
        heading = one_line(curve, name, width, label)
        plans.append(Plan((*([first] if i else []), *own), replace(frame, heading=heading)))
    title = (*_title(scene, size, shown), *_grey(scene, size, shown, scans[0][0]))
    above = "the words over the panels"
    size = size[0], size[1] + title_height(title) * scene.unit / POINTS
    return Sheet(size, title, tuple(plans), columns, above=above)


def _grey(scene: Scene, size: Size, shown: Shown, scan: Scan) -> Iterator[Line]:
    """What the grey curve is that all panels but the first have."""
    if len(shown.curves) < 2 or not scene.options.legend:
        return
    look = scene.look
    label = Label("", look.tick_size, look.faint, look.font)
    name = shown.names.each[0].inline
    text = f"grey: {name}{PRIMES[scan.order]}"
    width = title_room(scene, size)
    line = replace(label, text=text)
    if line.extent[0] > width:
        line = fit_line(f"grey: {shown.curves[0].label}{PRIMES[scan.order]}", width, label)
    yield (line,)
