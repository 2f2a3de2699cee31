"""Content negotiation: which of the forms on offer a client's headers ask for (RFC 9110, section 12)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reegraph.table import Lang

_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')  # a comma inside a quoted string parts nothing
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z")


def choose(accept: str, offered: Sequence[str]) -> str | None:
    """The media type of `offered` that the Accept header weighs highest, or None when it takes none.

    The most specific range that matches gives a type its weight. Equal weights: a type that is named
    goes before one that a wildcard lets in, then the order of `offered` counts.

    >>> choose("text/*;q=0.5, application/json", ["text/csv", "application/json"])
    'application/json'
    >>> choose("text/csv;q=0, */*", ["text/csv"]) is None
    True
    """
    ranges = list(_weights(accept)) or [("*/*", 1.0)]
    best: tuple[float, int] = (0.0, 0)
    chosen = None
    for media in offered:
        quality, precision = _weigh(media, ranges)
        if quality > 0 and (quality, precision) > best:
            best, chosen = (quality, precision), media
    return chosen


def coding(accept_encoding: str, offered: Sequence[str]) -> str:
    """The content coding of `offered` that the header weighs highest, of equals the first; empty for none.

    A wildcard lets in gzip alone, which every client of HTTP can read.

    >>> coding("br, gzip;q=0.8", ["zstd", "gzip"]), coding("gzip, zstd", ["zstd", "gzip"])
    ('gzip', 'zstd')
    """
    weights = dict(_weights(accept_encoding))
    weights.setdefault("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    best = max(offered, key=lambda name: weights.get(name, 0.0))
    return best if weights.get(best, 0.0) > 0 else ""


def preferred_lang(accept: str) -> Lang:
    """zh-Hant for a reader whose first known language is Chinese, else en.

    >>> preferred_lang("zh-TW,zh;q=0.9,en;q=0.8"), preferred_lang("fr, en;q=0.5, zh;q=0.1")
    ('zh-Hant', 'en')
    """
    ranked = []
    for part in accept.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), tag.lower()))
        except ValueError:
            continue
    for _, tag in sorted(ranked, key=lambda r: r[0]):
        if tag.startswith(("zh", "en")):
            return "zh-Hant" if tag.startswith("zh") else "en"
    return "en"


def takes_gzip(accept_encoding: str) -> bool:
    """True when the Accept-Encoding header lets gzip in.

    >>> takes_gzip("br, gzip;q=0.8"), takes_gzip("*, gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    return coding(accept_encoding, ["gzip"]) == "gzip"


def _weights(header: str) -> Iterator[tuple[str, float]]:
    """Each range of a header with its q; an element whose q is no number from 0 to 1 is left out."""
    for element in _ELEMENT.findall(header):
        name, *parameters = (part.strip() for part in element.split(";"))
        quality = next((p.partition("=")[2].strip() for p in parameters if p[:2].lower() == "q="), "1")
        if name and _QUALITY.match(quality):
            yield name.lower(), float(quality)


def _weigh(media: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """The weight of a media type and how precisely the range behind it names it: 0, 1 or 2."""
    kind = media.partition("/")[0]
    for precision, name in ((2, media), (1, f"{kind}/*"), (0, "*/*")):
        for given, quality in ranges:
            if given == name:
                return quality, precision
    return 0.0, 0
