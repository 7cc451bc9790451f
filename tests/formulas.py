"""Random formulas of the language, for searches by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from actviz.formula.expression import Apply, Name, Node, Number
from actviz.formula.primitives import OF_VECTOR, PRIMITIVES

# Sums and products of these are exact in float64, so an algebra over fractions loses nothing.
SIMPLE = (0.0, 1.0, 2.0, 3.0, 4.0, 0.5, 0.25, 1.5, -1.0, -2.0, -0.5)
UNARY = tuple(
    p.name for p in PRIMITIVES.values() if len(p.arguments) == 1 and p.name not in OF_VECTOR
)
BINARY = ("hypot", "unit", "min", "max", "mod")
OPERATORS = ("+", "-", "*", "/", "+", "-", "*")
COMPARISONS = ("<", "<=", ">", ">=")
POWERS = (2.0, 3.0, 0.5, -1.0, -2.0, 4.0, 1.5)


def numbers(any_float: bool = False) -> SearchStrategy[Node]:
    """Constants: simple ones, or any that float64 holds."""
    floats = st.floats(allow_nan=False, allow_infinity=False)
    return st.builds(Number, floats if any_float else st.sampled_from(SIMPLE))


def names(*parameters: str) -> SearchStrategy[Node]:
    return st.builds(Name, st.sampled_from(("x", "x", "x", *parameters)))


def trees(
    leaves: SearchStrategy[Node],
    unary: tuple[str, ...] = UNARY,
    binary: tuple[str, ...] = BINARY,
    branches: bool = True,
    size: int = 8,
) -> SearchStrategy[Node]:
    """Formulas over the leaves, up to about the given number of them."""

    def grown(parts: SearchStrategy[Node]) -> SearchStrategy[Node]:
        def apply(heads: tuple[str, ...], *arguments: SearchStrategy[Node]) -> SearchStrategy[Node]:
            return st.builds(Apply, st.sampled_from(heads), st.tuples(*arguments))

        choices = [
            apply(unary, parts),
            apply(OPERATORS, parts, parts),
            apply(("**",), parts, st.builds(Number, st.sampled_from(POWERS))),
            apply(("neg",), parts),
        ]
        if binary:
            choices.append(apply(binary, parts, parts))
        if branches:
            choices.append(apply(("clip",), parts, parts, parts))
            choices.append(apply(("where",), apply(COMPARISONS, parts, parts), parts, parts))
        return st.one_of(choices)

    return st.recursive(leaves, grown, max_leaves=size)
