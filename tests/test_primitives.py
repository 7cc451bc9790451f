"""Every primitive against 50 digits: value and derivatives to order 3, at the hard points."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
from points import EPS, EVERYWHERE, excess, neighbours, worst
from sampled import sampled

from actviz.check.exact import exact_derivatives
from actviz.formula.derivative import differentiate
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Apply, Name, Node, Number
from actviz.formula.parsing import parse, parse_rule
from actviz.formula.primitives import DERIVATIVES, OF_VECTOR, PRIMITIVES

pytest.importorskip("mpmath", reason="the reference of these tests")

# Each primitive as a function of x: its other arguments hold values at which it is hard.
ARGUMENTS = {
    "hypot": ("hypot(x, 1)", "hypot(0.001, x)", "hypot(x, 2*x)"),
    "unit": ("unit(x, 1)", "unit(2, x)", "unit(x, 2*x)"),
    "spherical_jn": tuple(f"spherical_jn({n}, x)" for n in (1, 2, 8)),  # sinc is that of order 0
    "exprel": tuple(f"exprel({n}, x)" for n in (0, 1, 8)),
    "log1prel": tuple(f"log1prel({n}, x)" for n in (0, 1, 8)),
    "min": ("min(x, 1)", "min(1, x)"),
    "max": ("max(x, -1)", "max(0, x)"),
    "clip": ("clip(x, -1, 6)", "clip(1, x, 1.79e308)", "clip(1, 0, x)"),
    "mod": ("mod(x, 1)", "mod(x, -2.5)", "mod(x, x**2 + 1)"),
    "where": ("where(x > 1, x, 2*x)", "where(x <= 0, exp(x), 1)"),
}
WHOLE = (-3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 10.0, 1e6, 2.0**31, 2.0**51 + 1, 2.0**52 + 1, 2.0**53)
HALVES = (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.0**50 + 0.5, 2.0**51 + 0.5, 2.0**51 + 1.5)
STEPPING = [x for place in (*WHOLE, *HALVES) for x in neighbours(place)]
BESIDE_1 = (0.3, 0.6, 0.9, 0.99, 1 - 2.0**-10, 1 - 2.0**-20, 1 - 2.0**-40, 1 + 2.0**-40, 1 + 1e-6)
ENDS = [sign * x for size in (1.0, *BESIDE_1) for x in neighbours(size) for sign in (-1, 1)]
# Points that are hard for one of them alone.
HARD = {
    "floor": STEPPING, "ceil": STEPPING, "round": STEPPING, "mod": STEPPING,
    "asin": ENDS, "acos": ENDS, "atanh": ENDS,
    "acosh": [*ENDS, 1.0001, 1.01, 1.05, 1.3, 1.7, 2.5, 5.0, 7.0, 30.0, 300.0, 1e6],
    "log2": [*ENDS, 2.0, 8.0, 2.0**-1074], "log10": [*ENDS, 1000.0, 1e15, 1e-15],
    "exp2": [-1074.0, -1022.5, -1022.0, 1023.0, 1023.9999999999999, 1024.0],
    "cbrt": [-27.0, 8.0, 1e-306, 1e300],
}  # fmt: skip
FORMULAS = [
    (name, formula)
    for name in PRIMITIVES
    if name not in OF_VECTOR
    for formula in ARGUMENTS.get(name, (f"{name}(x)",))
]


def test_every_primitive_is_tested() -> None:
    assert {name for name, _ in FORMULAS} | OF_VECTOR == set(PRIMITIVES)


@cache
def _exact(definition: Node, x: float) -> list[Any]:
    """Value and derivatives to order 4."""
    return exact_derivatives(definition, x, {}, 4)


@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize(("name", "formula"), sampled(FORMULAS, 0.06), ids=str)
def test_within_the_error_bound(name: str, formula: str, order: int) -> None:
    tree = definition = parse(formula)
    for _ in range(order):
        tree = differentiate(tree)
    rows = []
    for x in (*EVERYWHERE, *HARD.get(name, ())):
        y, slope = _exact(definition, x)[order : order + 2]
        if y == y:
            got = float(evaluate(tree, np.array(x), {}))
            rows.append((x, got, y, excess(got, y, slope, x)))
    assert len(rows) > 50
    assert not worst(rows), worst(rows)


@pytest.mark.parametrize(("name", "formula"), sampled(FORMULAS, 0.4), ids=str)
def test_nan_in_nan_out_and_no_warning(name: str, formula: str) -> None:
    tree = parse(formula)
    x = np.array([np.nan, *EVERYWHERE, *HARD.get(name, ()), np.inf, -np.inf])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(4):
            assert np.isnan(evaluate(tree, x, {})[0])
            tree = differentiate(tree)


LIMITS = {
    # formula: value at -inf, value at +inf
    "exp(x)": (0, np.inf), "expm1(x)": (-1, np.inf), "tanh(x)": (-1, 1), "sech(x)": (0, 0),
    "sigmoid(x)": (0, 1), "log_sigmoid(x)": (-np.inf, 0), "softplus(x)": (0, np.inf),
    "erf(x)": (-1, 1), "erfc(x)": (2, 0), "Phi(x)": (0, 1), "phi(x)": (0, 0),
    "sinc(x)": (0, 0), "spherical_jn(3, x)": (0, 0), "exprel(0, x)": (0, np.inf),
    "exprel(2, x)": (0, np.inf), "log1prel(0, x)": (np.nan, 0), "log1prel(2, x)": (np.nan, 0),
    "x*sinc(x)": (np.nan, np.nan),
    "tanh(x)**100": (1, 1), "tanh(x)**101": (-1, 1), "(1 - x)**-77": (0, 0),
    "(x**3)**70": (np.inf, np.inf),
    "(x - x)**x": (np.nan, 0), "(x - x)**0.3": (0, 0), "(x - x)**(1/x)": (np.nan, 0),
    "(x - 5)**65": (-np.inf, np.inf), "(1/x)**66": (0, 0), "cbrt(x)**80": (np.inf, np.inf),
    "exp(-1e4*(x - 0.3)**2)": (0, 0), "exp(1e6 - x)": (np.inf, 0), "exp(1e-3*x - 1e9)": (0, np.inf),
    "log_cosh(x)": (np.inf, np.inf), "tanhshrink(x)": (-np.inf, np.inf),
    "asinh(x)": (-np.inf, np.inf),
    "unit(x, 1)": (-1, 1), "hypot(x, 1)": (np.inf, np.inf), "atan(x)": (-np.pi / 2, np.pi / 2),
    "sinh(x)": (-np.inf, np.inf), "cosh(x)": (np.inf, np.inf), "clip(x, -1, 6)": (-1, 6),
    "x*sigmoid(x)": (0, np.inf), "x**2*exp(-x**2)": (0, 0), "x/(1 + abs(x))": (-1, 1),
    "x**2/(1 + x**2)": (1, 1), "x + sin(x)": (-np.inf, np.inf), "sin(x)/x": (0, 0),
    "sqrt(x**2 + 1) - x": (np.inf, 0), "exp(x)/(1 + exp(x))": (0, 1), "log(1 + x**2)/x": (0, 0),
    "sin(x)": (np.nan, np.nan), "x*sin(x)": (np.nan, np.nan),
    "where(sin(x) > 0.5, cos(x), 0)": (np.nan, np.nan),
    "where(x > 0, log(x), x)": (-np.inf, np.inf),
    "exp2(x)": (0, np.inf), "log2(x)": (np.nan, np.inf), "log10(x)": (np.nan, np.inf),
    "cbrt(x)": (-np.inf, np.inf), "asin(x)": (np.nan, np.nan), "acos(x)": (np.nan, np.nan),
    "acosh(x)": (np.nan, np.inf), "atanh(x)": (np.nan, np.nan), "atanh(1/x)": (0, 0),
    "floor(x)": (-np.inf, np.inf), "ceil(x)": (-np.inf, np.inf), "round(x)": (-np.inf, np.inf),
    "floor(1/x)": (-1, 0), "ceil(1/x)": (0, 1), "round(1/x)": (0, 0), "floor(x)/x": (1, 1),
    "mod(x, 1)": (np.nan, np.nan), "mod(x, 2.5)": (np.nan, np.nan), "mod(1/x, 1)": (1, 0),
    "floor(2 + 1/x)": (1, 2), "sign(1/x)": (-1, 1), "where(1/x > 0, 1, 0)": (0, 1),
    "mod(3, x)": (-np.inf, 3), "mod(x, x)": (0, 0), "x - floor(x)": (np.nan, np.nan),
}  # fmt: skip


@pytest.mark.parametrize("formula", LIMITS)
def test_limits_at_infinity(formula: str) -> None:
    got = evaluate(parse(formula), np.array([-np.inf, np.inf]), {})
    np.testing.assert_allclose(got, LIMITS[formula], rtol=4e-16)


# What is finite and lies in range comes out though a step on the way overflows. Up to where:
# quotients of two exponentials lose digits with the size of their exponents.
BEYOND_THE_RANGE = {
    "x**2/(1 + x**2)": 1.7e308, "x/(1 + x**2)**2": 1.7e308, "sqrt(x**2 + 1)": 1.7e308,
    "x**2*exp(-x**2)": 1.7e308, "x**5/x**4": 1.7e308, "atan(exp(x))": 1.7e308,
    "x**3/(1 + abs(x))**2.5": 1.7e308, "x*exp(-exp(x))": 1.7e308, "x/sqrt(1 + x**2)": 1.7e308,
    "exp(x)/(1 + exp(x))": 1e10, "sinh(x)/cosh(x)": 1e10, "log(cosh(x))": 1e200,
    "exp(x)*exp(-x)": 1e10, "exp(x)*sigmoid(-x)": 1e10,
}  # fmt: skip


@pytest.mark.parametrize("formula", BEYOND_THE_RANGE)
def test_range_is_no_limit(formula: str) -> None:
    tree = parse(formula)
    rows = []
    for x in EVERYWHERE:
        if 100 <= abs(x) <= BEYOND_THE_RANGE[formula]:
            y, slope = exact_derivatives(tree, x, {}, 1)
            got = float(evaluate(tree, np.array(x), {}))
            rows.append((x, got, y, excess(got, y, slope, x)))
    assert not worst(rows), worst(rows)


@pytest.mark.parametrize("formula", ["Phi(x)/phi(x)", "phi(x)/Phi(x)"])
def test_quotient_of_underflowing_tails(formula: str) -> None:
    """Both parts are 0 in float64 below -38; what is left is the rounding of x**2 in exp(-x**2)."""
    for x in (-40.0, -100.0, -350.0, -1000.0):
        y = float(exact_derivatives(parse(formula), x, {}, 0)[0])
        assert float(evaluate(parse(formula), np.array(x), {})) == pytest.approx(y, rel=EPS * x * x)


def test_columns_of_the_table() -> None:
    """Every text of the table reads as a formula over the arguments, and a kernel exists."""
    from actviz.formula.kernels import kernel

    for primitive in PRIMITIVES.values():
        assert callable(kernel(primitive.name))
        if primitive.definition:
            assert _names(parse(primitive.definition)) <= {*primitive.arguments, "pi"}
        allowed = {*primitive.arguments, "pi"} | {"d" + name for name in primitive.arguments}
        if primitive.name in DERIVATIVES and primitive.name != "where":
            assert _names(parse_rule(DERIVATIVES[primitive.name])) <= allowed


def _names(node: Node) -> set[str]:
    match node:
        case Name(name):
            return {name}
        case Apply(_, arguments):
            return set().union(*(_names(argument) for argument in arguments))
        case Number():
            return set()
    raise AssertionError(node)
