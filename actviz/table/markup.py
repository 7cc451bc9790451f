"""What a format of one line per row writes around its cells, in them, and for a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Markup:
    """What a format of one line per row writes.

    cell: the text that shows a text as it is.
    head: the text before the first row, from the names of the columns, and whether they hold
    numbers, which stand at the right.
    row: the texts before, between and after the cells of a row, from the names.
    join: the text between two rows; foot: after the last.
    nan, inf, minus_inf: the three values that are no numbers.
    number: the text of a finite number from its repr, where that is not the repr itself (slower).
    indent: the blanks before a line inside a row of words, None for a row that is one line.
    """

    cell: Callable[[str], str]
    head: Callable[[Sequence[str], bool], str]
    row: Callable[[Sequence[str]], list[str]]
    join: str
    foot: str
    nan: str
    inf: str
    minus_inf: str
    number: Callable[[str], str] | None = None
    indent: int | None = None


def escape_json(text: str) -> str:
    """The text as a string of JSON."""
    import json

    return json.dumps(text)


def escape_markdown(name: str) -> str:
    """The name as Markdown text that shows it as it is; _ inside a word needs no escape."""
    name = re.sub(r"([\\|*`<>\[\]&~$#])", r"\\\1", " ".join(name.split()))
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", name)


def escape_latex(name: str) -> str:
    """The name as LaTeX text that shows it as it is."""
    return "".join(LATEX_SPECIAL.get(character, character) for character in " ".join(name.split()))


def _between(opening: str, gap: str, closing: str) -> Callable[[Sequence[str]], list[str]]:
    return lambda names: [opening, *[gap] * (len(names) - 1), closing]


def _separated(delimiter: str) -> Markup:
    """Cells with a delimiter between them, as a spreadsheet reads them."""

    def cell(text: str) -> str:
        import csv
        import io

        line = io.StringIO()
        csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow([text])
        return line.getvalue().removesuffix("\n") if text else ""

    def head(names: Sequence[str], numbers: bool) -> str:
        return delimiter.join(map(cell, names)) + "\n"

    return Markup(cell, head, _between("", delimiter, "\n"), "", "", "", "inf", "-inf")


def _keyed(names: Sequence[str]) -> list[str]:
    first, *others = (escape_json(name) + ": " for name in names)
    return ["{" + first, *(", " + other for other in others), "}"]


def _markdown_head(names: Sequence[str], numbers: bool) -> str:
    rule = _piped(["---:"] * len(names)) if numbers else f"|{'---|' * len(names)}\n"
    return _piped(map(escape_markdown, names)) + rule


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _latex_head(names: Sequence[str], numbers: bool) -> str:
    cells = ("$x$" if numbers and name == "x" else escape_latex(name) for name in names)
    columns = ("r" if numbers else "l") * len(names)
    return f"\\begin{{tabular}}{{{columns}}}\n\\hline\n{' & '.join(cells)} \\\\\n\\hline\n"


def _latex_number(text: str) -> str:
    """A number's repr for math mode: 4.5e-05 becomes $4.5 \\times 10^{-5}$."""
    digits, e, power = text.partition("e")
    return f"${digits} \\times 10^{{{int(power)}}}$" if e else f"${text}$"


# JSON has no infinity: the words are those that JavaScript's Number() and Python's float() read.
INFINITY = "Infinity"
_NO_NUMBERS = ("null", f'"{INFINITY}"', f'"-{INFINITY}"')

# fmt: off
CSV = _separated(",")
TSV = _separated("\t")
JSON = Markup(escape_json, lambda *_: "[\n", _keyed, ",\n", "\n]\n", *_NO_NUMBERS, indent=2)
JSONL = Markup(escape_json, lambda *_: "", _keyed, "\n", "\n", *_NO_NUMBERS)
MARKDOWN = Markup(escape_markdown, _markdown_head, _between("| ", " | ", " |\n"), "", "",
                  "nan", "inf", "-inf")
LATEX = Markup(escape_latex, _latex_head, _between("", " & ", " \\\\\n"), "",
               "\\hline\n\\end{tabular}\n", "NaN", r"$\infty$", r"$-\infty$", _latex_number)
# fmt: on
