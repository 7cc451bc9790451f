"""What every program of Typer's begins with."""

import typer  # noqa: F401
