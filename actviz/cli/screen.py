"""Figures that are looked at instead of written: in the terminal, or in a window."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actviz.cli.terminal import colour_wanted

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve
    from actviz.figure.canvas.picture import Picture

WIDEST, HIGHEST = 100, 28  # characters of a preview
BELOW = 3  # lines kept free for what the shell prints


@dataclass(frozen=True)
class Job:
    """One figure as it was asked for: what it is called, what it shows, how it is drawn.

    label is for messages, stem for names of files; together are the curves that colours and dashes
    tell apart in it, which draw takes the places of.
    """

    label: str
    stem: str
    curves: Sequence[Curve]
    orders: Sequence[int]
    range: tuple[float, float]
    draw: Callable[..., Picture]
    together: Sequence[Curve] = ()


def print_previews(jobs: Sequence[Job]) -> None:
    """Draw the curves of each in the terminal, as large as it allows."""
    from rich.console import Console

    from actviz import figure, files

    room = shutil.get_terminal_size((80, 24))
    columns, rows = min(room.columns, WIDEST), min(room.lines - BELOW, HIGHEST)
    texts = [figure.preview(each.curves, each.orders, *each.range, columns, rows) for each in jobs]
    colour = colour_wanted(sys.stdout)
    out = io.StringIO()
    console = Console(
        file=out,
        width=columns,
        color_system="standard" if colour else None,
        force_terminal=colour,
    )
    for text in texts:
        console.print(text, no_wrap=True, overflow="ignore", crop=False)
    files.write_standard_output(out.getvalue().encode())


def show_windows(jobs: Sequence[Job]) -> None:
    """Show each figure in a window until it is closed."""
    from actviz import figure

    for each in jobs:
        figure.show(each.draw())
