"""Values: any shape, any size, block by block the same; NaN in NaN out; limits; never a warning."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from formulas import names, numbers, trees
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from points import EVERYWHERE

import actviz
from actviz.check.exact import exact_value
from actviz.errors import UsageError
from actviz.formula.arrays import BLOCK
from actviz.formula.breaks import WHOLE, spelled, told
from actviz.formula.evaluate import evaluate, trace
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, to_text, walk
from actviz.formula.parsing import parse

mpmath = pytest.importorskip("mpmath", reason="the reference of these tests")

PARAMETERS = {"a": 0.75}
HARD = np.array([*EVERYWHERE, np.inf, -np.inf, np.nan])
LOUD = {"all": "raise"}  # a warning inside would become a FloatingPointError


def same(a: object, b: object) -> bool:
    """Bit for bit, NaN for NaN."""
    return np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True)


@settings(max_examples=150)
@given(trees(st.one_of(names("a"), numbers(), numbers(any_float=True)), size=7))
def test_any_formula_anywhere(tree: Node) -> None:
    """No warning, NaN for NaN, and every point as if it were alone."""
    with np.errstate(all="raise"):
        together = evaluate(tree, HARD, PARAMETERS)
        some = slice(None, None, 7)
        alone = [float(evaluate(tree, np.array(x), PARAMETERS)) for x in HARD[some]]
        again = evaluate(tree, HARD[::-1], PARAMETERS)[::-1]
    assert np.isnan(together[-1])
    assert same(together[some], alone)
    assert same(together, again)


@settings(max_examples=300)
@given(
    trees(st.one_of(names("a"), numbers()), size=6),
    st.sampled_from(
        (
            0.0,
            1e-20,
            -1e-8,
            0.3,
            -0.7,
            1.0,
            -3.5,
            20.0,
            -38.0,
            709.5,
            -746.0,
            1e10,
            -1e100,
            1e200,
            -1.7e308,
        )
    ),
)
def test_a_finite_point_gives_nan_only_where_the_formula_is_undefined(tree: Node, x: float) -> None:
    exact = exact_value(tree, x, PARAMETERS)
    assume(exact == exact)
    got = float(evaluate(tree, np.array(x), PARAMETERS))
    assert not math.isnan(got), f"{to_text(tree)} at {x!r} is {exact}"
    if abs(exact) > mpmath.mpf(2) ** 1025 or math.isinf(got):
        assert abs(got) > 1e306 and (got > 0) == (exact > 0)
    elif not _tips_over(tree, x):
        sizes = [abs(v) for v in trace(tree, x, PARAMETERS).values() if math.isfinite(v)]
        assert abs(got - float(exact)) <= 1e-6 * abs(float(exact)) + 1e-12 * max(sizes) + 1e-307


def _tips_over(tree: Node, x: float) -> bool:
    """Whether a comparison, a step or a domain is decided by rounding or underflow."""
    for part in walk(spelled(tree)):
        match part:
            case Apply(head, (a, b)) if head in COMPARISONS:
                (_, left), (_, right) = _readings(a, x), _readings(b, x)
                if abs(left - right) <= 1e-12 * abs(left):
                    return True
        for relation, place in told(part):
            got, exact = _readings(place, x)
            if relation == WHOLE and abs(exact - mpmath.nint(exact)) < 1e-9 * (1 + abs(exact)):
                return True
            if relation != WHOLE and np.sign(got) != mpmath.sign(exact):
                return True
    return False


def _readings(node: Node, x: float) -> tuple[float, Any]:
    return float(evaluate(node, np.array(x), PARAMETERS)), exact_value(node, x, PARAMETERS)


SHAPES = ((), (1,), (7,), (0,), (3, 4), (0, 4), (2, 3, 4), (2, 1, 3, 2))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(
    "formula", ["x*sigmoid(x)", "3", "a", "where(x > 0, x, a*x)", "erf(x)", "x/0"]
)
def test_shapes(formula: str, shape: tuple[int, ...]) -> None:
    x = np.linspace(-3, 3, math.prod(shape)).reshape(shape)
    y = evaluate(parse(formula), x, PARAMETERS)
    assert y.shape == shape and y.dtype == np.float64
    assert y.flags.writeable and not np.shares_memory(x, y)


def test_memory_layout_does_not_matter() -> None:
    tree = parse("x*tanh(softplus(x))")
    x = np.linspace(-30, 30, 24).reshape(4, 6)
    expected = evaluate(tree, x.ravel(), {})
    for view in (
        np.asfortranarray(x),
        x[::-1],
        x[:, ::-2],
        x.T,
        x[:0],
        np.broadcast_to(x[0], (3, 6)),
    ):
        y = evaluate(tree, view, {})
        assert y.shape == view.shape
        assert set(y.ravel()) <= set(expected)
        assert same(y.ravel(), [float(evaluate(tree, np.array(v), {})) for v in view.ravel()])


@pytest.mark.parametrize("size", [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_blocks_are_seamless(size: int) -> None:
    tree = parse("where(x > 0.5, x*sigmoid(x), x**2/(1 + x**2)) + Phi(x)")
    x = np.geomspace(1e-5, 1e300, size)
    whole = evaluate(tree, x, {})
    places = np.unique(np.concatenate([np.arange(0, size, 997), [BLOCK - 2, size - 1]]))
    assert same(whole[places], [float(evaluate(tree, np.array(v), {})) for v in x[places]])
    assert same(evaluate(tree, x.reshape(1, -1), {})[0], whole)


def test_the_input_is_left_alone() -> None:
    x = HARD.copy()
    evaluate(parse("x + 1"), x, {})
    evaluate(parse("x"), x, {})[0] = 99.0
    assert same(x, HARD)


def test_branches_not_taken_do_no_harm() -> None:
    x = np.array([-2.0, -1.0, 0.0, 1.0, 4.0])
    with np.errstate(all="raise"):
        y = evaluate(parse("where(x > 0, log(x), where(x < 0, sqrt(-x), 0))"), x, {})
        assert same(y, [math.sqrt(2), 1.0, 0.0, 0.0, math.log(4)])
        assert same(
            evaluate(parse("where(x > 1, exp(x), 1)"), np.array([800.0, -800.0]), {}), [np.inf, 1]
        )
        assert same(
            evaluate(parse("where(x > 1, 1, exp(x**2))"), np.array([800.0, 0.0]), {}), [1, 1]
        )


@pytest.mark.parametrize(
    "formula",
    [
        "3",
        "a",
        "where(x > 0, 1, 0)",
        "max(x, 0)",
        "min(0, x)",
        "clip(x, 0, 1)",
        "x**0",
        "hypot(x, 1)",
        "sign(x)",
        "0*x",
        "unit(1, x)",
    ],
)
def test_nan_in_nan_out(formula: str) -> None:
    assert np.isnan(evaluate(parse(formula), np.array([np.nan, 1.0]), PARAMETERS)).tolist() == [
        True,
        False,
    ]


LIMITS = {
    # formula: at -inf, at +inf. A limit that cancellation hides is not told.
    "3": (3, 3),
    "x": (-np.inf, np.inf),
    "a*x": (-np.inf, np.inf),
    "-x**2": (-np.inf, -np.inf),
    "1/x": (0, 0),
    "x - x": (0, 0),
    "x/x": (1, 1),
    "0*x": (0, 0),
    "x**3 - x**2": (-np.inf, np.inf),
    "x*exp(-x**2/2)": (0, 0),
    "x**9*exp(-abs(x))": (0, 0),
    "tanh(x)*x": (np.inf, np.inf),
    "(x + 1)/(2*x - 3)": (0.5, 0.5),
    "x*(1 + tanh(x))": (0, np.inf),
    "exp(x) - exp(-x)": (-np.inf, np.inf),
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))": (-1, 1),
    "log(1 + exp(x))": (0, np.inf),
    "x*Phi(x)": (0, np.inf),
    "x*tanh(softplus(x))": (0, np.inf),
    "exp(-exp(-x))": (0, 1),
    "x/sqrt(1 + x**2)": (-1, 1),
    "sqrt(x**2 + x + 1) - x": (np.inf, 0.5),
    "atan(x)/x": (0, 0),
    "where(x > 1e300, 7, 5)": (5, 7),
    "max(x, 0)/x": (0, 1),
    "min(x, x**2)": (-np.inf, np.inf),
    "clip(x, -2, 3)": (-2, 3),
    "sin(1/x)": (0, 0),
    "sin(x)/x**2": (0, 0),
    "cos(x)*exp(-x)": (np.nan, 0),
    "x + sin(x)": (-np.inf, np.inf),
    "cos(x)": (np.nan, np.nan),
    "sin(x)**2": (np.nan, np.nan),
    "sqrt(x)": (np.nan, np.inf),
    "log(x)": (np.nan, np.inf),
    "2**x": (0, np.inf),
    "x**0.5": (np.nan, np.inf),
    "hypot(x, 3)/x": (-1, 1),
    "unit(x, 5)": (-1, 1),
    "log1p(exp(x))": (0, np.inf),
    "log_cosh(x) - abs(x)": (-math.log(2), -math.log(2)),
    "tanhshrink(x) - x": (1, -1),
    "where(x > 1e9, 1, 0)": (0, 1),
    "x*log1p(1/x)": (1, 1),
    "x/2*(1 + x/sqrt(1 + x**2))": (0, np.inf),
}


@pytest.mark.parametrize("formula", LIMITS)
def test_limits_at_infinity(formula: str) -> None:
    with np.errstate(all="raise"):
        got = evaluate(parse(formula), np.array([-np.inf, np.inf]), PARAMETERS)
    np.testing.assert_allclose(got, LIMITS[formula], rtol=1e-9)


PARAMETER_VALUES = (0.0, -0.0, 1.0, -1.0, 5e-324, -1e-300, 1e-8, 1e8, 1e300, -1.7e308)


@pytest.mark.parametrize("value", PARAMETER_VALUES)
@pytest.mark.parametrize(
    "formula",
    [
        "where(x > 0, x, a*x)",
        "x*sigmoid(a*x)",
        "a*expm1(x)",
        "x**2*a",
        "clip(x, -1, a)",
        "where(x > a, x, 0)",
        "(x + sqrt(x**2 + a**2))/2",
    ],
)
def test_parameters_of_any_size(formula: str, value: float) -> None:
    """The same as the number written into the formula, and never NaN."""
    finite = np.array(EVERYWHERE)
    with np.errstate(all="raise"):
        got = evaluate(parse(formula), finite, {"a": value})
    assert not np.isnan(got).any()
    written = Number(value)
    from actviz.formula.expression import rebuild

    assert same(got, evaluate(rebuild(parse(formula), {Name("a"): written}), finite, {}))


def test_a_name_without_a_value() -> None:
    with pytest.raises(KeyError):
        evaluate(parse("a*x"), np.array(1.0), {})


def test_softmax_of_any_size() -> None:
    tree = parse("exp(x)/sum(exp(x))")
    with np.errstate(all="raise"):
        assert same(evaluate(tree, np.array([1000.0, -1000.0, 0.0]), {}), [1, 0, 0])
        assert same(evaluate(tree, np.array([1e308, 1e308]), {}), [0.5, 0.5])
        rows = evaluate(tree, np.array([[1.0, 2.0, 3.0], [-800.0, -800.0, -801.0]]), {})
        assert evaluate(tree, np.array(5.0), {}) == 1
        assert evaluate(tree, np.empty((0,)), {}).shape == (0,)
    np.testing.assert_allclose(rows.sum(axis=-1), 1, rtol=1e-15)
    shifted = np.exp([0.0, 0.0, -1.0]) / np.exp([0.0, 0.0, -1.0]).sum()
    np.testing.assert_allclose(rows[1], shifted, rtol=1e-15)


def test_shared_parts_are_computed_once() -> None:
    """A tower of doublings has 2**40 leaves and 41 nodes."""
    tree: Node = parse("x")
    for _ in range(40):
        tree = Apply("+", (tree, tree))
    assert float(evaluate(tree, np.array(1.0), {})) == 2.0**40


@pytest.mark.parametrize(
    "formula",
    ["x" + "+x" * 49, "sin(" * 48 + "x" + ")" * 48, "x**x**x**x", "exp(" * 45 + "x" + ")" * 45],
)
def test_large_formulas(formula: str) -> None:
    with np.errstate(all="raise"):
        got = evaluate(parse(formula), np.array([0.5, 2.0, 1e10]), {})
    assert not np.isnan(got).any()


def test_usage_error_is_a_value_error() -> None:
    assert issubclass(UsageError, ValueError)


@pytest.mark.parametrize(
    "text", ["x**2*sin(x)", "x**2*(cos(x) + 0.99)", "x*(sin(3*x) + 0.999)**3", "x*tanh(4*sin(x))"]
)
def test_what_swings_ever_farther_has_no_limit_however_seldom_it_turns(text: str) -> None:
    assert np.isnan(evaluate(parse(text), np.array([-np.inf, np.inf]), {})).all()


def test_the_limit_of_a_derivative_that_swings_is_not_what_a_few_points_agree_on() -> None:
    hosc = actviz.get("hosc", beta=4.0, omega=-1.1306777952907845)
    assert np.isnan(hosc.derivative(np.array([-np.inf, np.inf]), 2, wrt="omega")).all()
