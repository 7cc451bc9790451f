"""What there is to know about a curve, and the catalogue as rows: data first, then its writers.

`facts` computes everything from the formula; the catalogue adds only what no formula knows:
aliases, framework names, differing defaults, paper and note. Nothing here imports numpy until
a curve is looked at, so the catalogue can be listed without it.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from actviz.errors import UsageError, suggest
from actviz.expression import write_number

if TYPE_CHECKING:
    from actviz.activation import Activation
    from actviz.breakpoints import Breakpoint
    from actviz.catalogue import Catalogue, Entry
    from actviz.curve import Curve

Facts = dict[str, Any]

PRIMES = ("f", "f'", "f''", "f'''", "f''''")
WIDEST = 1e6  # breakpoints and extrema are looked for from -WIDEST to WIDEST,
NEAREST = 10.0  # but if there are more than MANY, as for sign(sin(x)), nearer to 0
MANY = 24


def facts(curve: Curve) -> Facts:
    """Everything about a curve, as numbers, texts, lists and dicts.

    Keys that do not apply (the breakpoints of softmax, the paper of a typed formula) are left out.
    """
    activation = curve.activation
    found: Facts = {
        "name": activation.name,
        "label": curve.label,
        "formula": activation.formula,
        "derivative": activation.derivative_formula(1),
        "second_derivative": activation.derivative_formula(2),
        "latex": [activation.latex(order, cases=True) for order in range(3)],
        "parameters": dict(activation.parameters),
    }
    if not activation.vector:
        reach, breakpoints = find_breakpoints(activation)
        found["range"] = extent(activation, 0, breakpoints)
        found["derivative_range"] = extent(activation, 1, breakpoints)
        found["limits"] = {"-inf": activation.limit(0, -1), "inf": activation.limit(0, 1)}
        found["breakpoints"] = [describe_breakpoint(activation, b) for b in breakpoints]
        found["breakpoints_within"] = reach if breakpoints else None
    if activation.entry is not None:
        found |= entry_facts(activation.entry, activation.parameters)
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def find_breakpoints(activation: Activation) -> tuple[float, tuple[Breakpoint, ...]]:
    """The breakpoints from -reach to reach, and the reach: the widest with at most MANY."""
    found = NEAREST, activation.breakpoints(-NEAREST, NEAREST)
    for reach in (100.0, WIDEST):
        wider = activation.breakpoints(-reach, reach)
        if len(wider) > MANY:
            return found
        found = reach, wider
    return found


def entry_facts(entry: Entry, given: Mapping[str, float]) -> Facts:
    """What the catalogue says beyond the formula."""
    changed = {n: v for n, v in entry.parameters.items() if given.get(n) != v}
    return {
        "defaults": changed,
        "aliases": list(entry.aliases),
        "parameter_aliases": dict(entry.parameter_aliases),
        "frameworks": {k: _call(v, given) for k, v in entry.frameworks.items()},
        "other_defaults": {name: dict(values) for name, values in entry.defaults.items()},
        "paper": entry.paper,
        "note": entry.note,
    }


def _call(template: str, parameters: Mapping[str, float]) -> str:
    """The framework's call with the values of the parameters in place of their names.

    >>> _call("torch.nn.functional.elu(alpha=alpha)", {"alpha": 0.5})
    'torch.nn.functional.elu(alpha=0.5)'
    """
    name = re.compile(r"(?<==)[A-Za-z_]\w*(?=[,)])")
    return name.sub(
        lambda m: write_number(parameters[m[0]]) if m[0] in parameters else m[0], template
    )


def describe_breakpoint(activation: Activation, point: Breakpoint) -> Facts:
    """A breakpoint: what breaks there, the value and derivative taken, and the one-sided limits.

    The limits are those of the lowest order that breaks: of f at a jump, of f' at a kink.
    """
    left = activation.derivative(point.x, point.order, side="left")
    right = activation.derivative(point.x, point.order, side="right")
    return {
        "x": point.x,
        "kind": _kind(point),
        "order": point.order,
        "value": float(activation.value(point.x)),
        "derivative": float(activation.derivative(point.x, 1)),
        "left": float(left),
        "right": float(right),
    }


def _kind(point: Breakpoint) -> str:
    """The name of what breaks: a seam is smooth to the eye, its second derivative jumps or a
    higher one."""
    if point.pole:
        return "pole"
    return ("jump", "kink", "seam", "seam", "seam")[point.order]


# --- the range of a function ---


def extent(activation: Activation, order: int, breakpoints: Sequence[Breakpoint]) -> Facts:
    """The least and greatest value of f or a derivative over all x, and whether they are taken.

    Candidates are the extrema (where the next derivative changes sign), the breakpoints with
    their one-sided limits, constant pieces, and the limits at infinity. The place is given for an
    extremum or a breakpoint, None for a constant piece.
    """
    edges = [point.x for point in breakpoints]
    constant = dict.fromkeys(_constants(activation, order, edges))
    places = [*_extrema(activation, order, edges), *edges]
    taken = _values(activation, order, places) | constant
    every = [value for value in [*taken, *_limits(activation, order, edges)] if value == value]
    if not every:
        return {}
    lower, upper = _beyond(taken, min(every)), _beyond(taken, max(every))
    return {
        "lower": lower,
        "lower_taken": lower in taken,
        "lower_at": taken.get(lower),
        "upper": upper,
        "upper_taken": upper in taken,
        "upper_at": taken.get(upper),
    }


def _values(
    activation: Activation, order: int, places: Sequence[float]
) -> dict[float, float | None]:
    """The finite values at the places, each with the place nearest to 0 that has it."""
    outwards = sorted(places, key=lambda x: (-abs(x), x))
    values = [float(activation.derivative(x, order)) for x in outwards]
    return {y: x for y, x in zip(values, outwards, strict=True) if math.isfinite(y)}


def _constants(activation: Activation, order: int, edges: Sequence[float]) -> list[float]:
    """The values of the pieces between breakpoints on which the derivative is 0 throughout."""
    import numpy as np

    first, last = (edges[0], edges[-1]) if edges else (0.0, 0.0)
    ends = [first - 1 - abs(first), *edges, last + 1 + abs(last)]
    pieces = [np.linspace(a, b, 7)[1:-1] for a, b in pairwise(ends)]
    flat = [x[0] for x in pieces if not activation.derivative(x, order + 1).any()]
    return [float(activation.derivative(x, order)) for x in flat]


def _limits(activation: Activation, order: int, edges: Sequence[float]) -> list[float]:
    """The limits at infinity, and the one-sided ones at breakpoints."""
    sides = [
        float(activation.derivative(x, order, side=side))
        for x in edges
        for side in ("left", "right")
    ]
    return [activation.limit(order, -1), activation.limit(order, 1), *sides]


def _beyond(taken: Mapping[float, float | None], extreme: float) -> float:
    """The extreme, or infinity if it is one of ever larger extrema, as of x*cos(x)."""
    near = [abs(y) for y, x in taken.items() if x is not None and abs(x) < 100]
    at = taken.get(extreme)
    growing = at is not None and abs(at) > 1000 and abs(extreme) > 10 * max(near, default=math.inf)
    return math.copysign(math.inf, extreme) if growing else extreme


def _extrema(activation: Activation, order: int, edges: Sequence[float]) -> list[float]:
    """Where the next derivative changes sign without a break, by bisection to the last bit."""
    import numpy as np

    out = np.geomspace(1e-3, WIDEST, 2000)
    grid = np.unique(np.concatenate([-out, np.linspace(-10, 10, 4001), out, edges]))
    sign = np.sign(activation.derivative(grid, order + 1))
    exact = grid[1:-1][(sign[1:-1] == 0) & (sign[:-2] * sign[2:] < 0)]
    crossing = sign[:-1] * sign[1:] < 0
    low, high = grid[:-1][crossing], grid[1:][crossing]
    side = sign[:-1][crossing]
    for _ in range(80):
        middle = (low + high) / 2
        before = np.sign(activation.derivative(middle, order + 1)) == side
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return [float(x) for x in [*exact, *low]]


# --- the facts of one curve, written ---


def fact_rows(found: Facts) -> list[tuple[str, list[str]]]:
    """The facts that apply as (label, lines), in reading order.

    >>> from actviz.curve import parse_curves
    >>> fact_rows(facts(parse_curves(["relu"])[0]))[0]
    ('f(x)', ['max(x, 0)'])
    """
    rows = [
        ("f(x)", [found["formula"]]),
        ("f'(x)", [found["derivative"]]),
        ("f''(x)", [found["second_derivative"]]),
        ("parameters", _parameter_lines(found)),
        ("range", _range_lines(found)),
        ("limits", _limit_lines(found.get("limits", {}))),
        ("breakpoints", _breakpoint_lines(found)),
        ("aliases", [", ".join(found["aliases"])] if "aliases" in found else []),
        ("frameworks", [f"{k}: {v}" for k, v in found.get("frameworks", {}).items()]),
        ("defaults", [f"{k}: {_assigned(v)}" for k, v in found.get("other_defaults", {}).items()]),
        ("paper", [found["paper"]] if "paper" in found else []),
        ("note", [found["note"]] if "note" in found else []),
    ]
    return [(label, lines) for label, lines in rows if lines]


def facts_text(found: Facts, colour: bool = False) -> str:
    """The name, then two columns: the label and the fact, further lines of it underneath."""
    bold, cyan, end = ("\x1b[1m", "\x1b[36m", "\x1b[0m") if colour else ("", "", "")
    out = [f"{bold}{found['label']}{end}"]
    for label, lines in fact_rows(found):
        wrapped = wrap(lines[0], 64) if label in ("aliases", "paper", "note") else lines
        for i, line in enumerate(wrapped):
            out.append(f"  {cyan}{'' if i else label:<12}{end} {line}")
    return "\n".join(out)


def facts_markdown(found: Facts) -> str:
    """A heading and a table of two columns."""
    cells = [
        (label, "<br>".join(v.replace("|", "\\|") for v in values))
        for label, values in fact_rows(found)
    ]
    return "\n".join(
        [f"### {found['label']}", "", "| | |", "|---|---|", *(f"| {a} | {b} |" for a, b in cells)]
    )


def facts_json(found: Facts) -> str:
    """One object; infinities, which JSON lacks, are the texts inf and -inf, NaN is null."""
    return json.dumps(_jsonable(found), indent=2)


def facts_latex(found: Facts) -> str:
    """The function and its first two derivatives as aligned equations (needs amsmath)."""
    head = f"% {', '.join([found['label'], *_parameter_lines(found)])}"
    lines = [f"  {f}(x) &= {latex}" for f, latex in zip(PRIMES, found["latex"], strict=False)]
    return "\n".join([head, r"\begin{align*}", " \\\\\n".join(lines), r"\end{align*}"])


FACT_WRITERS: dict[str, Callable[[Facts], str]] = {
    "json": facts_json,
    "markdown": facts_markdown,
    "latex": facts_latex,
}


def write_facts(found: Facts, format: str, colour: bool = False) -> str:
    """The facts of a curve as text in one of the formats of FACT_SUFFIXES."""
    text = facts_text(found, colour) if format == "text" else FACT_WRITERS[format](found)
    return text + "\n"


FACT_SUFFIXES = {".txt": "text", ".json": "json", ".md": "markdown", ".tex": "latex"}


def _parameter_lines(found: Facts) -> list[str]:
    changed = found.get("defaults", {})
    return [
        f"{name} = {write_number(value)}"
        + (f" (default {write_number(changed[name])})" if name in changed else "")
        for name, value in found.get("parameters", {}).items()
    ]


def _range_lines(found: Facts) -> list[str]:
    keys = {"f": "range", "f'": "derivative_range"}
    return [f"{name} in {_interval(found[key])}" for name, key in keys.items() if key in found]


def _interval(extent: Facts) -> str:
    """The range as mathematicians write it, with the places of its ends where there are any."""
    left, right = "[" if extent["lower_taken"] else "(", "]" if extent["upper_taken"] else ")"
    text = f"{left}{_short(extent['lower'])}, {_short(extent['upper'])}{right}"
    ends = {"min": extent["lower_at"], "max": extent["upper_at"]}
    places = [f"{word} at {_short(at)}" for word, at in ends.items() if at is not None]
    return ", ".join([text, " and ".join(places)] if places else [text])


def _limit_lines(limits: Facts) -> list[str]:
    texts = {end: "none" if math.isnan(y) else _short(y) for end, y in limits.items()}
    return [", ".join(f"{text} at {end}" for end, text in texts.items())] if texts else []


def _breakpoint_lines(found: Facts) -> list[str]:
    lines = [_breakpoint_line(point) for point in found.get("breakpoints", [])]
    within = _short(found.get("breakpoints_within", WIDEST))
    return lines if within == _short(WIDEST) else [*lines, f"(those from -{within} to {within})"]


def _breakpoint_line(point: Facts) -> str:
    name = PRIMES[point["order"]]
    sides = f"from {_short(point['left'])} to {_short(point['right'])}"
    taken = f"f = {_short(point['value'])}, f' = {_short(point['derivative'])} there"
    what = "pole" if point["kind"] == "pole" else f"{name} jumps"
    return f"x = {_short(point['x'])}: {what} {sides}; {taken}"


def _assigned(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {write_number(value)}" for name, value in values.items())


def _short(value: float) -> str:
    return f"{value + 0.0:.7g}"


def _jsonable(value: Any) -> Any:
    """The value with infinities as texts and NaN as None, as deep as it goes."""
    match value:
        case dict():
            return {key: _jsonable(each) for key, each in value.items()}
        case list() | tuple():
            return [_jsonable(each) for each in value]
        case float() if math.isnan(value):
            return None
        case float() if math.isinf(value):
            return str(value)
    return value


# --- the catalogue, listed ---

COLUMNS = ("name", "formula", "parameters", "aliases")


def matching(catalogue: Catalogue, words: Sequence[str]) -> list[Entry]:
    """The entries that hold every word in a name, alias, formula or framework name, in order.

    Case does not matter, and '-' equals '_'. Raises UsageError if there are none.
    """
    found = [entry for entry in catalogue.entries.values() if _holds(entry, words)]
    if not found:
        names = [name for e in catalogue.entries.values() for name in (e.name, *e.aliases)]
        hint = next(filter(None, (suggest(_folded(word), names) for word in words)), "")
        raise UsageError(f"Nothing in the catalogue matches {' '.join(words)!r}.{hint}")
    return found


def _holds(entry: Entry, words: Iterable[str]) -> bool:
    texts = [entry.name, entry.formula, *entry.aliases]
    texts += [text for pair in entry.frameworks.items() for text in pair]
    whole = _folded("\n".join(texts))
    return all(_folded(word) in whole for word in words)


def _folded(word: str) -> str:
    return word.lower().replace("-", "_")


def write_entries(entries: Sequence[Entry], format: str, colour: bool = False) -> str:
    """The entries as text, in one of the formats of ENTRY_SUFFIXES; colour is for `rich`."""
    return entries_rich(entries, colour) if format == "rich" else ENTRY_WRITERS[format](entries)


def _entry_row(entry: Entry, digits: int = 17) -> list[str]:
    values = {name: write_number(float(f"{v:.{digits}g}")) for name, v in entry.parameters.items()}
    return [
        entry.name,
        entry.formula,
        " ".join(f"{name}={value}" for name, value in values.items()),
        " ".join(entry.aliases),
    ]


def _entry_record(entry: Entry) -> Facts:
    extra = entry_facts(entry, entry.parameters)
    del extra["defaults"]
    return {
        "name": entry.name,
        "formula": entry.formula,
        "parameters": dict(entry.parameters),
        **extra,
    }


def entries_rich(entries: Sequence[Entry], colour: bool = False, width: int | None = None) -> str:
    """A table for the terminal: numbers of 6 digits, and aliases only where there is room."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    console = Console(
        file=out,
        color_system="standard" if colour else None,
        force_terminal=colour,
        width=width,
    )
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True, style="cyan")
    table.add_column("formula", overflow="fold")
    table.add_column("parameters", overflow="fold", max_width=20)
    if console.width >= 100:
        table.add_column("aliases", overflow="fold", max_width=24)
    for entry in entries:
        row = _entry_row(entry, digits=6)[: len(table.columns)]
        table.add_row(*map(Text, row))
    console.print(table)
    return out.getvalue()


def entries_csv(entries: Sequence[Entry], delimiter: str = ",") -> str:
    """One line per entry, the columns named in the first; lists are separated by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_entry_row(entry) for entry in entries)
    return out.getvalue()


def entries_tsv(entries: Sequence[Entry]) -> str:
    """As CSV, with tabs."""
    return entries_csv(entries, "\t")


def entries_json(entries: Sequence[Entry]) -> str:
    """A list of records with everything that the catalogue says."""
    return json.dumps([_entry_record(entry) for entry in entries], indent=2) + "\n"


def entries_markdown(entries: Sequence[Entry]) -> str:
    """A table."""
    rows = [[c.replace("|", "\\|") for c in _entry_row(entry)] for entry in entries]
    every = [list(COLUMNS), ["---"] * len(COLUMNS), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in every)


ENTRY_WRITERS: dict[str, Callable[[Sequence[Entry]], str]] = {
    "csv": entries_csv,
    "tsv": entries_tsv,
    "json": entries_json,
    "markdown": entries_markdown,
}
ENTRY_SUFFIXES = {
    ".txt": "rich",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".md": "markdown",
}
