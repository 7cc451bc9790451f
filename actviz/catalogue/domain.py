"""The domain of parameters: conditions such as alpha != 0 that their values have to meet.

A condition compares a parameter with a number or with another parameter, and is written as it is
told to people. Inside the domain the formula is a function: it divides by nothing that is 0, and
what should be an interval is one. Where on the line that function is defined is another matter:
squareplus with b = -1 is a function, although of no x between -1 and 1.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actviz.errors import UsageError
from actviz.formula.expression import write_number

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_CONDITION = re.compile(rf"([A-Za-z]\w*) ({'|'.join(COMPARISONS)}) (\S+)", re.ASCII)


@dataclass(frozen=True)
class Condition:
    """left, a parameter, compared with right, a parameter or a number."""

    left: str
    comparison: str
    right: str | float

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that it is a condition of."""
        return (self.left,) if isinstance(self.right, float) else (self.left, self.right)

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether the values of the parameters meet it."""
        right = self.right if isinstance(self.right, float) else values[self.right]
        return COMPARISONS[self.comparison](values[self.left], right)


def condition(text: str, parameters: Sequence[str]) -> Condition:
    """Read a condition of these parameters.

    Raises UsageError for what is none.

    >>> condition("lower <= upper", ["lower", "upper"]).holds({"lower": 2.0, "upper": 1.0})
    False
    """
    read = _CONDITION.fullmatch(text)
    right = read and _side(read[3], parameters)
    if read is None or right is None or read[1] not in parameters:
        first = next(iter(parameters), "alpha")
        raise UsageError(
            f"The condition {text[:80]!r} does not compare a parameter with a number or another "
            f"parameter, as {first + ' != 0'!r} does ({', '.join(COMPARISONS)})."
        )
    return Condition(read[1], read[2], right)


def _side(word: str, parameters: Sequence[str]) -> str | float | None:
    """A parameter, a number, or None for what is neither."""
    if word in parameters:
        return word
    try:
        return number(word)
    except ValueError:
        return None


def number(value: Any) -> float:
    """The value as a float; ValueError for what is no finite number."""
    try:
        result = float(value)
    except (TypeError, OverflowError):
        raise ValueError from None
    if not math.isfinite(result):
        raise ValueError
    return result


def checked(name: str, values: Mapping[str, Any], domain: Sequence[str] = ()) -> dict[str, float]:
    """The values of the parameters of a function, as floats.

    Raises UsageError for one that is no finite number, or that is outside the domain.

    >>> checked("celu", {"alpha": 0.0}, ["alpha != 0"])
    Traceback (most recent call last):
    actviz.errors.UsageError: celu has no alpha = 0: alpha != 0.
    """
    numbers = {}
    for parameter, value in values.items():
        try:
            numbers[parameter] = number(value)
        except ValueError:
            message = f"The parameter {parameter} of {name} must be a finite number."
            raise UsageError(message) from None
    for text in domain:
        each = condition(text, list(values))
        if not each.holds(numbers):
            said = " with ".join(f"{p} = {write_number(numbers[p])}" for p in each.parameters)
            raise UsageError(f"{name} has no {said}: {text}.")
    return numbers
