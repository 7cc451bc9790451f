"""Which functions of the catalogue are asked for: by what they are like, and in which order."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from actviz.catalogue.lookup import activation_of
from actviz.catalogue.numbers import constant
from actviz.errors import UsageError, suggest

if TYPE_CHECKING:
    from actviz.catalogue.entry import Entry
    from actviz.properties import Properties

Told = Callable[[int, int, str], None]  # called after each entry with (done, total, name)

# What a word says of a fact: its row, and how the fact begins, or what is in it.
WORDS = {
    "monotone": ("monotone", r"(strictly )?(increasing|decreasing)|constant"),
    "increasing": ("monotone", r"(strictly )?increasing|constant"),
    "decreasing": ("monotone", r"(strictly )?decreasing|constant"),
    "odd": ("parity", r"odd|both"),
    "even": ("parity", r"even|both"),
    "convex": ("convexity", r"convex|both"),
    "concave": ("convexity", r"concave|both"),
    "bounded": ("bounded", r"both"),
    "smooth": ("smoothness", r"smooth"),
    "saturating": ("saturation", r".*(hard|soft) on"),
    "lipschitz": ("lipschitz", r"[-\d]"),
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_COMPARED = re.compile(r"(\w+)\s*(<=|>=|<|>|=)\s*(.+)")


class Condition(NamedTuple):
    """What a fact has to be: of which row, of which of its columns, and whether it is so."""

    row: str
    column: str
    holds: Callable[[Any], bool]

    def of(self, found: Properties) -> bool | None:
        """Whether a function is like that; None if it is not proven, or not known."""
        from actviz.properties import ROWS
        from actviz.properties.record import FACTS

        row = next(row for row in ROWS if row.name == self.row)
        if row.name in FACTS and found.proved_of(row.name) is False:
            return None
        if not self.column:
            return self.holds(row.text(found))
        value = dict(zip(row.columns, row.parts(found), strict=True))[self.column]
        return None if value is None or isinstance(value, str) else self.holds(float(value))


def conditions(text: str) -> list[Condition]:
    """Read conditions such as 'monotone, not smooth, gain < 1.5'.

    Raises UsageError for one that is none.

    >>> [(each.row, each.column) for each in conditions("odd, not smooth, range_lower >= 0")]
    [('parity', ''), ('smoothness', ''), ('range', 'range_lower')]
    """
    return [_condition(part.strip()) for part in text.split(",")]


def _condition(text: str) -> Condition:
    word = text.lower().removeprefix("not ").strip()
    if word in WORDS:
        row, pattern = WORDS[word]
        wanted = word == text.lower()
        return Condition(row, "", lambda told: (re.match(pattern, told) is not None) == wanted)
    compared = _COMPARED.fullmatch(text)
    if compared is None:
        raise UsageError(
            f"{text!r} is no condition.{suggest(word, WORDS)} There are {', '.join(WORDS)}, each "
            "also after not, and comparisons such as gain < 1.5."
        )
    name, sign, number = compared.groups()
    places = _numeric()
    if name.lower() not in places:
        raise UsageError(
            f"There is no number {name!r} to compare.{suggest(name, places)} There are "
            f"{', '.join(places)}."
        )
    infinite = {"inf": math.inf, "-inf": -math.inf}
    value = infinite.get(number.strip(), constant(number))
    if value is None:
        raise UsageError(f"{number!r} in {text!r} is not a number.")
    level, compare = value, COMPARISONS[sign]
    column = name.lower()
    return Condition(places[column], column, lambda found: compare(found, level))


def _numeric() -> dict[str, str]:
    """The columns of numbers, and their rows."""
    from actviz.properties import ROWS

    words = {"monotone", "parity", "convexity", "bounded", "breakpoints", "zero_centred"}
    roots = {"zeros", "fixed_points", "inflection_points"}
    return {
        column: row.name
        for row in ROWS
        if row.name not in words | roots and not row.measured
        for column in row.columns
        if not column.endswith("_attained")
    }


def selected(
    entries: Sequence[Entry], asked: Iterable[Condition], progress: Told | None = None
) -> tuple[list[Entry], list[str]]:
    """The entries that are like that, and the names of those of which it is not known."""
    from actviz.properties import properties

    wanted = list(asked)
    found: list[Entry] = []
    unknown: list[str] = []
    for done, entry in enumerate(entries, 1):
        activation = activation_of(entry)
        like = properties(activation) if activation.elementwise else None
        told = [each.of(like) for each in wanted] if like else [False]
        if all(told):
            found.append(entry)
        elif False not in told:
            unknown.append(entry.name)
        if progress:
            progress(done, len(entries), entry.name)
    return found, unknown
