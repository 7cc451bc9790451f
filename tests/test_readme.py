"""What the documents show is true: their commands and their Python are run, their files are used.

In a `console` block the lines that begin with `$ ` are typed into a shell, and what is between
them is what they must print; a `python` block likewise, at the prompt `>>> `. A block whose first
line is a comment with a file's name is that file. All of one document happens in one temporary
folder, from top to bottom. What `documents.py` writes from the code stands between markers. Where
any of it is meant to be something else than before, `python tests/test_readme.py` writes it into
the documents.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from documents import DOCUMENTS, MARKED, PARTS, ROOT, written

import actviz
from actviz.catalogue.lookup import load
from actviz.formula.primitives import PRIMITIVES

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w-]+\.(?:toml|mk|py))\n")
END = "\x1e"

NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]?\d+)?")
DIGITS = 1e-12  # how far the exp of two machines' libraries may put a number in the tails apart

LONGEST = 260  # lines of the README: it is for the first hour, and the reference is elsewhere


def shell(script: str, folder: Path) -> str:
    """What a shell prints, standard error included; the command is that of this Python."""
    names = ("HOME", "MPLCONFIGDIR", "PYTHONPYCACHEPREFIX")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh"], input=script, cwd=folder, env={**kept, "PATH": path}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout


def replay_console(text: str, folder: Path) -> str:
    """The block as it looks if its commands are typed now."""
    commands = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    marked = (f"{command}\ncode=$?; printf '{END}'; (exit $code)" for command in commands)
    *printed, _ = shell("\n".join(marked), folder).split(END)
    return "".join(f"$ {command}\n{text}" for command, text in zip(commands, printed, strict=True))


def replay_python(text: str, names: dict[str, Any]) -> str:
    """The block as it looks if it is typed now."""
    typed = []
    for example in doctest.DocTestParser().get_examples(text):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(example.source, "document", "single"), names)
        typed.append(f">>> {example.source}{printed.getvalue()}")
    return "".join(typed)


def replayed(document: str, folder: Path) -> str:
    """The document as it would be if it were written now."""
    names: dict[str, Any] = {}

    def anew(block: re.Match[str]) -> str:
        language, text = block.groups()
        if file := FILE.match(text):
            (folder / file[1]).write_text(text)
        elif language == "console":
            text = replay_console(text, folder)
        elif language == "python":
            text = replay_python(text, names)
        return f"```{language}\n{text}```"

    return written(BLOCK.sub(anew, (ROOT / document).read_text()))


def same(shown: str, printed: str) -> bool:
    """Whether two lines are the same but for the last digits of numbers."""
    return NUMBER.sub("#", shown) == NUMBER.sub("#", printed) and all(
        math.isclose(float(a), float(b), rel_tol=DIGITS)
        for a, b in zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=True)
    )


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_shows_what_is_printed(document: str, tmp_path: Path) -> None:
    shown = (ROOT / document).read_text().splitlines()
    printed = replayed(document, tmp_path).splitlines()
    different = [pair for pair in zip(shown, printed, strict=False) if not same(*pair)]
    assert not different
    assert len(shown) == len(printed)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_is_written_from_the_code_is_up_to_date(document: str) -> None:
    text = (ROOT / document).read_text()
    assert text == written(text), "python tests/test_readme.py writes it anew"


def test_every_part_stands_in_one_document() -> None:
    found = [part[2] for document in DOCUMENTS for part in MARKED.finditer(text_of(document))]
    assert sorted(found) == sorted([*PARTS, "bench"])


def test_every_function_and_every_primitive_is_told() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `(.+?)` \|(?: [^|\n]* \|){3}$", text_of("gallery/functions.md"), re.M
    )
    assert dict(rows) == {entry.name: entry.formula for entry in load().entries.values()}
    assert PARTS["primitives"]().split() == list(PRIMITIVES)


def test_what_is_left_out_is_not_there_and_what_stands_for_it_is() -> None:
    told = text_of("gallery/functions.md").partition("## Left out\n")[2]
    rows = [line.split("|")[1:3] for line in told.splitlines() if line.startswith("| `")]
    names = [name for cell, _ in rows for name in re.findall(r"`(\w+)`", cell)]
    assert len(names) > 100 and len(names) == len(set(names))
    assert not {plain(name) for name in names} & {plain(name) for name in load().names}
    for curve in (curve for _, cell in rows for curve in re.findall(r"`(\w+:[^`]+)`", cell)):
        assert actviz.parse_curves([curve])


def plain(name: str) -> str:
    return name.lower().replace("_", "")


def text_of(document: str) -> str:
    return (ROOT / document).read_text()


def long_options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


@pytest.mark.parametrize("command", ["plot", "compare", "table", "check", "list", "info"])
def test_every_option_is_told_and_no_other(command: str, tmp_path: Path) -> None:
    page = shell(f"actviz {command} --help", tmp_path).partition("Options:")[2]
    rows = re.findall(r"^\| (`-.*?) \| (.*?) \|", text_of("actviz/README.md"), re.MULTILINE)
    told = {option for cell, of in rows if of == "all" or command in of.split(", ")
            for option in long_options(cell)}  # fmt: skip
    offered = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", page, re.MULTILINE)) - {"--help"}
    assert told == offered


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_within_the_project_lead_somewhere(document: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", text_of(document)):
        path, _, place = link.partition("#")
        if not link.startswith("https:"):
            target = ROOT / document if not path else (ROOT / document).parent / path
            assert target.exists(), link
            assert not place or place in anchors(target.read_text()), link


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_heading_stands_twice(document: str) -> None:
    text = BLOCK.sub("", text_of(document))
    found = re.findall(r"^##? .*$", text, re.MULTILINE)
    assert sorted(set(found)) == sorted(found)


def anchors(text: str) -> set[str]:
    """What links can name in a document: its headings, as they are made into addresses."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


def test_the_readme_has_some_of_the_frameworks_errors_as_the_reference_tells_them() -> None:
    heading = re.compile(r"(?<=^## Where the frameworks are wrong\n).*?(?=^## )", re.M | re.S)
    few, every = (
        set(heading.findall(text_of(page))[0].splitlines())
        for page in ("README.md", "actviz/README.md")
    )
    rows = {line for line in few if line.startswith("|")}
    assert len(rows) > 5 and rows < every


def test_the_readme_is_for_the_first_hour() -> None:
    assert len(text_of("README.md").splitlines()) <= LONGEST


if __name__ == "__main__":
    for document in DOCUMENTS:
        with tempfile.TemporaryDirectory() as temporary:
            text = replayed(document, Path(temporary))
        (ROOT / document).write_text(text)
