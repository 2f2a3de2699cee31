"""A drawing as a file of its own: name space, colours, paper, and links that lead back to the site."""

from __future__ import annotations

import re
from typing import Final

_COLOURS: Final = re.compile(r":root \{.*?\}", re.DOTALL)
_RULES: Final = re.compile(r"^\.(?:chart|map|mark|site|node|edge|tip|ribbon|spine)\b[^{]*\{.*$", re.MULTILINE)
_OPENING: Final = re.compile(r"<svg\b[^>]*>")
_BOX: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_HEAD: Final = 44  # room for the title above the drawing, and its source below it


def drawing_rules(css: str) -> str:
    """The rules of a style sheet that colour drawings, in the light colours, for print."""
    colours = _COLOURS.search(css)
    return "\n".join([colours[0] if colours else "", *_RULES.findall(css)])


def standalone(svg: str, *, title: str, note: str, rules: str, base: str, lang: str) -> str:
    """The drawing as an SVG document under its title, with `note` (where it comes from) at its foot.

    `rules` colour it; relative links lead to `base`.
    """
    opening = _OPENING.match(svg)
    box = _BOX.search(svg)
    if not opening or not box:
        raise ValueError("a drawing begins with <svg ... viewBox=...>")
    wide, high = float(box[1]), float(box[2])
    body = svg[opening.end() :].removesuffix("</svg>")
    body = body.replace(' href="/', f' href="{base}/')
    whole = high + 2 * _HEAD
    kind = next((k for k in ("chart net", "chart map") if k in opening[0]), "chart")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{lang}" class="{kind}" '
        f'viewBox="-20 {-_HEAD} {wide + 40:g} {whole:g}" width="{wide + 40:g}" height="{whole:g}">'
        f"<title>{title}</title><style>{rules}</style>"
        f'<rect x="-20" y="{-_HEAD}" width="{wide + 40:g}" height="{whole:g}" fill="#fff"/>'
        f'<text x="0" y="{-_HEAD + 24}" font-weight="600">{title}</text>'
        f'<svg width="{wide:g}" height="{high:g}">{body}</svg>'
        f'<text class="tick" x="0" y="{high + 26:g}">{note}</text></svg>\n'
    )
