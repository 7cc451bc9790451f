"""Tables of numbers and words: what each cell says to people, and what it holds for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

PAGE = 100  # characters across a page of Markdown or LaTeX
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

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    @property
    def texts(self) -> list[list[str]]:
        """What the cells say, row by row."""
        return [[cell.text for cell in row] for row in self.rows]

    def in_lines(self, width: int) -> bool:
        """Whether each row is a line: asked for, or none is longer than that many characters."""
        if self.across:
            return True
        widest = (max(map(len, cells)) for cells in zip(self.names, *self.texts, strict=True))
        return sum(widest) + GAP * (len(self.columns) - 1) <= width

    def turned(self) -> tuple[list[str], list[list[str]]]:
        """The names of the rows as a head, and a line for each column that says something."""
        head, *lines = (list(texts) for texts in zip(*self.texts, strict=True))
        labels = [column.label or column.name for column in self.columns[1:]]
        told = zip(labels, lines, strict=True)
        return ["", *head], [[label, *texts] for label, texts in told if any(texts)]
