"""Columns of numbers in a markup of one line per row, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from actviz.formula.arrays import Array, Characters, Truths
from actviz.table.markup import Markup
from actviz.table.shortest import shortest

if TYPE_CHECKING:
    from actviz.table.columns import Tabular


def write(markup: Markup, columns: Tabular, stream: BinaryIO) -> None:
    """Write the table block by block, in the memory of one block."""
    opening, *others = (_characters([text]) for text in markup.row(columns.header))
    opening = np.concatenate([_characters([markup.join]), opening], axis=1)
    stream.write(markup.head(columns.header, True).encode())
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
