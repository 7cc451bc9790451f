"""A report as text, for a person or for a machine: a row of a table for each format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields
from itertools import groupby
from typing import TextIO
from xml.etree import ElementTree

from actviz.check.codes import CODES, SEVERITIES
from actviz.check.result import Report, Result
from actviz.table.formats import WORDS, Format, Formats
from actviz.table.objects import dumps

ABSENT = frozenset({"not-installed", "not-asked"})  # said once, not for every curve
COLOURS = {"pass": "32", "note": "33", "fail": "1;31", "not run": "2"}


def write(report: Report, format: str, stream: TextIO, colour: bool = False) -> None:
    """Write a report in one of FORMATS. `colour` puts escape sequences in, for a terminal.

    Raises UsageError for an unknown format.
    """
    for line in FORMATS[format].write(report, _painter(colour)):
        stream.write(line + "\n")


Paint = Callable[[str, str], str]


def _painter(colour: bool) -> Paint:
    if not colour:
        return lambda text, kind: text
    return lambda text, kind: f"\x1b[{COLOURS[kind]}m{text}\x1b[0m"


def kind(result: Result) -> str:
    """How a result is shown: its status, or 'note' for a pass that has something to tell."""
    return "note" if result.status == "pass" and result.severity else result.status


def by_severity(results: Iterable[Result]) -> list[Result]:
    """What fails first, then the other findings, the gravest first; all else as it came."""
    grave = list(SEVERITIES)
    return sorted(results, key=lambda each: (each.status != "fail", grave.index(each.severity)))


def _full(report: Report, paint: Paint) -> Iterator[str]:
    """Every result with its worst point, curve by curve."""
    shown_here = [result for result in report.results if result.code not in ABSENT]
    width = max((len(result.oracle) for result in shown_here), default=0)
    for label, results in groupby(shown_here, key=lambda result: result.curve):
        yield label
        for result in results:
            shown = kind(result)
            status = paint(f"{'FAIL' if shown == 'fail' else shown:<7}", shown)
            asked = f"{_order(result.order):<4} {result.oracle:<{width}}"
            yield f"  {asked}  {status}  {_numbers(result)}"
            if result.message or shown != "pass":
                yield f"       {' ' * width}           {_reason(result)}".rstrip()
    yield from _absent(report.results, paint)
    yield _summary(report, paint)


def _concise(report: Report, paint: Paint) -> Iterator[str]:
    """A line for each result that is no plain pass, and the sums."""
    for result in report.results:
        if kind(result) in ("fail", "note"):
            status = paint(kind(result), kind(result))
            yield f"{status}: {_where(result)}: {result.code}: {_sentence(result)}"
    yield from _absent(report.results, paint)
    yield _summary(report, paint)


def _order(order: int) -> str:
    return "f" + "'" * order


def _where(result: Result) -> str:
    return f"{result.curve} {_order(result.order)} ({result.oracle})"


def _numbers(result: Result) -> str:
    """The worst point, as far as there is one."""
    if result.x is None:
        return ""
    parts = [f"x = {result.x!r}: got {result.got!r}, expected {result.expected!r}"]
    if result.error is not None:
        parts.append(f"error {result.error:.2g}")
    if result.tolerance is not None:
        parts.append(f"tolerance {result.tolerance:.2g}")
    return ", ".join(parts)


def _reason(result: Result) -> str:
    """The message; for what is no plain pass, with its code."""
    if kind(result) == "pass":
        return result.message
    return ": ".join(
        part for part in (result.code, result.message or CODES[result.code].words) if part
    )


def _sentence(result: Result) -> str:
    return "; ".join(part for part in (_numbers(result), result.message) if part)


def _absent(results: Iterable[Result], paint: Paint) -> Iterator[str]:
    """Each oracle that was not asked at all, once."""
    said = dict.fromkeys((r.oracle, r.code, r.message) for r in results if r.code in ABSENT)
    for oracle, code, message in said:
        what = "not installed" if code == "not-installed" else "not asked"
        yield paint(f"{oracle}: not run, {what}: {message}", "not run")


def _summary(report: Report, paint: Paint) -> str:
    counts = dict.fromkeys(("pass", "fail", "not run"), 0)
    for result in report.results:
        counts[result.status] += 1
    text = f"{counts['pass']} passed, {counts['fail']} failed, {counts['not run']} not run"
    return paint(text, "pass" if report.ok else "fail")


def _json(report: Report, paint: Paint) -> Iterator[str]:
    """One object; numbers round-trip."""
    results = [
        {field.name: getattr(result, field.name) for field in fields(result)}
        for result in report.results
    ]
    for each in results:
        if each.get("largest"):
            each["largest"] = asdict(each["largest"])
    yield dumps({"ok": report.ok, "results": results}, indent=1)


def _github(report: Report, paint: Paint) -> Iterator[str]:
    """Workflow commands: an annotation for each failure, and for what deserves a look."""
    commands = {"fail": "error", "note": "warning"}
    for result in report.results:
        if kind(result) in commands:
            title = _escaped(f"actviz {_where(result)}: {result.code}").replace(":", "%3A")
            title = title.replace(",", "%2C")
            yield f"::{commands[kind(result)]} title={title}::{_escaped(_sentence(result))}"
    yield _summary(report, paint)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _junit(report: Report, paint: Paint) -> Iterator[str]:
    """The XML that test dashboards read."""
    failures = sum(result.status == "fail" for result in report.results)
    skipped = sum(result.status == "not run" for result in report.results)
    counts = {"tests": len(report.results), "failures": failures, "skipped": skipped}
    suite = ElementTree.Element("testsuite", {"name": "actviz check"})
    suite.attrib |= {name: str(count) for name, count in counts.items()}
    for result in report.results:
        attributes = {"classname": result.curve, "name": f"{_order(result.order)} {result.oracle}"}
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


FORMATS: Formats[Callable[[Report, Paint], Iterator[str]]] = Formats(
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
