"""Figures that are looked at instead of written: in the terminal, or in a window."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actviz.cli.terminal import colour_wanted
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.curve import Curve
    from actviz.figure.picture import Picture

WIDEST, HIGHEST = 100, 28  # characters of a preview
BELOW = 3  # lines kept free for what the shell prints


def refuse_beside(name: str, others: Mapping[str, Any]) -> None:
    """Raise UsageError for an option that has no meaning beside another one."""
    for other, value in others.items():
        if value:
            raise UsageError(f"{name} writes no file and takes no {other}.")


def print_previews(
    groups: Sequence[Sequence[Curve]], orders: Sequence[int], lo: float, hi: float
) -> None:
    """Draw each group of curves in the terminal, as large as it allows."""
    from rich.console import Console

    from actviz import figure, files

    room = shutil.get_terminal_size((80, 24))
    columns, rows = min(room.columns, WIDEST), min(room.lines - BELOW, HIGHEST)
    texts = [figure.preview(group, orders, lo, hi, columns, rows) for group in groups]
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


def show_windows(draw: Callable[[int], Picture], count: int) -> None:
    """Show each picture in a window until it is closed."""
    from actviz import figure

    for i in range(count):
        figure.show(draw(i))
