"""Values of any depth as JSON, which has no word for NaN and the infinities."""

from __future__ import annotations

import json
import math
from typing import Any

from actviz.table.markup import INFINITY


def dumps(value: Any, indent: int | None = None) -> str:
    """The value as JSON text, lists and objects of it in lines of their own if there is an indent.

    >>> dumps({"limits": [0.1, float("-inf"), float("nan")]})
    '{"limits": [0.1, "-Infinity", null]}'
    """
    return json.dumps(jsonable(value), indent=indent, allow_nan=False)


def jsonable(value: Any) -> Any:
    """The value with infinities as texts and NaN as None, as deep as it goes."""
    match value:
        case dict():
            return {key: jsonable(each) for key, each in value.items()}
        case list() | tuple():
            return [jsonable(each) for each in value]
        case float() if math.isnan(value):
            return None
        case float() if math.isinf(value):
            return INFINITY if value > 0 else f"-{INFINITY}"
    return value
