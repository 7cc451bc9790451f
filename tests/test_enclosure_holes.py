"""Quotients beside a place where both parts are 0, or seem to be: no value inside is left out."""

from __future__ import annotations

import numpy as np
import pytest
from sampled import sampled

from actviz.formula.enclosure.mesh import subject
from actviz.formula.evaluate import evaluate
from actviz.formula.parsing import parse

# 0 at a place, and there smooth, kinked, or jumping
TOPS = (
    "sin(x)", "log1p(x)", "tanh(x) - x", "1 - cos(x)", "exp(x) - 1", "sqrt(x)", "x**1.5", "abs(x)",
    "max(x, x**2)", "sqrt(x**2)", "clip(x**3, -1, 0)", "sign(x**3)", "sign(sin(x))", "sign(x**2)",
    "sign(min(8*x + 0.25, x))", "sign(x**3 - x)", "sign(1 - cos(x))", "sign(sin(x))*sin(x)",
    "floor(x)", "floor(x**2)", "floor(sin(x))", "ceil(x**3)", "ceil(x)*x", "round(x**3)",
    "mod(sin(x), 1)", "where(x < 0, -1, sin(x))", "where(x > 0, 1, 0)*x", "where(x**3 > 0, 1, x)",
    "where(x >= 1, x, x**2)",
)  # fmt: skip
BOTTOMS = ("x", "x**2", "(x - 1)", "(x + 1)", "(x*(x - 1))")
QUOTIENTS = [f"({top})/{bottom}" for top in TOPS for bottom in BOTTOMS]
CELLS = np.array(
    [(-1e-3, -1e-9), (1e-9, 1e-3), (-1.0, -0.5), (0.5, 1.0), (-1.0, 0.0), (0.0, 1.0), (1.0, 2.0)]
)
ROUNDING = 1e-12  # of float64 values, which are not exact


@pytest.mark.parametrize("text", sampled(QUOTIENTS, 0.1))
def test_no_value_inside_a_cell_is_left_out(text: str) -> None:
    asked = subject(parse(text), {}, 2)
    lower, upper = CELLS.T
    x = lower[:, None] + (upper - lower)[:, None] * np.linspace(0.02, 0.98, 13)
    for tree, found in zip(asked.trees, asked.on(lower, upper), strict=True):
        with np.errstate(all="ignore"):
            y = evaluate(tree, x, {})
            slack = ROUNDING * np.abs(y) + 1e-300
            inside = (y >= found.lower[:, None] - slack) & (y <= found.upper[:, None] + slack)
        unknown = np.isnan(y) | np.isnan(found.lower)[:, None]
        assert (inside | unknown).all(), x[~(inside | unknown)].tolist()
