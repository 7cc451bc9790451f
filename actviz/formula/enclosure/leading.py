"""The leading terms of a formula far out, from those of its parts."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from actviz.formula.breaks import spelled
from actviz.formula.enclosure import growth
from actviz.formula.enclosure.bounds import compiled, run
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.growth import POLES, Range, Scale, Series, Term, Unknown
from actviz.formula.enclosure.rules import domain
from actviz.formula.expression import (
    COMPARISONS,
    CONSTANTS,
    Apply,
    Name,
    Node,
    Number,
    X,
    rebuild,
    walk,
)
from actviz.formula.parsing import parse
from actviz.formula.primitives import ENCLOSING, LEADING, OF_ORDER, PRIMITIVES, STEPS

DEEPEST = 1024  # of the powers that are multiplied out
IN_FLOATS, MOST_FACTORS = 512, 1024  # an exponent whose exp is one; factors of larger ones
ALMOST = Fraction(1, 10**9)  # a share of the last term: what is missing is less, somewhere far out


class Undefined(Exception):
    """Far out, the formula has no value."""


def floats(found: Range) -> tuple[float, float]:
    """The nearest floats around it; the largest and inf of what is beyond."""
    return _below(found.low), -_below(-found.high)


def _below(value: Fraction) -> float:
    try:
        nearest = float(value)
    except OverflowError:
        return LARGEST if value > 0 else -math.inf
    return nearest if Fraction(nearest) <= value else math.nextafter(nearest, -math.inf)


def series(tree: Node, known: dict[Node, Series]) -> Series:
    """The leading terms of a formula, from those of the names in it; of branches, the one taken."""
    if tree not in known:
        try:
            known[tree] = _of_parts(tree, known)
        except (Unknown, OverflowError):
            if any(isinstance(part, Name) and part.id not in CONSTANTS for part in walk(tree)):
                raise
            known[tree] = growth.constant(enclosed(tree))
    return known[tree]


def _of_parts(tree: Node, known: dict[Node, Series]) -> Series:
    match tree:
        case Number(value):
            return growth.constant(growth.number(value))
        case Name("pi" | "e" as name):
            return growth.constant(enclosed(Name(name)))
        case Apply("where", (condition, a, b)):
            return series(a if holds(condition, known) else b, known)
        case Apply("**", (u, v)):
            steps = any(isinstance(p, Apply) and p.head in STEPS for p in walk(spelled(v)))
            return _power(series(u, known), series(v, known), steps)
        case Apply(head, arguments):
            return _applied(head, [series(each, known) for each in arguments])
    raise Unknown


def holds(condition: Node, known: dict[Node, Series]) -> bool:
    assert isinstance(condition, Apply) and condition.head in COMPARISONS
    p, q = (series(side, known) for side in condition.arguments)
    difference = growth.add(p, growth.negate(q))
    if difference is POLES or (difference.terms and difference.lead.waves is not False):
        raise Unknown
    sign = difference.sign
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[condition.head]


def _applied(head: str, given: list[Series]) -> Series:
    match head, given:
        case "+", (u, v):
            return growth.add(u, v)
        case "-", (u, v):
            return growth.add(u, growth.negate(v))
        case "*", (u, v):
            return growth.multiply(u, v)
        case "/", (u, v):
            if not v.terms and v.exact:
                raise Undefined
            return growth.multiply(u, growth.inverse(v))
        case "neg", (u,):
            return growth.negate(u)
        case "exp", (u,):
            return _exp(u)
        case "log", (u,):
            return _log(u)
    if any(each is POLES for each in given):
        raise Unknown
    return _primitive(head, given)


def enclosed(node: Node, **given: Range) -> Range:
    """A primitive of coefficients, enclosed."""
    names: dict[Node, Node] = {Name(name): X for name in given}
    (value,) = given.values() or (growth.ONE,)
    low, high = (np.array([end]) for end in floats(value))
    (part,) = run(compiled([rebuild(node, names)], {}), low, high)
    least, most = map(float, part.ends[:, 0])
    if math.isnan(least):
        raise Undefined
    if not part.continuous[0] or math.isinf(most - least):
        raise Unknown
    return Range(Fraction(least), Fraction(most), (node, value) if least < most else None)


def _exp(u: Series) -> Series:
    """What goes to inf or -inf becomes a scale, a constant a coefficient."""
    if u is POLES:
        raise Unknown
    if u.terms and u.goes == 0 and u.lead.waves is not False:
        return _of_wave("exp", u)
    if any(t.waves is not False and t.scale.sign >= 0 for t in u.terms):
        raise Unknown
    u, scale, factor = _without_a_vast_constant(u), Scale(), growth.ONE
    last = u.terms[-1] if u.terms and not u.exact else None
    if last is not None and last.scale.sign > 0:
        # what is missing is a share of the last term, which varies
        first = Range(1 - ALMOST, 1 + ALMOST, (object(),))
        u = Series((*u.terms[:-1], Term(last.range * first, last.scale)), True)
    small: list[Term] = []
    for term in u.terms:
        if term.scale.sign > 0:
            scale = scale + _as_scale(term)
        elif term.scale.sign == 0:
            factor = exp_of_constant(term.range)
        else:
            small.append(term)
    first_order = Series((Term(growth.ONE, Scale()), *small[:1]), u.exact and not small)
    return growth.multiply(Series((Term(factor, scale),), True), first_order)


def _without_a_vast_constant(u: Series) -> Series:
    """Of which exp can hardly be written: only a share of the term before it, if there is one."""
    for i, term in enumerate(u.terms):
        if i and term.scale.sign == 0 and _factors(term.range) > MOST_FACTORS:
            return Series(u.terms[:i], False)
    return u


def exp_of_constant(u: Range) -> Range:
    """Also where no float is as large or small, as e**-90000."""
    n = _factors(u)
    if not 1 < n <= MOST_FACTORS:
        return enclosed(Apply("exp", (Name("u"),)), u=u)
    part = Range(u.low / n, u.high / n, None if u.single else ("/", u, n))
    return enclosed(Apply("exp", (Name("u"),)), u=part) ** n


def _factors(u: Range) -> int:
    """Of how many that are floats exp is the product."""
    return math.ceil(max(abs(u.low), abs(u.high)) / IN_FLOATS)


def _as_scale(term: Term) -> Scale:
    """A term that goes to inf as the logarithm of something: 2*log(x) is that of x**2."""
    key: growth.Key = growth.LOG if term.scale == _LOGARITHM.lead.scale else term.scale
    return Scale(((key, term.range),))


_LOGARITHM = Series((Term(growth.ONE, Scale(((growth.LOGLOG, growth.ONE),))),), True)  # of x


def _log(u: Series) -> Series:
    """The scale of the first term, and the logarithm of its coefficient."""
    if u is POLES:
        raise Unknown
    if not u.terms and u.exact:
        raise Undefined
    lead = u.lead
    if lead.waves is not False or lead.range.sign < 0:
        raise Undefined if lead.waves is False else Unknown
    if not lead.scale.parts and lead.range == growth.ONE:
        if len(u.terms) == 1 and not u.exact:
            raise Unknown
        return Series(u.terms[1:2], u.exact and len(u.terms) == 1)
    found = growth.constant(enclosed(Apply("log", (Name("u"),)), u=lead.range))
    if lead.range == growth.ONE:
        found = Series((), True)
    for key, a in lead.scale.parts:
        part = _monomial(key)
        found = growth.add(found, growth.multiply(growth.constant(a), part))
    if len(u.terms) == 1 and u.exact:
        return found
    if len(u.terms) > 1:
        rest = growth.multiply(Series(u.terms[1:2], False), growth.inverse(Series((lead,), True)))
        return growth.add(found, rest)
    return Series(found.terms, False)


def _monomial(key: growth.Key) -> Series:
    if isinstance(key, Scale):
        return Series((Term(growth.ONE, key),), True)
    if key != growth.LOG:
        raise Unknown  # log(log(log(x)))
    return _LOGARITHM


def _power(u: Series, v: Series, steps: bool) -> Series:
    """u**v; multiplied out if v is a small whole number.

    Of a negative u it is undefined where v is no whole number: nearly everywhere, unless v steps or
    is a constant that is only enclosed.
    """
    if v.exact and not v.terms:
        return growth.constant(growth.ONE)
    if u is not POLES and u.exact and not u.terms:
        return _power_of_zero(u, v)
    fixed = v.exact and len(v.terms) == 1 and not v.lead.scale.parts and v.lead.range.single
    if not fixed:
        try:
            return _exp(growth.multiply(v, _log(u)))
        except Undefined:
            if steps or _may_be_whole(v):
                raise Unknown from None
            raise
    exponent = v.lead.range.low
    if exponent.denominator == 1 and abs(exponent) <= DEEPEST:
        return _whole_power(u, int(exponent))
    if u is POLES:
        raise Unknown
    if u.lead.range.sign > 0:
        return _exp(growth.multiply(v, _log(u)))
    if exponent.denominator != 1:
        raise Undefined
    size = _exp(growth.multiply(v, _log(growth.negate(u))))
    return growth.negate(size) if exponent % 2 else size


def _power_of_zero(u: Series, v: Series) -> Series:
    if v is POLES or (v.terms and v.lead.waves is not False):
        raise Unknown
    if v.sign < 0:
        raise Undefined
    return u


def _may_be_whole(v: Series) -> bool:
    """Whether it is a constant, as far as is known, that may be a whole number."""
    if not v.terms or any(term.scale.parts for term in v.terms):
        return False
    return math.ceil(v.lead.range.low) <= v.lead.range.high


def _whole_power(u: Series, n: int) -> Series:
    if n < 0:
        return growth.inverse(_whole_power(u, -n))
    if u is POLES:
        return POLES
    lead = u.lead
    if len(u.terms) == 1 or n > 4:
        found = lead.range**n
        scale = lead.scale.times(growth.number(n))
        return Series((Term(found, scale, lead.waves),), u.exact and len(u.terms) == 1)
    result = u
    for _ in range(n - 1):
        result = growth.multiply(result, u)
    return result


def _primitive(head: str, given: list[Series]) -> Series:
    """By its leading terms where its last argument goes to 0 or inf, by its value in between."""
    u = given[-1]
    if len(given) > 1 and head not in OF_ORDER:
        return _leading(head, "by definition", given)
    if u.goes > 0:
        if head in STEPS:
            kept = tuple(t for t in u.terms if t.scale.sign > 0)
            return Series(kept, False)
        kind = ENCLOSING[head].kind.split()[0]
        if u.lead.waves is not False:
            raise Unknown
        if kind == "wave":
            swings = Range(Fraction(-1), Fraction(1), (object(),))
            return Series((Term(swings, Scale(), True),), True)
        if kind == "branches":
            return POLES
        return _leading(head, "inf" if u.lead.range.sign > 0 else "-inf", given)
    if u.goes < 0:
        return _leading(head, "0", given)
    if len(given) > 1:
        raise Unknown
    if u.lead.waves is not False:
        return _of_wave(head, u)
    at = u.lead.range
    if head in STEPS:  # which may step there
        at = Range(at.low - ALMOST, at.high + ALMOST)
    alone = u.exact and len(u.terms) == 1
    try:
        value = enclosed(Apply(head, (Name("u"),)), u=at)
    except Unknown:
        if alone or head in STEPS:
            raise
        return _defined(head, given)  # at the end of its domain
    if not alone and domain(head) and not _is_inside(head, at):
        found = _defined(head, given)  # if it does not come there from outside
        return found if value.sign == 0 else Series((Term(value, Scale()),), False)
    if value.sign == 0:
        raise Unknown
    return Series((Term(value, Scale()),), alone)


def _is_inside(head: str, at: Range) -> bool:
    """Whether a primitive is defined all around a number."""
    try:
        enclosed(Apply(head, (Name("u"),)), u=Range(at.low - ALMOST, at.high + ALMOST))
    except (Unknown, Undefined):
        return False
    return True


def _of_wave(head: str, u: Series) -> Series:
    """A function that rises or falls takes all values between two again and again, too."""
    if ENCLOSING[head].kind not in ("u", "-u") or head in STEPS:
        raise Unknown
    value = enclosed(Apply(head, (Name("u"),)), u=u.lead.range)
    return Series((Term(value, Scale(), u.lead.waves),), u.exact and len(u.terms) == 1)


def _leading(head: str, where: str, given: list[Series]) -> Series:
    if head not in LEADING:
        return _defined(head, given)
    text = LEADING[head][where]
    if text == "undefined":
        raise Undefined
    found = _read(text, head, given)
    return Series(found.terms, False) if found.terms else found


def _defined(head: str, given: list[Series]) -> Series:
    return _read(PRIMITIVES[head].definition, head, given)


def _read(text: str, head: str, given: list[Series]) -> Series:
    """A formula in the names of a primitive's arguments."""
    if not text:
        raise Unknown
    names = map(Name, PRIMITIVES[head].arguments)
    known: dict[Node, Series] = dict(zip(names, given, strict=True))
    return series(spelled(parse(text)), known)
