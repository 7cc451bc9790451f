"""Names as text of a markup that shows them as they are."""

from __future__ import annotations

import re

LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{character: "\\" + character for character in "#$%&_{}"},
}


def escape_markdown(name: str) -> str:
    """The name as Markdown text that shows it as it is; _ inside a word needs no escape."""
    name = re.sub(r"([\\|*`<>\[\]&~$#])", r"\\\1", " ".join(name.split()))
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", name)


def escape_latex(name: str) -> str:
    """The name as LaTeX text that shows it as it is."""
    return "".join(LATEX_SPECIAL.get(character, character) for character in " ".join(name.split()))
