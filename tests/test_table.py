"""Tables: every number comes back from every format, in constant memory, with names escaped."""

import csv
import io
import json
import math
import os
import re
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampled import sampled
from tables import ALL_KINDS, LABELS, LOGARITHM, SIGMOID, SOFTMAX, WAVE, curve, written

from actviz import table
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.table import columns_of, grid, markup


def read_separated(data, delimiter):
    header, *rows = csv.reader(io.StringIO(data.decode()), delimiter=delimiter)
    return header, [[float(cell or "nan") for cell in row] for row in rows]


def read_records(records):
    numbers = [[math.nan if v is None else float(v) for v in each.values()] for each in records]
    return list(records[0]), numbers


def refuse_constant(word):
    raise AssertionError(f"{word} is not JSON")


def read_json(data):
    return read_records(json.loads(data, parse_constant=refuse_constant))


def read_json_lines(data):
    return read_records(
        [json.loads(line, parse_constant=refuse_constant) for line in data.splitlines()]
    )


def read_markdown(data):
    header, rule, *rows = (
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in data.decode().splitlines()
    )
    assert set(rule) == {"---:"}
    names = [re.sub(r"\\(.)", r"\1", name) for name in header]
    return names, [[float(cell) for cell in row] for row in rows]


LATEX_WORDS = {word: character for character, word in markup.LATEX_SPECIAL.items()}


def read_latex(data):
    top, *lines, end = data.decode().splitlines()
    assert re.fullmatch(r"\\begin\{tabular\}\{r+\}", top)
    assert end == r"\end{tabular}"
    rules = [i for i, line in enumerate(lines) if line == r"\hline"]
    assert rules == [0, 2, len(lines) - 1]
    header, *rows = (
        re.split(r"(?<!\\) & ", line.removesuffix(r" \\")) for line in lines if line[1:] != "hline"
    )
    pattern = "|".join(map(re.escape, sorted(LATEX_WORDS, key=len, reverse=True)))
    names = [re.sub(pattern, lambda match: LATEX_WORDS[match[0]], name) for name in header]
    names[0] = names[0].strip("$")
    return names, [list(map(latex_number, row)) for row in rows]


def latex_number(cell):
    text = cell.strip("$").replace(r"\infty", "inf")
    return float(re.sub(r" \\times 10\^\{(-?\d+)\}", r"e\1", text))


def read_npy(data):
    records = np.load(io.BytesIO(data), allow_pickle=False)
    return list(records.dtype.names), [list(record) for record in records.tolist()]


READERS = {
    "csv": lambda data: read_separated(data, ","),
    "tsv": lambda data: read_separated(data, "\t"),
    "json": read_json,
    "jsonl": read_json_lines,
    "markdown": read_markdown,
    "latex": read_latex,
    "npy": read_npy,
}


def bits(rows):
    """The rows as bytes, so that -0 is not 0 and every NaN is one."""
    return [[struct.pack("<d", v if v == v else math.nan) for v in row] for row in rows]


def test_every_exact_format_has_a_reader_here():
    assert set(READERS) == set(table.NUMBERS) - {"rich"}


@pytest.mark.parametrize("format", sampled([*READERS], 0.25))
@pytest.mark.parametrize("count", [1, grid.BLOCK - 1, grid.BLOCK, grid.BLOCK + 1, None])
def test_every_number_comes_back(format, count):
    columns = ALL_KINDS
    if count is not None:
        x = np.random.default_rng(count).standard_cauchy(count)
        columns = table.Columns([WAVE], [0], grid.listed(x))
    header, rows = READERS[format](written(columns, format))
    expected = np.stack(columns.rows(0, len(columns)), axis=1).tolist()
    assert tuple(header) == columns.header
    assert bits(rows) == bits(expected)


@given(st.lists(st.floats(), min_size=1))
def test_any_number_comes_back_from_any_format(x):
    columns = table.Columns([SIGMOID], [0], grid.listed(x))
    for format, read in READERS.items():
        _, rows = read(written(columns, format))
        assert bits([row[:1] for row in rows]) == bits([[value] for value in x])


@pytest.mark.parametrize("format", [name for name in READERS if not table.NUMBERS[name].binary])
def test_text_is_ascii_lines_that_end(format):
    data = written(ALL_KINDS, format)
    assert data.isascii()
    assert data.endswith(b"\n")
    assert b"\r" not in data
    assert b"\n\n" not in data


def test_the_three_values_that_are_no_numbers():
    columns = table.Columns([LOGARITHM], [0], grid.listed([-1, 0, math.inf]))
    assert written(columns, "csv") == b"x,logarithm\n-1.0,\n0.0,-inf\ninf,inf\n"
    assert json.loads(written(columns, "json")) == [
        {"x": -1.0, "logarithm": None},
        {"x": 0.0, "logarithm": "-Infinity"},
        {"x": "Infinity", "logarithm": "Infinity"},
    ]
    assert rb"$\infty$ & $\infty$ \\" in written(columns, "latex")
    assert b"| -1.0 | nan |" in written(columns, "markdown")


def test_numbers_of_a_known_table():
    columns = table.Columns([SIGMOID], [0, 1], grid.listed([0.1, 0.4, 0.7, 1]))
    header, rows = READERS["csv"](written(columns, "csv"))
    assert header == ["x", "sigmoid", "sigmoid_d1"]
    assert [[f"{value:.8f}" for value in row[1:]] for row in rows] == [
        ["0.52497919", "0.24937604"],
        ["0.59868766", "0.24026075"],
        ["0.66818777", "0.22171287"],
        ["0.73105858", "0.19661193"],
    ]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("format", READERS)
def test_labels_come_back(label, format):
    columns = table.Columns([curve("x", label)], [0], grid.listed([1]))
    header, rows = READERS[format](written(columns, format))
    of_words = table.FORMATS[format].words == "words.texts"  # for people: a name is one line
    one_line = " ".join(label.split()) if of_words else label
    assert (header, rows) == (["x", one_line], [[1, 1]])


@pytest.mark.parametrize("label", LABELS)
def test_labels_are_escaped(label):
    assert (markup.escape_markdown(label), markup.escape_latex(label)) == LABELS[label]


def test_columns_need_names_of_their_own():
    for curves in ([curve("x", "x")], [SIGMOID, curve("x", "sigmoid_d1")]):
        with pytest.raises(UsageError, match="would be named") as refusal:
            table.Columns(curves, [0, 1], grid.listed([1]))
        assert "LABEL=CURVE" in str(refusal.value)


def test_unknown_format_is_refused():
    stream = io.BytesIO()
    with pytest.raises(UsageError, match="Did you mean csv"):
        table.write(ALL_KINDS, "cvs", stream)
    assert not stream.getvalue()


def test_a_vector_function_takes_the_grid_as_its_one_vector():
    columns = table.Columns([SOFTMAX, SIGMOID], [0], grid.ranged(-1, 1, points=2 * grid.BLOCK + 3))
    x, softmax, _ = (np.concatenate(parts) for parts in zip(*columns.blocks(), strict=True))
    exact = np.exp(x) / np.exp(x).sum()
    assert np.abs(softmax / exact - 1).max() < 1e-12
    assert np.array_equal(columns.rows(5, 9)[1], softmax[5:9])


class Sink(io.RawIOBase):
    """A stream that counts and forgets."""

    size = 0

    def write(self, data):
        self.size += len(data)
        return len(data)


@pytest.mark.parametrize("format", READERS)
def test_a_long_table_needs_the_memory_of_a_block(format):
    peaks, sizes = [], []
    for count in (2 * grid.BLOCK, 20 * grid.BLOCK):
        columns = table.Columns([curve("x", "f")], [0], grid.ranged(-6, 6, points=count))
        written(table.Columns([curve("x", "f")], [0], grid.listed([1])), format)
        sink = Sink()
        tracemalloc.start()
        table.write(columns, format, sink)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        sizes.append(sink.size)
    assert peaks[1] - peaks[0] < (sizes[1] - sizes[0]) / 5  # the digits of the blocks differ


def test_three_million_rows_in_constant_memory():
    columns = table.Columns([curve("x", "f")], [0], grid.ranged(-6, 6, points=3_000_000))
    sink = Sink()
    tracemalloc.start()
    table.write(columns, "npy", sink)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sink.size == 3_000_000 * 16 + 128
    assert peak < 2_000_000


def test_npy_has_the_version_that_all_readers_know_where_it_can():
    assert written(ALL_KINDS, "npy")[6:8] == b"\x01\x00"
    foreign = table.Columns([curve("x", "σ")], [0], grid.listed([1]))
    assert written(foreign, "npy")[6:8] == b"\x03\x00"


def test_npy_refuses_a_header_that_numpy_would_not_read():
    for count in range(430, 490, 6):
        curves = [curve("x", f"c{i}") for i in range(count)]
        columns, stream = table.Columns(curves, [0], grid.listed([1])), io.BytesIO()
        try:
            table.write(columns, "npy", stream)
        except UsageError as refusal:
            assert "too many for npy" in str(refusal)
            assert not stream.getvalue()
        else:
            assert len(read_npy(stream.getvalue())[0]) == count + 1


LIGHT = """
import sys
from actviz import table
assert "rich" not in sys.modules and "numpy" not in sys.modules
from actviz.table import grid
from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.formula.parsing import parse
columns = table.Columns([Curve(Activation("f", parse("x")), "f", "x")], [0], grid.listed([1]))
for format in table.NUMBERS:
    if format != "rich":
        table.write(columns, format, open(sys.argv[1], "wb"))
assert "rich" not in sys.modules
table.write(columns, "rich", open(sys.argv[1], "wb"))
assert "matplotlib" not in sys.modules
"""


def test_only_what_is_needed_is_imported(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(Path(table.__file__).parents[2])}
    command = [sys.executable, "-c", LIGHT, str(tmp_path / "table")]
    subprocess.run(command, check=True, env=environment)


def test_a_function_of_two_numbers_takes_the_halves_of_the_grid():
    glu = parse_curves(["glu", "maxout"])
    columns = columns_of(glu, (0, 1), grid.listed([1.0, 2.0, 0.0, -4.0]))
    assert columns.header == (
        "a",
        "b",
        "glu",
        "glu_da",
        "glu_db",
        "maxout",
        "maxout_da",
        "maxout_db",
    )
    rows = np.stack(columns.rows(0, 2), axis=-1).tolist()
    assert rows[0] == [1.0, 0.0, 0.5, 0.5, 0.25, 1.0, 1.0, 0.0]
    assert rows[1][:2] == [2.0, -4.0] and rows[1][5:] == [2.0, 1.0, 0.0]
    second = columns_of(glu[:1], (2,), grid.listed([1.0, 0.0]))
    assert second.header == ("a", "b", "glu_daa", "glu_dab", "glu_dbb")
    assert [float(v[0]) for v in second.rows(0, 1)] == [1.0, 0.0, 0.0, 0.25, 0.0]


def test_a_function_with_several_outputs_has_a_column_for_each():
    columns = columns_of(parse_curves(["crelu"]), (0, 1), grid.listed([1.0, -2.0]))
    assert columns.header == ("x", "crelu_1", "crelu_1_d1", "crelu_2", "crelu_2_d1")
    assert [v.tolist() for v in columns.rows(0, 2)] == [[1, -2], [1, 0], [1, 0], [0, 2], [0, -1]]


@pytest.mark.parametrize(
    ("names", "numbers", "word"),
    [
        (["glu"], [1.0, 2.0, 3.0], "3 numbers have no halves"),
        (["glu", "relu"], [1.0, 2.0], "--fixed"),
    ],
)  # fmt: skip
def test_pairs_that_are_none(names, numbers, word):
    with pytest.raises(UsageError, match=word):
        columns_of(parse_curves(names), (0,), grid.listed(numbers))
