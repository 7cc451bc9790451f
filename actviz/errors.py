"""What is raised when a request is wrong, and the "did you mean" that goes with it."""

from __future__ import annotations

from collections.abc import Iterable


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
    most = min(2, len(word) // 3)
    near = [(edits(word, known.lower(), most), known) for known in dict.fromkeys(candidates)]
    close = [(count, known) for count, known in near if count <= most]
    if not close:
        return ""
    close.sort(key=lambda found: (sorted(found[1]) != sorted(word), found[0]))  # stable
    *first, last = [known for _, known in close[:3]]
    return f" Did you mean {', '.join(first)} or {last}?" if first else f" Did you mean {last}?"


def edits(word: str, other: str, most: int = 2) -> int:
    """How many letters are to be changed, put in, left out or swapped; most + 1 if more than most.

    >>> edits("sgmoid", "sigmoid"), edits("rleu", "relu"), edits("nosuch", "hosc")
    (1, 1, 3)
    """
    if abs(len(word) - len(other)) > most:
        return most + 1
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            least = min(row[-1] + 1, last[j] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _caret(text: str, position: int, width: int = 60) -> str:
    """The part of the text around the position, with a caret under it."""
    start = max(0, position - width // 2) if len(text) > width else 0
    shown = text[start : start + width]
    printable = "".join(c if c.isprintable() else "?" for c in shown)
    return f"  {printable}\n  {' ' * (position - start)}^"
