"""The text index: the words of names as triples in a graph of their own, `graph:search`.

`?thing ree:token "dysprosium"` finds a thing by a word of any of its names, in any SPARQL engine. The
default graph does not hold these triples: they are asked for by GRAPH or FROM.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from reegraph.terms import DCTERMS, GRAPH, RDFS, REE, SCHEMA, SKOS

if TYPE_CHECKING:
    from opencc import OpenCC

SEARCH: Final = ox.NamedNode(GRAPH + "search")
TOKEN: Final = ox.NamedNode(REE + "token")
NAMES: Final = tuple(
    ox.NamedNode(iri)
    for iri in (
        *(RDFS + "label", SKOS + "prefLabel", SKOS + "altLabel", REE + "symbol", DCTERMS + "title"),
        *(SCHEMA + "name", "http://schema.org/name", "http://xmlns.com/foaf/0.1/name"),
    )
)
_HAN: Final = r"々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED: Final = _HAN + r"\u3040-\u30ff"  # scripts that write no space between words
_RUN: Final = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|[^\W_{_UNSPACED}]+(?:[-.'’][^\W_{_UNSPACED}]+)*")
_CHINESE: Final = re.compile(f"[{_HAN}]")
_JOINT: Final = re.compile("[-.'’]")


def tokens(text: str) -> set[str]:
    """The tokens that a name is found by: words, and of Chinese each character and pair in both scripts.

    >>> sorted(tokens("F-35 magnets"))
    ['35', 'f', 'f35', 'magnet', 'magnets']
    >>> sorted(tokens("鏑礦"))
    ['矿', '礦', '鏑', '鏑礦', '镝', '镝矿']
    """
    found: set[str] = set()
    for spelling in _spellings(fold(text)):
        for match in _RUN.finditer(spelling):
            run = match[0]
            found |= {*run, *_pairs(run)} if match["unspaced"] else _words(run)
    return found


def fold(text: str) -> str:
    """A text as its tokens are written: compatible forms as one (NFKC), lower case, no accents.

    >>> fold("Molycorp Silmet Ｎéodyme")
    'molycorp silmet neodyme'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain.isascii():
        return plain
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare)


def token_quads(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """A quad of the search graph for each token of each name among these quads; some come twice."""
    for quad in quads:
        if quad.predicate in NAMES and isinstance(quad.object, ox.Literal):
            for token in sorted(tokens(quad.object.value)):
                yield ox.Quad(quad.subject, TOKEN, ox.Literal(token), SEARCH)


def _words(run: str) -> set[str]:
    """A word with its parts, and the singular of what looks like a plural."""
    found = {_JOINT.sub("", run), *_JOINT.split(run)}
    return found | {w[:-1] for w in found if len(w) > 3 and w.endswith("s") and not w.endswith("ss")}


def _pairs(run: str) -> list[str]:
    return [a + b for a, b in pairwise(run)]


def _spellings(text: str) -> set[str]:
    """A text as it stands, and in traditional and in simplified characters."""
    if not _CHINESE.search(text):
        return {text}
    return {text, converter("t2s").convert(text), converter("s2t").convert(text)}


@cache
def converter(way: str) -> OpenCC:
    """What turns Chinese text from one script to the other: t2s, s2t."""
    from opencc import OpenCC

    return OpenCC(way)
