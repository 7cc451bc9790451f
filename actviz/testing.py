"""For the tests of code that people write: does it compute the function that it should?"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Unpack

from actviz.check.calls import Wanted, judged
from actviz.check.foreign.boundary import Code
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
    orders: tuple[int, ...] = (1,),
    **wanted: Unpack[Wanted],
) -> None:
    """Raise AssertionError, with the report of what fails, unless a function computes a curve.

    function, gradient: yours, called with arrays, and its derivative; without that, the
    derivative by the autograd of its framework is judged if there is one. They are called in this
    process; one that is named, as "mypackage.layers:my_gelu", in a process of its own, with a time
    limit of 60 seconds.
    curve: as it is typed on the command line, "gelu", "elu:alpha=0.5" or a formula in x.
    strict: fail all that is found but notes. ignore: codes of findings that are let pass.
    orders: of the derivatives, 0 to 4. wanted: how it is judged, such as dtype="float32", rtol=1e-6
    or device="cuda"; see `actviz.check.code`.

    Raises UsageError for a wrong request.

    >>> import numpy
    >>> assert_matches(numpy.tanh, "tanh", dtype="float32")
    >>> assert_matches(numpy.tanh, "softsign")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    AssertionError: ...
    """
    __tracebackhide__ = True  # pytest shows where it was called
    report = judged(curve, function, gradient, orders, **wanted).judged(strict, ignore)
    if not report.ok:
        raise AssertionError("\n" + text(report, quiet=True))
