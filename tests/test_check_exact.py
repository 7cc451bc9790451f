"""The exact reading against mpmath itself: plain evaluation with many digits, numerical slopes."""

import math
import time

import mpmath
import pytest
from sampled import sampled

from actviz.catalogue.lookup import load
from actviz.check import whole_catalogue
from actviz.check.claim import first_component, ordinary
from actviz.check.exact import exact_derivative, exact_derivatives, exact_value
from actviz.check.oracles import stencils
from actviz.formula.parsing import parse

POINTS = (5e-324, 1e-300, 1e-20, 1e-8, 1e-3, 0.5, 1.0, 6.0, 20.0, 37.43, 40.0, 88.0, 700.0, 1e10)
DIGITS = 1200  # enough for what 1 - tanh(700) and x - sin(x) at 1e-300 lose

# formula, the same written with mpmath; both are smooth wherever they are defined
SAME = (
    ("1 - tanh(x)", lambda x: 1 - mpmath.tanh(x)),
    ("x - sin(x)", lambda x: x - mpmath.sin(x)),
    ("sigmoid(x)", lambda x: 1 / (1 + mpmath.exp(-x))),
    ("sigmoid(-x)*x", lambda x: x / (1 + mpmath.exp(x))),
    ("softplus(-x)", lambda x: mpmath.log(1 + mpmath.exp(-x))),
    ("x*Phi(-x)", lambda x: x * mpmath.erfc(x / mpmath.sqrt(2)) / 2),
    ("phi(x)", lambda x: mpmath.npdf(x)),
    ("tanhshrink(x)", lambda x: x - mpmath.tanh(x)),
    ("sqrt(x**2 + 4) - x", lambda x: mpmath.sqrt(x * x + 4) - x),
    ("x/(1 + abs(x))", lambda x: x / (1 + x)),
    ("atan(pi*x)", lambda x: mpmath.atan(mpmath.pi * x)),
    ("asinh(x)/x", lambda x: mpmath.asinh(x) / x),
    ("log_cosh(x)", lambda x: mpmath.log(mpmath.cosh(x))),
    ("e**(-x)", lambda x: mpmath.exp(-x)),
    ("x**2.5", lambda x: x ** mpmath.mpf(2.5)),
    ("x**-3", lambda x: x**-3),
    ("x**x", lambda x: x**x),
    ("expm1(-x)", lambda x: mpmath.expm1(-x)),
    ("log1p(x)", lambda x: mpmath.log(1 + x)),
    ("cos(x)*cosh(-x)", lambda x: mpmath.cos(x) * mpmath.cosh(x)),
    ("tan(x) + sinh(x)", lambda x: mpmath.tan(x) + mpmath.sinh(x)),
    ("sech(x)", lambda x: mpmath.sech(x)),
    ("erf(x)", lambda x: mpmath.erf(x)),
    ("0.1*x", lambda x: mpmath.mpf(0.1) * x),
    ("hypot(x, a)", lambda x: mpmath.hypot(x, 0.25)),
)


def agree(got, expected, digits: int) -> bool:
    if mpmath.isnan(expected) or abs(expected) < mpmath.mpf(10) ** -390:
        return abs(got) < mpmath.mpf(10) ** -380
    return abs(got - expected) <= abs(expected) * mpmath.mpf(10) ** -digits


@pytest.mark.parametrize(("formula", "plain"), SAME, ids=[text for text, _ in SAME])
def test_value_is_that_of_mpmath_with_very_many_digits(formula, plain):
    tree = parse(formula)
    with mpmath.workdps(DIGITS):
        wrong = [
            f"{x!r} => {mpmath.nstr(got, 20)} != {mpmath.nstr(plain(mpmath.mpf(x)), 20)}"
            for x in POINTS
            if not agree(got := exact_value(tree, x, {"a": 0.25}), plain(mpmath.mpf(x)), 50)
        ]
    assert not wrong


FEW = sampled(SAME, 0.4)


@pytest.mark.parametrize(("formula", "plain"), FEW, ids=[text for text, _ in FEW])
def test_derivatives_are_those_of_numerical_differentiation(formula, plain):
    tree, wrong = parse(formula), []
    for x in (1e-8, 0.5, 1.3, 6.0, 17.0):
        with mpmath.workdps(300):
            numerical = mpmath.taylor(plain, mpmath.mpf(x), 4)
            for order in (1, 2, 3, 4):
                got = exact_derivative(tree, x, {"a": 0.25}, order)
                expected = numerical[order] * mpmath.factorial(order)
                if not agree(got, expected, 10):
                    wrong.append(f"{x!r} order {order} => {got} != {expected}")
    assert not wrong


CHECKED = {each.label: each for curve in whole_catalogue(load()) for each in ordinary(curve)}


@pytest.mark.parametrize("label", sampled([*CHECKED], 0.075))
def test_derivatives_of_every_entry_by_differences_of_exact_values(label):
    """Nine exact values a millionth apart give 30 digits, without a single rule."""
    activation = first_component(CHECKED[label].activation)
    tree, parameters, step = activation.tree(0), activation.parameters, 2.0**-20
    weights = {order: stencils.weights(order) for order in (1, 2)}
    with mpmath.workdps(50):
        for x in (-2.3125, -0.6875, 0.40625, 1.9375):
            values = [exact_value(tree, x + n * step, parameters) for n in range(-4, 5)]
            for order in (1, 2):
                pairs = zip(weights[order], values, strict=True)
                numerical = sum(w.numerator * v / w.denominator for w, v in pairs) / step**order
                got = exact_derivative(tree, x, parameters, order)
                if got != got:  # outside the domain
                    assert numerical != numerical
                    continue
                scale = abs(got) + max(abs(value) for value in values)
                assert abs(got - numerical) <= scale * mpmath.mpf(10) ** -25, (x, order)


AT_BREAKPOINTS = (
    # formula, x, order, from the left, at the point, from the right
    ("where(x > 0, x, a*x)", 0.0, 1, 0.25, 0.25, 1.0),
    ("abs(x)", 0.0, 1, -1.0, 0.0, 1.0),
    ("max(x, 0)", 0.0, 1, 0.0, 0.0, 1.0),
    ("min(max(x, -1), 1)", 1.0, 1, 1.0, 0.0, 0.0),
    ("clip(x, -1, 1)", -1.0, 1, 0.0, 0.0, 1.0),
    ("sign(x)", 0.0, 0, -1.0, 0.0, 1.0),
    ("where(x >= 1, 3, x)", 1.0, 0, 1.0, 3.0, 3.0),
    ("where(x**2 > 0, x, 5)", 0.0, 0, 0.0, 5.0, 0.0),
    ("where(x > 0, x, expm1(x))", 0.0, 2, 1.0, 1.0, 0.0),
    ("x*sign(sin(x))", 0.0, 1, -1.0, 0.0, 1.0),
    ("max(x, x**3)", 1.0, 1, 1.0, 3.0, 3.0),
)


@pytest.mark.parametrize(("formula", "x", "order", "left", "here", "right"), AT_BREAKPOINTS)
def test_sides_of_a_breakpoint(formula, x, order, left, here, right):
    found = [
        float(exact_derivative(parse(formula), x, {"a": 0.25}, order, side))
        for side in ("left", None, "right")
    ]
    assert found == [left, here, right]


NONE = math.nan
ROOT = math.sqrt(2)
# A formula, and at 0 its value and four derivatives worked out on paper: those that both sides
# agree on; where they do not, from the left, at the point, from the right. NaN: there is none.
VANISHING: dict[str, tuple[tuple[float, ...], ...]] = {
    "sqrt(x**4)": ((0, 0, 2, 0, 0),),
    "(x**4)**0.5": ((0, 0, 2, 0, 0),),
    "sqrt(x**4)*x": ((0, 0, 0, 6, 0),),
    "exp(sqrt(x**4))": ((1, 0, 2, 0, 12),),
    "sqrt(x**20)": ((0, 0, 0, 0, 0),),
    "sqrt(x**4 + x**6)": ((0, 0, 2, 0, 12),),
    "cbrt(x**3)": ((0, 1, 0, 0, 0),),
    "cbrt(x**6)": ((0, 0, 2, 0, 0),),
    "(x**10)**0.5/(1 + x)": ((0, 0, 0, 0, 0),),
    "sqrt(sin(x)**4)": ((0, 0, 2, 0, -8),),
    "sqrt(x**2)**2": ((0, 0, 2, 0, 0),),
    "sqrt(x**2)": ((0, -1, 0, 0, 0), (0, NONE, NONE, NONE, NONE), (0, 1, 0, 0, 0)),
    "(x + sqrt(x**2 + 4*0))/2": ((0, 0, 0, 0, 0), (0, NONE, NONE, NONE, NONE), (0, 1, 0, 0, 0)),
    "sqrt(1 - cos(x))": (
        (0, -1 / ROOT, 0, 1 / (4 * ROOT), 0),
        (0, NONE, NONE, NONE, NONE),
        (0, 1 / ROOT, 0, -1 / (4 * ROOT), 0),
    ),
    "(x**2)**1.5": ((0, 0, 0, -6, 0), (0, 0, 0, NONE, NONE), (0, 0, 0, 6, 0)),
    "sqrt(x**2)**3": ((0, 0, 0, -6, 0), (0, 0, 0, NONE, NONE), (0, 0, 0, 6, 0)),
    "x*sqrt(x**2)": ((0, 0, -2, 0, 0), (0, 0, NONE, NONE, NONE), (0, 0, 2, 0, 0)),
    "abs(x)**3": ((0, 0, 0, -6, 0), (0, 0, 0, 0, 0), (0, 0, 0, 6, 0)),
    "hypot(x, x**2)": ((0, -1, 0, -3, 0), (0, NONE, NONE, NONE, NONE), (0, 1, 0, 3, 0)),
    "x**2.5": ((NONE,) * 5, (0, NONE, NONE, NONE, NONE), (0, 0, 0, NONE, NONE)),
    "sqrt(x**3)": ((NONE,) * 5, (0, NONE, NONE, NONE, NONE), (0, 0, NONE, NONE, NONE)),
    "sqrt(-x**2)": ((NONE,) * 5, (0, NONE, NONE, NONE, NONE), (NONE,) * 5),
    "abs(x)**0.3": ((0, NONE, NONE, NONE, NONE), (0, NONE, NONE, NONE, NONE), (0,) + (NONE,) * 4),
    "log(x**2)": ((NONE,) * 5, (-math.inf, NONE, NONE, NONE, NONE), (NONE,) * 5),
    "1/x**2": ((NONE,) * 5,),
    "(x**2 - 3*x)/x": ((-3, 1, 0, 0, 0), (NONE,) * 5, (-3, 1, 0, 0, 0)),
    "sin(x)/x": ((1, 0, -1 / 3, 0, 1 / 5), (NONE,) * 5, (1, 0, -1 / 3, 0, 1 / 5)),
    "(1 - cos(x))/x**2": (
        (1 / 2, 0, -1 / 12, 0, 1 / 30),
        (NONE,) * 5,
        (1 / 2, 0, -1 / 12, 0, 1 / 30),
    ),
    "(x - sin(x))/x**3": (
        (1 / 6, 0, -1 / 60, 0, 1 / 210),
        (NONE,) * 5,
        (1 / 6, 0, -1 / 60, 0, 1 / 210),
    ),
    "x/sqrt(x**2)": ((-1, 0, 0, 0, 0), (NONE,) * 5, (1, 0, 0, 0, 0)),
    "x**9/x**8": ((0, 1, 0, 0, 0), (NONE,) * 5, (0, 1, 0, 0, 0)),
    "where(x > 0, x, sqrt(x**4))": ((0, 0, 2, 0, 0), (0, NONE, NONE, NONE, NONE), (0, 1, 0, 0, 0)),
    "abs(x)*sign(x)": ((0, 1, 0, 0, 0),),
    "abs(x)**2": ((0, 0, 2, 0, 0),),
    "x*sqrt(b)": ((0, 0, 0, 0, 0),),  # b = 0: a root of 0 that stays 0 has a derivative
}


@pytest.mark.parametrize("formula", VANISHING)
def test_roots_and_quotients_of_what_vanishes(formula):
    expected = VANISHING[formula] * (3 // len(VANISHING[formula]))
    for side, derivatives in zip(("left", None, "right"), expected, strict=True):
        found = exact_derivatives(parse(formula), 0.0, {"b": 0.0}, 4, side)
        assert list(map(float, found)) == pytest.approx(derivatives, rel=1e-15, nan_ok=True), side
        for order, one in enumerate(found):
            alone = exact_derivative(parse(formula), 0.0, {"b": 0.0}, order, side)
            assert alone == one or (mpmath.isnan(alone) and mpmath.isnan(one)), (side, order)


UNDEFINED = (("log(x)", -1.0), ("1/x", 0.0), ("sqrt(x)", -1.0), ("x/x", 0.0), ("x", math.nan))


@pytest.mark.parametrize(("formula", "x"), UNDEFINED)
def test_undefined_is_nan(formula, x):
    assert math.isnan(exact_value(parse(formula), x, {}))


FAR = (
    ("exp(exp(x))", 1.7e308, math.inf),
    ("exp(-exp(x))", 1.7e308, 0.0),
    ("1/(1 + exp(exp(x)))", 1e10, 0.0),
    ("tanh(exp(x))", 1.7e308, 1.0),
    ("log_cosh(x) - x", 1.7e308, -math.log(2)),
    ("erfc(x)", 1.7e308, 0.0),
    ("erfc(-x)", 1.7e308, 2.0),
    ("sin(x) + cos(x)", 1.7e308, math.sin(1.7e308) + math.cos(1.7e308)),
    ("(x + sqrt(x**2 + 4))/2", -1.7e308, 0.0),
    ("cos(exp(x))**2 + sin(exp(x))**2", 1000.0, 1.0),
    ("tanh(exp(x)) + erf(exp(x)) + erfc(-exp(x))", 1.7e308, 4.0),
    ("x**200", 1.7e308, math.inf),
    ("log(x**200)/200", 1.7e308, math.log(1.7e308)),
)


def test_huge_arguments_neither_hang_nor_mislead():
    start = time.perf_counter()
    found = [float(exact_value(parse(formula), x, {})) for formula, x, _ in FAR]
    assert found == pytest.approx([expected for _, _, expected in FAR], rel=1e-14, abs=1e-300)
    assert time.perf_counter() - start < 10


def test_numbers_and_parameters_are_their_float64_values():
    tenth = exact_value(parse("0.1"), 0.0, {})
    assert tenth == mpmath.mpf(0.1) and tenth == exact_value(parse("a"), 0.0, {"a": 0.1})
    with mpmath.workdps(60):
        assert abs(exact_value(parse("pi"), 0.0, {}) - mpmath.pi) < mpmath.mpf(10) ** -50


def test_known_digits():
    """Anchors of the tails, to 17 digits: gelu, sigmoid', tanh', tanhshrink, squareplus."""
    anchors = (
        ("x*Phi(x)", -20.0, 0, -5.50724823721246739e-88),
        ("sigmoid(x)", 40.0, 1, 4.248354255291589e-18),
        ("tanh(x)", 20.0, 1, 1.699341702116635584e-17),
        ("tanhshrink(x)", 1e-8, 0, 3.3333333333333335e-25),
        ("softplus(x)", 20.1, 0, 20.10000000186501),
        ("(x + sqrt(x**2 + 4))/2", -1000.0, 0, 0.0009999990000020000),
    )
    for formula, x, order, expected in anchors:
        assert float(exact_derivative(parse(formula), x, {}, order)) == expected
