"""Means under z ~ N(0, 1), by Gauss-Legendre quadrature between breakpoints."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from actviz.formula.arrays import Array
from actviz.properties.survey import Survey

REACH = 38.0  # beyond, the density is 0 in float64
FAR = 10.0  # beyond, it is below 1e-21
NODES = 16
ROUNDS = 60  # of halving; an integral that has not settled then diverges
MOST_PANELS = 1 << 15
ACCURACY = 1e-13
TAIL = 1e-25  # an integrand that is not smaller at the reach diverges
CORE = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 16.0, 24.0, REACH)


@dataclass(frozen=True)
class Moments:
    """E f(z), E f(z)^2 and E f'(z)^2, and about E |f(z)|, beside which the first may be nothing.

    The squares are inf where the integral diverges, the mean is then NaN. All are NaN where f is
    undefined on a part of the line, or swings too fast to be integrated.
    """

    mean: float
    second: float
    derivative_second: float
    size: float


def moments(surveyed: Survey) -> Moments:
    """The moments, each panel halved until it agrees with its halves to 1e-13 of the whole."""
    edges = _edges(surveyed)
    low, high = edges[:-1], edges[1:]
    total, size = np.zeros(3), 0.0
    with np.errstate(all="ignore"):
        coarse = _integrals(surveyed, low, high)
        outcome = _outcome(surveyed, coarse)
        for _ in range(ROUNDS):
            middle = (low + high) / 2
            left, right = _integrals(surveyed, low, middle), _integrals(surveyed, middle, high)
            fine = left + right
            slack = ACCURACY * (np.abs(total) + np.abs(fine).sum(axis=1))
            wrong = (np.abs(fine - coarse) > slack[:, None]) & np.isfinite(outcome)[:, None]
            again = wrong.any(axis=0)
            total += fine[:, ~again].sum(axis=1)
            size += float(np.abs(fine[0, ~again]).sum())
            if not again.any() or again.sum() > MOST_PANELS:
                break
            low, high = _both(low, middle, again), _both(middle, high, again)
            coarse = np.concatenate([left[:, again], right[:, again]], axis=1)
    unsettled = wrong.any(axis=1)
    total[unsettled] = math.nan if again.sum() > MOST_PANELS else math.inf
    total = np.where(np.isfinite(outcome), total, outcome)
    mean, second, derivative_second = total.tolist()
    if abs(mean) <= ACCURACY * size < math.inf:
        mean = 0.0
    return Moments(mean if math.isfinite(mean) else math.nan, second, derivative_second, size)


def _both(first: Array, second: Array, chosen: Array) -> Array:
    return np.concatenate([first[chosen], second[chosen]])


def _outcome(surveyed: Survey, coarse: Array) -> Array:
    """NaN or inf for an integral that is so already, 0 for one that may be finite.

    All are NaN if the function switches more often than can be told, for the panels miss it then.
    """
    if surveyed.known < FAR:
        return np.full(3, math.nan)
    ends = np.array([-REACH, REACH])
    at_ends = np.abs(_integrands(surveyed, ends)).max(axis=1)
    whole = np.abs(coarse).sum(axis=1)
    explodes = [_explodes(surveyed, point.x) for point in surveyed.breakpoints]
    diverges = np.any([~(at_ends <= TAIL * (1 + whole)), *explodes], axis=0)
    undefined = np.isnan(coarse.sum(axis=1))
    return np.where(undefined, math.nan, np.where(diverges, math.inf, 0.0))


def _explodes(surveyed: Survey, x: float) -> Array:
    """Whether an integrand grows as fast as 1/|distance| towards a breakpoint, or faster."""
    steps = max(1.0, abs(x)) * np.array([1e-3, 1e-6])
    sides = np.array([x + steps, x - steps])
    size = np.nan_to_num(np.abs(_integrands(surveyed, sides)))
    near, nearer = size[..., 0], size[..., 1]
    return np.asarray(((nearer > 100 * near) & (nearer * 1e-3 > 0.7 * near)).any(axis=1))


def _edges(surveyed: Survey) -> Array:
    """Panels that end at the breakpoints, and shrink towards every anchor."""
    core = np.array(CORE)
    decades = np.geomspace(1e-8, 1.0, 9)
    around = [a + max(1.0, abs(a)) * np.concatenate([-decades, decades]) for a in surveyed.anchors]
    places = np.array([*surveyed.switches, *surveyed.anchors])
    edges = np.unique(np.concatenate([-core, core, places, *around]))
    return np.asarray(edges[np.abs(edges) <= REACH])


def _integrals(surveyed: Survey, low: Array, high: Array) -> Array:
    """The three integrals over each panel, of shape (3, panels)."""
    nodes, weights = _rule()
    half = (high - low) / 2
    x = (low + half)[:, None] + half[:, None] * nodes
    integrals: Array = (_integrands(surveyed, x) * weights).sum(axis=-1) * half
    return integrals


def _integrands(surveyed: Survey, x: Array) -> Array:
    """f, f^2 and f'^2 times the density; its root goes first, that f^2 does not overflow."""
    root = np.exp(-(x**2) / 4) / (2 * math.pi) ** 0.25
    value, slope = surveyed.at(x, 0) * root, surveyed.at(x, 1) * root
    return np.array([value * root, value**2, slope**2])


@cache
def _rule() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return nodes, weights


def gain(second: float) -> float:
    """The factor on the weights that makes a second moment 1: 1/sqrt(second).

    inf for a second moment of 0, which no factor can mend; 0 for an infinite one.
    """
    return math.inf if second == 0 else 1 / math.sqrt(second)
