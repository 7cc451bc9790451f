"""Enclosures over all floats, and in every column of a picture."""

from __future__ import annotations

import math

import numpy as np
import pytest
from points import PARTLY
from sampled import sampled
from test_enclosure_questions import NAMES, of, typed

import actviz
from actviz.formula.enclosure.breaks import breaks
from actviz.formula.enclosure.columns import columns
from actviz.formula.enclosure.mesh import Subject
from actviz.formula.enclosure.zeros import signs, zeros

# --- over all floats ----------------------------------------------------------------------------

LARGEST = float(np.finfo(np.float64).max)
# 0 at no float, again and again, or only by what (1 - t)*x + 1 has lost
TO_ROUNDING = {("snake", 1), ("snake_beta", 1), ("pdelu", 1)}
# In x*exp(-(x + exp(x))) float64 underflows and overflows; the others switch at what is no float.
BREAKS_OPEN = {"colu", "aqulu", "elus2l"}


@pytest.mark.parametrize("name", sampled([name for name in NAMES if name not in PARTLY], 0.015))
def test_signs_and_breaks_over_all_floats(name: str) -> None:
    f = actviz.get(name)
    whole = of(f, 4)
    found_breaks = breaks(Subject(whole.trees[:2], whole.parameters), -LARGEST, LARGEST)
    assert found_breaks.proved == (name not in BREAKS_OPEN)
    x = np.concatenate([np.linspace(-30, 30, 3001), [-1e300, -1e10, 1e10, 1e300]])
    for order in range(3):
        found = signs(Subject(whole.trees[order:][:3], whole.parameters), -LARGEST, LARGEST)
        assert found.proved == ((name, order) not in TO_ROUNDING)
        y = f.derivative(x, order)
        assert found.negative is None or f.derivative(found.negative, order) <= 0
        assert found.positive is None or f.derivative(found.positive, order) >= 0
        if found.proved:
            assert found.negative is not None or (y >= 0).all()
            assert found.positive is not None or (y <= 0).all()


FAR_ZEROS = {
    # function, order: the zeros over all floats
    ("gelu", 1): [-0.7517915246935645], ("silu", 1): [-1.278464542761074], ("sigmoid", 1): [],
    ("gaussian", 0): [], ("gaussian", 1): [0.0], ("tanh", 2): [0.0], ("softplus", 0): [],
    ("silu", 0): [0.0], ("gelu", 2): [-math.sqrt(2), math.sqrt(2)], ("exponential", 0): [],
}  # fmt: skip


@pytest.mark.parametrize(("name", "order"), FAR_ZEROS)
def test_zeros_over_all_floats(name: str, order: int) -> None:
    whole = of(actviz.get(name), order + 2)
    found = zeros(Subject(whole.trees[order:], whole.parameters), -LARGEST, LARGEST)
    assert found.proved and all(zero.single for zero in found.places)
    middles = [zero.lower / 2 + zero.upper / 2 for zero in found.places]
    assert middles == pytest.approx(FAR_ZEROS[name, order], abs=1e-14)


# --- columns -----------------------------------------------------------------------------------

EDGES = np.linspace(-6.0, 6.0, 541)


@pytest.mark.parametrize("name", sampled([name for name in NAMES if name not in PARTLY], 0.15))
def test_columns_of_the_catalogue(name: str) -> None:
    """Proven for a quarter of a pixel, and no value of a dense evaluation is outside."""
    f = actviz.get(name)
    found = columns(of(f), EDGES)
    assert found.proved.all()
    x = np.linspace(-6, 6, 540 * 40 + 1)
    y = f(x)
    slack = 1e-13 * np.abs(y).max()
    for row in range(40):
        assert (found.lower - slack <= y[row:-1:40]).all()
        assert (y[row:-1:40] <= found.upper + slack).all()
    span = found.greatest.max() - found.least.min()
    assert (found.upper - found.greatest <= span / 1999 + slack).all()
    assert np.abs(f(found.at_greatest) - found.greatest).max() <= slack
    inside = (found.at_least >= EDGES[:-1]) & (found.at_least <= EDGES[1:])
    assert inside.all()


COLUMNS = {
    # formula: least and greatest in all columns, and how many columns reach from one to the other
    "exp(-1e28*(x - 0.7123)**2)": (0, 1, 1), "floor(50*x)": (-300, 300, 0), "sin(1/x)": (-1, 1, 6),
    "atan(tan(x))": (-math.pi / 2, math.pi / 2, 4), "sin(1e3*x)": (-1, 1, 540),
    "max(0, 1 - 1e12*abs(x - 0.77))": (0, 1, 1), "sin(exp(x))": (-1, 1, 34),
    "where(x*x > 2, x, 0)": (-6, 6, 0), "sqrt(1 - x**2)": (0, 1, 0),
}  # fmt: skip


@pytest.mark.parametrize("text", COLUMNS)
def test_columns(text: str) -> None:
    least, most, across = COLUMNS[text]
    found = columns(typed(text), EDGES)
    assert found.proved.all()
    span = most - least
    assert np.nanmin(found.lower) == pytest.approx(least, abs=1e-3 * span)
    assert np.nanmax(found.upper) == pytest.approx(most, abs=1e-3 * span)
    assert np.count_nonzero(found.greatest - found.least > 0.99 * span) == across


def test_what_is_not_on_show_is_not_told_apart() -> None:
    found = columns(typed("1/x"), EDGES, visible=(-4.0, 4.0))
    assert found.proved.all()
    assert found.greatest[270] >= 4 and found.least[269] <= -4
    assert found.upper[300] == pytest.approx(1 / EDGES[300], rel=1e-3)


def test_where_there_is_nothing_columns_are_empty() -> None:
    found = columns(typed("log(x)"), np.linspace(-2.0, 2.0, 41), visible=(-3.0, 3.0))
    assert found.proved.all()
    assert np.isnan(found.least[:20]).all() and np.isfinite(found.least[20:]).all()
