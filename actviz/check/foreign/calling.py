"""Somebody's code as a function of float64 arrays: found by its name, called with what it takes.

This is the only place in actviz that runs foreign code, and only code that the user has named.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np

from actviz.check.claim import LOGITS
from actviz.errors import UsageError, suggest
from actviz.formula.arrays import Array

Kind = Literal["numpy", "torch", "jax", "scalar"]
DTYPES = ("float64", "float32", "float16", "bfloat16")
PROBE = (0.5, 1.25, -0.75)


@dataclass(frozen=True)
class Foreign:
    """A callable with the kind of array it takes; see `value` and `derivative`."""

    name: str
    function: Callable[..., Any]
    kind: Kind
    dtype: str

    def value(self, x: Array) -> Array:
        """The results in float64 for inputs that the dtype holds exactly.

        Raises UsageError if the code raises, or returns another shape.
        """
        return _called(self, _CALLS[self.kind], x, 0)

    def derivative(self, x: Array, order: int) -> Array:
        """Derivatives by the framework's autograd; raises UsageError as `value` does."""
        return _called(self, _CALLS[self.kind], x, order)

    def of_vectors(self) -> Foreign:
        """The first component of a function of vectors, as the first number varies.

        Raises UsageError for a callable of single numbers.
        """
        if self.kind == "scalar":
            raise UsageError(f"{self.name!r} takes single numbers, but a vector is needed.")
        return replace(self, function=first_component(self.function, self.kind))

    @property
    def differentiable(self) -> bool:
        """Whether there is an autograd for it."""
        return self.kind in ("torch", "jax")

    def returned(self) -> str:
        """The dtype that comes back, such as 'float32'."""
        x = np.array(PROBE)
        with _quietly():
            result = _CALLS[self.kind].raw(self.function, x, self.dtype)
        return str(getattr(result, "dtype", "float64")).removeprefix("torch.")


def load(spec: str, dtype: str = "float64") -> Foreign:
    """The callable that `module:name`, `path/to/file.py:name` or `module:object.name` stands for.

    A class is instantiated without arguments, as for torch.nn:GELU. The current folder is
    searched first. Raises UsageError that says what could not be found or called.
    """
    if dtype not in DTYPES:
        raise UsageError(
            f"There is no dtype {dtype!r} ({', '.join(DTYPES)}).{suggest(dtype, DTYPES)}"
        )
    place, colon, path = spec.rpartition(":")
    if not (place and colon and path):
        raise UsageError(
            f"{spec!r} is not of the form module:callable or path/to/file.py:callable."
        )
    function = _attribute(_module(place, spec), path, spec)
    if inspect.isclass(function):
        function = _instance(function, spec)
    if not callable(function):
        raise UsageError(f"{spec!r} is a {type(function).__name__} and cannot be called.")
    return adapted(spec, function, dtype)


def _module(place: str, spec: str) -> ModuleType:
    try:
        with _quietly(), _no_bytecode():
            return _file(Path(place)) if place.endswith(".py") else _importable(place)
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"{place!r} in {spec!r} cannot be imported: {_told(error)}") from error


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"There is no file {str(path)!r}.")
    found = importlib.util.spec_from_file_location(path.stem, path)
    if found is None or found.loader is None:
        raise UsageError(f"The file {str(path)!r} is no Python module.")
    module = importlib.util.module_from_spec(found)
    with _first_on_path(str(path.parent.resolve())):
        found.loader.exec_module(module)
    return module


def _importable(name: str) -> ModuleType:
    with _first_on_path(str(Path.cwd())):
        return importlib.import_module(name)


@contextlib.contextmanager
def _no_bytecode() -> Iterator[None]:
    """Nothing is written beside code that is only to be judged."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


@contextlib.contextmanager
def _first_on_path(folder: str) -> Iterator[None]:
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _attribute(module: ModuleType, path: str, spec: str) -> Any:
    found: Any = module
    for name in path.split("."):
        if not hasattr(found, name):
            hint = suggest(name, [known for known in dir(found) if not known.startswith("_")])
            raise UsageError(f"There is no {name!r} for {spec!r}.{hint}")
        found = getattr(found, name)
    return found


def _instance(kind: Callable[..., Any], spec: str) -> Any:
    try:
        with _quietly():
            return kind()
    except Exception as error:
        raise UsageError(f"{spec!r} is a class that needs arguments: {_told(error)}") from error


def adapted(name: str, function: Callable[..., Any], dtype: str) -> Foreign:
    """The callable with the first kind of array that it takes.

    Raises UsageError with what it said to an array if it takes none.
    """
    said: list[str] = []
    for kind in _kinds(function):
        try:
            with _quietly():
                result = _CALLS[kind].raw(function, np.array(PROBE), dtype)
        except UsageError as error:
            said.append(f"{_PASSED[kind]}: {error}")
            continue
        except Exception as error:
            said.append(f"{_PASSED[kind]}: {_told(error)}")
            continue
        if np.shape(result) == np.shape(PROBE):
            return Foreign(name, function, _returned(kind, result), dtype)
        said.append(f"{_PASSED[kind]}: shape {np.shape(PROBE)} in, {np.shape(result)} out")
    raise UsageError("\n  ".join([f"{name!r} cannot be evaluated. It was called with", *said]))


_PASSED: dict[Kind, str] = {
    "numpy": "a numpy array",
    "torch": "a torch tensor",
    "jax": "a jax array",
    "scalar": "a float",
}


def _kinds(function: Callable[..., Any]) -> Sequence[Kind]:
    """Kinds to try, the likeliest first; a framework's only if it has been imported."""
    home = str(getattr(function, "__module__", "") or type(function).__module__).split(".")[0]
    loaded: list[Kind] = [kind for kind in ("torch", "jax") if kind in sys.modules]
    if home in loaded or _of_torch(function):
        first: Kind = "jax" if home == "jax" else "torch"
        return (first, "numpy", *(kind for kind in loaded if kind != first), "scalar")
    return ("numpy", *loaded, "scalar")


def _of_torch(function: Any) -> bool:
    """Whether it is a module of torch, wherever its class was written."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(function, torch.nn.Module)


def _returned(kind: Kind, result: Any) -> Kind:
    """The kind once more, now that a result is there: numpy in, jax out is jax."""
    home = type(result).__module__.split(".")[0]
    return "jax" if home in ("jax", "jaxlib") else kind


def _told(error: BaseException) -> str:
    first = str(error).strip().splitlines()
    return f"{type(error).__name__}: {first[0][:200]}" if first else type(error).__name__


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Foreign code may warn and print; standard output is for the report."""
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(sys.stderr),
    ):
        warnings.simplefilter("ignore")
        yield


def _called(foreign: Foreign, call: Call, x: Array, order: int) -> Array:
    """One call, its failure told in words."""
    try:
        with _quietly():
            result = call.numbers(foreign.function, x, foreign.dtype, order)
    except UsageError:
        raise
    except Exception as error:
        what = f"The derivative of {foreign.name!r}" if order else repr(foreign.name)
        raise UsageError(f"{what} raised {_told(error)}") from error
    if result.shape != x.shape:
        raise UsageError(f"{foreign.name!r} returned the shape {result.shape} for {x.shape}.")
    return result


# --- how each kind is called ------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """How a kind of array is made (raw: the result as it is), and how numbers come back."""

    raw: Callable[[Callable[..., Any], Array, str], Any]
    numbers: Callable[[Callable[..., Any], Array, str, int], Array]


def _numpy_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    if dtype == "bfloat16":
        raise UsageError("numpy has no bfloat16: it needs a callable for torch or jax.")
    return function(x.astype(dtype))


def _numpy_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    if order:
        raise UsageError("A numpy callable has no derivative of its own.")
    return np.asarray(_numpy_raw(function, x, dtype)).astype(np.float64)


def _scalar_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    if dtype == "bfloat16":
        raise UsageError("numpy has no bfloat16: it needs a callable for torch or jax.")
    values = x if dtype == "float64" else x.astype(dtype)
    return np.array([_at(function, value) for value in values.ravel().tolist()]).reshape(x.shape)


def _at(function: Callable[..., Any], value: float) -> float:
    try:
        return float(function(value))
    except Exception as error:
        raise UsageError(f"At x = {value!r} the callable raised {_told(error)}") from error


def _scalar_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    if order:
        raise UsageError("A callable of single numbers has no derivative of its own.")
    return np.asarray(_scalar_raw(function, x, dtype), dtype=np.float64)


def _torch_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    import torch

    return function(torch.tensor(x, dtype=getattr(torch, dtype)))


def _torch_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    import torch

    at = torch.tensor(x, dtype=getattr(torch, dtype), requires_grad=order > 0)
    result = function(at)
    for remaining in range(order, 0, -1):
        if not result.requires_grad:
            result = torch.zeros_like(at)
            break
        (found,) = torch.autograd.grad(
            result.sum(), at, create_graph=remaining > 1, allow_unused=True
        )
        result = torch.zeros_like(at) if found is None else found
    numbers: Array = result.detach().to(torch.float64).numpy()
    return numbers


def _jax_raw(function: Callable[..., Any], x: Array, dtype: str) -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    return function(jax.numpy.asarray(x, dtype=dtype))


def _jax_numbers(function: Callable[..., Any], x: Array, dtype: str, order: int) -> Array:
    import jax

    jax.config.update("jax_enable_x64", True)
    slope = function
    for _ in range(order):
        slope = _jax_slope(slope)
    return np.asarray(slope(jax.numpy.asarray(x, dtype=dtype))).astype(np.float64)


def _jax_slope(function: Callable[..., Any]) -> Callable[..., Any]:
    import jax

    def slope(x: Any) -> Any:
        return jax.grad(lambda at: function(at).sum())(x)

    return slope


_CALLS: dict[Kind, Call] = {
    "numpy": Call(_numpy_raw, _numpy_numbers),
    "scalar": Call(_scalar_raw, _scalar_numbers),
    "torch": Call(_torch_raw, _torch_numbers),
    "jax": Call(_jax_raw, _jax_numbers),
}


def first_component(function: Callable[..., Any], kind: Kind) -> Callable[..., Any]:
    """A function of vectors as one of its first component, the others being LOGITS."""
    library: Any = importlib.import_module("jax.numpy" if kind == "jax" else kind)

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
    library: Any = importlib.import_module("jax.numpy" if kind == "jax" else kind)

    def of_one(x: Any) -> Any:
        halves = [library.ones_like(x) * given[n] if n in given else x for n in arguments]
        return function(library.stack(halves, -1))[..., 0]

    return of_one
