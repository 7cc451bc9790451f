"""Columns of numpy's files and of raw ones, whose numbers are what they are."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from actviz.errors import UsageError
from actviz.formula.arrays import Array
from actviz.recorded.column import Column

MOST_BYTES = 200_000_000
MOST_COLUMNS = 100


class Encoding(NamedTuple):
    """A floating-point format as bytes: the type of numpy whose bits they are, little-endian."""

    bits: str
    held: str  # the smallest type of numpy that has all its numbers

    def decode(self, bits: Any) -> Array:
        """The numbers of bits."""
        if self.bits == self.held:
            return np.asarray(bits, dtype=np.float64)
        wide = bits.view(self.bits).astype(np.uint32) << np.uint32(16)
        return np.asarray(wide.view(np.float32), dtype=np.float64)

    def encode(self, x: Array) -> Any:
        """The bits of numbers that the format has."""
        numbers = x.astype(self.held)
        if self.bits == self.held:
            return numbers
        return (numbers.view(np.uint32) >> np.uint32(16)).astype(self.bits)


ENCODINGS = {
    "float64": Encoding("<f8", "<f8"),
    "float32": Encoding("<f4", "<f4"),
    "float16": Encoding("<f2", "<f2"),
    "bfloat16": Encoding("<u2", "<f4"),
}


def read_npy(file: str, dtype: str) -> Mapping[str, Column]:
    """x and y of an array of shape (N, 2) or of records; y of one of shape (N,)."""
    _check_size(file)
    try:
        array = np.load(file, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise _unreadable(file, error) from None
    except ValueError as error:
        raise _no_array(file, error) from None
    if not isinstance(array, np.ndarray):
        array.close()
        raise UsageError(f"{file!r} is an archive: its name must end in .npz.")
    if array.dtype.names is not None:
        return {name.lower(): _flat(file, array[name], dtype) for name in array.dtype.names}
    if array.ndim == 2 and array.shape[1] == 2:
        return {"x": _column(file, array[:, 0], dtype), "y": _column(file, array[:, 1], dtype)}
    return {"y": _flat(file, array, dtype)}


def read_npz(file: str, dtype: str) -> Mapping[str, Column]:
    """The arrays of an archive, by their names."""
    _check_size(file)
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(each.file_size for each in archive.infolist())
        if size > MOST_BYTES:
            raise UsageError(f"{file!r} holds {size // 10**6} MB, which is too much.")
        with np.load(file, allow_pickle=False) as arrays:
            if len(arrays.files) > MOST_COLUMNS:
                raise UsageError(f"{file!r} holds {len(arrays.files)} arrays: x and y are needed.")
            return {name.lower(): _flat(file, arrays[name], dtype, name) for name in arrays.files}
    except OSError as error:
        raise _unreadable(file, error) from None
    except (ValueError, EOFError, MemoryError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _no_array(file, error) from None


def read_raw(file: str, dtype: str) -> Mapping[str, Column]:
    """The numbers of a file that is nothing but them, little-endian.

    They are y, or pairs of x and y, as nobody can tell: see `actviz.recorded.read`.
    """
    if not dtype:
        raise UsageError(f"{file!r} has no format of its own: --dtype says which.")
    _check_size(file)
    encoding = ENCODINGS[dtype]
    width = np.dtype(encoding.bits).itemsize
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from None
    if len(content) % width:
        raise UsageError(
            f"{file!r} has {len(content):,} bytes, which is no whole number of {dtype}."
        )
    return {"y": Column.exact(encoding.decode(np.frombuffer(content, dtype=encoding.bits)), dtype)}


def _flat(file: str, array: Any, dtype: str, name: str = "") -> Column:
    """A column of the numbers of an array in one row, whichever way it lies."""
    what = f"{file!r}{f', {name}' if name else ''}"
    if array.ndim != 1 and sorted(array.shape)[:-1] != [1] * (array.ndim - 1):
        transposed = array.ndim == 2 and array.shape[0] == 2
        raise UsageError(
            f"{what} has the shape {array.shape}: (N, 2) with x and y is needed, or (N,) with y "
            f"alone{'; transpose it' if transposed else ''}."
        )
    return _column(what.strip("'"), array.reshape(-1), dtype)


def _column(what: str, array: Any, dtype: str) -> Column:
    """A column of an array of one dimension, if it is one of numbers."""
    kind, width = array.dtype.kind, array.dtype.itemsize
    if kind == "f" and width <= 8:
        return Column.exact(np.array(array, dtype=np.float64), f"float{8 * width}")
    if kind == "V" and width == 2 and dtype == "bfloat16":
        return Column.exact(ENCODINGS[dtype].decode(np.array(array).view("<u2")), dtype)
    if kind == "V" and width == 2:
        raise UsageError(f"'{what}' holds numbers of two bytes: is it --dtype bfloat16?")
    if kind in "iu" and width == 2 and dtype in ("float16", "bfloat16"):
        raise UsageError(
            f"'{what}' holds {array.dtype}: whether as numbers or as the bits of {dtype} cannot be "
            f"told. Save the numbers, or the bits as .bin."
        )
    if kind in "iu":
        return Column.exact(np.array(array, dtype=np.float64))
    raise UsageError(f"'{what}' holds {array.dtype}, which are no numbers of a known format.")


def _check_size(file: str) -> None:
    """Raise UsageError for a file that is not there, or too large."""
    try:
        size = os.stat(file).st_size
    except OSError as error:
        raise _unreadable(file, error) from None
    if size > MOST_BYTES:
        raise UsageError(f"{file!r} has {size // 10**6} MB, which is too much.")


def _unreadable(file: str, error: OSError) -> UsageError:
    return UsageError(f"{file!r} cannot be read: {error.strerror or error}.")


def _no_array(file: str, error: BaseException) -> UsageError:
    """What numpy says of a file, in fewer words."""
    if "object arrays" in str(error).lower() or "python objects" in str(error).lower():
        return UsageError(
            f"{file!r} holds Python objects, which would have to be run: save numbers, as by "
            "np.asarray(y, dtype=float)."
        )
    return UsageError(f"{file!r} is not a whole file of numpy's.")
