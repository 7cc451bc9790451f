"""Figures drawn, written and named: one, or many spread over the cores."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeAlias

import typer

from actviz.cli.terminal import Progress, tell, tell_error
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.check import Report
    from actviz.curve import Curve
    from actviz.figure.picture import Picture

FEW = 4  # figures that are not worth starting other processes for

Failure: TypeAlias = UsageError | OSError

_figures: Sequence[Figure]  # in a worker: what it draws


class Drawn(NamedTuple):
    """A figure as the bytes of its file, and what it shows in words."""

    content: bytes
    words: str


@dataclass(frozen=True)
class Figure:
    """A figure to be made: what messages call it, its file and format, and how it is drawn."""

    name: str
    path: Path
    format: str
    draw: Callable[[], Picture]

    def drawn(self) -> Drawn | Failure:
        """The bytes and words of the figure, or why it could not be drawn."""
        from actviz import figure

        try:
            picture = self.draw()
            return Drawn(figure.render(picture, self.format), picture.words[1])
        except (UsageError, OSError) as error:
            return error


def write_figures(
    figures: Sequence[Figure],
    jobs: int | None = None,
    words: bool = False,
    if_changed: bool = False,
) -> None:
    """Write each figure and print its path, or what it shows in words.

    One that fails does not stop the others: all failures are told at the end, with exit code 1.
    A figure by itself that fails raises what it failed with.
    """
    failures: list[tuple[str, Failure]] = []
    with Progress() as progress:
        for i, drawn in enumerate(_all_drawn(figures, jobs)):
            each = figures[i]
            if failure := _written(drawn, each, if_changed):
                failures.append((each.name, failure))
            else:
                progress.clear()
                _tell(each.path, drawn.words if words and isinstance(drawn, Drawn) else "")
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

    series = report.errors or check.error_series([curve], tuple(sorted({0, *orders})))
    picture = figure.errors(series, curve)
    files.write(path, figure.render(picture, format), format in figure.BINARY)
    tell(str(path))


def _written(drawn: Drawn | Failure, figure: Figure, if_changed: bool) -> Failure | None:
    """Write a figure, and say why if that or the drawing failed."""
    from actviz import files
    from actviz.figure import BINARY

    if not isinstance(drawn, Drawn):
        return drawn
    try:
        files.write(figure.path, drawn.content, figure.format in BINARY, if_changed)
    except (UsageError, OSError) as error:
        return error
    return None


def _tell(path: Path, words: str) -> None:
    """Print the words about a figure, else the path of its file."""
    from actviz import files

    if words:
        files.write_standard_output(f"{words}\n".encode())
    elif path != files.STANDARD_OUTPUT:
        files.write_standard_output(os.fsencode(path) + b"\n")


def _all_drawn(figures: Sequence[Figure], jobs: int | None) -> Iterator[Drawn | Failure]:
    """The figures in order; the first is drawn here, so that others inherit what it has loaded."""
    count = len(figures)
    yield figures[0].drawn()
    workers = min(jobs or _cores(count), count - 1)
    if workers < 2 or not hasattr(os, "fork"):
        yield from (figure.drawn() for figure in figures[1:])
        return
    import warnings
    from multiprocessing import get_context

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # numpy's threads are asleep
        pool = get_context("fork").Pool(workers, _begin, (figures,))
    with pool, _ended_by_exception():
        yield from pool.imap(_drawn_in_worker, range(1, count))


@contextmanager
def _ended_by_exception() -> Iterator[None]:
    """Let SIGTERM raise SystemExit, so that the workers are ended too."""

    def end(number: int, frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _cores(count: int) -> int:
    """How many processes draw so many figures if nobody says."""
    if count <= FEW:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _begin(figures: Sequence[Figure]) -> None:
    """Prepare a worker: what it draws; Ctrl-C is for the process that started it, SIGTERM not."""
    from actviz import figure

    global _figures
    _figures = figures
    figure.forget_fonts()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _drawn_in_worker(i: int) -> Drawn | Failure:
    return _figures[i].drawn()
