"""Limits at infinity from leading terms: right, none, or said to be unknown."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from sampled import sampled
from test_primitives import LIMITS

import actviz
from actviz.catalogue.activation import from_formula
from actviz.catalogue.kind import Kind
from actviz.catalogue.lookup import load
from actviz.check.exact import exact_value
from actviz.formula.enclosure import growth
from actviz.formula.enclosure.limits import Kind as There
from actviz.formula.enclosure.limits import Limit, limit, limits
from actviz.formula.enclosure.mesh import subject
from actviz.formula.parsing import parse

NAMES = [name for name in load().entries if actviz.get(name).kind is Kind.NUMBER]
# Which are not settled, by order and sign: there what cancels leaves nothing that is known.
OPEN = {
    "gelu_tanh": "1+", "calu": "1-", "xatlu": "1-", "sinsig": "1+ 2+", "eis1": "2-",
    "sigmoid_algebraic": "2+ 2-", "gated_prelu_pelu": "2+",
    "brelu_plus": "0- 1+ 1-", "hardtanh_plus": "1+ 1-", "hardshrink_plus": "0+ 0-",
    "srelu_plus": "1+ 1-", "melu_plus_component": "0+ 0- 1+ 1- 2+ 2-", "elu_plus": "0+ 1+ 2+",
    "signrelu_plus": "2+ 2-", "m_arcsinh": "2+",
}  # fmt: skip
FAR = 1e6


def of(name: str) -> tuple[tuple[int, int, Limit], ...]:
    f = actviz.get(name)
    asked = subject(f.definition, f.parameters, 2, f.first_derivative)
    both = ((sign, limits(asked, sign)) for sign in (1, -1))
    return tuple((order, sign, each[order]) for sign, each in both for order in range(3))


@pytest.mark.parametrize("name", sampled(NAMES, 0.075))
def test_limits_of_the_catalogue(name: str) -> None:
    """Held against 50 digits far out, where a limit is nearly reached or plainly run away to."""
    f = actviz.get(name)
    for order, sign, found in of(name):
        assert found.proved or f"{order}{'+' if sign > 0 else '-'}" in OPEN.get(name, "")
        if found.kind is There.VALUE:
            near, far = (
                exact_value(f.tree(order), sign * x, f.parameters) for x in (FAR / 1000, FAR)
            )
            if math.isinf(found.lower):
                assert abs(far) > abs(near) and (far > 0) == (found.lower > 0)
            else:
                assert abs(far - found.lower) <= max(1e-4, abs(near - found.lower) / 10)
                assert found.upper - found.lower <= 1e-14 * (1 + abs(found.lower))


# What a negative number is raised to may be whole everywhere, or is nearly nowhere.
EXPONENTS = {"x**floor(x)": There.UNKNOWN, "x**x": There.NONE, "x**pi": There.NONE}


@pytest.mark.parametrize("text", EXPONENTS)
def test_a_power_of_a_negative_number_is_undefined_only_where_its_exponent_is_not_whole(
    text: str,
) -> None:
    assert limit(parse(text), {}, -1).kind is EXPONENTS[text]


@pytest.mark.parametrize("text", LIMITS)
def test_limits_of_formulas(text: str) -> None:
    for sign, expected in zip((-1, 1), LIMITS[text], strict=True):
        found = limit(parse(text), {}, sign)
        if math.isnan(expected):
            assert found.kind is not There.VALUE
        elif found.proved:
            assert found.kind is There.VALUE
            slack = 4e-16 * abs(expected) if math.isfinite(expected) else 0
            assert found.lower - slack <= expected <= found.upper + slack


NONE = (
    "exp(-x**2)/cos(x)", "tan(x)/x**2", "1/(x*sin(x))", "sin(x)", "x*sin(x)", "x**3*cos(2*x) + x",
    "tan(x)", "sin(x)*cos(x)", "exp(sin(x))", "tanh(4*sin(x))", "1/(2 + sin(x))", "1/sin(x)",
    "sin(x)**2/cos(3*x)", "cos(x) - sin(x)", "sin(x) + sin(pi*x)", "sqrt(1 - x**2)", "asin(x)",
    "log(-x**2)", "atanh(x)", "sin(x + 1/x)", "sin(log(x**2))", "exp(x)*cos(x) + exp(x)",
)  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_there_is_none(text: str) -> None:
    assert limit(parse(text), {}, 1).kind is There.NONE


VALUES = {
    # formula: limit at inf; cancellation, slow and fast ones, numbers that are no fractions
    "sqrt(x**2 + x) - x": 0.5, "sqrt(x**2 + 1) - x": 0, "(1 + 1/x)**x": math.e, "x*sin(1/x)": 1,
    "log(1 + x**2)/x": 0, "log(x)/x**0.001": 0, "x**100*exp(-sqrt(x))": 0,
    "exp(x)/x**100": math.inf,
    "x*(pi/2 - atan(x))": 1, "exp(x**2)*erfc(x)": 0, "x*(2 + sin(x))": math.inf, "x**(1/x)": 1,
    "exp(exp(x))*exp(-exp(x) - x)": 0, "x + sin(x)": math.inf, "sin(x)/x": 0, "floor(x)/x": 1,
    "log(exp(x) + 1) - x": 0, "(exp(x) - exp(-x))/(exp(x) + exp(-x))": 1, "x*tanh(1/x)": 1,
    "where(x > 3, 1/x, tan(x))": 0, "x**x/exp(x*log(x))": 1, "Phi(x)**x": 1, "x*phi(x)": 0,
    "log(3*x) - log(x)": math.log(3), "atan(exp(x))": math.pi / 2, "cbrt(x**3 + x**2) - x": 1 / 3,
    "spherical_jn(3, x)": 0, "abs(x)/x": 1, "max(x, x**2)": math.inf,
    "0*x": 0, "e**(-x)": 0, "2**x/3**x": 0, "sqrt(2*x)/sqrt(x)": math.sqrt(2), "unit(x, 1)": 1,
}  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    found = limit(parse(text), {}, 1)
    assert found.kind is There.VALUE
    slack = 1e-14 if math.isfinite(VALUES[text]) else 0
    assert found.lower - slack <= VALUES[text] <= found.upper + slack


UNKNOWN = ("exp(-tan(x)**2)*exp(-x)", "mod(x, 1)*sin(x)", "1/(1 + sin(x))", "floor(sin(x))")


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_cannot_be_told_is_unknown(text: str) -> None:
    assert limit(parse(text), {}, 1).kind is not There.VALUE


def test_parameters_and_decimals_are_the_floats_that_they_are() -> None:
    found = limit(parse("a*tanh(x) + 0.1"), {"a": 0.2}, 1)
    true = Fraction(0.2) + Fraction(0.1)
    assert Fraction(found.lower) <= true <= Fraction(found.upper)
    assert found.upper - found.lower <= 1e-16


def test_numbers_of_the_same_origin_cancel() -> None:
    root = growth.Range(Fraction(14, 10), Fraction(15, 10), ("a root",))
    assert root + -root == growth.ZERO
    minus = -root
    assert -minus == root
    with pytest.raises(growth.Unknown):
        _ = (root + growth.number(Fraction(-29, 20))).sign
    twice = growth.number(2) * root
    assert growth.number(-2) * root == -twice == growth.number(2) * minus
    assert minus.inverse() == -(root.inverse())


def test_the_slope_of_gelu_tanh_goes_to_1() -> None:
    u = "2*sqrt(2/pi)*(x + 0.044715*x**3)"
    found = limit(parse(f"sigmoid({u})*(1 + x*sigmoid(-{u}))"), {}, 1)
    assert (found.lower, found.upper) == (1, 1)


def test_a_typed_formula_has_limits_too() -> None:
    f = from_formula("x*sigmoid(beta*x)", beta=2.0)
    found = limits(subject(f.definition, f.parameters), -1)
    assert [(each.lower, each.upper) for each in found] == [(0, 0), (0, 0)]


def test_numbers_that_take_long_are_not_told() -> None:
    """Of hypot((x - 0.25)/x, log_cosh(sinc(sinh(0.5*x + 501000)))), which took a minute."""
    with pytest.raises(growth.Unknown):
        growth.number(Fraction(2) ** (growth.LONGEST + 1))
    large = growth.number(Fraction(3) ** (growth.LONGEST // 2))
    with pytest.raises(growth.Unknown):
        _ = large * large
    assert growth.number(Fraction(2) ** 1074).inverse().low == Fraction(2) ** -1074
