"""A greatest value at a switch: taken there, or only approached from one side."""

from __future__ import annotations

import pytest
from described import curve, of

from actviz.properties.questions import Questions
from actviz.properties.switched import taken

AT = [
    # curve, order, sign, place: whether the greatest value is taken there
    ("selu", 1, 1, 0.0, True),
    ("erf_relu", 1, 1, 0.0, True),
    ("nelu", 0, -1, 0.0, True),
    ("where(x > 0, 1, 2 + atan(x))", 0, 1, 0.0, True),
    ("where(x >= 0, 1, 2 + atan(x))", 0, 1, 0.0, False),
    ("where(x > 0, 1 - atan(x), 2 + atan(x))", 0, 1, 0.0, True),
    ("where(x > 0, 3 - atan(x), 2 + atan(x))", 0, 1, 0.0, False),
    ("where(x > 0, 1.9 + exp(-x)*atan(x), 2 + atan(x))", 0, 1, 0.0, None),  # more on the right
    ("where(x > 0, 2, 2 + atan(x))", 0, 1, 0.0, None),  # taken everywhere on the right
    ("tanh(x)", 0, 1, 0.0, None),
    ("floor(x)", 0, 1, 0.0, None),
]


@pytest.mark.parametrize(("text", "order", "sign", "place", "told"), AT)
def test_whether_it_is_taken(
    text: str, order: int, sign: int, place: float, told: bool | None
) -> None:
    assert taken(Questions(curve(text)), order, sign, place) is told


@pytest.mark.parametrize("text", ["selu", "where(x >= 0, 1, 2 + atan(x))"])
def test_such_a_range_is_proven(text: str) -> None:
    assert of(text).proved["range"] is True and of(text).proved["derivative_range"] is True
