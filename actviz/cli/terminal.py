"""What a terminal shows: whether in colour, messages on stderr, a progress bar."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TextIO

LONGEST = 500  # characters in a line of a message


def colour_wanted(stream: TextIO) -> bool:
    """Whether escape codes may be written: NO_COLOR forbids, FORCE_COLOR asks, else a terminal.

    >>> import io
    >>> colour_wanted(io.StringIO())
    False
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_wanted(stream: TextIO) -> int | None:
    """How wide lines may be: COLUMNS, else what the terminal is, else as wide as they are.

    >>> import io
    >>> width_wanted(io.StringIO()) is None or bool(os.environ.get("COLUMNS"))
    True
    """
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns):
        return int(columns)
    with suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or None
    return None


def printable(text: str) -> str:
    r"""The text with everything that could steer a terminal written as an escape.

    >>> printable("a\x1b[31mb\nc")
    'a\\x1b[31mb\nc'
    """
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text
    )


def tell_error(message: str) -> None:
    """Write one message to stderr, lines that quote too much of the request cut short."""
    name = "\x1b[1;31mError:\x1b[0m" if colour_wanted(sys.stderr) else "Error:"
    with suppress(OSError):
        lines = [
            line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."
            for line in message.splitlines()
        ]
        print(name, printable("\n".join(lines)), file=sys.stderr, flush=True)


def tell(text: str) -> None:
    """Write a line to stderr."""
    with suppress(OSError):
        print(printable(text), file=sys.stderr, flush=True)


class Progress:
    """A one-line bar on stderr, drawn only on a terminal and only for work longer than `delay`.

    Plain characters and carriage returns: it is safe where no escape byte may appear.
    Within `with`, call it with (done, total, name) after each piece of work.
    """

    def __init__(self, delay: float = 0.5) -> None:
        self._start = time.monotonic() + delay
        self._width = 0

    def __call__(self, done: int, total: int, name: str = "") -> None:
        if time.monotonic() < self._start or not sys.stderr.isatty():
            return
        filled = 24 * done // max(total, 1)
        line = f"[{'#' * filled}{'-' * (24 - filled)}] {done}/{total} {printable(name)[:40]}"
        self._draw(line)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the bar away, so that something else can be written."""
        if self._width:
            self._draw("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _draw(self, line: str) -> None:
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)
