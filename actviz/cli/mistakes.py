"""What is said about a command line that cannot be taken apart, with what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from shlex import quote
from typing import Any

from actviz.catalogue.curve import parse_curves
from actviz.cli.reading import load_catalogue
from actviz.errors import UsageError, suggest

# Words of other programs for what is here called otherwise.
COMMANDS = {
    "graph": "plot", "draw": "plot", "figure": "plot", "show": "plot or info", "diff": "compare",
    "values": "table", "eval": "table", "evaluate": "table", "csv": "table", "test": "check",
    "verify": "check", "ls": "list", "catalogue": "list", "help": "--help", "version": "--version",
    "describe": "info", "explain": "info",
}  # fmt: skip
OPTIONS = {
    "--xlim": "--range", "--xrange": "--range", "--x-range": "--range", "--domain": "--range",
    "--limits": "--range", "--yrange": "--ylim", "--y-range": "--ylim",
    "--file": "--output", "--save": "--output", "--outfile": "--output", "--name": "--output",
    "--type": "--format", "--figsize": "--size", "--width": "--size", "--color": "--theme",
    "--colour": "--theme", "--dark": "--theme dark", "--tolerance": "--rtol or --atol",
    "--values": "--at", "--samples": "--points", "--n": "--points", "--num": "--points",
    "--derivatives": "--deriv", "--second": "-dd", "--config": "--catalogue",
}  # fmt: skip
RANGE = re.compile(r"-?[\d.]+(e-?\d+)?:-?[\d.]+(e-?\d+)?")


def unknown_command(name: str, commands: Sequence[str]) -> UsageError:
    """The refusal of a command that does not exist: misspelt, or a curve in its place."""
    if name in COMMANDS:
        return UsageError(f"There is no command {name!r}. Did you mean {COMMANDS[name]}?")
    hint = suggest(name, commands)
    if not hint:
        try:
            parse_curves([name], load_catalogue(()))
            hint = f" To draw that function: actviz plot {quote(name)}"
        except UsageError:
            hint = f" There are {', '.join(commands[:-1])} and {commands[-1]}."
    return UsageError(f"There is no command {name!r}.{hint}")


def refuse_single_dashes(params: Sequence[Any], arguments: Sequence[str]) -> None:
    """Raise UsageError for -output, which would be taken for -o with the value utput."""
    known = {option for param in params for option in param.opts if option.startswith("--")}
    for word in takewhile(lambda word: word != "--", arguments):
        name = word.partition("=")[0]
        if f"-{name}" in known:
            raise UsageError(f"There is no option {name}. Did you mean -{name}?")


def explain(error: Any, arguments: Sequence[str]) -> str:
    """One message for what Typer refused."""
    if not hasattr(error, "possibilities"):
        return str(error.format_message())
    return f"There is no option {error.option_name}.{_meant(error, arguments)}"


def _meant(error: Any, arguments: Sequence[str]) -> str:
    """What may have been meant with an option that does not exist."""
    name, command = error.option_name, error.ctx.command
    known = {option for param in command.get_params(error.ctx) for option in param.opts}
    for word in arguments:
        if word.startswith(name) and RANGE.fullmatch(word):
            return f" A range is given as --range {word}"
    if others := owners(error.ctx.find_root().command, name):
        if error.ctx.parent is None:
            return f" It goes after the command, as in: actviz {others[0]} ... {name}"
        return f" It is for {' and '.join(others)}."
    if OPTIONS.get(name, "").split(" ")[0] in known:
        return f" Did you mean {OPTIONS[name]}?"
    if possible := list(error.possibilities or ())[:2]:
        return f" Did you mean {' or '.join(possible)}?"
    if name.startswith("--"):
        return ""
    return " A curve that begins with a minus sign goes after --, as in: actviz plot -- '-x**2'"


def owners(program: Any, name: str) -> list[str]:
    """The commands of the program that have the option."""
    commands = program.commands.values()
    return [each.name for each in commands if any(name in param.opts for param in each.params)]
