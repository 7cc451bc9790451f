"""Figures: curves in, a picture out, and its bytes.

A picture holds matplotlib's artists; `to_figure()` gives the matplotlib Figure of it. Nothing here
imports matplotlib before something is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from actviz.figure.options import (
    AXES,
    BINARY,
    FORMATS,
    LAYOUTS,
    SUFFIXES,
    THEMES,
    TICKS,
    Options,
    parse_size,
)
from actviz.figure.render import render

if TYPE_CHECKING:
    from actviz.curve import Curve
    from actviz.figure.picture import Picture

__all__ = [
    "AXES",
    "BINARY",
    "FORMATS",
    "LAYOUTS",
    "SUFFIXES",
    "THEMES",
    "TICKS",
    "Options",
    "compare",
    "parse_size",
    "plot",
    "render",
]


def plot(
    curve: Curve, orders: Sequence[int], lo: float, hi: float, options: Options | None = None
) -> Picture:
    """One curve and its derivatives of these orders on [lo, hi].

    >>> from actviz.curve import parse_curves
    >>> [silu] = parse_curves(["silu"])
    >>> render(plot(silu, [0, 1], -6, 6), "svg")[:5]
    b'<?xml'
    """
    from actviz.figure import compose

    return compose.plot(curve, orders, lo, hi, options)


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
    """Several curves on [lo, hi]; see compose.compare."""
    from actviz.figure import compose

    return compose.compare(curves, orders, lo, hi, options, layout=layout, diff=diff)
