"""The forms an answer can take: results of SELECT and ASK, and graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.server.negotiation import choose
from reegraph.server.refusal import bad_request


@dataclass(frozen=True)
class Form:
    """A format by its short name, and the media type it is sent as."""

    name: str
    media: str

    def __str__(self) -> str:
        return self.media


# In the server's order of preference; a format's own media type goes before the general ones.
SOLUTIONS: Final = (
    Form("json", "application/sparql-results+json"),
    Form("xml", "application/sparql-results+xml"),
    Form("csv", "text/csv"),
    Form("tsv", "text/tab-separated-values"),
    Form("json", "application/json"),
    Form("xml", "application/xml"),
)
GRAPHS: Final = (
    Form("ttl", "text/turtle"),
    Form("nt", "application/n-triples"),
    Form("rdf", "application/rdf+xml"),
    Form("jsonld", "application/ld+json"),
    Form("trig", "application/trig"),
    Form("nq", "application/n-quads"),
    Form("ttl", "text/n3"),  # Turtle is N3
    Form("jsonld", "application/json"),
    Form("rdf", "application/xml"),
)
DATASETS: Final = tuple(form for form in GRAPHS if form.name in {"trig", "nq"})

# What ?format= may say besides the short names; SPARQLWrapper sends turtle, n3, rdf+xml and json-ld.
_ALIASES: Final = {
    "json": ("json", "jsonld"),
    "xml": ("xml", "rdf"),
    "turtle": ("ttl",),
    "n3": ("ttl",),
    "ntriples": ("nt",),
    "nquads": ("nq",),
    "rdfxml": ("rdf",),
    "rdf+xml": ("rdf",),
    "json-ld": ("jsonld",),
}
_NAMES: Final = list(dict.fromkeys(form.name for form in SOLUTIONS + GRAPHS))


def wanted(offered: Sequence[Form], accept: str, name: str = "") -> Form | None:
    """The form of `offered` that a client asks for, or None when none of them suits it.

    `name`, the value of ?format= (a short name or a media type), goes before the Accept header.
    Raises Refusal (400) when no format has that name.
    """
    if name:
        return _named(offered, name.lower())
    media = choose(accept, [form.media for form in offered])
    return next((form for form in offered if form.media == media), None)


def _named(offered: Sequence[Form], name: str) -> Form | None:
    names = _ALIASES.get(name, (name,))
    if not any(form.name in names or form.media == name for form in SOLUTIONS + GRAPHS):
        raise bad_request(f"no format {name!r}; known: {', '.join(_NAMES)}")
    return next((form for form in offered if form.name in names or form.media == name), None)
