"""The same list in jobs, as a cluster would run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SNAKEFILE = Path(__file__).parent.parent / "gallery" / "Snakefile"
BIN = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
SNAKEMAKE = shutil.which("snakemake", path=BIN)

pytestmark = pytest.mark.skipif(
    SNAKEMAKE is None, reason="snakemake is not installed; try make test-snakemake"
)

LIST = 'catalogue = "mine.toml"\noutput = "../{name}.svg"\n' + "".join(
    f"[\"it's {i}\"]\ncurves = 'mine:a={i}'\n" for i in range(7)
)
MINE = '[mine]\nformula = "a*tanh(x)"\nparameters = { a = 1 }\n'


def run_in(folder: Path, *words: str) -> str:
    """What Snakemake says."""
    done = subprocess.run(
        [str(SNAKEMAKE), *words],
        cwd=folder, env={**os.environ, "PATH": BIN}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def snakemake(folder: Path) -> str:
    """What it says about the list in jobs of three."""
    config = ["--config", "list=book/figures.toml", "figures=3"]
    return run_in(folder, "-s", str(SNAKEFILE), "-c2", *config)


def drawn(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.svg")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "figures.toml").write_text(LIST)
    (tmp_path / "book" / "mine.toml").write_text(MINE)
    return tmp_path


def test_jobs_draw_what_one_call_draws(folder: Path) -> None:
    said = snakemake(folder)
    assert len(re.findall(r"rule figures:", said)) == 3
    one = folder / "one"
    shutil.copytree(folder / "book", one / "book", ignore=shutil.ignore_patterns("build"))
    command = [sys.executable, "-m", "actviz", "plot", "--from", "book/figures.toml"]
    subprocess.run(command, cwd=one, check=True, capture_output=True)
    assert len(drawn(folder)) == 7
    assert drawn(folder) == drawn(one)
    assert "Nothing to be done" in snakemake(folder)


def test_what_has_changed_is_drawn_anew_and_nothing_else(folder: Path) -> None:
    snakemake(folder)
    for path in folder.glob("*.svg"):
        os.utime(path, (10, 10))
    (folder / "book" / "figures.toml").write_text(LIST.replace("mine:a=4", "mine:a=40"))
    snakemake(folder)
    assert [p.name for p in folder.glob("*.svg") if p.stat().st_mtime > 10] == ["it's 4.svg"]
    (folder / "book" / "mine.toml").write_text(MINE.replace("tanh", "sigmoid"))
    snakemake(folder)
    assert all(path.stat().st_mtime > 10 for path in folder.glob("*.svg"))


def test_what_the_document_beside_it_shows(tmp_path: Path) -> None:
    readme = (SNAKEFILE.parent / "README.md").read_text()
    (command,) = re.findall(r"^snakemake .* -c2 .*$", readme, re.MULTILINE)
    (text,) = re.findall(r"^# figures\.toml\n.*?(?=^```)", readme, re.MULTILINE | re.DOTALL)
    (tmp_path / "figures.toml").write_text(text)
    (tmp_path / "gallery").mkdir()
    shutil.copy(SNAKEFILE, tmp_path / "gallery")
    run_in(tmp_path, *command.split()[1:])
    assert len(list((tmp_path / "build").glob("*.svg"))) == 4


@pytest.mark.parametrize(("command", "list_"), [("plot", "figures"), ("compare", "comparisons")])
def test_the_lists_of_the_gallery_are_ready(tmp_path: Path, command: str, list_: str) -> None:
    file = SNAKEFILE.parent / f"{list_}.toml"
    config = ["--config", f"list={file}", f"command={command}"]
    said = run_in(tmp_path, "-s", str(SNAKEFILE), "-c1", "--dry-run", "--forceall", *config)
    assert "rule figures:" in said
