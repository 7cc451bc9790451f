"""In every column of pixels a picture covers what a formula does there, held against 50 digits."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import numpy as np
import pytest
from drawn import lot
from sampled import sampled
from scaled import Array, Drawn, drawn

from actviz import figure
from actviz.catalogue.curve import Curve, parse_curves
from actviz.catalogue.lookup import load
from actviz.check.exact.values import exact_value

PIXEL = 72 / 200  # in the units of an SVG, of a picture with the usual 200 dots an inch
POINTS = 60  # of each curve, drawn by lot, beside those that are planted

NAMES = [name for name in load().entries if parse_curves([name])[0].activation.elementwise]

# formula: what it is on top of
BASES = ("", "x + ", "tanh(x) + ", "sin(x) + ")
# a peak in u = (x - place)/width: how far beside its place it is still high, in widths
PEAKS = {
    "exp(-({u})**2)": 0.5,
    "1/cosh({u})": 0.5,
    "1/(1 + ({u})**2)": 0.5,
    "max(0, 1 - abs({u}))": 0.25,
    "-({u})*exp(-({u})**2)": 0.5,
}
PLACES = (0.3, 1.2345, -0.7123, math.pi / 10, 1.7, 0.77, -3.21987)
WIDTHS = tuple(10.0**-k for k in range(1, 15))


def peaks() -> Iterator[tuple[str, tuple[float, ...]]]:
    """Formulas and where they are high."""
    rng = random.Random(5)
    for base in BASES:
        for shape, high in PEAKS.items():
            for width in WIDTHS:
                place = rng.choice(PLACES)
                text = base + shape.format(u=f"(x - {place!r})/{width!r}")
                yield text, tuple(place + step * high * width for step in (-1, 0, 1))


# formula, range: quickening oscillations, steep and flat curves, poles of order 1 to 4, poles at
# switches, holes, domains with an end
HARD = {
    "sin(50*x)": (-100, 100),
    "sin(1/x)": (-1, 1),
    "x*sin(1/x)": (-1, 1),
    "cos(1/x)": (-0.5, 0.25),
    "sin(x**3)": (-8, 8),
    "sin(exp(x))": (-6, 7),
    "tan(1e3*x)": (-6, 6),
    "x + 0.01*sin(1000*x)": (-1, 1),
    "tanh(1e9*x)": (-6, 6),
    "tanh(1e6*(x - 0.3)) - tanh(1e6*(x - 0.30001))": (-6, 6),
    "1/x": (-6, 6),
    "1/x**2": (-6, 6),
    "1/(x - 0.3)**3": (-6, 6),
    "1/(x**2 - 2)**4": (-6, 6),
    "1/(x**3 - x)**2": (-6, 6),
    "exp(-x**2)/cos(x)": (-6, 6),
    "where(x > 0.3, 1/(x - 0.3), x)": (-6, 6),
    "where(x > 0, 1/x, 0)": (-6, 6),
    "(x**2 - 3*x)/x": (-6, 6),
    "(exp(x) - 1)/x": (-6, 6),
    "sin(x)/x": (-30, 30),
    "sqrt(1 - x**2)": (-6, 6),
    "log(x)": (-6, 6),
    "log(x)*exp(-x)": (-1, 6),
    "x*log(x)": (-1, 6),
    "sqrt(abs(x - 0.3))": (-6, 6),
    "cbrt(x - 0.3)": (-6, 6),
    "exp(x)": (-700, 700),
    "x**3 - 3*x": (-6, 6),
    "x**5": (-6, 6),
    "1/((x - pi/10)**2 + 1e-20)": (-6, 6),
    "1/((x - pi/10)**2 + 1e-4)": (-6, 6),
    "atan(tan(x))": (-40, 40),
    "sign(sin(3*x))": (-6, 6),
    "where(x*x > 2, x, 0)": (-6, 6),
    "floor(x**2)": (-6, 6),
    "mod(x, 0.1)": (-2, 2),
    "round(5*sin(x))": (-6, 6),
    "abs(sin(3*x))": (-6, 6),
    "max(0, 1 - 1e12*abs(x - 0.77))": (-6, 6),
}

ASIN = math.asin(0.3)
# formula, range: places at which it jumps
COMBS = {
    "floor(x)": (-40, 40, tuple(range(-39, 40))),
    "mod(x, 2.5)": (-100, 100, tuple(2.5 * k for k in range(-39, 40))),
    "atan(tan(x))": (-100, 100, tuple(math.pi * (k + 0.5) for k in range(-32, 32))),
    "sign(sin(x))": (-100, 100, tuple(math.pi * k for k in range(-31, 32))),
    "where(sin(x) > 0.3, x, -x)": (-20, 20, (ASIN, math.pi - ASIN, ASIN + 2 * math.pi)),
    "where(x*x > 2, x, 0)": (-6, 6, (-math.sqrt(2), math.sqrt(2))),
    "tan(x)": (-40, 40, tuple(math.pi * (k + 0.5) for k in range(-13, 13))),
    "1/x": (-6, 6, (0.0,)),
    "x/(x**2 - 2)": (-6, 6, (-math.sqrt(2), math.sqrt(2))),
}  # fmt: skip


def one(text: str, order: int, lo: float, hi: float) -> tuple[Curve, Drawn]:
    """A curve, and how it is drawn."""
    [curve] = parse_curves([text])
    picture = figure.plot(curve, (order,), lo, hi, figure.Options())
    [found] = drawn(figure.render(picture, "svg"))
    return curve, found


def envelope(found: Drawn, across: float, pixel: float) -> tuple[float, float]:
    """The highest and lowest place that is drawn in the column of pixels with that place."""
    left = math.floor(across / pixel) * pixel
    heights: list[float] = []
    for line in found.lines:
        x, y = line.T
        if x[0] <= left + pixel and left <= x[-1]:
            ends = np.clip([left, left + pixel], x[0], x[-1])
            heights += np.interp(ends, x, y).tolist()
            heights += y[(x >= left) & (x <= left + pixel)].tolist()
    return min(heights, default=math.inf), max(heights, default=-math.inf)


def missed(
    curve: Curve, found: Drawn, points: Iterator[float], larger: int = 1
) -> list[tuple[float, float]]:
    """The points that are not covered in their column, and by how many pixels.

    larger: how many times as large the picture is looked at.
    """
    pixel = PIXEL / larger
    panel = found.panel
    left, _, right, _ = panel.box
    node, parameters = curve.activation.tree(found.order), curve.activation.parameters
    bad = []
    for x in points:
        y = float(exact_value(node, x, parameters))
        undefined = math.isnan(float(exact_value(curve.activation.definition, x, parameters)))
        if undefined or math.isnan(y) or not panel.ylim[0] <= y <= panel.ylim[1]:
            continue
        across = left + (x - panel.xlim[0]) / np.ptp(panel.xlim) * (right - left)
        high, low = envelope(found, across, pixel)
        down = float(panel.down(np.array(y)))
        off = max(high - down, down - low)
        if off > 0.25 * pixel:
            bad.append((x, off / pixel))
    return bad


def spread(lo: float, hi: float, *of: object) -> list[float]:
    rng = lot(*of)
    return [rng.uniform(lo, hi) for _ in range(POINTS)]


@pytest.mark.parametrize(("text", "high"), sampled(list(peaks()), 1 / 80))
def test_no_peak_is_missed(text: str, high: tuple[float, ...]) -> None:
    curve, found = one(text, 0, -6.0, 6.0)
    values = [float(exact_value(curve.activation.tree(0), x, {})) for x in high]
    assert found.panel.ylim[0] <= min(values) and max(values) <= found.panel.ylim[1]
    assert missed(curve, found, iter([*high, *spread(-6.0, 6.0, text)])) == []


@pytest.mark.parametrize("text", sampled(list(HARD), 1 / 12))
def test_hard_formulas_are_covered_in_every_column(text: str) -> None:
    lo, hi = map(float, HARD[text])
    for order in (0, 1):
        curve, found = one(text, order, lo, hi)
        assert missed(curve, found, iter(spread(lo, hi, text, order))) == []


UNSURE = "It is not proven that all of f(x) is drawn."
DENSE = {"tan(1e3*x)"}  # with so many poles that these fill what is on show


@pytest.mark.parametrize("name", sampled(NAMES, 1 / 200))
def test_cubics_hold_at_six_times_the_size(name: str) -> None:
    for order in (0, 1, 2):
        curve, found = one(name, order, -6.0, 6.0)
        assert missed(curve, found, iter(spread(-6.0, 6.0, name, order)), 6) == [], order


# What has no positive value is refused on a scale of powers of ten.
SCALED = [
    *((text, "symlog", tuple(map(float, span))) for text, span in HARD.items()),
    *((text, "log", tuple(map(float, span))) for text, span in HARD.items()),
    *((text, scale, (-6.0, 6.0)) for text, _ in peaks() for scale in ("symlog", "log")),
]


@pytest.mark.parametrize(("text", "scale", "span"), sampled(SCALED, 1 / 160))
def test_nothing_is_missed_on_scales_of_powers_of_ten(
    text: str, scale: str, span: tuple[float, float]
) -> None:
    [curve] = parse_curves([text])
    picture = figure.plot(curve, (0,), *span, figure.Options(scale=scale))
    if UNSURE in picture.words[1]:
        assert text in DENSE
        return
    [found] = drawn(figure.render(picture, "svg"))
    high = dict(peaks()).get(text, ())
    assert missed(curve, found, iter([*high, *spread(*span, text, scale)])) == []
    values = [float(exact_value(curve.activation.definition, x, {})) for x in high]
    assert max(values, default=-math.inf) <= found.panel.ylim[1]


def crossing(found: Drawn, place: float) -> Array:
    """How far the lines over a place go up or down there, in pixels."""
    panel = found.panel
    left, _, right, _ = panel.box
    at = left + (place - panel.xlim[0]) / np.ptp(panel.xlim) * (right - left)
    over = [line for line in found.lines if line[0, 0] < at - 1e-3 and at + 1e-3 < line[-1, 0]]
    return np.array([np.ptp(np.interp([at - 0.05, at + 0.05], *line.T)) / PIXEL for line in over])


@pytest.mark.parametrize("text", COMBS)
def test_no_jump_is_joined(text: str) -> None:
    lo, hi, places = COMBS[text]
    _, found = one(text, 0, float(lo), float(hi))
    joined = [x for x in places if crossing(found, x).size]
    assert joined == []
