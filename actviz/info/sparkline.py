"""A function in one line of text."""

from __future__ import annotations

from actviz.catalogue.activation import Activation

BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
COLUMNS = 49


def sparkline(activation: Activation, order: int, lo: float = -6.0, hi: float = 6.0) -> str:
    """The function (order 0) or a derivative on [lo, hi] as blocks of eight heights.

    Where it is not finite there is a blank.

    >>> import actviz
    >>> sparkline(actviz.get("hardsigmoid"), 0)[20:29]
    '\u2583\u2584\u2584\u2584\u2585\u2585\u2585\u2585\u2586'
    """
    import numpy as np

    y = activation.derivative(np.linspace(lo, hi, COLUMNS), order)
    known = y[np.isfinite(y)]
    if known.size == 0:
        return ""
    low, high = float(known.min()), float(known.max())
    size = max(abs(low), abs(high)) or 1.0  # the difference of what is as large as floats get
    y, low, high = y / size, low / size, high / size
    height = (high - low) or 1.0
    return "".join(
        BLOCKS[round((value - low) / height * 7)] if np.isfinite(value) else " " for value in y
    )
