"""What must hold of every request that is refused, from the command line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from actviz.cli import run

ROOT = Path(__file__).resolve().parents[1]  # where other tests may write at any time


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The message of a request that must be refused quickly, in a few lines, with exit code 2."""
    before = sorted(Path.cwd().rglob("*"))
    assert ROOT not in (Path.cwd(), *Path.cwd().parents), "the test needs a folder of its own"
    start = time.process_time()
    code = run(arguments)
    taken = time.process_time() - start
    out, message = capsys.readouterr()
    assert code == 2, f"{arguments} ended with {code}: {out}{message}"
    assert taken < 1, f"{arguments} took {taken:.2f} s"
    assert out == ""
    assert message.startswith("Error: ")
    assert message.endswith("\n")
    assert message.count("\nError: ") == 0
    assert "Traceback" not in message
    assert len(message.splitlines()) <= 4, message
    assert len(message) < 2000
    assert all(c == "\n" or c.isprintable() for c in message), repr(message)
    assert sorted(Path.cwd().rglob("*")) == before
    return message
