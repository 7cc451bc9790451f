"""What the README shows is true: its commands are run, its files used, its Python executed.

In a `console` block the lines that begin with `$ ` are typed into a shell, and what is between
them is what they must print. A `toml` or `makefile` block whose first line is a comment with a
file's name is that file. All happens in one temporary folder, from top to bottom. After a change
of what the commands print, `python tests/test_readme.py` writes it into the README anew.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w-]+\.\w+|Makefile)\n")
END = "\x1e"


def blocks() -> list[tuple[str, str]]:
    """The language and the text of every fenced block."""
    return [(block[1], block[2]) for block in BLOCK.finditer(README.read_text())]


def environment() -> dict[str, str]:
    """The shell's surroundings: the installed command first, and nothing of the user's."""
    scripts = str(Path(sys.executable).parent)
    kept = {name: os.environ[name] for name in ("HOME", "MPLCONFIGDIR") if name in os.environ}
    return {**kept, "PATH": f"{scripts}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}


def shell(script: str, folder: str) -> str:
    """What a shell prints, standard error included."""
    done = subprocess.run(
        ["sh"], input=script, cwd=folder, env=environment(), text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout


def replay(console: str, folder: str) -> str:
    """The block as it would look if its commands were typed now."""
    commands = re.findall(r"^\$ (.*)$", console, re.MULTILINE)
    marked = (f"{command}\ncode=$?; printf '{END}'; (exit $code)" for command in commands)
    printed = shell("\n".join(marked), folder).split(END)
    return "".join(f"$ {command}\n{text}" for command, text in zip(commands, printed, strict=False))


def run_block(language: str, text: str, folder: str) -> str:
    """The block as it is if it is right: consoles replayed, files written, all else unchanged."""
    if language == "console":
        return replay(text, folder)
    if language in ("toml", "makefile") and (name := FILE.match(text)):
        (Path(folder) / name[1]).write_text(text)
    return text


def test_the_consoles_show_what_is_printed(tmp_path: Path) -> None:
    shown = blocks()
    assert sum(language == "console" for language, _ in shown) >= 5
    for language, text in shown:
        assert run_block(language, text, str(tmp_path)) == text


def test_the_python_is_true() -> None:
    source = "\n".join(text for language, text in blocks() if language == "python")
    examples = doctest.DocTestParser().get_doctest(source, {}, "README", "README.md", 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(examples)
    assert examples.examples
    assert runner.summarize().failed == 0


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_within_the_project_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", (ROOT / page).read_text()):
        path, _, anchor = link.partition("#")
        if not path.startswith("https:"):
            assert (ROOT / path).exists() if path else anchor in anchors(page), link


def anchors(page: str) -> set[str]:
    """The anchors of the headings, as repository hosts make them."""
    headings = re.findall(r"^#+ (.*)$", (ROOT / page).read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rewrite() -> None:
    """Put into the README what its commands print now."""
    with tempfile.TemporaryDirectory() as folder:
        text = BLOCK.sub(
            lambda block: f"```{block[1]}\n{run_block(block[1], block[2], folder)}```",
            README.read_text(),
        )
    README.write_text(text)


if __name__ == "__main__":
    rewrite()
