"""What a check finds: one frozen Result per question, a Report of them all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypedDict

from actviz.check.codes import CODES, FAILING, FAILING_STRICTLY, Severity

if TYPE_CHECKING:
    from actviz.properties.difference import Difference

Status = Literal["pass", "fail", "not run"]


class Numbers(TypedDict, total=False):
    """The fields of a Result that are numbers."""

    x: float | None
    got: float | None
    expected: float | None
    error: float | None
    tolerance: float | None


@dataclass(frozen=True)
class Result:
    """The answer to one question: does this order of this curve agree with this oracle?

    `oracle` is a key of SOURCES, which says what the answer comes from.
    `x`, `got`, `expected`, `error` and `tolerance` (float64) are those of the worst point; None
    where there is none. `order` 0 is the value. `code` is a key of CODES; `message` says in words
    what the numbers do not. `rated`: the severity, where it is not the usual one of the code.
    `part`: which of the x it is about, such as "left tail", if not all. `parameters`: the values of
    the curve's.
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
    rated: Severity = ""
    part: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """A key of SEVERITIES; empty for what is no finding."""
        usual = CODES[self.code].severity
        return usual and (self.rated or usual)

    def judged(self, strict: bool = False, ignore: Collection[str] = ()) -> Result:
        """The same with the status that its severity asks for; see Report.judged."""
        if not self.severity or self.status == "not run":
            return self
        failing = self.severity in (FAILING_STRICTLY if strict else FAILING)
        return replace(self, status="fail" if failing and self.code not in ignore else "pass")


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

    def judged(self, strict: bool = False, ignore: Collection[str] = ()) -> Report:
        """The same findings under another rule: those wrong or lost fail.

        strict: all fail but notes. ignore: codes that fail never.
        """
        return replace(self, results=tuple(each.judged(strict, ignore) for each in self.results))

    def of(self, parameters: Mapping[str, float]) -> Report:
        """The same, the parameters told where a result does not tell them itself."""
        told = (
            replace(each, parameters={**parameters, **each.parameters}) for each in self.results
        )
        return replace(self, results=tuple(told))

    @property
    def exit_code(self) -> int:
        return 0 if self.ok else 1
