"""Values held to the error bound against the true ones of `reference.py`."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flint import arb
from points import EPS, LARGEST, SMALLEST_NORMAL
from reference import Asked, derivative, slope
from sampled import SEED

BOUND = 16.0
BEYOND = arb(LARGEST) * (1 + arb(2) ** -54)  # what is rounded to an infinity


def hold(what: str, answers: Iterable[tuple[Asked, float]], known: float = 0.5) -> None:
    """Hold every value to the bound, and so many of those at finite numbers to be known."""
    misses, unknown, count = [], 0, 0
    for asked, got in answers:
        found = judged(asked, got)
        count += 1
        if found is None:
            unknown += all(math.isfinite(v) for row in asked.given.values() for v in row)
        elif not found[0] <= BOUND:
            misses.append((found[0], _told(asked, got, *found)))
    worst = [text for _, text in sorted(misses, key=lambda each: -each[0])][:8]
    seed = f"--seed {os.environ[SEED]}"
    assert not misses, "\n".join([f"{what}: {len(misses)} of {count}, {seed}", *worst])
    assert unknown <= (1 - known) * count, f"{what}: {unknown} of {count} are not known, {seed}"


def judged(asked: Asked, got: float) -> tuple[float, Any] | None:
    """The error in units, and the true value; None where that is not known."""
    y = derivative(asked)
    if y is None:
        return None
    allowed = arb(0)
    size = _units(got, y, allowed)
    for name, j in _rounded(asked):
        if size <= BOUND or y.is_nan() or math.isnan(got):
            break
        more = slope(asked, name, j)
        if more is None:
            return None
        allowed += more
        size = _units(got, y, allowed)
    return size, y


def _units(got: float, y: Any, slopes: Any) -> float:
    """The error as a multiple of eps (|y| + |x y'|), slopes being the latter.

    Below the normal numbers anything no larger than them is right.
    """
    if y.is_nan() or math.isnan(got):
        return 0.0 if y.is_nan() and math.isnan(got) else math.inf
    if math.isinf(got):
        error = BEYOND - (y if got > 0 else -y)
    elif LARGEST < abs(y) < BEYOND:
        error = arb(0)
    else:
        error = abs(arb(got) - y) - (SMALLEST_NORMAL if abs(y) < SMALLEST_NORMAL else 0)
    bound = EPS * (abs(y) + slopes)
    if not error > 0:
        return 0.0
    return math.inf if bound.is_zero() or error > bound * 1e300 else float((error / bound).mid())


def _rounded(asked: Asked) -> list[tuple[str, int]]:
    """The numbers that count in the bound; of a long vector its own and the largest few."""
    found = [(n, j) for n in ("x", "a", "b") for j in range(len(asked.given.get(n, [])))]
    sizes = {(n, j): abs(asked.given[n][j]) for n, j in found if math.isfinite(asked.given[n][j])}
    return sorted(sizes, key=lambda at: (at[1] != asked.i, -sizes[at]))[:8]


def _told(asked: Asked, got: float, size: float, y: Any) -> str:
    at = ", ".join(f"{name}={_shown(values)}" for name, values in asked.given.items())
    times = f" x {_shown(asked.counts)}" if asked.counts else ""
    true = y.str(17, radius=False)
    return f"{at}{times} {asked.side or ''} [{asked.i}] => {got!r} != {true} ({size:.3g} units)"


def _shown(values: Sequence[float]) -> str:
    return repr(values[0] if len(values) == 1 else list(values) if len(values) < 9 else "...")


def named(values: Mapping[str, float]) -> dict[str, list[float]]:
    """Parameters as the reference takes them."""
    return {name: [value] for name, value in values.items()}
