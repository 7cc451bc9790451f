"""An SVG read back by the scales that it tells: its curves in the units of their functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
GROUP = "{http://www.w3.org/2000/svg}g"
CURVED = np.arange(1, 513) / 512  # along a cubic: the ends of the lines that stand for it
PATH = "{http://www.w3.org/2000/svg}path"


@dataclass(frozen=True)
class Panel:
    """A coordinate system: its box (left, top, right, bottom) in the SVG's units, its scales.

    threshold: where that of signed powers of ten is as steep as a linear one.
    """

    box: tuple[float, ...]
    xlim: tuple[float, ...]
    ylim: tuple[float, ...]
    scales: tuple[str, str]
    threshold: float

    def x(self, across: Array) -> Array:
        left, _, right, _ = self.box
        t = (across - left) / (right - left)
        return np.asarray(self.xlim[0] * (1 - t) + self.xlim[1] * t)

    def y(self, down: Array) -> Array:
        _, top, _, bottom = self.box
        t = (bottom - down) / (bottom - top)
        lo, hi = self._placed(np.array(self.ylim))
        place = np.asarray(lo * (1 - t) + hi * t)
        match self.scales[1]:
            case "log":
                return np.asarray(10.0**place)
            case "symlog":
                return np.asarray(np.sinh(place) * self.threshold)
        return place

    def down(self, y: Array) -> Array:
        _, top, _, bottom = self.box
        lo, hi = self._placed(np.array(self.ylim))
        return np.asarray(bottom - (self._placed(y) - lo) / (hi - lo) * (bottom - top))

    def _placed(self, y: Array) -> Array:
        match self.scales[1]:
            case "log":
                return np.log10(y)
            case "symlog":
                return np.arcsinh(y / self.threshold)
        return y


@dataclass(frozen=True)
class Drawn:
    """A curve as it is drawn: polylines in the SVG's units."""

    panel: Panel
    curve: str
    order: int
    lines: tuple[Array, ...]


def drawn(svg: bytes) -> list[Drawn]:
    """The curves of all panels in their order."""
    root = ElementTree.fromstring(svg)
    found = []
    for group in root.iter(GROUP):
        if "data-box" in group.attrib:
            panel = _panel(group)
            curves = [each for each in group.iter(GROUP) if "data-curve" in each.attrib]
            found += [_drawn(panel, each) for each in curves]
    return found


def _panel(group: ElementTree.Element) -> Panel:
    box, xlim, ylim = (_numbers(group.attrib[f"data-{name}"]) for name in ("box", "xlim", "ylim"))
    scales = group.attrib["data-xscale"], group.attrib["data-yscale"]
    return Panel(box, xlim, ylim, scales, float(group.attrib.get("data-ythreshold", "nan")))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split()))


def _drawn(panel: Panel, group: ElementTree.Element) -> Drawn:
    lines = [line for path in group.iter(PATH) for line in _polylines(path.attrib["d"])]
    return Drawn(panel, group.attrib["data-curve"], int(group.attrib["data-order"]), tuple(lines))


def _polylines(d: str) -> Iterator[Array]:
    for part in d.split("M")[1:]:
        line: list[tuple[float, ...]] = []
        for letter, numbers in re.findall(r"([MLC])([-\d.e ]+)", f"M{part}"):
            places = np.array(numbers.split(), dtype=np.float64).reshape(-1, 2)
            if letter == "C":
                p, a, b, q = np.array(line[-1]), *places
                t = CURVED[:, None]
                u = 1 - t
                places = u**3 * p + 3 * u * u * t * a + 3 * u * t * t * b + t**3 * q
            line += map(tuple, places.tolist())
        yield np.array(line)
