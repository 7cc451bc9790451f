"""The report: what is told of findings, how its lines are wrapped, and what the codes mean."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from conftest import Call
from verdicts import curve

import actviz
from actviz import check
from actviz.check import codes, explained
from actviz.check.codes import Severity
from actviz.check.lines import wrapped

CODE = """
import math
import numpy as np

erf = np.vectorize(math.erf)
def gelu(x): return 0.5 * x * (1 + erf(x / math.sqrt(2)))
def elu(x): return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
def silu(x): return x / (1 + math.exp(-x))
def relu(x): return np.maximum(x, 0)
"""
NUMBER = re.compile(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?")


@pytest.fixture(scope="module")
def reports() -> dict[str, check.Report]:
    named: dict[str, object] = {}
    exec(CODE, named)
    of = ("gelu", "elu:alpha=0.5", "elu", "silu", "relu")
    return {
        text: check.code(curve(text), named[text.partition(":")[0]])  # type: ignore[arg-type]
        for text in of
    }


def text(report: check.Report, format: str = "full", **look: bool | int) -> str:
    stream = io.StringIO()
    check.write(report, format, stream, **look)  # type: ignore[arg-type]
    return stream.getvalue()


def test_every_code_has_a_page_and_a_severity() -> None:
    assert set(explained.PAGES) == set(check.CODES)
    assert set(get_args(Severity)) == {*codes.SEVERITIES, ""}
    for name, code in check.CODES.items():
        page = check.explain(name, 72)
        assert code.words in " ".join(page.split()) and len(page) > 100, name
        assert max(map(len, page.splitlines())) <= 72, name
        assert code.severity == "" or f"--ignore {name}" in " ".join(page.split()), name


def test_explain_on_the_command_line(call: Call) -> None:
    done = call("check", "--explain", "Loses-Tail")
    assert (done.code, done.out) == (0, check.explain("loses-tail"))
    for words, told in (
        ("--explain loses-tial", "Did you mean loses-tail"),
        ("relu --explain cut", "takes no curve"),
        ("--explain cut --format json", "takes no --format"),
        ("relu --ignore loses-tial", "Did you mean loses-tail"),
        ("relu --ignore agrees", "takes a code, not 'agrees'"),
    ):
        done = call("check", *words.split())
        assert (done.code, done.out) == (2, "") and told in done.err, words


@pytest.mark.parametrize("width", [30, 60, 80, 133])
def test_lines_fit_and_no_number_is_broken(reports: dict[str, check.Report], width: int) -> None:
    for report in reports.values():
        whole, narrow = text(report), text(report, width=width)
        assert Counter(NUMBER.findall(whole)) == Counter(NUMBER.findall(narrow))
        assert whole.split() == narrow.split()
        if width >= 80:
            assert max(map(len, narrow.splitlines())) <= width


def test_a_number_stays_with_its_name() -> None:
    for told in ("x <= -8.3", "x = -1e-300", "got nan", "tolerance 5.9e-323", "= +-2.5"):
        for width in range(21, 60):
            lines = wrapped(f"it is so that {told} and some more words", width)
            assert any(told in line for line in lines), (told, width)


def test_the_width_is_that_of_columns(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("check", "leaky_relu", "--derivative", "where(x > 0, 0.01, 0)")
    assert max(map(len, call(*words).out.splitlines())) > 100
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, call(*words).out.splitlines())) <= 80
    for unusable in ("0", "wide", "-5"):
        monkeypatch.setenv("COLUMNS", unusable)
        assert max(map(len, call(*words).out.splitlines())) > 100


def test_the_gravest_is_told_first(reports: dict[str, check.Report]) -> None:
    order = ["wrong", "lost", "tiny", "special", "note"]
    for report in reports.values():
        told = [line for line in text(report, "concise").splitlines() if ": " in line]
        severities = [
            next((s for s in order if f" ({s}): " in line), "note")
            for line in told
            if line.startswith(("fail", "note"))
        ]
        failing = [line.startswith("fail") for line in told]
        assert failing == sorted(failing, reverse=True)
        assert severities == sorted(severities, key=order.index)
        assert len(severities) == sum(bool(r.severity) for r in report.results)


def test_what_is_told_beside_failures_is_a_line_each(reports: dict[str, check.Report]) -> None:
    lines = text(reports["silu"]).splitlines()
    told = [line for line in lines if re.match(r"  f'* +against +(FAIL|tiny|special|note)", line)]
    assert len(told) == sum(bool(r.severity) for r in reports["silu"].results)
    beside = 3  # the curve, where to read more, and the sums
    assert len(lines) == len(reports["silu"].results) + beside


def test_parameters_are_named_once(reports: dict[str, check.Report]) -> None:
    assert text(reports["elu"]).startswith("elu (alpha = 1)\n")
    assert text(reports["elu:alpha=0.5"]).startswith("elu (alpha = 0.5)\n")
    two = check.curves(
        actviz.parse_curves(["elu:alpha=0.5", "elu:alpha=2"]), oracles=["difference"]
    )
    assert re.findall("^elu.*", text(two), re.MULTILINE) == ["elu:alpha=0.5", "elu:alpha=2"]
    for name, alpha in (("elu", 1.0), ("elu:alpha=0.5", 0.5)):
        found = json.loads(text(reports[name], "json"))["results"]
        assert all(result["parameters"] == {"alpha": alpha} for result in found)
    assert json.loads(text(reports["relu"], "json"))["results"][0]["parameters"] == {}


# What is judged, and the parameters that are told.
NAMED = (
    (lambda: check.curves([curve("elu")], oracles=["difference"]), {"alpha": 1.0}),
    (lambda: check.derivative(curve("elu:alpha=2"), "where(x>0,1,alpha*exp(x))"), {"alpha": 2.0}),
    (lambda: check.equal([curve("elu")], curve("relu")), {"alpha": 1.0}),
    (lambda: check.equal([curve("relu")], curve("elu")), {"alpha": 1.0}),
)


@pytest.mark.parametrize(("judge", "parameters"), NAMED)
def test_every_judgement_names_parameters(judge, parameters) -> None:  # type: ignore[no-untyped-def]
    assert all(result.parameters == parameters for result in judge().results)


def test_json_has_the_severity(reports: dict[str, check.Report]) -> None:
    found = json.loads(text(reports["gelu"], "json"))["results"]
    keys = {field.name for field in fields(check.Result)} - {"rated"} | {"severity"}
    assert all(set(result) == keys for result in found)
    assert {result["severity"] for result in found} <= {*codes.SEVERITIES, None}
    assert {r["severity"] for r in found if r["status"] == "fail"} == {"lost"}


def test_cases_of_junit_have_names_of_their_own(reports: dict[str, check.Report]) -> None:
    for report in (*reports.values(), check.curves([curve("swiglu"), curve("elu")])):
        suite = ElementTree.fromstring(text(report, "junit"))
        names = [(case.get("classname"), case.get("name")) for case in suite]
        assert len(set(names)) == len(names) == len(report.results)
    names = [case.get("name") for case in ElementTree.fromstring(text(reports["gelu"], "junit"))]
    assert {"f against left tail", "f against at inf", "f diagnosis loses-tail"} <= set(names)


def test_quiet_tells_what_fails_alone(call: Call, reports: dict[str, check.Report]) -> None:
    assert text(reports["relu"], quiet=True) == text(reports["relu"], "concise", quiet=True) == ""
    for format in ("full", "concise"):
        told = text(reports["gelu"], format, quiet=True)
        assert "special" not in told and " pass " not in told and told.count("gelu") >= 1
        assert told.splitlines()[-1] == text(reports["gelu"], format).splitlines()[-1]
    assert call("check", "relu", "--oracle", "difference", "-q") == (0, "", "")
    done = call("check", "relu", "-q", "--format", "json")
    assert (done.code, done.out) == (2, "") and "--quiet" in done.err


def test_what_code_says_steers_no_terminal_and_breaks_no_format() -> None:
    def rude(x: float) -> float:
        if x > 5:
            raise ValueError("\x1b[2J\x00 <b>&%, \u202e")
        return max(x, 0.0)

    report = check.code(curve("relu"), rude)
    for format in check.FORMATS:
        told = text(report, format)
        assert not set(told) & {"\x1b", "\x00", "\u202e"} and "[2J" in told, format
    ElementTree.fromstring(text(report, "junit"))
    assert json.loads(text(report, "json"))["ok"] is False


def test_a_failure_says_where_to_read_more(reports: dict[str, check.Report]) -> None:
    assert "--explain tolerance-exceeded\n" in text(reports["gelu"])
    assert "--explain" not in text(reports["relu"])


def test_strict_and_ignore_on_the_command_line(call: Call) -> None:
    Path("code.py").write_text(CODE)
    words = ("check", "elu", "--against", "code.py:elu")
    assert call(*words).code == 1
    ignored = ("--ignore", "loses-zero", "--ignore", "Tolerance-Exceeded")
    assert call(*words, *ignored).code == 0
    assert call(*words, *ignored, "--strict").code == 1
    assert call(*words, *ignored, "--strict", "--ignore", "signed-zero").code == 0


def test_frameworks_that_nobody_asked_for_are_not_told(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for there in (True, False):
        monkeypatch.setattr("actviz.check.libraries.installed", lambda _, there=there: there)
        monkeypatch.setattr("actviz.check.libraries.imported", lambda _: False)
        done = call("check", "relu", "--order", "1", "--format", "concise")
        assert "torch" not in done.out and "jax" not in done.out
        assert ("mpmath: not run, not installed" in done.out) == (not there)
