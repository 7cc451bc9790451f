"""The same numbers given to somebody's code in other arrays, in which other paths may be taken.

Short arrays are not worth vector instructions, and what is left over of long ones is done one by
one; arrays with strides and of several dimensions are copied, or gone through otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from os import _exit as end
from os import getpid
from typing import Any, NamedTuple

from numpy import concatenate  # as it is before the code is loaded

from actviz.check.foreign.calling import Foreign, library_of, quietly
from actviz.formula.arrays import Array

LENGTHS = (1, 3, 17)
CALLS = 64  # of short arrays
ROW = 4  # numbers of a row of an array of two dimensions
POINTS = 1000  # numbers, at most


class Arrangement(NamedTuple):
    """A way to give numbers: how many at most, a multiple of a row, and what does it."""

    most: int
    numbers: Callable[[Foreign, Array, int], Array]


def _in_parts(foreign: Foreign, x: Array, order: int, length: int) -> Array:
    """Call after call; a copy of this process that the code has made goes no farther."""
    parts, process = list[Array](), getpid()
    for start in range(0, x.size, length):
        parts.append(foreign.numbers(x[start : start + length], order))
        if getpid() != process:
            end(0)
    return concatenate(parts)


def _strided(foreign: Foreign, x: Array, order: int) -> Array:
    """Every second number of an array of twice as many."""
    library = library_of(foreign.kind)

    def strided(given: Any) -> Any:
        return foreign.function(library.stack([given, given], -1)[..., 0])

    return replace(foreign, function=strided).numbers(x, order)


def _in_rows(foreign: Foreign, x: Array, order: int) -> Array:
    """A matrix."""

    def in_rows(given: Any) -> Any:
        return foreign.function(given.reshape(-1, ROW)).reshape(given.shape)

    return replace(foreign, function=in_rows).numbers(x, order)


# What is told of the arrays, and how the numbers are had with them.
ARRANGEMENTS = {
    "with a stride of two": Arrangement(POINTS, _strided),
    "of two dimensions": Arrangement(POINTS, _in_rows),
    f"of {POINTS} numbers": Arrangement(POINTS, Foreign.numbers),
    **{
        f"of {n} number{'s' if n > 1 else ''}": Arrangement(
            min(POINTS, n * CALLS), partial(_in_parts, length=n)
        )
        for n in LENGTHS
    },
}


def arranged(foreign: Foreign, x: Array, order: int, how: str) -> Array | None:
    """The numbers with arrays of another kind; None if the code does not take these.

    That it raises is no fault: not all code is for all arrays.
    """
    try:
        with quietly():
            return ARRANGEMENTS[how].numbers(foreign, x, order)
    except (Exception, SystemExit):
        return None
