"""Code that exits, crashes, hangs, prints, or changes numpy: a failure at most, never a pass."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Call
from sampled import sampled
from verdicts import curve

from actviz import check
from actviz.check.foreign import boundary
from actviz.errors import UsageError

CODE = """
import atexit, ctypes, math, os, signal, sys, threading, time
import numpy as np

def relu(x): return np.maximum(x, 0)
def wrong(x): return 0 * x
def exits(x): sys.exit(0)
def exits_far_out(x):
    if abs(x).max() > 100: sys.exit(0)
    return relu(x)
def exits_hard(x):
    if x.size > 10: os._exit(0)
    return relu(x)
def exits_hard_at_once(x): os._exit(0)
def crashes(x):
    if x.size > 10: ctypes.string_at(0)
    return relu(x)
def hangs(x):
    while x.size > 10: pass
    return relu(x)
def prints(x):
    os.write(1, b'{"ok": true}')
    print("hello", flush=True)
    return wrong(x)
def forks(x):
    if x.size > 10 and os.fork() == 0: return relu(x)
    return wrong(x)
def forks_for_each(x):
    if os.fork() == 0:
        with open(__file__ + ".copies", "a") as copies: copies.write(".")
    return math.sqrt(x*x)*(x > 0)
def forks_and_exits(x):
    if x.size > 10 and os.fork():
        os._exit(0)
    return relu(x)
def interrupts(x):
    if x.size > 10: raise KeyboardInterrupt
    return relu(x)
def interrupts_who_asks(x):
    if x.size > 10:
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(60)
    return relu(x)
def closes(x):
    if x.size > 10: os.closerange(3, 99)
    return relu(x)
def answers(x):
    if x.size > 10: os.write(4, b"x" * 1000)
    return relu(x)
def patches(x):
    for name in ("isclose", "isnan", "isfinite", "abs", "array_equal", "where", "maximum"):
        setattr(np, name, lambda *given, **named: np.ones(np.shape(given[0]), dtype=bool))
    np.errstate = None
    return wrong(x)
def leaves(x):
    atexit.register(os._exit, 0)
    return wrong(x)
def changes(x):
    x[x < 0] = 0
    return x
def keeps(x): return x.copy() if (x > 0).all() else relu(x)
def reads(x): return relu(x) + len(sys.stdin.read())
def raises_together(x):
    if (x > 700).any(): raise OverflowError("too large")
    return relu(x)
def raises_if_many(x):
    if x.size > 100: raise MemoryError
    return relu(x)
def tells_each(x):
    if x > 1: raise ValueError(f"not {x}")
    return max(x, 0.0)
def exp(x): return math.exp(x)
def exp_out_of_patience(x):
    try: return math.exp(x)
    except OverflowError: sys.exit("no")
def root(x): return math.sqrt(x)
def strict_relu(x):
    if x != x or math.isinf(x): raise ValueError("not a number")
    return max(x, 0.0)
"""
LOADED = {
    "exits": "import sys; sys.exit(0)",
    "exits hard": "import os; os._exit(0)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "hangs": "while True: pass",
    "interrupts": "raise KeyboardInterrupt",
}


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("code") / "somebody.py"
    path.write_text(CODE)
    return str(path)


def judged(code: str, name: str, of: str = "relu", timeout: float = 30, **more: Any):
    return check.code(curve(of), f"{code}:{name}", orders=(0,), timeout=timeout, **more)


def fails(report: check.Report) -> dict[str, str]:
    return {r.code: r.message for r in report.results if r.status == "fail"}


# What the code does, the code of the failure, and words of it.
ENDS = (
    ("exits_hard", "ends", "ended its process (exit code 0)"),
    ("crashes", "ends", "crashed (SIGSEGV)"),
    ("hangs", "timeout", "was not done within 4 s (--timeout)"),
    ("forks_and_exits", "ends", "ended its process"),
    ("interrupts", "ends", "raised KeyboardInterrupt"),
    ("closes", "ends", "ended its process"),
    ("exits_far_out", "raises", "right tail: SystemExit: 0"),
    ("prints", "tolerance-exceeded", "points beyond"),
    ("patches", "tolerance-exceeded", "points beyond"),
    ("leaves", "tolerance-exceeded", "points beyond"),
    ("forks", "tolerance-exceeded", "points beyond"),
)


@pytest.mark.parametrize(("name", "finding", "words"), sampled(ENDS, 0.25))
def test_code_that_does_not_answer_fails(code: str, name: str, finding: str, words: str) -> None:
    report = judged(code, name, timeout=4 if finding == "timeout" else 30)
    assert report.exit_code == 1 and words in fails(report)[finding], fails(report)


# What is said of code that ends at its first call.
AT_ONCE = (
    ("exits", "SystemExit: 0"),
    ("exits_hard_at_once", r"ended its process \(exit code 0\) when it was called for the first"),
)


@pytest.mark.parametrize(("name", "words"), AT_ONCE)
def test_code_that_never_answers_is_refused(code: str, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        judged(code, name)


def test_copies_that_code_makes_of_its_process_end(code: str) -> None:
    """There is one for each call, and not two for each that there is."""
    judged(code, "forks_for_each", within=(1, 1.0001), dtype="float16")
    copies = Path(code + ".copies").stat().st_size
    assert 0 < copies < 100


@pytest.mark.parametrize("does", LOADED)
def test_code_that_cannot_be_loaded_is_refused(does: str, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(LOADED[does] + "\ndef relu(x): return x\n")
    with pytest.raises(UsageError, match=r"code\.py"):
        judged(str(tmp_path / "code.py"), "relu", timeout=2)


def test_what_is_no_answer_is_an_end(code: str) -> None:
    assert "ends" in fails(judged(code, "answers", timeout=5)) or sys.platform != "linux"


def test_right_code_passes_whatever_it_does_beside(code: str) -> None:
    for name in ("relu", "reads", "keeps"):
        assert fails(judged(code, name)) == {}, name


def test_that_code_changes_its_input_is_told(code: str) -> None:
    found = {r.code: r for r in judged(code, "changes").results}
    assert found["changes-input"].severity == "note" and found["changes-input"].status == "pass"
    for name in ("relu", "keeps"):
        assert "changes-input" not in {r.code for r in judged(code, name).results}


def test_a_report_is_what_is_written_and_nothing_else(code: str, tmp_path: Path) -> None:
    words = ["check", "relu", "--against", f"{code}:prints", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "actviz", *words], capture_output=True, check=False, text=True
    )
    assert done.returncode == 1 and json.loads(done.stdout)["ok"] is False
    assert "hello" in done.stderr


def test_no_figure_is_drawn_of_numbers_that_there_are_not(code: str, call: Call) -> None:
    done = call("check", "relu", "--against", f"{code}:exits_hard", "--figure", "e.png")
    assert done.code == 1 and "e.png is not drawn" in done.err and os.listdir() == []


def test_an_interrupt_stops_all(code: str) -> None:
    words = ["check", "relu", "--against", f"{code}:interrupts_who_asks"]
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "actviz", *words], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (130, "") and time.monotonic() - begun < 30


def test_processes_end_with_the_judgement(code: str) -> None:
    process = boundary.Process(30)
    process.ask("find", {"code": f"{code}:relu", "dtype": "float64"})
    number = process._process.pid
    os.kill(number, 0)
    process.close()
    with pytest.raises(OSError):
        os.kill(number, 0)


def test_a_process_whose_judge_is_no_more_ends(code: str) -> None:
    script = (
        "from actviz.check.foreign.boundary import Process\nimport os\n"
        f"p = Process(60)\np.ask('find', {{'code': {code + ':relu'!r}, 'dtype': 'float64'}})\n"
        "print(p._process.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    for _ in range(100):
        try:
            os.kill(int(done.stdout), 0)
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail("it is still there")


# --- what is raised at some of the points


def test_an_exception_at_an_edge_is_a_failure_there(code: str) -> None:
    report = judged(code, "exp", of="exp(x)", within=(0.0, 720.0))
    assert fails(report) == {}, "exp(x) overflows too: there is no value to miss"
    report = judged(code, "exp", of="min(exp(x), 1e300)", within=(-20.0, 720.0))
    (raised,) = (r for r in report.results if r.code == "raises" and r.severity == "wrong")
    assert raised.status == "fail" and "OverflowError: math range error" in raised.message
    assert raised.x is not None and raised.x > 709 and raised.got is None
    assert {"left tail", "centre"} <= {r.message.split(":")[0] for r in report.results}


def test_a_way_out_at_an_edge_is_a_failure_there(code: str) -> None:
    report = judged(code, "exp_out_of_patience", of="min(exp(x), 1e300)", within=(0.0, 720.0))
    assert "SystemExit: no" in fails(report)["raises"]


def test_an_exception_where_there_is_no_value_is_none(code: str) -> None:
    assert fails(judged(code, "root", of="sqrt(x)", within=(-9.0, 9.0))) == {}


def test_an_exception_for_an_array_is_found_at_its_numbers(code: str) -> None:
    report = judged(code, "raises_together")
    (raised,) = (r for r in report.results if r.code == "raises" and r.status == "fail")
    assert "OverflowError: too large" in raised.message and "from x = 70" in raised.message
    assert raised.message.startswith("right tail")


def test_an_exception_for_many_numbers_at_once_is_told(code: str) -> None:
    report = judged(code, "raises_if_many")
    (told,) = (r for r in report.results if r.code == "raises-together")
    assert report.ok and told.severity == "note" and "MemoryError, for 2" in told.message


def test_exceptions_of_many_texts_take_no_time(code: str) -> None:
    begun = time.monotonic()
    told = fails(judged(code, "tells_each", within=(0.0, 9.0)))["raises"]
    assert "ValueError" in told and "from x = 4.0" in told and time.monotonic() - begun < 20


def test_an_exception_at_infinity_is_special(code: str) -> None:
    found = [r for r in judged(code, "strict_relu").results if r.code == "raises"]
    assert len(found) == 3 and {(r.severity, r.status) for r in found} == {("special", "pass")}


# --- how grave a finding is

SILU = """
import numpy as np
def silu(x): return x/(1 + np.exp(-x))
def gelu_like(x): return np.where(x < -5, 0, x/(1 + np.exp(-x)))
"""
# curve, code, its dtype, the severities that are found
GRAVE = (
    ("silu", "silu", "float64", {"tiny", "special"}),
    ("silu", "gelu_like", "float64", {"wrong"}),
)


@pytest.mark.parametrize(("of", "name", "dtype", "found"), GRAVE)
def test_findings_have_severities(
    of: str, name: str, dtype: str, found: set[str], tmp_path: Path
) -> None:
    (tmp_path / "code.py").write_text(SILU)
    report = check.code(curve(of), f"{tmp_path}/code.py:{name}", orders=(0,), dtype=dtype)
    assert found <= {r.severity for r in report.results}
    assert report.ok == found.isdisjoint({"wrong", "lost"})
    assert not report.judged(strict=True).ok
    codes = {r.code for r in report.judged(strict=True).results if r.status == "fail"}
    assert report.judged(strict=True, ignore=codes).ok
    assert report.judged() == report


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_limit_that_is_none_is_refused(code: str, seconds: float) -> None:
    with pytest.raises(UsageError, match="--timeout"):
        judged(code, "relu", timeout=seconds)
