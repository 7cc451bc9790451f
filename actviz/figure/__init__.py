"""Figures: curves in, a picture out, and its bytes.

A picture holds matplotlib's artists; `to_figure()` gives the matplotlib Figure of it. Nothing here
imports matplotlib before something is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from actviz.figure.canvas.formats import BINARY, FORMATS, SUFFIXES, render
from actviz.figure.canvas.options import AXES, LAYOUTS, TICKS, Options, parse_size
from actviz.figure.canvas.theme import THEMES

if TYPE_CHECKING:
    from rich.text import Text

    from actviz.catalogue.curve import Curve
    from actviz.check.result import ErrorSeries
    from actviz.figure.canvas.picture import Picture

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
    "errors",
    "forget_fonts",
    "parse_size",
    "plot",
    "preview",
    "render",
    "show",
    "vanishing",
]


def plot(
    curve: Curve, orders: Sequence[int], lo: float, hi: float, options: Options | None = None
) -> Picture:
    """One curve and its derivatives of these orders on [lo, hi].

    Of a function of two variables it draws contours over [lo, hi] for both: see plane.plot.

    >>> from actviz.catalogue.curve import parse_curves
    >>> [silu] = parse_curves(["silu"])
    >>> render(plot(silu, [0, 1], -6, 6), "svg")[:5]
    b'<?xml'
    """
    _import_quietly()
    if curve.activation.gated:
        from actviz.figure.planes import plane

        return plane.plot(curve, orders, lo, hi, options)
    from actviz.figure.curves import compose

    return compose.plot(curve, orders, lo, hi, options)


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
    """Several curves on [lo, hi]; see compose.compare, and plane.compare for two variables."""
    _import_quietly()
    if any(curve.activation.gated for curve in curves):
        from actviz.figure.planes import plane

        return plane.compare(curves, orders, lo, hi, options, layout=layout, diff=diff)
    from actviz.figure.curves import compose

    return compose.compare(curves, orders, lo, hi, options, layout=layout, diff=diff)


def errors(series: Sequence[ErrorSeries], curve: Curve, options: Options | None = None) -> Picture:
    """The errors that a check found of a curve, over x; see accuracy.errors."""
    _import_quietly()
    from actviz.figure.charts import accuracy

    return accuracy.errors(series, curve, options)


def vanishing(
    curves: Sequence[Curve], depths: Sequence[int], seed: int = 0, options: Options | None = None
) -> Picture:
    """The size of products of derivatives through so many layers; see depths.vanishing."""
    _import_quietly()
    from actviz.figure.charts.vanishing import vanishing

    return vanishing(curves, depths, seed, options)


def preview(
    curves: Sequence[Curve],
    orders: Sequence[int],
    lo: float,
    hi: float,
    columns: int = 72,
    rows: int = 18,
) -> Text:
    """The curves as text for a terminal; see terminal.preview."""
    from actviz.figure.curves import preview as terminal

    return terminal.preview(curves, orders, lo, hi, columns, rows)


def show(picture: Picture) -> None:
    """Show the picture in a window until it is closed; see window.show."""
    from actviz.figure.canvas import window

    window.show(picture)


def forget_fonts() -> None:
    """Let a process that has just been forked read the fonts anew; see renderers.forget_fonts."""
    from actviz.figure.canvas import renderers

    renderers.forget_fonts()


def _import_quietly() -> None:
    """Import matplotlib without its complaints about a matplotlibrc that no figure here follows."""
    import logging

    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        import matplotlib  # noqa: F401
    finally:
        logger.setLevel(level)
