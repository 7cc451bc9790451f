"""Jacobians of functions of a vector: against 50 digits, and stable for logits of any size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import actviz
from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import activation_of
from actviz.errors import UsageError

mpmath = pytest.importorskip("mpmath", reason="the reference of these tests")

VECTORS = (
    [0.0],
    [1.0, 2.0, 3.0],
    [-0.5, 0.25, 4.0, 4.0],
    [40.0, 0.0, -40.0],
    [700.0, -700.0, 699.0],
)
FAR = ([1000.0, -1000.0, 999.0], [1e4, -1e4, 0.0, 1e4 - 3])


# Of components that are weights over their sum: a weight and its slope.
WEIGHTS: dict[str, tuple[Any, Any]] = {
    "sigsoftmax": (
        lambda v: mpmath.exp(v) / (1 + mpmath.exp(-v)),
        lambda v: (mpmath.exp(v) + 2) / (1 + mpmath.exp(-v)) ** 2,
    ),
    "taylor_softmax": (lambda v: 1 + v + v**2 / 2, lambda v: 1 + v),
    "spherical_softmax": (lambda v: v**2, lambda v: 2 * v),
    "sqmax": (lambda v: (v + 4) ** 2, lambda v: 2 * (v + 4)),
}


def _of_weights(name: str, x: list[Any], i: int, j: int) -> Any:
    weight, slope = WEIGHTS[name]
    whole = mpmath.fsum(map(weight, x))
    return (i == j) * slope(x[i]) / whole - weight(x[i]) * slope(x[j]) / whole**2


def _exact(name: str, x: list[float]) -> list[list[object]]:
    """The Jacobian by the textbook formula, with digits to spare; NaN where it divides by 0."""
    if name in WEIGHTS:
        with mpmath.workdps(800):
            numbers = [mpmath.mpf(v) for v in x]
            if name == "spherical_softmax" and not any(numbers):
                return [[mpmath.nan for _ in x] for _ in x]
            return [
                [+_of_weights(name, numbers, i, j) for j in range(len(x))] for i in range(len(x))
            ]
    with mpmath.workdps(800):
        sign = -1 if name == "softmin" else 1
        weights = [mpmath.exp(sign * mpmath.mpf(v)) for v in x]
        p = [weight / mpmath.fsum(weights) for weight in weights]
        n = range(len(x))
        support = {power: _excess(x, power) for power in (1, 2)}
        inside = [mpmath.mpf(v > 0) for v in support[1]]
        s = support[2]
        rows = {
            "sparsemax": lambda i, j: inside[i] * ((i == j) - inside[j] / mpmath.fsum(inside)),
            "entmax15": lambda i, j: s[i] * ((i == j) - s[j] / mpmath.fsum(s)),
            "softmax": lambda i, j: p[i] * ((i == j) - p[j]),
            "softmin": lambda i, j: -p[i] * ((i == j) - p[j]),
            "log_softmax": lambda i, j: (i == j) - p[j],
            "logsumexp": lambda i, j: p[j],
        }[name]
        return [[+rows(i, j) for j in n] for i in n]


def _excess(x: list[float], power: int) -> list[object]:
    """What is above the threshold of sparsemax (power 1) or 1.5-entmax (2), by bisection."""
    u = [mpmath.mpf(v) / power for v in x]
    low, high = max(u) - 1, max(u)
    for _ in range(300):
        middle = (low + high) / 2
        above = mpmath.fsum(max(v - middle, 0) ** power for v in u)
        low, high = (middle, high) if above > 1 else (low, middle)
    return [v - high if v - high > mpmath.mpf(2) ** -200 else mpmath.mpf(0) for v in u]


@pytest.mark.parametrize("name", ["sparsemax", "entmax15"])
@pytest.mark.parametrize("x", [*VECTORS, *FAR, [1e17, 3.0], [1e308, -1e308], [0.1] * 7], ids=str)
def test_values_of_projections(name: str, x: list[float]) -> None:
    power = {"sparsemax": 1, "entmax15": 2}[name]
    got = actviz.get(name)(x)
    with mpmath.workdps(800):
        expected = [float(v**power) for v in _excess(x, power)]
    np.testing.assert_allclose(got, expected, rtol=8 * 2.0**-52)
    assert abs(got.sum() - 1) <= 8 * 2.0**-52


def test_of_gated_functions() -> None:
    """By the rules of calculus, written out here, and the same as along a line."""
    a, b = np.array([1.5, -2.0]), np.array([0.5, 3.0])
    s = 1 / (1 + np.exp(-b))
    slopes = {
        "glu": (s, a * s * (1 - s)),
        "bilinear": (b, a),
        "reglu": (b, a),
        "maxout": ((a > b) * 1.0, (a <= b) * 1.0),
        "gtu": (s / np.cosh(a) ** 2, np.tanh(a) * s * (1 - s)),
        "swiglu": (b * s, a * s * (1 + b * (1 - s))),
    }
    for name, (by_a, by_b) in slopes.items():
        function = actviz.get(name)
        expected = np.hstack([np.diag(by_a), np.diag(by_b)])
        np.testing.assert_allclose(function.jacobian([*a, *b]), expected, rtol=1e-14)
    for name, entry in actviz.load().entries.items():
        if entry.fixable:
            whole, lines = actviz.get(name), [actviz.get(name, b=v) for v in b]
            for order in range(4):
                along = [line.derivative(u, order) for line, u in zip(lines, a, strict=True)]
                assert whole.at(a, b, ("a",) * order).tolist() == along
            assert whole([*a, *b]).tolist() == whole.at(a, b).tolist()
            assert whole.derivative([*a, *b], wrt="b").tolist() == whole.at(a, b, ["b"]).tolist()


def test_of_several_outputs() -> None:
    crelu = actviz.get("crelu")
    assert crelu([[1.0, -2.0], [3.0, 0.0]]).tolist() == [[1, 0, 0, 2], [3, 0, 0, 0]]
    assert crelu.jacobian([1.0, -2.0]).tolist() == [[1, 0], [0, 0], [0, 0], [0, -1]]
    assert crelu.derivative([1.0, -2.0]).tolist() == [1, 0, 0, -1]


FUNCTIONS = [
    name for name, entry in actviz.load().entries.items() if activation_of(entry).vector
]  # fmt: skip


@pytest.mark.parametrize("x", [*VECTORS, *FAR], ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_fifty_digits(name: str, x: list[float]) -> None:
    got = actviz.get(name).jacobian(x)
    with mpmath.workdps(60):
        for i, row in enumerate(_exact(name, x)):
            for j, y in enumerate(row):
                if mpmath.isnan(y):
                    assert np.isnan(got[i, j])
                    continue
                error = abs(got[i, j] - y)
                assert error <= 64 * 2.0**-52 * abs(y) + 2.0**-1022, (i, j, got[i, j], y)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_diagonal_is_the_derivative(name: str) -> None:
    activation = actviz.get(name)
    for x in VECTORS:
        np.testing.assert_equal(np.diag(activation.jacobian(x)), activation.derivative(x))


def test_typed_formulas_have_one_too() -> None:
    normalised = actviz.get("x/sum(abs(x))")
    x = np.array([1.0, -2.0, 5.0])
    step = 1e-6
    columns = [
        (normalised(x + step * unit) - normalised(x - step * unit)) / (2 * step)
        for unit in np.eye(3)
    ]
    np.testing.assert_allclose(normalised.jacobian(x), np.stack(columns, axis=-1), atol=1e-9)


@pytest.mark.parametrize(
    ("activation", "x", "word"),
    [
        (
            actviz.get("relu"),
            [1.0, 2.0],
            "relu is a function of a number: its Jacobian is a diagonal",
        ),
        (actviz.get("softmax"), 1.0, "one vector"),
        (actviz.get("softmax"), [[1.0], [2.0]], "one vector"),
        (actviz.get("glu"), [1.0, 2.0, 3.0], "halves of the last axis: that has 3 numbers"),
    ],
)
def test_refused(activation: Activation, x: object, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        activation.jacobian(x)


NESTED = (
    "x/sum(x/(1 + x**2)/sum(x**2))",
    "(x - sum(x)/3)/sqrt(sum((x - sum(x)/3)**2)/3 + 0.1)",  # a layer's normalisation
    "x*others(x*others(x))",
    "max(x - tau1(x**2), 0)",
    "sum(x*others(x**2))*tau2(x)",
    "exp(x - sum(tanh(excess2(x))))",
    "x*sum(1)",
)


@pytest.mark.parametrize("formula", NESTED)
def test_a_sum_in_a_sum(formula: str) -> None:
    """All derivatives by differences, the diagonal to order 3."""
    function, step = actviz.get(formula), 1e-6
    for x in np.array([[0.3, 1.1, -0.7], [2.0, 1.2, 1.5]]):
        ahead, behind = (
            [x + step * unit for unit in np.eye(3)],
            [x - step * unit for unit in np.eye(3)],
        )
        columns = [
            (function(a) - function(b)) / (2 * step) for a, b in zip(ahead, behind, strict=True)
        ]
        np.testing.assert_allclose(function.jacobian(x), np.stack(columns, axis=-1), atol=1e-7)
        for order in (1, 2, 3):
            slopes = [
                (function.derivative(a, order - 1) - function.derivative(b, order - 1))[i]
                / (2 * step)
                for i, (a, b) in enumerate(zip(ahead, behind, strict=True))
            ]
            np.testing.assert_allclose(function.derivative(x, order), slopes, rtol=1e-6, atol=1e-6)


def test_by_a_parameter() -> None:
    softmax, step = actviz.get("softmax", tau=2), 1e-6
    x = [0.3, 1.0, -0.7]
    near = [actviz.get("softmax", tau=2 + sign * step)(x) for sign in (1, -1)]
    slope = (near[0] - near[1]) / (2 * step)
    np.testing.assert_allclose(softmax.derivative(x, wrt="tau"), slope, atol=1e-9)


@pytest.mark.parametrize("row", [[np.inf, np.inf, 0.0], [-np.inf, -np.inf], [np.nan, 1.0]])
@pytest.mark.parametrize("name", ["softmax", "sparsemax", "entmax15", "log_softmax"])
def test_without_a_value_there_is_no_jacobian(name: str, row: list[float]) -> None:
    function = actviz.get(name)
    assert np.isnan(function.value(row)).any() and np.isnan(function.derivative(row)).all()
    assert np.isnan(function.jacobian(row)).all()
