"""Hostile and wrong requests: each is refused at once, with one message, and nothing is written."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from actviz.cli import run
from actviz.errors import FormulaError
from actviz.formula.parsing import parse

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
    "x if x > 0 else 0",
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
    "x" * 501,
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


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The message of a request that must be refused quickly, in a few lines, with exit code 2."""
    before = sorted(Path.cwd().rglob("*"))
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


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


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


# Each request is wrong in one way; the message must hold the words beside it.
WRONG = (
    # names and parameters
    ("plot rlu", "relu"),
    ("plot rlu elu", "relu"),
    ("plot relu rlu", "relu"),
    ("table gelu_tahn --at 1", "gelu_tanh"),
    ("info Leaky--Relu", "leaky_relu"),
    ("plot elu:aplha=1", "alpha"),
    ("plot relu:alpha=1", "alpha"),
    ("plot elu:alpha", "alpha"),
    ("plot elu:alpha=", "alpha"),
    ("plot elu:alpha=one", "one"),
    ("plot elu:alpha=inf", "inf"),
    ("plot elu:alpha=1e999", "1e999"),
    ("plot elu:alpha=x", "x"),
    ("plot elu:alpha=1,alpha=2", "twice"),
    ("plot elu:=1", "=1"),
    ("plot a*x", "a*x:a=1"),
    ("plot a*x:b=1", "a"),
    ("plot a*x:a=1,b=1", "b"),
    ("plot relu(x)", "max(x, 0)"),
    ("plot =relu", ""),
    ("list nothing_like_this", "nothing_like_this"),
    ("list sgmoid", "sigmoid"),
    ("list relu --columns gian", "gain"),
    ("list relu --columns ,", "column"),
    ("info relu elu", "one curve"),
    # ranges and points
    ("plot relu --range 6:-6", "reversed"),
    ("plot relu --range 1:1", "empty"),
    ("plot relu --range 0:-0", "empty"),
    ("plot relu --range -inf:inf", "finite"),
    ("plot relu --range 0:nan", "finite"),
    ("plot relu --range 0:1e999", "1e999"),
    ("plot relu --range 1", "A:B"),
    ("plot relu --range :", "A:B"),
    ("plot relu --range 1:", "A:B"),
    ("plot relu --range 1:2:3", "A:B"),
    ("plot relu --range -6,6", "-6:6"),
    ("plot relu --range a:b", "number"),
    ("table relu --points 0", "0 points"),
    ("table relu --points 1", "1 point"),
    ("table relu --points -5", "-5"),
    ("table relu --points 2.5", "2.5"),
    ("table relu --points many", "many"),
    ("table relu --points 99999999999999999999999", "points"),
    ("table relu --points 10000001", "10,000,000"),
    ("table relu --step 0", "step"),
    ("table relu --step -1", "step"),
    ("table relu --step nan", "step"),
    ("table relu --step inf", "step"),
    ("table relu --step 100", "larger"),
    ("table relu --step 1e-300", "10,000,000"),
    ("table relu --step 1 --points 3", "both"),
    ("table relu --at 1 --range 0:1", "not both"),
    ("table relu --at 1 --step 1", "not both"),
    ("table relu --at 1 --points 2", "not both"),
    ("table relu --at 1,,2", "comma"),
    ("table relu --at one", "one"),
    ("table relu --at 1;2", "1;2"),
    ("table relu --at 0x10", "0x10"),
    ("table relu --at 1e999", "1e999"),
    # orders
    ("plot relu --order 5", "5"),
    ("plot relu --order -1", "-1"),
    ("plot relu --order 1.5", "1.5"),
    ("plot relu --order 0-2", "0-2"),
    ("plot relu --order ,", "''"),
    ("plot relu --order one", "one"),
    ("plot relu --order 1 -d", "not both"),
    ("plot relu -ddddd", "4"),
    ("table x**1e300 --at 1 -dd", "derivative"),
    # formats and places
    ("plot relu --format jpg", "png"),
    ("plot relu --format pgn", "png"),
    ("plot relu -o relu.jpg", "png"),
    ("plot relu -o relu", "suffix"),
    ("plot relu -o .", "folder"),
    ("plot relu -o missing/", "mkdir -p missing"),
    ("plot relu -o missing/relu.png", "mkdir -p missing"),
    ("plot relu elu -o both.png", "{name}"),
    ("plot relu elu -o - --format svg", "-"),
    ("plot relu RELU -o {ext}.svg", "{name}"),
    ("plot relu -o {nmae}.svg", "{name}"),
    ("plot relu -o -", "--format"),
    ("table relu --format cvs", "csv"),
    ("table relu --format xlsx", "csv"),
    ("table relu -o relu.xlsx", ".csv"),
    ("table relu -o missing/relu.csv", "mkdir -p missing"),
    ("list --format yaml", "json"),
    ("list -o missing/list.json", "mkdir -p missing"),
    ("info relu --format xml", "json"),
    ("check relu --format xml", "junit"),
    ("check relu -o missing/check.txt", "mkdir -p missing"),
    # choices
    ("compare relu elu --layout gird", "grid"),
    ("compare relu elu --layout GIRD", "grid"),
    ("plot relu --theme drak", "dark"),
    ("plot relu --axes centre", "center"),
    ("plot relu --ticks tau", "pi"),
    ("plot relu --size 6", "6x4"),
    ("plot relu --size 0x0", "size"),
    ("plot relu --size 1e9x1e9", "size"),
    ("plot relu --dpi 0", "dpi"),
    ("plot relu --dpi 100000", "dpi"),
    ("plot relu --ylim 1:0", "reversed"),
    ("plot relu --hline high", "high"),
    ("plot relu --points 5", "--vector"),
    ("plot relu --print-alt -o - --format svg", "--print-alt"),
    ("plot relu --preview -o relu.svg", "-o"),
    ("plot relu --preview --theme dark", "takes no --theme"),
    ("plot relu --preview --show", "--show"),
    ("plot softmax --preview", "vector"),
    ("compare relu elu --preview --diff", "--diff"),
    ("compare relu elu --preview --layout grid", "--layout"),
    ("plot relu --show --format svg", "--format"),
    ("plot relu --jobs 0", "--jobs"),
    ("plot relu --jobs many", "--jobs"),
    ("plot relu --saturation 0.1", "--annotate"),
    ("plot relu --style missing.mplstyle", "missing.mplstyle"),
    ("check relu --oracle scipy", "mpmath"),
    ("check relu --oracle mpmth", "mpmath"),
    ("check relu elu --derivative 1", "one curve"),
    ("check relu --against nowhere", "module:callable"),
    ("check relu --against no_such_module:f", "no_such_module"),
    ("check relu --against math:no_such_name", "no_such_name"),
    ("check relu --against math:sin --dtype float63", "float64"),
    ("check relu --against math:sin --rtol much", "much"),
    ("check relu --dtype float32", "--against"),
    ("check relu --rtol 1e-3", "--against"),
    ("check relu --against-derivative math:cos", "--against"),
    ("check relu --equals elu --against math:sin", ""),
    ("check relu --derivative 1 --against math:sin", ""),
    # catalogues
    ("list --catalogue missing.toml", "missing.toml"),
    ("list --catalogue .", "."),
    ("list --catalogue broken.toml", "broken.toml"),
    ("list --catalogue unknown.toml", "formla"),
    ("list --catalogue binary.toml", "binary.toml"),
    # the command line itself
    ("plto relu", "plot"),
    ("relu", "actviz plot relu"),
    ("elu:alpha=2", "actviz plot elu:alpha=2"),
    ("cat relu", "compare"),
    ("x**2", "actviz plot 'x**2'"),
    ("torch:relu", "actviz plot torch:relu"),
    ("plot", "actviz plot relu"),
    ("compare", "actviz compare relu"),
    ("table --at 1", "actviz table relu"),
    ("info", "actviz info relu"),
    ("plot relu --rnage 0:1", "--range"),
    ("plot relu --no-such-option", "--no-such-option"),
    ("plot relu --range", "--range"),
    ("plot relu -o", "-o"),
    ("plot relu -z", "-z"),
    ("plot -x", "-- '-x**2'"),
    ("plot relu --grid=yes", "--grid"),
    ("--no-such-option", "--no-such-option"),
    ("help plot", "--help"),
    ("draw relu", "plot"),
    ("plot relu -range 0:1", "--range"),
    ("plot relu -output=a.svg", "--output"),
    ("plot relu -6:6", "--range -6:6"),
    ("plot relu --xlim -6:6", "--range"),
    ("plot relu --figsize 6x4", "--size"),
    ("plot figures.toml", "'figures.toml' is a file: a list of figures goes after --from"),
    ("table relu --from figures.toml", "It is for plot and compare."),
    ("table relu --xlim -6:6", "--range"),
    ("--catalogue mine.toml list", "after the command"),
    ("-d plot relu", "after the command"),
    ("check relu -d", "plot and compare and table"),
    ("info relu --range 0:1", "plot and compare and table"),
    ("plot relu --layout grid", "compare"),
)


@pytest.mark.parametrize(("request_", "words"), WRONG, ids=lambda text: text)
def test_a_wrong_request_is_refused(
    request_: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.toml").write_text("[relu\n")
    Path("unknown.toml").write_text('[mine]\nformla = "x"\n')
    Path("binary.toml").write_bytes(bytes(range(256)))
    assert words in refused(request_.split(), capsys)


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
