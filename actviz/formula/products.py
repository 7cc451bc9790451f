"""A product of powers with a coefficient: multiplied in fractions, and written as a formula."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from actviz.formula.expression import ONE, ZERO, Apply, Name, Node, Number

_IN_RANGE = (Fraction(1, 10**307), Fraction(2**1024 - 2**970))  # of the normal float64 numbers


@dataclass(frozen=True)
class Product:
    """coefficient * product of base**exponent; bases are neither numbers nor products."""

    coefficient: Fraction
    powers: tuple[tuple[Node, Fraction], ...]

    @cached_property
    def key(self) -> frozenset[tuple[Node, int, int]]:
        """What like terms have in common; the hash of a Fraction is slow."""
        return frozenset((base, n.numerator, n.denominator) for base, n in self.powers)

    def times(self, other: Product) -> Product:
        powers = dict(self.powers)
        for base, exponent in other.powers:
            powers[base] = powers.get(base, Fraction(0)) + exponent
        kept = _identities({base: n for base, n in powers.items() if n})
        return Product(self.coefficient * other.coefficient, tuple(kept.items()))

    def scaled(self, factor: Fraction) -> Product:
        return Product(self.coefficient * factor, self.powers)

    def inverse(self) -> Product:
        return Product(1 / self.coefficient, tuple((base, -n) for base, n in self.powers))


UNIT = Product(Fraction(1), ())


def factor_of(base: Node, exponent: Fraction | int = 1) -> Product:
    return Product(Fraction(1), ((base, Fraction(exponent)),))


def fraction(value: float) -> Fraction:
    """The number as it is written: 0.1 is a tenth, so that coefficients stay readable."""
    return Fraction(repr(value))


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
        match part:
            case Apply("abs" | "sign" as head, (u,)):
                below = powers.get(u, Fraction(0))
                if below < 0 < powers[part] and below.denominator == 1:
                    return _of_size(powers, u, head)
    return powers


def _of_size(powers: dict[Node, Fraction], u: Node, head: str) -> dict[Node, Fraction]:
    """abs(u)/u is sign(u), and sign(u)/u is 1/abs(u), where u is not 0, at which neither is."""
    size, sign = Apply("abs", (u,)), Apply("sign", (u,))
    kept = {base: n for base, n in powers.items() if base not in (u, Apply(head, (u,)))}
    signs = int(powers[u]) + (int(powers[sign]) if head == "sign" else 0)
    kept[size] = kept.get(size, Fraction(0)) + powers[u]
    kept[size] += powers[size] if head == "abs" else 0
    kept[sign] = kept.get(sign, Fraction(0)) + signs % 2
    return {base: n for base, n in kept.items() if n}


def product_node(product: Product) -> Node:
    """Numbers first, then the factors in their order, over those with negative exponents."""
    if product.coefficient == 0:
        return ZERO
    above, below = _numbers(abs(product.coefficient))
    ordered = sorted(product.powers, key=lambda power: place(power[0]))  # stable
    top = [_power_node(base, n) for base, n in ordered if n > 0]
    bottom = [_power_node(base, -n) for base, n in ordered if n < 0]
    top = above + top if above != [ONE] or not top else top
    bottom = below + bottom if below != [ONE] else bottom
    if product.coefficient < 0:
        top[0] = _negative(top[0])
    node = _chain("*", top)
    return Apply("/", (node, _chain("*", bottom))) if bottom else node


def _numbers(magnitude: Fraction) -> tuple[list[Node], list[Node]]:
    """A positive coefficient above and below a bar: several numbers where float64 has not one."""
    over: list[Node] = []
    under: list[Node] = []
    while magnitude > _IN_RANGE[1]:
        over, magnitude = [Number(1e300), *over], magnitude / 10**300
    while magnitude < _IN_RANGE[0]:
        under, magnitude = [Number(1e300), *under], magnitude * 10**300
    above, below = (Number(value) for value in _ratio(magnitude))
    return [above, *over], [below, *under] if below is not ONE or not under else under


def place(base: Node) -> int:
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
    return fraction(float(value)) == value and len(repr(float(value))) < 9


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
