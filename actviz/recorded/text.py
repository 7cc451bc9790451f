"""Columns of text: CSV with a header, separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import math
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from actviz.errors import UsageError
from actviz.recorded.column import Column

MOST_BYTES = 200_000_000
LONGEST = 400  # characters of a number: C's %f writes 316 for the largest
SEPARATORS = ",;\t"


@dataclass
class _Cells:
    """A column that is being read: its numbers, and what their texts tell of their digits."""

    values: array[float] = field(default_factory=lambda: array("d"))
    kinds: array[int] = field(default_factory=lambda: array("b"))
    digits: int = 0
    decimals: int = 0
    whole: bool = True

    def take(self, text: str, where: str) -> None:
        """Read a cell; an empty one is NaN, as in the tables that are written here."""
        text = text.strip().lower()
        value = number(text, where) if text else math.nan
        self.values.append(value)
        if not math.isfinite(value) or "x" in text:
            self.kinds.append(EXACT)
            return
        mantissa, scaled, _ = text.partition("e")
        whole, point, fraction = mantissa.lstrip("+-").partition(".")
        self.whole = self.whole and not (point or scaled)
        self.digits = max(self.digits, len((whole + fraction).lstrip("0")))
        if not scaled:
            self.decimals = max(self.decimals, len(fraction))
        self.kinds.append(SCALED if scaled else PLAIN)

    def column(self) -> Column:
        """The numbers, and half a unit of the last digit that texts of their kind have.

        Of whole numbers it is nothing. The others have so many digits, and if none has an exponent
        so many decimals, whichever is less: C's %g, %e and %f, and what is like them.
        """
        values, kinds = np.array(self.values), np.array(self.kinds)
        if self.whole:
            return Column(values, np.zeros(values.shape), digits=self.digits)
        with np.errstate(divide="ignore"):
            leading = np.floor(np.log10(np.abs(values)))
        last = np.where(np.isfinite(leading), leading - self.digits + 1, -np.inf)
        if not (kinds == SCALED).any():  # else small numbers have exponents, and 0 is 0
            least = float(-self.decimals)
            last = np.maximum(last, least) if self.digits >= SEVERAL else np.full(last.shape, least)
        slack = np.where(kinds == EXACT, 0.0, 0.5 * 10.0 ** np.maximum(last, -330.0))
        return Column(values, np.where(slack > FULL * np.abs(values), slack, 0.0), "", self.digits)


EXACT, PLAIN, SCALED = 0, 1, 2  # a text that is no decimal, one without and one with an exponent
SEVERAL = 3  # digits: fewer are what is left of 0.50 and 1.0, and not what all were rounded to
FULL = 2.0**-53  # of a number: so near to it there is no other of float64


def read(file: str, dtype: str = "") -> Mapping[str, Column]:
    """The columns of a file by their names, which its first line tells; in lower case.

    Raises UsageError for what is no such file, with the line.
    """
    lines = enumerate(_lines(file), 1)
    start, first = next(((i, line) for i, line in lines if line.strip()), (0, ""))
    first = first.lstrip("# ")
    separator = next((each for each in SEPARATORS if each in first), ",")
    names = [name.strip().lower() for name in next(csv.reader([first], delimiter=separator), [])]
    _check_header(file, names)
    cells = [_Cells() for _ in names]
    for place, row in _rows(file, (line for _, line in lines), separator, start):
        if len(row) != len(names):
            raise UsageError(
                f"{file!r}, line {place}: {len(row)} columns, where the header has {len(names)}."
            )
        for each, text in zip(cells, row, strict=True):
            each.take(text, f"{file!r}, line {place}")
    return {name: each.column() for name, each in zip(names, cells, strict=True)}


def column_of(words: Iterable[str], where: str) -> Column:
    """The column of these numbers; UsageError for what is none."""
    cells = _Cells()
    for word in words:
        cells.take(word, where)
    return cells.column()


def number(text: str, where: str) -> float:
    """The number of a decimal text, of C's %a, or a NaN or an infinity; UsageError for others."""
    try:
        if "_" in text or len(text) > LONGEST:
            raise ValueError
        return float.fromhex(text) if "x" in text.lower() else float(text)
    except (ValueError, OverflowError):
        shown = repr(text if len(text) <= 40 else text[:37] + "...")
        raise UsageError(f"{where}: {shown} is not a number.") from None


def _lines(file: str) -> Iterator[str]:
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageError(f"{file!r} has over {MOST_BYTES // 10**6} MB; .npy is smaller.")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file!r} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file!r} is not text.") from None
    if "\0" in text:
        raise UsageError(f"{file!r} is not text.")
    return iter(io.StringIO(text, newline=None))


def _rows(
    file: str, lines: Iterator[str], separator: str, start: int
) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows with the numbers of their lines, which follow the first; empty lines are none."""
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    try:
        for row in reader:
            if row:
                yield start + reader.line_num, row
    except csv.Error as error:
        raise UsageError(f"{file!r}, line {start + reader.line_num}: {error}.") from None


def _check_header(file: str, names: Sequence[str]) -> None:
    """Raise UsageError for a first line that names no columns, or two of one name."""
    if not any(names):
        raise UsageError(f"{file!r} holds no numbers.")
    if any(_is_number(name) for name in names):
        raise UsageError(
            f"{file!r} has no header: its first line must name the columns, as in x,y."
        )
    for i, name in enumerate(names):
        if name in names[:i]:
            raise UsageError(f"{file!r} has two columns called {name!r}.")


def _is_number(name: str) -> bool:
    try:
        number(name, "")
    except UsageError:
        return False
    return True
