"""Figures as EPS: PostScript that is whole, always the same, and without anything translucent."""

from __future__ import annotations

import re

import numpy as np
import pytest
from onsheet import words

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.figure.canvas.opaque import opaque
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.renderers import raster
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.shapes import Area, Stroke

CURVES = parse_curves(["relu", "tanh"])
PICTURES = {
    "larger": lambda **asked: figure.plot(
        *parse_curves(["glu"]), (0,), -6, 6, figure.Options(dpi=100, font_size=20.0, **asked)
    ),
    "plot": lambda **asked: figure.plot(CURVES[1], (0, 1), -6, 6, figure.Options(**asked)),
    "plane": lambda **asked: figure.plot(
        *parse_curves(["swiglu"]), (0, 1), -6, 6, figure.Options(dpi=100, **asked)
    ),
    "vanishing": lambda **asked: figure.vanishing(CURVES, [1, 5], options=figure.Options(**asked)),
}
UNSTEADY = re.compile(r"Creat(or|ion)|Producer|matplotlib|\d\d:\d\d", re.I)  # a time, a version


def eps(picture: Picture) -> str:
    return figure.render(picture, "eps").decode()


@pytest.mark.parametrize("kind", PICTURES)
def test_it_is_whole_and_says_how_large_it_is(kind: str) -> None:
    picture = PICTURES[kind]()
    text = eps(picture)
    lines = text.splitlines()
    width, height = (72 * length for length in picture.size)
    assert lines[:2] == ["%!PS-Adobe-3.0 EPSF-3.0", f"%%Title: {picture.words[0]}"]
    assert f"%%HiResBoundingBox: 0 0 {width:.3f} {height:.3f}" in lines
    [box] = re.findall(r"^%%BoundingBox: 0 0 (\d+) (\d+)$", text, re.MULTILINE)
    assert 0 <= int(box[0]) - width < 1 and 0 <= int(box[1]) - height < 1
    assert lines[-3:] == ["end", "showpage", "%%EOF"]
    assert lines.count("gsave") == lines.count("grestore") > len(words(picture))
    assert all(len(line.encode()) <= 255 for line in lines)
    assert not UNSTEADY.search(text.partition(" dict begin")[0])
    assert text == eps(PICTURES[kind]())


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_translucent_and_the_colours_are_the_same(kind: str, theme: str) -> None:
    picture = PICTURES[kind](theme=theme)
    solid = opaque(picture)
    assert all(s.opacity == 1 for s in solid.shapes if isinstance(s, Area | Stroke))
    assert [s.name for s in solid.ordered()] == [s.name for s in picture.ordered()]
    with settings():
        (_, before), (_, after) = raster(picture), raster(solid)
    apart = np.abs(np.asarray(before).astype(int) - np.asarray(after)).max(axis=-1)
    assert np.mean(apart > 8) < 0.02  # the frames of planes, which lie over many colours


def test_without_paper_colours_are_those_over_white() -> None:
    picture = PICTURES["plane"](transparent=True)
    text = eps(picture)
    assert "1 setgray\nfill" not in text
    [lowest, *_] = [shape for shape in opaque(picture).ordered() if isinstance(shape, Area)]
    assert all(int(lowest.colour[i : i + 2], 16) > 0xC0 for i in (1, 3, 5))


def test_texts_are_outlines() -> None:
    text = eps(PICTURES["plot"]())
    assert "selectfont" not in text and " show\n" not in text and "c\n" in text


def test_words_cannot_leave_their_comments() -> None:
    picture = PICTURES["plot"](title="(a) \\ %!PS >> showpage")
    picture.words = "a\rshowpage\n−é\x04", "b\x0cquit\x85\u2028c\x00 " + "long " * 100
    head = eps(picture).partition(" dict begin")[0]
    assert "%%Title: a showpage −é" in head.splitlines()
    lines = re.split(r"[\r\n\f]", head)[:-1]
    assert all(line.startswith("%") for line in lines)
    assert "\x04" not in head and "\x00" not in head
