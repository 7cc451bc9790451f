"""How much may be computed where that may not take long: digits beyond float64's, and bounds.

Both are counted in steps and not by a clock, so that an answer does not depend on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

SHARE = 0.25  # of the bounds that are left: what one question may take of them
FEW = 0.05  # of all bounds: with no more left nothing new is asked


@dataclass
class Allowance:
    """How many steps of balls may be done, and how many of enclosures.

    When those of balls are used up values are what float64 makes of them if plain, and NaN where
    that may be wrong altogether, else NaN wherever it is not enough. When those of enclosures are,
    questions end without a proof.
    """

    left: int
    plain: bool = True
    bounds: float = sys.maxsize

    def __post_init__(self) -> None:
        self._all = self.bounds

    @property
    def tired(self) -> bool:
        """Whether enough was asked of enclosures."""
        return self.bounds < FEW * self._all


_allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def allowed(allowance: Allowance) -> Iterator[None]:
    """Within, all that is computed takes no more steps than are left of these.

    That is for pictures, facts and verdicts, which take thousands of values of any formula and may
    not take long.
    """
    token = _allowance.set(allowance)
    try:
        yield
    finally:
        _allowance.reset(token)


def spent() -> bool:
    """Whether the steps that were allowed are used up."""
    return current().left <= 0


def exhausted() -> bool:
    """Whether they are used up, and float64 has to do."""
    return current().plain and spent()


def current() -> Allowance:
    """That which holds; without end where none was set."""
    return _allowance.get() or Allowance(sys.maxsize)


def turn() -> Callable[[], bool]:
    """Whether the question that begins here may go on: it has a share of the bounds left."""
    allowance = current()
    end = allowance.bounds * (1 - SHARE)
    return lambda: allowance.bounds > end
