"""How sure a fact is: proven, proven to rounding, or open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

Proof: TypeAlias = bool | Literal["rounding"]
T = TypeVar("T")

ROUNDING: Literal["rounding"] = "rounding"  # what is told differs from what is so by rounding only
MARKS: dict[Proof, str] = {True: "", ROUNDING: " (to rounding)", False: " (not proven)"}


@dataclass(frozen=True)
class Known(Generic[T]):
    """A fact and how sure it is; None if nothing can be said."""

    value: T | None
    proof: Proof

    @property
    def mark(self) -> str:
        """What is added to it in a text."""
        return "" if self.value is None else MARKS[self.proof]


def weakest(*proofs: Proof) -> Proof:
    """How sure something is that needs all of these.

    >>> weakest(True, "rounding"), weakest(True, "rounding", False)
    ('rounding', False)
    """
    return min(proofs, key=lambda proof: (proof is True) * 2 + (proof == ROUNDING), default=True)


def first_proven(value: T, *proofs: Callable[[], Proof]) -> Known[T]:
    """A fact with the best of these proofs, tried in their order until one holds."""
    best: Proof = False
    for proof in proofs:
        found = proof()
        if found is True:
            return Known(value, True)
        best = best or found
    return Known(value, best)
