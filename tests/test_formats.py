"""The tables of formats: each format at each place where something is written in it."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Call
from sampled import sampled

from actviz import UsageError, check, info
from actviz.table import FORMATS, NUMBERS, WORDS, Formats
from actviz.table.objects import dumps
from actviz.table.records import Cell, Column, Records

# Commands that write something, and the formats that they have.
PLACES: dict[str, Formats[Any]] = {
    "table relu --at 1,inf,nan -d": NUMBERS,
    "table softmax --at 1,2 --jacobian": NUMBERS,
    "table relu --properties": WORDS,
    "table relu --depth 2": WORDS,
    "list relu": WORDS,
    "list loglogish --columns formula,range": WORDS,
    "info relu": info.FACT_FORMATS,
    "check relu --oracle difference": check.FORMATS,
}
CASES = [(place, name) for place, formats in PLACES.items() for name in formats]


@pytest.mark.parametrize(("place", "name"), sampled(CASES, 0.1))
def test_a_format_by_its_name_and_by_each_of_its_suffixes(
    call: Call, place: str, name: str
) -> None:
    formats = PLACES[place]
    asked = call(*place.split(), "--format", name.upper())
    assert (asked.code, asked.err) == (0, "")
    assert asked.out
    assert "\x1b" not in asked.out
    for suffix in formats[name].suffixes:
        done = call(*place.split(), "-o", f"a{suffix}")
        assert (done.code, done.out, done.err) == (0, "", "")
        assert Path(f"a{suffix}").read_text("latin-1") == asked.out
    call(*place.split(), "--format", name, "-o", "out.{ext}")
    assert Path(f"out{formats[name].suffixes[0]}").exists()


@pytest.mark.parametrize("place", PLACES)
def test_a_pipe_and_a_device_have_the_format_that_the_help_names(call: Call, place: str) -> None:
    formats = PLACES[place]
    plain = call(*place.split())
    assert plain == call(*place.split(), "--format", formats.kept)
    assert formats.unsaid.endswith(f"else {formats.kept}")


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_format_is_refused_with_all_that_are(call: Call, place: str) -> None:
    formats = PLACES[place]
    told = f"unknown format 'yaml': it is none of {', '.join(formats)}."
    assert call(*place.split(), "--format", "yaml") == (2, "", f"Error: {told}\n")
    with pytest.raises(UsageError, match=re.escape(told)):
        formats["yaml"]
    done = call(*place.split(), "-o", "a.yaml")
    assert done.code == 2
    assert f"it is none of {', '.join(formats.suffixes)}." in done.err


@pytest.mark.parametrize("place", PLACES)
def test_the_help_names_the_formats(call: Call, place: str) -> None:
    page = " ".join(call(place.split()[0], "--help").out.split())
    wanted = NUMBERS if place.startswith("table") else PLACES[place]
    assert f"[{wanted.unsaid}]" in page
    assert all(re.search(rf"\b{name}\b", page) for name in PLACES[place])


@pytest.mark.parametrize("formats", [NUMBERS, WORDS, info.FACT_FORMATS, check.FORMATS])
def test_every_suffix_means_one_format(formats: Formats[Any]) -> None:
    suffixes = [suffix for row in formats.rows.values() for suffix in row.suffixes]
    assert suffixes == list(formats.suffixes)
    assert all(re.fullmatch(r"\.[a-z]+", suffix) for suffix in suffixes)
    assert {formats.shown, formats.kept} <= set(formats)


def test_a_suffix_means_the_same_everywhere() -> None:
    for formats in PLACES.values():
        for name, row in formats.rows.items():
            if name in FORMATS:
                assert row.suffixes == FORMATS[name].suffixes


VALUES = (0.1, -0.0, 1e300, math.nan, math.inf, -math.inf)


def as_records() -> Records:
    cells = [[Cell(str(i), str(i)), Cell(value, f"{value:g}")] for i, value in enumerate(VALUES)]
    return Records([Column("name"), Column("value")], cells)


@pytest.mark.parametrize("name", [name for name, row in FORMATS.items() if row.markup])
def test_numbers_among_words_are_those_of_tables_of_numbers(name: str) -> None:
    markup = FORMATS[name].markup
    text = WORDS[name].write(as_records(), 80, False)
    if FORMATS[name].words == "words.texts":
        assert all(f"{value:g}" in text for value in VALUES)
        return
    assert markup is not None
    for word in (markup.nan, markup.inf, markup.minus_inf):
        assert word in text
    if name.startswith("json"):
        objects = json.loads(text) if name == "json" else map(json.loads, text.splitlines())
        told = [math.nan if each["value"] is None else float(each["value"]) for each in objects]
        assert list(map(repr, told)) == list(map(repr, VALUES))


def test_json_is_the_same_at_every_place(call: Call) -> None:
    """Nothing is written as a number that is none, and no place has words of its own for it."""
    for place, formats in PLACES.items():
        if "json" in formats:
            out = call(*place.split(), "--format", "json").out
            assert not re.search(r"\bNaN\b|[^y\"-]\bInfinity\b|\"-?inf\"", out)
    found = json.loads(dumps({"x": VALUES}))["x"]
    assert found == [0.1, 0.0, 1e300, None, "Infinity", "-Infinity"]
    failed = check.Result("f", 0, "mpmath", "fail", x=math.inf, got=-math.inf, expected=math.nan)
    written = "".join(check.FORMATS["json"].write(check.Report((failed,)), lambda text, kind: text))
    [result] = json.loads(written)["results"]
    assert (result["x"], result["got"], result["expected"]) == ("Infinity", "-Infinity", None)


def test_names_and_suffixes_are_told_without_what_the_writers_import() -> None:
    code = (
        "import sys; from actviz.table import NUMBERS, WORDS; "
        "assert [*NUMBERS, *WORDS, NUMBERS.unsaid]; "
        "assert not {'numpy', 'rich', 'csv', 'json', 'tomllib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
