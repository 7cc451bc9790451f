"""Tables as text of one line per row: CSV, TSV, JSON, JSON lines, Markdown, LaTeX."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from actviz.formula.arrays import Array, Characters, Truths
from actviz.table.escape import escape_latex, escape_markdown
from actviz.table.shortest import shortest

if TYPE_CHECKING:
    from actviz.table.columns import Tabular


@dataclass(frozen=True)
class Markup:
    """What a format writes around and in place of its numbers.

    head: the text before the first row, from the names of the columns.
    row: the texts before, between and after the numbers of a row, from the names.
    join: the text between two rows; foot: after the last.
    nan, inf, minus_inf: the three values that are no numbers.
    number: the text of a finite number from its repr, where that is not the repr itself (slower).
    """

    head: Callable[[Sequence[str]], str]
    row: Callable[[Sequence[str]], list[str]]
    join: str
    foot: str
    nan: str
    inf: str
    minus_inf: str
    number: Callable[[str], str] | None = None


def write(columns: Tabular, markup: Markup, stream: BinaryIO) -> None:
    """Write the table block by block, in the memory of one block."""
    opening, *others = (_characters([text]) for text in markup.row(columns.header))
    opening = np.concatenate([_characters([markup.join]), opening], axis=1)
    stream.write(markup.head(columns.header).encode())
    skip = len(markup.join)  # nothing joins the first row to one before it
    for block in columns.blocks():
        pieces = [opening]
        for column, gap in zip(block, others, strict=True):
            pieces += [_cells(column, markup), gap]
        stream.write(_joined(pieces, len(block[0]))[skip:])
        skip = 0
    stream.write(markup.foot.encode())


def _joined(pieces: Sequence[Characters], rows: int) -> bytes:
    """The rows of all pieces side by side; pieces of one row stand in every row."""
    rows_of_each = [np.broadcast_to(piece, (rows, piece.shape[1])) for piece in pieces]
    return np.concatenate(rows_of_each, axis=1).tobytes().translate(None, b"\0")


def _cells(column: Array, markup: Markup) -> Characters:
    """The numbers of a column, one a row."""
    if markup.number:
        cells = _characters(list(map(markup.number, map(repr, column.tolist()))))
    else:
        cells = shortest(column)
    for where, text in (
        (np.isnan(column), markup.nan),
        (column == np.inf, markup.inf),
        (column == -np.inf, markup.minus_inf),
    ):
        if where.any():
            cells = _replaced(cells, where, text)
    return cells


def _replaced(cells: Characters, where: Truths, text: str) -> Characters:
    """The cells with the text in some rows, widened if it needs that."""
    row = _characters([text], cells.shape[1])
    replaced = np.zeros((len(cells), row.shape[1]), np.uint8)
    replaced[:, : cells.shape[1]] = cells
    replaced[where] = row
    return replaced


def _characters(texts: Sequence[str], width: int = 0) -> Characters:
    """The bytes of each text as a row, filled up with NUL to the longest or the width."""
    rows = np.array([text.encode() for text in texts])
    rows = rows.astype(f"S{max(width, rows.itemsize)}")
    return rows.view(np.uint8).reshape(len(texts), -1)


def _separated(delimiter: str) -> Callable[[Sequence[str]], str]:
    def line(names: Sequence[str]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(names)
        return text.getvalue()

    return line


def _between(opening: str, gap: str, closing: str) -> Callable[[Sequence[str]], list[str]]:
    return lambda names: [opening, *[gap] * (len(names) - 1), closing]


def _record(names: Sequence[str]) -> list[str]:
    first, *others = (json.dumps(name) + ": " for name in names)
    return ["{" + first, *(", " + other for other in others), "}"]


def _markdown_head(names: Sequence[str]) -> str:
    return _piped(map(escape_markdown, names)) + _piped(["---:"] * len(names))


def _piped(cells: Sequence[str] | map[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _latex_head(names: Sequence[str]) -> str:
    cells = " & ".join("$x$" if name == "x" else escape_latex(name) for name in names)
    return f"\\begin{{tabular}}{{{'r' * len(names)}}}\n\\hline\n{cells} \\\\\n\\hline\n"


def _latex_number(text: str) -> str:
    """A number's repr for math mode: 4.5e-05 becomes $4.5 \\times 10^{-5}$."""
    digits, e, power = text.partition("e")
    return f"${digits} \\times 10^{{{int(power)}}}$" if e else f"${text}$"


# JSON has no infinity: the words are those that JavaScript's Number() and Python's float() read.
# fmt: off
_SPREADSHEET = ("", "", "", "inf", "-inf")
_JSON = ("null", '"Infinity"', '"-Infinity"')

MARKUP = {
    "csv":      Markup(_separated(","), _between("", ",", "\n"), *_SPREADSHEET),
    "tsv":      Markup(_separated("\t"), _between("", "\t", "\n"), *_SPREADSHEET),
    "json":     Markup(lambda names: "[\n", _record, ",\n", "\n]\n", *_JSON),
    "jsonl":    Markup(lambda names: "", _record, "\n", "\n", *_JSON),
    "markdown": Markup(_markdown_head, _between("| ", " | ", " |\n"), "", "",
                       "nan", "inf", "-inf"),
    "latex":    Markup(_latex_head, _between("", " & ", " \\\\\n"), "", "\\hline\n\\end{tabular}\n",
                       "NaN", r"$\infty$", r"$-\infty$", _latex_number),
}
# fmt: on
