"""Figures as TikZ: every line is there, and nothing that is typed is a command of LaTeX."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import Call
from hypothesis import given
from hypothesis import strategies as st
from onsheet import strokes, words

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.check.result import ErrorSeries
from actviz.figure.canvas import mathtext, tex
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Area, Circles, Stroke
from actviz.figure.canvas.strokes import flattened
from actviz.figure.canvas.strokes import parts as curved
from actviz.formula.arrays import Array

FOUND = [
    ErrorSeries("gelu", order, (-9.0, 0.5, 3.0), (1.0, 0.0, 2e-16), 2**-52) for order in (0, 1)
]
PICTURES = {
    "plot": lambda: plotted("hardshrink", annotate=True, grid=True),
    "dark": lambda: plotted("elu", theme="dark", formula=True),
    "grid": lambda: figure.compare(
        parse_curves(["relu", "elu", "tanh"]), (0,), -6, 6, layout="grid"
    ),
    "plane": lambda: plotted("swiglu"),
    "errors": lambda: figure.errors(FOUND, *parse_curves(["gelu"])),
    "vanishing": lambda: figure.vanishing(parse_curves(["tanh", "relu"]), [1, 5]),
}
HOSTILE = (
    "a_b%#$&~^\\{}",
    r"\end{tikzpicture}\end{document}\input{secret}",
    "}; \\draw (0,0); \\node {",
    "50% of {it} $x$ & #1",
    r"$\text{\input{secret} \end{tikzpicture} % # &}$ & $\text{^^5cinput}$",
    "^^5cinput{secret} ^^M ^^41",
    "a--b ''c'' ?`d <<e>> \"f\"",
    "```\\write18{touch pwned}```",
)
PLACE = r"\((-?[\d.]+),(-?[\d.]+)\)"


def plotted(curve: str, **asked: object) -> Picture:
    [one] = parse_curves([curve])
    return figure.plot(one, (0, 1), -6, 6, figure.Options(**asked))  # type: ignore[arg-type]


def tikz(picture: Picture, format: str = "tikz") -> str:
    return figure.render(picture, format).decode()


def parts(text: str) -> list[tuple[str, str]]:
    """Each shape's name and what is written of it."""
    drawn = text.partition("use as bounding box")[2].partition("\n")[2]
    body = drawn.partition(r"\end{tikzpicture}")[0]
    return re.findall(r"^% (.*)\n((?:[^%].*\n)*)", body, re.MULTILINE)


@pytest.fixture(params=PICTURES, scope="module")
def picture(request: pytest.FixtureRequest) -> Picture:
    return PICTURES[request.param]()


def places_of(path: Array) -> Array:
    """The places that tell of a curved path: those that pull are left out where it is straight."""
    return np.array([path[0], *(place for part in curved(path) for place in part)])


def test_every_shape_is_there_in_order_and_in_its_place(picture: Picture) -> None:
    shapes, found = picture.ordered(), parts(tikz(picture))
    assert [name for name, _ in found] == [shape.name for shape in shapes]
    for shape, (_, written) in zip(shapes, found, strict=True):
        told = np.array(re.findall(PLACE, written), dtype=float).reshape(-1, 2)
        match shape:
            case Stroke(curved=True):
                expected = np.concatenate(list(map(places_of, shape.paths)))
                cubics = written.count(".. controls")
                assert len(expected) == written.count("-- ") + 3 * cubics + len(shape.paths)
                assert cubics == 0 or shape.curved
            case Stroke():
                expected = np.concatenate(shape.paths)
                assert written.count(" --") == sum(len(path) - 1 for path in shape.paths)
            case Area():
                expected = np.concatenate([outline[:-1] for outline in shape.outlines])
                assert written.count("cycle") == len(shape.outlines)
            case Circles():
                expected = shape.centres
            case _:
                continue
        assert np.abs(told - expected).max() <= 0.0005001, shape.name


def test_every_text_is_there(picture: Picture) -> None:
    written = dict(parts(tikz(picture)))
    for each in words(picture):
        shown = mathtext.typeset(each.label)
        assert f"{{{shown}}}" in written[each.name] or len(words(picture, each.name)) > 1
        if not each.after and len(words(picture, each.name)) == 1:
            (x, y), (left, right, *_) = places(written[each.name]), each.label.ink
            along = left + each.anchor * (right - left)
            there = (each.x, each.y + along) if each.label.upright else (each.x + along, each.y)
            assert (x, y) == pytest.approx(there, abs=0.001)


def places(written: str) -> tuple[float, float]:
    ((x, y),) = re.findall(PLACE, written)
    return float(x), float(y)


def test_looks_are_those_of_the_shapes() -> None:
    picture = plotted("hardshrink", annotate=True)
    written, text = dict(parts(tikz(picture))), tikz(picture)
    [dashed] = strokes(picture, "curve-0-1")
    found = re.findall(r"dash pattern=on ([\d.]+)bp off ([\d.]+)bp", written["curve-0-1"])
    for (on, off), path in zip(found, flattened(dashed), strict=True):
        assert float(on) / float(off) == pytest.approx(dashed.dash[0] / dashed.dash[1], 1e-3)
        length = np.hypot(*np.diff(path, axis=0).T).sum()
        periods = (length - float(on)) / (float(on) + float(off))
        assert periods == pytest.approx(max(1, round(periods)), abs=1e-2)
    assert "dash" not in written["curve-0-0"] and "line width=2bp" in written["curve-0-0"]
    colours = dict(re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{(\w{6})\}", text))
    assert {shape.colour[1:] for shape in strokes(picture, "curve-0-0")} == {
        colours[name] for name in re.findall(r"draw\[(\w+)", written["curve-0-0"])
    }
    for shape in picture.shapes:
        if isinstance(shape, Circles):
            assert f"circle[radius={shape.size / 2:g}]" in written[shape.name]
            assert ("fill=" in written[shape.name]) == bool(shape.face)
    assert "opacity=" in dict(parts(tikz(plotted("swiglu"))))["level-1"]


def test_texts_are_anchored_where_they_belong() -> None:
    picture = plotted("silu")
    written = parts(tikz(picture))
    assert {
        re.findall(r"anchor=([\w ]+)", each)[0] for name, each in written if name == "tick-x"
    } == {"base"}
    assert all("anchor=base east" in each for name, each in written if name == "tick-y")
    assert "(title-1-1) at (10," in dict(written)["title-1-1"]
    assert "at ([xshift=12bp]title-1-1.base east)" in dict(written)["title-1-2"]
    larger = dict(parts(tikz(plotted("silu", font_size=20.0))))
    assert "at ([xshift=24bp]title-1-1.base east)" in larger["title-1-2"]


def test_a_text_that_a_curve_gives_way_to_has_paper() -> None:
    crossed = [each for each in words(plotted("silu")) if each.halo]
    assert crossed
    assert tikz(plotted("silu")).count("paper={colour1}{1bp}") == len(crossed)
    assert "paper=" not in tikz(plotted("silu", transparent=True))


def test_a_text_that_may_be_too_wide_for_the_sheet_is_fitted_into_it() -> None:
    assert "actvizfit" not in tikz(plotted("silu"))
    picture = plotted("silu", title="n" * 48)
    written, [title] = dict(parts(tikz(picture))), words(picture, "title-1-1")
    [(room, text)] = re.findall(r"\\actvizfit\{([\d.]+)bp\}\{(n+)\}", written["title-1-1"])
    assert text == title.label.text
    assert title.label.extent[0] < float(room) < 72 * picture.size[0] - title.x


def test_a_fragment_is_the_picture_of_the_document(picture: Picture) -> None:
    whole, part = tikz(picture), tikz(picture, "tikz-fragment")
    drawn = re.compile(r"\\begin\{tikzpicture\}.*\\end\{tikzpicture\}", re.DOTALL)
    assert drawn.findall(whole) == drawn.findall(part) != []
    before, after = drawn.split(part)
    assert after == "%\n" and all(line.startswith("% ") for line in before.splitlines())
    assert r"% \usepackage{tikz}" in before
    assert "\n\n" not in part, "an empty line would end a paragraph"
    assert whole.endswith("\\end{document}\n")


def test_the_same_picture_is_the_same_text() -> None:
    assert tikz(PICTURES["plane"]()) == tikz(PICTURES["plane"]())


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("−6", "$-6$"),
        ("10", "$10$"),
        ("−3π/4", r"$-3\pi /4$"),
        ("<10⁻³²", "$<10^{-32}$"),
        ("∞", r"$\infty$"),
        ("y  ×10⁻⁹", r"y\ \ $\times 10^{-9}$"),
        ("min −0.5 at 2", "min $-0.5$ at 2"),
        ("relu6, x2 ± 1", r"relu6, x2 $\pm$ 1"),
        ("gelu′ − relu⁽⁴⁾", "gelu$'$ $-$ relu$^{(4)}$"),
        ("z ~ N(0, 1), g² = β", r"z $\sim$ N(0, 1), g$^{2}$ = $\beta$"),
        ("Größe, naïveté, Øre", "Größe, naïveté, Øre"),
        ("e\N{COMBINING ACUTE ACCENT}", "é"),
        ("Жук", r"\actvizchar{Ж}\actvizchar{у}\actvizchar{к}"),
        ("a\x00b\u2028c\x7f", "a b c "),
        ("“a” – ‘b’…", r"``a'' -- `b'\dots{}"),
    ],
)
def test_plain_texts(plain: str, expected: str) -> None:
    assert tex.text(plain) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("f″(x)", "f''(x)"),
        (r"x\;\;\mathrm{×10⁻⁹}", r"x\;\;\mathrm{\times 10^{-9}}"),
        (r"\alpha = \mathrm{−2×10⁶}", r"\alpha = \mathrm{-2\times 10^{6}}"),
        (r"\dfrac{1}{\sum_{j} x_{j}}", r"\dfrac{1}{\sum\limits_{j} x_{j}}"),
        (r"\max(x, 0) + \max_i x", r"\max(x, 0) + \max\limits_{i} x"),
        (r"x^\frac{1}{2}' + y_\mathrm{a}^2", r"x'^{\frac{1}{2}} + y_{\mathrm{a}}^{2}"),
        (
            r"\left(\frac{a}{b}\right)\hspace{0.5}\mathbb{R}",
            r"\left(\frac{a}{b}\right)\hspace{0.5em}\mathbb{R}",
        ),
        (
            r"\left\{\genfrac{}{}{0}{0}{0\quad a\hspace{0.1}}{\genfrac{}{}{0}{0}"
            r"{x^{2}\quad b}{x\hspace{2.3}\quad c}}\right.",
            r"\left\{\begin{array}{@{\,}l@{}l@{}}0&\quad a\\[1pt]x^{2}&\quad b\\[1pt]"
            r"x&\quad c\end{array}\right.",
        ),
        (r"\sqrt[3]{x} \, \hat{y} \ne 50\%", r"\sqrt[{3}]{x} \, \hat{y} \ne 50\%"),
        (
            r"\text{a \input{b} #1} \input{x} \end{document}",
            r"\text{a \textbackslash{}input\{b\} \#1} \mathrm{input}{x} \mathrm{end}{document}",
        ),
        ("a & b # ^^5c {x", r"a \& b \# 5c {x}"),
        (r"x}\\y\left", r"x y\left."),
        (r"\alpha}b^\beta^c", r"\alpha b^{\beta c}"),
    ],
)
def test_formulas(given: str, expected: str) -> None:
    assert mathtext.formula(given) == expected


# All commands that a text can become, and mathematics between its dollar signs.
COMMANDS = re.compile(
    r"\\(?:[#$%&_{} ]|text(?:asciicircum|backslash|less|greater|bar)\{\}|symbol\{34\}|dots\{\}"
    r"|kern0pt |actvizchar\{.\})|\$[^$]*\$"
)
MATHEMATICS = set(
    re.findall(r"\\[a-z]+", " ".join([*tex.SYMBOLS.values(), *tex.GREEK.values()]), re.I)
)
ANY = st.sampled_from([*tex.SPECIAL, *tex.SYMBOLS, *tex.GREEK, *tex.JOINED, *"×10⁻⁹ \n\r^^M"])


@given(st.lists(ANY | st.characters(exclude_categories=["Cs"]), max_size=30).map("".join))
def test_nothing_that_is_typed_is_a_command(typed: str) -> None:
    shown = tex.text(typed)
    assert not set("#$%&_{}~^\\") & set(COMMANDS.sub("", shown)), shown
    for part in COMMANDS.findall(shown):
        if part.startswith("$"):
            assert set(re.findall(r"\\[A-Za-z]+", part)) <= MATHEMATICS | {r"\sim"}, shown
    assert shown.isprintable()


PARTS = st.sampled_from(
    [*(rf"\{name}" for name in mathtext.COMMANDS), *mathtext.SIGNS, *mathtext.SCRIPTS, *"{}[",
     r"\text", r"\input", r"\def", r"\left", r"\right", r"\hspace", r"\rm", "x", " ", "^^5c"]
)  # fmt: skip
ALLOWED = {*mathtext.COMMANDS, "text", "hspace", "left", "right", "middle", "limits", "mathrm"} | {
    name[1:] for name in MATHEMATICS | {r"\sim", r"\textbackslash", r"\symbol", r"\kern", r"\dots"}
} | {"actvizchar", "textless", "textgreater", "textbar", "textasciicircum"}  # fmt: skip


@given(st.lists(PARTS | st.characters(exclude_categories=["Cs"]), max_size=25).map("".join))
def test_no_mathematics_that_is_typed_is_a_command_that_is_not_known(typed: str) -> None:
    shown = mathtext.formula(typed)
    assert set(re.findall(r"\\([A-Za-z]+)", shown)) <= ALLOWED, shown
    bare = re.sub(r"\\[A-Za-z]+|\\.", "", shown)
    assert not set("%#&~\\") & set(bare), shown
    depths = [bare[:i].count("{") - bare[:i].count("}") for i in range(len(bare) + 1)]
    assert min(depths) == depths[-1] == 0, shown
    assert "^^" not in shown and shown.isprintable()


def test_a_title_may_have_mathematics_in_it() -> None:
    picture = plotted("relu", title=r"50% of $x^2 \leq \text{a&b}$ for \$5")
    assert r"{50\% of $x^{2} \leq \text{a\&b}$ for \$5}" in tikz(picture)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_in_its_text_and_in_its_comment(title: str) -> None:
    picture = plotted("relu", title=title)
    picture.words = (f"{title}\r{title}", f"{title}\n{title}\x0c{title}\x85{title}\u2029{title}")
    text = tikz(picture)
    head, _, rest = text.partition(r"\documentclass")
    assert all(line.startswith("% ") for line in re.split(r"[\r\n\f\v\x85\u2028\u2029]", head)[:-1])
    assert rest.count(r"\end{tikzpicture}") == rest.count(r"\end{document}") == 1
    assert rest.count(r"\input") == rest.count(r"\write") == 0
    nodes = [each for name, each in parts(text) if name.startswith("title")]
    assert nodes and all(re.fullmatch(r"\\node\[.*\] at \(.*\) \{.*\};\n", n) for n in nodes)
    assert mathtext.typeset(words(picture, "title-1-1")[0].label) in text


def test_a_suffix_means_a_document(call: Call) -> None:
    assert call("plot", "relu", "-o", "a.tex") == (0, "a.tex\n", "")
    assert r"\documentclass{standalone}" in Path("a.tex").read_text()
    assert call("plot", "relu", "--format", "TikZ") == (0, "relu.tex\n", "")
    assert Path("relu.tex").read_text() == Path("a.tex").read_text()
    assert call("plot", "relu", "-o", "b.tex", "--format", "tikz-fragment").out == "b.tex\n"
    assert "documentclass" not in Path("b.tex").read_text()
    assert "documentclass" in call("plot", "relu", "-o", "-", "--format", "tikz").out


def test_a_list_of_fragments(call: Call) -> None:
    Path("list.toml").write_text(
        'format = "tikz-fragment"\n[relu]\n[elu]\noutput = "part/elu.tex"\n'
    )
    Path("part").mkdir()
    assert call("plot", "--from", "list.toml").out == "relu.tex\npart/elu.tex\n"
    assert not any("documentclass" in Path(p).read_text() for p in ("relu.tex", "part/elu.tex"))
    done = call("plot", "--from", "list.toml", "elu", "--format", "tikz")
    assert "documentclass" in Path("part/elu.tex").read_text() and done.code == 0
    refused = call("plot", "--from", "list.toml", "elu", "--format", "eps")
    assert (refused.code, refused.out) == (2, "")
    assert "'part/elu.tex', which is no place for eps" in refused.err


def test_no_text_is_no_node() -> None:
    picture = plotted("relu")
    [first, *_] = words(picture)
    empty = replace(first, label=replace(first.label, text=""), name="nothing", after="")
    picture.shapes.append(empty)
    assert dict(parts(tikz(picture)))["nothing"] == ""
