"""Somebody's code found by its name, as `module:callable` or `path/to/file.py:callable`."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from actviz.check.dtypes import known_dtype
from actviz.check.foreign.calling import Foreign, adapted, quietly, told
from actviz.errors import UsageError, suggest


def load(spec: str, dtype: str = "float64") -> Foreign:
    """The callable that `module:name`, `path/to/file.py:name` or `module:object.name` stands for.

    A class is instantiated without arguments, as for torch.nn:GELU. The current folder is
    searched first. Raises UsageError that says what could not be found or called.
    """
    known_dtype(dtype)
    place, colon, path = spec.rpartition(":")
    if not (place and colon and path):
        raise UsageError(
            f"{spec!r} is not of the form module:callable or path/to/file.py:callable."
        )
    return taken(spec, _attribute(_module(place, spec), path, spec), dtype)


def taken(name: str, function: Any, dtype: str) -> Foreign:
    """A callable, or a class that is instantiated without arguments; raises as `load` does."""
    if inspect.isclass(function):
        function = _instance(function, name)
    if not callable(function):
        raise UsageError(f"{name!r} is a {type(function).__name__} and cannot be called.")
    return adapted(name, function, dtype)


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
        with quietly():
            return kind()
    except (Exception, SystemExit) as error:
        raise UsageError(f"{spec!r} is a class that needs arguments: {told(error)}") from error
