"""What the README shows is true: its commands and its Python are run, its files are used.

In a `console` block the lines that begin with `$ ` are typed into a shell, and what is between
them is what they must print; a `python` block likewise, at the prompt `>>> `. A `toml` or `make`
block whose first line is a comment with a file's name is that file. All happens in one temporary
folder, from top to bottom. The table of the functions is written from the catalogue. Where commands
or table are meant to be something else than before, `python tests/test_readme.py` writes it into
the README.
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

from actviz.catalogue.entry import Entry, normalised
from actviz.catalogue.lookup import activation_of, load

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w-]+\.(?:toml|mk))\n")
END = "\x1e"
TABLE = re.compile(r"(<!-- from the catalogue -->\n).*?(<!-- end -->\n)", re.DOTALL)

NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]?\d+)?")
DIGITS = 1e-12  # how far the exp of two machines' libraries may put a number in the tails apart


def shell(script: str, folder: Path) -> str:
    """What a shell prints, standard error included; the command is that of this Python."""
    kept = {name: os.environ[name] for name in ("HOME", "MPLCONFIGDIR") if name in os.environ}
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
            exec(compile(example.source, "README", "single"), names)
        typed.append(f">>> {example.source}{printed.getvalue()}")
    return "".join(typed)


def replayed(folder: Path) -> str:
    """The README as it would be if it were written now."""
    names: dict[str, Any] = {}

    def anew(block: re.Match[str]) -> str:
        language, text = block.groups()
        if language == "console":
            text = replay_console(text, folder)
        elif language == "python":
            text = replay_python(text, names)
        elif file := FILE.match(text):
            (folder / file[1]).write_text(text)
        return f"```{language}\n{text}```"

    return with_table(BLOCK.sub(anew, README.read_text()))


# --- the table of the functions ----------------------------------------------------------------


def with_table(text: str) -> str:
    """The README's text with the table of functions as the catalogue is now."""
    return TABLE.sub(lambda marks: f"{marks[1]}{functions()}{marks[2]}", text)


def functions() -> str:
    """Every entry of the catalogue as a row, in three groups that can be folded away."""
    entries = list(load().entries.values())
    scalar = [entry for entry in entries if activation_of(entry).elementwise]
    groups = {
        "in PyTorch, JAX, Keras and others": [entry for entry in scalar if entry.frameworks],
        "from papers": [entry for entry in scalar if not entry.frameworks],
        "of a vector, of two numbers, or with two outputs": [e for e in entries if e not in scalar],
    }
    assert sum(map(len, groups.values())) == len(entries)
    return "".join(group(title, found) for title, found in groups.items() if found)


def group(title: str, entries: list[Entry]) -> str:
    rows = "".join(map(row, entries))
    return (
        f"\n<details>\n<summary>{len(entries)} {title}</summary>\n\n"
        "| function | formula | parameters | elsewhere | paper |\n|---|---|---|---|---|\n"
        f"{rows}\n</details>\n"
    )


def row(entry: Entry) -> str:
    others = "; ".join(names(entry))
    cells = [f"`{entry.name}`", f"`{entry.formula}`", parameters(entry), others, paper(entry)]
    return f"| {' | '.join(cells)} |\n"


def parameters(entry: Entry) -> str:
    """The defaults, and who has others."""
    others = {"": entry.parameters, **entry.defaults}
    return "; ".join(
        f"{framework}{': ' * bool(framework)}{', '.join(f'{k} = {v:.9g}' for k, v in own.items())}"
        for framework, own in others.items()
    )


def names(entry: Entry) -> list[str]:
    """What frameworks call it, and its other names."""
    by_call: dict[str, list[str]] = {}
    for framework, call in entry.frameworks.items():
        by_call.setdefault(short(call, entry), []).append(framework)
    known = {plain(call.partition("(")[0]) for call in by_call}
    further = ", ".join(name for name in entry.aliases if plain(name) not in known)
    told = [f"{', '.join(of)}: `{call}`" for call, of in by_call.items()]
    return told + [f"also {further}"] * bool(further)


def short(call: str, entry: Entry) -> str:
    """The call without its module, and with only the arguments that are no parameters."""
    path, _, arguments = call.rstrip(")").partition("(")
    special = [
        a for a in arguments.split(", ") if a and a.partition("=")[2] not in entry.parameters
    ]
    return path.rpartition(".")[2] + f"({', '.join(special)})" * bool(special)


def plain(name: str) -> str:
    return normalised(name).replace("_", "")


def paper(entry: Entry) -> str:
    """The numbers of arXiv as links, else what is known."""
    numbers = re.findall(r"arXiv:([\d.]+)", entry.paper)
    return ", ".join(f"[{n}](https://arxiv.org/abs/{n})" for n in numbers) or entry.paper


def test_the_table_is_that_of_the_catalogue() -> None:
    text = README.read_text()
    assert text == with_table(text), "python tests/test_readme.py writes it anew"
    rows = re.findall(r"^\| `(\w+)` \| `(.+?)` \|(?: [^|\n]* \|){3}$", text, re.MULTILINE)
    assert dict(rows) == {entry.name: entry.formula for entry in load().entries.values()}


def same(shown: str, printed: str) -> bool:
    """Whether two lines are the same but for the last digits of numbers."""
    return NUMBER.sub("#", shown) == NUMBER.sub("#", printed) and all(
        math.isclose(float(a), float(b), rel_tol=DIGITS)
        for a, b in zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=True)
    )


def test_the_readme_shows_what_is_printed(tmp_path: Path) -> None:
    shown, printed = README.read_text().splitlines(), replayed(tmp_path).splitlines()
    different = [pair for pair in zip(shown, printed, strict=False) if not same(*pair)]
    assert not different
    assert len(shown) == len(printed)


def long_options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


@pytest.mark.parametrize("command", ["plot", "compare", "table", "check", "list", "info"])
def test_every_option_is_told_and_no_other(command: str, tmp_path: Path) -> None:
    page = shell(f"actviz {command} --help", tmp_path).partition("Options:")[2]
    rows = re.findall(r"^\| (`-.*?) \| (.*?) \|", README.read_text(), re.MULTILINE)
    told = {option for cell, of in rows if of == "all" or command in of.split(", ")
            for option in long_options(cell)}  # fmt: skip
    offered = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", page, re.MULTILINE)) - {"--help"}
    assert told == offered


def test_every_primitive_is_told() -> None:
    from actviz.formula.primitives import PRIMITIVES

    told = re.search(r"and the functions\n\n(.*?)\n\n", README.read_text(), re.DOTALL)
    assert told is not None
    assert told[1].split() == list(PRIMITIVES)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_within_the_project_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", (ROOT / page).read_text()):
        if not link.startswith("https:"):
            assert (ROOT / link).exists(), link


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        README.write_text(replayed(Path(temporary)))
