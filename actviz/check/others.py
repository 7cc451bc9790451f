"""What the other numbers are when a function of several is checked by one of them."""

LOGITS = (1.0, -0.5)  # the other components, when a function of a vector is checked by its first
# Values of the other argument, when a function of two is checked by one; a product of one and of
# any number is in range, as people write both a*b*sigmoid(b) and a*(b*sigmoid(b)).
LINES = (-0.875, 0.625)
UPSTREAM = (2.0, -0.5, 4.0, -1.0)  # gradients, in turn: powers of two, which round nothing
PROBE = (0.5, 1.25, -0.75)  # what code is called with to see what comes back
