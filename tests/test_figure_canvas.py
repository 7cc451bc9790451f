"""What any figure needs is the same for all kinds: paper, dark pages, windows."""

import re
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from actviz import figure
from actviz.catalogue.curve import parse_curves
from actviz.check.result import ErrorSeries
from actviz.errors import UsageError
from actviz.figure.canvas import window
from actviz.figure.canvas.colours import recolour
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.shapes import Stroke

FAMILY = parse_curves(["elu:alpha=0.5|1|2", "relu"])
GATED = parse_curves(["glu", "swiglu"])
FOUND = [
    ErrorSeries("gelu", order, (-9.0, 0.5, 3.0), (1.0, 0.0, 2e-16), 2.0**-52) for order in (0, 1)
]

KINDS = {
    "plot": lambda asked: figure.plot(FAMILY[0], (0, 1, 2), -6, 6, asked),
    "vector": lambda asked: figure.plot(*parse_curves(["softmax"]), (0,), -6, 6, asked),
    "outputs": lambda asked: figure.plot(*parse_curves(["crelu"]), (0, 1), -6, 6, asked),
    "overlay": lambda asked: figure.compare(FAMILY, (0,), -6, 6, asked),
    "grid": lambda asked: figure.compare(FAMILY, (0, 1), -6, 6, asked, layout="grid"),
    "difference": lambda asked: figure.compare(FAMILY, (0,), -6, 6, asked, diff=True),
    "plane": lambda asked: figure.plot(GATED[0], (0, 1), -6, 6, asked),
    "planes": lambda asked: figure.compare(GATED, (0,), -6, 6, asked),
    "errors": lambda asked: figure.errors(FOUND, *parse_curves(["gelu"]), asked),
    "vanishing": lambda asked: figure.vanishing(FAMILY, [1, 3], options=asked),
}
BARE = "lines.linewidth: 3\nfont.family: serif\n"
COLOURED = (
    "axes.prop_cycle: cycler('color', ['000000'])\n",
    "text.color: 123456\n",
    "figure.facecolor: fff8e7\n",
    "axes.edgecolor: red\nlines.linewidth: 3\n",
    "grid.color: 00ff00\n",
)
COLOUR = re.compile(r"(?<=style=\")[^\"]*(fill|stroke): (#[0-9a-f]{6})")


def drawn(kind: str, **asked: object) -> str:
    picture = KINDS[kind](figure.Options(**asked))  # type: ignore[arg-type]
    return figure.render(picture, "svg").decode()


def style_of(folder: Path, text: str) -> Path:
    path = folder / "own.mplstyle"
    path.write_text(text)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_auto_has_no_paper_and_a_dark_colour_for_every_colour(kind: str, tmp_path: Path) -> None:
    svg = drawn(kind, theme="auto", grid=True, style=style_of(tmp_path, BARE))
    rules, body = svg.split("</style>", 1)
    assert "prefers-color-scheme: dark" in rules
    found = set(COLOUR.findall(body))
    assert found
    assert {each for each in found if f'[style*="{": ".join(each)}"]' not in rules} == set()
    assert "-background" not in body


@pytest.mark.parametrize("kind", KINDS)
def test_the_colours_of_a_style_sheet_are_everyones(kind: str, tmp_path: Path) -> None:
    style = style_of(tmp_path, COLOURED[0])
    svg = drawn(kind, theme="auto", grid=True, style=style)
    assert "prefers-color-scheme" not in svg
    assert "-background" in svg
    assert svg == drawn(kind, theme="light", grid=True, style=style)


@pytest.mark.parametrize("text", COLOURED)
def test_one_colour_of_a_style_sheet_is_enough(text: str, tmp_path: Path) -> None:
    for style, followed in ((BARE, True), (text, False), (BARE + text, False)):
        look = figure.Options(theme="auto", style=style_of(tmp_path, style)).look
        assert bool(recolour(look, FAMILY)) is followed, style


@pytest.mark.parametrize("kind", KINDS)
def test_paper_is_left_out_if_asked(kind: str) -> None:
    assert "-background" in drawn(kind)
    assert "-background" not in drawn(kind, transparent=True)


def artists_of(picture: Picture) -> int:
    """One for each shape; of a dashed line, one for each part, which has dashes of its own."""
    dashed = [each for each in picture.shapes if isinstance(each, Stroke) and each.dash]
    return len(picture.shapes) + sum(len(each.paths) - 1 for each in dashed)


def test_a_window_opens_with_the_first_toolkit_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    class Manager:
        def show(self) -> None:
            opened.append("shown")

        def start_main_loop(self) -> None:
            opened.append("left")

    def open_window(drawn: Figure, toolkit: str) -> Manager:
        opened.append((len(drawn.artists), toolkit))
        if toolkit == "qtagg":
            raise ImportError(toolkit)
        return Manager()

    picture = KINDS["plot"](figure.Options())
    count = artists_of(picture)
    monkeypatch.setattr(window, "open_window", open_window)
    figure.show(picture)
    assert opened == [(count, "qtagg"), (count, "gtk4agg"), "shown", "left"]


def test_without_a_screen_no_window_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "TOOLKITS", ("none", "agg"))
    monkeypatch.setattr(window, "open_window", lambda *_: 1 / 0)
    with pytest.raises(UsageError, match="no window can be opened"):
        figure.show(KINDS["plot"](figure.Options()))


def test_a_manager_is_made_without_pyplot() -> None:
    from actviz.figure.canvas.renderers import open_window

    picture = KINDS["plot"](figure.Options())
    manager = open_window(picture.to_figure(), "agg")
    assert len(manager.canvas.figure.artists) == artists_of(picture)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_becomes_a_figure_of_matplotlib_after_it_was_written(kind: str) -> None:
    picture = KINDS[kind](figure.Options())
    figure.render(picture, "png")
    count = artists_of(picture)
    for _ in range(2):
        made = picture.to_figure()
        assert len(made.artists) == count
        assert {each.get_figure() for each in made.artists} == {made}
