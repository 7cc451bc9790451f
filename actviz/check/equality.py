"""Are two formulas the same function? If not, how far apart are they, and where?

They are if algebra turns one into the other, or enclosures prove it; where neither does, it is
told at how many points they were looked at. The largest difference is proven by enclosures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check import libraries, points
from actviz.check.claim import first_component, undefined
from actviz.check.exact.truth import EQUAL, known_truth
from actviz.check.result import Equality
from actviz.errors import UsageError
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.arrays import Array
from actviz.formula.expression import Node
from actviz.formula.soundness import EPS
from actviz.formula.total import total
from actviz.properties.difference import Difference, largest

LARGEST = float(np.finfo(np.float64).max)
SMALLEST_FLOAT = 5e-324  # numbers that differ by less are one float64
WORK = 600_000  # steps of exact arithmetic
FARTHEST = 1000.0  # the largest difference is looked for up to here, if no range is given

Range = tuple[float, float]


@dataclass(frozen=True)
class Compared:
    """Two curves beside each other in points: the first at which they differ, with both values.

    equal: at how many they are the same, or both have no value; asked: at how many they were to be
    looked at.
    """

    equal: int
    asked: int
    apart: tuple[float, float, float] | None


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
    compare = _compared_exactly if exactly else _compared
    seen = compare(one, two, x)
    result = Equality(f"{curve.label} = {other.label}", 0, "equality", "pass", tolerance=atol)
    if seen.apart is None:
        told = proven(one, one.tree(0), two.tree(0), within, two.parameters)
        if told is not None:
            none = Difference(0.0, (), 0.0, True) if told.endswith("exactly") else None
            return replace(result, message=told, largest=none)
        lower, upper = within or (-FARTHEST, FARTHEST)
        found = largest(one, two, lower, upper)
        beside = _compared(one, two, np.array(found.at))
        if beside.apart is None:
            return _unproven(result, seen, found, "50 digits" if exactly else "float64", within)
        seen = beside
    if atol is None:
        return _measured(result, one, two, within, seen)
    near = compare(one, two, x, atol)
    if near.apart is None:
        return _let_through(_measured(result, one, two, within, seen), near, within)
    return _measured(result, one, two, within, near)


def _unproven(
    result: Equality, seen: Compared, found: Difference, by: str, within: Range | None
) -> Equality:
    """That they are equal as far as they were looked at, if that was anywhere."""
    if not seen.equal:
        message = f"not one of {seen.asked} points{_inside(within)} was settled by {by}"
        return replace(result, status="not run", code="not-applicable", message=message)
    bound = f"at most {_size(found.bound)} apart{_inside(within or (-FARTHEST, FARTHEST))}"
    bound *= math.isfinite(found.bound)
    told = unproven(seen.equal, by, within), bound, points.passed_over(seen.equal, seen.asked)
    return replace(result, message=", ".join(filter(None, told)), largest=found)


def _measured(
    result: Equality, one: Activation, two: Activation, within: Range | None, seen: Compared
) -> Equality:
    """By how much two curves differ that are apart at a point."""
    assert seen.apart is not None
    place, got, expected = seen.apart
    failed = replace(result, status="fail", code="not-equal", x=place, got=got, expected=expected)
    if math.isnan(got) != math.isnan(expected):
        return replace(failed, message="one of the two has no value there")
    found = largest(one, two, *(within or (-FARTHEST, FARTHEST)))
    there, apart = found.at[-1:], abs(got - expected)
    sure = apart - EPS * (abs(got) + abs(expected))  # both are rounded
    values = [(float(one(x)), float(two(x))) for x in there]
    most = found.bound if found.proved else found.difference
    if sure > most or not there or values[0][0] == values[0][1]:
        told = f"they differ by {_size(apart)}, at x = {place:.4g}"
        more = "" if sure > found.bound and within else ", and may differ by more"
        more += " beyond" * (within is None)
        return replace(failed, error=apart, message=told + more)
    return replace(
        failed,
        x=there[0],
        got=values[0][0],
        expected=values[0][1],
        error=found.difference,
        message=_told(found, within),
        largest=found,
    )


def _let_through(failed: Equality, seen: Compared, within: Range | None) -> Equality:
    """What differs by no more than is allowed at any point: unless between them it does."""
    assert failed.tolerance is not None
    found = failed.largest
    most = found.difference if found else failed.error
    if most is None or most > failed.tolerance:
        return failed
    passed = replace(failed, status="pass", code="agrees")
    bounded = found is not None and found.bound <= failed.tolerance
    if within and bounded:
        return passed
    where = "beyond" if bounded else "between them"
    told = f"within {_size(failed.tolerance)} at {seen.equal:,} points, not proven {where}"
    beside = failed.message, told, points.passed_over(seen.equal, seen.asked)
    return replace(passed, message="; ".join(filter(None, beside)))


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
    from actviz.formula.branchwise import same_branches
    from actviz.formula.enclosure.alike import alike
    from actviz.formula.enclosure.cells import LARGEST

    lower, upper = within or (-LARGEST, LARGEST)
    given = (one, activation.parameters), (other, more)
    if not all(total(node, tuple(values.items())) for node, values in given):
        return None  # where they have values is not compared
    where = f"equal for every float64{_inside(within)}"
    if same_branches(*given, lower, upper):
        return f"{where}, proven exactly"
    return f"{where}, proven to 2e-16" if alike(*given, lower, upper) else None


def _compared_exactly(
    one: Activation, two: Activation, x: Array, atol: float = SMALLEST_FLOAT
) -> Compared:
    """The formulas in exact arithmetic; where no digits settle one, they are not compared."""
    samples: list[float] = x.tolist()
    equal = 0
    with allowed(Allowance(WORK)):
        for place in points.in_turn(samples, samples):
            first, second = (known_truth(f, place, 1) for f in (one, two))
            (a, _), (b, slope) = first.numbers, second.numbers
            surely = all(
                each.numbers[0] == each.numbers[0] or each.settled for each in (first, second)
            )
            steepness = abs(place * slope) if slope == slope else 0
            if surely and not _same(a, b, steepness, atol):
                return Compared(equal, len(samples), (place, float(a), float(b)))
            equal += surely
    return Compared(equal, len(samples), None)


def _same(a: Any, b: Any, steepness: Any, atol: float) -> bool:
    """Whether two exact numbers are one, but for constants that were rounded.

    So are two that float64 does not hold; and where one has no value, the other has none.
    """
    if not (_is_number(a) and _is_number(b)):
        return not (_is_number(a) or _is_number(b))
    near = abs(a - b) <= EQUAL * (abs(a) + abs(b) + steepness) + atol
    return bool(near or (min(abs(a), abs(b)) > LARGEST and a * b > 0))


def _is_number(a: Any) -> bool:
    return bool(abs(a) < float("inf"))


def _compared(one: Activation, two: Activation, x: Array, atol: float = SMALLEST_FLOAT) -> Compared:
    """The values, which differ where they do by more than rounded constants make of them."""
    a, b = one(x), two(x)
    first, second = (np.clip(each, -LARGEST, LARGEST) / 2 for each in (a, b))
    with np.errstate(all="ignore"):
        slope = np.abs(x * two.derivative(x))
        scale = np.abs(first) + np.abs(second) + np.where(np.isfinite(slope), slope / 2, 0)
        same = np.abs(first - second) <= EQUAL * scale + atol / 2
    none = [~np.isfinite(each) for each in (a, b)]
    same |= none[0] & none[1] & (np.isnan(a) | np.isnan(b))
    settled = np.ones(x.shape, dtype=bool)
    for f, y in ((one, a), (two, b)):
        unsure = np.isnan(y)
        settled[unsure] &= undefined(f.tree(0), f.parameters, x[unsure])
    apart = np.flatnonzero(settled & ~same)[:1].tolist()
    where = [(float(x[i]), float(a[i]), float(b[i])) for i in apart]
    return Compared(int((same & settled).sum()), x.size, where[0] if where else None)
