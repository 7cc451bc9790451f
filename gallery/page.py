"""Write the page of the gallery: every function with its figure, its formulas and all its facts.

One file that needs nothing beside it: page.html is the frame, page.css its looks, page.js the
search. The figures are those that `make gallery` has drawn into build/ from figures.toml and
comparisons.toml; those of build/page/ have no titles. All else is what `actviz info` tells.
"""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import drawing

from actviz import Activation, files, info, load, parse_curves
from actviz.cli.batch import as_typed
from actviz.cli.options import options_of
from actviz.formula.expression import Number
from actviz.formula.latex import symbol, to_latex
from actviz.formula.mathml import to_mathml
from actviz.info.atlas import deviations, sentences
from actviz.info.facts import entry_facts
from actviz.info.writing import WRONG, fact_rows
from actviz.properties import Properties

HERE = Path(__file__).parent

# What a reader can filter by: the word, and whether it is true of a function of one number.
SHAPES: dict[str, Callable[[Properties], bool]] = {
    "bounded": lambda p: p.bounded == "both",
    "saturating": lambda p: p.saturation is not None and "none" not in p.saturation,
    "continuous": lambda p: p.smoothness is not None and p.smoothness >= 0,
    "smooth": lambda p: p.smoothness == 4 and not p.breakpoints,
    "monotone": lambda p: p.monotone != "neither",
    "convex": lambda p: p.convexity in ("convex", "both"),
    "odd": lambda p: p.parity in ("odd", "both"),
    "even": lambda p: p.parity in ("even", "both"),
    "zero-centred": lambda p: p.zero_centred is True,
}
FRAMEWORKS = {
    "torch": "PyTorch", "jax": "JAX", "keras": "Keras", "tf": "TensorFlow", "onnx": "ONNX",
    "mlx": "MLX", "paddle": "Paddle",
}  # fmt: skip
ARGUMENTS = ("parameters", "a vector")

# Rows of `actviz info` that the page shows in a way of its own.
ELSEWHERE = ("parameters", "aliases", "frameworks", "defaults", "paper", "note", WRONG)
# What `actviz info` writes for terminals, as it is printed.
TYPESET = (
    (r"\binf\b", "\u221e"), (r"-(?=[\d\u221e])", "\u2212"), (r"<=", "\u2264"), (r">=", "\u2265"),
    (r"'", "\u2032"), (r"\^2", "\u00b2"), (r"\.\.\.", "\u2026"),
    (r"(?<=\d)e(\u2212?)\+?0*(\d+)", "\u200a\u00d7\u200a10^\\1\\2"),
)  # fmt: skip
DIAGONAL = r"\frac{\partial f_{i}}{\partial x_{i}}"
WIDE = 44  # signs of a formula that goes across the whole page
BROAD = 400  # points of a figure that takes the room of two
ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")


@dataclass(frozen=True)
class Function:
    """A function of the catalogue: what is known of it, and its figure."""

    name: str
    found: info.Facts
    told: Mapping[str, Any]  # what only the catalogue says
    figure: drawing.Drawing

    @property
    def tags(self) -> list[str]:
        """What it can be found by, in the order of the filters."""
        known = self.found.properties
        tags = [word for word, holds in SHAPES.items() if known is not None and holds(known)]
        tags += [FRAMEWORKS[key] for key in FRAMEWORKS if key in self.told["frameworks"]]
        holds = (bool(self.found.activation.parameters), self.found.activation.vector)
        return tags + [word for word, true in zip(ARGUMENTS, holds, strict=True) if true]


def main() -> int:
    """Write index.html."""
    files.write(HERE / "index.html", page().encode(), binary=False)
    return 0


def page(figures: Path = HERE / "build", names: Iterable[str] | None = None) -> str:
    """The page, with the figures of that folder; of all functions, or of those."""
    functions = [function(name, figures) for name in names or load().entries]
    comparisons = {
        name: (entry, drawing.read(figures / f"{name}.svg"))
        for name, entry in _comparisons().items()
    }
    drawings = [*(each.figure for each in functions), *(each for _, each in comparisons.values())]
    frame = Template((HERE / "page.html").read_text("utf-8"))
    return frame.substitute(
        style=(HERE / "page.css").read_text("utf-8"),
        script=(HERE / "page.js").read_text("utf-8"),
        palette=drawing.palette(drawings),
        outlines=drawing.outlines(drawings),
        count=len(functions),
        filters=_filters(functions),
        overview="\n".join(map(_overview, functions)),
        comparisons="\n".join(_comparison(name, *each) for name, each in comparisons.items()),
        functions="\n".join(map(_function, functions)),
    )


def function(name: str, figures: Path) -> Function:
    """What the page shows of a function."""
    [curve] = parse_curves([name])
    found = info.facts(curve)
    entry = curve.activation.entry
    assert entry is not None
    told = entry_facts(entry, curve.activation.parameters)
    return Function(name, found, told, drawing.read(figures / "page" / f"{name}.svg"))


def _filters(functions: Sequence[Function]) -> str:
    """The boxes to tick, with how many functions each lets through."""
    groups = {"Shape": SHAPES, "Framework": FRAMEWORKS.values(), "Arguments": ARGUMENTS}
    return "\n".join(_fieldset(legend, tags, functions) for legend, tags in groups.items())


def _fieldset(legend: str, tags: Iterable[str], functions: Sequence[Function]) -> str:
    boxes = []
    for tag in tags:
        count = sum(tag in each.tags for each in functions)
        boxes.append(
            f'<label><input type="checkbox" value="{_slug(tag)}"><span>{escape(tag)}'
            f" <small>{count}</small></span></label>"
        )
    return f"<fieldset><legend>{legend}</legend>{''.join(boxes)}</fieldset>"


def _overview(each: Function) -> str:
    """A small picture that leads to the function."""
    return (
        f'<li data-of="{each.name}"><a href="#{each.name}">{each.figure.thumbnail}'
        f"<span>{_breakable(each.name)}</span></a></li>"
    )


def _function(each: Function) -> str:
    slugs = " ".join(map(_slug, each.tags))
    formulas = _formulas(each)
    wide = ' class="wide"' if max(map(_length, formulas)) > WIDE else ""
    if each.figure.width > BROAD:
        wide = ' class="broad"'
    return f"""
<article id="{each.name}"{wide} data-tags="{slugs}" aria-labelledby="{each.name}-name">
<header>
<h3 id="{each.name}-name"><a href="#{each.name}">{_breakable(each.name)}</a></h3>
{_aliases(each)}
</header>
{_own_figure(each)}
<div class="formulas">
{"".join(formulas)}
</div>
<div class="about">
{_parameters(each)}
{_as_typed(each)}
{_tags(each)}
{_frameworks(each)}
{_paper(each)}
{_wrong(each)}
</div>
{_facts(each)}
</article>"""


def _aliases(each: Function) -> str:
    names = ", ".join(map(_breakable, each.told["aliases"]))
    return f'<p class="aliases">also {names}</p>' if names else ""


def _own_figure(each: Function) -> str:
    return _figure(each.name, each.figure, f"actviz plot {each.name} -d", f"build/{each.name}.svg")


def _figure(name: str, figure: drawing.Drawing, command: str, file: str) -> str:
    """The figure, named and described, with the command that draws it and its words to be read."""
    words = f"{name}-words"
    return f"""<figure>
<div class="drawing"><svg viewBox="0 0 {figure.width:g} {figure.height:g}" role="img" aria-label="{escape(figure.title)}" aria-describedby="{words}">{figure.markup}</svg></div>
<figcaption>
<p class="command"><code>{_unbroken(command)}</code> <a href="{file}" aria-label="{name} as an SVG file">SVG</a></p>
<details><summary>In words</summary><p id="{words}">{escape(figure.description)}</p></details>
</figcaption>
</figure>"""  # noqa: E501


def _unbroken(command: str) -> str:
    """A command of which no option is broken after its hyphens.

    >>> _unbroken("actviz compare relu elu --order 1")
    'actviz compare relu elu <span>--order</span> 1'
    """
    return re.sub(r"(?<!\S)--\S+", r"<span>\g<0></span>", escape(command))


def _formulas(each: Function) -> list[str]:
    """The function and its derivative, each in a box of its own, which is as wide as it may be."""
    activation = each.found.activation
    shown = list(activation.formulas.items())[: 3 if activation.gated else 2]
    boxes = []
    for i, (name, formula) in enumerate(shown):
        latex = f"{_named(name, activation)} = {to_latex(formula, cases=True)}"
        boxes.append(f'<div class="formula order-{min(i, 1)}">{to_mathml(latex)}</div>')
    return boxes


def _named(name: str, activation: Activation) -> str:
    """f'(x) and df/da as LaTeX; of a vector the component, and the Jacobian's diagonal."""
    if activation.vector:
        return "f_{i}(x)" if name == "f(x)" else DIAGONAL
    return re.sub(r"^df/d(\w+)$", r"\\frac{\\partial f}{\\partial \1}", name)


def _length(markup: str) -> int:
    """How many signs there are to be read, which tells about how wide a formula is."""
    return len(re.sub(r"<[^>]*>|&#x206[12];|\s", "", markup))


def _as_typed(each: Function) -> str:
    """The formula as it is typed, and what its reader should know."""
    note = each.told["note"]
    typed = f'<p class="typed"><code>{_breakable(each.found.activation.formula)}</code></p>'
    return typed + (f'<p class="note">{_linked(note)}</p>' if note else "")


def _parameters(each: Function) -> str:
    """The values of the parameters, and those that frameworks have in their place."""
    if not each.found.activation.parameters:
        return ""
    lines = [f"<p>with {_assigned(each.found.activation.parameters)}</p>"]
    lines += [
        f"<p>{_assigned(values)} in {escape(FRAMEWORKS.get(name, name))}</p>"
        for name, values in each.told["other_defaults"].items()
    ]
    return f'<div class="parameters">{"".join(lines)}</div>'


def _assigned(values: Mapping[str, float]) -> str:
    """Parameters with their values, in signs.

    >>> re.sub("<[^>]*>", "", _assigned({"alpha": 0.01, "lambd": -1}))
    '\u03b1=0.01, \u03bb=\u22121'
    """
    return ", ".join(
        to_mathml(f"{symbol(name)} = {to_latex(Number(float(value)))}", display=False)
        for name, value in values.items()
    )


def _tags(each: Function) -> str:
    tags = "".join(f"<li>{escape(tag)}</li>" for tag in each.tags if tag in SHAPES)
    return f'<ul class="tags">{tags}</ul>' if tags else ""


def _facts(each: Function) -> str:
    formulas = each.found.activation.formulas
    rows = [
        f"<div><dt>{_typeset(label)}</dt>{''.join(f'<dd>{_typeset(line)}</dd>' for line in lines)}"
        "</div>"
        for label, lines, _ in fact_rows(each.found)
        if label not in ELSEWHERE and label not in formulas and not label.endswith("on -6:6")
    ]
    return f'<dl class="facts">{"".join(rows)}</dl>' if rows else ""


def _frameworks(each: Function) -> str:
    rows = [
        f"<div><dt>{escape(FRAMEWORKS.get(key, key))}</dt><dd><code>{_breakable(call)}</code></dd>"
        "</div>"
        for key, call in each.told["frameworks"].items()
    ]
    return f'<dl class="frameworks">{"".join(rows)}</dl>' if rows else ""


def _paper(each: Function) -> str:
    paper = each.told["paper"]
    return f'<p class="paper">{_linked(paper)}</p>' if paper else ""


def _wrong(each: Function) -> str:
    """Where frameworks are wrong, folded away."""
    found = sentences(deviations(each.found.activation))
    if not found:
        return ""
    items = "".join(f"<li>{_typeset(line)}</li>" for line in found)
    return (
        '<details class="wrong"><summary>Where frameworks are wrong</summary>'
        f"<ul>{items}</ul></details>"
    )


def _comparisons() -> dict[str, dict[str, Any]]:
    """The entries of comparisons.toml, less those that are pictures of the documents."""
    tables = tomllib.loads((HERE / "comparisons.toml").read_text("utf-8"))
    entries = {name: table for name, table in tables.items() if isinstance(table, dict)}
    return {name: entry for name, entry in entries.items() if "output" not in entry}


def _comparison(name: str, entry: Mapping[str, Any], figure: drawing.Drawing) -> str:
    title = name.replace("-", " ").capitalize()
    broad = " broad" if figure.width > BROAD else ""
    return f"""
<article id="{name}" class="comparison{broad}" aria-labelledby="{name}-name">
<h3 id="{name}-name"><a href="#{name}">{title}</a></h3>
{_figure(name, figure, _command(entry), f"build/{name}.svg")}
</article>"""


def _command(entry: Mapping[str, Any]) -> str:
    """The entry of a list as one types it.

    >>> _command({"curves": ["relu", "elu:alpha=1|2"], "range": [-4, 3], "deriv": True})
    "actviz compare relu 'elu:alpha=1|2' --range -4:3 --deriv"
    >>> _command({"curves": "relu", "depth": [1, 5]})
    'actviz compare relu --depth 1,5'
    """
    rows = options_of("compare")
    words: list[str] = []
    for key, value in entry.items():
        typed = as_typed(rows.get(key), value)
        if key == "curves":
            words = [*typed, *words]
        elif isinstance(typed, str):
            words += [f"--{key}", typed]
        else:  # a flag, given so many times
            words += [f"--{key}"] * int(typed)
    return shlex.join(["actviz", "compare", *words])


def _slug(tag: str) -> str:
    return tag.lower().replace(" ", "-")


def _breakable(text: str) -> str:
    """Code that may go on in the next line after a mark."""
    return re.sub(r"([_,(]|(?<=[A-Za-z])\.)(?=\w)", r"\1<wbr>", escape(text))


def _typeset(text: str) -> str:
    """A fact as it is printed: signs in place of their spelling on a keyboard.

    >>> _typeset("[-0.2784645, inf), min at -1.27846")
    '[\u22120.2784645, \u221e), min at \u22121.27846'
    """
    for pattern, replacement in TYPESET:
        text = re.sub(pattern, replacement, text)
    marked = escape(text, quote=False)
    return re.sub(r"10\^(\u2212?\d+)", r"10<sup>\1</sup>", marked)


def _linked(text: str) -> str:
    """Text in which the papers of arXiv are links."""
    return ARXIV.sub(r'<a href="https://arxiv.org/abs/\1">\g<0></a>', escape(text, quote=False))


if __name__ == "__main__":
    sys.exit(main())
