"""Values of float16 and float32: those of float64, rounded once.

That is the true value rounded to the nearest, but where float64 cannot tell: nearer to a tie of the
narrow type than the bound of float64 values. These are held to that bound, against balls.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from drawn import lot
from judged import hold, named
from points import EPS
from reference import Asked, by
from sampled import WHOLE, sampled

import actviz
from actviz.catalogue.lookup import built_in

NARROW = ("float16", "float32")
MOST = 200 if WHOLE in os.environ else 20  # numbers by a tie that are looked at, of each case
FUNCTIONS = {name: actviz.get(name) for name in built_in()}
CASES = [
    (name, order, dtype)
    for name, f in FUNCTIONS.items()
    if f.elementwise and not f.gated
    for order in (0, 1)
    for dtype in NARROW
]


def _numbers(dtype: str, *of: object) -> Any:
    """All finite numbers of float16; of float32 a million by lot, as its bits come."""
    if dtype == "float16":
        bits: Any = np.arange(2**16, dtype=np.uint16)
    else:
        count = 10**6 if WHOLE in os.environ else 10**4
        seed = lot("rounding", *of).getrandbits(64)
        bits = np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)
    x = bits.view(dtype)
    return x[np.isfinite(x)]


@pytest.mark.parametrize(("name", "order", "dtype"), sampled(CASES, 0.004))
def test_narrow_values_are_rounded_once(name: str, order: int, dtype: str) -> None:
    function = FUNCTIONS[name]
    x = _numbers(dtype, name, order)
    wide = x.astype(np.float64)
    got, y = function.derivative(x, order), function.derivative(wide, order)
    assert got.dtype == dtype
    with np.errstate(over="ignore", invalid="ignore"):
        np.testing.assert_array_equal(got, y.astype(dtype))
        unit = EPS * (np.abs(y) + np.abs(wide * function.derivative(wide, order + 1)))
        unit = np.nan_to_num(unit, nan=0.0, posinf=0.0)  # at kinks y itself is what is bounded
        near = (y - 16 * unit).astype(dtype) != (y + 16 * unit).astype(dtype)
    at = np.flatnonzero(near & np.isfinite(y)).tolist()
    ties = lot("ties", name, order, dtype).sample(at, min(len(at), MOST))
    given = named(function.parameters)
    hold(
        f"{name}, order {order}, {dtype}",
        (
            (Asked(function.definition, {**given, "x": [v]}, by("x"), order), float(y[i]))
            for i, v in zip(ties, wide[ties].tolist(), strict=True)
        ),
    )
