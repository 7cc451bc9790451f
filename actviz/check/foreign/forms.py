"""Ways to pass arrays to somebody's code and to take what comes back: tables, the usual ones first.

A form calls a function with arrays of ours and gives back an array: of n numbers for n numbers, of
n rows for n vectors. It is found by trying which one the code takes.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from actviz.formula.arrays import Array

MULTIPLE = 1024  # of every block size that a kernel may ask for
AXES = ("axis", "dim")
# Vectors that are tried: of usual size, and such that what is done to a whole stack shows.
GENTLE = ((0.5, 1.25, -0.75), (0.1, 0.2, 0.3), (-0.4, 0.0, 0.9), (1.0, 1.0, 1.1), (0.3, -0.2, 0.05))
EXTREME = (*GENTLE, (1e3, 1.0, -0.5), (-1e3, 1.0, -0.5), (3e4, 1.0, -0.5), (-3e4, 1.0, -0.5))
NEAR = 0.02  # relative: what a 16-bit format may make of the same sum

Function = Callable[..., Any]


@dataclass(frozen=True)
class Form:
    """A way to call, in words for people ('' for the plain one)."""

    words: str
    call: Callable[..., Any]


# --- numbers: call(function, library, *arrays of n numbers) -> an array of n ---------------------


def _plainly(function: Function, library: Any, *arrays: Any) -> Any:
    return function(*arrays)


def _in_place(function: Function, library: Any, *arrays: Any, place: int = 0) -> Any:
    """What is left in an array that it was given, if it returns nothing."""
    given = [_copy(each) for each in arrays]
    return given[place] if function(*given) is None else None


def _into(function: Function, library: Any, *arrays: Any, name: str = "") -> Any:
    """What it has put into one more array, if it returns nothing else."""
    out = library.zeros_like(arrays[0])
    result = function(*arrays, **{name: out}) if name else function(*arrays, out)
    return out if result is None or result is out else None


def _reshaped(
    function: Function, library: Any, *arrays: Any, shape: tuple[int, ...] = (-1,)
) -> Any:
    """As an array of several dimensions, all but one of them 1."""
    size = arrays[0].shape
    return function(*(each.reshape(shape) for each in arrays)).reshape(size)


def _padded(function: Function, library: Any, *arrays: Any) -> Any:
    """With zeros up to a multiple of many."""
    count = arrays[0].shape[0]
    fill = -count % MULTIPLE
    longer = [
        library.concatenate([each, library.zeros_like(each[:1]).repeat(fill)]) if fill else each
        for each in arrays
    ]
    return function(*longer)[:count]


def _of_two(function: Function, library: Any, *arrays: Any, place: int = 0) -> Any:
    """One of the two that it returns."""
    first, second = function(*arrays)
    return (first, second)[place]


# fmt: off
NUMBERS = (
    Form("", _plainly),
    Form("the first of the two that it returns is taken", _of_two),
    Form("it is called with out=, an array for the results", partial(_into, name="out")),
    Form("it is called with an array that it changes", _in_place),
    Form("it is called with an array for the results", _into),
    Form("it is called with arrays of shape (1, n)", partial(_reshaped, shape=(1, -1))),
    Form("it is called with arrays of shape (n, 1)", partial(_reshaped, shape=(-1, 1))),
    Form("it is called with arrays of shape (1, 1, n)", partial(_reshaped, shape=(1, 1, -1))),
    Form("it is called with arrays of shape (1, 1, 1, n)", partial(_reshaped, shape=(1, 1, 1, -1))),
    Form(f"it is called with multiples of {MULTIPLE} numbers", _padded),
)
OTHERS, RETURNING, CHANGING = NUMBERS[1:], NUMBERS[1:4], NUMBERS[3]
SECOND = Form("the second of the two that it returns is taken", partial(_of_two, place=1))
LAST_CHANGED = Form("it changes the last of the arrays", partial(_in_place, place=-1))
# fmt: on


def _copy(array: Any) -> Any:
    return array.clone() if hasattr(array, "clone") else array.copy()


# --- vectors: call(function, library, *stacks of n rows of k numbers) -> n rows or numbers --------


def _along(function: Function, library: Any, *stacks: Any, name: str) -> Any:
    return function(*stacks, **{name: -1})


def _each(function: Function, library: Any, *stacks: Any) -> Any:
    """One vector after another; by the framework's vmap, which does the same at once, if it can."""
    vmap = getattr(importlib.import_module(_home(library)), "vmap", None)
    if vmap is not None:
        try:
            return vmap(function)(*stacks)
        except Exception:
            pass
    return _stacked(library, [function(*rows) for rows in zip(*stacks, strict=True)])


def _home(library: Any) -> str:
    return str(library.__name__).split(".")[0]


def _stacked(library: Any, results: Sequence[Any]) -> Any:
    if library is np:
        return np.stack([np.asarray(each) for each in results])
    return library.stack([e if hasattr(e, "shape") else library.asarray(e) for e in results])


def _listed(function: Function, library: Any, *stacks: Any) -> Any:
    """One vector after another, as lists."""
    return np.array(
        [function(*map(list, rows)) for rows in zip(*map(_numbers, stacks), strict=True)]
    )


def _numbers(stack: Any) -> list[list[float]]:
    rows: list[list[float]] = stack.tolist()
    return rows


def _columns(function: Function, library: Any, *stacks: Any) -> Any:
    """The vectors as columns; of several axes the last is that of the vectors."""
    found = function(*(each.T for each in stacks))
    return found.T if len(found.shape) == 2 else found


def _one_row(function: Function, library: Any, *stacks: Any) -> Any:
    """Stacks of one row each, one after another."""
    return _stacked(library, [function(*r)[0] for r in _single(stacks, lambda row: row[None])])


def _one_column(function: Function, library: Any, *stacks: Any) -> Any:
    """Stacks of one column each, one after another."""
    calls = _single(stacks, lambda row: row[:, None])
    return _stacked(library, [function(*columns)[:, 0] for columns in calls])


def _single(stacks: Sequence[Any], shaped: Callable[[Any], Any]) -> Iterator[list[Any]]:
    for rows in zip(*stacks, strict=True):
        yield [shaped(row) for row in rows]


def _channels(function: Function, library: Any, *stacks: Any) -> Any:
    """The vectors along the second of four axes, as channels."""
    return function(*(each[:, :, None, None] for each in stacks))[..., 0, 0]


# fmt: off
STACK = Form("", _plainly)
EACH = Form("it is called with one vector at a time", _each)
VECTORS = (
    STACK,
    *(Form(f"it is called with a stack of vectors and {name}=-1", partial(_along, name=name))
      for name in AXES),
    EACH,
    Form("it is called with a stack of vectors that it changes", _in_place),
    Form("it is called with vectors as columns", _columns),
    Form("it is called with stacks of one row", _one_row),
    Form("it is called with stacks of one column", _one_column),
    Form("it is called with vectors along the second of four axes", _channels),
    Form("it is called with one list of numbers at a time", _listed),
)
# fmt: on


def vector_form(
    function: Function, library: Any, given: Callable[[Array], Any]
) -> tuple[Form | None, list[str]]:
    """The form in which a function of a vector takes it, and what each said that does not do.

    A row must not depend on others; and in some form a component should depend on the others.
    given: makes an array of the library of ours.
    """
    said, possible = list[str](), list[Form]()
    crowded = False
    for form in VECTORS:
        if (name := _axis(form)) and not _takes(function, name):
            continue
        try:
            rows = plain(form.call(function, library, given(np.array(GENTLE))))
            if not _per_row(rows.shape, GENTLE):
                said.append(f"{form.words or 'a stack'}: {np.shape(GENTLE)} in, {rows.shape} out")
                continue
            if not _apart(form, function, library, given, GENTLE):
                said.append(f"{form.words or 'a stack'}: vectors influence one another")
                continue
            if not _raising(form, function, library, given, EXTREME) and not _apart(
                form, function, library, given, EXTREME
            ):
                crowded = True
                continue
        except Exception as error:
            said.append(f"{form.words or 'a stack'}: {type(error).__name__}: {error}")
            continue
        if _mixes(form, function, library, given):
            return (_warned(form) if crowded else form), said
        possible.append(form)
    return (possible[0] if possible else None), said


def _warned(form: Form) -> Form:
    return Form(f"{form.words}, as in a stack they influence one another", form.call)


def _axis(form: Form) -> str:
    return form.call.keywords.get("name", "") if isinstance(form.call, partial) else ""


def _per_row(shape: tuple[int, ...], rows: Sequence[Sequence[float]]) -> bool:
    """Whether there is a row for every one, or a number."""
    count, width = np.shape(rows)
    return shape in ((count, width), (count, 1), (count,))


def _apart(
    form: Form,
    function: Function,
    library: Any,
    given: Callable[[Array], Any],
    rows: Sequence[Sequence[float]],
) -> bool:
    """Whether every row has the same result by itself."""
    stack = np.array(rows)
    whole = plain(form.call(function, library, given(stack)))
    for i in range(len(stack)):
        alone = plain(form.call(function, library, given(stack[i : i + 1])))
        if not np.allclose(whole[i], alone[0], rtol=NEAR, atol=1e-6, equal_nan=True):
            return False
    return True


def _raising(
    form: Form,
    function: Function,
    library: Any,
    given: Callable[[Array], Any],
    rows: Sequence[Sequence[float]],
) -> bool:
    """Whether it raises for some of them, as by an overflow, which is for its judge to tell."""
    try:
        form.call(function, library, given(np.array(rows)))
    except Exception:
        return True
    return False


def _mixes(form: Form, function: Function, library: Any, given: Callable[[Array], Any]) -> bool:
    """Whether the first component depends on the second."""
    stack = np.array(GENTLE)
    before = plain(form.call(function, library, given(stack)))
    stack[:, 1] += 0.25
    after = plain(form.call(function, library, given(stack)))
    return bool((before.reshape(len(stack), -1)[:, 0] != after.reshape(len(stack), -1)[:, 0]).any())


def plain(result: Any) -> Array:
    """A result of any library, wherever it is, as an array of ours."""
    if hasattr(result, "detach"):
        result = result.detach().cpu().double().numpy()
    if type(result).__module__.startswith("cupy"):
        result = result.get()
    return np.asarray(result, dtype=np.float64)


def _takes(function: Function, name: str) -> bool:
    """Whether there is a parameter of that name, as far as a callable tells."""
    try:
        return name in inspect.signature(function).parameters
    except (ValueError, TypeError):
        return True


def required(function: Function) -> list[str]:
    """The names of the arguments by position that it cannot do without, if it tells them."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        found = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return []
    return [each.name for each in found if each.kind in kinds and each.default is each.empty]


# --- pairs: call(function, library, a, b) -> an array of n ----------------------------------------


def _halves(
    function: Function, library: Any, a: Any, b: Any, axis: int = -1, name: str = ""
) -> Any:
    """The halves of a last axis, or of a first one."""
    both = library.stack([a, b], axis)
    found = function(both, **({name: -1} if name else {}))
    return found[..., 0] if axis == -1 else found[0]


def _joined(function: Function, library: Any, a: Any, b: Any) -> Any:
    """The halves of one long vector."""
    return function(library.concatenate([a, b]))


def _half_channels(function: Function, library: Any, a: Any, b: Any) -> Any:
    return function(library.stack([a, b], -1)[:, :, None, None])[:, 0, 0, 0]


# fmt: off
TWO = Form("it is called with two arrays", _plainly)
PAIRS = (
    Form("it is called with the halves along the last axis", _halves),
    *(Form(f"it is called with the halves along the last axis and {name}=-1",
           partial(_halves, name=name)) for name in AXES),
    Form("it is called with one vector at a time, of two halves", _joined),
    Form("it is called with the halves along the first axis", partial(_halves, axis=0)),
    Form("it is called with the halves along the second of four axes", _half_channels),
    TWO,
)
# fmt: on


def pair_form(
    function: Function, library: Any, given: Callable[[Array], Any]
) -> tuple[Form | None, list[str]]:
    """The form in which a gated function takes two numbers, and what each said that does not do."""
    said = list[str]()
    a, b = (given(np.array(GENTLE)[:, i]) for i in (0, 1))
    forms = (TWO, *PAIRS[:-1]) if len(required(function)) > 1 else PAIRS
    for form in forms:
        if (name := _axis(form)) and not _takes(function, name):
            continue
        try:
            found = plain(form.call(function, library, a, b))
        except Exception as error:
            said.append(f"{form.words}: {type(error).__name__}: {error}")
            continue
        if found.shape == (len(GENTLE),):
            return form, said
        said.append(f"{form.words}: {found.shape} came back for {len(GENTLE)} pairs")
    return None, said
