"""How each property is written: one row of the table each, for every writer."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the names of the rows stand in help pages, which must not wait for numpy
    from actviz.formula.breakpoints import Breakpoint
    from actviz.properties.extent import Extent
    from actviz.properties.record import Properties
    from actviz.properties.roots import Roots, Stretch

FEW = 5  # so many points are written out
UNKNOWN = "unknown"


# The columns that a spreadsheet has for one property, by what is added to its name.
SCALAR = ("",)
SIDES = ("_left", "_right")
ENDS = tuple(
    f"_{end}{told}" for end in ("lower", "upper") for told in ("", "_attained", "_at")
)  # the fields of Extent


@dataclass(frozen=True)
class Row:
    """A property: its name (of a column or key), its label for people, and how it is written.

    write gives its words, if it is known; text adds how sure it is.

    ends: what is added to the name for the columns of a spreadsheet, where each cell is a scalar.
    measured: whether it is measured here and now, not computed, and so only told if asked for.
    """

    name: str
    label: str
    write: Callable[[Any], str]
    ends: tuple[str, ...] = SCALAR
    measured: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns in a spreadsheet."""
        return tuple(self.name + end for end in self.ends)

    def text(self, found: Properties) -> str:
        """What people read of it: with a mark if it is not proven, 'unknown' if it is not known."""
        if not self.measured and getattr(found, self.name) is None:
            return UNKNOWN
        known = found.known(self.name)
        return self.write(found) + (known.mark if known else "")

    def value(self, found: Properties) -> Any:
        """What it is as dicts, lists, numbers and texts; None if it is not known."""
        return _listed(getattr(found, self.name))

    def parts(self, found: Properties) -> tuple[Any, ...]:
        """What stands in these columns: a number, a word, a truth value or None."""
        from actviz.formula.breakpoints import Breakpoint
        from actviz.properties.extent import Extent
        from actviz.properties.roots import Roots

        match getattr(found, self.name):
            case Extent() as values:
                return tuple(getattr(values, end.removeprefix("_")) for end in self.ends)
            case Roots() as roots:
                return (_exact_roots(roots),)
            case Mapping() as counts:
                return (sum(counts.values()),)
            case (Breakpoint(), *_) | () as points:
                return (" ".join(repr(point.x) for point in points),)
            case None:
                return (None,) * len(self.ends)
            case tuple() as sides:
                return sides
            case scalar:
                return (scalar,)


def number(value: float) -> str:
    """Seven digits, 'none' for NaN.

    >>> number(-0.27846454), number(float("nan"))
    ('-0.2784645', 'none')
    """
    return "none" if math.isnan(value) else f"{value + 0.0:.7g}"


def _extent(values: Extent) -> str:
    """The interval as mathematicians write it, and where its ends are taken or approached."""
    left, right = "[" if values.lower_attained else "(", "]" if values.upper_attained else ")"
    within = "" if values.filled else "within "  # not all values between the ends may be taken
    text = f"{within}{left}{number(values.lower)}, {number(values.upper)}{right}"
    ends = (
        _end("min", values.lower, values.lower_attained, values.lower_at),
        _end("max", values.upper, values.upper_attained, values.upper_at),
    )
    places = " and ".join(filter(None, ends))
    return f"{text}, {places}" if places else text


def _end(word: str, y: float, attained: bool, at: float | None) -> str:
    if at is None or math.isinf(y) or math.isinf(at):
        return ""
    return f"{word} at {number(at)}" if attained else f"{word} approached at {number(at)}"


def _pair(limits: tuple[float, float]) -> str:
    return f"{number(limits[0])} at -inf, {number(limits[1])} at inf"


def _roots(roots: Roots) -> str:
    if not roots:
        return "none"
    parts = [(p, f"x = {number(p)}") for p in roots.points]
    if len(parts) > FEW:
        nearest = sorted(parts, key=lambda part: abs(part[0]))[:FEW]
        parts = [*sorted(nearest), (math.inf, "...")]
    elif math.isfinite(roots.within):
        parts.append((math.inf, "..."))
    parts += [(i.lower, _stretch(i)) for i in roots.intervals]
    return ", ".join(text for _, text in sorted(parts, key=lambda part: part[0]))


def _exact_roots(roots: Roots) -> str:
    """All digits, with blanks between; an interval as lower:upper; ... for those farther out.

    >>> from actviz.properties import Roots, Stretch
    >>> _exact_roots(Roots((-1.0, 0.1), (Stretch(1.0, False, math.inf, False),), math.inf))
    '-1.0 0.1 1.0:inf'
    """
    parts = [(x, repr(x)) for x in roots.points]
    parts += [(each.lower, f"{each.lower!r}:{each.upper!r}") for each in roots.intervals]
    more = ["..."] if math.isfinite(roots.within) else []
    return " ".join([*(text for _, text in sorted(parts)), *more])


def _stretch(stretch: Stretch) -> str:
    lower = f"{number(stretch.lower)} {'<=' if stretch.lower_closed else '<'} "
    upper = f" {'<=' if stretch.upper_closed else '<'} {number(stretch.upper)}"
    match (math.isinf(stretch.lower), math.isinf(stretch.upper)):
        case (True, True):
            return "every x"
        case (True, False):
            return f"x{upper}"
        case (False, True):
            return f"x {'>=' if stretch.lower_closed else '>'} {number(stretch.lower)}"
    return f"{lower}x{upper}"


def _smoothness(found: Any) -> str:
    if found.smoothness == 4 and not found.breakpoints:
        return "smooth"
    if found.smoothness == 4:
        return "smooth inside its domain"
    name = "discontinuous" if found.smoothness < 0 else f"C{found.smoothness}"
    broken = "f" + "'" * (found.smoothness + 1)
    places = [number(x) for x in found.breaks_at(found.smoothness + 1)]
    told = ", ".join(places[:FEW]) + (", ..." if len(places) > FEW else "")
    return f"{name}, {broken} breaks at {told}"


def _breakpoints(found: Properties) -> str:
    """What breaks at each point, those alike together."""
    kinds: dict[str, list[str]] = {}
    for point in found.breakpoints:
        kinds.setdefault(_broken(point), []).append(number(point.x))
    told = (f"{k} at {', '.join(v[:FEW])}{', ...' * (len(v) > FEW)}" for k, v in kinds.items())
    return "; ".join(told) or "none"


def _broken(point: Breakpoint) -> str:
    if point.pole:
        return "pole"
    return ("jump", "kink", "jump of f''", "jump of f'''", "jump of f''''")[point.order]


def _saturation(found: Any) -> str:
    return f"{found.saturation[0]} on the left, {found.saturation[1]} on the right"


def _flat(found: Any) -> str:
    left, right = found.flat
    if left == math.inf or right == -math.inf:
        return "everywhere"
    parts = ["" if math.isnan(left) else f"x < {number(left)}"]
    parts.append("" if math.isnan(right) else f"x > {number(right)}")
    return ", ".join(filter(None, parts)) or "no tail"


def _zero_centred(found: Properties) -> str:
    return "yes" if found.zero_centred else "no"


def _range(found: Any) -> str:
    """The range; that of 1/x is without 0, which lies between the ends."""
    across = found.range.lower < 0 < found.range.upper and found.smoothness == -1
    whole = not across or found.zeros is None or found.zeros or not found.proved_of("zeros")
    return _extent(found.range) + ("" if whole else ", without 0")


def _derivative_range(found: Any) -> str:
    return _extent(found.derivative_range)


def _derivative_limits(found: Any) -> str:
    return _pair(found.derivative_limits)


def _inflection_points(found: Any) -> str:
    return _roots(found.inflection_points)


def _mean(value: float | None) -> str:
    return UNKNOWN if value is None else number(value)


def _derivative_second_moment(found: Properties) -> str:
    return _mean(found.derivative_second_moment)


def _operations(found: Properties) -> str:
    kinds = ", ".join(f"{n} {kind}" if n > 1 else kind for kind, n in found.operations.items())
    return f"{found.cost} ({kinds})" if kinds else "0"


def _nanoseconds(found: Properties) -> str:
    return "not measured" if found.nanoseconds is None else duration(found.nanoseconds)


def duration(nanoseconds: float) -> str:
    """A measured time: three digits, of which the last is noise."""
    return f"{nanoseconds:.3g}"


# fmt: off
ROWS: tuple[Row, ...] = (
    # name                          label                   how it is written
    Row("range",                    "range of f",           _range, ENDS),
    Row("derivative_range",         "range of f'",          _derivative_range, ENDS),
    Row("limits",                   "limits of f",          lambda p: _pair(p.limits), SIDES),
    Row("derivative_limits",        "limits of f'",         _derivative_limits, SIDES),
    Row("zeros",                    "zeros",                lambda p: _roots(p.zeros)),
    Row("fixed_points",             "fixed points",         lambda p: _roots(p.fixed_points)),
    Row("inflection_points",        "inflection points",    _inflection_points),
    Row("monotone",                 "monotone",             lambda p: p.monotone),
    Row("parity",                   "odd or even",          lambda p: p.parity),
    Row("convexity",                "convex or concave",    lambda p: p.convexity),
    Row("bounded",                  "bounded",              lambda p: p.bounded),
    Row("smoothness",               "smoothness",           _smoothness),
    Row("breakpoints",              "breakpoints",          _breakpoints),
    Row("saturation",               "saturation",           _saturation, SIDES),
    Row("flat",                     "|f'| < 0.01 for",      _flat, SIDES),
    Row("lipschitz",                "Lipschitz constant",   lambda p: number(p.lipschitz)),
    Row("zero_centred",             "zero-centred",         _zero_centred),
    Row("mean",                     "mean of f(z)",         lambda p: _mean(p.mean)),
    Row("second_moment",            "mean of f(z)^2",       lambda p: _mean(p.second_moment)),
    Row("derivative_second_moment", "mean of f'(z)^2",      _derivative_second_moment),
    Row("gain",                     "gain of values",       lambda p: _mean(p.gain)),
    Row("derivative_gain",          "gain of gradients",    lambda p: _mean(p.derivative_gain)),
    Row("operations",               "operations per value", _operations),
    Row("nanoseconds",              "nanoseconds per value", _nanoseconds, measured=True),
)
# fmt: on


def plain(found: Properties) -> dict[str, Any]:
    """The properties as dicts, lists, numbers and texts, by the names of ROWS and 'name'."""
    told = {row.name: row.value(found) for row in ROWS}
    within = {"breakpoints_within": found.breakpoints_within}
    return {"name": found.name, **told, **within, "proved": found.proved}


def _listed(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _listed(each) for key, each in value.items()}
        case list() | tuple():
            return [_listed(each) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _listed(dataclasses.asdict(value))
    return value
