"""Somebody's code found by its name: `module:callable`, `path/to/file.py:callable`, `lib.so:f`."""

from __future__ import annotations

import contextlib
import copy
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from actviz.check.dtypes import known_dtype
from actviz.check.foreign import compiled, naming
from actviz.check.foreign.adapting import Of, adapted
from actviz.check.foreign.calling import Foreign, quietly, told
from actviz.check.foreign.devices import CHOSEN
from actviz.check.foreign.naming import Parameter
from actviz.errors import UsageError


def find(spec: str, dtype: str = "float64") -> Any:
    """What `module:name`, `path/to/file.py:name` or `lib.so:name` stands for, not yet called.

    What follows the colon is as `naming` and `compiled` have it. The current folder is searched
    first. Raises UsageError that says what could not be found.
    """
    known_dtype(dtype)
    place, path = naming.split(spec)
    if not compiled.is_library(place):
        return naming.resolve(_module(place, spec), path, spec, _told)
    if CHOSEN.get():
        raise UsageError(f"--device is for Python code, and {place!r} is a library.")
    return compiled.function(place, path, dtype)


def load(
    spec: str,
    found: Any,
    dtype: str = "float64",
    parameters: Sequence[Parameter] = (),
    of: Of = "number",
) -> Loaded:
    """What has been found by a name as a callable, which is tried.

    A class is instantiated, without arguments if none are given, as for torch.nn:GELU.
    parameters: those of the function it should be, which it is given if it takes them and the name
    does not give any.
    Raises UsageError that says what could not be called.
    """
    place, path = naming.split(spec)
    if compiled.is_library(place):
        called = of_arrays(spec, found, dtype, of)
        return Loaded(replace(called, words=compiled.assumed(path)))
    return taken(spec, found, dtype, () if path.endswith(")") else parameters, of)


def of_arrays(name: str, function: Callable[[Any], Any], dtype: str, of: Of) -> Foreign:
    """A function of ours of arrays of numpy, which calls what is no Python.

    Raises UsageError for what does not work at all, and for functions of several numbers.
    """
    if of in ("vector", "pair"):
        raise UsageError(f"{name!r} is called with numbers one by one, but a {of} is needed.")
    foreign = Foreign(name, function, "numpy", dtype)
    _told(foreign.returned, repr(name))
    return foreign


class Loaded(NamedTuple):
    """A callable, and the one for its derivative that its object has beside it, if it has one."""

    code: Foreign
    slope: Callable[..., Any] | None = None


def taken(
    name: str, found: Any, dtype: str, parameters: Sequence[Parameter] = (), of: Of = "number"
) -> Loaded:
    """A callable, a class, or an object with methods for value and derivative; raises as `load`."""
    found, words = _told(lambda: naming.with_parameters(found, parameters), f"{name!r}")
    if inspect.isclass(found):
        found = _applied(found) or _instance(found, name)
    found = _evaluating(found)
    value = found if callable(found) else _method(found, VALUES)
    if value is None:
        raise UsageError(f"{name!r} is a {type(found).__name__} and cannot be called.")
    place = f" on {CHOSEN.get()}" if CHOSEN.get() else ""
    return Loaded(adapted(name + words + place, value, dtype, of), _slope(found, value))


def _applied(kind: Any) -> Any:
    """What a function of torch with a gradient of its own, a class, is called by."""
    torch = sys.modules.get("torch")
    custom = torch is not None and issubclass(kind, torch.autograd.Function)
    return kind.apply if custom else None


# What the methods of a function's object are called, the likeliest first.
VALUES = ("forward", "activate", "activation", "apply", "value")
SLOPES = ("gradient", "derivative", "deriv", "grad", "prime")


def _method(found: Any, names: Sequence[str]) -> Callable[..., Any] | None:
    methods = (getattr(found, name, None) for name in names)
    return next((each for each in methods if callable(each)), None)


def _slope(found: Any, value: Callable[..., Any]) -> Callable[..., Any] | None:
    """The derivative as a function of x, of an object that has one or a step backwards."""
    if inspect.isroutine(found) or inspect.ismodule(found):
        return None
    backward = getattr(found, "backward", None)
    if (slope := _method(found, SLOPES)) or not callable(backward):
        return slope

    return Backwards(value, backward)


@dataclass(frozen=True)
class Backwards:
    """The derivative of an object with a step backwards, which is taken after the way forward."""

    value: Callable[..., Any]
    backward: Callable[..., Any]

    def __call__(self, x: Any) -> Any:
        """What comes back for an upstream gradient of 1."""
        return self.chained(x, _ones(x))

    def chained(self, x: Any, g: Any) -> Any:
        """What comes back for another."""
        self.value(x)
        return self.backward(g)


def _ones(x: Any) -> Any:
    import numpy as np

    return x.new_ones(x.shape) if hasattr(x, "new_ones") else np.ones_like(x)


def _evaluating(found: Any) -> Any:
    """A module of torch as it is after training, where dropout and the like do nothing.

    It is another one, as this may be somebody's who goes on training.
    """
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(found, torch.nn.Module) or not found.training:
        return found
    return copy.deepcopy(found).eval()


def _told(call: Callable[[], Any], what: str) -> Any:
    """The result of a call of somebody's code, and what it raises as a UsageError."""
    try:
        with quietly():
            return call()
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        raise UsageError(f"{what} raised {told(error)}") from error


def _module(place: str, spec: str) -> ModuleType:
    try:
        with quietly(), _no_bytecode():
            return _file(Path(place)) if place.endswith(".py") else _importable(place)
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        raise UsageError(f"{place!r} in {spec!r} cannot be imported: {told(error)}") from error


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
    if "/" in name or name.startswith("."):
        raise UsageError(f"{name!r} is no module, no .py file, and no library (.so, .dylib, .dll).")
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


def _instance(kind: Any, spec: str) -> Any:
    """An object of a class; of torch's functions with a derivative, what calls them."""
    torch = sys.modules.get("torch")
    if torch is not None and issubclass(kind, torch.autograd.Function):
        return kind.apply
    try:
        with quietly():
            return kind()
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"{spec!r} is a class that needs arguments, as in Class(0.2): {told(error)}"
        ) from error
