"""The facts of a curve as text, JSON, Markdown and LaTeX."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from actviz.catalogue.kind import described
from actviz.formula.expression import to_text, write_number
from actviz.formula.latex import to_latex
from actviz.info.facts import Facts, breakpoints, entry_facts, record
from actviz.info.sparkline import sparkline
from actviz.table.records import jsonable

PRIMES = ("f", "f'", "f''", "f'''", "f''''")
LABEL = 21  # characters
LINE = 78
WHOLE = ("parameters", "breakpoints", "frameworks", "defaults")  # lines that are not wrapped
ELSEWHERE = ("breakpoints", "nanoseconds")  # properties that have lines of their own


def fact_rows(found: Facts) -> list[tuple[str, list[str]]]:
    """The facts that apply as (label, lines), in reading order.

    >>> import actviz
    >>> from actviz import info
    >>> fact_rows(info.facts(actviz.parse_curves(["relu"])[0]))[0]
    ('f(x)', ['max(x, 0)'])
    """
    activation = found.activation
    rows = [
        *((name, [to_text(formula)]) for name, formula in activation.formulas.items()),
        ("is", [] if activation.elementwise else [described(activation)]),
        ("parameters", _parameter_lines(found)),
        *_property_rows(found),
        ("nanoseconds per value", [_time(found)]),
        *_entry_rows(found),
    ]
    return [(label, lines) for label, lines in rows if any(lines)]


def _property_rows(found: Facts) -> list[tuple[str, list[str]]]:
    """What is computed: a picture of f and f', the properties, the breakpoints."""
    if found.properties is None:
        return []
    from actviz.properties import ROWS

    rows = [(f"{PRIMES[n]} on -6:6", [sparkline(found.activation, n)]) for n in (0, 1)]
    rows += [(row.label, [row.text(found.properties)]) for row in ROWS if row.name not in ELSEWHERE]
    return [*rows, ("breakpoints", _breakpoint_lines(found))]


def _time(found: Facts) -> str:
    return "" if found.nanoseconds is None else f"{found.nanoseconds:.3g}"


def _entry_rows(found: Facts) -> list[tuple[str, list[str]]]:
    """What only the catalogue knows."""
    if found.activation.entry is None:
        return []
    told = entry_facts(found.activation.entry, found.activation.parameters)
    return [
        ("aliases", [", ".join(told["aliases"])]),
        ("frameworks", [f"{name}: {call}" for name, call in told["frameworks"].items()]),
        ("defaults", [f"{name}: {_assigned(v)}" for name, v in told["other_defaults"].items()]),
        ("paper", [told["paper"]]),
        ("note", [told["note"]]),
    ]


def write_facts(found: Facts, format: str, colour: bool = False) -> str:
    """The facts of a curve in one of the formats of FACT_SUFFIXES; colour is for text."""
    match format:
        case "json":
            return json.dumps(jsonable(record(found)), indent=2) + "\n"
        case "markdown":
            return _markdown(found)
        case "latex":
            return _latex(found)
    return _text(found, colour)


FACT_SUFFIXES = {".txt": "text", ".json": "json", ".md": "markdown", ".tex": "latex"}


def _text(found: Facts, colour: bool) -> str:
    """The name, then two columns: the label and the fact, further lines of it underneath."""
    bold, cyan, end = ("\x1b[1m", "\x1b[36m", "\x1b[0m") if colour else ("", "", "")
    out = [f"{bold}{found.curve.label}{end}"]
    formulas = found.activation.formulas
    for label, lines in fact_rows(found):
        whole = label in WHOLE or label in formulas
        shown = lines if whole else wrap(lines[0], LINE - LABEL - 3)
        for i, line in enumerate(shown):
            out.append(f"  {cyan}{'' if i else label:<{LABEL}}{end} {line}")
    return "\n".join(out) + "\n"


def _markdown(found: Facts) -> str:
    """A heading and a table of two columns."""
    rows = [f"| {_cell([label])} | {_cell(lines)} |" for label, lines in fact_rows(found)]
    return "\n".join([f"### {found.curve.label}", "", "| | |", "|---|---|", *rows]) + "\n"


def _cell(lines: Sequence[str]) -> str:
    return "<br>".join(line.replace("|", "\\|") for line in lines)


def _latex(found: Facts) -> str:
    """The function and its first two derivatives as aligned equations (needs amsmath)."""
    head = f"% {', '.join([found.curve.label, *_parameter_lines(found)])}"
    formulas = found.activation.formulas.items()
    lines = [
        f"  {_quotient(name)} &= {to_latex(formula, cases=True)}" for name, formula in formulas
    ]
    return "\n".join([head, r"\begin{align*}", " \\\\\n".join(lines), "\\end{align*}\n"])


def _quotient(name: str) -> str:
    """df/da as LaTeX writes a partial derivative; f'(x) as it is."""
    return re.sub(r"^df/d(\w+)$", r"\\partial f / \\partial \1", name)


def _parameter_lines(found: Facts) -> list[str]:
    """Each parameter with its value, and the default where that is another."""
    entry = found.activation.entry
    defaults = entry.parameters if entry else {}
    return [
        f"{name} = {write_number(value)}"
        + (
            f" (default {write_number(defaults[name])})"
            if defaults.get(name, value) != value
            else ""
        )
        for name, value in found.activation.parameters.items()
    ]


def _breakpoint_lines(found: Facts) -> list[str]:
    lines = [_breakpoint_line(point) for point in breakpoints(found)]
    within = found.properties.breakpoints_within if found.properties else math.inf
    return [*lines, f"(those from -{within:g} to {within:g})"] if within < math.inf else lines


def _breakpoint_line(point: Mapping[str, Any]) -> str:
    name = PRIMES[point["order"]]
    sides = f"from {_short(point['left'])} to {_short(point['right'])}"
    taken = f"f = {_short(point['value'])}, f' = {_short(point['derivative'])} there"
    what = "pole" if point["kind"] == "pole" else f"{name} jumps"
    return f"x = {_short(point['x'])}: {what} {sides}; {taken}"


def _assigned(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {write_number(value)}" for name, value in values.items())


def _short(value: float) -> str:
    return f"{value + 0.0:.7g}"
