"""Which options go together: every refusal of a combination, from the columns of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from actviz.cli.options import Given, Option, options_of
from actviz.errors import UsageError

SENTENCES = {
    "rivals":  "Give either {option} or {other}, not both.",
    "takes":   "{option} {aside}takes no {other}.",
    "needs":   "{option} is for {other}, which is not there.",
    "formats": "{option} is for {other}, not for {format}.",
}  # fmt: skip


def check_together(command: str, given: Given) -> None:
    """Raise UsageError for an option that means nothing beside the others, or without one."""
    check_beside(command, given)
    rows = list(_given(command, given))
    there = {row.name for row in rows}
    known = {row.name for row in options_of(command).values()}
    for row in rows:
        needed = [name for name in row.needs.split() if name in known]
        if needed and there.isdisjoint(needed):
            raise _refusal("needs", row, " or ".join(needed))


def with_implied(command: str, given: Given) -> Given:
    """What was given, with the kind of result that an option is of: --columns is --properties."""
    known = {row.name: row for row in options_of(command).values()}
    rows = list(_given(command, given))
    if any(row.about == "kind" for row in rows):
        return given
    needed = [known[row.needs] for row in rows if row.needs in known]
    kinds = [row.key for row in needed if row.about == "kind" and not row.metavar]
    return {**dict.fromkeys(kinds, True), **given}


def check_beside(command: str, given: Given) -> None:
    """Raise UsageError for two options that cannot be given together."""
    rows = list(_given(command, given))
    for row in rows:
        for other in rows:
            if other.name in row.rivals.split() or (
                row is not other and refuses(row, other) and refuses(other, row)
            ):
                raise _refusal("rivals", row, other.name)
    for row in rows:
        for other in rows:
            if other is not row and refuses(row, other):
                raise _refusal("takes", row, other.name)


def refuses(row: Option, other: Option) -> bool:
    """Whether an option says what means something beside it, and it is not this other one."""
    taken = other.about in row.takes.split() or row.name in other.needs.split()
    return bool(row.takes) and not taken


def check_shown(command: str, given: Given, formats: Sequence[str], place: str = "") -> None:
    """Raise UsageError for an option that shows in none of the formats of what it is given for.

    place: what messages call these formats.
    """
    for row in _given(command, given):
        shown = row.shown_in(given[row.key])
        if shown and set(shown).isdisjoint(formats):
            word, _, _ = row.formats.rpartition(":")
            asked = f"{row.name} {word}".rstrip()
            raise _refusal("formats", row, _listed(shown), place or _listed(formats), asked)


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _given(command: str, given: Given) -> Iterator[Option]:
    """The rows of what was given, in the order of the table."""
    return (row for key, row in options_of(command).items() if key in given)


def _refusal(kind: str, row: Option, other: str, format: str = "", asked: str = "") -> UsageError:
    option, sentence = asked or row.name, SENTENCES[kind]
    return UsageError(sentence.format(option=option, other=other, aside=row.aside, format=format))
