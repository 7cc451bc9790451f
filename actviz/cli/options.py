"""What the commands take: every option and argument, one declaration each."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from actviz.cli.reading import load_catalogue
from actviz.table import NUMBERS, WORDS


def option(*names: str, metavar: str = "", panel: str = "Options", **rest: Any) -> Any:
    """An option whose default is told in its help, if at all."""
    return typer.Option(*names, metavar=metavar, rich_help_panel=panel, show_default=False, **rest)


def complete_curve(incomplete: str) -> list[str]:
    """The names a shell may complete: those of the catalogue."""
    return [name for name in load_catalogue(()).entries if name.startswith(incomplete.lower())]


def argument(metavar: str, **rest: Any) -> Any:
    """A positional argument; the commands tell themselves when it is missing."""
    return typer.Argument(metavar=metavar, show_default=False, **rest)


Text = str | None
Texts = list[str] | None

CURVE_HELP = (
    "NAME, NAME:param=value,... or a formula in x, as in 'where(x > 0, x, a*x):a=0.2'; "
    "LABEL= in front names it; after -- it may begin with a minus sign."
)
Curves = Annotated[Texts, argument("CURVE...", help=CURVE_HELP, autocompletion=complete_curve)]
AnyCurves = Annotated[
    Texts,
    argument("[CURVE...]", help=f"{CURVE_HELP} [all]", autocompletion=complete_curve),
]
OneCurve = Annotated[Texts, argument("CURVE", help=CURVE_HELP, autocompletion=complete_curve)]
Words = Annotated[
    Texts, argument("[WORD...]", help="Parts of a name, alias, formula or framework name. [all]")
]

Deriv = Annotated[
    int, option("-d", "--deriv", count=True, help="Add the derivative; -dd the second too.")
]
Order = Annotated[
    Text, option("--order", metavar="N,N", help="Exactly these orders, 0 to 4 (0 is f itself).")
]
Range = Annotated[Text, option("--range", metavar="A:B", help="The x to cover. [-6:6]")]
Catalogues = Annotated[
    Texts,
    option(
        "--catalogue",
        metavar="FILE",
        help="Add the functions of a TOML file; repeatable. Also ACTVIZ_CATALOGUE.",
    ),
]


All = Annotated[bool, option("--all", help="Every function of the catalogue.")]


def output_option(default: str) -> Any:
    """Where the result goes."""
    text = f"A file, a folder ending in /, a template with {{name}}, or -. [{default}]"
    return option("-o", "--output", metavar="FILE", help=text)


def format_option(formats: str) -> Any:
    """How the result is written."""
    return option("--format", metavar="FORMAT", help=formats)


FigureOutput = Annotated[Text, output_option("the curves' names, .png")]
TextOutput = Annotated[Text, output_option("-")]
Jobs = Annotated[
    Text, option("--jobs", metavar="N", help="Processes that share many figures. [the cores]")
]
From = Annotated[
    Text,
    option(
        "--from",
        metavar="FILE",
        help="Draw the figures of a list, a TOML file; a NAME in place of a CURVE picks one. "
        "Options beside it are for all of them.",
    ),
]
Depfile = Annotated[
    Text, option("--depfile", metavar="FILE", help="Write a make rule: what the files depend on.")
]
IfChanged = Annotated[
    bool, option("--if-changed", help="Leave files alone whose bytes would be the same.")
]
PrintAlt = Annotated[
    bool, option("--print-alt", help="Print what the figure shows in words, not its path.")
]
Preview = Annotated[bool, option("--preview", help="Draw in the terminal; write no file.")]
Show = Annotated[bool, option("--show", help="Show in a window; write no file.")]
FigureFormat = Annotated[Text, format_option("png, svg or pdf. [by the suffix]")]
TableFormat = Annotated[Text, format_option(NUMBERS.help)]
CheckFormat = Annotated[
    Text, format_option("full, concise, json, github or junit. [by the suffix, else full]")
]
ListFormat = Annotated[Text, format_option(WORDS.help)]
InfoFormat = Annotated[
    Text, format_option("text, json, markdown or latex. [by the suffix, else text]")
]

Step = Annotated[Text, option("--step", metavar="S", help="The distance between rows.")]
Points = Annotated[Text, option("--points", metavar="N", help="How many rows, both ends included.")]
At = Annotated[
    Text, option("--at", metavar="V,V,V", help="These x; - reads them from standard input.")
]

Fixed = Annotated[
    Text,
    option(
        "--fixed",
        metavar="V,V",
        help="What stays as x varies: b=1 of swiglu, the other logits of softmax. [0,1]",
    ),
]
Layout = Annotated[
    Text,
    option("--layout", metavar="LAYOUT", help="overlay, grid or stack. [overlay, over 6 grid]"),
]
Diff = Annotated[bool, option("--diff", help="Draw the difference from the first curve.")]

Depth = Annotated[
    Text,
    option("--depth", metavar="N,N", help="How gradients vanish through so many layers."),
]
Seed = Annotated[Text, option("--seed", metavar="N", help="The seed of the z of --depth. [0]")]

Oracles = Annotated[
    Texts,
    option(
        "--oracle",
        metavar="NAME",
        help="Require difference, mpmath, torch or jax; repeatable. "
        "[difference, and mpmath if it is installed]",
    ),
]
Derivative = Annotated[
    Text, option("--derivative", metavar="FORMULA", help="A derivative to judge.")
]
Columns = Annotated[
    Text,
    option(
        "--columns",
        metavar="NAME,NAME",
        help="Which columns: formula, derivative, parameters, aliases, frameworks, paper, note, or "
        "a property such as range, zeros, monotone, smoothness, lipschitz, gain.",
    ),
]
Jacobian = Annotated[
    bool, option("--jacobian", help="All derivatives of a function of a vector, as a matrix.")
]
Properties = Annotated[
    bool, option("--properties", help="What the curves are like: range, zeros, gain and so on.")
]
Measure = Annotated[bool, option("--measure", help="Add the nanoseconds that a value takes here.")]
CheckOrder = Annotated[
    Text, option("--order", metavar="N,N", help="The orders to check, 0 to 4. [1,2]")
]
CODE_HELP = "Python code to judge, and to run: module:callable or file.py:callable."
Against = Annotated[Text, option("--against", metavar="CODE", help=CODE_HELP)]
AgainstDerivative = Annotated[
    Text, option("--against-derivative", metavar="CODE", help="Its derivative, written the same.")
]


Equals = Annotated[
    Text, option("--equals", metavar="CURVE", help="A curve that should be the same function.")
]
Dtype = Annotated[
    Text,
    option(
        "--dtype",
        metavar="TYPE",
        help="What --against is given: float64, float32, float16 or bfloat16. [float64]",
    ),
]
Rtol = Annotated[
    Text,
    option("--rtol", metavar="R", help="Relative tolerance of --against. [32 eps of the dtype]"),
]
Atol = Annotated[Text, option("--atol", metavar="A", help="Absolute tolerance of --against.")]
Figure = Annotated[
    Text,
    option(
        "--figure",
        metavar="FILE",
        help="Draw the errors of one curve, or of --against, over x (png, svg or pdf).",
    ),
]
ExitZero = Annotated[bool, option("--exit-zero", help="Exit code 0 even if a check fails.")]
