"""Are two formulas the same function? If not, how far apart are they, and where?"""

from __future__ import annotations

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check import libraries, points
from actviz.check.claim import first_component, lost
from actviz.check.exact.truth import EQUAL, truth
from actviz.check.result import Result
from actviz.formula.arrays import Array

DIFFERENT = 1e-9  # relative to |y| + |x y'|, for float64 values
SMALLEST_FLOAT = 5e-324  # numbers that differ by less are one float64
FARTHEST = 1000.0  # the largest difference is looked for up to here
ZOOMS, ZOOM = 6, 201  # how often, and with how many points, its place is closed in on


def equality(curve: Curve, other: Curve) -> Result:
    """Whether two curves are equal everywhere; if not, the largest difference.

    Decided by 50 digits where mpmath is there, by float64 values otherwise.
    """
    one, two = first_component(curve.activation), first_component(other.activation)
    exactly = libraries.installed("mpmath")
    apart = _apart_exactly(one, two) if exactly else _apart(one, two)
    label, decided = f"{curve.label} = {other.label}", "50 digits" if exactly else "float64"
    if apart is None:
        return Result(label, 0, "equality", "pass", message=f"equal at every point by {decided}")
    x = _farthest(one, two)
    if x is None:
        x = apart
    got, expected = float(one(x)), float(two(x))
    message = _told(one, two, x)
    error = abs(got - expected)
    return Result(label, 0, "equality", "fail", "not-equal", x, got, expected, error, None, message)


def _switches(one: Activation, two: Activation) -> Array:
    return np.concatenate([points.switches_of(each) for each in (one, two)])


def _apart_exactly(one: Activation, two: Activation) -> float | None:
    """A point at which the formulas differ in exact arithmetic."""
    samples: list[float] = points.hard(_switches(one, two)).tolist()
    for x in samples:
        (a, _), (b, slope) = (truth(f, x, 1) for f in (one, two))
        if (a != a) != (b != b):
            return x
        if a == a and a != b and abs(a) != float("inf"):
            scale = abs(a) + abs(b) + (abs(x * slope) if slope == slope else 0)
            if abs(a - b) > EQUAL * scale + SMALLEST_FLOAT:
                return x
    return None


def _apart(one: Activation, two: Activation) -> float | None:
    """A point at which the float64 values differ by more than both may have lost."""
    x = points.moderate(_switches(one, two))
    with np.errstate(all="ignore"):
        a, b, slope = one(x), two(x), np.abs(x * two.derivative(x))
        scale = np.abs(a) + np.abs(b) + np.where(np.isfinite(slope), slope, 0)
        noise = lost(one.value) + lost(two.value)
        unlike = ~((a == b) | (np.abs(a - b) <= DIFFERENT * scale + noise))
    unlike &= ~(np.isnan(a) & np.isnan(b))
    return float(x[unlike][0]) if unlike.any() else None


def _difference(one: Activation, two: Activation, x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(np.nan_to_num(np.abs(one(x) - two(x)), nan=0.0, posinf=0.0))


def _farthest(one: Activation, two: Activation) -> float | None:
    """The place of the largest difference; None if none is finite."""
    even = [np.linspace(-reach, reach, 8001) for reach in (FARTHEST, 20.0)]
    x = np.unique(np.concatenate([*even, _switches(one, two)]))
    apart = _difference(one, two, x)
    place = int(apart.argmax())
    if not apart[place]:
        return None
    low, high = x[max(place - 1, 0)], x[min(place + 1, x.size - 1)]
    best, most = float(x[place]), float(apart[place])
    for _ in range(ZOOMS):
        closer = np.clip(np.linspace(low, high, ZOOM), -FARTHEST, FARTHEST)
        apart = _difference(one, two, closer)
        place = int(apart.argmax())
        if apart[place] > most:
            best, most = float(closer[place]), float(apart[place])
        width = (high - low) / (ZOOM - 1)
        low, high = closer[place] - width, closer[place] + width
    return best


def _told(one: Activation, two: Activation, x: float) -> str:
    """The largest difference in words, at both places if they mirror each other."""
    here, mirrored = (float(_difference(one, two, np.array(at))) for at in (x, -x))
    if not here:
        return "one of the two has no value there"
    place = f"x = +-{abs(x):.4g}" if abs(here - mirrored) <= 1e-9 * here else f"x = {x:.4g}"
    if abs(x) >= FARTHEST:
        return f"they differ by {here:.4g} at {place} and may differ by more beyond"
    return f"they differ by at most {here:.4g}, at {place}"
