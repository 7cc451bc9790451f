"""From requests to jobs, and from jobs to files, the terminal or a window.

A command that draws is a function from what is asked to jobs; `draws` makes a command of it, which
takes the place where these go, and the list that requests may come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from actviz.cli.asked import Asked, catalogue_files, load_catalogue, read_asked
from actviz.cli.batch import CURVES, Request, read_list
from actviz.cli.figures import Output, write_figures
from actviz.cli.options import Given, options_of
from actviz.cli.screen import Job, print_previews, show_windows
from actviz.cli.targets import read_figure_targets
from actviz.cli.together import check_beside, check_shown
from actviz.errors import UsageError

if TYPE_CHECKING:
    from actviz.catalogue.lookup import Catalogue

Planner: TypeAlias = "Callable[[Asked, Catalogue], list[Job]]"

# What an entry of a list says of its picture and its file, and a preview leaves out.
ABOUT_PICTURES = {"look", "axes", "files"}


def draws(plan: Planner) -> Callable[[Given], None]:
    """Make a command of a function from what is asked, and the catalogue, to jobs."""

    @wraps(plan)
    def command(given: Given) -> None:
        Run(plan, plan.__name__, given).carry_out()

    return command


@dataclass(frozen=True)
class Run:
    """One call of a command that draws, and what was typed, by key."""

    plan: Planner
    command: str
    given: Given

    def carry_out(self) -> None:
        """Show the figures or write them; a wrong request is refused before anything is done."""
        check_beside(self.command, self.given)
        processes = options_of(self.command)["jobs"].value(self.given)
        requests, listed = self._requests()
        catalogue = cache(lambda *files: load_catalogue(files))  # each is read once
        planned = [self._planned(each, catalogue) for each in requests]
        if listed:
            planned = self._placed(requests, planned, listed, catalogue)
        jobs = [job for several in planned for job in several]
        if "preview" in self.given:
            return print_previews(jobs)
        if "show" in self.given:
            self._check_shown_in_window(requests)
            return show_windows(jobs)
        pairs = zip(requests, planned, strict=True)
        made = [_figures(request, several) for request, several in pairs]
        self._check_shown(requests, made)
        figures = [figure for several in made for figure in several]
        self._write(figures, self._inputs(requests), processes)
        return None

    def _check_shown(self, requests: Sequence[Request], made: Sequence[Sequence[Output]]) -> None:
        """Raise UsageError for an option that shows in no file of all that it was given for.

        What a list says for all of its figures may be about some of them, and none of that counts
        if it was typed where they go, or which of them are drawn.
        """
        formats = [
            tuple(dict.fromkeys(name for each in several for _, name in each.targets))
            for several in made
        ]
        typed = {"output", "format", CURVES}.intersection(self.given) and "from" in self.given
        for row in options_of(self.command).values():
            having = [
                (request, names)
                for request, names in zip(requests, formats, strict=True)
                if row.shown_in(request.given.get(row.key, ""))
                if not typed or row.key in self.given
            ]
            every = tuple(dict.fromkeys(name for _, names in having for name in names))
            for i, (request, names) in enumerate(having):
                own = row.key in request.own
                if own or not i:
                    with request.told():
                        given = {row.key: request.given[row.key]}
                        check_shown(self.command, given, names if own else every)

    def _check_shown_in_window(self, requests: Sequence[Request]) -> None:
        """Raise UsageError for what a window, which has dots as a PNG has, does not show."""
        for request in requests:
            with request.told():
                check_shown(self.command, request.given, ["png"], "a window")

    def _placed(
        self,
        requests: Sequence[Request],
        planned: list[list[Job]],
        listed: Sequence[Request],
        catalogue: Callable[..., Catalogue],
    ) -> list[list[Job]]:
        """The jobs, in which a function has one colour and one dash in all figures of the list.

        So that it has them whichever of its figures are drawn, those that are not count as well.
        """
        known = {each.name: jobs for each, jobs in zip(requests, planned, strict=True)}
        if not any(job.together for several in planned for job in several):
            return planned
        for each in listed:
            if each.name not in known:
                with suppress(UsageError):  # that of another figure is told when it is drawn
                    known[each.name] = self._planned(each, catalogue)
        from actviz import figure

        every = [job for each in listed for job in known.get(each.name, ())]
        places = figure.places_of([job.together for job in every])
        return [
            [
                replace(job, draw=partial(job.draw, places=places)) if job.together else job
                for job in several
            ]
            for several in planned
        ]

    def _requests(self) -> tuple[list[Request], list[Request]]:
        """What the list asks for, and all that stands in it; or else the command line itself."""
        if "from" not in self.given:
            return [Request(self.given)], []
        return read_list(self.given["from"], self.command, self.given)

    def _planned(self, request: Request, catalogue: Callable[..., Catalogue]) -> list[Job]:
        with request.told():
            if "preview" in self.given:
                self._check_shows_all_of(request)
            functions = catalogue(*request.given.get("catalogue", ()))
            return self.plan(read_asked(self.command, request.given), functions)

    def _check_shows_all_of(self, request: Request) -> None:
        """Raise UsageError for what an entry says of its curves and a preview cannot show."""
        rows = options_of(self.command)
        of_curves = {key for key, row in rows.items() if row.about not in ABOUT_PICTURES}
        shown = {key: value for key, value in request.given.items() if key in of_curves}
        check_beside(self.command, shown | {"preview": True})

    def _inputs(self, requests: Sequence[Request]) -> list[Path]:
        """The files that the figures depend on: lists, catalogues, style sheets, points."""
        from actviz.figure.canvas.styles import is_name

        source = self.given.get("from", "-")
        named = [source] if source != "-" else []
        for given in (request.given for request in requests):
            named += catalogue_files(given.get("catalogue", ()))
            named += [each for each in (given.get("style"),) if each and not is_name(each)]
            named += [each for each in (given.get("data"),) if each and each != "-"]
        return [Path(name) for name in dict.fromkeys(named)]

    def _write(
        self, figures: Sequence[Output], inputs: Sequence[Path], processes: int | None
    ) -> None:
        """Write the figures if all of them can be, then the rule about them."""
        from actviz import depfile, files

        pairs = [(path, figure.name) for figure in figures for path, _ in figure.targets]
        paths, names = [path for path, _ in pairs], [name for _, name in pairs]
        files.check_distinct(paths, names, "give one of them an output of its own.")
        if_changed = "if-changed" in self.given
        words = "print-alt" in self.given
        for path in paths:
            files.check_if_changed(path, if_changed)
        if words and files.STANDARD_OUTPUT in paths:
            raise UsageError("Only one of the figure and its words (--print-alt) can go to -.")
        with depfile.rule_about(paths, inputs, self.given.get("depfile")):
            write_figures(figures, processes, words, if_changed)


def _figures(request: Request, jobs: Sequence[Job]) -> list[Output]:
    """The jobs of a request with their files; one by itself is called by its entry."""
    alone = len(jobs) == 1 and request.name
    stems = [request.name] if alone else [each.stem for each in jobs]
    with request.told():
        targets = read_figure_targets(
            request.given.get("output"), request.given.get("format"), stems
        )
    entry = f"{request.name}: " if request.name else ""
    names = [request.name] if alone else [f"{entry}{each.label}" for each in jobs]
    return [
        Output(name, several, job.draw)
        for name, several, job in zip(names, targets, jobs, strict=True)
    ]
