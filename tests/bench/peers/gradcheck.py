"""PyTorch's own check of the gradients of the functions that actviz checks beside it."""

import sys

import torch

from actviz.catalogue.lookup import activation_of, load
from actviz.check.oracles.frameworks import function

x = torch.linspace(-8, 8, 100, dtype=torch.float64, requires_grad=True)

for name in sys.argv[1:]:
    activation = activation_of(load().entries[name])
    call = activation.entry.frameworks["torch"]
    torch.autograd.gradcheck(function(call, activation.parameters, "torch"), x)
