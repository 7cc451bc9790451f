"""Monotone and convex, proven: by the signs of derivatives, and by points that speak against it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.enclosure.breaks import Break, Breaks, Span
from actviz.formula.enclosure.breaks import Kind as Broken
from actviz.formula.enclosure.zeros import Signs
from actviz.properties import shape
from actviz.properties.continuous import seamless
from actviz.properties.ends import range_of
from actviz.properties.proof import ROUNDING, Known, Proof
from actviz.properties.questions import Questions

ASKED = 80  # points at which values are compared
FARTHEST = 1e8
BESIDE = np.array(
    [0.0, 1e-13, 1e-10, 1e-6, 1e-3, 0.1]
)  # how far from a place, of its size, a curve bends there
APART = (Broken.JUMP, Broken.POLE, Broken.WILD)  # where a curve is torn
THREE = np.array([-1.0, 0.0, 1.0])
SLACK = 2.0**-48  # of what is compared: more than the rounding of a chord


def monotone(q: Questions) -> Known[str]:
    """'increasing', 'decreasing' (with 'strictly ' in front), 'constant' or 'neither'."""
    seen = shape.monotone(q.survey, q.seen(1))
    if not q.knows(1):
        return Known(seen, False)
    rises, falls = _steps(*witnesses(q))
    if not (rises and falls):
        signs, breaks = q.signs(1), q.breaks(0)
        jumps = [each for each in breaks.places if each.kind is Broken.JUMP]
        rises |= signs.positive is not None or any(_rises(*pair) for pair in _paths(jumps))
        falls |= signs.negative is not None or any(_rises(b, a) for a, b in _paths(jumps))
    if rises and falls:
        return Known("neither", True)
    proof = _one_way(q, signs, breaks)
    word = "increasing" if rises else "decreasing" if falls else "constant"
    strict = Known("", True) if word == "constant" else _strictly(q, signs, seen)
    if not proof:
        fits = seen.removeprefix("strictly ") == word or seen == "neither" or word == "constant"
        return Known(seen if fits else None, False)
    sure = strict.proof if proof is True else proof
    return Known(f"{strict.value or ''}{word}", sure)


def _one_way(q: Questions, signs: Signs, breaks: Breaks) -> Proof:
    """Whether a slope of one sign and steps of one direction are all there is."""
    proof = seamless(breaks, (Broken.JUMP, Broken.HOLE))
    if signs.proved or not proof:
        return proof
    slopes = range_of(q, 1)
    ends = slopes.extent.value
    if ends is None:
        return False
    sure = (ends.lower >= 0 and slopes.lower) or (ends.upper <= 0 and slopes.upper)
    return ROUNDING if sure else False


def _strictly(q: Questions, signs: Signs, seen: str) -> Known[str]:
    """Whether it is nowhere constant."""
    if signs.proved and not signs.zero:
        return Known("strictly ", True)
    zeros = q.zeros(1)
    if any(place.flat for place in zeros.places):
        return Known("", True)
    if zeros.proved:
        return Known("strictly ", True)
    return Known("strictly " if seen.startswith("strictly") else "", ROUNDING)


def _paths(places: Iterable[Break]) -> list[tuple[Span, Span]]:
    """From the limit on the left to the value, and on to the limit on the right."""
    found = []
    for each in places:
        known = [span for span in (each.left, each.here, each.right) if not math.isnan(span[0])]
        found += list(pairwise(known))
    return found


def _rises(a: Span, b: Span) -> bool:
    return a[1] < b[0]


def witnesses(q: Questions) -> tuple[Array, Array, Array]:
    """Points at which something may be seen, some of those of the survey, and bounds of f there."""
    return q.once(("witnesses",), lambda: (x := _some(q), *q.at(0, x)))


def _some(q: Questions) -> Array:
    x = q.survey.x
    x = np.unique(x[np.abs(x) <= FARTHEST])
    some = x[np.unique(np.linspace(0, x.size - 1, ASKED).astype(np.intp))] if x.size else x
    found = [place for place in range_of(q, 0).places if abs(place) < FARTHEST]
    near = [place + side * max(abs(place), 1.0) * BESIDE for place in found for side in (-1, 1)]
    return np.unique(np.concatenate([some, found, *near]))


def _steps(x: Array, low: Array, high: Array) -> tuple[bool, bool]:
    """Whether the function rises somewhere between these points, and whether it falls."""
    low, high = low[~np.isnan(low)], high[~np.isnan(low)]
    return bool((high[:-1] < low[1:]).any()), bool((low[:-1] > high[1:]).any())


def convexity(q: Questions) -> Known[str]:
    """'convex', 'concave', 'both' (a straight line) or 'neither'."""
    seen = shape.convexity(q.survey, q.seen(2))
    if not q.knows(2):
        return Known(seen, False)
    up, down = _chords(*witnesses(q))
    if up and down:
        return Known("neither", True)
    signs, slopes, values = q.signs(2), q.breaks(1), q.breaks(0)
    if any(each.kind in APART for each in values.places):
        return Known("neither", True)
    kinks = _paths(each for each in slopes.places if each.kind is Broken.JUMP)
    places = [x for x in (signs.negative, signs.positive) if x is not None and abs(x) < FARTHEST]
    three = [x + share * max(abs(x), 1.0) * THREE for x in places for share in BESIDE[3:]]
    near = [_chords(x, *q.at(0, x)) for x in three]
    up |= any(each[0] for each in near) or any(_rises(*kink) for kink in kinks)
    down |= any(each[1] for each in near) or any(_rises(b, a) for a, b in kinks)
    if up and down:
        return Known("neither", True)
    up |= signs.positive is not None
    down |= signs.negative is not None
    word = {(True, False): "convex", (False, True): "concave", (False, False): "both"}.get(
        (up, down)
    )
    sure = signs.proved and seamless(values), seamless(slopes, (Broken.JUMP,))
    if word is None or not all(sure):
        return Known(seen, False)
    return Known(word, ROUNDING if ROUNDING in sure else True)


def _chords(x: Array, low: Array, high: Array) -> tuple[bool, bool]:
    """Whether the middle of three neighbours lies below their chord somewhere, and above it."""
    if x.size < 3:
        return False, False
    with np.errstate(all="ignore"):
        share = (x[1:-1] - x[:-2]) / (x[2:] - x[:-2])
        chord = [y[:-2] + share * (y[2:] - y[:-2]) for y in (low, high)]
        slack = SLACK * sum(np.abs(y[i : y.size - 2 + i]) for y in (low, high) for i in range(3))
        below, above = high[1:-1] < chord[0] - slack, low[1:-1] > chord[1] + slack
    return bool(below.any()), bool(above.any())
