"""Lists of figures: a TOML file whose entries are requests, with the options of the command line.

What an entry may hold is read off the command's own parameters, so the two cannot drift apart.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from actviz.catalogue.sources import read_toml
from actviz.cli.mistakes import owners
from actviz.errors import UsageError, suggest

# Options of a run and not of a figure: a list does not say them.
OF_THE_RUN = {"from", "print-alt", "preview", "show", "jobs", "if-changed", "depfile", "help"}

# Options that say the same thing in two ways: whoever says one takes the other back.
RIVALS = {"deriv": "order", "title": "no-title", "curves": "all"}
RIVALS |= {second: first for first, second in RIVALS.items()}

# A shared default that is for another option is for the entries that have that one.
FOR = {"saturation": "annotate", "points": "vector"}

# A metavar of single letters stands for numbers, and shows what is between them.
NUMBERS = re.compile(r"[A-Z](?:([,:x])[A-Z])*")


@dataclass(frozen=True)
class Request:
    """The options of one call of a command, by parameter.

    name, where: the entry of a list and what its errors begin with; '' on the command line.
    """

    values: Mapping[str, Any]
    name: str = ""
    where: str = ""

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let what is wrong with the request say where it stands."""
        try:
            yield
        except UsageError as error:
            if not self.where:
                raise
            raise UsageError(f"{self.where}: {error}") from None


def read_list(file: str, ctx: Any, given: Mapping[str, Any]) -> list[Request]:
    """The requests of a list, or of the entries of it that are named.

    file: the list, '-' for standard input; paths in it begin at its own folder.
    ctx: Typer's context of the command. given: what was typed beside the list, by parameter: names
    of entries in place of curves, and options that hold for every figure, whatever the list says.

    Raises UsageError that names the entry and the key.
    """
    tables = _read(file)
    options = {_key(param): param for param in ctx.command.params}
    typed = {key: given[param.name] for key, param in options.items()
             if key not in OF_THE_RUN | {"curves"} and not unset(given[param.name])}  # fmt: skip
    if "all" in typed:
        raise UsageError("--all is for curves; beside --from, every entry is drawn.")
    reader = _Reader(file, options, partial(owners, ctx.find_root().command))
    shared = reader.read({k: v for k, v in tables.items() if not isinstance(v, dict)}, file)
    entries = {name: table for name, table in tables.items() if isinstance(table, dict)}
    empty = {param.name: _empty(param) for param in options.values()}
    requests = []
    for name in _chosen(given["curve"], entries, file):
        _check_name(name, file)
        where = f"In {file}, [{name}]"
        own = reader.read(entries[name], where)
        with Request({}, name, where).told():
            said = _over(_over(_that_apply(shared, own), own), typed)
        said.setdefault("curves", [name] if not said.get("all") else [])
        said.setdefault("output", reader.default_output)
        values = {options[key].name: value for key, value in said.items()}
        requests.append(Request(empty | values, name, where))
    return requests


def as_typed(table: Mapping[str, Any], params: Sequence[Any]) -> list[str]:
    """An entry of a list as the arguments and options of the command that takes these params.

    Raises KeyError for a key that is no option, TypeError for a value that it cannot have.
    """
    options = {_key(param): param for param in params}
    words: list[str] = []
    for key, value in table.items():
        typed = _typed(options[key], value)
        if key == "curves":
            words = [*typed, *words]
        elif isinstance(typed, str):
            words += [option_name(options[key]), typed]
        else:  # a flag, given so many times
            words += [option_name(options[key])] * int(typed)
    return words


def unset(value: Any) -> bool:
    """Whether an option or argument has not been given."""
    return value is None or value is False or value in (0, (), [])


def option_name(param: Any) -> str:
    """The name of an option as it is usually typed."""
    return str(max(param.opts, key=len))


def _key(param: Any) -> str:
    """What a list calls a parameter of the command line."""
    if param.param_type_name == "argument":
        return "curves"
    return option_name(param).removeprefix("--")


def _empty(param: Any) -> Any:
    return () if param.multiple or param.nargs == -1 else param.default


def _read(file: str) -> dict[str, Any]:
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


def _that_apply(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The shared defaults, less those for an option that the entry does not have."""
    both = {**shared, **own}
    return {key: v for key, v in shared.items() if key not in FOR or both.get(FOR[key])}


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """What two layers of options say together, where the upper one has the last word."""
    from actviz.figure import SUFFIXES

    silenced = {RIVALS[key] for key in above if key in RIVALS}
    suffix = Path(str(above.get("output", ""))).suffix.lower()
    if suffix in SUFFIXES:
        silenced.add("format")
    elif "format" in above and "output" not in above:
        _refuse_other_suffix(str(above["format"]), str(below.get("output", "")))
    return {key: value for key, value in below.items() if key not in silenced} | dict(above)


def _refuse_other_suffix(format: str, output: str) -> None:
    """Raise UsageError for a format from above that the name of the file would belie."""
    from actviz.figure import SUFFIXES

    told = SUFFIXES.get(Path(output).suffix.lower(), format)
    if told != format.lower():
        raise UsageError(
            f"The output is {output!r}, which is no place for {format}: "
            f"end it in {{ext}}, or give another with -o."
        )


class _Reader:
    """Turns the tables of a list into what would have been typed."""

    def __init__(
        self, file: str, options: Mapping[str, Any], owners: Callable[[str], list[str]]
    ) -> None:
        self._owners = owners
        self._folder = os.path.dirname(file)
        self._options = {key: param for key, param in options.items() if key not in OF_THE_RUN}
        self.default_output = os.path.join(self._folder, "{name}.{ext}")

    def read(self, table: Mapping[str, Any], where: str) -> dict[str, Any]:
        """The options of a table, as the command takes them."""
        said = {}
        for key, value in table.items():
            if key not in self._options:
                raise UsageError(f"{where}: {self._unknown(key, value)}")
            param = self._options[key]
            try:
                read = _typed(param, value)
            except TypeError as expected:
                raise UsageError(
                    f"{where}: {key!r} must be {expected}, not {_shown(value)}."
                ) from None
            said[key] = self._placed(read) if param.metavar == "FILE" else read
        return said

    def _placed(self, value: Any) -> Any:
        """A path, or several, seen from the list's own folder."""
        if isinstance(value, list):
            return [self._placed(each) for each in value]
        return value if value == "-" else os.path.join(self._folder, value)

    def _unknown(self, key: str, value: Any) -> str:
        if key in OF_THE_RUN:
            return f"{key!r} is for all figures of a run: give --{key} on the command line."
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return f"[[{key}]] is no entry: each is a table with a name of its own, [NAME]."
        if others := self._owners(f"--{key}"):
            return f"{key!r} is for {' and '.join(others)}."
        return f"There is no option {key!r}.{suggest(key, self._options)}"


def _typed(param: Any, value: Any) -> Any:
    """What would have been typed for this value; TypeError says what it should have been."""
    if getattr(param, "count", False):
        if isinstance(value, int) and value >= 0:
            return int(value)
        raise TypeError("true, or how many derivatives to add")
    if getattr(param, "is_flag", False):
        if isinstance(value, bool):
            return value
        raise TypeError("true or false")
    if param.multiple or param.nargs == -1:
        return [_text(param.metavar, each) for each in (value if type(value) is list else [value])]
    return _text(param.metavar, value)


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
