"""The six commands, each a few lines that turn options into one call of a public function."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from actviz import __version__
from actviz.cli import options as take
from actviz.cli import reading
from actviz.cli.drawing import draws
from actviz.cli.figures import write_error_figure
from actviz.cli.help import Contents, Page
from actviz.cli.look import takes_look
from actviz.cli.screen import Job
from actviz.cli.terminal import Progress, colour_wanted
from actviz.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

ONLY_AGAINST = {"against_derivative", "atol", "dtype", "rtol"}

app = typer.Typer(
    cls=Contents,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        print("actviz", __version__)
        raise typer.Exit


@app.callback()
def actviz(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Evaluate, draw, tabulate and check activation functions and their derivatives.

    Examples:
    actviz plot relu --deriv
    actviz compare gelu gelu_tanh silu -o gelus.svg
    actviz table sigmoid --at 0.1,0.4,0.7,1 -d
    actviz plot 'x * sigmoid(1.702*x)' -d
    """


@app.command(cls=Page)
@draws
@takes_look
def plot(
    look: Any,
    functions: Any,
    curve: take.Curves = None,
    all: take.All = False,
    deriv: take.Deriv = 0,
    order: take.Order = None,
    range: take.Range = None,
    fixed: take.Fixed = None,
) -> list[Job]:
    """Draw one figure per curve and print its path.

    Examples:
    actviz plot relu --deriv
    actviz plot elu:alpha=0.5 'swish=x*sigmoid(b*x):b=1.5' -d -o figures/
    actviz plot --range -3:3 -o square.svg -- '-x**2'
    """
    from actviz import figure

    curves = reading.curves_among("plot", curve, functions, all)
    curves, logits = reading.read_fixed(fixed, curves)
    look = look if logits is None else replace(look, fixed=logits)
    orders = reading.read_orders(deriv, order)
    span = reading.read_range(range)
    return [
        Job(
            each.label, each.stem, [each], orders, span,
            partial(figure.plot, each, orders, *span, look),
        )
        for each in curves
    ]  # fmt: skip


@app.command(cls=Page)
@draws
@takes_look
def compare(
    look: Any,
    functions: Any,
    curve: take.Curves = None,
    layout: take.Layout = None,
    diff: take.Diff = False,
    depth: take.Depth = None,
    seed: take.Seed = None,
    deriv: take.Deriv = 0,
    order: take.Order = None,
    range: take.Range = None,
    fixed: take.Fixed = None,
) -> list[Job]:
    """Draw several curves in one figure and print its path.

    Examples:
    actviz compare gelu gelu_tanh silu -o cmp.svg
    actviz compare gelu gelu_tanh --diff
    actviz compare sigmoid tanh relu leaky_relu --order 1 -o derivatives.svg
    actviz compare sigmoid tanh relu --depth 1,5,10,20 -o vanishing.svg
    """
    from actviz import figure
    from actviz.cli.depths import vanishing

    curves, logits = reading.read_fixed(fixed, reading.curves_among("compare", curve, functions))
    if logits is not None:
        raise UsageError("compare draws no components: --fixed names an argument, as in b=1.")
    curves = tuple(each for curve in curves for each in curve.outputs)
    if depth is not None:
        others = {"--layout": layout, "--diff": diff, "-d": deriv, "--order": order}
        return [vanishing(curves, depth, seed, look, others | {"--range": range})]
    if seed is not None:
        raise UsageError("--seed is for --depth, which is not there.")
    orders = reading.read_orders(deriv, order)
    span = reading.read_range(range)
    shape = reading.read_choice("--layout", layout, figure.LAYOUTS) if layout else None
    draw = partial(figure.compare, curves, orders, *span, look, layout=shape, diff=diff)
    return [Job("compare", reading.joint_name(curves), curves, orders, span, draw)]


@app.command(cls=Page)
def table(
    curve: take.Curves = None,
    at: take.At = None,
    range: take.Range = None,
    step: take.Step = None,
    points: take.Points = None,
    deriv: take.Deriv = 0,
    order: take.Order = None,
    fixed: take.Fixed = None,
    jacobian: take.Jacobian = False,
    depth: take.Depth = None,
    seed: take.Seed = None,
    properties: take.Properties = False,
    columns: take.Columns = None,
    measure: take.Measure = False,
    output: take.TextOutput = None,
    format: take.TableFormat = None,
    if_changed: take.IfChanged = False,
    depfile: take.Depfile = None,
    catalogue: take.Catalogues = None,
) -> None:
    """Print x and each curve and order as columns, or what the curves are like.

    On a terminal it is drawn to be read; in a pipe or a file it is CSV with every digit.
    A vector function such as softmax takes all x together as its one vector; -d gives the
    derivative of each component by its own x, --jacobian those by every x, in columns d1, d2, ...
    A gated function such as swiglu takes the first half of the x as a and the second as b.

    Examples:
    actviz table sigmoid --at 0.1,0.4,0.7,1 -d
    actviz table relu elu --range -2:2 --step 0.5 -o values.csv
    seq 0 0.1 1 | actviz table gelu --at -
    actviz table softmax --at 1,2,3 --jacobian
    actviz table gelu silu mish --properties
    actviz table sigmoid tanh relu --depth 1,5,10,20
    """
    from actviz.cli.tables import Target, write_table

    curves = reading.read_curves("table", curve, catalogue)
    asked: dict[str, Any] = {"--at": at, "--range": range, "--step": step, "--points": points}
    asked |= {"-d": deriv, "--order": order, "--fixed": fixed, "--jacobian": jacobian}
    asked |= {"--depth": depth, "--seed": seed}
    asked |= {"--properties": properties, "--columns": columns, "--measure": measure}
    sources = reading.catalogue_files(catalogue)
    write_table(curves, asked, Target(output, format, if_changed, depfile, sources))


@app.command(cls=Page)
def check(
    curve: take.AnyCurves = None,
    oracle: take.Oracles = None,
    derivative: take.Derivative = None,
    against: take.Against = None,
    against_derivative: take.AgainstDerivative = None,
    equals: take.Equals = None,
    dtype: take.Dtype = None,
    rtol: take.Rtol = None,
    atol: take.Atol = None,
    exit_zero: take.ExitZero = False,
    figure: take.Figure = None,
    order: take.CheckOrder = None,
    output: take.TextOutput = None,
    format: take.CheckFormat = None,
    if_changed: take.IfChanged = False,
    catalogue: take.Catalogues = None,
) -> None:
    """Verify curves, a derivative found by hand, or somebody's code. Exit code 1 if one fails.

    Without a curve, the whole catalogue is checked.

    Examples:
    actviz check gelu
    actviz check sigmoid --derivative 'sigmoid(x)*(1 - sigmoid(x))'
    actviz check gelu --against mypackage.layers:my_gelu --figure errors.png
    """
    from actviz import check as checks
    from actviz import files
    from actviz.catalogue.curve import parse_curves
    from actviz.cli.judging import judge

    functions = reading.load_catalogue(catalogue)
    curves = parse_curves(curve, functions) if curve else checks.whole_catalogue(functions)
    path, chosen = reading.read_target(output, format, checks.FORMATS, "check", if_changed)
    asked: dict[str, Any] = {
        "order": reading.read_orders(0, order) if order else None,
        "oracle": oracle,
        "derivative": derivative,
        "equals": equals and reading.only(parse_curves([equals], functions), "--equals"),
        "against": against,
        "against_derivative": against_derivative,
        "dtype": dtype,
        "rtol": reading.read_float("--rtol", rtol),
        "atol": reading.read_float("--atol", atol),
    }
    given = {name: value for name, value in asked.items() if value is not None}
    target = None
    if figure is not None:
        instead = {"--derivative": derivative, "--equals": equals}
        target = reading.read_error_figure(figure, curves if curve else (), path, instead)
    if against is None and (alone := ONLY_AGAINST & given.keys()):
        raise UsageError(f"--{min(alone).replace('_', '-')} says how to judge --against CODE.")
    with Progress() as progress:
        report = judge(curves, given | {"progress": progress})
    text = io.StringIO()
    checks.write(report, chosen, text, colour=colour_for(path))
    if target is not None:
        write_error_figure(*target, curves[0], report, given.get("order", checks.ORDERS))
    files.write(path, text.getvalue().encode(), if_changed=if_changed)
    raise typer.Exit(0 if exit_zero else report.exit_code)


@app.command("list", cls=Page)
def list_(
    word: take.Words = None,
    columns: take.Columns = None,
    measure: take.Measure = False,
    output: take.TextOutput = None,
    format: take.ListFormat = None,
    if_changed: take.IfChanged = False,
    catalogue: take.Catalogues = None,
) -> None:
    """List the functions, with formulas, parameters and aliases.

    With words, only those that hold every word in a name, alias, formula or framework name.

    Examples:
    actviz list
    actviz list hard torch
    actviz list --format json
    actviz list relu --columns range,lipschitz,gain
    """
    from actviz import files, info
    from actviz.table import WORDS

    entries = info.matching(reading.load_catalogue(catalogue), word or ())
    path, chosen = reading.read_target(output, format, WORDS, "list", if_changed)
    names = reading.read_columns(columns, measure, info.DEFAULT)
    with Progress() as progress:
        text = info.write_entries(entries, chosen, names, colour_for(path), progress)
    files.write(path, text.encode(), if_changed=if_changed)


@app.command(cls=Page)
def info(
    curve: take.OneCurve = None,
    measure: take.Measure = False,
    output: take.TextOutput = None,
    format: take.InfoFormat = None,
    if_changed: take.IfChanged = False,
    catalogue: take.Catalogues = None,
) -> None:
    """Tell what is known of a curve.

    Formula and derivatives, parameters, range, limits, breakpoints with the value and derivative
    taken there, names in the frameworks, paper.

    Examples:
    actviz info leaky_relu
    actviz info 'where(x > 0, x, a*x):a=0.2' --format latex
    """
    from actviz import files
    from actviz import info as facts

    one = reading.only(reading.read_curves("info", curve, catalogue), "info")
    path, chosen = reading.read_target(output, format, facts.FACT_FORMATS, one.stem, if_changed)
    text = facts.write_facts(facts.facts(one, measure), chosen, colour_for(path))
    files.write(path, text.encode(), if_changed=if_changed)


def colour_for(path: Path) -> bool:
    """Whether a text that goes to this path is coloured: never in a file."""
    return str(path) == "-" and colour_wanted(sys.stdout)
