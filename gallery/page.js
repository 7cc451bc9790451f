"use strict";
// Search, filters and the switch of light and dark. Without this script the page is whole, too.

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

// Where storage is forbidden a choice lasts as long as the page.
function remembered() {
  try { return localStorage.getItem("theme") } catch { return null }
}
function remember(theme) {
  try { localStorage.setItem("theme", theme) } catch { /* as said */ }
}

const chosen = remembered();
if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

document.addEventListener("DOMContentLoaded", () => {
  const find = (selector) => document.querySelector(selector);
  const search = find("#search"), matches = find("#matches"), theme = find("#theme");
  const filters = find(".filters"), form = find(".filters form"), nothing = find("#nothing");

  const functions = [...document.querySelectorAll(".functions article")].map((article) => ({
    parts: [article, find(`.overview li[data-of="${article.id}"]`)],
    tags: new Set(article.dataset.tags.split(" ")),
    words: folded(["h3", ".aliases", ".typed", ".frameworks", ".paper"]
      .map((part) => article.querySelector(part)?.textContent ?? "").join("\n")),
  }));

  // As in the catalogue: case does not count, and - equals _.
  function folded(text) {
    return text.toLowerCase().replaceAll("-", "_");
  }

  function show() {
    const words = folded(search.value).split(/\s+/).filter(Boolean);
    const tags = [...form.querySelectorAll(":checked")].map((box) => box.value);
    let count = 0;
    for (const { parts, tags: own, words: text } of functions) {
      const held = words.every((word) => text.includes(word)) && tags.every((tag) => own.has(tag));
      for (const part of parts) part.hidden = !held;
      count += held;
    }
    matches.value = count === functions.length ? `${count} functions` : `${count} of ${functions.length}`;
    nothing.hidden = count > 0;
  }

  function narrow() {
    show();
    const top = find(".overview").getBoundingClientRect().top;
    if (top < 0) find("#overview").scrollIntoView({ behavior: "instant" });
  }

  function clear() {
    search.value = "";
    for (const box of form.querySelectorAll(":checked")) box.checked = false;
    show();
  }

  // A link to a function that is filtered away shows everything again.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target?.hidden) return;
    clear();
    target.scrollIntoView({ behavior: "instant" });
  }

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  }

  function nameTheme() {
    theme.ariaPressed = String(isDark());
  }

  search.addEventListener("input", narrow);
  form.addEventListener("change", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  find("#clear").addEventListener("click", clear);
  nothing.querySelector("button").addEventListener("click", () => { clear(); search.focus() });
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    nameTheme();
  });
  dark.addEventListener("change", nameTheme);
  addEventListener("hashchange", reveal);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      clear();
    }
  });

  find(".toolbar").hidden = filters.hidden = false;
  filters.open = matchMedia("(min-width: 46rem)").matches;
  nameTheme();
  show();
});
