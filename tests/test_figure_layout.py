"""No text in a figure touches a curve, an axis, a circle or another text, and none leaves it."""

from itertools import product

import numpy as np
import pytest
from onsheet import faults, misplaced, strokes, texts, words
from points import PARTLY
from sampled import sampled

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.catalogue.lookup import load
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.renderers import raster
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.shapes import Words
from actviz.figure.canvas.text import Label
from actviz.figure.canvas.ticks import MINUS, decimal_ticks, number

RANGES = ((-6.0, 6.0), (-1.0, 8.0), (2.0, 9.0), (-100.0, 100.0))

ELEMENTWISE = [name for name in load().entries if parse_curves([name])[0].activation.elementwise]


def curves(*texts):
    return parse_curves(texts)


# The formulas, which take longest to lay out, are looked at once.
WITH_FORMULA = [(name, RANGES[0], None) for name in ELEMENTWISE]
WITH_NAME = [(name, span, name) for span in RANGES[1:] for name in ELEMENTWISE]


@pytest.mark.parametrize(
    ("name", "span", "title"), sampled([*WITH_FORMULA, *WITH_NAME], 1 / 80), ids=str
)
def test_every_function_with_its_derivative(name, span, title):
    options = figure.Options(title=title)
    assert faults(figure.plot(*curves(name), (0, 1), *span, options)) == []


@pytest.mark.parametrize(
    "options",
    [figure.Options(annotate=True), figure.Options(axes="box", grid=True),
     figure.Options(axes="center"), figure.Options(equal=True),
     figure.Options(size=(3.0, 2.0)), figure.Options(hlines=(0.5,), vlines=(1.0,), formula=True)],
    ids=["annotate", "box", "center", "equal", "small", "lines"],
)  # fmt: skip
@pytest.mark.parametrize(
    "name",
    sampled(
        ["silu", "sigmoid", "tanh", "sine", "hardshrink", "selu", "gelu_tanh", "1/x", "tan(x)"], 0.1
    ),
)
def test_every_option(name, options):
    assert faults(figure.plot(*curves(name), (0, 1, 2), -6.0, 6.0, options)) == []


@pytest.mark.parametrize("span", [(-1e6, 1e6), (0.0, 1e-9), (1000.0, 1000.001), (-9.0, -2.0)])
def test_extreme_ranges(span):
    for name in ("silu", "relu", "tanh", "sine", "x**3"):
        assert faults(figure.plot(*curves(name), (0,), *span)) == [], name


@pytest.mark.parametrize("layout", sampled([*figure.LAYOUTS], 0.2))
@pytest.mark.parametrize(
    "names",
    [("relu", "elu"), ("sigmoid", "tanh", "relu", "leaky_relu"), ("gelu", "gelu_tanh", "silu"),
     ("relu", "leaky_relu", "elu", "gelu", "silu", "mish"), ("elu:alpha=0.5|1|2",)],
    ids=str,
)  # fmt: skip
def test_comparisons(names, layout):
    for orders in ((0,), (1,), (0, 1)):
        assert faults(figure.compare(curves(*names), orders, -6, 6, layout=layout)) == []


def test_differences():
    for names in (("gelu", "gelu_tanh"), ("gelu", "gelu_tanh", "quick_gelu", "silu")):
        assert faults(figure.compare(curves(*names), (0,), -6, 6, diff=True)) == []


def test_vectors():
    for vector in (False, True):
        options = figure.Options(vector=vector)
        assert faults(figure.plot(*curves("softmax"), (0, 1), -2, 2, options)) == []


def test_long_formulas_stay_inside():
    long = "x*sigmoid(x) + " + " + ".join(f"{k}*tanh({k}*x + sin(x))" for k in range(1, 12))
    for text in (long, "max(" * 8 + "x" + ", 1)" * 8, f"a rather long name of a curve={long}"):
        assert faults(figure.plot(*curves(text), (0, 1), -6, 6)) == []


# Whole catalogue, every order, far and near, in every size and without colours.
PLACES = [
    *product(
        [name for name in ELEMENTWISE if name not in PARTLY],  # the line of a pole may be on a tick
        ((0,), (0, 1), (0, 1, 2)),
        (*RANGES, (0.0, 1e-6), (-40.0, 40.0)),
    )
]
LOOKS = [*product(("light", "print"), ((3.25, 2.2), (6.0, 4.0), (12.0, 4.0)))]


# What was wrong once: an arrowhead of a curve in the name of the axis.
STRUCK = [("hyper_sinh", (0,), (-40.0, 40.0))]


@pytest.mark.parametrize(("name", "orders", "span"), [*STRUCK, *sampled(PLACES, 1 / 2000)])
def test_every_number_is_on_its_tick(name, orders, span):
    for theme, size in LOOKS:
        options = figure.Options(theme=theme, size=size)
        picture = figure.plot(*curves(name), orders, *span, options)
        assert faults(picture) == [], (theme, size)
        assert misplaced(picture) == [], (theme, size)


# formula, orders, range, options, and the numbers on x and y
NUMBERS = (
    ("gaussian", (0, 1), (-6, 6), {}, ("−6 −4 −2 2 4 6", "−1 −0.5 0 0.5 1")),
    ("gaussian", (0, 1, 2), (-6, 6), {}, ("−6 −4 −2 2 4 6", "−2 −1.5 −1 −0.5 0 0.5 1")),
    ("smooth_step", (0, 1), (-6, 6), {}, ("−6 −4 −2 2 4 6", "0 0.5 1 1.5")),
    ("sin(x)/x", (0,), (-40, 40), {}, ("−10π −5π 0 5π 10π", "0 0.5 1")),
    ("sine", (0,), (0, 100), {"ticks": "pi"}, ("0 5π 10π 15π 20π 25π 30π", "−1 −0.5 0.5 1")),
    ("gelu", (0, 1), (-6, 6), {"axes": "center"}, ("−6 −4 −2 2 4 6", "0 1 2 4 5 6")),
    ("gelu", (0, 1), (-6, 6), {"axes": "box"}, ("−6 −4 −2 0 2 4 6", "0 2 4 6")),
    ("tanh", (0,), (0, 1e-6), {}, ("0.2 0.4 0.6 0.8 1", "0.2 0.4 0.6 0.8 1")),
)


@pytest.mark.parametrize(("text", "orders", "span", "asked", "expected"), NUMBERS)
def test_numbers_that_are_written(text, orders, span, asked, expected):
    picture = figure.plot(*curves(text), orders, *map(float, span), figure.Options(**asked))
    for name, along, numbers in (("tick-x", "x", expected[0]), ("tick-y", "y", expected[1])):
        placed = sorted(words(picture, name), key=lambda each: getattr(each, along))
        assert [each.label.text for each in placed] == numbers.split()
    assert misplaced(picture) == []


def test_a_row_that_curves_would_cross_is_at_the_edge_and_small_ticks_are_left():
    shown = figure.plot(*curves("gaussian"), (0, 1, 2), -6.0, 6.0)
    [row], [small] = strokes(shown, "row-y"), strokes(shown, "y-minor-ticks")
    [axis] = strokes(shown, "axis-y")
    assert row.paths[0][0, 0] < small.paths[0].mean(axis=0)[0] == axis.paths[0][0, 0]
    assert strokes(shown, "row-x") == []
    plain = figure.plot(*curves("gelu"), (0, 1), -6.0, 6.0)
    assert not any("minor" in each.name or each.name.startswith("row") for each in plain.shapes)


def test_centred_axes_say_where_they_cross():
    for text, said in (("gelu", ["(0, 2.9)"]), ("tanh", [])):
        picture = figure.plot(*curves(text), (0,), -6.0, 6.0, figure.Options(axes="center"))
        assert texts(picture, "crossing") == said


@pytest.mark.parametrize("size", [(1.6, 1.2), (2.0, 1.5), (2.2, 1.6)], ids=str)
def test_what_the_crossing_is_hides_nothing_in_a_small_figure(size):
    options = figure.Options(axes="center", size=size)
    picture = figure.plot(*curves("gelu"), (0, 1), -6.0, 6.0, options)
    [words] = [each for each in picture.shapes if each.name.startswith("crossing")]
    assert not words.halo


@pytest.mark.parametrize("power", range(-30, 31, 2))
def test_the_power_of_ten_leaves_numbers_from_1_to_999(power):
    for size in (1.0, 1.5, 3.0, 6.0, 9.9, 1000 / 3):
        ticks = decimal_ticks(-size * 10.0**power, size * 10.0**power, 8)
        if ticks.factor:
            largest = max(float(label.replace(MINUS, "-")) for label in ticks.labels)
            assert 1 <= largest <= 999


def test_the_ink_of_a_text_is_where_it_is_measured():
    """By what matplotlib draws of it, to a pixel."""
    for text, math in (
        ("−0.25", False),
        ("1", False),
        (r"\frac{x^2}{\sqrt{y}}", True),
        ("f", True),
    ):
        size = 40.0
        label = Label(text, size, "#000000", ("DejaVu Sans",), math)
        shown = Words(label, 100.0, 100.0, name="text", layer=1.0)
        with settings():
            _, pixels = raster(Picture((4.0, 4.0), 72.0, shapes=[shown]))
            left, right, top, bottom = label.ink
        y, x = np.nonzero(np.asarray(pixels)[..., 3] > 64)
        drawn = (x.min() - 100, x.max() + 1 - 100, 188 - y.min(), 188 - y.max() - 1)
        assert np.allclose(drawn, (left, right, top, bottom), atol=1.5)


# formula: whether it comes again after a small share of pi, or a few times pi, on most of the range
WAVES = {
    "sin(x)": True, "sinc": True, "snake": True, "sin(x/2)": True, "cos(3*x)*exp(-x**2)": False,
    "cos(3*x)*exp(-x**2/12)": True, "gcu": True, "where(x > 0, sin(x), 0)": True,
    "sin(exp(x))": False, "sin(1/x)": False, "sine:omega=30": False, "cos(x**2)": False,
    "sin(tanh(x))": False, "tanh(x)": False, "sine_relu": False, "sine_relu:epsilon=0.5": True,
}  # fmt: skip


@pytest.mark.parametrize("text", WAVES)
def test_ticks_are_multiples_of_pi_for_waves_that_come_again(text):
    picture = figure.plot(*curves(text), (0,), -6.0, 6.0, figure.Options())
    assert any("\u03c0" in each for each in texts(picture)) == WAVES[text]


def test_the_largest_numbers_are_written() -> None:
    assert number(1.7976e308, 4) == "1.798×10³⁰⁸"
    assert number(1.7976e308, 1) == "2×10³⁰⁸"
    assert number(-5e-324) == f"{MINUS}4.94×10⁻³²⁴"
