"""What the terms of a formula tell: a quotient and its two parts, its powers, a straight line."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from actviz.formula.algebra import (
    MAXIMUM_TERMS,
    distributed,
    is_sum,
    plain_sum,
    product_of,
    sum_of,
    terms_of,
    too_large,
)
from actviz.formula.expression import Apply, Name, Node, Number, X
from actviz.formula.products import Product, factor_of, product_node


def quotient(node: Node) -> tuple[Node, Node] | None:
    """Numerator and denominator of a formula, its terms over one denominator; None if it has none.

    Raises UsageError for what is too large.

    >>> from actviz.formula.expression import to_text
    >>> from actviz.formula.parsing import parse
    >>> [to_text(part) for part in quotient(parse("sin(x)/x**2 - cos(x)/x")) or ()]
    ['sin(x) - x*cos(x)', 'x**2']
    """
    terms, below = _multiplied_out(sum_of(node)), dict[Node, Fraction]()
    for term in terms:
        for base, exponent in term.powers:
            if exponent < 0:
                below[base] = max(below.get(base, Fraction(0)), -exponent)
    if not below:
        return None
    bottom = Product(Fraction(1), tuple(below.items()))
    return plain_sum([term.times(bottom) for term in terms]), product_node(bottom)


def powers_of(node: Node) -> tuple[tuple[Node, Fraction], ...]:
    """The bases of a product with their exponents, without its number."""
    return product_of(node).powers


def _multiplied_out(terms: Iterable[Product]) -> tuple[Product, ...]:
    """The terms of a sum, without brackets that have denominators inside."""
    done: list[Product] = []
    for term in terms:
        for base, exponent in term.powers:
            if (
                exponent == 1
                and is_sum(base)
                and any(n < 0 for inner in terms_of(base) for _, n in inner.powers)
            ):
                rest = term.times(factor_of(base, -1))
                done += _multiplied_out(distributed(rest, base, 1))
                break
        else:
            done.append(term)
        if len(done) > MAXIMUM_TERMS:
            raise too_large()
    return sum_of(plain_sum(done)) if done else ()


def linear(node: Node) -> tuple[Fraction, Fraction] | None:
    """Slope and constant of a formula that is linear in x with numbers only; else None."""
    terms = {term.key: term.coefficient for term in sum_of(node)}
    slope = terms.pop(factor_of(X).key, None)
    constant = terms.pop(frozenset(), Fraction(0))
    return None if slope is None or terms else (slope, constant)


def line(node: Node) -> tuple[Fraction, Fraction] | None:
    """The same with each number as the float64 that values are computed with; None, if written so.

    >>> from actviz.formula.parsing import parse
    >>> linear(parse("10*x/5"))[0], line(parse("x*0.1")) == (Fraction(0.1), 0)
    (Fraction(2, 1), True)
    """
    match node:
        case Number(value):
            return Fraction(0), Fraction(value)
        case Name("x"):
            return Fraction(1), Fraction(0)
        case Apply("neg", (u,)) if known := line(u):
            return -known[0], -known[1]
        case Apply(head, (u, v)) if (first := line(u)) and (second := line(v)):
            (slope, rest), (rise, shift) = first, second
            match head:
                case "+":
                    return slope + rise, rest + shift
                case "-":
                    return slope - rise, rest - shift
                case "*" if not (slope and rise):
                    return slope * shift + rise * rest, rest * shift
                case "/" if shift and not rise:
                    return slope / shift, rest / shift
    return None


def linear_root(node: Node) -> float | None:
    """The zero of a formula that is linear in x with numbers only, correctly rounded; else None.

    >>> from actviz.formula.parsing import parse
    >>> linear_root(parse("0.2*x + 0.5"))
    -2.5
    """
    found = linear(node)
    return None if found is None else float(-found[1] / found[0])
