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
    arguments: tuple[str, ...] = ("x",)
    stable: str = ""
    derivative: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    parameter_aliases: Mapping[str, str] = field(default_factory=dict)
    frameworks: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    paper: str = ""
    note: str = ""

    @property
    def fixable(self) -> tuple[str, ...]:
        """The arguments that may be given a value: those of a function of more than one number."""
        return self.arguments if len(self.arguments) > 1 else ()

    def parameter(self, given: str) -> str:
        """The own name of a parameter or fixable argument, from that or from another spelling."""
        name = self.parameter_aliases.get(given, given)
        if name in self.parameters or name in self.fixable:
            return name
        known = ", ".join((*self.parameters, *self.fixable))
        hint = suggest(given, [*self.parameters, *self.fixable, *self.parameter_aliases])
        has = f"its parameters are {known}" if known else "it takes none"
        raise UsageError(f"{self.name} has no parameter {given!r}: {has}.{hint}")
