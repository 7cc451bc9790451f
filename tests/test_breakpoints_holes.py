"""Holes that lie between two floats: numerator and denominator go to 0 together there."""

from __future__ import annotations

import math

import pytest

from actviz.formula.breakpoints import one_sided
from actviz.formula.parsing import parse

HOLES = (
    ("(x**2 - 2)*x/(x**4 - 4)", math.sqrt(2), math.sqrt(2) / 4),
    ("sin(x)/sin(2*x)", math.pi, -0.5),
    ("(x**3 - 1)/(x**2 - 1)", 1.0, 1.5),
)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(("text", "x", "limit"), HOLES)
def test_the_limit_is_that_of_the_quotient(text: str, x: float, limit: float, side: str) -> None:
    assert one_sided(parse(text), x, side, {}) == pytest.approx(limit, rel=1e-12)
