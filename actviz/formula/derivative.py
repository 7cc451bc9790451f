"""The derivative of a formula, as a formula again, by the rules of the table of primitives.

A rule is a formula in u, v, w and du, dv, dw; putting the arguments in builds the derivative by
the algebra of :mod:`actviz.formula.algebra`, which simplifies as it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from actviz.formula.algebra import build, too_large
from actviz.formula.expression import (
    COMPARISONS,
    ONE,
    ZERO,
    Apply,
    Name,
    Node,
    Number,
    rebuild,
    walk,
)
from actviz.formula.parsing import parse, parse_rule
from actviz.formula.primitives import ARGUMENTS, DERIVATIVES, OF_VECTOR, PRIMITIVES, REDUCTIONS

MAXIMUM_ORDER = 4
MAXIMUM_NODES = 1500  # of a derivative; the fourth of a large formula can be beyond use
MAXIMUM_WRITTEN = 20_000  # the same without sharing: what its text would hold


@lru_cache(maxsize=1024)
def differentiate(node: Node, wrt: str = "x") -> Node:
    """The simplified derivative with respect to x or to a parameter.

    At the switch of a branch it is that of the branch the formula takes there. Of a function of a
    whole vector it is the derivative of each component by itself.

    Raises UsageError if the derivative is too large to be of use.

    >>> from actviz.formula.expression import to_text
    >>> from actviz.formula.parsing import parse
    >>> to_text(differentiate(parse("sigmoid(x)")))
    'sigmoid(x)*sigmoid(-x)'
    >>> to_text(differentiate(parse("where(x > 0, x, alpha*x)"), "alpha"))
    'where(x > 0, 0, x)'
    """
    done: dict[Node, Node] = {}
    for part in walk(node):
        done[part] = _derivative(part, done, wrt)
    if _is_too_large(done[node]):
        raise too_large()
    return done[node]


def exactly(node: Node, derive: Callable[[Node], Node]) -> Node:
    """A derivative for evaluation, in which no number is rounded.

    That of x**0.3 is printed with the exponent -0.7, and has the float64 0.3 less 1, which is no
    float64: at 1e300 that is a hundred units. Here it stays 0.3 - 1, which evaluation has exactly;
    and so do sums and products of numbers, of which terms that cancel would leave the rounding.
    """
    names: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply("**", (_, exponent)) if _may_be_rounded(exponent):
                names.setdefault(exponent, Name(f"exponent {len(names)}"))
    named = _exponents_named(node, names) if names else node
    back = {name: exponent for exponent, name in names.items()}
    numbers = [part for part in walk(named) if isinstance(part, Number) and _may_be_rounded(part)]
    names = {part: Name(f"constant {i}") for i, part in enumerate(numbers)}
    back |= {name: part for part, name in names.items()}
    derived = derive(rebuild(named, names))
    quotients = {part: _quotient(part) for part in walk(derived) if _is_decimal(part)}
    return rebuild(rebuild(derived, quotients), back, _solved)


def _solved(head: str, arguments: tuple[Node, ...]) -> Node:
    """One node of a formula as it stands, but a condition on x solved for it."""
    return build(head, arguments) if head in COMPARISONS else Apply(head, arguments)


def _is_decimal(part: Node) -> bool:
    return isinstance(part, Number) and _may_be_rounded(part) and abs(part.value) < 1e6


def _quotient(part: Node) -> Node:
    """A rational coefficient as that, 2/5, which evaluation has exactly, and not 0.4."""
    assert isinstance(part, Number)
    value = Fraction(repr(part.value))
    if value.denominator > 10**6:
        return part
    return Apply("/", (Number(float(value.numerator)), Number(float(value.denominator))))


def _may_be_rounded(exponent: Node) -> bool:
    """Whether it is a constant that is no short binary number: no small whole or half one."""
    match exponent:
        case Number(value):
            return not (value * 64).is_integer() or abs(value) > 2.0**20
        case Apply():
            return not any(isinstance(part, Name) for part in walk(exponent))
    return False


def _exponents_named(node: Node, names: Mapping[Node, Node]) -> Node:
    done: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply("**", (u, exponent)):
                done[part] = Apply("**", (done[u], names.get(exponent, done[exponent])))
            case Apply(head, arguments):
                done[part] = Apply(head, tuple(done[argument] for argument in arguments))
            case _:
                done[part] = part
    return done[node]


def _is_too_large(node: Node) -> bool:
    written: dict[Node, int] = {}
    for part in walk(node):
        arguments = part.arguments if isinstance(part, Apply) else ()
        written[part] = 1 + sum(written[argument] for argument in arguments)
    return len(written) > MAXIMUM_NODES or written[node] > MAXIMUM_WRITTEN


def _derivative(part: Node, done: dict[Node, Node], wrt: str) -> Node:
    """The derivative of one node, those of its arguments being known."""
    match part:
        case Name(name):
            return ONE if name == wrt else ZERO
        case Apply(head, (u,)) if head in OF_VECTOR:
            return vector_rule(part, done, own) if wrt == "x" else total(head, u, done[u])
        case Apply():
            return chain_rule(part, done)
    return ZERO


Gain: TypeAlias = Callable[[str, Node, Node], Node]  # head, u, slope: what a change of u brings


def own(head: str, u: Node, slope: Node) -> Node:
    """What a reduction of u gains if the component itself of u changes at this slope."""
    return _put_in(_rule(head), {Name("u"): u, Name("du"): slope})


def total(head: str, u: Node, slopes: Node) -> Node:
    """What becomes of a function of the vector u if every component changes at its slope."""
    if head in REDUCTIONS:
        summed = own(head, u, slopes)
        return summed if summed is ZERO else build("sum", (summed,))
    return _by_definition(head, u, slopes, lambda part: total(part.head, u, slopes))


def vector_rule(part: Apply, slopes_of: Mapping[Node, Node], gain: Gain) -> Node:
    """The derivative of a function of the vector u by one of the components.

    gain says what comes of the change of that component of u alone.
    """
    if part.head in REDUCTIONS:
        return _reduction_rule(part, gain)
    (u,) = part.arguments
    return _by_definition(part.head, u, slopes_of[u], lambda each: _reduction_rule(each, gain))


def _reduction_rule(part: Apply, gain: Gain) -> Node:
    """The derivative of a reduction of u by one of the components.

    A reduction inside u changes with every component, and u changes with it everywhere: that comes
    on top of the gain.
    """
    head, u = part.head, _of_reductions(part.arguments[0])
    inner = [node for node in walk(u) if isinstance(node, Apply) and node.head in REDUCTIONS]
    names: dict[Node, Node] = {node: Name(f"held {i}") for i, node in enumerate(inner)}
    bare = rebuild(u, names)
    held = {name: node for node, name in names.items()}
    result = gain(head, u, rebuild(differentiate(bare), held, build))
    for i, node in enumerate(inner):
        along = total(head, u, rebuild(differentiate(bare, f"held {i}"), held, build))
        result = build("+", (result, build("*", (along, _reduction_rule(node, gain)))))
    return result


def _of_reductions(u: Node) -> Node:
    """u with all that differs from component to component written out over reductions."""
    parts = [node for node in walk(u) if isinstance(node, Apply) and node.head in OF_VECTOR]
    written: dict[Node, Node] = {
        part: rebuild(parse(PRIMITIVES[part.head].definition), {Name("u"): part.arguments[0]})
        for part in parts
        if part.head not in REDUCTIONS
    }
    return rebuild(u, written)


def _by_definition(head: str, u: Node, slope: Node, reduced: Callable[[Apply], Node]) -> Node:
    """The derivative of sum(u) - u and the like, given those of u and of the reduction of it."""
    known: dict[Node, Node] = {Name("u"): slope}
    definition = parse(PRIMITIVES[head].definition)
    for part in walk(definition):
        match part:
            case Apply(inner, _) if inner in REDUCTIONS:
                known[part] = reduced(Apply(inner, (u,)))
            case Apply():
                known[part] = chain_rule(part, known)
    return known[definition]


def chain_rule(part: Apply, slopes_of: Mapping[Node, Node]) -> Node:
    """The derivative of an operator or primitive, given those of its arguments."""
    match part:
        case Apply("where", (condition, a, b)):
            return build("where", (condition, slopes_of[a], slopes_of[b]))
        case Apply(head, _) if head in COMPARISONS:
            return ZERO
        case Apply("**", (base, _)) if base is ZERO:
            return ZERO  # it is 0 or 1, and log(0) is no number
    slopes = tuple(slopes_of[argument] for argument in part.arguments)
    if all(slope is ZERO for slope in slopes):
        return ZERO
    names = ARGUMENTS[part.head]
    places: dict[Node, Node] = {
        Name(name): node for name, node in zip(names, part.arguments, strict=True)
    }
    places |= {Name(f"d{name}"): node for name, node in zip(names, slopes, strict=True)}
    return _put_in(_rule(part.head), places)


@lru_cache
def _rule(head: str) -> Node:
    """The table's rule for an operator or primitive, with du multiplied in where it is implied."""
    rule = parse_rule(DERIVATIVES[head])
    total = any(isinstance(part, Name) and part.id == "du" for part in walk(rule))
    constant = rule is ZERO
    return rule if total or constant else Apply("*", (rule, Name("du")))


def _put_in(rule: Node, places: Mapping[Node, Node]) -> Node:
    return rebuild(rule, places, build)
