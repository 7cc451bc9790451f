"""The oracles: independent ways to the values and derivatives of a curve."""
