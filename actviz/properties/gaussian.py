"""Means under z ~ N(0, 1), by Gauss-Legendre quadrature between breakpoints."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from actviz.formula.allowance import exhausted
from actviz.formula.arrays import Array, Truths
from actviz.formula.enclosure.cut import Bounds
from actviz.properties.divergence import REACH, TAIL, Endless, integrands
from actviz.properties.questions import Questions
from actviz.properties.survey import Survey

FAR = 10.0  # beyond, the density is below 1e-21
NODES = 16
ROUNDS = 60  # of halving; an integral that has not settled then is not known
MOST_PANELS = 1 << 15
ACCURACY = 1e-13
SOUGHT = 1e-8  # of the whole: so little is to lie where no points have shown it
MISSED = 1e-5  # of the whole: if more may, the mean is not known
NOTHING = 1e-250  # what underflow leaves of bounds
BESIDE = 2.0**-49  # of its size: so near to an edge rounding may still see its other side
MOST_LOOKED = 512  # panels that are compared with bounds
CORE = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 16.0, 24.0, REACH)


@dataclass(frozen=True)
class Moments:
    """E f(z), E f(z)^2 and E f'(z)^2, and about E |f(z)|, beside which the first may be nothing.

    None is what is not known, inf or -inf an integral that diverges. NaN is none at all: f has no
    values on a part of the line, or its integral diverges to both infinities.
    """

    mean: float | None
    second: float | None
    derivative_second: float | None
    size: float


NONE = Moments(math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class Panels:
    """Stretches between which nothing breaks.

    undefined: whether f has no value on one of them, for sure; missed: for f and f' at most how
    much of their mean size lies where no points have shown it.
    """

    lower: Array
    upper: Array
    undefined: bool
    missed: Array


def moments(q: Questions, endless: Endless) -> Moments:
    """The moments, each panel halved until it agrees with its halves to 1e-13 of the whole.

    endless: what diverges for sure. What points may have missed is bounded, so that no spike
    between them is passed over.
    """
    panels = _panels(q)
    if panels.undefined:
        return NONE
    if np.isinf(panels.missed).all():  # whatever points show
        return Moments(*endless, math.nan)
    whole, size, known = _integrated(q.survey, panels.lower, panels.upper)
    missed = np.maximum(panels.missed, _again(q, panels)) if exhausted() else panels.missed
    known &= missed[[0, 0, 1]] <= MISSED * np.array([size, *np.sqrt(np.abs(whole[1:]))])
    told = [float(y) if sure else None for y, sure in zip(whole, known, strict=True)]
    mean, second, derivative_second = (
        y if end is None else end for y, end in zip(told, endless, strict=True)
    )
    if mean is not None and abs(mean) <= ACCURACY * size < math.inf:
        mean = 0.0
    return Moments(mean, second, derivative_second, size)


# --- where to look -----------------------------------------------------------------------------


@np.errstate(all="ignore")
def _panels(q: Questions) -> Panels:
    """Panels on which points show how large f and f' get, as far as bounds of them tell."""
    edges = _edges(q.survey)
    low, high = edges[:-1], edges[1:]
    if not q.knows(1):
        return Panels(low, high, False, np.full(2, math.inf))
    done, looked, whole = [np.zeros((2, 0))], 0, np.zeros(2)
    while True:
        seen, beyond, nowhere = _compared(q, low, high, edges)
        if nowhere.any():
            return Panels(low, high, True, np.zeros(2))
        mass = _mass(low, high)
        whole += (seen * mass).sum(axis=1)
        missed = beyond * mass
        doubt = (missed > SOUGHT / low.size * whole[:, None]).any(axis=0)
        done.append(np.stack([low, high])[:, ~doubt])
        looked += low.size
        middle = (low + high) / 2
        if not doubt.any() or looked > MOST_LOOKED or (middle == low).any():
            ends = np.concatenate([*done, np.stack([low, high])[:, doubt]], axis=1)
            return Panels(ends[0], ends[1], False, missed[:, doubt].sum(axis=1))
        whole -= (seen * mass)[:, doubt].sum(axis=1)
        low, high = _halves(low, middle, high, np.asarray(doubt))


@np.errstate(all="ignore")
def _again(q: Questions, panels: Panels) -> Array:
    """What values miss of bounds when there are no digits left, and float64 has to do."""
    low, high = panels.lower, panels.upper
    found: Array = (_compared(q, low, high, _edges(q.survey))[1] * _mass(low, high)).sum(axis=1)
    return found


def _mass(low: Array, high: Array) -> Array:
    """At most the density's integral over each panel."""
    return np.asarray(np.exp(-(np.fmin(np.abs(low), np.abs(high)) ** 2) / 2) * (high - low))


def _compared(q: Questions, low: Array, high: Array, edges: Array) -> tuple[Array, Array, Truths]:
    """How large f and f' are at points of each panel, and how far beyond that they may get there.

    And on which panels f has no value. Where f or f' has no bound at an edge the rounds of halving
    towards it show how it grows.
    """
    x = low[:, None] + (high - low)[:, None] * np.linspace(0.02, 0.98, NODES)
    bounds = _bounds(q, low, high)
    seen, beyond = [], []
    for order, found in enumerate(bounds):
        y = q.survey.at(x, order)
        least, most = y.min(axis=1), y.max(axis=1)
        size = np.maximum(np.abs(least), np.abs(most))
        over = np.maximum(found.upper - most, least - found.lower)
        shown = over <= 2 * (most - least) + SOUGHT * size + NOTHING
        false = np.maximum(most - found.upper, found.lower - least) > SOUGHT * size + NOTHING
        endless = np.isinf(over) & (np.isin(low, edges) | np.isin(high, edges))
        over = np.where(shown | endless, 0.0, np.nan_to_num(over, nan=math.inf))
        beyond.append(np.where(false, most - least + size, over))  # of float64 without digits
        seen.append(np.nan_to_num(size, posinf=0.0))
    return np.array(seen), np.array(beyond), np.isnan(bounds[0].lower)


def _bounds(q: Questions, low: Array, high: Array) -> list[Bounds]:
    """Bounds of f and f' on panels; near a hole those that hold from there on, if they are closer.

    Near 0 there are none of sin(x)/x but by its slopes, from the hole on (Cauchy 1823).
    """
    inner = low + BESIDE * np.abs(low), high - BESIDE * np.abs(high)
    found = q.of(0).on(*inner)[:2]
    for point in q.survey.breakpoints:
        near = (np.abs(low - point.x) < 1) & (np.abs(high - point.x) < 1) & (not point.pole)
        if point.order or not near.any():
            continue
        ends = np.minimum(low, point.x)[near], np.maximum(high, point.x)[near]
        for order, each in enumerate(found):
            other = q.of(order).on(*ends)[0]
            each.lower[near] = np.fmax(each.lower[near], other.lower)
            each.upper[near] = np.fmin(each.upper[near], other.upper)
    return found


def _edges(surveyed: Survey) -> Array:
    """Panels that end at the breakpoints, and shrink towards every anchor."""
    core = np.array(CORE)
    decades = np.geomspace(1e-8, 1.0, 9)
    around = [a + max(1.0, abs(a)) * np.concatenate([-decades, decades]) for a in surveyed.anchors]
    places = np.array([*surveyed.switches, *surveyed.anchors])
    edges = np.unique(np.concatenate([-core, core, places, *around]))
    return np.asarray(edges[np.abs(edges) <= REACH])


# --- quadrature --------------------------------------------------------------------------------


@np.errstate(all="ignore")
def _integrated(surveyed: Survey, low: Array, high: Array) -> tuple[Array, float, Truths]:
    """The three integrals, about that of |f|, and which of them are known.

    None is if the function switches more often than can be told, for the panels miss it then.
    """
    total, size = np.zeros(3), 0.0
    coarse = _integrals(surveyed, low, high)
    known = _fades(surveyed, coarse) & np.isfinite(coarse.sum(axis=1))
    known &= surveyed.known >= FAR
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        left, right = _integrals(surveyed, low, middle), _integrals(surveyed, middle, high)
        fine = left + right
        slack = ACCURACY * (np.abs(total) + np.abs(fine).sum(axis=1))
        wrong = ~(np.abs(fine - coarse) <= slack[:, None]) & known[:, None]
        again = wrong.any(axis=0)
        total += fine[:, ~again].sum(axis=1)
        size += float(np.abs(fine[0, ~again]).sum())
        if not again.any() or again.sum() > MOST_PANELS:
            break
        low, high = _halves(low, middle, high, again)
        coarse = np.concatenate([left[:, again], right[:, again]], axis=1)
    total += fine[:, again].sum(axis=1)  # where another integral has not settled
    return total, size, known & ~wrong.any(axis=1) & np.isfinite(total)


def _fades(surveyed: Survey, coarse: Array) -> Truths:
    """Which integrands are so small at the reach that nothing is left beyond."""
    at_ends = np.abs(integrands(surveyed, np.array([-REACH, REACH]))).max(axis=1)
    return np.asarray(at_ends <= TAIL * np.abs(coarse).sum(axis=1))


def _halves(low: Array, middle: Array, high: Array, chosen: Truths) -> tuple[Array, Array]:
    """The chosen panels, each as two: all left halves first."""
    lower = np.concatenate([low[chosen], middle[chosen]])
    return lower, np.concatenate([middle[chosen], high[chosen]])


def _integrals(surveyed: Survey, low: Array, high: Array) -> Array:
    """The three integrals over each panel, of shape (3, panels)."""
    nodes, weights = _rule()
    half = (high - low) / 2
    x = (low + half)[:, None] + half[:, None] * nodes
    integrals: Array = (integrands(surveyed, x) * weights).sum(axis=-1) * half
    return integrals


@cache
def _rule() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return nodes, weights


def gain(second: float | None) -> float | None:
    """The factor on the weights that makes a second moment 1: 1/sqrt(second).

    inf for a second moment of 0, which no factor can mend; 0 for an infinite one; None if it is
    not known.
    """
    if second is None:
        return None
    return math.inf if second == 0 else 1 / math.sqrt(second)
