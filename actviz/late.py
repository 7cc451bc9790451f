"""Names of a package that are loaded when they are first asked for (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
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
