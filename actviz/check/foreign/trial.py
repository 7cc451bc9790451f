"""Somebody's code against the true values: errors by region, special values, and a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.catalogue.lookup import load
from actviz.check import points
from actviz.check.accuracy import Accuracy, inputs, measure, numbers, regions, worst
from actviz.check.claim import Claim, first_component, sides
from actviz.check.dtypes import Format
from actviz.check.foreign.calling import Foreign
from actviz.check.foreign.diagnosis import Case, diagnose
from actviz.check.result import ErrorSeries, Report, Result, Status
from actviz.check.tolerance import Tolerance
from actviz.formula.arrays import Array

MOST_SHOWN = 4000  # points of an error series
SPECIALS = np.array([np.nan, np.inf, -np.inf, -0.0])


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

    def result(
        self, order: int, status: Status, code: str, message: str, **numbers: float | None
    ) -> Result:
        """A result about them."""
        return Result(self.label, order, self.oracle, status, code, message=message, **numbers)


@dataclass(frozen=True)
class Trial(Judged):
    """What is tried: the code for the value of the function, and for its derivative.

    Without `slope`, derivatives are those of the code's own autograd, if it has one.
    """

    code: Foreign
    slope: Foreign | None

    @classmethod
    def of(cls, curve: Curve, code: Foreign, slope: Foreign | None, within: Tolerance) -> Trial:
        """A trial of code that should be a curve."""
        if curve.activation.vector:
            code, slope = code.of_vectors(), slope and slope.of_vectors()
        return cls(curve.label, curve.activation, within, code, slope)

    def at(self, x: Array, order: int) -> Array | None:
        """The code's numbers at x; None where it has no such derivative."""
        if order == 0:
            return self.code.value(x)
        if self.slope is not None:
            return self.slope.value(x) if order == 1 else None
        return self.code.derivative(x, order) if self.code.differentiable else None


def run(trial: Trial, orders: tuple[int, ...]) -> tuple[list[Result], list[Accuracy]]:
    """The results of a trial, and the errors that they come from.

    Raises UsageError if the code raises, or returns another shape.
    """
    truth = first_component(trial.activation)
    switches = points.switches_of(truth)
    x = inputs(trial.format, switches)
    results, measured = [*_dtypes(trial)], []
    for order in sorted({0, *orders}):
        got = trial.at(x, order)
        if got is None:
            message = "the code has no autograd; --against-derivative names its gradient"
            results.append(trial.result(order, "not run", "not-applicable", message))
            continue
        found = measure(trial.activation, order, x, got, trial.within)
        measured.append(found)
        results += regions_of(trial, found)
        results += _specials(trial, order)
        results += _conventions(trial, order, switches) if order else ()
    return results, measured


def _dtypes(trial: Trial) -> Iterator[Result]:
    """Whether the dtype of the input comes back, if arrays are taken at all."""
    for order, code in ((0, trial.code), (1, trial.slope)):
        if code is not None and code.kind == "scalar":
            message = "the code takes single numbers only; it was called for each"
            yield trial.result(order, "pass", "scalar-only", message)
        elif code is not None and (back := code.returned()) != code.dtype:
            yield trial.result(order, "fail", "dtype-wrong", f"returns {back} for {code.dtype}")


def regions_of(trial: Judged, found: Accuracy) -> Iterator[Result]:
    """The worst point of each tail, of the centre, and of the subnormal inputs."""
    for region, inside in regions(found).items():
        if inside.any():
            yield _region(trial, region, found.where(inside))


def _region(trial: Judged, region: str, found: Accuracy) -> Result:
    beyond = found.excess > 1
    grave = beyond & ~found.tiny
    failing = found.where(grave if grave.any() else beyond)
    message = f"{region}: worst relative error {_size(found.relative.max())}"
    message += f", {_size(found.ulps.max())} ULP"
    if not failing.x.size:
        return trial.result(found.order, "pass", "agrees", message, **numbers(found, worst(found)))
    message += f"; {failing.x.size} of {found.x.size} points beyond the tolerance"
    message += f", from x = {failing.x.min():.6g} to {failing.x.max():.6g}"
    return trial.result(
        found.order,
        "fail" if grave.any() else "pass",
        _code(failing),
        message,
        **numbers(failing, worst(failing)),
    )


def _code(failing: Accuracy) -> str:
    """NaN and infinities out of nowhere, and 0 for what is tiny, have names of their own."""
    if failing.flushed.all():
        return "flushed"
    if np.isnan(failing.got).any():
        return "nan-wrong"
    return "infinity-wrong" if np.isinf(failing.got).any() else "tolerance-exceeded"


def _size(number: float) -> str:
    return f"{number:.2g}"


def _specials(trial: Trial, order: int) -> Iterator[Result]:
    """NaN, the infinities and the sign of zero; of derivatives only what is told, not judged."""
    got = trial.at(SPECIALS, order)
    assert got is not None
    for x, y in zip(SPECIALS.tolist(), got.tolist(), strict=True):
        # a vector with inf in it is its own question
        if not (trial.activation.vector and np.isinf(x)):
            yield from special(trial, order, x, y)


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
    status: Status = "pass" if order or code == "agrees" else "fail"
    message = f"special values: {what}"
    return trial.result(order, status, code, message, x=x, got=float(got), expected=expected)


def _signed_zero(trial: Judged, got: float) -> Iterator[Result]:
    """The sign that the value at -0.0 has, if it is a zero at all."""
    expected = trial.true(-0.0, 0)
    if expected == 0 and got == 0 and np.signbit(got) != np.signbit(expected):
        message = "special values: the zero at -0.0 has another sign here"
        zeros = {"x": -0.0, "got": float(got), "expected": expected}
        yield trial.result(0, "pass", "signed-zero", message, **zeros)


def _conventions(trial: Trial, order: int, switches: Array) -> Iterator[Result]:
    """Kinks at which the code takes another one-sided derivative."""
    kinks = switches[trial.format.rounded(switches) == switches]
    got = trial.at(kinks, order) if kinks.size else None
    for place, number in zip(kinks.tolist(), [] if got is None else got.tolist(), strict=True):
        either = sides(first_component(trial.activation), order, place)
        here = trial.true(place, order)
        allowed = max(map(trial.allowed, (*either, here)))
        if abs(either[0] - either[1]) > allowed and abs(number - here) > allowed:
            inside = min(either) - allowed <= number <= max(either) + allowed
            yield trial.result(
                order,
                "pass" if inside else "fail",
                "convention" if inside else "breakpoint-wrong",
                f"the one-sided derivatives there are {either[0]:.6g} and {either[1]:.6g}",
                x=place,
                got=number,
                expected=here,
                error=abs(number - here),
            )


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


def report(trial: Trial, orders: tuple[int, ...]) -> Report:
    """The results of a trial, what is behind its failures, and the errors over x."""
    results, measured = run(trial, orders)
    for found in measured:
        results += _diagnosed(trial, found)
    errors = tuple(series(found, trial.code.name) for found in measured)
    return Report(tuple(results), errors)


def _diagnosed(trial: Trial, found: Accuracy) -> Iterator[Result]:
    """The faults that the numbers of one order prove."""

    def at(x: Array) -> Array:
        numbers = trial.at(x, found.order)
        assert numbers is not None
        return numbers

    yield from diagnosed(trial, found, at)


def diagnosed(
    trial: Judged, found: Accuracy, at: Callable[[Array], Array] | None
) -> Iterator[Result]:
    """The faults that numbers prove; what is tiny needs no explanation.

    at: how to have more of them, if that can be.
    """
    found = found.where(~((found.excess > 1) & found.tiny))
    if not (found.excess > 1).any():
        return
    case = Case(first_component(trial.activation), found, at, load())
    for code, sentence in diagnose(case):
        yield replace(trial.result(found.order, "fail", code, sentence), oracle="diagnosis")
