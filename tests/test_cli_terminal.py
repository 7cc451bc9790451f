"""Colour, pipes, closed streams and the progress bar."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Call
from terminals import ESCAPE, in_pipe, on_terminal

from actviz.cli.terminal import Progress, printable

SHOWN = ("--help", "list relu", "table relu", "info relu", "check relu --oracle difference",
         "plot rlu", "list \x1b[31mred")  # fmt: skip


@pytest.mark.parametrize("command", SHOWN)
def test_no_colour_means_not_one_escape_byte(command: str) -> None:
    shown = on_terminal(*command.split(), NO_COLOR="1", FORCE_COLOR="1")
    assert shown
    assert ESCAPE not in shown


@pytest.mark.parametrize("command", ["--help", "list relu", "info relu", "plot rlu"])
def test_colour_is_for_terminals(command: str) -> None:
    assert ESCAPE in on_terminal(*command.split())


@pytest.mark.parametrize("command", ["--help", "list", "plot rlu"])
def test_colour_is_not_for_pipes(command: str) -> None:
    done = in_pipe(f"actviz {command}", GITHUB_ACTIONS="true")
    assert ESCAPE not in done.stdout + done.stderr


def test_colour_is_as_the_environment_says() -> None:
    assert ESCAPE not in on_terminal("--help", TERM="dumb")
    assert ESCAPE in in_pipe("actviz --help", FORCE_COLOR="1").stdout


def test_a_table_on_a_terminal_is_drawn_and_in_a_pipe_it_is_csv() -> None:
    assert b"," not in on_terminal("table", "relu", "--at", "1", NO_COLOR="1")
    assert in_pipe("actviz table relu --at 1").stdout == b"x,relu\n1.0,1.0\n"
    shown = on_terminal("list", NO_COLOR="1").decode()
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 80
    assert in_pipe("actviz list").stdout.startswith(b"name,formula,parameters,aliases\n")


def test_binary_output_does_not_go_to_a_terminal() -> None:
    for command in ("plot relu -o - --format png", "table relu --format npy"):
        assert b"terminal" in on_terminal(*command.split())


CLOSED = (
    "actviz table relu --points 1000000 | head -1",
    "actviz list | head -1",
    "actviz check relu elu --oracle difference | true",
    "actviz --help | true",
    "actviz plot relu -o - --format png | head -c 1",
)


@pytest.mark.parametrize("command", CLOSED)
def test_a_closed_pipe_ends_silently(command: str) -> None:
    done = in_pipe(f"set -o pipefail; {command}")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("command", ["list", "table relu", "list nothing"])
def test_closed_streams(command: str) -> None:
    for closing in (">&-", "<&- >&- 2>&-"):
        done = in_pipe(f"actviz {command} {closing}")
        assert done.returncode == (2 if command == "list nothing" else 0)
        assert b"Traceback" not in done.stderr


def test_a_full_disk_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    for command in ("list", "table relu", "info relu"):
        done = in_pipe(f"actviz {command} > /dev/full")
        assert (done.returncode, done.stderr) == (1, b"Error: No space left on device.\n")


def test_an_interruption_is_silent(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("actviz.info.facts", interrupt)
    assert call("info", "relu") == (130, "", "")


def test_a_path_that_is_not_text(call: Call) -> None:
    name = os.fsdecode(b"bad\xff.svg")
    done = call("plot", "relu", "-o", name)
    assert done == (0, "bad\xff.svg\n", "")
    assert Path(name).exists()


def test_printable_leaves_nothing_that_steers_a_terminal() -> None:
    for text in ("\x1b[31m", "\x07", "\r", "\x9b", "\u202e", "\x00", "\udcff"):
        assert printable(text).isascii()
    assert printable("é ∑\nx") == "é ∑\nx"


# --- the progress bar ---


def test_progress_is_drawn_on_a_terminal_only_and_taken_away() -> None:
    script = (
        "from actviz.cli.terminal import Progress\n"
        "with Progress(delay=0) as bar:\n"
        "    for i in range(3): bar(i, 3, f'curve {i}')\n"
    )
    leader, follower = pty.openpty()
    subprocess.run([sys.executable, "-c", script], stderr=follower, check=True)
    os.close(follower)
    shown = os.read(leader, 65536).decode()
    os.close(leader)
    assert ESCAPE.decode() not in shown
    assert [part.strip() for part in shown.split("\r") if part.strip()] == [
        "[------------------------] 0/3 curve 0",
        "[########----------------] 1/3 curve 1",
        "[################--------] 2/3 curve 2",
    ]
    assert shown.endswith(" \r")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout + done.stderr == b""


def test_progress_waits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress(delay=60) as bar:
        bar(1, 2, "quick")
    assert capsys.readouterr().err == ""
