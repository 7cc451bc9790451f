"""Tables as numpy's own file format: one record per row, the columns by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from actviz.table.columns import Columns


def write(columns: Columns, stream: BinaryIO) -> None:
    """Write a one-dimensional array of records of little-endian float64, as `np.load` reads it.

    The header, with the number of rows, comes first, so that the rows can follow in blocks.
    """
    dtype = np.dtype([(name, "<f8") for name in columns.header])
    stream.write(_header(dtype, len(columns)))
    for block in columns.blocks():
        stream.write(np.stack(block, axis=1).astype("<f8", copy=False).tobytes())


def _header(dtype: np.dtype[np.void], length: int) -> bytes:
    """The header of the format's version 1.0, or 3.0 (UTF-8, longer) where the names need it.

    Source: numpy's documentation of numpy.lib.format. Written here because numpy writes a header
    only together with the whole array.
    """
    text = repr({"descr": dtype.descr, "fortran_order": False, "shape": (length,)})
    major, bytes_of_size = (1, 2) if text.isascii() and len(text) < 65_000 else (3, 4)
    before = 6 + 2 + bytes_of_size
    encoded = text.encode()
    padding = b" " * (-(before + len(encoded) + 1) % 64)
    size = (len(encoded) + len(padding) + 1).to_bytes(bytes_of_size, "little")
    return b"\x93NUMPY" + bytes([major, 0]) + size + encoded + padding + b"\n"
