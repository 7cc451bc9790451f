"""Where PyTorch, torch.compile and JAX are wrong, measured and written into actviz/info/atlas.json.

`make test-oracles` runs it for the processor, `make test-gpu` for a GPU. The judging is that of
`actviz check --against`, its tolerance the usual one. What is written was seen twice: in the array
of all numbers, and in an array of that number alone.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from stretches import FAULTS, Stretch, failing, has, stretches

import actviz
from actviz.catalogue.curve import Curve
from actviz.check import points, whole_catalogue
from actviz.check.accuracy import Accuracy
from actviz.check.claim import first_component, ordinary
from actviz.check.dtypes import DTYPES, Format
from actviz.check.exact.truth import truth
from actviz.check.foreign.arranging import arranged
from actviz.check.foreign.calling import Foreign
from actviz.check.foreign.devices import on
from actviz.check.foreign.findings import special
from actviz.check.foreign.trial import SPECIALS, Trial, conventions
from actviz.check.looking import USUAL, WHOLE, Looking
from actviz.check.oracles.frameworks import called
from actviz.check.tolerance import Asked
from actviz.errors import UsageError
from actviz.formula.allowance import Allowance, allowed
from actviz.info.atlas import COLUMNS

FILE = Path(__file__).parents[2] / "actviz" / "info" / "atlas.json"
ALONE = "of 1 number"  # the other way in which what is published was seen
TRIES, FEW = 40, 4  # numbers of a stretch that are tried alone, so many at a time
ROOM = 4096  # numbers among which an edge is looked for more closely
CLOSER = 2  # times
PROCESSOR, GPU = "cpu", "cuda"


@dataclass(frozen=True)
class Subject:
    """A function as a framework has it in a format, on a device."""

    curve: Curve
    framework: str
    device: str
    foreign: Foreign

    @property
    def format(self) -> Format:
        return DTYPES[self.foreign.dtype]

    @cached_property
    def trial(self) -> Trial:
        """The same as what `check --against` judges."""
        activation = self.curve.activation
        whole = activation if activation.vector else None
        within = Asked().of(self.format)
        return Trial(self.curve.label, activation, within, self.foreign, None, whole)

    @cached_property
    def switches(self) -> Any:
        return points.switches_of(first_component(self.curve.activation))

    @cached_property
    def x(self) -> Any:
        """The numbers that are looked at."""
        ends = [-self.format.largest, self.format.largest]
        return np.union1d(Looking().inputs(self.format, self.switches), ends)

    def alone(self, x: Any, order: int) -> Any:
        """What it gives for a few numbers, each in an array of its own; None if it takes none."""
        return arranged(self.foreign, np.asarray(x, dtype=np.float64), order, ALONE)

    def among(self, x: Any, order: int) -> Any:
        """What it gives for a few numbers in an array as long as that of all."""
        several = self.x.copy()
        several[: x.size] = x
        return self.trial.at(several, order)[: x.size]


def rows(subject: Subject) -> Iterator[list[Any]]:
    """All that is wrong of a subject and was seen twice, as rows of COLUMNS."""
    for order in (0, 1):
        found = subject.trial.measured(subject.x, order, subject.trial.at(subject.x, order))
        for stretch in stretches(found):
            yield from _stretch(subject, found, stretch)
        yield from _specials(subject, order)
        if order:
            yield from _conventions(subject, order)


def _row(subject: Subject, order: int, fault: str, *numbers: float) -> list[Any]:
    about = subject.curve.label, subject.framework, subject.device, subject.foreign.dtype
    return [*about, order, fault, *map(_number, numbers)]


def _number(number: float) -> float | str | None:
    """A number as JSON has it: NaN is null, and the infinities are words."""
    if math.isnan(number):
        return None
    return float(number) if math.isfinite(number) else f"{number}".replace("inf", "Infinity")


def _stretch(subject: Subject, found: Accuracy, stretch: Stretch) -> Iterator[list[Any]]:
    """The row of a stretch: its ends and its worst number, if they are seen alone as well."""
    order, bad = found.order, found.where(stretch.failing)
    worst = np.lexsort((np.abs(bad.x), -bad.error if stretch.fault == "zero" else -bad.relative))
    ends = [_edge(subject, found, stretch, side) for side in (-1, 1)]
    lower, upper = (seen(subject, order, stretch.fault, x, all=False) for x in ends)
    place = seen(subject, order, stretch.fault, bad.x[worst], all=True)
    if None in (lower, upper, place):
        return
    x, got = place
    first, last = min(lower[0], x), max(upper[0], x)
    exact = float(truth(first_component(subject.curve.activation), x, order)[order])
    yield _row(subject, order, stretch.fault, first, last, x, got, exact)


def seen(subject: Subject, order: int, fault: str, x: Any, all: bool) -> Any:
    """The first of some numbers that has the fault alone too, and what is given for it, or None.

    all: only one whose error is beyond the tolerance; zeros may be right far out.
    """
    x = x[np.unique(np.geomspace(1, x.size, TRIES).astype(int)) - 1]  # most of them in front
    for few in np.split(x, range(FEW, x.size, FEW)):
        ascending = np.sort(few)
        got = subject.alone(ascending, order)
        if got is None:
            return None
        found = subject.trial.measured(ascending, order, got)
        there = has(fault, found) & (failing(found) if all else True)
        given = dict(zip(found.x[there].tolist(), found.got[there].tolist(), strict=True))
        if first := [each for each in few.tolist() if each in given]:
            return first[0], given[first[0]]
    return None


def _edge(subject: Subject, found: Accuracy, stretch: Stretch, side: int) -> Any:
    """The numbers from an end of a stretch inwards, the end as near as it can be told."""
    inwards = found.x[stretch.places[::-side]]
    beyond = stretch.places[0 if side < 0 else -1] + side
    if not 0 <= beyond < found.x.size or subject.format.bits <= WHOLE:
        return inwards
    inside, outside = inwards[0], found.x[beyond]
    usual = USUAL.start < np.log2(max(abs(inside), 2.0**-1074)) < USUAL.stop
    if stretch.fault == "digits" and (usual or failing(found)[beyond]):
        return inwards  # as near as rounding lets tell, or as another stretch
    for _ in range(CLOSER):
        x = np.unique(subject.format.rounded(np.linspace(outside, inside, ROOM)))
        there = _there(subject, found.order, stretch.fault, x)[::side]
        x = x[::side]
        last = int(np.argmin(there)) if not there.all() else there.size
        if last == 0:
            break
        inside, outside = x[last - 1], x[min(last, x.size - 1)]
    return np.concatenate([[inside], inwards])


def _there(subject: Subject, order: int, fault: str, x: Any) -> Any:
    """Where a fault is seen among others."""
    got = subject.among(x, order)
    if fault in FAULTS:
        return FAULTS[fault](got)
    found = subject.trial.measured(x, order, got)
    return np.isin(x, found.x[failing(found)])


def _specials(subject: Subject, order: int) -> Iterator[list[Any]]:
    """What is given for NaN and at the infinities, where that is something else."""
    finite = not subject.curve.activation.vector  # inf among others is its own question
    asked = np.array([x for x in SPECIALS.tolist() if x != 0 and (finite or math.isnan(x))])
    got, alone = subject.trial.at(asked, order), subject.alone(asked, order)
    if alone is None:
        return
    for x, y, again in zip(asked.tolist(), got.tolist(), alone.tolist(), strict=True):
        for result in special(subject.trial, order, x, y):
            if result.code != "agrees" and np.array_equal(y, again, equal_nan=True):
                yield _row(subject, order, "special", x, x, x, y, result.expected)


def _conventions(subject: Subject, order: int) -> Iterator[list[Any]]:
    """Kinks at which another derivative is taken."""
    for result in conventions(subject.trial, order, subject.switches):
        x, y = result.x, result.got
        again = subject.alone([x], order)
        if again is not None and again[0] == y:
            yield _row(subject, order, "convention", x, x, x, y, result.expected)


# --- the frameworks -----------------------------------------------------------------------------


def as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function as people call it."""
    return function


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of torch as its compiler makes it, or an error: never what was not compiled."""
    import torch

    torch._dynamo.reset()
    torch._dynamo.config.fail_on_recompile_limit_hit = True
    return torch.compile(function, fullgraph=True, dynamic=False)


# What it is called, whose it is, what is done to its functions, and where it is surveyed.
FRAMEWORKS = (
    ("torch", "torch", as_it_is, (PROCESSOR, GPU)),
    ("torch.compile", "torch", compiled, (PROCESSOR, GPU)),
    ("jax", "jax", as_it_is, (PROCESSOR,)),
)


def subjects() -> Iterator[tuple[Curve, str]]:
    """The curves of the catalogue and the formats."""
    for curve in whole_catalogue(actviz.load()):
        for line in ordinary(curve):
            yield from ((line, dtype) for dtype in DTYPES)


def survey(device: str) -> tuple[dict[str, str], list[Any]]:
    """The versions of what was surveyed on a device, and the rows."""
    versions, found = dict[str, str](), list[Any]()
    for framework, library, _, devices in FRAMEWORKS:
        if device not in devices:
            continue
        if reason := unable(framework, device):
            print(f"{framework} is left out on {device}: {reason}", file=sys.stderr)
            continue
        versions[framework] = version(library).partition("+")[0]
        for curve, dtype in subjects():
            if library in curve.activation.entry.frameworks:
                print(framework, curve.label, dtype, file=sys.stderr, flush=True)
                found += surveyed(subject(curve, framework, device, dtype))
    return versions, found


def subject(curve: Curve, framework: str, device: str, dtype: str) -> Subject:
    """A function of the catalogue as a framework has it."""
    _, library, made, _ = next(row for row in FRAMEWORKS if row[0] == framework)
    theirs = called(curve, library, dtype)
    return Subject(curve, framework, device, replace(theirs, function=made(theirs.function)))


def surveyed(subject: Subject) -> list[Any]:
    """The rows of a subject; none, which is said, if it takes no such numbers."""
    device = subject.device if subject.device != PROCESSOR else ""
    try:
        with on(device), allowed(Allowance(sys.maxsize, plain=False)):
            return list(rows(subject))
    except UsageError as error:
        print(f"  left out: {error}", file=sys.stderr)
        return []


def unable(framework: str, device: str) -> str:
    """Why a framework cannot be surveyed on a device; '' if it can."""
    (relu,) = actviz.parse_curves(["relu"])
    try:
        with on(device if device != PROCESSOR else ""):
            subject(relu, framework, device, "float32").foreign.derivative(np.ones(8), 1)
    except UsageError as error:
        return str(error)
    return ""


# --- the file -----------------------------------------------------------------------------------


def merged(device: str, versions: dict[str, str], found: list[Any]) -> dict[str, Any]:
    """The file with what was found on a device; what it says of other devices stays."""
    before = json.loads(FILE.read_text()) if FILE.exists() else {"measured": {}, "rows": []}
    place = COLUMNS.index("device")
    kept = [row for row in before["rows"] if row[place] != device]
    measured, formats = {**before["measured"], device: versions}, DTYPES.values()
    return {
        "columns": list(COLUMNS),
        "formats": {each.name: {"eps": each.eps, "largest": each.largest} for each in formats},
        "measured": {name: measured[name] for name in sorted(measured)},
        "rows": sorted([*kept, *found], key=sort_key),
    }


def sort_key(row: list[Any]) -> list[Any]:
    """In which order rows stand: words by the alphabet or a table, numbers by size."""
    text = COLUMNS.index("from")
    ordered = [*(framework for framework, *_ in FRAMEWORKS), *DTYPES, *FAULTS]
    words = [f"{ordered.index(each):02}" if each in ordered else each for each in row[:text]]
    return [*words, *(-math.inf if each is None else float(each) for each in row[text:])]


def written(atlas: dict[str, Any]) -> str:
    """The file: a line for each row."""
    head = {name: atlas[name] for name in ("columns", "formats", "measured")}
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in atlas["rows"])
    return json.dumps(head)[:-1] + f', "rows": [\n{lines}\n]}}\n'


def main() -> int:
    """Survey a device, and write the file."""
    device = sys.argv[1]
    if device == GPU:
        import torch

        if not torch.cuda.is_available():
            print("make test-gpu: there is no GPU here that PyTorch can use; nothing is written.")
            return 0
    FILE.write_text(written(merged(device, *survey(device))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
