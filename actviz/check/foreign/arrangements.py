"""Whether somebody's code computes something else in short arrays, strided ones or matrices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from actviz.check.accuracy import Accuracy, numbers, worst
from actviz.check.codes import Severity
from actviz.check.foreign.arranging import ARRANGEMENTS, POINTS, ROW
from actviz.check.foreign.boundary import Ended
from actviz.check.foreign.findings import special
from actviz.check.foreign.trial import SPECIALS, Trial
from actviz.check.looking import Looking
from actviz.check.points import SPREAD
from actviz.check.result import Result
from actviz.formula.arrays import Array


def other_arrays(trial: Trial, found: Accuracy, looking: Looking) -> Iterator[Result]:
    """What is wrong in arrays of another kind, and right in the long one of all numbers.

    Of code that is called in another form than with one array, nothing.
    """
    code = trial.code
    plain = code is not None and code.kind != "scalar" and not code.words and not trial.again
    if not (plain and trial.activation.elementwise) or found.x.size < ROW or found.order:
        return
    specials = np.array([x for x in SPECIALS.tolist() if looking.covers(x)])
    finite = found.x[:: -(-found.x.size // POINTS)]
    finite = finite[np.argsort(np.arange(finite.size) * SPREAD % 1)]  # any first ones are spread
    x = np.concatenate([specials, finite])
    try:
        usual = trial.at(x, found.order)
    except Ended:  # which has been told
        return
    assert usual is not None
    try:
        yield from _each(trial, found.order, x, usual, specials)
    except Ended as end:
        yield trial.result(found.order, end.code, f"in other arrays the code {end}")


def _each(trial: Trial, order: int, x: Array, usual: Array, specials: Array) -> Iterator[Result]:
    """What is wrong in the arrays of each kind."""
    assert trial.code is not None
    for how, arrangement in ARRANGEMENTS.items():
        count = min(arrangement.most, x.size) // ROW * ROW
        other = trial.code.arranged(x[:count], order, how)
        if other is not None and not np.array_equal(usual[:count], other, equal_nan=True):
            both = usual[:count], other
            yield from _finite(trial, order, x[:count], both, specials.size, how)
            yield from _special(trial, order, specials, both, how)


def _finite(
    trial: Trial, order: int, x: Array, both: tuple[Array, Array], start: int, how: str
) -> Iterator[Result]:
    """The worst point that is beyond the tolerance, and is not in the usual array."""
    usual, other = (trial.measured(x[start:], order, each[start:]) for each in both)
    beyond = (other.excess > 1) & ~other.tiny & (usual.excess <= 1)
    if beyond.any():
        failing = other.where(beyond)
        rated: Severity = "lost" if failing.lost.all() else "wrong"
        place = numbers(failing, worst(failing))
        yield trial.result(order, "other-arrays", f"in arrays {how}", rated, **place)


def _special(
    trial: Trial, order: int, specials: Array, both: tuple[Array, Array], how: str
) -> Iterator[Result]:
    """The first special value that is missed, and is not in the usual array."""
    for i, x in enumerate(specials.tolist()):
        fine, wrong = (
            [r for r in special(trial, order, x, float(each[i])) if r.code != "agrees"]
            for each in both
        )
        if wrong and not fine:
            told = replace(wrong[0], code="other-arrays", rated=wrong[0].severity)
            yield replace(told, message=f"in arrays {how}; {wrong[0].message}").judged()
            return
