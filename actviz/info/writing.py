"""The facts of a curve as text, JSON, Markdown and LaTeX."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple

from actviz.catalogue.kind import described
from actviz.formula.expression import to_text, write_number
from actviz.formula.latex import to_latex
from actviz.info.atlas import deviations, sentences
from actviz.info.facts import Facts, breakpoints, entry_facts, record
from actviz.info.sparkline import sparkline
from actviz.table.formats import WORDS, Format, Formats
from actviz.table.objects import dumps

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation

PRIMES = ("f", "f'", "f''", "f'''", "f''''")
WRONG = "frameworks are wrong"
LABEL = 21  # characters
LINE = 78
BESIDE = 2.0**-40  # of its size: so far from a place one looks whether there are values


class Fact(NamedTuple):
    """A fact for people: its label and its lines. Those that are whole are never broken."""

    label: str
    lines: Sequence[str]
    whole: bool = False


def fact_rows(found: Facts) -> list[Fact]:
    """The facts that apply, in reading order.

    >>> import actviz
    >>> from actviz import info
    >>> fact_rows(info.facts(actviz.parse_curves(["relu"])[0]))[0]
    Fact(label='f(x)', lines=['max(x, 0)'], whole=True)
    """
    activation = found.activation
    told = [
        *(Fact(name, [to_text(f)], whole=True) for name, f in activation.formulas.items()),
        Fact("is", [] if activation.elementwise else [described(activation)]),
        Fact("parameters", _parameter_lines(found), whole=True),
        Fact("domain", _domain_lines(found)),
        *_property_rows(found),
        *_entry_rows(found),
    ]
    return [fact for fact in told if any(fact.lines)]


def _property_rows(found: Facts) -> list[Fact]:
    """What is computed: a picture of f and f', the properties, those of lines of their own last."""
    from actviz.properties import ROWS

    told = []
    if found.properties is not None:
        told += [Fact(f"{PRIMES[n]} on -6:6", [sparkline(found.activation, n)]) for n in (0, 1)]
        told += [
            Fact(row.label, [row.text(found.properties)])
            for row in ROWS
            if row.name not in OWN_LINES
        ]
    return told + [
        Fact(row.label, OWN_LINES[row.name](found), whole=True)
        for row in ROWS
        if row.name in OWN_LINES
    ]


def _entry_rows(found: Facts) -> list[Fact]:
    """What only the catalogue knows."""
    if found.activation.entry is None:
        return []
    told = entry_facts(found.activation.entry, found.activation.parameters)
    calls = [f"{name}: {call}" for name, call in told["frameworks"].items()]
    defaults = [f"{name}: {_assigned(v)}" for name, v in told["other_defaults"].items()]
    return [
        Fact("aliases", [", ".join(told["aliases"])]),
        Fact("frameworks", calls, whole=True),
        Fact("defaults", defaults, whole=True),
        Fact(WRONG, sentences(deviations(found.activation))),
        Fact("paper", [told["paper"]]),
        Fact("note", [told["note"]]),
    ]


def write_facts(found: Facts, format: str, colour: bool = False) -> str:
    """The facts of a curve in one of FACT_FORMATS; colour is for text."""
    return FACT_FORMATS[format].write(found, colour)


def _text(found: Facts, colour: bool) -> str:
    """The name, then two columns: the label and the fact, further lines of it underneath."""
    bold, cyan, end = ("\x1b[1m", "\x1b[36m", "\x1b[0m") if colour else ("", "", "")
    out = [f"{bold}{found.curve.label}{end}"]
    for label, lines, whole in fact_rows(found):
        shown = lines if whole else _wrapped(lines)
        for i, line in enumerate(shown):
            out.append(f"  {cyan}{'' if i else label:<{LABEL}}{end} {line}")
    return "\n".join(out) + "\n"


def _wrapped(lines: Sequence[str]) -> list[str]:
    """Lines as wide as there is room; of several what goes on is indented."""
    indent = "  " * (len(lines) > 1)
    return [
        part for line in lines for part in wrap(line, LINE - LABEL - 3, subsequent_indent=indent)
    ]


def _json(found: Facts, colour: bool) -> str:
    """The record, with every digit."""
    return dumps(record(found), indent=2) + "\n"


def _markdown(found: Facts, colour: bool) -> str:
    """A heading and a table of two columns."""
    rows = [f"| {_cell([label])} | {_cell(lines)} |" for label, lines, _ in fact_rows(found)]
    return "\n".join([f"### {found.curve.label}", "", "| | |", "|---|---|", *rows]) + "\n"


def _cell(lines: Sequence[str]) -> str:
    return "<br>".join(line.replace("|", "\\|") for line in lines)


def _latex(found: Facts, colour: bool) -> str:
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


def _domain_lines(found: Facts) -> list[str]:
    """What the parameters may be, where that is not everything."""
    entry = found.activation.entry
    return [", ".join(entry.domain)] if entry else []


def _breakpoint_lines(found: Facts) -> list[str]:
    lines = [_breakpoint_line(found.activation, point) for point in breakpoints(found)]
    within = found.properties.breakpoints_within if found.properties else math.inf
    return [*lines, f"(those from -{within:g} to {within:g})"] if within < math.inf else lines


def _breakpoint_line(activation: Activation, point: Mapping[str, Any]) -> str:
    value, slope = point["value"], point["derivative"]
    slope = "" if math.isnan(slope) else f", f' = {_short(slope)}"
    taken = "f has no value there" if math.isnan(value) else f"f = {_short(value)}{slope} there"
    return f"x = {_short(point['x'])}: {_what_breaks(activation, point)}; {taken}"


def _what_breaks(activation: Activation, point: Mapping[str, Any]) -> str:
    """What happens from the left to the right, as far as limits are known."""
    x, name, left, right = point["x"], PRIMES[point["order"]], point["left"], point["right"]
    if point["kind"] == "hole":
        return f"hole, the limit is {_short(left)}"
    if math.isnan(left) and math.isnan(right):
        return f"{name} breaks, its limits are not known"
    if math.isnan(left) and _ends(activation, x, -1):
        return f"{name} begins at {_short(right)}"
    if math.isnan(right) and _ends(activation, x, 1):
        return f"{name} ends at {_short(left)}"
    what = "pole" if point["kind"] == "pole" else f"{name} jumps"
    return f"{what} from {_side(left)} to {_side(right)}"


def _ends(activation: Activation, x: float, side: int) -> bool:
    """Whether there are no values on that side of a place."""
    return math.isnan(float(activation.value(x + side * max(1.0, abs(x)) * BESIDE)))


def _side(limit: float) -> str:
    return "what is not known" if math.isnan(limit) else _short(limit)


def _assigned(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {write_number(value)}" for name, value in values.items())


def _short(value: float) -> str:
    return f"{value + 0.0:.7g}"


def _time_lines(found: Facts) -> list[str]:
    from actviz.properties import duration

    return [] if found.nanoseconds is None else [duration(found.nanoseconds)]


# The properties that have lines of their own, by their names in properties.ROWS.
OWN_LINES: dict[str, Callable[[Facts], list[str]]] = {
    "breakpoints": _breakpoint_lines,
    "nanoseconds": _time_lines,
}
FACT_FORMATS: Formats[Callable[[Facts, bool], str]] = Formats(
    {
        "text":     Format((".txt",), _text),
        "json":     Format(WORDS["json"].suffixes, _json),
        "markdown": Format(WORDS["markdown"].suffixes, _markdown),
        "latex":    Format(WORDS["latex"].suffixes, _latex),
    },
    shown="text",
    kept="text",
)  # fmt: skip
