"""Where results go, and their format: what -o and --format mean together."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from actviz.cli.asked import Asked, only
from actviz.cli.together import check_shown
from actviz.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from actviz.catalogue.curve import Curve
    from actviz.table import Formats


TOGETHER = ", or draw them in one figure with compare"
BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")


def read_target(asked: Asked, formats: Formats[Any], name: str) -> tuple[Path, str]:
    """Where a text goes, and which of these formats it has."""
    from actviz import files

    output = asked["output"] or "-"
    here = formats.shown if sys.stdout.isatty() else formats.kept
    chosen = files.choose_format(output, asked["format"], formats.suffixes, formats.kept, here)
    check_shown(asked.command, asked.given, [chosen])
    suffix = formats[chosen].suffixes[0].removeprefix(".")
    (path,) = files.output_paths(output, [name], suffix)
    files.check_if_changed(path, asked["if-changed"])
    return path, chosen


def read_figure_targets(
    outputs: Sequence[str] | None, format: str | None, names: Sequence[str]
) -> list[tuple[tuple[Path, str], ...]]:
    """For each of these names the files that its figure goes to, with their formats."""
    from actviz import figure, files

    found = []
    asked: list[str | None] = [each for text in outputs or () for each in expanded(text)]
    for output in asked or [None]:
        chosen = files.choose_format(output, format, figure.SUFFIXES, "png", formats=figure.FORMATS)
        suffix = figure.FORMATS[chosen].suffix.removeprefix(".")
        paths = files.output_paths(output, names, suffix, TOGETHER)
        found.append([(path, chosen) for path in paths])
    figures = list(zip(*found, strict=True))
    for targets in figures:
        files.check_once([path for path, _ in targets])
    return figures


def expanded(output: str) -> list[str]:
    """What a shell makes of braces: one name for each of the words between them.

    >>> expanded("relu.{svg,pdf}"), expanded("{name}.svg")
    (['relu.svg', 'relu.pdf'], ['{name}.svg'])
    """
    found = BRACES.search(output)
    if found is None:
        return [output]
    head, tail = output[: found.start()], output[found.end() :]
    return [each for word in found[1].split(",") for each in expanded(head + word + tail)]


def read_error_figure(file: str, curves: Sequence[Curve], report: Path) -> tuple[Path, str]:
    """Where the figure of a check of one curve goes, and its format; report: where that goes."""
    if not curves:
        raise UsageError("--figure draws one curve, as in: actviz check gelu --figure errors.png")
    curve = only(curves, "--figure")
    if file == "-":
        raise UsageError("--figure takes a file: - is for the report.")
    [[(path, chosen)]] = read_figure_targets([file], None, [curve.stem])
    if path.resolve() == report.resolve():
        raise UsageError(f"{file!r} cannot be both the report and the figure.")
    return path, chosen
