"""What is to be said of somebody's numbers: the worst of each region, special values, and why.

They may come from code that is tried or from a file; all that is known of them is how far they are
from the true ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar, Unpack

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import load
from actviz.check import points
from actviz.check.accuracy import Accuracy, numbers, regions, worst
from actviz.check.claim import Claim, first_component
from actviz.check.codes import Severity
from actviz.check.dtypes import Format
from actviz.check.foreign.boundary import Ended
from actviz.check.foreign.diagnosis import Case, diagnose
from actviz.check.result import ErrorSeries, Numbers, Result
from actviz.check.tolerance import Tolerance
from actviz.formula.arrays import Array, Truths

MOST_SHOWN = 4000  # points of an error series


@dataclass(frozen=True)
class Judged:
    """Somebody's numbers: the function that they should be of, and how far off they may be."""

    oracle: ClassVar[str] = "against"
    label: str
    activation: Activation
    within: Tolerance

    @property
    def format(self) -> Format:
        return self.within.format

    def allowed(self, y: float) -> float:
        """How far off a number may be that should be y, apart from what rounding x makes of it."""
        return float(self.within.at(np.array([y]), np.zeros(1))[0])

    def true(self, x: float, order: int) -> float:
        """Our own number, a limit at +-inf."""
        return float(Claim.of(self.activation, order).at(np.array(x)))

    def raised(self, order: int, x: float) -> str:
        """What was raised at x, or nothing."""
        return ""

    def raising(self, order: int, x: Array) -> Truths:
        """Where something was raised."""
        return np.zeros(x.shape, dtype=bool)

    def result(
        self,
        order: int,
        code: str,
        message: str,
        rated: Severity = "",
        part: str = "",
        **numbers: Unpack[Numbers],
    ) -> Result:
        """A finding about them, or with the code "agrees" none."""
        found = Result(self.label, order, self.oracle, "pass", code, message=message, **numbers)
        return replace(found, rated=rated, part=part).judged()


def regions_of(trial: Judged, found: Accuracy) -> Iterator[Result]:
    """The worst point of each tail, of the centre, and of the subnormal inputs."""
    raised = trial.raising(found.order, found.x)
    for region, inside in regions(found).items():
        if (inside & raised).any():
            count = int(np.count_nonzero(inside))
            yield _raised(trial, region, found.where(inside & raised), count)
        if (inside & ~raised).any():
            yield _region(trial, region, found.where(inside & ~raised))


def _raised(trial: Judged, region: str, found: Accuracy, all: int) -> Result:
    """Where the code raises and there is a true number; it is special if that is out of range."""
    within = np.isfinite(found.expected)
    found = found.where(within) if within.any() else found
    place = worst(found)
    message = f"{region}: {trial.raised(found.order, float(found.x[place]))}; "
    message += _stretch(found.x, all, "")
    numbers_there = Numbers(x=float(found.x[place]), expected=float(found.expected[place]))
    rated: Severity = "wrong" if within.any() else "special"
    return trial.result(found.order, "raises", message, rated, region, **numbers_there)


def _region(trial: Judged, region: str, found: Accuracy) -> Result:
    beyond = found.excess > 1
    grave = beyond & ~found.tiny
    failing = found.where(grave if grave.any() else beyond)
    if not failing.x.size:
        there = numbers(found, worst(found))
        message = f"{region}: {_worst_error(found)}"
        return trial.result(found.order, "agrees", message, part=region, **there)
    message = f"{region}: {_worst_error(failing)}"
    rated: Severity = "lost" if failing.lost.all() else "wrong"
    return trial.result(
        found.order,
        code_of(failing),
        f"{message}; {_stretch(failing.x, found.x.size, ' beyond the tolerance')}",
        rated if grave.any() else "tiny",
        region,
        **numbers(failing, worst(failing)),
    )


def _worst_error(found: Accuracy) -> str:
    """The worst error in words; relative, unless next to nothing is right there."""
    there = worst(found)
    if np.isinf(found.error[there]):
        return f"{'NaN' if np.isnan(found.got[there]) else 'inf'} where there is a number"
    gross = found.relative > points.GROSS
    if gross.any():
        place = int(np.where(gross, found.error, -1.0).argmax())
        error, true = float(found.error[place]), float(found.expected[place]) + 0.0  # no -0
        return f"off by up to {_size(error)} where {_size(true)} is right"
    return f"worst relative error {_size(found.relative.max())}, {_size(found.ulps.max())} ULP"


def _stretch(x: Array, all: int, what: str) -> str:
    """At how many points something is so, and from where to where, in words."""
    place = f"from x = {x.min():.6g} to {x.max():.6g}" if x.size > 1 else f"at x = {x[0]:.6g}"
    return f"{x.size} of {all} points{what}, {place}"


def code_of(failing: Accuracy) -> str:
    """NaN and infinities out of nowhere, and 0 for what is tiny, have names of their own."""
    if failing.flushed.all():
        return "flushed"
    if np.isnan(failing.got).any():
        return "nan-wrong"
    return "infinity-wrong" if np.isinf(failing.got).any() else "tolerance-exceeded"


def _size(number: float) -> str:
    return f"{number:.2g}"


def special(trial: Judged, order: int, x: float, got: float) -> Iterator[Result]:
    """What is to be said of the number at NaN, an infinity or -0.0."""
    if x == 0:
        yield from () if order else _signed_zero(trial, got)
        return
    expected, what = (np.nan, "NaN") if np.isnan(x) else (trial.true(x, order), f"the limit at {x}")
    if np.isnan(x) and not np.isnan(got):
        yield _special(
            trial, order, "nan-wrong", f"NaN gives {got:.6g}: it is swallowed", x, got, expected
        )
    elif np.isnan(x) or got == expected or abs(got - expected) <= trial.allowed(expected):
        yield _special(trial, order, "agrees", what, x, got, expected)
    elif not np.isnan(expected):
        yield _special(trial, order, "infinity-wrong", f"{what} is missed", x, got, expected)


def _special(
    trial: Judged, order: int, code: str, what: str, x: float, got: float, expected: float
) -> Result:
    message = f"special values: {what}"
    there = Numbers(x=x, got=float(got), expected=expected)
    return trial.result(order, code, message, "special", f"at {x}", **there)


def _signed_zero(trial: Judged, got: float) -> Iterator[Result]:
    """The sign that the value at -0.0 has, if it is a zero at all."""
    expected = trial.true(-0.0, 0)
    if expected == 0 and got == 0 and np.signbit(got) != np.signbit(expected):
        message = "special values: the zero at -0.0 has another sign here"
        zeros = Numbers(x=-0.0, got=float(got), expected=expected)
        yield trial.result(0, "signed-zero", message, part="at -0.0", **zeros)


def series(found: Accuracy, label: str) -> ErrorSeries:
    """Errors relative to |y| + |x y'| over x, thinned to the worst of neighbours.

    What is smaller than all normal numbers counts as one of these, as the tolerance has it. One
    that is not relative has no place among relative errors; with it there is no line.
    """
    step = -(-found.x.size // MOST_SHOWN)
    starts = np.arange(0, found.x.size, step)
    excess, eps = found.excess, found.format.eps
    kept = np.array([s + int(np.argmax(excess[s : s + step])) for s in starts])
    with np.errstate(all="ignore"):
        y = np.abs(found.expected)
        relative = found.error / (found.scale - y + np.maximum(y, found.format.normal))
    relative = np.where(np.isnan(relative), np.inf, relative)[kept]
    x, errors = tuple(found.x[kept].tolist()), tuple(relative.tolist())
    tolerance = found.within.relative if found.within.purely_relative else None
    return ErrorSeries(label, found.order, x, errors, eps, tolerance)


def diagnosed(
    trial: Judged, found: Accuracy, at: Callable[[Array], Array] | None
) -> Iterator[Result]:
    """The faults that numbers prove; what is tiny needs no explanation, nor what was raised.

    at: how to have more of them, if that can be.
    """
    told = trial.raising(found.order, found.x)
    found = found.where(~told & ~((found.excess > 1) & found.tiny))
    if not (found.excess > 1).any():
        return
    case = Case(first_component(trial.activation), found, at, load())
    with suppress(Ended):  # the verdict is there
        for code, sentence in diagnose(case):
            named = trial.result(found.order, code, sentence, part=code)
            yield replace(named, oracle="diagnosis")
