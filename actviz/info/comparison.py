"""The properties of several curves side by side."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from actviz.catalogue.entry import Entry
from actviz.catalogue.kind import require_number
from actviz.info.listing import COLUMNS, Told, table_of
from actviz.table.formats import WORDS

if TYPE_CHECKING:
    from actviz.catalogue.curve import Curve


def write_properties(
    curves: Sequence[Curve],
    format: str,
    columns: Sequence[str] | None = None,
    colour: bool = False,
    progress: Told | None = None,
    width: int | None = None,
) -> str:
    """What the curves are like, in one of the formats of WORDS.

    columns: their names; None is the formula, the parameters and every property that is computed.
    For people there is a line for each curve if that fits into the width, else one for each
    property. Raises UsageError for what is no function of one number.
    """
    for curve in curves:
        require_number(curve.activation, "it has no properties", curve.label)
    entries = [_entry(curve) for curve in curves]
    row = WORDS[format]
    table = table_of(entries, columns or all_columns(), progress, across=False, deep=row.deep)
    width = width or shutil.get_terminal_size().columns
    return row.write(table, width, colour)


def all_columns() -> tuple[str, ...]:
    """The names of the columns: what a curve is, then all properties that are computed."""
    from actviz.properties import ROWS

    first = (name for name, column in COLUMNS.items() if column.compared)
    return (*first, *(row.name for row in ROWS if not row.measured))


def _entry(curve: Curve) -> Entry:
    """The curve as a catalogue would have it: the label its name, its parameters the defaults."""
    entry = curve.activation.entry or Entry("", curve.activation.formula)
    return replace(entry, name=curve.label, parameters=dict(curve.activation.parameters))
