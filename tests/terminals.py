"""What the command prints on a terminal, and in a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

ESCAPE = b"\x1b"
ACTVIZ = [sys.executable, "-m", "actviz"]


def on_terminal(*arguments: str, **environment: str) -> bytes:
    """Everything a command prints on a terminal of 80 columns."""
    leader, follower = pty.openpty()
    settings = {"TERM": "xterm-256color", "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        [*ACTVIZ, *arguments],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, **settings, **environment},
    )
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 65536):
            shown += part
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    process.wait()
    return shown


def in_pipe(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A shell command with `actviz` in it."""
    shell = f'actviz() {{ "{sys.executable}" -m actviz "$@"; }}\n{command}'
    return subprocess.run(
        ["bash", "-c", shell], capture_output=True, check=False, env={**os.environ, **environment}
    )
