"""The referee: independent oracles that a curve is held against, and the report they give."""

from __future__ import annotations

from actviz.check.referee import ORACLES, error_series, run, whole_catalogue
from actviz.check.report import FORMATS, write
from actviz.check.result import CODES, ErrorSeries, Report, Result

__all__ = [
    "CODES",
    "FORMATS",
    "ORACLES",
    "ErrorSeries",
    "Report",
    "Result",
    "error_series",
    "run",
    "whole_catalogue",
    "write",
]
