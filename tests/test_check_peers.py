"""Implementations that people use, judged by actviz and apart from it: the verdicts agree.

`make test-peers` installs the sources; without them the tests are skipped. What is judged is the
table of peers/implementations.toml, and what is right is worked out by peers/truth.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "peers"
TABLE = tomllib.loads((HERE / "implementations.toml").read_text())
FOUND = dict[str, list[dict[str, Any]]]()
LEAST, LEAST_SOURCES = 240, 10
SURROUNDINGS = {"KERAS_BACKEND": "torch", "JAX_PLATFORMS": "cpu", "DEV": "PYTHON"}  # of tinygrad

installed = pytest.mark.skipif(
    not all(find_spec(name) for name in ("transformers", "tinygrad", "paddle", "mlx")),
    reason="make test-peers installs the implementations",
)


def rows(source: str) -> int:
    return len(TABLE[source].get("values", {})) + len(TABLE[source].get("gradients", {}))


def test_there_are_many_implementations_of_many_sources() -> None:
    assert len(TABLE) >= LEAST_SOURCES
    assert sum(map(rows, TABLE)) >= LEAST


@installed
@pytest.mark.parametrize("source", TABLE)
def test_nobody_is_accused_falsely_and_no_fault_is_missed(source: str) -> None:
    surroundings = {**os.environ, **SURROUNDINGS}
    done = subprocess.run(
        [sys.executable, HERE / "judge.py", source],
        capture_output=True,
        text=True,
        env=surroundings,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [each for each in found if "said" in each] == []
    assert {(each["text"], each["curve"]) for each in found} == set(expected(source))
    assert [(each["text"], each["dtype"], each["false"]) for each in found if each["false"]] == []
    assert [(each["text"], each["dtype"], each["missed"]) for each in found if each["missed"]] == []
    FOUND[source] = found


def expected(source: str) -> list[tuple[str, str]]:
    gradients = TABLE[source].get("gradients", {})
    return [
        *TABLE[source].get("values", {}).items(),
        *((text, curve) for text, (curve, _) in gradients.items()),
    ]


@installed
def test_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """What was looked at, told; that there was something to miss and to accuse."""
    every = [each for found in FOUND.values() for each in found]
    accused = sum(len(each["failed"]) for each in every)
    faults = sum(each["faults"] for each in every)
    count = sum(map(rows, FOUND))
    with capsys.disabled():
        print(
            f"\n{count} implementations of {len(FOUND)} sources, {len(every)} with their formats: "
            f"{accused} accusations, none false; {faults} faults of a value or derivative known "
            "by mpmath, none missed"
        )
    assert count >= LEAST and len(FOUND) >= LEAST_SOURCES
    assert accused > count and faults > count / 2
