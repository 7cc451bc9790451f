"""Functions of a whole vector against balls.

What is drawn changes from run to run; a failure tells the seed that draws it again.
"""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from drawn import INF, lot, rows
from judged import hold, named
from reference import Asked, by, derivative
from sampled import WHOLE

import actviz
from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import built_in

MANY = 8 if WHOLE in os.environ else 1
FUNCTIONS = {name: actviz.get(name) for name in built_in()}
VECTORS = [name for name, f in FUNCTIONS.items() if f.vector]


def _row(function: Activation, row: list[float]) -> dict[str, list[float]]:
    return {"x": row, **named(function.parameters)}


def _no_limit(function: Activation, row: list[float], order: int) -> bool:
    """Whether one of several infinite components has none: then no component need have one."""
    far = [v for sign in (INF, -INF) for v in [sign] * min(2, row.count(sign))]
    given = _row(function, far + list(filter(math.isfinite, row)))
    values = (
        derivative(Asked(function.definition, given, by("x", i), each, i))
        for i in range(len(far))
        for each in {0, min(order, 1)}
    )
    return len(far) > 1 and any(y is not None and y.is_nan() for y in values)


@pytest.mark.parametrize("name", VECTORS)
def test_jacobians(name: str) -> None:
    rng = lot("jacobians", name)
    function = FUNCTIONS[name]
    for row in rows(rng, 3 * MANY, rng.randint(1, 4)):
        hold(
            name,
            (
                (Asked(function.definition, _row(function, row), by("x", j), 1, i), float(y))
                for (i, j), y in np.ndenumerate(function.jacobian(row))
                if not (math.isnan(y) and _no_limit(function, row, 1))
            ),
        )
