"""A picture in a window of the desktop."""

from __future__ import annotations

from typing import Any

from actviz.errors import UsageError
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.renderers import open_window
from actviz.figure.canvas.settings import settings

TOOLKITS = ("qtagg", "gtk4agg", "gtk3agg", "tkagg", "wxagg", "macosx")


def show(picture: Picture) -> None:
    """Show the picture in a window until it is closed.

    The first of matplotlib's windowing toolkits that works is taken, whatever MPLBACKEND says.

    Raises UsageError if there is none, or no screen.
    """
    with settings(picture.math):
        manager = _manager(picture)
        manager.show()
        manager.start_main_loop()


def _manager(picture: Picture) -> Any:
    for toolkit in TOOLKITS:
        try:
            return open_window(picture.to_figure(), toolkit)
        except Exception:  # a toolkit that is not installed, or has no screen, fails in its own way
            continue
    raise UsageError(
        "no window can be opened: there is no screen, or none of the toolkits that matplotlib "
        "can use (Qt, GTK, Tk, wx) is installed. Write a file with -o instead."
    )
