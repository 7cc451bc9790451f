"""What `actviz table` tabulates in place of values, and what goes with what."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest
from conftest import Call

import actviz
from actviz.cli.options import options_of
from actviz.cli.tables import KINDS
from actviz.properties import depth
from actviz.table import NUMBERS, WORDS


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_properties(call: Call) -> None:
    done = call("table", "elu:alpha=0.5|2", "half=x/2", "--properties")
    assert (done.code, done.err) == (0, "")
    rows = records(done.out)
    assert [row["name"] for row in rows] == ["elu:alpha=0.5", "elu:alpha=2", "half"]
    assert [float(row["lipschitz"]) for row in rows] == [1.0, 2.0, 0.5]
    assert "nanoseconds" not in rows[0]


def test_nanoseconds_on_request(call: Call) -> None:
    for words in ("--measure", "--columns nanoseconds"):
        table = records(call("table", "relu", "--properties", *words.split()).out)
        listed = records(call("list", "relu6", *words.split(), "--format", "csv").out)
        assert float(table[0]["nanoseconds"]) > 0
        assert float(listed[0]["nanoseconds"]) > 0
    told = json.loads(call("info", "relu", "--measure", "--format", "json").out)
    assert told["nanoseconds"] > 0
    assert "nanoseconds" not in call("info", "relu").out


VECTORS = ("softmax", "softmax:tau=0.5", "log_softmax", "softmin", "logsumexp")


@pytest.mark.parametrize("text", VECTORS)
def test_a_jacobian(call: Call, text: str) -> None:
    done = call("table", text, "--at", "1,2,-3.5", "--jacobian")
    assert (done.code, done.err) == (0, "")
    head, *lines = csv.reader(io.StringIO(done.out))
    assert head == ["x", text.partition(":")[0], "d1", "d2", "d3"]
    numbers = np.array(lines, dtype=float)
    [curve] = actviz.parse_curves([text])
    x = np.array([1, 2, -3.5])
    assert numbers[:, 0].tolist() == x.tolist()
    assert numbers[:, 1].tolist() == curve.activation(x).tolist()
    assert numbers[:, 2:].tolist() == curve.activation.jacobian(x).tolist()
    diagonal = records(call("table", text, "--at", "1,2,-3.5", "--order", "1").out)
    assert [float(row[f"{head[1]}_d1"]) for row in diagonal] == np.diag(numbers[:, 2:]).tolist()


def test_row_i_of_a_jacobian_is_of_component_i(call: Call) -> None:
    # logsumexp by x_j is softmax_j in every row; log_softmax_i by x_j is (i = j) - softmax_j
    softmax = actviz.get("softmax")([1.0, 2.0])
    for text, matrix in (
        ("logsumexp", np.stack([softmax, softmax])),
        ("log_softmax", np.eye(2) - softmax),
        ("softmax", np.diag(softmax) - np.outer(softmax, softmax)),
    ):
        rows = records(call("table", text, "--at", "1,2", "--jacobian").out)
        found = [[float(row["d1"]), float(row["d2"])] for row in rows]
        assert np.allclose(found, matrix, rtol=1e-15, atol=0)


@pytest.mark.parametrize("format", [name for name, row in NUMBERS.rows.items() if not row.binary])
def test_a_jacobian_in_every_format(call: Call, format: str) -> None:
    done = call("table", "my f=softmax", "--at", "0,0", "--jacobian", "--format", format)
    words = re.findall(r"my f|d\d|0\.5|-?0\.25", done.out)
    assert sorted(set(words)) == ["-0.25", "0.25", "0.5", "d1", "d2", "my f"]


def test_a_jacobian_as_npy(call: Call) -> None:
    assert call("table", "softmax", "--at", "0,0", "--jacobian", "-o", "j.npy").code == 0
    assert np.load("j.npy")[["d1", "d2"]].tolist() == [(0.25, -0.25), (-0.25, 0.25)]


@pytest.mark.parametrize(
    ("name", "head", "rows"),
    [
        ("bilinear", "bilinear,d1,d2,d3,d4", [[3, 3, 0, 1, 0], [8, 0, 4, 0, 2]]),
        ("crelu", "crelu,d1,d2,d3,d4", np.vstack([np.eye(4, 5, 1), np.zeros((4, 5))]).tolist()),
    ],
)
def test_a_jacobian_need_not_be_square(
    call: Call, name: str, head: str, rows: list[list[float]]
) -> None:
    done = call("table", name, "--at", "1,2,3,4", "--jacobian")
    first, *lines = done.out.splitlines()
    assert first == head
    found = [[float(cell) for cell in line.split(",")] for line in lines]
    value = actviz.get(name)([1.0, 2.0, 3.0, 4.0])
    assert found == [[y, *row[1:]] for y, row in zip(value, rows, strict=True)]
    assert name != "bilinear" or found == rows


def test_depths_are_a_row_for_each_curve_gain_and_depth(call: Call) -> None:
    done = call("table", "relu", "half=x/2", "--depth", "2,1")
    assert (done.code, done.err) == (0, "")
    rows = records(done.out)
    assert [(row["name"], row["depth"]) for row in rows] == [
        (name, n) for name in ("relu", "half") for _ in range(2) for n in ("2", "1")
    ]
    assert [float(row["gain"]) for row in rows] == pytest.approx([1, 1, 2**0.5, 2**0.5, 1, 1, 2, 2])
    assert [float(row["rms"]) for row in rows] == pytest.approx(
        [0.5, 0.5**0.5, 1, 1, 0.25, 0.5, 1, 1]
    )
    assert [float(row["zeros"]) for row in rows] == [0.75, 0.5, 0.75, 0.5, 0, 0, 0, 0]
    for curve in ("relu", "half"):
        found = depth(actviz.parse_curves(["relu", "half=x/2"])[curve == "half"].activation, [2, 1])
        medians = [float(row["median"]) for row in rows if row["name"] == curve]
        assert medians == [each.median for each in found]


def test_depths_in_every_format(call: Call) -> None:
    for format in WORDS:
        done = call("table", "0.5*x", "--depth", "2", "--format", format)
        assert "0.25" in done.out
        assert done.out.count("median") == (2 if format.startswith("json") else 1)


def test_the_seed_of_depths(call: Call) -> None:
    texts = [call("table", "tanh", "--depth", "3", "--seed", seed).out for seed in "001"]
    assert texts[0] == texts[1] != texts[2]
    assert texts[0] == call("table", "tanh", "--depth", "3").out


VALUES = {
    "--at": ["--at", "1"],
    "--at-column": ["--at-column", "1"],
    "--range": ["--range", "0:1"],
    "--step": ["--step", "1"],
    "--points": ["--points", "3"],
    "-d": ["-d"],
    "--fixed": ["--fixed", "b=1"],
    "--order": ["--order", "1"],
    "--jacobian": ["--jacobian"],
    "--depth": ["--depth", "1"],
    "--seed": ["--seed", "1"],
    "--properties": ["--properties"],
    "--columns": ["--columns", "gain"],
    "--measure": ["--measure"],
}


GRID = {"--at", "--at-column", "--range", "--step", "--points"}
TAKES = {
    "": GRID
    | {"-d", "--order", "--fixed", "--jacobian", "--depth", "--properties"}
    | {"--columns", "--measure"},  # these mean --properties
    "--jacobian": GRID,
    "--depth": {"--seed"},
    "--properties": {"--columns", "--measure"},
}


def test_every_option_of_a_kind_is_tried() -> None:
    of_all = {"--output", "--format", "--if-changed", "--depfile", "--catalogue"}
    assert {f"--{key}" for key in KINDS if key} == TAKES.keys() - {""}
    assert VALUES.keys() == {row.name for row in options_of("table").values()} - of_all


@pytest.mark.parametrize("kind", TAKES)
def test_options_of_other_kinds_are_refused(call: Call, kind: str) -> None:
    chosen = VALUES[kind] if kind else []
    for name in VALUES.keys() - {kind, *TAKES[kind]}:
        done = call("table", "relu", *chosen, *VALUES[name])
        assert (done.code, done.out) == (2, ""), name
        either = {f"Give either {a} or {b}, not both." for a, b in ((kind, name), (name, kind))}
        told = {f"{kind} takes no {name}.", *either} if kind else {f"{name} is for "}
        assert any(text in done.err for text in told), done.err


def test_columns_mean_properties(call: Call) -> None:
    for option in (["--columns", "gain"], ["--measure", "--columns", "gain"]):
        done, whole = (call("table", "relu", *more, *option) for more in ([], ["--properties"]))
        assert (done.code, done.err) == (whole.code, whole.err) == (0, "")
        assert done.out.split()[0].startswith("name,gain")


REFUSED = (
    ("relu --depth 0", "A depth is a whole number from 1 to 1000, not 0."),
    ("relu --depth 1.5", "--depth takes a whole number, not '1.5'."),
    ("relu --depth 1,,2", "--depth takes a whole number, not ''."),
    ("relu --depth 1 --seed -1", "--seed takes a number of at least 0"),
    ("softmax --depth 1", "softmax is a function of a vector"),
    ("0*x --depth 1", "f has no gain"),
    ("relu --seed 1", "--seed is for --depth, which is not there."),
    ("relu --jacobian --at 1", "relu is a function of a number: its Jacobian is a diagonal"),
    ("softmax softmin --jacobian --at 1", "--jacobian takes one curve, not 2: softmax, softmin"),
    ("softmax --jacobian --points 2000", "at 2,000 x would have 4,000,000 numbers"),
    ("d1=softmax --jacobian --at 1", "2 columns would be named 'd1'"),
    ("softmax --jacobian --properties", "Give either --jacobian or --properties, not both."),
    ("relu --properties --format npy", "unknown format 'npy'"),
    ("relu softmax --properties", "softmax is a function of a vector"),
    ("relu --properties --columns gian", "Did you mean gain?"),
)


@pytest.mark.parametrize(("words", "told"), REFUSED)
def test_refusals(call: Call, words: str, told: str) -> None:
    done = call("table", *words.split())
    assert (done.code, done.out) == (2, "")
    assert told in done.err
