"""The page of the gallery in Chromium: how it loads, what it shows, and how one moves in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from chromium import Chromium
from gallery_page import lay_out, needs_chromium, shown, tick
from on_the_page import NAMES

# How it loads


@pytest.fixture
def server(built: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *words: Any) -> None:
            pass

    address = ("127.0.0.1", 0)
    with ThreadingHTTPServer(address, partial(Quiet, directory=str(built.parent))) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}/{built.name}"
        serving.shutdown()
        thread.join()


@needs_chromium
def test_it_loads_from_a_file_and_asks_for_nothing_else(page: Chromium, built: Path) -> None:
    assert page.complaints() == []
    assert page.requests() == [built.as_uri()]
    assert shown(page) == NAMES


@needs_chromium
def test_it_loads_from_a_server_and_asks_for_nothing_else(page: Chromium, server: str) -> None:
    page.goto(server)
    assert page.complaints() == []
    assert page.requests() == [server]
    assert shown(page) == NAMES


@needs_chromium
def test_without_script_everything_is_there_but_the_tools(page: Chromium, built: Path) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.goto(built.as_uri())
        assert page.complaints() == []
        assert shown(page) == NAMES
        for tool in (".toolbar", ".filters", "#nothing"):
            assert not page.evaluate(f"document.querySelector('{tool}').checkVisibility()")
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)


@needs_chromium
def test_a_function_has_its_figure_formulas_and_facts(page: Chromium) -> None:
    lay_out(page)
    for part in ("figure svg[role=img]", ".order-0 math", ".order-1 math", ".typed", ".facts"):
        bare = page.evaluate(
            "[...document.querySelectorAll('.functions article')]"
            f".filter(e => !(e.querySelector('{part}')?.getBoundingClientRect().height > 9))"
            ".map(e => e.id)"
        )
        assert bare == [], part


# Links that can be shared


@needs_chromium
@pytest.mark.parametrize("name", ["silu", "softmax", NAMES[-1]])
def test_a_link_leads_to_a_function(page: Chromium, built: Path, name: str) -> None:
    page.goto(f"{built.as_uri()}#{name}")
    top, bar = page.evaluate(
        f"[document.getElementById('{name}').getBoundingClientRect().top,"
        " document.querySelector('.toolbar').getBoundingClientRect().bottom]"
    )
    assert bar - 10 <= top <= bar + 60


@needs_chromium
def test_a_link_to_what_is_filtered_away_shows_it(page: Chromium) -> None:
    tick(page, "bounded")
    assert "relu" not in shown(page)
    page.evaluate("location.hash = '#relu'")
    page.evaluate("new Promise(done => setTimeout(done, 50))")
    assert shown(page) == NAMES
    assert abs(page.evaluate("relu.getBoundingClientRect().top")) < 200


# By keyboard


@needs_chromium
def test_everything_can_be_reached_by_keyboard_and_shows_it(page: Chromium) -> None:
    reached = []
    for _ in range(8):
        page.press("Tab", number=9)
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent")
        )
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2, reached[-1]
    assert reached[0] == "Skip to the functions"
    assert {"search", "theme", "Overview", "Filters"} <= set(reached)
    page.press(" ", "Space", 32)
    assert page.evaluate("document.querySelectorAll('.filters :checked').length") == 1
