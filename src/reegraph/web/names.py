"""Short names of sources: author and year."""

from __future__ import annotations

import re

from reegraph.table import Thing


def short_source(id_: str, author_zh: str = "") -> Thing:
    """A source under its short names: author and year, out of its id and its author's Chinese name.

    >>> short_source("source:chen-jw-2025", "陳建瑋")
    Thing(id='source:chen-jw-2025', en='Chen JW 2025', zh='陳建瑋 2025')
    """
    slug = id_.partition(":")[2]
    match = re.fullmatch(r"([a-z]+)(?:-([a-z]+))?-(\d{4})", slug)
    if not match:
        return Thing(id_, slug, author_zh or slug)
    name = " ".join(filter(None, (match[1].capitalize(), (match[2] or "").upper())))
    return Thing(id_, f"{name} {match[3]}", f"{author_zh or name} {match[3]}")
