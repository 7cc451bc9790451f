"""What info and list tell: facts against known ones, for every function, in every format."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
import subprocess
from functools import cache
from typing import Any

import pytest
from sampled import sampled

import actviz
from actviz import info
from actviz.catalogue.entry import Entry
from actviz.info import listing, sparkline, writing
from actviz.properties import ROWS, plain, properties
from actviz.table.objects import jsonable

CATALOGUE = actviz.load()
ENTRIES = info.matching(CATALOGUE, [])
INF = math.inf


@cache
def found(text: str) -> info.Facts:
    (curve,) = actviz.parse_curves([text])
    return info.facts(curve)


def known(text: str) -> dict[str, Any]:
    return info.record(found(text))


# --- properties: that they are told; whether they are right is for their own tests ---

TOLD = (
    ("silu", "range of f", "[-0.2784645, inf), min at -1.278465"),
    ("sigmoid", "range of f'", "(0, 0.25], max at 0"),
    ("relu", "range of f", "[0, inf)"),
    ("elu:alpha=0.5", "limits of f", "-0.5 at -inf, inf at inf"),
    ("sin(x)", "limits of f", "none at -inf, none at inf"),
    ("gelu", "Lipschitz constant", "1.128904"),
    ("tanh", "gain of values", "1.592537"),
    ("step", "smoothness", "discontinuous"),
)


@pytest.mark.parametrize(("curve", "label", "words"), TOLD)
def test_properties_are_told(curve: str, label: str, words: str) -> None:
    rows = {fact.label: fact.lines for fact in writing.fact_rows(found(curve))}
    assert rows[label][0].startswith(words)


def test_a_function_of_a_vector_has_none() -> None:
    assert not {"range", "limits", "breakpoints"} & known("softmax").keys()
    assert "range" not in info.write_facts(found("softmax"), "text")


def test_every_property_is_a_row_and_a_key() -> None:
    labels = {fact.label for fact in writing.fact_rows(found("silu"))}
    unmeasured = {"nanoseconds", "breakpoints"}
    assert {row.label for row in ROWS if row.name not in unmeasured} <= labels
    assert {row.name for row in ROWS} - unmeasured <= known("silu").keys()


# --- sparklines ---


def test_a_sparkline_goes_up_and_down_with_the_function() -> None:
    heights = [sparkline.BLOCKS.index(c) for c in sparkline.sparkline(actviz.get("sigmoid"), 0)]
    assert heights == sorted(heights)
    assert (heights[0], heights[-1]) == (0, 7)
    flat = sparkline.sparkline(actviz.get("identity"), 1)
    assert set(flat) == {sparkline.BLOCKS[0]}
    assert sparkline.sparkline(actviz.get("1/x"), 0).count(" ") == 1
    assert sparkline.sparkline(actviz.get("log(-10 - abs(x))"), 0) == ""


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
    told = known(curve).get("breakpoints", [])
    assert len(told) == len(points)
    for got, expected in zip(told, points, strict=True):
        assert {key: got[key] for key in expected} == expected


def test_breakpoints_that_go_on_are_told_near_0() -> None:
    told = known("sign(sin(x))")
    assert told["breakpoints_within"] == 10
    assert [round(p["x"] / math.pi) for p in told["breakpoints"]] == [-3, -2, -1, 0, 1, 2, 3]
    assert "(those from -10 to 10)" in info.write_facts(found("sign(sin(x))"), "text")


# --- what the catalogue adds ---


def test_parameters_defaults_and_framework_names() -> None:
    told = known("leaky_relu:negative_slope=0.3")
    assert told["parameters"] == {"alpha": 0.3}
    assert told["defaults"] == {"alpha": 0.01}
    assert told["other_defaults"]["keras"] == {"alpha": 0.2}
    assert told["frameworks"]["torch"].endswith("leaky_relu(negative_slope=0.3)")
    text = info.write_facts(found("leaky_relu:negative_slope=0.3"), "text")
    assert " alpha = 0.3 (default 0.01)\n" in text
    assert "keras: alpha = 0.2" in text


def test_a_typed_formula_has_no_paper() -> None:
    told = known("half=x/2")
    assert told["label"] == "half"
    assert not {"paper", "aliases", "frameworks", "note", "breakpoints"} & told.keys()


# --- every function in every format ---


@pytest.mark.parametrize("name", sampled(list(CATALOGUE.entries), 0.008))
def test_every_function_in_every_format(name: str) -> None:
    told = found(name)
    lines = info.write_facts(told, "text").splitlines()
    assert lines[0] == name
    of = f"f({', '.join(CATALOGUE.entries[name].arguments)})"
    assert lines[1].removeprefix(f"  {of}").strip() == CATALOGUE.entries[name].formula
    assert not any(re.search(r"\bnan\b", line) for line in lines)
    assert json.loads(info.write_facts(told, "json"))["formula"] == told.activation.formula
    assert info.write_facts(told, "markdown").startswith(f"### {name}\n")
    latex = info.write_facts(told, "latex")
    assert latex.count("{") == latex.count("}")
    assert latex.count("&=") == 3


def test_json_has_no_number_that_json_lacks() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for text in ("relu", "sin(x)", "1/x"):
        json.loads(info.write_facts(found(text), "json"), parse_constant=refuse)
    limits = json.loads(info.write_facts(found("-x"), "json"))["limits"]
    assert limits == ["Infinity", "-Infinity"]
    assert json.loads(info.write_facts(found("sin(x)"), "json"))["limits"] == [None, None]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
def test_latex_is_typeset(tmp_path: Any) -> None:
    equations = "\n".join(
        info.write_facts(found(name), "latex") for name in sampled([*CATALOGUE.entries], 0.04)
    )
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
    for width in (40, 80, 200):
        table = info.write_entries(ENTRIES, "rich", width=width)
        assert "\x1b" not in table
        assert max(map(len, table.splitlines())) <= width
        assert ("aliases" in table) is (width >= listing.WIDE)
    assert "\x1b[" in info.write_entries(ENTRIES, "rich", colour=True, width=80)


def test_markup_of_a_name_is_text() -> None:
    table = info.write_entries([Entry("[red]x[/red]", "x", aliases=("[bold]",))], "rich", width=120)
    assert "[red]x[/red]" in table
    assert "[bold]" in table


def test_columns_that_are_asked_for() -> None:
    entries = [CATALOGUE.entries["gelu"], CATALOGUE.entries["quick_gelu"]]
    columns = info.read_columns("Derivative, range,lipschitz,zero-centred")
    assert columns == ("name", "derivative", "range", "lipschitz", "zero_centred")
    rows = csv.DictReader(io.StringIO(info.write_entries(entries, "csv", columns)))
    gelu = next(row for row in rows if row["name"] == "gelu")
    assert gelu["derivative"] == "Phi(x) + x*phi(x)"
    assert (gelu["range_lower_attained"], gelu["range_upper"]) == ("true", "inf")
    assert float(gelu["range_lower_at"]) == pytest.approx(-0.7517915246935645, rel=1e-14)
    assert float(gelu["lipschitz"]) == pytest.approx(1.1289041451851548, rel=1e-15)
    records = json.loads(info.write_entries(entries, "json", columns))
    assert next(r for r in records if r["name"] == "gelu")["range"]["lower_attained"] is True
    for format in ("rich", "tsv", "markdown"):
        assert "lipschitz" in info.write_entries(entries, format, columns)
    with pytest.raises(actviz.UsageError, match="Did you mean gain"):
        info.read_columns("gian")


def test_a_function_of_a_vector_has_empty_properties() -> None:
    text = info.write_entries([CATALOGUE.entries["softmax"]], "csv", ("name", "limits", "gain"))
    assert text == "name,limits_left,limits_right,gain\nsoftmax,,,\n"


# --- several curves side by side ---

SIDE_BY_SIDE = ("relu", "gelu", "elu:alpha=0.5|2", "half=x/2", "sin(x)", "1/x", "hardshrink")


@cache
def compared(format: str, width: int = 80) -> str:
    return info.write_properties(actviz.parse_curves(SIDE_BY_SIDE), format, width=width)


def test_properties_for_programs_are_those_of_each_curve() -> None:
    curves = actviz.parse_curves(SIDE_BY_SIDE)
    told = json.loads(compared("json"))
    assert told == [json.loads(line) for line in compared("jsonl").splitlines()]
    assert [each["name"] for each in told] == [curve.label for curve in curves]
    for each, curve in zip(told, curves, strict=True):
        assert each["parameters"] == dict(curve.activation.parameters)
        whole = jsonable(plain(properties(curve.activation)))
        names = {row.name for row in ROWS} - {"nanoseconds"}
        assert {name: each[name] for name in names} == {name: whole[name] for name in names}
        assert each["proved"] == whole["proved"]


def test_json_says_how_sure_the_facts_of_its_columns_are() -> None:
    columns = info.read_columns("formula,range,gain,zeros")
    told = json.loads(info.write_properties(actviz.parse_curves(["x**x", "silu"]), "json", columns))
    assert [each["proved"]["range"] for each in told] == [False, True]
    entries = [CATALOGUE.entries[name] for name in ("relu", "softmax")]
    listed = json.loads(info.write_entries(entries, "json", columns))
    assert [each["proved"] for each in listed] == [{"range": True, "zeros": True}, None]
    for columns in (("name", "gain"), ("name", "formula")):
        assert "proved" not in json.loads(info.write_entries(entries, "json", columns))[0]
    assert "proved" not in info.write_entries(entries, "csv", ("name", "range"))


def test_a_spreadsheet_of_properties_has_scalars_of_all_digits() -> None:
    rows = list(csv.DictReader(io.StringIO(compared("csv"))))
    for curve, row in zip(actviz.parse_curves(SIDE_BY_SIDE), rows, strict=True):
        found = properties(curve.activation)
        assert float(row["mean"] or "nan") == pytest.approx(found.mean, rel=0, nan_ok=True)
        assert float(row["range_lower"]) == found.range.lower
        assert row["range_upper_attained"] == ("true" if found.range.upper_attained else "false")
        assert [row["limits_left"] == "", row["limits_right"] == ""] == [
            math.isnan(limit) for limit in found.limits
        ]
        places = [float(text) for text in row["breakpoints"].split()]
        assert places == [point.x for point in found.breakpoints]
    zeros = [row["zeros"] for row in rows]
    assert zeros[:3] == ["-inf:0.0", "0.0", "0.0"]
    assert zeros[5].endswith("...")  # those of sin go on
    assert zeros[6] == ""
    tabbed = list(csv.DictReader(io.StringIO(compared("tsv")), delimiter="\t"))
    assert tabbed == rows


def test_for_people_a_line_is_a_curve_if_that_fits_and_a_property_if_not() -> None:
    curves = actviz.parse_curves(["relu", "gelu"])
    few = info.read_columns("gain,parity")
    for format in ("rich", "markdown", "latex"):
        lines = info.write_properties(curves, format, few, width=80).splitlines()
        assert any(re.search(r"name\W+gain\W+parity", line) for line in lines)
        lines = info.write_properties(curves, format, width=80).splitlines()
        assert any(re.search(r"^\W*relu\W+gelu", line) for line in lines)
        assert any(re.search(r"^\W*gain of values\W+1\.414214\W+1\.53353", line) for line in lines)
        assert not any("parameters" in line for line in lines)  # neither has any


@pytest.mark.parametrize("width", sampled([60, 80, 120], 0.3))
def test_side_by_side_on_a_terminal(width: int) -> None:
    lines = compared("rich", width).splitlines()
    assert max(map(len, lines)) <= width
    heads = [line.split() for line in lines if line.startswith(" " * 20) and line.split()]
    labels = [curve.label for curve in actviz.parse_curves(SIDE_BY_SIDE)]
    assert [word for words in heads for word in words if word in labels] == labels


def test_nanoseconds_are_measured_where_they_are_asked_for() -> None:
    [row] = json.loads(
        info.write_properties(actviz.parse_curves(["relu"]), "json", ("name", "nanoseconds"))
    )
    assert row["nanoseconds"] > 0
    for name in ("relu", "softmax", "swiglu", "crelu"):
        [curve] = actviz.parse_curves([name])
        told = info.facts(curve, measure=True)
        assert info.record(told)["nanoseconds"] > 0
        assert "nanoseconds per value" in info.write_facts(told, "text")
        assert "nanoseconds" not in info.record(info.facts(curve))
        assert "nanoseconds" not in info.write_facts(info.facts(curve), "text")
        entry = CATALOGUE.entries[name]
        [record] = json.loads(info.write_entries([entry], "json", ("name", "nanoseconds")))
        assert record["nanoseconds"] > 0


def test_a_function_of_a_vector_cannot_stand_beside_others() -> None:
    with pytest.raises(actviz.UsageError, match="softmax is a function of a vector"):
        info.write_properties(actviz.parse_curves(["relu", "softmax"]), "csv")
