"""How the help pages look, and commands that take every option as the text that was typed.

Typer's own pages are drawn by rich, which takes longer to import than a page takes to show and
writes escape codes into pipes; its values pass through pydantic, which costs more than a small
table. Here a page is plain text, and the readers in `options` turn texts into values.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from functools import partial
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from actviz.cli.mistakes import refuse_single_dashes, unknown_command
from actviz.cli.terminal import colour_wanted

HEADING = {"bold": True}
NAME = {"fg": "cyan"}


def style(text: str, look: dict[str, Any]) -> str:
    """The text in a style if colour is wanted on standard output."""
    return typer.style(text, **look) if colour_wanted(sys.stdout) else text


def take_text(param: Any, ctx: Any, value: Any) -> Any:
    """The value of a parameter as it was typed, through its callback if it has one."""
    if value is None and (param.multiple or param.nargs == -1):
        value = ()
    return value if param.callback is None else param.callback(ctx, param, value)


def take_texts(params: list[Any]) -> None:
    """Let every parameter hand over what was typed, unconverted."""
    for param in params:
        param.process_value = partial(take_text, param)


def usage(command: Any, ctx: Any) -> str:
    """The usage line: the command, [OPTIONS] and the arguments by their metavar."""
    arguments = [p.metavar for p in command.params if p.param_type_name == "argument"]
    rest = ["COMMAND ..."] if isinstance(command, TyperGroup) else arguments
    return " ".join([ctx.command_path, "[OPTIONS]", *rest])


def option_names(param: Any) -> str:
    """The left column of an option: its names, and its metavar if it takes a value."""
    names = ", ".join(style(name, NAME) for name in sorted(param.opts, key=len))
    negative = "".join(f" / {style(name, NAME)}" for name in param.secondary_opts)
    takes_value = not (param.is_flag or param.count)
    return names + negative + (f" {param.metavar}" if takes_value else "")


def option_rows(command: Any, ctx: Any) -> dict[str, list[tuple[str, str]]]:
    """The rows of each section, by its heading, in the order of declaration."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for param in command.get_params(ctx):
        if param.hidden:
            continue
        if param.param_type_name == "argument":
            row = style(param.metavar, NAME), param.help or ""
            sections.setdefault("Arguments", []).append(row)
        else:
            row = option_names(param), param.help or ""
            sections.setdefault(param.rich_help_panel or "Options", []).append(row)
    return {"Options": [], **sections} if "Arguments" not in sections else sections


def write_page(command: Any, ctx: Any, formatter: Any) -> None:
    """Write the help page of a command or of the whole program."""
    text, _, examples = (command.help or "").partition("Examples:")
    formatter.write(f"{style('Usage:', HEADING)} {usage(command, ctx)}\n\n")
    formatter.write_text(text.strip())
    sections = option_rows(command, ctx)
    if isinstance(command, TyperGroup):
        rows = [
            (style(name, NAME), page.get_short_help_str(70))
            for name, page in command.commands.items()
        ]
        sections = {"Commands": rows, **sections}
    for heading, rows in sections.items():
        if rows:
            with formatter.section(style(heading, HEADING)):
                formatter.write_dl(rows, col_max=24)
    if examples:
        lines = [f"  {line.strip()}" for line in examples.strip().splitlines()]
        formatter.write("\n" + "\n".join([style("Examples:", HEADING), *lines]) + "\n")


class Page(TyperCommand):
    """A command with a plain help page, whose options arrive as typed."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the arguments apart, leaving every value a text."""
        refuse_single_dashes(self.params, args)
        take_texts(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        write_page(self, ctx, formatter)


class Contents(TyperGroup):
    """The program itself: its page lists the commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the arguments apart; without any, show the page on stderr and end as a mistake."""
        if not args and not ctx.resilient_parsing:
            with redirect_stdout(sys.stderr):
                print(ctx.get_help())
            ctx.exit(2)
        take_texts(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        write_page(self, ctx, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was typed; UsageError if there is none of that name."""
        if args[0] not in self.commands and not ctx.resilient_parsing:
            raise unknown_command(args[0], list(self.commands))
        return super().resolve_command(ctx, args)
