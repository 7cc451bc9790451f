"""What is said to be equal: by algebra, by enclosures, and never what is not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from points import LARGEST
from sampled import sampled

import actviz
from actviz.formula.branchwise import same_branches
from actviz.formula.enclosure.alike import alike
from actviz.formula.identity import identical
from actviz.formula.parsing import parse
from actviz.properties.difference import largest

IDENTITIES = {
    "tanh(x)": "2*sigmoid(2*x) - 1",
    "x*sigmoid(x)": "x/(1 + exp(-x))",
    "sigmoid(x)*(1 - sigmoid(x))": "sigmoid(x)*sigmoid(-x)",
    "1 - tanh(x)**2": "sech(x)**2",
    "x*Phi(x)": "x*(1 + erf(x/sqrt(2)))/2",
    "Phi(x)": "1 - Phi(-x)",
    "phi(x)": "exp(-x**2/2)/sqrt(2*pi)",
    "log_sigmoid(x)": "x - softplus(x)",
    "softplus(2*x) - x - log(2)": "log_cosh(x)",
    "x*tanh(softplus(x))": "x*((1 + exp(x))**2 - 1)/((1 + exp(x))**2 + 1)",
    "x/sqrt(1 + x**2)": "x*sqrt(1 + x**2)/(1 + x**2)",
    "2**x": "exp(x*log(2))",
    "sinh(2*x)": "2*sinh(x)*cosh(x)",
    "cosh(x)**2 - sinh(x)**2": "1",
    "sqrt(2/pi)": "sqrt(2)/sqrt(pi)",
    "sin(-x)": "-sin(x)",
    "floor(x + 4)": "4 + floor(x)",
    "mod(x + 2, 1)": "mod(x, 1)",
    "round(x + 2)": "2 + round(x)",
    "cbrt(min(x, 2))": "cbrt(min(x, 2))",
    "where(mod(x + 2, 1) < 1/2, x, 0)": "where(mod(x, 1) < 1/2, x, 0)",
    "(x - 1)**3": "x**3 - 3*x**2 + 3*x - 1",
}
BRANCHES = {
    "max(x, 0)": "(x + abs(x))/2",
    "x*clip(x + 3, 0, 6)/6": "x*clip(x/6 + 1/2, 0, 1)",
    "where(x > 0, x, exp(x) - 1)": "max(x, 0) + where(x > 0, 0, expm1(x))",
    "clip(x, -1, 1)": "max(-1, min(1, x))",
    "abs(x)*sign(x)": "x",
}
# What differs a little, somewhere, or at one point alone.
UNEQUAL = {
    "tanh(x)": "tanh(x) + 1e-12",
    "x": "x*(1 + 2**-40)",
    "sqrt(x**2)": "x",
    "x*Phi(x)": "x*sigmoid(1.702*x)",
    "sign(x)": "where(x > 0, 1, -1)",
    "where(x > 1, 1, 0)": "where(x >= 1, 1, 0)",
    "max(x, 0)": "max(x, 1e-300)",
    "floor(x)": "x - 1/2",
    "round(x + 1)": "1 + round(x)",
    "floor(x + 1/2)": "1/2 + floor(x)",
    "exp(x)": "exp(x) + 1e-17",
    "where(x < 1, x, x)": "where(x < 7, x, x + 1e-9)",
}


def of(text: str) -> tuple[actviz.formula.expression.Node, dict[str, float]]:
    return parse(text), {}


@pytest.mark.parametrize("text", IDENTITIES)
def test_algebra_knows_identities(text: str) -> None:
    assert identical(parse(text), parse(IDENTITIES[text]), {})


@pytest.mark.parametrize("text", BRANCHES)
def test_branch_by_branch(text: str) -> None:
    assert same_branches(of(text), of(BRANCHES[text]), -LARGEST, LARGEST)


@pytest.mark.parametrize("text", UNEQUAL)
def test_what_differs_is_not_said_to_be_equal(text: str) -> None:
    both = of(text), of(UNEQUAL[text])
    assert not same_branches(*both, -LARGEST, LARGEST)
    assert not alike(*both, -9.0, 9.0) and not alike(*both[::-1], -9.0, 9.0)


@pytest.mark.parametrize("text", sampled([*(IDENTITIES | BRANCHES | UNEQUAL)], 0.25))
def test_nothing_is_said_that_values_contradict(text: str) -> None:
    other = (IDENTITIES | BRANCHES | UNEQUAL)[text]
    for lower, upper in ((-3.0, -0.5), (0.5, 0.75), (2.0, 6.0)):
        both = of(text), of(other)
        x = np.linspace(lower, upper, 101)
        f, g = actviz.get(text)(x), actviz.get(other)(x)
        if same_branches(*both, lower, upper) or alike(*both, lower, upper):
            np.testing.assert_allclose(f, g, rtol=1e-14, atol=1e-15)


def test_the_largest_difference_is_where_it_is() -> None:
    found = largest(actviz.get("gelu"), actviz.get("gelu_tanh"), -6.0, 6.0)
    x = np.linspace(-6, 6, 200_001)
    most = np.max(np.abs(actviz.get("gelu")(x) - actviz.get("gelu_tanh")(x)))
    assert found.proved and most <= found.bound and found.difference <= most * (1 + 1e-6)
    assert found.at == tuple(sorted((-found.at[-1], found.at[-1])))
    assert math.isclose(found.at[-1], 2.6989413863772795, rel_tol=1e-9)


DIFFERENCES = {
    # two formulas on 1:2, and how far they are apart at least and at most
    ("x**2", "x**2 + 1e-14*exp(-1e6*(x - 0.7123)**2)"): (0.0, 1e-300),
    ("sin(x)", "sin(x) + 2**-55"): (2.0**-55, 2.0**-55),
    ("x**0.1", "x**0.1*(1 + 2**-45)"): (2.0**-45, 2.0**-45 * 1.0718),  # 2**0.1 = 1.07177
}


@pytest.mark.parametrize(("one", "other"), DIFFERENCES)
def test_a_difference_is_no_rounding_of_what_it_is_taken_of(one: str, other: str) -> None:
    found = largest(actviz.get(one), actviz.get(other), 1.0, 2.0)
    least, most = DIFFERENCES[one, other]
    assert found.bound >= least and found.difference <= most


def test_a_difference_without_a_bound_is_not_proven() -> None:
    found = largest(actviz.get("sin(x)/x"), actviz.get("sqrt((sin(x)/x)**2)"), -1.0, 3.0)
    assert not (found.proved and found.bound == math.inf)
