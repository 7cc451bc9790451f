"""Where PyTorch, torch.compile and JAX are wrong: rows that tests/atlas/survey.py has measured.

The file is read when it is asked for; nothing of a framework is imported.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from actviz.catalogue.sources import built_in

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation

COLUMNS = (
    *("curve", "framework", "device", "dtype", "order", "fault"),
    *("from", "to", "x", "gives", "true"),
)
DIGITS, FEWER = 4, 3  # of places, rounded to the inside of a stretch; of where digits are lost
MIRRORED = 0.1  # of their size: stretches on both sides of 0 that differ less are told as one
PLAIN, TENTH = 100, 0.1  # eps and of the value: lost digits that people are told of are more
TIMES = 2.0  # from here on an error is told as a multiple of the value
PERCENT = 1e-3  # and from here on in percent
GIVEN = {"zero": "0", "nan": "NaN", "inf": "inf"}  # what is given in place of a number


class Deviation(NamedTuple):
    """From where to where a framework's numbers have a fault, and one x with what it gives there.

    curve: the function's name, of one of two numbers with the one that is given behind it.
    order: of the derivative, 0 for the value. fault: "zero", "nan" and "inf" are what is given
    throughout in place of another number; "digits" are lost at some x in between, most of them at
    x; "special" is at NaN or an infinity; "convention" is another derivative at a kink.
    """

    curve: str
    framework: str
    device: str
    dtype: str
    order: int
    fault: str
    lower: float
    upper: float
    x: float
    gives: float
    true: float

    @property
    def single(self) -> bool:
        """Whether it is at a single number."""
        return self.fault in ("special", "convention")

    @property
    def relative(self) -> float:
        """The error at x, relative to the true number."""
        return abs(self.gives - self.true) / abs(self.true) if self.true else math.inf

    @property
    def matters(self) -> bool:
        """Whether people are told: of lost digits if they are two, or a tenth of the value."""
        return self.fault != "digits" or self.relative > min(PLAIN * self._format["eps"], TENTH)

    @property
    def first(self) -> bool:
        """Whether it begins with the first of all numbers."""
        return self.lower == -self._format["largest"]

    @property
    def last(self) -> bool:
        """Whether it goes on to the last of all numbers."""
        return self.upper == self._format["largest"]

    @property
    def _format(self) -> Mapping[str, float]:
        found: Mapping[str, float] = atlas()["formats"][self.dtype]
        return found

    def record(self) -> dict[str, Any]:
        """The row by the names of COLUMNS."""
        return dict(zip(COLUMNS, self, strict=True))


@cache
def atlas() -> Mapping[str, Any]:
    """The file: columns, formats, versions of what was measured by device, and rows."""
    import json

    text = files("actviz.info").joinpath("atlas.json").read_text("ascii")
    read: Mapping[str, Any] = json.loads(text)
    return read


def known(name: str) -> list[Deviation]:
    """All deviations of a function of the catalogue."""
    rows = (row for row in atlas()["rows"] if row[0].partition(":")[0] == name)
    return [Deviation(*row[:6], *map(_number, row[6:])) for row in rows]


def _number(value: float | str | None) -> float:
    """A number as JSON has it."""
    return math.nan if value is None else float(value)


def deviations(activation: Activation) -> Sequence[Deviation]:
    """Those of a function of the catalogue as it is there: others were not measured."""
    entry = activation.entry
    if entry is None or built_in().get(entry.name) != entry:
        return ()
    usual = dict(activation.parameters) == dict(entry.parameters)
    return known(entry.name) if usual else ()


def sentences(found: Sequence[Deviation]) -> list[str]:
    """What matters of them, for people: a sentence for each fault, with who has it in front."""
    versions = {
        device: {name: f"{name} {version}" for name, version in frameworks.items()}
        for device, frameworks in atlas()["measured"].items()
    }
    told: dict[tuple[str, str], list[str]] = {}
    for framework, device in dict.fromkeys((one.framework, one.device) for one in found):
        own = [one for one in found if (one.framework, one.device) == (framework, device)]
        for sentence in faults(own):
            told.setdefault((device, sentence), []).append(versions[device][framework])
    return [
        f"{_listed(whose)} on {device}: {sentence}" for (device, sentence), whose in told.items()
    ]


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def faults(found: Sequence[Deviation]) -> list[str]:
    """The same of one framework on one device: of stretches first, then at single numbers."""
    single = [one for one in found if one.single]
    stretches: dict[tuple[int, str], dict[str, list[Deviation]]] = {}
    for one in found:
        if one.matters and not one.single:
            lines = stretches.setdefault((one.order, one.fault), {})
            lines.setdefault(one.curve, []).append(one)
    told = [_stretches(same) for lines in stretches.values() for same in _same([*lines.values()])]
    return [*told, *_points(single)]


def _same(lines: Sequence[list[Deviation]]) -> list[list[list[Deviation]]]:
    """Those of several lines of a function together that have a fault in the same places."""
    together = list[list[list[Deviation]]]()
    for line in lines:
        beside = next((each for each in together if _beside(each[0], line)), None)
        if beside is None:
            together.append([line])
        else:
            beside.append(line)
    return together


def _beside(one: Sequence[Deviation], two: Sequence[Deviation]) -> bool:
    """Whether stretches are of the same formats, and nearly the same."""
    if [each.dtype for each in one] != [each.dtype for each in two]:
        return False
    pairs = zip(one, two, strict=True)
    ends = ((a, b) for x, y in pairs for a, b in ((x.lower, y.lower), (x.upper, y.upper)))
    return all(math.isclose(a, b, rel_tol=MIRRORED) for a, b in ends)


def _points(found: Sequence[Deviation]) -> list[str]:
    """What is given at single numbers: those of the same formats together."""
    formats: dict[str, list[str]] = {}
    for one in found:
        formats.setdefault(at_a_point(one) + _line(one.curve), []).append(one.dtype)
    together: dict[str, list[str]] = {}
    for text, dtypes in formats.items():
        together.setdefault(_formats(dtypes), []).append(text)
    return [f"{', '.join(texts)} {where}" for where, texts in together.items()]


def _line(*curves: str) -> str:
    """Along which lines a function of two numbers is one of a single number."""
    lines = [curve.partition(":")[2] for curve in curves]
    return f" along {_listed(lines)}" * bool(lines[0])


def _called(order: int) -> str:
    return "f" + "'" * order


def _stretches(lines: Sequence[Sequence[Deviation]]) -> str:
    """Where a fault is, in each format; what the numbers are is told of the first."""
    curves, (first, *_) = [line[0].curve for line in lines], lines[0]
    places: dict[str, list[str]] = {}
    for dtype in dict.fromkeys(one.dtype for one in lines[0]):
        where = stretch(*([one for one in line if one.dtype == dtype] for line in lines))
        places.setdefault(where, []).append(dtype)
    begin, *others = (f"{_formats(dtypes)} {where}" for where, dtypes in places.items())
    brief = [each.replace(" for ", " ").replace("(true ", "(").replace("(by up to ", "(")
             for each in others]  # fmt: skip
    told = ", ".join([begin, *brief])
    return f"{_called(first.order)}{_line(*curves)} {verb(first.fault)} {told}"


def verb(fault: str) -> str:
    """What a function does in stretches of a fault."""
    return "loses digits" if fault == "digits" else f"is {GIVEN[fault]}"


def stretch(*lines: Sequence[Deviation]) -> str:
    """Where the stretches of one fault are, and how large the error is.

    lines: those of a function, or of several lines of one that have them in the same places.
    """
    where = f"for {_places([_common(same) for same in zip(*lines, strict=True)])}"
    every = [one for line in lines for one in line]
    if every[0].fault == "digits":
        return f"{where} (by up to {size(max(one.relative for one in every))})"
    largest = [max(line, key=lambda one: abs(one.true)).true for line in lines]
    told = largest if every[0].fault == "zero" else [one.true for one in every]
    return f"{where} (true {' and '.join(dict.fromkeys(f'{y + 0.0:.2g}' for y in told))})"


def _common(same: Sequence[Deviation]) -> Deviation:
    """One stretch for several lines: where all have it, and of digits where any loses them."""
    outside, inside = (min, max) if same[0].fault == "digits" else (max, min)
    lower, upper = outside(one.lower for one in same), inside(one.upper for one in same)
    return same[0]._replace(lower=lower, upper=upper)


def size(relative: float) -> str:
    """A relative error in words.

    >>> size(86.2), size(0.9999), size(0.014), size(1e-10)
    ('86 times', '100 %', '1.4 %', '1e-10')
    """
    if math.isinf(relative):
        return "more than 1e+308 times"
    if relative >= TIMES:
        return f"{relative:.2g} times"
    return f"{float(f'{100 * relative:.2g}'):g} %" if relative >= PERCENT else f"{relative:.2g}"


def at_a_point(one: Deviation) -> str:
    """A number at a single x, and what it should be."""
    x, given, true = (
        f"{value + 0.0:.2g}".replace("nan", "NaN") for value in (one.x, one.gives, one.true)
    )
    beside = "here" if one.fault == "convention" else "true"
    return f"{_called(one.order)}({x}) = {given} ({beside} {true})"


def _formats(dtypes: Sequence[str]) -> str:
    """In which formats."""
    if len(dtypes) == len(atlas()["formats"]):
        return "in every format"
    return f"in {_listed(dtypes)}"


def _places(found: Sequence[Deviation]) -> str:
    """Where stretches are, in words; of two that mirror each other, what both have."""
    left = [one for one in found if one.upper < 0]
    told = list[str]()
    for one in (one for one in found if one.upper >= 0):
        twin = next((each for each in left if _alike(each, one)), None)
        if twin is None:
            told.append(_place(one))
        else:
            left.remove(twin)
            lower, upper = max(one.lower, -twin.upper), min(one.upper, -twin.lower)
            told.append(_place(one._replace(lower=lower, upper=upper), "|x|"))
    return " and ".join([*map(_place, left), *told])


def _alike(left: Deviation, right: Deviation) -> bool:
    """Whether stretches mirror each other."""
    ends = (-left.upper, right.lower), (-left.lower, right.upper)
    return all(math.isclose(*pair, rel_tol=MIRRORED) for pair in ends)


def _place(one: Deviation, x: str = "x") -> str:
    """Where a stretch is, told by rounding its ends to the inside."""
    digits = FEWER if one.fault == "digits" else DIGITS
    low, high = inside(one.lower, True, digits), inside(one.upper, False, digits)
    if one.first and one.last:
        return "every x"
    if one.last:
        return f"{x} >= {low:.4g}"
    if one.first:
        return f"{x} <= {high:.4g}"
    if low < 0 < high and math.isclose(-low, high, rel_tol=MIRRORED):
        return f"|x| <= {min(-low, high):.4g}"
    return f"{x} from {low:.4g} to {high:.4g}" if low < high else f"{x} = {one.x:.4g}"


def inside(x: float, up: bool, digits: int = DIGITS) -> float:
    """x with few digits, rounded up or down.

    >>> inside(-8.3743889, up=False)
    -8.375
    """
    if x == 0:
        return x
    rounded = float(f"{x:.{digits - 1}e}")
    if rounded < x if up else rounded > x:
        step = 10.0 ** (math.floor(math.log10(abs(x))) - digits + 1)
        rounded = float(f"{rounded + (step if up else -step):.{digits - 1}e}")
    return rounded
