"""erf, erfc, Phi and phi: the coefficients anew from their series, every function to 3 units."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from actviz.formula import normal

mpmath = pytest.importorskip("mpmath", reason="the reference of these tests")
EPS = 2.0**-52


def chebyshev(function: Callable[[Any], Any], low: float, high: float, count: int) -> list[float]:
    """The polynomial through the Chebyshev points of low ... high, in powers of x, rounded.

    The coefficients solve Vandermonde's equations: 50 digits more than asked leave enough.
    """
    with mpmath.workdps(80):
        half, middle = mpmath.mpf(high - low) / 2, mpmath.mpf(high + low) / 2
        angles = [mpmath.pi * (2 * k + 1) / (2 * count) for k in range(count)]
        points = [middle + half * mpmath.cos(angle) for angle in angles]
        powers = mpmath.matrix([[x**power for power in range(count)] for x in points])
        values = mpmath.matrix([function(x) for x in points])
        return [float(c) for c in mpmath.lu_solve(powers, values)]


def _factor(t: Any) -> Any:
    s = t + mpmath.mpf(normal.CENTRE)
    a = 4 * s / (1 - s)
    return ((1 + 2 * a) * mpmath.exp(a * a) * mpmath.erfc(a) - 1) / s


def test_the_coefficients_are_those_of_their_chebyshev_series() -> None:
    half = normal.CENTRE
    assert chebyshev(_factor, -half, half, len(normal.TAIL)) == list(normal.TAIL)


EXACT: dict[str, Callable[[Any], Any]] = {
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "Phi": lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "phi": lambda x: mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi),
}


@pytest.mark.parametrize("name", EXACT)
def test_to_three_units_from_one_underflow_to_the_other(name: str) -> None:
    """Relative to the value alone, though a step of x is worth x**2 units in the tails."""
    generator = np.random.default_rng(0)
    points = np.concatenate(
        [generator.uniform(-39, 39, 2000), generator.uniform(-3, 3, 1000), generator.normal(size=9)]
    )
    edges = (generator.integers(0, 6 * normal.CELLS, 500) + 0.5) / normal.CELLS  # of erf's table
    points = np.concatenate([points, edges, np.nextafter(edges, 9), np.arange(1, 9) * 2.0**-13])
    points = np.concatenate([points, 10.0 ** np.arange(-300, 2, 10), [1.0, math.nextafter(1, 0)]])
    with mpmath.workdps(40):
        exact = [EXACT[name](mpmath.mpf(x)) for x in points.tolist()]
        got = getattr(normal, name)(points).tolist()
        errors = [
            (float(abs(a - b) / abs(b)), x)
            for a, b, x in zip(got, exact, points.tolist(), strict=True)
            if abs(b) > 2.0**-1022
        ]
    assert len(errors) > 1500
    assert max(errors)[0] <= 3 * EPS, max(errors)


@pytest.mark.parametrize(
    ("name", "values"),
    [("erf", (-1, 0, 1)), ("erfc", (2, 1, 0)), ("Phi", (0, 0.5, 1))],
)
def test_ends_and_middle_are_exact(name: str, values: tuple[float, float, float]) -> None:
    function = getattr(normal, name)
    with np.errstate(invalid="raise", over="raise", divide="raise"):
        points = np.array([-np.inf, -1.7e308, -50, 0.0, -0.0, 50, 1.7e308, np.inf])
        low, middle, high = values
        assert function(points).tolist() == [low] * 3 + [middle] * 2 + [high] * 3
        assert np.isnan(function(np.array([np.nan]))).all()
    assert math.copysign(1, float(normal.erf(np.array([-0.0]))[0])) == -1
