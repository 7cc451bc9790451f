"""Odd or even, proven: by the formula of f(-x), or by points that speak against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.formula.algebra import simplify
from actviz.formula.arrays import Array
from actviz.formula.branchwise import same_branches
from actviz.formula.derivative import differentiate
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.mesh import Subject
from actviz.formula.expression import Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.kernels import kernel
from actviz.formula.primitives import ENCLOSING, STEPS
from actviz.formula.total import total
from actviz.properties import shape
from actviz.properties.proof import Known
from actviz.properties.questions import Questions

Form: TypeAlias = tuple[int, int]  # a sign, and the number of what is left of a formula without it
Numbers: TypeAlias = dict[object, int]  # equal parts have equal numbers
NONE: Mapping[str, str] = MappingProxyType({})
POINTS = 1e4 * np.linspace(0.0, 1.0, 16) ** 5  # what is looked at, on both sides
BESIDE = np.array([0.75, 1.0, 1.25])  # as are those at a breakpoint and around it, and the anchors


def parity(q: Questions) -> Known[str]:
    """'odd', 'even', 'both' (the zero function) or 'neither'."""
    seen = shape.parity(q.survey)
    if not q.knows(0):
        return Known(seen, False)
    breaks = np.array([abs(point.x) for point in q.survey.breakpoints])
    right = np.unique([*POINTS, *np.outer(breaks, BESIDE).flat, *np.abs(q.survey.anchors)])
    odd, even = _spoken_against(q, np.concatenate([-right[:0:-1], right]))
    if odd and even:
        return Known("neither", True)
    f = q.activation
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in f.parameters.items()}
    tree = simplify(rebuild(f.definition, values))
    if tree == Number(0.0):
        return Known("both", True)
    if (found := mirrored(tree)) is not None:
        return Known(found, True)
    if _same_on_both_sides(f, seen):
        return Known(seen, True)
    wrong = (seen in ("odd", "both") and odd) or (seen in ("even", "both") and even)
    return Known(None if wrong else seen, False)


def _same_on_both_sides(f: Activation, seen: str) -> bool:
    """Whether f(-x) is -f(x), if odd, or f(x), if even: branch by branch, by algebra."""
    if seen not in ("odd", "even") or not total(f.definition, tuple(f.parameters.items())):
        return False
    turned = rebuild(f.definition, {X: Apply("neg", (X,))})
    wanted = Apply("neg", (f.definition,)) if seen == "odd" else f.definition
    return same_branches((turned, f.parameters), (wanted, f.parameters), 0.0, LARGEST)


def _spoken_against(q: Questions, x: Array) -> tuple[bool, bool]:
    """Whether some point shows that the function is not odd, and that it is not even."""
    low, high = q.at(0, x)
    low_there, high_there = low[::-1], high[::-1]  # the points lie as far on both sides
    alone = ~np.isnan(low) & np.isnan(_alone(q).on(-x, -x)[0].lower)
    odd = alone | (low > -low_there) | (high < -high_there)
    even = alone | (low > high_there) | (high < low_there)
    return bool(odd.any()), bool(even.any())


def _alone(q: Questions) -> Subject:
    """The function without its derivatives, of which a point has no need."""
    return Subject(q.of(0).trees[:1], q.of(0).parameters)


def mirrored(node: Node, given: Mapping[str, str] = NONE) -> str | None:
    """Whether the formula is 'odd' or 'even', as far as that can be read off it.

    >>> from actviz.formula.parsing import parse
    >>> [mirrored(parse(text)) for text in ("x*tanh(x)", "x*cos(x)", "exp(x)")]
    ['even', 'odd', None]
    """
    numbers: Numbers = {}
    (sign, here), (other, there) = (_Forms(side, numbers, given).of(node) for side in (1, -1))
    return None if here != there else "even" if sign == other else "odd"


class _Forms:
    """Formulas of x (a side of 1) or of -x: a sign, and what is left without it."""

    def __init__(self, side: int, numbers: Numbers, given: Mapping[str, str]) -> None:
        self.side, self.numbers, self.given = side, numbers, given
        self.sums: dict[int, tuple[Form, ...]] = {}

    def of(self, node: Node) -> Form:
        done: dict[Node, Form] = {}
        for part in walk(node):
            match part:
                case Number(value):
                    done[part] = (-1 if value < 0 else 1), self._number(abs(value))
                case Apply(head, arguments):
                    forms = [done[each] for each in arguments]
                    done[part] = self._signed(head, arguments, forms) or self._turned(head, forms)
                case _:
                    done[part] = (self.side if part is X else 1), self._number(part)
        return done[node]

    def _number(self, part: object) -> int:
        return self.numbers.setdefault(part, len(self.numbers))

    def _signed(self, head: str, arguments: Sequence[Node], forms: Sequence[Form]) -> Form | None:
        """What an operator makes of signs; None if it is none."""
        signs, rest = [sign for sign, _ in forms], tuple(each for _, each in forms)
        match head:
            case "neg":
                return -signs[0], rest[0]
            case "+" | "-":
                return self._sum([forms[0], (signs[1] if head == "+" else -signs[1], rest[1])])
            case "*":
                return signs[0] * signs[1], self._number((head, *sorted(rest)))
            case "/":
                return signs[0] * signs[1], self._number((head, *rest))
            case "**" if isinstance(n := arguments[1], Number) and n.value.is_integer():
                return signs[0] ** int(n.value % 2), self._number((head, *rest, signs[1]))
            case "where":
                parts = (head, forms[0], rest[1], signs[1] * signs[2], rest[2])
                return signs[1], self._number(parts)
        return None

    def _turned(self, head: str, forms: Sequence[Form]) -> Form:
        """What a primitive makes of the sign of its argument."""
        turned = (self.given.get(head) or symmetry(head)) if len(forms) == 1 else None
        if turned is None:
            return 1, self._number((head, *forms))
        return forms[0][0] if turned == "odd" else 1, self._number((head, forms[0][1]))

    def _sum(self, terms: Sequence[Form]) -> Form:
        """A sum with the terms in order, the first of them without a sign."""
        flat: list[Form] = []
        for sign, term in terms:
            flat += [(sign * each, rest) for each, rest in self.sums.get(term, ((1, term),))]
        flat.sort(key=lambda each: each[1])
        first = flat[0][0]
        told = tuple((first * sign, rest) for sign, rest in flat)
        number = self._number(("+", told))
        self.sums[number] = told
        return first, number


@lru_cache
def symmetry(head: str) -> str | None:
    """Whether a primitive is 'odd' or 'even': by its column, or because its slope is even.

    What is 0 at 0 and has an even slope is odd. A slope such as 1 + tan(u)**2 is a formula in the
    primitive itself, which is taken to be odd there: -tan(-u) solves the same equation.

    >>> [symmetry(head) for head in ("sin", "cos", "tan", "exp")]
    ['odd', 'even', 'odd', None]
    """
    line = ENCLOSING.get(head)
    if line is None or head in STEPS or line.kind == "definition":
        return None
    if "|" in line.kind or line.kind in ("wave 0", "bessel"):
        return "even"
    if 0.0 not in line.exact or float(kernel(head)(np.zeros(1))[0]) != 0:
        return None
    slope = differentiate(Apply(head, (X,)))
    return "odd" if mirrored(slope, {head: "odd"}) == "even" else None
