"""The W3C's own tests of the SPARQL Protocol, the Graph Store Protocol and Service Description, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest
from rdflib import Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from reegraph.server import create_app
from reegraph.server.access import Policy, Tokens
from reegraph.server.backend import Source
from w3c.suite import MF, RDFS, UT, Case, cases, folder, local, same, triples

from test_endpoint import served  # isort: skip

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
ROOT = folder()
PROTOCOL = list(cases(ROOT / "sparql11/protocol/manifest.ttl"))
GRAPHS = [
    case
    for kind in ("direct", "indirect")
    for case in cases(ROOT / f"sparql11/graph-store-protocol/manifest-{kind}.ttl")
]
FORMS = {
    "boolean": ("results+json", "results+xml"),
    "tabular": ("sparql-results", "csv", "tab"),
    "RDF": ("turtle", "rdf+xml", "n-triples", "ld+json"),
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client that may write, of an empty dataset in memory."""
    app = create_app(Source(writable=True), policy=Policy(Tokens(["w3c=a-secret-secret"])))
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as http:
        http.headers["Authorization"] = "Bearer a-secret-secret"
        yield http


@pytest.fixture(autouse=True)
def _empty(client: httpx.Client) -> None:
    assert client.post("/sparql", data={"update": "DROP ALL"}).status_code == 204


def run(client: httpx.Client, case: Case) -> None:
    """Send the requests of a test and compare each answer."""
    graph = case.manifest
    for node in graph.objects(case.node, UT.graphData):
        name, file = graph.value(node, RDFS.label), graph.value(node, UT.graph)
        assert file is not None
        body = ox.serialize(triples(local(file)), format=ox.RdfFormat.N_TRIPLES)
        headers = {"Content-Type": "application/n-triples"}
        assert client.put("/graphs", params={"graph": str(name)}, content=body, headers=headers).is_success
    action = case.get(MF.action, HT.requests)
    names: dict[str, str] = {}
    for node in Collection(graph, action):
        request(client, case, node, names)


def request(client: httpx.Client, case: Case, node: Node, names: dict[str, str]) -> None:
    graph = case.manifest
    path = str(graph.value(node, HT.absolutePath))
    for name, location in names.items():
        path = path.replace(name, location)
    path = path.replace("/gsp", "/graphs", 1)
    headers = [
        (str(graph.value(h, HT.fieldName)), str(graph.value(h, HT.fieldValue)))
        for h in Collection(graph, graph.value(node, HT.headers) or _NIL)
    ]
    body = graph.value(node, HT.body)
    content = b""
    if body is not None:
        text = str(graph.value(body, CNT.chars))
        for name, location in names.items():
            text = text.replace(name, location)
        coding = str(graph.value(body, CNT.characterEncoding) or "UTF-8")
        content = text.encode(coding)
    response = client.request(str(graph.value(node, HT.methodName)), path, headers=headers, content=content)
    compare(response, case, graph.value(node, HT.resp), names)


_NIL = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#").nil


def compare(response: httpx.Response, case: Case, wanted: Node | None, names: dict[str, str]) -> None:
    graph = case.manifest
    assert wanted is not None
    statuses = [str(s).rpartition("#")[2] for s in graph.objects(wanted, MF.expectedStatus)]
    assert any(fits(response.status_code, s) for s in statuses), (
        response.status_code,
        statuses,
        response.text,
    )
    if (boolean := graph.value(wanted, MF.expectedBoolean)) is not None:
        results = ox.parse_query_results(response.content, format=ox.QueryResultsFormat.JSON)
        assert bool(results) is bool(boolean.toPython())  # type: ignore[attr-defined]
    if (form := graph.value(wanted, MF.expectedFormat)) is not None:
        assert any(f in response.headers["content-type"] for f in FORMS[str(form)])
    if (location := graph.value(wanted, MF.expectedLocation)) is not None:
        names[str(location)] = response.headers["location"]
    body = graph.value(wanted, HT.body)
    if body is not None and str(graph.value(body, CNT.chars)).strip():
        base = str(response.url)
        wanted_quads = ox.parse(
            str(graph.value(body, CNT.chars)).encode(), format=ox.RdfFormat.TURTLE, base_iri=base
        )
        found = ox.parse(response.content, format=ox.RdfFormat.TURTLE, base_iri=base)
        assert same(found, wanted_quads), response.text


def fits(status: int, name: str) -> bool:
    if name.startswith("StatusCode"):
        return str(status)[0] == name.removeprefix("StatusCode")[0]
    return status == {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404, "BadRequest": 400}[name]


@pytest.mark.parametrize("case", PROTOCOL, ids=lambda c: c.name)
def test_protocol(client: httpx.Client, case: Case) -> None:
    """SPARQL 1.1 Protocol."""
    run(client, case)


@pytest.mark.parametrize("case", GRAPHS, ids=lambda c: c.name)
def test_graph_store_protocol(client: httpx.Client, case: Case) -> None:
    """SPARQL 1.1 Graph Store HTTP Protocol."""
    run(client, case)


def test_service_description(client: httpx.Client) -> None:
    """Service description: it is RDF, has a matching sd:endpoint, and keeps to the schema."""
    response = client.get("/sparql", headers={"Accept": "text/turtle"})
    found = list(ox.parse(response.content, format=ox.RdfFormat.TURTLE))
    sd = "http://www.w3.org/ns/sparql-service-description#"
    endpoints = [q.object.value for q in found if q.predicate.value == sd + "endpoint"]
    assert endpoints == [f"{client.base_url}/sparql"]
    services = [q.subject for q in found if q.object == ox.NamedNode(sd + "Service")]
    assert len(services) == 1
