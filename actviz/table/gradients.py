"""The vanishing gradient as a table: a row for each curve, gain and depth."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from actviz.table.records import Cell, Column, Records

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve

DIGITS = 3  # for people


def gradients(
    curves: Sequence[Curve],
    layers: Sequence[int],
    seed: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
) -> Records:
    """The sizes of the products of derivatives: properties.Depth, with the name in front.

    Of each curve the rows without gain (which is a gain of 1) come first, then those with it.
    progress is called after each curve with (done, total, name). Raises UsageError for what
    properties.depth refuses.

    >>> from actviz.catalogue.curve import parse_curves
    >>> table = gradients(parse_curves(["half=x/2"]), [3])
    >>> [(name.value, depth.value, gain.value) for name, depth, gain, *_ in table.rows]
    [('half', 3, 1.0), ('half', 3, 2.0)]
    """
    from actviz.properties import Depth, depth

    rows = []
    for done, curve in enumerate(curves, 1):
        for row in depth(curve.activation, layers, seed):
            numbers = (Cell(value, f"{value:.{DIGITS}g}") for value in dataclasses.astuple(row))
            rows.append([Cell(curve.label, curve.label), *numbers])
        if progress:
            progress(done, len(curves), curve.label)
    names = ["name", *(each.name for each in dataclasses.fields(Depth))]
    return Records([Column(name) for name in names], rows)
