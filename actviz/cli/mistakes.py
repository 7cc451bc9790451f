"""What is said about a command line that cannot be taken apart, with what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from shlex import quote
from typing import TYPE_CHECKING

from actviz.cli.options import Given, options_of, owners
from actviz.cli.pages import PAGES
from actviz.cli.reading import MAX_ORDER
from actviz.errors import UsageError, suggest

if TYPE_CHECKING:
    from actviz.catalogue.entry import Entry

# Words of other programs for what is here called otherwise.
COMMANDS = {
    "graph": "plot", "draw": "plot", "figure": "plot", "show": "plot or info", "diff": "compare",
    "values": "table", "eval": "table", "evaluate": "table", "csv": "table", "test": "check",
    "verify": "check", "ls": "list", "catalogue": "list", "help": "--help", "version": "--version",
    "describe": "info", "explain": "info",
}  # fmt: skip
# Options of other programs that are one with its value here.
ELSEWHERE = {
    "--second": "-dd", "--hessian": "-dd", "--dark": "--theme dark", "--latex": "--format latex",
    "--csv": "--format csv", "--json": "--format json", "--markdown": "--format markdown",
}  # fmt: skip
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
FILE = re.compile(r"[\w./~-]*\w\.(?:png|svg|pdf|eps|tex|csv|tsv|json|md|html|txt|npy|npz)")
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


def refuse_loose_words(command: str, given: Given) -> None:
    """Raise UsageError for a number, or a parameter, that stands where a curve should.

    `--at 1 2 3` and `elu alpha=0.5` would be curves that are constant.
    """
    if "CURVE" not in PAGES[command].argument:
        return
    words = list(given.get("curves") or ())
    for word in words:
        _refuse_file(word)
        _refuse_several(word, given)
    numbers = [word for word in words if NUMBER.fullmatch(word)]
    if numbers:
        raise UsageError(
            f"{numbers[0]!r} is a number, not a curve.{_of_option(command, given, numbers)}"
        )
    for before, word in pairwise(words):
        name, equals, value = word.partition("=")
        if equals and NUMBER.fullmatch(value.strip()) and _has(before, name.strip(), given):
            colon = "," if "=" in before.partition(":")[2] else ":"
            meant = f"{before}{colon}{name.strip()}={value.strip()}"
            raise UsageError(f"{word!r} is no curve. Did you mean {meant!r}?")


def _refuse_file(word: str) -> None:
    """Raise UsageError for the name of a file in place of a curve."""
    if FILE.fullmatch(word):
        raise UsageError(f"{word!r} is a file, not a curve. Did you mean -o {word}?")


def _refuse_several(word: str, given: Given) -> None:
    """Raise UsageError for several names in one word."""
    names = [name for name in re.split(r"[,;\s]+", word) if name]
    if len(names) > 1 and all(_entry(name, given) for name in names):
        raise UsageError(f"{word!r} is one word. Curves are separated by spaces: {' '.join(names)}")


def _of_option(command: str, given: Given, numbers: Sequence[str]) -> str:
    """What to write where numbers belong to an option before them."""
    for row in options_of(command).values():
        typed = given.get(row.key)
        if not isinstance(typed, str) or not NUMBER.fullmatch(typed.rpartition(",")[2]):
            continue
        if row.metavar == "A:B":
            return f" Did you mean --{row.key}={typed}:{numbers[0]}?"
        if "," in row.metavar:
            return f" Did you mean --{row.key}={','.join([typed, *numbers])}?"
    if given.get("deriv") and numbers[0].isdigit() and 0 < int(numbers[0]) <= MAX_ORDER:
        return f" Did you mean -{'d' * int(numbers[0])}?"
    return f" As a constant it is written {'0*x + ' + numbers[0]!r} or {'c=' + numbers[0]!r}."


def _has(curve: str, parameter: str, given: Given) -> bool:
    """Whether a parameter is one of the curve's."""
    entry = _entry(curve, given)
    return bool(entry and parameter in {*entry.parameters, *entry.parameter_aliases})


def _entry(curve: str, given: Given) -> Entry | None:
    from actviz.cli.asked import load_catalogue

    name = curve.rpartition("=")[2] if ":" not in curve else curve.partition(":")[0]
    return load_catalogue(given.get("catalogue") or ()).known(name)


def spelled(command: str, arguments: Sequence[str]) -> list[str]:
    """The arguments with -o=x.svg as -o x.svg.

    Raises UsageError for -d=2.
    """
    rows = {name: row for row in options_of(command).values() for name in row.names.split()}
    done: list[str] = []
    for place, word in enumerate(arguments):
        if word == "--":
            return [*done, *arguments[place:]]
        name, equals, value = word.partition("=")
        if equals and len(name) == 2 and name in rows and name[0] == "-":
            if not rows[name].metavar:
                many = int(value) if value.isdigit() else 0
                meant = f"-{name[1] * many}" if rows[name].counts and many else name
                raise UsageError(f"{name} takes no value: {word!r}. Did you mean {meant}?")
            done += [name, value]
        else:
            done.append(word)
    return done


def refuse_twice(command: str, arguments: Sequence[str]) -> None:
    """Raise UsageError for an option that is given twice where one is taken."""
    rows = {name: row for row in options_of(command).values() for name in row.names.split()}
    given: dict[str, str] = {}
    words = iter(arguments)
    for word in takewhile(lambda word: word != "--", words):
        long, equals, value = word.partition("=")
        name = long if word.startswith("--") else word[:2]
        if (row := rows.get(name)) is None or not row.metavar or name == "-":
            continue
        said = value if equals and word.startswith("--") else word[2:]
        if said == "" or (word.startswith("--") and not equals):
            said = next(words, "")
        if row.key in given and not row.repeats:
            raise UsageError(f"{row.name} is given twice: {given[row.key]!r} and {said!r}.")
        given[row.key] = said


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
    if meant := _parameter(name, arguments):
        return meant
    options, others = options_of(command), owners(name)
    words = ELSEWHERE.get(name, "")
    called = [words] if words.split()[:1] and _known(words.split()[0], command) else []
    called += [row.name for row in options.values() if name in row.elsewhere.split()]
    belongs = f"It is for {' and '.join(others)}." if others else ""
    if called:
        return f" Did you mean {' or '.join(called)}? {belongs}".rstrip()
    if others:
        if not command:
            return f" It goes after the command, as in: actviz {others[0]} ... {name}"
        return f" {belongs}"
    return None


def _known(option: str, command: str) -> bool:
    """Whether a command has an option, -dd being -d twice."""
    names = [name for row in options_of(command).values() for name in row.names.split()]
    return option in names or option[:2] in names


def _parameter(name: str, arguments: Sequence[str]) -> str:
    """What to write for --alpha 0.5."""
    key, _, value = name.removeprefix("--").partition("=")
    for word in arguments:
        if word.startswith(f"{name}="):
            value = word.partition("=")[2]
        elif word == name:
            value = next(iter(arguments[arguments.index(word) + 1 :]), "")
    for curve in arguments[1:]:
        if not curve.startswith("-") and _has(curve, key, {}):
            colon = "," if "=" in curve.partition(":")[2] else ":"
            return f" Did you mean {f'{curve}{colon}{key}={value or 1}'!r}?"
    return ""
