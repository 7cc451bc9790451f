"""The vanishing gradient: the size of a product of derivatives through many layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actviz.activation import Activation
from actviz.errors import UsageError
from actviz.kernels import Array
from actviz.properties.gaussian import gain as gain_of
from actviz.properties.gaussian import moments
from actviz.properties.survey import survey

SAMPLES = 10_000
DEEPEST = 1000
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Depth:
    """The product of so many derivatives, each at its own z ~ N(0, 1), in size.

    lower, median and upper are the quartiles over the samples: what one path through the network
    multiplies a gradient by. zeros is the share of paths on which it is exactly 0, as behind a
    relu that is off. root_mean_square is sqrt(E product^2), by quadrature and not from the
    samples: what a wide layered network multiplies the norm of a gradient by.
    """

    depth: int
    lower: float
    median: float
    upper: float
    zeros: float
    root_mean_square: float


def depth(
    activation: Activation,
    depths: Sequence[int],
    seed: int = 0,
    gain: bool = False,
    samples: int = SAMPLES,
) -> tuple[Depth, ...]:
    """The size of the product of the derivatives through n layers, for each n of depths.

    Every layer is entered by z ~ N(0, 1). With gain every factor is g*|f'(z)|, where
    g = 1/sqrt(E f(z)^2) is the gain on the weights that lets the next layer be entered by
    N(0, 1) again. The same seed gives the same numbers, and the same z for every function.

    Raises UsageError for a function of a vector, a depth that is no whole number from 1 to 1000,
    or a gain that is 0 or infinite.

    >>> import actviz
    >>> [row] = depth(actviz.get("identity"), [10])
    >>> row.median
    1.0
    """
    for each in depths:
        if isinstance(each, bool) or each not in range(1, DEEPEST + 1):
            raise UsageError(f"A depth is a whole number from 1 to {DEEPEST}, not {each}.")
    means = moments(survey(activation))
    factor = gain_of(means.second) if gain else 1.0
    if not (0 < factor < math.inf):
        raise UsageError(f"{activation.name} has no gain: E f(z)^2 is {means.second:g}.")
    wanted = set(depths)
    logs, rows = np.zeros(samples), {}
    generator = np.random.default_rng(seed)
    for n in range(1, max(wanted, default=0) + 1):
        slopes = np.abs(activation.derivative(generator.standard_normal(samples)))
        with np.errstate(divide="ignore"):
            logs += np.log(factor * slopes)
        if n in wanted:
            rows[n] = _row(n, logs, factor * math.sqrt(means.derivative_second))
    return tuple(rows[n] for n in depths)


def _row(n: int, logs: Array, layer: float) -> Depth:
    with np.errstate(under="ignore", over="ignore"):
        lower, median, upper = np.exp(np.quantile(logs, QUARTILES, method="lower")).tolist()
        whole = float(np.power(layer, n))
    return Depth(n, lower, median, upper, float(np.mean(np.isneginf(logs))), whole)
