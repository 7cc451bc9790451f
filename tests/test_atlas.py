"""What is known of the errors of frameworks: the file, its true numbers, what people are told."""

from __future__ import annotations

import itertools
import json
import math
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from judged import named
from reference import Asked, by, derivative
from sampled import sampled

import actviz
from actviz import info
from actviz.catalogue.values import sided
from actviz.check import whole_catalogue
from actviz.check.claim import Side, first_component, ordinary
from actviz.check.dtypes import DTYPES
from actviz.check.foreign.trial import Trial
from actviz.check.looking import Looking
from actviz.check.tolerance import Asked as Tolerance
from actviz.info import atlas
from actviz.info.atlas import Deviation

sys.path.insert(0, str(Path(__file__).parent / "atlas"))
from stretches import stretches
from survey import FILE, FRAMEWORKS, sort_key, written

LARGEST = 200_000  # bytes
SHARE = 0.1
SIDES: tuple[Side, Side] = ("left", "right")
WHOLE = json.loads(FILE.read_text("ascii"))
ENTRIES = actviz.load().entries
CURVES = {line.label: line for curve in whole_catalogue(actviz.load()) for line in ordinary(curve)}
NAMES = list(dict.fromkeys(row[0].partition(":")[0] for row in WHOLE["rows"]))
ROWS = [row for name in NAMES for row in atlas.known(name)]
FAULTS = {
    "zero": lambda row: row.gives == 0 != row.true,
    "nan": lambda row: math.isnan(row.gives) and math.isfinite(row.true),
    "inf": lambda row: math.isinf(row.gives) and math.isfinite(row.true),
    "digits": lambda row: math.isfinite(row.gives) and row.gives != row.true,
    "special": lambda row: not math.isfinite(row.x),
    "convention": lambda row: row.lower == row.x == row.upper,
}


def test_the_file_is_as_it_is_written_and_not_large() -> None:
    assert FILE.stat().st_size <= LARGEST
    assert FILE.read_text() == written(WHOLE)
    assert WHOLE["columns"] == list(atlas.COLUMNS)
    assert WHOLE["rows"] == sorted(WHOLE["rows"], key=sort_key)
    assert len({tuple(row) for row in WHOLE["rows"]}) == len(WHOLE["rows"])
    assert {name: (each.eps, each.largest) for name, each in DTYPES.items()} == {
        name: (each["eps"], each["largest"]) for name, each in WHOLE["formats"].items()
    }


def test_every_row_is_of_a_function_that_its_framework_has() -> None:
    libraries = {name: library for name, library, *_ in FRAMEWORKS}
    for row in ROWS:
        assert row.framework in WHOLE["measured"][row.device]
        assert libraries[row.framework] in ENTRIES[row.curve.partition(":")[0]].frameworks
        assert row.curve in CURVES and row.order in (0, 1)


@pytest.mark.parametrize("framework", ["torch", "torch.compile", "jax"])
def test_every_format_of_every_framework_is_there(framework: str) -> None:
    formats = {row.dtype for row in ROWS if (row.framework, row.device) == (framework, "cpu")}
    assert formats == set(DTYPES)


def test_every_number_is_one_of_its_format() -> None:
    for dtype, format in DTYPES.items():
        rows = [row for row in ROWS if row.dtype == dtype]
        for x in ([row.x for row in rows], [row.lower for row in rows], [row.upper for row in rows],
                  [row.gives for row in rows]):  # fmt: skip
            np.testing.assert_array_equal(format.rounded(np.array(x)), x)


def test_every_row_has_the_fault_that_it_tells() -> None:
    for row in ROWS:
        assert FAULTS[row.fault](row), row
        assert row.lower <= row.x <= row.upper or math.isnan(row.x)


STRETCHES = [row for row in ROWS if not row.single]


def test_every_error_of_a_stretch_is_beyond_the_tolerance_and_matters() -> None:
    for (label, order, dtype), group in itertools.groupby(
        sorted(STRETCHES, key=lambda row: (row.curve, row.order, row.dtype)),
        lambda row: (row.curve, row.order, row.dtype),
    ):
        rows, format = list(group), DTYPES[dtype]
        x, true = (np.array([getattr(row, name) for row in rows]) for name in ("x", "true"))
        slope = first_component(CURVES[label].activation).derivative(x, order + 1)
        allowed = Tolerance().of(format).at(true, np.abs(x * slope))
        for row, most in zip(rows, allowed.tolist(), strict=True):
            assert not abs(row.gives - row.true) <= max(most, format.tiny), row


@pytest.mark.parametrize("row", sampled(STRETCHES, SHARE), ids=lambda row: "-".join(row[:6:5]))
def test_true_numbers_are_true(row: Deviation) -> None:
    """Held against balls of a derivation of their own, which have some 60 bits."""
    activation = first_component(CURVES[row.curve].activation)
    given = {**named(activation.parameters), "x": [row.x]}
    ball = derivative(Asked(activation.definition, given, by("x"), row.order))
    assert row.true == pytest.approx(float(ball), rel=2.0**-52, abs=0)


@pytest.mark.parametrize("row", sampled([row for row in ROWS if row.single], 0.2), ids=str)
def test_limits_and_conventions_are_those_of_actviz(row: Deviation) -> None:
    activation = first_component(CURVES[row.curve].activation)
    ours = float(activation.derivative(row.x, row.order))
    assert ours == row.true or (math.isnan(ours) and math.isnan(row.true))
    if row.fault == "convention":
        either = [sided(activation, 1, np.array([row.x]), side)[0] for side in SIDES]
        rounding = DTYPES[row.dtype].eps
        assert min(either) - rounding <= row.gives <= max(either) + rounding


def test_stretches_are_found_from_end_to_end() -> None:
    """Planted: NaN from 1e30 on, 0 up to -5 and about 0, and a hundredth too much from 2 to 3."""
    format, silu = DTYPES["float32"], actviz.get("silu")
    trial = Trial("silu", silu, Tolerance().of(format), None, None)
    x = np.union1d(Looking().inputs(format, np.empty(0)), [-format.largest, format.largest])
    got = format.rounded(silu(x))
    got[(x <= -5) | (np.abs(x) <= 1e-3)] = 0
    got[x >= 1e30] = np.nan
    got[(x >= 2) & (x <= 3)] *= 1.01
    found = trial.measured(x, 0, got)
    ends = {
        (each.fault, *found.x[each.places[[0, -1]]].round(2).tolist()) for each in stretches(found)
    }
    largest = round(format.largest, 2)
    first = round(float(x[x >= 1e30][0]), 2)
    assert ends == {
        ("nan", first, largest), ("zero", -largest, -5.0), ("zero", -0.0, 0.0), ("digits", 2.0, 3.0)
    }  # fmt: skip


# What the issue tracker has of them: function, order, fault, and the end of it, in float64.
ENDS = (
    ("torch", "gelu", 0, "zero", -8.374),
    ("torch", "gelu_tanh", 0, "zero", -7.15),
    ("torch", "sigmoid", 1, "zero", 36.75),
    ("torch", "tanh", 1, "zero", 19.07),
    ("torch", "tanhshrink", 1, "zero", 7.5e-9),
    ("jax", "elu", 1, "zero", -37.43),
    ("jax", "squareplus", 0, "inf", math.sqrt(sys.float_info.max)),
)


def in_float64(framework: str, device: str = "cpu") -> list[Deviation]:
    asked = framework, device, "float64"
    return [row for row in ROWS if (row.framework, row.device, row.dtype) == asked]


@pytest.mark.parametrize(("framework", "name", "order", "fault", "end"), ENDS)
def test_what_was_known_is_found(
    framework: str, name: str, order: int, fault: str, end: float
) -> None:
    ends = [
        (row.lower, row.upper)
        for row in in_float64(framework)
        if (row.curve, row.order, row.fault) == (name, order, fault)
    ]
    assert any(pytest.approx(end, rel=0.03) == each for pair in ends for each in pair), ends


def test_the_derivatives_of_jax_at_nan() -> None:
    found = {
        row.curve: row.gives
        for row in in_float64("jax")
        if row.fault == "special" and row.order and math.isnan(row.x)
    }
    zero = dict.fromkeys(("relu", "relu6", "hardsigmoid", "sparse_sigmoid"), 0.0)
    assert found.items() >= {**zero, "hardtanh": 1.0, "leaky_relu": 0.01}.items()
    assert not {"elu", "celu", "selu", "hardswish"} & found.keys()


# --- what people are told -----------------------------------------------------------------------


def facts(text: str) -> info.Facts:
    (curve,) = actviz.parse_curves([text])
    return info.facts(curve)


def told(text: str) -> list[str]:
    return atlas.sentences(atlas.deviations(facts(text).activation))


def test_gelu_is_told_in_a_line() -> None:
    (zero,) = (line for line in told("gelu") if re.match(r"torch \d.* on cpu: f is 0", line))
    assert re.search(r"in float32 x <= -5\.54\d? \(-8\.\de-08\)", zero)
    text = info.write_facts(facts("gelu"), "text")
    assert "frameworks are wrong" in text and max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("name", sampled(NAMES, SHARE))
def test_info_has_every_row_for_programs(name: str) -> None:
    record = json.loads(info.write_facts(facts(name), "json"))["deviations"]
    rows = [row for row in WHOLE["rows"] if row[0].partition(":")[0] == name]
    assert record == [dict(zip(atlas.COLUMNS, row, strict=True)) for row in rows]


@pytest.mark.parametrize("text", ["x*Phi(x)", "elu:alpha=0.5", "swiglu"])
def test_what_was_not_measured_has_none(text: str) -> None:
    assert told(text) == []
    assert "deviations" not in info.record(facts(text))


def test_an_entry_of_ones_own_has_none(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[gelu]\nformula = "x*sigmoid(1.702*x)"\n')
    catalogue = actviz.load([own])
    (curve,) = actviz.parse_curves(["gelu"], catalogue)
    assert atlas.deviations(curve.activation) == ()


def test_a_list_does_not_read_the_file(call: Any) -> None:
    atlas.atlas.cache_clear()
    assert call("list").err == ""
    assert atlas.atlas.cache_info().currsize == 0


def test_places_are_told_to_the_inside() -> None:
    rng = np.random.default_rng(3)
    for x in (rng.choice([-1, 1], 2000) * 10 ** rng.uniform(-300, 300, 2000)).tolist():
        up, down = atlas.inside(x, up=True), atlas.inside(x, up=False)
        assert down <= x <= up
        assert max(up - x, x - down) < 1.1e-3 * abs(x)
        assert float(f"{up:.4g}") == up and float(f"{down:.4g}") == down


def some(lower: float, upper: float, x: float = 1.0, fault: str = "zero") -> Deviation:
    return Deviation("relu", "torch", "cpu", "float16", 0, fault, lower, upper, x, 0.0, 2.0)


PLACES = (
    ([some(-65504, -1)], "for x <= -1 (true 2)"),
    ([some(-65504, -1), some(1, 65504)], "for |x| >= 1 (true 2)"),
    ([some(-65504, -1), some(2, 65504)], "for x <= -1 and x >= 2 (true 2)"),
    ([some(-0.25, 0.25)], "for |x| <= 0.25 (true 2)"),
    ([some(-65504, 65504)], "for every x (true 2)"),
    ([some(3, 3, 3)], "for x = 3 (true 2)"),
    ([some(-3, -2, fault="digits")], "for x from -3 to -2 (by up to 100 %)"),
    ([some(-3, -2, fault="digits"), some(2, 3, fault="digits")],
     "for |x| from 2 to 3 (by up to 100 %)"),
)  # fmt: skip


@pytest.mark.parametrize(("found", "words"), PLACES)
def test_stretches_in_words(found: list[Deviation], words: str) -> None:
    assert atlas.stretch(found) == words


def lines(fault: str, *ends: float) -> list[Deviation]:
    """A stretch from 1 to each of these along a line of its own, a number larger on each."""
    return [
        some(1, end, fault=fault)._replace(curve=f"glu:a={place}", true=2.0 + place)
        for place, end in enumerate(ends)
    ]


LINES = (
    (lines("zero", 9, 9.5),
     ["f along a=0 and a=1 is 0 in float16 for x from 1 to 9 (true 2 and 3)"]),
    (lines("digits", 9, 9.5),
     ["f along a=0 and a=1 loses digits in float16 for x from 1 to 9.5 (by up to 100 %)"]),
    (lines("zero", 9, 20),
     ["f along a=0 is 0 in float16 for x from 1 to 9 (true 2)",
      "f along a=1 is 0 in float16 for x from 1 to 20 (true 3)"]),
)  # fmt: skip


@pytest.mark.parametrize(("found", "words"), LINES)
def test_lines_with_a_fault_in_the_same_places_are_told_at_once(
    found: list[Deviation], words: list[str]
) -> None:
    """Where all of them give 0, and where any of them loses digits."""
    assert atlas.faults(found) == words
