"""Reductions of wide numbers over the last axis: sums, sums of all others, one component."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from actviz.formula import kernels
from actviz.formula.arrays import Array, Truths
from actviz.formula.wide import functions, numbers
from actviz.formula.wide.numbers import Wide


def columns(u: Wide, which: Any) -> Wide:
    return Wide(u.high[..., which], u.low[..., which], u.exponent[..., which], u.rest[..., which])


def stacked(columns: Sequence[Wide]) -> Wide:
    rows = zip(*((c.high, c.low, c.exponent, c.rest) for c in columns), strict=True)
    return Wide(*(np.stack(row, axis=-1) for row in rows))


def joined(u: Wide, v: Wide) -> Wide:
    pairs = ((u.high, v.high), (u.low, v.low), (u.exponent, v.exponent), (u.rest, v.rest))
    return Wide(*(np.concatenate(pair, axis=-1) for pair in pairs))


def everywhere(u: Wide, size: int) -> Wide:
    parts = (u.high, u.low, u.exponent, u.rest)
    return Wide(*(np.repeat(part, size, axis=-1) for part in parts))


def total(u: Wide) -> Wide:
    """The sum, for every component."""
    return _by_halves(u, numbers.add)


def top(u: Wide) -> Wide:
    """The largest, for every component."""
    return _by_halves(u, lambda a, b: numbers.select(numbers.sign_of_difference(a, b) >= 0, a, b))


def _by_halves(u: Wide, join: Callable[[Wide, Wide], Wide]) -> Wide:
    size, left = u.high.shape[-1], u
    while (count := left.high.shape[-1]) > 1:
        half = count // 2
        added = join(columns(left, slice(half)), columns(left, slice(half, 2 * half)))
        left = joined(added, columns(left, slice(2 * half, count))) if count % 2 else added
    return everywhere(left, size)


def beside(u: Wide) -> Wide:
    """How much each is above the largest."""
    return numbers.subtract(u, top(u))


def beneath(u: Wide) -> Wide:
    """The sum of all but the largest, for every component."""
    largest = np.argmax(numbers.sign_of_difference(u, top(u)), axis=-1, keepdims=True)
    at = np.arange(u.high.shape[-1]) == largest
    return total(numbers.select(at, numbers.wide(np.zeros(u.high.shape)), u))


def others(u: Wide) -> Wide:
    """The sum of those before and of those behind."""
    backward = slice(None, None, -1)
    return numbers.add(_before(u), columns(_before(columns(u, backward)), backward))


def _before(u: Wide) -> Wide:
    """The sum of all components before each, with steps of 1, 2, 4, ..."""
    size, nothing = u.high.shape[-1], numbers.wide(np.zeros(u.high.shape))
    result = joined(columns(nothing, slice(1)), columns(u, slice(size - 1)))
    step = 1
    while step < size:
        shifted = joined(columns(nothing, slice(step)), columns(result, slice(size - step)))
        result, step = numbers.add(result, shifted), 2 * step
    return result


def picked(u: Wide, place: Wide) -> Wide:
    chosen = int(numbers.to_float(place).flat[0])
    return everywhere(columns(u, slice(chosen, chosen + 1)), u.high.shape[-1])


def tau1(u: Wide) -> Wide:
    """The t at which what is above it sums to 1: the mean of those above, less their share of 1."""
    _, count, mean = _above(u, kernels.excess1)
    return numbers.subtract(mean, numbers.divide(numbers.constant(1.0, u), count))


def tau2(u: Wide) -> Wide:
    """The t at which the squares of what is above it sum to 1: mean - sqrt((1 - s)/count)."""
    above, count, mean = _above(u, kernels.excess2)
    apart = numbers.subtract(u, mean)
    nothing = numbers.wide(np.zeros(u.high.shape))
    spread = total(numbers.select(above, numbers.multiply(apart, apart), nothing))
    rest = numbers.subtract(numbers.constant(1.0, u), spread)
    return numbers.subtract(mean, functions.sqrt(numbers.divide(rest, count)))


def _above(u: Wide, excess: Callable[[Array], Array]) -> tuple[Truths, Wide, Wide]:
    """Which components are above a threshold, how many, and their mean; float64 tells which."""
    above = excess(numbers.to_float(beside(u))) > 0
    count = numbers.wide(np.broadcast_to(above.sum(axis=-1, keepdims=True) * 1.0, above.shape))
    summed = total(numbers.select(above, u, numbers.wide(np.zeros(u.high.shape))))
    return above, count, numbers.divide(summed, count)


def excess1(u: Wide) -> Wide:
    return numbers.subtract(u, tau1(u))


def excess2(u: Wide) -> Wide:
    return numbers.subtract(u, tau2(u))
