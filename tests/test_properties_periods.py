"""Periods: found where x is nowhere but in waves or steps, and what follows for all floats."""

from __future__ import annotations

import math

import pytest
from described import curve, of

from actviz.properties.questions import Questions

PERIODS = {
    "sin(x)": 2 * math.pi, "cos(3*x)*sin(2*x)": 2 * math.pi, "sin(x/2 + 1)": 4 * math.pi,
    "sin(pi*x)": 2, "sin(2*pi*x)": 1, "cos(pi*x) + sin(2*pi*x/3)": 6, "pi*cos(pi*x/7 + 1)": 14,
    "exp(sin(pi*(x - 0.25)))": 2, "mod(x, 0.5)": 0.5,
    "x + sin(pi*x)": None, "sin(pi*x) + sin(x)": None, "sin(pi**2*x)": None, "sin(x**2)": None,
}  # fmt: skip


@pytest.mark.parametrize("text", PERIODS)
def test_periods(text: str) -> None:
    """Twice the shortest is one, too."""
    found, period = Questions(curve(text)).period(0), PERIODS[text]
    if period is None:
        assert found is None
    else:
        assert found is not None and found / period == pytest.approx(round(found / period))
        assert round(found / period) in (1, 2)


@pytest.mark.parametrize("text", ["sin(pi*x)", "cos(pi*x) + sin(2*pi*x/3)"])
def test_all_is_proven_of_waves_with_pi(text: str) -> None:
    assert [name for name, proof in of(text).proved.items() if proof is not True] == []
