"""Words as a comment of TeX or of PostScript, which no character of them can end."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

WIDTH = 96  # characters of a line; PostScript allows for 255


def comment(words: str, mark: str = "% ") -> Iterator[str]:
    """The lines of a comment, each with its mark.

    >>> list(comment("a\\rb\\x0cc"))
    ['% a b c']
    """
    for line in wrap(printable(words), WIDTH):
        yield f"{mark}{line}"


def printable(words: str) -> str:
    """The words with a space for what cannot be seen, such as the end of a line."""
    return "".join(each if each.isprintable() else " " for each in words)
