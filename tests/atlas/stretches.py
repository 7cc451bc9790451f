"""Where numbers fail: stretches of x, each with one fault, from the errors at many points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from actviz.check.accuracy import Accuracy

# Points that fail are of two stretches if they are so many times farther apart, and so many points.
GAP, BETWEEN = 2.0, 64
SURELY = 1 + 2.0**-10  # times the tolerance: what 50 digits find beyond it, too

# What is told by the number alone, wherever it is; what is left are digits.
FAULTS: dict[str, Callable[[Any], Any]] = {
    "nan": np.isnan,
    "inf": np.isinf,
    "zero": lambda y: y == 0,
}


@dataclass(frozen=True)
class Stretch:
    """Points of which some fail, by their places in the errors, and those that do.

    In a stretch of a fault of FAULTS all points have it; between those of "digits" some are right.
    """

    fault: str
    places: Any
    failing: Any


def failing(found: Accuracy) -> Any:
    """Where an error is beyond the tolerance, and matters to somebody."""
    return (found.excess > SURELY) & ~found.tiny


def has(fault: str, found: Accuracy) -> Any:
    """Where the fault is seen: some numbers of a stretch of zeros are rightly 0."""
    return FAULTS[fault](found.got) if fault in FAULTS else failing(found)


def stretches(found: Accuracy) -> Iterator[Stretch]:
    """All stretches; short ones of zeros between others are digits that are all lost."""
    left = failing(found)
    taken = np.zeros(found.x.size + 2, dtype=bool)  # and beyond both ends
    taken[[0, -1]] = True
    for fault in FAULTS:
        for run in _runs(has(fault, found)):
            beside = taken[run[0]] or taken[run[-1] + 2] or found.x[run[0]] <= 0 <= found.x[run[-1]]
            if left[run].any() and (beside or fault != "zero"):
                yield Stretch(fault, run, run[left[run]])
                left[run], taken[run + 1] = False, True
    yield from (Stretch("digits", part, part) for part in _near(found, left))


def _runs(there: Any) -> list[Any]:
    """The places that follow one another."""
    places = np.flatnonzero(there)
    return np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if places.size else []


def _near(found: Accuracy, there: Any) -> list[Any]:
    """Places parted where far and wide nothing fails, and at 0 if it does not there."""
    places = np.flatnonzero(there)
    if not places.size:
        return []
    x, between = found.x[places], np.diff(places) - 1
    near, far = (fold(np.abs(x[1:]), np.abs(x[:-1])) for fold in (np.minimum, np.maximum))
    apart = (far > GAP * near) & (between >= BETWEEN)
    apart |= (np.sign(x[1:]) != np.sign(x[:-1])) & (between > 0)
    return np.split(places, np.flatnonzero(apart) + 1)
