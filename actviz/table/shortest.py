"""The shortest text of each float that reads back as the same float."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actviz.grid import Values


def shortest(column: Values) -> list[str]:
    """The repr of each value of a one-dimensional float64 array."""
    return list(map(repr, column.tolist()))
