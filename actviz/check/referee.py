"""What is judged: curves, a derivative by hand, an equality, somebody's code, recorded values."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypedDict, Unpack

from actviz.check.dtypes import known_dtype
from actviz.check.foreign.boundary import LONGEST, TIMEOUT, Code, opened
from actviz.check.oracles import SOURCES, chosen
from actviz.check.result import ErrorSeries, Report, Result
from actviz.check.tolerance import Asked
from actviz.errors import UsageError
from actviz.processors import cores

if TYPE_CHECKING:  # all that computes is imported when it is asked, for a help page asks nothing
    from actviz.catalogue.activation import Activation
    from actviz.catalogue.calls import Typed
    from actviz.catalogue.curve import Curve
    from actviz.catalogue.lookup import Catalogue
    from actviz.check.foreign.adapting import Of
    from actviz.check.foreign.boundary import Callee
    from actviz.check.foreign.naming import Parameter
    from actviz.check.foreign.trial import Trial
    from actviz.check.looking import Looking
    from actviz.check.tolerance import Tolerance
    from actviz.formula.arrays import Array

WORK, SHARE = 200_000, 0.4  # steps of balls for a typed formula and a source; for its digits
ORDERS = (1, 2)  # of the derivatives that are checked if none are named


Progress = Callable[[int, int, str], None]


class Terms(TypedDict, total=False):
    """How far somebody's numbers may be off, and where they are looked at.

    rtol, atol: errors may be rtol * (|y| + |x y'|) + atol, with 8 eps of float64 and float32 or 4
    eps of float16 and bfloat16 for rtol if it is not given. ulp: in place of rtol, so many units in
    the last place of the true number.
    within: the range of x to look at, all numbers if it is not given. seed: of the random points
    among those that code is called with.
    every: at every number of the dtype, up to 2**32 of them, by as many processes as there are
    cores; the time limit is then that of each quarter of a million.
    progress: called with (done, total, what was found) meanwhile.
    """

    rtol: float | None
    atol: float
    ulp: float | None
    within: tuple[float, float] | None
    seed: int
    every: bool
    progress: Progress


def _asked(terms: Terms) -> Asked:
    """How far off numbers may be; UsageError for what is no tolerance."""
    return Asked(terms.get("rtol"), terms.get("atol", 0.0), terms.get("ulp"))


def _looking(terms: Terms) -> Looking:
    """Where code is looked at."""
    from actviz.check.looking import SEED, Looking

    return Looking(terms.get("within"), terms.get("seed", SEED), terms.get("every", False))


def curves(
    curves: Sequence[Curve],
    orders: tuple[int, ...] = ORDERS,
    oracles: Sequence[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Hold curves and their derivatives against oracles: a Result for every order and oracle.

    orders: of the derivatives, 0 to 4; of order 0, the value, an oracle that knows it tells always.
    oracles: those named are required. If none is named, those run that are installed; torch and
    jax only if the program has imported them already.
    progress: called with (done, total, label) after each curve.

    Raises UsageError for an oracle that is unknown or missing, and for a function with several
    outputs.

    >>> import actviz
    >>> curves(actviz.parse_curves(["relu"]), orders=(1,), oracles=["difference"]).ok
    True
    """
    from actviz.check.claim import ordinary
    from actviz.formula.allowance import Allowance, allowed

    sources = [source for source in SOURCES.values() if source.asked == "always"]
    sources += chosen(oracles)
    results: list[Result] = []
    for done, curve in enumerate(curves, 1):
        for each in ordinary(curve):
            work = WORK if each.activation.entry is None else sys.maxsize
            found: list[Result] = []
            for source in sources:
                with allowed(Allowance(work, plain=False)):
                    found += source.results(each, orders, bool(oracles))
            with allowed(Allowance(int(SHARE * work), plain=False)):
                found += _as_written(each)
            results += Report(tuple(found)).of(each.activation.parameters).results
        if progress:
            progress(done, len(curves), curve.label)
    return Report(tuple(results))


def _as_written(curve: Curve, within: tuple[float, float] | None = None) -> list[Result]:
    """Where a typed formula loses digits in float64 arithmetic; ours are computed with more."""
    if curve.activation.entry is not None:
        return []
    from actviz.check.aswritten import digits

    told = digits(curve.label, curve.activation, curve.activation.definition, 0, within)
    return [told] if told.code != "agrees" else []


def derivative(
    curve: Curve,
    formula: str | Typed,
    order: int = 1,
    oracles: Sequence[str] = (),
    within: tuple[float, float] | None = None,
) -> Report:
    """Judge a formula that a person says is the derivative of an order of a curve.

    formula: a text may call the functions of the built-in catalogue. within: the range of x to look
    at, all numbers if it is not given.

    The first Result is the verdict: by mpmath if it is installed and among the oracles (all, if
    none is named), else by differences. Parameters that the curve does not give are tried at other
    values than their defaults, and a formula that is not right for those fails: it says for which
    it is. If it is right, the next are the kinks at which it follows another convention or has no
    value, and what float64 makes of it operation by operation: NaN or an infinity where there is a
    finite number fails, if it is at an x that float32 has too; digits that are lost are told.

    Raises FormulaError for a formula outside the language, UsageError for an order that is not 1
    to 4, for names in the formula that the curve lacks, for a curve that is not a function of one
    number, and for an oracle that is unknown or missing.

    >>> import actviz
    >>> derivative(actviz.parse_curves(["tanh"])[0], "1 - tanh(x)**2").ok
    True
    """
    from actviz.catalogue.calls import typed
    from actviz.catalogue.lookup import load
    from actviz.check import byhand
    from actviz.formula.allowance import Allowance, allowed
    from actviz.formula.derivative import MAXIMUM_ORDER

    if not 1 <= order <= MAXIMUM_ORDER:
        raise UsageError(f"--derivative is of one order from 1 to {MAXIMUM_ORDER}.")
    asked = tuple(source.name for source in chosen(oracles) if source.installed)
    read = typed(formula, load().known) if isinstance(formula, str) else formula
    with allowed(Allowance(WORK, plain=False)):
        results = tuple(byhand.verdicts(curve, read, order, asked, within))
    return Report(results).of(curve.activation.parameters)


def equal(
    curves: Sequence[Curve],
    other: Curve,
    within: tuple[float, float] | None = None,
    atol: float | None = None,
) -> Report:
    """Judge whether each curve is the same function as another; if not, where they are farthest.

    within: the range of x to look at, all numbers if it is not given; atol: how far apart they may
    be. Proven by algebra or by enclosures, and where neither tells looked at in points, by 50
    digits if mpmath is installed, else by float64 values. A Result for each curve, whose `largest`
    is the largest difference; if they are equal, another for what float64 makes of a typed formula
    if it loses digits.

    Raises UsageError for a function of two numbers or with several outputs, and for a tolerance
    that is negative or not finite.

    >>> import actviz
    >>> silu, swish = actviz.parse_curves(["silu", "x/(1 + exp(-x))"])
    >>> equal([silu], swish).ok
    True
    """
    from actviz.check.equality import equality
    from actviz.formula.allowance import Allowance, allowed

    results: list[Result] = []
    for curve in curves:
        with allowed(Allowance(WORK, plain=False)):
            found: list[Result] = [equality(curve, other, within, atol)]
        if found[0].status == "pass":
            for each in (curve, other):
                with allowed(Allowance(int(SHARE * WORK), plain=False)):
                    found += _as_written(each, within)
        parameters = {**other.activation.parameters, **curve.activation.parameters}
        results += Report(tuple(found)).of(parameters).results
    return Report(tuple(results))


def code(
    curve: Curve,
    function: Code | None = None,
    gradient: Code | None = None,
    orders: tuple[int, ...] = (1,),
    dtype: str = "",
    timeout: float = TIMEOUT,
    device: str = "",
    **terms: Unpack[Terms],
) -> Report:
    """Import and run somebody's code, and judge whether it computes a curve.

    function, gradient: where it is, as `module:callable` or `path/to/file.py:callable`, and where
    its derivative is; without one, that of order 1 and higher is by the autograd of its framework,
    or order 1 by what its object has, such as `backward`. What follows the colon may have plain
    values: `layers:Elu(0.2).gradient`, `module:f(alpha=0.2)`, `activations:TABLE["gelu"]`. Code
    that takes a parameter of the curve by its name is given it. `lib.so:f` is a function of C, with
    its types if they are not float f(float); a Command is a program.
    dtype: float64 if it is not given, or what the types of C say. device: where the arrays of
    torch, jax or CuPy are made, such as "cuda"; results are brought back.
    Both are called with arrays of shape (n,) and the dtype, and must return the same shape, or in
    the first other form that they take: in place, with an array for the results, in several
    dimensions. For a function of a vector that is a stack of shape (n, 3), whose first component
    varies, one vector at a time, columns, or axis=-1 or dim=-1; for a gated one halves along an
    axis, or two arrays. The report tells what it was. A gradient alone is judged too; it may take
    x, the output, the upstream gradient, or several of them, and give a Jacobian of a vector.
    timeout: the seconds after which the code is ended, whatever it is at.
    terms: how far it may be off, and where it is looked at; see Terms.

    Code that is named runs in a process of its own, so that it may end, crash, hang, print or
    change numpy: that is a failure at most. A callable of this process is called in it, as not
    every one can be taken to another; there is no time limit for it then, what it prints goes to
    standard error, and if it ends the process there is no verdict.

    Results say the worst point of each region for the value and the orders, what becomes of
    special values, and what is behind a failure; the report has the errors over x too.

    Raises UsageError for code that cannot be found or called, for an unknown dtype and for a
    tolerance that is negative or not finite.

    >>> import actviz
    >>> code(actviz.parse_curves(["tanh"])[0], "numpy:tanh").ok
    True
    """
    codes = [each for each in (function, gradient) if each]
    dtype = _dtype_of(codes, dtype)
    within = _asked(terms).of(known_dtype(dtype))
    of = _of(curve.activation)
    _refuse(function, gradient, orders, of, timeout, every=terms.get("every", False))
    alone = not terms.get("every") or not all(isinstance(each, str) for each in codes)
    with ExitStack() as stack:
        count = 1 if alone else cores()
        takes: list[Of] = [of] * (function is not None) + ["gradient"] * (gradient is not None)
        given = codes, dtype, takes, timeout, parameters_of(curve), device
        asked = [stack.enter_context(opened(*given)) for _ in range(count)]
        from actviz.check.foreign.trial import Team
        from actviz.check.foreign.trials import report

        tried, *others = (_trials(curve, of, function is None, each, within) for each in asked)
        helping = [trial for each in others for trial in each]
        team = Team(helping, terms["progress"]) if "progress" in terms else Team(helping)
        return report(tried, orders, _looking(terms), team).of(curve.activation.parameters)


def _refuse(
    function: Code | None,
    gradient: Code | None,
    orders: tuple[int, ...],
    of: Of,
    timeout: float,
    *,
    every: bool,
) -> None:
    """UsageError for what is not to be judged so."""
    if not 0 < timeout <= LONGEST:
        raise UsageError(f"--timeout is a number of seconds, at most {LONGEST:g}, not {timeout!r}.")
    if not (function or gradient):
        raise UsageError("There is no code to judge: name a function or its gradient.")
    if function is None and orders != (1,):
        raise UsageError("--against-derivative alone is of order 1.")
    if gradient is not None and 1 not in orders:
        raise UsageError("--against-derivative is of order 1, which --order leaves out.")
    if of == "pair" and gradient:
        raise UsageError("--against-derivative is for functions of one number or of a vector.")
    if of != "number" and every:
        raise UsageError("--exhaustive is for functions of one number.")


def _trials(
    curve: Curve, of: Of, alone: bool, called: Sequence[Callee], within: Tolerance
) -> Iterator[Trial]:
    """The trials of code, with a derivative beside it or that of its object; or of one alone."""
    from actviz.check.foreign.trials import trials

    if alone:
        return trials(curve, None, None, called[0], within)
    code, *gradient = called
    slope = code.slope() if of == "number" and not gradient else None
    return trials(curve, code, slope, gradient[0] if gradient else None, within)


def _of(activation: Activation) -> Of:
    """What code is a function of that should be this one; UsageError for several outputs."""
    if len(activation.outputs) > 1:
        from actviz.catalogue.kind import refusal
        from actviz.formula.expression import to_text

        each = " or ".join(f"'{to_text(one.definition)}'" for one in activation.outputs)
        raise refusal(activation, f"code is judged that returns one of them, as {each}")
    return "pair" if activation.gated else "vector" if activation.vector else "number"


def _dtype_of(codes: Sequence[Code], asked: str) -> str:
    """The format in which code is judged: what is asked for, or what the types of C say."""
    from actviz.check.foreign import compiled, naming

    dtype = asked
    for code in codes:
        if isinstance(code, str):
            place, text = naming.split(code)
            if compiled.is_library(place):
                dtype = compiled.format_of(text, dtype)
    return dtype or "float64"


def parameters_of(curve: Curve) -> list[Parameter]:
    """The parameters of a curve, by all names that they have; nobody asked for defaults."""
    from actviz.check.foreign.naming import Parameter

    entry = curve.activation.entry
    spellings = dict(entry.parameter_aliases) if entry else {}
    return [
        Parameter([name, *(each for each in spellings if spellings[each] == name)], value,
                  name not in curve.open)
        for name, value in curve.activation.parameters.items()
    ]  # fmt: skip


def data(
    curve: Curve,
    file: str,
    inputs: str = "",
    order: int = 0,
    dtype: str = "",
    **terms: Unpack[Terms],
) -> Report:
    """Judge recorded values: whether the y of a file are a curve, or its derivative, at the x.

    file: .csv with a header, .npy, .npz or .bin (numbers and nothing else, little-endian), with x
    and y, or with y alone if inputs names a file of x; see `actviz.recorded.read`.
    order: of the derivative that y should be, 0 to 4.
    dtype: the format in which the numbers are judged, to which they are rounded first; that of
    the arrays if it is not given, and of text float64.
    terms: as for code.

    Results say the worst point of each region, and what became of the special values that are
    among the x; the report has the errors over x too.

    Raises UsageError for a file that has no such columns, for a curve that is not a function of
    one number, and for a tolerance that is negative or not finite.
    """
    from actviz import recorded
    from actviz.check import recordings

    asked, looking = _asked(terms), _looking(terms)
    recording = recorded.read(file, inputs, dtype)
    report = recordings.report(curve, recording, order, dtype, asked, looking)
    return report.of(curve.activation.parameters)


def inputs_to_record(curves: Sequence[Curve], dtype: str) -> Array:
    """Where to record functions for `data`; all 65,536 numbers of a format of 16 bits.

    Raises UsageError for an unknown dtype, and for curves with several outputs.
    """
    from actviz.check import recordings

    return recordings.to_record(curves, dtype)


def error_series(curves: Sequence[Curve], orders: tuple[int, ...] = (0,)) -> list[ErrorSeries]:
    """The errors of actviz's own numbers over x, against 50 digits, for a figure.

    Raises UsageError without mpmath.
    """
    from actviz.check.oracles import fifty_digits

    if not SOURCES["mpmath"].installed:
        raise UsageError(f"A figure of errors needs mpmath: {SOURCES['mpmath'].install}")
    return [fifty_digits.series(curve, order) for curve in curves for order in orders]


def whole_catalogue(catalogue: Catalogue) -> tuple[Curve, ...]:
    """Every entry with its defaults, as curves."""
    from actviz.catalogue.curve import Curve
    from actviz.catalogue.lookup import activation_of

    entries = catalogue.entries.values()
    return tuple(Curve(activation_of(entry), entry.name, entry.name) for entry in entries)
