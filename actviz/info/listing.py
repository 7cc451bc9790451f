"""The catalogue as rows, filtered by words, in several formats."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from actviz.catalogue.lookup import activation_of
from actviz.errors import UsageError, suggest
from actviz.formula.expression import to_text, write_number
from actviz.info.facts import entry_facts
from actviz.table import records
from actviz.table.records import Cell, Column, Records

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation
    from actviz.catalogue.entry import Entry
    from actviz.catalogue.lookup import Catalogue
    from actviz.properties import Properties

DEFAULT = ("name", "formula", "parameters", "aliases")
MEASURED = "nanoseconds"  # the column that is measured, not computed
WIDE = 100  # characters of a terminal that has room for the aliases
MOST = {"parameters": 20, "aliases": 24}  # characters of a column on a terminal

Told = Callable[[int, int, str], None]  # called after each entry with (done, total, name)


def _text(value: str) -> Cell:
    return Cell(value, value)


def _parameters(entry: Entry) -> Cell:
    texts = (f"{name}={write_number(value)}" for name, value in entry.parameters.items())
    return Cell(dict(entry.parameters), " ".join(texts))


def _frameworks(entry: Entry) -> Cell:
    calls = entry_facts(entry, entry.parameters)["frameworks"]
    return Cell(calls, "; ".join(calls.values()))


def _derivative(activation: Activation) -> str:
    """The formula of the derivative, or of the partial derivatives."""
    if not activation.gated:
        return activation.derivative_formula()
    partial = (f"df/d{name} = {to_text(activation.partial(name))}" for name in activation.arguments)
    return "; ".join(partial)


# The columns that an entry has by itself; those of properties.ROWS can be asked for, too.
COLUMNS: dict[str, Callable[[Entry], Cell]] = {
    "name": lambda entry: _text(entry.name),
    "formula": lambda entry: _text(entry.formula),
    "derivative": lambda entry: _text(_derivative(activation_of(entry))),
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
    progress: Told | None = None,
    width: int | None = None,
) -> str:
    """The entries as text, in one of the formats of ENTRY_SUFFIXES.

    columns: their names, DEFAULT if None, which is everything that the catalogue says in JSON.
    colour and width are for `rich`; a width of None is that of the terminal.
    """
    if columns is None and format in ("json", "jsonl"):
        return records.write_objects([_entry_record(entry) for entry in entries], format)
    width = width or shutil.get_terminal_size().columns
    if columns is None:
        columns = DEFAULT[:-1] if format == "rich" and width < WIDE else DEFAULT
    return records.write(table_of(entries, columns, progress), format, width, colour)


ENTRY_SUFFIXES = records.SUFFIXES


def table_of(
    entries: Sequence[Entry],
    columns: Sequence[str],
    progress: Told | None = None,
    across: bool = True,
) -> Records:
    """The entries as rows of these columns."""
    rows = []
    for done, entry in enumerate(entries, 1):
        rows.append(cells(entry, columns))
        if progress:
            progress(done, len(entries), entry.name)
    return Records([_column(name) for name in columns], rows, across)


def _column(name: str) -> Column:
    if name in COLUMNS:
        return Column(name, most=MOST.get(name))
    from actviz.properties import ROWS

    row = next(row for row in ROWS if row.name == name)
    return Column(name, row.label, row.columns)


def cells(entry: Entry, columns: Sequence[str]) -> list[Cell]:
    """The row of an entry; its properties are computed if a column asks for one."""
    if set(columns) <= COLUMNS.keys():
        return [COLUMNS[name](entry) for name in columns]
    from actviz.properties import nanoseconds, properties

    activation = activation_of(entry)
    found = properties(activation) if activation.elementwise else None
    told = []
    for name in columns:
        if name == MEASURED:
            time = nanoseconds(activation)
            told.append(Cell(time, f"{time:.3g}"))
        else:
            told.append(COLUMNS[name](entry) if name in COLUMNS else _property(found, name))
    return told


def _property(found: Properties | None, name: str) -> Cell:
    """A property of a function of one number; of any other there is nothing to say."""
    from actviz.properties import ROWS, plain

    if found is None:
        return Cell(None, "")
    row = next(row for row in ROWS if row.name == name)
    return Cell(plain(found)[name], row.text(found), row.parts(found))


def _entry_record(entry: Entry) -> dict[str, Any]:
    extra = entry_facts(entry, entry.parameters)
    del extra["defaults"]
    return {
        "name": entry.name,
        "formula": entry.formula,
        "parameters": dict(entry.parameters),
        **extra,
    }
