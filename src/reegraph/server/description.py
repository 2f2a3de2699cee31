"""The service description: what this endpoint can do and holds, as RDF (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import pyoxigraph as ox

from reegraph.folders import project_root
from reegraph.server.refusal import bad_request
from reegraph.terms import DCTERMS, GRAPH, PREFIXES, RDF, XSD

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_COMMENT: Final = "http://www.w3.org/2000/01/rdf-schema#comment"
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


def described(
    endpoint: str, held: Census, *, writable: bool = False, version: str = "", name: str = ""
) -> list[ox.Triple]:
    """The triples that describe the endpoint at this address, and the data, called `name` where not ours.

    Refusal (400) when the address is no IRI.
    """
    try:
        service = ox.NamedNode(endpoint)
    except ValueError as error:
        raise bad_request(f"the Host header makes no address: {error}") from error
    # Whoever may write may have put other data beside ours, which are not under our licence.
    ours = not writable and GRAPH + "ontology" in held.named
    dataset = ox.NamedNode(_OURS) if ours else _part(service, "dataset")
    return [
        *_service(service, dataset, writable),
        *_dataset(service, dataset, held),
        *(_what_ours_is() if ours else _unknown(dataset, name)),
        *_catalogued(service, dataset, held, version),
    ]


@cache
def _what_ours_is() -> tuple[ox.Triple, ...]:
    file = project_root() / "ontology" / "dataset.ttl"
    return tuple(q.triple for q in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE))


def _unknown(dataset: ox.NamedNode, name: str) -> Iterator[ox.Triple]:
    """What can be said of data that are not ours: what their file or folder is called."""
    for property_, texts in (("title", _TITLE), ("description", _NOTHING)):
        for language, text in texts.items():
            said = ox.Literal((property_ == "title" and name) or text, language=language)
            yield ox.Triple(dataset, ox.NamedNode(DCTERMS + property_), said)


def _service(service: ox.NamedNode, dataset: ox.NamedNode, writable: bool) -> Iterator[ox.Triple]:
    yield ox.Triple(service, _A, ox.NamedNode(_SD + "Service"))
    yield ox.Triple(service, ox.NamedNode(_SD + "endpoint"), service)
    yield ox.Triple(service, ox.NamedNode(_SD + "supportedLanguage"), ox.NamedNode(_SD + "SPARQL11Query"))
    if writable:
        yield ox.Triple(
            service, ox.NamedNode(_SD + "supportedLanguage"), ox.NamedNode(_SD + "SPARQL11Update")
        )
    yield ox.Triple(service, ox.NamedNode(_SD + "defaultDataset"), dataset)
    for name in _FORMATS:
        yield ox.Triple(
            service, ox.NamedNode(_SD + "resultFormat"), ox.NamedNode(f"http://www.w3.org/ns/formats/{name}")
        )


def _catalogued(
    service: ox.NamedNode, dataset: ox.NamedNode, held: Census, version: str
) -> Iterator[ox.Triple]:
    """The dataset in VoID and DCAT: its version, where it is queried and read whole, how pages are cut."""
    access, whole = _part(service, "access"), _part(service, "distribution")
    graphs = ox.NamedNode(service.value.rpartition("/")[0] + "/graphs")
    yield ox.Triple(dataset, _A, ox.NamedNode(_VOID + "Dataset"))
    yield ox.Triple(dataset, _A, ox.NamedNode(_DCAT + "Dataset"))
    yield ox.Triple(dataset, ox.NamedNode(_VOID + "sparqlEndpoint"), service)
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
    for language, pages in _PAGES.items():
        hint = ox.Literal(pages, language=language)
        yield ox.Triple(access, ox.NamedNode(DCTERMS + "description"), hint)
        yield ox.Triple(dataset, ox.NamedNode(_COMMENT), hint)  # for who reads VoID alone
    yield ox.Triple(access, ox.NamedNode(_DCAT + "endpointURL"), service)
    yield ox.Triple(access, ox.NamedNode(_DCAT + "endpointDescription"), service)
    yield ox.Triple(access, ox.NamedNode(_DCAT + "servesDataset"), dataset)
    yield ox.Triple(access, ox.NamedNode(DCTERMS + "conformsTo"), ox.NamedNode(_PROTOCOL))


_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
_OURS: Final = "https://w3id.org/reegraph/dataset"
_TITLE: Final = {"en": "dataset", "zh-Hant": "資料集"}
_NOTHING: Final = {
    "en": "The data that this service was given; it knows nothing of their content.",
    "zh-Hant": "提供給此服務的資料；服務本身不知其內容。",
}
_PAGES: Final = {
    "en": "Whole graphs are read at /graphs. A long answer of a query is cut into pages by "
    "ORDER BY with LIMIT and OFFSET; X-Dataset-Version tells whether the pages are of one state of the data.",
    "zh-Hant": "完整的圖可於 /graphs 讀取。查詢結果過長時，以 ORDER BY 搭配 LIMIT 與 OFFSET 分頁；"
    "各頁的 X-Dataset-Version 相同，即出自同一版資料。",
}


def _dataset(service: ox.NamedNode, dataset: ox.NamedNode, held: Census) -> Iterator[ox.Triple]:
    default = _part(service, "default-graph")
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
