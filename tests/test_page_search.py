"""Search and filters of the page of the gallery, in Chromium."""

from __future__ import annotations

import pytest
from chromium import Chromium
from gallery_page import needs_chromium, shown, tick
from on_the_page import NAMES

import actviz

CATALOGUE = actviz.load()


def type_into_search(page: Chromium, text: str) -> None:
    page.press("/", "Slash", 191)  # leads to the search from anywhere
    for letter in text:
        page.press(letter)


def text_of(name: str) -> str:
    entry = CATALOGUE.entries[name]
    words = [name, *entry.aliases, entry.formula, entry.paper, *entry.frameworks.values()]
    return " ".join(words).lower().replace("-", "_")


@needs_chromium
@pytest.mark.parametrize("text", ["gelu", "tanh sigmoid", "HARD-SWISH", "1702.03118"])
def test_search_narrows(page: Chromium, text: str) -> None:
    type_into_search(page, text)
    words = text.lower().replace("-", "_").split()
    expected = [name for name in NAMES if all(word in text_of(name) for word in words)]
    assert shown(page) == expected != []
    assert page.evaluate("matches.value") == f"{len(expected)} of {len(NAMES)}"
    page.press("Escape", number=27)
    assert shown(page) == NAMES


@needs_chromium
def test_search_that_finds_nothing_says_so(page: Chromium) -> None:
    type_into_search(page, "no such function")
    assert shown(page) == []
    assert page.evaluate("nothing.checkVisibility()")
    page.evaluate("nothing.querySelector('button').click()")
    assert shown(page) == NAMES


def is_odd(name: str, sign: float = -1.0) -> bool:
    function, points = actviz.get(name), (0.3, 1.0, 2.7, 5.5)
    if not function.elementwise:
        return False
    values = [(function(x), function(-x)) for x in points]
    return all(abs(a - sign * b) < 1e-12 for a, b in values)


TRUE = {  # of some filters by other means than the page's
    "odd": is_odd,
    "even": lambda name: is_odd(name, sign=1.0),
    "pytorch": lambda name: "torch" in CATALOGUE.entries[name].frameworks,
    "jax": lambda name: "jax" in CATALOGUE.entries[name].frameworks,
    "keras": lambda name: "keras" in CATALOGUE.entries[name].frameworks,
    "parameters": lambda name: bool(CATALOGUE.entries[name].parameters),
    "a-vector": lambda name: actviz.get(name).vector,
}
MEMBERS = {  # what everybody knows: (one that is, one that is not)
    "bounded": ("sigmoid", "relu"),
    "saturating": ("tanh", "silu"),
    "continuous": ("relu", "step"),
    "smooth": ("silu", "elu"),
    "monotone": ("relu", "silu"),
    "convex": ("softplus", "tanh"),
    "zero-centred": ("tanh", "sigmoid"),
}


@needs_chromium
def test_filters_narrow(page: Chromium) -> None:
    boxes = page.evaluate(
        "[...document.querySelectorAll('.filters input')]"
        ".map(e => [e.value, +e.parentNode.querySelector('small').textContent])"
    )
    assert {value for value, _ in boxes} >= TRUE.keys() | MEMBERS.keys()
    for value, count in boxes:
        tick(page, value)
        found = shown(page)
        assert len(found) == count and 0 < count < len(NAMES), value
        if value in TRUE:
            assert found == [name for name in NAMES if TRUE[value](name)], value
        if value in MEMBERS:
            member, stranger = MEMBERS[value]
            assert member in found and stranger not in found, value
        tick(page, value)
    assert shown(page) == NAMES


@needs_chromium
def test_filters_and_search_go_together(page: Chromium) -> None:
    tick(page, "smooth")
    tick(page, "pytorch")
    both = shown(page)
    type_into_search(page, "gelu")
    assert shown(page) == [name for name in both if "gelu" in text_of(name)]
    assert "gelu" in shown(page) and "quick_gelu" not in shown(page)
    page.evaluate("document.querySelector('#clear').click()")
    assert shown(page) == NAMES
