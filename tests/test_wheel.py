"""What is released: the wheel and the source, built, and the wheel at work far from this folder.

The wheel is installed from its file, without an index, into a new environment that has nothing
else. What it runs on is lent to it: a line of a .pth file names the packages of this environment,
whose own link to this folder is not followed from there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from test_project import PROJECT, ROOT, files

import actviz

pytest.importorskip("hatchling", reason="not in the environment of the Makefile")

NAME = f"actviz-{actviz.__version__}"


def built(kind: str, source: Path, folder: Path) -> Path:
    """The wheel or the sdist of a folder with this project's files."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    [file] = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a new environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    command = ["-m", "pip", "--python", python, "install", "--no-index", "--no-deps", wheel]
    subprocess.run([sys.executable, *map(str, command)], check=True, capture_output=True)
    [packages] = folder.glob("lib/*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("actviz/")}
    kept = {str(path) for path in files() if path.parts[0] == "actviz"}
    assert held == kept
    assert {"actviz/catalogue/catalogue.toml", "actviz/py.typed"} <= held


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        text = held.read(f"{NAME}.dist-info/METADATA").decode()
        assert f"{NAME}.dist-info/licenses/LICENSE" in held.namelist()
    told = Parser().parsestr(text)
    assert (told["Name"], told["Version"]) == ("actviz", actviz.__version__)
    assert told["Requires-Python"] == PROJECT["requires-python"]
    assert told["Description-Content-Type"] == "text/markdown"
    assert told.get_payload() == (ROOT / "README.md").read_text()


def test_the_source_is_all_of_the_project_and_makes_the_same_wheel(
    sdist: Path, wheel: Path, tmp_path: Path
) -> None:
    with tarfile.open(sdist) as held:
        names = {name.removeprefix(f"{NAME}/") for name in held.getnames()}
        held.extractall(tmp_path / "source", filter="data")
    pictures = {str(path.relative_to(ROOT)) for path in (ROOT / "gallery").glob("*.png")}
    assert names - {"PKG-INFO", "tests/bench/growth.png"} == set(map(str, files())) | pictures
    again = built("wheel", tmp_path / "source" / NAME, tmp_path / "again")
    assert contents(again) == contents(wheel)


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as held:
        return {name: held.read(name) for name in held.namelist()}


COMMANDS = {
    "--version": f"actviz {actviz.__version__}\n",
    "plot silu -d -o silu.svg": "silu.svg\n",
    "compare relu gelu --diff -o a.png": "a.png\n",
    "table sigmoid --at 0 -d": "x,sigmoid,sigmoid_d1\n0.0,0.5,0.25\n",
    "check gelu --oracle difference --format concise": "2 passed, 0 failed, 0 not run\n",
    "list leaky_relu --columns name,formula": "name,formula\nleaky_relu,",
    "info silu": "silu\n  f(x) ",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_wheel_works_where_this_folder_is_not(
    environment: Path, tmp_path: Path, command: str
) -> None:
    done = run_in(tmp_path, environment / "bin" / "actviz", *command.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(COMMANDS[command])
    drawn = [path for path in tmp_path.iterdir() if path.suffix in (".svg", ".png")]
    assert all(path.stat().st_size > 5000 for path in drawn)


def test_the_package_that_runs_is_that_of_the_wheel(environment: Path, tmp_path: Path) -> None:
    script = "import actviz, json; print(json.dumps([actviz.__file__, actviz.get('relu')(2.0)]))"
    done = run_in(tmp_path, environment / "bin" / "python", "-c", script)
    place, value = json.loads(done.stdout)
    assert Path(place).is_relative_to(environment)
    assert value == 2.0


def run_in(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    names = ("HOME", "MPLCONFIGDIR", "PYTHONPYCACHEPREFIX")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    command = list(map(str, words))
    return subprocess.run(
        command, cwd=folder, env=kept, text=True, check=False, capture_output=True
    )
