"""A table as a person writes it with numpy, in binary."""

import sys

import numpy as np

x = np.linspace(-6, 6, int(sys.argv[2]))
s = 1 / (1 + np.exp(-x))
np.save(sys.argv[1], np.column_stack([x, x * s, s * (1 + x * (1 - s))]))
