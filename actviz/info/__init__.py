"""What there is to know about a curve, and the catalogue as rows: data first, then its writers.

`facts` computes everything from the formula; the catalogue adds only what no formula knows:
aliases, framework names, differing defaults, paper and note. Nothing here imports numpy until
a curve is looked at, so the catalogue can be listed without it.
"""

from __future__ import annotations

from actviz.info.comparison import all_columns, write_properties
from actviz.info.facts import Facts, facts, record
from actviz.info.listing import (
    DEFAULT,
    column_names,
    matching,
    measured,
    read_columns,
    sorted_by,
    write_entries,
)
from actviz.info.selecting import conditions, selected
from actviz.info.writing import FACT_FORMATS, write_facts

__all__ = [
    "DEFAULT",
    "FACT_FORMATS",
    "Facts",
    "all_columns",
    "column_names",
    "conditions",
    "facts",
    "matching",
    "measured",
    "read_columns",
    "record",
    "selected",
    "sorted_by",
    "write_entries",
    "write_facts",
    "write_properties",
]
