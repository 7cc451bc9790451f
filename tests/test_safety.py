"""Hostile formulas: each is refused at once, with one message, and nothing is written."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from refused import refused

from actviz.cli import run
from actviz.errors import FormulaError
from actviz.formula.parsing import parse

pytestmark = pytest.mark.usefixtures("empty_folder")

# What must never be understood as a formula.
PYTHON = (
    "__import__('os').system('touch pwned')",
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__",
    "x.real",
    "sin.__globals__",
    "getattr(x, 'real')",
    "eval('1')",
    "exec('1')",
    "compile('1', '', 'eval')",
    "open('pwned', 'w')",
    "breakpoint()",
    "exit()",
    "input()",
    "globals()",
    "print(x)",
    "lambda: 0",
    "(lambda y: y)(x)",
    "[x for x in x]",
    "{y: y for y in x}",
    "(y for y in x)",
    "{1: 2}",
    "{x}",
    "(x, x)",
    "[x][0]",
    "x[0]",
    "x[1:2]",
    "f'{x}'",
    "'text'",
    "b'bytes'",
    "`x`",
    "(y := x)",
    "x; x",
    "import os",
    "x\nimport os",
    "del x",
    "yield x",
    "(yield)",
    "await x",
    "x if x else 0",
    "x and x",
    "x or 1",
    "not x",
    "~x",
    "x // 2",
    "x % 2",
    "x @ x",
    "x << 2",
    "x | 1",
    "x & 1",
    "x ^ 2",
    "x == 1",
    "x != 1",
    "x is x",
    "x in x",
    "0 < x < 1",
    "x > 0",
    "True",
    "None",
    "...",
    "1j",
    "sin(*x)",
    "sin(**x)",
    "sin(u=x)",
    "sin(sin)",
    "sin()()",
    "sin(x)(x)",
    "(1)(2)",
    "erfc",
    "*x",
    "x # comment",
    "@x",
    "x -> x",
    "x!",
    "$x$",
    "%s",
    "[bold]x[/bold]",
    "{name}",
    "\\input{/etc/passwd}",
    "${HOME}",
    "$(touch pwned)",
    "x\\\n",
)

# Too much, or too little, of what is allowed.
MEASURE = (
    "",
    "   ",
    "(",
    ")",
    "((((x",
    "x)",
    "sin(",
    "x +",
    "x ** ",
    "* x",
    "sin()",
    "sin(x, x)",
    "max(x)",
    "clip(x, 0)",
    "where(x, 1, 0)",
    "where(x > 0, 1)",
    "where(x > 0, x > 1, 0)",
    "where((x > 0) > 0, 1, 0)",
    "sum(x > 0)",
    "x" * 4001,
    "x+" * 249 + "x",
    "x" + " + x" * 124,
    "(" * 240 + "x" + ")" * 240,
    "-" * 300 + "x",
    "sin(" * 100 + "x" + ")" * 100,
    "x**" * 150 + "x",
    "2**" * 150 + "2",
    "(" * 100_000,
    "-" * 1_000_000,
    "1e99999999999999999999",
    "1" * 400,
)

# Characters that look like others, steer a terminal or end a text.
CHARACTERS = (
    "x\x00",
    "x\x1b[31m",
    "\x1b]0;pwned\x07x",
    "x\x08\x08",
    "x\x7f",
    "\u0445",  # Cyrillic
    "\uff58",  # full width
    "\U0001d465",  # mathematical italic
    "x\u200b",  # zero width space
    "\u202ex",  # right to left
    "\u221ax",
    "x\u00b2",
    "\ufeffx",
    "x\udcff",  # a byte that is not UTF-8, as the shell hands it over
    "\u03b1*x",
)

HOSTILE = (*PYTHON, *MEASURE, *CHARACTERS)


def test_there_are_many_payloads() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("formula", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_a_hostile_formula_is_one_formula_error(formula: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(formula)
    head, shown, caret = str(caught.value).split("\n")
    assert head
    assert len(shown) < 80
    assert caret.strip() == "^"
    assert 0 <= caret.index("^") - 2 <= 60


@pytest.mark.parametrize("formula", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_a_hostile_curve_is_refused(formula: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused(["table", "--at", "1", "-o", "out.csv", "--", formula], capsys)


@pytest.mark.parametrize("formula", HOSTILE[::7], ids=lambda text: ascii(text[:30]))
def test_a_hostile_formula_is_refused_wherever_it_stands(
    formula: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (
        ["plot", "--", formula],
        ["compare", "relu", "-o", "out.svg", "--", formula],
        ["info", "--", formula],
        ["check", "--", formula],
        ["check", "relu", "--derivative", formula],
        ["check", "relu", "--equals", formula],
    ):
        refused(arguments, capsys)


@pytest.mark.parametrize("formula", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_a_hostile_formula_in_a_catalogue_is_refused(
    formula: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if "\udcff" in formula:
        pytest.skip("TOML is UTF-8")
    text = json.dumps(formula, ensure_ascii=True) if formula.isascii() else f'"{formula}"'
    Path("mine.toml").write_text(f"[mine]\nformula = {text}\n", "utf-8")
    message = refused(["table", "mine", "--catalogue", "mine.toml", "--at", "1"], capsys)
    assert "mine.toml" in message


def test_a_label_cannot_leave_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("inside").mkdir()
    for label in ("..", ". .", "--", "a..b", "-o"):
        assert run(["plot", "-o", "inside/", "--format", "svg", "--", f"{label}=relu"]) == 0
        (written,) = Path("inside").iterdir()
        assert capsys.readouterr().out == f"{written}\n"
        written.unlink()
    assert [path.name for path in Path.cwd().iterdir()] == ["inside"]


def test_numbers_that_explode_are_quick_and_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    for formula in ("9**9**9**9*x", "exp(exp(exp(exp(x))))", "-x**x**x"):
        start = time.process_time()
        assert run(["table", "--range", "-1e3:1e3", "-dd", "--", formula]) == 0
        assert time.process_time() - start < 1
        assert capsys.readouterr().err == ""
