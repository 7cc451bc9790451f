"""Where entries come from: the built-in file, a user's own, and those that packages offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from actviz.catalogue.entry import Entry, checked, entry_of, formed
from actviz.catalogue.plain import plain_tables
from actviz.errors import UsageError


@lru_cache(maxsize=1)
def built_in() -> Mapping[str, Entry]:
    """The entries of the catalogue that the package brings."""
    text = Path(__file__).with_name("catalogue.toml").read_text("ascii")
    return {name: entry_of(name, table) for name, table in plain_tables(text).items()}


def read_toml(what: str, read: Callable[[], str]) -> dict[str, Any]:
    """The tables of a TOML file; UsageError, beginning with `what`, for one that has none."""
    import tomllib

    try:
        return tomllib.loads(read())
    except OSError as error:
        raise UsageError(f"{what} cannot be read: {error.strerror}.") from None
    except RecursionError:
        raise UsageError(f"{what} is nested too deeply.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{what} is not TOML: {error}.") from None


def read_file(path: Path) -> dict[str, Entry]:
    """The entries of a file of the user's own.

    Raises UsageError, naming file and entry, if it cannot be read or is not well-formed.
    """
    tables = read_toml(f"The catalogue {path}", lambda: path.read_text("utf-8"))
    entries = {}
    for name, table in tables.items():
        try:
            entries[name] = checked(entry_of(name, formed(name, table)))
        except UsageError as error:
            raise UsageError(f"In the catalogue {path}, [{name[:40]}]: {error}") from None
    return entries


def offered() -> tuple[list[Entry], str]:
    """The entries that installed packages offer, and what is wrong with the files of the others.

    A package offers a file by an entry point of the group actviz.catalogues, such as
    ``mine = "my_package:activations.toml"``. Nothing of the package is imported.
    """
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    entries: list[Entry] = []
    broken = ""
    for point in entry_points(group="actviz.catalogues"):
        package, *folders = point.module.split(".")
        spec = find_spec(package)
        places = spec.submodule_search_locations if spec else None
        try:
            if not places:
                raise UsageError(f"There is no package {package!r}.")
            entries += read_file(Path(places[0], *folders, point.attr)).values()
        except UsageError as error:
            broken += f"\n(What {point.name!r} offers under actviz.catalogues is broken: {error})"
    return entries, broken
