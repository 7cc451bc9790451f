"""What is tried of code that should be a curve: outputs, lines, and which half is which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.check.accuracy import Accuracy
from actviz.check.claim import lines
from actviz.check.foreign.arrangements import other_arrays
from actviz.check.foreign.boundary import Callee, Ended
from actviz.check.foreign.trial import Team, Trial, diagnosed, run, series
from actviz.check.looking import Looking
from actviz.check.others import LOGITS
from actviz.check.result import ErrorSeries, Report, Result
from actviz.check.tolerance import Tolerance
from actviz.formula.arrays import Array

FEW, RIGHT = np.linspace(-2.9, 3.1, 13), 0.02  # where two forms are told apart, and by how much


def trials(curve: Curve, code: Callee, slope: Callee | None, within: Tolerance) -> Iterator[Trial]:
    """The trials of code that should be a curve.

    Of a function of a vector the first number varies, and its first and second output are tried;
    a gated one is tried along the lines of `claim.lines`.
    """
    activation = curve.activation
    if activation.gated:
        for place, (given, line) in enumerate(lines(curve)):
            called = code.line(activation.arguments, given)
            trial = Trial(line.label, line.activation, within, called, None, again=place > 0)
            turned = () if place else _exchanged(trial, code, activation.arguments, given)
            yield replace(trial, more=turned)
    elif activation.vector:
        first, second = code.component(0), code.component(1)
        yield Trial(curve.label, activation, within, first, slope, activation)
        along = activation.slice(LOGITS, 1)
        yield Trial(f"{curve.label}[2]", along, within, second, None, activation, 1, again=True)
    else:
        yield Trial(curve.label, activation, within, code, slope)


def _exchanged(
    trial: Trial, code: Callee, arguments: Sequence[str], given: Mapping[str, float]
) -> tuple[tuple[str, str], ...]:
    """That a gated function takes its two numbers the other way round, if it does."""
    true = trial.activation(FEW)
    near = RIGHT * np.maximum(1, np.abs(true))
    with suppress(Ended):
        got, turned = trial.code.value(FEW), code.line(arguments[::-1], given).value(FEW)
        if (abs(turned - true) <= near).all() and not (abs(got - true) <= near).all():
            first, second = arguments
            return (("exchanged", f"it is right with {second} first, then {first}"),)
    return ()


def report(
    several: Iterable[Trial], orders: tuple[int, ...], looking: Looking, team: Team | None = None
) -> Report:
    """The results of trials, what is behind their failures, and the errors over x."""
    results, errors = list[Result](), list[ErrorSeries]()
    for trial in several:
        found, measured = run(trial, orders, looking, team or Team())
        results += found
        for each in measured[:1]:
            results += other_arrays(trial, each, looking)
        for finding, text in trial.more:
            results.append(replace(trial.result(0, finding, text), oracle="diagnosis"))
        for each in measured:
            results += _diagnosed(trial, each)
            errors.append(series(each, trial.code.name))
    return Report(tuple(results), tuple(errors))


def _diagnosed(trial: Trial, found: Accuracy) -> Iterator[Result]:
    """The faults that the numbers of one order prove."""

    def at(x: Array) -> Array:
        numbers = trial.at(x, found.order)
        assert numbers is not None
        return numbers

    yield from diagnosed(trial, found, at)
