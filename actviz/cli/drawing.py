"""From requests to jobs, and from jobs to files, the terminal or a window.

A command that draws is a function from options to jobs; `draws` adds the options that say
where these go, and the list that requests may come from.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import typer

from actviz.cli import options as take
from actviz.cli import reading
from actviz.cli.batch import Request, option_name, read_list, unset
from actviz.cli.figures import Output, write_figures
from actviz.cli.screen import Job, print_previews, show_windows
from actviz.errors import UsageError

Planner: TypeAlias = Callable[..., list[Job]]

# Where figures come from and go to; the commands themselves say what is drawn.
SHARED: dict[str, tuple[Any, Any]] = {
    "from_":      (take.From, None),
    "output":     (take.FigureOutput, None),
    "format":     (take.FigureFormat, None),
    "print_alt":  (take.PrintAlt, False),
    "preview":    (take.Preview, False),
    "show":       (take.Show, False),
    "jobs":       (take.Jobs, None),
    "if_changed": (take.IfChanged, False),
    "depfile":    (take.Depfile, None),
    "catalogue":  (take.Catalogues, None),
}  # fmt: skip
OF_FILES = {"output", "format", "print_alt", "jobs", "if_changed", "depfile"}
IN_PREVIEWS = {"curve", "all", "deriv", "order", "range"}


def draws(plan: Planner) -> Callable[..., None]:
    """Make a command of a function from options to jobs.

    The function is given the options of its signature, and as `functions` the catalogue.
    """

    def command(ctx: typer.Context, **given: Any) -> None:
        Run(plan, ctx, given).carry_out()

    def keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
        kind = inspect.Parameter.KEYWORD_ONLY
        return inspect.Parameter(name, kind, default=default, annotation=annotation)

    own = inspect.signature(plan, eval_str=True).parameters.values()
    command.__name__, command.__doc__ = plan.__name__, plan.__doc__
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            keyword("ctx", typer.Context, inspect.Parameter.empty),
            *(keyword(p.name, p.annotation, p.default) for p in own if p.name != "functions"),
            *(keyword(name, *row) for name, row in SHARED.items()),
        ]
    )
    return command


@dataclass(frozen=True)
class Run:
    """One call of a command that draws, and what was typed, by parameter."""

    plan: Planner
    ctx: typer.Context
    given: Mapping[str, Any]

    def carry_out(self) -> None:
        """Show the figures or write them; a wrong request is refused before anything is done."""
        self._refuse_beside_screen()
        processes = reading.read_positive("--jobs", self.given["jobs"])
        requests = self._requests()
        catalogue = cache(lambda *files: reading.load_catalogue(files))  # each is read once
        planned = [self._planned(each, catalogue) for each in requests]
        jobs = [job for several in planned for job in several]
        if self.given["preview"]:
            return print_previews(jobs)
        if self.given["show"]:
            return show_windows(jobs)
        pairs = zip(requests, planned, strict=True)
        figures = [figure for request, several in pairs for figure in _figures(request, several)]
        self._write(figures, self._inputs(requests), processes)
        return None

    def _requests(self) -> list[Request]:
        """What the list asks for, or else the command line itself."""
        if self.given["from_"] is None:
            return [Request(self.given)]
        return read_list(self.given["from_"], self.ctx, self.given)

    def _planned(self, request: Request, catalogue: Callable[..., Any]) -> list[Job]:
        values = {name: value for name, value in request.values.items() if name not in SHARED}
        with request.told():
            if self.given["preview"]:
                looks = {name for name in values if name.startswith("look_")}
                self._refuse("--preview", values, values.keys() - IN_PREVIEWS - looks)
            functions = catalogue(*(request.values["catalogue"] or ()))
            return self.plan(functions=functions, **values)

    def _refuse_beside_screen(self) -> None:
        """Raise UsageError for what was typed and means nothing on a screen."""
        if self.given["preview"]:
            meant = IN_PREVIEWS | {"from_", "catalogue", "preview"}
            self._refuse("--preview", self.given, self.given.keys() - meant)
        elif self.given["show"]:
            self._refuse("--show", self.given, OF_FILES)

    def _refuse(self, name: str, values: Mapping[str, Any], meaningless: set[str]) -> None:
        for param in self.ctx.command.params:
            if param.name in meaningless and not unset(values[param.name]):
                raise UsageError(f"{name} writes no file and takes no {option_name(param)}.")

    def _inputs(self, requests: Sequence[Request]) -> list[Path]:
        """The files that the figures depend on: lists, catalogues, style sheets."""
        source = self.given["from_"]
        named = [source] if source and source != "-" else []
        for values in (request.values for request in requests):
            named += reading.catalogue_files(values["catalogue"])
            named += [values["look_style"]] if values["look_style"] else []
        return [Path(name) for name in dict.fromkeys(named)]

    def _write(
        self, figures: Sequence[Output], inputs: Sequence[Path], processes: int | None
    ) -> None:
        """Write the figures if all of them can be, then the rule about them."""
        from actviz import depfile, files

        paths = [figure.path for figure in figures]
        names = [figure.name for figure in figures]
        files.check_distinct(paths, names, "give one of them an output of its own.")
        words = self.given["print_alt"]
        for path in paths:
            files.check_if_changed(path, self.given["if_changed"])
        if words and files.STANDARD_OUTPUT in paths:
            raise UsageError("Only one of the figure and its words (--print-alt) can go to -.")
        with depfile.rule_about(paths, inputs, self.given["depfile"]):
            write_figures(figures, processes, words, self.given["if_changed"])


def _figures(request: Request, jobs: Sequence[Job]) -> list[Output]:
    """The jobs of a request with their files; one by itself is called by its entry."""
    alone = len(jobs) == 1 and request.name
    stems = [request.name] if alone else [each.stem for each in jobs]
    with request.told():
        paths, chosen = reading.read_figure_targets(
            request.values["output"], request.values["format"], stems
        )
    entry = f"{request.name}: " if request.name else ""
    names = [request.name] if alone else [f"{entry}{each.label}" for each in jobs]
    return [
        Output(name, path, chosen, job.draw)
        for name, path, job in zip(names, paths, jobs, strict=True)
    ]
