"""What is raised when a request is wrong, and the "did you mean" that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class UsageError(ValueError):
    """A request that cannot be met as it was made; its text is the whole message for the user."""


class FormulaError(UsageError):
    """A formula that is refused, with the place in it.

    Attributes: message (one line), text (the formula), position (0-based column).
    """

    def __init__(self, message: str, text: str, position: int = 0) -> None:
        self.message, self.text, self.position = message, text, position
        super().__init__(f"{message}\n{_caret(text, position)}")

    def __reduce__(self) -> tuple[type[FormulaError], tuple[str, str, int]]:
        return FormulaError, (self.message, self.text, self.position)


def suggest(word: str, candidates: Iterable[str]) -> str:
    """Say which candidates the word was probably meant to be, those of the same letters first.

    >>> suggest("rlu", ["relu", "elu", "gelu"])
    ' Did you mean relu or elu?'
    >>> suggest("rleu", ["reu", "relu"])
    ' Did you mean relu or reu?'
    >>> suggest("zzz", ["relu"])
    ''
    """
    word = word.lower()
    close = get_close_matches(word, list(candidates), n=6, cutoff=0.6)
    if not close:
        return ""
    *first, last = sorted(close, key=lambda known: sorted(known) != sorted(word))[:3]  # stable
    return f" Did you mean {', '.join(first)} or {last}?" if first else f" Did you mean {last}?"


def _caret(text: str, position: int, width: int = 60) -> str:
    """The part of the text around the position, with a caret under it."""
    start = max(0, position - width // 2) if len(text) > width else 0
    shown = text[start : start + width]
    printable = "".join(c if c.isprintable() else "?" for c in shown)
    return f"  {printable}\n  {' ' * (position - start)}^"
