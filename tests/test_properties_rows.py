"""Properties as they are told: shapes, typed formulas, parameters at odd values."""

from __future__ import annotations

import pytest
from described import close, of
from sampled import sampled

import actviz
from actviz.catalogue.lookup import activation_of
from actviz.errors import UsageError
from actviz.properties import (
    ROWS,
    depth,
    properties,
)

VECTORS = [n for n, entry in actviz.load().entries.items() if activation_of(entry).vector]

# curve: the text of some of its rows, by the name of the row
ROWS_OF = {
    "relu": {
        "range": "[0, inf)",
        "zeros": "x <= 0",
        "fixed_points": "x >= 0",
        "smoothness": "C0, f' breaks at 0",
        "saturation": "hard on the left, none on the right",
        "flat": "x < 0",
        "convexity": "convex",
        "monotone": "increasing",
        "bounded": "below",
    },
    "silu": {
        "range": "[-0.2784645, inf), min at -1.278465",
        "smoothness": "smooth",
        "zeros": "x = 0",
        "fixed_points": "x = 0",
        "saturation": "soft on the left, none on the right",
    },
    "hardswish": {
        "zeros": "x <= -3, x = 0",
        "fixed_points": "x = 0, x >= 3",
        "derivative_range": "within (-0.5, 1.5), min approached at -3 and max approached at 3",
    },
    "relu6": {"fixed_points": "0 <= x <= 6", "smoothness": "C0, f' breaks at 0, 6"},
    "elu": {"smoothness": "C1, f'' breaks at 0", "fixed_points": "x >= 0"},
    "isrlu": {"smoothness": "C2, f''' breaks at 0"},
    "abs(x)**5": {"smoothness": "smooth", "convexity": "convex"},
    "abs(x)**3": {"smoothness": "C2, f''' breaks at 0"},
    "step": {
        "smoothness": "discontinuous, f breaks at 0",
        "zeros": "x < 0",
        "fixed_points": "x = 1",
        "flat": "everywhere",
        "monotone": "increasing",
        "range": "within [0, 1]",
    },
    "hardshrink": {
        "zeros": "-0.5 <= x <= 0.5",
        "fixed_points": "x < -0.5, x = 0, x > 0.5",
        "parity": "odd",
    },
    "threshold": {"range": "within (0, inf), min approached at 0", "monotone": "neither"},
    "identity": {"fixed_points": "every x", "convexity": "both", "bounded": "neither"},
    "gelu_10": {"fixed_points": "x = 0 (not proven)", "bounded": "both"},
    "sigmoid": {"fixed_points": "x = 0.6590461"},
    "sine": {
        "zeros": "x = -6.283185, x = -3.141593, x = 0, x = 3.141593, x = 6.283185, ...",
        "limits": "none at -inf, none at inf",
        "monotone": "neither",
        "saturation": "none on the left, none on the right",
    },
    "snake": {
        "monotone": "strictly increasing (to rounding)",
        "derivative_range": "[0, 2], min at -0.7853982 and max at 0.7853982",
    },
    "sine_relu": {"zeros": "x = -8.63938, x = -5.497787, x = -2.356194, ...", "flat": "x < 0"},
    "1/x": {
        "monotone": "neither",
        "fixed_points": "x = -1, x = 1",
        "lipschitz": "inf",
        "convexity": "neither",
        "parity": "odd",
    },
    "log(x)": {
        "monotone": "strictly increasing",
        "convexity": "concave",
        "zeros": "x = 1",
        "smoothness": "smooth inside its domain",
        "mean": "none",
    },
    "x**0.5": {
        "zeros": "x = 0",
        "fixed_points": "x = 0, x = 1",
        "range": "[0, inf), min at 0",
    },
    "tan(x)": {
        "monotone": "neither",
        "derivative_range": "within [1, inf), min at 0",
        "range": "(-inf, inf)",
    },
    "sign(sin(x))": {
        "saturation": "none on the left, none on the right",
        "range": "within [-1, 1]",
    },
    "abs(sin(30*x))": {
        "range": "[0, 1], min at 0 and max at 0.05235988",
        "lipschitz": "30",
        "parity": "even",
    },
    "sin(x)/x": {
        "range": "within [-0.2172336, 1), min at 4.493409 and max approached at 0 (to rounding)"
    },
    "log1p(abs(x))*sin(x)": {"range": "(-inf, inf) (not proven)", "parity": "odd"},
    "x*sin(x)*exp(-x)": {"range": "(-inf, inf)", "limits": "none at -inf, 0 at inf"},
    "x**3 - x": {
        "zeros": "x = -1, x = 0, x = 1",
        "derivative_range": "[-1, inf), min at 0",
    },
    "c=3": {
        "monotone": "constant",
        "parity": "even",
        "fixed_points": "x = 3",
        "range": "[3, 3]",
        "operations": "0",
    },
    "0*x": {"zeros": "every x", "parity": "both", "gain": "inf"},
    "exp(10*x)": {"mean": "5.184706e+21", "zero_centred": "no"},  # e^50, beside a root of e^200
    "cosh(8*x)": {"mean": "7.896296e+13", "zero_centred": "no"},  # e^32
    "where(x > 9, 1e20, 0)": {"mean": "11.28588", "zero_centred": "no"},  # 1e20*Phi(-9)
    "log(1 + exp(x))": {
        "range": "(0, inf)",
        "convexity": "convex",
        "monotone": "strictly increasing",
    },
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))": {
        "fixed_points": "x = 0",
        "range": "(-1, 1)",
        "derivative_range": "(0, 1], max at 0",
    },
    "prelu:alpha=0": {"range": "[0, inf)", "zeros": "x <= 0"},
    "prelu:alpha=2": {"convexity": "concave", "lipschitz": "2"},
    "prelu:alpha=-1": {"parity": "even", "range": "[0, inf), min at 0"},
    "prelu:alpha=1": {"convexity": "both", "parity": "odd", "smoothness": "smooth"},
    "elu:alpha=-1": {"monotone": "neither", "range": "[0, inf), min at 0"},
    "swish:beta=0": {"convexity": "both", "derivative_range": "[0.5, 0.5]"},
    "swish:beta=-3": {"range": "(-inf, 0.09282151], max at 0.4261548"},
    "squareplus:b=0": {"zeros": "x <= 0", "derivative_range": "within [0, 1] (not proven)"},
    "soft_exponential:alpha=-0.5": {"convexity": "concave", "zeros": "x = 0.5"},
    "relu_n:n=1e9": {"range": "[0, 1e+09]", "fixed_points": "0 <= x <= 1e+09"},
    "dyt:alpha=1e6": {
        "derivative_range": "(0, 1000000], max at 0",
        "fixed_points": "x = -1, x = 0, x = 1",
    },
    "laplace:mu=3,sigma=1e-6": {"derivative_range": "(0, 398942.3], max at 3"},
    "sine:omega=1000": {"range": "[-1, 1], min at -0.001570796 and max at 0.001570796"},
    "clip(x, 2, -2)": {"monotone": "constant"},
    "softclip:alpha=1e4": {"derivative_range": "(0, 1], max at 0.5 (to rounding)"},
    "isru:alpha=-7": {
        "range": "within (-inf, inf) (not proven)",
        "monotone": "strictly increasing (not proven)",
    },
    "max(sin(x), 0.5)": {"flat": "no tail", "range": "[0.5, 1], max at 1.570796"},
    "where(x > 1e8, 1, 0)": {"parity": "neither", "zeros": "x <= 1e+08"},
    "floor(x)": {
        "range": "within (-inf, inf)",
        "zeros": "0 <= x < 1, ...",
        "monotone": "increasing (not proven)",
        "convexity": "neither",
        "smoothness": "discontinuous, f breaks at -10, -9, -8, -7, -6, ...",
        "limits": "-inf at -inf, inf at inf",
        "derivative_range": "[0, 0]",
        "lipschitz": "inf",
        "mean": "-0.5",
        "second_moment": "1.333333",
    },
    "ceil(x)": {"monotone": "increasing (not proven)", "zeros": "-1 < x <= 0, ...", "mean": "0.5"},
    "round(x)": {
        "zeros": "-0.5 <= x <= 0.5, ...",
        "parity": "odd (not proven)",
        "monotone": "increasing (not proven)",
        "second_moment": "1.083333",
        "zero_centred": "yes",
    },
    "mod(x, 1)": {
        "range": "within [0, 1), min at 0 and max approached at 0",
        "zeros": "x = -2, x = -1, x = 0, x = 1, x = 2, ...",
        "limits": "none at -inf, none at inf",
        "monotone": "neither",
        "derivative_range": "[1, 1]",
        "bounded": "both",
        "mean": "0.5",
    },
    "floor(1000*x)": {
        "smoothness": "discontinuous, f breaks at -0.011, -0.01, -0.009, -0.008, -0.007, ...",
        "monotone": "increasing (not proven)",
        "mean": "unknown",
        "gain": "unknown",
    },
    "sign(sin(1000*x))": {"monotone": "neither", "range": "within [-1, 1]", "lipschitz": "inf"},
    "round(x/(1 + abs(x)))": {
        "range": "within [-1, 1] (not proven)",
        "limits": "-1 at -inf, 1 at inf",
    },
    "cbrt(x)": {
        "smoothness": "C0, f' breaks at 0",
        "range": "(-inf, inf)",
        "monotone": "strictly increasing",
        "parity": "odd",
        "lipschitz": "inf",
    },
    "exp2(x)": {"range": "(0, inf)", "smoothness": "smooth", "convexity": "convex"},
    "log2(x)": {"zeros": "x = 1", "smoothness": "smooth inside its domain", "mean": "none"},
    "log10(x)": {
        "zeros": "x = 1",
        "monotone": "strictly increasing",
        "convexity": "concave",
    },
    "asin(x)": {
        "range": "[-1.570796, 1.570796], min at -1 and max at 1 (to rounding)",
        "derivative_range": "[1, inf), min at 0",
        "limits": "none at -inf, none at inf",
        "parity": "odd",
        "smoothness": "smooth inside its domain",
    },
    "acos(x)": {
        "range": "[0, 3.141593], min at 1 and max at -1 (to rounding)",
        "monotone": "strictly decreasing",
        "zeros": "x = 1",
    },
    "acosh(x)": {"range": "[0, inf), min at 1", "zeros": "x = 1", "convexity": "concave"},
    "atanh(x)": {"range": "(-inf, inf)", "derivative_range": "[1, inf), min at 0"},
}


@pytest.mark.parametrize("text", sampled(list(ROWS_OF), 0.1))
def test_rows(text: str) -> None:
    found = of(text)
    got = {row.name: row.text(found) for row in ROWS if row.name in ROWS_OF[text]}
    assert got == ROWS_OF[text]


def test_what_switches_without_end_is_refused() -> None:
    with pytest.raises(UsageError, match="switches without end around 0"):
        of("floor(1/x)")


def test_zero_centred() -> None:
    centred = {"tanh", "selu", "softsign", "identity", "sine"}
    others = {"relu", "sigmoid", "gelu", "elu", "silu"}
    assert {name for name in centred | others if of(name).zero_centred} == centred


@pytest.mark.parametrize("name", VECTORS)
def test_functions_of_a_vector_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="function of a vector"):
        properties(actviz.get(name))
    with pytest.raises(UsageError, match="function of a vector"):
        depth(actviz.get(name), [1])


def test_a_slice_of_a_vector_function_has_properties() -> None:
    found = properties(actviz.get("softmax").slice([0.0], 0))
    assert (found.range.lower, found.range.upper) == (0.0, 1.0)
    assert close(found.lipschitz, 0.25)
