"""Recorded values: judged as somebody's code is, at the points that there are; where to record.

Numbers are rounded to the format in which they are judged. What a text of few digits leaves open is
held against nobody, and it is told where that decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from actviz.catalogue.curve import Curve
from actviz.catalogue.kind import require_number
from actviz.check import points
from actviz.check.accuracy import Accuracy, measure
from actviz.check.claim import Claim, first_component, ordinary
from actviz.check.dtypes import known_dtype
from actviz.check.foreign.findings import Judged, diagnosed, regions_of, series, special
from actviz.check.looking import FEWER, Looking, inputs
from actviz.check.result import Report, Result
from actviz.check.tolerance import Asked, Tolerance
from actviz.errors import UsageError
from actviz.formula.arrays import Array
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.recorded import Recording
from actviz.recorded.arrays import ENCODINGS

ASSUMED, SMALLER = "float64", "float32"  # of a file that does not tell; what it often was
SPECIALS = np.array([-0.0, np.inf, -np.inf, np.nan])


@dataclass(frozen=True)
class Recorded(Judged):
    """Recorded numbers, said to be the derivative of an order, in their format.

    Arrays of one length, x and y rounded to the format; slack: how far a number may be from what
    was there when it was written.
    """

    oracle: ClassVar[str] = "data"
    order: int
    name: str
    x: Array
    y: Array
    slack: Array

    @classmethod
    def of(
        cls,
        curve: Curve,
        recording: Recording,
        order: int,
        within: Tolerance,
    ) -> Recorded:
        """A recording as the derivative of an order of a curve."""
        format = within.format
        x, y = format.rounded(recording.x), format.rounded(recording.y)
        slack = recording.slack_y
        if recording.slack_x.any() and order < MAXIMUM_ORDER:
            with np.errstate(all="ignore"):
                slope = np.abs(Claim.of(curve.activation, order + 1).at(x)) * recording.slack_x
            slack = slack + np.where(np.isfinite(slope), slope, 0.0)
        activation, name = curve.activation, recording.name
        return cls(curve.label, activation, within, order, name, x, y, slack)

    @property
    def finite(self) -> Recorded:
        """The points at finite x at which the function has a value."""
        true = np.isfinite(self.x)
        true[true] = ~np.isnan(Claim.of(self.activation, self.order).at(self.x[true]))
        return replace(self, x=self.x[true], y=self.y[true], slack=self.slack[true])

    def measured(self, y: Array) -> Accuracy:
        """The accuracy of numbers at its points."""
        return measure(self.activation, self.order, self.x, y, self.within)

    @property
    def nearest(self) -> Array:
        """Of all numbers that may have been there, those nearest to the true ones."""
        expected = Claim.of(self.activation, self.order).at(self.x)
        with np.errstate(all="ignore"):
            off = self.y - expected
            near = expected + np.sign(off) * np.maximum(np.abs(off) - self.slack, 0.0)
        return np.where((self.slack > 0) & np.isfinite(off), near, self.y)


def report(
    curve: Curve,
    recording: Recording,
    order: int,
    dtype: str,
    asked: Asked,
    looking: Looking,
) -> Report:
    """The verdict on recorded values, and the errors over x; see `actviz.check.data`."""
    require_number(curve.activation, "values are recorded of functions of one", curve.label)
    recording = _within(recording, looking)
    given = dtype or recording.dtype
    judged = Recorded.of(curve, recording, order, asked.of(known_dtype(given or ASSUMED)))
    found, results = _judged(judged)
    errors = (series(found, judged.name),)
    if (found.excess > 1).any() and not given:  # what is behind it is told of what it may well be
        judged = Recorded.of(curve, recording, order, asked.of(known_dtype(SMALLER)))
        found, _ = _judged(judged)
        results.insert(0, _assumed(judged, not (found.excess > 1).any()))
    results += diagnosed(judged, _to_its_digits(judged, found), None)
    return Report(tuple(results), errors)


def _within(recording: Recording, looking: Looking) -> Recording:
    """The points of a recording that are to be judged; UsageError if there are none."""
    if looking.within is None:
        return recording
    there = np.array([looking.covers(x) for x in recording.x.tolist()], dtype=bool)
    if not there.any():
        lowest, highest = looking.within
        raise UsageError(f"{recording.name!r} has no x from {lowest!r} to {highest!r}.")
    names = ("x", "y", "slack_x", "slack_y")
    return replace(recording, **{name: getattr(recording, name)[there] for name in names})


def _judged(judged: Recorded) -> tuple[Accuracy, list[Result]]:
    """The errors, and what is to be said of them."""
    there = judged.finite
    if not there.x.size:
        raise UsageError(f"{judged.name!r} has no x at which {judged.label} has a value.")
    found = there.measured(there.nearest)
    results = [_counted(judged), *_open(there, found), *regions_of(judged, found)]
    return found, [*results, *_specials(judged)]


def _to_its_digits(judged: Recorded, found: Accuracy) -> Accuracy:
    """The errors of numbers that are known to their digits only, for telling what they are of."""
    absolute = found.within.absolute + float(judged.slack.max())
    return replace(found, within=replace(found.within, absolute=absolute))


def _counted(judged: Recorded) -> Result:
    count = judged.x.size
    told = "1 point" if count == 1 else f"{count:,} points"
    message = f"{told} of {judged.name}, judged as {judged.format.name}"
    return judged.result(judged.order, "agrees", message)


def _assumed(judged: Recorded, agrees: bool) -> Result:
    """What is to be known of a failure in a format that nobody has named."""
    message = f"the file does not tell its format, and {ASSUMED} is assumed"
    message += f"; as {SMALLER} they agree: --dtype {SMALLER}" if agrees else "; --dtype says it"
    return judged.result(judged.order, "dtype-assumed", message)


def _open(points: Recorded, found: Accuracy) -> Iterator[Result]:
    """Whether points agree only because of the digits that were not written."""
    if not points.slack.any():
        return
    without = points.measured(points.y)
    decided = int(np.count_nonzero((without.excess > 1) & (found.excess <= 1)))
    if decided:
        digits = {53: 17, 24: 9, 11: 5, 8: 4}[points.format.bits]
        message = f"so far as their digits go agree {decided:,} of {found.x.size:,} points"
        message += f"; with %.{digits}g they can be judged"
        yield points.result(points.order, "few-digits", message)


def _specials(judged: Recorded) -> Iterator[Result]:
    """What is recorded at NaN, the infinities and -0.0: of each the first that is wrong, or any."""
    for x in SPECIALS:
        same = np.isnan(judged.x) if np.isnan(x) else judged.x == x
        same &= np.signbit(judged.x) == np.signbit(x) if x == 0 else True
        told = [result for y in np.unique(judged.y[same]) for result in _special(judged, x, y)]
        yield from sorted(told, key=lambda result: result.code == "agrees")[:1]


def _special(judged: Recorded, x: float, y: float) -> Iterator[Result]:
    yield from special(judged, judged.order, float(x), float(y))


def to_record(curves: Sequence[Curve], dtype: str) -> Array:
    """Where to record functions: all numbers of a format of 16 bits, in the order of their bits.

    Of the others those that somebody's code is tried at, ascending, and then -0, the infinities
    and NaN: every power of two, 0 and the switches of the curves densely.
    """
    format = known_dtype(dtype)
    if format.bits <= 11:
        with np.errstate(invalid="ignore"):  # of signalling NaN
            every = ENCODINGS[dtype].decode(
                np.arange(65536, dtype="<u2").view(ENCODINGS[dtype].bits)
            )
        return np.where(np.isnan(every), np.nan, every)
    each = [one.activation for curve in curves for one in ordinary(curve)]
    switches = [points.switches_of(first_component(activation)) for activation in each]
    x = inputs(format, np.unique(np.concatenate([np.empty(0), *switches])), cells=FEWER)
    return np.concatenate([x, SPECIALS])
