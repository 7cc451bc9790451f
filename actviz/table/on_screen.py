"""Tables for the eye, drawn by rich: numbers aligned at the decimal point, and words."""

from __future__ import annotations

import io
import locale
import os
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, Literal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from actviz.table.records import GAP, Column, Records

if TYPE_CHECKING:
    from actviz.formula.arrays import Array
    from actviz.table.columns import Tabular

X_DIGITS = 10  # more than the values have: rows must be told apart
DIGITS = 6
LONGEST = 200  # rows that a terminal is given whole
EDGE = 20  # rows of each end that it is given of more
PAGE = 1000  # rows between two heads of the table anywhere else
NARROWEST = 19  # characters of a column of words


def numbers(columns: Tabular, stream: BinaryIO) -> None:
    """Draw the table: on a terminal in its width, and without the middle of more than 200 rows.

    Columns that do not fit beside each other follow below, with x again. Anywhere else the table
    is whole, as wide as it is, without colour, and has its head again every 1000 rows.

    The minus sign is the ASCII one, so that a copied number is a number.
    """
    terminal = stream.isatty()
    width = shutil.get_terminal_size().columns if terminal else None
    if terminal and len(columns) > LONGEST:
        _draw(_ends(columns), columns.header, stream, width)
        hidden = len(columns) - 2 * EDGE
        stream.write(f"{hidden:,} rows are not shown; -o table.csv writes them all.\n".encode())
        return
    size = len(columns) if terminal else PAGE
    for block in columns.blocks(size):
        cells = [_aligned(x, digits) for x, digits in zip(block, _digits(block), strict=True)]
        _draw(cells, columns.header, stream, width)


def _draw(
    cells: Sequence[list[str]], names: Sequence[str], stream: BinaryIO, width: int | None
) -> None:
    """Draw these columns, in as many tables as the width asks for."""
    names = ["".join(c if c.isprintable() else "?" for c in name) for name in names]
    widths = [
        max(cell_len(name), max(map(len, column)))
        for name, column in zip(names, cells, strict=True)
    ]
    for chosen in _groups(widths, width):
        table = _empty()
        for i in chosen:
            title = Text(" " * (widths[i] - cell_len(names[i])) + names[i])
            table.add_column(title, no_wrap=True, min_width=widths[i])
        # one cell for each column: five times as fast as one for each number
        table.add_row(
            *(Text("\n".join(cell.rjust(widths[i]) for cell in cells[i])) for i in chosen)
        )
        stream.write(_rendered(table, _total(widths, chosen), terminal=width is not None))


def _rendered(table: Table, width: int, terminal: bool) -> bytes:
    """The bytes of the table, with escape sequences only for a terminal that may have colour."""
    text = io.BytesIO()
    encoding = locale.getencoding() if terminal else "utf-8"
    console = Console(
        file=io.TextIOWrapper(text, encoding, errors="replace", newline="", write_through=True),
        width=width,
        force_terminal=terminal,
        color_system="auto" if terminal and not os.environ.get("NO_COLOR") else None,
    )
    console.print(table)
    return text.getvalue()


def _empty() -> Table:
    return Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")


def _groups(widths: Sequence[int], width: int | None) -> list[list[int]]:
    """The numbers of the columns of each table: x, then as many as the width holds, one at least.

    >>> _groups([4, 10, 10, 10], 30)
    [[0, 1, 2], [0, 3]]
    """
    groups = [[0, 1]]
    for i in range(2, len(widths)):
        if width is None or _total(widths, [*groups[-1], i]) <= width:
            groups[-1].append(i)
        else:
            groups.append([0, i])
    return groups


def _total(widths: Sequence[int], chosen: Sequence[int]) -> int:
    return sum(widths[i] for i in chosen) + GAP * (len(chosen) - 1)


def _ends(columns: Tabular) -> list[list[str]]:
    """The cells of the first and the last rows, and a row of ellipses between them."""
    first = columns.rows(0, EDGE)
    last = columns.rows(len(columns) - EDGE, len(columns))
    return [
        _aligned(head, digits, tail)
        for head, tail, digits in zip(first, last, _digits(first), strict=True)
    ]


def _digits(block: Sequence[Array]) -> list[int]:
    return [X_DIGITS] + [DIGITS] * (len(block) - 1)


def _aligned(column: Array, digits: int, after: Array | None = None) -> list[str]:
    """The numbers with that many digits, padded so that their decimal points are in line.

    `after` are those that follow an ellipsis.
    """
    texts = [f"{value:.{digits}g}" for value in column.tolist()]
    if after is not None:
        texts += ["…", *(f"{value:.{digits}g}" for value in after.tolist())]
    halves = [_halves(text) for text in texts]
    before = max(len(left) for left, _ in halves)
    behind = max(len(right) for _, right in halves)
    return [left.rjust(before) + right.ljust(behind) for left, right in halves]


def _halves(text: str) -> tuple[str, str]:
    """The text before the decimal point, and from it on.

    >>> _halves("4.5e-05"), _halves("1e+20"), _halves("-6")
    (('4', '.5e-05'), ('1', 'e+20'), ('-6', ''))
    """
    point = next((i for i, character in enumerate(text) if character in ".e"), len(text))
    return text[:point], text[point:]


# -- words


def words(records: Records, width: int, colour: bool) -> str:
    """A table in that width; if it is turned, as many tables as it takes."""
    if records.in_lines(width):
        return _drawn([_across(records)], width, colour)
    head, lines = records.turned()
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
    lines = records.texts
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
    table = _empty()
    table.add_column(Text(columns[0].name), no_wrap=True, style="cyan")
    for i, column in enumerate(columns[1:], 1):
        justify: Literal["left", "right"] = "right" if right and right[i] else "left"
        table.add_column(Text(column.name), overflow="fold", max_width=column.most, justify=justify)
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def _drawn(tables: Sequence[Table], width: int, colour: bool) -> str:
    """The tables as text in that width, an empty line between them."""
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
