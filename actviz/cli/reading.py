"""The readers of what was typed: texts to orders, ranges, numbers, curves and targets."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actviz.errors import UsageError, suggest
from actviz.table.grid import (
    Grid,
    listed,
    parse_number,
    parse_numbers,
    parse_range,
    ranged,
    read_numbers,
)

if TYPE_CHECKING:
    from pathlib import Path

    from actviz.catalogue.curve import Curve
    from actviz.catalogue.lookup import Catalogue
    from actviz.table import Formats

MAX_ORDER = 4


def read_orders(deriv: int, order: str | None) -> tuple[int, ...]:
    """The orders that -d or --order ask for.

    >>> read_orders(2, None), read_orders(0, "0,2")
    ((0, 1, 2), (0, 2))
    """
    if order is None:
        if deriv > MAX_ORDER:
            raise UsageError(
                f"-d can be given {MAX_ORDER} times at most: derivatives go up to order 4."
            )
        return tuple(range(deriv + 1))
    if deriv:
        raise UsageError("Give either -d or --order, not both.")
    orders = [part.strip() for part in order.split(",")]
    for part in orders:
        if part not in ("0", "1", "2", "3", "4"):
            raise UsageError(f"--order takes numbers from 0 to 4 like 1 or 0,2, not '{part}'.")
    return tuple(dict.fromkeys(int(part) for part in orders))


def read_columns(
    columns: str | None, measure: bool, default: Sequence[str]
) -> tuple[str, ...] | None:
    """The columns that --columns and --measure ask for; None if neither is given."""
    from actviz import info

    if not (columns or measure):
        return None
    names = info.read_columns(columns) if columns else default
    return tuple(dict.fromkeys([*names, *(info.measured() if measure else ())]))


def read_choice(name: str, value: str, choices: Sequence[str]) -> str:
    """The one of the choices that was typed, whatever its case."""
    if value.lower() in choices:
        return value.lower()
    among = f"{', '.join(choices[:-1])} or {choices[-1]}"
    raise UsageError(f"{name} is {among}, not '{value}'.{suggest(value, choices)}")


def read_count(name: str, value: str | None) -> int | None:
    """The whole number that was typed for an option."""
    if value is None:
        return None
    text = value.strip().replace("_", "")
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 19):
        raise UsageError(f"{name} takes a whole number, not {value!r}.")
    return int(text)


def read_positive(name: str, value: str | None) -> int | None:
    """The whole number, at least 1, that was typed for an option."""
    count = read_count(name, value)
    if count is not None and count < 1:
        raise UsageError(f"{name} takes a number of at least 1, not {value!r}.")
    return count


def read_float(name: str, value: str | None) -> float | None:
    """The number that was typed for an option."""
    return None if value is None else parse_number(value, name)


def read_range(text: str | None) -> tuple[float, float]:
    """The two ends of --range, -6 and 6 if it is not given."""
    return parse_range(text or "-6:6")


def read_grid(at: str | None, span: str | None, step: str | None, points: str | None) -> Grid:
    """The x values that --at, or --range with --step or --points, ask for."""
    if at is None:
        return ranged(*read_range(span), read_float("--step", step), read_count("--points", points))
    for name, value in (("--range", span), ("--step", step), ("--points", points)):
        if value is not None:
            raise UsageError(f"Give either --at or {name}, not both.")
    return listed(read_numbers(sys.stdin) if at.strip() == "-" else parse_numbers(at))


def read_curves(
    command: str, texts: Sequence[str] | None, catalogues: Sequence[str] | None
) -> tuple[Curve, ...]:
    """The curves of a command that cannot do without."""
    return curves_among(command, texts, load_catalogue(catalogues))


def curves_among(
    command: str, texts: Sequence[str] | None, functions: Catalogue, all: bool = False
) -> tuple[Curve, ...]:
    """The curves of a command that cannot do without: those named, or all functions there are."""
    if texts and all:
        raise UsageError(f"Give either --all or curves such as {texts[0]!r}, not both.")
    if not (texts or all):
        raise UsageError(f"{command} needs a curve, for example: actviz {command} relu")
    for text in texts or ():
        if text.lower().endswith(".toml"):
            raise UsageError(
                f"{text!r} is a file: a list of figures goes after --from, "
                "functions of your own after --catalogue."
            )
    from actviz.catalogue.curve import parse_curves

    return parse_curves(list(functions.entries) if all else texts or (), functions)


def read_fixed(
    text: str | None, curves: tuple[Curve, ...]
) -> tuple[tuple[Curve, ...], tuple[float, ...] | None]:
    """The curves with the arguments that --fixed names at their values, or the logits it lists."""
    from actviz.catalogue.curve import fixed

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


def read_figure_targets(
    output: str | None, format: str | None, names: Sequence[str]
) -> tuple[list[Path], str]:
    """Where the figures of these names go, and their format."""
    from actviz import figure, files

    chosen = files.choose_format(output, format, figure.SUFFIXES, "png")
    return files.output_paths(output, names, chosen), chosen


def read_error_figure(
    file: str, curves: Sequence[Curve], report: Path, instead: Mapping[str, str | None]
) -> tuple[Path, str]:
    """Where the figure of a check of one curve goes, and its format.

    report: where the report goes; instead: what else may be checked in place of the curve.
    """
    for name, value in instead.items():
        if value is not None:
            raise UsageError(f"--figure draws the errors of values; {name} has none to draw.")
    if not curves:
        raise UsageError("--figure draws one curve, as in: actviz check gelu --figure errors.png")
    curve = only(curves, "--figure")
    if file == "-":
        raise UsageError("--figure takes a file: - is for the report.")
    ([path], chosen) = read_figure_targets(file, None, [curve.stem])
    if path.resolve() == report.resolve():
        raise UsageError(f"{file!r} cannot be both the report and the figure.")
    return path, chosen


def read_target(
    output: str | None,
    format: str | None,
    formats: Formats[Any],
    name: str,
    if_changed: bool,
) -> tuple[Path, str]:
    """Where a text goes, and which of these formats it has."""
    from actviz import files

    here = formats.shown if sys.stdout.isatty() else formats.kept
    chosen = files.choose_format(output or "-", format, formats.suffixes, formats.kept, here)
    suffix = formats[chosen].suffixes[0].removeprefix(".")
    (path,) = files.output_paths(output or "-", [name], suffix)
    files.check_if_changed(path, if_changed)
    return path, chosen


def catalogue_files(files: Sequence[str] | None) -> list[str]:
    """The catalogues beside the built-in one: those of ACTVIZ_CATALOGUE, then the files."""
    named = os.environ.get("ACTVIZ_CATALOGUE", "").split(os.pathsep)
    return [name for name in [*named, *(files or ())] if name]


def load_catalogue(files: Sequence[str] | None) -> Catalogue:
    """The built-in functions, those of ACTVIZ_CATALOGUE and those of the files, in this order."""
    from pathlib import Path

    from actviz.catalogue.lookup import load

    return load([Path(name) for name in catalogue_files(files)])
