"""A Typer program that does nothing."""

import typer


def main() -> None:
    """Do nothing."""


typer.run(main)
