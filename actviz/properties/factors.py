"""f(x) - x and f(x)/x as formulas that do not cancel, whose zeros are the fixed points."""

from __future__ import annotations

from actviz.formula.algebra import build, simplify
from actviz.formula.breaks import spelled
from actviz.formula.expression import ONE, ZERO, Apply, Node, Number, X, rebuild, walk

MOST_CHOICES = 4  # that are taken outermost: there may be as many branches as two to that power


def less(node: Node, other: Node) -> Node:
    """The formula less another, branch by branch.

    >>> from actviz.formula.expression import to_text
    >>> from actviz.formula.parsing import parse
    >>> to_text(less(parse("max(x, 0)"), X))
    'where(x > 0, 0, -x)'
    """
    return _less(lifted(spelled(node)), other)


def _less(node: Node, other: Node) -> Node:
    match node:
        case Apply("where", (condition, a, b)):
            return build("where", (condition, _less(a, other), _less(b, other)))
        case Apply("*", _) if other is X and (rest := _over_x(node)) is not None:
            return Apply("*", (X, build("-", (rest, ONE))))
        case Apply("+" | "-" as sign, (a, b)) if other is X and _linked(a):
            return build(sign, (_less(a, X), b))
        case Apply("+", (a, b)) if other is X and _linked(b):
            return build("+", (a, _less(b, X)))
        case Apply("*", (a, Apply("+", terms))) | Apply("*", (Apply("+", terms), a)) if other is X:
            near = [each for each in terms if _linked(each)]
            if len(near) == 1:
                [far] = (each for each in terms if each is not near[0])
                return build("+", (_less(Apply("*", (a, near[0])), X), build("*", (a, far))))
    return build("-", (simplify(node), other))


def _linked(node: Node) -> bool:
    """Whether something times x, that x is taken from without cancelling."""
    return _over_x(node) not in (None, ZERO)


def lifted(node: Node) -> Node:
    """The same with what is selected outermost, as long as that is not very much.

    >>> from actviz.formula.expression import to_text
    >>> from actviz.formula.parsing import parse
    >>> to_text(lifted(parse("2*where(x > 0, x, 0) + 1")))
    'where(x > 0, 2*x + 1, 2*0 + 1)'
    """
    choices = [part for part in walk(node) if isinstance(part, Apply) and part.head == "where"]
    if not choices or len(choices) > MOST_CHOICES:
        return node
    condition, *taken = choices[0].arguments  # it is behind those inside it
    return Apply("where", (condition, *(lifted(rebuild(node, {choices[0]: a})) for a in taken)))


def over_x(node: Node) -> Node | None:
    """The formula over x, if x is a factor of it everywhere.

    >>> from actviz.formula.expression import to_text
    >>> from actviz.formula.parsing import parse
    >>> to_text(over_x(parse("where(x > 1, x, x**2*tanh(x))")))
    'where(x > 1, 1, x*tanh(x))'
    """
    return _over_x(spelled(node))


def _over_x(node: Node) -> Node | None:
    match node:
        case Apply("where", (condition, a, b)):
            return _both("where", a, b, condition)
        case Apply("+" | "-" as sign, (a, b)):
            return _both(sign, a, b)
        case Apply("*", (a, b)) if (rest := _over_x(a)) is not None:
            return build("*", (rest, b))
        case Apply("*", (a, b)) if (rest := _over_x(b)) is not None:
            return build("*", (a, rest))
        case Apply("/", (a, b)) if (rest := _over_x(a)) is not None:
            return build("/", (rest, b))
        case Apply("neg", (a,)) if (rest := _over_x(a)) is not None:
            return build("neg", (rest,))
        case Apply("**", (a, Number(n))) if a is X and n.is_integer() and n > 0:
            return build("**", (X, Number(n - 1)))
    return ONE if node is X else ZERO if node == ZERO else None


def _both(head: str, a: Node, b: Node, *before: Node) -> Node | None:
    left, right = _over_x(a), _over_x(b)
    return None if left is None or right is None else build(head, (*before, left, right))
