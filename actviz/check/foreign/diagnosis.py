"""What is behind a failure: frequent faults named, where the numbers prove them.

Each diagnosis is a function in a table; it gets a Case and says a sentence, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from actviz.check.foreign import another, lost
from actviz.check.foreign.case import Case

__all__ = ["Case", "diagnose"]

_WHOLE: tuple[tuple[str, Callable[[Case], str | None]], ...] = (
    ("other-side", another.another_side),
    ("other-function", another.another_order),
    ("other-parameter", another.another_parameter),
    ("other-function", another.another_function),
    ("other-factor", another.constant_factor),
    ("other-constant", another.another_constant),
    ("smaller-format", lost.smaller_format),
)
_PARTS: tuple[tuple[str, Callable[[Case], str | None]], ...] = (
    ("overflow", lost.overflow),
    ("cut", lost.cut),
    ("saturated", lost.saturated),
    ("loses-tail", lost.tails),
    ("loses-zero", lost.near_zero),
    ("loses-far", lost.far_out),
    ("loses-far", lost.beside_one),
)


def diagnose(case: Case) -> Iterator[tuple[str, str]]:
    """Codes and sentences for the faults that the numbers prove.

    A wrong function explains everything; only if there is none are tails and overflows looked at.
    """
    for code, fault in _WHOLE:
        if sentence := fault(case):
            yield code, sentence
            return
    for code, fault in _PARTS:
        if sentence := fault(case):
            yield code, sentence
