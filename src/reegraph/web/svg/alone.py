"""A drawing as a file of its own: name space, colours, paper, and links that lead back to the site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from reegraph.web.svg.text import halfwidths

_COLOURS: Final = re.compile(r":root \{.*?\}", re.DOTALL)
_RULES: Final = re.compile(r"^\.(?:chart|map|mark|site|node|edge|tip|ribbon|spine)\b[^{]*\{.*$", re.MULTILINE)
_OPENING: Final = re.compile(r"<svg\b[^>]*>")
_BOX: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_HEAD: Final = 44  # room for the title above the drawing, and its source below it
_LEAST: Final = 560  # of width, so that title and source have room
_LINE: Final = 26  # of the key


def drawing_rules(css: str) -> str:
    """The rules of a style sheet that colour drawings, in the light colours, for print."""
    colours = _COLOURS.search(css)
    return "\n".join([colours[0] if colours else "", *_RULES.findall(css)])


def standalone(
    svg: str,
    *,
    title: str,
    note: str,
    rules: str,
    base: str,
    lang: str,
    key: Sequence[tuple[str, str]] = (),
) -> str:
    """The drawing as an SVG document under its title, with its key and `note` (where it comes from) below.

    `rules` colour it; relative links lead to `base`.
    """
    opening = _OPENING.match(svg)
    box = _BOX.search(svg)
    if not opening or not box:
        raise ValueError("a drawing begins with <svg ... viewBox=...>")
    wide, high = float(box[1]), float(box[2])
    body = svg[opening.end() :].removesuffix("</svg>")
    body = body.replace(' href="/', f' href="{base}/')
    page = max(wide, _LEAST)
    signs, foot = _key(key, page, high)
    whole = foot + 2 * _HEAD
    kind = "chart net" if "chart net" in opening[0] else "chart"
    inner = ' class="map"' if "chart map" in opening[0] else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{lang}" class="{kind}" '
        f'viewBox="-20 {-_HEAD} {page + 40:g} {whole:g}" width="{page + 40:g}" height="{whole:g}">'
        f"<title>{title}</title><style>{rules}</style>"
        f'<rect x="-20" y="{-_HEAD}" width="{page + 40:g}" height="{whole:g}" fill="#fff"/>'
        f'<text x="0" y="{-_HEAD + 24}" font-weight="600">{title}</text>'
        f'<svg{inner} width="{wide:g}" height="{high:g}">{body}</svg>{signs}'
        f'<text class="tick" x="0" y="{foot + 26:g}">{note}</text></svg>\n'
    )


def _key(key: Sequence[tuple[str, str]], width: float, top: float) -> tuple[str, float]:
    """The key's signs with their names in lines below the drawing, and where they end."""
    out, x, y = [], 0.0, top + 8
    for sign, name in key:
        room = 28 + halfwidths(name) * 14 * 0.56 + 22
        if x and x + room > width:
            x, y = 0.0, y + _LINE
        out.append(sign.replace("<svg ", f'<svg x="{x:g}" y="{y:g}" ', 1))
        out.append(f'<text x="{x + 28:g}" y="{y + 16:g}">{name}</text>')
        x += room
    return "".join(out), y + _LINE if key else top
