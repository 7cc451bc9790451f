"""Domains that end between two floats: the limit from inside, and the value there."""

from __future__ import annotations

import math

import numpy as np
import pytest

from actviz.formula.breakpoints import at_root, one_sided
from actviz.formula.derivative import differentiate
from actviz.formula.evaluate import evaluate
from actviz.formula.parsing import parse

# A formula, the zeros of what it ends at, the limit from inside, and the value there.
ENDS_BETWEEN_FLOATS = (
    ("sqrt({})", 0.0, 0.0),
    ("x*{}**0.5 + 1", 1.0, 1.0),
    ("acos(1 - {})", 0.0, 0.0),
    ("log({})", -math.inf, None),
    ("1/sqrt({})", math.inf, None),
    ("{0}*log({0})", 0.0, None),
)
INSIDE = (("sin(x)", math.pi), ("cos(x) - 0.5", math.pi / 3), ("exp(x) - 2", math.log(2)))


@pytest.mark.parametrize(("inside", "root"), INSIDE)
@pytest.mark.parametrize(("text", "limit", "value"), ENDS_BETWEEN_FLOATS)
def test_a_domain_ends_where_it_does_and_not_at_a_float(
    text: str, limit: float, value: float | None, inside: str, root: float
) -> None:
    """On whichever side of the end its nearest float lies: that of -pi is outside sqrt(sin(x))."""
    node = parse(text.format(f"({inside})"))
    for x in (root, -root) if inside != "exp(x) - 2" else (root,):
        rises = evaluate(differentiate(parse(inside)), np.array(x), {}) > 0
        outside, within = ("left", "right") if rises else ("right", "left")
        assert one_sided(node, x, within, {}) == pytest.approx(limit, abs=1e-7), x
        assert math.isnan(one_sided(node, x, outside, {})), x
        if value is not None:
            assert at_root(node, x, {}) == pytest.approx(value, abs=1e-7), x


@pytest.mark.parametrize("text", ["asin(mod(x, 30*x))", "mod(-1.5*x, x)**1.5"])
def test_what_steps_to_no_number_has_no_end_there(text: str) -> None:
    assert math.isnan(at_root(parse(text), 0.0, {}))
