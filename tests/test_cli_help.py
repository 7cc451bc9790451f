"""Help, version, mistakes, completion, and how soon all that is there."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Call
from terminals import in_pipe

import actviz
from actviz.cli.pages import PAGES

COMMANDS = tuple(PAGES)


# --- help, version, mistakes ---


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_short_and_fits(call: Call, command: str) -> None:
    done = call(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.out.startswith(f"Usage: {' '.join(['actviz', command]).strip()} [OPTIONS]")
    assert "\nExamples:\n" in done.out
    assert len(done.out.splitlines()) <= 80


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_examples_of_the_help_pages_run(
    call: Call, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    Path("figures").mkdir()
    Path("mypackage").mkdir()
    Path("mypackage/layers.py").write_text(
        "import math\n\ndef my_gelu(x):\n"
        "    return 0.0 if x < -40 else x * math.erfc(-x / math.sqrt(2)) / 2\n"
    )
    Path("figures.toml").write_text("deriv = true\n[silu]\n[relu]\nrange = [-1, 2]\n")
    monkeypatch.syspath_prepend(Path.cwd())
    page = call(*command.split(), "--help").out
    lines = page.partition("Examples:\n")[2].splitlines()
    assert len(lines) >= 2
    for line in lines:
        piped, _, example = line.rpartition(" | ")
        if piped:
            monkeypatch.setattr(sys, "stdin", io.StringIO("0\n0.1\n0.2\n"))
        name, *arguments = shlex.split(example)
        assert name == "actviz"
        done = call(*arguments)
        told = "errors.png\n" if "--figure" in arguments else ""
        assert (done.code, done.err) == (0, told), line


def test_version(call: Call) -> None:
    assert call("--version") == (0, f"actviz {actviz.__version__}\n", "")


def test_without_arguments_the_help_page_is_shown_as_a_mistake(call: Call) -> None:
    done = call()
    assert (done.code, done.out) == (2, "")
    assert done.err == call("--help").out


LOOK_EXAMPLES = (
    "--theme Dark --grid --annotate --equal --transparent --no-legend --no-asymptotes",
    "--theme auto --size 6x4 --svg-text --title Hello --axes box --ticks plain",
    "--hline 0.5 --hline=-1 --vline 0 --ylim -1:2 --no-title --annotate --saturation 0.1",
)


@pytest.mark.parametrize("looks", LOOK_EXAMPLES)
def test_looks_reach_the_figure(call: Call, looks: str) -> None:
    plain = call("plot", "sigmoid", "-d", "-o", "-", "--format", "svg")
    for command in ("plot", "compare"):
        done = call(command, "sigmoid", "-d", *looks.split(), "-o", "-", "--format", "svg")
        assert done.code == 0
        assert all(": there is no room to " in line for line in done.err.splitlines())
        assert done.out != plain.out


# --- start-up ---


def test_typer_does_not_convert_values() -> None:
    code = (
        "import sys\n"
        "from actviz.cli import run\n"
        "assert run(['list', 'relu']) == 0\n"
        "assert run(['table', 'relu', '--at', '1']) == 0\n"
        "assert 'pydantic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)


def test_quick_start() -> None:
    start = time.perf_counter()
    in_pipe("actviz --version")
    assert time.perf_counter() - start < 5
    assert re.fullmatch(rb"actviz \d+\.\d+\.\d+\n", in_pipe("actviz --version").stdout)
