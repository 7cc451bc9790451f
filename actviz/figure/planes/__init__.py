"""Figures of functions of two variables: contours over a square."""
