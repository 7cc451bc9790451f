"""Far out: signs and bounds by leading terms, on all cells from a number on, against 50 digits."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from described import NAMES, curve
from formulas import difference_by_lot, text_by_lot
from mpmath import mpf
from sampled import sampled

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import parse_curves
from actviz.check.exact.values import exact_derivative
from actviz.errors import UsageError
from actviz.formula.derivative import differentiate
from actviz.formula.enclosure.beyond import beyond
from actviz.formula.enclosure.joins import joined
from actviz.formula.enclosure.limits import limit
from actviz.formula.expression import Node
from actviz.formula.parsing import parse

SIDES = (1, -1)
FURTHER = (1.0, 1.0 + 2**-40, 1.37, 4.0, 61.3, 1e4, 1e10, 1e100, 1e290)  # times the start
FAINT = 1e-290  # the reference has no digits of a derivative that is less
OF_LOT = 2000  # random formulas

TOLD = {
    # formula: its signs at inf and at -inf, from 16 on
    "sqrt(x**2 + 1) - x": (1, 1),
    "sqrt(x**2 + 1) - sqrt(x**2 - 1)": (1, 1),
    "x*sigmoid(x) - x": (-1, 1),
    "x*(atan(x) + pi/2)/pi": (1, -1),
    "(atan(x) + pi/2)/pi - 1": (-1, -1),
    "x*Phi(x) - x": (-1, 1),
    "softplus(x) - max(x, 0)": (1, 1),
    "tanh(x) - x/(1 + abs(x))": (1, -1),
    "asinh(x) - log(2*abs(x))": (1, -1),
    "x*erf(softplus(x))": (1, -1),
    "(1 + 1/x)**x - e": (-1, 1),
    "cos(x)/x**2 + 1/x": (1, -1),
    "sqrt(2)*sqrt(0.5)*x - x": (0, 0),
}
UNTOLD = ("sin(x)", "x*sin(x)", "floor(x)", "exp(exp(x)) - 1", "tan(x)", "sqrt(sin(x) + 1)")


@pytest.mark.parametrize("text", TOLD)
def test_signs(text: str) -> None:
    found = [beyond(parse(text), {}, side) for side in SIDES]
    assert [each and (each.start, each.sign) for each in found] == [(16.0, s) for s in TOLD[text]]


@pytest.mark.parametrize("text", UNTOLD)
def test_what_swings_or_is_too_steep_is_not_told(text: str) -> None:
    assert beyond(parse(text), {}, 1) is None


def holds(activation: Activation, node: Node, order: int, side: int) -> int:
    """Hold a derivative against 50 digits; how many places were looked at."""
    parameters = dict(activation.parameters)
    found = beyond(node, parameters, side)
    if found is None:
        return 0
    x = np.array([side * found.start * further for further in FURTHER])
    everywhere = np.ones(x.shape, dtype=bool)
    low, high = found.bounds(x, x, everywhere)
    inner, outer = np.minimum(x, x[::-1]), np.maximum(x, x[::-1])
    least, most = found.bounds(inner, outer, everywhere)
    looked = 0
    for i, place in enumerate(x.tolist()):
        y = exact_derivative(activation.definition, place, parameters, order)
        if y != y or abs(y) < FAINT:
            continue
        looked += 1
        assert mpf(low[i]) <= y <= mpf(high[i]), (place, low[i], y, high[i])
        assert mpf(least[i]) <= y <= mpf(most[i]), (place, least[i], y, most[i])
        assert found.sign * y > 0, (place, y)
    return looked


@pytest.mark.parametrize("name", sampled(NAMES, 0.025))
def test_the_catalogue(name: str) -> None:
    activation = curve(name)
    node = activation.settled
    for order in range(4):
        for side in SIDES:
            holds(activation, node, order, side)
        node = differentiate(node)


@pytest.mark.parametrize("i", sampled(range(OF_LOT), 0.005))
def test_random_formulas(i: int) -> None:
    """Every other is a difference of which little may be left."""
    rng = Random(i)
    text = difference_by_lot(rng) if i % 2 else text_by_lot(rng, rng.choice((2, 3, 4)))
    [typed] = parse_curves(["f=" + text])
    node = typed.activation.definition
    for order in range(3):
        for side in SIDES:
            holds(typed.activation, node, order, side)
        try:
            node = differentiate(node)
        except UsageError:  # too large
            return


def test_what_falls_from_beyond_all_floats() -> None:
    found = beyond(parse("where(x > 500, x**300*exp(-x), 0)"), {}, 1)
    assert found is not None and (found.start, found.sign) == (1024, 1)
    x = np.array([1024.0, 1e300])
    low, high = found.bounds(x, x, np.ones(2, dtype=bool))
    assert low.tolist() == [0, 0] and high[0] == np.inf


CANCELLING = (
    "1/Phi(1 - x)", "phi(1 - x)/Phi(1 - x)**2", "erfc(x)*exp(x**2)*x*sqrt(pi) - 1",
    "(4 + x)/Phi(1 - x)", "sqrt(pi)**2*x - pi*x + 1/x", "sqrt(2)*x - x*sqrt(2 + 1/x)",
    "exp(x + 1) - e*exp(x) + x", "log(2*x) - log(x) - log(2) + 1/x", "atan(x) - pi/2 + 1/x",
    "(sqrt(x + 1) - sqrt(x))*sqrt(x) - 0.5", "tanh(x) - (1 - 2*exp(-2*x))", "x*log1p(1/x) - 1",
)  # fmt: skip


@pytest.mark.parametrize("text", CANCELLING)
def test_constants_that_cancel(text: str) -> None:
    [typed] = parse_curves([f"f={text}"])
    node, looked = typed.activation.definition, 0
    for order in range(3):
        looked += holds(typed.activation, node, order, 1)
        node = differentiate(node)
    assert looked > 9


def test_most_of_the_catalogue_is_told() -> None:
    names = sampled(NAMES, 0.1)
    told = [beyond(curve(n).settled, dict(curve(n).parameters), s) for n in names for s in SIDES]
    count = sum(each is not None for each in told)
    assert count > (0.85 * len(told) if len(names) == len(NAMES) else 0)  # of a few by luck


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x*(atan(x) + pi/2)/pi", -1 / math.pi),
        ("sqrt(x**2 + 0.5*x) - sqrt(x**2 + 1)", -0.25),
        ("x*log1p(1/x) - 1", 0.0),
    ],
)
def test_limits(text: str, value: float) -> None:
    found = limit(parse(text), {}, -1)
    assert found.proved and found.lower == pytest.approx(value, abs=1e-12) == found.upper


@pytest.mark.parametrize(
    ("text", "at", "meets"),
    [
        ("where(x > 1, a*x + 1 - a, x)", 1.0, True),
        ("where(x > 1, a*x + 1 - a/2, x)", 1.0, False),
        ("where(x >= 0.5, tanh(0.5) + sech(0.5)**2*(x - 0.5), tanh(x))", 0.5, True),
        ("where(x > 0, x + log(2), softplus(x))", 0.0, True),
        ("where(x > 0, x + 0.6931471805599453, softplus(x))", 0.0, False),
        ("where(x > 0, 1/x, 1/x)", 0.0, False),
        ("where(x > 0, x, floor(x))", 0.0, False),
    ],
)
def test_branches_that_meet(text: str, at: float, meets: bool) -> None:
    assert joined(parse(text), {"a": 0.3}, at, at) == meets
