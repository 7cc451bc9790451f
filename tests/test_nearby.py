"""Thousands of numbers near 0 at once, where a formula vanishes as a difference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from points import EPS

import actviz
from actviz.formula.arrays import Array

SIZES = np.logspace(-300, -30, 2000)
NUMBERS = np.concatenate([-SIZES[::-1], SIZES])
HUGE = 1e300

# what, the order of its derivative, and its leading term at 0
LEADING: list[tuple[str, int, Callable[[Array], Array]]] = [
    ("(x + cos(x))*sigmoid(x)", 2, lambda x: -7 * x / 8),
    ("(x + sech(x))*sigmoid(x)", 2, lambda x: -7 * x / 8),
    ("sigmoid(x) - where(abs(x) > 1e-200, 1/2, 1/2 + x)", 0, lambda x: _by_size(x, 0.25, -0.75)),
    ("sigmoid(x) - 1/2 + abs(x)", 0, lambda x: _by_size(x, 0.25, 0.25) + np.abs(x)),
    ("exp(x) - 1 - x", 0, lambda x: x * x / 2),
    ("(sin(x)*cos(x) - x)/3*exp(x)", 0, lambda x: x * x * x * (-2 / 9)),
    (f"{HUGE}*(exp(x) - 1 - x)", 0, lambda x: (x * (HUGE / 2)) * x),
]


def _by_size(x: Array, far: float, near: float) -> Array:
    return np.where(np.abs(x) > 1e-200, far, near) * x


@pytest.mark.parametrize(
    ("text", "order", "leading"), LEADING, ids=[f"{text}, {order}" for text, order, _ in LEADING]
)
def test_all_digits_of_all(text: str, order: int, leading: Callable[[Array], Array]) -> None:
    got, true = actviz.get(text).derivative(NUMBERS, order), leading(NUMBERS)
    assert (np.abs(got - true) <= 16 * EPS * np.abs(true) + 2.0**-1022).all()
