"""What info and list tell: facts against known ones, for every function, in every format."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
import subprocess
from functools import cache
from typing import Any

import numpy as np
import pytest

import actviz
from actviz import info
from actviz.info import listing

CATALOGUE = actviz.load()
INF = math.inf


@cache
def known(text: str) -> info.Facts:
    (curve,) = actviz.parse_curves([text])
    return info.facts(curve)


# --- ranges ---

# curve, order: least value, whether it is taken; greatest value, whether it is taken
RANGES: tuple[tuple[str, str, float, bool, float, bool], ...] = (
    ("sigmoid", "range", 0, False, 1, False),
    ("sigmoid", "derivative_range", 0, False, 0.25, True),
    ("tanh", "range", -1, False, 1, False),
    ("tanh", "derivative_range", 0, False, 1, True),
    ("relu", "range", 0, True, INF, False),
    ("relu", "derivative_range", 0, True, 1, True),
    ("relu6", "range", 0, True, 6, True),
    ("leaky_relu", "range", -INF, False, INF, False),
    ("leaky_relu", "derivative_range", 0.01, True, 1, True),
    ("elu", "range", -1, False, INF, False),
    ("elu", "derivative_range", 0, False, 1, True),
    ("silu", "range", -0.27846454276107380, True, INF, False),
    ("mish", "range", -0.30884341301725043, True, INF, False),
    ("gelu", "range", -0.16997120747990366, True, INF, False),
    ("gelu", "derivative_range", -0.12890414518515480, True, 1.1289041451851548, True),
    ("hardsigmoid", "range", 0, True, 1, True),
    ("hardswish", "range", -0.375, True, INF, False),
    ("hardtanh", "range", -1, True, 1, True),
    ("softplus", "range", 0, False, INF, False),
    ("softsign", "derivative_range", 0, False, 1, True),
    ("exponential", "range", 0, False, INF, False),
    ("gaussian", "range", 0, False, 1, True),
    ("sine", "range", -1, True, 1, True),
    ("identity", "derivative_range", 1, True, 1, True),
    ("tanhshrink", "derivative_range", 0, True, 1, False),
    ("step", "range", 0, True, 1, True),
    ("x**4 - 2*x**2", "range", -1, True, INF, False),
    ("x*cos(x)", "range", -INF, False, INF, False),
    ("1/x", "range", -INF, False, INF, False),
    ("1/(1 + x**2)", "range", 0, False, 1, True),
    ("3", "range", 3, True, 3, True),
    ("snake", "derivative_range", 0, True, 2, True),
    ("x + sin(x)", "derivative_range", 0, True, 2, True),
    ("1e-300*sigmoid(x)", "range", 0, False, 1e-300, False),
    ("where(x > 1, x, 0)", "range", 0, True, INF, False),
    ("where(x > 1, -x, 0)", "range", -INF, False, 0, True),
    ("where(x > 1, 2 - x, 0)", "range", -INF, False, 1, False),
    ("sign(sin(x))", "range", -1, True, 1, True),
)


@pytest.mark.parametrize(("curve", "key", "lower", "lower_taken", "upper", "upper_taken"), RANGES)
def test_range(
    curve: str, key: str, lower: float, lower_taken: bool, upper: float, upper_taken: bool
) -> None:
    found = known(curve)[key]
    assert found["lower"] == pytest.approx(lower, rel=4e-16, abs=0)
    assert found["upper"] == pytest.approx(upper, rel=4e-16, abs=0)
    assert (found["lower_taken"], found["upper_taken"]) == (lower_taken, upper_taken)


PLACES = (
    ("silu", "range", "lower_at", -1.2784645427610738),
    ("gelu", "derivative_range", "upper_at", math.sqrt(2)),
    ("gelu", "derivative_range", "lower_at", -math.sqrt(2)),
    ("mish", "range", "lower_at", -1.1924312145154955),
    ("hardswish", "range", "lower_at", -1.5),
    ("sine_relu", "range", "lower_at", -math.pi / 4),
    ("sigmoid", "derivative_range", "upper_at", 0.0),
)


@pytest.mark.parametrize(("curve", "key", "end", "place"), PLACES)
def test_place_of_an_extremum(curve: str, key: str, end: str, place: float) -> None:
    assert known(curve)[key][end] == pytest.approx(place, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("name", [e.name for e in CATALOGUE.entries.values()])
def test_no_value_lies_outside_the_range(name: str) -> None:
    activation = actviz.get(name)
    if activation.vector:
        assert "range" not in known(name)
        return
    out = np.geomspace(1e-3, 1e4, 500)
    x = np.concatenate([-out, np.linspace(-12, 12, 1001), out])
    for order, key in enumerate(("range", "derivative_range")):
        found = known(name)[key]
        y = activation.derivative(x, order)
        room = 4e-16 * np.abs(y)
        assert (y >= found["lower"] - room).all()
        assert (y <= found["upper"] + room).all()


# --- breakpoints ---

BREAKPOINTS: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("relu", [{"x": 0, "kind": "kink", "derivative": 0, "left": 0, "right": 1}]),
    ("leaky_relu", [{"x": 0, "kind": "kink", "derivative": 0.01, "left": 0.01, "right": 1}]),
    ("elu", [{"x": 0, "kind": "seam", "order": 2, "derivative": 1, "left": 1, "right": 0}]),
    ("elu:alpha=2", [{"x": 0, "kind": "kink", "derivative": 2, "left": 2, "right": 1}]),
    (
        "hardswish",
        [
            {"x": -3, "kind": "kink", "derivative": 0, "left": 0, "right": -0.5},
            {"x": 3, "kind": "kink", "derivative": 1, "left": 1.5, "right": 1},
        ],
    ),
    (
        "hardshrink",
        [
            {"x": -0.5, "kind": "jump", "value": 0, "left": -0.5, "right": 0},
            {"x": 0.5, "kind": "jump", "value": 0, "left": 0, "right": 0.5},
        ],
    ),
    ("1/x", [{"x": 0, "kind": "pole", "left": -INF, "right": INF}]),
    ("sigmoid", []),
)


@pytest.mark.parametrize(("curve", "points"), BREAKPOINTS)
def test_breakpoints(curve: str, points: list[dict[str, Any]]) -> None:
    found = known(curve).get("breakpoints", [])
    assert len(found) == len(points)
    for got, expected in zip(found, points, strict=True):
        assert {key: got[key] for key in expected} == expected


def test_breakpoints_that_go_on_are_told_near_0() -> None:
    found = known("sign(sin(x))")
    assert found["breakpoints_within"] == 10
    assert [round(p["x"] / math.pi) for p in found["breakpoints"]] == [-3, -2, -1, 0, 1, 2, 3]
    assert "(those from -10 to 10)" in info.write_facts(found, "text")


def test_limits() -> None:
    assert known("elu:alpha=0.5")["limits"] == {"-inf": -0.5, "inf": INF}
    assert all(math.isnan(limit) for limit in known("sin(x)")["limits"].values())
    assert "none at -inf, none at inf" in info.write_facts(known("sin(x)"), "text")


# --- what the catalogue adds ---


def test_parameters_defaults_and_framework_names() -> None:
    found = known("leaky_relu:negative_slope=0.3")
    assert found["parameters"] == {"alpha": 0.3}
    assert found["defaults"] == {"alpha": 0.01}
    assert found["other_defaults"]["keras"] == {"alpha": 0.2}
    assert found["frameworks"]["torch"].endswith("leaky_relu(negative_slope=0.3)")
    text = info.write_facts(found, "text")
    assert "  parameters   alpha = 0.3 (default 0.01)\n" in text
    assert "keras: alpha = 0.2" in text


def test_a_typed_formula_has_no_paper() -> None:
    found = known("half=x/2")
    assert found["label"] == "half"
    assert not {"paper", "aliases", "frameworks", "note", "breakpoints"} & found.keys()


# --- every function in every format ---


@pytest.mark.parametrize("name", list(CATALOGUE.entries))
def test_every_function_in_every_format(name: str) -> None:
    found = known(name)
    text = info.write_facts(found, "text")
    assert text.startswith(f"{name}\n  f(x)         {CATALOGUE.entries[name].formula}\n")
    assert " nan" not in text
    assert json.loads(info.write_facts(found, "json"))["formula"] == found["formula"]
    assert info.write_facts(found, "markdown").startswith(f"### {name}\n")
    latex = info.write_facts(found, "latex")
    assert latex.count("{") == latex.count("}")
    assert latex.count("&=") == 3


def test_json_has_no_number_that_json_lacks() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for text in ("relu", "sin(x)", "1/x"):
        json.loads(info.write_facts(known(text), "json"), parse_constant=refuse)
    limits = json.loads(info.write_facts(known("x*sin(x)/x - x"), "json"))["limits"]
    assert limits == {"-inf": "Infinity", "inf": "-Infinity"}
    assert json.loads(info.write_facts(known("sin(x)"), "json"))["limits"]["inf"] is None


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
def test_latex_is_typeset(tmp_path: Any) -> None:
    equations = "\n".join(info.write_facts(known(name), "latex") for name in CATALOGUE.entries)
    (tmp_path / "all.tex").write_text(
        "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n"
        f"{equations}\n\\end{{document}}\n"
    )
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "all.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)


# --- the list ---

WORDS = (
    (["relu"], "relu", True),
    (["RELU", "keras"], "relu", True),
    (["leaky-relu"], "leaky_relu", True),
    (["hard", "swish"], "hardswish", True),
    (["erf"], "relu", False),
    (["x*sigmoid"], "silu", True),
    (["torch.nn.functional.mish"], "mish", True),
    (["logistic"], "sigmoid", True),
)


@pytest.mark.parametrize(("words", "name", "there"), WORDS)
def test_words_filter_the_list(words: list[str], name: str, there: bool) -> None:
    try:
        names = [entry.name for entry in info.matching(CATALOGUE, words)]
    except actviz.UsageError:
        names = []
    assert (name in names) is there


def test_the_list_is_whole_in_every_format() -> None:
    entries = info.matching(CATALOGUE, [])
    names = list(CATALOGUE.entries)
    assert [entry.name for entry in entries] == names
    assert [row[0] for row in csv.reader(io.StringIO(info.write_entries(entries, "csv")))][
        1:
    ] == names
    tsv = info.write_entries(entries, "tsv").splitlines()[1:]
    assert [line.split("\t")[:2] for line in tsv] == [[e.name, e.formula] for e in entries]
    assert [record["name"] for record in json.loads(info.write_entries(entries, "json"))] == names
    markdown = info.write_entries(entries, "markdown").splitlines()[2:]
    assert [line.split()[1] for line in markdown] == names


def test_the_list_on_a_terminal() -> None:
    entries = info.matching(CATALOGUE, [])
    for width in (40, 80, 200):
        table = listing.entries_rich(entries, width=width)
        assert "\x1b" not in table
        assert max(map(len, table.splitlines())) <= width
    assert "\x1b[" in listing.entries_rich(entries, colour=True, width=80)


def test_markup_of_a_name_is_text() -> None:
    entry = actviz.Entry("[red]x[/red]", "x", aliases=("[bold]",))
    assert "[red]x[/red]" in listing.entries_rich([entry], width=80)
    assert "[bold]" in listing.entries_rich([entry], width=120)
