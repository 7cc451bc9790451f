"""`actviz.testing` and `actviz.check(...)`: the referee from Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import actviz
from actviz import check
from actviz.errors import UsageError
from actviz.testing import assert_matches

Array = Any


def silu(x: Array) -> Array:
    return x / (1 + np.exp(-x))


def steep(x: Array) -> Array:
    return np.where(x > 0, x, 0.2 * x)


def slope(x: Array) -> Array:
    return np.where(x > 0, 1.0, 0.2).astype(x.dtype)


def exits(x: Array) -> Array:
    if np.abs(x).max() > 100:
        sys.exit(0)
    return np.maximum(x, 0)


class Relu:
    def __call__(self, x: Array) -> Array:
        return np.maximum(x, 0)


RIGHT: tuple[tuple[Any, ...], ...] = (
    (np.tanh, "tanh", {}),
    (np.tanh, "tanh", {"dtype": "float32", "strict": True}),
    (silu, "silu", {}),
    (silu, "silu", {"strict": True, "ignore": ["tolerance-exceeded", "infinity-wrong"]}),
    (steep, "leaky_relu:alpha=0.2", {"gradient": slope}),
    (steep, actviz.get("leaky_relu", alpha=0.2), {"gradient": slope, "dtype": "float16"}),
    (steep, actviz.parse_curves(["where(x > 0, x, 0.2*x)"])[0], {}),
    (Relu, "relu", {"within": (0.0, 5.0)}),
    (Relu(), "relu", {"orders": (0,)}),
    ("numpy:tanh", "tanh", {}),
    (lambda x: 1.01 * x, "x", {"rtol": 0.02}),
)


@pytest.mark.parametrize(("function", "curve", "more"), RIGHT)
def test_right_code_matches(function: Any, curve: Any, more: dict[str, Any]) -> None:
    assert_matches(function, curve, **more)


WRONG: tuple[tuple[Any, ...], ...] = (
    (np.tanh, "softsign", {}, "it matches tanh, not softsign"),
    (silu, "silu", {"strict": True}, "FAIL special  infinity-wrong"),
    (steep, "leaky_relu", {}, "alpha = 0.2"),
    (steep, "leaky_relu:alpha=0.2", {"gradient": steep}, "f'   against"),
    (exits, "relu", {}, "SystemExit: 0"),
    ("numpy:arctan", "tanh", {"dtype": "float32"}, "FAIL wrong"),
)


@pytest.mark.parametrize(("function", "curve", "more", "told"), WRONG)
def test_wrong_code_is_told_with_its_report(
    function: Any, curve: Any, more: dict[str, Any], told: str
) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_matches(function, curve, **more)
    report = str(raised.value)
    assert told in report and " pass " not in report and "failed" in report


def test_the_package_is_a_function() -> None:
    report = actviz.check("softsign", against=np.tanh)
    assert isinstance(report, check.Report) and not report.ok
    assert check.text(report).splitlines()[0] == "softsign"
    assert actviz.check("relu").ok and {r.order for r in actviz.check("relu").results} >= {1, 2}
    assert actviz.check("silu", silu).ok and not actviz.check("silu", silu, strict=True).ok
    assert not actviz.check("silu", silu, strict=True, ignore=["infinity-wrong"]).ok
    assert actviz.check("leaky_relu:alpha=0.2", gradient=slope).ok
    assert not actviz.check("leaky_relu:alpha=0.3", gradient=slope).ok


def test_it_is_there_without_being_imported_and_light() -> None:
    script = (
        "import sys, actviz; there = 'actviz.check' in sys.modules; actviz.check; "
        "print(there, 'numpy' in sys.modules, callable(actviz.check), actviz.check.code.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().split() == ["False", "False", "True", "code"]


REFUSED = (
    (lambda: actviz.check("rleu"), "Did you mean relu"),
    (lambda: actviz.check("relu", dtype="float32"), "dtype: for code"),
    (lambda: actviz.check("elu:alpha=1|2", against=silu), "One curve"),
    (lambda: assert_matches(3, "relu"), "cannot be called"),  # type: ignore[arg-type]
    (lambda: assert_matches(silu, "relu", dtype="float23"), "no dtype"),
    (lambda: assert_matches(silu, "relu", rtol=-1.0), "--rtol"),
    (lambda: assert_matches("nowhere.py:f", "relu"), "no file"),
)


@pytest.mark.parametrize(("ask", "told"), REFUSED)
def test_wrong_requests_are_refused(ask: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ask()


def test_an_interrupt_in_the_code_stops_all() -> None:
    def interrupted(x: Array) -> Array:
        if x.size > 10:
            raise KeyboardInterrupt
        return x

    with pytest.raises(KeyboardInterrupt):
        assert_matches(interrupted, "x")


def test_a_failing_test_shows_the_report_and_not_our_code(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "import numpy as np\nfrom actviz.testing import assert_matches\n"
        "def test_mine():\n    assert_matches(np.tanh, 'softsign')\n"
    )
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    done = subprocess.run(words, capture_output=True, check=False, cwd=tmp_path, text=True)
    assert done.returncode == 1 and "it matches tanh, not softsign" in done.stdout
    assert "report = judged(" not in done.stdout
