"""Figures: curves in, a picture out, and its bytes.

A picture holds matplotlib's artists; `to_figure()` gives the matplotlib Figure of it. Nothing here
imports matplotlib before something is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from actviz.figure.canvas.colours import Places, places_of
from actviz.figure.canvas.formats import BINARY, FORMATS, SUFFIXES, render
from actviz.figure.canvas.options import AXES, LAYOUTS, PRESETS, SCALES, TICKS, Options, parse_size
from actviz.figure.canvas.theme import MOST_CURVES, THEMES

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
    "PRESETS",
    "SCALES",
    "SUFFIXES",
    "THEMES",
    "TICKS",
    "Options",
    "Places",
    "compare",
    "errors",
    "forget_fonts",
    "load",
    "overlays",
    "parse_size",
    "places_of",
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

    Of a function of a vector it draws the components, and of one of two variables contours over
    [lo, hi] for both.

    Raises UsageError for what cannot be drawn of the function, and an option that says nothing.

    >>> from actviz.catalogue.curve import parse_curves
    >>> [silu] = parse_curves(["silu"])
    >>> render(plot(silu, [0, 1], -6, 6), "svg")[:5]
    b'<?xml'
    """
    _import_quietly()
    from actviz.figure.canvas.scene import Scene

    scene = Scene((curve,), tuple(orders), float(lo), float(hi), options or Options())
    if curve.activation.gated:
        from actviz.figure.planes import plane

        return plane.plot(scene)
    from actviz.figure.curves import compose

    return compose.plot(scene)


def compare(
    curves: Sequence[Curve],
    orders: Sequence[int],
    lo: float,
    hi: float,
    options: Options | None = None,
    *,
    layout: str | None = None,
    diff: bool = False,
    places: Places | None = None,
) -> Picture:
    """Several curves on [lo, hi].

    layout: "overlay" (one panel for each order), "stack" (the derivative under the function) or
    "grid" (a panel for each curve, with the first curve in grey in all of them). None is an
    overlay, or a grid of more curves than an overlay can tell apart. Functions of two variables
    are always a grid.
    diff: the differences from the first curve instead.
    places: the colours and dashes of the functions, from places_of, if the figure stands beside
    others in which they are to be the same.

    Raises UsageError for more curves than can be told apart, an unknown layout, a diff of one, or
    functions that cannot be drawn together.
    """
    _import_quietly()
    from actviz.figure.canvas.scene import Scene

    scene = Scene(
        tuple(curves),
        tuple(orders),
        float(lo),
        float(hi),
        options or Options(),
        layout,
        diff,
        places,
    )
    if any(curve.activation.gated for curve in curves):
        from actviz.figure.planes import plane

        return plane.compare(scene)
    from actviz.figure.curves import compose

    return compose.compare(scene)


def overlays(curves: Sequence[Curve], layout: str | None, diff: bool = False) -> bool:
    """Whether compare draws these over each other, and not a panel for each of them."""
    if any(curve.activation.gated for curve in curves):
        return False
    return layout != "grid" if layout else diff or len(curves) <= MOST_CURVES


def errors(series: Sequence[ErrorSeries], curve: Curve, options: Options | None = None) -> Picture:
    """The errors that a check found of a curve, over x; see charts.accuracy."""
    _import_quietly()
    from actviz.figure.charts import accuracy

    return accuracy.errors(series, curve, options)


def vanishing(
    curves: Sequence[Curve],
    depths: Sequence[int],
    seed: int = 0,
    options: Options | None = None,
    places: Places | None = None,
) -> Picture:
    """The size of products of derivatives through so many layers; see charts.vanishing."""
    _import_quietly()
    from actviz.figure.charts.vanishing import vanishing

    return vanishing(curves, depths, seed, options, places)


def preview(
    curves: Sequence[Curve],
    orders: Sequence[int],
    lo: float,
    hi: float,
    columns: int = 72,
    rows: int = 18,
) -> Text:
    """The curves as text for a terminal; see curves.preview."""
    from actviz.figure.curves import preview as terminal

    return terminal.preview(curves, orders, lo, hi, columns, rows)


def show(picture: Picture) -> None:
    """Show the picture in a window until it is closed; see window.show."""
    from actviz.figure.canvas import window

    window.show(picture)


def load(formats: Iterable[str]) -> None:
    """Load what draws these formats without what only other uses of matplotlib need.

    It is for a process that does nothing but draw; elsewhere all is loaded as it is needed.
    """
    _import_quietly()
    from actviz.figure.canvas import typeset

    typeset.load()
    if others := set(formats) - {"svg"}:
        from actviz.figure.canvas import renderers

        renderers.load(others)


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
