"""What `check` judges: a table from the option that says so to the public function that does it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actviz import check
from actviz.catalogue.curve import Curve
from actviz.errors import UsageError


@dataclass(frozen=True)
class Judgement:
    """A row: a function, whether it is of one curve, and by what names it takes options."""

    function: Callable[..., check.Report]
    single: bool
    takes: Mapping[str, str]


def judge(curves: Sequence[Curve], given: Mapping[str, Any]) -> check.Report:
    """The report of the judgement that the options given ask for, by the names of JUDGEMENTS."""
    option = next((key for key in JUDGEMENTS if key in given), "")
    judgement = JUDGEMENTS[option]
    if judgement.single and len(curves) != 1:
        raise UsageError(f"--{option} needs exactly one curve, not {len(curves)}.")
    subject = curves[0] if judgement.single else curves
    named = {judgement.takes[name]: given[name] for name in judgement.takes if name in given}
    report = judgement.function(subject, **named)
    return report.judged(given.get("strict", False), given.get("ignore", ()))


def write_inputs(file: str, curves: Sequence[Curve], dtype: str | None) -> None:
    """Write where to record curves, and print the path."""
    from actviz import files
    from actviz.recorded.writing import WRITERS, written

    if file == "-":
        raise UsageError("--write-inputs takes a file, whose suffix says how it is written.")
    suffixes = {suffix: suffix for suffix in WRITERS}
    suffix = files.choose_format(file, None, suffixes, ".npy")
    (path,) = files.output_paths(file, ["inputs"], suffix.removeprefix("."))
    named = dtype or "float64"
    content = written(check.inputs_to_record(curves, named), named, suffix)
    files.write(path, content, binary=suffix != ".csv")
    files.write_standard_output(os.fsencode(path) + b"\n")


def _derivative(curve: Curve, orders: tuple[int, ...] = (1,), **rest: Any) -> check.Report:
    if len(orders) > 1:
        raise UsageError("--derivative is of one order from 1 to 4.")
    return check.derivative(curve, order=orders[0], **rest)


def _data(curve: Curve, orders: tuple[int, ...] = (0,), **rest: Any) -> check.Report:
    if len(orders) > 1:
        raise UsageError("--data is of one order from 0 to 4.")
    return check.data(curve, order=orders[0], **rest)


def _code(curve: Curve, line: str | None = None, raw: bool = False, **rest: Any) -> check.Report:
    """Judge code, or a program, which has no derivative of its own."""
    if line is not None:
        orders = (1,) if "gradient" in rest else (0,)
        rest = {"function": check.Command(line, raw), "orders": orders, **rest}
    return check.code(curve, **rest)


# fmt: off
AGAINST = {
    "against": "function", "against-derivative": "gradient", "order": "orders", "dtype": "dtype",
    "rtol": "rtol", "atol": "atol", "ulp": "ulp", "range": "within", "seed": "seed",
    "exhaustive": "every", "timeout": "timeout", "progress": "progress", "device": "device",
}
JUDGEMENTS = {
    "": Judgement(check.curves, False,
        {"order": "orders", "oracle": "oracles", "progress": "progress"}),
    "derivative": Judgement(_derivative, True,
        {"derivative": "formula", "order": "orders", "oracle": "oracles", "range": "within"}),
    "equals": Judgement(check.equal, False,
        {"equals": "other", "range": "within", "atol": "atol"}),
    "against": Judgement(_code, True, AGAINST),
    "command": Judgement(_code, True,
        {"command": "line", "raw": "raw", "against-derivative": "gradient", "order": "orders",
         "dtype": "dtype", "rtol": "rtol", "atol": "atol", "ulp": "ulp", "range": "within",
         "seed": "seed", "timeout": "timeout"}),
    "against-derivative": Judgement(_code, True, {**AGAINST, "command": "line"}),
    "data": Judgement(_data, True,
        {"data": "file", "inputs": "inputs", "order": "orders", "dtype": "dtype", "rtol": "rtol",
         "atol": "atol", "ulp": "ulp", "range": "within"}),
}
# fmt: on
