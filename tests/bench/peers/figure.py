"""One figure as a person writes it with pyplot: silu and silu', axes through the origin."""

import sys

import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(-6, 6, 601)
s = 1 / (1 + np.exp(-x))

fig, ax = plt.subplots(figsize=(4.8, 3.2))
ax.plot(x, x * s, linewidth=2, label="$f(x)$")
ax.plot(x, s * (1 + x * (1 - s)), linewidth=2, linestyle="--", label="$f'(x)$")
for side in ("left", "bottom"):
    ax.spines[side].set_position("zero")
for side in ("right", "top"):
    ax.spines[side].set_visible(False)
ax.set_xlabel("$x$", loc="right")
ax.set_title(r"$f(x) = x\,\sigma(x)$")
ax.legend(frameon=False)
fig.savefig(sys.argv[1])
