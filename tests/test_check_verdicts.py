"""The judge accuses nobody falsely, says where it has not looked, and ends in time."""

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from sampled import sampled
from verdicts import curve, failures

import actviz
from actviz import check
from actviz.check.claim import Claim
from actviz.check.equality import equality
from actviz.check.exact.values import known
from actviz.check.oracles import difference
from actviz.check.oracles.stencils import BACKWARD, CENTRAL, FORWARD, measure
from actviz.formula.arrays import Array
from actviz.formula.balls.values import undefined
from actviz.formula.parsing import parse
from actviz.formula.program import program

TURN = 2 * math.pi
LONGEST = 10.0  # seconds of a processor: what one check may take


# --- what differences know of themselves ------------------------------------------------------

# A function, its first and second derivative: what steps of many lengths see something else in.
SEEN: tuple[tuple[str, Callable[..., Array], Callable[..., Array], Callable[..., Array]], ...] = (
    ("in step", lambda x: np.cos(TURN * x), lambda x: -TURN * np.sin(TURN * x),
     lambda x: -TURN**2 * np.cos(TURN * x)),
    ("a line and a wave", lambda x: x + np.sin(TURN * x) / TURN, lambda x: 1 + np.cos(TURN * x),
     lambda x: -TURN * np.sin(TURN * x)),
    ("small and quick", lambda x: x + 1e-9 * np.sin(1e9 * x), lambda x: 1 + np.cos(1e9 * x),
     lambda x: -1e9 * np.sin(1e9 * x)),
    ("quickening", lambda x: np.sin(x**2), lambda x: 2 * x * np.cos(x**2),
     lambda x: 2 * np.cos(x**2) - 4 * x**2 * np.sin(x**2)),
    ("a peak", lambda x: x + np.exp(-1e8 * (x - 3) ** 2),
     lambda x: 1 - 2e8 * (x - 3) * np.exp(-1e8 * (x - 3) ** 2),
     lambda x: (4e16 * (x - 3) ** 2 - 2e8) * np.exp(-1e8 * (x - 3) ** 2)),
    ("small", lambda x: 1e-250 * np.exp(x), lambda x: 1e-250 * np.exp(x),
     lambda x: 1e-250 * np.exp(x)),
)  # fmt: skip


@pytest.mark.parametrize("offsets", [CENTRAL, FORWARD, BACKWARD])
@pytest.mark.parametrize("case", SEEN, ids=lambda case: case[0])
def test_a_derivative_is_as_near_as_differences_say(case, offsets):
    _, f, *derivatives = case
    x = np.array([-300.0, -33.0, -16.0, -4.25, -0.7, 0.1, 1.0, 3.0, 7.3, 88.0, 650.0])
    for order, derivative in enumerate(derivatives, 1):
        found = measure(f, x, np.full(x.shape, 1e3), offsets, order)
        true, told = derivative(x), np.isfinite(found.error)
        beyond = np.abs(found.slope - true) > 2 * found.error + 1e-12 * np.abs(true)
        assert not (told & beyond).any(), (order, x[told & beyond])


def test_differences_see_what_is_to_be_seen():
    x = np.array([-300.0, -7.5, 0.1, 3.0, 650.0])
    for f in (np.sin, np.tanh, lambda u: np.exp(-np.abs(u)), lambda u: np.sin(50 * u)):
        found = measure(f, x, np.abs(x), CENTRAL, 1)
        assert (found.error <= 1e-7 * found.scale).all(), found.error / found.scale


# --- right formulas ---------------------------------------------------------------------------

RIGHT_BY_DIFFERENCE = (
    "sin(x**2)", "cos(pi*x)", "x + sin(pi*x)/pi", "sqrt(1 - cos(x))", "abs(sin(3*x))",
    "((0.003046*x)*(-0.25*x))**(1/3)", "cos(1048576*pi*x)", "x + 1e-9*sin(1e9*x)",
    "tanh(x) + exp(-1e6*(x - 0.3)**2)", "x**(1/3)", "sigmoid(1e6*x)", "1e-200*sin(x)",
    "exp(-1/x**2)", "x/(1e-3 + abs(x))", "where(x*x > 2, x, 0)", "mod(x, 1)", "log(log(x))",
    "x + 1e-15*sin(1e15*x)", "x + 1e-13*sin(1e13*x)",
    "cos(1/(x - 660000 + log_cosh(log1p(log1p(x)))))",
)  # fmt: skip


@pytest.mark.parametrize("text", sampled(list(RIGHT_BY_DIFFERENCE), 0.1))
def test_right_derivatives_are_not_accused_by_differences(text):
    report = check.curves([curve(text)], oracles=["difference"])
    assert failures(report) == []
    assert len(report.results) >= 2


def test_a_few_points_that_seem_smooth_decide_nothing():
    report = check.curves([curve("x + 1e-13*sin(1e13*x)")], oracles=["difference"])
    told = [(r.status, r.code) for r in report.results if r.oracle == "difference"]
    assert told == [("not run", "not-applicable")] * 2


RIGHT_BY_DIGITS = ("cbrt(x**3)", "0**x", "2**x", "1/x - 1/x", "sqrt(x**2)")


@pytest.mark.parametrize("text", RIGHT_BY_DIGITS)
def test_right_derivatives_are_not_accused_by_digits(text):
    assert failures(check.curves([curve(text)], oracles=["mpmath"])) == []


def test_where_a_slice_switches_rounding_may_choose():
    """The slice is max(x/2 - t, 0)**2 with t rounded: the vector function has the last digits."""
    assert failures(check.curves([curve("entmax15")], oracles=["mpmath"])) == []


# Derivatives by hand whose poles cancel: their limits are what no exact reading knows.
CANCELLING = (
    ("sin(x)/x", "cos(x)/x - sin(x)/x**2"),
    ("expm1(x)/x", "exp(x)/x - expm1(x)/x**2"),
)


@pytest.mark.parametrize(("text", "derivative"), CANCELLING)
@pytest.mark.parametrize("oracle", ["difference", "mpmath"])
def test_poles_that_cancel_are_no_mistake(text, derivative, oracle):
    assert failures(check.derivative(curve(text), derivative, oracles=[oracle])) == []


def test_a_check_ends_and_says_what_was_not_judged():
    """Without bounds it takes half a minute."""
    begin = time.process_time()
    report = check.curves([curve("(1 + exp(-x))**exp(x)")])
    assert time.process_time() - begin < LONGEST
    assert failures(report) == []
    asked = [r for r in report.results if r.oracle in ("difference", "mpmath")]
    assert len(asked) == 5 and any("not judged at" in r.message for r in asked)
    assert all(r.status == "pass" for r in asked)


# --- equalities -------------------------------------------------------------------------------

EQUALITIES = (
    # one, another, status, what is said
    ("log(x**2)", "2*log(abs(x))", "pass", "points by 50 digits, not proven"),
    ("1/x", "x**-1", "pass", "points by 50 digits, not proven"),
    ("x**x", "exp(x*log(x))", "fail", "one of the two has no value there"),
    ("log(x**2)", "2*log(x)", "fail", "one of the two has no value there"),
    ("sqrt(x)**2", "x", "fail", "one of the two has no value there"),
    ("where(x > 1e308, log(0*x), x)", "x", "fail", "differ by inf"),
    ("x", "where(x > 1e308, 0, x)", "fail", "at x = 1.7e+308, and may differ by more beyond"),
    ("x", "where(x > 1e308, 0, x*(1 + 1e-15))", "fail", "and may differ by more beyond"),
)


@pytest.mark.parametrize(("one", "other", "status", "told"), EQUALITIES)
def test_equalities_count_what_is_settled(one, other, status, told):
    found = check.equal([curve(one)], curve(other)).results[0]
    assert (found.status, told in found.message) == (status, True), found


# One curve, another, the range, how far they may be apart, and what comes of it.
WITHIN = (
    ("1e-300*x", "2e-300*x", None, 1e-200, "fail", "differ by 1.7e8, at x = -1.7e+308"),
    ("1e-300*x", "2e-300*x", (-5.0, 5.0), 1e-200, "pass", "at most 5e-300, at x = +-5 (proven"),
    ("log(x) + 1e-3", "log(x) + 0*log(x - 1)", None, 1.0, "fail", "one of the two has no value"),
    ("(1 + 1e-9*x)**1e9", "exp(x)", None, None, "fail", "and may differ by more beyond"),
    ("gelu", "gelu_tanh", None, 5e-4, "pass", "within 5e-4 at 103 points, not proven beyond"),
    ("gelu", "gelu_tanh", None, 4e-4, "fail", "at most 4.7324e-4, at x = +-2.699 (proven"),
    ("x", "x + exp(-1e12*(x - 0.31)**2)", (-9.0, 9.0), 1e-4, "fail", "at most 1, at x = 0.31"),
    ("1/x", "1/x + 1e-9", (-1.0, 1.0), 1e-8, "pass", "at most 1e-9, at x = +-1 (proven"),
)


@pytest.mark.parametrize(("one", "other", "within", "atol", "status", "told"), WITHIN)
def test_what_may_be_apart_is_held_wherever_it_was_looked_at(
    one, other, within, atol, status, told
):
    (found,) = check.equal([curve(one)], curve(other), within, atol).results
    assert (found.status, told in found.message) == (status, True), found


def test_points_that_no_digits_settle_are_not_equal(monkeypatch):
    monkeypatch.setattr("actviz.check.libraries.installed", lambda name: name != "mpmath")
    monkeypatch.setattr("actviz.formula.balls.values.PRECISIONS", (160,))
    sides = actviz.parse_curves(["cosh(x**1.1) - sinh(x**1.1)", "exp(-(x**1.1))"])
    found = equality(*sides, within=(300.0, 400.0))
    assert (found.status, found.code) == ("not run", "not-applicable")
    assert "not one of 257 points from 300 to 400 was settled by float64" in found.message


# --- exact arithmetic -------------------------------------------------------------------------

KNOWN = (
    # formula, x, the value, whether it is settled
    ("0**x", 1e300, 0.0, True),
    ("0**x", -1e300, math.nan, True),
    ("log(x)", -1.0, math.nan, True),
    ("acos(x)", 2.0, math.nan, True),
    ("1/(exp(x)*exp(-x) - 1)", 3.0, math.nan, False),  # what it divides by is 0 to 8192 bits
)


@pytest.mark.parametrize(("formula", "x", "value", "settled"), KNOWN)
def test_what_is_undefined_is_told_from_what_is_not_settled(formula, x, value, settled):
    found = known(parse(formula), x, {}, (0,), None)
    assert found.settled == settled
    np.testing.assert_equal(float(found.numbers[0]), value)


UNDEFINED = (
    ("log(x)", -1.0, True),
    ("x**(1/3)", -8.0, True),
    ("x**(6/3)", -8.0, False),
    ("0/x", 0.0, True),
    ("log(exp(x)*exp(-x) - 1)", 3.0, False),
)


@pytest.mark.parametrize(("formula", "x", "surely"), UNDEFINED)
def test_digits_show_that_there_is_no_value(formula, x, surely):
    assert undefined(program(parse(formula)).parts, x, {}) == surely


NO_SLOPE = ("sqrt(x**2)", "squareplus:b=0", "sqrt(x**2 + x**4)", "(x**2 - 3*x)/x", "sin(x)/x")
SLOPES = ("sqrt(x**4)", "cbrt(x**3)", "(x**2)**1.5", "exp(sqrt(x**4))")
# another branch at 0 alone: of f, or of f'
ALONE = (
    "softshrink:lambd=0",
    "hardshrink:lambd=0",
    "abs(x)*sign(x)",
    "abs(x*sin(x))",
    "abs(3*x*x)",
)


@pytest.mark.parametrize("text", sampled([*NO_SLOPE, *SLOPES, *ALONE], 0.25))
def test_what_vanishes_in_a_root_or_quotient_is_no_mistake(text: str) -> None:
    orders = (1, 2) if text in ALONE else (1,)
    report = check.curves(
        [actviz.parse_curves([text])[0]], orders=orders, oracles=["difference", "mpmath"]
    )
    assert report.ok and len(report.results) > 2, report.results
    assert math.isnan(actviz.parse_curves([text])[0].activation.derivative(0.0)) == (
        text in NO_SLOPE
    )


@pytest.mark.parametrize(("formula", "status"), [("x*abs(x)", "fail"), ("abs(x)", "pass")])
def test_nan_at_a_point_is_wrong_where_both_sides_agree(formula: str, status: str) -> None:
    activation = actviz.get(formula)
    slope = "2*abs(x)" if status == "fail" else "sign(x)"
    claim = Claim.by_formula(parse(f"where(x < 0, {slope}, where(x > 0, {slope}, log(-1)))"), {}, 1)
    result = difference.judge(formula, "difference", activation, claim, Claim.of(activation, 0))
    assert result.status == status
    assert status == "pass" or (math.isnan(result.got) and result.x == result.expected == 0)
