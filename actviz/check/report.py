"""A report as text, for a person or for a machine: a row of a table for each format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from itertools import groupby
from typing import TextIO
from xml.etree import ElementTree

from actviz.check.codes import CODES, SEVERITIES
from actviz.check.lines import plain, wrapped
from actviz.check.result import Report, Result
from actviz.table.formats import WORDS, Format, Formats
from actviz.table.objects import dumps

ABSENT = "not-installed"  # said once, not for every curve
COLOURS = {"pass": "32", "note": "33", "fail": "1;31", "not run": "2"}
NEVER_RATED = ("rated",)  # what JSON has no need of, as it has the severity


@dataclass(frozen=True)
class Look:
    """How a text is to look: in colour, its lines no wider than this, and what fails alone."""

    colour: bool = False
    width: int | None = None
    quiet: bool = False

    def paint(self, text: str, kind: str) -> str:
        """The text in the colour of a kind of result."""
        return f"\x1b[{COLOURS[kind]}m{text}\x1b[0m" if self.colour else text


def write(
    report: Report,
    format: str,
    stream: TextIO,
    colour: bool = False,
    width: int | None = None,
    quiet: bool = False,
) -> None:
    """Write a report in one of FORMATS.

    colour: put escape sequences in, for a terminal. width: wrap the lines of "full" to so many
    characters; no number is broken. quiet: of "full" and "concise" only what fails, nothing if
    nothing does.

    Raises UsageError for an unknown format.
    """
    for line in FORMATS[format].write(_plain(report), Look(colour, width, quiet)):
        stream.write(line + "\n")


def text(report: Report, width: int | None = None, quiet: bool = False) -> str:
    """A report as people read it; see `write`.

    >>> from actviz.check.result import Report
    >>> text(Report(()))
    '0 passed, 0 failed, 0 not run'
    """
    return "\n".join(_full(_plain(report), Look(width=width, quiet=quiet)))


def _plain(report: Report) -> Report:
    """The same, and nothing in what code said, or in a label, that steers a terminal."""
    results = (
        replace(each, curve=plain(each.curve), message=plain(each.message))
        for each in report.results
    )
    return replace(report, results=tuple(results))


def kind(result: Result) -> str:
    """How a result is shown: its status, or 'note' for a pass that has something to tell."""
    return "note" if result.status == "pass" and result.severity else result.status


def by_severity(results: Iterable[Result]) -> list[Result]:
    """What fails first, then the other findings, the gravest first; all else as it came."""
    grave = list(SEVERITIES)
    return sorted(
        results,
        key=lambda each: (
            each.status != "fail",
            grave.index(each.severity) if each.severity else len(grave),
        ),
    )


def _shown(report: Report, look: Look) -> list[Result]:
    return [each for each in report.results if each.status == "fail" or not look.quiet]


def _full(report: Report, look: Look) -> Iterator[str]:
    """Every result with its worst point, curve by curve, the gravest first."""
    shown = [result for result in _shown(report, look) if result.code != ABSENT]
    width = max((len(result.oracle) for result in shown), default=0)
    status_width = max((len(_status(result)) for result in shown), default=0)
    for _, group in groupby(shown, key=lambda result: (result.curve, result.parameters)):
        results = list(group)
        yield from wrapped(_titled(results[0]), look.width)
        for result in by_severity(results):
            status, what = _status(result), kind(result)
            before = f"  {_order(result.order):<4} {result.oracle:<{width}}  "
            painted = before + look.paint(status, what) + " " * (status_width - len(status) + 2)
            lines = wrapped(_told(result), look.width, len(before) + status_width + 2)
            yield from (f"{painted}{lines[0]}".rstrip(), *lines[1:])
    yield from _absent(_shown(report, look), look)
    for result in by_severity(report.results)[:1]:
        if result.status == "fail":
            told = f"What it means and what to do: actviz check --explain {result.code}"
            yield from wrapped(told, look.width)
    yield from _summary(report, look)


def _titled(result: Result) -> str:
    """A curve, with the values of the parameters that its label does not give."""
    given = {name: f"{value:.15g}" for name, value in result.parameters.items()}
    unsaid = [f"{n} = {value}" for n, value in given.items() if f"{n}={value}" not in result.curve]
    return f"{result.curve} ({', '.join(unsaid)})" if unsaid else result.curve


def _status(result: Result) -> str:
    """The status as a word; that of a finding says how grave it is."""
    if not result.severity or result.status == "not run":
        return result.status
    return f"FAIL {result.severity}" if result.status == "fail" else result.severity


def _told(result: Result) -> str:
    """All that is to be said of a result but what it is of: of a finding first its code.

    Of a pass that is about some x the worst of them, without its numbers.
    """
    numbers, reason = _numbers(result), _reason(result)
    if kind(result) != "pass":
        return "; ".join(filter(None, (reason, numbers)))
    if result.part and result.message:
        return reason if result.error is None else f"{reason}, at x = {result.x!r}"
    return "; ".join(filter(None, (numbers, reason)))


def _concise(report: Report, look: Look) -> Iterator[str]:
    """A line for each result that is no plain pass, and the sums."""
    for result in by_severity(_shown(report, look)):
        if kind(result) in ("fail", "note"):
            status = look.paint(kind(result), kind(result))
            severity = "" if kind(result) == result.severity else f" ({result.severity})"
            yield f"{status}: {_where(result)}: {result.code}{severity}: {_sentence(result)}"
    yield from _absent(_shown(report, look), look)
    yield from _summary(report, look)


def _order(order: int) -> str:
    return "f" + "'" * order


def _where(result: Result) -> str:
    return f"{_titled(result)} {_order(result.order)} ({result.oracle})"


def _numbers(result: Result) -> str:
    """The worst point, as far as there is one."""
    if result.x is None:
        return ""
    parts = [f"x = {result.x!r}"]
    parts += [f"got {result.got!r}"] if result.got is not None else []
    parts += [f"expected {result.expected!r}"] if result.expected is not None else []
    told = ": ".join(filter(None, (parts[0], ", ".join(parts[1:]))))
    if result.error is not None:
        told += f", error {result.error:.2g}"
    if result.tolerance is not None:
        told += f", tolerance {result.tolerance:.2g}"
    return told


def _reason(result: Result) -> str:
    """The message; for what is no plain pass, with its code."""
    if kind(result) == "pass":
        return result.message
    return ": ".join(filter(None, (result.code, result.message or CODES[result.code].words)))


def _sentence(result: Result) -> str:
    return "; ".join(part for part in (_numbers(result), result.message) if part)


def _absent(results: Iterable[Result], look: Look) -> Iterator[str]:
    """Each oracle that could not be asked at all, once."""
    for oracle, message in dict.fromkeys(
        (r.oracle, r.message) for r in results if r.code == ABSENT
    ):
        for line in wrapped(f"{oracle}: not run, not installed: {message}", look.width):
            yield look.paint(line, "not run")


def _summary(report: Report, look: Look) -> Iterator[str]:
    """The counts; of a quiet report only if something fails."""
    if look.quiet and report.ok:
        return
    counts = Counter(result.status for result in report.results)
    text = f"{counts['pass']} passed, {counts['fail']} failed, {counts['not run']} not run"
    yield look.paint(text, "pass" if report.ok else "fail")


def _json(report: Report, look: Look) -> Iterator[str]:
    """One object; numbers round-trip."""
    results = []
    for result in report.results:
        told = {
            f.name: getattr(result, f.name) for f in fields(result) if f.name not in NEVER_RATED
        }
        told |= {"severity": result.severity or None, "parameters": dict(result.parameters)}
        if told.get("largest"):
            told["largest"] = asdict(told["largest"])
        results.append(told)
    yield dumps({"ok": report.ok, "results": results}, indent=1)


def _github(report: Report, look: Look) -> Iterator[str]:
    """Workflow commands: an annotation for each failure, and for what deserves a look."""
    commands = {"fail": "error", "note": "warning"}
    for result in by_severity(report.results):
        if kind(result) in commands:
            title = _escaped(f"actviz {_where(result)}: {result.code}").replace(":", "%3A")
            title = title.replace(",", "%2C")
            yield f"::{commands[kind(result)]} title={title}::{_escaped(_sentence(result))}"
    yield from _summary(report, look)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _junit(report: Report, look: Look) -> Iterator[str]:
    """The XML that test dashboards read; no two cases of a curve have one name."""
    failures = sum(result.status == "fail" for result in report.results)
    skipped = sum(result.status == "not run" for result in report.results)
    counts = {"tests": len(report.results), "failures": failures, "skipped": skipped}
    suite = ElementTree.Element("testsuite", {"name": "actviz check"})
    suite.attrib |= {name: str(count) for name, count in counts.items()}
    taken = Counter[tuple[str, str]]()
    for result in report.results:
        name = " ".join(filter(None, (_order(result.order), result.oracle, result.part)))
        taken[result.curve, name] += 1
        again = taken[result.curve, name]
        attributes = {"classname": result.curve, "name": name if again == 1 else f"{name} #{again}"}
        case = ElementTree.SubElement(suite, "testcase", attributes)
        if result.status == "fail":
            failure = {"type": result.code, "message": _sentence(result)}
            ElementTree.SubElement(case, "failure", failure)
        elif result.status == "not run":
            ElementTree.SubElement(case, "skipped", {"message": _reason(result)})
        elif kind(result) == "note":
            ElementTree.SubElement(case, "system-out").text = _sentence(result)
    ElementTree.indent(suite)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield ElementTree.tostring(suite, encoding="unicode")


FORMATS: Formats[Callable[[Report, Look], Iterator[str]]] = Formats(
    {
        "full":    Format((".txt",), _full),
        "concise": Format((".concise",), _concise),
        "json":    Format(WORDS["json"].suffixes, _json),
        "github":  Format((".github",), _github),
        "junit":   Format((".xml",), _junit),
    },
    shown="full",
    kept="full",
)  # fmt: skip
