"""Jacobians of functions of a vector: against 50 digits, and stable for logits of any size."""

from __future__ import annotations

import numpy as np
import pytest

import actviz
from actviz.activation import Activation
from actviz.catalogue import activation_of
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


def _exact(name: str, x: list[float]) -> list[list[object]]:
    """The Jacobian by the textbook formula, with digits to spare."""
    with mpmath.workdps(800):
        sign = -1 if name == "softmin" else 1
        weights = [mpmath.exp(sign * mpmath.mpf(v)) for v in x]
        p = [weight / mpmath.fsum(weights) for weight in weights]
        n = range(len(x))
        rows = {
            "softmax": lambda i, j: p[i] * ((i == j) - p[j]),
            "softmin": lambda i, j: -p[i] * ((i == j) - p[j]),
            "log_softmax": lambda i, j: (i == j) - p[j],
            "logsumexp": lambda i, j: p[j],
        }[name]
        return [[+rows(i, j) for j in n] for i in n]


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
                error = abs(got[i, j] - y)
                assert error <= 64 * 2.0**-52 * abs(y) + 2.0**-1022, (i, j, got[i, j], y)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_diagonal_is_the_derivative(name: str) -> None:
    activation = actviz.get(name)
    for x in VECTORS:
        assert np.diag(activation.jacobian(x)).tolist() == activation.derivative(x).tolist()


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
        (actviz.get("relu"), [1.0, 2.0], "not a function of a vector"),
        (actviz.get("softmax"), 1.0, "one vector"),
        (actviz.get("softmax"), [[1.0], [2.0]], "one vector"),
    ],
)
def test_refused(activation: Activation, x: object, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        activation.jacobian(x)


def test_a_sum_in_a_sum_is_refused() -> None:
    with pytest.raises(UsageError, match="inside another sum"):
        actviz.get("x/sum(x/sum(x))")
