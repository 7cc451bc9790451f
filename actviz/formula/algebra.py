"""Algebra that keeps formulas short, and without cancellation.

A product is a coefficient and powers of factors, a sum is a set of such products, common factors
are taken out. That keeps derivatives short enough to read and, what matters more, right: sigmoid''
is ``-sigmoid(x)*sigmoid(-x)*tanh(x/2)``, to the last digits at 1e-300 and at 700.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from actviz.errors import UsageError
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.primitives import OF_VECTOR

MAXIMUM_TERMS = 60  # of a sum on the way
MAXIMUM_TIDIED = 10  # terms of a sum in which differences and denominators are looked for
ZERO, ONE = Number(0.0), Number(1.0)


def too_large() -> UsageError:
    """What is raised where a derivative grows beyond use."""
    return UsageError("The derivative of this formula is too large: ask for a lower order.")


@lru_cache(maxsize=16384)  # the algebra meets the same subtrees again and again
def build(head: str, arguments: tuple[Node, ...]) -> Node:
    """Apply an operator or primitive to simplified arguments, and simplify."""
    match head, arguments:
        case (("+" | "-" | "neg"), _):
            return _sum_node(_sum_of(Apply(head, arguments)))
        case (("*" | "/" | "**"), _):
            return _product_node(_product_of(Apply(head, arguments)))
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


_IN_RANGE = (Fraction(1, 10**307), Fraction(2**1024 - 2**970))  # of the normal float64 numbers


@dataclass(frozen=True)
class _Product:
    """coefficient * product of base**exponent; bases are neither numbers nor products."""

    coefficient: Fraction
    powers: tuple[tuple[Node, Fraction], ...]

    @cached_property
    def key(self) -> frozenset[tuple[Node, int, int]]:
        """What like terms have in common; the hash of a Fraction is slow."""
        return frozenset((base, n.numerator, n.denominator) for base, n in self.powers)

    def times(self, other: _Product) -> _Product:
        powers = dict(self.powers)
        for base, exponent in other.powers:
            powers[base] = powers.get(base, Fraction(0)) + exponent
        kept = _identities({base: n for base, n in powers.items() if n})
        return _Product(self.coefficient * other.coefficient, tuple(kept.items()))

    def scaled(self, factor: Fraction) -> _Product:
        return _Product(self.coefficient * factor, self.powers)

    def inverse(self) -> _Product:
        return _Product(1 / self.coefficient, tuple((base, -n) for base, n in self.powers))


_UNIT = _Product(Fraction(1), ())


def _factor(base: Node, exponent: Fraction | int = 1) -> _Product:
    return _Product(Fraction(1), ((base, Fraction(exponent)),))


def _fraction(value: float) -> Fraction:
    """The number as it is written: 0.1 is a tenth, so that coefficients stay readable."""
    return Fraction(repr(value))


@lru_cache(maxsize=16384)
def _product_of(node: Node) -> _Product:
    match node:
        case Number(value):
            return _Product(_fraction(value), ())
        case Apply("neg", (a,)):
            return _product_of(a).scaled(Fraction(-1))
        case Apply("*", (a, b)):
            left, right = _product_of(a), _product_of(b)
            return _into_where(left, right) or left.times(right)
        case Apply("/", (a, b)):
            bottom = _product_of(b)
            if bottom.coefficient == 0:
                return _factor(node)
            return _product_of(a).times(bottom.inverse())
        case Apply("**", (a, b)) if not (exponent := _product_of(b)).powers:
            return _power_of(node, a, exponent.coefficient)
        case Apply("sqrt", (a,)) if not isinstance(a, Number | Name) or a is X:
            return _factor(a, Fraction(1, 2))
        case Apply("+" | "-", _):
            terms = _sum_of(node)
            if len(terms) != 1 or _sum_node(terms) is node:
                return _factor(node)
            return terms[0]
    return _factor(node)


def _power_of(node: Node, base: Node, exponent: Fraction) -> _Product:
    """base**exponent; a whole exponent goes to every factor."""
    if exponent == 0:
        return _UNIT
    inner = _product_of(base)
    digits = inner.coefficient.numerator.bit_length() + inner.coefficient.denominator.bit_length()
    whole = exponent.denominator == 1 and abs(exponent) <= 64 and digits * abs(exponent) < 2**16
    if whole and (inner.coefficient or exponent > 0):
        powers = tuple((b, n * exponent) for b, n in inner.powers)
        return _Product(inner.coefficient ** int(exponent), powers)
    if isinstance(base, Number):
        return _factor(node)
    return _factor(base, exponent)


def _identities(powers: dict[Node, Fraction]) -> dict[Node, Fraction]:
    """x*sign(x) is abs(x) and abs(x)*sign(x) is x, at 0 as well."""
    for part in list(powers):
        match part:
            case Apply("sign", (u,)) if powers[part] == 1:
                for factor, result in ((u, Apply("abs", (u,))), (Apply("abs", (u,)), u)):
                    if powers.get(factor) == 1:
                        rest = {b: n for b, n in powers.items() if b not in (part, factor)}
                        rest[result] = rest.get(result, Fraction(0)) + 1
                        return rest
    return powers


def _into_where(left: _Product, right: _Product) -> _Product | None:
    """A factor goes into a where that has 0 in a branch: x*where(c, 1, 0) is where(c, x, 0)."""
    for factor, rest in ((left, right), (right, left)):
        match factor.powers:
            case ((Apply("where", (condition, a, b)), exponent),) if exponent == 1:
                if ZERO in (a, b) and rest.powers:
                    other = _product_node(rest.scaled(factor.coefficient))
                    a, b = build("*", (other, a)), build("*", (other, b))
                    return _product_of(_where(condition, a, b))
    return None


def _product_node(product: _Product) -> Node:
    """Numbers first, then the factors in their order, over those with negative exponents."""
    if product.coefficient == 0:
        return ZERO
    magnitude = abs(product.coefficient)
    if not _IN_RANGE[0] <= magnitude <= _IN_RANGE[1]:
        raise UsageError("The derivative has a coefficient beyond the range of float64.")
    above, below = _ratio(magnitude)
    ordered = sorted(product.powers, key=lambda power: _place(power[0]))  # stable
    top = [_power_node(base, n) for base, n in ordered if n > 0]
    bottom = [_power_node(base, -n) for base, n in ordered if n < 0]
    top = ([Number(above)] if above != 1 or not top else []) + top
    bottom = ([Number(below)] if below != 1 else []) + bottom
    if product.coefficient < 0:
        top[0] = _negative(top[0])
    node = _chain("*", top)
    return Apply("/", (node, _chain("*", bottom))) if bottom else node


def _place(base: Node) -> int:
    """Parameters before x before calls before brackets."""
    match base:
        case Name(name):
            return 1 if name == "x" else 0
        case Apply("+" | "-", _):
            return 3
    return 2


def _negative(node: Node) -> Node:
    return Number(-node.value) if isinstance(node, Number) else Apply("neg", (node,))


def _ratio(value: Fraction) -> tuple[float, float]:
    """A positive coefficient as numerator and denominator, or as one decimal number over 1."""
    if value.denominator == 1 or (
        value.numerator < 1000 and value.denominator < 1000 and not _decimal(value)
    ):
        return float(value.numerator), float(value.denominator)
    if value.numerator == 1 and value.denominator in (2, 4, 8, 16):
        return 1.0, float(value.denominator)
    for whole in (1, 3, 6, 7, 9):
        if _decimal(value * whole):
            return float(value * whole), float(whole)
    return float(value), 1.0


def _decimal(value: Fraction) -> bool:
    """Whether a short decimal number is exactly this."""
    return _fraction(float(value)) == value and len(repr(float(value))) < 9


def _power_node(base: Node, exponent: Fraction) -> Node:
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return Apply("sqrt", (base,))
    return Apply("**", (base, Number(float(exponent))))


def _chain(head: str, nodes: list[Node]) -> Node:
    if not nodes:
        return ONE
    result = nodes[0]
    for node in nodes[1:]:
        result = Apply(head, (result, node))
    return result


@lru_cache(maxsize=16384)
def _sum_of(node: Node) -> tuple[_Product, ...]:
    """The terms of a sum, like terms added up."""
    terms: dict[frozenset[tuple[Node, int, int]], _Product] = {}
    found = [term for term in _terms(node) if term.coefficient]
    if len(found) > 1:
        found = [part for term in found for part in _expanded(term)]
    if len(found) > MAXIMUM_TERMS:
        raise too_large()
    for term in found:
        known = terms.get(term.key)
        total = term.coefficient + (known.coefficient if known else 0)
        terms[term.key] = _Product(total, known.powers if known else term.powers)
    return _paired(tuple(term for term in terms.values() if term.coefficient))


def _terms(node: Node) -> Iterable[_Product]:
    match node:
        case Apply("+", (a, b)):
            yield from _terms(a)
            yield from _terms(b)
        case Apply("-", (a, b)):
            yield from _terms(a)
            yield from (term.scaled(Fraction(-1)) for term in _terms(b))
        case Apply("neg", (a,)):
            yield from (term.scaled(Fraction(-1)) for term in _terms(a))
        case _:
            product = _product_of(node)
            match product.powers:
                case ((Apply("+" | "-", _) as inner, exponent),) if exponent == 1:
                    yield from (term.scaled(product.coefficient) for term in _terms(inner))
                case _:
                    yield product


def _expanded(product: _Product) -> Iterable[_Product]:
    """x*(2 - x**2) as 2*x - x**3: a polynomial in x and parameters is written out."""
    sums = [base for base, n in product.powers if n == 1 and _place(base) == 3]
    if len(sums) != 1 or any(_place(base) > 1 for base, _ in product.powers if base is not sums[0]):
        return [product]
    inner = list(_terms(sums[0]))
    if any(_place(base) > 1 or n < 0 for term in inner for base, n in term.powers):
        return [product]
    outer = product.times(_factor(sums[0], -1))
    return [outer.times(term) for term in inner]


def _paired(terms: tuple[_Product, ...]) -> tuple[_Product, ...]:
    """Two terms whose difference cancels as one that does not, by the identities below."""
    known = {term.key: term for term in terms if len(terms) <= MAXIMUM_TIDIED}
    for first in known.values():
        for base, exponent in first.powers:
            if exponent != 1 or not isinstance(base, Apply) or base.head not in _DIFFERENCES:
                continue
            subtracted, difference = _DIFFERENCES[base.head](base.arguments[0])
            rest = first.times(_factor(base, -1))
            swapped = rest.times(_product_of(subtracted)).scaled(Fraction(-1))
            second = known.get(swapped.key)
            if second and second.coefficient == swapped.coefficient:
                joined = rest.times(_product_of(difference))
                return _paired((joined, *(t for t in terms if t not in (first, second))))
    return terms


def _half_tanh(u: Node) -> Node:
    """tanh(u/2), with a minus sign taken out of u."""
    half = build("/", (u, Number(2.0)))
    if _product_of(u).coefficient < 0:
        return Apply("neg", (Apply("tanh", (build("neg", (half,)),)),))
    return Apply("tanh", (half,))


# head: u -> what is subtracted from head(u), and the difference
_DIFFERENCES: dict[str, Callable[[Node], tuple[Node, Node]]] = {
    "sigmoid": lambda u: (Apply("sigmoid", (build("neg", (u,)),)), _half_tanh(u)),
    "exp": lambda u: (ONE, Apply("expm1", (u,))),
    "sum": lambda u: (u, Apply("others", (u,))),
    "tau1": lambda u: (u, Apply("neg", (Apply("excess1", (u,)),))),
    "tau2": lambda u: (u, Apply("neg", (Apply("excess2", (u,)),))),
}


def _sum_node(terms: Sequence[_Product]) -> Node:
    """The terms with their common factors taken out, positive ones first."""
    if not terms:
        return ZERO
    if len(terms) == 1:
        return _product_node(terms[0])
    if quotient := _over_one_denominator(terms):
        return quotient
    common = _common(terms)
    if common.powers or common.coefficient != 1:
        inverse = common.inverse()
        rest = _sum_node(_sum_of(_plain_sum([term.times(inverse) for term in terms])))
        return build("*", (_product_node(common), rest))
    return _plain_sum(terms)


def _over_one_denominator(terms: Sequence[_Product]) -> Node | None:
    """1/r - x**2/r**3 with r = sqrt(1 + x**2) as 1/r**3: without the cancellation far out.

    Done for a bracket in the denominators if multiplying out leaves no more terms than there were.
    """
    below = [base for term in terms for base, n in term.powers if n < 0 and _is_sum(base)]
    if len(terms) > MAXIMUM_TIDIED:
        return None
    for base in tuple(dict.fromkeys(below))[:3]:
        exponents = [dict(term.powers).get(base, Fraction(0)) for term in terms]
        lowest = min(exponents)
        steps = [exponent - lowest for exponent in exponents]
        if max(steps) in (1, 2) and all(n.denominator == 1 for n in steps):
            pairs = zip(terms, exponents, steps, strict=True)
            above = [(term.times(_factor(base, -n)), int(step)) for term, n, step in pairs]
            expanded = [part for term, step in above for part in _distributed(term, base, step)]
            merged = _sum_of(_plain_sum(expanded))
            if len(merged) <= len(terms):
                return build("*", (_sum_node(merged), _product_node(_factor(base, lowest))))
    return None


def _is_sum(base: Node) -> bool:
    """A bracket, or a sum over a vector."""
    return _place(base) == 3 or (isinstance(base, Apply) and base.head == "sum")


def _distributed(term: _Product, base: Node, times: int) -> list[_Product]:
    """term * base**times, multiplied out."""
    parts = [term]
    for _ in range(times):
        parts = [part.times(summand) for part in parts for summand in _terms(base)]
    return parts


def _plain_sum(terms: Sequence[_Product]) -> Node:
    ordered = sorted(terms, key=lambda term: term.coefficient < 0)  # stable: keeps the order
    node = _product_node(ordered[0])
    for term in ordered[1:]:
        head = "-" if term.coefficient < 0 else "+"
        node = Apply(head, (node, _product_node(term.scaled(Fraction(-1 if head == "-" else 1)))))
    return node


def _common(terms: Sequence[_Product]) -> _Product:
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
    return _Product(sign * factor, tuple(shared))


def linear_root(node: Node) -> float | None:
    """The zero of a formula that is linear in x with numbers only, correctly rounded; else None.

    >>> from actviz.formula.expression import parse
    >>> linear_root(parse("0.2*x + 0.5"))
    -2.5
    """
    terms = {term.key: term.coefficient for term in _sum_of(node)}
    slope = terms.pop(_factor(X).key, None)
    constant = terms.pop(frozenset(), Fraction(0))
    return None if slope is None or terms else float(-constant / slope)


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
        case Apply("max" | "min" as select, (Number() as limit, p)), Number() if limit is not p:
            swapped = Apply(select, (p, limit))
            if (solved := _comparison(head, swapped, right)) is not Apply(head, (swapped, right)):
                return solved
        case Number(), Apply("max" | "min", _):
            mirrored = _comparison(_MIRRORED[head], right, left)
            if mirrored is not Apply(_MIRRORED[head], (right, left)):
                return mirrored
    terms = _sum_of(Apply("-", (left, right)))
    slopes = [term for term in terms if term.key == _factor(X).key]
    rest = [term for term in terms if term not in slopes]
    bases = [base for term in rest for base, _ in term.powers]
    if len(slopes) != 1 or any(X in walk(base) for base in bases):
        return Apply(head, (left, right))
    slope = slopes[0].coefficient
    solved = _sum_node([term.scaled(-1 / slope) for term in rest])
    return Apply(head if slope > 0 else _MIRRORED[head], (X, solved))
