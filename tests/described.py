"""What curves are like, found once in a process for all tests, and how close a number is."""

from __future__ import annotations

import math
from functools import cache

import actviz
from actviz.catalogue.activation import Activation
from actviz.catalogue.lookup import activation_of
from actviz.properties import (
    Properties,
    properties,
)

NAMES = [n for n, entry in actviz.load().entries.items() if activation_of(entry).elementwise]


@cache
def of(text: str) -> Properties:
    """The properties of a curve as it is typed."""
    return properties(curve(text))


def curve(text: str) -> Activation:
    return actviz.parse_curves([text])[0].activation


def close(got: float, expected: float, tolerance: float = 1e-10) -> bool:
    if not math.isfinite(expected):
        return got == expected or (math.isnan(got) and math.isnan(expected))
    return abs(got - expected) <= tolerance * max(1.0, abs(expected))
