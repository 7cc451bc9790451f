"""No text in a figure touches a curve, an axis, a circle or another text, and none leaves it."""

import pytest
from onsheet import faults, texts
from sampled import sampled

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.catalogue.lookup import load

RANGES = ((-6.0, 6.0), (-1.0, 8.0), (2.0, 9.0), (-100.0, 100.0))

ELEMENTWISE = [name for name in load().entries if parse_curves([name])[0].activation.elementwise]


def curves(*texts):
    return parse_curves(texts)


# The formulas, which take longest to lay out, are looked at once.
WITH_FORMULA = [(name, RANGES[0], None) for name in ELEMENTWISE]
WITH_NAME = [(name, span, name) for span in RANGES[1:] for name in ELEMENTWISE]


@pytest.mark.parametrize(
    ("name", "span", "title"), sampled([*WITH_FORMULA, *WITH_NAME], 1 / 8), ids=str
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
        ["silu", "sigmoid", "tanh", "sine", "hardshrink", "selu", "gelu_tanh", "1/x", "tan(x)"], 0.4
    ),
)
def test_every_option(name, options):
    assert faults(figure.plot(*curves(name), (0, 1, 2), -6.0, 6.0, options)) == []


@pytest.mark.parametrize("span", [(-1e6, 1e6), (0.0, 1e-9), (1000.0, 1000.001), (-9.0, -2.0)])
def test_extreme_ranges(span):
    for name in ("silu", "relu", "tanh", "sine", "x**3"):
        assert faults(figure.plot(*curves(name), (0,), *span)) == [], name


@pytest.mark.parametrize("layout", figure.LAYOUTS)
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


# formula: whether it comes again after a small share of pi, or a few times pi
WAVES = {
    "sin(x)": True, "sinc": True, "snake": True, "sin(x/2)": True, "cos(3*x)*exp(-x**2)": True,
    "sin(exp(x))": False, "sin(1/x)": False, "sine:omega=30": False, "cos(x**2)": False,
    "sin(tanh(x))": False, "tanh(x)": False,
}  # fmt: skip


@pytest.mark.parametrize("text", WAVES)
def test_ticks_are_multiples_of_pi_for_waves_that_come_again(text):
    picture = figure.plot(*curves(text), (0,), -6.0, 6.0, figure.Options())
    assert any("\u03c0" in each for each in texts(picture)) == WAVES[text]
