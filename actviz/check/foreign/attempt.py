"""Calls of somebody's code that may raise: where it does, and the numbers everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from numpy import full, nan  # as they are before the code is loaded

from actviz.check.foreign.calling import Foreign, one_by_one, quietly, told
from actviz.errors import UsageError
from actviz.formula.arrays import Array

SHORT, ASKED = 64, 4  # numbers beside each other, and distances between those asked one by one
CHANGED = "it was given a new one for every call"
WATCHED = ("numpy", "torch")  # arrays that can be changed by who is given them


@dataclass(frozen=True)
class Attempt:
    """The numbers, NaN where the code raised; what it raised, by place.

    seen: codes of findings about what else it did, with words for each.
    """

    numbers: Array
    raised: Mapping[int, str]
    seen: Mapping[str, str]


def attempt(foreign: Foreign, x: Array, order: int) -> Attempt:
    """Call the code with an array of one dimension; where it raises, with parts of that.

    Raises UsageError if it returns another shape.
    """
    if foreign.kind == "scalar" and not order:
        with quietly():
            return Attempt(*one_by_one(foreign.function, x, foreign.dtype), {})
    numbers, raised, changed = full(x.shape, nan), dict[int, str](), list[bool]()
    if foreign.kind in WATCHED and not order:
        foreign = replace(foreign, function=_watched(foreign.function, changed))
    parts, together = [range(x.size)], ""
    with quietly():
        while parts:
            part = parts.pop()
            text = _called(foreign, x, order, part, numbers)
            together = together or text
            if text and (len(part) == 1 or _throughout(foreign, x, order, part, numbers)):
                raised |= dict.fromkeys(part, text)
            elif text:
                step = (len(part) + 1) // 2
                parts += [part[start : start + step] for start in range(0, len(part), step)]
    seen = {"changes-input": CHANGED} if any(changed) else {}
    if together and not raised:
        seen["raises-together"] = f"{together}, for {x.size:,} numbers at once"
    return Attempt(numbers, raised, seen)


def _called(foreign: Foreign, x: Array, order: int, part: range, numbers: Array) -> str:
    """Put the numbers of a part in their places, or say what was raised."""
    try:
        numbers[part.start : part.stop] = foreign.numbers(x[part.start : part.stop], order)
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        return told(error)
    return ""


def _throughout(foreign: Foreign, x: Array, order: int, part: range, numbers: Array) -> bool:
    """Whether code raises all over a short part that raises: at its ends, and at some between."""
    if not SHORT // 2 < len(part) <= SHORT:
        return False
    sample = (part[i * (len(part) - 1) // ASKED] for i in range(ASKED + 1))
    return all(_called(foreign, x, order, range(i, i + 1), numbers) for i in sample)


def _watched(function: Callable[..., Any], changed: list[bool]) -> Callable[..., Any]:
    """The function; whether it has changed what it was given is added to the list."""

    def watched(given: Any) -> Any:
        before = given.clone() if hasattr(given, "clone") else given.copy()
        result = function(given)
        same = (given == before) | ((given != given) & (before != before))
        changed.append(not bool(same.all()))
        return result

    return watched
