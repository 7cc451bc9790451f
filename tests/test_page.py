"""The page of the gallery in Chromium: what it shows, to whom, on what, and by what means."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import sys
import threading
import tomllib
from collections.abc import Iterator
from functools import partial
from html import unescape
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import chromium
import pytest
from chromium import Chromium

import actviz
from actviz.cli import run

GALLERY = Path(__file__).parent.parent / "gallery"
sys.path.insert(0, str(GALLERY))
import page as generator  # noqa: E402

CATALOGUE = actviz.load()
NAMES = list(CATALOGUE.entries)
LISTED = tomllib.loads((GALLERY / "comparisons.toml").read_text())
COMPARISONS = [n for n, t in LISTED.items() if isinstance(t, dict) and "output" not in t]
WIDTHS = (360, 800, 1400)  # a phone, a tablet, a desk
PRINTED = 688  # A4 without its margins
SCHEMES = ("light", "dark")
BLUE = {"light": "rgb(0, 114, 178)", "dark": "rgb(86, 180, 233)"}  # of a function's curve

needs_chromium = pytest.mark.skipif(
    chromium.COMMAND is None, reason="there is no chromium on this machine"
)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as `make gallery` makes it; drawn by one process, and read by the others."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    index = folder / "gallery" / "index.html"
    index.parent.mkdir(exist_ok=True)
    with (folder / "gallery.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not index.exists():
            draw(index.parent)
            index.write_text(generator.page(index.parent / "build"))
    return index


def draw(folder: Path) -> None:
    """The figures that the page is made of."""
    (folder / "build" / "page").mkdir(parents=True, exist_ok=True)
    functions = ["page", "-o", f"{folder}/build/page/{{name}}.svg"]
    assert run(["plot", "--from", str(GALLERY / "figures.toml"), *functions]) == 0
    comparisons = [*COMPARISONS, "-o", f"{folder}/build/{{name}}.svg"]
    assert run(["compare", "--from", str(GALLERY / "comparisons.toml"), *comparisons]) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as opened:
        yield opened


@pytest.fixture
def page(built: Path, browser: Chromium) -> Iterator[Chromium]:
    """The page from its file, as a reader of light pages at a desk sees it."""
    browser.resize(1400)
    browser.prefer("light")
    browser.goto(built.as_uri())
    yield browser
    browser.evaluate("localStorage.clear()")


def shown(page: Chromium) -> list[str]:
    """The functions that are on show, which must be the same in the overview."""
    articles = page.evaluate(
        "[...document.querySelectorAll('.functions article')]"
        ".filter(e => e.checkVisibility()).map(e => e.id)"
    )
    small = page.evaluate(
        "[...document.querySelectorAll('.overview li')]"
        ".filter(e => e.checkVisibility()).map(e => e.dataset.of)"
    )
    assert small == articles
    return list(articles)


def lay_out(page: Chromium) -> None:
    """Lay everything out, not only what is in sight; but not the lines of the figures."""
    style = "* { content-visibility: visible !important } figure svg * { display: none }"
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'),"
        f" {{textContent: '{style}'}}))"
    )


# Without a browser


class Outline(HTMLParser):
    """Which elements there are, in order, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, attribute: str) -> list[str]:
        return [str(given[attribute]) for _, given in self.found if attribute in given]


def test_every_reference_leads_somewhere(built: Path) -> None:
    outline = Outline(built.read_text())
    ids = outline.all("id")
    assert len(set(ids)) == len(ids) > len(NAMES)
    inside = {link[1:] for link in outline.all("href") if link.startswith("#")}
    labels = {word for name in ("aria-labelledby", "aria-describedby", "for")
              for words in outline.all(name) for word in words.split()}  # fmt: skip
    assert inside | labels <= set(ids)
    assert set(NAMES) <= inside


def test_every_other_link_is_a_paper_or_a_figure(built: Path) -> None:
    outline = Outline(built.read_text())
    links = [str(given["href"]) for tag, given in outline.found if tag == "a"]
    others = {link for link in links if not link.startswith("#")}
    files = {link for link in others if link.startswith("build/")}
    assert files == {f"build/{name}.svg" for name in [*NAMES, *COMPARISONS]}
    assert all(link.startswith("https://arxiv.org/abs/") for link in others - files)


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_comparison_is_what_its_command_draws(built: Path, tmp_path: Path, name: str) -> None:
    shown = re.findall(r"<code>(actviz compare .*?)</code>", built.read_text())
    command = unescape(dict(zip(COMPARISONS, shown, strict=True))[name])
    file = tmp_path / f"{name}.svg"
    assert run([*shlex.split(command)[1:], "--theme", "auto", "-o", str(file)]) == 0
    assert file.read_bytes() == (built.parent / "build" / file.name).read_bytes()


def test_headings_descend_one_by_one(built: Path) -> None:
    found = Outline(built.read_text()).found
    levels = [int(tag[1]) for tag, _ in found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_figure_has_a_name_and_a_description(built: Path) -> None:
    outline = Outline(built.read_text())
    figures = [given for tag, given in outline.found if tag == "svg" and given.get("role") == "img"]
    assert len(figures) > len(NAMES)
    assert all(given["aria-label"] and given["aria-describedby"] for given in figures)
    hidden = [g for tag, g in outline.found if tag == "svg" and g.get("aria-hidden") == "true"]
    assert len(figures) + len(hidden) == sum(tag == "svg" for tag, _ in outline.found)


def test_the_page_names_no_place_of_one_machine(built: Path) -> None:
    text = built.read_text()
    assert str(built.parent) not in text and str(GALLERY.parent) not in text


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


# Search and filters


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


def tick(page: Chromium, value: str) -> None:
    page.evaluate(f"document.querySelector('.filters input[value=\"{value}\"]').click()")


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


# Light and dark


def colours(page: Chromium) -> tuple[str, str]:
    """The ground of the page, and the colour of the function in a figure."""
    ground, curve = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor,"
        " [...document.querySelectorAll('#silu figure path')]"
        "   .map(e => getComputedStyle(e).stroke).find(c => c.match(/0, 114|86, 180/))]"
    )
    return ground, curve


@needs_chromium
@pytest.mark.parametrize("preferred", SCHEMES)
def test_the_switch_turns_the_page_and_its_figures(page: Chromium, preferred: str) -> None:
    other = SCHEMES[1 - SCHEMES.index(preferred)]
    page.prefer(preferred)
    ground, curve = colours(page)
    assert curve == BLUE[preferred]
    assert page.evaluate("theme.ariaPressed") == str(preferred == "dark").lower()
    page.evaluate("theme.click()")
    switched, curve = colours(page)
    assert switched != ground and curve == BLUE[other]
    assert page.evaluate("theme.ariaPressed") == str(other == "dark").lower()
    page.call("Page.reload")
    page.events.clear()
    page.wait("Page.loadEventFired")
    assert colours(page) == (switched, BLUE[other])
    page.evaluate("theme.click()")
    assert colours(page) == (ground, BLUE[preferred])


# The contrast of every text with what is behind it, by the formula of WCAG 2.
CONTRAST = """
(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const known = {};
  const channels = (colour) => known[colour] ??= (() => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  })();
  const light = (colour) => {
    const [r, g, b] = channels(colour).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (channels(colour)[3]) return colour;
    }
  };
  const pairs = {};
  for (const e of document.querySelectorAll('body *:not(svg, svg *)')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const over = ground(e), ink = getComputedStyle(e).color;
    pairs[`${ink} on ${over}`] ??= (() => {
      const [a, b] = [light(ink), light(over)].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    })();
  }
  return pairs;
})()
"""


@needs_chromium
@pytest.mark.parametrize("preferred", SCHEMES)
def test_text_is_easy_to_tell_from_its_ground(page: Chromium, preferred: str) -> None:
    page.prefer(preferred)
    tick(page, "bounded")
    found = page.evaluate(CONTRAST)
    assert len(found) >= 4
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


# Room

# Every text must be inside the box that holds it; wider than its box is only a formula, which
# is scrolled. Fractions of a pixel are rounding.
CUT = """
(() => {
  const found = [];
  const scrolls = (e) => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
  for (const e of document.querySelectorAll('body *:not(svg, svg *, .unseen, .skip)')) {
    if (!e.checkVisibility()) continue;
    for (const text of e.childNodes) {
      if (text.nodeType !== 3 || !text.data.trim() || e.closest('.formula')) continue;
      if (e.clientWidth && e.scrollWidth > e.clientWidth + 1)
        found.push(`wider than its box: ${text.data.slice(0, 80)}`);
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const box of range.getClientRects())
        if (box.width && (box.right > innerWidth + 1 || box.left < -1))
          found.push(`out of the window: ${text.data.slice(0, 80)}`);
    }
  }
  for (const e of document.querySelectorAll('.formula'))
    if (!scrolls(e) || e.scrollHeight > e.clientHeight + 1)
      found.push(`cut formula: ${e.closest('article').id}`);
  return found;
})()
"""


@needs_chromium
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_and_nothing_scrolls_sideways(page: Chromium, width: int) -> None:
    page.resize(width)
    lay_out(page)
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(CUT) == []


@needs_chromium
def test_a_long_formula_scrolls_in_its_own_box(page: Chromium) -> None:
    page.resize(360)
    lay_out(page)
    wide = "[...document.querySelectorAll('.formula')].filter(e => e.scrollWidth > e.clientWidth)"
    count, moved = page.evaluate(
        f"{wide}.forEach(e => e.scrollLeft = 1e4);"
        f"[{wide}.length, {wide}.every(e => e.scrollLeft > 0)]"
    )
    assert count > 0 and moved


# By keyboard, and on paper


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


@needs_chromium
def test_print_is_light_and_has_no_controls(page: Chromium) -> None:
    page.prefer("dark", media="print")
    page.resize(PRINTED)
    lay_out(page)
    assert colours(page)[1] == BLUE["light"]
    for tool in (".toolbar", ".filters", ".masthead nav", "#silu details", "#silu .command a"):
        assert not page.evaluate(f"document.querySelector('{tool}').checkVisibility()"), tool
    split = page.evaluate(
        "[...document.querySelectorAll('figure')]"
        ".filter(e => getComputedStyle(e).breakInside !== 'avoid').length"
    )
    assert split == 0
    assert page.evaluate("document.documentElement.scrollWidth") == PRINTED
    wide = page.evaluate(
        "[...document.querySelectorAll('.formula')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.closest('article').id)"
    )
    assert wide == []
    assert shown(page) == NAMES
