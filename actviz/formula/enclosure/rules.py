"""How each primitive encloses, as its line in the table of primitives says.

A primitive that is monotone in its arguments, or in their sizes, takes its bounds at the ends of
them; a wave has its turning points besides, a tangent its poles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache, partial, reduce
from typing import TypeAlias

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.breaks import WHOLE, told, whole_of
from actviz.formula.enclosure.cells import (
    EPS,
    FAR,
    LARGEST,
    NORMAL,
    SMALLEST,
    Part,
    add,
    constant,
    magnitude,
    spread,
    within,
)
from actviz.formula.expression import Apply, Name, Node, X, rebuild
from actviz.formula.kernels import kernel
from actviz.formula.primitives import ENCLOSING, OF_ORDER, PRIMITIVES, STEPS
from actviz.formula.terms import linear, linear_root

Rule: TypeAlias = Callable[..., Part]
SLOPE = 0.5  # of the spherical Bessel functions, at most: half the integral of |t P_n(t)| over -1:1
PI_ERRS = 1e-15  # of a float64 over pi, relative
TELLS_HALVES = 2.0**51  # numbers below it have a float64 half-way to the next whole one
UNTOLD = 2.0**-48  # relative: nearer to a whole number rounding may have passed it
MOST_TOLD = 4096  # ends of cells for which it is told exactly
JUMPS = "jumps"  # at the origin


@lru_cache
def rule(head: str) -> Rule:
    """What bounds a primitive from the bounds of its arguments."""
    kind, *named = ENCLOSING[head].kind.split()
    match kind:
        case "wave":
            return partial(_wave, head, float(Fraction(named[0])))
        case "branches":
            return partial(_branches, head, float(Fraction(named[0])))
        case "bessel":
            return partial(_bessel, head)
    if head in STEPS:
        return partial(_step, head)
    if len(PRIMITIVES[head].arguments) == 1:
        return partial(_of_one, head, kind)
    return partial(_of_several, head, (kind, *named))


def by_definition(head: str) -> bool:
    """Whether a primitive encloses by its definition."""
    return ENCLOSING[head].kind == "definition"


@lru_cache
def domain(head: str) -> tuple[tuple[str, float], ...]:
    """The domain of the last argument, as relations with a number: (('>=', -1.0), ('<=', 1.0))."""
    others = PRIMITIVES[head].arguments[:-1]
    arguments: tuple[Node, ...] = (*map(Name, others), X)
    found = ((relation, linear_root(place)) for relation, place in told(Apply(head, arguments)))
    return tuple((r, root) for r, root in found if r not in ("=", WHOLE) and root is not None)


def _inside(head: str, u: Part) -> Part:
    """The argument cut to the domain; at an end that is none of it a value is infinite, if any."""
    for relation, end in domain(head):
        side, beyond = (0, np.less) if relation[0] == ">" else (1, np.greater)
        near, far = u.ends[side], u.ends[1 - side]
        strict = relation in "><"
        outside = beyond(far, end) | ((far == end) & u.apart[1 - side])
        cut = beyond(near, end)
        fine = ~cut & ((near != end) | u.apart[side] | (not strict))
        ends, apart = u.ends.copy(), u.apart.copy()
        ends[side], apart[side] = np.where(cut, end, near), apart[side] & ~cut
        ends = np.where(outside, np.nan, ends)
        u = Part(ends, apart, u.defined & fine, u.continuous & fine)
    return u


def _bounded(head: str, ends: Array, exact: Truths | bool) -> Array:
    """Values of the kernel further out by what it may err, but not out of the range."""
    line = ENCLOSING[head]
    if line.errs:
        decays = line.least == 0 or line.most == 0  # below the normal numbers a kernel may give 0
        out = spread(ends, line.errs, NORMAL if decays else SMALLEST)
        ends = np.where(exact, ends, out)
    if line.least > -np.inf:
        ends = np.maximum(ends, line.least)
    return np.minimum(ends, line.most) if line.most < np.inf else ends


def _exactly(head: str, at: Array) -> Truths:
    """Where the kernel's value is exact."""
    nowhere = np.zeros(at.shape, dtype=bool)
    return reduce(np.logical_or, (at == place for place in ENCLOSING[head].exact), nowhere)


def _of_one(head: str, kind: str, u: Part) -> Part:
    """A function that rises or falls with u, or with |u|."""
    u = _inside(head, u)
    if "|" in kind:
        u = magnitude(u)
    at, apart = (u.ends[::-1], u.apart[::-1]) if kind[0] == "-" else (u.ends, u.apart)
    ends = _bounded(head, within(kernel(head)(at)), _exactly(head, at))
    return Part(ends, apart | _never_reached(head, kind, ends), u.defined, u.continuous)


def _never_reached(head: str, kind: str, ends: Array) -> Truths:
    """Where an end is one that a function comes near to forever: what exp says is above 0."""
    line, nowhere = ENCLOSING[head], np.zeros(ends.shape, dtype=bool)
    if domain(head) or kind == "|u|":
        return nowhere
    least = ends[0] == line.least
    return np.stack([least, nowhere[1] if "|" in kind else ends[1] == line.most])


def _step(head: str, u: Part) -> Part:
    """Constant between the whole numbers of what the table says is whole at a step."""
    shift = _shift(head)
    turns = add(u, constant(shift, shift))
    return _stepping(head, u, turns)


def of_line(head: str, slope: Fraction, constant: Fraction) -> Rule:
    """A step of what is linear in x, which takes that and x: at which whole number is exact."""
    return partial(_step_of_line, head, slope, constant + Fraction(_shift(head)))


def _step_of_line(head: str, slope: Fraction, rest: Fraction, u: Part, x: Part) -> Part:
    """The same where rounding may have passed a whole number, and where it is one."""
    shift = _shift(head)
    turns = add(u, constant(shift, shift))
    order = slice(None, None, 1 if slope > 0 else -1)
    at, beside = x.ends[order], x.apart[order]
    ends, apart = turns.ends.copy(), turns.apart.copy()
    whole = np.rint(ends)
    near = np.abs(ends - whole) <= UNTOLD * (np.abs(ends) + abs(float(rest))) + NORMAL
    places = np.argwhere(near & (np.abs(whole) < TELLS_HALVES) & np.isfinite(at))
    for i, j in places[:MOST_TOLD]:
        beyond = slope * Fraction(float(at[i, j])) + rest - int(whole[i, j])
        ends[i, j] = whole[i, j] + (0.5 if beyond > 0 else -0.5 if beyond else 0.0)
        apart[i, j] = beside[i, j]
    return _stepping(head, u._replace(ends=ends - shift), turns._replace(ends=ends, apart=apart))


def _stepping(head: str, u: Part, turns: Part) -> Part:
    """What steps at whole numbers of turns, u being any numbers on the same steps."""
    shift = _shift(head)
    low, high = turns.ends
    first, last = np.floor(low), np.ceil(high)
    steady = (last - first == 1) & (np.abs(first) < TELLS_HALVES)
    steady &= (low > first) | turns.apart[0]
    steady &= (high < last) | turns.apart[1]
    inside = kernel(head)(first + (0.5 - shift))
    ends = np.where(steady, inside, within(kernel(head)(u.ends)))
    fine = steady | (u.ends[0] == u.ends[1])
    return Part(ends, np.zeros(ends.shape, dtype=bool), u.defined, u.continuous & fine)


@lru_cache
def _shift(head: str) -> float:
    """What is added to u in what is whole at a step: 1/2 in u + 1/2."""
    line = linear(rebuild(whole_of(head), {Name("u"): X}))
    return 0.0 if line is None else float(line[1])


def _of_several(head: str, kinds: Sequence[str], *given: Part) -> Part:
    """A function that is monotone in each argument, or in its size, whatever the others are."""
    parts = [*given[:-1], _inside(head, given[-1])]
    cut = [magnitude(u) if "|" in kind else u for u, kind in zip(parts, kinds, strict=False)]
    count, (_, width) = len(cut), np.broadcast_shapes(*(u.ends.shape for u in cut))
    corners = kernel(head)(*_corners([u.ends for u in cut], width)).reshape(2**count, width)
    ends = within(np.stack([corners.min(axis=0), corners.max(axis=0)]))
    ends = _bounded(head, ends, exact=False)
    nowhere = _any([np.isnan(u.ends[0]) for u in cut])
    ends = np.where(np.isnan(ends) & ~nowhere, [[_least(head)], [_most(head)]], ends)
    defined = _all([u.defined for u in parts])
    continuous = _all([u.continuous for u in parts])
    if kinds[-1] == JUMPS:
        off = _any([(u.ends[0] > 0) | (u.ends[1] < 0) for u in parts])
        defined, continuous = defined & off, continuous & off
    apart = np.zeros(ends.shape, dtype=bool)
    if head in OF_ORDER:
        apart = apart | (parts[-1].apart[0] & parts[-1].apart[1])
    return Part(ends, apart, defined, continuous)


def _any(truths: Sequence[Truths]) -> Truths:
    return reduce(np.logical_or, truths)


def _all(truths: Sequence[Truths]) -> Truths:
    return reduce(np.logical_and, truths)


def _corners(spans: Sequence[Array], width: int) -> list[Array]:
    """The ends of several arguments, each with each."""
    count = len(spans)
    shapes = ((1,) * i + (2,) + (1,) * (count - 1 - i) + (width,) for i in range(count))
    wide = (np.broadcast_to(each, (2, width)) for each in spans)
    placed = [each.reshape(shape) for each, shape in zip(wide, shapes, strict=True)]
    return [np.ascontiguousarray(each) for each in np.broadcast_arrays(*placed)]


def _least(head: str) -> float:
    return ENCLOSING[head].least


def _most(head: str) -> float:
    return ENCLOSING[head].most


def _whole_between(low: Array, high: Array) -> tuple[Array, Array]:
    """The first and last whole number that may be between these numbers of half turns."""
    slack = (np.abs(low) + np.abs(high) + 1) * PI_ERRS
    return np.ceil(low - slack), np.floor(high + slack)


def _wave(head: str, top: float, u: Part) -> Part:
    """sin or cos, greatest at `top` times pi and two pi from there, least between."""
    first, last = _whole_between(*(u.ends / math.pi - top))
    proper = u.ends[0] < u.ends[1]
    several = proper & (last > first)
    one = proper & (last == first)
    even = np.mod(first, 2) == 0
    values = np.where(np.isinf(u.ends), 0.0, kernel(head)(u.ends))
    slack = np.where(
        _exactly(head, u.ends), 0.0, np.abs(values) * (ENCLOSING[head].errs * EPS) + SMALLEST
    )
    ends = np.stack([(values - slack).min(axis=0), (values + slack).max(axis=0)])
    ends = np.clip(ends, -1.0, 1.0)
    turned = np.stack([several | (one & ~even), several | (one & even)])
    ends = np.where(turned, [[-1.0], [1.0]], ends)
    rising = ~(several | one) & u.apart[0] & u.apart[1]  # or falling
    return Part(ends, np.stack([rising, rising]), u.defined, u.continuous)


def _branches(head: str, pole: float, u: Part) -> Part:
    """tan, which rises between the poles at `pole` times pi and every pi from there."""
    first, last = _whole_between(*(u.ends / math.pi - pole))
    across = (first <= last) & (u.ends[0] < u.ends[1])
    values = kernel(head)(u.ends)
    ends = _bounded(head, within(values), _exactly(head, u.ends))
    ends = np.where(across, FAR, ends)
    return Part(ends, u.apart | across, u.defined & ~across, u.continuous & ~across)


def _bessel(head: str, *parts: Part) -> Part:
    """A spherical Bessel function: by its greatest slope between the ends, and its decay."""
    *first, u = parts
    order = int(first[0].ends[0, 0]) if first else 0
    at = np.where(np.isinf(u.ends), 0.0, u.ends)
    values = kernel(head)(*(np.full(at.shape, float(order)) for _ in first), at)
    decay = _decay(order, magnitude(u).ends[0])
    sizes = np.abs(values) + np.where(np.abs(at) > 1, np.minimum(decay, 1.0), 0.0)  # at its zeros
    slack = np.where(at == 0, 0.0, sizes * (ENCLOSING[head].errs * EPS) + SMALLEST)
    low, high = (values - slack).min(axis=0), (values + slack).max(axis=0)
    reach = np.maximum((u.ends[1] - u.ends[0]) * SLOPE, high - low) / 2 * (1 + 4 * EPS)
    middle = low / 2 + high / 2
    ends = np.stack([np.minimum(middle - reach, low), np.maximum(middle + reach, high)])
    ends = np.stack([np.maximum(ends[0], -decay), np.minimum(ends[1], decay)])
    ends = np.clip(ends, ENCLOSING[head].least, ENCLOSING[head].most)
    return Part(ends, np.zeros(ends.shape, dtype=bool), u.defined, u.continuous)


def _decay(order: int, size: Array) -> Array:
    """What the function is at most this far from 0: its recurrence with every term positive."""
    size = np.maximum(size, 1e-3)
    below, bound = np.ones_like(size) / size, (1 / size + 1) / size
    if order == 0:
        bound = below
    for n in range(1, order):
        below, bound = bound, (2 * n + 1) / size * bound + below
    return np.minimum(bound * (1 + 1e-12), LARGEST)
