"""The referee: curves held against oracles, and what people made held against curves.

The package is a function too: `actviz.check("gelu", against=f)` is the report on one.
"""

from __future__ import annotations

import sys

from actviz.check.calls import CallablePackage
from actviz.check.codes import CODES, FINDINGS, SEVERITIES
from actviz.check.dtypes import DTYPES
from actviz.check.explained import explain
from actviz.check.foreign.command import Command
from actviz.check.oracles import ORACLES, SOURCES
from actviz.check.referee import (
    ORDERS,
    code,
    curves,
    data,
    derivative,
    equal,
    error_series,
    inputs_to_record,
    whole_catalogue,
)
from actviz.check.report import FORMATS, text, write
from actviz.check.result import ErrorSeries, Report, Result

__all__ = [
    "CODES",
    "DTYPES",
    "FINDINGS",
    "FORMATS",
    "ORACLES",
    "ORDERS",
    "SEVERITIES",
    "SOURCES",
    "Command",
    "ErrorSeries",
    "Report",
    "Result",
    "code",
    "curves",
    "data",
    "derivative",
    "equal",
    "error_series",
    "explain",
    "inputs_to_record",
    "text",
    "whole_catalogue",
    "write",
]

sys.modules[__name__].__class__ = CallablePackage
