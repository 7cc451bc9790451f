"""The vanishing gradient: the size of a product of derivatives through many layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.errors import UsageError
from actviz.formula.arrays import Array
from actviz.properties.divergence import diverging
from actviz.properties.gaussian import gain as gain_of
from actviz.properties.gaussian import moments
from actviz.properties.questions import Questions

SAMPLES = 100_000
DEEPEST = 1000
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Depth:
    """The size of a product of so many gain*f'(z), each at its own z ~ N(0, 1).

    q25, median and q75 are the quartiles over paths: what one path through a network multiplies a
    gradient by. zeros is the share of paths on which that is 0, as behind a relu that is off. rms
    is sqrt(E product^2): what a wide layered network multiplies the norm of a gradient by.
    """

    depth: int
    gain: float
    q25: float
    median: float
    q75: float
    rms: float
    zeros: float


def depth(activation: Activation, depths: Sequence[int], seed: int = 0) -> tuple[Depth, ...]:
    """The size of the product of the derivatives through n layers, for each n of depths.

    All depths without a gain first, which is a gain of 1, then all with g = 1/sqrt(E f(z)^2): the
    gain on the weights that lets the next layer be entered by N(0, 1) again.

    The z of a layer are 100,000 evenly spaced quantiles of N(0, 1) in random order, so that each
    layer has the right distribution and only its meeting the others is left to chance. The same
    seed gives the same numbers, and the same z for every function. rms is found by quadrature,
    zeros from the share of one layer.

    Raises UsageError for a function of a vector, a depth that is no whole number from 1 to 1000,
    or a function whose gain is 0 or infinite.

    >>> import actviz
    >>> [plain, gained] = depth(actviz.get("0.5*x"), [10])
    >>> plain.gain, round(2**10 * plain.median, 12), gained.gain, round(gained.median, 12)
    (1.0, 1.0, 2.0, 1.0)
    """
    for each in depths:
        if isinstance(each, bool) or each not in range(1, DEEPEST + 1):
            raise UsageError(f"A depth is a whole number from 1 to {DEEPEST}, not {each}.")
    asked = Questions(activation)
    means = moments(asked, diverging(asked))
    gain, slopes = gain_of(means.second), means.derivative_second
    if gain is None or slopes is None:
        raise UsageError(f"{activation.name} has no gain that is known: nor is E f(z)^2.")
    if not (0 < gain < math.inf):
        raise UsageError(f"{activation.name} has no gain: E f(z)^2 is {means.second:g}.")
    with np.errstate(divide="ignore"):
        logs = np.log(np.abs(activation.derivative(_quantiles(SAMPLES))))
    zeros = float(np.mean(np.isneginf(logs)))
    quartiles = _quartiles(logs, depths, seed)
    root = math.sqrt(slopes)
    return tuple(_row(n, g, quartiles[n], g * root, zeros) for g in (1.0, gain) for n in depths)


def _row(n: int, gain: float, logs: Array, root: float, zeros: float) -> Depth:
    """The row of a depth; logs are of the quartiles without gain, root and zeros of one layer."""
    with np.errstate(under="ignore", over="ignore"):
        lower, median, upper = np.exp(logs + n * math.log(gain)).tolist()
        whole = float(np.power(root, n))
    return Depth(n, gain, lower, median, upper, whole, 1 - (1 - zeros) ** n)


@lru_cache(maxsize=1)
def _quantiles(count: int) -> Array:
    """Evenly spaced quantiles of N(0, 1), symmetric about 0, which is none of them."""
    normal = NormalDist()
    half = np.array([normal.inv_cdf((i + 0.5) / count) for i in range(count // 2)])
    return np.concatenate([half, -half[::-1]])


def _quartiles(logs: Array, depths: Sequence[int], seed: int) -> dict[int, Array]:
    """The quartiles of the sum of n logarithms, for each n of depths."""
    generator = np.random.default_rng(seed)
    sums, found = np.zeros_like(logs), {}
    for n in range(1, max(depths, default=0) + 1):
        sums += generator.permutation(logs)
        if n in depths:
            found[n] = np.quantile(sums, QUARTILES, method="lower")
    return found
