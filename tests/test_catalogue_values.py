"""Every function of the catalogue against 50 digits: values and derivatives at the hard points."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from points import EVERYWHERE, PARTLY, excess, neighbours, worst
from sampled import sampled

import actviz
from actviz.catalogue.activation import Activation
from actviz.catalogue.entry import Entry
from actviz.catalogue.lookup import activation_of
from actviz.check.exact import exact_derivatives
from actviz.formula.expression import Node

pytest.importorskip("mpmath", reason="the reference of these tests")

# Other values of the parameters at which a function is also held to the bound, where half as much
# again as the defaults, or 0.5 in place of 0, is not what there is to try.
OTHER_PARAMETERS: dict[str, list[dict[str, float]]] = {
    "leaky_relu": [{"alpha": 0.2}, {"alpha": 2.0}],
    "prelu": [{"alpha": 0.0}],
    "rrelu": [{"lower": 0.1, "upper": 0.3}],
    "threshold": [{"threshold": 1.0, "value": -2.0}],
    "thresholded_relu": [{"theta": 0.5}],
    "hardtanh": [{"min_val": -2.0, "max_val": 3.0}],
    "hardshrink": [{"lambd": 2.0}, {"lambd": 0.0}],
    "softshrink": [{"lambd": 2.0}, {"lambd": 0.0}],
    "softplus": [{"beta": 2.0}, {"beta": 0.1}],
    "elu": [{"alpha": 0.5}],
    "celu": [{"alpha": 0.5}, {"alpha": 2.0}],
    "squareplus": [{"b": 1.0}, {"b": 0.01}],
    "swish": [{"beta": 1.5}, {"beta": 30.0}],
    "sine": [{"omega": 30.0}],
    "star_relu": [{"scale": 1.0, "bias": 0.0}],
    "laplace": [{"mu": 0.0, "sigma": 1.0}],
    "snake": [{"alpha": 0.5}, {"alpha": 30.0}],
    "eswish": [{"beta": 1.375}],
    "isru": [{"alpha": 3.0}],
    "isrlu": [{"alpha": 3.0}],
    "sine_relu": [{"epsilon": 0.25}],
    "xielu": [{"alpha_p": 1.2, "alpha_n": 0.6, "beta": 0.5}],
    "aria2": [{"alpha": 3.0, "beta": 1.0}],
    "pdelu": [{"a": 0.5, "t": 0.8}],
    "srelu": [{"t_r": 1.0, "a_r": 0.5, "t_l": -1.0, "a_l": 0.0}],
    "relu_n": [{"n": 20.0}],
    "soft_exponential": [{"alpha": 0.0}, {"alpha": -0.5}],
    "dyt": [{"alpha": 2.0}],
    "nlrelu": [{"beta": 2.0}],
    "softclip": [{"alpha": 50.0}],
    "acon_c": [{"p1": 1.0, "p2": 0.0, "beta": 2.0}],
    "snake_beta": [{"alpha": 2.0, "beta": 0.5}],
    "stan": [{"beta": 0.1}],
    "hosc": [{"beta": 1.0, "omega": 30.0}],
    "derf": [{"alpha": 2.0}],
    "smu": [{"alpha": 0.01, "mu": 2.5}, {"alpha": 0.25, "mu": 1e6}],
    "repu": [{"p": 2.0}, {"p": 2.5}],
    "bounded_leaky_relu": [{"alpha": 0.1, "beta": 6.0}],
    "tent": [{"delta": 0.5}],
    "penalized_tanh": [{"alpha": 0.5}],
    "srs": [{"alpha": 3.0, "beta": 2.0}],
    "flatten_t_swish": [{"threshold": 0.0}],
    "ptelu": [{"alpha": 0.5, "beta": 3.0}],
    "sign_relu": [{"alpha": 0.1}],
    "erf_relu": [{"alpha": 0.5}],
    "delu": [{"n": 1.0}],
    "hexpo": [{"a": 2.0, "b": 0.5, "c": 3.0, "d": 4.0}],
    "bi_firing": [{"alpha": 0.1}],
    "aranda_ordaz": [{"alpha": 1.0}, {"alpha": 0.5}],
    "soft_plus_plus": [{"alpha": 2.0, "beta": 3.0}],
    "resp": [{"alpha": 1.4}],
    "abslu": [{"alpha": 1.0}],
    "soft_modulus_t": [{"alpha": 1.0}],
    "smooth_step": [{"alpha": 3.0}],
    "siglin": [{"alpha": 0.05}],
    "sgelu": [{"alpha": 0.5}],
    "sinlu": [{"alpha": 0.5, "beta": 2.0}],
    "wave": [{"alpha": 0.5}],
    "vlu": [{"alpha": 0.1, "beta": 3.0}],
    "keras_relu": [{"negative_slope": 0.0, "max_value": 20.0, "threshold": 0.0}],
}


def _others(entry: Entry) -> list[dict[str, float]]:
    """The values of the parameters to try beside the defaults."""
    scaled = {name: 1.5 * value or 0.5 for name, value in entry.parameters.items()}
    return OTHER_PARAMETERS.get(entry.name, [scaled] if scaled else [])


CASES = [
    (name, parameters)
    for name, entry in actviz.load().entries.items()
    if activation_of(entry).elementwise
    for parameters in [{}, *_others(entry)]
]


# Where a formula selects what neither side has its slope is that of the branch taken, as PyTorch
# has it, though both sides agree on another: without a threshold these are the identity elsewhere.
ALONE = {("softshrink", "lambd=0.0"): 0.0, ("hardshrink", "lambd=0.0"): 0.0}


def _id(value: Any) -> str:
    return value if isinstance(value, str) else ",".join(f"{k}={v}" for k, v in value.items())


@cache
def _exact(definition: Node, x: float, parameters: tuple[tuple[str, float], ...]) -> list[Any]:
    return exact_derivatives(definition, x, dict(parameters), 4)


def _points(activation: Activation) -> list[float]:
    """The hard points, and every breakpoint with both neighbours."""
    breaks = [point.x for point in activation.breakpoints(-50.0, 50.0) if not point.pole]
    return [*EVERYWHERE, *(x for point in breaks for x in neighbours(point))]


@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize(("name", "parameters"), sampled(CASES, 0.01), ids=_id)
def test_within_the_error_bound(name: str, parameters: dict[str, float], order: int) -> None:
    activation = actviz.get(name, **parameters)
    points = _points(activation)
    got = activation.derivative(np.array(points), order=order)
    rows = []
    for x, value in zip(points, got.tolist(), strict=True):
        if order and ALONE.get((name, _id(parameters))) == x:
            assert value == 0
            continue
        key = tuple(activation.parameters.items())
        known = _exact(activation.definition, x, key)[order : order + 2]
        if known[0] == known[0]:
            rows.append(_row(activation, x, value, order, known))
    # fewer than the points where a domain ends or exp(exp(x)) explodes
    assert len(rows) > (70 if name not in PARTLY else 15)
    assert not worst(rows), worst(rows)


def _row(
    activation: Activation, x: float, value: float, order: int, known: list[Any]
) -> tuple[float, float, object, float]:
    """The point with its error; at a switch between two floats (gelu_10 at 10), of either."""
    y, slope = known
    row = (x, value, y, excess(value, y, slope, x))
    if row[3] > 16 and any(point.x == x for point in activation.breakpoints(x - 1, x + 1)):
        for beside in neighbours(x):
            *_, y, slope = exact_derivatives(
                activation.definition, beside, activation.parameters, order + 1
            )
            row = min(row, (x, value, y, excess(value, y, slope, x)), key=lambda row: row[3])
    return row


FAR = (1e100, 1e16, 746.0)  # the first at which exp(exp(x)) does not explode counts
WAVES = (100000.3, 100000000.7, 1e10, 1e16)  # no oscillation agrees with itself at these


@pytest.mark.parametrize("name", sampled([name for name, p in CASES if not p], 0.075))
def test_limits_are_what_it_comes_to_far_out(name: str) -> None:
    """The limits of value and slope, which are also the values at the infinities."""
    activation = actviz.get(name)
    key = tuple(activation.parameters.items())

    def known(x: float, order: int) -> float:
        return float(_exact(activation.definition, x, key)[order])

    for sign, order in product((-1, 1), (0, 1)):
        limit = activation.limit(order, sign)
        at_infinity = float(activation.derivative(sign * np.inf, order=order))
        np.testing.assert_equal(at_infinity, limit)
        if limit != limit:
            values = [known(sign * x, order) for x in WAVES]
            assert name in PARTLY if any(y != y for y in values) else np.ptp(values) > 1e-3
            continue
        far = next(y for y in (known(sign * x, order) for x in FAR) if y == y)
        assert far * np.sign(limit) > 200 if np.isinf(limit) else abs(far - limit) < 1e-12


def test_parameters_of_the_cases_exist() -> None:
    assert OTHER_PARAMETERS.keys() <= {name for name, parameters in CASES if not parameters}
    for name, parameters in CASES:
        assert parameters.keys() <= actviz.load().entries[name].parameters.keys()
