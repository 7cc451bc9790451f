"""Numbers that are written as formulas without x: pi/2, sqrt(2), 1/e."""

from __future__ import annotations

import re

from actviz.errors import UsageError
from actviz.formula.expression import Number, X, free_names, walk
from actviz.formula.parsing import parse

_OF_PYTHON = re.compile(r"\d_|\b0[xXoObB]")  # 1_000 and 0x10, which no other program reads


def constant(text: str) -> float | None:
    """The value of a formula that has neither x nor parameters; None for what is none.

    >>> constant("1/4"), constant("2*x"), constant("1,5")
    (0.25, None, None)
    """
    if _OF_PYTHON.search(text):
        return None
    try:
        node = parse(text)
    except UsageError:
        return None
    if isinstance(node, Number):
        return node.value
    if X in walk(node) or free_names(node):
        return None
    from actviz.catalogue import values

    return values.constant(node)
