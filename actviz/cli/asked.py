"""What was asked of a command: its options as values, and what several of them mean together."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from actviz.cli.options import Given, options_of
from actviz.cli.together import check_together, with_implied
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve
    from actviz.catalogue.lookup import Catalogue
    from actviz.figure import Options
    from actviz.table.grid import Grid


@dataclass(frozen=True)
class Asked:
    """The options of one call of a command.

    given: what was typed, by key; values: all options of the command, read, by key.
    """

    command: str
    given: Given
    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def typed(self) -> Sequence[str]:
        """The arguments that are no options."""
        words: Sequence[str] = self.given.get("curves", ())
        return words

    @property
    def orders(self) -> tuple[int, ...]:
        """The orders that -d or --order ask for."""
        return self["order"] or tuple(range(self["deriv"] + 1))


def read_asked(command: str, given: Given) -> Asked:
    """What was asked of a command; UsageError for what cannot be read, or goes not together."""
    given = with_implied(command, given)
    check_together(command, given)
    rows = options_of(command)
    return Asked(command, given, {key: row.value(given) for key, row in rows.items()})


def reads(command: Callable[[Asked], None]) -> Callable[[Given], None]:
    """Make a command of a function of what was asked."""

    @wraps(command)
    def read(given: Given) -> None:
        command(read_asked(command.__name__.rstrip("_"), given))

    return read


# -- curves


def read_curves(asked: Asked) -> tuple[Curve, ...]:
    """The curves of a command that cannot do without."""
    return curves_among(asked, load_catalogue(asked["catalogue"]))


def curves_among(asked: Asked, functions: Catalogue) -> tuple[Curve, ...]:
    """The curves of a command that cannot do without: those named, or all functions there are."""
    command, texts, all = asked.command, asked.typed, "all" in asked.given
    if texts and all:
        raise UsageError(f"Give either --all or curves such as {texts[0]!r}, not both.")
    if not (texts or all):
        raise UsageError(f"{command} needs a curve, for example: actviz {command} relu")
    for text in texts:
        if text.lower().endswith(".toml"):
            raise UsageError(
                f"{text!r} is a file: a list of figures goes after --from, "
                "functions of your own after --catalogue."
            )
    from actviz.catalogue.curve import parse_curves

    return parse_curves(list(functions.entries) if all else texts, functions)


def read_fixed(
    asked: Asked, curves: tuple[Curve, ...]
) -> tuple[tuple[Curve, ...], tuple[float, ...] | None]:
    """The curves with the arguments that --fixed names at their values, or the logits it lists."""
    from actviz.catalogue.curve import fixed
    from actviz.table.grid import parse_number, read_numbers

    text = asked["fixed"]
    if text is None:
        return curves, None
    if "=" not in text:
        return curves, tuple(read_numbers([text], "--fixed"))
    pairs = [part.partition("=") for part in text.split(",")]
    given = {name.strip(): parse_number(value.strip(), "--fixed") for name, _, value in pairs}
    return fixed(curves, given), None


def only(curves: Sequence[Curve], what: str) -> Curve:
    """The one curve there must be."""
    if len(curves) > 1:
        labels = ", ".join(curve.label for curve in curves)
        raise UsageError(f"{what} takes one curve, not {len(curves)}: {labels}.")
    return curves[0]


def joint_name(curves: Sequence[Curve]) -> str:
    """The name of a file about several curves: theirs, joined, and not too long for a folder."""
    names = "-".join(curve.stem for curve in curves)
    return names if len(names) <= 100 else f"{curves[0].stem[:80]}-and-{len(curves) - 1}-more"


def catalogue_files(files: Sequence[str]) -> list[str]:
    """The catalogues beside the built-in one: those of ACTVIZ_CATALOGUE, then the files."""
    named = os.environ.get("ACTVIZ_CATALOGUE", "").split(os.pathsep)
    return [name for name in [*named, *files] if name]


def load_catalogue(files: Sequence[str]) -> Catalogue:
    """The built-in functions, those of ACTVIZ_CATALOGUE and those of the files, in this order."""
    from pathlib import Path

    from actviz.catalogue.lookup import load

    return load([Path(name) for name in catalogue_files(files)])


# -- x, columns, the look


def read_grid(asked: Asked) -> Grid:
    """The x values that --at, or --range with --step or --points, ask for."""
    from actviz.table.grid import listed, ranged, read_column

    column = asked["at-column"]
    if "at" in asked.given and asked["at"] is None:
        return listed(read_column(sys.stdin, column or ""))
    if column is not None:
        raise UsageError("--at-column is for --at -, the numbers of standard input.")
    if asked["at"] is not None:
        return listed(asked["at"])
    lo, hi = asked["range"]
    return ranged(lo, hi, asked["step"], asked["points"])


def read_columns(asked: Asked, default: Sequence[str]) -> tuple[str, ...] | None:
    """The columns that --columns and --measure ask for; None if neither is given."""
    from actviz import info

    columns, measure = asked["columns"], asked["measure"]
    if not (columns or measure):
        return None
    names = info.read_columns(columns) if columns else default
    return tuple(dict.fromkeys([*names, *(info.measured() if measure else ())]))


def read_look(asked: Asked) -> Options:
    """The look of a figure: the fields of the options that were given."""
    from actviz.figure import Options

    rows = [row for key, row in options_of(asked.command).items() if key in asked.given]
    return Options(**{row.field: asked[row.key] for row in rows if row.field})
