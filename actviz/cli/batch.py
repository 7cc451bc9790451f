"""Lists of figures: a TOML file whose entries are requests, in the command line's options."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actviz.cli.options import Given, Option, options_of, owners, unset
from actviz.errors import UsageError, suggest

# What an entry calls the curves, and how it may say them.
CURVES = "curves"

# A metavar of single letters stands for numbers, and shows what is between them.
NUMBERS = re.compile(r"[A-Z](?:([,:x])[A-Z])*")


@dataclass(frozen=True)
class Request:
    """What one call of a command was given, by key.

    name, where: the entry of a list and what its errors begin with; '' on the command line.
    own: the keys of what that entry says itself, and not the list for all.
    """

    given: Given
    name: str = ""
    where: str = ""
    own: frozenset[str] = frozenset()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let what is wrong with the request say where it stands."""
        try:
            yield
        except UsageError as error:
            if not self.where:
                raise
            raise UsageError(f"{self.where}: {error}") from None


def read_list(file: str, command: str, given: Given) -> tuple[list[Request], list[Request]]:
    """The requests of a list, or of the entries of it that are named; and those of the whole list.

    file: the list, '-' for standard input; paths in it begin at its own folder.
    given: what was typed beside the list: names of entries in place of curves, and options that
    hold for every figure, whatever the list says.

    Raises UsageError that names the entry and the key; what is wrong with others than those named
    does not matter.
    """
    tables = _read(file)
    rows = options_of(command)
    typed = {key: value for key, value in given.items() if key in rows and not rows[key].run}
    if "all" in typed:
        raise UsageError("--all is for curves; beside --from, every entry is drawn.")
    reader = _Reader(file, command)
    shared = reader.read({k: v for k, v in tables.items() if not isinstance(v, dict)}, file)
    entries = {name: table for name, table in tables.items() if isinstance(table, dict)}
    chosen = _chosen(given.get(CURVES), entries, file)
    found: dict[str, Request] = {}

    def request(name: str) -> Request:
        _check_name(name, file)
        where = f"In {file}, [{name}]"
        own = reader.read(entries[name], where)
        with Request({}, name, where).told():
            said = _over(_over(_that_apply(shared, own, rows), own, rows), typed, rows)
        said.setdefault(CURVES, [name] if not said.get("all") else [])
        said.setdefault("output", [reader.default_output])
        there = {key: value for key, value in said.items() if not unset(value)}
        return Request(there, name, where, frozenset(own) - typed.keys())

    for name in dict.fromkeys([*chosen, *entries]):
        try:
            found[name] = request(name)
        except UsageError:
            if name in chosen:
                raise
    return [found[name] for name in chosen], [found[name] for name in entries if name in found]


def _read(file: str) -> dict[str, Any]:
    from actviz.catalogue.sources import read_toml

    if file == "-":
        return read_toml("The list", lambda: sys.stdin.buffer.read().decode("utf-8"))
    return read_toml(f"The list {file}", lambda: Path(file).read_text("utf-8"))


def _chosen(names: Sequence[str] | None, entries: Mapping[str, Any], file: str) -> Sequence[str]:
    """The names of the entries to draw: all of them if none is named."""
    if not entries:
        raise UsageError(f"{file} has no entry: a figure begins with [NAME].")
    for name in names or ():
        if name not in entries:
            raise UsageError(f"{file} has no entry {name!r}.{suggest(name, entries)}")
    return list(dict.fromkeys(names or entries))


def _check_name(name: str, file: str) -> None:
    """Raise UsageError for the name of an entry that no file can well have."""
    if not name.strip() or not name.isprintable():
        raise UsageError(f"In {file}, [{name!r}] is no name for a file.")


def _that_apply(shared: Given, own: Given, rows: Mapping[str, Option]) -> dict[str, Any]:
    """The shared defaults, less those for an option that the entry does not have."""
    both = {**shared, **own}
    there = {rows[key].name for key in both if key in rows and not unset(both[key])}
    return {
        key: value
        for key, value in shared.items()
        if key not in rows or not rows[key].needs or there & set(rows[key].needs.split())
    }


def _over(below: Given, above: Given, rows: Mapping[str, Option]) -> dict[str, Any]:
    """What two layers of options say together, where the upper one has the last word."""
    from actviz.figure import SUFFIXES

    silenced = {key for key in below if any(_say_the_same(key, other, rows) for other in above)}
    ends = {Path(each).suffix.lower() for each in above.get("output", ())} & set(SUFFIXES)
    if any(not _ends_in(suffix, str(below.get("format", ""))) for suffix in ends):
        silenced.add("format")
    elif "format" in above and "output" not in above:
        for each in below.get("output", ()):
            _refuse_other_suffix(str(above["format"]), each)
    return {key: value for key, value in below.items() if key not in silenced} | dict(above)


def _say_the_same(one: str, other: str, rows: Mapping[str, Option]) -> bool:
    """Whether two keys say the same thing in two ways: whoever says one takes the other back."""
    if CURVES in (one, other):
        return {one, other} == {CURVES, "all"}
    first, second = rows[one], rows[other]
    return second.name in first.rivals.split() or first.name in second.rivals.split()


def _refuse_other_suffix(format: str, output: str) -> None:
    """Raise UsageError for a format from above that the name of the file would belie."""
    from actviz.figure import SUFFIXES

    suffix = Path(output).suffix.lower()
    if suffix in SUFFIXES and not _ends_in(suffix, format):
        raise UsageError(
            f"The output is {output!r}, which is no place for {format}: "
            f"end it in {{ext}}, or give another with -o."
        )


def _ends_in(suffix: str, format: str) -> bool:
    """Whether the files of a format have this suffix, if it is one."""
    from actviz.figure import FORMATS

    return format.lower() in FORMATS and FORMATS[format.lower()].suffix == suffix


class _Reader:
    """Turns the tables of a list into what would have been typed."""

    def __init__(self, file: str, command: str) -> None:
        self._folder = os.path.dirname(file)
        self._rows = options_of(command)
        self.default_output = os.path.join(self._folder, "{name}.{ext}")

    def read(self, table: Mapping[str, Any], where: str) -> dict[str, Any]:
        """The options of a table, as the command takes them."""
        said = {}
        for key, value in table.items():
            row = self._rows.get(key)
            if key != CURVES and (row is None or row.run):
                raise UsageError(f"{where}: {self._unknown(key, value)}")
            try:
                read = as_typed(row, value)
            except TypeError as expected:
                raise UsageError(
                    f"{where}: {key!r} must be {expected}, not {_shown(value)}."
                ) from None
            named = key == "style" and _is_style_name(read)
            said[key] = self._placed(read) if row and row.metavar == "FILE" and not named else read
        return said

    def _placed(self, value: Any) -> Any:
        """A path, or several, seen from the list's own folder."""
        if isinstance(value, list):
            return [self._placed(each) for each in value]
        return value if value == "-" else os.path.join(self._folder, value)

    def _unknown(self, key: str, value: Any) -> str:
        if key in self._rows:
            return f"{key!r} is for all figures of a run: give --{key} on the command line."
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return f"[[{key}]] is no entry: each is a table with a name of its own, [NAME]."
        if others := owners(f"--{key}"):
            return f"{key!r} is for {' and '.join(others)}."
        known = [CURVES, *(key for key, row in self._rows.items() if not row.run)]
        return f"There is no option {key!r}.{suggest(key, known)}"


def _is_style_name(text: str) -> bool:
    """Whether it names a style sheet that matplotlib has, and is no file."""
    from actviz.figure.canvas.styles import is_name

    return is_name(text)


def as_typed(row: Option | None, value: Any) -> Any:
    """What would have been typed for this value of an option, or without one of the curves.

    Raises TypeError that says what it should have been.
    """
    if row is None:
        return _texts("CURVE", value)
    if row.counts:
        if isinstance(value, int) and value >= 0:
            return int(value)
        raise TypeError("true, or how many derivatives to add")
    if not row.metavar:
        if isinstance(value, bool):
            return value
        raise TypeError("true or false")
    return _texts(row.metavar, value) if row.repeats else _text(row.metavar, value)


def _texts(metavar: str, value: Any) -> list[str]:
    return [_text(metavar, each) for each in (value if type(value) is list else [value])]


def _text(metavar: str, value: Any) -> str:
    """The text of a value: of a number or a list of them only where the metavar is of numbers.

    >>> _text("A:B", [-3, 3]), _text("N", 300), _text("THEME", "dark")
    ('-3:3', '300', 'dark')
    """
    numbers = NUMBERS.fullmatch(metavar)
    between = numbers[1] if numbers else None
    several = value if isinstance(value, list) and between else [value]
    if all(isinstance(v, str) or (numbers and type(v) in (int, float)) for v in several):
        return (between or "").join(v if isinstance(v, str) else repr(v) for v in several)
    if not numbers:
        raise TypeError("text in quotes")
    raise TypeError(f"numbers, as [1, 2] or {metavar!r}" if between else "a number")


def _shown(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return repr(value if len(value) < 40 else f"{value[:36]} ...")
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a date or time"
