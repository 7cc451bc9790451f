"""The functions of one number against balls.

What is drawn changes from run to run; a failure tells the seed that draws it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from drawn import about, lot, numbers
from judged import hold, named
from reference import Asked, by
from sampled import WHOLE, sampled

import actviz
from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import built_in

MANY = 8 if WHOLE in os.environ else 1
SHARE = 0.08  # of the cases of each test
FUNCTIONS = {name: actviz.get(name) for name in built_in()}
ELEMENTWISE = [name for name, f in FUNCTIONS.items() if not f.vector and not f.gated]

ORDERS = [(name, order) for name in ELEMENTWISE for order in range(3)]


def _answers(activation: Activation, x: list[float], order: int) -> Iterator[tuple[Asked, float]]:
    """The values of a function of one number at all of these, computed together."""
    given = named(activation.parameters)
    got = activation.derivative(np.array(x), order)
    for v, y in zip(x, got.tolist(), strict=True):
        yield Asked(activation.definition, {**given, "x": [v]}, by("x"), order), y


@pytest.mark.parametrize(("name", "order"), sampled(ORDERS, SHARE))
def test_numbers(name: str, order: int) -> None:
    rng = lot("numbers", name, order)
    for function in FUNCTIONS[name].outputs:
        x = numbers(rng, 8 * MANY, about(function, order, rng))
        hold(f"{name}, order {order}", _answers(function, x, order))
