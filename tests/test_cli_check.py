"""`check` on the command line: its verdict is its exit code, and its figures."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import Call
from pictures import BEGINS
from sampled import sampled

from actviz import figure


def test_check_ends_with_its_verdict(call: Call) -> None:
    assert call("check", "relu", "sigmoid", "--oracle", "difference").code == 0
    wrong = ("check", "leaky_relu", "--derivative", "where(x>0,0.01,0)")
    done = call(*wrong)
    assert done.code == 1
    assert "leaky_relu" in done.out
    assert done.err == ""
    assert call(*wrong, "--exit-zero").code == 0
    verdict = json.loads(call(*wrong, "--format", "json").out)
    assert verdict["ok"] is False
    assert verdict["results"][0]["status"] == "fail"


def test_check_takes_orders(call: Call) -> None:
    done = call("check", "tanh", "--oracle", "difference", "--order", "1", "--format", "json")
    assert [result["order"] for result in json.loads(done.out)["results"]] == [1]


CODE = """\
import math
import numpy as np

def gelu(x):
    return np.array([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x.ravel()])
"""


@pytest.mark.parametrize("suffix", sampled([*figure.SUFFIXES], 0.4))
def test_check_draws_the_errors(call: Call, suffix: str) -> None:
    Path("code.py").write_text(CODE)
    name = f"errors{suffix}"
    words = ("check", "gelu", "--against", "code.py:gelu", "--figure", name)
    done = call(*words, "--format", "json")
    assert (done.code, done.err) == (1, f"{name}\n")
    assert json.loads(done.out)["ok"] is False
    first = Path(name).read_bytes()
    assert first.startswith(BEGINS[figure.SUFFIXES[suffix]])
    assert call(*words, "--exit-zero", "-o", "report.txt") == (0, "", f"{name}\n")
    assert Path(name).read_bytes() == first
    assert sorted(os.listdir()) == sorted(["code.py", name, "report.txt"])


def test_check_draws_our_own_errors(call: Call) -> None:
    os.mkdir("figures")
    done = call("check", "tanh", "--order", "1", "--figure", "figures/", "--format", "concise")
    assert (done.code, done.err) == (0, "figures/tanh.png\n")
    assert os.listdir("figures") == ["tanh.png"]


# What is wrong with it, and a word of the message.
WRONG_FIGURES = (
    ("check --figure e.png", "one curve"),
    ("check relu elu --figure e.png", "one curve"),
    ("check relu --figure e.gif", "suffix"),
    ("check relu --figure e", "suffix"),
    ("check relu --figure nowhere/e.png", "nowhere"),
    ("check relu --figure -", "report"),
    ("check relu --figure e.png -o ./e.png --format json", "both"),
    ("check relu --equals elu --figure e.png", "--equals"),
    ("check relu --derivative x --figure e.png", "--derivative"),
    ("check relu --against no.py:relu --figure e.png", "no.py"),
    ("check relu --oracle spline --figure e.png", "spline"),
)


@pytest.mark.parametrize(("words", "told"), WRONG_FIGURES)
def test_a_figure_of_errors_is_refused(call: Call, words: str, told: str) -> None:
    done = call(*words.split())
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert os.listdir() == []


def test_our_own_errors_need_mpmath(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actviz.check.libraries.installed", lambda name: False)
    done = call("check", "relu", "--figure", "e.png")
    assert (done.code, done.out) == (2, "")
    assert "pip install 'actviz[mpmath]'" in done.err
    assert os.listdir() == []
