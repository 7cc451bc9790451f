"""Where a curve is checked: around 0, far out, and beside every place where a branch may switch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

from actviz.catalogue import values
from actviz.catalogue.activation import Activation
from actviz.formula import switches as between
from actviz.formula.allowance import Allowance, allowed, spent
from actviz.formula.arrays import Array
from actviz.formula.breakpoints import takes_alone
from actviz.formula.breaks import stepping
from actviz.formula.expression import Node, Number, walk
from actviz.formula.price import price

NEAR, FAR = 12.0, 1100.0  # where switches are looked for closely, and at all ...
FARTHEST = 1e300  # ... unless the formula has a number beyond that
MOST_SWITCHES = 64  # a periodic formula has no end of them
MOST_NEAR, LEAST_NEAR = 300, 16  # each takes a dozen numbers of 50 digits
WORK = 2500  # steps of one such number: so many for the switches that are looked at
LOOKING = 300_000  # steps of balls for finding them
SPREAD = 0.6180339887498949  # multiples of it lie evenly however many there are
USUAL = 55.0
WITHIN = 257  # points that fill a range
GROSS = 1e6  # times the tolerance
BESIDE = (1e-6, 1e-4, 3e-3, 0.05)  # distances from a switch: a displaced branch shows

# The hard points: subnormals, the ends of tails, where exp and its inverse leave float64.
HARD = (
    (0.0, 5e-324, 1e-310, 1e-300, 1e-150, 1e-20, 1e-12, 1e-8, 1e-5, 1e-4, 1e-3, 0.01, 0.05)
    + (0.1, 0.3, 0.5, 0.75, 1.0, 1.3, 1.7, 2.2, 2.7, 3.5, 4.4, 5.3, 6.0, 7.5, 9.0, 12.0, 15.0, 18.0)
    + (20.0, 25.0, 30.0, 37.43, 40.0, 88.0, 100.0, 350.0, 700.0, 709.0, 710.0, 745.0, 746.0)
    + (1e3, 1e4, 1e6, 1e10, 1e20, 1e100, 1e160, 1.7e308)
)
MODERATE = tuple(np.arange(0.0625, 8.1, 0.15625)) + (8.7, 9.6, 11.0, 13.0, 16.0, 20.0, 26.0, 33.0)
DISTANT = (45.0, 70.0, 130.0, 300.0, 650.0, 1000.0)

T = TypeVar("T")


def switches(node: Node, parameters: Mapping[str, float]) -> Array:
    """The x at which a branch of a formula may switch; few of them far out, if it has very many."""
    return np.array(_told(node, tuple(parameters.items()))[0], dtype=np.float64)


def switches_of(activation: Activation) -> Array:
    """The switches of an activation's defining formula."""
    return switches(activation.tree(0), activation.parameters)


def judged_by_sides(activation: Activation, order: int, switches: Array) -> Array:
    """Switches at which a derivative is that of a branch there alone, and another on both sides.

    It follows from the formula and not from the function: softshrink without a threshold is x.
    """
    if not order:
        return np.empty(0)
    node, parameters = activation.tree(0), activation.parameters
    alone = [x for x in switches.tolist() if takes_alone(node, x, parameters)]
    at = np.array(alone, dtype=np.float64)
    left, right = (values.sided(activation, order, at, side) for side in ("left", "right"))
    return np.compress((left == right) & (activation.derivative(at, order) != left), at)


def known_to(activation: Activation) -> float:
    """How far from 0 a function steps nowhere but at the switches that are told.

    Switches of another kind, if they are not very many, are seen where they are not told.
    """
    tree, parameters = activation.tree(0), tuple(activation.parameters.items())
    told, known = _told(tree, parameters)
    few = len(told) < _most(tree) and next(stepping(tree), None) is None
    return math.inf if few else known


def _constants(node: Node, parameters: Mapping[str, float]) -> Iterator[float]:
    """The numbers of a formula, by which it may switch farther out than is looked."""
    for part in walk(node):
        if isinstance(part, Number):
            yield part.value
    yield from parameters.values()


@lru_cache(maxsize=256)
def _told(node: Node, parameters: tuple[tuple[str, float], ...]) -> tuple[tuple[float, ...], float]:
    """The switches, and how far from 0 they are all of them.

    With an allowance of their own: what is left of another must not be what is remembered.
    """
    with allowed(Allowance(LOOKING)):
        near = between.every_switch(node, dict(parameters), -NEAR, NEAR)
        far = between.every_switch(node, dict(parameters), -FAR, FAR)
        if far is not None and any(abs(each) > FAR for each in _constants(node, dict(parameters))):
            farther = between.every_switch(node, dict(parameters), -FARTHEST, FARTHEST)
            far = tuple({*far, *(farther or ())})
    most = _most(node)
    if far is not None and len(far) <= min(MOST_SWITCHES, most):
        return tuple(sorted({*(near or ()), *far})), FAR
    if near is None or len(near) < most:
        return (near, NEAR) if near is not None else ((), 0.0)
    nearest = sorted(near, key=abs)[:most]
    return tuple(sorted(nearest)), abs(nearest[-1])


def _most(node: Node) -> int:
    """How many switches of a formula are looked at: fewer, the more its values cost."""
    return max(LEAST_NEAR, min(MOST_NEAR, WORK // max(1, price(tuple(walk(node))))))


def moderate(switches: Iterable[float]) -> Array:
    """Points at which numerical differentiation works: none of them a switch."""
    return _points((*MODERATE, *DISTANT), switches, BESIDE)


def hard(switches: Iterable[float]) -> Array:
    """Points over all of float64, the switches, both neighbours and points beside them included."""
    switches = list(switches)
    neighbours = [float(np.nextafter(p, end)) for p in switches for end in (-np.inf, np.inf)]
    return np.union1d(_points(HARD, switches, BESIDE), [*switches, *neighbours])


def drawn() -> Array:
    """Points that fill a figure: both signs, evenly spaced up to 1 and then by magnitude."""
    sizes = np.concatenate([np.linspace(0.02, 1.0, 30), np.geomspace(1.04, 100.0, 60)])
    return np.concatenate([-sizes, sizes])


def in_turn(asked: Sequence[T], x: Sequence[float]) -> Iterator[T]:
    """As many of the questions asked at x as the allowance lasts for, at least one.

    First those at numbers of usual size, spread among them: far out a single one may take it all.
    """
    usual = [u == 0 or 1 / USUAL < abs(u) < USUAL for u in x]
    order = np.lexsort((np.arange(len(asked)) * SPREAD % 1, ~np.array(usual, dtype=bool)))
    for count, i in enumerate(order.tolist()):
        if count and spent():
            return
        yield asked[i]


def passed_over(judged: int, asked: int) -> str:
    """In words that not all points were judged, if they were not."""
    return f"not judged at {asked - judged} of {asked} points" if judged < asked else ""


def most_telling(excess: Array, x: Array) -> int:
    """The index of the point that shows best what is wrong, from errors in units of the tolerance.

    It is the worst one; of gross errors the one nearest to +-1.
    """
    capped = np.minimum(excess, GROSS)
    with np.errstate(divide="ignore"):
        distance = np.abs(np.log(np.maximum(np.abs(x), 1e-300)))
    return int(np.lexsort((distance, -capped))[0])


def _points(
    magnitudes: Iterable[float], switches: Iterable[float], beside: Iterable[float]
) -> Array:
    both = [sign * magnitude for magnitude in magnitudes for sign in (-1.0, 1.0)]
    around = [p + s * d for p in list(switches)[:MOST_SWITCHES] for d in beside for s in (-1, 1)]
    return np.unique(np.array(both + around) + 0.0)
