"""What a check finds: one frozen Result per question, a Report of them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from actviz.properties.difference import Difference

Status = Literal["pass", "fail", "not run"]

# Stable names: scripts may match them. New ones are added, none is renamed.
CODES = {
    "agrees": "the numbers agree within the tolerance",
    "value-wrong": "the value differs from the oracle's",
    "derivative-wrong": "a derivative differs from the oracle's",
    "breakpoint-wrong": "a one-sided value or derivative at a breakpoint differs from the oracle's",
    "fields-disagree": "the entry's stable or derivative field is not equal to its formula",
    "formula-wrong": "the derivative worked out by hand is wrong",
    "not-general": "the derivative worked out by hand is right for some values of a parameter only",
    "convention": "at a breakpoint another one-sided derivative is taken than here",
    "loses-accuracy": "right as mathematics, but float64 arithmetic loses digits",
    "framework-deviates": "the framework's number is wrong or follows another convention",
    "undecided": "the oracle differs, and mpmath is not there to say who is right",
    "not-equal": "the two formulas are not the same function",
    "not-installed": "the oracle is not installed",
    "not-asked": "the oracle is installed, but slow to import: name it to run it",
    "not-applicable": "the oracle has no such function, or cannot judge it",
    "tolerance-exceeded": "the code's error is beyond the tolerance",
    "flushed": "results below the smallest normal number are 0, as many processors have them",
    "nan-wrong": "NaN is not passed on, or appears where there is a value",
    "infinity-wrong": "the limit at +inf or -inf is missed, or an overflow begins too early",
    "signed-zero": "the sign of a zero differs",
    "other-function": "the code computes another function",
    "other-parameter": "the code has another value of a parameter",
    "other-constant": "the code has another number in its formula",
    "overflow": "the code overflows or gives NaN where there is a value",
    "cut": "the code replaces the function by its asymptote too early",
    "saturated": "the derivative is worked out from a value that has lost its digits",
    "loses-tail": "small results in a tail are lost to cancellation",
    "loses-zero": "small results near 0 are lost to cancellation",
    "scalar-only": "the code takes single numbers, no arrays",
    "dtype-wrong": "the result has another dtype than the input",
    "dtype-assumed": "the file does not tell in which format its numbers are",
    "few-digits": "the numbers agree as far as the digits go that were written",
}


@dataclass(frozen=True)
class Result:
    """The answer to one question: does this order of this curve agree with this oracle?

    `oracle` is a key of SOURCES, which says what the answer comes from.
    `x`, `got`, `expected`, `error` and `tolerance` (float64) are those of the worst point; None
    where there is none. `order` 0 is the value. `code` is a key of CODES; `message` says in words
    what the numbers do not.
    """

    curve: str
    order: int
    oracle: str
    status: Status
    code: str = "agrees"
    x: float | None = None
    got: float | None = None
    expected: float | None = None
    error: float | None = None
    tolerance: float | None = None
    message: str = ""


@dataclass(frozen=True)
class Equality(Result):
    """Whether two curves are one function; `largest`: how far they are apart, where it is known."""

    largest: Difference | None = None


@dataclass(frozen=True)
class ErrorSeries:
    """Errors over x, for a figure: relative to |y| + |x y'|, in order of x.

    They are beyond the `tolerance`, if there is one that is purely relative, where the check fails:
    what is let pass near the smallest floats is taken into account.
    """

    label: str
    order: int
    x: tuple[float, ...]
    error: tuple[float, ...]
    eps: float
    tolerance: float | None = None


@dataclass(frozen=True)
class Report:
    """All that a run found."""

    results: tuple[Result, ...]
    errors: tuple[ErrorSeries, ...] = ()

    @property
    def ok(self) -> bool:
        """No result failed. What was not run is no failure, and no pass either."""
        return all(result.status != "fail" for result in self.results)

    @property
    def exit_code(self) -> int:
        return 0 if self.ok else 1
