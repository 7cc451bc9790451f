"""The exact reading of a formula: its values and derivatives to 50 digits, enclosed, by mpmath."""

from __future__ import annotations

from actviz.check.exact.values import exact_derivative, exact_derivatives, exact_value

__all__ = ["exact_derivative", "exact_derivatives", "exact_value"]
