"""The one door to Typer's parser: commands made of the table of options, and their help pages.

What is Typer's own, and not promised by it to anybody: `typer.core`, the classes of click behind it
(a package of its own before Typer 0.28, now inside it), what an exception of theirs carries, and
the parameters of a command. Used are

- `TyperCommand` and `TyperGroup`, of which `Command` and `Program` override `parse_args`,
  `format_help` and `resolve_command`. Without them the pages would be drawn by rich, which takes
  longer to import than a page takes to show, writes escape codes into pipes and cuts examples;
- `process_value` of a parameter, which is replaced. Without that, every value would pass through
  pydantic, which costs more than a small table, and be refused in other words than a list's;
- `option_name`, `possibilities` and `ctx` of the refusal of an unknown option. Without them, it
  could not be said whose option it is;
- `name`, `opts`, `help`, `hidden`, `multiple`, `nargs` and `callback` of a parameter, for the
  options that Typer adds by itself: --help and those of completion.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from actviz import __version__
from actviz.cli.pages import PAGES
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.cli.help import Sheet
    from actviz.cli.options import Option

# click's UsageError, wherever Typer has it: until 0.26 in a package of its own, then inside Typer
Refused: Any = typer.BadParameter.__base__

NAME = "actviz"
COMPLETION = "_ACTVIZ_COMPLETE"  # set in the environment by a shell that asks what could follow


def call(arguments: Sequence[str], colour: bool) -> int:
    """Take a command line apart and run its command; the exit code.

    Raises UsageError for what cannot be taken apart, KeyboardInterrupt when it is interrupted.
    """
    app = program(PAGES if COMPLETION in os.environ else arguments)
    try:
        code = app(list(arguments), prog_name=NAME, standalone_mode=False, color=colour)
    except Refused as error:
        raise _explained(error, arguments) from None
    except typer.Abort:
        raise KeyboardInterrupt from None
    return int(code or 0)


def program(words: Iterable[str]) -> typer.Typer:
    """The commands as Typer knows them; those that are not among the words without their options.

    To make all the parameters of all commands takes a tenth of the time of `--version`.
    """
    app = typer.Typer(
        cls=Program,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_before_all)
    for name, page in PAGES.items():
        run = _function(name) if name in words else _nothing
        app.command(name, cls=Command, help=page.text)(run)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        print(NAME, __version__)
        raise typer.Exit


def _before_all(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", "-v", callback=_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """What the program does before a command: nothing."""


def _nothing() -> None:
    """What stands for a command that was not asked for."""


# -- the rows of the table as parameters


def _function(name: str) -> Callable[..., None]:
    """A function with a parameter for every option of a command, which hands over those given."""
    from actviz.cli.options import options_of, unset

    keys = {_parameter_name(key): key for key in ("curves", *options_of(name))}

    def run(**typed: Any) -> None:
        from actviz.cli.commands import COMMANDS
        from actviz.cli.mistakes import refuse_loose_words

        given = {keys[each]: value for each, value in typed.items() if not unset(value)}
        refuse_loose_words(name, given)
        COMMANDS[name](given)

    rows = options_of(name).values()
    parameters = [_argument(name), *(_parameter(row) for row in rows)]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _parameter_name(key: str) -> str:
    """A name for Python: no dash, and no word of the language as `from` is one."""
    return f"{key.replace('-', '_')}_"


def _keyword(key: str, annotation: Any, default: Any = None) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(_parameter_name(key), kind, default=default, annotation=annotation)


def _argument(command: str) -> inspect.Parameter:
    metavar = PAGES[command].argument
    complete = complete_curve if "CURVE" in metavar else None
    told = typer.Argument(metavar=metavar, show_default=False, autocompletion=complete)
    return _keyword("curves", Annotated[list[str] | None, told])


def _parameter(row: Option) -> inspect.Parameter:
    told = typer.Option(
        *row.names.split(),
        metavar=row.metavar or None,
        count=row.counts,
        show_default=False,
        autocompletion=_completing(row) if row.values else None,
    )
    if row.counts:
        return _keyword(row.key, Annotated[int, told], 0)
    if not row.metavar:
        return _keyword(row.key, Annotated[bool, told], False)
    return _keyword(row.key, Annotated[list[str] | None if row.repeats else str | None, told])


def complete_curve(incomplete: str) -> list[str]:
    """The names a shell may complete: those of the catalogue."""
    from actviz.cli.asked import load_catalogue

    return [name for name in load_catalogue(()).entries if name.startswith(incomplete.lower())]


def _completing(row: Option) -> Callable[[str], list[str]]:
    """What completes the value of an option; of several with a comma between them, the last."""

    def complete(incomplete: str) -> list[str]:
        several = "," in row.metavar
        begun, comma, last = incomplete.rpartition(",") if several else ("", "", incomplete)
        return [f"{begun}{comma}{word}" for word in row.words() if word.startswith(last)]

    return complete


# -- taking a command line apart


def _take_text(param: Any, ctx: Any, value: Any) -> Any:
    """The value of a parameter as it was typed, through its callback if it has one."""
    if value is None and (param.multiple or param.nargs == -1):
        value = ()
    return value if param.callback is None else param.callback(ctx, param, value)


def _take_texts(params: Sequence[Any]) -> None:
    """Let every parameter hand over what was typed, unconverted."""
    for param in params:
        param.process_value = partial(_take_text, param)


def _explained(error: Any, arguments: Sequence[str]) -> UsageError:
    """What was wrong with a command line, and what was probably meant."""
    from actviz.cli.mistakes import unknown_option

    if not hasattr(error, "possibilities"):
        return UsageError(error.format_message())
    command = error.ctx.command.name if error.ctx.parent else ""
    return unknown_option(error.option_name, command, error.possibilities or (), arguments)


# -- the pages


def _own_rows(command: Any, ctx: Any) -> list[tuple[str, str]]:
    """The rows of a help page of the options that are not of the table."""
    from actviz.cli.help import option_names

    params = command.get_params(ctx)
    return [
        (option_names(param.opts), param.help or "")
        for param in params
        if param.param_type_name == "option" and param.name[-1] != "_" and not param.hidden
    ]


def _write(page: Sheet, formatter: Any) -> None:
    """Write a help page, wrapped to the width of the terminal."""
    formatter.write(f"{page.usage}\n\n")
    formatter.write_text(page.text)
    for heading, rows in page.sections.items():
        with formatter.section(heading):
            formatter.write_dl(rows, col_max=24)
    formatter.write(page.examples)


class Command(TyperCommand):
    """A command with a plain help page, whose options arrive as typed."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the arguments apart, leaving every value a text."""
        from actviz.cli.mistakes import refuse_single_dashes, refuse_twice, spelled

        args = spelled(str(self.name), args)
        refuse_single_dashes(str(self.name), args)
        refuse_twice(str(self.name), args)
        _take_texts(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        from actviz.cli.help import command_page

        _write(command_page(str(self.name), _own_rows(self, ctx)), formatter)


class Program(TyperGroup):
    """The program itself: its page lists the commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the arguments apart; without any, show the page on stderr and end as a mistake."""
        if not args and not ctx.resilient_parsing:
            with redirect_stdout(sys.stderr):
                print(ctx.get_help())
            ctx.exit(2)
        _take_texts(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        from actviz.cli.help import program_page

        short = {name: page.get_short_help_str(70) for name, page in self.commands.items()}
        _write(program_page(short, _own_rows(self, ctx)), formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was typed; UsageError if there is none of that name."""
        if args[0] not in self.commands and not ctx.resilient_parsing:
            from actviz.cli.mistakes import unknown_command

            raise unknown_command(args[0], list(self.commands))
        return super().resolve_command(ctx, args)
