"""Tables as text of one line per row: CSV, TSV, JSON, JSON lines, Markdown, LaTeX."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from actviz.table.shortest import shortest

if TYPE_CHECKING:
    from actviz.grid import Values
    from actviz.table.columns import Columns


@dataclass(frozen=True)
class Markup:
    """What a format writes around and in place of its numbers.

    head: the text before the first row, from the names of the columns.
    row: the texts before, between and after the numbers of a row, from the names.
    join: the text between two rows; foot: after the last.
    nan, inf, minus_inf: the three values that are no numbers.
    number: the text of a finite number from its repr, where that is not the repr itself.
    """

    head: Callable[[Sequence[str]], str]
    row: Callable[[Sequence[str]], list[str]]
    join: str
    foot: str
    nan: str
    inf: str
    minus_inf: str
    number: Callable[[str], str] | None = None


def write(columns: Columns, markup: Markup, stream: BinaryIO) -> None:
    """Write the table block by block, in the memory of one block."""
    opening, *between = markup.row(columns.header)
    gaps = [repeat(gap) for gap in (markup.join + opening, *between)]
    stream.write(markup.head(columns.header).encode())
    skip = len(markup.join)  # nothing joins the first row to one before it
    for block in columns.blocks():
        cells = [_texts(column, markup) for column in block]
        pieces = zip(*chain.from_iterable(zip(gaps, cells, strict=False)), gaps[-1], strict=False)
        stream.write("".join(chain.from_iterable(pieces))[skip:].encode())
        skip = 0
    stream.write(markup.foot.encode())


def _texts(column: Values, markup: Markup) -> list[str]:
    texts = shortest(column)
    if markup.number:
        texts = list(map(markup.number, texts))
    for i in np.flatnonzero(~np.isfinite(column)).tolist():
        value = column[i]
        texts[i] = markup.nan if value != value else markup.inf if value > 0 else markup.minus_inf
    return texts


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


def escape_markdown(name: str) -> str:
    """The name as Markdown text that shows it as it is; _ inside a word needs no escape."""
    name = re.sub(r"([\\|*`<>\[\]&~$#])", r"\\\1", " ".join(name.split()))
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", name)


def _latex_head(names: Sequence[str]) -> str:
    _, *curves = names
    cells = " & ".join(["$x$", *map(escape_latex, curves)])
    return f"\\begin{{tabular}}{{{'r' * len(names)}}}\n\\hline\n{cells} \\\\\n\\hline\n"


LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{character: "\\" + character for character in "#$%&_{}"},
}


def escape_latex(name: str) -> str:
    """The name as LaTeX text that shows it as it is."""
    return "".join(LATEX_SPECIAL.get(character, character) for character in " ".join(name.split()))


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
