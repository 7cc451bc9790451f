"""How the page of the gallery looks in Chromium: light and dark, contrast, room, paper."""

from __future__ import annotations

import pytest
from chromium import Chromium
from gallery_page import BLUE, SCHEMES, colours, lay_out, needs_chromium, shown, tick
from on_the_page import NAMES

WIDTHS = (360, 800, 1400)  # a phone, a tablet, a desk
PRINTED = 688  # A4 without its margins


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


# On paper


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
