"""What every test runs under: a clean environment, random searches that repeat, `call`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from actviz.cli import run

# Set by users, terminals and continuous integration; any of them would change what is tested.
FOREIGN = (
    "ACTVIZ_CATALOGUE",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "LINES",
    "MATPLOTLIBRC",
    "NO_COLOR",
    "PY_COLORS",
    "SOURCE_DATE_EPOCH",
)

for name in FOREIGN:
    os.environ.pop(name, None)

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Call:
    """Run a command line in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run_it(*arguments: str) -> Done:
        code = run(arguments)
        out, err = capfdbinary.readouterr()
        return Done(code, out.decode("latin-1"), err.decode())

    return run_it
