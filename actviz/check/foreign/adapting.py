"""Finding out how somebody's code is called: with which kind of array, and in which form.

What it is a function of is known: of a number, of a vector, or of a pair of numbers.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial, wraps
from typing import Any, Literal

import numpy as np

from actviz.check.foreign.calling import KINDS, Foreign, Kind, library_of, quietly, told
from actviz.check.foreign.devices import CHOSEN, HAVING, of_torch
from actviz.check.foreign.forms import (
    CHANGING,
    NUMBERS,
    OTHERS,
    RETURNING,
    TWO,
    Form,
    pair_form,
    plain,
    vector_form,
)
from actviz.check.others import LOGITS, PROBE
from actviz.errors import UsageError
from actviz.formula.arrays import Array

Of = Literal["number", "vector", "pair", "gradient"]
Function = Callable[..., Any]
Found = tuple[Kind, Form] | None


def adapted(name: str, function: Function, dtype: str, of: Of = "number") -> Foreign:
    """The callable as a function of arrays of the first kind, in the first form, that it takes.

    Of numbers it takes n and gives n, of vectors a stack of n rows, of pairs two arrays of n. A
    gradient is left as it is: `gradients` finds out what it takes.
    Raises UsageError with what it said to an array if it takes none.
    """
    function, words = _placed(function, dtype, name)
    said: list[str] = []
    if not kinds(function):
        raise UsageError(
            f"--device {CHOSEN.get()} is for code of {', '.join(HAVING)}, and {name!r} imports "
            "none of these."
        )
    if of == "gradient":
        return Foreign(name, function, kinds(function)[0], dtype, words)
    with quietly():
        found = _FINDERS[of](function, dtype, said)
    if found is None:
        raise UsageError("\n  ".join([f"{name!r} cannot be evaluated. It was called with", *said]))
    kind, form = found
    called = partial(form.call, function, library_of(kind)) if form.words else function
    return Foreign(name, called, kind, dtype, "; ".join(filter(None, (words, form.words))))


def _placed(function: Function, dtype: str, name: str) -> tuple[Function, str]:
    """The same in the format, and on the device; UsageError if there is none such."""
    try:
        return _in_format(function, dtype)
    except (Exception, SystemExit) as error:
        raise UsageError(f"{name!r} cannot be taken to where it is judged: {told(error)}") from None


def kinds(function: Function) -> Sequence[Kind]:
    """Kinds to try, the likeliest first; a framework's only if it has been imported."""
    home = str(getattr(function, "__module__", "") or type(function).__module__).split(".")[0]
    loaded: list[Kind] = [kind for kind in HAVING if kind in sys.modules]
    own = [kind for kind in loaded if kind == ("torch" if _of_torch(function) else home)]
    others: list[Kind] = ["numpy", *(kind for kind in loaded if kind not in own), "scalar"]
    return [kind for kind in (*own, *others) if kind in HAVING or not CHOSEN.get()]


def _of_torch(function: Any) -> bool:
    """Whether it is a module of torch, wherever its class was written."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(function, torch.nn.Module)


def _in_format(function: Any, dtype: str) -> tuple[Function, str]:
    """A module of torch with its parameters in the format that it is judged in."""
    if not _of_torch(function):
        return function, ""
    torch = sys.modules["torch"]
    if CHOSEN.get():
        function = copy.deepcopy(function).to(of_torch())
    wanted, held = getattr(torch, dtype), (*function.parameters(), *function.buffers())
    others = {each.dtype for each in held if each.is_floating_point()} - {wanted}
    if not others:
        return function, ""
    had = ", ".join(sorted(str(each).removeprefix("torch.") for each in others))
    return copy.deepcopy(function).to(wanted), f"its parameters, {had}, are taken in {dtype}"


def _of_numbers(function: Function, dtype: str, said: list[str]) -> Found:
    """The usual form with every kind of array before others.

    Other shapes are for what raises: what returns another shape may do so with any.
    """
    raised = list[Kind]()
    for kind in kinds(function):
        try:
            result = KINDS[kind].raw(function, np.array(PROBE), dtype)
        except (Exception, SystemExit) as error:
            said.append(f"{KINDS[kind].words}: {_words(error)}")
            raised.append(kind)
            continue
        if _alike(result):
            return _returned(kind, result), NUMBERS[0]
        said.append(f"{KINDS[kind].words}: shape {np.shape(PROBE)} in, {_shape(result)} out")
    for kind in kinds(function):
        for form in () if kind == "scalar" else OTHERS if kind in raised else RETURNING:
            called = partial(form.call, function, library_of(kind))
            try:
                result = KINDS[kind].raw(called, np.array(PROBE), dtype)
            except (Exception, SystemExit):
                continue
            if _alike(result) and not (form is CHANGING and _unchanged(result)):
                return _returned(kind, result), form
    return None


def _words(error: BaseException) -> str:
    return str(error) if isinstance(error, UsageError) else told(error)


def _alike(result: Any) -> bool:
    """Whether what came back is one number for each."""
    return getattr(result, "shape", None) == np.shape(PROBE) or (
        isinstance(result, list) and np.shape(result) == np.shape(PROBE)
    )


def _unchanged(result: Any) -> bool:
    """Whether an array is as it was given: what changes none, and returns none, has no values."""
    return np.array_equal(plain(result), np.array(PROBE))


def _shape(result: Any) -> str:
    """The shape of what came back, or what it is."""
    if isinstance(result, list | tuple):
        with suppress(ValueError):
            return str(np.shape(result))
    return str(getattr(result, "shape", type(result).__name__))


def _returned(kind: Kind, result: Any) -> Kind:
    """The kind once more, now that a result is there: numpy in, jax out is jax."""
    home = type(result).__module__.split(".")[0]
    return "jax" if home in ("jax", "jaxlib") else kind


def _of_vectors(function: Function, dtype: str, said: list[str]) -> Found:
    return _searched(vector_form, function, dtype, said)


def _of_pairs(function: Function, dtype: str, said: list[str]) -> Found:
    found = _searched(pair_form, function, dtype, said)
    if found is None:
        try:
            float(function(*PROBE[:2]))
            return "scalar", TWO
        except (Exception, SystemExit) as error:
            said.append(f"two floats: {told(error)}")
    return found


def _array(kind: Kind, dtype: str, x: Array) -> Any:
    return KINDS[kind].given(x, dtype)


def _searched(search: Callable[..., Any], function: Function, dtype: str, said: list[str]) -> Found:
    returned = list[Any]()

    @wraps(function, updated=())
    def seen(*arrays: Any, **options: Any) -> Any:
        returned[:] = [function(*arrays, **options)]
        return returned[0]

    for kind in kinds(function):
        if kind == "scalar":
            continue
        form, answers = search(seen, library_of(kind), partial(_array, kind, dtype))
        if form is not None:
            return _returned(kind, returned[0]), form
        said += [f"{KINDS[kind].words}, {answer}" for answer in answers]
    return None


_FINDERS: dict[str, Callable[[Function, str, list[str]], Found]] = {
    "number": _of_numbers,
    "vector": _of_vectors,
    "pair": _of_pairs,
}


def component(foreign: Foreign, which: int) -> Foreign:
    """A component of a function of vectors as the first number varies, the others being LOGITS."""
    library: Any = library_of(foreign.kind)

    def of_one(x: Any) -> Any:
        others = [library.ones_like(x) * logit for logit in LOGITS]
        result = foreign.function(library.stack([x, *others], -1))
        if result.shape == x.shape:  # one number of them all
            return result
        return result[..., which if result.shape[-1] > 1 else 0]

    return replace(foreign, function=of_one)


def line(foreign: Foreign, arguments: Sequence[str], given: Mapping[str, float]) -> Foreign:
    """A function of pairs as one of a single number, the other being given."""
    library: Any = library_of(foreign.kind)

    def of_one(x: Any) -> Any:
        ones = 1.0 if library is None else library.ones_like(x)
        return foreign.function(*(ones * given[n] if n in given else x for n in arguments))

    return replace(foreign, function=of_one)
