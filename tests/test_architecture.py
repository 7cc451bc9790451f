"""Imports point one way, heavy libraries are imported only where they are used, and late."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from actviz.cli.pages import PAGES

PACKAGE = Path(__file__).parent.parent / "actviz"

# From the top down: a room may import from the rooms in lower lines and from its own line, and so
# may a file of a room that is drawn file by file. What is in no line fails a test: say here where
# it belongs.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("info", "testing"),
    ("figure", "check"),
    ("table", "recorded"),
    ("sampling", "properties"),
    ("__init__",),
    ("catalogue",),
    ("formula",),
    ("depfile",),
    ("files",),
    ("late", "errors", "processors"),
)
INSIDE = {
    "cli": (
        ("parser", "reference"),
        ("commands", "help", "mistakes"),
        ("drawing", "tables", "judging"),
        ("batch", "targets", "figures", "screen"),
        ("asked",),
        ("together",),
        ("options",),
        ("pages", "reading", "terminal", "workers"),
    ),
    "figure": (
        ("curves", "planes", "charts"),
        ("canvas",),
    ),
    "figure/canvas": (
        ("guides", "legend", "title", "window", "formats"),
        ("axes",),
        ("called", "frame"),
        ("arrows", "sentences", "fitting", "scene", "silent"),
        ("canvas",),
        ("colours", "options", "renderers", "svg", "tikz"),
        ("opaque", "styles"),
        ("picture",),
        ("artists",),
        ("strokes",),
        ("mathtext", "shapes"),
        ("text",),
        ("settings", "space", "tex", "theme", "ticks", "typeset"),
        ("comments",),
    ),
    "figure/curves": (
        ("compose",),
        ("several", "vectors"),
        ("framing",),
        ("layout", "preview"),
        ("measured", "points"),
        ("asymptotes", "annotate", "naming"),
        ("words",),
        ("features", "limits", "traces", "waves"),
        ("paths",),
    ),
    "figure/planes": (
        ("plane",),
        ("sheet", "surface_words", "partials"),
        ("shading",),
        ("contours", "levels", "refusals"),
    ),
    "figure/charts": (
        ("accuracy", "vanishing"),
        ("decades",),
    ),
    "info": (
        ("comparison",),
        ("listing", "selecting", "writing"),
        ("facts", "sparkline"),
        ("atlas",),
    ),
    "table": (
        ("formats",),
        ("numbers", "words", "on_screen", "npy"),
        ("columns", "gradients"),
        ("records", "objects", "grid", "shortest"),
        ("markup",),
    ),
    "check": (
        ("calls",),
        ("referee", "report", "explained"),
        ("byhand",),
        ("aswritten", "settings"),
        ("equality", "recordings"),
        ("oracles",),
        ("foreign",),
        ("accuracy",),
        ("claim",),
        ("looking",),
        ("points",),
        ("exact",),
        ("straight",),
        ("tolerance",),
        ("result", "dtypes", "libraries", "lines", "others"),
        ("codes",),
    ),
    "recorded": (
        ("writing",),
        ("arrays", "text"),
        ("column",),
    ),
    "sampling": (
        ("pieces",),
        ("marks", "proof"),
        ("view",),
        ("scan",),
        ("breaks", "cubic"),
    ),
    "catalogue": (
        ("curve",),
        ("lookup",),
        ("activation", "sources"),
        ("calls",),
        ("numbers",),
        ("values",),
        ("kind", "entry"),
        ("domain", "plain"),
    ),
    "formula/enclosure": (
        ("alike", "breaks"),
        ("columns", "extremes", "joins", "limits", "zeros"),
        ("mesh",),
        ("cut",),
        ("beyond",),
        ("far", "holes", "leading", "tails"),
        ("bounds", "scaled"),
        ("rules",),
        ("cells", "factors", "growth", "orders"),
    ),
    "formula": (
        ("branchwise",),
        ("breakpoints", "jacobian", "slices", "gated", "mathml", "latex", "recast"),
        ("switches",),
        ("approached", "lone", "total"),
        ("evaluate",),
        ("fixed",),
        ("precise",),
        ("enclosure",),
        ("balls", "identity", "soundness", "wide"),
        ("backward",),
        ("program",),
        ("narrowing", "shifted"),
        ("kernels",),
        ("normal", "relative"),
        ("choice",),
        ("allowance", "arrays", "price"),
        ("derivative", "terms"),
        ("algebra", "breaks"),
        ("products", "parsing"),
        ("expression", "primitives", "spelling"),
    ),
}
Layers = tuple[tuple[str, ...], ...]


def ranks(layers: Layers) -> dict[str, int]:
    """The height of each name, from the bottom up."""
    return {name: rank for rank, names in enumerate(reversed(layers)) for name in names}


RANK = ranks(LAYERS)
RANK_INSIDE = {room: ranks(layers) for room, layers in INSIDE.items()}

# What stands on one line, and yet may not import each other.
APART = {"figure": {"curves", "planes", "charts"}}

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
    "cupy": {"check"},
}
STANDARD = sys.stdlib_module_names | {"numpy"}

# What a library keeps to itself, and the only files of a room that may name it.
INTERNALS = {
    "figure": (
        ("figure/canvas/renderers.py", "figure/canvas/typeset.py"),
        r"backend_\w*|Renderer\w*|MathTextParser|_(?!_)\w*",
    ),
    "cli": (
        ("cli/parser.py",),
        r"core|click|Typer\w+|process_value|param_type_name|opts|possibilities|_(?!_)\w*",
    ),
}

# What a command may not have imported when it is done.
READERS = ("actviz.catalogue", "actviz.formula", "actviz.cli.options", "tomllib")
ABSENT = {
    ("--help",): ("numpy", "matplotlib", *READERS),
    ("--version",): ("numpy", "matplotlib", *READERS),
    **{(command, "--help"): ("numpy", "matplotlib") for command in PAGES},
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


def part(path: Path, name: str) -> str:
    """The file or folder directly in that room, which may be a room's own, that a module is in."""
    return path.relative_to(PACKAGE / name).parts[0].removesuffix(".py")


def inside(name: str) -> list[Path]:
    """The modules of a room, but for the one that is the room itself."""
    found = [path for path in modules() if path.is_relative_to(PACKAGE / name)]
    return [path for path in found if part(path, name) != "__init__"]


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def imported(path: Path) -> tuple[str, ...]:
    """The dotted names a module imports at run time, at its top or inside a function."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
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
    assert {part(path, name) for path in inside(name)} == set(RANK_INSIDE[name])


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = room(path)
    for name in imported(path):
        if name.split(".")[0] == "actviz":
            assert RANK[target(name)] <= RANK[own], f"{own} may not import {name}"


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name in INSIDE for path in inside(name)],
    ids=lambda value: str(value.relative_to(PACKAGE)) if isinstance(value, Path) else value,
)
def test_imports_inside_a_room_point_down(name: str, path: Path) -> None:
    own, rank, apart = part(path, name), RANK_INSIDE[name], APART.get(name, set())
    dotted = "actviz." + name.replace("/", ".") + "."
    for each in imported(path):
        if each.startswith(dotted):
            other = each.removeprefix(dotted).split(".")[0]
            assert rank[other] <= rank[own], f"{name}/{own} may not import {each}"
            assert own == other or not {own, other} <= apart, f"{name}/{own} may not import {each}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    for name in imported(path):
        library = name.split(".")[0]
        if library not in STANDARD | {"actviz"}:
            assert library in USERS, f"{library} is not among what actviz is built on"
            assert room(path) in USERS[library], f"{room(path)} may not import {library}"


def internals(path: Path, pattern: str) -> set[str]:
    """What a module names of that pattern which is not its own."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                continue
            case ast.Attribute(attr=name):
                names = [name]
            case ast.Name(id=name):
                names = [] if name.startswith("_") else [name]  # the module's own
            case ast.Import(names=aliases):
                names = [part for alias in aliases for part in alias.name.split(".")]
            case ast.ImportFrom(module=str(module), names=aliases):
                names = [*module.split("."), *(alias.name for alias in aliases)]
            case ast.Constant(value=str(text)) if text.startswith("matplotlib."):
                names = text.split(".")
            case _:
                continue
        found |= {name for name in names if re.fullmatch(pattern, name)}
    return found


@pytest.mark.parametrize("name", INTERNALS)
def test_the_internals_of_libraries_are_named_in_their_files(name: str) -> None:
    files, pattern = INTERNALS[name]
    found = {str(path.relative_to(PACKAGE)): internals(path, pattern) for path in inside(name)}
    assert {path for path, names in found.items() if names} == set(files), found


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
