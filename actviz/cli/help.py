"""What the help pages say: plain text from the table of options and the words of the commands."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import typer

from actviz.cli.pages import ACTVIZ, PAGES
from actviz.cli.terminal import colour_wanted

HEADING = {"bold": True}
NAME = {"fg": "cyan"}
Row = tuple[str, str]


class Sheet(NamedTuple):
    """A help page before its lines are wrapped; sections: rows of names and texts by heading."""

    usage: str
    text: str
    sections: Mapping[str, list[Row]]
    examples: str


def command_page(command: str, further: Iterable[Row]) -> Sheet:
    """The page of a command; further: rows of options that are not of the table."""
    from actviz.cli.options import options_of

    argument, told, text = PAGES[command]
    sections: dict[str, list[Row]] = {"Arguments": [(style(argument, NAME), told)], "Options": []}
    for row in options_of(command).values():
        names = option_names(row.names.split(), row.metavar)
        sections.setdefault(row.panel, []).append((names, row.text()))
    sections["Options"] += further
    return _sheet(f"{command} [OPTIONS] {argument}", text, sections)


def program_page(commands: Mapping[str, str], options: Iterable[Row]) -> Sheet:
    """The page of the program; commands: what each does, in a line."""
    rows = [(style(name, NAME), told) for name, told in commands.items()]
    return _sheet("[OPTIONS] COMMAND ...", ACTVIZ, {"Commands": rows, "Options": list(options)})


def option_names(names: Iterable[str], metavar: str = "") -> str:
    """The left column of an option: its names, and what stands for its value if it takes one."""
    told = ", ".join(style(name, NAME) for name in sorted(names, key=len))
    return f"{told} {metavar}" if metavar else told


def style(text: str, look: Mapping[str, Any]) -> str:
    """The text in a style if colour is wanted on standard output."""
    return typer.style(text, **look) if colour_wanted(sys.stdout) else text


def _sheet(usage: str, page: str, sections: Mapping[str, list[Row]]) -> Sheet:
    text, _, examples = page.partition("Examples:")
    lines = [f"  {line.strip()}" for line in examples.strip().splitlines()]
    return Sheet(
        f"{style('Usage:', HEADING)} actviz {usage}",
        text.strip(),
        {style(heading, HEADING): rows for heading, rows in sections.items()},
        "\n" + "\n".join([style("Examples:", HEADING), *lines]) + "\n",
    )
