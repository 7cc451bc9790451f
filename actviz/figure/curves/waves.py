"""Whether the ticks of x are multiples of pi: by the waves that are seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.frame import Limits
from actviz.figure.canvas.scene import Scene
from actviz.formula.arrays import Array
from actviz.formula.expression import Apply, Name, Node, Number, rebuild, walk
from actviz.formula.primitives import WAVES
from actviz.formula.terms import linear
from actviz.sampling import Scan

SLOW = 6  # times as fast as sin(x) may be, or as slow, whose ticks are multiples of pi
SWING, FEWEST_TURNS = 0.02, 2  # a share of the height, and how often a wave that is seen turns
MOSTLY = 0.4  # of the turns of the slowest wave, those that must be seen: not one or two swings
FEWEST_PI, MOST_PI = 3, 60  # how many times pi a range of several periods of sin, cos or tan is


def counts_pi(scene: Scene, scans: Sequence[Scan], ylim: Limits) -> bool:
    """Whether ticks are multiples of pi: if asked for, or by waves of sin and cos that are seen."""
    if scene.options.ticks != "auto":
        return scene.options.ticks == "pi"
    if not FEWEST_PI * math.pi <= scene.hi - scene.lo <= MOST_PI * math.pi:
        return False
    found = [_speed(part) for curve in scene.curves for part in walk(_given(curve))]
    slowest = min(filter(None, found), default=0)
    if not slowest:
        return False
    fewest = max(FEWEST_TURNS, MOSTLY * float(slowest) * (scene.hi - scene.lo) / math.pi)
    return any(_turns(each, SWING * (ylim[1] - ylim[0])) >= fewest for each in scans)


def _turns(scan: Scan, least: float) -> int:
    """How often values go up and down by so much, beside the straight line that is nearest."""
    known = np.isfinite(scan.y)
    if np.count_nonzero(known) < 3:
        return 0
    x, y = scan.x[known], scan.y[known]
    slope = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    jumps = np.array([each.x for each in scan.known.found if each.jump])
    piece = np.searchsorted(jumps, x)
    return sum(_turning((y - slope * x)[piece == i], least) for i in np.unique(piece).tolist())


def _turning(values: Array, least: float) -> int:
    """How often they go the other way by so much."""
    turns, way, low, high = -1, 0, math.inf, -math.inf
    for value in values.tolist():
        low, high = min(low, value), max(high, value)
        if way >= 0 and value <= high - least:
            turns, way, low = turns + 1, -1, value
        elif way <= 0 and value >= low + least:
            turns, way, high = turns + 1, 1, value
    return max(turns, 0)


def _given(curve: Curve) -> Node:
    """The formula with the values of its parameters."""
    values: dict[Node, Node] = {
        Name(name): Number(value) for name, value in curve.activation.parameters.items()
    }
    return rebuild(curve.activation.definition, values)


def _speed(part: Node) -> Fraction:
    """The whole number, or 1 by it, by which x is multiplied in a wave; 0 if it is none of these.

    sin(exp(x)) has no period.
    """
    match part:
        case Apply(head, (*_, u)) if head in WAVES and (line := linear(u)):
            slope = abs(line[0])
            if 1 in (slope.numerator, slope.denominator) and 1 / SLOW <= slope <= SLOW:
                return Fraction(slope)
    return Fraction(0)
