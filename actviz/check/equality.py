"""Are two formulas the same function? If not, how far apart are they, and where?

They are if algebra turns one into the other, or enclosures prove it; where neither does, it is
told at how many points they were looked at. The largest difference is proven by enclosures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check import libraries, points
from actviz.check.claim import first_component
from actviz.check.exact.truth import EQUAL, truth
from actviz.check.result import Equality
from actviz.errors import UsageError
from actviz.formula.arrays import Array
from actviz.formula.expression import Node
from actviz.formula.total import total
from actviz.properties.difference import Difference, largest

SMALLEST_FLOAT = 5e-324  # numbers that differ by less are one float64
FARTHEST = 1000.0  # the largest difference is looked for up to here, if no range is given

Range = tuple[float, float]


def equality(
    curve: Curve, other: Curve, within: Range | None = None, atol: float | None = None
) -> Equality:
    """Whether two curves are equal in a range, or everywhere; if not, the largest difference.

    atol: how far they may be apart. Looked at by 50 digits where mpmath is there, by float64 values
    otherwise.

    Raises UsageError for a tolerance that is negative or not finite.
    """
    if atol is not None and not 0 <= atol < float("inf"):
        raise UsageError(f"--atol must be a finite number from 0 on, not {atol!r}.")
    one, two = first_component(curve.activation), first_component(other.activation)
    x = looked_at(
        [place for each in (one, two) for place in points.switches_of(each).tolist()], within
    )
    exactly = libraries.installed("mpmath")
    apart = _apart_exactly(one, two, x) if exactly else _apart(one, two, x)
    result = Equality(f"{curve.label} = {other.label}", 0, "equality", "pass", tolerance=atol)
    if apart is None:
        told = proven(one, one.tree(0), two.tree(0), within, two.parameters)
        if told is not None:
            none = Difference(0.0, (), 0.0, True) if told.endswith("exactly") else None
            return replace(result, message=told, largest=none)
        lower, upper = within or (-FARTHEST, FARTHEST)
        found = largest(one, two, lower, upper)
        apart = _apart(one, two, np.array(found.at))
        if apart is None:
            told = unproven(x.size, "50 digits" if exactly else "float64", within)
            bound = f"at most {_size(found.bound)} apart{_inside((lower, upper))}"
            return replace(result, message=f"{told}, {bound}", largest=found)
    got, expected = float(one(apart)), float(two(apart))
    failed = replace(result, status="fail", code="not-equal", x=apart, got=got, expected=expected)
    if (got != got) != (expected != expected):
        return replace(failed, message="one of the two has no value there")
    return _measured(failed, one, two, within, atol)


def _measured(
    failed: Equality, one: Activation, two: Activation, within: Range | None, atol: float | None
) -> Equality:
    """By how much they differ, and whether that is allowed."""
    lower, upper = within or (-FARTHEST, FARTHEST)
    found = largest(one, two, lower, upper)
    if not found.at:
        return failed
    assert failed.x is not None and failed.got is not None and failed.expected is not None
    beyond = abs(failed.got - failed.expected)
    if (
        within is None
        and abs(failed.x) > FARTHEST
        and found.bound < beyond
        and not found.difference
    ):
        told = (
            f"they differ by {_size(beyond)}, at x = {failed.x:.4g}, and may differ by more beyond"
        )
        return replace(failed, error=beyond, message=told)
    x = found.at[-1]
    got, expected = float(one(x)), float(two(x))
    allowed = atol is not None and found.bound <= atol
    return replace(
        failed,
        status="pass" if allowed else "fail",
        code="agrees" if allowed else "not-equal",
        x=x,
        got=got,
        expected=expected,
        error=found.difference,
        message=_told(found, within),
        largest=found,
    )


def _told(found: Difference, within: Range | None) -> str:
    """The largest difference in words."""
    x = found.at[-1]
    place = f"x = +-{abs(x):.4g}" if len(found.at) > 1 else f"x = {x:.4g}"
    told = f"{_size(found.difference)}, at {place}"
    if not found.proved:
        most = _size(found.bound)
        inside = _inside(within or (-FARTHEST, FARTHEST))
        return f"they differ by {told}, and by {most} at most{inside} (proven)"
    if within is None and abs(x) >= FARTHEST:
        return f"they differ by {told}, and may differ by more beyond"
    inside = _inside(within or (-FARTHEST, FARTHEST))
    return f"they differ by at most {told} (proven{inside})"


def _size(value: float) -> str:
    """Five digits: 4.7324e-4."""
    if 1e-3 <= value < 1e5 or not value or value == float("inf"):
        return f"{value:.5g}"
    mantissa, exponent = f"{value:.4e}".split("e")
    return f"{float(mantissa):.5g}e{int(exponent)}"


def unproven(count: int, by: str, within: Range | None) -> str:
    """In words that two formulas are equal as far as they were looked at."""
    return f"equal at {count:,} points{_inside(within)} by {by}, not proven between them"


def _inside(within: Range | None) -> str:
    return f" from {within[0]:.6g} to {within[1]:.6g}" if within else ""


def looked_at(switches: Iterable[float], within: Range | None) -> Array:
    """The points to look at: hard ones everywhere, and in a range besides such that fill it."""
    x = points.hard(switches)
    if within is None:
        return x
    lower, upper = within
    return np.union1d(x[(x >= lower) & (x <= upper)], np.linspace(lower, upper, points.WITHIN))


def proven(
    activation: Activation, one: Node, other: Node, within: Range | None, more: Mapping[str, float]
) -> str | None:
    """In words that two formulas are proven to be equal in a range or everywhere, if they are.

    more: the parameters of the other one.
    """
    from actviz.formula.enclosure.alike import alike
    from actviz.formula.enclosure.cells import LARGEST
    from actviz.formula.identity import same_branches

    lower, upper = within or (-LARGEST, LARGEST)
    given = (one, activation.parameters), (other, more)
    if not all(total(node, tuple(values.items())) for node, values in given):
        return None  # where they have values is not compared
    where = f"equal for every float64{_inside(within)}"
    if same_branches(*given, lower, upper):
        return f"{where}, proven exactly"
    return f"{where}, proven to 2e-16" if alike(*given, lower, upper) else None


def _apart_exactly(one: Activation, two: Activation, x: Array) -> float | None:
    """A point at which the formulas differ in exact arithmetic."""
    samples: list[float] = x.tolist()
    for place in samples:
        (a, _), (b, slope) = (truth(f, place, 1) for f in (one, two))
        if (a != a) != (b != b) and _undefined(one, place) != _undefined(two, place):
            return place
        if a == a and a != b and abs(a) != float("inf"):
            scale = abs(a) + abs(b) + (abs(place * slope) if slope == slope else 0)
            if abs(a - b) > EQUAL * scale + SMALLEST_FLOAT:
                return place
    return None


def _whole(f: Activation) -> bool:
    """Whether it has a value everywhere: NaN is then what no digits settled."""
    return total(f.definition, tuple(f.parameters.items()))


def _undefined(f: Activation, place: float) -> bool:
    return not _whole(f) and math.isnan(f(place))


def _apart(one: Activation, two: Activation, x: Array) -> float | None:
    """A point at which the values differ by more than rounded constants make of them."""
    with np.errstate(all="ignore"):
        a, b, slope = one(x), two(x), np.abs(x * two.derivative(x))
        scale = np.abs(a) + np.abs(b) + np.where(np.isfinite(slope), slope, 0)
        unlike = ~((a == b) | (np.abs(a - b) <= EQUAL * scale + SMALLEST_FLOAT))
    unlike &= ~(np.isnan(a) & np.isnan(b))
    for f, y in ((one, a), (two, b)):
        unlike &= ~(np.isnan(y) & _whole(f))
    return float(x[unlike][0]) if unlike.any() else None
