"""The catalogue as rows, filtered by words, in several formats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from actviz.errors import UsageError, suggest
from actviz.expression import write_number
from actviz.info.facts import entry_facts

if TYPE_CHECKING:
    from actviz.catalogue import Catalogue
    from actviz.entry import Entry

COLUMNS = ("name", "formula", "parameters", "aliases")


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


def write_entries(entries: Sequence[Entry], format: str, colour: bool = False) -> str:
    """The entries as text, in one of the formats of ENTRY_SUFFIXES; colour is for `rich`."""
    return entries_rich(entries, colour) if format == "rich" else ENTRY_WRITERS[format](entries)


def _entry_row(entry: Entry, digits: int = 17) -> list[str]:
    values = {name: write_number(float(f"{v:.{digits}g}")) for name, v in entry.parameters.items()}
    return [
        entry.name,
        entry.formula,
        " ".join(f"{name}={value}" for name, value in values.items()),
        " ".join(entry.aliases),
    ]


def _entry_record(entry: Entry) -> dict[str, Any]:
    extra = entry_facts(entry, entry.parameters)
    del extra["defaults"]
    return {
        "name": entry.name,
        "formula": entry.formula,
        "parameters": dict(entry.parameters),
        **extra,
    }


def entries_rich(entries: Sequence[Entry], colour: bool = False, width: int | None = None) -> str:
    """A table for the terminal: numbers of 6 digits, and aliases only where there is room."""
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
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True, style="cyan")
    table.add_column("formula", overflow="fold")
    table.add_column("parameters", overflow="fold", max_width=20)
    if console.width >= 100:
        table.add_column("aliases", overflow="fold", max_width=24)
    for entry in entries:
        row = _entry_row(entry, digits=6)[: len(table.columns)]
        table.add_row(*map(Text, row))
    console.print(table)
    return out.getvalue()


def entries_csv(entries: Sequence[Entry], delimiter: str = ",") -> str:
    """One line per entry, the columns named in the first; lists are separated by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_entry_row(entry) for entry in entries)
    return out.getvalue()


def entries_tsv(entries: Sequence[Entry]) -> str:
    """As CSV, with tabs."""
    return entries_csv(entries, "\t")


def entries_json(entries: Sequence[Entry]) -> str:
    """A list of records with everything that the catalogue says."""
    return json.dumps([_entry_record(entry) for entry in entries], indent=2) + "\n"


def entries_markdown(entries: Sequence[Entry]) -> str:
    """A table."""
    rows = [[c.replace("|", "\\|") for c in _entry_row(entry)] for entry in entries]
    every = [list(COLUMNS), ["---"] * len(COLUMNS), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in every)


ENTRY_WRITERS: dict[str, Callable[[Sequence[Entry]], str]] = {
    "csv": entries_csv,
    "tsv": entries_tsv,
    "json": entries_json,
    "markdown": entries_markdown,
}
ENTRY_SUFFIXES = {
    ".txt": "rich",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".md": "markdown",
}
