"""Somebody's code: found by its name, called, tried against the true values, and diagnosed."""
