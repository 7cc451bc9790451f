"""Text in lines of a width, in which no number is broken and none stands without its name."""

from __future__ import annotations

import re
from textwrap import wrap

GLUE = "\N{NO-BREAK SPACE}"  # no place to break a line for textwrap
LEAST = 20  # characters beside an indent; with fewer the lines are wider than they should be
NUMBER = r"[-+]*(?:\.?\d|inf\b|nan\b|pi\b)"
BEFORE_NUMBERS = re.compile(rf" (?=(?:(?:[<>]?=|[<>]|\+-) )?{NUMBER})")


def plain(text: str) -> str:
    r"""The text with all that could steer a terminal or break a format written as an escape.

    >>> plain("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text
    )


def wrapped(text: str, width: int | None, indent: int = 0) -> list[str]:
    """The lines of a text, all but the first indented; the first stands beside so much already.

    >>> wrapped("loses the tail: 0 for x <= -8.3, got 0.0", 30)
    ['loses the tail: 0 for', 'x <= -8.3, got 0.0']
    """
    if width is None:
        return [text]
    glued = BEFORE_NUMBERS.sub(GLUE, text)
    lines = wrap(glued, max(width - indent, LEAST), break_long_words=False, break_on_hyphens=False)
    first, *others = [line.replace(GLUE, " ") for line in lines] or [""]
    return [first, *(" " * indent + line for line in others)]
