"""Catalogues that installed packages offer: found when a name is not, never imported."""

from __future__ import annotations

from pathlib import Path

import pytest

import actviz
from actviz.errors import UsageError

BROKEN = '[bowler]\nformula = "x^2"\n'
GOOD = '[pagoda]\nformula = "max(1 - abs(x), 0)"\naliases = ["triangle"]\n'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path in which packages can be laid as if installed."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def install(site: Path, package: str, toml: str) -> None:
    (site / package).mkdir()
    (site / package / "__init__.py").write_text("raise AssertionError('imported')\n")
    (site / package / "functions.toml").write_text(toml)
    info = site / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    offer = f"[actviz.catalogues]\n{package} = {package}:functions.toml\n"
    (info / "entry_points.txt").write_text(offer)


@pytest.mark.parametrize("name", ["pagoda", "Triangle"])
def test_an_offered_function_is_found(site: Path, name: str) -> None:
    install(site, "tents", GOOD)
    assert actviz.get(name)(0.25) == 0.75


def test_a_broken_one_is_named_and_disturbs_nothing(site: Path) -> None:
    install(site, "hats", BROKEN)
    install(site, "tents", GOOD)
    assert actviz.get("pagoda")(0.0) == 1.0
    with pytest.raises(UsageError, match=r"'hats' offers.*\[bowler\].*\n.*x\^2"):
        actviz.get("bowler")


def test_a_built_in_name_is_not_replaced(site: Path) -> None:
    install(site, "mine", '[relu]\nformula = "7*x"\n')
    assert actviz.get("relu")(1.0) == 1.0
