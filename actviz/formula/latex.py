"""Formulas as LaTeX: a form that matplotlib's mathtext can draw, and a full one with cases.

Both come from the same tree by the templates of the table of primitives. Mathtext has no cases, so
there a where reads "x if x > 0 else 0".
"""

from __future__ import annotations

import re

from actviz.formula.expression import (
    COMPARISONS,
    Apply,
    Name,
    Node,
    Number,
    rebuild,
    walk,
    write_number,
)
from actviz.formula.parsing import parse
from actviz.formula.primitives import OF_VECTOR, PRIMITIVES

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega"
).split()
_SYMBOLS = {name: "\\" + name for name in _GREEK} | {
    "lambd": r"\lambda",
    "lambda_": r"\lambda",
    "e": r"\mathrm{e}",
    "x": "x",
}
_RELATIONS = {"<": "<", "<=": r"\leq", ">": ">", ">=": r"\geq"}

_BRACKETS = {"(": ")", r"\lfloor ": r" \rfloor", r"\lceil ": r" \rceil"}

# How tightly a form binds; a form is put in brackets where a tighter one is asked for.
_WHERE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(6)


def to_latex(node: Node, cases: bool = False) -> str:
    r"""The formula as LaTeX, without dollar signs.

    cases=False gives what matplotlib's mathtext can draw; cases=True writes a where as a cases
    environment, for a document with amsmath.

    >>> from actviz.formula.parsing import parse
    >>> print(to_latex(parse("x*sigmoid(beta*x)")))
    x\,\sigma(\beta\,x)
    """
    vector = any(isinstance(part, Apply) and part.head in OF_VECTOR for part in walk(node))
    return _Writer(cases, "x_{i}" if vector else "x").write(_with_powers(node), _WHERE)


def cases_of(node: Node) -> list[tuple[str, str]]:
    r"""The branches of a where as a value and what holds of x there; [] if there is none.

    >>> from actviz.formula.parsing import parse
    >>> cases_of(parse("where(x > 0, x, alpha*x)"))
    [('x', 'x > 0'), ('\\alpha\\,x', '')]
    """
    node = _with_powers(node)
    if not (isinstance(node, Apply) and node.head == "where"):
        return []
    return _Writer(False, "x").rows(node, r"\;\mathrm{and}\;")


def _with_powers(node: Node) -> Node:
    """The formula with a power for a factor that follows itself: x**2 for x*x."""
    if not isinstance(node, Apply):
        return node
    arguments = tuple(map(_with_powers, node.arguments))
    if node.head != "*":
        return Apply(node.head, arguments)
    before, last = arguments
    if isinstance(before, Apply) and before.head == "neg":  # -x*x is (-x)*x
        product = _with_powers(Apply("*", (before.arguments[0], last)))
        changed = product != Apply("*", (before.arguments[0], last))
        return Apply("neg", (product,)) if changed else Apply("*", (before, last))
    *_, neighbour = _factors(before)
    base, count = _base(neighbour)
    if isinstance(last, Number) or base != last:
        return Apply("*", (before, last))
    power = Apply("**", (base, Number(count + 1.0)))
    rest = before.arguments[0] if before is not neighbour and isinstance(before, Apply) else None
    return power if rest is None else Apply("*", (rest, power))


def _factors(node: Node) -> list[Node]:
    """Those of a product that is written from the left."""
    if isinstance(node, Apply) and node.head == "*":
        return [*_factors(node.arguments[0]), node.arguments[1]]
    return [node]


def _base(node: Node) -> tuple[Node, float]:
    match node:
        case Apply("**", (base, Number(count))) if count.is_integer() and count > 1:
            return base, count
    return node, 1.0


def symbol(name: str) -> str:
    r"""A parameter's name as LaTeX: Greek where it is Greek, upright with subscripts otherwise.

    >>> symbol("alpha"), symbol("lambd"), symbol("max_val"), symbol("b")
    ('\\alpha', '\\lambda', '\\mathrm{max}_{\\mathrm{val}}', 'b')
    """
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    base, *rest = name.strip("_").split("_")
    indexed = re.fullmatch(r"([A-Za-z]+?)(\d+)", base)
    if indexed and not rest:
        return f"{_word(indexed[1])}_{{{indexed[2]}}}"
    if not rest:
        return _word(base)
    return f"{_word(base)}_{{{','.join(_word(part) for part in rest)}}}"


def _word(text: str) -> str:
    if text in _SYMBOLS and text != "e":
        return _SYMBOLS[text]
    return text if len(text) == 1 else rf"\mathrm{{{text}}}"


def called(name: str) -> str:
    r"""The name of a function of the catalogue as LaTeX: \mathrm{leaky\_relu}."""
    return rf"\mathrm{{{name.replace('_', chr(92) + '_')}}}"


def _number(value: float) -> str:
    text = write_number(value)
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = rf"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


def _tall(text: str) -> str:
    """A call whose brackets, if it ends with some, are as tall as what they hold."""
    for opening, closing in _BRACKETS.items():
        if text.endswith(closing):
            name, _, rest = text.partition(opening)
            return rf"{name}\left{opening}{rest.removesuffix(closing)}\right{closing.strip()}"
    return text


class _Writer:
    def __init__(self, cases: bool, x: str) -> None:
        self.cases, self.x = cases, x

    def write(self, node: Node, binding: int) -> str:
        own, text = self.bare(node)
        return text if own >= binding else rf"\left({text}\right)"

    def bare(self, node: Node) -> tuple[int, str]:
        match node:
            case Number(value):
                plain = value >= 0 and "e" not in write_number(value)
                return (_ATOM if plain else _SIGN if value < 0 else _PRODUCT), _number(value)
            case Name(name):
                return _ATOM, self.x if name == "x" else symbol(name)
            case Apply("+" | "-" as head, (a, b)):
                right = self.write(b, _SUM if head == "+" else _PRODUCT)
                if head == "+" and right.startswith("-"):
                    return _SUM, f"{self.write(a, _SUM)} {right}"
                if right.startswith("-"):
                    right = rf"\left({right}\right)"
                return _SUM, f"{self.write(a, _SUM)} {head} {right}"
            case Apply("neg", (Apply("expm1", (a,)),)):
                return _SUM, f"1 - e^{{{self.exponent(a)}}}"
            case Apply("log1p", (Apply("neg", (Apply("expm1", (a,)),)),)):
                return _ATOM, rf"\log(2 - e^{{{self.exponent(a)}}})"
            case Apply("neg", (a,)):
                return _SIGN, "-" + self.write(a, _PRODUCT)
            case Apply("*", (a, b)):
                return _PRODUCT, self.product(a, b)
            case Apply("/", (a, b)):
                return _PRODUCT, rf"\frac{{{self.write(a, _WHERE)}}}{{{self.write(b, _WHERE)}}}"
            case Apply("**", (a, b)):
                return _POWER, self.power(a, b)
            case Apply(head, (a, b)) if head in COMPARISONS:
                return _WHERE, f"{self.write(a, _SUM)} {_RELATIONS[head]} {self.write(b, _SUM)}"
            case Apply("where", _):
                return _WHERE, self.braces(node) if self.cases else self.sentence(node)
            case Apply("sum" | "others" as head, (a,)):
                inner = _Writer(self.cases, "x_{j}").write(a, _PRODUCT)
                return _PRODUCT, PRIMITIVES[head].latex.replace("{u}", inner)
            case Apply("concat", parts):
                written = ", ".join(self.write(part, _WHERE) for part in parts)
                return _ATOM, rf"\left[{written}\right]"
            case Apply("tau1" | "tau2" as head, arguments):  # of the vector itself
                return _Writer(self.cases, "x").call(head, arguments)
            case Apply("excess1" | "excess2" as head, (a,)):
                definition = parse(PRIMITIVES[head].definition)
                return self.bare(rebuild(definition, {Name("u"): a}))
            case Apply(head, (value,)) if head.endswith("="):  # alpha=0.5 in a call
                return _ATOM, f"{symbol(head[:-1])} = {self.write(value, _WHERE)}"
            case Apply(head, arguments) if head in PRIMITIVES and self.own(head, arguments):
                return self.call(head, arguments)
            case Apply(head, arguments):
                name = head.rstrip("'")
                inner = ", ".join(self.write(each, _WHERE) for each in arguments)
                return _ATOM, f"{called(name)}{head[len(name) :]}({inner})"
        raise TypeError(f"not a formula node: {node!r}")

    def product(self, a: Node, b: Node) -> str:
        left, right = self.write(a, _PRODUCT), self.write(b, _SIGN)
        if right[:1].isdigit() or right.startswith("10^"):
            return rf"{left} \cdot {right}"
        if right.startswith("-"):
            return rf"{left} \left({right}\right)"
        return rf"{left}\,{right}"

    def exponent(self, node: Node) -> str:
        """Above the line a quotient is written x/2."""
        match node:
            case Apply("neg", (a,)) if isinstance(a, Apply) and a.head == "/":
                return "-" + self.exponent(a)
            case Apply("/", (a, b)):
                return f"{self.write(a, _PRODUCT)}/{self.write(b, _POWER)}"
        return self.write(node, _WHERE)

    def power(self, base: Node, exponent: Node) -> str:
        written = self.exponent(exponent)
        match base, exponent:  # tanh^{-1}(x) would be read as the inverse function
            case Apply(head, arguments), Number(n) if self.named(head) and n > 1 and n.is_integer():
                name, opening, rest = self.call(head, arguments)[1].partition("(")
                tall = r"\left" if name.endswith(r"\left") else ""
                return rf"{name.removesuffix(tall)}^{{{written}}}{tall}{opening}{rest}"
        return rf"{self.write(base, _ATOM)}^{{{written}}}"

    @staticmethod
    def named(head: str) -> object:
        """Whether a power goes to the function's name, as in tanh^2(x)."""
        one_argument = head in PRIMITIVES and len(PRIMITIVES[head].arguments) == 1
        return one_argument and re.fullmatch(r"\\[a-z]+(_?\{\w+\})?\(.*\)", PRIMITIVES[head].latex)

    def call(self, head: str, arguments: tuple[Node, ...]) -> tuple[int, str]:
        template = PRIMITIVES[head].latex
        binding = _SUM if re.search(r" [+-] (?![^(]*\))", template) else _ATOM
        if re.match(r"\w\^", template):
            binding = min(binding, _POWER)
        text = template
        for name, argument in zip(PRIMITIVES[head].arguments, arguments, strict=True):
            place, (level, grouped) = f"{{{name}}}", self.surroundings(template, f"{{{name}}}")
            raised = f"^{place}" in template
            written = self.exponent(argument) if raised else self.write(argument, level)
            text = text.replace(place, f"{{{written}}}" if grouped else written)
        return binding, (_tall(text) if r"\frac" in text else text).replace("+ -", "- ")

    @staticmethod
    def surroundings(template: str, place: str) -> tuple[int, bool]:
        """How tightly an argument binds in its place; whether the braces there are LaTeX's own."""
        grouped = any(before + place in template for before in ("^", "_", "sqrt", "sqrt[3]"))
        enclosed = any(sign + place in template for sign in (", ", "|", *_BRACKETS))
        return (_WHERE if enclosed or grouped else _PRODUCT), grouped

    @staticmethod
    def own(head: str, arguments: tuple[Node, ...]) -> bool:
        """Whether these are the arguments of the primitive, not those of a namesake."""
        named = any(isinstance(each, Apply) and each.head.endswith("=") for each in arguments)
        return not named and len(arguments) == len(PRIMITIVES[head].arguments)

    def sentence(self, node: Node) -> str:
        """a if x > 0 else b, chained for a where in the last place."""
        match node:
            case Apply("where", _):
                held, a, b = self.choice(node, r"\;\mathrm{and}\;")
                chosen, rest = self.write(a, _SUM), self.sentence(b)
                return rf"{chosen}\;\mathrm{{if}}\;{held}\;\mathrm{{else}}\;{rest}"
        return self.write(node, _SUM)

    def braces(self, node: Node) -> str:
        rows = [
            rf"{value} & \text{{if }} {held}" if held else rf"{value} & \text{{otherwise}}"
            for value, held in self.rows(node, r" \text{ and } ")
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def rows(self, node: Node, conjunction: str) -> list[tuple[str, str]]:
        """The value of each branch, and what holds there; nothing of the last one."""
        rows = []
        while isinstance(node, Apply) and node.head == "where":
            held, a, node = self.choice(node, conjunction)
            rows.append((self.write(a, _WHERE), held))
        return [*rows, (self.write(node, _WHERE), "")]

    def choice(self, node: Apply, conjunction: str) -> tuple[str, Node, Node]:
        """The condition and the two branches of a where; two nested conditions become one."""
        condition, a, b = node.arguments
        match a:
            case Apply("where", (second, inner, other)) if other is b:
                return self.both(condition, second, conjunction), inner, b
        return self.write(condition, _WHERE), a, b

    def both(self, first: Node, second: Node, conjunction: str) -> str:
        """Two conditions on the same expression as one chain: -3 < x < 3."""
        for low, high in ((first, second), (second, first)):
            match low, high:
                case (
                    Apply(">" | ">=" as above, (p, a)),
                    Apply("<" | "<=" as below, (q, b)),
                ) if p is q:
                    lower = _RELATIONS["<" if above == ">" else "<="]
                    return (
                        f"{self.write(a, _SUM)} {lower} {self.write(p, _SUM)} "
                        f"{_RELATIONS[below]} {self.write(b, _SUM)}"
                    )
        return f"{self.write(first, _WHERE)}{conjunction}{self.write(second, _WHERE)}"
