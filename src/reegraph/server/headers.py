"""Headers: what every answer carries, and which request an answer of ours still holds for."""

from __future__ import annotations

import hashlib
import re
from typing import Final

COMMON: Final = {
    "Access-Control-Allow-Origin": "*",  # public data, no cookies: any page may read it
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After, X-Dataset-Version",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Vary": "Accept, Accept-Encoding",
}
_TAG: Final = re.compile(r'(?:W/)?"[^"]*"')


def caching(tag: str) -> dict[str, str]:
    """With a tag, a cache may keep the answer and asks whether it still holds."""
    return {"ETag": tag, "Cache-Control": "no-cache"} if tag else {"Cache-Control": "no-store"}


def entity_tag(*parts: str) -> str:
    """A weak tag (rows may come in another order) of all that an answer depends on."""
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12)
    return f'W/"{digest.hexdigest()}"'


def holds(tag: str, if_none_match: str) -> bool:
    """True when a list of tags has this one; weak comparison, as RFC 9110 wants for If-None-Match.

    `*` is no tag: it stands for whatever there is, if there is something.
    """
    given = _TAG.findall(if_none_match)
    return tag.removeprefix("W/") in {g.removeprefix("W/") for g in given}
