"""One entry of the catalogue: what its file says of a function, and nothing computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from actviz.errors import UsageError, suggest


@dataclass(frozen=True)
class Entry:
    """One function of the catalogue, as its file says it."""

    name: str
    formula: str
    stable: str = ""
    derivative: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    parameter_aliases: Mapping[str, str] = field(default_factory=dict)
    frameworks: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    paper: str = ""
    note: str = ""

    def parameter(self, given: str) -> str:
        """The parameter's own name, from that or from a framework's spelling of it."""
        name = self.parameter_aliases.get(given, given)
        if name in self.parameters:
            return name
        known = ", ".join(self.parameters)
        hint = suggest(given, [*self.parameters, *self.parameter_aliases])
        has = f"its parameters are {known}" if known else "it takes none"
        raise UsageError(f"{self.name} has no parameter {given!r}: {has}.{hint}")
