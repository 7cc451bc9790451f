"""Figures of measurements: the errors of a check, the sizes of gradients over the depth."""
