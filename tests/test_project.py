"""The project as a whole: what is installed, what is pinned, what may not be written in a file."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import actviz

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
GROUPS = PYPROJECT["dependency-groups"]

TOP_LEVEL = {
    ".ci", ".gitattributes", ".gitignore",
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "pyproject.toml",
    "actviz", "gallery", "tests",
}  # fmt: skip
IGNORED = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()} | {".git"}

# Each pin file, the requirements it must meet, and the pin files installed beside it.
PINS = {
    "run.txt": (PROJECT["dependencies"] + PYPROJECT["build-system"]["requires"], ()),
    "tools.txt": (GROUPS["test"] + GROUPS["lint"], ("run.txt",)),
    "peers.txt": (GROUPS["bench"], ("run.txt",)),
}


def pins(name: str) -> dict[str, str]:
    """The versions of a pin file, by canonical name."""
    lines = (ROOT / "tests" / "pins" / name).read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(package): version for package, version in pairs}


def files() -> list[Path]:
    """Every text file of the project, less what .gitignore names."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        inside = Path(folder).relative_to(ROOT)
        folders[:] = [name for name in folders if not IGNORED & {name, str(inside / name)}]
        found += [inside / name for name in names if not IGNORED & {name, str(inside / name)}]
    return [path for path in found if b"\0" not in (ROOT / path).read_bytes()]


@pytest.mark.parametrize("name", PINS)
def test_pins_meet_the_requirements(name: str) -> None:
    requirements, beside = PINS[name]
    pinned = pins(name)
    for other in beside:
        assert not pinned.keys() & pins(other).keys()
    for text in requirements:
        requirement = Requirement(text)
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), text


@pytest.mark.parametrize("name", ["run.txt", "tools.txt"])
def test_what_is_installed_is_what_is_pinned_and_pins_are_complete(name: str) -> None:
    """Only in the environment that make has made; elsewhere versions may differ."""
    pinned = pins(name)
    installed = {canonicalize_name(found.name): found.version for found in metadata.distributions()}
    if any(installed.get(package) != version for package, version in pinned.items()):
        pytest.skip("not in the environment of the Makefile")
    known = pinned | pins("run.txt")
    for package in pinned:
        for text in metadata.requires(package) or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                assert canonicalize_name(requirement.name) in known, f"{package} needs {text}"


def test_the_extra_offers_what_the_tests_use() -> None:
    assert PROJECT["optional-dependencies"]["mpmath"] == [
        text for text in GROUPS["test"] if text.startswith("mpmath")
    ]


def test_the_oldest_versions_are_those_that_are_allowed() -> None:
    lowest = {}
    for requirement in map(Requirement, PROJECT["dependencies"]):
        [bound] = (each.version for each in requirement.specifier if each.operator == ">=")
        lowest[canonicalize_name(requirement.name)] = bound
    oldest = pins("oldest.txt")
    assert {name: Version(bound) for name, bound in lowest.items()} == {
        name: Version(oldest[name]) for name in lowest
    }


def test_the_installed_command_is_this_project() -> None:
    assert metadata.version("actviz") == actviz.__version__
    assert "version" in PROJECT["dynamic"]
    (command,) = metadata.entry_points(group="console_scripts", name="actviz")
    assert command.value == "actviz.cli:main"


def test_the_top_level_holds_only_what_it_may() -> None:
    assert {path.parts[0] for path in files()} <= TOP_LEVEL


def test_no_file_names_a_place_of_one_machine() -> None:
    homes = ("work", "root", "home", "Users", "opt", "tmp")
    place = re.compile(rf"(?<![\w.:/-])/(?:{'|'.join(homes)})/\w|file:/{'/'}/")
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in files()
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1)
        if place.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("folder", ["tests", "gallery"])
def test_no_file_is_too_long_to_be_read(folder: str) -> None:
    """Those of the package are held by the test of its architecture."""
    lengths = {p: len((ROOT / p).read_text().splitlines()) for p in files() if p.suffix == ".py"}
    assert [str(p) for p, n in lengths.items() if n > 400 and p.parts[0] == folder] == []


def test_make_help_tells_every_target() -> None:
    told = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets is not None
    assert re.findall(r"^make ([\w-]+):", told, re.MULTILINE) == targets[1].split()


def test_the_changelog_tells_this_version() -> None:
    assert f"## [{actviz.__version__}]" in (ROOT / "CHANGELOG.md").read_text()
