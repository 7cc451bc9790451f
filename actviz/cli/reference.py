"""The table of all options for the documents: `python -m actviz.cli.reference` prints it."""

from __future__ import annotations

from collections.abc import Iterable

from actviz.cli.options import OPTIONS, Option, options_of
from actviz.cli.pages import PAGES
from actviz.cli.together import refuses

HEAD = "| option | of | goes with | does |\n|---|---|---|---|\n"


def options_table() -> str:
    """Every option as a row of Markdown: its names, its commands, what it goes with, what it does.

    >>> print(options_table().splitlines()[2])
    | `--all` | plot |  | Every function of the catalogue. |
    """
    return HEAD + "".join(_row(row) for row in OPTIONS)


def _row(row: Option) -> str:
    names = [f"`{name}`" for name in sorted(row.names.split(), key=len)]
    names[-1] = f"{names[-1][:-1]} {row.metavar}".rstrip() + "`"
    of = row.commands.split()
    commands = "all" if of == list(PAGES) else ", ".join(of)
    cells = [", ".join(names), commands, _goes_with(row), row.text()]
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |\n"


def _goes_with(row: Option) -> str:
    """What it needs, and what it cannot stand beside."""
    told = [f"{_where(row)}needs {_code(row.needs.split(), ' or ')}"] if row.needs else []
    told += [f"not with {_code(row.rivals.split())}"] if row.rivals else []
    word, colon, formats = row.formats.rpartition(":")
    value = f"`{word}` " if colon else ""
    told += [f"{value}as {', '.join(formats.split())}"] if row.formats else []
    return "; ".join([*told, *_takes(row)])


def _where(row: Option) -> str:
    """The commands in which it needs another option, if it has others, too."""
    needed, commands = set(row.needs.split()), row.commands.split()
    there = [c for c in commands if needed & {each.name for each in options_of(c).values()}]
    return f"in {', '.join(there)} " if there != commands else ""


def _takes(row: Option) -> list[str]:
    """What can stand beside an option that is particular, or what cannot if that is less."""
    if not row.takes:
        return []
    others = {
        each.name: refuses(row, each)
        for command in row.commands.split()
        for each in options_of(command).values()
        if each is not row
    }
    refused = [name for name, is_refused in others.items() if is_refused]
    taken = [name for name in others if name not in refused]
    fewer = len(refused) <= len(taken)
    return [f"not with {_code(refused)}" if fewer else f"only with {_code(taken)}"]


def _code(names: Iterable[str], between: str = ", ") -> str:
    return between.join(f"`{name}`" for name in names)


if __name__ == "__main__":
    print(options_table(), end="")
