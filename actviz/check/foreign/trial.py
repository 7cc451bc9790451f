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
from actviz.check.dtypes import DTYPES, Format
from actviz.check.foreign.calling import Foreign
from actviz.check.foreign.diagnosis import Case, diagnose
from actviz.check.result import ErrorSeries, Report, Result, Status
from actviz.formula.arrays import Array

EPS_ALLOWED = 32  # times eps of the format, times |y| + |x y'|
MOST_SHOWN = 4000  # points of an error series
SPECIALS = np.array([np.nan, np.inf, -np.inf, -0.0])


@dataclass(frozen=True)
class Judged:
    """Somebody's numbers: the function that they should be of, and how far off they may be.

    `bound` is relative to |y| + |x y'|, `absolute` comes on top.
    """

    oracle: ClassVar[str] = "against"
    label: str
    activation: Activation
    format: Format
    bound: float
    absolute: float

    def true(self, x: float, order: int) -> float:
        """Our own number, a limit at +-inf."""
        return float(Claim.of(self.activation, order).at(np.array(x)))

    def result(
        self, order: int, status: Status, code: str, message: str, **numbers: float | None
    ) -> Result:
        """A result about them."""
        return Result(self.label, order, self.oracle, status, code, message=message, **numbers)


def bound_of(format: Format, rtol: float | None) -> float:
    """How far off numbers of a format may be; 32 eps of it if no rtol is given."""
    return EPS_ALLOWED * format.eps if rtol is None else rtol


@dataclass(frozen=True)
class Trial(Judged):
    """What is tried: the code for the value of the function, and for its derivative.

    Without `slope`, derivatives are those of the code's own autograd, if it has one.
    """

    code: Foreign
    slope: Foreign | None

    @classmethod
    def of(
        cls, curve: Curve, code: Foreign, slope: Foreign | None, rtol: float | None, atol: float
    ) -> Trial:
        """A trial of code that should be a curve."""
        if curve.activation.vector:
            code, slope = code.of_vectors(), slope and slope.of_vectors()
        format = DTYPES[code.dtype]
        bound = bound_of(format, rtol)
        return cls(curve.label, curve.activation, format, bound, atol, code, slope)

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
        found = measure(trial.activation, order, trial.format, x, got, trial.bound, trial.absolute)
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
    failing = found.excess > 1
    place = worst(found)
    message = f"{region}: worst relative error {_size(found.relative.max())}"
    message += f", {_size(found.ulps.max())} ULP"
    if failing.any():
        x = found.x[failing]
        message += f"; {x.size} of {found.x.size} points beyond the tolerance"
        message += f", from x = {x.min():.6g} to {x.max():.6g}"
    return trial.result(
        found.order,
        "fail" if failing.any() else "pass",
        _code(found.where(failing)) if failing.any() else "agrees",
        message,
        **numbers(found, place),
    )


def _code(failing: Accuracy) -> str:
    """NaN and infinities out of nowhere have names of their own."""
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
    elif np.isnan(x) or np.isclose(got, expected, trial.bound, trial.absolute):
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
        apart = abs(either[0] - either[1]) > 1e3 * trial.bound
        if apart and abs(number - here) > 1e3 * trial.bound * (1 + abs(here)):
            inside = min(either) <= number <= max(either)
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

    What is let pass near the smallest numbers of the format is let pass here: it is added to the
    scale. An absolute tolerance has no place among relative errors; with one there is no line.
    """
    step = -(-found.x.size // MOST_SHOWN)
    starts = np.arange(0, found.x.size, step)
    excess, eps = found.excess, found.format.eps
    kept = np.array([s + int(np.argmax(excess[s : s + step])) for s in starts])
    with np.errstate(all="ignore"):
        relative = found.error / (found.scale + found.format.floor / max(found.bound, eps))
    relative = np.where(np.isnan(relative), np.inf, relative)[kept]
    x, errors = tuple(found.x[kept].tolist()), tuple(relative.tolist())
    tolerance = None if found.absolute else found.bound or None
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
    """The faults that numbers prove; at: how to have more of them, if that can be."""
    if not (found.excess > 1).any():
        return
    case = Case(first_component(trial.activation), found, at, load())
    for code, sentence in diagnose(case):
        yield replace(trial.result(found.order, "fail", code, sentence), oracle="diagnosis")
