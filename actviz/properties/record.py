"""All properties of a function as one record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from actviz.catalogue.activation import Activation
from actviz.formula.breakpoints import Breakpoint
from actviz.properties import cost, shape
from actviz.properties.extent import Extent, extent
from actviz.properties.gaussian import Moments, gain, moments
from actviz.properties.roots import Roots, fixed_points, zeros
from actviz.properties.survey import Survey, survey

CENTRED = 1e-9  # a mean smaller than this beside sqrt(E f(z)^2) is 0


@dataclass(frozen=True)
class Properties:
    """What a function of one number is like; every field is computed from its formula.

    NaN is a number that does not exist (the limit of sin, the slope's threshold of relu), inf one
    that is infinite, None what was not asked for.
    """

    name: str
    range: Extent  # of f
    derivative_range: Extent  # of f', with the value taken at a kink
    limits: tuple[float, float]  # of f at -inf and inf; NaN where there is none
    derivative_limits: tuple[float, float]  # of f'
    zeros: Roots  # f(x) = 0
    fixed_points: Roots  # f(x) = x
    monotone: str  # '[strictly ]increasing', '[strictly ]decreasing', 'constant', 'neither'
    parity: str  # 'odd', 'even', 'both', 'neither'
    convexity: str  # 'convex', 'concave', 'both', 'neither'
    bounded: str  # 'below', 'above', 'both', 'neither'
    smoothness: int  # -1 discontinuous, k: f to f^(k) are continuous, 4: nothing breaks to order 4
    breakpoints: tuple[Breakpoint, ...]  # where it breaks
    breakpoints_within: float  # inf, or how far from 0 they are told if there are very many
    saturation: tuple[str, str]  # left and right: 'hard' (constant), 'soft' (a limit), 'none'
    flat: tuple[float, float]  # |f'| < 0.01 for x below the first and above the second, or NaN
    lipschitz: float  # the supremum of |f'|; inf at a jump
    zero_centred: bool  # whether the mean is 0
    mean: float  # E f(z), z ~ N(0, 1)
    second_moment: float  # E f(z)^2; inf if it diverges
    derivative_second_moment: float  # E f'(z)^2, jumps of f left out
    gain: float  # 1/sqrt(E f(z)^2), which keeps the size of values from layer to layer
    derivative_gain: float  # 1/sqrt(E f'(z)^2), which keeps that of gradients; inf if f' = 0
    operations: Mapping[str, int]  # elementary operations of one value, by kind
    nanoseconds: float | None  # measured for one value, if asked for

    @property
    def cost(self) -> int:
        """The number of elementary operations of one value."""
        return sum(self.operations.values())


def properties(activation: Activation, measure: bool = False) -> Properties:
    """The properties of a function of one number; with measure the time of a value, too.

    Raises UsageError for a function of a vector.

    >>> import actviz
    >>> silu = properties(actviz.get("silu"))
    >>> round(silu.range.lower, 8), round(silu.range.lower_at, 5), silu.monotone
    (-0.27846454, -1.27846, 'neither')
    """
    surveyed = survey(activation)
    values, slopes, curvature = (extent(surveyed, order) for order in range(3))
    means = moments(surveyed)
    return Properties(
        name=activation.name,
        range=values,
        derivative_range=slopes,
        limits=surveyed.limits[0],
        derivative_limits=surveyed.limits[1],
        zeros=zeros(surveyed),
        fixed_points=fixed_points(surveyed),
        monotone=shape.monotone(surveyed, slopes),
        parity=shape.parity(surveyed),
        convexity=shape.convexity(surveyed, curvature),
        bounded=shape.bounded(values),
        smoothness=shape.smoothness(surveyed),
        breakpoints=surveyed.breakpoints,
        breakpoints_within=_within(surveyed),
        saturation=(shape.saturation(surveyed, -1), shape.saturation(surveyed, 1)),
        flat=(shape.flat_from(surveyed, -1), shape.flat_from(surveyed, 1)),
        lipschitz=shape.lipschitz(surveyed, slopes),
        zero_centred=_centred(means),
        mean=means.mean,
        second_moment=means.second,
        derivative_second_moment=means.derivative_second,
        gain=gain(means.second),
        derivative_gain=gain(means.derivative_second),
        operations=cost.operations(activation),
        nanoseconds=cost.nanoseconds(activation) if measure else None,
    )


def _within(surveyed: Survey) -> float:
    return surveyed.reach if surveyed.reach <= 1e4 else math.inf


def _centred(means: Moments) -> bool:
    return abs(means.mean) <= CENTRED * math.sqrt(means.second) < math.inf
