"""The service description: what this endpoint can do and holds, as RDF (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from reegraph.server.refusal import bad_request
from reegraph.terms import DCTERMS, PREFIXES, RDF, XSD

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_DCAT: Final = "http://www.w3.org/ns/dcat#"
DESCRIBING: Final = {**PREFIXES, "sd": _SD, "void": _VOID, "dcat": _DCAT}  # prefixes for what is written here
_FORMATS: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads"),
)


@dataclass(frozen=True)
class Census:
    """How many triples the default graph and each named graph hold."""

    default: int
    named: Mapping[str, int]


def described(endpoint: str, held: Census, *, writable: bool = False, version: str = "") -> list[ox.Triple]:
    """The triples that describe the endpoint at this address; Refusal (400) when that is no IRI."""
    try:
        service = ox.NamedNode(endpoint)
    except ValueError as error:
        raise bad_request(f"the Host header makes no address: {error}") from error
    return [*_service(service, writable), *_dataset(service, held), *_catalogued(service, held, version)]


def _service(service: ox.NamedNode, writable: bool) -> Iterator[ox.Triple]:
    yield ox.Triple(service, _A, ox.NamedNode(_SD + "Service"))
    yield ox.Triple(service, ox.NamedNode(_SD + "endpoint"), service)
    yield ox.Triple(service, ox.NamedNode(_SD + "supportedLanguage"), ox.NamedNode(_SD + "SPARQL11Query"))
    if writable:
        yield ox.Triple(
            service, ox.NamedNode(_SD + "supportedLanguage"), ox.NamedNode(_SD + "SPARQL11Update")
        )
    yield ox.Triple(service, ox.NamedNode(_SD + "defaultDataset"), _part(service, "dataset"))
    for name in _FORMATS:
        yield ox.Triple(
            service, ox.NamedNode(_SD + "resultFormat"), ox.NamedNode(f"http://www.w3.org/ns/formats/{name}")
        )


def _catalogued(service: ox.NamedNode, held: Census, version: str) -> Iterator[ox.Triple]:
    """The dataset in VoID and DCAT: its version, where it is queried and read whole, how pages are cut."""
    dataset, access = _part(service, "dataset"), _part(service, "access")
    whole = _part(service, "distribution")
    graphs = ox.NamedNode(service.value.rpartition("/")[0] + "/graphs")
    yield ox.Triple(dataset, _A, ox.NamedNode(_VOID + "Dataset"))
    yield ox.Triple(dataset, _A, ox.NamedNode(_DCAT + "Dataset"))
    yield ox.Triple(dataset, ox.NamedNode(_VOID + "sparqlEndpoint"), service)
    yield ox.Triple(dataset, ox.NamedNode(DCTERMS + "title"), ox.Literal("reegraph", language="en"))
    for language, pages in _PAGES.items():
        yield ox.Triple(dataset, ox.NamedNode(DCTERMS + "description"), ox.Literal(pages, language=language))
    yield ox.Triple(dataset, ox.NamedNode(_DCAT + "version"), ox.Literal(version))
    size = ox.Literal(str(held.default), datatype=ox.NamedNode(XSD + "integer"))
    yield ox.Triple(dataset, ox.NamedNode(_VOID + "triples"), size)
    yield ox.Triple(dataset, ox.NamedNode(_DCAT + "distribution"), whole)
    yield ox.Triple(whole, _A, ox.NamedNode(_DCAT + "Distribution"))
    yield ox.Triple(whole, ox.NamedNode(_DCAT + "accessURL"), graphs)
    media = ox.NamedNode("https://www.iana.org/assignments/media-types/application/trig")
    yield ox.Triple(whole, ox.NamedNode(_DCAT + "mediaType"), media)
    yield ox.Triple(media, _A, ox.NamedNode(DCTERMS + "MediaType"))
    yield ox.Triple(whole, ox.NamedNode(_DCAT + "accessService"), access)
    yield ox.Triple(access, _A, ox.NamedNode(_DCAT + "DataService"))
    yield ox.Triple(access, ox.NamedNode(DCTERMS + "title"), ox.Literal("SPARQL endpoint", language="en"))
    yield ox.Triple(access, ox.NamedNode(_DCAT + "endpointURL"), service)
    yield ox.Triple(access, ox.NamedNode(_DCAT + "endpointDescription"), service)
    yield ox.Triple(access, ox.NamedNode(_DCAT + "servesDataset"), dataset)
    yield ox.Triple(access, ox.NamedNode(DCTERMS + "conformsTo"), ox.NamedNode(_PROTOCOL))


_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
_PAGES: Final = {
    "en": "Whole graphs are read at /graphs. A long answer of a query is cut into pages by "
    "ORDER BY with LIMIT and OFFSET; X-Dataset-Version tells whether the pages are of one state of the data.",
    "zh-Hant": "完整的圖可於 /graphs 讀取。查詢結果過長時，以 ORDER BY 搭配 LIMIT 與 OFFSET 分頁；"
    "各頁的 X-Dataset-Version 相同，即出自同一版資料。",
}


def _dataset(service: ox.NamedNode, held: Census) -> Iterator[ox.Triple]:
    dataset, default = _part(service, "dataset"), _part(service, "default-graph")
    yield ox.Triple(dataset, _A, ox.NamedNode(_SD + "Dataset"))
    yield ox.Triple(dataset, ox.NamedNode(_SD + "defaultGraph"), default)
    yield from _graph(default, held.default)
    for number, (name, count) in enumerate(held.named.items(), 1):
        entry, graph = _part(service, f"named-graph-{number}"), _part(service, f"graph-{number}")
        yield ox.Triple(dataset, ox.NamedNode(_SD + "namedGraph"), entry)
        yield ox.Triple(entry, _A, ox.NamedNode(_SD + "NamedGraph"))
        yield ox.Triple(entry, ox.NamedNode(_SD + "name"), ox.NamedNode(name))
        yield ox.Triple(entry, ox.NamedNode(_SD + "graph"), graph)
        yield from _graph(graph, count)


def _graph(graph: ox.NamedNode, count: int) -> Iterator[ox.Triple]:
    yield ox.Triple(graph, _A, ox.NamedNode(_SD + "Graph"))
    size = ox.Literal(str(count), datatype=ox.NamedNode(XSD + "integer"))
    yield ox.Triple(graph, ox.NamedNode(_VOID + "triples"), size)


def _part(service: ox.NamedNode, name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{service.value}#{name}")


_A: Final = ox.NamedNode(RDF + "type")
