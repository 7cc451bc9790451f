"""The six commands, each a few lines that turn options into one call of a public function."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import typer

from actviz.cli.asked import (
    Asked,
    curves_among,
    joint_name,
    load_catalogue,
    only,
    read_columns,
    read_curves,
    read_fixed,
    read_look,
    reads,
)
from actviz.cli.drawing import draws
from actviz.cli.figures import write_error_figure
from actviz.cli.screen import Job
from actviz.cli.targets import read_error_figure, read_target
from actviz.cli.terminal import Progress, colour_wanted
from actviz.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from actviz.catalogue.lookup import Catalogue

ACTVIZ = """Evaluate, draw, tabulate and check activation functions and their derivatives.

    Examples:
    actviz plot relu --deriv
    actviz compare gelu gelu_tanh silu -o gelus.svg
    actviz table sigmoid --at 0.1,0.4,0.7,1 -d
    actviz plot 'x * sigmoid(1.702*x)' -d
    """


@draws
def plot(asked: Asked, functions: Catalogue) -> list[Job]:
    """Draw one figure per curve and print its path.

    Examples:
    actviz plot relu --deriv
    actviz plot elu:alpha=0.5 'swish=x*sigmoid(b*x):b=1.5' -d -o figures/
    actviz plot --range -3:3 -o square.svg -- '-x**2'
    """
    from actviz import figure

    curves, logits = read_fixed(asked, curves_among(asked, functions))
    look = read_look(asked)
    look = look if logits is None else replace(look, fixed=logits)
    orders, (lo, hi) = asked.orders, asked["range"]
    return [
        Job(
            each.label, each.stem, [each], orders, (lo, hi),
            partial(figure.plot, each, orders, lo, hi, look),
        )
        for each in curves
    ]  # fmt: skip


@draws
def compare(asked: Asked, functions: Catalogue) -> list[Job]:
    """Draw several curves in one figure and print its path.

    Examples:
    actviz compare gelu gelu_tanh silu -o cmp.svg
    actviz compare gelu gelu_tanh --diff
    actviz compare sigmoid tanh relu leaky_relu --order 1 -o derivatives.svg
    actviz compare sigmoid tanh relu --depth 1,5,10,20 -o vanishing.svg
    """
    from actviz import figure

    curves, logits = read_fixed(asked, curves_among(asked, functions))
    if logits is not None:
        raise UsageError("compare draws no components: --fixed names an argument, as in b=1.")
    curves = tuple(each for curve in curves for each in curve.outputs)
    name, look = joint_name(curves), read_look(asked)
    if "depth" in asked.given:
        draw = partial(figure.vanishing, curves, asked["depth"], asked["seed"], look)
        return [Job("compare", name, curves, (), (0.0, 0.0), draw)]
    orders, (lo, hi) = asked.orders, asked["range"]
    draw = partial(
        figure.compare, curves, orders, lo, hi, look, layout=asked["layout"], diff=asked["diff"]
    )
    return [Job("compare", name, curves, orders, (lo, hi), draw)]


@reads
def table(asked: Asked) -> None:
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
    from actviz.cli.tables import write_table

    write_table(read_curves(asked), asked)


@reads
def check(asked: Asked) -> None:
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

    functions = load_catalogue(asked["catalogue"])
    curves = (
        parse_curves(asked.typed, functions) if asked.typed else checks.whole_catalogue(functions)
    )
    path, chosen = read_target(asked, checks.FORMATS, "check")
    wanted = {key: asked[key] for key in asked.given if key != "curves"}
    if "equals" in wanted:
        wanted["equals"] = only(parse_curves([asked["equals"]], functions), "--equals")
    target = None
    if asked["figure"] is not None:
        target = read_error_figure(asked["figure"], curves if asked.typed else (), path)
    with Progress() as progress:
        report = judge(curves, wanted | {"progress": progress})
    text = io.StringIO()
    checks.write(report, chosen, text, colour=colour_for(path))
    if target is not None:
        write_error_figure(*target, curves[0], report, asked["order"] or checks.ORDERS)
    files.write(path, text.getvalue().encode(), if_changed=asked["if-changed"])
    raise typer.Exit(0 if asked["exit-zero"] else report.exit_code)


@reads
def list_(asked: Asked) -> None:
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

    entries = info.matching(load_catalogue(asked["catalogue"]), asked.typed)
    path, chosen = read_target(asked, WORDS, "list")
    names = read_columns(asked, info.DEFAULT)
    with Progress() as progress:
        text = info.write_entries(entries, chosen, names, colour_for(path), progress)
    files.write(path, text.encode(), if_changed=asked["if-changed"])


@reads
def info(asked: Asked) -> None:
    """Tell what is known of a curve.

    Formula and derivatives, parameters, range, limits, breakpoints with the value and derivative
    taken there, names in the frameworks, paper.

    Examples:
    actviz info leaky_relu
    actviz info 'where(x > 0, x, a*x):a=0.2' --format latex
    """
    from actviz import files
    from actviz import info as facts

    one = only(read_curves(asked), "info")
    path, chosen = read_target(asked, facts.FACT_FORMATS, one.stem)
    text = facts.write_facts(facts.facts(one, asked["measure"]), chosen, colour_for(path))
    files.write(path, text.encode(), if_changed=asked["if-changed"])


def colour_for(path: Path) -> bool:
    """Whether a text that goes to this path is coloured: never in a file."""
    return str(path) == "-" and colour_wanted(sys.stdout)


COMMANDS = {
    "plot": plot,
    "compare": compare,
    "table": table,
    "check": check,
    "list": list_,
    "info": info,
}
