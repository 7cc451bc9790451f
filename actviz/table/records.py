"""Tables of numbers and words: what each cell says to people, and what it holds for programs."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from actviz.table.escape import escape_latex, escape_markdown

if TYPE_CHECKING:
    from rich.table import Table

SUFFIXES = {
    ".txt": "rich",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".tex": "latex",
}
PAGE = 100  # characters across a page of Markdown or LaTeX
NARROWEST = 19  # characters of a column of words on a terminal
GAP = 3  # blanks between columns


class Cell(NamedTuple):
    """What stands in a cell: the value as JSON has it, words for people.

    parts: what a spreadsheet has in its place, a scalar for each column; None is the value alone.
    """

    value: Any
    text: str
    parts: tuple[Any, ...] | None = None


class Column(NamedTuple):
    """A column: its name for programs, its label for people, and its names in a spreadsheet.

    most: how many characters wide it may be on a terminal; None is as many as there are.
    """

    name: str
    label: str = ""
    parts: tuple[str, ...] = ()
    most: int | None = None


@dataclass(frozen=True)
class Records:
    """Rows of cells, one for each column; the first column names the row.

    across: whether a row is a line everywhere. Otherwise it is one where the lines fit; where they
    do not, people are shown a line for each column, with its label in front.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    across: bool = True


def write(records: Records, format: str, width: int = PAGE, colour: bool = False) -> str:
    """The records as text in one of the formats of SUFFIXES.

    width, colour: of the terminal, for `rich`.
    """
    match format:
        case "rich":
            return _rich(records, width, colour)
        case "json" | "jsonl":
            return write_objects(_objects(records), format)
        case "markdown":
            return _markdown(records)
        case "latex":
            return _latex(records)
    return _separated(records, "\t" if format == "tsv" else ",")


# -- for programs


def jsonable(value: Any) -> Any:
    """The value with infinities as texts and NaN as None, as deep as it goes."""
    match value:
        case dict():
            return {key: jsonable(each) for key, each in value.items()}
        case list() | tuple():
            return [jsonable(each) for each in value]
        case float() if math.isnan(value):
            return None
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
    return value


def write_objects(objects: Sequence[dict[str, Any]], format: str) -> str:
    """The objects as one JSON list, or as JSON lines."""
    plain = jsonable(objects)
    if format == "jsonl":
        return "".join(json.dumps(each) + "\n" for each in plain)
    return json.dumps(plain, indent=2) + "\n"


def _objects(records: Records) -> list[dict[str, Any]]:
    names = [column.name for column in records.columns]
    values = ((cell.value for cell in row) for row in records.rows)
    return [dict(zip(names, row, strict=True)) for row in values]


def _separated(records: Records, delimiter: str) -> str:
    """A line for each row under the names; numbers with all their digits."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(name for each in records.columns for name in each.parts or (each.name,))
    for row in records.rows:
        cells = zip(records.columns, row, strict=True)
        writer.writerow(exact(part) for column, cell in cells for part in _parts(column, cell))
    return out.getvalue()


def _parts(column: Column, cell: Cell) -> Sequence[Any]:
    if cell.parts is not None:
        return cell.parts
    if cell.value is None:
        return (None,) * max(1, len(column.parts))
    return (cell.value if isinstance(cell.value, int | float) else cell.text,)


def exact(value: Any) -> str:
    """A scalar in a spreadsheet: a number's repr, true or false, nothing for NaN and None.

    >>> exact(0.1), exact(True), exact(float("nan")), exact(float("-inf"))
    ('0.1', 'true', '', '-inf')
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return "" if math.isnan(value) else repr(value + 0.0)
    return str(value)


# -- for people


def _in_lines(records: Records, width: int) -> bool:
    """Whether each row is a line: asked for, or none is longer than that many characters."""
    if records.across:
        return True
    lines = [[column.name for column in records.columns], *_texts(records)]
    widest = (max(map(len, cells)) for cells in zip(*lines, strict=True))
    return sum(widest) + GAP * (len(records.columns) - 1) <= width


def _texts(records: Records) -> list[list[str]]:
    return [[cell.text for cell in row] for row in records.rows]


def _turned(records: Records) -> tuple[list[str], list[list[str]]]:
    """The names of the rows as a head, and a line for each column that says something."""
    head, *lines = (list(texts) for texts in zip(*_texts(records), strict=True))
    labels = [column.label or column.name for column in records.columns[1:]]
    told = zip(labels, lines, strict=True)
    return ["", *head], [[label, *texts] for label, texts in told if any(texts)]


def _page(records: Records) -> tuple[list[str], list[list[str]]]:
    """A head and lines of texts: a line for each row, or for each column."""
    if _in_lines(records, PAGE):
        return [column.name for column in records.columns], _texts(records)
    return _turned(records)


def _markdown(records: Records) -> str:
    """A table."""
    return _ruled(*_page(records), escape_markdown, "| ", " | ", " |\n", _markdown_rule)


def _markdown_rule(columns: int) -> str:
    return f"|{'---|' * columns}\n"


def _latex(records: Records) -> str:
    """A tabular of text."""
    head, lines = _page(records)
    body = _ruled(head, lines, escape_latex, "", " & ", " \\\\\n", lambda _: "\\hline\n")
    columns = "l" * len(head)
    return f"\\begin{{tabular}}{{{columns}}}\n\\hline\n{body}\\hline\n\\end{{tabular}}\n"


def _ruled(
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    escape: Callable[[str], str],
    opening: str,
    gap: str,
    closing: str,
    rule: Callable[[int], str],
) -> str:
    """The head, a rule, and the lines."""
    first, *rest = (opening + gap.join(map(escape, texts)) + closing for texts in [head, *lines])
    return first + rule(len(head)) + "".join(rest)


def _rich(records: Records, width: int, colour: bool) -> str:
    """A table in that width; if it is turned, as many tables as it takes."""
    if _in_lines(records, width):
        return _drawn([_across(records)], width, colour)
    head, lines = _turned(records)
    label = max(len(line[0]) for line in lines)
    each = max(1, (width - label) // (NARROWEST + GAP))
    tables = []
    for start in range(1, len(head), each):
        chosen = [0, *range(start, min(start + each, len(head)))]
        cells = [[line[i] for i in chosen] for line in lines]
        tables.append(_table([Column(head[i]) for i in chosen], cells))
    return _drawn(tables, width, colour)


def _across(records: Records) -> Table:
    """A line for each row, numbers at the right."""
    lines = _texts(records)
    right = [all(map(_is_number, column)) for column in zip(*lines, strict=True)]
    return _table(records.columns, lines, right)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _table(
    columns: Sequence[Column], lines: Sequence[Sequence[str]], right: Sequence[bool] = ()
) -> Table:
    """Lines of texts; what does not fit into its column is folded. right: columns of numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column(Text(columns[0].name), no_wrap=True, style="cyan")
    for i, column in enumerate(columns[1:], 1):
        justify: Literal["left", "right"] = "right" if right and right[i] else "left"
        table.add_column(Text(column.name), overflow="fold", max_width=column.most, justify=justify)
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def _drawn(tables: Sequence[Table], width: int, colour: bool) -> str:
    """The tables as text in that width, an empty line between them."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out,
        color_system="standard" if colour else None,
        force_terminal=colour,
        width=width,
    )
    for i, table in enumerate(tables):
        if i:
            console.print()
        console.print(table)
    return out.getvalue()
