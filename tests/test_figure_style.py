"""matplotlib's style sheets: by name or file, what figures follow of them, what they say of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Call
from onsheet import faults, misplaced, strokes, words

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.errors import UsageError
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.settings import settings
from actviz.figure.canvas.styles import read_style


def plotted(style: str | Path, orders: tuple[int, ...] = (0, 1), **asked: object) -> Picture:
    options = figure.Options(style=Path(style), **asked)  # type: ignore[arg-type]
    return figure.plot(*parse_curves(["gelu"]), orders, -6.0, 6.0, options)


def styled(folder: Path, text: str) -> Path:
    path = folder / "own.mplstyle"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "name", ["ggplot", "dark_background", "grayscale", "seaborn-v0_8", "classic", "fivethirtyeight"]
)
def test_a_style_of_matplotlib_is_followed_by_its_name(name: str) -> None:
    picture = plotted(name, annotate=True)
    look, given = figure.Options(style=Path(name)).look, read_style(Path(name)).given
    colours = [c.upper().lstrip("#") for c in given["axes.prop_cycle"].by_key()["color"]]
    if len(colours[0]) == 6:
        assert look.curves[0] == f"#{colours[0]}"
    assert strokes(picture, "curve-0-0")[0].colour == look.curves[0]
    assert bool(strokes(picture, "grid")) is given.get("axes.grid", False)
    assert faults(picture) == misplaced(picture) == []
    [aside] = picture.asides
    assert aside.startswith(f"--style {name} says what is not followed here: ")
    assert "axes.prop_cycle" not in aside and "\n" not in aside


def test_fonts_mathematics_and_sizes_are_followed(tmp_path: Path) -> None:
    style = styled(tmp_path, "font.family: serif\nmathtext.fontset: cm\nfont.size: 14\n"
                             "lines.linewidth: 3\n")  # fmt: skip
    picture = plotted(style)
    assert picture.asides == ()
    assert {each.label.font[0] for each in words(picture)} == {"DejaVu Serif"}
    assert picture.unit == 1.4 and strokes(picture, "curve-0-0")[0].width == pytest.approx(3)
    svg = figure.render(picture, "svg")
    assert b"Cmmi10" in svg
    assert b"Cmmi10" not in figure.render(plotted("fast"), "svg")  # nothing stays of it
    assert plotted(style, font_size=10.0).unit == 1.0
    other = plotted(styled(tmp_path, "mathtext.fontset: dejavuserif\n"))
    widths = set()
    for shown in (picture, other):
        with settings(shown.math):
            widths.add(max(each.label.extent[0] for each in words(shown, "title-1-2")) / shown.unit)
    assert len(widths) == 2
    for format in figure.FORMATS:
        assert figure.render(picture, format)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("foo: bar\nlines.linewidth: 2\n", ["is not followed here: foo."]),
        ("axes.prop_cycle: cycler('linestyle', ['-', '--'])\n", ["linestyle of axes.prop_cycle."]),
        ("font.family: Nonesuch\n", ["names no font that is installed here."]),
        ("legend.loc: best\nfont.family: serif\n", ["is not followed here: legend.loc."]),
        ("text.color: 123456\n", []),
    ],
)
def test_what_is_not_followed_is_told(tmp_path: Path, text: str, told: list[str]) -> None:
    asides = plotted(styled(tmp_path, text)).asides
    assert [end for end, aside in zip(told, asides, strict=True) if aside.endswith(end)] == told


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ("gplot", "there is no style 'gplot'.* Did you mean ggplot"),
        ("missing.mplstyle", "cannot read the style 'missing.mplstyle': No such file"),
        ("lines.linewidth: x\n", "Could not convert 'x' to float.$"),
        ("just words\n", "cannot read the style"),
    ],
)
def test_what_is_no_style(
    tmp_path: Path, style: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = styled(tmp_path, style) if style.endswith("\n") else Path(style)
    with pytest.raises(UsageError, match=message):
        figure.Options(style=path)
    assert capfd.readouterr() == ("", "")


def test_on_other_paper_what_is_pale_is_near_it(tmp_path: Path) -> None:
    look = figure.Options(style=styled(tmp_path, "axes.facecolor: black\ntext.color: white\n")).look
    sizes = [int(getattr(look, part)[1:3], 16) for part in ("ink", "faint", "reference", "zone")]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < 0x30


def test_on_the_command_line_and_in_lists(call: Call) -> None:
    Path("book").mkdir()
    styled(Path("book"), "lines.linewidth: 4\n")
    Path("book/list.toml").write_text(
        '[relu]\nstyle = "ggplot"\n[elu]\nstyle = "ggplot"\n[gelu]\nstyle = "own.mplstyle"\n'
    )
    done = call("plot", "--from", "book/list.toml", "--depfile", "all.mk")
    assert (done.code, len(done.err.splitlines())) == (0, 1)  # told once
    assert done.err.startswith("relu: --style ggplot says what is not followed here: ")
    rule = Path("all.mk").read_text()
    assert "book/own.mplstyle" in rule and "ggplot" not in rule
    assert call("plot", "relu", "--style", "gplot").code == 2
