"""Catalogue functions called in a formula: relu(2*x), elu(x, alpha=0.5), swiglu(x, 1), gelu'(x).

A call is read as it is written, and written out in the primitives of the formula language: by its
defining formula, and by the form that keeps its digits where the entry has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from actviz.catalogue.domain import checked
from actviz.catalogue.entry import Entry
from actviz.errors import FormulaError, UsageError
from actviz.formula.derivative import MAXIMUM_ORDER, differentiate
from actviz.formula.expression import (
    Apply,
    Name,
    Node,
    Number,
    X,
    free_names,
    rebuild,
    to_text,
    walk,
)
from actviz.formula.parsing import PRIME, Call, parse

Find = Callable[[str], "Entry | None"]


class Typed(NamedTuple):
    """A formula as somebody wrote it, and written out.

    written: with the calls of catalogue functions in it, None if there are none; stable: an equal
    formula that keeps its digits, if an entry has such a form, with its derivatives up to
    stable_orders; calls: what was called, with its parameters.
    """

    definition: Node
    written: Node | None = None
    stable: Node | None = None
    stable_orders: int = MAXIMUM_ORDER
    calls: tuple[Bound, ...] = ()

    def check(self, values: Mapping[str, float]) -> None:
        """Raise UsageError for a parameter of a call that its function does not have."""
        places: dict[Node, Node] = {Name(name): Number(value) for name, value in values.items()}
        for call in self.calls:
            given = {name: _value(rebuild(node, places)) for name, node in call.parameters.items()}
            checked(call.entry.name, {**call.entry.parameters, **given}, call.entry.domain)


class Bound(NamedTuple):
    """A call: of which entry, of what numbers, with which parameters, how often derived."""

    entry: Entry
    of: tuple[Node, ...]
    parameters: Mapping[str, Node]
    order: int

    def formula(self, stable: bool) -> tuple[str, int]:
        """What it is written out by, and how often that is to be derived still."""
        entry = self.entry
        if self.order and entry.derivative:
            return entry.derivative, self.order - 1
        keeps = stable and entry.stable and self.order <= entry.stable_orders
        return (entry.stable if keeps else entry.formula), self.order

    def written_out(self, formula: Node, inner: Mapping[Node, Node]) -> Node:
        """A formula of the entry of these numbers."""
        places: dict[Node, Node] = {
            Name(name): Number(value) for name, value in self.entry.parameters.items()
        }
        names = (*self.entry.arguments, *self.parameters)
        given = zip(names, (*self.of, *self.parameters.values()), strict=True)
        return rebuild(formula, places | {Name(name): rebuild(node, inner) for name, node in given})


def typed(text: str, find: Find, within: tuple[str, ...] = ()) -> Typed:
    """Read a formula that may call the functions that find knows.

    within: the entries whose formula this is, outermost first, which it may not come back to.

    Raises FormulaError, with the place, for anything outside the language.
    """
    reader = _Calls(find, within)
    written = parse(text, reader)
    if not reader.known:
        return Typed(written)
    definition = reader.written_out(written, stable=False)
    if any(_joined(part) for part in walk(definition) if part is not definition):
        joined = next(call for call in reader.known.values() if _joined(parse(call.entry.formula)))
        message = f"{joined.entry.name} has several outputs: it stands by itself, or not at all."
        raise FormulaError(message, text, text.lower().find(joined.entry.name[0]))
    stable = reader.written_out(written, stable=True)
    if bound := reader.known.get(written):
        _refuse_values_in_place_of_x(bound, text)
    orders = [reader.orders(each) for each in reader.known.values()]
    return Typed(
        definition,
        written,
        None if stable is definition else stable,
        max(min(orders), 0),
        tuple(reader.known.values()),
    )


def written_out(entry: Entry, find: Find) -> Entry:
    """An entry with the calls in its formulas written out.

    Raises UsageError for an entry that comes back to itself.
    """
    read = {
        name: typed(text, find, (entry.name,))
        for name in ("formula", "stable", "derivative", "parametric")
        if (text := getattr(entry, name))
    }
    if not any(each.calls for each in read.values()):
        return entry
    texts = {name: to_text(each.definition) for name, each in read.items()}
    formula, orders = read["formula"], entry.stable_orders
    if formula.stable is not None and not entry.stable:
        texts["stable"], orders = to_text(formula.stable), formula.stable_orders
    given: dict[str, Any] = {**texts, "stable_orders": orders, "written": entry.formula}
    return replace(entry, **given)


def named(text: str) -> Node:
    """A formula with the functions that it calls by their names, whatever these are."""
    return parse(text, as_written)


def as_written(call: Call) -> Node:
    """A call as a node for printing."""
    given = [Apply(f"{name}=", (value,)) for name, value in call.named.items()]
    return Apply(call.name.replace(PRIME, "'"), (*call.arguments, *given))


def _refuse_values_in_place_of_x(call: Bound, text: str) -> None:
    """LeakyReLU(0.2) is one number here, and a function elsewhere."""
    entry, given = call.entry, [to_text(node) for node in (*call.of, *call.parameters.values())]
    if entry.parameters and len(call.of) == 1 and X not in walk(call.of[0]):
        meant = ",".join(f"{k}={v}" for k, v in zip(entry.parameters, given, strict=False))
        raise FormulaError(
            f"This is one number, not a function of x. Did you mean {entry.name + ':' + meant!r}?",
            text,
            0,
        )


def _joined(node: Node) -> bool:
    """Whether these are several outputs."""
    return isinstance(node, Apply) and node.head == "concat"


class _Calls:
    """Takes the calls of a formula as it is read, and writes them out afterwards."""

    def __init__(self, find: Find, within: tuple[str, ...]) -> None:
        self.find, self.within = find, within
        self.known: dict[Node, Bound] = {}

    def __call__(self, call: Call) -> Node | None:
        """The call as a node, as it was written; None for a function that nobody knows."""
        name = call.name.rstrip(PRIME)
        entry = self.find(name)
        if entry is None:
            return None
        if entry.name in self.within:
            cycle = " -> ".join((*self.within[self.within.index(entry.name) :], entry.name))
            raise UsageError(f"A function may not call itself: {cycle}.")
        bound = _bound(call, entry, len(call.name) - len(name))
        node = as_written(call)
        self.known[node] = bound
        return node

    def written_out(self, node: Node, stable: bool) -> Node:
        done: dict[Node, Node] = {}
        for part in walk(node):
            if bound := self.known.get(part):
                done[part] = bound.written_out(self._formula(bound, stable), done)
            elif isinstance(part, Apply):
                done[part] = Apply(part.head, tuple(done[each] for each in part.arguments))
            else:
                done[part] = part
        return done[node]

    def orders(self, bound: Bound) -> int:
        """Up to which order the form that keeps its digits does so."""
        inner, _ = self._read(bound, stable=True)
        return min(bound.entry.stable_orders, inner.stable_orders) - bound.order

    def _formula(self, bound: Bound, stable: bool) -> Node:
        if bound.order:
            whole = typed(bound.entry.formula, self.find, (*self.within, bound.entry.name))
            refuse_partial(bound.entry.name, whole.definition, bound.entry.parameters)
        inner, order = self._read(bound, stable)
        node = inner.stable if stable and inner.stable is not None else inner.definition
        for _ in range(order):
            node = differentiate(node)
        return node

    def _read(self, bound: Bound, stable: bool) -> tuple[Typed, int]:
        text, order = bound.formula(stable)
        return typed(text, self.find, (*self.within, bound.entry.name)), order


def _bound(call: Call, entry: Entry, order: int) -> Bound:
    """A call with its parameters by the names that the entry has for them."""
    arguments, own = entry.arguments, tuple(entry.parameters)
    usage = f"{call.name.replace(PRIME, chr(39))}({', '.join((*arguments, *own))})"
    named = {entry.parameter(spelling): value for spelling, value in call.named.items()}
    if len(call.arguments) < len(arguments):
        missing = arguments[len(call.arguments)]
        raise UsageError(f"{usage} is not told its {missing}.{_by_itself(call, entry)}")
    of, rest = call.arguments[: len(arguments)], call.arguments[len(arguments) :]
    if len(rest) > len(own):
        most = len(arguments) + len(own)
        plural = "s" * (most != 1)
        message = f"{usage} takes {most} argument{plural} at most, not {len(call.arguments)}."
        raise UsageError(message)
    given = dict(zip(own, rest, strict=False))
    if twice := [name for name in named if name in given or name in arguments]:
        raise UsageError(f"{usage} is told its {twice[0]} twice.")
    if len(named) < len(call.named):
        raise UsageError(f"{' and '.join(call.named)} of {entry.name} are the same parameter.")
    given |= named
    for name, value in given.items():
        if X in walk(value):
            raise UsageError(f"The parameter {name} of {entry.name} may not depend on x.")
    if order and len(arguments) > 1:
        raise UsageError(f"{entry.name} has no derivative by one number: it is one of two.")
    if order > MAXIMUM_ORDER:
        raise UsageError(f"The order of a derivative is 0 to {MAXIMUM_ORDER}, not {order}.")
    return Bound(entry, of, given, order)


def refuse_partial(name: str, formula: Node, parameters: Mapping[str, float]) -> None:
    """Raise UsageError for a function whose derivative would have values where it has none."""
    from actviz.formula.total import total

    if not total(formula, tuple(parameters.items())):
        raise UsageError(
            f"{name} may have no value somewhere, and {name}' alone does not say where. "
            f"Its derivative is asked for with --order 1."
        )


def _by_itself(call: Call, entry: Entry) -> str:
    """elu:alpha=2 for elu(alpha=2)."""
    if not call.named or not all(isinstance(value, Number) for value in call.named.values()):
        return ""
    given = ",".join(f"{name}={to_text(value)}" for name, value in call.named.items())
    return f" By itself it is written {entry.name + ':' + given!r}."


def _value(node: Node) -> float:
    """The value of what has no x in it and no name."""
    if isinstance(node, Number):
        return node.value
    from actviz.catalogue.values import constant

    assert not free_names(node)
    return constant(node)
