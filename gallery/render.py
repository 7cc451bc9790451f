"""Draw the gallery: every function of the catalogue, then comparisons, all in this one process.

Each row below is a command line of actviz, run in this folder. Pictures that the README shows go
beside this file and are kept; all the others go into build/ and are not.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from actviz.catalogue import load
from actviz.cli import run

FIGURES = (
    # every function with its derivative, light or dark as its reader is
    "plot {functions} --deriv --theme auto -o build/{name}.svg",
    # what the textbooks put side by side
    "compare sigmoid tanh relu leaky_relu --order 1 --theme auto -o build/derivatives.svg",
    "compare relu leaky_relu elu softplus --deriv --theme auto -o build/relu-and-its-kin.svg",
    "compare sigmoid tanh softsign arctan --deriv --theme auto -o build/saturating.svg",
    "compare sigmoid hardsigmoid hard_sigmoid_keras2 --theme auto -o build/hard-sigmoids.svg",
    "compare gelu gelu_tanh quick_gelu silu --deriv --range -4:3 --theme auto -o build/gelus.svg",
    "compare gelu gelu_tanh quick_gelu --diff --theme auto -o build/gelu-approximations.svg",
    "compare silu mish gelu hardswish --range -5:3 --theme auto -o build/self-gated.svg",
    # families over a parameter
    "compare 'swish:beta=0.5|1|2|10' --theme auto -o build/swish-family.svg",
    "compare 'elu:alpha=0.5|1|2' --deriv --theme auto -o build/elu-family.svg",
    "compare 'softplus:beta=1|2|5' relu --theme auto -o build/softplus-family.svg",
    # what the README shows
    "plot silu --deriv -o silu.png",
    "plot hardshrink --deriv --range -2:2 -o hardshrink.png",
    "compare sigmoid tanh relu leaky_relu --order 1 -o derivatives.png",
    "compare relu elu gelu silu mish softplus --layout grid -o grid.png",
    "compare gelu gelu_tanh --diff -o difference.png",
    "plot mish --deriv --annotate -o annotated.png",
)


def main() -> int:
    """Draw every row; the exit code is the worst of theirs."""
    os.chdir(Path(__file__).parent)
    Path("build").mkdir(exist_ok=True)
    functions = " ".join(load().entries)
    rows = (row.replace("{functions}", functions) for row in FIGURES)
    return max(run(shlex.split(row)) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
