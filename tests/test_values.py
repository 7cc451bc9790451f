"""Values and derivatives of arrays: shapes, dtypes, infinities, sides of a switch, parameters."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from points import PARTLY, VERTICAL
from sampled import sampled

import actviz
from actviz.catalogue.kind import Kind

DTYPES = {
    # input dtype: output dtype
    "float64": "float64",
    "float32": "float32",
    "float16": "float16",
    "longdouble": "float64",
    "int64": "float64",
    "int8": "float64",
    "uint8": "float64",
    "bool": "float64",
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (5,), (0,), (2, 3), (2, 0, 3), (1, 2, 3, 4)], ids=str)
def test_shapes_and_dtypes(dtype: str, shape: tuple[int, ...]) -> None:
    x = np.ones(shape, dtype=dtype)
    for y in (
        actviz.get("silu")(x),
        actviz.get("silu").derivative(x, order=2),
        actviz.get("step").derivative(x),
    ):
        assert y.shape == shape and y.dtype == DTYPES[dtype]


ACCEPTED: tuple[tuple[Any, Any], ...] = (
    (1, 1.0),
    (True, 1.0),
    (0.5, 0.5),
    (np.float32(0.5), 0.5),
    ([1, -1], [1.0, 0.0]),
    ((1.5,), [1.5]),
    ([], []),
    ([[1, 2], [-3, 4]], [[1.0, 2.0], [0.0, 4.0]]),
    (range(3), [0.0, 1.0, 2.0]),
    ([True, False], [1.0, 0.0]),
    (10**30, 1e30),
    ([10**30, 1], [1e30, 1.0]),
    (np.ma.array([1.0, -1.0]), [1.0, 0.0]),
)


@pytest.mark.parametrize(("x", "expected"), ACCEPTED, ids=lambda v: repr(v)[:30])
def test_what_is_taken_as_numbers(x: Any, expected: Any) -> None:
    assert np.asarray(actviz.get("relu")(x)).tolist() == expected


@pytest.mark.parametrize(
    "x", ["abc", "2.5", None, [1, None], [1, "a"], 1j, [1j], {}, [[1], [1, 2]], object()]
)
def test_what_is_no_number(x: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        actviz.get("relu")(x)


def test_narrow_inputs_are_computed_in_float64() -> None:
    gelu = actviz.get("gelu")
    x = np.linspace(-6, 6, 201)
    for dtype in (np.float32, np.float16):
        narrow = x.astype(dtype)
        with np.errstate(all="raise", under="ignore"):
            expected = gelu(narrow.astype(np.float64)).astype(dtype)
        assert np.array_equal(gelu(narrow), expected)
    with np.errstate(all="raise"):
        assert actviz.get("exponential")(np.float16(12)) == np.float16("inf")
        assert actviz.get("exponential")(np.float32(-300)) == 0


def test_the_input_is_not_changed() -> None:
    x = np.array([1.0, np.nan, np.inf])
    for name in ("identity", "relu", "softsign"):
        for order in (0, 1):
            actviz.get(name).derivative(x, order=order)[...] = 7
    assert x[0] == 1 and np.isnan(x[1]) and x[2] == np.inf


ONE_NUMBER = [
    name for name in actviz.load().entries if actviz.get(name).kind in (Kind.NUMBER, Kind.VECTOR)
]


@pytest.mark.parametrize("name", sampled(ONE_NUMBER, 0.02))
def test_every_function_everywhere(name: str) -> None:
    """NaN only for NaN, no warning, orders 0 to 4, a stack of rows as its rows."""
    function = actviz.get(name)
    x = np.array([[-np.inf, -1e300, -3.0], [0.0, -0.0, 5e-324], [2.0, 1e300, np.inf]])
    with np.errstate(all="raise"):
        for order in range(5):
            y = function.derivative(x, order=order)
            assert y.shape == x.shape
            assert all(
                np.array_equal(a, b, equal_nan=True)
                for a, b in zip(
                    y, (function.derivative(row, order=order) for row in x), strict=True
                )
            )
            assert np.isnan(function.derivative(np.nan, order=order))
            vertical = order > 1 and name in VERTICAL
            if function.elementwise and name not in PARTLY and not vertical:
                assert not np.isnan(y[np.isfinite(x)]).any()


LIMITS = {
    # name: value and slope at -inf, value and slope at +inf
    "relu": (0, 0, np.inf, 1),
    "leaky_relu": (-np.inf, 0.01, np.inf, 1),
    "sigmoid": (0, 0, 1, 0),
    "tanh": (-1, 0, 1, 0),
    "silu": (0, 0, np.inf, 1),
    "mish": (0, 0, np.inf, 1),
    "gelu": (0, 0, np.inf, 1),
    "gelu_tanh": (0, 0, np.inf, 1),
    "elu": (-1, 0, np.inf, 1),
    "softplus": (0, 0, np.inf, 1),
    "softsign": (-1, 0, 1, 0),
    "squareplus": (0, 0, np.inf, 1),
    "hardswish": (0, 0, np.inf, 1),
    "log_sigmoid": (-np.inf, 1, 0, 0),
    "tanhshrink": (-np.inf, 1, np.inf, 1),
    "exponential": (0, 0, np.inf, np.inf),
    "gaussian": (0, 0, 0, 0),
    "sine": (np.nan,) * 4,
    "identity": (-np.inf, 1, np.inf, 1),
    "arctan": (-np.pi / 2, 0, np.pi / 2, 0),
    "lisht": (np.inf, -1, np.inf, 1),
    "step": (0, 0, 1, 0),
    "abs": (np.inf, -1, np.inf, 1),
    "sparse_plus": (0, 0, np.inf, 1),
    "relu6": (0, 0, 6, 0),
    "relu_squared": (0, 0, np.inf, np.inf),
    "softmax": (np.nan,) * 4,
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits(name: str) -> None:
    function = actviz.get(name)
    got = [function.limit(order, sign) for sign in (-1, 1) for order in (0, 1)]
    np.testing.assert_allclose(got, LIMITS[name], rtol=1e-15)


SIDES = (
    # name, x, order, from the left, at the point, from the right
    ("relu", 0.0, 1, 0, 0, 1),
    ("abs", 0.0, 1, -1, 0, 1),
    ("hardswish", 3.0, 1, 1.5, 1, 1),
    ("hardswish", -3.0, 1, 0, 0, -0.5),
    ("leaky_relu", 0.0, 1, 0.01, 0.01, 1),
    ("elu", 0.0, 2, 1, 1, 0),
    ("step", 0.0, 0, 0, 1, 1),
    ("sign", 0.0, 0, -1, 0, 1),
    ("threshold", 0.0, 0, 0.5, 0.5, 0),
    ("hardshrink", 0.5, 0, 0, 0, 0.5),
    ("hardshrink", -0.5, 0, -0.5, 0, 0),
    ("softsign", 0.0, 2, 2, 0, -2),
    ("sparse_plus", 1.0, 2, 0.5, 0, 0),
    ("relu6", 6.0, 1, 1, 0, 0),
    ("hard_sigmoid_keras2", 2.5, 1, 0.2, 0, 0),
    ("sigmoid", 0.0, 1, 0.25, 0.25, 0.25),
    ("keras_relu", 1.0, 0, 0, 0, 1),
)


@pytest.mark.parametrize(("name", "x", "order", "left", "at", "right"), SIDES)
def test_one_sided_derivatives(
    name: str, x: float, order: int, left: float, at: float, right: float
) -> None:
    function = actviz.get(name)
    got = [function.derivative(x, order=order, side=side) for side in ("left", None, "right")]
    np.testing.assert_allclose(got, [left, at, right], rtol=1e-14)
    around = np.array([x - 0.25, x, x + 0.25, np.nan])
    row = function.derivative(around, order=order, side="left")
    assert (
        row[1] == got[0]
        and row[0] == function.derivative(x - 0.25, order=order)
        and np.isnan(row[3])
    )


BY_PARAMETERS = (
    # name, parameter, derivative by it
    ("prelu", "alpha", lambda x: np.where(x > 0, 0, x)),
    ("elu", "alpha", lambda x: np.where(x > 0, 0, np.expm1(x))),
    ("swish", "beta", lambda x: x**2 * np.exp(-x) / (1 + np.exp(-x)) ** 2),
    ("hardtanh", "max_val", lambda x: np.where(x < 1, 0, 1)),
    ("sine", "omega", lambda x: x * np.cos(x)),
)


@pytest.mark.parametrize(("name", "parameter", "expected"), BY_PARAMETERS)
def test_derivatives_by_parameters(name: str, parameter: str, expected: Any) -> None:
    x = np.array([-2.0, -0.5, 0.0, 0.5, 3.0, 0.99, 1.0])
    np.testing.assert_allclose(
        actviz.get(name).derivative(x, wrt=parameter), expected(x), rtol=1e-14
    )
    assert np.array_equal(
        actviz.get(name).derivative(x, order=0, wrt=parameter), actviz.get(name)(x)
    )


# What each has at 0: the value, the derivative and the second, and their limits from both sides.
NAN, INF = math.nan, math.inf
AT_ZERO = {
    "1/x": ((NAN, NAN, NAN), (-INF, -INF, -INF), (INF, -INF, INF)),
    "x/x": ((NAN, NAN, NAN), (1, 0, 0), (1, 0, 0)),
    "(x**2-3*x)/x": ((NAN, NAN, NAN), (-3, 1, 0), (-3, 1, 0)),
    "sin(1/x)": ((NAN, NAN, NAN), (NAN, NAN, NAN), (NAN, NAN, NAN)),
    "cos(1/x)": ((NAN, NAN, NAN), (NAN, NAN, NAN), (NAN, NAN, NAN)),
    "x**3*sin(1/x)": ((NAN, NAN, NAN), (0, 0, NAN), (0, 0, NAN)),
    "tanh(1/x)": ((NAN, NAN, NAN), (-1, 0, 0), (1, 0, 0)),
    "atan(1/x)": ((NAN, NAN, NAN), (-math.pi / 2, -1, 0), (math.pi / 2, -1, 0)),
    "sign(1/x)": ((NAN, NAN, NAN), (-1, 0, 0), (1, 0, 0)),
    "sin(x)/x": ((NAN, NAN, NAN), (1, 0, -1 / 3), (1, 0, -1 / 3)),
    "(exp(x)-1)/x": ((NAN, NAN, NAN), (1, 0.5, 1 / 3), (1, 0.5, 1 / 3)),
    "(1-cos(x))/x**2": ((NAN, NAN, NAN), (0.5, 0, -1 / 12), (0.5, 0, -1 / 12)),
    "(1+2*x)**(1/x)": (
        (NAN, NAN, NAN),
        (math.exp(2), -2 * math.exp(2), 28 / 3 * math.exp(2)),
        (math.exp(2), -2 * math.exp(2), 28 / 3 * math.exp(2)),
    ),
    "mod(1, x)": ((NAN, NAN, NAN), (0, INF, 0), (0, -INF, 0)),
    "mod(1/x, 1)": ((NAN, NAN, NAN), (NAN, NAN, NAN), (NAN, NAN, NAN)),
    "where(sin(1/x) > 0, 1, -1)": ((NAN, NAN, NAN), (NAN, NAN, NAN), (NAN, NAN, NAN)),
    "x*log(x)": ((NAN, NAN, NAN), (NAN, NAN, NAN), (0, -INF, INF)),
    "x**2*log(abs(x))": ((NAN, NAN, NAN), (0, 0, -INF), (0, 0, -INF)),
    "log(x)": ((-INF, NAN, NAN), (NAN, NAN, NAN), (-INF, INF, -INF)),
    "sqrt(x)": ((0, NAN, NAN), (NAN, NAN, NAN), (0, INF, -INF)),
    "cbrt(x)": ((0, INF, NAN), (0, INF, INF), (0, INF, -INF)),
    "exp(-1/x**2)": ((0, 0, 0), (0, 0, 0), (0, 0, 0)),
    "abs(x)**(x+2)": ((0, 0, 2), (0, 0, 2), (0, 0, 2)),
    "sqrt(x**4)": ((0, 0, 2), (0, 0, 2), (0, 0, 2)),
    "1/x**2": ((INF, NAN, NAN), (INF, INF, INF), (INF, -INF, INF)),
    "abs(x)**2.5": ((0, 0, 0), (0, 0, 0), (0, 0, 0)),
    "x**x": ((1, NAN, NAN), (NAN, NAN, NAN), (1, -INF, INF)),
    "0**x": ((1, 0, 0), (NAN, NAN, NAN), (0, 0, 0)),
    "where(abs(x) > 0, sin(x)/x, 1)": ((1, 0, 0), (1, 0, -1 / 3), (1, 0, -1 / 3)),
}


@pytest.mark.parametrize("formula", sampled(list(AT_ZERO), 0.075))
def test_where_a_step_has_no_value_there_are_limits(formula: str) -> None:
    function = actviz.get(formula)
    for side, expected in zip((None, "left", "right"), AT_ZERO[formula], strict=True):
        got = [function.derivative(0.0, order, side=side) for order in range(3)]
        np.testing.assert_allclose(got, expected, rtol=4e-16, atol=0, err_msg=str(side))


# No derivative where there is none before it, whatever is left of the formula: all orders at 0.
NONE_BEYOND = {
    "sqrt(x**2)": (0, NAN, NAN, NAN, NAN),
    "(x**2)**0.5 + x": (0, NAN, NAN, NAN, NAN),
    "x*sqrt(x**2)": (0, 0, NAN, NAN, NAN),
    "sqrt(x**2)**3": (0, 0, 0, NAN, NAN),
    "sqrt(x**6)": (0, 0, 0, NAN, NAN),
    "sqrt(x**2)*sin(x)": (0, 0, NAN, NAN, NAN),
    "(sqrt(x**2) + 1)**2": (1, NAN, NAN, NAN, NAN),
    "cbrt(x)": (0, INF, NAN, NAN, NAN),
    "sqrt(x**4)": (0, 0, 2, 0, 0),
    "cbrt(x**3)": (0, 1, 0, 0, 0),
    "exp(sqrt(x**4))": (1, 0, 2, 0, 12),
    "sqrt(x**2)**2": (0, 0, 2, 0, 0),
}


@pytest.mark.parametrize("formula", sampled([*NONE_BEYOND], 0.25))
def test_a_derivative_needs_the_one_before_it(formula: str) -> None:
    function = actviz.get(formula)
    x = np.array([1.0, 0.0, -2.0])
    for order, expected in enumerate(NONE_BEYOND[formula]):
        got = function.derivative(x, order)
        np.testing.assert_array_equal(got[1], expected, err_msg=str(order))
        assert np.isfinite(got[[0, 2]]).all()


def test_powers_with_nothing_as_base_have_no_slope() -> None:
    x = np.array([-1.0, -0.5, 0.5, 1.0, 2.0])
    for order in range(3):
        got = actviz.get("0**x").derivative(x, order)
        np.testing.assert_array_equal(got, [np.nan, np.nan, 0.0, 0.0, 0.0])


def test_undefined_is_nan_also_in_the_derivatives() -> None:
    for formula in ("log(x)", "sqrt(x)", "x**0.5", "log1p(x - 1)", "log(x)*x"):
        function = actviz.get(formula)
        for order in range(5):
            assert np.isnan(function.derivative(-1.0, order=order)), (formula, order)
            assert np.isfinite(function.derivative(2.0, order=order))


def test_what_underflows_is_no_edge() -> None:
    """x**2 is 0 in float64 where x is 5e-324, but the root of it is differentiable there."""
    slope = actviz.get("squareplus", b=0.0).derivative(np.array([-5e-324, 0.0, 5e-324]), 2, wrt="b")
    assert slope.tolist() == [-np.inf, pytest.approx(np.nan, nan_ok=True), -np.inf]


def test_an_edge_far_out_is_asked_of_no_infinite_point() -> None:
    slope = actviz.get("log(Phi(x))").derivative(np.array([-np.inf, 0.0, np.inf]), 2)
    assert slope.tolist() == pytest.approx([-1.0, -2 / np.pi, 0.0])


TO_ONE = {
    # a power of what is all but 1, and its kin, in which parts lose all their digits (mpmath)
    ("(1+1/x)**x", 1, 1e16): 1.3591409142295224e-32,
    ("(1+exp(-x))**exp(x)", 1, 38.0): 4.2665238128720327e-17,
    ("(1+x)**(1/x)", 1, 1e-16): -1.3591409142295224,
    ("exp(x*log(1+1/x))", 1, 1e16): 1.3591409142295224e-32,
    ("(1+1/x**2)**(x**2)", 1, 1e8): 2.7182818284590447e-24,
    ("(1+2/x)**x", 2, 2e16): -3.6945280494653238e-48,
    ("((x+1)/(x-1))**x", 2, 1e16): 2.9556224395722601e-63,
    ("sin((1-cos(x))*1e18)*(1-cos(x))", 0, 1e-8): -1.3118742685196359e-17,
    ("erf(x)**exp(x**2)", 0, 70.0): 0.99197335790216519,
    ("sigmoid(x)**exp(x)", 0, 4000.0): 0.36787944117144232,
    ("tanh(x)**exp(2*x)", 0, 4000.0): 0.13533528323661269,
}


@pytest.mark.parametrize("asked", TO_ONE)
def test_parts_that_lose_all_digits_do_not_vouch_for_the_whole(
    asked: tuple[str, int, float],
) -> None:
    text, order, x = asked
    found = float(actviz.get(text).derivative(x, order))
    assert found == pytest.approx(TO_ONE[asked], rel=1e-15)


def test_what_cancels_at_infinity_keeps_its_digits() -> None:
    """The limit is alpha - 1/alpha, which rounds to 40 units of its last place in float64."""
    alpha = 0.9944107205710732
    found = actviz.get("soft_exponential", alpha=alpha).value([-np.inf, 1.0])
    true = Fraction(alpha) - 1 / Fraction(alpha)
    assert abs(Fraction(found[0]) / true - 1) < Fraction(1, 2**51)
