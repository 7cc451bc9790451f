"""What is written for a formula in other languages, in that of actviz: the line to type.

Nothing here is understood: a formula that cannot be read is answered with what was probably meant,
which whoever typed it can look at. The user's own numbers and names are kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda_ mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Phi"
)
_GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΦ", _LETTERS.split(), strict=True))
_SIGNS = {
    "·": "*", "×": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/", "−": "-", "–": "-", "≤": "<=",
    "≥": ">=", "≦": "<=", "≧": ">=", "⩽": "<=", "⩾": ">=", "√": "sqrt", "½": "0.5", "¼": "0.25",
    "∣": "|", "“": "", "”": "", "$": "", "{": "(", "}": ")", "[": "(", "]": ")",
    "∧": " and ", "∨": " or ", "¬": " not ", "&&": " and ", "^": "**", ";": "",
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
# Functions of other languages that have another name here.
NAMES = {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh",
    "arsinh": "asinh", "arccosh": "acosh", "arcosh": "acosh", "arctanh": "atanh", "artanh": "atanh",
    "lb": "log2", "ceiling": "ceil", "rint": "round", "remainder": "mod", "fmod": "mod",
    "maximum": "max", "minimum": "min", "fmax": "max", "fmin": "min", "absolute": "abs",
    "fabs": "abs", "clamp": "clip", "expit": "sigmoid", "logistic": "sigmoid",
    "logsigmoid": "log_sigmoid", "norm_cdf": "Phi", "cdf": "Phi", "pdf": "phi", "sgn": "sign",
    "Max": "max", "Min": "min", "Abs": "abs", "if": "where",
}  # fmt: skip
_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_Α-ω][A-Za-z0-9_Α-ω]*(?:\.[A-Za-z_]\w*)*'*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|&&|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|\S)"
)
_LAMBDA = re.compile(r"\s*lambda\s+(\w+)\s*:(.*)", re.DOTALL)
_WORDS = frozenset({"and", "or", "not", "if", "else"})


def meant(text: str, functions: Collection[str]) -> str:
    """The formula in the language of actviz, as far as it can be guessed; else the text itself.

    functions: names that may be called.

    >>> meant("2x² + |x|", {"sin"}), meant("np.sin(x)", {"sin"}), meant("x > 0 ? x : 0", ())
    ('2*x**2 + abs(x)', 'sin(x)', 'where(x > 0, x, 0)')
    """
    if found := _LAMBDA.fullmatch(text):
        text = re.sub(rf"\b{found[1]}\b", "x", found[2])
    tokens = [token for token in _tokens(text) if token.text]
    for change in (_bars, _calls, _products, _powers):
        tokens = change(tokens, functions)
    return _chosen("".join(token.before + token.text for token in tokens).strip())


class _Token:
    """A number, a name or a sign, and the space before it."""

    __slots__ = ("before", "kind", "text")

    def __init__(self, text: str, kind: str, before: str = "") -> None:
        self.text, self.kind, self.before = text, kind, before

    def ends(self) -> bool:
        """Whether an operand ends with it."""
        return self.text == ")" or (self.kind != "sign" and self.text not in _WORDS)

    def begins(self) -> bool:
        """Whether an operand begins with it."""
        return self.text == "(" or (self.kind != "sign" and self.text not in _WORDS)


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    for part in _TOKEN.finditer(text):
        kind, before = part.lastgroup or "sign", text[place : part.start()]
        place = part.end()
        if kind == "name":
            found.append(_Token(_named(part[0]), kind, before))
        elif part[0][0] in _RAISED:
            power = "".join(_RAISED[digit] for digit in part[0])
            found += [_Token("**", "sign", before), _Token(power, "number")]
        else:
            said = _SIGNS.get(part[0], part[0])
            kind = "name" if said == "sqrt" else "number" if said[:1].isdigit() else kind
            found.append(_Token(said, kind, before))
    return found


def _named(name: str) -> str:
    """tanh for np.tanh and torch.tanh, alpha for its letter."""
    last = name.rpartition(".")[2]
    if last in NAMES:
        return NAMES[last]
    if last == "σ":
        return "sigmoid"
    return "".join(_GREEK.get(letter, letter) for letter in last)


def _bars(tokens: Sequence[_Token], _: Collection[str]) -> list[_Token]:
    """abs(x) for |x|."""
    done: list[_Token] = []
    opened: list[bool] = []
    for token in tokens:
        if token.text != "|":
            done.append(token)
        elif opened and done and done[-1].ends():
            opened.pop()
            done.append(_Token(")", "sign"))
        else:
            opened.append(True)
            done += [_Token("abs", "name", token.before), _Token("(", "sign")]
    return done


def _calls(tokens: Sequence[_Token], functions: Collection[str]) -> list[_Token]:
    """sin(2*x) for sin 2x: what follows a function until an operator that is written."""
    done: list[_Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        done.append(token)
        i += 1
        if token.kind == "name" and token.text in functions and i < len(tokens):
            end = i
            while end < len(tokens) and tokens[end].kind in ("number", "name"):
                end += 1
            inside = [*tokens[i:end]]
            if inside and not any(each.text in {*functions, *_WORDS} for each in inside):
                inside[0] = _Token(inside[0].text, inside[0].kind)
                done += [_Token("(", "sign"), *inside, _Token(")", "sign")]
                i = end
    return done


def _products(tokens: Sequence[_Token], functions: Collection[str]) -> list[_Token]:
    """2*x for 2x, x*(x + 1) for x(x + 1)."""
    done: list[_Token] = []
    for token in tokens:
        if done and done[-1].ends() and token.begins():
            last = done[-1]
            called = last.kind == "name" and token.text == "(" and last.text not in ("x", "pi", "e")
            if not called or (last.text not in functions and len(last.text) == 1):
                done.append(_Token("*", "sign"))
                token = _Token(token.text, token.kind)
        done.append(token)
    return done


def _powers(tokens: Sequence[_Token], _: Collection[str]) -> list[_Token]:
    """(a)**(b) for pow(a, b), (a)**2 for square(a): only where the arguments are plain."""
    text = "".join(token.before + token.text for token in tokens)
    inner = r"((?:[^(),]|\([^()]*\))+)"
    text = re.sub(rf"\bpow(?:er)?\({inner},\s*{inner}\)", r"(\1)**(\2)", text)
    text = re.sub(rf"\bsquare\({inner}\)", r"(\1)**2", text)
    return [_Token(re.sub(r"\((\w+)\)(?=\*\*)|(?<=\*\*)\((\w+)\)", r"\1\2", text), "sign")]


def _chosen(text: str) -> str:
    """where(x > 0, x, 0) for x > 0 ? x : 0."""
    depth, question, colon = 0, -1, -1
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "?" and not depth and question < 0:
            question = place
        if character == ":" and not depth and question >= 0 and colon < 0:
            colon = place
    if question < 0 or colon < 0:
        return text
    parts = text[:question], text[question + 1 : colon], _chosen(text[colon + 1 :])
    condition, a, b = (part.strip() for part in parts)
    return f"where({condition}, {a}, {b})"
