"""Records in a markup: words for people, scalars for a spreadsheet, objects for programs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from textwrap import indent
from typing import Any

from actviz.table.markup import Markup
from actviz.table.objects import dumps
from actviz.table.records import PAGE, Cell, Column, Records


def texts(markup: Markup, records: Records, width: int, colour: bool) -> str:
    """What the cells say: a line for each row, or for each column if the rows are too long."""
    if records.in_lines(PAGE):
        return _ruled(markup, records.names, records.texts)
    return _ruled(markup, *records.turned())


def scalars(markup: Markup, records: Records, width: int, colour: bool) -> str:
    """A line for each row; numbers with all their digits, and several columns for a pair."""
    names = [name for each in records.columns for name in each.parts or (each.name,)]
    rows = (zip(records.columns, row, strict=True) for row in records.rows)
    lines = ([exact(each, markup) for pair in row for each in _parts(*pair)] for row in rows)
    return _ruled(markup, names, lines)


def objects(markup: Markup, records: Records, width: int, colour: bool) -> str:
    """An object for each row, with lists and objects in it."""
    values = ([cell.value for cell in row] for row in records.rows)
    told = (dumps(dict(zip(records.names, row, strict=True)), markup.indent) for row in values)
    lines = (indent(text, " " * (markup.indent or 0)) for text in told)
    return markup.head(records.names, False) + markup.join.join(lines) + markup.foot


def exact(value: Any, markup: Markup) -> str:
    """A scalar in a spreadsheet: a number's repr, true or false, nothing for None.

    >>> from actviz.table.markup import CSV
    >>> [exact(value, CSV) for value in (0.1, True, float("nan"), float("-inf"))]
    ['0.1', 'true', '', '-inf']
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if math.isnan(value):
            return markup.nan
        case float() if math.isinf(value):
            return markup.inf if value > 0 else markup.minus_inf
        case float():
            return repr(value + 0.0)
    return str(value)


def _parts(column: Column, cell: Cell) -> Sequence[Any]:
    if cell.parts is not None:
        return cell.parts
    if cell.value is None:
        return (None,) * max(1, len(column.parts))
    return (cell.value if isinstance(cell.value, int | float) else cell.text,)


def _ruled(markup: Markup, head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """The head and the lines, the cells between what the markup puts around them."""
    opening, *gaps = markup.row(head)
    rows = (
        opening + "".join(chain(*zip(map(markup.cell, line), gaps, strict=True))) for line in lines
    )
    return markup.head(head, False) + markup.join.join(rows) + markup.foot
