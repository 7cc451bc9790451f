"""Options that would say nothing of a kind of function: refused before anything is drawn."""

from __future__ import annotations

from typing import NamedTuple

from actviz.catalogue.curve import Curve
from actviz.catalogue.kind import Kind, refusal
from actviz.figure.canvas.options import Options

CURVES = frozenset({Kind.NUMBER, Kind.OUTPUTS, Kind.VECTOR})
VECTORS = frozenset({Kind.VECTOR})


class Only(NamedTuple):
    """An option that is for some kinds of function, and how that is told."""

    field: str
    kinds: frozenset[Kind]
    told: str
    value: object = None  # the one value it is about; None: every one but the default


ONLY = (
    Only("ylim", CURVES, "--ylim is for curves"),
    Only("scale", CURVES, "--scale is for curves"),
    Only("marks", CURVES, "--mark is for curves"),
    Only("data", frozenset({Kind.NUMBER}), "--data is for functions of one number"),
    Only("letters", CURVES, "--letters is for curves"),
    Only("annotate", CURVES, "--annotate is for curves"),
    Only("ticks", CURVES, "--ticks pi is for curves", "pi"),
    Only("vector", VECTORS, "--vector is for functions of a vector"),
    Only("fixed", VECTORS, "--fixed with numbers alone is for functions of a vector"),
)


def refuse_silent(curve: Curve, options: Options) -> None:
    """Raise UsageError for the first option that says nothing of the function."""
    default = Options()
    for only in ONLY:
        asked = getattr(options, only.field)
        given = asked == only.value if only.value else asked != getattr(default, only.field)
        if given and curve.activation.kind not in only.kinds:
            raise refusal(curve.activation, only.told, curve.label)
