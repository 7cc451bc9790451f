"""Somebody's code as a function of float64 arrays, called with the kind of array that it takes.

With what finds it, the only place in actviz that runs foreign code: only code that the user names.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import _exit, getpid  # as they are before the code is loaded, and those of numpy
from typing import Any, Literal

import numpy as np
from numpy import asarray, errstate, float64

from actviz.check.dtypes import DTYPES
from actviz.check.foreign import devices
from actviz.check.others import LOGITS, PROBE
from actviz.errors import UsageError
from actviz.formula.arrays import Array

Kind = Literal["numpy", "torch", "jax", "cupy", "scalar"]


@dataclass(frozen=True)
class Foreign:
    """A callable with the kind of array it takes; see `value` and `derivative`.

    words: how it is called, if that is not the usual way.
    """

    name: str
    function: Callable[..., Any]
    kind: Kind
    dtype: str
    words: str = ""

    def value(self, x: Array) -> Array:
        """The results in float64 for inputs that the dtype holds exactly.

        Raises UsageError if the code raises, or returns another shape.
        """
        return _called(self, x, 0)

    def derivative(self, x: Array, order: int) -> Array:
        """Derivatives by the framework's autograd; raises UsageError as `value` does."""
        return _called(self, x, order)

    def numbers(self, x: Array, order: int) -> Array:
        """The same of any order, whatever the code raises; UsageError for another shape."""
        result = KINDS[self.kind].numbers(self.function, x, self.dtype, order)
        if result.shape != x.shape:
            raise UsageError(f"{self.name!r} returned the shape {result.shape} for {x.shape}.")
        return result

    def chained(self, x: Array, g: Array) -> Array | None:
        """What comes back for an upstream gradient; None if the code takes none."""
        call = KINDS[self.kind]
        if call.chained is not None:
            return call.chained(self.function, x, g, self.dtype)
        own = getattr(self.function, "chained", None)
        if own is None:
            return None
        return _kept(own(call.given(x, self.dtype), call.given(g, self.dtype)), self.dtype)

    @property
    def differentiable(self) -> bool:
        """Whether there is an autograd for it."""
        return KINDS[self.kind].differentiable

    def returned(self) -> str:
        """The dtype that comes back, such as 'float32'."""
        x = np.array(PROBE)
        with quietly():
            result = KINDS[self.kind].raw(self.function, x, self.dtype)
        back = str(getattr(result, "dtype", "float64")).removeprefix("torch.")
        held = self.kind in ("numpy", "cupy") and back == _held(self.dtype)
        return self.dtype if held else back


def told(error: BaseException) -> str:
    first = str(error).strip().splitlines()
    return f"{type(error).__name__}: {first[0][:200]}" if first else type(error).__name__


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Foreign code may warn and print; standard output is for the report."""
    process = getpid()
    with (
        warnings.catch_warnings(),
        errstate(all="ignore"),
        contextlib.redirect_stdout(sys.stderr),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            end_copies(process)


def end_copies(process: int) -> None:
    """End here, if this is a copy of a process that code has made and has come back in."""
    if getpid() != process:
        _exit(0)


def _called(foreign: Foreign, x: Array, order: int) -> Array:
    """One call, its failure told in words."""
    try:
        with quietly():
            return foreign.numbers(x, order)
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        what = f"The derivative of {foreign.name!r}" if order else repr(foreign.name)
        raise UsageError(f"{what} raised {told(error)}") from error


# --- how each kind is called ------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """A kind of array: in words, where its functions are, and whether it has an autograd.

    given: an array of it; raw: the result as the code returns it; numbers: the result, or its
    derivative, in float64; chained: the derivative for an upstream gradient.
    """

    words: str
    module: str
    differentiable: bool
    given: Callable[[Array, str], Any]
    raw: Callable[[Callable[..., Any], Array, str], Any]
    numbers: Callable[[Callable[..., Any], Array, str, int], Array]
    chained: Callable[[Callable[..., Any], Array, Array, str], Array] | None = None


def _held(dtype: str) -> str:
    """The type of numpy that holds the numbers of a format: bfloat16 is float32 cut short."""
    return "float32" if dtype == "bfloat16" else dtype


def _numpy_given(x: Array, dtype: str) -> Any:
    return x.astype(_held(dtype))


def _kept(y: Any, dtype: str) -> Array:
    """Results in float64; of bfloat16 as they would be written into its 16 bits."""
    numbers = asarray(y).astype(float64)
    return DTYPES[dtype].rounded(numbers) if dtype == "bfloat16" else numbers


def _numpy_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    return function(_numpy_given(x, dtype))


def _numpy_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    if order:
        raise UsageError("A numpy callable has no derivative of its own.")
    return _kept(_numpy_raw(function, x, dtype), dtype)


def one_by_one(function: Callable[..., Any], x: Array, dtype: str) -> tuple[Array, dict[int, str]]:
    """What a callable of single numbers gives, NaN where it raises; what it raised, by place."""
    results, raised, process = list[float](), dict[int, str](), getpid()
    for value in _numpy_given(x, dtype).ravel().tolist():
        try:
            results.append(float(function(value)))
        except (Exception, SystemExit) as error:
            raised[len(results)] = told(error)
            results.append(np.nan)
        end_copies(process)  # each would go on by itself, and be copied again
    return _kept(results, dtype).reshape(x.shape), raised


def _scalar_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    """The same, unless it raises everywhere."""
    results, raised = one_by_one(function, x, dtype)
    if raised and len(raised) == x.size:
        raise UsageError(raised[x.size - 1])
    return results


def _scalar_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    if order:
        raise UsageError("A callable of single numbers has no derivative of its own.")
    values = _numpy_given(x, dtype).ravel().tolist()
    return _kept([float(function(value)) for value in values], dtype).reshape(x.shape)


def _torch_given(x: Array, dtype: str) -> Any:
    import torch

    return torch.tensor(x, dtype=getattr(torch, dtype), device=devices.of_torch())


def _torch_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    return function(_torch_given(x, dtype))


def _torch_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    import torch

    at = _torch_given(x, dtype)
    # a copy, as code that works in place may not change what is differentiated by
    result = function(at.requires_grad_().clone() if order else at)
    for remaining in range(order, 0, -1):
        if not result.requires_grad:
            result = torch.zeros_like(at)
            break
        (found,) = torch.autograd.grad(
            result.sum(), at, create_graph=remaining > 1, allow_unused=True
        )
        result = torch.zeros_like(at) if found is None else found
    numbers: Array = result.detach().cpu().to(torch.float64).numpy()
    return numbers


def _torch_chained(function: Callable[..., Any], x: Array, g: Array, dtype: str) -> Array:
    import torch

    at = _torch_given(x, dtype).requires_grad_()
    result = function(at.clone())
    if not result.requires_grad:
        return np.zeros(x.shape)
    (found,) = torch.autograd.grad(result, at, _torch_given(g, dtype).to(result.dtype))
    numbers: Array = found.detach().cpu().to(torch.float64).numpy()
    return numbers


def _jax_given(x: Array, dtype: str) -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    return devices.to_jax(jax.numpy.asarray(x, dtype=dtype))


def _jax_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    return function(_jax_given(x, dtype))


def _jax_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    at = _jax_given(x, dtype)
    slope = function
    for _ in range(order):
        slope = _jax_slope(slope)
    return np.asarray(slope(at)).astype(np.float64)


def _jax_chained(function: Callable[..., Any], x: Array, g: Array, dtype: str) -> Array:
    import jax

    result, backwards = jax.vjp(function, _jax_given(x, dtype))
    (found,) = backwards(_jax_given(g, dtype).astype(result.dtype))
    return np.asarray(found).astype(np.float64)


def _jax_slope(function: Callable[..., Any]) -> Callable[..., Any]:
    import jax

    def slope(x: Any) -> Any:
        return jax.grad(lambda at: function(at).sum())(x)

    return slope


def _cupy_given(x: Array, dtype: str) -> Any:
    return devices.to_cupy(_numpy_given(x, dtype))


def _cupy_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    return function(_cupy_given(x, dtype))


def _cupy_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    import cupy

    if order:
        raise UsageError("A callable of CuPy has no derivative of its own.")
    return _kept(cupy.asnumpy(_cupy_raw(function, x, dtype)), dtype)


KINDS: dict[Kind, Call] = {
    "numpy": Call("a numpy array", "numpy", False, _numpy_given, _numpy_raw, _numpy_numbers),
    "scalar": Call("a float", "", False, _numpy_given, _scalar_raw, _scalar_numbers),
    "torch": Call(
        "a torch tensor", "torch", True, _torch_given, _torch_raw, _torch_numbers, _torch_chained
    ),
    "jax": Call("a jax array", "jax.numpy", True, _jax_given, _jax_raw, _jax_numbers, _jax_chained),
    "cupy": Call("a CuPy array", "cupy", False, _cupy_given, _cupy_raw, _cupy_numbers),
}


def library_of(kind: Kind) -> Any:
    """The module of the functions of a kind of array; None for single numbers."""
    return importlib.import_module(KINDS[kind].module) if KINDS[kind].module else None


def along_component(function: Callable[..., Any], kind: Kind) -> Callable[..., Any]:
    """A function of vectors as one of its first component, the others being LOGITS."""
    library: Any = library_of(kind)

    def component(x: Any) -> Any:
        others = [library.ones_like(x) * logit for logit in LOGITS]
        result = function(library.stack([x, *others], -1))
        return result if result.shape == x.shape else result[..., 0]  # or one number of them all

    return component


def along_line(
    function: Callable[..., Any],
    arguments: Sequence[str],
    given: Mapping[str, float],
    kind: Kind,
) -> Callable[..., Any]:
    """A function of the halves of a vector as one of a single number, the other being given."""
    library: Any = library_of(kind)

    def of_one(x: Any) -> Any:
        halves = [library.ones_like(x) * given[n] if n in given else x for n in arguments]
        return function(library.stack(halves, -1))[..., 0]

    return of_one
