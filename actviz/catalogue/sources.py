"""Where entries come from: the built-in file, a user's own, and those that packages offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from actviz.catalogue.calls import Find, written_out
from actviz.catalogue.entry import Entry, checked, entry_of, formed, normalised
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


def read_file(path: Path, find: Find) -> dict[str, Entry]:
    """The entries of a file of the user's own, which may call each other, and those that are found.

    Raises UsageError, naming file and entry, if it cannot be read or is not well-formed.
    """
    tables = read_toml(f"The catalogue {path}", lambda: path.read_text("utf-8"))
    own = _each(path, tables, lambda name: entry_of(name, formed(name, tables[name])))
    names = names_of(own)

    def known(name: str) -> Entry | None:
        key = normalised(name)
        return own[names[key]] if key in names else find(name)

    return _each(path, own, lambda name: checked(written_out(own[name], known)))


def _each(path: Path, names: Iterable[str], read: Callable[[str], Entry]) -> dict[str, Entry]:
    """The entries of a file by their names, or where it is wrong."""
    entries = {}
    for name in names:
        try:
            entries[name] = read(name)
        except UsageError as error:
            raise UsageError(f"In the catalogue {path}, [{name[:40]}]: {error}") from None
    return entries


def names_of(entries: Mapping[str, Entry]) -> dict[str, str]:
    """Every name and alias, normalised, with the name of its entry."""
    aliases = {normalised(alias): each.name for each in entries.values() for alias in each.aliases}
    return aliases | {normalised(name): name for name in entries}


def offered(find: Find) -> tuple[list[Entry], str]:
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
            entries += read_file(Path(places[0], *folders, point.attr), find).values()
        except UsageError as error:
            broken += f"\n(What {point.name!r} offers under actviz.catalogues is broken: {error})"
    return entries, broken
