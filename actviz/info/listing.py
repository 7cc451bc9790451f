"""The catalogue as rows, filtered by words, in several formats."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from actviz.catalogue import activation_of
from actviz.errors import UsageError, suggest
from actviz.expression import write_number
from actviz.info.facts import entry_facts

if TYPE_CHECKING:
    from actviz.catalogue import Catalogue
    from actviz.entry import Entry
    from actviz.properties import Properties

DEFAULT = ("name", "formula", "parameters", "aliases")
WIDE = 100  # characters of a terminal that has room for the aliases
WIDTHS = {"parameters": 20, "aliases": 24}  # at most, on a terminal


class Cell(NamedTuple):
    """What stands in a column: for programs, and for people."""

    value: Any
    text: str


def _text(value: str) -> Cell:
    return Cell(value, value)


def _parameters(entry: Entry) -> Cell:
    texts = (f"{name}={write_number(value)}" for name, value in entry.parameters.items())
    return Cell(dict(entry.parameters), " ".join(texts))


def _frameworks(entry: Entry) -> Cell:
    calls = entry_facts(entry, entry.parameters)["frameworks"]
    return Cell(calls, "; ".join(calls.values()))


# The columns that an entry has by itself; those of properties.ROWS can be asked for, too.
COLUMNS: dict[str, Callable[[Entry], Cell]] = {
    "name": lambda entry: _text(entry.name),
    "formula": lambda entry: _text(entry.formula),
    "derivative": lambda entry: _text(activation_of(entry).derivative_formula()),
    "parameters": _parameters,
    "aliases": lambda entry: Cell(list(entry.aliases), " ".join(entry.aliases)),
    "frameworks": _frameworks,
    "paper": lambda entry: _text(entry.paper),
    "note": lambda entry: _text(entry.note),
}  # fmt: skip


def matching(catalogue: Catalogue, words: Sequence[str]) -> list[Entry]:
    """The entries that hold every word in a name, alias, formula or framework name, in order.

    Case does not matter, and '-' equals '_'. Raises UsageError if there are none.
    """
    found = [entry for entry in catalogue.entries.values() if _holds(entry, words)]
    if not found:
        names = [name for e in catalogue.entries.values() for name in (e.name, *e.aliases)]
        hint = next(filter(None, (suggest(_folded(word), names) for word in words)), "")
        raise UsageError(f"Nothing in the catalogue matches {' '.join(words)!r}.{hint}")
    return found


def _holds(entry: Entry, words: Iterable[str]) -> bool:
    texts = [entry.name, entry.formula, *entry.aliases]
    texts += [text for pair in entry.frameworks.items() for text in pair]
    whole = _folded("\n".join(texts))
    return all(_folded(word) in whole for word in words)


def _folded(word: str) -> str:
    return word.lower().replace("-", "_")


def read_columns(text: str) -> tuple[str, ...]:
    """The columns that a list such as 'formula,range,gain' names, the name always first.

    Raises UsageError for one that does not exist.

    >>> read_columns("formula,gain")
    ('name', 'formula', 'gain')
    """
    from actviz.properties import ROWS

    known = [*COLUMNS, *(row.name for row in ROWS)]
    asked = [_folded(word.strip()) for word in text.split(",")]
    for word in asked:
        if word not in known:
            raise UsageError(
                f"There is no column {word!r}.{suggest(word, known)} "
                f"There are {', '.join(known[:-1])} and {known[-1]}."
            )
    return tuple(dict.fromkeys(["name", *asked]))


def write_entries(
    entries: Sequence[Entry],
    format: str,
    columns: Sequence[str] | None = None,
    colour: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> str:
    """The entries as text, in one of the formats of ENTRY_SUFFIXES.

    columns: their names, DEFAULT if None, which is everything that the catalogue says in JSON.
    colour is for `rich`; progress is called after each entry with (done, total, name).
    """
    if format == "json" and columns is None:
        return json.dumps([_entry_record(entry) for entry in entries], indent=2) + "\n"
    chosen = columns or DEFAULT
    rows = []
    for done, entry in enumerate(entries, 1):
        rows.append(cells(entry, chosen))
        if progress:
            progress(done, len(entries), entry.name)
    match format:
        case "rich":
            return rich_table(chosen, [[c.text for c in row] for row in rows], colour)
        case "json":
            return _json(chosen, rows)
        case "markdown":
            return _markdown(chosen, rows)
    return _separated(chosen, rows, "\t" if format == "tsv" else ",")


ENTRY_SUFFIXES = {
    ".txt": "rich",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".md": "markdown",
}


def cells(entry: Entry, columns: Sequence[str]) -> list[Cell]:
    """The row of an entry; its properties are computed if a column asks for one."""
    found = None
    if not set(columns) <= COLUMNS.keys():
        from actviz.properties import properties

        activation = activation_of(entry)
        found = None if activation.vector else properties(activation, "nanoseconds" in columns)
    return [COLUMNS[c](entry) if c in COLUMNS else _property(found, c) for c in columns]


def _property(found: Properties | None, name: str) -> Cell:
    """A property of a function of one number; of any other there is nothing to say."""
    from actviz.properties import ROWS, plain

    if found is None:
        return Cell(None, "")
    row = next(row for row in ROWS if row.name == name)
    return Cell(plain(found)[name], row.text(found))


def _entry_record(entry: Entry) -> dict[str, Any]:
    extra = entry_facts(entry, entry.parameters)
    del extra["defaults"]
    return {
        "name": entry.name,
        "formula": entry.formula,
        "parameters": dict(entry.parameters),
        **extra,
    }


def rich_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    colour: bool = False,
    width: int | None = None,
) -> str:
    """A table for the terminal, in its width; the aliases only where there is room."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    console = Console(
        file=out,
        color_system="standard" if colour else None,
        force_terminal=colour,
        width=width,
    )
    if tuple(columns) == DEFAULT and console.width < WIDE:
        columns = DEFAULT[:-1]
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True, style="cyan")
    for name in columns[1:]:
        table.add_column(name, overflow="fold", max_width=WIDTHS.get(name))
    for row in rows:
        table.add_row(*map(Text, row[: len(columns)]))
    console.print(table)
    return out.getvalue()


def _separated(columns: Sequence[str], rows: Sequence[Sequence[Cell]], delimiter: str) -> str:
    """One line per entry, the columns named in the first; numbers with all their digits."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_exact(cell) for cell in row] for row in rows)
    return out.getvalue()


def _exact(cell: Cell) -> str:
    if not isinstance(cell.value, float):
        return cell.text
    return "" if math.isnan(cell.value) else repr(cell.value)


def _json(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A list of records."""
    from actviz.info.writing import jsonable

    records = [dict(zip(columns, (cell.value for cell in row), strict=True)) for row in rows]
    return json.dumps(jsonable(records), indent=2) + "\n"


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A table."""
    texts = [[cell.text.replace("|", "\\|") for cell in row] for row in rows]
    every = [list(columns), ["---"] * len(columns), *texts]
    return "".join(f"| {' | '.join(row)} |\n" for row in every)
