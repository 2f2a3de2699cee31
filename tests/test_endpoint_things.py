"""Linked Data, what the service says of itself, its figures and its log, and how often it may be asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from test_endpoint import DATA, error, logged, served, tiny

from reegraph.server import create_app
from reegraph.server.access import Policy
from reegraph.store import EmbeddedStore
from reegraph.web.links import page_of

PARTS = """
@prefix ree: <https://w3id.org/reegraph/ontology#> .
@prefix claim: <https://w3id.org/reegraph/id/claim/> .
<https://w3id.org/reegraph/id/claim/x-1> a ree:Claim ;
  ree:quantity <https://w3id.org/reegraph/id/claim/x-1/quantity> ;
  ree:subject <https://w3id.org/reegraph/id/firm/lynas> .
<https://w3id.org/reegraph/id/claim/x-1/quantity> ree:value 92 .
<https://w3id.org/reegraph/graph/ontology> { ree:Claim a <http://www.w3.org/2002/07/owl#Class> }
"""
LYNAS = "https://w3id.org/reegraph/id/firm/lynas"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    store = EmbeddedStore(ox.parse(DATA, format=ox.RdfFormat.TRIG))
    store.dataset.extend(ox.parse(PARTS, format=ox.RdfFormat.TRIG))
    with served(create_app(store, version="v1")) as url, httpx.Client(base_url=url) as http:
        yield http


def triples(response: httpx.Response) -> set[ox.Triple]:
    assert response.status_code == 200, response.text
    media = response.headers["content-type"].partition(";")[0]
    return {q.triple for q in ox.parse(response.content, format=ox.RdfFormat.from_media_type(media))}


@pytest.mark.parametrize(
    "media", ["text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"]
)
def test_thing(client: httpx.Client, media: str) -> None:
    """A thing answers at /id with its own triples and those that name it, in the form asked for."""
    response = client.get("/id/firm/lynas", headers={"Accept": media})
    assert response.headers["content-type"].startswith(media)
    assert {t.subject.value for t in triples(response)} == {LYNAS, "https://w3id.org/reegraph/id/claim/x-1"}
    assert len(triples(response)) == 4


def test_thing_with_parts(client: httpx.Client) -> None:
    """A claim comes with its parts, which lie below its address."""
    found = triples(client.get("/id/claim/x-1"))
    assert ox.Literal("92", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")) in {
        t.object for t in found
    }


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/id/firm/lynas", BROWSER, 303),
        ("/ontology", BROWSER, 303),
        ("/id/firm/lynas", "*/*", 200),
        ("/id/firm/lynas", "text/turtle, text/html", 200),
        ("/id/firm/lynas", "text/turtle;q=0.5, text/html;q=0.6", 303),
        ("/id/firm/lynas?format=ttl", BROWSER, 200),
        ("/id/nothing/like%0d%0aX:%20it", BROWSER, 404),
    ],
)
def test_pages_for_browsers(path: str, accept: str, status: int) -> None:
    """Who prefers HTML is sent to the page about a thing, in the language asked for; all others have RDF."""
    headers = {"Accept": accept, "Accept-Language": "zh-TW"}
    with served(create_app(tiny(), page_of=page_of)) as url, httpx.Client(base_url=url) as http:
        response = http.get(path, headers=headers)
    assert response.status_code in {status, 400} if status == 404 else response.status_code == status
    if status == 303:
        assert response.headers["location"].startswith("/zh-Hant/")
        assert response.headers["vary"] == "Accept, Accept-Language"


def test_thing_negotiates(client: httpx.Client) -> None:
    """A thing has a HEAD, a tag, 304, 406 and 404 as answers have."""
    head = client.head("/id/firm/lynas")
    assert head.status_code == 200
    assert client.get("/id/firm/lynas", headers={"If-None-Match": head.headers["etag"]}).status_code == 304
    assert client.get("/id/firm/lynas", headers={"Accept": "image/png"}).status_code == 406
    for path in ("/id/firm/none", "/id/", "/id/a%20b", "/id/%3Cx%3E"):
        assert client.get(path).status_code in {400, 404}, path
    assert client.post("/id/firm/lynas").status_code == 405


def test_ontology(client: httpx.Client) -> None:
    """/ontology is the graph of the terms."""
    assert [t.subject.value for t in triples(client.get("/ontology"))] == [
        "https://w3id.org/reegraph/ontology#Claim"
    ]


def test_graph_by_its_name(client: httpx.Client) -> None:
    """/graphs/<name> is the named graph of that name."""
    assert len(triples(client.get("/graphs/entities"))) == 2
    assert client.get("/graphs/none").status_code == 404


def test_catalogue(client: httpx.Client) -> None:
    """The service description has the dataset in VoID and DCAT, with version and counts from the store."""
    store = EmbeddedStore(ox.Quad(*t) for t in triples(client.get("/sparql")))
    query = """
      PREFIX void: <http://rdfs.org/ns/void#> PREFIX dcat: <http://www.w3.org/ns/dcat#>
      SELECT DISTINCT ?triples ?version ?graphs {
        ?d a void:Dataset, dcat:Dataset ; void:sparqlEndpoint ?e ; void:triples ?triples ;
          dcat:version ?version ;
          dcterms:title ?title ;
          dcat:distribution [ a dcat:Distribution ; dcat:accessURL ?graphs ;
            dcat:accessService [ a dcat:DataService ; dcat:endpointURL ?e ; dcat:servesDataset ?d ] ] }"""
    rows = [tuple(row.values()) for row in store.select(query).texts()]
    assert rows == [("8", "v1", str(client.base_url.join("/graphs")))]


def test_relative_names_are_resolved(client: httpx.Client) -> None:
    """A relative name in a query is taken against the endpoint's address."""
    response = client.get("/sparql", params={"query": "SELECT (STR(<x>) AS ?x) {}"})
    assert response.json()["results"]["bindings"][0]["x"]["value"] == str(client.base_url.join("/x"))


def test_metrics(client: httpx.Client) -> None:
    """/metrics counts requests by path and status in Prometheus' text format, and no path of a stranger's."""
    client.get("/sparql", params={"query": "ASK {"})
    client.get("/some/where/else")
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'reegraph_requests_total{method="GET",path="/sparql",status="400"} ' in response.text
    assert 'path="other",status="404"' in response.text
    assert "some" not in response.text
    for line in response.text.splitlines():
        assert line.startswith("# TYPE ") or float(line.rpartition(" ")[2]) >= 0


def test_access_log(client: httpx.Client, tmp_path: Path) -> None:
    """The log has a line a request, and nothing of queries, parameters or tokens."""
    with logged(tmp_path / "log"):
        client.get(
            "/sparql",
            params={"query": "ASK { <urn:secret> ?p ?o }"},
            headers={"Authorization": "Bearer secret"},
        )
        client.post("/sparql", data={"query": "ASK { <urn:secret> ?p ?o }"})
        client.get("/a%0Ab")
        deadline = time.monotonic() + 5  # a line is written when the answer has gone out
        while (tmp_path / "log").read_text(encoding="utf-8").count("\n") < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert " GET /sparql 200 " in lines[0]
    assert "secret" not in "".join(lines)


def test_rate() -> None:
    """A client that asks too often is 429 and told when to come again."""
    with served(create_app(tiny(), policy=Policy(rate=2))) as url, httpx.Client(base_url=url) as http:
        started = time.monotonic()
        answers = [http.get("/sparql", params={"query": "ASK {}"}) for _ in range(10)]
        earned = 2 * (time.monotonic() - started)
    refused = [a for a in answers if a.status_code == 429]
    assert 5 - earned <= len(refused) <= 6
    assert all(int(a.headers["retry-after"]) >= 1 and error(a) for a in refused)


def test_not_rated() -> None:
    """A browser's preflight, the state and the figures are not counted."""
    with served(create_app(tiny(), policy=Policy(rate=1))) as url, httpx.Client(base_url=url) as http:
        for _ in range(5):
            assert http.options("/sparql").status_code == 204
            assert http.get("/health").status_code == 200
            assert http.get("/metrics").status_code == 200
        assert http.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_rate_behind_a_proxy() -> None:
    """For clients of a proxy on this machine it counts each for itself."""
    with served(create_app(tiny(), policy=Policy(rate=1))) as url, httpx.Client(base_url=url) as http:
        for client in range(10):
            fields = {"X-Forwarded-For": f"192.0.2.{client}"}
            assert http.get("/sparql", params={"query": "ASK {}"}, headers=fields).status_code == 200
