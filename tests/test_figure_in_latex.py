"""Figures as TikZ, compiled by the two engines that most documents are made with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sampled import sampled

from actviz import check, figure
from actviz.catalogue.curve import parse_curves
from actviz.catalogue.lookup import load
from actviz.figure.canvas import mathtext, tex, theme
from actviz.figure.canvas.picture import Picture
from actviz.figure.canvas.scene import Scene
from actviz.figure.canvas.title import title_of

ENGINES = ("pdflatex", "lualatex")

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ENGINES)),
    reason="pdflatex or lualatex is not installed; the Makefile says at test-latex what is needed",
)

HOSTILE = r"""a_b%#$&~^\{} }; \end{document} ^^5cinput{x} $x_1$ "q" --- <<é>> −π/2 ×10⁻⁹ Ж 中 θ ½"""
MATHEMATICS = (
    r"50% of $\sum_i x_i^\frac{1}{2} \neq \text{\input{x} & #1}$ at $\alpha′ \in \mathbb{R}$"
)
PICTURES = {
    "derivatives": lambda: plotted("silu", (0, 1, 2), annotate=True, formula=True),
    "jumps": lambda: plotted("hardshrink", (0, 1), grid=True, theme="dark"),
    "piecewise": lambda: plotted("isrlu", (0, 1), formula=True),
    "fractions": lambda: plotted("tanh", (0, 1, 2), formula=True, axes="box"),
    "waves": lambda: plotted("snake", (0, 1), annotate=True),
    "vector": lambda: plotted("softmax", (0, 1)),
    "small": lambda: plotted("1e-9*x**2", (0,), axes="center"),
    "band": lambda: plotted("sin(50*x)", (0, 1), transparent=True),
    "grid": lambda: compared("relu elu gelu silu mish softplus tanh", layout="grid"),
    "difference": lambda: compared("gelu gelu_tanh quick_gelu", diff=True),
    "plane": lambda: plotted("swiglu", (0, 1)),
    "planes": lambda: compared("glu swiglu reglu"),
    "vanishing": lambda: figure.vanishing(parse_curves(["sigmoid", "relu"]), [1, 5, 10, 20]),
    "errors": lambda: errors("gelu"),
    "hostile": lambda: plotted("relu", (0,), title=HOSTILE),
    "mathematics": lambda: plotted("relu", (0,), title=MATHEMATICS, xlabel=r"$x_\mathrm{in}$ in %"),
    "hostile names": lambda: compared("relu", "a_b%#$&~^\\{}", "^^M $ }"),
}
ARTICLE = r"""\documentclass{article}
\usepackage[paperwidth=40cm, paperheight=30cm, margin=1cm]{geometry}
\usepackage{lmodern}
\usepackage{amsmath, amssymb}
\usepackage{tikz}
\setlength{\parindent}{0pt}
\begin{document}
"""


def plotted(curve: str, orders: tuple[int, ...], **asked: object) -> Picture:
    [one] = parse_curves([curve])
    return figure.plot(one, orders, -6, 6, figure.Options(**asked))  # type: ignore[arg-type]


def compared(names: str, *labels: str, layout: str | None = None, diff: bool = False) -> Picture:
    curves = [*parse_curves(names.split())]
    curves += [replace(curves[0], label=label) for label in labels]
    return figure.compare(curves, (0,), -6, 6, layout=layout, diff=diff)


def errors(name: str) -> Picture:
    curves = parse_curves([name])
    return figure.errors(check.error_series(curves, (0, 1)), *curves)


def compiled(engine: str, file: Path) -> str:
    """What an engine says of a document, which it has nothing to complain of."""
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", file.name],
        cwd=file.parent, env={**os.environ, "max_print_line": "1000"}, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    log = file.with_suffix(".log").read_text("utf-8", "replace")
    assert done.returncode == 0, log[-3000:]
    told = re.compile(r"^(?:Missing character|Overfull|! |LaTeX .*Warning).*", re.MULTILINE)
    assert told.findall(log) == []
    return log


def pages(log: str) -> int:
    return int(re.findall(r"Output written on \S+ \((\d+) pages?", log)[0])


@pytest.mark.parametrize("engine", sampled(ENGINES, 0.5))
def test_figures_in_a_document(engine: str, tmp_path: Path) -> None:
    for i, draw in enumerate(PICTURES.values()):
        (tmp_path / f"{i}.tex").write_bytes(figure.render(draw(), "tikz-fragment"))
    inputs = "\n\\newpage\n".join(rf"\input{{{i}}}" for i in range(len(PICTURES)))
    file = tmp_path / "document.tex"
    file.write_text(f"{ARTICLE}{inputs}\n\\end{{document}}\n")
    assert pages(compiled(engine, file)) == len(PICTURES)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["derivatives", "hostile"])
def test_a_figure_that_is_a_document(engine: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / "figure.tex"
    file.write_bytes(figure.render(PICTURES[name](), "tikz"))
    assert pages(compiled(engine, file)) == 1
    width, height = PICTURES[name]().size
    if engine == "pdflatex" and (info := shutil.which("pdfinfo")):
        said = subprocess.check_output([info, "figure.pdf"], cwd=tmp_path, text=True)
        box = re.search(r"Page size: +([\d.]+) x ([\d.]+)", said)
        assert box is not None
        assert [float(each) / 72 for each in box.groups()] == pytest.approx(
            [width, height], abs=0.01
        )


@pytest.mark.parametrize("engine", sampled(ENGINES, 0.5))
def test_the_titles_of_all_functions(engine: str, tmp_path: Path) -> None:
    file = tmp_path / "titles.tex"
    names = sampled(list(load().entries), 0.1)
    lines = [rf"\hbox{{{text}}}" for name in names for text in titles(name)]
    file.write_text(ARTICLE + "\n".join(lines) + "\n\\end{document}\n")
    assert pages(compiled(engine, file)) > 1


def titles(name: str) -> list[str]:
    """The formulas of a function and of its derivatives as a figure has them."""
    curves = parse_curves([name])
    scene = Scene(tuple(curves), (0,), -6, 6, figure.Options())
    orders = (1, 2) if curves[0].activation.elementwise else ()
    found = title_of(
        curves[0], orders, theme.LIGHT.curves[1:][: len(orders)], 900, scene.title_look
    )
    labels = [label for line in found for label in line]
    return [mathtext.typeset(label) for label in labels]


@pytest.mark.parametrize("engine", ENGINES)
def test_all_the_mathematics_that_can_be_typed(engine: str, tmp_path: Path) -> None:
    file = tmp_path / "commands.tex"
    lines = [rf"\{name}" + "{x}" * groups for name, groups in mathtext.COMMANDS.items()]
    lines += [
        *mathtext.SIGNS,
        *(f"x{sign}2" for sign in mathtext.SCRIPTS),
        *tex.SYMBOLS,
        *tex.GREEK,
    ]
    lines += [rf"\left{each}\frac{{1}}{{2}}\right{each}" for each in mathtext.DELIMITERS]
    lines += [r"x^\hat{y}'_\text{50% & #1}", r"x^{2}'^3", r"\sqrt[\frac{1}{]}]{x}", r"\hspace{.5}"]
    body = "\n".join(rf"\hbox{{${mathtext.formula(each)}$}}" for each in lines)
    file.write_text(f"{ARTICLE}{body}\n\\end{{document}}\n")
    compiled(engine, file)
