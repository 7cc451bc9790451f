"""The command line: what it takes, where its results go, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import Call
from pictures import BEGINS
from terminals import ACTVIZ

import actviz
from actviz import figure
from actviz.cli.pages import PAGES
from actviz.errors import UsageError

COMMANDS = tuple(PAGES)


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


# --- orders, ranges, values ---

HEADERS = (
    ("relu", "x,relu"),
    ("relu -d", "x,relu,relu_d1"),
    ("relu --deriv", "x,relu,relu_d1"),
    ("relu -dd", "x,relu,relu_d1,relu_d2"),
    ("relu -d -d", "x,relu,relu_d1,relu_d2"),
    ("-d relu elu", "x,relu,relu_d1,elu,elu_d1"),
    ("relu --order 1", "x,relu_d1"),
    ("relu --order 0,2", "x,relu,relu_d2"),
    ("relu --order=4", "x,relu_d4"),
    ("ReLU Leaky-ReLU", "x,relu,leaky_relu"),
    ("x**2 x**3", "x,f,f2"),
    ("square=x**2", "x,square"),
    ("-- -x**2", "x,f"),
    ("-- -x", "x,f"),
)


@pytest.mark.parametrize(("words", "header"), HEADERS)
def test_columns(call: Call, words: str, header: str) -> None:
    done = call("table", "--at", "1", *words.split())
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == header


GRIDS = (
    ("--at -1,0,1", [-1, 0, 1]),
    ("--at=-1,0,1", [-1, 0, 1]),
    ("--at 3,1,2", [3, 1, 2]),
    ("--at inf,-inf", [np.inf, -np.inf]),
    ("--range -6:6 --points 3", [-6, 0, 6]),
    ("--range=-6:6 --points 3", [-6, 0, 6]),
    ("--points 3", [-6, 0, 6]),
    ("--range 0:1 --step 0.5", [0, 0.5, 1]),
    ("--range 0:1 --step .3", [0, 0.3, 0.6, 0.9]),
)


@pytest.mark.parametrize(("words", "values"), GRIDS)
def test_x_values(call: Call, words: str, values: list[float]) -> None:
    done = call("table", "identity", *words.split())
    assert [float(row[0]) for row in cells(done.out)[1:]] == values


READ = (
    # text of standard input, and the column that is asked for
    ("1 2 3", ""),
    ("1,2,3", ""),
    (" 1, 2 ,3 ,", ""),
    ("1\n2\n\n3\n", ""),
    ("x\n1\n2\n3\n", ""),
    ("# x\n1\n2\n3\n", ""),
    ("\ufeff1\n2\n3\n", ""),
    ("x,y\n1,7\n2,8\n3,9\n", "x"),
    ("y;X\n7;1\n8;2\n9;3\n", "x"),
    ("7 1\n8 2\n9 3\n", "2"),
    ("7\t1\n8\t2\n9\t3\n", "2"),
)


@pytest.mark.parametrize(("text", "column"), READ)
def test_values_from_standard_input(
    call: Call, text: str, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    done = call("table", "identity", "--at", "-", *(["--at-column", column] if column else []))
    assert [row[1] for row in cells(done.out)[1:]] == ["1.0", "2.0", "3.0"]


NOT_READ = (
    ("1 2\n3", "", "line 1: There are 2 columns of numbers: say which by number, --at-column 1."),
    ("3\n1 2\n", "", "line 2: There are 2 columns of numbers"),
    (
        "x,y\n1,2\n",
        "",
        "line 2: There are 2 columns of numbers: say which by name (x, y) or number",
    ),
    ("x,y\n1,2\n", "z", "standard input has no column 'z'. There are 2 columns"),
    ("1 2\n3\n", "2", "line 2: there is no column 2"),
    ("1,000\n", "", "'1,000' may be one number or several. Write 1000, or 1, 000."),
    ("1\n12,345.5\n", "", "line 2: '12,345.5' may be one number or several"),
    ("1,,2", "", "line 1: there is nothing beside a comma"),
    ("1\nx\n", "", "line 2: 'x' is not a number"),
    ("x\n", "", "standard input holds no number"),
    ("", "", "standard input holds no number"),
    ("pi/2\n1\npi\n", "", "line 3: 'pi' is not a number"),
)


@pytest.mark.parametrize(("text", "column", "said"), NOT_READ)
def test_standard_input_that_is_ambiguous_is_refused(
    call: Call, text: str, column: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    done = call("table", "identity", "--at", "-", *(["--at-column", column] if column else []))
    assert (done.code, done.out) == (2, "") and said in done.err


def test_a_column_is_for_standard_input(call: Call) -> None:
    done = call("table", "identity", "--at", "1", "--at-column", "1")
    assert done.code == 2 and "--at-column is for --at -" in done.err


def test_known_values(call: Call) -> None:
    done = call("table", "sigmoid", "--at", "0.1,0.4,0.7,1", "-d", "--format", "csv")
    rows = [[f"{float(cell):.8f}" for cell in row[1:]] for row in cells(done.out)[1:]]
    assert rows == [
        ["0.52497919", "0.24937604"],
        ["0.59868766", "0.24026075"],
        ["0.66818777", "0.22171287"],
        ["0.73105858", "0.19661193"],
    ]
    done = call("table", "sigmoid", "--range", "-10:10", "--points", "100", "-d")
    assert [f"{float(row[2]):.4e}" for row in cells(done.out)[1:4]] == [
        "4.5396e-05",
        "5.5558e-05",
        "6.7994e-05",
    ]


def test_softmax_takes_the_values_as_one_vector(call: Call) -> None:
    done = call("table", "softmax", "--at", "-0.0027,1.0101,-0.9370", "-d")
    rows = np.array(cells(done.out)[1:], dtype=float)
    assert [f"{p:.4f}" for p in rows[:, 1]] == ["0.2412", "0.6641", "0.0948"]
    assert rows[:, 1].sum() == pytest.approx(1, abs=4e-16)
    np.testing.assert_allclose(rows[:, 2], rows[:, 1] * (1 - rows[:, 1]), rtol=1e-14)


# --- where results go ---


def test_a_figure_and_its_path(call: Call) -> None:
    assert call("plot", "relu", "--deriv") == (0, "relu.png\n", "")
    assert Path("relu.png").read_bytes().startswith(b"\x89PNG")
    assert call("plot", "relu", "-o", "relu.svg") == (0, "relu.svg\n", "")
    assert b"<svg" in Path("relu.svg").read_bytes()
    assert call("plot", "relu", "-o", "a.pdf", "--format", "svg") == (0, "a.pdf\n", "")
    assert b"<svg" in Path("a.pdf").read_bytes()


def test_several_figures(call: Call) -> None:
    Path("out").mkdir()
    done = call("plot", "relu", "my elu=elu", "-o", "out/", "--format", "svg")
    assert done == (0, "out/relu.svg\nout/my_elu.svg\n", "")
    done = call("plot", "relu", "elu", "-o", "out/fig-{name}.svg")
    assert done == (0, "out/fig-relu.svg\nout/fig-elu.svg\n", "")
    assert len(list(Path("out").iterdir())) == 4


def test_one_figure_of_several_curves(call: Call) -> None:
    assert call("compare", "gelu", "silu", "-o", "cmp.svg") == (0, "cmp.svg\n", "")
    assert call("compare", "gelu", "silu", "--format", "svg") == (0, "gelu-silu.svg\n", "")
    for layout in ("overlay", "grid", "stack", "GRID"):
        done = call("compare", "gelu", "silu", "-d", "--layout", layout, "-o", "a.svg")
        assert done == (0, "a.svg\n", "")


def test_a_file_name_of_many_curves_is_not_too_long(call: Call) -> None:
    names = [name for name in actviz.load().entries if actviz.get(name).elementwise][:12]
    labelled = [f"{name} with a long label={name}" for name in names]
    done = call("compare", *labelled, "--layout", "grid", "--format", "svg")
    assert done.code == 0
    assert done.out.endswith("-more.svg\n")
    assert len(done.out) < 120


def test_nothing_but_the_figure_on_standard_output(call: Call) -> None:
    for format, start in BEGINS.items():
        done = call("plot", "relu", "-o", "-", "--format", format)
        assert (done.code, done.err) == (0, "")
        assert done.out.encode("latin-1").startswith(start)
    assert list(Path.cwd().iterdir()) == []


def test_one_of_several_figures_fails(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = figure.plot

    def fails(curve: actviz.Curve, *rest: object) -> object:
        if curve.label in ("elu", "gelu"):
            raise UsageError("This one cannot be drawn.")
        return plot(curve, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(figure, "plot", fails)
    done = call("plot", "relu", "elu", "silu", "gelu", "-o", "{name}.svg")
    assert done.code == 1
    assert done.out == "relu.svg\nsilu.svg\n"
    assert done.err.splitlines() == [
        "Error: elu: This one cannot be drawn.",
        "Error: gelu: This one cannot be drawn.",
    ]
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["relu.svg", "silu.svg"]
    done = call("plot", "elu", "-o", "one.svg")
    assert done == (2, "", "Error: This one cannot be drawn.\n")


def test_figures_drawn_by_several_processes_are_the_same(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = list(actviz.load().entries)[:8]
    Path("one").mkdir()
    Path("two").mkdir()
    done = call("plot", *names, "--jobs", "1", "-o", "one/", "--format", "svg")
    assert done == (0, "".join(f"one/{name}.svg\n" for name in names), "")
    done = call("plot", *names, "--jobs", "3", "-o", "two/", "--format", "svg")
    assert done == (0, "".join(f"two/{name}.svg\n" for name in names), "")
    for name in names:
        assert Path(f"one/{name}.svg").read_bytes() == Path(f"two/{name}.svg").read_bytes()


def test_stopped_in_the_middle_only_whole_figures_are_left(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*ACTVIZ, "plot", *list(actviz.load().entries)[:40], "--jobs", "3", "-o", f"{tmp_path}/"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    for _ in range(4):
        process.stdout.readline()
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert err == b""
    assert process.returncode in (-signal.SIGTERM, 128 + signal.SIGTERM)
    written = list(tmp_path.iterdir())
    assert written
    assert all(path.read_bytes().endswith(b"IEND\xaeB`\x82") for path in written)


def test_what_a_figure_shows_in_words(call: Call) -> None:
    done = call("plot", "relu", "-d", "--print-alt", "-o", "relu.svg")
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) == 1
    assert "relu" in done.out
    assert Path("relu.svg").exists()


def test_a_preview_in_the_terminal(call: Call) -> None:
    for arguments in (["plot", "relu", "elu"], ["compare", "relu", "elu", "-d"]):
        done = call(*arguments, "--preview")
        assert (done.code, done.err) == (0, "")
        text = done.out.encode("latin-1").decode()
        assert max(map(len, text.splitlines())) <= 80
        assert "relu" in text
        assert any("\N{BRAILLE PATTERN BLANK}" < character <= "\u28ff" for character in text)
    assert list(Path.cwd().iterdir()) == []


def test_a_window(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(figure, "show", lambda picture: shown.append(picture.words[0]))
    assert call("plot", "relu", "elu", "--show") == (0, "", "")
    assert call("compare", "relu", "elu", "--show") == (0, "", "")
    assert len(shown) == 3
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("command", ["table relu --at 1", "list relu", "info relu", "check relu"])
def test_a_text_in_a_folder_or_by_a_template(call: Call, command: str) -> None:
    Path("out").mkdir()
    assert call(*command.split(), "-o", "out/").code == 0
    assert call(*command.split(), "-o", "out/{name}-2.{ext}", "--format", "json").code == 0
    assert len(list(Path("out").iterdir())) == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_the_same_bytes_keeps_its_time(call: Call, command: str) -> None:
    words = [command, "relu", "-o", "out.svg" if command in ("plot", "compare") else "out.json"]
    for moved in (True, False):
        assert call(*words, *[] if moved else ["--if-changed"]).code == 0
        assert (Path(words[-1]).stat().st_mtime > 10) == moved
        os.utime(words[-1], (10, 10))
    at = [] if command != "table" else ["--at", "1"]
    formats = ["--format", "svg"] if command in ("plot", "compare") else []
    done = call(command, "relu", *at, *formats, "-o", "-", "--if-changed")
    assert done == (2, "", "Error: --if-changed is about files, and - is none.\n")


def test_a_table_of_what_is_no_number(call: Call) -> None:
    records = json.loads(call("table", "relu", "--at", "0.1,nan", "--format", "json").out)
    assert records == [{"x": 0.1, "relu": 0.1}, {"x": None, "relu": None}]


# --- catalogues ---


def test_catalogues_of_ones_own(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("one.toml").write_text('[bent]\nformula = "x + a*x**2"\nparameters = { a = 1 }\n')
    Path("two.toml").write_text('[cube]\nformula = "x**3"\n')
    done = call("table", "Bent", "cube", "--at", "2", "--catalogue", "one.toml",
                "--catalogue", "two.toml")  # fmt: skip
    assert done.out == "x,bent,cube\n2.0,6.0,8.0\n"
    monkeypatch.setenv("ACTVIZ_CATALOGUE", os.pathsep.join(["one.toml", "two.toml"]))
    assert call("table", "bent", "cube", "--at", "2").out == done.out
    assert call("info", "cube").code == 0
    assert call("check", "cube", "--oracle", "difference").code == 0
    monkeypatch.setenv("ACTVIZ_CATALOGUE", "missing.toml")
    assert call("list").code == 2


# --- list and info ---


def test_list(call: Call) -> None:
    done = call("list")
    rows = cells(done.out)
    assert rows[0] == ["name", "formula", "parameters", "aliases"]
    assert [row[0] for row in rows[1:]] == list(actviz.load().entries)
    assert [row[0] for row in cells(call("list", "TORCH", "hard-s").out)[1:]] == [
        "hardsigmoid",
        "hardswish",
        "hardshrink",
        "hard_sigmoid_keras2",  # whose note tells what it is not
    ]
    records = json.loads(call("list", "elu", "--format", "json").out)
    elu = next(record for record in records if record["name"] == "elu")
    assert elu["parameters"] == {"alpha": 1.0}
    assert elu["frameworks"]["torch"] == "torch.nn.functional.elu(alpha=1)"


# --- several files of one figure ---


@pytest.mark.parametrize(
    ("typed", "files"),
    [
        ("plot relu -o a.svg -o a.pdf", "a.svg a.pdf"),
        ("plot relu -o a.{svg,pdf,png}", "a.svg a.pdf a.png"),
        ("plot relu gelu -o {name}.{svg,pdf}", "relu.svg relu.pdf gelu.svg gelu.pdf"),
        ("compare relu gelu -o {a,b}.svg", "a.svg b.svg"),
    ],
)
def test_a_figure_goes_to_several_files(call: Call, typed: str, files: str) -> None:
    done = call(*typed.split())
    assert (done.code, done.out.split(), done.err) == (0, files.split(), "")
    for name in files.split():
        begins = BEGINS[Path(name).suffix.removeprefix(".")]
        assert Path(name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("plot relu -o a.svg -o a.svg", "'a.svg' is given more than once"),
        ("plot relu -o a.svg -o b.gif", "unknown suffix of 'b.gif'"),
        ("plot relu gelu -o a.{svg,pdf}", "one file for 2 results"),
    ],
)
def test_nothing_is_written_if_one_of_the_files_cannot_be(
    call: Call, typed: str, said: str
) -> None:
    done = call(*typed.split())
    assert done.code == 2
    assert said in done.err
    assert list(Path().iterdir()) == []
