"""Numbers that anyone can check by other means: anchors, tails, conventions at the breakpoints."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest

import actviz

EPS = 2.0**-52

# The points of the rows of anchors.toml, whose head says what a row is.
ANCHORED = np.array([-1.5, 1.0])
ANCHORS = tomllib.loads((Path(__file__).parent / "anchors.toml").read_text("ascii"))


def test_every_function_has_an_anchor() -> None:
    missing = actviz.load().entries.keys() - ANCHORS.keys()
    assert not missing, f"to be worked out from the paper and written into anchors.toml: {missing}"


@pytest.mark.parametrize("name", ANCHORS)
def test_anchors(name: str) -> None:
    function, expected = actviz.get(name), np.array(ANCHORS[name], dtype=np.float64)
    slopes = [function.derivative(ANCHORED, wrt=each) for each in function.arguments]
    got = np.concatenate([function(ANCHORED), *slopes])
    change = np.ones(got.shape)
    if function.elementwise:
        change = np.concatenate([*slopes, function.derivative(ANCHORED, 2)]) * np.tile(ANCHORED, 2)
    wrong = np.abs(got - expected) > 16 * EPS * (np.abs(expected) + np.abs(change))
    assert not wrong.any(), f"{got.tolist()} for the anchor {expected.tolist()}"


# To as many digits as the acceptance gives.
DIGITS = (
    # name, order, x, expected, half a unit of the last digit
    ("sigmoid", 0, 0.1, 0.52497919, 5e-9),
    ("sigmoid", 0, 0.4, 0.59868766, 5e-9),
    ("sigmoid", 0, 0.7, 0.66818777, 5e-9),
    ("sigmoid", 0, 1.0, 0.73105858, 5e-9),
    ("sigmoid", 1, 0.1, 0.24937604, 5e-9),
    ("sigmoid", 1, 0.4, 0.24026075, 5e-9),
    ("sigmoid", 1, 0.7, 0.22171287, 5e-9),
    ("sigmoid", 1, 1.0, 0.19661193, 5e-9),
    ("sigmoid", 1, -10.0, 4.5396e-05, 5e-10),
    ("sigmoid", 1, -10 + 20 / 99, 5.5558e-05, 5e-10),
    ("sigmoid", 1, -10 + 40 / 99, 6.7994e-05, 5e-10),
    ("tanhshrink", 0, 1e-8, 3.3333333e-25, 5e-33),
    ("gelu", 0, 1.0, 0.841344746068543, 5e-16),
    ("gelu_tanh", 0, 1.0, 0.8411919906082768, 2e-16),
)


@pytest.mark.parametrize(("name", "order", "x", "expected", "half"), DIGITS)
def test_digits(name: str, order: int, x: float, expected: float, half: float) -> None:
    assert abs(actviz.get(name).derivative(x, order=order) - expected) <= half


TAILS = (
    # name, parameters, order, x, the true value to 17 digits
    ("gelu", {}, 0, -20.0, -5.507248237212467390e-88),
    ("gelu", {}, 1, -20.0, -1.101436048313346404e-86),
    ("gelu", {}, 0, -10.0, -7.619853024160526066e-23),
    ("gelu", {}, 1, -10.0, -7.618400096464814086e-22),
    ("gelu", {}, 0, -6.0, -5.919525870226188844e-09),
    ("gelu", {}, 1, -6.0, -3.546870945390201478e-08),
    ("gelu_tanh", {}, 0, -10.0, -1.204092348209810214e-37),
    ("gelu_tanh", {}, 1, -10.0, -2.757638063854041144e-36),
    ("gelu_tanh", {}, 0, -20.0, -3.375450956311061950e-261),
    ("gelu_tanh", {}, 1, -20.0, -2.942432872494585213e-259),
    ("gelu_tanh", {}, 0, -6.0, -8.439646700762303472e-11),
    ("gelu_tanh", {}, 1, -6.0, -7.709973930953701028e-10),
    ("sigmoid", {}, 1, 20.0, 2.061153613941849344e-09),
    ("sigmoid", {}, 1, 40.0, 4.248354255291588959e-18),
    ("sigmoid", {}, 1, 100.0, 3.720075976020835963e-44),
    ("tanh", {}, 1, 20.0, 1.699341702116635584e-17),
    ("tanh", {}, 1, -40.0, 7.219405551381660689e-35),
    ("tanh", {}, 1, 100.0, 5.535586106946950123e-87),
    ("tanhshrink", {}, 0, 1e-8, 3.333333333333333409e-25),
    ("tanhshrink", {}, 1, 1e-8, 9.999999999999999752e-17),
    ("tanhshrink", {}, 0, -0.001, -3.333332000000539890e-10),
    ("tanhshrink", {}, 1, 0.001, 9.999993333337111525e-07),
    ("softplus", {}, 0, 20.1, 20.10000000186501),
    ("squareplus", {}, 0, -1000.0, 9.999990000019999950e-04),
    ("squareplus", {}, 1, -1000.0, 9.999970000099999650e-07),
    ("squareplus", {"b": 1.0}, 0, -1000.0, 2.499999375000312500e-04),
    ("squareplus", {"b": 1.0}, 1, -1000.0, 2.499998125001562499e-07),
    ("elu", {}, 1, -40.0, 4.248354255291588995e-18),
    ("elu", {}, 1, -100.0, 3.720075976020835963e-44),
    ("celu", {"alpha": 0.5}, 1, -20.0, 4.248354255291588995e-18),
    ("selu", {}, 1, -100.0, 6.540263121344393167e-44),
)


@pytest.mark.parametrize(("name", "parameters", "order", "x", "expected"), TAILS)
def test_tails(
    name: str, parameters: dict[str, float], order: int, x: float, expected: float
) -> None:
    function = actviz.get(name, **parameters)
    bound = 16 * EPS * (abs(expected) + abs(x * function.derivative(x, order=order + 1)))
    assert abs(function.derivative(x, order=order) - expected) <= bound


# The derivative at the breakpoints, as PyTorch has it.
CONVENTION = (
    ("relu", 0.0, 0.0),
    ("leaky_relu", 0.0, 0.01),
    ("prelu", 0.0, 0.25),
    ("rrelu", 0.0, 11 / 48),
    ("relu6", 0.0, 0.0),
    ("relu6", 6.0, 0.0),
    ("threshold", 0.0, 0.0),
    ("hardtanh", -1.0, 0.0),
    ("hardtanh", 1.0, 0.0),
    ("hardsigmoid", -3.0, 0.0),
    ("hardsigmoid", 3.0, 0.0),
    ("hardswish", -3.0, 0.0),
    ("hardswish", 3.0, 1.0),
    ("hardshrink", -0.5, 0.0),
    ("hardshrink", 0.5, 0.0),
    ("softshrink", -0.5, 0.0),
    ("softshrink", 0.5, 0.0),
    ("elu", 0.0, 1.0),
    ("elu:alpha=2", 0.0, 2.0),
    ("celu", 0.0, 1.0),
    ("celu:alpha=2", 0.0, 1.0),
    ("selu", 0.0, 1.7580993408473766),
    ("abs", 0.0, 0.0),
    ("sign", 0.0, 0.0),
    ("sparse_plus", -1.0, 0.0),
    ("sparse_plus", 1.0, 1.0),
    ("thresholded_relu", 1.0, 0.0),
    ("softshrink:lambd=0", 0.0, 0.0),
    ("hardshrink:lambd=0", 0.0, 0.0),
    ("relu_squared", 0.0, 0.0),
    ("softsign", 0.0, 1.0),
    ("step", 0.0, 0.0),
)


@pytest.mark.parametrize(("curve", "x", "slope"), CONVENTION)
def test_convention_at_breakpoints(curve: str, x: float, slope: float) -> None:
    (parsed,) = actviz.parse_curves([curve])
    assert parsed.activation.derivative(x) == pytest.approx(slope, rel=2 * EPS, abs=0)


# Values at the breakpoints themselves, and a few that tell namesakes apart.
VALUES = (
    ("threshold", 0.0, 0.5),
    ("hardshrink", 0.5, 0.0),
    ("step", 0.0, 1.0),
    ("sign", 0.0, 0.0),
    ("thresholded_relu", 1.0, 0.0),
    ("keras_relu", -2.0, -0.3),
    ("keras_relu", 0.0, -0.1),
    ("keras_relu", 1.0, 0.0),
    ("keras_relu", 1.5, 1.5),
    ("elu:alpha=2", -1.0, -1.2642411176571153),
    ("celu:alpha=2", -1.0, -0.7869386805747332),
    ("hard_sigmoid", 1.0, 0.6666666666666666),
    ("keras2_hard_sigmoid", 1.0, 0.7),
    ("leaky_relu", -1.0, -0.01),
    ("leaky_relu:alpha=2", -1.0, -2.0),
    ("leaky_relu:alpha=2", 1.0, 1.0),
    ("rrelu", -1.0, -11 / 48),
)


@pytest.mark.parametrize(("curve", "x", "value"), VALUES)
def test_values_that_tell_namesakes_apart(curve: str, x: float, value: float) -> None:
    (parsed,) = actviz.parse_curves([curve])
    assert parsed.activation(x) == pytest.approx(value, rel=2 * EPS, abs=0)


def test_differences_between_the_gelus() -> None:
    x = np.linspace(-6, 6, 120_001)
    gelu = actviz.get("gelu")(x)
    for name, largest, place in (("gelu_tanh", 4.732e-4, 2.699), ("quick_gelu", 2.033e-2, 2.270)):
        difference = np.abs(actviz.get(name)(x) - gelu)
        assert difference.max() == pytest.approx(largest, rel=5e-4)
        assert abs(x[difference.argmax()]) == pytest.approx(place, abs=2e-3)


EXTREMES = (
    # name, minimum, where (by the reference)
    ("silu", -0.27846454, -1.27845),
    ("mish", -0.30884341, -1.19245),
    ("gelu", -0.16997121, -0.7518),
    ("gelu_tanh", -0.17004075, -0.75245),
    ("hardswish", -0.375, -1.5),
    ("quick_gelu", -0.16361019, -0.75115),
)


@pytest.mark.parametrize(("name", "minimum", "place"), EXTREMES)
def test_minima(name: str, minimum: float, place: float) -> None:
    x = np.linspace(-3, 0, 300_001)
    y = actviz.get(name)(x)
    assert y.min() == pytest.approx(minimum, abs=1e-8)
    assert x[y.argmin()] == pytest.approx(place, abs=2e-4)


def test_softmax_of_the_tutorial() -> None:
    """The tutorial rounded the logits to four digits as well."""
    got = actviz.get("softmax")([-0.0027, 1.0101, -0.9370])
    np.testing.assert_allclose(got, [0.2412, 0.6641, 0.0947], atol=6e-5)
    assert math.fsum(got) == pytest.approx(1, abs=2 * EPS)
