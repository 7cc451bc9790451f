"""The catalogue as rows, filtered by words, in several formats."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from actviz.catalogue.lookup import activation_of
from actviz.errors import UsageError, suggest
from actviz.formula.expression import to_text, write_number
from actviz.info.facts import entry_facts
from actviz.table.formats import WORDS
from actviz.table.records import Cell, Column, Records

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation
    from actviz.catalogue.entry import Entry
    from actviz.catalogue.lookup import Catalogue
    from actviz.properties import Properties, Row

WIDE = 100  # characters of a terminal that has room for the aliases
NEVER = math.inf
PROVED = "proved"  # what says in JSON how sure the facts of the other columns are

Told = Callable[[int, int, str], None]  # called after each entry with (done, total, name)


def _text(value: str) -> Cell:
    return Cell(value, value)


def _parameters(entry: Entry) -> Cell:
    texts = (f"{name}={write_number(value)}" for name, value in entry.parameters.items())
    return Cell(dict(entry.parameters), " ".join(texts))


def _aliases(entry: Entry) -> Cell:
    return Cell(list(entry.aliases), " ".join(entry.aliases))


def _frameworks(entry: Entry) -> Cell:
    calls = entry_facts(entry, entry.parameters)["frameworks"]
    return Cell(calls, "; ".join(calls.values()))


def _derivative(activation: Activation) -> str:
    """The formula of the derivative, or of the partial derivatives."""
    if not activation.gated:
        return activation.derivative_formula()
    partial = (f"df/d{name} = {to_text(activation.partial(name))}" for name in activation.arguments)
    return "; ".join(partial)


class EntryColumn(NamedTuple):
    """What the catalogue says of an entry, as a column.

    listed: how wide a terminal must be for `list` to have it unasked; elsewhere there is room.
    compared: whether `table --properties` has it unasked.
    most: how many characters wide it may be on a terminal.
    """

    cell: Callable[[Entry], Cell]
    listed: float = NEVER
    compared: bool = False
    most: int | None = None


# Those of properties.ROWS can be asked for, too.
COLUMNS = {
    "name":       EntryColumn(lambda entry: _text(entry.name), 0, compared=True),
    "formula":    EntryColumn(lambda entry: _text(entry.formula), 0, compared=True),
    "derivative": EntryColumn(lambda entry: _text(_derivative(activation_of(entry)))),
    "parameters": EntryColumn(_parameters, 0, compared=True, most=20),
    "domain":     EntryColumn(lambda entry: Cell(list(entry.domain), ", ".join(entry.domain))),
    "aliases":    EntryColumn(_aliases, WIDE, most=24),
    "frameworks": EntryColumn(_frameworks),
    "paper":      EntryColumn(lambda entry: _text(entry.paper)),
    "note":       EntryColumn(lambda entry: _text(entry.note)),
}  # fmt: skip


def _listed(width: float) -> tuple[str, ...]:
    return tuple(name for name, column in COLUMNS.items() if column.listed <= width < NEVER)


DEFAULT = _listed(WIDE)  # what `list` has unasked where there is room


def matching(catalogue: Catalogue, words: Sequence[str]) -> list[Entry]:
    """The entries that hold every word in what the catalogue says, those of that name first.

    Case does not matter, and '-' equals '_'. Raises UsageError if there are none.
    """
    found = [entry for entry in catalogue.entries.values() if _holds(entry, words)]
    asked = [_folded(word) for word in words]
    found.sort(key=lambda entry: not any(_folded(entry.name) == word for word in asked))
    if not found:
        names = [name for e in catalogue.entries.values() for name in (e.name, *e.aliases)]
        hint = next(filter(None, (suggest(_folded(word), names) for word in words)), "")
        raise UsageError(f"Nothing in the catalogue matches {' '.join(words)!r}.{hint}")
    return found


def _holds(entry: Entry, words: Iterable[str]) -> bool:
    texts = [entry.name, entry.formula, entry.paper, entry.note, *entry.aliases]
    texts += [text for pair in entry.frameworks.items() for text in pair]
    whole = _folded("\n".join(texts))
    return all(_folded(word) in whole for word in words)


def _folded(word: str) -> str:
    return word.lower().replace("-", "_")


def column_names() -> tuple[str, ...]:
    """The names of all columns that can be asked for."""
    from actviz.properties import ROWS

    return (*COLUMNS, *(row.name for row in ROWS))


def read_columns(text: str) -> tuple[str, ...]:
    """The columns that a list such as 'formula,range,gain' names, the name always first.

    Raises UsageError for one that does not exist.

    >>> read_columns("formula,gain")
    ('name', 'formula', 'gain')
    """
    known = column_names()
    asked = [_folded(word.strip()) for word in text.split(",")]
    for word in asked:
        if word not in known:
            raise UsageError(
                f"There is no column {word!r}.{suggest(word, known)} "
                f"There are {', '.join(known[:-1])} and {known[-1]}."
            )
    return tuple(dict.fromkeys(["name", *asked]))


def measured() -> tuple[str, ...]:
    """The names of the columns that are measured, not computed."""
    from actviz.properties import ROWS

    return tuple(row.name for row in ROWS if row.measured)


def sorted_by(entries: Sequence[Entry], column: str, progress: Told | None = None) -> list[Entry]:
    """The entries in the order of a column, -NAME for the greatest first; unknown ones last.

    Raises UsageError for a column that there is not, or that has no order.
    """
    name = read_columns(column.removeprefix("-"))[-1]
    keys = {}
    for done, entry in enumerate(entries, 1):
        value = _cells(entry, [name], deep=False)[0].value
        if isinstance(value, list | dict | tuple):
            raise UsageError(f"--sort takes a column of numbers or words, not {name!r}.")
        keys[entry.name] = value
        if progress:
            progress(done, len(entries), entry.name)
    known = [each for each in entries if keys[each.name] is not None]
    known.sort(key=lambda each: keys[each.name], reverse=column.startswith("-"))
    return known + [each for each in entries if keys[each.name] is None]


def write_entries(
    entries: Sequence[Entry],
    format: str,
    columns: Sequence[str] | None = None,
    colour: bool = False,
    progress: Told | None = None,
    width: int | None = None,
) -> str:
    """The entries as text, in one of the formats of WORDS.

    columns: their names; None is DEFAULT, and where a cell may hold a list or an object all that
    the catalogue says. colour and width are for a terminal; a width of None is its own.
    """
    row = WORDS[format]
    width = width or shutil.get_terminal_size().columns
    if columns is None and row.deep:
        return row.write(_whole(entries), width, colour)
    if columns is None:
        columns = _listed(width) if format == WORDS.shown else DEFAULT
    return row.write(table_of(entries, columns, progress, deep=row.deep), width, colour)


def table_of(
    entries: Sequence[Entry],
    columns: Sequence[str],
    progress: Told | None = None,
    across: bool = True,
    deep: bool = False,
) -> Records:
    """The entries as rows of these columns; if deep with how sure each fact is, as an object."""
    rows = []
    for done, entry in enumerate(entries, 1):
        rows.append(_cells(entry, columns, deep))
        if progress:
            progress(done, len(entries), entry.name)
    names = [*columns, PROVED] if deep and _proved(columns) else columns
    return Records([_column(name) for name in names], rows, across)


def _column(name: str) -> Column:
    if name in COLUMNS:
        return Column(name, most=COLUMNS[name].most)
    if name == PROVED:
        return Column(name)
    row = _row(name)
    return Column(name, row.label, row.columns)


def _row(name: str) -> Row:
    from actviz.properties import ROWS

    return next(row for row in ROWS if row.name == name)


def _proved(columns: Sequence[str]) -> list[str]:
    """The columns whose facts are proven or not."""
    if COLUMNS.keys() >= set(columns):
        return []
    from actviz.properties.record import FACTS

    return [name for name in columns if name in FACTS]


def _cells(entry: Entry, columns: Sequence[str], deep: bool) -> list[Cell]:
    """The row of an entry; its properties are computed if a column asks for one."""
    if COLUMNS.keys() >= set(columns):
        return [COLUMNS[name].cell(entry) for name in columns]
    from actviz.properties import properties

    activation = activation_of(entry)
    found = properties(activation) if activation.elementwise else None
    told = [
        COLUMNS[name].cell(entry) if name in COLUMNS else _property(activation, found, _row(name))
        for name in columns
    ]
    asked = _proved(columns) if deep else []
    sure = {name: found.proved_of(name) for name in asked} if found else None
    return [*told, Cell(sure, "")] if asked else told


def _property(activation: Activation, found: Properties | None, row: Row) -> Cell:
    """A property of a function of one number; of any other only the time can be told."""
    from actviz.properties import duration, nanoseconds

    if row.measured:
        time = nanoseconds(activation)
        return Cell(time, duration(time))
    if found is None:
        return Cell(None, "")
    return Cell(row.value(found), row.text(found), row.parts(found))


def _whole(entries: Sequence[Entry]) -> Records:
    """All that the catalogue says."""
    told = [_entry_record(entry) for entry in entries]
    rows = [[Cell(value, "") for value in each.values()] for each in told]
    return Records([Column(name) for name in told[0]], rows)


def _entry_record(entry: Entry) -> dict[str, Any]:
    extra = entry_facts(entry, entry.parameters)
    del extra["defaults"]
    return {
        "name": entry.name,
        "formula": entry.formula,
        "parameters": dict(entry.parameters),
        **extra,
    }
