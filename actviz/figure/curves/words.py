"""What a figure shows, in words: the title and description for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from actviz.figure.canvas.sentences import ORDINALS, formula_of, listed
from actviz.figure.canvas.ticks import number
from actviz.figure.curves import features
from actviz.sampling import Scan, breakpoints_of

MOST_POINTS = 4  # extrema or breakpoints told one by one


def describe(scans: Sequence[Scan], names: Sequence[str], points: bool = False) -> tuple[str, str]:
    """Title and description of the curves of a figure, each with the name it has there.

    points: each scan is one vector, shown as points.
    """
    curves = [scan.curve for scan in scans]
    labels, formulas = _unlike(curve.label for curve in curves), _unlike(map(formula_of, curves))
    orders = sorted({scan.order for scan in scans})
    lo, hi = number(scans[0].lo, 4), number(scans[0].hi, 4)
    title = f"{listed(labels)}: {listed([ORDINALS[o] for o in orders])}"
    sentences = [f"Graph of {listed(formulas)} for x from {lo} to {hi}."]
    for scan, name in zip(scans, names, strict=True):
        told = _range(scan)
        told += [] if points else [*_extrema(scan), *_breaks(scan), *_limits(scan)]
        if told:
            sentences.append(f"{name} {listed(told)}.")
    return title, " ".join(sentences)


def _unlike(texts: Iterable[str]) -> list[str]:
    """Each once: of a function of a vector every component is a curve, and has its label."""
    return list(dict.fromkeys(texts))


def _range(scan: Scan) -> list[str]:
    x, y = scan.x[[0, -1]], scan.y[[0, -1]]
    ends = [
        f"{number(float(b), 4)} at x = {number(float(a), 4)}" for a, b in zip(x, y, strict=True)
    ]
    return [f"goes from {ends[0]} to {ends[1]}"]


def _extrema(scan: Scan) -> list[str]:
    names = {"max": "a maximum", "min": "a minimum"}
    return [
        f"has {names[point.kind]} of {number(point.y, 4)} at x = {number(point.x, 4)}"
        for point in features.extrema(scan)[:MOST_POINTS]
    ]


def _breaks(scan: Scan) -> list[str]:
    lo, hi = scan.lo, scan.hi
    told = []
    for point in breakpoints_of(scan.curve.activation, lo, hi)[:MOST_POINTS]:
        if scan.reference is None and lo < point.x < hi:
            at = f"at x = {number(point.x, 4)}"
            if point.pole:
                told.append(f"is unbounded {at}")
            elif point.order == scan.order:
                told.append(f"jumps {at}")
            elif point.order == scan.order + 1:
                told.append(f"has a kink {at}")
    return told


def _limits(scan: Scan) -> list[str]:
    if scan.reference is not None:
        return []
    told = []
    for line in features.asymptotes(scan.curve, scan.order):
        level = number(line.intercept, 4) if not line.slope else equation(line)
        told.append(f"tends to {level} as x goes to {'−' if line.sign < 0 else ''}infinity")
    return told


def equation(line: features.Line) -> str:
    """The line as y = ...

    >>> equation(features.Line(1.0, 0.0, 1)), equation(features.Line(-0.5, 0.25, 1))
    ('y = x', 'y = −0.5x + 0.25')
    """
    slope = {1.0: "", -1.0: "−"}.get(line.slope, number(line.slope))
    rest = f" {'+' if line.intercept > 0 else '−'} {number(abs(line.intercept))}"
    if not line.slope:
        return f"y = {number(line.intercept)}"
    return f"y = {slope}x{rest if line.intercept else ''}"
