"""Recorded values: x and y that somebody else's code, chip or program has written into a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from actviz.errors import UsageError, suggest

if TYPE_CHECKING:  # numpy is imported when there is a file to read: a help page reads no file
    from actviz.formula.arrays import Array
    from actviz.recorded.column import Column

RAW = ".bin"
MOST = 2_000_000  # points: all of the 16-bit formats thirty times over


@dataclass(frozen=True, eq=False)
class Recording:
    """Points of a function, as they were recorded: arrays of one length.

    dtype: the floating-point format that y is held in, '' where the file does not tell, as text.
    slack_x, slack_y: how far the numbers may be from those that were there when they were written;
    0 but in text with few digits.
    """

    name: str
    x: Array
    y: Array
    dtype: str
    slack_x: Array
    slack_y: Array


def read(file: str, inputs: str = "", dtype: str = "") -> Recording:
    """The points of a file: .csv, .npy, .npz or .bin; - is CSV from standard input.

    inputs: a file with x, if the other one holds y alone. dtype: that of raw files, and of arrays
    of two bytes that numpy has no name for.

    Raises UsageError for a file that cannot be read, has other columns or none, or no numbers in
    them. Nothing is ever unpickled.
    """
    columns = _columns(file, dtype)
    if inputs:
        x, y = _inputs(inputs, dtype), _alone(file, columns)
    else:
        x, y = _pair(file, columns if Path(file).suffix.lower() != RAW else _in_turn(file, columns))
    if x.values.size != y.values.size:
        raise UsageError(
            f"{(inputs or file)!r} has {_count(x)} as x, and {file!r} {_count(y)} as y: there "
            "must be one for each."
        )
    return Recording(file, x.values, y.values, y.dtype, x.exact_if_short().slack, y.slack)


def _count(column: Column) -> str:
    return f"{column.values.size:,} numbers"


def _columns(file: str, dtype: str) -> Mapping[str, Column]:
    """The columns of a file by name; UsageError if there is nothing in them."""
    columns = _reader(file)(file, dtype)
    for column in columns.values():
        if not column.values.size:
            raise UsageError(f"{file!r} holds no numbers.")
        if column.values.size > MOST:
            raise UsageError(f"{file!r} holds {_count(column)}; at most {MOST:,} are judged.")
    return columns


def _reader(file: str) -> Callable[[str, str], Mapping[str, Column]]:
    """What reads a file, by its suffix."""
    from actviz.recorded import arrays, text

    readers: dict[str, Callable[[str, str], Mapping[str, Column]]] = {
        ".csv": text.read,
        ".tsv": text.read,
        ".npy": arrays.read_npy,
        ".npz": arrays.read_npz,
        RAW: arrays.read_raw,
    }
    suffix = Path(file).suffix.lower()
    if file == "-":
        return text.read
    if suffix not in readers:
        known = ", ".join(readers)
        raise UsageError(
            f"{file!r} is none of the files that are read: {known}.{suggest(suffix, readers)}"
        )
    return readers[suffix]


def _pair(file: str, columns: Mapping[str, Column]) -> tuple[Column, Column]:
    """x and y: by their names, or y by any if there are but two."""
    names = list(columns)
    if len(names) == 1 and names != ["x"]:
        raise UsageError(
            f"{file!r} holds y alone: --inputs FILE says at which x (check --write-inputs makes "
            "such a file)."
        )
    if len(names) == 2 and names[0] == "x":
        return columns["x"], columns[names[1]]
    for name in ("x", "y"):
        if name not in columns:
            raise UsageError(
                f"{file!r} has the columns {_listed(names)}, and none is called {name}."
            )
    return columns["x"], columns["y"]


def _in_turn(file: str, columns: Mapping[str, Column]) -> Mapping[str, Column]:
    """The numbers of a raw file without --inputs: pairs, x and y in turn."""
    from actviz.recorded.column import Column

    both = _alone(file, columns)
    if both.values.size % 2:
        raise UsageError(
            f"{file!r} holds {_count(both)}, which are no pairs of x and y: if they are y alone, "
            "--inputs FILE says at which x."
        )
    x, y = both.values[::2], both.values[1::2]
    return {"x": Column.exact(x, both.dtype), "y": Column.exact(y, both.dtype)}


def _alone(file: str, columns: Mapping[str, Column]) -> Column:
    """y, which is all that there is."""
    if len(columns) == 1:
        return next(iter(columns.values()))
    raise UsageError(
        f"{file!r} has the columns {_listed(list(columns))}: --inputs is for a file of y alone."
    )


def _inputs(file: str, dtype: str) -> Column:
    """x, from a file that has nothing else."""
    columns = _columns(file, dtype)
    if len(columns) > 1:
        raise UsageError(f"{file!r} has the columns {_listed(list(columns))}: x alone is needed.")
    return next(iter(columns.values()))


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= 8 else [*names[:7], f"and {len(names) - 7} more"]
    return ", ".join(name or "''" for name in shown)
