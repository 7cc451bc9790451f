"""An SVG as matplotlib writes it, with its words, ids of its own and colours for dark pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from html import escape

_ID = re.compile(r'(\bid="|xlink:href="#|url\(#)')
_GROUP = re.compile(r'<g id="([^"]*)">')
_MARK = re.compile(r'(<path id="[^"]*" d="[^"]*" style=")stroke: #[0-9a-f]{6}; ')


def telling(svg: str, told: Mapping[str, Mapping[str, str]]) -> str:
    """The SVG with what is told of its groups as their data attributes."""

    def opening(found: re.Match[str]) -> str:
        data = told.get(found[1], {}).items()
        words = "".join(f' data-{key}="{escape(value)}"' for key, value in data)
        return f'<g id="{found[1]}"{words}>'

    return _GROUP.sub(opening, svg) if told else svg


def accessible(svg: str, title: str, description: str, recolour: Mapping[str, str]) -> str:
    """The SVG with a role and its words, and with ids that no other figure on a page has."""
    mark = "a" + hashlib.sha256((svg + title + description).encode()).hexdigest()[:9] + "-"
    svg = _ID.sub(lambda found: found[1] + mark, svg)
    words = ""
    labels = []
    for tag, text in (("title", title), ("desc", description)):
        if text:
            words += f' <{tag} id="{mark}{tag}">{escape(text, quote=False)}</{tag}>\n'
            labels.append(mark + tag)
    labelled = f' aria-labelledby="{" ".join(labels)}"' if labels else ""
    # Colours reach a mark from where it is used; no rule reaches into where it is defined.
    svg = _MARK.sub(r"\1", svg)
    # matplotlib's own rule would reach every other drawing on a page.
    svg = svg.replace("*{stroke-linejoin", f"#{mark}figure *{{stroke-linejoin", 1)
    head, tag, rest = svg.partition("<svg ")
    opening, end, body = rest.partition(">\n")
    style = _dark_style(mark, recolour)
    return f'{head}{tag}id="{mark}figure" role="img"{labelled} {opening}{end}{words}{style}{body}'


def _dark_style(mark: str, recolour: Mapping[str, str]) -> str:
    """A style sheet that swaps the colours for a reader who prefers dark pages."""
    rules = [
        f'  #{mark}figure [style*="{what}: {light.lower()}"] {{ {what}: {dark} !important }}\n'
        for light, dark in recolour.items()
        for what in ("fill", "stroke")
    ]
    if not rules:
        return ""
    sheet = "".join(rules)
    return f" <style>\n @media (prefers-color-scheme: dark) {{\n{sheet} }}\n </style>\n"
