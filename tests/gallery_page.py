"""The page of the gallery, made once for all its tests, and a browser that reads it."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import chromium
import pytest
from chromium import Chromium

from actviz.cli import run

GALLERY = Path(__file__).parent.parent / "gallery"
sys.path.insert(0, str(GALLERY))
import page as generator  # noqa: E402

LISTED = tomllib.loads((GALLERY / "comparisons.toml").read_text())
COMPARISONS = [n for n, t in LISTED.items() if isinstance(t, dict) and "output" not in t]
SCHEMES = ("light", "dark")
BLUE = {"light": "rgb(0, 114, 178)", "dark": "rgb(86, 180, 233)"}  # of a function's curve

needs_chromium = pytest.mark.skipif(
    chromium.COMMAND is None, reason="there is no chromium on this machine"
)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as `make gallery` makes it; drawn by one process, and read by the others."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    index = folder / "gallery" / "index.html"
    index.parent.mkdir(exist_ok=True)
    with (folder / "gallery.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not index.exists():
            from on_the_page import NAMES  # when the seed is known

            draw(index.parent, NAMES)
            index.write_text(generator.page(index.parent / "build", NAMES))
    return index


def draw(folder: Path, names: Sequence[str]) -> None:
    """The figures that the page is made of, of these functions."""
    (folder / "build" / "page").mkdir(parents=True, exist_ok=True)
    every = tomllib.loads((GALLERY / "figures.toml").read_text())
    shared = {key: value for key, value in every.items() if not isinstance(value, dict)}
    drawn = {**shared, **every["page"], "curves": names, "output": "build/page/{name}.svg"}
    del drawn["all"]
    lines = [f"{key} = {json.dumps(value)}" for key, value in drawn.items()]
    (folder / "figures.toml").write_text("\n".join(["[page]", *lines]))
    assert run(["plot", "--jobs", "2", "--from", str(folder / "figures.toml")]) == 0
    comparisons = [*COMPARISONS, "-o", f"{folder}/build/{{name}}.svg"]
    listed = str(GALLERY / "comparisons.toml")
    assert run(["compare", "--jobs", "2", "--from", listed, *comparisons]) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as opened:
        yield opened


@pytest.fixture
def page(built: Path, browser: Chromium) -> Iterator[Chromium]:
    """The page from its file, as a reader of light pages at a desk sees it."""
    browser.resize(1400)
    browser.prefer("light")
    browser.goto(built.as_uri())
    yield browser
    browser.evaluate("localStorage.clear()")


def shown(page: Chromium) -> list[str]:
    """The functions that are on show, which must be the same in the overview."""
    articles = page.evaluate(
        "[...document.querySelectorAll('.functions article')]"
        ".filter(e => e.checkVisibility()).map(e => e.id)"
    )
    small = page.evaluate(
        "[...document.querySelectorAll('.overview li')]"
        ".filter(e => e.checkVisibility()).map(e => e.dataset.of)"
    )
    assert small == articles
    return list(articles)


def lay_out(page: Chromium) -> None:
    """Lay everything out, not only what is in sight; but not the lines of the figures."""
    style = "* { content-visibility: visible !important } figure svg * { display: none }"
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'),"
        f" {{textContent: '{style}'}}))"
    )


def colours(page: Chromium) -> tuple[str, str]:
    """The ground of the page, and the colour of the function in a figure."""
    ground, curve = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor,"
        " [...document.querySelectorAll('#silu figure path')]"
        "   .map(e => getComputedStyle(e).stroke).find(c => c.match(/0, 114|86, 180/))]"
    )
    return ground, curve


def tick(page: Chromium, value: str) -> None:
    page.evaluate(f"document.querySelector('.filters input[value=\"{value}\"]').click()")
