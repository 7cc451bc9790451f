"""How contours look: texts, options, themes, scales, words, and what is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from onsheet import faults, strokes, texts
from pictures import BEGINS
from planes import GATED, HI, LO, compared, curve, plotted
from sampled import sampled

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.figure.canvas.shapes import Area, Stroke


@pytest.mark.parametrize("orders", [(0,), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("name", sampled([*GATED], 0.1))
def test_no_text_touches_anything(name: str, orders: tuple[int, ...]) -> None:
    picture = plotted(name, orders)
    assert len(figure.render(picture, "svg")) < 60_000 * (1 + len(orders))
    assert faults(picture) == []
    count = sum(k + 1 for k in orders)
    assert len(texts(picture, "label-x")) == len(texts(picture, "label-y")) == count
    assert len(texts(picture, "heading")) == (count if count > 1 else 0)


@pytest.mark.parametrize(
    "options",
    [{"axes": "box", "grid": True}, {"size": (6.0, 2.0)}, {"size": (9.0, 4.0)}, {"legend": False},
     {"title": ""}, {"formula": True}, {"hlines": (-1.278,), "vlines": (1.0, 7.0)}],
    ids=str,
)  # fmt: skip
def test_options(options: dict[str, object]) -> None:
    for name, orders in (("swiglu", (0,)), ("maxout", (0, 1))):
        picture = plotted(name, orders, **options)
        assert faults(picture) == [], name
        assert bool(texts(picture, "tick-scale")) == ("legend" not in options)
        guides = {each.name for each in picture.shapes if re.match("[hv]line-", each.name)}
        assert guides == ({"hline--1.278", "vline-1"} if "hlines" in options else set())


@pytest.mark.parametrize("span", [(-1.0, 8.0), (2.0, 9.0), (-1e6, 1e6), (0.0, 1e-9), (1e3, 1001.0)])
def test_ranges(span: tuple[float, float]) -> None:
    for name in ("glu", "reglu", "swiglu", "maxout"):
        assert faults(plotted(name, (0,), *span)) == [], name


@pytest.mark.parametrize("axes", figure.AXES)
def test_axes(axes: str) -> None:
    picture = plotted("glu", axes=axes)
    assert len(texts(picture, "tick-x")) == len(texts(picture, "tick-y")) >= 6
    for name in "xy":
        [ticks] = strokes(picture, f"{name}-major-ticks")
        assert len(ticks.paths) >= 6


@pytest.mark.parametrize("theme", figure.THEMES)
def test_every_theme_and_format(theme: str) -> None:
    picture = plotted("reglu", (1,), theme=theme)
    for format in figure.FORMATS if theme == "print" else ("png", "svg"):
        assert figure.render(picture, format).startswith(BEGINS[format])


def test_the_auto_theme_has_a_dark_colour_for_every_colour() -> None:
    svg = figure.render(plotted("swiglu", (0, 1), theme="auto", grid=True), "svg").decode()
    style, rest = svg.split("</style>", 1)
    colours = set(re.findall(r"(fill|stroke): (#[0-9a-f]{6})", rest))
    assert len(colours) > 3
    for what, colour in colours:
        assert f'[style*="{what}: {colour}"]' in style, (what, colour)


def test_the_sign_is_seen_without_colours() -> None:
    picture = plotted("swiglu", theme="print")
    for shape in picture.shapes:
        if isinstance(shape, Stroke) and shape.name.startswith("level-"):
            assert bool(shape.dash) == shape.name.startswith("level--")
    opacity = {
        each.name: each.opacity
        for each in picture.shapes
        if isinstance(each, Area) and each.name.startswith(("above", "below"))
    }
    assert len(opacity) == 13 and not any(name.startswith("below") for name in opacity)


SCRIPT = """\
import hashlib
from actviz import figure
from actviz.catalogue.curve import parse_curves
for format in ("svg", "png"):
    picture = figure.plot(*parse_curves(["maxout"]), (0, 1), -6, 6)
    print(hashlib.sha256(figure.render(picture, format)).hexdigest())
"""


def test_the_same_bytes_every_time() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]  # fmt: skip
    assert len(runs[0]) == 2 and runs[0] == runs[1]


def test_ids_differ_between_figures() -> None:
    svgs = [figure.render(plotted(name), "svg").decode() for name in ("swiglu", "geglu")]
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in svgs]
    assert ids[0] and not ids[0] & ids[1]


# -- several


def test_several_functions_share_a_scale() -> None:
    names = ("glu", "reglu", "geglu", "swiglu", "bilinear", "gtu")
    picture, again = compared(*names), compared(*names, layout="grid")
    assert figure.render(picture, "svg") == figure.render(again, "svg")
    assert faults(picture) == []
    assert texts(picture, "heading") == list(names)
    marks = texts(picture, "tick-scale")
    assert len(marks) == len(set(marks)) and {"0", "20", "−20"} <= set(marks)


def test_a_difference_is_that_of_the_values() -> None:
    picture = compared("geglu", "swiglu", diff=True)
    assert texts(picture, "heading") == ["swiglu − geglu"]
    assert faults(picture) == []
    geglu, swiglu = (curve(name).activation for name in ("geglu", "swiglu"))
    b = np.linspace(LO, HI, 2001)
    greatest = float(np.max(swiglu.at(LO, b) - geglu.at(LO, b)))
    assert f"to {greatest:.3f} at" in picture.words[1]


# -- words


@pytest.mark.parametrize(
    ("name", "orders", "facts"),
    [
        ("swiglu", (0,), ["swiglu, f(a, b) = a*b*sigmoid(beta*b) with beta = 1 for a and b from −6",
                          "is 0 where a = 0 and where b = 0", "f(−a, b) = −f(a, b)"]),
        ("bilinear", (0,), ["from −36 at a = 6, b = −6", "to 36 at a = 6, b = 6",
                            "f(b, a) = f(a, b)"]),
        ("reglu", (0,), ["is 0 where b < 0 and where a = 0 and b > 0"]),
        ("reglu", (1,), ["∂f/∂a goes from 0 to 6", "∂f/∂b goes from −6 to 6"]),
        ("maxout", (0, 1), ["where a = 0 and b < 0", "has a kink where a = b",
                            "∂f/∂a takes the values 0 and 1 and is 0 where a < b"]),
        ("geglu", (1,), ["∂f/∂a goes from −0.17 to 6"]),
        ("swiglu", (2,), ["∂²f/∂a² is 0 everywhere"]),
        ("glu", (1,), ["∂f/∂b goes from −1.5 at a = −6, b = 0 to 1.5 at a = 6, b = 0"]),
    ],
    ids=str,
)  # fmt: skip
def test_words(name: str, orders: tuple[int, ...], facts: list[str]) -> None:
    words = plotted(name, orders).words[1]
    for fact in facts:
        assert fact in words


# -- refusals


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: plotted("swiglu", (3,)), "up to the second. Fix one, as in swiglu:b=1"),
        (lambda: plotted("swiglu", annotate=True), "--annotate is for curves.*swiglu:b=1"),
        (lambda: plotted("swiglu", ylim=(0.0, 1.0)), "--ylim is for curves"),
        (lambda: plotted("swiglu", vector=True), "--vector is for functions of a vector"),
        (lambda: plotted("swiglu", fixed=(2.0,)), "--fixed with numbers alone is for"),
        (lambda: plotted("swiglu", (0, 1), size=(3.0, 2.0)), "too small for 3"),
        (lambda: plotted("swiglu", ticks="pi"), "--ticks pi is for curves"),
        (lambda: plotted("swiglu", lo=-1e308, hi=1e308), "too wide"),
        (lambda: compared("swiglu", "relu"), "cannot be drawn with relu.*swiglu:b=1"),
        (lambda: compared("relu", "swiglu"), "cannot be drawn with relu.*swiglu:b=1"),
        (lambda: compared("swiglu", diff=True), "two functions or more"),
        (lambda: compared("swiglu", "glu", layout="overlay"), "--layout overlay is for curves"),
        (
            lambda: figure.compare(parse_curves(["swiglu", "glu"]), (0, 1), LO, HI),
            "without derivatives",
        ),
        (lambda: figure.preview(parse_curves(["swiglu"]), (0,), LO, HI), "has no preview"),
    ],
)
def test_refusals(make: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make()  # type: ignore[operator]
