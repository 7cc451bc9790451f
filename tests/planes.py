"""Contours of functions of two variables, drawn and taken apart for tests."""

from __future__ import annotations

from actviz import figure
from actviz.catalogue.curve import Curve, parse_curves
from actviz.catalogue.lookup import load
from actviz.figure.canvas.picture import Picture
from actviz.figure.planes.partials import map_of
from actviz.figure.planes.shading import Map

LO, HI = -6.0, 6.0
CELLS = 230
PIXEL = (HI - LO) / 690  # of the default figure, in units of a and b


def curve(text: str) -> Curve:
    return parse_curves([text])[0]


GATED = tuple(name for name in load().entries if curve(name).activation.gated)
WRTS = ((), ("a",), ("b",), ("a", "a"), ("a", "b"), ("b", "b"))


def mapped(text: str, wrt: tuple[str, ...] = (), lo: float = LO, hi: float = HI) -> Map:
    return map_of(curve(text), wrt, lo, hi, CELLS)


def plotted(
    text: str, orders: tuple[int, ...] = (0,), lo: float = LO, hi: float = HI, **options: object
) -> Picture:
    return figure.plot(curve(text), orders, lo, hi, figure.Options(**options))  # type: ignore[arg-type]


def compared(*texts: str, diff: bool = False, layout: str | None = None) -> Picture:
    return figure.compare(parse_curves(texts), (0,), LO, HI, layout=layout, diff=diff)
