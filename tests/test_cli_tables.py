"""What `actviz table` tabulates in place of values, and what goes with what."""

from __future__ import annotations

import csv
import io
import json

import pytest
from test_cli import Call, call

from actviz.cli.tables import KINDS

__all__ = ["call"]  # the fixture


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


VALUES = {
    "--at": ["--at", "1"],
    "--range": ["--range", "0:1"],
    "--step": ["--step", "1"],
    "--points": ["--points", "3"],
    "-d": ["-d"],
    "--order": ["--order", "1"],
    "--properties": ["--properties"],
    "--columns": ["--columns", "gain"],
    "--measure": ["--measure"],
}


def test_every_option_of_a_kind_is_tried() -> None:
    taken = {name for kind in KINDS.values() for name in kind.takes}
    assert VALUES.keys() == taken | KINDS.keys() - {""}


@pytest.mark.parametrize("kind", KINDS)
def test_options_of_other_kinds_are_refused(call: Call, kind: str) -> None:
    chosen = VALUES[kind] if kind else []
    others = VALUES.keys() - {kind, *KINDS[kind].takes}
    for name in others if kind else others - KINDS.keys():
        done = call("table", "relu", *chosen, *VALUES[name])
        assert (done.code, done.out) == (2, ""), name
        either = {f"Give either {a} or {b}, not both." for a, b in ((kind, name), (name, kind))}
        told = {f"{kind} takes no {name}.", *either} if kind else {f"{name} is for "}
        assert any(text in done.err for text in told), done.err


REFUSED = (
    ("relu --properties --format npy", "unknown format 'npy'"),
    ("relu softmax --properties", "softmax is a function of a vector"),
    ("relu --properties --columns gian", "Did you mean gain?"),
    ("relu --columns gain", "--columns is for --properties, which is not there."),
)


@pytest.mark.parametrize(("words", "told"), REFUSED)
def test_refusals(call: Call, words: str, told: str) -> None:
    done = call("table", *words.split())
    assert (done.code, done.out) == (2, "")
    assert told in done.err
