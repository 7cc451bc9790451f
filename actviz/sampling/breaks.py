"""Where a curve breaks in a range, which no line may cross: all places, or it is said that not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.errors import UsageError
from actviz.formula.arrays import Array, Truths
from actviz.formula.breakpoints import Breakpoint
from actviz.formula.switches import MOST, every_switch, steps_too_often

if TYPE_CHECKING:
    from actviz.formula.enclosure.breaks import Break
    from actviz.formula.enclosure.mesh import Subject

Side = Literal["left", "at", "right"]
At = Callable[[Array, Side | None], Array]

FEW = 60  # switches that are judged one by one
BUDGET = 40_000  # cells that the search for breaks may look at
SEEN = 1e-7  # of the range: a place in doubt that is narrower is drawn as a break
SAME = 1e-9  # of their size: limits that differ less are one
BESIDE = 4  # units in the last place that a switch may be off the break that it is


class Switch(NamedTuple):
    """A place where the curve or its slope breaks: the limits from both sides and its value.

    pole: it is unbounded there; kink: its slope breaks; wild: it has no limit from a side; doubt:
    no limits are known. The value is NaN where it has none.
    """

    x: float
    left: float
    value: float
    right: float
    pole: bool = False
    kink: bool = False
    wild: bool = False
    doubt: bool = False

    @property
    def jump(self) -> bool:
        """Whether the limits differ beyond rounding."""
        size = max(abs(self.left), abs(self.right))
        return not self.pole and abs(self.left - self.right) > SAME * size

    @property
    def hole(self) -> bool:
        """Whether the limits are the same, and there is no value."""
        return math.isfinite(self.left + self.right) and math.isnan(self.value) and not self.jump

    @property
    def alone(self) -> bool:
        """Whether the limits are the same, and the value is another."""
        size = max(abs(self.left), abs(self.value))
        apart = abs(self.value - self.left) > SAME * size
        return math.isfinite(self.left + self.right) and apart and not self.jump


class Switches(NamedTuple):
    """All that are known, and the stretches on which there may be other breaks of the curve."""

    found: tuple[Switch, ...]
    doubtful: tuple[tuple[float, float], ...]


def switches(
    curves: Sequence[Curve], order: int, lo: float, hi: float, subject: Subject | None, at: At
) -> Switches:
    """The switches of a curve, or of the difference of two, inside the range.

    subject: what is asked of the enclosures, None for what they do not know. Raises UsageError for
    what steps too often to be drawn.
    """
    for each in curves:
        _require_few_steps(each, lo, hi)
    points = _judged(curves, order, lo, hi, subject is not None)
    poles = {point.x for point in points if point.pole}
    kinks = {point.x for point in points if point.order == order + 1}
    known = np.array(sorted({point.x for point in points}))
    sides = (at(known, "left"), at(known, "at"), at(known, "right"))
    rows = zip(known.tolist(), *(side.tolist() for side in sides), strict=True)
    found = {
        x: Switch(x, left, value, right, x in poles, x in kinks) for x, left, value, right in rows
    }
    told = known[~np.isnan(sides).all(axis=0)]  # of the others the enclosures may tell what is so
    breaks, doubtful, whole = _proven(subject, told, lo, hi)
    for x in told[whole].tolist():  # a peak so narrow that the limits were not read off it
        found[x] = found[x]._replace(left=found[x].value, right=found[x].value)
    for place in breaks:
        x = _place(place, known)
        found[x] = _proven_at(x, place, found.get(x), at)
    return Switches(tuple(found[x] for x in sorted(found)), doubtful)


def _judged(
    curves: Sequence[Curve], order: int, lo: float, hi: float, few: bool
) -> list[Breakpoint]:
    """What breaks to that order by its one-sided limits.

    few: none of a curve that has so many that the enclosures are quicker.
    """
    found = list[Breakpoint]()
    for curve in curves:
        activation = curve.activation
        places = every_switch(activation.definition, activation.parameters, lo, hi)
        if few and (places is None or len(places) > FEW):
            continue
        found += breakpoints_of(activation, lo, hi)
    return [point for point in found if point.order <= order + 1 and lo < point.x < hi]


def _require_few_steps(curve: Curve, lo: float, hi: float) -> None:
    """Refuse what steps between any two pixels; its samples would show a pattern of their own."""
    activation = curve.activation
    if steps_too_often(activation.definition, activation.parameters, lo, hi):
        raise UsageError(
            f"{curve.label} steps over {MOST} times from {lo:g} to {hi:g}, which no figure can "
            "show: choose a narrower --range."
        )


@lru_cache(maxsize=64)
def breakpoints_of(activation: Activation, lo: float, hi: float) -> tuple[Breakpoint, ...]:
    """The breakpoints in the range, found once for all orders of a curve."""
    return activation.breakpoints(lo, hi)


def _proven(
    subject: Subject | None, known: Array, lo: float, hi: float
) -> tuple[list[Break], tuple[tuple[float, float], ...], Truths]:
    """The breaks inside the range by the enclosures, where there may be others, and which are none.

    None are told if there are proven to be none but at the known switches.
    """
    if subject is None:
        return [], ((lo, hi),), np.zeros(known.size, dtype=bool)
    from actviz.formula.enclosure.mesh import unbroken

    with np.errstate(all="ignore"):
        quickly, whole = unbroken(subject, known, lo, hi)
        if quickly:
            return [], (), whole
        from actviz.formula.enclosure.breaks import Kind, breaks

        found = breaks(subject, lo, hi, BUDGET).places
    span = SEEN * (hi / 2 - lo / 2)
    told, doubtful = list["Break"](), []
    for each in found:
        narrow = each.upper / 2 - each.lower / 2 <= span
        if not narrow and each.kind is not Kind.GAP:
            doubtful.append((each.lower, each.upper))
        elif each.kind not in (Kind.GAP, Kind.SEAM) and lo < each.lower < hi:
            told.append(each)
    return told, tuple(doubtful), whole


def _place(each: Break, known: Array) -> float:
    """The known switch that a break is, give or take its rounding, or the middle of its place."""
    slack = BESIDE * math.ulp(max(abs(each.lower), abs(each.upper)))
    i = int(np.searchsorted(known, each.lower - slack))
    if i < known.size and known[i] <= each.upper + slack:
        return float(known[i])
    return each.lower if each.lower == each.upper else each.lower / 2 + each.upper / 2


def _proven_at(x: float, each: Break, known: Switch | None, at: At) -> Switch:
    """A break as a switch: what was known of it, as far as its bounds do not tell otherwise."""
    from actviz.formula.enclosure.breaks import Kind

    if known is None:
        ends = [each.lower, each.upper]
        beside = np.nextafter(ends, [-np.inf, np.inf])
        left, right = at(beside, None).tolist()
        known = Switch(x, left, math.nan, right)
    here = known.value if each.lower < each.upper else _within(known.value, each.here)
    here = math.nan if each.kind is Kind.HOLE else here
    left, right = _within(known.left, each.left), _within(known.right, each.right)
    limits = _is_narrow(*each.left) or _is_narrow(*each.right)
    wild = each.kind is Kind.WILD
    if wild or (each.kind is Kind.DOUBT and not limits):
        unknown = Switch(x, math.nan, here, math.nan, known.pole)
        return unknown if known.pole else unknown._replace(wild=wild, doubt=not wild)
    return Switch(x, left, here, right, each.kind is Kind.POLE or known.pole, known.kink)


def _within(y: float, span: tuple[float, float]) -> float:
    """A value if its bounds hold it or tell nothing, else the middle of these."""
    low, high = span
    return low / 2 + high / 2 if _is_narrow(low, high) and not low <= y <= high else y


def _is_narrow(low: float, high: float) -> bool:
    return math.isfinite(low) and high - low <= 1e-6 * max(abs(low), abs(high), 1e-300)
