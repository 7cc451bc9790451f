"""Properties of every function against plain sampling."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from described import NAMES, close, of
from points import PARTLY, VERTICAL
from sampled import sampled

import actviz
from actviz.properties import (
    ROWS,
    plain,
)

# What samples between -9 and 9 cannot tell: where there is no value, an upright tangent, a middle
# at 600, what is odd but at 0, a corner or an end that is smaller than rounding or farther out.
UNLIKE = {
    *PARTLY, *VERTICAL, "shifted_scaled_sigmoid", "hardlims", "lpselu", "lpselu_rp",
    "gated_prelu_pelu", "aptx", "uaf", "hclsh",
}  # fmt: skip
TOLD = [name for name in NAMES if name not in UNLIKE]
CHOSEN = sampled(TOLD, 0.03)  # the same for all tests, since facts take longest
RANDOM = np.random.default_rng(7)
SAMPLES = np.sort(np.concatenate([RANDOM.normal(0, 4, 3000), RANDOM.normal(0, 0.1, 500)]))


@pytest.mark.parametrize("name", CHOSEN)
def test_samples_lie_in_the_ranges(name: str) -> None:
    found, f = of(name), actviz.get(name)
    slopes = f.derivative(SAMPLES)
    for values, extent in ((f(SAMPLES), found.range), (slopes, found.derivative_range)):
        slack = 1e-14 * (1 + np.abs(values).max())
        assert extent.lower - slack <= values.min()
        assert values.max() <= extent.upper + slack


def verdict(first: str, second: str, both: str, is_first: object, is_second: object) -> str:
    match (bool(is_first), bool(is_second)):
        case (True, True):
            return both
        case (True, False):
            return first
        case (False, True):
            return second
    return "neither"


@pytest.mark.parametrize("name", CHOSEN)
def test_shape_is_that_of_samples(name: str) -> None:
    found, f, x = of(name), actviz.get(name), SAMPLES
    y = f(x)
    rises = np.diff(y)
    noise = 4e-16 * np.abs(y).max()
    monotone = verdict(
        "increasing", "decreasing", "constant", (rises >= -noise).all(), (rises <= noise).all()
    )
    assert found.monotone.removeprefix("strictly ") == monotone
    odd, even = np.allclose(f(-x), -y, 1e-12, 1e-14), np.allclose(f(-x), y, 1e-12, 1e-14)
    assert found.parity == verdict("odd", "even", "both", odd, even)
    if math.isfinite(found.lipschitz):
        assert (np.abs(rises) <= found.lipschitz * np.diff(x) * (1 + 1e-12) + noise).all()


@pytest.mark.parametrize("name", CHOSEN)
def test_convexity_is_that_of_chords(name: str) -> None:
    f, x = actviz.get(name), np.linspace(-9.03, 9.01, 800)
    y = f(x)
    bends = y[:-2] - 2 * y[1:-1] + y[2:]
    noise = 1e-14 * (1 + np.abs(y[1:-1]))
    shape = verdict("convex", "concave", "both", (bends >= -noise).all(), (bends <= noise).all())
    assert of(name).convexity == shape


@pytest.mark.parametrize("name", CHOSEN)
def test_roots_are_all_found(name: str) -> None:
    f = actviz.get(name)
    for roots, slope in ((of(name).zeros, 0.0), (of(name).fixed_points, 1.0)):
        for x in roots.points:
            assert abs(f(x) - slope * x) <= 1e-14 * (1 + abs(x) * (1 + abs(f.derivative(x))))
        x = SAMPLES[np.abs(SAMPLES) < min(9.0, roots.within)]
        for interval in roots.intervals:
            inside = x[(x > interval.lower) & (x < interval.upper)]
            assert np.allclose(f(inside), slope * inside, 1e-14, 0)
            x = x[(x < interval.lower) | (x > interval.upper)]
        sign = np.sign(f(x) - slope * x)
        crossed = x[:-1][(sign[:-1] * sign[1:] < 0) & (np.diff(x) < 0.5)]
        jumps = [p.x for p in of(name).breakpoints if p.order == 0]
        ends = [end for i in roots.intervals for end in (i.lower, i.upper)]
        known = np.array([*roots.points, *jumps, *ends])
        assert all(np.abs(known - at).min() < 0.5 for at in crossed)


@pytest.mark.parametrize("name", CHOSEN)
def test_saturation_and_limits_are_those_far_out(name: str) -> None:
    found, f = of(name), actviz.get(name)
    for i, sign in ((0, -1.0), (1, 1.0)):
        limit, how = found.limits[i], found.saturation[i]
        if how == "hard":
            assert f(sign * 1e5) == f(sign * 2e5) == limit
        elif how == "soft":
            assert close(f(sign * 1e5), limit, 1e-4)
        edge = found.flat[i]
        if math.isfinite(edge):
            step = 1e-6 * max(1.0, abs(edge)) * sign
            assert abs(f.derivative(edge + step)) < 0.01 <= abs(f.derivative(edge - step))
            beyond = edge + np.geomspace(1e-6, 1e5, 500) * sign
            assert (np.abs(f.derivative(beyond)) < 0.01).all()


@pytest.mark.parametrize("name", sampled(NAMES, 0.02))
def test_every_row_is_written(name: str) -> None:
    found = of(name)
    texts = {row.name: row.text(found) for row in ROWS}
    assert all(texts.values())
    assert not any("nan" in text for name, text in texts.items() if name != "nanoseconds")
    assert texts.keys() <= plain(found).keys()
    assert json.loads(json.dumps(plain(found)))["name"] == name
