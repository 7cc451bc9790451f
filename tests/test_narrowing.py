"""Brackets end where they should, whatever their number and their size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scaled import Array

from actviz.formula.arrays import Truths
from actviz.formula.narrowing import narrowed, parted, smallest

LEAST, LARGEST = 2.0**-1074, float(np.finfo(np.float64).max)
ENDS = [
    (0.0, LEAST * 2), (0.0, 1.0), (-1.0, 0.0), (-LARGEST, LARGEST), (-LEAST, LEAST), (1.0, 2.0),
    (-3e-320, 7e300), (1e-300, 1e300), (-1e300, -1e-300), (1.0, 1 + 2**-51), (-0.0, 5e-324),
    (LARGEST / 2, LARGEST), (-0.9642572415, np.nextafter(-0.9642572415, 0) + 2.0**-53),
]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 40, 700, 3000])
@pytest.mark.parametrize(("low", "high"), ENDS)
def test_a_bracket_ends_at_neighbouring_floats(low: float, high: float, count: int) -> None:
    t = np.random.default_rng(count).random(count)
    levels = np.clip(low * (1 - t) + high * t, np.nextafter(low, high), high)

    def below(x: Array, which: Truths) -> Truths:
        found: Truths = x < levels[which, None]
        return found

    last, first = parted(np.full(count, low), np.full(count, high), below)
    np.testing.assert_array_equal(first, levels)
    np.testing.assert_array_equal(last, np.nextafter(levels, -np.inf))


@pytest.mark.parametrize("count", [1, 3, 40, 700])
def test_a_zero_is_the_nearest_float(count: int) -> None:
    rng = np.random.default_rng(count)
    places = np.arange(1, count + 1) * 2 * np.pi
    low, high = places - rng.uniform(0, 3, count), places + rng.uniform(0, 3, count)
    found = narrowed(low, high, np.full(count, -1.0), np.sin)
    beside = np.stack([np.nextafter(found, low), found, np.nextafter(found, high)])
    np.testing.assert_array_equal(np.argmin(np.abs(np.sin(beside)), axis=0), 1)
    low, high = low - places, high - places
    np.testing.assert_array_equal(narrowed(low, high, np.full(count, -1.0), np.cbrt), 0.0)


@pytest.mark.parametrize("count", [1, 3, 40, 700])
@pytest.mark.parametrize("offset", [0.0, 1.0, -1e3, 1e9])
def test_a_least_value_is_found(offset: float, count: int) -> None:
    width = np.geomspace(1e-3, 1.0, count)
    found = smallest(offset - width, offset + 0.7 * width, lambda x: (x - offset) ** 2)
    np.testing.assert_allclose(found, offset, rtol=0, atol=4 * math.ulp(offset))
