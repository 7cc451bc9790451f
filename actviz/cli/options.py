"""What the commands take: one row for each option, with all that it goes with.

The refusals of `together`, what a list may hold, the help pages, completion in a shell and the
table of the reference are read off these rows. Columns, and what an empty one means:

names      how it is typed; the first is how messages call it, the longest, without dashes, its key
commands   those that have it; an option that means something else elsewhere has a row there
metavar    what stands for its value; none: it is a flag. Single letters stand for numbers
help       for the help pages; {values} are all that it can be
read       how its text becomes a value: a function of `reading`, given its name and the text
default    the text that holds when it is not given; none: the value is None, False, 0 or ()
unsaid     what it means not to give it, where that is no text to be read; for the help pages. If
           it is empty, what `values` itself says of that
values     where the words that it can be are written in the code, as module:name
needs      options one of which must be there, or it would mean nothing
rivals     options that say the same thing in another way: only one of them can be given
about      what it is about, in a word for `takes`
takes      what still means something beside this one, by the words of `about`; all else is refused
aside      what the refusal of all else says of this one
formats    those in which it shows; none: in all of them. A word in front, WORD: png, is the one
           value that this holds for
field      of figure.Options, which it sets
sets       the value of a flag
repeats, counts  it can be given several times: a tuple, or how often
elsewhere  what other programs call it, for "did you mean"
run        it belongs to a run and not to a figure: a list cannot say it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

from actviz.cli import reading
from actviz.cli.pages import PAGES

Given: TypeAlias = Mapping[str, Any]  # what was typed, by key: a text, texts, True, or how often

FIGURES = "plot compare"
ALL = " ".join(PAGES)


@dataclass(frozen=True)
class Option:
    """A row of the table."""

    names: str
    commands: str
    metavar: str
    help: str
    read: Callable[[str, str], Any] = reading.as_text
    default: str | None = None
    unsaid: str = ""
    values: str = ""
    needs: str = ""
    rivals: str = ""
    about: str = ""
    takes: str = ""
    aside: str = ""
    formats: str = ""
    field: str = ""
    sets: Any = True
    repeats: bool = False
    counts: bool = False
    elsewhere: str = ""
    run: bool = False
    panel: str = "Options"

    @property
    def name(self) -> str:
        """How messages call it."""
        return self.names.split()[0]

    @property
    def key(self) -> str:
        """What a list calls it."""
        return max(self.names.split(), key=len).removeprefix("--")

    def value(self, given: Given) -> Any:
        """Its value, read; if it was not given, that of its default."""
        typed = given.get(self.key, self.default)
        if self.repeats:
            return tuple(self._read(text) for text in typed or ())
        if self.counts:
            return self._read(str(typed or 0))
        if not self.metavar:
            return self.sets if typed else None if self.field else False
        return None if typed is None else self._read(typed)

    def _read(self, text: str) -> Any:
        if self.read is reading.as_choice:
            return reading.as_choice(self.name, text, self.words())
        return self.read(self.name, text)

    def shown_in(self, typed: Any) -> tuple[str, ...]:
        """The formats in which this value of it shows; none if it does in all of them."""
        word, colon, formats = self.formats.rpartition(":")
        asked = str(typed).lower() == word if colon else typed
        return tuple(formats.split()) if asked else ()

    def words(self) -> tuple[str, ...]:
        """All that it can be, in the order of the code; none if that cannot be said in words."""
        found = self._found()
        return tuple(found() if callable(found) else found)

    def _found(self) -> Any:
        """What stands in the code at the place of its values."""
        module, _, name = self.values.partition(":")
        return getattr(import_module(module), name) if module else ()

    def text(self) -> str:
        """Its help, with what it can be and what it means not to give it."""
        text = self.help.replace("{values}", reading.either(self.words()))
        unsaid = self.unsaid or self.default or getattr(self._found(), "unsaid", "")
        return f"{text} [{unsaid}]" if unsaid else text


def _look(names: str, metavar: str, help: str, field: str, **rest: Any) -> Option:
    """A row about the look of a figure."""
    rest = {"commands": FIGURES, "about": "look", "panel": "Look"} | rest
    return Option(names, metavar=metavar, help=help, field=field, **rest)


def _format(commands: str, values: str, help: str = "{values}.", unsaid: str = "") -> Option:
    """A row for the format of a result, which each command has its own words for."""
    return Option(
        "--format", commands, "FORMAT", help,
        values=values, unsaid=unsaid, elsewhere="--type", about="files",
    )  # fmt: skip


def _output(commands: str, unsaid: str, help: str = "", **rest: Any) -> Option:
    """A row for the place of a result."""
    help = "A file, a folder ending in /, a template with {name}, or -" + help
    return Option(
        "--output -o", commands, "FILE", help, unsaid=unsaid, about="files",
        elsewhere="--file --save --outfile --name", **rest,
    )  # fmt: skip


DEPTH = "How gradients vanish through so many layers."
CALLED = "--against --against-derivative --command"
MEASURE = "Add the nanoseconds that a value takes here."
CODE = "Code to judge, and to run: module:callable, file.py:callable, lib.so:function of C."
COMMAND = "A program to judge: it reads numbers, one a line, and writes one for each."

# fmt: off
OPTIONS = (
    # -- which curves, orders and x
    Option("--all", "plot", "", "Every function of the catalogue.", about="curves"),
    Option("--layout", "compare", "LAYOUT", "{values}.", reading.as_choice,
           values="actviz.figure:LAYOUTS", unsaid="overlay, over 6 grid", about="layout"),
    Option("--diff", "compare", "", "Draw the difference from the first curve.", about="layout"),
    Option("-d --deriv", "plot compare table", "", "Add the derivative; -dd the second too.",
           reading.as_derivatives, counts=True, rivals="--order", about="orders",
           elsewhere="--derivatives --derivative --grad --gradient"),
    Option("--order", "plot compare table", "N,N", "Exactly these orders, 0 to 4 (0 is f itself).",
           reading.as_orders, about="orders"),
    Option("--at", "table", "V,V,V", "These x; - reads them from standard input.",
           reading.as_numbers, rivals="--range --step --points", elsewhere="--values",
           about="x"),
    Option("--at-column", "table", "NAME", "The column of --at - to read, by name or number.",
           needs="--at", about="x"),
    Option("--range", "plot compare table", "A:B", "The x to cover.",
           reading.as_range, default="-6:6", about="x",
           elsewhere="--xlim --xrange --x-range --domain --limits"),
    Option("--step", "table", "S", "The distance between rows.",
           reading.as_float, rivals="--points", about="x"),
    Option("--points", "table", "N", "How many rows, both ends included.",
           reading.as_count, elsewhere="--samples --n --num",
           about="x"),
    Option("--fixed", "plot compare table", "V,V",
           "What stays as x varies: b=1 of swiglu, the other logits of softmax.",
           unsaid="0,1", about="fixed"),

    # -- what is shown in place of values
    Option("--jacobian", "table", "", "All derivatives of a function of a vector, as a matrix.",
           about="kind", takes="curves x files"),
    Option("--depth", "compare", "N,N", DEPTH, reading.as_depths,
           about="kind", takes="curves fixed look files screen"),
    Option("--depth", "table", "N,N", DEPTH, reading.as_depths,
           about="kind", takes="curves files"),
    Option("--seed", "compare table", "N", "The seed of the z of --depth.",
           reading.as_seed, default="0", needs="--depth", about="depth"),
    Option("--properties", "table", "", "What the curves are like: range, zeros, gain and so on.",
           about="kind", takes="curves files"),
    Option("--columns", "table list", "NAME,NAME", "Which columns: {values}.",
           values="actviz.info:column_names", needs="--properties", about="properties"),
    Option("--measure", "table list", "", MEASURE, needs="--properties", about="properties"),
    Option("--where", "list", "COND,COND",
           "Only those that are monotone, odd, smooth, gain < 1.5 and so on."),
    Option("--sort", "list", "NAME", "In the order of a column; -NAME the other way round."),
    Option("--names", "list", "", "Names alone, one a line.",
           rivals="--columns --measure --format"),
    Option("--measure", "info", "", MEASURE, formats="text json markdown"),

    # -- what is judged, and how
    Option("--oracle", "check", "NAME", "Require {values}; repeatable.", reading.as_choice,
           values="actviz.check:ORACLES", repeats=True, about="oracle"),
    Option("--derivative", "check", "FORMULA", "A derivative to judge.", elsewhere="--deriv -d",
           about="kind", takes="curves orders oracle range files verdict"),
    Option("--against", "check", "CODE", CODE,
           about="kind", takes="curves orders figure gradient files verdict"),
    Option("--against-derivative", "check", "CODE",
           "Its derivative, or one alone: of x, of the output, with the upstream gradient.",
           about="gradient", takes="curves orders figure kind command files verdict"),
    Option("--command", "check", "CMD", COMMAND,
           about="kind", takes="curves orders figure gradient files verdict"),
    Option("--raw", "check", "", "Numbers to and from it as bytes.", needs="--command",
           about="command"),
    Option("--data", "check", "FILE",
           "Recorded x and y to judge: .csv with a header, .npy, .npz, .bin, or - for CSV.",
           about="kind", takes="curves orders figure files verdict"),
    Option("--inputs", "check", "FILE", "The x of --data, where that has y alone.",
           needs="--data", about="data", elsewhere="--x"),
    Option("--write-inputs", "check", "FILE",
           "Write x to record at: .npy, .csv or .bin; all of a dtype of 16 bits.",
           about="kind", takes="curves"),
    Option("--equals", "check", "CURVE", "A curve that should be the same function.",
           about="kind", takes="curves range files verdict"),
    Option("--range", "check", "A:B", "The x to judge.", reading.as_range, unsaid="all x",
           needs=f"--equals --derivative {CALLED} --data", about="range",
           elsewhere="--xlim --xrange --x-range --domain --limits"),
    Option("--seed", "check", "N", "The seed of the random x that the code is called with.",
           reading.as_seed, default="0", needs=CALLED, about="against"),
    Option("--exhaustive", "check", "",
           "Judge every number of --dtype, or of --range: all 2**32 of float32 take minutes.",
           needs="--against --against-derivative", about="against"),
    Option("--dtype", "check", "TYPE", "The format of the numbers that are judged: {values}.",
           reading.as_choice, values="actviz.check:DTYPES",
           unsaid="float64, or that of the arrays of --data, of the types of C",
           needs=f"{CALLED} --data --write-inputs", about="against"),
    Option("--rtol", "check", "R", "Relative tolerance of code or --data.", reading.as_float,
           unsaid="8 eps of float64 and float32, 4 of the others",
           needs=f"{CALLED} --data",
           rivals="--ulp", elsewhere="--tolerance", about="against"),
    Option("--ulp", "check", "N", "Their tolerance in units in the last place of f(x).",
           reading.as_float, needs=f"{CALLED} --data", about="against"),
    Option("--atol", "check", "A", "Absolute tolerance of code, --data or --equals.",
           reading.as_float, needs=f"{CALLED} --data --equals", elsewhere="--tolerance",
           about="against"),
    Option("--device", "check", "NAME", "Where arrays of torch, jax or CuPy are: cuda, cuda:1.",
           needs="--against --against-derivative", about="against"),
    Option("--timeout", "check", "S", "Seconds after which the code is ended, whatever it is at.",
           reading.as_float, unsaid="60", needs=CALLED, about="against"),
    Option("--strict", "check", "", "Fail all findings but notes, not wrong and lost alone.",
           about="verdict"),
    Option("--ignore", "check", "CODE", "Let findings of this code pass; repeatable.",
           reading.as_finding, repeats=True, about="verdict"),
    Option("--explain", "check", "CODE", "What a code of the report means, in words.",
           reading.as_code, about="explain", takes="explain"),
    Option("--quiet -q", "check", "", "Tell what fails and nothing else.", about="verdict",
           formats="full concise"),
    Option("--exit-zero", "check", "", "Exit code 0 even if a check fails.", about="verdict"),
    Option("--figure", "check", "FILE",
           "Draw the errors of one curve, or of --against, over x ({values}).",
           values="actviz.figure:SUFFIXES", about="figure"),
    Option("--order", "check", "N,N", "The orders to check, 0 to 4.", reading.as_orders,
           unsaid="1,2", about="orders"),

    # -- where it comes from and goes to
    Option("--from", FIGURES, "FILE", "Draw the figures of a list, a TOML file; a NAME in place "
           "of a CURVE picks one. Options beside it are for all of them.",
           about="curves", run=True),
    _output(FIGURES, "the curves' names, .png", "; repeatable.", repeats=True),
    _output("table check list info", "-", "."),
    _format(FIGURES, "actviz.figure:FORMATS", unsaid="by the suffix"),
    _format("table", "actviz.table:NUMBERS"),
    _format("check", "actviz.check:FORMATS"),
    _format("list", "actviz.table:WORDS"),
    _format("info", "actviz.info:FACT_FORMATS"),
    Option("--print-alt", FIGURES, "", "Print what the figure shows in words, not its path.",
           about="files", run=True),
    Option("--preview", FIGURES, "", "Draw in the terminal; write no file.",
           about="screen", takes="curves orders x", aside="writes no file and ", run=True),
    Option("--show", FIGURES, "", "Show in a window; write no file.",
           about="screen", takes="curves orders x fixed layout kind depth look axes",
           aside="writes no file and ", run=True),
    Option("--jobs", FIGURES, "N", "Processes that share many figures.", reading.as_positive,
           unsaid="the cores", about="files", run=True),
    Option("--if-changed", ALL, "", "Leave files alone whose bytes would be the same.",
           about="files", run=True),
    Option("--depfile", "plot compare table", "FILE",
           "Write a make rule: what the files depend on.", about="files", run=True),
    Option("--catalogue", ALL, "FILE",
           "Add the functions of a TOML file; repeatable. Also ACTVIZ_CATALOGUE.",
           repeats=True, elsewhere="--config", about="curves"),

    # -- the look of a figure: of any, and of one with x and f(x) at its axes
    _look("--theme", "THEME", "{values}; auto is an SVG that follows the reader.", "theme",
          read=reading.as_choice, values="actviz.figure:THEMES", default="light",
          formats="auto: svg", elsewhere="--color --colour --dark"),
    _look("--style", "FILE", "A style sheet, or the name of one of matplotlib's.", "style",
          read=reading.as_path),
    _look("--preset", "PLACE", "{values}: a size, with type and lines that suit it.", "preset",
          read=reading.as_choice, values="actviz.figure:PRESETS"),
    _look("--size", "WxH", "Width and height in inches; 15x10cm, mm, pt.", "size",
          read=reading.as_size, elsewhere="--figsize --width"),
    _look("--font", "FAMILY", "The font of numbers and names.", "font", formats="png svg pdf eps",
          elsewhere="--fontfamily --font-family"),
    _look("--font-size", "PT", "The size of type; everything scales with it.", "font_size",
          read=reading.as_float, unsaid="10", elsewhere="--fontsize --textsize"),
    _look("--dpi", "N", "Dots per inch of a PNG.", "dpi", read=reading.as_count, default="200",
          formats="png"),
    _look("--transparent", "", "No background.", "transparent"),
    _look("--svg-text", "", "Text in an SVG that can be selected.", "svg_text", formats="svg"),
    _look("--grid", "", "Thin lines at the ticks.", "grid"),
    _look("--title", "TEXT", "A title in place of the formula.", "title", rivals="--no-title"),
    _look("--no-title", "", "No title.", "title", sets=""),
    _look("--xlabel", "TEXT", "A name of the x axis.", "xlabel", about="axes",
          elsewhere="--x-label"),
    _look("--ylabel", "TEXT", "A name of the y axis; $...$ is mathematics.", "ylabel",
          about="axes", elsewhere="--y-label"),
    _look("--formula", "", "The formulas of the derivatives under the title.", "formula",
          commands="plot", needs="-d --order", rivals="--title --no-title", about="axes"),
    _look("--no-legend", "", "Do not name the curves.", "legend", sets=False),
    _look("--annotate", "", "Extrema, zeros, slopes and saturated zones.", "annotate",
          about="axes"),
    _look("--saturation", "S", "The |f'| below which --annotate calls f saturated.", "saturation",
          read=reading.as_float, default="0.01", needs="--annotate", about="axes"),
    _look("--no-asymptotes", "", "No dotted lines that the curve tends to.", "asymptotes",
          sets=False, about="axes"),
    _look("--axes", "WHERE", "{values}.", "axes", read=reading.as_choice,
          values="actviz.figure:AXES", unsaid="origin", about="axes"),
    _look("--ticks", "KIND", "{values}.", "ticks", read=reading.as_choice,
          values="actviz.figure:TICKS", default="auto", about="axes"),
    _look("--hline", "Y", "A dotted line at this y; repeatable.", "hlines",
          read=reading.as_float, repeats=True, about="axes"),
    _look("--vline", "X", "A dotted line at this x; repeatable.", "vlines",
          read=reading.as_float, repeats=True, about="axes"),
    _look("--mark", "X", "The point at this x and its tangent; repeatable.", "marks",
          read=reading.as_float, repeats=True, about="axes", elsewhere="--tangent --point"),
    _look("--data", "FILE", "Points that were measured, as circles: .csv with x and y, .npy or "
          ".npz.", "data", read=reading.as_recording, about="axes"),
    _look("--letters", "", "Call the panels (a), (b), ...", "letters", about="axes"),
    _look("--ylim", "A:B", "The y to show.", "ylim", read=reading.as_range,
          elsewhere="--yrange --y-range", unsaid="what the curves need", about="axes"),
    _look("--scale", "KIND", "The scale of y: {values}.", "scale", read=reading.as_choice,
          values="actviz.figure:SCALES", unsaid="linear", about="axes",
          elsewhere="--yscale --log --logy --semilogy"),
    _look("--equal", "", "The same unit on both axes.", "equal", about="axes"),
    _look("--vector", "", "Take --points values of the range as the one vector of softmax and its "
          "kin.", "vector", commands="plot", rivals="--fixed", about="axes"),
    _look("--points", "N", "How many values --vector takes.", "points", commands="plot",
          read=reading.as_count, default="10", needs="--vector", about="axes"),
)
# fmt: on


@cache
def options_of(command: str) -> dict[str, Option]:
    """The rows of a command by key, in the order of the table."""
    return {row.key: row for row in OPTIONS if command in row.commands.split()}


def owners(name: str) -> list[str]:
    """The commands that have an option of this name."""
    having = {command for row in OPTIONS if name in row.names.split()
              for command in row.commands.split()}  # fmt: skip
    return [command for command in PAGES if command in having]


def unset(value: Any) -> bool:
    """Whether an option or argument has not been given."""
    return value is None or value is False or value in (0, (), [])
