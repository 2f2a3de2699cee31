"""The service description, with VoID and DCAT, held against shapes (tests/description.shapes.ttl)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pyshacl import validate
from rdflib import Graph, URIRef
from test_endpoint import served, tiny

from reegraph.server import create_app
from reegraph.server.access import Policy
from reegraph.server.backend import Source

SHAPES = Graph().parse(Path(__file__).with_name("description.shapes.ttl"))
SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.fixture(scope="module", params=["read-only", "writable and empty"])
def base(request: pytest.FixtureRequest) -> Iterator[str]:
    data = tiny() if request.param == "read-only" else Source(writable=True)
    with served(create_app(data, version="v1", policy=Policy())) as url:
        yield url


def described(base: str) -> Graph:
    response = httpx.get(f"{base}/sparql", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    return Graph().parse(data=response.text, format="turtle")


def faults(graph: Graph) -> str:
    """What the shapes find wrong, empty when nothing is."""
    conforms, _, report = validate(graph, shacl_graph=SHAPES)
    return "" if conforms else str(report)


def test_conforms(base: str) -> None:
    """conforms-to-schema: service, dataset, graphs, distribution and data service have what they must."""
    assert not faults(described(base))


@pytest.mark.parametrize(
    "name",
    [
        f"{SD}endpoint",
        f"{SD}supportedLanguage",
        f"{SD}defaultDataset",
        f"{SD}defaultGraph",
        "http://rdfs.org/ns/void#triples",
        "http://rdfs.org/ns/void#sparqlEndpoint",
        "http://purl.org/dc/terms/title",
        "http://purl.org/dc/terms/description",
        "http://www.w3.org/ns/dcat#accessURL",
        "http://www.w3.org/ns/dcat#endpointURL",
        "http://www.w3.org/ns/dcat#servesDataset",
    ],
)
def test_shapes_find_what_is_missing(base: str, name: str) -> None:
    """The shapes are no mere form: without any of the properties that count they find a fault."""
    graph = described(base)
    graph.remove((None, URIRef(name), None))
    assert name.rpartition("#")[2].rpartition("/")[2] in faults(graph)


def test_languages(base: str) -> None:
    """Update is among the languages only where updates are taken; the endpoint is the address asked."""
    graph = described(base)
    languages = {str(o).removeprefix(SD) for o in graph.objects(None, URIRef(f"{SD}supportedLanguage"))}
    writable = httpx.get(f"{base}/graphs?default").text.strip() == ""
    assert languages == ({"SPARQL11Query", "SPARQL11Update"} if writable else {"SPARQL11Query"})
    assert set(graph.objects(None, URIRef(f"{SD}endpoint"))) == {URIRef(f"{base}/sparql")}
