"""What a figure shows, in words: the title and description for readers who cannot see it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from actviz.figure.canvas.sentences import ORDINALS, formula_of, listed
from actviz.figure.canvas.ticks import number
from actviz.figure.curves import features
from actviz.sampling import Samples, Scan

MOST_POINTS = 4  # extrema or breaks told one by one
CLOSELY = 1e-3  # of a value: what is known so well is told as a number
UNBOUNDED = "where it is unbounded"

SCALES = {"log": "logarithmic", "symlog": "logarithmic on both sides of 0, and linear near it"}


class Told(NamedTuple):
    """A curve that is told of: its name, the limits of y, and how it is drawn; None as points."""

    scan: Scan
    name: str
    ylim: tuple[float, float]
    samples: Samples | None
    scale: str = "linear"


def describe(curves: Sequence[Told], beside: Iterable[str] = ()) -> tuple[str, str]:
    """Title and description of the curves of a figure, each with the name it has there.

    beside: sentences about what else is drawn.
    """
    scans = [each.scan for each in curves]
    labels = _unlike(scan.curve.label for scan in scans)
    formulas = _unlike(formula_of(scan.curve) for scan in scans)
    orders = sorted({scan.order for scan in scans})
    lo, hi = number(scans[0].lo, 4), number(scans[0].hi, 4)
    title = f"{listed(labels)}: {listed([ORDINALS[o] for o in orders])}"
    sentences = [f"Graph of {listed(formulas)} for x from {lo} to {hi}."]
    for each in curves:
        told, scan = _range(each.scan), each.scan
        if each.samples is not None:
            told += [*_farthest(scan), *_extrema(scan), *_breaks(scan)]
            told += _cut(each.samples, each.ylim)
            told += _limits(scan)
        sentences.append(f"{each.name} {listed(told)}.")
    sentences += beside
    if (scale := curves[0].scale) != "linear":
        sentences.append(f"The scale of y is {SCALES[scale]}.")
    unsure = [each.name for each in curves if each.samples and not each.samples.sure]
    if unsure:
        sentences.append(f"It is not proven that all of {listed(unsure)} is drawn.")
    return title, " ".join(sentences)


def _unlike(texts: Iterable[str]) -> list[str]:
    """Each once: of a function of a vector every component is a curve, and has its label."""
    return list(dict.fromkeys(texts))


def _range(scan: Scan) -> list[str]:
    if not np.isfinite(scan.y).any():
        return ["has no value there"]
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


def _farthest(scan: Scan) -> list[str]:
    """How far a difference is from 0."""
    if scan.reference is None:
        return []
    found = features.farthest(scan)
    if not found.at:
        return []
    x = number(abs(found.at[-1]), 4)
    place = f"\u00b1{x}" if len(found.at) > 1 else number(found.at[-1], 4)
    size = number(found.difference, features.FIVE)
    if found.proved:
        return [f"differs from {scan.reference.label} by at most {size}, at x = {place}"]
    most = number(found.bound, features.FIVE)
    return [
        f"differs from {scan.reference.label} by {size} at x = {place}, "
        f"and by {most} at most (proven)"
    ]


def _breaks(scan: Scan) -> list[str]:
    if scan.reference is not None:
        return []
    found = scan.known.found
    kinds = {
        "is unbounded": [each.x for each in found if each.pole],
        "jumps": [each.x for each in found if each.jump],
        "has a hole": [each.x for each in found if each.hole and not each.pole],
        "has a value of its own": [each.x for each in found if each.alone and not each.pole],
        "has no limit": [each.x for each in found if each.wild],
        "may break": [each.x for each in found if each.doubt],
        "has a kink": [
            each.x
            for each in found
            if each.kink and not (each.jump or each.hole or each.alone or each.pole)
        ],
    }
    told = []
    for what, places in kinds.items():
        if len(places) > MOST_POINTS:
            told.append(f"{what} at {len(places)} places".replace("a kink", "kinks"))
        else:
            told += [f"{what} at x = {number(x, 4)}" for x in places]
    return told


def _cut(samples: Samples, ylim: tuple[float, float]) -> list[str]:
    """What the limits of y leave out."""
    (lowest, least), (greatest, highest) = samples.least, samples.greatest
    poles = [each for each in samples.scan.known.found if each.pole]
    beside = [side for each in poles for side in (each.left, each.right)]
    told = []
    if greatest > ylim[1]:
        pole = any(side > ylim[1] for side in beside)
        goes = UNBOUNDED if pole else _goes("up", greatest, highest)
        told.append(f"is cut off above {number(ylim[1], 3)}, {goes}")
    if least < ylim[0]:
        pole = any(side < ylim[0] for side in beside)
        goes = UNBOUNDED if pole else _goes("down", least, lowest)
        told.append(f"is cut off below {number(ylim[0], 3)}, {goes}")
    return told


def _goes(where: str, value: float, bound: float) -> str:
    """How far it goes, by a value that was found and a bound."""
    if math.isinf(value):
        return UNBOUNDED
    if abs(bound - value) <= CLOSELY * abs(bound) < math.inf:
        return f"where it goes {where} to {number(value, 4)}"
    return f"where it goes beyond {number(value, 3)}"


def _limits(scan: Scan) -> list[str]:
    if scan.reference is not None:
        return []
    told = []
    for line in features.asymptotes(scan.curve, scan.order):
        level = number(line.intercept, 4) if not line.slope else equation(line)
        proved = "" if line.proved else " (not proven)"
        told.append(f"tends to {level} as x goes to {'−' if line.sign < 0 else ''}infinity{proved}")
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
