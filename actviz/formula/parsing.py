"""Text to tree: a formula is read, or refused with the place of what is wrong.

The language is a small part of Python's expressions, parsed by :mod:`ast` and taken over node by
node from an allow-list: numbers, names, ``+ - * / **``, signs, calls of primitives with exactly
their number of arguments and of further functions that the reader is told of, and comparisons
``< <= > >=``, also chained or joined by ``and``, ``or`` and ``not``, as the first argument of
``where`` or the condition of ``a if x > 0 else b``. Nothing is ever compiled or executed.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping
from typing import NamedTuple

from actviz.errors import FormulaError, UsageError, suggest
from actviz.formula.expression import Apply, Name, Node, Number
from actviz.formula.primitives import HIGHEST_N, PRIMITIVES
from actviz.formula.spelling import NAMES

MAXIMUM_LENGTH = 4000
MAXIMUM_NODES = 1000
MAXIMUM_DEPTH = 50
PRIME = "\u02b9"  # what the prime of gelu'(x) is while Python reads it: a letter


class Call(NamedTuple):
    """A call of a function that is no primitive, or of one with other arguments than its own."""

    name: str
    arguments: tuple[Node, ...]
    named: Mapping[str, Node]


Functions = Callable[[Call], "Node | None"]  # what stands for a call; None of an unknown function


def parse(text: str, functions: Functions | None = None) -> Node:
    """Read a formula; functions: what knows further functions that it may call.

    Raises FormulaError, with the place, for anything outside the language; a UsageError of the
    functions becomes one.

    >>> from actviz.formula.expression import to_text
    >>> to_text(parse("x*sigmoid( 1.702*x )"))
    'x*sigmoid(1.702*x)'
    """
    source = _checked_source(text, primed=functions is not None)
    return _Reader(text, functions).whole(_checked_tree(source, text))


def parse_rule(text: str) -> Node:
    """Read a rule of the table of primitives, where the order n of a function is still a name."""
    source = _checked_source(text)
    return _Reader(text, rule=True).node(_checked_tree(source, text))


_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}

_PRIMED = re.compile(r"[A-Za-z]\w*'+(?=\s*\()", re.ASCII)
_ALLOWED = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-*/(),.<>=!&|%@ "
)
_INSTEAD = {
    "^": "a power is written **",
    "{": "use round brackets",
    "[": "use round brackets",
    "²": "a power is written **2",
    "³": "a power is written **3",
    "·": "a product is written *",
    "×": "a product is written *",
    "÷": "a quotient is written /",
    "−": "use the ASCII minus -",
    "π": "write pi",
    "√": "write sqrt(...)",
    "≤": "write <=",
    "≥": "write >=",
    "'": "a derivative is asked for with --deriv",
}
_WRITTEN_OUT = {
    "frac": "mod(x, 1)",
    "pow": "**",
    "power": "**",
    "square": "**2",
    "relu": "max(x, 0)",
    "heaviside": "where(x > 0, 1, 0)",
}


def _checked_source(text: str, primed: bool = False) -> str:
    """The text, made sure to be short and to hold no character outside the language.

    primed: whether a function may have primes, as in gelu'(x).
    """
    if not isinstance(text, str):
        raise FormulaError("A formula must be text.", "", 0)
    if len(text) > MAXIMUM_LENGTH:
        message = f"The formula is too long: {len(text)} characters, {MAXIMUM_LENGTH} are allowed."
        raise FormulaError(message, text, MAXIMUM_LENGTH)
    source = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    if primed:
        source = _PRIMED.sub(lambda found: found[0].replace("'", "_"), source)
    for position, character in enumerate(source):
        if character not in _ALLOWED:
            hint = f": {_INSTEAD[character]}" if character in _INSTEAD else ""
            message = f"The character {character!r} has no meaning in a formula{hint}."
            raise FormulaError(message, text, position)
    if not source.strip():
        raise FormulaError("The formula is empty.", text, 0)
    if not primed:
        return source
    return "".join(PRIME if was == "'" else now for was, now in zip(text, source, strict=True))


def _checked_tree(source: str, text: str) -> ast.expr:
    """Python's own tree of the text, made sure to be small before anything recurs into it."""
    indent = len(source) - len(source.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError as error:
        message, position = _syntax_message(error, source, indent)
        raise FormulaError(message, text, position) from None
    except (RecursionError, MemoryError, ValueError):
        raise FormulaError("The formula is nested too deeply.", text, 0) from None
    level, nodes, depth = [tree], 0, 0
    while level:
        nodes, depth = nodes + len(level), depth + 1
        place = getattr(level[0], "col_offset", 0)
        if nodes > MAXIMUM_NODES:
            message = f"The formula is too large: at most {MAXIMUM_NODES} numbers and operations."
            raise FormulaError(message, text, place)
        if depth > MAXIMUM_DEPTH:
            message = f"The formula is nested too deeply: at most {MAXIMUM_DEPTH} levels."
            raise FormulaError(message, text, place)
        level = [
            child
            for part in level
            for child in ast.iter_child_nodes(part)
            if isinstance(child, ast.expr) and child is not getattr(part, "func", None)
        ]
    _place_in_text(tree, source.strip(), indent)
    return tree


def _place_in_text(tree: ast.expr, read: str, indent: int) -> None:
    """Make the columns, which Python counts in bytes, those of the characters of the text."""
    wide = not read.isascii()
    encoded = read.encode() if wide else b""
    for part in ast.walk(tree):
        for name in ("col_offset", "end_col_offset"):
            if (column := getattr(part, name, None)) is not None:
                column = len(encoded[:column].decode()) if wide else column
                setattr(part, name, column + indent)


def _syntax_message(error: SyntaxError, source: str, indent: int) -> tuple[str, int]:
    """What Python's parser stumbled over, in the words of the language, and where."""
    end = len(source.rstrip())
    position = min(indent + error.offset - 1, end) if error.offset else end
    reason = (error.msg or "invalid syntax").removeprefix("invalid syntax. ")
    if "never closed" in reason:
        reason = "a bracket is not closed"
    elif "unmatched" in reason:
        reason = "a bracket is closed that was never opened"
    elif "too many nested" in reason:
        reason = "it is nested too deeply"
    elif "positional argument follows keyword" in reason and "where" not in source:
        reason = "what is given by its place stands before what is given by its name"
    elif equals := re.search("(?<![<>=])=(?!=)", source):
        position = equals.start()
        reason = "= has no meaning inside a formula; a relation is <, <=, > or >="
    elif "invalid decimal literal" in reason or "Perhaps you forgot a comma" in reason:
        reason = "a product is written with *, as in 2*x"
    elif position >= end or source[:position].rstrip().endswith(tuple("+-*/(,<>=")):
        reason = "something is missing here"
    elif "leading zeros" in reason:
        reason = "a number may not begin with 0"
    elif reason == "invalid syntax":
        reason = "this is not expected here"
    return f"The formula cannot be read: {reason}.", position


class _Reader:
    """Takes over Python's tree node by node, refusing what the language does not have."""

    def __init__(self, text: str, functions: Functions | None = None, rule: bool = False) -> None:
        self.text, self.functions, self.rule = text, functions, rule

    def refuse(self, message: str, at: ast.expr) -> FormulaError:
        return FormulaError(message, self.text, at.col_offset)

    def whole(self, tree: ast.expr) -> Node:
        """A formula, or several of them as the outputs of one function."""
        match tree:
            case ast.Call(func=ast.Name(id="concat"), args=[_, _, *_] as parts, keywords=[]):
                return Apply("concat", tuple(self.node(part) for part in parts))
        return self.node(tree)

    def node(self, tree: ast.expr) -> Node:
        match tree:
            case ast.Constant():
                return self.number(tree)
            case ast.Name(id=name):
                return self.name(name, tree)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as operand):
                return Number(-self.number(operand).value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Apply("neg", (self.node(operand),))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.node(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return Apply(_OPERATORS[type(op)], (self.node(left), self.node(right)))
            case ast.Call():
                return self.call(tree)
            case ast.IfExp(test=condition, body=a, orelse=b):
                return self.choice(condition, self.node(a), self.node(b))
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                message = "A comparison may stand only first in where(condition, a, b)."
                raise self.refuse(message, tree)
            case ast.BinOp(op=op) if type(op) in _WRITTEN:
                raise self.refuse(_WRITTEN[type(op)], tree)
            case _:
                kind = _KINDS.get(type(tree), type(tree).__name__.lower())
                raise self.refuse(f"A formula may not contain {kind}.", tree)

    def number(self, tree: ast.Constant) -> Number:
        constant = tree.value
        if not isinstance(constant, int | float) or isinstance(constant, bool):
            raise self.refuse(f"{ascii(constant)[:40]} is not a real number.", tree)
        try:
            value = float(constant)
        except OverflowError:
            value = float("inf")
        if value == float("inf"):
            raise self.refuse("The number is too large for float64 (1.8e308).", tree)
        digits = self.text[tree.col_offset : tree.end_col_offset].lower().partition("e")[0]
        if value == 0 and digits.strip("0._"):
            raise self.refuse("The number is too small for float64 (4.9e-324): write 0.", tree)
        return Number(value)

    def name(self, name: str, tree: ast.expr) -> Name:
        if name in PRIMITIVES:
            usage = f"{name}({', '.join(PRIMITIVES[name].arguments)})"
            raise self.refuse(f"{name} is a function: write {usage}.", tree)
        if "__" in name or name.startswith("_"):
            raise self.refuse("A name begins with a letter and has no double underscore.", tree)
        return Name(name)

    def call(self, tree: ast.Call) -> Node:
        if not isinstance(tree.func, ast.Name):
            raise self.refuse("Only a named function can be called.", tree)
        name = tree.func.id
        if name == "concat":
            message = "concat(f, g) stands outermost and joins two or more outputs of a function."
            raise self.refuse(message, tree)
        expected = PRIMITIVES[name].arguments if name in PRIMITIVES else ()
        if name not in PRIMITIVES or tree.keywords or len(tree.args) != len(expected):
            return self.other(name, tree)
        if name == "where":
            condition, *branches = tree.args
            return self.choice(condition, *(self.node(branch) for branch in branches))
        arguments = tuple(self.node(argument) for argument in tree.args)
        if expected[0] == "n" and not self.rule and not _is_order(arguments[0]):
            message = f"The n of {name}({', '.join(expected)}) is a whole number, 0 to {HIGHEST_N}."
            raise self.refuse(message, tree.args[0])
        return Apply(name, arguments)

    def other(self, name: str, tree: ast.Call) -> Node:
        """A call of a function that is no primitive, or is one with other arguments."""
        if self.functions is not None and name != "where":
            arguments = tuple(self.node(argument) for argument in tree.args)
            named = {each.arg: self.node(each.value) for each in tree.keywords if each.arg}
            try:
                found = self.functions(Call(name, arguments, named))
            except FormulaError:
                raise
            except UsageError as error:
                raise self.refuse(str(error), tree) from None
            if found is not None:
                return found
        if name not in PRIMITIVES:
            raise self.refuse(_unknown_function(name.replace(PRIME, "'")), tree)
        expected = PRIMITIVES[name].arguments
        if tree.keywords:
            raise self.refuse(f"{name} takes its arguments by place: {', '.join(expected)}.", tree)
        wanted = f"{len(expected)} argument{'s' * (len(expected) != 1)}"
        message = f"{name}({', '.join(expected)}) takes {wanted}, not {len(tree.args)}."
        raise self.refuse(message, tree)

    def choice(self, condition: ast.expr, a: Node, b: Node) -> Node:
        """One of two, by a comparison or several of them."""
        match condition:
            case ast.BoolOp(op=ast.And(), values=[first, *rest]):
                for part in reversed([first, *rest]):
                    a = self.choice(part, a, b)
                return a
            case ast.BoolOp(op=ast.Or(), values=[first, *rest]):
                for part in reversed([first, *rest]):
                    b = self.choice(part, a, b)
                return b
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.choice(operand, b, a)
            case ast.Compare(left=left, ops=ops, comparators=others) if all(
                type(op) in _OPERATORS for op in ops
            ):
                sides = [self.node(side) for side in (left, *others)]
                for i in reversed(range(len(ops))):
                    held = Apply(_OPERATORS[type(ops[i])], (sides[i], sides[i + 1]))
                    a = Apply("where", (held, a, b))
                return a
            case ast.Compare():
                message = "The condition of where compares with <, <=, > or >=."
            case _:
                message = "The first argument of where must be a comparison, such as x > 0."
        raise self.refuse(message, condition)


def _is_order(node: Node) -> bool:
    return isinstance(node, Number) and node.value.is_integer() and 0 <= node.value <= HIGHEST_N


_WRITTEN: dict[type[ast.AST], str] = {
    ast.BitXor: "A power is written **.",
    ast.Mod: "A remainder is written mod(a, b).",
    ast.FloorDiv: "A quotient rounded down is written floor(a/b).",
}
_KINDS: dict[type[ast.AST], str] = {
    ast.Attribute: "an attribute (a dot after a name)",
    ast.BinOp: "this operator; there are + - * / **",
    ast.Lambda: "a lambda",
    ast.NamedExpr: "an assignment",
    ast.Starred: "a starred argument",
    ast.Tuple: "a comma outside a call",
    ast.UnaryOp: "this sign; there are + and -",
}


def _unknown_function(name: str) -> str:
    if other := NAMES.get(name) or _WRITTEN_OUT.get(name):
        return f"There is no function {name} in formulas: write {other}."
    hint = suggest(name, PRIMITIVES)
    if not hint and len(name) == 1:
        hint = " A product is written with *."
    return f"There is no function {name[:40]} in formulas.{hint}"
