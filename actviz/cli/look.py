"""The options about the look of a figure: one line each, shared by plot and compare."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from actviz.cli.options import option
from actviz.cli.reading import read_count, read_float
from actviz.errors import UsageError
from actviz.table.grid import parse_range

if TYPE_CHECKING:
    from actviz.figure import Options

UNUSED: tuple[Any, ...] = (None, False, [])

Reader = Callable[[str, str], Any]


class Look(NamedTuple):
    """An option: its name, the field of figure.Options that it sets, and how its text is read.

    A flag has no metavar, and `value` is what it sets; a repeatable option gathers a tuple.
    """

    name: str
    field: str
    metavar: str
    value: Any
    help: str
    repeatable: bool = False


def as_text(name: str, text: str) -> str:
    """The text itself."""
    return text


def as_word(name: str, text: str) -> str:
    """One of a few words, in any case."""
    return text.lower()


def as_path(name: str, text: str) -> Path:
    """A file."""
    return Path(text)


def as_size(name: str, text: str) -> tuple[float, float]:
    """Two lengths in inches."""
    from actviz.figure import parse_size

    return parse_size(text)


def as_limits(name: str, text: str) -> tuple[float, float]:
    """Two ends."""
    return parse_range(text)


LOOKS = (
    Look("--theme", "theme", "THEME", as_word,
         "light, dark, print, or auto: an SVG that follows the reader. [light]"),
    Look("--style", "style", "FILE", as_path, "A matplotlib style sheet for colours and lines."),
    Look("--size", "size", "WxH", as_size, "Width and height in inches."),
    Look("--dpi", "dpi", "N", read_count, "Dots per inch of a PNG. [200]"),
    Look("--transparent", "transparent", "", True, "No background."),
    Look("--grid", "grid", "", True, "Thin lines at the ticks."),
    Look("--title", "title", "TEXT", as_text, "A title in place of the formula."),
    Look("--no-title", "title", "", "", "No title."),
    Look("--formula", "formula", "", True, "The formulas of the derivatives under the title."),
    Look("--no-legend", "legend", "", False, "Do not name the curves."),
    Look("--annotate", "annotate", "", True, "Extrema, zeros and saturated zones."),
    Look("--saturation", "saturation", "S", read_float,
         "The |f'| below which --annotate calls f saturated. [0.01]"),
    Look("--no-asymptotes", "asymptotes", "", False, "No dotted lines that the curve tends to."),
    Look("--axes", "axes", "WHERE", as_word, "origin, center, edge or box. [origin]"),
    Look("--ticks", "ticks", "KIND", as_word, "auto, plain or pi. [auto]"),
    Look("--hline", "hlines", "Y", read_float, "A dotted line at this y; repeatable.", True),
    Look("--vline", "vlines", "X", read_float, "A dotted line at this x; repeatable.", True),
    Look("--ylim", "ylim", "A:B", as_limits, "The y to show. [what the curves need]"),
    Look("--equal", "equal", "", True, "The same unit on both axes."),
    Look("--vector", "vector", "", True,
         "Take --points values of the range as the one vector of softmax and its kin."),
    Look("--points", "points", "N", read_count, "How many values --vector takes. [10]"),
)  # fmt: skip


NEEDS = {"points": "vector", "saturation": "annotate"}  # an option that is for another one


def takes_look(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of the table; it gets figure.Options made of them as `look`."""
    parameters = inspect.signature(command, eval_str=True).parameters
    own = [each for each in parameters.values() if each.name != "look"]
    names = {_parameter_name(row): row for row in LOOKS}

    def with_look(**given: Any) -> Any:
        asked = {name: given.pop(name) for name in names}
        return command(**given, look=_options(asked, names))

    with_look.__name__, with_look.__doc__ = command.__name__, command.__doc__
    with_look.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [*own, *(_parameter(name, row) for name, row in names.items())]
    )
    return with_look


def _parameter_name(row: Look) -> str:
    return "look_" + row.name.removeprefix("--").replace("-", "_")


def _parameter(name: str, row: Look) -> inspect.Parameter:
    """The parameter that Typer makes an option of."""
    kind: Any = bool if not row.metavar else list[str] | None if row.repeatable else str | None
    annotation = Annotated[kind, option(row.name, metavar=row.metavar, help=row.help, panel="Look")]
    return inspect.Parameter(
        name,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=None if row.metavar else False,
        annotation=annotation,
    )


def _options(asked: dict[str, Any], names: dict[str, Look]) -> Options:
    """The fields that were asked for, read."""
    from actviz.figure import Options

    used = {names[name]: value for name, value in asked.items() if value not in UNUSED}
    fields: dict[str, Any] = {}
    for row, value in used.items():
        if row.field in fields:
            raise UsageError(f"Give either --{row.field} or {row.name}, not both.")
        fields[row.field] = _read(row, value)
    for field, other in NEEDS.items():
        if field in fields and other not in fields:
            raise UsageError(f"--{field} is for --{other}, which is not there.")
    return Options(**fields)


def _read(row: Look, value: Any) -> Any:
    if not row.metavar:
        return row.value
    if row.repeatable:
        return tuple(row.value(row.name, each) for each in value)
    return row.value(row.name, value)
