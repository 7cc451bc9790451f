"""The readers of single options: what was typed, turned into a value.

Each is given the name of the option, for what it says of a wrong text, and the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from actviz.errors import UsageError, suggest

if TYPE_CHECKING:
    from array import array

    from actviz.recorded import Recording

MAX_ORDER = 4


def as_text(name: str, text: str) -> str:
    """The text itself."""
    return text


def as_path(name: str, text: str) -> Path:
    """A file."""
    return Path(text)


def as_choice(name: str, text: str, choices: Sequence[str] = ()) -> str:
    """One of a few words, in any case.

    >>> as_choice("--theme", "Dark", ["light", "dark"])
    'dark'
    """
    if text.lower() in choices:
        return text.lower()
    raise UsageError(f"{name} is {either(choices)}, not {text!r}.{suggest(text, choices)}")


def as_code(name: str, text: str) -> str:
    """A code of a result of check, in any case."""
    from actviz.check.codes import CODES

    return _code(name, text, tuple(CODES))


def as_finding(name: str, text: str) -> str:
    """A code of what check finds fault with."""
    from actviz.check.codes import FINDINGS

    return _code(name, text, FINDINGS)


def _code(name: str, text: str, codes: Sequence[str]) -> str:
    if text.lower() in codes:
        return text.lower()
    guess = suggest(text, codes)
    raise UsageError(f"{name} takes a code, not {text!r}.{guess}\nThe codes are {either(codes)}.")


def either(words: Sequence[str]) -> str:
    """Words to choose from, as they are written.

    >>> either(["png", "svg", "pdf"])
    'png, svg or pdf'
    """
    *most, last = words or ("",)
    return f"{', '.join(most)} or {last}" if most else last


def as_count(name: str, text: str) -> int:
    """A whole number."""
    digits = text.strip().replace("_", "")
    if not (digits.isascii() and digits.removeprefix("-").isdigit() and len(digits) < 19):
        raise UsageError(f"{name} takes a whole number, not {text!r}.")
    return int(digits)


def as_positive(name: str, text: str) -> int:
    """A whole number of at least 1."""
    return _at_least(1, name, text)


def as_seed(name: str, text: str) -> int:
    """A whole number of at least 0."""
    return _at_least(0, name, text)


def _at_least(least: int, name: str, text: str) -> int:
    count = as_count(name, text)
    if count < least:
        raise UsageError(f"{name} takes a number of at least {least}, not {text!r}.")
    return count


def as_depths(name: str, text: str) -> tuple[int, ...]:
    """Numbers of layers, each once.

    >>> as_depths("--depth", "1,5,10,5")
    (1, 5, 10)
    """
    return tuple(dict.fromkeys(as_count(name, part) for part in text.split(",")))


def as_derivatives(name: str, text: str) -> int:
    """How many derivatives to add."""
    if int(text) > MAX_ORDER:
        raise UsageError(
            f"{name} can be given {MAX_ORDER} times at most: "
            f"derivatives go up to order {MAX_ORDER}."
        )
    return int(text)


def as_orders(name: str, text: str) -> tuple[int, ...]:
    """Orders of derivatives, each once.

    >>> as_orders("--order", "0,2")
    (0, 2)
    """
    orders = [part.strip() for part in text.split(",")]
    for part in orders:
        if part not in map(str, range(MAX_ORDER + 1)):
            raise UsageError(
                f"{name} takes numbers from 0 to {MAX_ORDER} like 1 or 0,2, not '{part}'."
            )
    return tuple(dict.fromkeys(int(part) for part in orders))


def as_float(name: str, text: str) -> float:
    """A number."""
    from actviz.table.grid import parse_number

    return parse_number(text, name)


def as_range(name: str, text: str) -> tuple[float, float]:
    """Two ends, A:B."""
    from actviz.table.grid import parse_range

    return parse_range(text)


def as_numbers(name: str, text: str) -> array[float] | None:
    """Numbers one by one; None for -, those of standard input, which are read later."""
    from actviz.table.grid import parse_numbers

    return None if text.strip() == "-" else parse_numbers(text)


def as_recording(name: str, text: str) -> Recording:
    """The points of a file."""
    from actviz import recorded

    if text.lower().endswith(recorded.RAW):
        raise UsageError(f"{name} {text!r}: in a file of bare numbers nothing says which they are.")
    return recorded.read(text)


def as_size(name: str, text: str) -> tuple[float, float]:
    """Two lengths in inches, WxH."""
    from actviz.figure import parse_size

    return parse_size(text)
