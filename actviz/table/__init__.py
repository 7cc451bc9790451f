"""Tables of values: columns over a grid, written in any of several formats."""

from __future__ import annotations

from typing import BinaryIO

from actviz.errors import UsageError, suggest
from actviz.table.columns import Columns, Jacobian, Pairs, Tabular, columns_of

__all__ = [
    "BINARY",
    "FORMATS",
    "SUFFIXES",
    "Columns",
    "Jacobian",
    "Pairs",
    "Tabular",
    "columns_of",
    "write",
]

# The formats, each with the suffixes of its files. How each is written: markup.py for those that
# are text line by line, npy.py and on_screen.py for the other two.
FORMATS = {
    "rich":     (".txt",),
    "csv":      (".csv",),
    "tsv":      (".tsv",),
    "json":     (".json",),
    "jsonl":    (".jsonl", ".ndjson"),
    "markdown": (".md", ".markdown"),
    "latex":    (".tex",),
    "npy":      (".npy",),
}  # fmt: skip
SUFFIXES = {suffix: name for name, suffixes in FORMATS.items() for suffix in suffixes}
BINARY = ("npy",)


def write(columns: Tabular, format: str, stream: BinaryIO) -> None:
    """Write a table to a binary stream, whole, in constant memory; text is UTF-8.

    Every format but rich holds every float exactly (rich shows 6 digits). Only a rich table on a
    stream that is a terminal leaves out rows, and says so.

    Raises UsageError if there is no such format.
    """
    match format:
        case "rich":
            from actviz.table import on_screen

            on_screen.write(columns, stream)
        case "npy":
            from actviz.table import npy

            npy.write(columns, stream)
        case _ if format in FORMATS:
            from actviz.table import markup

            markup.write(columns, markup.MARKUP[format], stream)
        case _:
            raise UsageError(
                f"unknown table format {format!r}: it is none of {', '.join(FORMATS)}."
                f"{suggest(format, FORMATS)}"
            )
