"""The facts of a curve as text, JSON, Markdown and LaTeX."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from textwrap import wrap
from typing import Any

from actviz.expression import write_number
from actviz.info.extent import WIDEST
from actviz.info.facts import Facts

PRIMES = ("f", "f'", "f''", "f'''", "f''''")


def fact_rows(found: Facts) -> list[tuple[str, list[str]]]:
    """The facts that apply as (label, lines), in reading order.

    >>> import actviz
    >>> from actviz import info
    >>> fact_rows(info.facts(actviz.parse_curves(["relu"])[0]))[0]
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
    """One object; infinities, which JSON lacks, are the texts Infinity and -Infinity, NaN null."""
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
            return "Infinity" if value > 0 else "-Infinity"
    return value
