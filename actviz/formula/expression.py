"""Formulas as trees: what they are made of, how one is walked and rebuilt, and its text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, ClassVar, TypeAlias
from weakref import WeakValueDictionary

CONSTANTS = frozenset({"pi", "e"})
COMPARISONS = frozenset({"<", "<=", ">", ">="})


class _Interned(type):
    """Makes equal nodes the same object, so that equality is identity and sharing is free."""

    _known: ClassVar[WeakValueDictionary[tuple[Any, ...], Any]] = WeakValueDictionary()

    def __call__(cls, *values: Any) -> Any:
        values = tuple(v + 0.0 if isinstance(v, float) else v for v in values)  # -0.0 is 0.0
        node = _Interned._known.get((cls, *values))
        if node is None:
            node = super().__call__(*values)
            _Interned._known[(cls, *values)] = node
        return node


class Node(metaclass=_Interned):
    """A formula or a part of one: a Number, a Name or an Apply."""

    __slots__ = ("__weakref__",)

    def __reduce__(self) -> tuple[type[Node], tuple[Any, ...]]:
        return type(self), tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False, slots=True)
class Number(Node):
    """A float64 constant."""

    value: float


@dataclass(frozen=True, eq=False, slots=True)
class Name(Node):
    """The variable x, a constant (pi, e) or a parameter."""

    id: str


@dataclass(frozen=True, eq=False, slots=True)
class Apply(Node):
    """An operator ('+', 'neg', '**', '<', ...) or a primitive, with its arguments."""

    head: str
    arguments: tuple[Node, ...]


Formula: TypeAlias = "tuple[Node, Mapping[str, float]]"  # and values for its names
X = Name("x")
ZERO, ONE = Number(0.0), Number(1.0)


def to_text(node: Node) -> str:
    """Write a tree as a formula; parsing it gives the same tree.

    >>> to_text(Apply("*", (Number(2.0), Apply("+", (X, Number(1.0))))))
    '2*(x + 1)'
    """
    return _write(node, 0, {})


def free_names(node: Node) -> frozenset[str]:
    """The names that a value must be given for, x and the constants aside."""
    names = {part.id for part in walk(node) if isinstance(part, Name)}
    return frozenset(names - CONSTANTS - {"x"})


def walk(node: Node) -> Iterator[Node]:
    """Every distinct node of a tree, arguments before what they are arguments of."""
    seen: set[Node] = set()
    stack = [(node, False)]
    while stack:
        part, arguments_done = stack.pop()
        if arguments_done:
            yield part
        elif part not in seen:
            seen.add(part)
            stack.append((part, True))
            if isinstance(part, Apply):
                stack.extend((argument, False) for argument in reversed(part.arguments))


@lru_cache(maxsize=1024)
def parts_of(node: Node) -> tuple[Node, ...]:
    """The same, kept for those who ask again and again of a formula."""
    return tuple(walk(node))


def rebuild(
    node: Node,
    replaced: Mapping[Node, Node],
    build: Callable[[str, tuple[Node, ...]], Node] = lambda head, args: Apply(head, args),
) -> Node:
    """The tree with some of its nodes replaced; what stands above a replaced node is built anew."""
    done: dict[Node, Node] = {}
    for part in walk(node):
        if part in replaced:
            done[part] = replaced[part]
        elif isinstance(part, Apply):
            arguments = tuple(done[argument] for argument in part.arguments)
            done[part] = part if arguments == part.arguments else build(part.head, arguments)
        else:
            done[part] = part
    return done[node]


# How tightly an operator binds, and what its left and right operands must bind at least.
_BINDING: dict[str, tuple[int, int, int]] = {
    "<": (1, 2, 2),
    "<=": (1, 2, 2),
    ">": (1, 2, 2),
    ">=": (1, 2, 2),
    "+": (2, 2, 3),
    "-": (2, 2, 3),
    "*": (3, 3, 4),
    "/": (3, 3, 4),
    "neg": (4, 4, 4),
    "**": (5, 6, 4),
}
_SPACED = frozenset({"+", "-", *COMPARISONS})


def _write(node: Node, binding: int, known: dict[tuple[Node, int], str]) -> str:
    """The node's text, in brackets if it binds less tightly than asked for."""
    if (node, binding) not in known:
        own, text = _write_bare(node, known)
        known[node, binding] = text if own >= binding else f"({text})"
    return known[node, binding]


def _write_bare(node: Node, known: dict[tuple[Node, int], str]) -> tuple[int, str]:
    match node:
        case Number(value):
            return (4 if value < 0 else 7), write_number(value)
        case Name(name):
            return 7, name
        case Apply("neg", (operand,)):
            return 4, "-" + _write(operand, 4, known)
        case Apply(head, (left, right)) if head in _BINDING:
            own, at_left, at_right = _BINDING[head]
            sign = f" {head} " if head in _SPACED else head
            return own, _write(left, at_left, known) + sign + _write(right, at_right, known)
        case Apply(head, (value,)) if head.endswith("="):  # of a call: alpha=0.5
            return 7, head + _write(value, 0, known)
        case Apply(head, arguments):
            return 7, f"{head}({', '.join(_write(a, 0, known) for a in arguments)})"
    raise TypeError(f"not a formula node: {node!r}")


def write_number(value: float) -> str:
    """The shortest text that reads back as the same float64: 2, 0.5, 1e-06.

    >>> write_number(2.0), write_number(0.1)
    ('2', '0.1')
    """
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
