"""What the help pages say of the commands; what they say of options is in the table of these."""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """A command as its page tells it.

    argument, told: what stands for what it takes that is no option, and what is said of that.
    text: what it does; the first line is for the list of the commands.
    """

    argument: str
    told: str
    text: str


CURVE = (
    "NAME, NAME:param=value,... or a formula in x, as in 'where(x > 0, x, a*x):a=0.2'; "
    "LABEL= in front names it; after -- it may begin with a minus sign."
)

ACTVIZ = """\
Evaluate, draw, tabulate and check activation functions and their derivatives.

Examples:
actviz plot relu --deriv
actviz compare gelu gelu_tanh silu -o gelus.svg
actviz table sigmoid --at 0.1,0.4,0.7,1 -d
actviz plot 'x * sigmoid(1.702*x)' -d
"""

PAGES = {
    "plot": Page("CURVE...", CURVE, """\
Draw one figure per curve and print its path.

Examples:
actviz plot relu --deriv
actviz plot elu:alpha=0.5 'swish=x*sigmoid(b*x):b=1.5' -d -o figures/
actviz plot --range -3:3 -o square.svg -- '-x**2'
"""),
    "compare": Page("CURVE...", CURVE, """\
Draw several curves in one figure and print its path.

Examples:
actviz compare gelu gelu_tanh silu -o cmp.svg
actviz compare gelu gelu_tanh --diff
actviz compare sigmoid tanh relu leaky_relu --order 1 -o derivatives.svg
actviz compare sigmoid tanh relu --depth 1,5,10,20 -o vanishing.svg
"""),
    "table": Page("CURVE...", CURVE, """\
Print x and each curve and order as columns, or what the curves are like.

On a terminal it is drawn to be read; in a pipe or a file it is CSV with every digit.
A vector function such as softmax takes all x together as its one vector; -d gives the
derivative of each component by its own x, --jacobian those by every x, in columns d1, d2, ...
A gated function such as swiglu takes the first half of the x as a and the second as b.

Examples:
actviz table sigmoid --at 0.1,0.4,0.7,1 -d
actviz table relu elu --range -2:2 --step 0.5 -o values.csv
seq 0 0.1 1 | actviz table gelu --at -
actviz table softmax --at 1,2,3 --jacobian
actviz table gelu silu mish --properties
actviz table sigmoid tanh relu --depth 1,5,10,20
"""),
    "check": Page("[CURVE...]", f"{CURVE} [all]", """\
Verify curves, a derivative found by hand, or somebody's code. Exit code 1 if one fails.

Without a curve, the whole catalogue is checked.

Examples:
actviz check gelu
actviz check sigmoid --derivative 'sigmoid(x)*(1 - sigmoid(x))'
actviz check gelu --against mypackage.layers:my_gelu --figure errors.png
actviz check --explain loses-tail
"""),
    "list": Page("[WORD...]", "Parts of a name, alias, formula or framework name. [all]", """\
List the functions, with formulas, parameters and aliases.

With words, only those that hold every word in a name, alias, formula or framework name.

Examples:
actviz list
actviz list hard torch
actviz list --format json
actviz list gelu --columns range,lipschitz,gain
"""),
    "info": Page("CURVE", CURVE, """\
Tell what is known of a curve.

Formula and derivatives, parameters, range, limits, breakpoints with the value and derivative
taken there, names in the frameworks, paper.

Examples:
actviz info leaky_relu
actviz info 'where(x > 0, x, a*x):a=0.2' --format latex
"""),
}  # fmt: skip
