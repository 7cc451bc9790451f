"""Formulas: text to tree, and what is read off a tree: derivatives, values, breaks, LaTeX."""
