"""Many figures as a person writes them with pyplot: a loop over functions in one process."""

import sys

import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(-6, 6, 601)

for slope in range(int(sys.argv[2])):
    s = 1 / (1 + np.exp(-(1 + slope / 8) * x))
    fig, ax = plt.subplots(figsize=(4.8, 3.2))
    ax.plot(x, x * s, linewidth=2, label="$f(x)$")
    ax.plot(
        x, s * (1 + (1 + slope / 8) * x * (1 - s)), linewidth=2, linestyle="--", label="$f'(x)$"
    )
    for side in ("left", "bottom"):
        ax.spines[side].set_position("zero")
    for side in ("right", "top"):
        ax.spines[side].set_visible(False)
    ax.set_xlabel("$x$", loc="right")
    ax.set_title(rf"$f(x) = x\,\sigma({1 + slope / 8:g}x)$")
    ax.legend(frameon=False)
    fig.savefig(f"{sys.argv[1]}/{slope}.svg")
    plt.close(fig)
