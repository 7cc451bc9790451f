"""Figures drawn, written and named: one, or many spread over the cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import typer

from actviz.cli.terminal import Progress, tell, tell_error
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve
    from actviz.check import Report
    from actviz.figure.canvas.picture import Picture

FEW = 4  # figures that are not worth starting other processes for

Failure: TypeAlias = UsageError | OSError


class Rendered(NamedTuple):
    """A figure as the bytes of each of its files, what it shows in words, and notes about it.

    asides: notes that are the same for all figures that look like it.
    """

    contents: tuple[bytes, ...]
    words: str
    notes: tuple[str, ...]
    asides: tuple[str, ...]


@dataclass(frozen=True)
class Output:
    """A figure to be made: what messages call it, its files with their formats, how it is drawn."""

    name: str
    targets: tuple[tuple[Path, str], ...]
    draw: Callable[[], Picture]

    def drawn(self) -> Rendered | Failure:
        """The bytes and words of the figure, or why it could not be drawn."""
        from actviz import figure

        try:
            picture = self.draw()
            contents = tuple(figure.render(picture, format) for _, format in self.targets)
            notes = tuple(picture.notes)
            return Rendered(contents, picture.words[1], notes, picture.asides)
        except (UsageError, OSError) as error:
            return error


def write_figures(
    figures: Sequence[Output],
    processes: int | None = None,
    words: bool = False,
    if_changed: bool = False,
) -> None:
    """Write each figure and print its path, or what it shows in words.

    One that fails does not stop the others: all failures are told at the end, with exit code 1.
    A figure by itself that fails raises what it failed with.
    """
    failures: list[tuple[str, Failure]] = []
    asides: set[str] = set()
    with Progress() as progress, closing(_all_drawn(figures, processes)) as all_drawn:
        for i, drawn in enumerate(all_drawn):
            each = figures[i]
            if failure := _written(drawn, each, if_changed):
                failures.append((each.name, failure))
            else:
                progress.clear()
                assert isinstance(drawn, Rendered)
                _tell(each, drawn.words if words else "")
                for note in dict.fromkeys(drawn.notes):
                    tell(f"{each.name}: {note}")
                for aside in drawn.asides:
                    if aside not in asides:
                        tell(f"{each.name}: {aside}")
                asides.update(drawn.asides)
            progress(i + 1, len(figures), each.name)
    if len(figures) == 1:
        for _, failure in failures:
            raise failure
    for name, failure in failures:
        tell_error(f"{name}: {failure}")
    if failures:
        raise typer.Exit(1)


def write_error_figure(
    path: Path, format: str, curve: Curve, report: Report, orders: Sequence[int]
) -> None:
    """Write the figure of the errors of a report, or else of our own numbers; tell its path.

    The path goes to standard error, as standard output is the report's.
    """
    from actviz import check, figure, files

    if not report.errors and any(result.oracle == "against" for result in report.results):
        return tell(f"{path} is not drawn: the code ended before there were numbers.")
    series = report.errors or check.error_series([curve], tuple(sorted({0, *orders})))
    figure.load([format])
    picture = figure.errors(series, curve)
    files.write(path, figure.render(picture, format), format in figure.BINARY)
    tell(str(path))


def _written(drawn: Rendered | Failure, figure: Output, if_changed: bool) -> Failure | None:
    """Write a figure, and say why if that or the drawing failed."""
    from actviz import files
    from actviz.figure import BINARY

    if not isinstance(drawn, Rendered):
        return drawn
    try:
        for (path, format), content in zip(figure.targets, drawn.contents, strict=True):
            files.write(path, content, format in BINARY, if_changed)
    except (UsageError, OSError) as error:
        return error
    return None


def _tell(figure: Output, words: str) -> None:
    """Print the words about a figure, else the paths of its files."""
    from actviz import files

    if words:
        files.write_standard_output(f"{words}\n".encode())
        return
    for path, _ in figure.targets:
        if path != files.STANDARD_OUTPUT:
            files.write_standard_output(os.fsencode(path) + b"\n")


def _all_drawn(
    figures: Sequence[Output], processes: int | None
) -> Generator[Rendered | Failure, None, None]:
    """The figures in order; the first is drawn here, so that others inherit what it has loaded."""
    from actviz import figure
    from actviz.cli import workers
    from actviz.processors import cores

    first, *others = figures
    figure.load(format for each in figures for _, format in each.targets)
    yield first.drawn()
    count = min(processes or (cores() if len(figures) > FEW else 1), len(others))
    if count < 2 or not workers.available():
        yield from (each.drawn() for each in others)
    else:
        yield from workers.spread(
            lambda i: others[i].drawn(), range(len(others)), count, figure.forget_fonts
        )
