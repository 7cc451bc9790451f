"""The command line: options in, exit codes out; no mathematics.

`options` is the table of all that they take, `reading` how one of them is read, `together` which go
together, `asked` and `targets` what several mean together; `parser` is the door to Typer, `help`
what the pages say, `mistakes` what is said of a command line that cannot be taken apart.
`commands` holds the six commands; `batch` reads lists, `drawing` is the way from requests to
figures, `figures` and `screen` where these go, `workers` those who draw them; `tables` are the
kinds of table, `reference` the table of the options for the documents, `terminal` what a terminal
needs.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from actviz.cli.terminal import colour_wanted, tell_error
from actviz.errors import UsageError


def main() -> NoReturn:
    """Run the command line of this process and end it with the exit code."""
    # importing makes few cycles: looking for them all the while costs a tenth of a figure's time,
    # and another tenth when the process ends
    gc.set_threshold(200_000, 20, 20)
    _open_streams()
    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code: 0 done, 1 failed, 2 a wrong request.

    Without arguments it shows the help page on standard error. A closed pipe is no failure.

    >>> run(["--version"])  # doctest: +ELLIPSIS
    actviz ...
    0
    """
    try:
        return _call(arguments)
    except UsageError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return 130
    except (BrokenPipeError, SystemExit) as end:
        # Typer exits with 1 when its output is not read any more; anything else is a signal
        if getattr(end, "code", 1) != 1:
            raise
        _leave_the_pipe()
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        tell_error(f"{where}{error.strerror or error}.")
        _leave_the_pipe()
        return 1


def _call(arguments: Sequence[str]) -> int:
    """Take the arguments apart and run the command; flush so that a full disk is told."""
    from actviz.cli.parser import call

    code = call(arguments, colour_wanted(sys.stdout))
    sys.stdout.flush()
    return code


def _refuse(message: str) -> int:
    """Tell why a request was refused."""
    tell_error(message)
    return 2


def _open_streams() -> None:
    """Let the standard streams that the process was started without lead nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115


def _leave_the_pipe() -> None:
    """Point standard output at nothing, so that the last flush of the interpreter is silent."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return
