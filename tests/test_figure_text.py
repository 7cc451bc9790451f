"""Texts of a figure: names and titles with mathematics in them, and text in an SVG as text."""

from __future__ import annotations

import re
from itertools import product
from xml.etree import ElementTree

import pytest
from onsheet import box, faults, misplaced, strokes, texts, words
from sampled import sampled

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.figure.canvas.picture import Picture

SVG = "{http://www.w3.org/2000/svg}"


def plotted(text: str, orders: tuple[int, ...] = (0, 1), **asked: object) -> Picture:
    options = figure.Options(**asked)  # type: ignore[arg-type]
    return figure.plot(*parse_curves([text]), orders, -6.0, 6.0, options)


def test_axes_have_the_names_that_were_asked_for() -> None:
    for text in ("gelu", "softmax", "swiglu", "crelu"):
        shown = plotted(text, xlabel="input $z_i$", ylabel="a → b")
        assert set(texts(shown, "label-x")) == {"input $z_i$"}
        assert set(texts(shown, "label-y")) == {"a → b"}
        assert faults(shown) == []


@pytest.mark.parametrize(
    ("title", "parsed", "shown"),
    [
        ("plain", False, "plain"),
        ("for $5", False, "for $5"),
        (r"for \$5", False, "for $5"),
        (r"$\Phi(x)\,x$ at work", True, r"$\Phi(x)\,x$ at work"),
        (r"$x$ for \$5", True, r"$x$ for \$5"),
        ("$5 and $6", False, "$5 and $6"),
        ("a $ b $ c", False, "a $ b $ c"),
        ("from $5-$6", False, "from $5-$6"),
        ("$5 for $x^2$, $7 in all", True, r"\$5 for $x^2$, \$7 in all"),
    ],
)
def test_dollar_signs(title: str, parsed: bool, shown: str) -> None:
    [written] = words(plotted("gelu", title=title), "title-1-1")
    assert (written.label.parsed, written.label.shown) == (parsed, shown)
    left, _, right, _ = box(written)
    assert right - left > 10


@pytest.mark.parametrize("asked", [{"title": r"$\frac{$"}, {"xlabel": r"$\nonsense{x}$"}], ids=str)
def test_mathematics_that_cannot_be_typeset_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="mathematics that cannot be typeset"):
        plotted("gelu", **asked)


@pytest.mark.parametrize("text", ["gelu_tanh", "gaussian", "hardshrink", "softmax", "swiglu"])
def test_an_svg_has_its_text_as_text_if_asked(text: str) -> None:
    picture = plotted(text, svg_text=True, title="a < b & c")
    root = ElementTree.fromstring(figure.render(picture, "svg"))
    found = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
    assert len(found) == len(words(picture))
    assert "a < b & c" in found
    for each in words(picture):
        if not each.label.parsed:
            assert each.label.text in found
    for each in root.iter(f"{SVG}text"):
        style = each.get("style", "")
        assert re.search(r"font-family: '[\w ]+', .*(sans-)?serif", style)
    assert b"<text" not in figure.render(plotted(text), "svg")


def test_numbers_that_are_text_are_anchored_at_their_ticks() -> None:
    picture = plotted("gaussian", (0, 1, 2), svg_text=True)
    root = ElementTree.fromstring(figure.render(picture, "svg"))
    for name, across, anchor in (("x", 0, "middle"), ("y", 1, "end")):
        ticks = [
            path.mean(axis=0) for s in strokes(picture, f"{name}-major-ticks") for path in s.paths
        ]
        groups = [g for g in root.iter(f"{SVG}g") if g.get("id", "").endswith(f"-tick-{name}")]
        assert len(groups) == len(ticks)
        for group in groups:
            [text] = group.iter(f"{SVG}text")
            assert f"text-anchor: {anchor}" in text.get("style", "")
            if across == 0:
                at = float(text.get("x", "nan"))
                assert min(abs(at - tick[0]) for tick in ticks) < 0.2


def test_unicode_is_drawn_as_it_is() -> None:
    shown = plotted("gelu", title="Ünïcode → ∑ αβγ ≤ ½")
    assert "Ünïcode → ∑ αβγ ≤ ½" in texts(shown)
    assert misplaced(shown) == faults(shown) == []


def test_a_character_that_no_font_has_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    for title in ("a \U0001f9e0 b", "$\U0001f9e0$"):
        shown = plotted("gelu", title=title)
        figure.render(shown, "png")
        assert [note for note in shown.notes if "no font here has \U0001f9e0" in note]
    assert caplog.records == []


WRITTEN = [
    *product(
        ((0.0, 1e-6), (-6.0, 6.0), (-1e9, 1e9)),
        ("gelu", "softmax", "1e-9*tanh(x) + 1e-7", "sine", "softplus"),
        (figure.Options(annotate=True), figure.Options(scale="symlog")),
    )
]


@pytest.mark.parametrize(("span", "text", "options"), sampled(WRITTEN, 0.1))
def test_everything_that_is_written_has_its_glyphs(
    span: tuple[float, float],
    text: str,
    options: figure.Options,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown = figure.plot(*parse_curves([text]), (0, 1, 2, 3, 4), *span, options)
    assert [note for note in shown.notes if "no font" in note] == []
    assert caplog.records == []


# formula, and the branches behind the brace of its title
CASES = (
    ("elu", 2), ("hardshrink", 2), ("smooth_step", 3), ("where(x > 1, 1, where(x > 0, x, 0))", 3),
    ("gelu", 0), ("srelu", 0),
)  # fmt: skip


@pytest.mark.parametrize(("text", "count"), CASES)
def test_branches_stand_behind_a_brace_one_under_the_other(text: str, count: int) -> None:
    shown = plotted(text)
    titles = [each for each in words(shown) if each.name.startswith("title")]
    [formula] = [each for each in titles if each.label.text.startswith("f(x)")]
    assert formula.label.text.count("genfrac") == max(count - 1, 0)
    assert formula.label.text.count(r"\mathrm{otherwise}") == (count > 0)
    assert faults(shown) == []
    for format in ("svg", "png", "pdf", "tikz"):
        assert figure.render(shown, format)
