"""The tables of `actviz table`: values, and what can be asked for in place of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from actviz.cli.asked import (
    Asked,
    catalogue_files,
    joint_name,
    only,
    read_columns,
    read_fixed,
    read_grid,
)
from actviz.cli.targets import read_target
from actviz.cli.terminal import Progress, colour_wanted
from actviz.depfile import rule_about
from actviz.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from actviz.catalogue.curve import Curve
    from actviz.table import Tabular

Curves: TypeAlias = "tuple[Curve, ...]"


def write_table(curves: Curves, asked: Asked) -> None:
    """Write the table that is asked for: values unless an option of KINDS is there."""
    kind = next((key for key in KINDS if key in asked.given), "")
    KINDS[kind](curves, asked)


def _write_values(curves: Curves, asked: Asked) -> None:
    """Write x and each curve and order as columns."""
    from actviz.table import columns_of

    curves, logits = read_fixed(asked, curves)
    if logits is not None:
        raise UsageError("A table takes all x as the logits: --fixed names an argument, as in b=1.")
    _write_numbers(columns_of(curves, asked.orders, read_grid(asked)), joint_name(curves), asked)


def _write_jacobian(curves: Curves, asked: Asked) -> None:
    """Write the matrix of the derivatives of one function of a vector."""
    from actviz.table import Jacobian

    curve = only(curves, "--jacobian")
    _write_numbers(Jacobian(curve, read_grid(asked)), curve.stem, asked)


def _write_numbers(columns: Tabular, name: str, asked: Asked) -> None:
    from actviz import files, table

    path, chosen = read_target(asked, table.NUMBERS, name)
    columns.rows(0, 1)  # what cannot be computed is refused before a byte is written
    with _rule(path, asked):
        files.write(
            path,
            lambda stream: table.write(columns, chosen, stream),
            table.NUMBERS[chosen].binary,
            asked["if-changed"],
        )


def _write_properties(curves: Curves, asked: Asked) -> None:
    """Write what the curves are like."""
    from actviz import files, info
    from actviz.table import WORDS

    path, chosen = read_target(asked, WORDS, joint_name(curves))
    columns = read_columns(asked, info.all_columns())
    with _rule(path, asked):
        with Progress() as progress:
            text = info.write_properties(curves, chosen, columns, _colour(path), progress)
        files.write(path, text.encode(), if_changed=asked["if-changed"])


def _write_depths(curves: Curves, asked: Asked) -> None:
    """Write how the gradient vanishes through so many layers."""
    from actviz import files
    from actviz.table import WORDS
    from actviz.table.gradients import gradients

    path, chosen = read_target(asked, WORDS, joint_name(curves))
    with _rule(path, asked):
        with Progress() as progress:
            table = gradients(curves, asked["depth"], asked["seed"], progress)
        text = WORDS[chosen].write(table, shutil.get_terminal_size().columns, _colour(path))
        files.write(path, text.encode(), if_changed=asked["if-changed"])


def _colour(path: Path) -> bool:
    return str(path) == "-" and colour_wanted(sys.stdout)


def _rule(path: Path, asked: Asked) -> AbstractContextManager[None]:
    """Within it the table is made; the rule of --depfile is written when it is."""
    return rule_about([path], catalogue_files(asked["catalogue"]), asked["depfile"])


KINDS: dict[str, Callable[[Curves, Asked], None]] = {
    "":           _write_values,
    "jacobian":   _write_jacobian,
    "depth":      _write_depths,
    "properties": _write_properties,
}  # fmt: skip
