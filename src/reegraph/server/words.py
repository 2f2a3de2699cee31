"""The bare words of a SPARQL text, read without parsing it: is it an update, does it call a service?

The engine follows SERVICE wherever the text has it, runs keywords into their neighbours (`SERVICEex:x`,
`1SERVICE`) and decides by context whether `<` opens an IRI. So what is read here errs on the safe side: a
place that could be read in two ways counts as a service call if the text has that word anywhere, and a dot
ends a local name (the engine reads `ex:a.5.SERVICE` as `ex:a.5`, `.`, `SERVICE`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reegraph.store.syntax import PROLOGUE, UPDATES

UNCLEAR: Final = "?"  # in place of a word: from here on the text can be read in two ways

_TOKEN: Final = re.compile(
    r"""
    [ \t\r\n]++
  | \#[^\r\n]*+                                                    # a comment ends at either
  | (?P<iri> <[^<>"{}|^`\x00-\x20]*+> )
  | \"{3} (?: "{0,2} (?:[^"\\]|\\.) )*+ \"{3} | '{3} (?: '{0,2} (?:[^'\\]|\\.) )*+ '{3}
  | (?P<open> \"{3} | '{3} )                                       # closed nowhere
  | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+'
  | (?P<quote> ["'] )
  | [?$]\w++
  | (?P<word> \w[\w.-]*+ )? (?P<local> : (?: (?:[\w:%]|\\.) (?:[\w:%-]|\\.)*+ )? )
  | (?P<bare> \w[\w.-]*+ )
  | \\.                                                            # an escaped quote opens no string
  | .
    """,
    re.VERBOSE | re.DOTALL,
)
_CONSTANT: Final = re.compile(r"<[^<>\s]*+>|\"[^\"\n]*+\"|\d++|#[^\n]*+")
_READ: Final = 10_000  # characters of a query that its shape is read from
_CERTAIN: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")  # after `<` as less-than, `//` would not parse
# Of these a second run may make something else: of time and chance, of the order of rows, of rounding.
_CHANCE: Final = {
    *("now", "rand", "uuid", "struuid", "limit", "offset", "sample", "group_concat", "sum", "avg"),
    *("load", "service", "bnode"),
}
_VOLATILE: Final = {"now", "rand", "uuid", "struuid"}


def words(text: str) -> Iterator[str]:
    """The words outside IRIs, strings, comments and variables; of a prefixed name, `prefix:`.

    Ends with UNCLEAR at a place that can be read in two ways.

    >>> list(words('?service a ex:Mine ; rdfs:label "a SERVICE" # SERVICE'))
    ['a', 'ex:', 'rdfs:']
    """
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "bare":
            yield token["bare"]
        elif kind == "local":
            yield f"{token['word'] or ''}:"
        elif kind in {"open", "quote"} or (kind == "iri" and _ambiguous(token["iri"])):
            yield UNCLEAR
            return


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and text of each bare word and brace outside IRIs, strings and comments.

    >>> [word for _, _, word in tokens('INSERT { ?s a "{" } WHERE {}')]
    ['INSERT', '{', 'a', '}', 'WHERE', '{', '}']
    """
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "bare" or (token.lastgroup is None and token.group() in {"{", "}"}):
            yield token.start(), token.end(), token.group()


def is_determined(text: str) -> bool:
    """True when an update does the same to equal datasets, whatever the order of triples and the hour."""
    return not any(word == UNCLEAR or word.lower() in _CHANCE for word in words(text))


def calls_out(text: str, more: tuple[str, ...] = ()) -> bool:
    """True when the engine could read a SERVICE clause in `text`, or one of the words `more`."""
    lower = text.lower()
    if "service" not in lower and not any(word in lower for word in more):
        return False
    return any(w == UNCLEAR or "service" in w.lower() or w.lower() in more for w in words(text))


def is_update(text: str) -> bool:
    """True when the first word after the prologue is one of SPARQL Update."""
    for word in words(text):
        if not word.endswith(":") and word.upper() not in PROLOGUE:
            return word.upper() in UPDATES
    return False


def is_volatile(text: str) -> bool:
    """True when two runs of the query may rightly differ, because it asks for the time or for chance."""
    lower = text.lower()
    if not any(name in lower for name in _VOLATILE):
        return False
    return any(word.lower() in _VOLATILE for word in words(text))


def shape(text: str) -> str:
    """A query without what makes it one of many of its kind: IRIs in full, strings, numbers and comments.

    >>> shape('SELECT * { <urn:a> ?p 12 } # 1') == shape('SELECT * { <urn:b> ?p 3 } # 2')
    True
    """
    return _CONSTANT.sub("", text[:_READ])


def _ambiguous(iri: str) -> bool:
    """True when `<` might be less-than and what follows would open a comment or a string."""
    return ("#" in iri or "'" in iri) and not _CERTAIN.match(iri)
