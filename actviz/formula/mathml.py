"""Formulas as MathML, which browsers draw themselves: read off the LaTeX of latex.py.

What binds how tightly, which signs meet and what a primitive looks like is decided there, once.
Here the few marks that latex.py writes are read again, as a tree of MathML elements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.entities import html5

# A mark, with the spaces before it: they tell a product from a function's argument.
_TOKEN = re.compile(
    r"(?P<space>\s*)(?P<token>\\(?:text|mathrm|begin|end)\{[^{}]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S)"
)
_FUNCTIONS = frozenset("log sin cos tan arcsin arccos arctan sinh cosh tanh min max".split())
# HTML names letters and signs as LaTeX does, but for these.
_SIGNS = {"cdot": "\u22c5", "epsilon": "\u03f5", "partial": "\u2202", "phi": "\u03d5",
          "varphi": "\u03c6"}  # fmt: skip
_OPERATORS = {
    "+": "+", "-": "\u2212", "/": "/", "=": "=", "<": "<", ">": ">", ",": ",",
    r"\leq": "\u2264", r"\geq": "\u2265", r"\ne": "\u2260", r"\cdot": "\u22c5",
}  # fmt: skip
_BRACKETS = {"(": ")", "[": "]", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}
_CLOSING = frozenset({"}", r"\right", "&", r"\\", r"\end{cases}", *_BRACKETS.values()} - {"]"})
_PRIMES = {"'": "\u2032", "''": "\u2033", "'''": "\u2034", "''''": "\u2057"}
_UPRIGHT = frozenset("\u03a6")  # a distribution's function, not a variable

_APPLY = "<mo>&#x2061;</mo>"
_TIMES = "<mo>&#x2062;</mo>"
_PREFIX_MINUS = '<mo form="prefix">\u2212</mo>'
_THIN_TIMES = '<mo rspace="0.17em">&#x2062;</mo>'


def to_mathml(latex: str, display: bool = True) -> str:
    r"""The LaTeX that latex.py writes (with cases) as one <math> element.

    display=True sets it as a line of its own, False among words.

    Raises ValueError for LaTeX that it does not write.

    >>> print(to_mathml(r"\alpha\,x", display=False).partition("MathML")[2])
    "><mrow><mi>\u03b1</mi><mo rspace="0.17em">&#x2062;</mo><mi>x</mi></mrow></math>
    """
    reader = _Reader(latex)
    body = _row(reader.parts())
    if reader.token:
        raise ValueError(f"not LaTeX of a formula, at {reader.token!r}: {latex}")
    setting = ' display="block"' if display else ""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{setting}>{body}</math>'


@dataclass
class _Part:
    """An element, and whether it is a name that brackets can follow, a value, or neither."""

    markup: str
    kind: str  # 'name', 'value', 'sum' or 'operator'


def _row(parts: list[_Part]) -> str:
    """The parts as one element; there must be one."""
    if not parts:
        raise ValueError("LaTeX of a formula lacks a part")
    markup = "".join(part.markup for part in parts)
    return markup if len(parts) == 1 else f"<mrow>{markup}</mrow>"


def _operator(text: str) -> str:
    return f"<mo>{escape(text)}</mo>"


def _letters(text: str) -> str:
    """A word in upright letters; MathML slants a single letter unless it is told."""
    upright = ' mathvariant="normal"' if len(text) == 1 else ""
    return f"<mi{upright}>{escape(text)}</mi>"


class _Reader:
    def __init__(self, latex: str) -> None:
        found = list(_TOKEN.finditer(latex))
        self.tokens = [m["token"] for m in found] + [""]
        self.spaced = [bool(m["space"]) for m in found] + [False]
        self.at = 0

    @property
    def token(self) -> str:
        """The mark to be read next; empty at the end."""
        return self.tokens[self.at]

    def take(self, wanted: str = "") -> str:
        """The next mark, which must be the one wanted; now read."""
        token = self.token
        if not token or token != (wanted or token):
            raise ValueError(
                f"{wanted or 'more'} is missing before {' '.join(self.tokens[self.at :])!r}"
            )
        self.at += 1
        return token

    def parts(self, end: str = "") -> list[_Part]:
        """Everything up to a closing mark, a cell's or row's end, or the end."""
        parts: list[_Part] = []
        while self.token and self.token not in _CLOSING:
            if self.token == "|" == end and parts and parts[-1].kind != "operator":
                break
            self.next(parts)
        return parts

    def next(self, parts: list[_Part]) -> None:
        """Read one element, and what joins it to the one before."""
        before = parts[-1].kind if parts else "operator"
        match self.token:
            case "^" | "_" | "'":
                if not parts:
                    raise ValueError(f"{self.token} follows nothing")
                parts[-1] = self.script(parts[-1])
            case r"\,":
                self.take()
                applied = parts[-1].markup in map(_letters, _FUNCTIONS)
                parts.append(_Part(_APPLY if applied else _THIN_TIMES, "operator"))
            case "(" | r"\left" | r"\lfloor" | r"\lceil":
                if before in ("name", "value"):
                    joint = _APPLY if before == "name" and not self.spaced[self.at] else _TIMES
                    parts.append(_Part(joint, "operator"))
                parts.append(_Part(self.brackets(), "value"))
            case "-" if before == "operator":
                self.take()
                parts.append(_Part(_PREFIX_MINUS, "operator"))
            case token if token in _OPERATORS:
                parts.append(_Part(_operator(_OPERATORS[self.take()]), "operator"))
            case _:
                parts.append(self.atom())

    def atom(self) -> _Part:
        token = self.take()
        match token, token.lstrip("\\").partition("{")[0]:
            case r"\frac", _:
                above = self.group()
                return _Part(f"<mfrac>{above}{self.group()}</mfrac>", "value")
            case r"\sqrt", _ if self.token == "[":
                degree = self.degree()
                return _Part(f"<mroot>{self.group()}{degree}</mroot>", "value")
            case r"\sqrt", _:
                return _Part(f"<msqrt>{self.group()}</msqrt>", "value")
            case r"\sum", _:
                return _Part(_operator("\u2211"), "sum")
            case r"\begin{cases}", _:
                return _Part(self.cases(), "value")
            case "|", _:
                inner = _row(self.parts(end="|"))
                self.take("|")
                return _Part(f"<mrow>{_bar('prefix')}{inner}{_bar('postfix')}</mrow>", "value")
            case _, "text":
                text = token[6:-1].replace(" ", "\u00a0")  # spaces at the ends would be lost
                return _Part(f"<mtext>{escape(text)}</mtext>", "operator")
            case _, "mathrm":
                return _Part(_letters(token[8:-1].replace(r"\_", "_")), "name")
            case _, name if name in _FUNCTIONS:
                return _Part(_letters(name), "name")
            case _, name if token[0] == "\\":
                return _Part(_letter(_SIGNS.get(name) or _sign(name)), "name")
        if token[0].isdigit():
            return _Part(f"<mn>{token}</mn>", "value")
        if not token.isalpha():
            raise ValueError(f"not a mark of a formula: {token!r}")
        return _Part(_letter(token), "name")

    def script(self, base: _Part) -> _Part:
        """The element with an exponent, an index or primes."""
        mark = self.take()
        if mark == "'":
            while self.token == "'":
                mark += self.take()
            return _Part(f"<msup>{base.markup}{_operator(_PRIMES[mark])}</msup>", base.kind)
        kind = "operator" if base.kind == "sum" else base.kind
        tag = "msup" if mark == "^" else "munder" if base.kind == "sum" else "msub"
        return _Part(f"<{tag}>{base.markup}{self.group()}</{tag}>", kind)

    def group(self) -> str:
        self.take("{")
        inner = _row(self.parts())
        self.take("}")
        return inner

    def degree(self) -> str:
        """That of a root, between square brackets."""
        self.take("[")
        number = self.atom().markup
        self.take("]")
        return number

    def brackets(self) -> str:
        tall = self.token == r"\left"
        if tall:
            self.take()
        opening = self.take(self.token if self.token in _BRACKETS else "(")
        inner = "".join(part.markup for part in self.parts())
        if tall:
            self.take(r"\right")
        closing = self.take(_BRACKETS[opening])
        return f"<mrow>{_bracket(opening)}{inner}{_bracket(closing)}</mrow>"

    def cases(self) -> str:
        rows: list[str] = []
        while not rows or self.token == r"\\":
            if rows:
                self.take()
            value = _row(self.parts())
            self.take("&")
            rows.append(f"<mtr><mtd>{value}</mtd><mtd>{_row(self.parts())}</mtd></mtr>")
        self.take(r"\end{cases}")
        table = f'<mtable columnalign="left" class="cases">{"".join(rows)}</mtable>'
        return f"<mrow><mo>{{</mo>{table}</mrow>"


def _letter(text: str) -> str:
    return _letters(text) if text in _UPRIGHT else f"<mi>{escape(text)}</mi>"


def _sign(name: str) -> str:
    if f"{name};" not in html5:
        raise ValueError(f"no sign is named {name!r}")
    return html5[f"{name};"]


def _bracket(mark: str) -> str:
    return f"<mo>{mark if len(mark) == 1 else _sign(mark[1:])}</mo>"


def _bar(form: str) -> str:
    return f'<mo form="{form}" stretchy="true">|</mo>'
