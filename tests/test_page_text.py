"""The page of the gallery without a browser: links, headings, names, and what its commands draw."""

from __future__ import annotations

import re
import shlex
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from gallery_page import COMPARISONS, GALLERY
from on_the_page import NAMES
from sampled import sampled

from actviz.catalogue.lookup import load
from actviz.cli import run


class Outline(HTMLParser):
    """Which elements there are, in order, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, attribute: str) -> list[str]:
        return [str(given[attribute]) for _, given in self.found if attribute in given]


def test_every_reference_leads_somewhere(built: Path) -> None:
    outline = Outline(built.read_text())
    ids = outline.all("id")
    assert len(set(ids)) == len(ids) > len(NAMES)
    inside = {link[1:] for link in outline.all("href") if link.startswith("#")}
    labels = {word for name in ("aria-labelledby", "aria-describedby", "for")
              for words in outline.all(name) for word in words.split()}  # fmt: skip
    assert inside | labels <= set(ids)
    assert set(NAMES) <= inside


def test_every_other_link_is_a_paper_or_a_figure(built: Path) -> None:
    outline = Outline(built.read_text())
    links = [str(given["href"]) for tag, given in outline.found if tag == "a"]
    others = {link for link in links if not link.startswith("#")}
    files = {link for link in others if link.startswith("build/")}
    assert files == {f"build/{name}.svg" for name in [*NAMES, *COMPARISONS]}
    assert all(link.startswith("https://arxiv.org/abs/") for link in others - files)


@pytest.mark.parametrize("name", sampled(COMPARISONS, 0.4))
def test_every_comparison_is_what_its_command_draws(built: Path, tmp_path: Path, name: str) -> None:
    shown = re.findall(r"<code>(actviz compare .*?)</code>", built.read_text())
    command = unescape(re.sub(r"</?span>", "", dict(zip(COMPARISONS, shown, strict=True))[name]))
    file, listed = tmp_path / f"{name}.svg", str(GALLERY / "comparisons.toml")
    shown_there = (built.parent / "build" / file.name).read_bytes()
    assert run([*shlex.split(command)[1:], "--theme", "auto", "-o", str(file)]) == 0
    assert told(file.read_text()) == told(shown_there.decode())  # the colours are those of the list
    assert run(["compare", "--from", listed, name, "-o", str(file)]) == 0
    assert file.read_bytes() == shown_there


def told(svg: str) -> list[str]:
    """What a figure says of itself: its words, and its scales and curves."""
    words = re.findall(r"<(title|desc)[^>]*>(.*?)</", svg, re.DOTALL)
    scales = re.findall(r'data-(?:xlim|ylim|xscale|yscale|curve|order|minus)="[^"]*"', svg)
    return [*(text for _, text in words), *scales]


def test_headings_descend_one_by_one(built: Path) -> None:
    found = Outline(built.read_text()).found
    levels = [int(tag[1]) for tag, _ in found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_figure_has_a_name_and_a_description(built: Path) -> None:
    outline = Outline(built.read_text())
    figures = [given for tag, given in outline.found if tag == "svg" and given.get("role") == "img"]
    assert len(figures) > len(NAMES)
    assert all(given["aria-label"] and given["aria-describedby"] for given in figures)
    hidden = [g for tag, g in outline.found if tag == "svg" and g.get("aria-hidden") == "true"]
    assert len(figures) + len(hidden) == sum(tag == "svg" for tag, _ in outline.found)


def test_the_page_names_no_place_of_one_machine(built: Path) -> None:
    text = built.read_text()
    assert str(built.parent) not in text and str(GALLERY.parent) not in text


def test_small_pictures_are_axes_and_curves_alone(built: Path) -> None:
    text = built.read_text()
    small = re.findall(r'<svg class="thumbnail(| areas)"[^>]*>(.*?)</svg>', text, re.DOTALL)
    gated = [name for name, entry in load().entries.items() if entry.fixable]
    assert len(small) == len(NAMES) and sum(bool(areas) for areas, _ in small) <= len(gated)
    for areas, drawn in small:
        assert "<use" not in drawn and "<text" not in drawn
        assert areas or drawn.count('class="axis"') == 2
