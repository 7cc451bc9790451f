"""Tables as numpy's own file format: one record per row, the columns by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.table.columns import Tabular

LONGEST_HEADER = 9_900  # np.load refuses headers above 10,000 unless it is told not to


def write(columns: Tabular, stream: BinaryIO) -> None:
    """Write a one-dimensional array of records of little-endian float64, as `np.load` reads it.

    The header, with the number of rows, comes first, so that the rows can follow in blocks.
    Raises UsageError if the names of the columns together are too long for it.
    """
    dtype = np.dtype([(name, "<f8") for name in columns.header])
    stream.write(_header(dtype, len(columns)))
    for block in columns.blocks():
        rows = np.empty((len(block[0]), len(block)), dtype="<f8")
        for place, column in enumerate(block):
            rows[:, place] = column
        stream.write(rows.data.cast("B"))


def _header(dtype: np.dtype[np.void], length: int) -> bytes:
    """The header of the format's version 1.0, or 3.0 (UTF-8) where the names need it.

    Source: numpy's documentation of numpy.lib.format. Written here because numpy writes a header
    only together with the whole array.
    """
    text = repr({"descr": dtype.descr, "fortran_order": False, "shape": (length,)})
    if len(text) > LONGEST_HEADER:
        raise UsageError(f"{len(dtype.descr)} columns are too many for npy; csv has no limit.")
    major, bytes_of_size = (1, 2) if text.isascii() else (3, 4)
    before = 6 + 2 + bytes_of_size
    encoded = text.encode()
    padding = b" " * (-(before + len(encoded) + 1) % 64)
    size = (len(encoded) + len(padding) + 1).to_bytes(bytes_of_size, "little")
    return b"\x93NUMPY" + bytes([major, 0]) + size + encoded + padding + b"\n"
