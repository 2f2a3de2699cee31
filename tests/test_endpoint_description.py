"""The service description, with VoID and DCAT, held against shapes (tests/description.shapes.ttl)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from closure.real import built
from pyshacl import validate
from rdflib import DCTERMS, Graph, URIRef
from test_endpoint import served, tiny

from reegraph.server import create_app
from reegraph.server.access import Policy
from reegraph.server.backend import Source
from reegraph.server.description import Census
from reegraph.server.description import described as written
from reegraph.server.serving import chosen
from reegraph.store import EmbeddedStore

SHAPES = Graph().parse(Path(__file__).with_name("description.shapes.ttl"))
SD = "http://www.w3.org/ns/sparql-service-description#"


TITLES = {
    "read-only": {"dataset", "資料集"},
    "ours": {"reegraph: the rare-earth supply chain", "reegraph：稀土供應鏈知識圖譜"},
    "writable and empty": {"mine"},
}


@pytest.fixture(scope="module", params=TITLES)
def kind(request: pytest.FixtureRequest) -> str:
    """What is served."""
    return str(request.param)


@pytest.fixture(scope="module")
def base(kind: str) -> Iterator[str]:
    data: EmbeddedStore | Source = Source(writable=True, name="mine")
    if kind != "writable and empty":
        data = tiny()
    if isinstance(data, EmbeddedStore) and kind == "ours":
        term = ox.NamedNode("https://w3id.org/reegraph/graph/ontology")
        data.dataset.add(ox.Quad(term, term, term, term))
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


def test_title(base: str, kind: str) -> None:
    """Over HTTP too our data have our title, others their own name."""
    titles = {str(o) for o in described(base).objects(None, DCTERMS.title)}
    assert titles == TITLES[kind] | {"SPARQL endpoint"}


OURS = "https://w3id.org/reegraph/dataset"
WANTED = {
    *(
        f"http://purl.org/dc/terms/{name}"
        for name in ("title", "description", "license", "creator", "publisher")
    ),
    *(f"http://rdfs.org/ns/void#{name}" for name in ("vocabulary", "uriSpace", "exampleResource")),
    "http://www.w3.org/2002/07/owl#versionInfo",
}


def dataset_of(held: Census, **more: str | bool) -> tuple[str, dict[str, list[str]]]:
    """The dataset of a description: its IRI and what is said of it."""
    triples = written("http://127.0.0.1:8765/sparql", held, **more)  # type: ignore[arg-type]
    (dataset,) = {t.object.value for t in triples if t.predicate.value == f"{SD}defaultDataset"}
    said: dict[str, list[str]] = {}
    for t in triples:
        if t.subject.value == dataset:
            said.setdefault(t.predicate.value, []).append(t.object.value)
    return dataset, said


def test_our_dataset_says_what_it_is(root: Path) -> None:
    """Our data are one dataset wherever served, with licence, makers, vocabularies, as in the graph."""
    triples = built(root).read_graph(None)
    held = Census(len(triples), {"https://w3id.org/reegraph/graph/ontology": 1})
    dataset, said = dataset_of(held)
    assert dataset == OURS
    assert said.keys() >= WANTED
    assert {t.predicate.value for t in triples if t.subject == ox.NamedNode(OURS)} >= WANTED
    subjects = {t.subject.value for t in triples}
    assert subjects >= set(said["http://rdfs.org/ns/void#exampleResource"])
    assert (
        f'version = "{said["http://www.w3.org/2002/07/owl#versionInfo"][0]}"'
        in (root / "pyproject.toml").read_text()
    )


@pytest.mark.parametrize("writable", [False, True])
def test_data_of_others_are_not_ours(writable: bool, tmp_path: Path) -> None:
    """Data of others have the name of their file or folder, and neither our title nor our licence."""
    file = tmp_path / "graph.ttl"
    file.write_text("", encoding="utf-8")
    source = chosen(str(tmp_path / "mine") if writable else str(file), writable=writable)
    assert source is not None
    ontology = {"https://w3id.org/reegraph/graph/ontology": 1}
    held = Census(1, ontology if writable else {})  # what is written to may hold anything beside our graph
    dataset, said = dataset_of(held, writable=writable, name=source.name)
    assert dataset.endswith("/sparql#dataset")
    assert set(said["http://purl.org/dc/terms/title"]) == {"mine" if writable else "graph.ttl"}
    assert not said.keys() & (
        WANTED - {f"http://purl.org/dc/terms/{name}" for name in ("title", "description")}
    )
