"""Imports point one way, heavy libraries are imported only where they are used, and late."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "actviz"

# From the top down: a room may import from the rooms in lower lines and from its own line, and so
# may a file of a room that is drawn file by file. What is in no line fails a test: say here where
# it belongs.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("info",),
    ("figure", "check"),
    ("table",),
    ("sampling", "properties"),
    ("__init__",),
    ("catalogue",),
    ("formula",),
    ("depfile",),
    ("files",),
    ("errors",),
)
INSIDE = {
    "info": (
        ("comparison",),
        ("listing", "writing"),
        ("facts", "sparkline"),
    ),
    "table": (
        ("formats",),
        ("numbers", "words", "on_screen", "npy"),
        ("columns", "gradients"),
        ("records", "objects", "grid", "shortest"),
        ("markup",),
    ),
    "check": (
        ("referee", "report"),
        ("byhand", "equality"),
        ("oracles",),
        ("foreign",),
        ("accuracy",),
        ("claim",),
        ("points",),
        ("exact",),
        ("result", "dtypes", "libraries"),
    ),
    "catalogue": (
        ("curve",),
        ("lookup",),
        ("activation", "sources"),
        ("values",),
        ("kind", "entry"),
    ),
    "formula": (
        ("breakpoints", "jacobian", "slices", "gated", "mathml", "latex"),
        ("switches",),
        ("evaluate", "wide"),
        ("kernels",),
        ("normal",),
        ("choice",),
        ("arrays",),
        ("derivative",),
        ("algebra", "parsing"),
        ("products",),
        ("expression", "primitives"),
    ),
}
Layers = tuple[tuple[str, ...], ...]


def ranks(layers: Layers) -> dict[str, int]:
    """The height of each name, from the bottom up."""
    return {name: rank for rank, names in enumerate(reversed(layers)) for name in names}


RANK = ranks(LAYERS)
RANK_INSIDE = {room: ranks(layers) for room, layers in INSIDE.items()}

# The only rooms that may import a library, however late.
USERS = {
    "typer": {"cli"},
    "rich": {"cli", "figure", "table", "check", "info"},
    "matplotlib": {"figure"},
    "contourpy": {"figure"},  # and these three, without which there is no matplotlib
    "PIL": {"figure"},
    "fontTools": {"figure"},
    "mpmath": {"check"},
    "torch": {"check"},
    "jax": {"check"},
}
STANDARD = sys.stdlib_module_names | {"numpy"}

# What a command may not have imported when it is done.
ABSENT = {
    ("--help",): ("numpy", "matplotlib"),
    ("--version",): ("numpy", "matplotlib"),
    ("list",): ("numpy", "matplotlib"),
    ("list", "relu"): ("numpy", "matplotlib"),
    ("table", "relu", "--at", "1"): ("matplotlib", "scipy", "pandas", "mpmath", "torch", "jax"),
    ("check", "relu", "--oracle", "difference"): ("matplotlib", "scipy", "torch", "jax"),
    ("plot", "relu", "-o", "-", "--format", "svg"): (
        "matplotlib.pyplot",
        "contourpy",
        "mpmath",
        "torch",
        "jax",
    ),
}


def room(path: Path) -> str:
    """The file or folder directly in the package that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def part(path: Path) -> str:
    """The file or folder directly in its room that a module belongs to."""
    return path.relative_to(PACKAGE).parts[1].removesuffix(".py")


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The dotted names a module imports at run time, at its top or inside a function."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names) if _is_folder(module):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom(module=str(module)):
                yield module


def _is_folder(module: str) -> bool:
    return module.split(".")[0] == "actviz" and PACKAGE.parent.joinpath(*module.split(".")).is_dir()


def target(name: str) -> str:
    """The room of the package that a dotted name lies in; a name of the package is __init__'s."""
    inside = name.split(".")[1] if "." in name else "__init__"
    return inside if inside in RANK or _exists(inside) else "__init__"


def _exists(inside: str) -> bool:
    return (PACKAGE / inside).is_dir() or (PACKAGE / f"{inside}.py").exists()


def test_every_module_has_its_layer() -> None:
    assert {room(path) for path in modules()} == set(RANK)


@pytest.mark.parametrize("name", INSIDE)
def test_every_part_of_a_room_has_its_layer(name: str) -> None:
    inside = {part(path) for path in modules() if room(path) == name} - {"__init__"}
    assert inside == set(RANK_INSIDE[name])


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = room(path)
    for name in imported(path):
        if name.split(".")[0] == "actviz":
            assert RANK[target(name)] <= RANK[own], f"{own} may not import {name}"


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if room(path) in INSIDE and part(path) != "__init__"],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_imports_inside_a_room_point_down(path: Path) -> None:
    own, rank = part(path), RANK_INSIDE[room(path)]
    for name in imported(path):
        names = name.split(".")
        if names[:2] == ["actviz", room(path)] and len(names) > 2:
            assert rank[names[2]] <= rank[own], f"{room(path)}/{own} may not import {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    for name in imported(path):
        library = name.split(".")[0]
        if library not in STANDARD | {"actviz"}:
            assert library in USERS, f"{library} is not among what actviz is built on"
            assert room(path) in USERS[library], f"{room(path)} may not import {library}"


def loaded(statement: str) -> set[str]:
    """The names in sys.modules after a statement has run in a new process."""
    code = (
        f"import sys\ntry:\n    {statement}\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stdout.splitlines()[-1].decode().split())


@pytest.mark.parametrize("arguments", ABSENT, ids=" ".join)
def test_a_command_imports_only_what_it_needs(arguments: tuple[str, ...]) -> None:
    statement = f"sys.argv = {['actviz', *arguments]!r}; from actviz.cli import main; main()"
    assert loaded(statement).isdisjoint(ABSENT[arguments])


def test_the_layout_in_contributing_is_complete_and_in_order() -> None:
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    layout = re.search(r"^actviz/\n(.*?)^tests/", text, re.MULTILINE | re.DOTALL)
    assert layout is not None
    rooms = re.findall(r"^  (\w+)(?:\.py|/) ", layout[1], re.MULTILINE)
    assert set(rooms) == {room(path) for path in modules()} - {"__init__", "__main__"}
    ranks = [RANK[name] for name in rooms if name != "files"]
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("name", ["actviz", "actviz.check"])
def test_what_a_help_page_reads_is_light(name: str) -> None:
    assert loaded(f"import {name}").isdisjoint({"numpy", "matplotlib", "typer", "rich", "mpmath"})
