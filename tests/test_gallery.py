"""The lists of the gallery: every function is drawn, and every picture that is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Call

import actviz
from actviz.cli import drawing
from actviz.cli.figures import Output

ROOT = Path(__file__).parent.parent
GALLERY = ROOT / "gallery"
LISTS = {"plot": GALLERY / "figures.toml", "compare": GALLERY / "comparisons.toml"}


@pytest.fixture
def listed(call: Call, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files of the gallery, which are not drawn."""
    figures: list[Output] = []
    monkeypatch.setattr(drawing, "write_figures", lambda asked, *_: figures.extend(asked))
    monkeypatch.setattr("actviz.files.check_writable", lambda path: None)  # build/ may be missing
    for command, file in LISTS.items():
        assert call(command, "--from", str(file)).err == ""
    return [path.relative_to(GALLERY) for figure in figures for path, _ in figure.targets]


def test_every_function_is_drawn(listed: list[Path]) -> None:
    built = {path.stem for path in listed if path.parent.name == "build"}
    assert built > set(actviz.load().entries)


def test_the_pictures_of_the_documents_are_those_of_the_lists(listed: list[Path]) -> None:
    kept = {path.name for path in listed if path.parent == Path()}
    assert kept == {path.name for path in GALLERY.glob("*.png")}
    documents = (ROOT / "README.md", GALLERY / "README.md")
    shown = (re.findall(r"!\[.+\]\((?:gallery/)?(.+?)\)", page.read_text()) for page in documents)
    assert kept == {name for names in shown for name in names}
