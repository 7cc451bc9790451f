"""Tables that hold what is hard to write, and names that are hard to escape."""

import io
import math

from actviz import table
from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.formula.parsing import parse
from actviz.table import grid


def curve(formula, label):
    return Curve(Activation(label, parse(formula)), label, formula)


SIGMOID = curve("sigmoid(x)", "sigmoid")
SOFTMAX = curve("exp(x)/sum(exp(x))", "softmax")
WAVE = curve("x*sin(1/x)", "wave")  # NaN at 0, all digits elsewhere
LOGARITHM = curve("log(x)", "logarithm")  # NaN below 0, -inf at 0
ALL_KINDS = table.Columns(
    [SIGMOID, WAVE, LOGARITHM],
    [0, 1],
    grid.listed([-2, -0.0, 0.1, 1e-5, 1e16, 5e-324, 1.7e308, math.inf, -math.inf, math.nan]),
)

# label -> how it stands in Markdown and in LaTeX; both show it as it is
LABELS = {
    "quick gelu": ("quick gelu", "quick gelu"),
    "quick_gelu": ("quick_gelu", r"quick\_gelu"),
    "_f_": (r"\_f\_", r"\_f\_"),
    "a|b": (r"a\|b", r"a\textbar{}b"),
    "a\\b": (r"a\\b", r"a\textbackslash{}b"),
    "[red]f[/red]": (r"\[red\]f\[/red\]", "[red]f[/red]"),
    "f' 100% #1 & $2 {x}~^": (
        r"f' 100% \#1 \& \$2 {x}\~^",
        r"f' 100\% \#1 \& \$2 \{x\}\textasciitilde{}\textasciicircum{}",
    ),
    "<b>*`f`*": (r"\<b\>\*\`f\`\*", r"\textless{}b\textgreater{}*`f`*"),
    'say "f", f;\tg': (r'say "f", f; g', r"say \textquotedbl{}f\textquotedbl{}, f; g"),
    "elu:alpha=0.5": ("elu:alpha=0.5", "elu:alpha=0.5"),
    "σ ∘ f": ("σ ∘ f", "σ ∘ f"),
}


def written(columns, format):
    stream = io.BytesIO()
    table.write(columns, format, stream)
    return stream.getvalue()
