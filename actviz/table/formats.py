"""The formats of tables, a row each: the suffixes, and what writes numbers and words in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, Generic, NamedTuple, TypeAlias, TypeVar

from actviz.table.markup import CSV, JSON, JSONL, LATEX, MARKDOWN, TSV, Markup

if TYPE_CHECKING:
    from actviz.table.columns import Tabular
    from actviz.table.records import Records

Numbers: TypeAlias = "Callable[[Tabular, BinaryIO], None]"
Words: TypeAlias = "Callable[[Records, int, bool], str]"
Writer = TypeVar("Writer")


@dataclass(frozen=True)
class Format(Generic[Writer]):
    """A format of one kind of result: the suffixes of its files, the usual one first, its writer.

    binary: whether it is no text. deep: whether a cell may hold lists and objects.
    """

    suffixes: tuple[str, ...]
    write: Writer
    binary: bool = False
    deep: bool = False


@dataclass(frozen=True)
class Formats(Generic[Writer]):
    """The formats of one kind of result, by name.

    shown: the format on a terminal; kept: that anywhere else where no suffix tells it.
    """

    rows: Mapping[str, Format[Writer]]
    shown: str
    kept: str

    def __getitem__(self, name: str) -> Format[Writer]:
        """The format of that name; UsageError if there is none."""
        from actviz.files import known_format

        return self.rows[known_format(name, tuple(self))]

    def __iter__(self) -> Iterator[str]:
        """The names of the formats, in order."""
        return iter(self.rows)

    @property
    def suffixes(self) -> dict[str, str]:
        """The name of the format that each suffix means."""
        return {suffix: name for name, row in self.rows.items() for suffix in row.suffixes}

    @property
    def unsaid(self) -> str:
        """Which it is if none is asked for, as the help of --format says it.

        >>> rows = {"text": Format((".txt",), print), "xml": Format((".xml",), print)}
        >>> Formats(rows, shown="text", kept="xml").unsaid
        'by the suffix; text on a terminal, else xml'
        """
        shown = "" if self.shown == self.kept else f"; {self.shown} on a terminal"
        return f"by the suffix{shown}, else {self.kept}"


class Row(NamedTuple):
    """A format of tables: the suffixes of its files, the usual one first, and its two writers.

    A writer is FILE.FUNCTION beside this file, called with the markup in front if there is one.
    numbers: writes columns of float64 to a stream, in constant memory.
    words: makes a text of records, given the width of the terminal and whether it has colour;
    None for a format that holds no words.
    binary, deep: as of Format.
    """

    suffixes: tuple[str, ...]
    numbers: str
    words: str | None
    markup: Markup | None = None
    binary: bool = False
    deep: bool = False


FORMATS = {
    # name           suffixes              numbers              words              markup
    "rich":     Row((".txt",),             "on_screen.numbers", "on_screen.words"),
    "csv":      Row((".csv",),             "numbers.write",     "words.scalars", CSV),
    "tsv":      Row((".tsv",),             "numbers.write",     "words.scalars", TSV),
    "json":     Row((".json",),            "numbers.write",     "words.objects", JSON, deep=True),
    "jsonl":    Row((".jsonl", ".ndjson"), "numbers.write",     "words.objects", JSONL, deep=True),
    "markdown": Row((".md", ".markdown"),  "numbers.write",     "words.texts",   MARKDOWN),
    "latex":    Row((".tex",),             "numbers.write",     "words.texts",   LATEX),
    "npy":      Row((".npy",),             "npy.write",         None,            binary=True),
}  # fmt: skip


def _late(place: str, row: Row) -> Callable[..., Any]:
    """The writer, imported when it writes: help pages tell the names, and have no time for more."""
    file, function = place.split(".")
    first = [] if row.markup is None else [row.markup]

    def write(*rest: Any) -> Any:
        return getattr(import_module(f"actviz.table.{file}"), function)(*first, *rest)

    return write


def _written_by(writer: Callable[[Row], str | None]) -> dict[str, Format[Any]]:
    """The rows that have such a writer."""
    found = ((name, row, writer(row)) for name, row in FORMATS.items())
    return {
        name: Format(row.suffixes, _late(place, row), row.binary, row.deep)
        for name, row, place in found
        if place
    }


NUMBERS: Formats[Numbers] = Formats(_written_by(lambda row: row.numbers), shown="rich", kept="csv")
WORDS: Formats[Words] = Formats(_written_by(lambda row: row.words), shown="rich", kept="csv")
