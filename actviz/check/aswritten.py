"""What float64 arithmetic makes of a formula, operation by operation as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.check import points
from actviz.check.equality import Range
from actviz.check.result import Result, Status
from actviz.formula.arrays import Array, Truths
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.evaluate import plain
from actviz.formula.expression import Node, to_text

LOST = 1e-9  # a larger error, relative to |y| + |x y'|, is a loss worth telling
UNDERFLOW = 1e-290  # so small a derivative is as good as lost
COARSE = 10  # of so many points one is looked at, and the others beside a change
EPS, TINY, LARGEST = (float(getattr(np.finfo(np.float64), n)) for n in ("eps", "tiny", "max"))
DIGITS = 16  # of a float64
# The numbers of float32: beyond them -2*x*exp(-x**2) is NaN too, at 9e307; that is told, no more.
SMALLEST, GREATEST = (float(getattr(np.finfo(np.float32), n)) for n in ("tiny", "max"))
SIZES = np.ldexp(1.0, np.arange(-1074, 1024))
DENSE = np.unique([*np.linspace(-50, 50, 20001), *np.linspace(-1000, 1000, 20001), *SIZES, *-SIZES])


@dataclass(frozen=True)
class Written:
    """A formula in plain float64 arithmetic beside the true numbers: arrays of one length.

    ratio: the error in units of what is no loss.
    """

    x: Array
    got: Array
    expected: Array
    error: Array
    tolerance: Array
    ratio: Array

    @property
    def lossy(self) -> Truths:
        """Where digits are lost."""
        return np.asarray(self.ratio > 1)

    @property
    def nowhere(self) -> Truths:
        """Where NaN or an infinity comes of a true number that is finite, at an x that occurs."""
        with np.errstate(over="ignore"):
            finite = np.abs(self.expected) + self.tolerance <= LARGEST
        size = np.abs(self.x)
        occurs = (size == 0) | ((size >= SMALLEST) & (size <= GREATEST))
        return np.asarray(self.lossy & occurs & finite & ~np.isfinite(self.got))

    @property
    def most(self) -> int:
        """How many digits are lost where most are."""
        lossy = self.lossy
        if not (np.isfinite(self.got[lossy]) & (self.got[lossy] != 0)).all():
            return DIGITS
        return int(min(np.log10(LOST / EPS * self.ratio[lossy].max()), DIGITS))


def digits(
    label: str,
    activation: Activation,
    node: Node,
    order: int,
    within: Range | None = None,
    claimed: bool = False,
) -> Result:
    """Where float64 arithmetic loses digits of a right formula.

    claimed: it is a formula to compute with, which is to give a number wherever there is one; else
    that it does not is told like any other loss.
    """
    known = _looked_at(activation, node, order, within)
    failed = claimed and bool(known.nowhere.any())
    lossy = bool(known.lossy.any())
    place = points.most_telling(np.where(known.nowhere | (not failed), known.ratio, 0), known.x)
    status: Status = "fail" if failed else "pass"
    message = f"{to_text(node)} {_described(known, failed)}" if lossy else ""
    if failed and (better := _kept(activation, order, known)):
        message += f"; {better} does not"
    return Result(
        label,
        order,
        "float64",
        status,
        "overflow" if failed else "loses-accuracy" if lossy else "agrees",
        x=float(known.x[place]),
        got=float(known.got[place]),
        expected=float(known.expected[place]),
        error=float(known.error[place]),
        tolerance=float(known.tolerance[place]),
        message=message,
    )


def _looked_at(activation: Activation, node: Node, order: int, within: Range | None) -> Written:
    """A grid over all of float64 but for the switches: coarse, and dense where something alters."""
    lower, upper = within or (-np.inf, np.inf)
    every = DENSE
    if within:
        every = np.union1d(every, np.linspace(lower, upper, COARSE * points.WITHIN))
    every = every[(every >= lower) & (every <= upper)]
    every = every[~np.isin(every, points.switches_of(activation))]
    chosen = np.zeros(every.size, dtype=bool)
    chosen[::COARSE] = True
    known = _compared(every[chosen], activation, node, order)
    between = _at_changes(every, chosen, known)
    if not between.any():
        return known
    chosen |= between
    more = _compared(every[between], activation, node, order)
    ordered = np.argsort(np.concatenate([known.x, more.x]))
    fields = zip(vars(known).values(), vars(more).values(), strict=True)
    return Written(*(np.concatenate(pair)[ordered] for pair in fields))


def _compared(x: Array, activation: Activation, node: Node, order: int) -> Written:
    got = plain(node, x, activation.parameters)
    expected = activation.derivative(x, order)
    slope = activation.derivative(x, order + 1) if order < MAXIMUM_ORDER else expected
    with np.errstate(all="ignore"):
        steepness = np.abs(x * np.nan_to_num(slope, nan=0.0, posinf=0.0, neginf=0.0))
        tolerance = LOST * (np.abs(expected) + steepness) + TINY
        error = np.where(got == expected, 0.0, np.abs(got - expected))
        ratio = np.where(np.isnan(error), np.inf, error / tolerance)
    ratio[~np.isfinite(expected)] = 0
    return Written(x, got, expected, error, tolerance, ratio)


def _at_changes(every: Array, chosen: Truths, known: Written) -> Truths:
    """The points between those of a coarse grid at which something else is told."""
    got = known.got
    what = np.stack([known.lossy, got == 0, np.isnan(got), np.isinf(got)])
    changes = (what[:, 1:] != what[:, :-1]).any(axis=0)
    stretch = np.cumsum(chosen) - 1
    return np.asarray(~chosen & np.append(changes, False)[stretch])


def _kept(activation: Activation, order: int, known: Written) -> str:
    """The formula that actviz prints, if that gives numbers where this one does not."""
    node = activation.tree(order)
    got = plain(node, known.x[known.nowhere], activation.parameters)
    return to_text(node) if np.isfinite(got).all() else ""


def _described(known: Written, failed: bool) -> str:
    """The stretches in which digits are lost, how many, and where nothing is left.

    Of what has failed first why.
    """
    least = int(np.log10(LOST / EPS)) + 1
    count = f"{least} to {known.most}" if known.most > least else f"{least}"
    told = [f"loses digits in float64 ({count} of {DIGITS}) {_stretches(known, known.lossy)}"]
    told += (f"{name} {_stretches(known, here)}" for name, here in _nothing_left(known))
    return ", ".join(told[:: -1 if failed else 1])


def _nothing_left(known: Written) -> Iterator[tuple[str, Truths]]:
    for name, bad in (
        ("is 0", (known.got == 0) & (known.expected != 0)),
        ("is NaN", np.isnan(known.got)),
        ("is infinite", np.isinf(known.got)),
    ):
        if (known.lossy & bad).any():
            yield name, known.lossy & bad


def _stretches(known: Written, chosen: Any) -> str:
    """Where the chosen points are on either side of 0, in words."""
    x, told = known.x, []
    for sign, relation in ((-1, "<="), (1, ">=")):
        at = np.abs(x[chosen & (np.sign(x) == sign)])
        if not at.size:
            continue
        beyond = (sign * x > at.max()) & (np.abs(known.expected) > UNDERFLOW)
        if beyond.any():
            told.append(f"between {sign * at.min():.4g} and {sign * at.max():.4g}")
        else:
            told.append(f"for x {relation} {sign * at.min():.4g}")
    return " and ".join(told) or "at x = 0"
