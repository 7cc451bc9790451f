"""What a figure of functions of two variables shows, in words, for readers who cannot see it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.figure.canvas.sentences import formula_of, listed
from actviz.figure.canvas.ticks import number
from actviz.figure.planes.contours import (
    Cut,
    Part,
    Surface,
    thinned,
)
from actviz.figure.planes.shading import Map
from actviz.formula.arrays import Array

Place = tuple[float, float, float]  # a value, and the a and b at which it is

CLOSE = 1e-6  # of the side: what is no farther apart is at one place
ALIKE = 1e-9  # of the greatest size: what differs by no more is the same value
SEEN = 0.02  # of the side: what is straight for less is a curve
MOST_LINES = 6
MOST_PLACES = 2  # of an extreme value; where there are more they are along a line
ZOOMS = 8  # steps towards an extreme value, each four times closer


@dataclass(frozen=True)
class Told:
    """A map and what it is called."""

    map: Map
    name: str


def describe(curves: Sequence[Curve], shown: Sequence[Told]) -> str:
    """The description of a figure: what is drawn, then what each map of it shows."""
    surface = shown[0].map.surface
    lo, hi = number(surface.lo, 4), number(surface.hi, 4)
    formulas = listed([formula_of(curve) for curve in curves])
    names = curves[0].activation.arguments
    over = f"for {names[0]} and {names[1]} from {lo} to {hi}"
    sentences = [f"Filled contours of {formulas} {over}."]
    return " ".join([*sentences, *(_sentence(each, names) for each in shown)])


def _sentence(told: Told, names: Sequence[str]) -> str:
    """All that is worth knowing of one map."""
    shown = told.map
    if not shown.values.any():
        return f"{told.name} is 0 everywhere."
    parts = [_range(shown, names)]
    if zeros := _zeros(shown, names):
        parts.append(f"is 0 {listed(zeros)}")
    for word, lines in (("has a kink", shown.edges.kinks), ("jumps", shown.edges.jumps)):
        if where := _along(lines, shown.surface, names):
            parts.append(f"{word} {listed(where)}")
    itself = told.name == "f" and not shown.levels.plateaus
    symmetries = _symmetries(shown, names) if itself else []
    return f"{told.name} {listed(parts)}." + (f" {listed(symmetries)}." if symmetries else "")


# -- values


def _range(shown: Map, names: Sequence[str]) -> str:
    if shown.levels.plateaus:
        zero = [0.0] if (shown.values == 0).any() else []
        taken = sorted({*shown.levels.below, *zero, *shown.levels.above})
        if len(taken) == 1:
            return f"is {number(taken[0], 4)} everywhere"
        return f"takes the values {listed([number(value, 4) for value in taken])}"
    low, high = (_extreme(shown, sign, names) for sign in (-1.0, 1.0))
    return f"goes from {low} to {high}"


def _extreme(shown: Map, sign: float, names: Sequence[str]) -> str:
    """The greatest or least value, with its places if they are one or two."""
    a, b, z = (
        np.concatenate([np.ravel(getattr(part, field)) for part in shown.parts])
        for field in ("a", "b", "z")
    )
    z = np.where(np.isfinite(z), sign * z, -np.inf)
    best = np.flatnonzero(z >= z.max() - ALIKE * shown.largest)
    places = [_climbed(shown, sign, float(a[i]), float(b[i])) for i in best[:MOST_PLACES]]
    value = sign * max(height for height, _, _ in places)
    if best.size > MOST_PLACES:
        return number(value, 4)
    at = [f"{names[0]} = {number(x, 3)}, {names[1]} = {number(y, 3)}" for _, x, y in places]
    return f"{number(value, 4)} at {' and at '.join(at)}"


def _climbed(shown: Map, sign: float, a: float, b: float) -> Place:
    """The greatest value of sign times the function near a point of the grid, and its place."""
    surface, reach = shown.surface, shown.surface.side / shown.cells
    steps = np.linspace(-1.0, 1.0, 9)
    best = -np.inf
    for _ in range(ZOOMS):
        u, v = np.meshgrid(*(np.clip(at + reach * steps, surface.lo, surface.hi) for at in (a, b)))
        z = sign * surface.value(u, v)
        i = int(np.nanargmax(z)) if not np.isnan(z).all() else 0
        a, b, best = float(u.flat[i]), float(v.flat[i]), float(z.flat[i])
        reach /= 4
    return best, a, b


def _symmetries(shown: Map, names: Sequence[str]) -> list[str]:
    """Equations that the function meets, at most two."""
    value, end = shown.surface.value, max(abs(shown.surface.lo), abs(shown.surface.hi))
    a, b = np.meshgrid(*(end * np.linspace(-0.9, 0.95, 17) for _ in range(2)))
    z = value(a, b)
    first, second = names
    minus = "\N{MINUS SIGN}"
    turned = (
        (f"{second}, {first}", b, a),
        (f"{minus}{first}, {second}", -a, b),
        (f"{first}, {minus}{second}", a, -b),
        (f"{minus}{first}, {minus}{second}", -a, -b),
    )
    found = []
    for text, u, v in turned:
        for sign, before in ((1, ""), (-1, minus)):
            if np.allclose(value(u, v), sign * z, rtol=ALIKE, atol=ALIKE * shown.largest):
                found.append(f"f({text}) = {before}f({first}, {second})")
    return found[:2]


# -- places


def _zeros(shown: Map, names: Sequence[str]) -> list[str]:
    """Where the function is 0: areas, and lines that are not only the border of one."""
    return [*_areas(shown, names), *_along(shown.zeros, shown.surface, names)]


def _areas(shown: Map, names: Sequence[str]) -> list[str]:
    """The areas of zeros, as inequalities if these are all of one side of a line."""
    found, told = [], set[Part]()
    for cut in shown.surface.cuts:
        for sign in (1, -1):
            beyond = [part for part in shown.parts if sign * _off(cut, part) > 0]
            if beyond and all(part.is_zero for part in beyond) and not told.issuperset(beyond):
                greater = (sign > 0) == ((cut[1] or cut[2]) > 0)
                found.append(f"where {_equation(cut, names).replace('=', '>' if greater else '<')}")
                told |= set(beyond)
    return found if told.issuperset(shown.empty) else [*found, "in a part of the square"]


def _off(cut: Cut, part: Part) -> float:
    c, p, q = cut
    return c + p * part.middle[0] + q * part.middle[1]


def _equation(cut: Cut, names: Sequence[str]) -> str:
    """The line c + p*a + q*b = 0, solved for the first of the variables that is in it.

    >>> _equation((0.0, 0.0, 1.0), "ab"), _equation((1.0, 1.0, 0.0), "ab")
    ('b = 0', 'a = −1')
    >>> _equation((0.0, 1.0, -1.0), "ab"), _equation((-1.0, 1.0, 2.0), "ab")
    ('a = b', 'a = −2b + 1')
    """
    c, p, q = cut
    minus = "\N{MINUS SIGN}"
    if abs(p) < CLOSE or abs(q) < CLOSE:
        which, factor = (1, q) if abs(p) < CLOSE else (0, p)
        return f"{names[which]} = {number(round(-c / factor, 9), 3)}"
    slope, rest = round(-q / p, 6), round(-c / p, 6)
    times = {1.0: "", -1.0: minus}.get(slope, number(slope, 3))
    also = f" {'+' if rest > 0 else minus} {number(abs(rest), 3)}" if rest else ""
    return f"{names[0]} = {times}{names[1]}{also}"


def _along(lines: Iterable[Array], surface: Surface, names: Sequence[str]) -> list[str]:
    """Where lines are, as equations if they are straight."""
    straight: dict[tuple[float, ...], list[tuple[float, float]]] = {}
    curved = 0.0
    for line in thinned(lines, CLOSE * surface.side):
        for start, end in pairwise(line.tolist()):
            if math.dist(start, end) < SEEN * surface.side:
                curved += math.dist(start, end)
            else:
                straight.setdefault(_line_through(start, end, surface), []).extend((start, end))
    found = [f"where {_stretch(c, ends, surface, names)}" for c, ends in straight.items()]
    if len(found) > MOST_LINES or curved > SEEN * surface.side:
        return ["along a curve"]
    return found


def _line_through(start: Sequence[float], end: Sequence[float], surface: Surface) -> Cut:
    """The line c + p*a + q*b = 0, rounded so that pieces of one line give one."""
    p, q = end[1] - start[1], start[0] - end[0]
    size = math.copysign(math.hypot(p, q), p if abs(p) > CLOSE * surface.side else q)
    p, q = round(p / size, 6) + 0.0, round(q / size, 6) + 0.0
    c = -(p * (start[0] + end[0]) + q * (start[1] + end[1])) / 2
    return round(c / surface.side, 6) * surface.side + 0.0, p, q


def _stretch(
    cut: tuple[float, ...],
    ends: Sequence[Sequence[float]],
    surface: Surface,
    names: Sequence[str],
) -> str:
    """A line, and which part of it if it does not cross the whole square."""
    c, p, q = cut
    equation = _equation((c, p, q), names)
    if p and q:
        return equation
    along = [end[1 if p else 0] for end in ends]
    low, high = (round(v / surface.side, 6) * surface.side for v in (min(along), max(along)))
    slack = SEEN * surface.side
    other = names[1 if p else 0]
    from_start, to_end = low < surface.lo + slack, high > surface.hi - slack
    if from_start and to_end:
        return equation
    if to_end:
        return f"{equation} and {other} > {number(low, 3)}"
    if from_start:
        return f"{equation} and {other} < {number(high, 3)}"
    return f"{equation} and {other} is from {number(low, 3)} to {number(high, 3)}"
