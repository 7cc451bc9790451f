"""Algebra that keeps formulas short, and without cancellation.

A product is a coefficient and powers of factors, a sum is a set of such products, common factors
are taken out. That keeps derivatives short enough to read and, what matters more, right: sigmoid''
is ``-sigmoid(x)*sigmoid(-x)*tanh(x/2)``, to the last digits at 1e-300 and at 700.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from actviz.errors import UsageError
from actviz.formula.expression import (
    COMPARISONS,
    ONE,
    ZERO,
    Apply,
    Name,
    Node,
    Number,
    X,
    rebuild,
    walk,
)
from actviz.formula.primitives import OF_VECTOR
from actviz.formula.products import UNIT, Product, factor_of, fraction, place, product_node

MAXIMUM_TERMS = 60  # of a sum on the way
POSITIVE = frozenset({"sech", "cosh"})
MAXIMUM_TIDIED = 10  # terms of a sum in which differences and denominators are looked for


def too_large() -> UsageError:
    """What is raised where a derivative grows beyond use."""
    return UsageError("The derivative of this formula is too large: ask for a lower order.")


@lru_cache(maxsize=16384)  # the algebra meets the same subtrees again and again
def build(head: str, arguments: tuple[Node, ...]) -> Node:
    """Apply an operator or primitive to simplified arguments, and simplify."""
    match head, arguments:
        case (("+" | "-" | "neg"), _):
            return _sum_node(sum_of(Apply(head, arguments)))
        case (("*" | "/" | "**"), _):
            return product_node(product_of(Apply(head, arguments)))
        case "where", (condition, a, b):
            return _where(condition, a, b)
        case _, (left, right) if head in COMPARISONS:
            return _comparison(head, left, right)
        case "hypot", (u, v) if X in walk(v) and X not in walk(u):
            return Apply("hypot", (v, u))
        case (("sqrt" | "exp" | "log"), (Number(value),)) if (head, value) in _EXACT:
            return _EXACT[head, value]
        case "spherical_jn", (Number(0.0), u):
            return Apply("sinc", (u,))
        case "log", (Name("e"),):
            return ONE
    return Apply(head, arguments)


def simplify(node: Node) -> Node:
    """The tree built anew bottom-up by the same algebra."""
    done: dict[Node, Node] = {}
    for part in walk(node):
        if isinstance(part, Apply):
            done[part] = build(part.head, tuple(done[a] for a in part.arguments))
        else:
            done[part] = part
    return done[node]


_EXACT = {
    ("sqrt", 0.0): ZERO,
    ("sqrt", 1.0): ONE,
    ("sqrt", 4.0): Number(2.0),
    ("exp", 0.0): ONE,
    ("log", 1.0): ZERO,
}


@lru_cache(maxsize=16384)
def product_of(node: Node) -> Product:
    """The formula as a number and powers of what is no product itself."""
    match node:
        case Number(value):
            return Product(fraction(value), ())
        case Apply("neg", (a,)):
            return product_of(a).scaled(Fraction(-1))
        case Apply("*", (a, b)):
            left, right = product_of(a), product_of(b)
            return _into_where(left, right) or left.times(right)
        case Apply("/", (a, b)):
            bottom = product_of(b)
            if bottom.coefficient == 0:
                return factor_of(node)
            return product_of(a).times(bottom.inverse())
        case Apply("**", (a, b)) if not (exponent := product_of(b)).powers:
            return _power_of(node, a, exponent.coefficient)
        case Apply("sqrt", (a,)) if root := _root_of(product_of(a)):
            return root
        case Apply("sqrt", (a,)) if not isinstance(a, Number | Name) or a is X:
            return factor_of(a, Fraction(1, 2))
        case Apply("+" | "-", _):
            terms = sum_of(node)
            if len(terms) != 1 or _sum_node(terms) is node:
                return factor_of(node)
            return terms[0]
    return factor_of(node)


def _root_of(product: Product) -> Product | None:
    """The square root of powers of what is positive everywhere, such as sech(x)**2."""
    positive = all(isinstance(b, Apply) and b.head in POSITIVE for b, _ in product.powers)
    if product.coefficient != 1 or not positive or not product.powers:
        return None
    return Product(product.coefficient, tuple((base, n / 2) for base, n in product.powers))


def _power_of(node: Node, base: Node, exponent: Fraction) -> Product:
    """base**exponent; a whole exponent goes to every factor."""
    if exponent == 0:
        return UNIT
    inner = product_of(base)
    digits = inner.coefficient.numerator.bit_length() + inner.coefficient.denominator.bit_length()
    whole = exponent.denominator == 1 and abs(exponent) <= 64 and digits * abs(exponent) < 2**16
    if whole and (inner.coefficient or exponent > 0):
        powers = tuple((b, n * exponent) for b, n in inner.powers)
        return Product(inner.coefficient ** int(exponent), powers)
    if isinstance(base, Number):
        return factor_of(node)
    return factor_of(base, exponent)


def _into_where(left: Product, right: Product) -> Product | None:
    """A factor goes into a where that has 0 in a branch: x*where(c, 1, 0) is where(c, x, 0)."""
    for factor, rest in ((left, right), (right, left)):
        match factor.powers:
            case ((Apply("where", (condition, a, b)), exponent),) if exponent == 1:
                if ZERO in (a, b) and rest.powers:
                    other = product_node(rest.scaled(factor.coefficient))
                    a, b = build("*", (other, a)), build("*", (other, b))
                    return product_of(_where(condition, a, b))
    return None


@lru_cache(maxsize=16384)
def sum_of(node: Node) -> tuple[Product, ...]:
    """The terms of a sum, like terms added up, and without what cancels."""
    terms: dict[frozenset[tuple[Node, int, int]], Product] = {}
    found = [term for term in terms_of(node) if term.coefficient]
    if len(found) > 1:
        found = [part for term in found for part in _expanded(term)]
    if len(found) > MAXIMUM_TERMS:
        raise too_large()
    for term in found:
        known = terms.get(term.key)
        total = term.coefficient + (known.coefficient if known else 0)
        terms[term.key] = Product(total, known.powers if known else term.powers)
    return _paired(tuple(term for term in terms.values() if term.coefficient))


def terms_of(node: Node) -> Iterable[Product]:
    """What is added up, one by one, like terms apart."""
    match node:
        case Apply("+", (a, b)):
            yield from terms_of(a)
            yield from terms_of(b)
        case Apply("-", (a, b)):
            yield from terms_of(a)
            yield from (term.scaled(Fraction(-1)) for term in terms_of(b))
        case Apply("neg", (a,)):
            yield from (term.scaled(Fraction(-1)) for term in terms_of(a))
        case _:
            product = product_of(node)
            match product.powers:
                case ((Apply("+" | "-", _) as inner, exponent),) if exponent == 1:
                    yield from (term.scaled(product.coefficient) for term in terms_of(inner))
                case _:
                    yield product


def _expanded(product: Product) -> Iterable[Product]:
    """x*(2 - x**2) as 2*x - x**3: a polynomial in x and parameters is written out."""
    sums = [base for base, n in product.powers if n == 1 and place(base) == 3]
    if len(sums) != 1 or any(place(base) > 1 for base, _ in product.powers if base is not sums[0]):
        return [product]
    inner = list(terms_of(sums[0]))
    if any(place(base) > 1 or n < 0 for term in inner for base, n in term.powers):
        return [product]
    outer = product.times(factor_of(sums[0], -1))
    return [outer.times(term) for term in inner]


def _paired(terms: tuple[Product, ...]) -> tuple[Product, ...]:
    """Two terms whose difference cancels as one that does not, by the identities below."""
    known = {term.key: term for term in terms if len(terms) <= MAXIMUM_TIDIED}
    for first in known.values():
        for base, exponent in first.powers:
            if not isinstance(base, Apply):
                continue
            for of in _DIFFERENCES.get((base.head, exponent), ()):
                subtracted, difference = of(base.arguments[0])
                rest = first.times(factor_of(base, -exponent))
                swapped = rest.times(product_of(subtracted)).scaled(Fraction(-1))
                second = known.get(swapped.key)
                if second and second.coefficient == swapped.coefficient:
                    joined = rest.times(product_of(difference))
                    return _paired((joined, *(t for t in terms if t not in (first, second))))
    return terms


def _half_tanh(u: Node) -> Node:
    """tanh(u/2), with a minus sign taken out of u."""
    half = build("/", (u, Number(2.0)))
    if product_of(u).coefficient < 0:
        return Apply("neg", (Apply("tanh", (build("neg", (half,)),)),))
    return Apply("tanh", (half,))


def _square(head: str, u: Node, sign: int = 1) -> Node:
    square = Apply("**", (Apply(head, (u,)), Number(2.0)))
    return square if sign > 0 else Apply("neg", (square,))


# head and power: u -> what is subtracted from head(u)**power, and the difference
_DIFFERENCES: dict[tuple[str, Fraction | int], tuple[Callable[[Node], tuple[Node, Node]], ...]] = {
    ("sigmoid", 1): (lambda u: (Apply("sigmoid", (build("neg", (u,)),)), _half_tanh(u)),),
    ("exp", 1): (lambda u: (ONE, Apply("expm1", (u,))),),
    ("sum", 1): (lambda u: (u, Apply("others", (u,))),),
    ("tau1", 1): (lambda u: (u, Apply("neg", (Apply("excess1", (u,)),))),),
    ("tau2", 1): (lambda u: (u, Apply("neg", (Apply("excess2", (u,)),))),),
    ("tanh", 2): (lambda u: (ONE, _square("sech", u, -1)),),
    ("sin", 2): (
        lambda u: (ONE, _square("cos", u, -1)),
        lambda u: (_square("cos", u, -1), ONE),
    ),
    ("cos", 2): (lambda u: (ONE, _square("sin", u, -1)),),
    ("sinh", 2): (lambda u: (Number(-1.0), _square("cosh", u)),),
    ("cosh", 2): (
        lambda u: (ONE, _square("sinh", u)),
        lambda u: (_square("sinh", u), ONE),
    ),
}  # fmt: skip


def _sum_node(terms: Sequence[Product]) -> Node:
    """The terms with their common factors taken out, positive ones first."""
    if not terms:
        return ZERO
    if len(terms) == 1:
        return product_node(terms[0])
    if quotient := _over_one_denominator(terms):
        return quotient
    common = _common(terms)
    if common.powers or common.coefficient != 1:
        inverse = common.inverse()
        rest = _sum_node(sum_of(plain_sum([term.times(inverse) for term in terms])))
        return build("*", (product_node(common), rest))
    return plain_sum(terms)


def _over_one_denominator(terms: Sequence[Product]) -> Node | None:
    """1/r - x**2/r**3 with r = sqrt(1 + x**2) as 1/r**3: without the cancellation far out.

    Done for a bracket in the denominators if multiplying out leaves no more terms than there were.
    """
    below = [base for term in terms for base, n in term.powers if n < 0 and is_sum(base)]
    if len(terms) > MAXIMUM_TIDIED:
        return None
    for base in tuple(dict.fromkeys(below))[:3]:
        exponents = [dict(term.powers).get(base, Fraction(0)) for term in terms]
        lowest = min(exponents)
        steps = [exponent - lowest for exponent in exponents]
        if max(steps) in (1, 2) and all(n.denominator == 1 for n in steps):
            pairs = zip(terms, exponents, steps, strict=True)
            above = [(term.times(factor_of(base, -n)), int(step)) for term, n, step in pairs]
            expanded = [part for term, step in above for part in distributed(term, base, step)]
            merged = sum_of(plain_sum(expanded))
            if len(merged) <= len(terms):
                return build("*", (_sum_node(merged), product_node(factor_of(base, lowest))))
    return None


def is_sum(base: Node) -> bool:
    """A bracket, or a sum over a vector."""
    return place(base) == 3 or (isinstance(base, Apply) and base.head == "sum")


def distributed(term: Product, base: Node, times: int) -> list[Product]:
    """term * base**times, multiplied out."""
    parts = [term]
    for _ in range(times):
        parts = [part.times(summand) for part in parts for summand in terms_of(base)]
    return parts


def plain_sum(terms: Sequence[Product]) -> Node:
    """The terms as they are, positive ones first."""
    ordered = sorted(terms, key=lambda term: term.coefficient < 0)  # stable: keeps the order
    node = product_node(ordered[0])
    for term in ordered[1:]:
        head = "-" if term.coefficient < 0 else "+"
        node = Apply(head, (node, product_node(term.scaled(Fraction(-1 if head == "-" else 1)))))
    return node


def _common(terms: Sequence[Product]) -> Product:
    """The calls and brackets that every term has, to the smallest power; -1 if all are negative."""
    shared: list[tuple[Node, Fraction]] = []
    others = [dict(term.powers) for term in terms[1:]]
    for base, exponent in terms[0].powers:
        exponents = [exponent, *(powers.get(base, Fraction(0)) for powers in others)]
        if isinstance(base, Name) and base is X:
            continue
        if min(exponents) > 0:
            shared.append((base, min(exponents)))
        elif max(exponents) < 0:
            shared.append((base, max(exponents)))
    sign = Fraction(-1) if all(term.coefficient < 0 for term in terms) else Fraction(1)
    same = {abs(term.coefficient) for term in terms}
    factor = same.pop() if len(same) == 1 else Fraction(1)
    return Product(sign * factor, tuple(shared))


# --- branches ----------------------------------------------------------------------------------


def _where(condition: Node, a: Node, b: Node) -> Node:
    match condition:
        case Apply(head, (Number(left), Number(right))):
            return a if _HOLDS[head](left, right) else b
        case Apply("<" | "<=" | ">" | ">=" as head, (p, q)):
            larger, smaller = (p, q) if head in (">", ">=") else (q, p)
            a = _decided(_given_order(a, larger, smaller), condition, 1)
            b = _decided(_given_order(b, smaller, larger), condition, 2)
    return a if a is b else Apply("where", (condition, a, b))


def _decided(node: Node, condition: Node, branch: int) -> Node:
    """The node where a condition is decided: a where with the same condition is that branch."""
    replaced: dict[Node, Node] = {
        part: part.arguments[branch]
        for part in walk(node)
        if isinstance(part, Apply) and part.head == "where" and part.arguments[0] is condition
    }
    return rebuild(node, replaced | _of_vector(node), build) if replaced else node


def _given_order(node: Node, larger: Node, smaller: Node) -> Node:
    """The node where larger >= smaller is known: their max is the larger one."""
    replaced: dict[Node, Node] = {}
    for pair in ((larger, smaller), (smaller, larger)):
        replaced[Apply("max", pair)] = larger
        replaced[Apply("min", pair)] = smaller
    return rebuild(node, replaced | _of_vector(node), build)


def _of_vector(node: Node) -> dict[Node, Node]:
    """The parts of a node that speak of every component, to be left as they are."""
    parts = (part for part in walk(node) if isinstance(part, Apply))
    return {part: part for part in parts if part.head in OF_VECTOR or part.head == "pick"}


_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda p, q: p < q,
    "<=": lambda p, q: p <= q,
    ">": lambda p, q: p > q,
    ">=": lambda p, q: p >= q,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _comparison(head: str, left: Node, right: Node) -> Node:
    """A comparison made by a rule, solved for x where it is linear: x + 3 < 6 is x < 3.

    Rounding makes x + 3 reach 6 before x reaches 3; the derivative of clip(x + 3, 0, 6) there
    would be that of the wrong branch.
    """
    match left, right:
        case Apply("max", (p, Number(low))), Number(bound) if low < bound:
            return _comparison(head, p, right)
        case Apply("min", (p, Number(high))), Number(bound) if high > bound:
            return _comparison(head, p, right)
        case Apply("max" | "min" as select, (Number() as limit, p)), Number() if not isinstance(
            p, Number
        ):
            swapped = Apply(select, (p, limit))
            if (solved := _comparison(head, swapped, right)) is not Apply(head, (swapped, right)):
                return solved
        case Number(), Apply("max" | "min", _):
            mirrored = _comparison(_MIRRORED[head], right, left)
            if mirrored is not Apply(_MIRRORED[head], (right, left)):
                return mirrored
    terms = sum_of(Apply("-", (left, right)))
    slopes = [term for term in terms if term.key == factor_of(X).key]
    rest = [term for term in terms if term not in slopes]
    bases = [base for term in rest for base, _ in term.powers]
    if len(slopes) != 1 or any(X in walk(base) for base in bases):
        return Apply(head, (left, right))
    slope = slopes[0].coefficient
    solved = _sum_node([term.scaled(-1 / slope) for term in rest])
    return Apply(head if slope > 0 else _MIRRORED[head], (X, solved))
