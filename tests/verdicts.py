"""A curve as it is typed, and what a report of the referee accuses."""

from __future__ import annotations

import actviz
from actviz import check
from actviz.catalogue.curve import Curve


def curve(text: str) -> Curve:
    return actviz.parse_curves([text])[0]


def failures(report: check.Report) -> list[str]:
    return [
        f"{r.curve} {r.order} {r.oracle}: {r.x!r} => {r.got!r} != {r.expected!r} ({r.error})"
        for r in report.results
        if r.status == "fail"
    ]
