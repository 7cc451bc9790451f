"""What is tried of code that should be a curve: outputs, lines, and which half is which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check.accuracy import Accuracy
from actviz.check.claim import Claim, lines
from actviz.check.dtypes import Format
from actviz.check.foreign.arrangements import other_arrays
from actviz.check.foreign.boundary import Callee, Ended
from actviz.check.foreign.findings import diagnosed, series
from actviz.check.foreign.trial import More, Team, Trial, run
from actviz.check.looking import Looking
from actviz.check.others import LOGITS
from actviz.check.result import ErrorSeries, Report, Result
from actviz.check.tolerance import Tolerance
from actviz.errors import UsageError
from actviz.formula.arrays import Array

CLOSE, CLOSE_TO = 1e-6, 0.05  # relative to |y'| and so much more: a gradient that is right
FEW, RIGHT = np.linspace(-2.9, 3.1, 13), 0.02  # where two forms are told apart, and by how much


def trials(
    curve: Curve,
    code: Callee | None,
    slope: Callee | None,
    gradient: Callee | None,
    within: Tolerance,
) -> Iterator[Trial]:
    """The trials of code that should be a curve, or of its derivative alone.

    Of a function of a vector the first number varies, and its first and second output are tried;
    a gated one is tried along the lines of `claim.lines`.
    slope: its derivative as a function of x; gradient: the same, called as it may be.
    """
    activation, second = curve.activation, None
    told: More = ()
    if gradient is not None:
        slope, second, told = _called(activation, gradient, within)
    if activation.gated and code is not None:
        for place, (given, line) in enumerate(lines(curve)):
            called = code.line(activation.arguments, given)
            trial = Trial(line.label, line.activation, within, called, None, again=place > 0)
            turned = () if place else _exchanged(trial, code, activation.arguments, given)
            yield replace(trial, more=turned)
    elif activation.vector:
        outputs = [code and code.component(which) for which in (0, 1)]
        first = Trial(curve.label, activation, within, outputs[0], slope, activation)
        yield replace(first, more=told)
        along = activation.slice(LOGITS, 1)
        if outputs[1] or second:
            label = f"{curve.label}[2]"
            yield Trial(label, along, within, outputs[1], second, activation, 1, again=True)
    else:
        yield Trial(curve.label, activation, within, code, slope, more=told)


def _called(
    activation: Activation, gradient: Callee, within: Tolerance
) -> tuple[Callee, Callee | None, More]:
    """A gradient as a function of x, that of a second output, and what is to be told of it.

    It is called in the way in which most of its numbers are right, the likeliest by names first.
    """
    format, vector = within.format, activation.vector
    outputs = partial(_outputs, activation, format)
    x = np.unique(format.rounded(np.linspace(-2.9, 3.1, 25)))
    ways = gradient.ways(x, outputs(x), vector)
    if not ways:
        raise UsageError(
            f"{gradient.name!r} cannot be evaluated: called with x, the output and the upstream "
            "gradient, or some of them, it gives no derivative."
        )
    true = Claim.of(activation, 1).at(x)
    near = max(CLOSE, 4 * format.eps) * (np.abs(true) + CLOSE_TO)
    right = [int((np.abs(way.numbers - true) <= near).sum()) for way in ways]
    usual = [i for i, way in enumerate(ways) if not way.once]
    chosen = max(usual, key=lambda i: right[i]) if usual else 0
    forgets = right[chosen] < x.size and any(
        way.once and count == x.size for way, count in zip(ways, right, strict=True)
    )
    way, given = ways[chosen], outputs if ways[chosen].of_output else None
    first = gradient.in_way(chosen, 0 if vector else None, given)
    second = gradient.in_way(chosen, 1, given) if vector and not way.diagonal else None
    told = "it is right only if the upstream gradient is 1: it does not multiply by it"
    return first, second, ((1, "upstream", told),) if forgets else ()


def _outputs(activation: Activation, format: Format, x: Array) -> Array:
    """What the function gives in a format; of vectors whose first number is x."""
    if activation.vector:
        x = np.stack([x, *(np.full_like(x, logit) for logit in LOGITS)], axis=-1)
    return format.rounded(np.asarray(activation(x)))


def _exchanged(
    trial: Trial, code: Callee, arguments: Sequence[str], given: Mapping[str, float]
) -> More:
    """That a gated function takes its two numbers the other way round, if it does."""
    true = trial.activation(FEW)
    near = RIGHT * np.maximum(1, np.abs(true))
    with suppress(Ended):
        got, turned = (
            code.line(arguments, given).value(FEW),
            code.line(arguments[::-1], given).value(FEW),
        )
        if (abs(turned - true) <= near).all() and not (abs(got - true) <= near).all():
            first, second = arguments
            return ((0, "exchanged", f"it is right with {second} first, then {first}"),)
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
        for order, finding, text in trial.more:
            results.append(replace(trial.result(order, finding, text), oracle="diagnosis"))
        for each in measured:
            results += _diagnosed(trial, each)
            tried = trial.code or trial.slope
            errors.append(series(each, tried.name if tried else ""))
    return Report(tuple(results), tuple(errors))


def _diagnosed(trial: Trial, found: Accuracy) -> Iterator[Result]:
    """The faults that the numbers of one order prove."""

    def at(x: Array) -> Array:
        numbers = trial.at(x, found.order)
        assert numbers is not None
        return numbers

    yield from diagnosed(trial, found, at)
