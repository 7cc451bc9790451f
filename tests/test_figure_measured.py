"""Measured points over a curve: where they are, what they are called, and what is told of them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from conftest import Call
from onsheet import circles, faults, lines, texts

from actviz import figure, recorded
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.figure.canvas.picture import POINTS, Picture
from actviz.figure.canvas.space import Box

ODD = "x,y\n-7,0\n-2,-0.5\n0,nan\n1,0.7\n3,9.5\nnan,1\n9,9\n"


def points(tmp_path: Path, text: str = ODD, name: str = "chip.csv") -> recorded.Recording:
    (tmp_path / name).write_text(text)
    return recorded.read(str(tmp_path / name))


def plotted(data: recorded.Recording, orders: tuple[int, ...] = (0,), **asked: object) -> Picture:
    options = figure.Options(data=data, **asked)  # type: ignore[arg-type]
    return figure.plot(*parse_curves(["silu"]), orders, -6.0, 6.0, options)


def places(picture: Picture, panel: int = 0) -> list[tuple[float, float]]:
    """The circles of a panel, in the units of the function."""
    name = [each for each in picture.told if each.startswith("panel")][panel]
    told, height = picture.told[name], picture.size[1] * POINTS
    left, top, right, bottom = map(float, told["box"].split())
    box = Box(left, height - bottom, right, height - top)
    (lo, hi), (ylo, yhi) = (tuple(map(float, told[k].split())) for k in ("xlim", "ylim"))
    centres = [c for each in circles(picture, "measured") if name in each.inside
               for c in each.centres.tolist()]  # fmt: skip
    return [
        (lo + (x - box.x0) / box.width * (hi - lo), ylo + (y - box.y0) / box.height * (yhi - ylo))
        for x, y in centres
    ]


@pytest.mark.parametrize("orders", [(0,), (0, 1), (0, 1, 2), (1,)])
@pytest.mark.parametrize("theme", ["light", "print", "auto"])
def test_points_are_where_they_were_measured(
    orders: tuple[int, ...], theme: str, tmp_path: Path
) -> None:
    picture = plotted(points(tmp_path), orders, theme=theme)
    expected = [(-2, -0.5), (1, 0.7), (3, 9.5)]
    for got, (x, y) in zip(sorted(places(picture)), expected, strict=True):
        assert got == pytest.approx((x, y), abs=0.01)
    assert texts(picture, "name-measured") == ["chip.csv"]
    assert len(circles(picture, "legend-measured")) == 1
    assert faults(picture) == []


def test_circles_hide_no_curve(tmp_path: Path) -> None:
    picture = plotted(points(tmp_path), (0, 1))
    [circle] = circles(picture, "measured")
    drawn = [s.layer for s in picture.ordered() if s.name.startswith("curve")]
    assert circle.face == "" and drawn and circle.layer < min(drawn)


def test_what_is_not_seen_is_told(tmp_path: Path) -> None:
    assert plotted(points(tmp_path)).notes == [
        "2 points are not drawn: NaN or infinite (chip.csv).",
        "2 points are not seen: x goes from -6 to 6 (chip.csv).",
    ]
    [*_, note] = plotted(points(tmp_path), ylim=(-1.0, 2.0)).notes
    assert note == "1 point is not seen: y goes from -1 to 2 (chip.csv)."
    inside = points(tmp_path, "x,y\n1,1\n")
    assert plotted(inside).notes == []


def test_words_tell_how_many_and_how_far(tmp_path: Path) -> None:
    silu = 1 / (1 + math.exp(-1))
    told = plotted(points(tmp_path, f"x,y\n1,{silu + 0.25!r}\n2,{2 / (1 + math.exp(-2))!r}\n"))
    assert told.words[1].endswith(
        "Circles are 2 measured points of chip.csv, at most 0.25 from f(x), at x = 1."
    )
    assert plotted(points(tmp_path, "x,y\n9,9\n")).words[1].endswith("No measured point is seen.")
    one = plotted(points(tmp_path, "x,y\n0,0.5\n"))
    assert "A circle is a measured point of chip.csv, 0.5 from f(x), at x = 0." in one.words[1]


@pytest.mark.parametrize("scale", ["log", "symlog"])
def test_limits_take_the_points_in_on_every_scale(scale: str, tmp_path: Path) -> None:
    data = points(tmp_path, "x,y\n-2,-30\n1,1e-9\n2,400\n")
    picture = plotted(data, scale=scale)
    [told] = [told for name, told in picture.told.items() if name.startswith("panel")]
    low, high = map(float, told["ylim"].split())
    assert high > 400 and (0 < low < 1e-9 if scale == "log" else low < -30)
    assert len(circles(picture, "measured")[0].centres) == (2 if scale == "log" else 3)


@pytest.mark.parametrize(("layout", "panels"), [("overlay", 1), ("stack", 1), ("grid", 3)])
def test_several_curves_have_the_points_in_every_panel_of_their_order(
    layout: str, panels: int, tmp_path: Path
) -> None:
    options = figure.Options(data=points(tmp_path))
    curves = parse_curves(["silu", "gelu", "relu"])
    picture = figure.compare(curves, (0, 1), -6.0, 6.0, options, layout=layout)
    assert len(circles(picture, "measured")) == panels
    assert texts(picture, "name-measured") == ["chip.csv"]
    assert faults(picture) == []
    for panel in range(panels):
        assert sorted(places(picture, panel))[2] == pytest.approx((3, 9.5), abs=0.02)


def test_very_many_points_are_drawn_once_where_they_are_near(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    x = random.uniform(-6, 6, 60_000)
    np.savez(tmp_path / "many.npz", x=x, y=x + random.normal(size=x.size))
    picture = plotted(recorded.read(str(tmp_path / "many.npz")))
    [circle] = circles(picture, "measured")
    assert 500 < len(circle.centres) <= 4000
    assert any("nearer than" in note and "drawn once" in note for note in picture.notes)
    assert lines(picture, "curve-0-0") and "60,000 measured points" in picture.words[1]


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "eps", "tikz", "tikz-fragment"])
def test_every_format_has_them(format: str, tmp_path: Path) -> None:
    picture = plotted(points(tmp_path, "x,y\n-3,0.5\n2,1.5\n"))
    bare = figure.plot(*parse_curves(["silu"]), (0,), -6.0, 6.0, figure.Options())
    content, without = figure.render(picture, format), figure.render(bare, format)
    assert content != without
    marks = {"svg": b"<circle", "tikz": b"circle[", "tikz-fragment": b"circle["}
    if format in marks:
        assert content.count(marks[format]) - without.count(marks[format]) == 3  # and the legend's
    if format == "svg":
        assert b"chip.csv" in content  # in its words


REFUSED = (
    ("plot softmax --data a.csv", "--data is for functions of one number"),
    ("plot swiglu --data a.csv", "--data is for functions of one number"),
    ("plot crelu --data a.csv", "--data is for functions of one number"),
    ("compare swiglu geglu --data a.csv", "--data is for functions of one number"),
    ("compare silu gelu --diff --data a.csv", "it is not for --diff"),
    ("compare silu gelu --depth 3 --data a.csv", "--depth takes no --data"),
    ("plot silu --preview --data a.csv", "takes no --data"),
    ("plot silu --data none.csv", "cannot be read"),
    ("plot silu --data a.bin", "nothing says which they are"),
    ("plot silu --data b.csv", "has no header"),
)


@pytest.mark.parametrize(("words", "told"), REFUSED)
def test_what_has_no_place_for_points_is_refused(words: str, told: str, call: Call) -> None:
    Path("a.csv").write_text("x,y\n1,1\n")
    Path("b.csv").write_text("1,1\n2,2\n")
    done = call(*words.split())
    assert done.code == 2 and told in done.err and done.out == ""
    assert {path.name for path in Path().iterdir()} == {"a.csv", "b.csv"}


def test_a_list_has_points_beside_it_and_make_is_told(call: Call) -> None:
    Path("figures").mkdir()
    Path("figures/chip.csv").write_text("x,y\n1,1\n")
    Path("figures/list.toml").write_text('[silu]\ndata = "chip.csv"\n')
    done = call("plot", "--from", "figures/list.toml", "--depfile", "figures/rule.d")
    assert done.code == 0, done.err
    assert "figures/chip.csv" in Path("figures/rule.d").read_text()


def test_a_title_is_no_place_for_what_a_file_is_called(tmp_path: Path) -> None:
    name = "a$_^{<&>$" + 40 * "x" + ".csv"
    picture = plotted(points(tmp_path, "x,y\n1,1\n", name))
    [shown] = texts(picture, "name-measured")
    assert shown == r"a\$_^{<&>\$" + 16 * "x" + "..."
    for format in ("svg", "tikz"):
        assert figure.render(picture, format)
    with pytest.raises(UsageError, match="holds no numbers"):
        points(tmp_path, "")
