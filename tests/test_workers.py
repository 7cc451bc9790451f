"""Many figures by several processes: the same bytes, and whatever ends them, only whole files."""

from __future__ import annotations

import os
import random
import signal
import time
import warnings
from pathlib import Path

import pytest
from conftest import Call

import actviz
from actviz import figure
from actviz.cli import run, workers
from actviz.errors import UsageError

pytestmark = pytest.mark.skipif(not workers.available(), reason="processes cannot be forked here")

COUNT = 48
LIST = "no-title = true\nno-legend = true\nsize = [2, 1.5]\n" + "".join(
    f'[f{i}]\ncurves = "swish:beta={1 + i / 8}"\noutput = "f{i}.svg"\n' for i in range(COUNT)
)


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of each figure of the list, made by itself."""
    folder = tmp_path_factory.mktemp("one")
    (folder / "list.toml").write_text(LIST)
    for i in range(COUNT):
        assert run(["plot", "--from", str(folder / "list.toml"), f"f{i}"]) == 0
    return {path.name: path.read_bytes() for path in folder.glob("*.svg")}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "list.toml"}


def test_many_at_once_equal_those_made_one_by_one(call: Call, one_by_one: dict[str, bytes]) -> None:
    assert len(one_by_one) == COUNT
    Path("list.toml").write_text(LIST)
    done = call("plot", "--from", "list.toml", "--jobs", "2")
    assert done == (0, "".join(f"f{i}.svg\n" for i in range(COUNT)), "")
    assert contents(Path.cwd()) == one_by_one


def begun(folder: Path) -> int:
    """A process, with a group of its own, that draws the list with two workers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about threads, which are asleep
        child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        os.chdir(folder)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os._exit(run(["plot", "--from", "list.toml", "--jobs", "2"]))
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    finally:
        os._exit(99)


def all_ended(group: int) -> bool:
    """Whether no process of the group is left, within a few seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_killed_at_any_moment_only_whole_files_are_left(
    tmp_path: Path, one_by_one: dict[str, bytes]
) -> None:
    """And nothing runs on, and the next run completes it."""
    (tmp_path / "list.toml").write_text(LIST)
    moments = random.Random(6)
    numbers = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT] * 3 + [signal.SIGKILL]
    seen = []
    for number in numbers:
        for path in tmp_path.glob("*.svg"):
            path.unlink()
        child = begun(tmp_path)
        time.sleep(moments.uniform(0, 0.8))
        os.kill(child, number)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (-number, 128 + number, 0)
        assert all_ended(child)
        left = contents(tmp_path)
        if number == signal.SIGKILL:  # what it leaves goes when the next process writes
            left = {name: told for name, told in left.items() if not name.startswith(".actviz-")}
        assert left.items() <= one_by_one.items()
        seen.append(len(left))
    assert any(0 < count < COUNT for count in seen)
    child = begun(tmp_path)
    assert os.waitpid(child, 0)[1] == 0
    assert contents(tmp_path) == one_by_one


def test_a_worker_that_dies_costs_only_what_it_was_at(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot, here = figure.plot, os.getpid()

    def dies(curve: actviz.Curve, *rest: object) -> object:
        if curve.label in ("elu", "gelu") and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return plot(curve, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(figure, "plot", dies)
    names = ["relu", "elu", "silu", "gelu", "mish", "tanh", "celu"]
    done = call("plot", *names, "-o", "{name}.svg", "--jobs", "2", "--depfile", "a.d")
    assert done.code == 1
    assert done.out == "relu.svg\nsilu.svg\nmish.svg\ntanh.svg\ncelu.svg\n"
    assert done.err.splitlines() == [
        f"Error: {name}: The process that drew it has ended." for name in ("elu", "gelu")
    ]
    assert not Path("a.d").exists()


def test_results_come_in_order() -> None:
    def slow_first(number: int) -> int:
        time.sleep(0.05 if number % 7 == 0 else 0)
        return number * number

    numbers = range(40)
    results = list(workers.spread(slow_first, numbers, 3, lambda: None))
    assert results == [n * n for n in numbers]


def test_workers_that_cannot_begin_do_not_keep_anyone_waiting() -> None:
    for _ in range(20):  # some are ended in their first moments
        results = list(workers.spread(str, range(5), 2, lambda: os._exit(1)))
        assert [type(result) for result in results] == [UsageError] * 5
