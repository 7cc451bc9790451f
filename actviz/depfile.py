"""Rules for make: which files were made from which, as compilers write them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from actviz import files
from actviz.errors import UsageError

# What no quoting brings through make: it would be an assignment, a recipe, a wildcard, an archive.
_UNWRITABLE = re.compile(r"[\t\r\n=;|*?\[]|^~|[\\&)]$")
_QUOTED = re.compile(r"(\\*)([ #:])")
_QUOTED_TARGET = re.compile(r"(\\*)([ #:%])")  # elsewhere a % is a % already


@contextmanager
def rule_about(
    outputs: Sequence[Path], inputs: Sequence[str | Path], depfile: str | None
) -> Iterator[None]:
    """Write the rule about the outputs when they have been made; without a depfile, nothing.

    Raises UsageError, before they are made, if the rule cannot be written, or not to that file.
    """
    if depfile is None:
        yield
        return
    path, sources = Path(depfile), [Path(each) for each in inputs]
    if files.STANDARD_OUTPUT in (path, *outputs):
        raise UsageError("--depfile is about files, and - is none.")
    files.check_writable(path)
    if os.path.realpath(path) in [os.path.realpath(each) for each in (*outputs, *sources)]:
        raise UsageError(f"--depfile {depfile!r} would take the place of another file.")
    text = rule(outputs, sources)
    yield
    files.write_atomically(path, os.fsencode(text))


def rule(outputs: Iterable[Path], inputs: Iterable[Path]) -> str:
    r"""The rule that says what the outputs depend on.

    Each input is also a rule of its own without a recipe, so that make goes on without one that
    has been removed.

    Raises UsageError for a name that make has no way to write.

    >>> print(rule([Path("a b.svg")], [Path("figures.toml")]), end="")
    a\ b.svg: figures.toml
    figures.toml:
    """
    names = [os.fspath(path) for path in dict.fromkeys(inputs)]
    targets = " \\\n  ".join(quoted(os.fspath(path), target=True) for path in outputs)
    needed = "".join(f" {quoted(name)}" for name in names)
    return f"{targets}:{needed}\n" + "".join(f"{quoted(name, target=True)}:\n" for name in names)


def quoted(name: str, target: bool = False) -> str:
    r"""The name as make reads it: with $ doubled, and a backslash before a space and # : %.

    Backslashes just before one of these are doubled too; make takes all others as they are.

    >>> print(quoted("50%: a$b"), quoted("50%: a$b", target=True))
    50%\:\ a$$b 50\%\:\ a$$b
    """
    if _UNWRITABLE.search(name):
        raise UsageError(f"make has no way to write the name {name!r}: there can be no --depfile.")
    special = _QUOTED_TARGET if target else _QUOTED
    return special.sub(r"\1\1\\\2", name).replace("$", "$$")
