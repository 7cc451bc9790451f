"""Values of a formula in two numbers, such as a*sigmoid(b): the halves of a vector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Apply, Name, Node, Number, X, rebuild


def evaluate_pairs(
    node: Node, arguments: tuple[str, ...], a: Any, b: Any, parameters: Mapping[str, float]
) -> Array:
    """The formula's values where its two arguments are a and b, arrays that broadcast.

    >>> from actviz.formula.parsing import parse
    >>> evaluate_pairs(parse("a*b"), ("a", "b"), [2.0, 3.0], 10.0, {})
    array([20., 30.])
    """
    pairs = np.stack(np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float)), axis=-1)
    picked: dict[Node, Node] = {
        Name(name): Apply("pick", (X, Number(float(i)))) for i, name in enumerate(arguments)
    }
    values = evaluate(rebuild(node, picked), pairs, parameters)[..., 0].copy()
    values[np.isnan(pairs).any(axis=-1)] = np.nan  # of a derivative too that has but one of them
    return values
