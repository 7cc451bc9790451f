"""The figures of functions of two variables: contours of one and its derivatives, or of several."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.called import called
from actviz.figure.canvas.fitting import fit_formula, fit_text
from actviz.figure.canvas.frame import Frame
from actviz.figure.canvas.picture import POINTS, Picture
from actviz.figure.canvas.scene import Scene, Size, columns_for
from actviz.figure.canvas.sentences import ORDINALS, listed
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import MINUS
from actviz.figure.canvas.title import Line, room, title_of
from actviz.figure.planes.partials import (
    Wrt,
    difference,
    map_of,
    partial_name,
    partial_text,
    surface_of,
)
from actviz.figure.planes.refusals import refuse_compare, refuse_plot
from actviz.figure.planes.shading import Map
from actviz.figure.planes.sheet import Plane, Sheet, draw
from actviz.figure.planes.surface_words import Told, describe
from actviz.formula.expression import to_text
from actviz.formula.latex import symbol, to_latex

SINGLE, EACH, CELL = (4.8, 4.3), (3.2, 2.7), (2.3, 2.3)  # inches
FOR_TITLE, FOR_SCALE = 0.35, 0.55  # inches that a title above and a scale beside panels take
MOST_COLUMNS = 3
CELL_PIXELS = 2.5  # between the points of the grid
FEWEST_CELLS, MOST_CELLS = 60, 400
AREA = 0.75  # of the width of its share of the sheet: about how wide a plot area is


def plot(scene: Scene) -> Picture:
    """A function of two variables and its partial derivatives, each with a scale of its own.

    Raises UsageError for what refusals.refuse_plot says.
    """
    refuse_plot(scene)
    [curve], orders = scene.curves, scene.orders
    names = curve.activation.arguments
    wrts = [wrt for order in orders for wrt in combinations_with_replacement(names, order)]
    columns = min(len(wrts), MOST_COLUMNS)
    size = _size(len(wrts), columns)
    with settings(scene.look.math), np.errstate(all="ignore"):
        title = _title(scene, size, curve, wrts)
        planes = tuple(_partials(scene, wrts, _cells(scene, size, columns)))
        picture = draw(Sheet(size, title, planes, columns), scene)
        kinds = [ORDINALS[order].replace("deriv", "partial deriv") for order in orders]
        picture.words = f"{curve.label}: {listed(kinds)}", _described(scene, planes)
    return picture


def compare(scene: Scene) -> Picture:
    """Functions of two variables side by side, or their differences; with one scale for all.

    Raises UsageError for what refusals.refuse_compare says.
    """
    refuse_compare(scene)
    shown = scene.curves[scene.diff :]
    columns = columns_for(len(shown))
    rows = math.ceil(len(shown) / columns)
    size = SINGLE if len(shown) == 1 else (CELL[0] * columns + FOR_SCALE, CELL[1] * rows)
    with settings(scene.look.math), np.errstate(all="ignore"):
        planes = tuple(_beside(scene, shown, _cells(scene, size, columns)))
        title = _title(scene, size)
        picture = draw(Sheet(size, title, planes, columns, shared=True), scene)
        labels = listed([curve.label for curve in scene.curves])
        kind = "difference" if scene.diff else "functions of two variables"
        picture.words = f"{labels}: {kind}", _described(scene, planes)
    return picture


def _described(scene: Scene, planes: Sequence[Plane]) -> str:
    return describe(scene.curves, [Told(plane.map, plane.told) for plane in planes])


def _partials(scene: Scene, wrts: Sequence[Wrt], cells: int) -> Iterator[Plane]:
    """The partial derivatives of the one function by these variables."""
    [curve], look = scene.curves, scene.look
    for wrt in wrts:
        name = partial_name(wrt)
        heading = Label(name, look.label_size, look.ink, look.font, math=True)
        frame = _frame(curve, heading if len(wrts) > 1 else None, scene)
        shown = map_of(curve, wrt, scene.lo, scene.hi, cells)
        yield Plane(shown, frame, name, partial_text(wrt))


def _beside(scene: Scene, curves: Sequence[Curve], cells: int) -> Iterator[Plane]:
    """These functions, or their differences from the first of the scene."""
    first, look = scene.curves[0], scene.look
    for curve in curves:
        shown_as = called(curve).inline
        label, shown = curve.label, map_of(curve, (), scene.lo, scene.hi, cells)
        if scene.diff:
            label = f"{label} {MINUS} {first.label}"
            shown_as = f"{shown_as} {MINUS} {called(first).inline}"
            other = surface_of(first.activation, (), scene.lo, scene.hi)
            shown = Map(difference(shown.surface, other), cells)
        heading = Label(shown_as, look.label_size, look.ink, look.font)
        yield Plane(shown, _frame(curve, heading, scene), "f", label)


def _frame(curve: Curve, heading: Label | None, scene: Scene) -> Frame:
    across, up = (symbol(name) for name in curve.activation.arguments)
    limits = scene.lo, scene.hi
    frame = Frame(limits, limits, up, heading=heading, xlabel=across, plane=True)
    return frame.named(scene.options)


def _size(count: int, columns: int) -> Size:
    if count == 1:
        return SINGLE
    return EACH[0] * columns, EACH[1] * math.ceil(count / columns) + FOR_TITLE


def _cells(scene: Scene, size: Size, columns: int) -> int:
    """How many cells a grid has to a side, for a plot area of about that size."""
    width, height = scene.size(size)
    pixels = AREA * min(width / columns, height) * scene.options.dpi
    return int(np.clip(pixels / CELL_PIXELS, FEWEST_CELLS, MOST_CELLS))


def _title(
    scene: Scene, size: Size, curve: Curve | None = None, wrts: Sequence[Wrt] = ()
) -> tuple[Line, ...]:
    """The user's words, or the formula and, if asked for, those of the partial derivatives.

    curve: None for several, which have no formula to be their title.
    """
    options, label = scene.options, scene.title_look
    width = room(scene.size(size)[0] * POINTS / scene.unit)
    if options.title is not None or curve is None:
        return tuple((line,) for line in fit_text(options.title or "", width, label))
    lines = list(title_of(curve, (), (), width, label))
    own = replace(label, size=label.size * 0.9)
    for wrt in wrts if options.formula else ():
        if wrt:
            formula = curve.activation.partial(*wrt)
            text = f"{partial_name(wrt)} = {to_latex(formula)}"
            plain = f"{partial_text(wrt)} = {to_text(formula)}"
            lines += [(line,) for line in fit_formula(text, plain, width, own)]
    return tuple(lines)
