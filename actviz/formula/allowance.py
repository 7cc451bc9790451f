"""How much may be computed with more digits than float64 has, where that may not take long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Allowance:
    """How many steps of balls may be done.

    When they are used up values are what float64 makes of them if plain, else NaN where that is not
    enough.
    """

    left: int
    plain: bool = True


_allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def allowed(allowance: Allowance) -> Iterator[None]:
    """Within, all that is computed with more digits takes no more steps than are left of these.

    That is for pictures, facts and verdicts, which take thousands of values of any formula and may
    not take long.
    """
    token = _allowance.set(allowance)
    try:
        yield
    finally:
        _allowance.reset(token)


def exhausted() -> bool:
    """Whether the steps that were allowed are used up, and float64 has to do."""
    allowance = _allowance.get()
    return allowance is not None and allowance.plain and allowance.left <= 0


def current() -> Allowance:
    """That which holds; without end where none was set."""
    return _allowance.get() or Allowance(sys.maxsize)
