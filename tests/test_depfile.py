"""Rules for make: make itself reads the names that were meant, and makes anew what it should."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import Call

from actviz import depfile
from actviz.errors import UsageError

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")

NAMES = (
    "plain.svg", "a b", " a", "a  b", "a#b", "a$b", "$(a)b", "a:b", "C:\\a b", "a\\b", "a\\ b",
    "a\\\\ b", "a\\#b", "a\\:b", "a%b", "%", "a\\%b", "a'b", 'a"b', "a,b", "a!b", "a&b", "a{b}",
    "a~b", "@a", "-a", "é", "a]b", "a(b) c", ".PHONY", "include", "build/a b.svg", "50%: a$b#c",
)  # fmt: skip
UNWRITABLE = (
    "a=b", "a+=b", "a;b", "a|b", "a*b", "a?b", "a[b", "~a", "a\tb", "a\nb", "a\\", "a(b)", "a&",
)  # fmt: skip


def make(*arguments: str) -> str:
    done = subprocess.run(
        ["make", "--no-builtin-rules", *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_make_reads_the_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As what is made, and as what it is made from."""
    monkeypatch.chdir(tmp_path)
    for output, source in ((name, "from"), ("made", name)):
        Path(source).parent.mkdir(exist_ok=True)
        Path(source).write_text("source")
        rule = depfile.rule([Path(output)], [Path(source)])
        first, *rest = rule.splitlines()
        recipe = "\t$(file >got,$@)$(file >>got,$^)@:"
        Path("Makefile").write_text("\n".join([first, recipe, *rest, ""]))
        make("--", output)
        assert Path("got").read_text() == f"{output}\n{source}\n"
        Path("got").unlink()


@pytest.mark.parametrize("name", UNWRITABLE)
def test_a_name_that_make_cannot_read_is_refused(name: str) -> None:
    for outputs, inputs in (([name], ["a"]), (["a"], [name])):
        with pytest.raises(UsageError, match="make has no way to write"):
            depfile.rule(map(Path, outputs), map(Path, inputs))


MAKEFILE = """
-include figures.d
a\\ b.svg relu.svg &: list.toml
\tactviz plot --from $< --depfile figures.d --if-changed
"""
LIST = (
    'catalogue = "mine.toml"\nstyle = "my.mplstyle"\noutput = "{name}.svg"\n'
    '["a b"]\ncurves = "mine"\n[relu]\n'
)
CATALOGUE = '[mine]\nformula = "x * tanh(x)"\n'


def needs_remaking(call: Call) -> bool:
    """Whether make would draw anew; if so, it is done and time goes on."""
    again = "actviz" in make("--dry-run", "a b.svg", "relu.svg")
    if again:
        assert call("plot", "--from", "list.toml", "--depfile", "figures.d").code == 0
    for path in Path.cwd().iterdir():
        back = path.stat().st_mtime - 10
        os.utime(path, (back, back))
    return again


def test_make_draws_anew_what_depends_on_a_file(call: Call) -> None:
    Path.cwd().joinpath("Makefile").write_text(MAKEFILE)
    Path("list.toml").write_text(LIST)
    Path("mine.toml").write_text(CATALOGUE)
    Path("my.mplstyle").write_text("lines.linewidth: 3\n")
    assert needs_remaking(call)
    assert not needs_remaking(call)
    for source in ("list.toml", "mine.toml", "my.mplstyle"):
        Path(source).touch()
        assert needs_remaking(call), source
        assert not needs_remaking(call)
    Path("list.toml").write_text(
        LIST.replace('catalogue = "mine.toml"\n', "").replace("mine", "elu")
    )
    Path("mine.toml").unlink()
    assert needs_remaking(call)
    assert not needs_remaking(call)


def test_what_a_rule_says(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mine.toml").write_text(CATALOGUE)
    Path("ours.toml").write_text(CATALOGUE.replace("mine", "ours"))
    monkeypatch.setenv("ACTVIZ_CATALOGUE", "ours.toml")
    words = "plot ours mine --catalogue mine.toml -o {name}.svg --depfile a.d"
    assert call(*words.split()).code == 0
    rule = "ours.svg \\\n  mine.svg: ours.toml mine.toml\nours.toml:\nmine.toml:\n"
    assert Path("a.d").read_text() == rule
    assert call("compare", "ours", "relu", "-o", "c.svg", "--depfile", "a.d").code == 0
    assert Path("a.d").read_text() == "c.svg: ours.toml\nours.toml:\n"
    assert call("table", "ours", "--at", "1", "-o", "t.csv", "--depfile", "a.d").code == 0
    assert Path("a.d").read_text() == "t.csv: ours.toml\nours.toml:\n"


def test_no_rule_without_its_files(call: Call) -> None:
    for words in ("plot relu -o - --format svg", "table relu --at 1", "table relu -o -"):
        done = call(*words.split(), "--depfile", "a.d")
        assert done == (2, "", "Error: --depfile is about files, and - is none.\n")
    assert call("plot", "sliu", "--depfile", "a.d").code == 2
    assert call("table", "log(x)*", "--depfile", "a.d", "-o", "a.csv").code == 2
    assert list(Path.cwd().iterdir()) == []
