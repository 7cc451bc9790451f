"""The columns of a table: x, then each curve at each order, computed as they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from actviz.errors import UsageError
from actviz.grid import BLOCK, Grid

if TYPE_CHECKING:
    from actviz.curve import Curve
    from actviz.grid import Values


@dataclass(frozen=True)
class Columns:
    """A table to be: curves, the orders of their derivatives (0 is the function), x values.

    Elementwise functions are computed in blocks of rows and never held whole. A vector function
    takes the whole grid as its one vector, so its columns are held: 8 bytes a value.

    Raises UsageError if two columns would have the same name.
    """

    curves: Sequence[Curve]
    orders: Sequence[int]
    grid: Grid

    def __post_init__(self) -> None:
        for name, count in Counter(self.header).items():
            if count > 1:
                raise UsageError(
                    f"{count} columns would be named {name!r}; "
                    "give the curve another label: LABEL=CURVE."
                )

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the columns: x, then NAME, NAME_d1, NAME_d2 of each curve."""
        return ("x", *(_name(curve.label, order) for curve, order in self._pairs))

    def __len__(self) -> int:
        return len(self.grid)

    def rows(self, start: int, stop: int) -> list[Values]:
        """The rows start <= i < stop: one float64 array for each column."""
        x = self.grid.part(start, stop)
        return [x, *(self._column(curve, order, x, start) for curve, order in self._pairs)]

    def blocks(self, size: int = BLOCK) -> Iterator[list[Values]]:
        """All rows in order, at most `size` at a time."""
        for start in range(0, len(self), size):
            yield self.rows(start, min(start + size, len(self)))

    @property
    def _pairs(self) -> list[tuple[Curve, int]]:
        return [(curve, order) for curve in self.curves for order in self.orders]

    def _column(self, curve: Curve, order: int, x: Values, start: int) -> Values:
        if curve.activation.vector:
            return self._vectors[curve.label, order][start : start + x.size]
        values: Values = curve.activation.derivative(x, order)
        return values

    @cached_property
    def _vectors(self) -> dict[tuple[str, int], Values]:
        x = self.grid.values()
        return {
            (curve.label, order): curve.activation.derivative(x, order)
            for curve, order in self._pairs
            if curve.activation.vector
        }


def _name(label: str, order: int) -> str:
    return f"{label}_d{order}" if order else label
