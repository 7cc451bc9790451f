"""The tables of `actviz table`: values, and what can be asked for in place of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from actviz.cli import reading
from actviz.cli.depths import read_depths, read_seed
from actviz.cli.terminal import Progress, colour_wanted
from actviz.depfile import rule_about
from actviz.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from actviz.catalogue.curve import Curve
    from actviz.table import Formats, Tabular

Curves: TypeAlias = "tuple[Curve, ...]"
Asked: TypeAlias = Mapping[str, Any]  # the options as they were typed, by name


class Target(NamedTuple):
    """Where a table goes: -o, --format, --if-changed, --depfile; and the files it is made from."""

    output: str | None
    format: str | None
    if_changed: bool
    depfile: str | None
    sources: Sequence[str]


class Kind(NamedTuple):
    """A kind of table: the options that it takes, and what writes it."""

    takes: tuple[str, ...]
    write: Callable[[Curves, Asked, Target], None]


def write_table(curves: Curves, asked: Asked, target: Target) -> None:
    """Write the table that is asked for: values unless an option of KINDS is there.

    Raises UsageError for two of them, and for an option that another kind of table takes.
    """
    given = [name for name, value in asked.items() if value not in (None, False)]
    kinds = [name for name in given if name in KINDS]
    if len(kinds) > 1:
        raise UsageError(f"Give either {kinds[0]} or {kinds[1]}, not both.")
    kind = kinds[0] if kinds else ""
    for name in given:
        if name != kind and name not in KINDS[kind].takes:
            raise _misplaced(name, kind)
    KINDS[kind].write(curves, asked, target)


def _misplaced(name: str, kind: str) -> UsageError:
    if kind:
        return UsageError(f"{kind} takes no {name}.")
    owner = next(each for each, row in KINDS.items() if name in row.takes)
    return UsageError(f"{name} is for {owner}, which is not there.")


def _write_values(curves: Curves, asked: Asked, target: Target) -> None:
    """Write x and each curve and order as columns."""
    from actviz.table import columns_of

    curves, logits = reading.read_fixed(asked["--fixed"], curves)
    if logits is not None:
        raise UsageError("A table takes all x as the logits: --fixed names an argument, as in b=1.")
    orders = reading.read_orders(asked["-d"], asked["--order"])
    grid = reading.read_grid(*(asked[each] for each in GRID))
    _write_numbers(columns_of(curves, orders, grid), reading.joint_name(curves), target)


def _write_jacobian(curves: Curves, asked: Asked, target: Target) -> None:
    """Write the matrix of the derivatives of one function of a vector."""
    from actviz.table import Jacobian

    curve = reading.only(curves, "--jacobian")
    grid = reading.read_grid(*(asked[each] for each in GRID))
    _write_numbers(Jacobian(curve, grid), curve.stem, target)


def _write_numbers(columns: Tabular, name: str, target: Target) -> None:
    from actviz import files, table

    path, chosen = _read_target(target, table.NUMBERS, name)
    columns.rows(0, 1)  # what cannot be computed is refused before a byte is written
    with rule_about([path], target.sources, target.depfile):
        files.write(
            path,
            lambda stream: table.write(columns, chosen, stream),
            table.NUMBERS[chosen].binary,
            target.if_changed,
        )


def _write_properties(curves: Curves, asked: Asked, target: Target) -> None:
    """Write what the curves are like."""
    from actviz import files, info, table

    path, chosen = _read_target(target, table.WORDS, reading.joint_name(curves))
    columns = reading.read_columns(asked["--columns"], asked["--measure"], info.all_columns())
    with rule_about([path], target.sources, target.depfile):
        with Progress() as progress:
            text = info.write_properties(curves, chosen, columns, _colour(path), progress)
        files.write(path, text.encode(), if_changed=target.if_changed)


def _write_depths(curves: Sequence[Curve], asked: Asked, target: Target) -> None:
    """Write how the gradient vanishes through so many layers."""
    from actviz import files, table
    from actviz.table.gradients import gradients

    layers, seed = read_depths(asked["--depth"]), read_seed(asked["--seed"])
    path, chosen = _read_target(target, table.WORDS, reading.joint_name(curves))
    with rule_about([path], target.sources, target.depfile):
        with Progress() as progress:
            rows = gradients(curves, layers, seed, progress)
        width = shutil.get_terminal_size().columns
        text = table.WORDS[chosen].write(rows, width, _colour(path))
        files.write(path, text.encode(), if_changed=target.if_changed)


def _colour(path: Path) -> bool:
    return str(path) == "-" and colour_wanted(sys.stdout)


def _read_target(target: Target, formats: Formats[Any], name: str) -> tuple[Path, str]:
    return reading.read_target(target.output, target.format, formats, name, target.if_changed)


GRID = ("--at", "--range", "--step", "--points")
KINDS = {
    "":             Kind((*GRID, "-d", "--order", "--fixed"), _write_values),
    "--jacobian":   Kind(GRID, _write_jacobian),
    "--depth":      Kind(("--seed",), _write_depths),
    "--properties": Kind(("--columns", "--measure"), _write_properties),
}  # fmt: skip
