"""Somebody's code against the true values: what is asked of it, order by order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.check import points
from actviz.check.accuracy import Accuracy, joined, measure, numbers, worst
from actviz.check.claim import first_component, rounding_of_others, rounding_of_output, sides
from actviz.check.codes import Severity
from actviz.check.foreign.boundary import Callee, Ended, written
from actviz.check.foreign.every import Progress, Seen, every, silent
from actviz.check.foreign.findings import Judged, code_of, regions_of, special
from actviz.check.looking import WHOLE, Looking
from actviz.check.others import LOGITS, UPSTREAM
from actviz.check.result import Result
from actviz.formula.arrays import Array, Truths

FEWER = 8  # times
WHOLE_NUMBERS = ("int", "uint", "bool")
More = tuple[tuple[int, str, str], ...]  # an order, the code of a finding, and words
ORDINARY = np.linspace(-2.9, 3.1, 25)  # where an upstream gradient is tried,
CLOSE, ROUNDED, BESIDE = 1e-6, 16, 0.05  # and how near, or in eps, of it and so much more
SPECIALS = np.array([np.nan, np.inf, -np.inf, -0.0])


@dataclass(frozen=True)
class Trial(Judged):
    """What is tried: the code for the value of the function, and for its derivative.

    Without `slope`, derivatives are those of the code's own autograd, if it has one.
    whole: the function of vectors of which it is the output which. again: the same code has been
    tried before. more: what has been found out of it besides.
    """

    code: Callee | None
    slope: Callee | None
    whole: Activation | None = None
    which: int = 0
    again: bool = False
    more: More = ()

    def at(self, x: Array, order: int) -> Array | None:
        """The code's numbers at x; None where it has no such derivative."""
        code, asked = self._asked(order)
        return None if code is None else code.derivative(x, asked)

    def stretch(self, order: int, first: int, count: int) -> tuple[Array, str]:
        """The same at so many numbers of the format by their bits, and what it raised first."""
        code, asked = self._asked(order)
        assert code is not None
        return code.stretch(first, count, asked)

    def _asked(self, order: int) -> tuple[Callee | None, int]:
        """What is to be asked for a derivative, and for which of its own."""
        if order == 0:
            return self.code, 0
        if self.slope is not None:
            return (self.slope if order == 1 else None), 0
        return (self.code if self.code and self.code.differentiable else None), order

    @property
    def every(self) -> int:
        """Every which of the points is looked at: vectors are dear, and so are further outputs."""
        if self.whole is None or self.format.bits <= WHOLE:
            return 1
        return FEWER ** (2 if self.which else 1)

    def measured(self, x: Array, order: int, got: Array) -> Accuracy:
        """How far the code's numbers are from the true ones."""
        found = measure(self.activation, order, x, got, self.within)
        failing = np.isin(x, found.x[found.excess > 1])
        if not failing.any():
            return found
        more = np.zeros(x.shape)  # what rounding other numbers makes of them
        if self.whole is not None:
            more[failing] = rounding_of_others(self.whole, self.which, order, x[failing])
        if self.of_output(order):
            more[failing] += rounding_of_output(self.activation, x[failing])
        others = 0.0 if self.whole is None else max(map(abs, LOGITS))
        if not (others or more.any()):
            return found
        return measure(self.activation, order, x, got, self.within, more, others)

    def of_output(self, order: int) -> bool:
        """Whether the code is given what the function gives, rounded, for this order."""
        return order == 1 and self.slope is not None and self.slope.outputs is not None

    def raised(self, order: int, x: float) -> str:
        """What the code raised at x, or nothing."""
        return self._told(order).get(written(np.array([x])).item(), "")

    def raising(self, order: int, x: Array) -> Truths:
        """Where the code raised something."""
        told = self._told(order)
        return np.isin(written(x), list(told)) if told else np.zeros(x.shape, dtype=bool)

    def _told(self, order: int) -> Mapping[int, str]:
        """What was raised, by the bits of x."""
        code, asked = self._asked(order)
        return {} if code is None else code.raised.get(asked, {})


@dataclass(frozen=True)
class Team:
    """Who helps where every number is looked at: the same code in other processes, and a bar."""

    others: Sequence[Trial] = ()
    progress: Progress = silent


def run(
    trial: Trial, orders: tuple[int, ...], looking: Looking, team: Team
) -> tuple[list[Result], list[Accuracy]]:
    """The results of a trial, and the errors that they come from.

    Raises UsageError if the code returns another shape.
    """
    results, measured = list[Result](), list[Accuracy]()
    order = 0
    try:
        results += _dtypes(trial)
        for order in sorted({0, *orders} if trial.code else {*orders}):
            found = _order(trial, order, results, looking, team)
            measured += [found] if found else []
    except Ended as end:
        results.append(trial.result(order, end.code, f"the code {end}"))
    results += _seen(trial)
    return results, measured


def _order(
    trial: Trial, order: int, results: list[Result], looking: Looking, team: Team
) -> Accuracy | None:
    """The errors of one order, if the code has it; the results are added as they come."""
    switches = points.switches_of(first_component(trial.activation))
    x = looking.inputs(trial.format, switches)[:: trial.every]
    if not order or trial.code is None:
        results.append(trial.result(order, "agrees", looking.told(trial.format, x.size)))
    got = trial.at(x, order)
    if got is None:
        message = "the code has no autograd; --against-derivative names its gradient"
        absent = trial.result(order, "not-applicable", message)
        results.append(replace(absent, status="not run"))
        return None
    found = trial.measured(x, order, got)
    if looking.every and trial.format.bits > WHOLE:
        seen = every([trial, *team.others], order, looking.within, team.progress)
        results.append(_everywhere(trial, order, seen, looking))
        found = joined([*seen.points, found])
    results += regions_of(trial, found)
    if order == 1 and not trial.again:
        results += _upstream(trial)
    results += _specials(trial, order, looking)
    if order:
        kinks = [place for place in switches.tolist() if looking.covers(place)]
        results += conventions(trial, order, np.array(kinks))
    return found


def _everywhere(trial: Trial, order: int, seen: Seen, looking: Looking) -> Result:
    """What was found at every number."""
    if not seen.points:
        message = f"every one of {seen.count:,} numbers of {trial.format.name}{looking.place}"
        return trial.result(order, "agrees", f"{message} is within the tolerance")
    failing = joined(seen.points)
    grave = failing.where(~failing.tiny) if seen.grave else failing
    message = f"{seen.failing:,} of {seen.count:,} numbers of {trial.format.name}{looking.place} "
    message += f"beyond the tolerance, from x = {seen.lowest:.9g} to {seen.highest:.9g}"
    message += f"; raises {seen.raised}" if seen.raised else ""
    message += "" if seen.complete else "; no more were looked at"
    rated: Severity = "lost" if grave.lost.all() else "wrong"
    rated = rated if seen.grave else "tiny"
    return trial.result(order, code_of(grave), message, rated, **numbers(grave, worst(grave)))


def _dtypes(trial: Trial) -> Iterator[Result]:
    """Whether the dtype of the input comes back, if arrays are taken at all, and in what form."""
    if trial.again:
        return
    for order, code in ((0, trial.code), (1, trial.slope)):
        if code is not None and code.kind == "scalar":
            message = "the code takes single numbers only; it was called for each"
            yield trial.result(order, "scalar-only", message)
        elif code is not None and (back := code.returned()) != code.dtype:
            found = "whole-numbers" if back.startswith(WHOLE_NUMBERS) else "dtype-wrong"
            yield trial.result(order, found, f"returns {back} for {code.dtype}")
        if code is not None and code.words:
            yield trial.result(order, "called-as", code.words)


def _upstream(trial: Trial) -> Iterator[Result]:
    """Whether a derivative is multiplied by the upstream gradient, which was 1 so far."""
    code = trial.code if trial.slope is None else trial.slope
    x = np.unique(trial.format.rounded(ORDINARY))
    g = np.resize(UPSTREAM, x.shape)
    back, once = code.chained(x, g) if code else None, trial.at(x, 1)
    if back is None or once is None:
        return
    near = max(CLOSE, ROUNDED * trial.format.eps) * (np.abs(g * once) + BESIDE)
    wrong = np.abs(back - g * once) > near
    if wrong.any():
        place = int(wrong.argmax())
        message = "it does not multiply by the upstream gradient: "
        message += f"{back[place]:.6g} comes back for {g[place]:g} at x = {x[place]:.6g}, and "
        message += f"{once[place]:.6g} for 1"
        yield replace(trial.result(1, "upstream", message), oracle="diagnosis")


def _seen(trial: Trial) -> Iterator[Result]:
    """What the code has been seen to do beside giving numbers."""
    for order, code in ((0, trial.code), (1, trial.slope)):
        for name, text in code.seen.items() if code is not None else ():
            yield trial.result(order, name, text)


def _specials(trial: Trial, order: int, looking: Looking) -> Iterator[Result]:
    """NaN, the infinities and the sign of zero."""
    asked = np.array([x for x in SPECIALS.tolist() if looking.covers(x)])
    got = trial.at(asked, order) if asked.size else asked
    assert got is not None
    for x, y in zip(asked.tolist(), got.tolist(), strict=True):
        text = trial.raised(order, x)
        # a vector with inf in it is its own question
        if trial.whole and np.isinf(x):
            continue
        if text and x != 0:
            expected, told = trial.true(x, order), f"special values: {text}"
            part = f"at {x}"
            yield trial.result(order, "raises", told, "special", part, x=x, expected=expected)
        else:
            yield from special(trial, order, x, y)


def conventions(trial: Trial, order: int, switches: Array) -> Iterator[Result]:
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
                "convention" if inside else "breakpoint-wrong",
                f"the one-sided derivatives there are {either[0]:.6g} and {either[1]:.6g}",
                part=f"at {place}",
                x=place,
                got=number,
                expected=here,
                error=abs(number - here),
            )
