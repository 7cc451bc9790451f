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
from actviz.cli.terminal import Progress, colour_wanted, width_wanted
from actviz.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from actviz.catalogue.lookup import Catalogue


@draws
def plot(asked: Asked, functions: Catalogue) -> list[Job]:
    """One figure for each curve."""
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
    """One figure of several curves."""
    from actviz import figure

    curves, logits = read_fixed(asked, curves_among(asked, functions))
    if logits is not None and not any(each.activation.vector for each in curves):
        raise UsageError("--fixed with numbers alone is for softmax and its kin; else as in b=1.")
    curves = tuple(each for curve in curves for each in curve.outputs)
    name, look = joint_name(curves), replace(read_look(asked), fixed=logits)
    if "depth" in asked.given:
        draw = partial(figure.vanishing, curves, asked["depth"], asked["seed"], look)
        return [Job("compare", name, curves, (), (0.0, 0.0), draw, curves)]
    orders, (lo, hi) = asked.orders, asked["range"]
    draw = partial(
        figure.compare, curves, orders, lo, hi, look, layout=asked["layout"], diff=asked["diff"]
    )
    together = (
        curves[asked["diff"] :] if figure.overlays(curves, asked["layout"], asked["diff"]) else ()
    )
    return [Job("compare", name, curves, orders, (lo, hi), draw, together)]


@reads
def table(asked: Asked) -> None:
    """A table of values, or of what is asked for in their place."""
    from actviz.cli.tables import write_table

    write_table(read_curves(asked), asked)


@reads
def check(asked: Asked) -> None:
    """A verdict, which is the exit code, and a report."""
    from actviz import check as checks
    from actviz import files
    from actviz.catalogue.calls import typed
    from actviz.catalogue.curve import parse_curves
    from actviz.cli.judging import judge, write_inputs

    if asked["explain"] is not None:
        if asked.typed:
            raise UsageError("--explain is about a code of the report, and takes no curve.")
        page = checks.explain(asked["explain"], width_wanted(sys.stdout))
        return files.write_standard_output(page.encode())
    functions = load_catalogue(asked["catalogue"])
    curves = (
        parse_curves(asked.typed, functions) if asked.typed else checks.whole_catalogue(functions)
    )
    if asked["write-inputs"] is not None:
        return write_inputs(asked["write-inputs"], curves if asked.typed else (), asked["dtype"])
    path, chosen = read_target(asked, checks.FORMATS, "check")
    wanted = {key: asked[key] for key in asked.given if key != "curves"}
    if "equals" in wanted:
        others = parse_curves([asked["equals"]], functions, constants=True)
        wanted["equals"] = only(others, "--equals")
    if "derivative" in wanted:
        wanted["derivative"] = typed(asked["derivative"], functions.known)
    target = None
    if asked["figure"] is not None:
        target = read_error_figure(asked["figure"], curves if asked.typed else (), path)
    with Progress() as progress:
        report = judge(curves, wanted | {"progress": progress})
    text = io.StringIO()
    checks.write(report, chosen, text, colour_for(path), width_for(path), asked["quiet"])
    if target is not None:
        write_error_figure(*target, curves[0], report, asked["order"] or checks.ORDERS)
    files.write(path, text.getvalue().encode(), if_changed=asked["if-changed"])
    raise typer.Exit(0 if asked["exit-zero"] else report.exit_code)


@reads
def list_(asked: Asked) -> None:
    """The functions of the catalogue."""
    from actviz import files, info
    from actviz.table import WORDS

    entries = info.matching(load_catalogue(asked["catalogue"]), asked.typed)
    path, chosen = read_target(asked, WORDS, "list")
    names = read_columns(asked, info.DEFAULT)
    unknown: list[str] = []
    with Progress() as progress:
        if asked["where"] is not None:
            entries, unknown = info.selected(entries, info.conditions(asked["where"]), progress)
        if asked["sort"] is not None:
            entries = info.sorted_by(entries, asked["sort"], progress)
        if asked["names"]:
            text = "".join(f"{entry.name}\n" for entry in entries)
        else:
            text = info.write_entries(entries, chosen, names, colour_for(path), progress)
    if unknown:
        print(f"Not known of {len(unknown)}: {', '.join(unknown)}", file=sys.stderr)
    if asked["where"] is not None and not entries:
        raise UsageError(f"Nothing in the catalogue is {asked['where']!r}.")
    files.write(path, text.encode(), if_changed=asked["if-changed"])


@reads
def info(asked: Asked) -> None:
    """What is known of a curve."""
    from actviz import files
    from actviz import info as facts

    one = only(read_curves(asked), "info")
    path, chosen = read_target(asked, facts.FACT_FORMATS, one.stem)
    text = facts.write_facts(facts.facts(one, asked["measure"]), chosen, colour_for(path))
    files.write(path, text.encode(), if_changed=asked["if-changed"])


def colour_for(path: Path) -> bool:
    """Whether a text that goes to this path is coloured: never in a file."""
    return str(path) == "-" and colour_wanted(sys.stdout)


def width_for(path: Path) -> int | None:
    """How wide the lines of a text may be that goes to this path."""
    return width_wanted(sys.stdout if str(path) == "-" else io.StringIO())


COMMANDS = {
    "plot": plot,
    "compare": compare,
    "table": table,
    "check": check,
    "list": list_,
    "info": info,
}
