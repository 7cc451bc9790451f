r"""What is written in a picture as LaTeX, in which nothing that a user has typed is a command.

A letter that the font of a document may lack is `\actvizchar{...}`, which a picture defines for
itself: the letter where that document has it, else a question mark.
"""

from __future__ import annotations

import re
import unicodedata

from actviz.figure.canvas.comments import printable

# What LaTeX takes for something else in a text.
SPECIAL = {
    "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"$\sim$", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    '"': r"\symbol{34}",  # which babel makes a command of in some languages
    "\N{LEFT SINGLE QUOTATION MARK}": "`", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``", "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "\N{EN DASH}": "--", "\N{EM DASH}": "---", "\N{HORIZONTAL ELLIPSIS}": r"\dots{}",
}  # fmt: skip
JOINED = "-'`,?!"  # two of these in a row may become one sign
LETTERS = "ßæøåœıłÆØŒŁ"  # those without an accent that every font of LaTeX has
ACCENTS = "".join(map(unicodedata.lookup, (
    "COMBINING GRAVE ACCENT", "COMBINING ACUTE ACCENT", "COMBINING CIRCUMFLEX ACCENT",
    "COMBINING TILDE", "COMBINING DIAERESIS", "COMBINING RING ABOVE", "COMBINING CARON",
    "COMBINING MACRON", "COMBINING BREVE", "COMBINING DOT ABOVE", "COMBINING CEDILLA",
    "COMBINING DOUBLE ACUTE ACCENT",
)))  # fmt: skip

GREEK = dict(zip(
    "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
    r"""\alpha \beta \gamma \delta \varepsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi
    \pi \rho \sigma \tau \upsilon \varphi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi
    \Sigma \Upsilon \Phi \Psi \Omega""".split(),
    strict=True,
))  # fmt: skip
SYMBOLS = {
    "−": "-", "′": "'", "″": "''", "‴": "'''", "⁗": "''''",
    "×": r"\times", "·": r"\cdot", "±": r"\pm", "∞": r"\infty", "∂": r"\partial", "√": r"\surd",
    "∑": r"\sum", "∫": r"\int", "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx",
    "∈": r"\in", "→": r"\to", "°": r"{}^\circ",
}  # fmt: skip
RAISED = dict(zip("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁽⁾", "-+0123456789n()", strict=True))
LOWERED = dict(zip("₋₊₀₁₂₃₄₅₆₇₈₉", "-+0123456789", strict=True))

# A number as the ticks have it: −0.5, 4.73×10⁻⁴, <10⁻³², 3π/4, ∞. One of digits alone among words
# stays as it is, in the digits of the text.
SIGNS = f"−±<×π∞{''.join(RAISED)}"
POWER = rf"10[{''.join(RAISED)}]+"
NUMBER = rf"[−±<]?(?:×?{POWER}|[0-9.]*π|∞|[0-9.]+(?:×{POWER})?)(?:/[0-9]+)?"
PARTS = re.compile(
    rf"(?P<number>(?<![\w.])(?=[0-9.]*[{SIGNS}]){NUMBER}(?![\w⁻]))"
    rf"|(?P<raised>[{''.join(RAISED)}]+)|(?P<lowered>[{''.join(LOWERED)}]+)"
    rf"|(?P<greek>(?<![Α-ώ])[{''.join(GREEK)}](?![Α-ώ]))"
    rf"|(?P<spaces> {{2,}})|(?P<joined>(?<=[{JOINED}])[{JOINED}])|(?P<other>.)",
    re.DOTALL,
)

# What a picture defines if it is used in it; #1 of the second is the most that #2 may be wide.
DEFINED = {
    r"\actvizchar": r"""\def\actvizchar#1{\ifdefined\Umathchar\iffontchar\font`#1 #1\else?\fi
  \else\ifcsname u8:\detokenize{#1}\endcsname{\edef\now{\csname f@encoding\endcsname}\def\old{OT1}%
    \ifx\now\old\fontencoding{T1}\selectfont\fi#1}\else?\fi\fi}""",
    r"\actvizfit": r"""\def\actvizfit#1#2{\setbox0\hbox{#2}\ifdim\wd0>#1
  \resizebox{#1}{!}{#2}\else#2\fi}""",
}


def text(plain: str) -> str:
    r"""A plain text as LaTeX, what is mathematics in it in dollar signs.

    >>> print(text("max 4.73×10⁻⁴ at −1.28"))
    max $4.73\times 10^{-4}$ at $-1.28$
    >>> print(text("a_b 100% {x}"))
    a\_b 100\% \{x\}
    """
    plain = unicodedata.normalize("NFC", plain)
    if re.fullmatch(NUMBER, plain):
        return f"${signs(plain)}$"
    return "".join(_part(str(found.lastgroup), found[0]) for found in PARTS.finditer(plain))


def signs(run: str) -> str:
    r"""Numbers and signs as mathematics, without its dollar signs.

    >>> print(signs("−3π/4"), signs("<10⁻³²"))
    -3\pi /4 <10^{-32}
    """
    found = re.sub(rf"[{''.join(RAISED)}]+", lambda run: _script("^", run[0]), run)
    found = re.sub(rf"[{''.join(LOWERED)}]+", lambda run: _script("_", run[0]), found)
    return "".join(map(_sign, found)).removesuffix(" ")


def _part(kind: str, part: str) -> str:
    match kind:
        case "number" | "greek" | "raised" | "lowered":
            return f"${signs(part)}$"
        case "spaces":
            return r"\ " * len(part)
        case "joined":
            return rf"\kern0pt {part}"
    return _letter(part)


def _letter(letter: str) -> str:
    if letter in SPECIAL:
        return SPECIAL[letter]
    if letter in SYMBOLS:
        return f"${signs(letter)}$"
    if letter.isascii() or letter in LETTERS or _accented(letter):
        return printable(letter)
    return rf"\actvizchar{{{letter}}}" if letter.isprintable() else " "


def _accented(letter: str) -> bool:
    """Whether it is one of our letters with one accent."""
    base, accent, *more = (*unicodedata.normalize("NFD", letter), "")
    return bool(accent) and base.isascii() and accent in ACCENTS and not any(more)


def _sign(sign: str) -> str:
    found = SYMBOLS.get(sign) or GREEK.get(sign, sign)
    return f"{found} " if found.startswith("\\") else found


def _script(sign: str, run: str) -> str:
    return f"{sign}{{{''.join((RAISED | LOWERED)[each] for each in run)}}}"
