"""What is loaded when it is first asked for: names of a package (PEP 562), a module of others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any


def late(
    package: dict[str, Any], names: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """What a package has as __getattr__ and __dir__.

    package: its globals(); names: the modules in it, each with the names that lie there; without
    any, the module itself is meant.

    >>> get, names = late({"__name__": "actviz"}, {"errors": "UsageError suggest"})
    >>> get("UsageError").__module__, names()
    ('actviz.errors', ['UsageError', '__name__', 'suggest'])
    """
    where = {name: to for to, several in names.items() for name in several.split() or [to]}

    def get(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        module = import_module(f"{package['__name__']}.{where[name]}")
        package[name] = module if name == where[name] else getattr(module, name)
        return package[name]

    return get, lambda: sorted({*package, *where})


@contextmanager
def put_off(module: str) -> Iterator[None]:
    """If a module is imported meanwhile, it is loaded when something of it is first used.

    >>> with put_off("this"):
    ...     import this
    >>> type(this).__name__
    '_LazyModule'
    """
    from importlib.util import LazyLoader

    class Finder:
        @staticmethod
        def find_spec(name: str, path: Any, target: Any = None) -> ModuleSpec | None:
            found = PathFinder.find_spec(name, path, target) if name == module else None
            if found is not None and found.loader is not None:
                found.loader = LazyLoader(found.loader)
            return found

    finder: Any = Finder
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
