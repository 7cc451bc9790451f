"""expm1(u)/u and log1p(u)/u, with their derivatives of any order: what such quotients lose near 0.

That of order n is the mean over s from 0 to 1 of s**n exp(s*u), and of
(-1)**n n! s**n (1 + s*u)**-(n + 1). Near 0 these come from a series and a continued fraction of
positive terms. Far out, u times the derivative of order n is that of expm1 or log1p itself less n
times the one below, which is much smaller there.
"""

from __future__ import annotations

import math

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.choice import where

TERMS = 90  # of the series, up to where the recurrence takes over
STEPS = 60  # of the continued fraction, likewise


def far_exponent(order: int) -> float:
    """|u| beyond which the recurrence keeps the digits of the mean of s**order exp(s*u)."""
    return 2.0 * order + 4


NEAR_LOGARITHM = (-0.97, 30.0)  # u beyond which it keeps those of the other


def exprel(n: Array, u: Array) -> Array:
    """The nth derivative of expm1(u)/u."""
    order = int(np.max(n, initial=0))
    near = np.abs(u) < far_exponent(order)
    return where(near, _exprel_near(order, np.where(near, u, 0.0)), _exprel_far(order, near, u))


def _exprel_near(order: int, u: Array) -> Array:
    """Positive terms on both sides: u**k/k!/(order + k + 1), or Kummer's for u < 0."""
    size, rising, falling = np.abs(u), np.ones_like(u), np.ones_like(u)
    for k in range(TERMS, 0, -1):
        falling = 1 + size / (order + k + 1) * falling
        rising = 1 + size * ((order + k) / (k * (order + k + 1))) * rising
    below: Array = np.where(u < 0, np.exp(u) * falling, rising) / (order + 1)
    return below


def _exprel_far(order: int, near: Truths, u: Array) -> Array:
    v = np.where(near, 100.0, u)
    value = np.where(v == -np.inf, 0.0, np.expm1(v) / v)
    for k in range(1, order + 1):
        value = np.where(np.isinf(v), value, (np.exp(v) - k * value) / v)
    return np.where(v == np.inf, np.inf, value)


def log1prel(n: Array, u: Array) -> Array:
    """The nth derivative of log1p(u)/u."""
    order = int(np.max(n, initial=0))
    low, high = NEAR_LOGARITHM
    near = (low < u) & (u < high)
    return where(near, _log1prel_near(order, np.where(near, u, 0.0)), _log1prel_far(order, near, u))


def _log1prel_near(order: int, u: Array) -> Array:
    """By the continued fraction of Gauss for the hypergeometric function of w = u/(1 + u)."""
    w, below = u / (1 + u), np.ones_like(u)
    for m in range(STEPS, 0, -1):
        for above, under in fraction(order, m):
            below = 1 - above / under * w / below
    height = (-1) ** order * math.factorial(order) / (order + 1)
    derivative: Array = height / ((1 + u) ** (order + 1) * below)
    return derivative


def fraction(order: int, m: int) -> tuple[tuple[float, float], ...]:
    """Its coefficients of places 2m and 2m - 1, as numerators and denominators."""
    place = order + 2.0 * m
    return (m**2, place * (place + 1)), ((order + m) ** 2, (place - 1) * place)


def _log1prel_far(order: int, near: Truths, u: Array) -> Array:
    v = np.where(near, 100.0, u)
    infinite = v == np.inf
    value = np.where(infinite, 0.0, np.log1p(v) / v)
    for k in range(1, order + 1):
        slope = (-1) ** (k - 1) * math.factorial(k - 1) / (1 + v) ** k
        value = np.where(infinite, 0.0, (slope - k * value) / v)
    return value
