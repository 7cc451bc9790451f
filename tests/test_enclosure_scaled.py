"""Intervals of numbers of any size: against mpmath, and bounds far out, where float64 has none."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sampled import SEED

from actviz.catalogue.activation import from_formula
from actviz.formula.enclosure import scaled
from actviz.formula.enclosure.mesh import subject
from actviz.formula.enclosure.scaled import UNIT, Scaled

mpmath = pytest.importorskip("mpmath", reason="the reference of these tests")

COUNT = 1000
LARGEST = float(np.finfo(np.float64).max)


def numbers(rng: np.random.Generator) -> Scaled:
    """Points of all sizes and signs, 0 among them."""
    sign = rng.choice([-1.0, 0.0, 1.0], COUNT, p=[0.45, 0.1, 0.45])
    near = rng.random(COUNT) < 0.5
    power = np.where(near, rng.uniform(-3, 3, COUNT), rng.uniform(-5000, 5000, COUNT)) * UNIT
    return point(sign, np.where(sign == 0, -np.inf, power))


def point(sign: Any, power: Any) -> Scaled:
    return Scaled(np.stack([sign, sign]), np.stack([power, power]))


def exact(u: Scaled, end: int, i: int) -> Any:
    sign, power = float(u.sign[end, i]), float(u.power[end, i])
    if sign == 0 or not np.isfinite(power):
        return mpmath.mpf(0) if sign == 0 or power < 0 else sign * mpmath.inf
    return sign * mpmath.mpf(2) ** (mpmath.mpf(power) / UNIT)


CASES: dict[str, tuple[Callable[..., Scaled], Callable[..., Any], Callable[..., bool]]] = {
    # what: the rule, the true value, where there is one that mpmath can tell
    "add": (scaled.add, lambda a, b: a + b, lambda a, b: True),
    "multiply": (scaled.multiply, lambda a, b: a * b, lambda a, b: True),
    "divide": (scaled.divide, lambda a, b: a / b, lambda a, b: b != 0),
    "power": (scaled.power, lambda a, b: a**b, lambda a, b: a > 0 and abs(b) < 1e6),
    "cube": (lambda a, b: scaled.whole_power(a, 3), lambda a, b: a**3, lambda a, b: True),
    "over": (lambda a, b: scaled.whole_power(a, -2), lambda a, b: a**-2, lambda a, b: a != 0),
    "exp": (lambda a, b: scaled.exp(a), lambda a, b: mpmath.exp(a), lambda a, b: abs(a) < 1e9),
    "expm1": (lambda a, b: scaled.expm1(a), lambda a, b: mpmath.expm1(a), lambda a, b: a < 1e9),
    "log": (lambda a, b: scaled.log(a), lambda a, b: mpmath.log(a), lambda a, b: a > 0),
    "log1p": (lambda a, b: scaled.log1p(a), lambda a, b: mpmath.log1p(a), lambda a, b: a > -1),
    "sqrt": (lambda a, b: scaled.sqrt(a), lambda a, b: mpmath.sqrt(a), lambda a, b: a >= 0),
    "erfc": (lambda a, b: scaled.erfc(a), lambda a, b: mpmath.erfc(a), lambda a, b: abs(a) < 1e9),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("cancelling", [False, True])
def test_true_values_lie_inside(name: str, cancelling: bool) -> None:
    rule, truth, known = CASES[name]
    rng = np.random.default_rng([int(os.environ[SEED]), *name.encode()])
    u, v = numbers(rng), numbers(rng)
    if cancelling:
        v = Scaled(-u.sign, u.power * (1 + rng.choice([0, 1e-16, 1e-13, 1e-3], COUNT)))
    with np.errstate(all="ignore"), mpmath.workprec(400):
        found = rule(u, v)
        for i in range(COUNT):
            a, b = exact(u, 0, i), exact(v, 0, i)
            if known(a, b):
                y = truth(a, b)
                assert exact(found, 0, i) <= y <= exact(found, 1, i), (a, b, y)


FAR = {
    # formula: its sign and that of its slope at 1e200, 1e3, -1e200, -1e3; unknown is a difference
    # that underflows, of two powers of e that differ by less than the digits of their exponents
    "x*exp(-x**2)": "+- +- -- --", "x**2*sech(x)": "+- +- ++ ++", "x/sqrt(1 + x**2)": "++ ++ -+ -+",
    "x*sigmoid(x)": "++ ++ -- --", "x*Phi(x)": "++ ++ -? --", "x**3*phi(x)": "+- +- -- --",
    "x*exp(-exp(x))": "+- +- -+ -+", "tanh(x)": "++ ++ -+ -+", "erfc(x)": "+- +- +- +-",
    "exp(-x)*x**5": "+- +- -+ -+", "softplus(x)*x": "++ ++ -- --", "exp(-exp(-x))": "++ ++ ++ ++",
    "exp(x)/(1 + exp(x))**2": "+- +- ++ ++", "x**2/(1 + x**2)": "++ ++ +- +-",
    "log1p(exp(-x))": "+- +- +- +-",
}  # fmt: skip


@pytest.mark.parametrize("text", FAR)
def test_signs_far_out(text: str) -> None:
    f = from_formula(text)
    asked = subject(f.definition, {}, 2)
    starts = np.array([1e200, 1e3, -1.001e200, -1.01e3])
    bounds = asked.on(starts, starts + np.abs(starts) * 0.0005)
    told = [
        "".join("+" if b.positive[i] else "-" if b.negative[i] else "?" for b in bounds[:2])
        for i in range(4)
    ]
    assert " ".join(told) == FAR[text]


def test_nothing_is_unbounded_that_has_bounds() -> None:
    ends = np.array([-LARGEST, 1e200, 1e300]), np.array([-1e300, 1e210, LARGEST])
    for text in ("x*exp(-x**2)", "x/sqrt(1 + x**2)", "x**2/(1 + x**2)", "x*sigmoid(-abs(x))"):
        found = subject(from_formula(text).definition, {}).on(*ends)[0]
        assert (np.abs(np.stack([found.lower, found.upper])) < 1.001).all()
