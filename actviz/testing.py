"""For the tests of code that people write: does it compute the function that it should?"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Unpack

from actviz.check.calls import judged
from actviz.check.foreign.boundary import Code
from actviz.check.referee import Terms
from actviz.check.report import text

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation
    from actviz.catalogue.curve import Curve


def assert_matches(
    function: Code,
    curve: str | Curve | Activation,
    gradient: Code | None = None,
    *,
    strict: bool = False,
    ignore: Collection[str] = (),
    dtype: str = "",
    orders: tuple[int, ...] = (1,),
    **terms: Unpack[Terms],
) -> None:
    """Raise AssertionError, with the report of what fails, unless a function computes a curve.

    function, gradient: yours, called with arrays of a dtype, and its derivative; without that, the
    derivative by the autograd of its framework is judged if there is one. They are called in this
    process; one that is named, as "mypackage.layers:my_gelu", in a process of its own, with a time
    limit of 60 seconds.
    curve: as it is typed on the command line, "gelu", "elu:alpha=0.5" or a formula in x.
    strict: fail all that is found but notes. ignore: codes of findings that are let pass.
    orders, dtype, terms: see `actviz.check.code`.

    Raises UsageError for a wrong request.

    >>> import numpy
    >>> assert_matches(numpy.tanh, "tanh", dtype="float32")
    >>> assert_matches(numpy.tanh, "softsign")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    AssertionError: ...
    """
    __tracebackhide__ = True  # pytest shows where it was called
    report = judged(curve, function, gradient, orders, dtype, **terms).judged(strict, ignore)
    if not report.ok:
        raise AssertionError("\n" + text(report, quiet=True))
