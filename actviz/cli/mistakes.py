"""What is said about a command line that cannot be taken apart, with what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from shlex import quote

from actviz.cli.options import options_of, owners
from actviz.errors import UsageError, suggest

# Words of other programs for what is here called otherwise.
COMMANDS = {
    "graph": "plot", "draw": "plot", "figure": "plot", "show": "plot or info", "diff": "compare",
    "values": "table", "eval": "table", "evaluate": "table", "csv": "table", "test": "check",
    "verify": "check", "ls": "list", "catalogue": "list", "help": "--help", "version": "--version",
    "describe": "info", "explain": "info",
}  # fmt: skip
RANGE = re.compile(r"-?[\d.]+(e-?\d+)?:-?[\d.]+(e-?\d+)?")


def unknown_command(name: str, commands: Sequence[str]) -> UsageError:
    """The refusal of a command that does not exist: misspelt, or a curve in its place."""
    if name in COMMANDS:
        return UsageError(f"There is no command {name!r}. Did you mean {COMMANDS[name]}?")
    hint = suggest(name, commands)
    if not hint:
        from actviz.catalogue.curve import parse_curves
        from actviz.cli.asked import load_catalogue

        try:
            parse_curves([name], load_catalogue(()))
            hint = f" To draw that function: actviz plot {quote(name)}"
        except UsageError:
            hint = f" There are {', '.join(commands[:-1])} and {commands[-1]}."
    return UsageError(f"There is no command {name!r}.{hint}")


def refuse_single_dashes(command: str, arguments: Sequence[str]) -> None:
    """Raise UsageError for -output, which would be taken for -o with the value utput."""
    known = [name for row in options_of(command).values() for name in row.names.split()]
    for word in takewhile(lambda word: word != "--", arguments):
        name = word.partition("=")[0]
        if f"-{name}" in known:
            raise UsageError(f"There is no option {name}. Did you mean -{name}?")


def unknown_option(
    name: str,
    command: str,
    possible: Sequence[str],
    arguments: Sequence[str],
) -> UsageError:
    """The refusal of an option that a command, or without one the program, does not have.

    possible: those of its options that are written much the same.
    """
    hint = _meant(name, command, arguments)
    if hint is None:
        hint = f" Did you mean {' or '.join(possible[:2])}?" if possible else ""
    if not (hint or name.startswith("--")):
        hint = " A curve that begins with a minus sign goes after --, as in: actviz plot -- '-x**2'"
    return UsageError(f"There is no option {name}.{hint}")


def _meant(name: str, command: str, arguments: Sequence[str]) -> str | None:
    """What was meant with an option, if that is known."""
    for word in arguments:
        if word.startswith(name) and RANGE.fullmatch(word):
            return f" A range is given as --range {word}"
    if others := owners(name):
        if not command:
            return f" It goes after the command, as in: actviz {others[0]} ... {name}"
        return f" It is for {' and '.join(others)}."
    rows = options_of(command).values()
    if called := [f"--{row.key}" for row in rows if name in row.elsewhere.split()]:
        return f" Did you mean {' or '.join(called)}?"
    return None
