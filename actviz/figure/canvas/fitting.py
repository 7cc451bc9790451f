"""Texts and formulas in lines that fit: made smaller, wrapped, and in the end shortened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap

from actviz.figure.canvas.text import Label

SHRUNK = (1.0, 0.9, 0.8)  # of the size: what is tried before a formula is wrapped
LEAST_SHARE = 0.72  # of the size: the smallest that anything is made
MOST_LINES = 3


def fit_formula(formula: str, plain: str, width: float, label: Label) -> list[Label]:
    """A formula in mathtext as lines no wider than width.

    It shrinks a little, then wraps between its parts, and in the end stands as plain text.
    """
    formula = formula.replace(r"\frac", r"\dfrac")
    whole = _first_fit(formula, width, label)
    if whole:
        return [whole]
    for share in (SHRUNK[1], SHRUNK[2], LEAST_SHARE):
        look = replace(label, size=label.size * share, math=True)
        lines = [replace(look, text=part) for part in _wrapped(look, formula, width)]
        if lines and len(lines) <= MOST_LINES:
            return lines
    return fit_text(plain, width, label)


def fit_text(text: str, width: float, label: Label) -> list[Label]:
    """Plain text as lines no wider than width, shortened if it must be.

    One with mathematics in it is but made smaller.
    """
    lines: list[Label] = []
    if replace(label, text=text, math=False).parsed:
        sized = [
            replace(label, text=text, math=False, size=label.size * s)
            for s in (*SHRUNK, LEAST_SHARE)
        ]
        return [next((line for line in sized if _fits(line, width)), sized[-1])]
    for share in (1.0, 0.85, LEAST_SHARE):
        look = replace(label, size=label.size * share, math=False)
        for characters in range(max(len(text), 1), 0, -1):
            lines = [replace(look, text=part) for part in wrap(text, characters)]
            if all(_fits(line, width) for line in lines):
                break
        if len(lines) <= MOST_LINES:
            return lines
    last = lines[MOST_LINES - 1]
    return [*lines[: MOST_LINES - 1], replace(last, text=last.text[:-1] + "…")]


def fit_line(text: str, width: float, label: Label) -> Label:
    """Plain text on one line, its end left out if it must be."""
    for characters in range(len(text), 0, -1):
        short = text if characters == len(text) else f"{text[:characters]}…"
        line = replace(label, text=short.replace("$", r"\$"), math=False)
        if _fits(line, width):
            return line
    return replace(label, text="…", math=False)


def fit_beside(
    formulas: Sequence[str], width: float, between: float, label: Label
) -> list[Label] | None:
    """Formulas on one line if they fit, or a little smaller, with a comma after all but the last.

    Each is typeset by itself: those that figures have in common, which is all but parameters, are
    typeset once.
    """
    texts = [*(f"{each}," for each in formulas[:-1]), formulas[-1]]
    room = width - between * (len(texts) - 1)
    for share in SHRUNK[:2]:
        line = [replace(label, text=each, size=label.size * share, math=True) for each in texts]
        if _width(line) <= room:
            return line
    return None


def _first_fit(formula: str, width: float, label: Label) -> Label | None:
    """The formula on one line at the first size that fits."""
    sized = (replace(label, text=formula, size=label.size * s, math=True) for s in SHRUNK)
    return next((line for line in sized if _fits(line, width)), None)


def _width(line: Sequence[Label]) -> float:
    """Of labels without what is between them, infinite if mathtext does not know something."""
    try:
        return sum(label.extent[0] for label in line)
    except ValueError:
        return math.inf


def _fits(label: Label, width: float) -> bool:
    return _width([label]) <= width


def _wrapped(look: Label, text: str, width: float) -> list[str]:
    """The formula broken between its parts, each line as long as fits; [] if a part is too long."""
    lines: list[str] = []
    rest = text
    while rest:
        places = [i for i in _breaks(rest) if _fits(replace(look, text=rest[:i]), width)]
        if not places:
            return []
        lines.append(rest[: places[-1]])
        rest = rest[places[-1] :].removeprefix(r"\;").removeprefix(r"\quad").strip()
    return lines


def _breaks(text: str) -> list[int]:
    """Where a formula may be broken: at an outer sum, condition or comma, and at its end."""
    depth, places, i = 0, [], 0
    while i < len(text):
        if text[i] in "{([":
            depth += 1
        elif text[i] in "})]":
            depth -= 1
        elif depth == 0 and text.startswith((r"\;\mathrm", r"\quad", " + ", " - "), i):
            places.append(i)
        i += 2 if text[i] == "\\" else 1
    return [*places, len(text)]
