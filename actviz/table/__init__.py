"""Tables of values: columns over a grid, written in any of several formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from actviz.late import late

if TYPE_CHECKING:
    from actviz.table.columns import Columns, Jacobian, Pairs, Tabular, columns_of
    from actviz.table.formats import FORMATS, NUMBERS, WORDS, Format, Formats

__all__ = [
    "FORMATS",
    "NUMBERS",
    "WORDS",
    "Columns",
    "Format",
    "Formats",
    "Jacobian",
    "Pairs",
    "Tabular",
    "columns_of",
    "write",
]


def write(columns: Tabular, format: str, stream: BinaryIO) -> None:
    """Write a table to a binary stream, whole, in constant memory; text is UTF-8.

    Every format but rich holds every float exactly (rich shows 6 digits). Only a rich table on a
    stream that is a terminal leaves out rows, and says so.

    Raises UsageError if there is no such format.
    """
    from actviz.table.formats import NUMBERS

    NUMBERS[format].write(columns, stream)


# figures read their range with the grid, and need no formats
__getattr__, __dir__ = late(
    globals(),
    {
        "columns": "Columns Jacobian Pairs Tabular columns_of",
        "formats": "FORMATS NUMBERS WORDS Format Formats",
    },
)
