"""The x values of a table: evenly spaced over a range, or listed one by one."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.formula.arrays import Array

MOST_POINTS = 10_000_000
# rows: a block and its columns stay in the processor's cache; a power of two would make rows of
# a transposed block fall on the same lines of it (20 times as slow)
BLOCK = 8000
SCREEN = 21  # rows that fit a terminal of 24 lines with the head of the table
LONGEST_DEFAULT = 101  # rows of a table whose spacing nobody asked for

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity|nan)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Grid:
    """The x values of a table, made block by block so that ten million need no memory.

    length: how many; part(start, stop): the float64 values start <= i < stop.
    """

    length: int
    part: Callable[[int, int], Array]

    def __len__(self) -> int:
        return self.length

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        """All values in order, at most `size` at a time."""
        for start in range(0, self.length, size):
            yield self.part(start, min(start + size, self.length))

    def values(self) -> Array:
        """All values as one array: 8 bytes each."""
        return self.part(0, self.length)


def ranged(lo: float, hi: float, step: float | None = None, points: int | None = None) -> Grid:
    """The grid of a range: every `step` from lo, or `points` evenly spaced, both ends included.

    A step that does not divide the range stops at the last point inside it. Without step and
    points the finest step of 1, 2 or 5 times a power of ten is taken that meets both ends (and so
    0, if it is inside) within 21 rows, else the coarsest within 101, else 21 points.

    The ends and the step mean the decimals they are written with, and each point is that
    exact number rounded once: `ranged(0, 1, 0.1)` has 0.3, and 0 is 0.

    Raises UsageError if the range is reversed, empty or not finite, if step and points are both
    given, out of place, or make more than ten million points.

    >>> ranged(0, 1, step=0.25).values().tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    >>> ranged(-6, 6, points=121).values()[[0, 63, -1]].tolist()
    [-6.0, 0.3, 6.0]
    """
    _check_range(lo, hi, f"range {_short(lo)}:{_short(hi)}")
    if step is not None and points is not None:
        raise UsageError("step and points cannot both be given: one follows from the other.")
    first, width = _decimal(lo), _decimal(hi) - _decimal(lo)
    if step is not None:
        return _stepped(first, width, step)
    if points is not None:
        return _even(first, width / (_checked_points(points) - 1), points)
    default = _default_step(first, width)
    return _even(first, default, int(width / default) + 1)


def listed(values: Iterable[float]) -> Grid:
    """The grid of these x values, in this order; infinities and NaN are allowed.

    Raises UsageError if there are none, or more than ten million.

    >>> listed([1, 0.1]).values().tolist()
    [1.0, 0.1]
    """
    import numpy as np

    column = np.array(values if isinstance(values, array) else list(values), dtype=np.float64)
    if not column.size:
        raise UsageError("there are no x values; give at least one, such as --at 0,1,2.")
    _check_count(column.size)
    return Grid(column.size, lambda start, stop: column[start:stop])


def parse_range(text: str) -> tuple[float, float]:
    """The two ends of a range written A:B, with A < B and both finite.

    Raises UsageError that says what is wrong with the text.

    >>> parse_range("-6:6")
    (-6.0, 6.0)
    """
    what = f"range {_excerpt(text)}"
    ends = [end.strip() for end in text.split(":")]
    if len(ends) != 2:
        raise UsageError(f"{what} is not two numbers A:B.{_meant(text)}")
    if not all(ends):
        raise UsageError(f"{what} has no {'upper' if ends[0] else 'lower'} end; write A:B.")
    lo, hi = (parse_number(end, what) for end in ends)
    _check_range(lo, hi, what)
    return lo, hi


def parse_number(text: str, what: str = "") -> float:
    """The number of a decimal text, or inf, -inf or nan in any case, or of pi/2 and its kin.

    `what` opens the message of the UsageError that anything else raises, a number beyond
    float64 included.

    >>> parse_number("1e-3"), parse_number("sqrt(2)/2")
    (0.001, 0.7071067811865476)
    """
    if _NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        return _decimal_number(text, what)
    from actviz.catalogue.numbers import constant

    value = constant(text)
    if value is None or value != value:
        lead = f"{what}: " if what else ""
        raise UsageError(f"{lead}{_excerpt(text)} is not a number.")
    return value


def _decimal_number(text: str, what: str) -> float:
    lead = f"{what}: " if what else ""
    if _NOT_FINITE.fullmatch(text):
        return float(text)
    if not _NUMBER.fullmatch(text):
        raise UsageError(f"{lead}{_excerpt(text)} is not a number.")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise UsageError(f"{lead}{_excerpt(text)} is beyond the largest float64, 1.8e308.")
    return value


def parse_numbers(text: str) -> array[float]:
    """The numbers of a list such as '0.1,pi/2 1', white space or commas between them.

    Raises UsageError at anything else, with its place in the list.

    >>> parse_numbers("0.1,0.4 1").tolist(), parse_numbers("max(1, 2),pi").tolist()
    ([0.1, 0.4, 1.0], [2.0, 3.141592653589793])
    """
    return read_numbers([text], "--at", parse_number)


def read_column(lines: Iterable[str], column: str = "") -> array[float]:
    """The numbers of a text stream: one a line, those of one line, or a column of several.

    column: its name in a first line of words, or its number from 1 on. Cells are separated by
    commas, semicolons, tabs or spaces. A first line of words is skipped.

    Raises UsageError with the line of the first mistake, for lines of several numbers without a
    column, and for 1,000, which may be one number or two.

    >>> read_column(["x y\\n", "1 2\\n", "3 4\\n"], "y").tolist()
    [2.0, 4.0]
    """
    what = "standard input"
    rows = _rows(lines, what)
    try:
        begun = [row for row in (next(rows, None), next(rows, None)) if row is not None]
        names: list[str] = []
        if begun and all(map(_is_word, begun[0][1])):
            names = [name.lower() for name in begun.pop(0)[1]]
        if not begun:
            raise UsageError(f"{what} holds no number.")
        if len(begun) == 1 and not (names or column):
            begun = [(begun[0][0], [cell]) for cell in begun[0][1]]
        index = _column(names, column, len(begun[0][1]), what)
        numbers = array("d")
        for where, cells in chain(begun, rows):
            if index >= len(cells):
                raise UsageError(f"{where}: there is no column {index + 1}.")
            if len(cells) > 1 and not column:
                raise UsageError(f"{where}: {_which(names, len(cells))}")
            numbers.append(_decimal_number(cells[index], where))
            _check_count(len(numbers))
    except UnicodeDecodeError:
        raise UsageError(f"{what} is not text.") from None
    return numbers


def _rows(lines: Iterable[str], what: str) -> Iterator[tuple[str, list[str]]]:
    """The cells of each line that has some, and where that is."""
    for place, line in enumerate(lines, 1):
        where = f"{what}, line {place}"
        if cells := _row(line, where):
            yield where, cells


def _row(line: str, where: str) -> list[str]:
    """The cells of a line."""
    text = line.lstrip("\ufeff").strip().lstrip("#").strip()
    if _THOUSANDS.fullmatch(text):
        raise UsageError(
            f"{where}: {text!r} may be one number or several. "
            f"Write {text.replace(',', '')}, or {text.replace(',', ', ')}."
        )
    separator = next((each for each in ",;\t" if each in text), None)
    if separator is None:
        return text.split()
    cells = [cell.strip() for cell in text.removesuffix(separator).split(separator)]
    if not all(cells) and len(cells) > 1:
        raise UsageError(f"{where}: there is nothing beside a comma where a number should be.")
    return [word for cell in cells for word in cell.split()]


def _is_word(cell: str) -> bool:
    return not (_NUMBER.fullmatch(cell) or _NOT_FINITE.fullmatch(cell))


def _column(names: Sequence[str], column: str, width: int, what: str) -> int:
    """The place of a column that is named, or told by its number."""
    if not column:
        return 0
    if column.lower() in names:
        return names.index(column.lower())
    if not column.isdigit() or int(column) < 1:
        raise UsageError(f"{what} has no column {column!r}. {_which(names, width)}")
    return int(column) - 1


def _which(names: Sequence[str], width: int) -> str:
    known = f"by name ({', '.join(names)}) or " if names else "by "
    plural = "s" * (width != 1)
    return f"There are {width} column{plural} of numbers: say which {known}number, --at-column 1."


def read_numbers(
    lines: Iterable[str],
    what: str = "standard input",
    number: Callable[[str, str], float] = _decimal_number,
) -> array[float]:
    """The numbers of the lines of a text stream, white space or commas between them.

    number: what reads one of them, decimals alone unless it is given.

    Empty lines and a comma at the end of a line are allowed; nothing between two commas is not,
    since a value may be missing there. Raises UsageError with the line of the first mistake, if
    the stream is not text, has no number or more than ten million.
    """
    numbers = array("d")
    try:
        for place, line in enumerate(lines, 1):
            where = f"{what}, line {place}" if "\n" in line or place > 1 else what
            numbers.extend(number(word, where) for word in _words(line, where))
            _check_count(len(numbers))
    except UnicodeDecodeError:
        raise UsageError(f"{what} is not text.") from None
    if not numbers:
        raise UsageError(f"{what} holds no number.")
    return numbers


def _words(line: str, where: str) -> Iterator[str]:
    cells = _cells(line.strip().removesuffix(","))
    if len(cells) > 1 and not all(map(str.strip, cells)):
        raise UsageError(f"{where}: there is nothing beside a comma where a number should be.")
    for cell in cells:
        yield from [cell] if "(" in cell else cell.split()


def _cells(line: str) -> list[str]:
    """What stands between commas outside brackets, as those of max(1, 2) are not."""
    if "(" not in line:
        return line.split(",")
    cells, depth = [""], 0
    for character in line:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            cells.append("")
        else:
            cells[-1] += character
    return cells


def _check_range(lo: float, hi: float, what: str) -> None:
    for end in (lo, hi):
        if end != end or end in (float("inf"), float("-inf")):
            raise UsageError(f"{what} is not finite: {end} cannot be an end.")
    if lo == hi:
        raise UsageError(f"{what} is empty: both ends are {_short(lo)}.")
    if lo > hi:
        raise UsageError(f"{what} is reversed. Did you mean {_short(hi)}:{_short(lo)}?")


def _stepped(first: Fraction, width: Fraction, step: float) -> Grid:
    if not 0 < step < float("inf"):
        raise UsageError(f"step {_short(step)} is not a number above 0.")
    spacing = _decimal(step)
    if spacing > width:
        raise UsageError(f"step {_short(step)} is larger than the range: {_short(float(width))}.")
    intervals = width / spacing
    whole = round(intervals)
    # 0:6.283185307179586 with step 0.7853981633974483: eight steps, but for the two roundings
    if abs(intervals - whole) <= intervals * Fraction(1, 2**52):
        spacing = width / whole
    else:
        whole = int(intervals)
    return _even(first, spacing, _check_count(whole + 1))


def _checked_points(points: int) -> int:
    if points < 1:
        raise UsageError(f"{points} points make no table; give at least 2.")
    if points == 1:
        raise UsageError("1 point cannot hold both ends of a range; --at X gives a single one.")
    return _check_count(points)


def _check_count(count: int) -> int:
    if count > MOST_POINTS:
        told = f"{count:,}" if count < 10**15 else "over a thousand million million"
        raise UsageError(f"{told} points are too many; at most {MOST_POINTS:,} are allowed.")
    return count


def _default_step(first: Fraction, width: Fraction) -> Fraction:
    """The step of a table whose spacing nobody asked for; ranged says which."""
    magnitude = len(str(int(width))) if width >= 1 else -len(str(int(1 / width)))
    finest_first = (
        Fraction(digit) * Fraction(10) ** power
        for power in range(magnitude - 4, magnitude + 1)
        for digit in (1, 2, 5)
    )
    meeting = [s for s in finest_first if first % s == 0 == width % s]
    on_screen = [s for s in meeting if width / s < SCREEN]
    longer = [s for s in meeting if SCREEN <= width / s < LONGEST_DEFAULT]
    return next(iter([*on_screen, *reversed(longer)]), width / (SCREEN - 1))


def _even(first: Fraction, spacing: Fraction, count: int) -> Grid:
    """The grid first + i spacing, each value rounded once.

    Over the common denominator each point is a quotient of integers. If both stay below 2^53,
    float64 holds them and its division rounds correctly; else Python's division of integers does.
    """
    import numpy as np

    below = first.denominator * spacing.denominator
    start, stride = int(first * below), int(spacing * below)
    last = start + (count - 1) * stride

    def quick(i: int, j: int) -> Array:
        numerators = start + stride * np.arange(i, j, dtype=np.int64)
        return np.asarray(numerators / np.float64(below), dtype=np.float64)

    def exact(i: int, j: int) -> Array:
        return np.array([(start + stride * k) / below for k in range(i, j)], dtype=np.float64)

    return Grid(count, quick if max(abs(start), abs(last), below) < 2**53 else exact)


def _decimal(value: float) -> Fraction:
    """The decimal that the number was written as: its shortest text, taken exactly."""
    return Fraction(repr(float(value)))


def _short(value: float) -> str:
    return f"{value:.17g}" if float(f"{value:.6g}") != value else f"{value:.6g}"


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _meant(text: str) -> str:
    """A range suggested for two numbers with something else between them."""
    ends = re.findall(r"[+-]?\d+(?:\.\d+)?", text[:40])
    return f" Did you mean {':'.join(ends)}?" if len(ends) == 2 else " Write it as -6:6."
