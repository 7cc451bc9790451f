"""Contours of functions of two variables, drawn and taken apart for tests."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.text import Text

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


def named(picture: Picture, name: str) -> list[np.ndarray]:
    """The vertices of the lines of that name, in points, one array for each stroke."""
    found = []
    for artist in picture.artists:
        if isinstance(artist, Line2D) and artist.get_gid() == name:
            points = np.column_stack([artist.get_xdata(), artist.get_ydata()]).astype(float)
            gaps = np.flatnonzero(np.isnan(points[:, 0]))
            found += [part[~np.isnan(part[:, 0])] for part in np.split(points, gaps)]
    return found


def texts(picture: Picture, name: str) -> list[str]:
    return [a.get_text() for a in picture.artists if isinstance(a, Text) and a.get_gid() == name]
