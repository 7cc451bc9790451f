"""Numbers that somebody is to record a function at, as a file for their program to read."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np

from actviz.formula.arrays import Array
from actviz.recorded.arrays import ENCODINGS


def _npy(x: Array, dtype: str) -> bytes:
    """An array of the smallest type of numpy that has these numbers."""
    stream = io.BytesIO()
    np.save(stream, x.astype(ENCODINGS[dtype].held), allow_pickle=False)
    return stream.getvalue()


def _csv(x: Array, dtype: str) -> bytes:
    """One column called x: each number to the digits of float64, whatever it will be read as."""
    return "\n".join(["x", *map(repr, x.tolist()), ""]).encode("ascii")


def _raw(x: Array, dtype: str) -> bytes:
    """The bits, little-endian."""
    encoded: bytes = ENCODINGS[dtype].encode(x).tobytes()
    return encoded


WRITERS: dict[str, Callable[[Array, str], bytes]] = {".npy": _npy, ".csv": _csv, ".bin": _raw}


def written(x: Array, dtype: str, suffix: str) -> bytes:
    """The bytes of a file with these numbers of a format; suffix: one of WRITERS."""
    with np.errstate(all="ignore"):
        return WRITERS[suffix](x, dtype)
