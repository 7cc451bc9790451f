"""What every test runs under: a clean environment, random searches that repeat, `call`.

Of large sweeps a sample is run (`sampled.py`): with `--whole` all of them, with `--seed N` the
sample of another run.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from gallery_page import browser, built, page
from hypothesis import settings
from sampled import SEED, WHOLE

from actviz.cli import run

__all__ = ["browser", "built", "page"]  # fixtures of the tests of the gallery's page

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

# Code is compiled once and kept in the environment, beside no source; else, where nothing may be
# written, each of hundreds of commands would compile all that it imports.
sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(Path(sys.prefix) / "bytecode")
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options of the sweeps."""
    parser.addoption("--whole", action="store_true", help="run large sweeps whole")
    parser.addoption("--seed", type=int, help="the seed of the sample of large sweeps")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the sample before anything is collected; workers inherit it."""
    if config.getoption("whole"):
        os.environ[WHOLE] = "1"
    seed = config.getoption("seed")
    os.environ.setdefault(SEED, str(random.randrange(10**6) if seed is None else seed))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what would run the same sample again."""
    if WHOLE not in os.environ:
        terminalreporter.write_line(f"large sweeps by the sample of --seed {os.environ[SEED]}")


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test is in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def call(empty_folder: None, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Run a command line in an empty folder of its own."""

    def run_it(*arguments: str) -> Done:
        code = run(arguments)
        out, err = capfdbinary.readouterr()
        return Done(code, out.decode("latin-1"), err.decode())

    return run_it
