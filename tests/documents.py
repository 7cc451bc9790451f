"""What of the documents is written from the code: a function for each pair of markers in them.

`<!-- options -->` and `<!-- /options -->` in a document enclose what `options` below returns.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from actviz import check, figure, info
from actviz.catalogue.entry import Entry, normalised
from actviz.catalogue.lookup import activation_of, load
from actviz.cli.pages import PAGES
from actviz.cli.reference import options_table
from actviz.formula.primitives import PRIMITIVES
from actviz.info import atlas
from actviz.info.listing import COLUMNS
from actviz.properties.rows import ROWS
from actviz.table import NUMBERS, WORDS

ROOT = Path(__file__).parent.parent
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "actviz/README.md",
    "gallery/README.md",
    "gallery/functions.md",
    "tests/bench/README.md",
)
MARKED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- /\2 -->\n)", re.DOTALL)


def written(text: str) -> str:
    """A document's text with every part that is written from the code as it is now."""

    def part(marks: re.Match[str]) -> str:
        begin, name, end = marks.groups()
        return f"{begin}{PARTS[name]()}{end}" if name in PARTS else marks[0]

    return MARKED.sub(part, text)


def grid(headings: str, rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; the headings with `|` between them."""
    lines = (f"| {' | '.join(cells)} |\n" for cells in rows)
    return f"| {headings} |\n|{'---|' * (headings.count('|') + 1)}\n{''.join(lines)}"


# --- the functions of the catalogue ------------------------------------------------------------


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
    return "".join(_group(title, found) for title, found in groups.items() if found)


def _group(title: str, entries: list[Entry]) -> str:
    rows = grid("function | formula | parameters | elsewhere | paper", map(_cells, entries))
    return f"\n<details open>\n<summary>{len(entries)} {title}</summary>\n\n{rows}\n</details>\n"


def _cells(entry: Entry) -> list[str]:
    others = "; ".join(_names(entry))
    return [f"`{entry.name}`", f"`{entry.formula}`", _parameters(entry), others, _paper(entry)]


def _parameters(entry: Entry) -> str:
    """The defaults, and who has others."""
    others = {"": entry.parameters, **entry.defaults}
    return "; ".join(
        f"{framework}{': ' * bool(framework)}{', '.join(f'{k} = {v:.9g}' for k, v in own.items())}"
        for framework, own in others.items()
    )


def _names(entry: Entry) -> list[str]:
    """What frameworks call it, and its other names."""
    by_call: dict[str, list[str]] = {}
    for framework, call in entry.frameworks.items():
        by_call.setdefault(_short(call, entry), []).append(framework)
    known = {_plain(call.partition("(")[0]) for call in by_call}
    further = ", ".join(name for name in entry.aliases if _plain(name) not in known)
    told = [f"{', '.join(of)}: `{call}`" for call, of in by_call.items()]
    return told + [f"also {further}"] * bool(further)


def _short(call: str, entry: Entry) -> str:
    """The call without its module, and with only the arguments that are no parameters."""
    path, _, arguments = call.rstrip(")").partition("(")
    special = [
        a for a in arguments.split(", ") if a and a.partition("=")[2] not in entry.parameters
    ]
    return path.rpartition(".")[2] + f"({', '.join(special)})" * bool(special)


def _plain(name: str) -> str:
    return normalised(name).replace("_", "")


def _paper(entry: Entry) -> str:
    """The numbers of arXiv as links, else what is known."""
    numbers = re.findall(r"arXiv:([\d.]+)", entry.paper)
    return ", ".join(f"[{n}](https://arxiv.org/abs/{n})" for n in numbers) or entry.paper


# --- the reference ------------------------------------------------------------------------------


def commands() -> str:
    """What each command does, in the words of its help page."""
    told = (
        (f"`actviz {name} {page.argument}`", page.text.partition("\n")[0])
        for name, page in PAGES.items()
    )
    return "\n" + grid("command | does", told) + "\n"


def options() -> str:
    """Every option of the commands."""
    return f"\n{options_table()}\n"


def primitives() -> str:
    """The functions that a formula is made of, in lines."""
    lines = textwrap.wrap(" ".join(PRIMITIVES), 96, break_on_hyphens=False)
    return "\n" + "".join(f"    {line}\n" for line in lines) + "\n"


def formats() -> str:
    """The formats of each command, with the suffixes that mean them."""
    told: dict[str, tuple[Iterable[str], dict[str, str]]] = {
        "plot, compare": (figure.FORMATS, figure.SUFFIXES),
        "table": (NUMBERS, NUMBERS.suffixes),
        "list, table --properties, table --depth": (WORDS, WORDS.suffixes),
        "info": (info.FACT_FORMATS, info.FACT_FORMATS.suffixes),
        "check": (check.FORMATS, check.FORMATS.suffixes),
    }
    rows = ([of, ", ".join(_meant(*both))] for of, both in told.items())
    return "\n" + grid("of | formats, and the suffixes that mean them", rows) + "\n"


def _meant(names: Iterable[str], suffixes: dict[str, str]) -> Iterator[str]:
    """The formats, each with its suffixes."""
    for name in names:
        ends = [suffix for suffix, meant in suffixes.items() if meant == name]
        yield f"`{name}`" + f" ({' '.join(ends)})" * bool(ends)


def columns() -> str:
    """The columns of `list` and `table --properties`: what a catalogue says, then properties."""
    said = ((f"`{name}`", "") for name in COLUMNS)
    properties = ((f"`{row.name}`", _escaped(row.label)) for row in ROWS)
    return "\n" + grid("column | what it is called in `info`", [*said, *properties]) + "\n"


def sources() -> str:
    """Where a result of check comes from, and when that is asked about a curve."""
    rows = (
        (f"`{source.name}`", _escaped(source.says), source.asked)
        for source in check.SOURCES.values()
    )
    return "\n" + grid("oracle | goes by, or is about | asked", rows) + "\n"


def codes() -> str:
    """What check finds."""
    told = (
        (f"`{name}`", _escaped(code.words), code.severity) for name, code in check.CODES.items()
    )
    return "\n" + grid("code | says | severity", told) + "\n"


# --- where frameworks are wrong -----------------------------------------------------------------

SURVEYED = {"torch": "PyTorch", "torch.compile": "torch.compile", "jax": "JAX"}
FIRST = "float32"  # the format of which the README tells
FEW = ("gelu", "gelu_tanh", "sigmoid", "tanh", "elu", "softmax")


def deviations() -> str:
    """Every function that deviates in a way that matters, a table for each device and format."""
    told = []
    for device, versions in atlas.atlas()["measured"].items():
        names = ", ".join(f"{name} {version}" for name, version in versions.items())
        told.append(f"\nOn {device}, with {names}:\n")
        for dtype in atlas.atlas()["formats"]:
            rows = _wrong(device, dtype, load().entries)
            table = grid(_surveyed(device), rows)
            told.append(f"\n<details>\n<summary>{dtype}</summary>\n\n{table}\n</details>\n")
    return "".join(told) + "\n"


def few_deviations() -> str:
    """Some of them, as they stand there."""
    return "\n" + grid(_surveyed("cpu"), _wrong("cpu", FIRST, FEW)) + "\n"


def _surveyed(device: str) -> str:
    measured = atlas.atlas()["measured"][device]
    return " | ".join(["function", "what", *(SURVEYED[name] for name in measured)])


def _wrong(device: str, dtype: str, names: Iterable[str]) -> Iterator[list[str]]:
    """A row for the value and for the derivative of a function, if any framework is wrong."""
    for name in names:
        found = [
            one for one in atlas.known(name)
            if (one.device, one.dtype) == (device, dtype) and one.matters
        ]  # fmt: skip
        for curve, order in dict.fromkeys((one.curve, one.order) for one in found):
            own = [one for one in found if (one.curve, one.order) == (curve, order)]
            cells = [_cell(name, framework, own) for framework in atlas.atlas()["measured"][device]]
            yield [curve, ("value", "derivative")[order], *cells]


def _cell(name: str, framework: str, found: list[atlas.Deviation]) -> str:
    """What a framework gives that is wrong; a dash if it has no such function."""
    if framework.partition(".")[0] not in load().entries[name].frameworks:
        return "-"
    found = [one for one in found if one.framework == framework]
    told = []
    for fault in dict.fromkeys(one.fault for one in found if not one.single):
        stretches = [one for one in found if one.fault == fault]
        told.append(f"{atlas.verb(fault)} {atlas.stretch(stretches)}")
    told += [atlas.at_a_point(one) for one in found if one.single]
    return _escaped("; ".join(told))


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


PARTS: dict[str, Callable[[], str]] = {
    "functions": functions,
    "commands": commands,
    "options": options,
    "primitives": primitives,
    "formats": formats,
    "columns": columns,
    "sources": sources,
    "codes": codes,
    "deviations": deviations,
    "few_deviations": few_deviations,
}
