"""The columns of a table of numbers, computed as they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Protocol

from actviz.catalogue.kind import refusal
from actviz.errors import UsageError
from actviz.table.grid import BLOCK, Grid

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve
    from actviz.formula.arrays import Array


MOST_COMPONENTS = 1000  # of a vector whose Jacobian is tabulated: 8 megabytes, half a second


def columns_of(curves: Sequence[Curve], orders: Sequence[int], grid: Grid) -> Tabular:
    """The columns of curves: of x, or of pairs where there is a function of two numbers."""
    if any(curve.activation.gated for curve in curves):
        return Pairs(curves, orders, grid)
    return Columns([each for curve in curves for each in curve.outputs], orders, grid)


class Tabular(Protocol):
    """What can be written as a table: named columns of as many float64 each."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        ...

    def __len__(self) -> int: ...

    def rows(self, start: int, stop: int) -> list[Array]:
        """The rows start <= i < stop: one float64 array for each column."""
        ...

    def blocks(self, size: int = BLOCK) -> Iterator[list[Array]]:
        """All rows in order, at most `size` at a time."""
        for start in range(0, len(self), size):
            yield self.rows(start, min(start + size, len(self)))


@dataclass(frozen=True)
class Columns(Tabular):
    """x, then each curve at each order (0 is the function, 1 its derivative, ...).

    Elementwise functions are computed in blocks of rows and never held whole. A vector function
    takes the whole grid as its one vector, so its columns are held: 8 bytes a value.

    Raises UsageError if two columns would have the same name.
    """

    curves: Sequence[Curve]
    orders: Sequence[int]
    grid: Grid

    def __post_init__(self) -> None:
        _refuse_like_names(self.header)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the columns: x, then NAME, NAME_d1, NAME_d2 of each curve."""
        return ("x", *(_name(curve.label, order) for curve, order in self._pairs))

    def __len__(self) -> int:
        return len(self.grid)

    def rows(self, start: int, stop: int) -> list[Array]:
        """The rows start <= i < stop: one float64 array for each column."""
        x = self.grid.part(start, stop)
        return [x, *(self._column(curve, order, x, start) for curve, order in self._pairs)]

    @property
    def _pairs(self) -> list[tuple[Curve, int]]:
        return [(curve, order) for curve in self.curves for order in self.orders]

    def _column(self, curve: Curve, order: int, x: Array, start: int) -> Array:
        if curve.activation.vector:
            return self._vectors[curve.label, order][start : start + x.size]
        values: Array = curve.activation.derivative(x, order)
        return values

    @cached_property
    def _vectors(self) -> dict[tuple[str, int], Array]:
        x = self.grid.values()
        return {
            (curve.label, order): curve.activation.derivative(x, order)
            for curve, order in self._pairs
            if curve.activation.vector
        }


@dataclass(frozen=True)
class Pairs(Tabular):
    """Gated functions and their partial derivatives at pairs, the halves of the grid.

    The columns are the two arguments, then NAME, NAME_da, NAME_db, NAME_daa, ... of each curve.

    Raises UsageError for a grid without halves, or two columns of the same name.
    """

    curves: Sequence[Curve]
    orders: Sequence[int]
    grid: Grid

    def __post_init__(self) -> None:
        arguments = " and ".join(self._arguments)
        if len({curve.activation.arguments for curve in self.curves}) > 1:
            labels = ", ".join(curve.label for curve in self.curves)
            raise UsageError(
                f"{labels} are not functions of the same numbers; "
                "--fixed makes one of x of a function of two, as in --fixed b=1."
            )
        if len(self.grid) % 2:
            raise UsageError(
                f"{len(self.grid)} numbers have no halves: the first is {arguments.split()[0]}, "
                f"the second {arguments.split()[-1]} of {self.curves[0].label}."
            )
        _refuse_like_names(self.header)

    @property
    def _arguments(self) -> tuple[str, ...]:
        return self.curves[0].activation.arguments

    @cached_property
    def _partials(self) -> list[tuple[Curve, tuple[str, ...]]]:
        """Every curve with what it is differentiated by, column by column."""
        names = [
            wrt for n in self.orders for wrt in combinations_with_replacement(self._arguments, n)
        ]
        return [(curve, wrt) for curve in self.curves for wrt in names]

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        own = (curve.label + "_d" * bool(wrt) + "".join(wrt) for curve, wrt in self._partials)
        return (*self._arguments, *own)

    def __len__(self) -> int:
        return len(self.grid) // 2

    def rows(self, start: int, stop: int) -> list[Array]:
        """The rows start <= i < stop: one float64 array for each column."""
        a = self.grid.part(start, stop)
        b = self.grid.part(len(self) + start, len(self) + stop)
        return [a, b, *(curve.activation.at(a, b, wrt) for curve, wrt in self._partials)]


@dataclass(frozen=True)
class Jacobian(Tabular):
    """The value of a function of a vector and the matrix of its derivatives, a row per component.

    The columns are x, the function, and d1, d2, ...: row i has dy_i/dx_1, dy_i/dx_2, ... Where
    there are not as many components of y as of x, the column x is left out.

    Raises UsageError for a function of one number with one output, more than 1000 x, or a label
    that is a column.
    """

    curve: Curve
    grid: Grid

    def __post_init__(self) -> None:
        label = self.curve.label
        if self.curve.activation.elementwise:
            raise refusal(
                self.curve.activation, "its Jacobian is a diagonal, which -d gives", label
            )
        if len(self.grid) > MOST_COMPONENTS:
            raise UsageError(
                f"The Jacobian at {len(self.grid):,} x would have {len(self.grid) ** 2:,} numbers; "
                f"it is tabulated for at most {MOST_COMPONENTS:,} x."
            )
        _refuse_like_names(self.header)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        derivatives = (f"d{j}" for j in range(1, len(self.grid) + 1))
        own = ("x", self.curve.label) if len(self) == len(self.grid) else (self.curve.label,)
        return (*own, *derivatives)

    def __len__(self) -> int:
        return len(self._columns[-1])

    def rows(self, start: int, stop: int) -> list[Array]:
        """The rows start <= i < stop: one float64 array for each column."""
        return [column[start:stop] for column in self._columns]

    @cached_property
    def _columns(self) -> list[Array]:
        import numpy as np

        x = self.grid.values()
        matrix = self.curve.activation.jacobian(x)
        value = np.broadcast_to(self.curve.activation.value(x), matrix.shape[:1])
        own = [x, value] if len(value) == len(x) else [value]
        return [*own, *matrix.T]


def _refuse_like_names(names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise UsageError(
                f"{count} columns would be named {name!r}; "
                "give the curve another label: LABEL=CURVE."
            )


def _name(label: str, order: int) -> str:
    return f"{label}_d{order}" if order else label
