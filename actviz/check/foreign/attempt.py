"""Calls of somebody's code that may raise: where it does, and the numbers everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from numpy import full, nan  # as they are before the code is loaded

from actviz.check.foreign.calling import Foreign, quietly, told
from actviz.errors import UsageError
from actviz.formula.arrays import Array

MOST_CALLS = 20_000  # to find out at which of the numbers of an array it raises
WATCHED = ("numpy", "torch")  # arrays that can be changed by who is given them


@dataclass(frozen=True)
class Attempt:
    """The numbers, NaN where the code raised; what it raised, by place; if it changed its input."""

    numbers: Array
    raised: Mapping[int, str]
    changed: bool


def attempt(foreign: Foreign, x: Array, order: int) -> Attempt:
    """Call the code with an array of one dimension; where it raises, with parts of that.

    Raises UsageError if it returns another shape.
    """
    numbers, raised, changed = full(x.shape, nan), dict[int, str](), list[bool]()
    if foreign.kind in WATCHED and not order:
        foreign = replace(foreign, function=_watched(foreign.function, changed))
    parts, calls = [(0, x.size)], 0
    with quietly():
        while parts:
            start, stop = parts.pop()
            calls += 1
            try:
                numbers[start:stop] = foreign.numbers(x[start:stop], order)
            except UsageError:
                raise
            except (Exception, SystemExit) as error:
                if stop - start > 1 and calls < MOST_CALLS:
                    step = 1 if foreign.kind == "scalar" else (stop - start + 1) // 2
                    starts = range(start, stop, step)
                    parts += [(each, min(each + step, stop)) for each in starts]
                else:
                    raised |= dict.fromkeys(range(start, stop), told(error))
    return Attempt(numbers, raised, any(changed))


def _watched(function: Callable[..., Any], changed: list[bool]) -> Callable[..., Any]:
    """The function; whether it has changed what it was given is added to the list."""

    def watched(given: Any) -> Any:
        before = given.clone() if hasattr(given, "clone") else given.copy()
        result = function(given)
        same = (given == before) | ((given != given) & (before != before))
        changed.append(not bool(same.all()))
        return result

    return watched
