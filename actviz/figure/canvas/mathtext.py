r"""Mathtext as LaTeX's mathematics, in which a command that is not in a table here is a word.

So nothing that a user has typed between dollar signs is a command of LaTeX that does more than show
something, and what mathtext takes and LaTeX does not is written as LaTeX has it.
"""

from __future__ import annotations

import re

from actviz.figure.canvas import tex
from actviz.figure.canvas.text import MATHEMATICS, Label

# name -> how many groups follow it
COMMANDS = {
    "frac": 2, "dfrac": 2, "binom": 2, "overset": 2, "underset": 2, "sqrt": 1, "overline": 1,
    "underline": 1, "operatorname": 1, "boldsymbol": 1, "phantom": 1, "mathrm": 1, "mathit": 1,
    "mathbf": 1, "mathsf": 1, "mathtt": 1, "mathcal": 1, "mathbb": 1, "mathfrak": 1,
    "mathnormal": 1, "hat": 1, "bar": 1, "tilde": 1, "vec": 1, "dot": 1, "ddot": 1, "acute": 1,
    "grave": 1, "breve": 1, "check": 1, "widehat": 1, "widetilde": 1,
} | dict.fromkeys(
    """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
    varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi
    Pi Sigma Upsilon Phi Psi Omega hbar ell Re Im aleph wp partial nabla infty prime emptyset forall
    exists neg top bot angle triangle surd imath jmath
    pm mp times div ast star circ bullet cdot cap cup vee wedge setminus oplus ominus otimes oslash
    odot dagger ddagger diamond
    leq geq le ge equiv prec succ sim simeq ll gg approx asymp cong neq ne doteq propto models perp
    mid parallel subset supset subseteq supseteq in ni notin vdash dashv leqslant geqslant lesssim
    gtrsim therefore because square
    leftarrow rightarrow leftrightarrow uparrow downarrow Leftarrow Rightarrow Leftrightarrow to
    longrightarrow mapsto nearrow searrow
    sum prod coprod int oint iint iiint bigcap bigcup bigvee bigwedge bigoplus bigotimes bigodot
    ldots cdots vdots ddots dots colon
    lfloor rfloor lceil rceil langle rangle lbrace rbrace vert Vert backslash
    arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf
    limsup ln log max min Pr sec sin sinh sup tan tanh
    quad qquad enspace thinspace
    """.split(),
    0,
)  # fmt: skip
OTHERWISE = {"mathbfit": "mathbf", "mathscr": "mathcal", "mathregular": "mathrm",
             "mathdefault": "mathnormal"}  # fmt: skip
FACES = "rm cal it tt sf bf bfit default bb frak scr regular normal".split()  # of all that follows
BELOW = """sum prod coprod bigcap bigcup bigvee bigwedge bigoplus bigotimes bigodot lim liminf
    limsup sup max min""".split()  # what has its indices above and below it
SIGNS = {
    r"\/": r"\,", r"\[": "[", r"\]": "]", "~": r"\ ", "#": r"\#", "%": r"\%", "&": r"\&",
    "$": r"\$", '"': "''", "\\": "", "}": "",
} | {each: each for each in (r"\,", r"\;", r"\:", r"\!", r"\>", r"\ ", r"\%", r"\$", r"\{", r"\}",
                             r"\_", r"\|")}  # fmt: skip
DELIMITERS = set("()[]<>|/.") | {r"\{", r"\}", r"\|"} | {
    f"\\{name}" for name in "lfloor rfloor lceil rceil langle rangle lbrace rbrace vert Vert "
    "backslash uparrow downarrow".split()
}  # fmt: skip
BEGIN, END = r"\begin{array}{@{\,}l@{}l@{}}", r"\end{array}"
PADDING = re.compile(r"\\hspace\{[^{}]*\}(?=\\quad|$)")  # at the end of a column
OPENED, CLOSED = re.compile(r"(?<!\\)\{"), re.compile(r"(?<!\\)\}")
PRIMES = {"'": 1, "′": 1, "″": 2, "‴": 3, "⁗": 4}
SCRIPTS = {"^", "_", *PRIMES, *tex.RAISED, *tex.LOWERED}
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)


def typeset(label: Label) -> str:
    """The text of a label as LaTeX."""
    if label.math:
        return f"${formula(label.text)}$"
    if not label.parsed:
        return tex.text(label.shown)
    parts = MATHEMATICS.split(label.text)
    return "".join(
        f"${formula(part)}$" if i % 2 else tex.text(part.replace(r"\$", "$"))
        for i, part in enumerate(parts)
    )


def formula(mathtext: str) -> str:
    r"""A formula without its dollar signs, for a document with amsmath and amssymb.

    >>> print(formula("f″(x) = \\mathrm{4×10⁻⁹}"))
    f''(x) = \mathrm{4\times 10^{-9}}
    >>> print(formula(r"\sum_i \text{50%} + \input{x}"))
    \sum\limits_{i} \text{50\%} + \mathrm{input}{x}
    """
    return _Reader(mathtext).sequence()


class _Reader:
    """Reads mathtext from its tokens, and writes LaTeX in which every group is closed."""

    def __init__(self, mathtext: str) -> None:
        self.tokens, self.at = TOKEN.findall(mathtext), 0

    def next(self) -> str:
        """The next token; "" at the end."""
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else ""

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def sequence(self, end: str = "") -> str:
        """All up to a token, which is read too, or to the end."""
        written = ""
        while (token := self.next()) not in ("", end):
            written = _joined(written, self.scripted(token))
        return written

    def scripted(self, token: str) -> str:
        """What a token begins, with the indices and primes after it."""
        if token in SCRIPTS:
            self.at -= 1
        base = "{}" if token in SCRIPTS else self.atom(token)
        primes, below, above = 0, "", ""
        while (sign := self.peek()) in SCRIPTS:
            self.next()
            primes += PRIMES.get(sign, 0)
            below = _joined(
                below, tex.LOWERED.get(sign) or (self.argument() if sign == "_" else "")
            )
            above = _joined(above, tex.RAISED.get(sign) or (self.argument() if sign == "^" else ""))
        lower, upper = f"_{{{below}}}" * bool(below), f"^{{{above}}}" * bool(above)
        return base + lower + "'" * primes + upper  # LaTeX puts primes and what is above together

    def atom(self, token: str) -> str:
        match token:
            case "{":
                return f"{{{self.sequence('}')}}}"
            case r"\text":
                return rf"\text{{{tex.text(self.raw())}}}"
            case r"\genfrac":  # of which there is only what has neither brackets nor a line
                for _ in range(4):
                    self.raw()
                return _stacked(self.argument(), self.argument())
            case r"\hspace":
                return rf"\hspace{{{_number(self.raw())}em}}"
            case r"\left" | r"\right" | r"\middle":
                return token + (self.next() if self.peek() in DELIMITERS else ".")
        return self.command(token[1:]) if token[1:].isalpha() else _sign(token)

    def command(self, name: str) -> str:
        name = OTHERWISE.get(name, name)
        if name not in COMMANDS:
            return "" if name in FACES else rf"\mathrm{{{name}}}"
        if name in BELOW and self.peek() in SCRIPTS:
            return rf"\{name}\limits"
        root = f"[{self.root()}]" if name == "sqrt" and self.peek() == "[" else ""
        groups = "".join(f"{{{self.argument()}}}" for _ in range(COMMANDS[name]))
        return rf"\{name}{root}{groups}"

    def root(self) -> str:
        self.next()
        return f"{{{self.sequence(']')}}}"

    def argument(self) -> str:
        """A group without its braces, or a single token in its place."""
        token = self.next()
        while token == " ":
            token = self.next()
        if token == "{":
            return self.sequence("}")
        return self.atom(token) if token and token not in SCRIPTS else ""

    def raw(self) -> str:
        """What is between two braces, as it was typed."""
        depth, parts = 0, []
        while token := self.next():
            depth += (token == "{") - (token == "}")
            if depth < 1:
                break
            parts.append(token)
        return "".join(parts[1:])


def _stacked(above: str, below: str) -> str:
    """Lines below each other, the second of them too if it is such a stack, in two columns."""
    rows = [_row(above)]
    if below.startswith(BEGIN) and below.endswith(END):
        rows.append(below.removeprefix(BEGIN).removesuffix(END))
    else:
        rows.append(_row(below))
    return BEGIN + r"\\[1pt]".join(rows) + END


def _row(line: str) -> str:
    """A line with its columns, without what made these as wide as others in another face."""
    before, wide, after = (PADDING.sub("", line)).partition(r"\quad")
    if not wide or len(OPENED.findall(before)) != len(CLOSED.findall(before)):
        return line
    return rf"{before}&\quad{after}"


def _joined(before: str, after: str) -> str:
    """Two parts, with a space where the name of a command would go on."""
    goes_on = after[:1].isalpha() and re.search(r"\\[A-Za-z]+$", before)
    return f"{before} {after}" if goes_on else before + after


def _sign(token: str) -> str:
    """A single character; one that is a command of TeX is not let pass."""
    if token in SIGNS:
        return SIGNS[token]
    if token in tex.SYMBOLS or token in tex.GREEK:
        return tex.signs(token) + " " * tex.signs(token)[-1].isalpha()
    if token.isascii():
        return token if token.isprintable() and "\\" not in token else " "
    return rf"\text{{{tex.text(token)}}}"


def _number(text: str) -> str:
    """A number as LaTeX reads it; 0 for what is none."""
    return text if re.fullmatch(r"-?\d*\.?\d+", text, re.ASCII) else "0"
