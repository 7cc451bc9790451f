"""Functions of a compiled library, by what C says of them: `float f(float)` if nothing is said.

Of single numbers, or of arrays: pointers to the input and to the results, const for the input, and
how many there are, in any order; with one pointer it is done in place.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from actviz.check.dtypes import DTYPES
from actviz.errors import UsageError

LIBRARY = re.compile(r".+\.(?:so(?:\.\d+)*|dylib|dll)", re.DOTALL)
PROTOTYPE = re.compile(
    r"\s*(?P<type>[\w\s*]+?[\s*])(?P<name>[A-Za-z_]\w*)\s*\((?P<takes>.*)\)\s*;?\s*"
)
NAME = re.compile(r"[A-Za-z_]\w*")
WORD = re.compile(r"[A-Za-z_]\w*|\*|\[\]")
SILENT = frozenset("const restrict __restrict __restrict__ extern static inline".split())


class Type(NamedTuple):
    """A type of C: for ctypes, the format that it sets, and those in which it can be judged.

    bits: whether it holds the bits of a format and no number of C's.
    """

    c: Any
    sets: str
    formats: tuple[str, ...]
    bits: bool = False


# fmt: off
TYPES = {
    "float":          Type(ctypes.c_float,  "float32",  ("float32", "float16", "bfloat16")),
    "double":         Type(ctypes.c_double, "float64",  tuple(DTYPES)),
    "uint16_t":       Type(ctypes.c_uint16, "",         ("float16", "bfloat16"), bits=True),
    "unsigned short": Type(ctypes.c_uint16, "",         ("float16", "bfloat16"), bits=True),
    "_Float16":       Type(None,            "float16",  ("float16",), bits=True),
    "__fp16":         Type(None,            "float16",  ("float16",), bits=True),
    "__bf16":         Type(None,            "bfloat16", ("bfloat16",), bits=True),
}
COUNTS = {
    "size_t": ctypes.c_size_t, "int": ctypes.c_int, "unsigned": ctypes.c_uint,
    "unsigned int": ctypes.c_uint, "long": ctypes.c_long, "unsigned long": ctypes.c_ulong,
    "long long": ctypes.c_longlong, "int32_t": ctypes.c_int32, "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64, "uint64_t": ctypes.c_uint64, "ssize_t": ctypes.c_ssize_t,
    "ptrdiff_t": ctypes.c_ssize_t, "unsigned long long": ctypes.c_ulonglong,
}
# fmt: on


class Argument(NamedTuple):
    """What a function takes: a key of TYPES or COUNTS, and whether it is a pointer, and const."""

    type: str
    pointer: bool
    const: bool


class Prototype(NamedTuple):
    """A function as C declares it: its name, what it returns, and what it takes."""

    name: str
    returns: Argument
    takes: tuple[Argument, ...]

    @property
    def type(self) -> Type:
        """That of its numbers."""
        return TYPES[next(each.type for each in self.takes if each.type in TYPES)]


def is_library(place: str) -> bool:
    """Whether a place is the name of a library."""
    return LIBRARY.fullmatch(place) is not None


def prototype(text: str) -> Prototype:
    """A name, or a declaration of C, as a function of numbers or arrays that can be called.

    Raises UsageError for any other.
    """
    found = PROTOTYPE.fullmatch(f"float {text}(float)" if NAME.fullmatch(text) else text)
    takes = [_argument(each) for each in found["takes"].split(",")] if found else []
    returns = _argument(found["type"]) if found else None
    declared = [each for each in takes if each]
    if found and returns and len(declared) == len(takes):
        known = Prototype(found["name"], returns, tuple(declared))
        if _of_numbers(known) or _of_arrays(known):
            return known
    raise UsageError(
        f"{text!r} is no function that can be called here: double f(double), or "
        "void f(const float*, float*, size_t), in any order, of float, double, or "
        "uint16_t for bits."
    )


def assumed(text: str) -> str:
    """In words how a function is called of which nothing is said but its name."""
    words = f"no types are given: it is called as float {text}(float)"
    return words if NAME.fullmatch(text) else ""


def _argument(text: str) -> Argument | None:
    """One argument, or what is returned; None for what is not known."""
    words = [word for word in WORD.findall(text) if word not in SILENT]
    names = [word for word in words if word not in ("*", "[]")]
    pointers = len(words) - len(names)
    for length in range(len(names), 0, -1):
        if (type := " ".join(names[:length])) in {**TYPES, **COUNTS, "void": None}:
            if len(names) - length > 1 or pointers > 1:
                return None
            return Argument(type, pointers == 1, "const" in WORD.findall(text))
    return None


def _of_numbers(known: Prototype) -> bool:
    """Whether it is a function of one number, with its type."""
    [*more, last] = known.takes
    plain = not (more or last.pointer or known.returns.pointer)
    return (
        plain
        and last.type == known.returns.type
        and getattr(TYPES.get(last.type), "c", None) is not None
    )


def _of_arrays(known: Prototype) -> bool:
    """Whether it is a function of arrays of one type, and of their length."""
    arrays = [each for each in known.takes if each.pointer]
    counts = [each for each in known.takes if not each.pointer]
    return (
        len(arrays) in (1, 2)
        and len({each.type for each in arrays} & TYPES.keys()) == len({e.type for e in arrays}) == 1
        and [each.type in COUNTS for each in counts] == [True]
        and sum(each.const for each in arrays) < len(arrays)
        and not known.returns.pointer
        and known.returns.type in {"void": None, **COUNTS}
    )


def format_of(text: str, dtype: str) -> str:
    """The format in which a function is judged: what its types set, or of those they can hold.

    Raises UsageError if it cannot be judged in the one that was asked for.
    """
    type = prototype(text).type
    if not (dtype or type.sets):
        raise UsageError(
            f"{text!r} has bits of 16: --dtype says whether {' or '.join(type.formats)}."
        )
    if dtype and dtype not in type.formats:
        raise UsageError(f"{text!r} cannot be judged in {dtype}: it has {', '.join(type.formats)}.")
    return dtype or type.sets


def function(place: str, text: str, dtype: str) -> Callable[[Any], Any]:
    """A function of a library as one of arrays of numpy; UsageError if it is not there."""
    known = prototype(text)
    format_of(text, dtype)
    there = Path(place)
    try:
        library = ctypes.CDLL(str(there.resolve()) if there.exists() else place)
    except OSError as error:
        raise UsageError(f"The library {place!r} cannot be loaded: {error}") from None
    try:
        called = library[known.name]
    except AttributeError:
        raise UsageError(
            f'There is no function {known.name!r} in {place!r} (in C++ it needs extern "C").'
        ) from None
    return (
        _by_number(called, known, dtype) if _of_numbers(known) else _by_array(called, known, dtype)
    )


def _by_number(called: Any, known: Prototype, dtype: str) -> Callable[[Any], Any]:
    import numpy as np

    called.argtypes, called.restype = [known.type.c], known.type.c

    def of_array(x: Any) -> Any:
        given = _given(known.type, x, dtype)
        results = [called(each) for each in given.ravel().tolist()]
        return _taken(known.type, np.array(results, dtype=given.dtype), x, dtype).reshape(x.shape)

    return of_array


def _by_array(called: Any, known: Prototype, dtype: str) -> Callable[[Any], Any]:
    import numpy as np

    called.argtypes = [ctypes.c_void_p if e.pointer else COUNTS[e.type] for e in known.takes]
    called.restype = None if known.returns.type == "void" else COUNTS[known.returns.type]
    results_at = _place_of_results(known.takes)

    def of_array(x: Any) -> Any:
        given = np.ascontiguousarray(_given(known.type, x, dtype)).copy()
        in_place = sum(each.pointer for each in known.takes) == 1
        results = given if in_place else np.frombuffer(b"\xff" * given.nbytes, given.dtype).copy()
        arguments = [
            (results if i == results_at else given).ctypes.data if each.pointer else given.size
            for i, each in enumerate(known.takes)
        ]
        called(*arguments)
        return _taken(known.type, results, x, dtype).reshape(x.shape)

    return of_array


def _place_of_results(takes: Sequence[Argument]) -> int:
    """The pointer that is not const; of two the second."""
    return [i for i, each in enumerate(takes) if each.pointer and not each.const][-1]


def _given(type: Type, x: Any, dtype: str) -> Any:
    """Numbers of a format as C has them."""
    from actviz.recorded.arrays import ENCODINGS

    if type.bits:
        return ENCODINGS[dtype].encode(x.astype("f8")).view("u2")
    return x.astype("f4" if type.c is ctypes.c_float else "f8")


def _taken(type: Type, y: Any, x: Any, dtype: str) -> Any:
    """The reverse, in the type of numpy that x has."""
    from actviz.recorded.arrays import ENCODINGS

    if type.bits:
        encoding = ENCODINGS[dtype]
        return encoding.decode(y.view(encoding.bits)).astype(x.dtype)
    return y.astype(x.dtype)
