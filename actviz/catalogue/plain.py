"""TOML that is written plainly, as catalogue.toml is, read several times faster than by tomllib."""

from __future__ import annotations

import re
from json import loads
from typing import Any

_KEY = re.compile(r'"?([\w.]+)"? = ')


def plain_tables(text: str) -> dict[str, dict[str, Any]]:
    """The tables of a text whose every line is a header, a comment, a whole `key = value` or empty.

    A value is in one line and JSON but for the keys of its tables; no text in a table has " = ".
    Every command reads the catalogue, and tomllib would be most of what that costs.

    >>> plain_tables('[elu]\\nformula = "x"\\nparameters = { alpha = 1 }')
    {'elu': {'formula': 'x', 'parameters': {'alpha': 1}}}
    """
    tables: dict[str, dict[str, Any]] = {}
    places: list[tuple[dict[str, Any], str]] = []  # of what is read as JSON
    written: list[str] = []
    for line in text.splitlines():
        key, is_field, value = line.partition(" = ")
        if line[:1] == "[":
            table = tables[line[1:-1]] = {}
        elif not is_field or line[0] == "#":
            continue
        elif value[0] == '"' and "\\" not in value:
            table[key.rstrip()] = value[1:-1]
        else:
            places.append((table, key.rstrip()))
            written.append(_KEY.sub(r'"\1": ', value) if value[0] == "{" else value)
    for (table, key), found in zip(places, loads(f"[{','.join(written)}]"), strict=True):
        table[key] = found
    return tables
