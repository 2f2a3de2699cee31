"""The SPARQL endpoint, request by request, on a real server on loopback over a graph small enough to read."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
import rdflib
import zstandard
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, POST, POSTDIRECTLY, TSV, TURTLE, XML, SPARQLWrapper
from starlette.applications import Starlette

from reegraph import snapshot
from reegraph.errors import UsageError
from reegraph.server import create_app
from reegraph.server.engine import Engine
from reegraph.server.front import Server
from reegraph.server.listener import address, bound
from reegraph.server.metrics import access, log_to
from reegraph.store import EmbeddedStore

DATA = """
@prefix ree: <https://w3id.org/reegraph/ontology#> .
@prefix firm: <https://w3id.org/reegraph/id/firm/> .
@prefix country: <https://w3id.org/reegraph/id/country/> .
@prefix graph: <https://w3id.org/reegraph/graph/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
firm:lynas ree:inCountry country:AU ; rdfs:label "Lynas"@en , "萊納斯"@zh-Hant .
firm:mp-materials ree:inCountry country:US .
graph:entities { firm:lynas rdfs:label "Lynas"@en , "萊納斯"@zh-Hant . }
graph:statements { firm:lynas ree:inCountry country:AU . firm:mp-materials ree:inCountry country:US . }
"""
ENTITIES = "https://w3id.org/reegraph/graph/entities"
STATEMENTS = "https://w3id.org/reegraph/graph/statements"
SELECT = "SELECT ?firm { ?firm ree:inCountry country:AU }"
ASK = "ASK { firm:lynas ree:inCountry country:AU }"
CONSTRUCT = "CONSTRUCT { ?firm ree:inCountry ?c } WHERE { ?firm ree:inCountry ?c }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"  # 125 rows: worth packing


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """A real server on a free port of loopback; its URL."""
    with bound("127.0.0.1", 0) as listener:
        listener.listen()
        server = Server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield address(listener)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            assert not thread.is_alive()


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """Have requests written to an access log."""
    before = access.level
    log_to(path)
    handler = access.handlers[-1]
    try:
        yield
    finally:
        access.removeHandler(handler)
        access.setLevel(before)
        access.propagate = True
        handler.close()


def tiny() -> EmbeddedStore:
    return EmbeddedStore(ox.parse(DATA, format=ox.RdfFormat.TRIG))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(create_app(tiny(), version="v1")) as base:
        yield base


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"Accept-Encoding": "identity"}) as http:
        yield http


def ask_for(client: httpx.Client, query: str, accept: str = "*/*", **parameters: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query, **parameters}, headers={"Accept": accept})


def count(response: httpx.Response) -> int:
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def error(response: httpx.Response) -> dict[str, object]:
    """The error of a response, whose shape is checked here for every test that meets one."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    assert {"code", "message"} <= set(body["error"]) <= {"code", "message", "line", "column"}
    return dict(body["error"])


# The three ways to send a query


def test_get(client: httpx.Client) -> None:
    """A query in the address is answered, with the usual prefixes predeclared."""
    response = ask_for(client, SELECT)
    assert response.headers["content-type"] == "application/sparql-results+json"
    bindings = response.json()["results"]["bindings"]
    assert bindings == [{"firm": {"type": "uri", "value": "https://w3id.org/reegraph/id/firm/lynas"}}]


def test_form(client: httpx.Client) -> None:
    """A query in a form is answered, Chinese text included."""
    response = client.post("/sparql", data={"query": 'ASK { firm:lynas rdfs:label "萊納斯"@zh-Hant }'})
    assert response.json()["boolean"] is True


def test_direct(client: httpx.Client) -> None:
    """A query as the body is answered, whatever the case of its media type."""
    headers = {"Content-Type": "Application/SPARQL-query; charset=UTF-8"}
    response = client.post("/sparql", content=ASK.encode(), headers=headers)
    assert response.json()["boolean"] is True


def test_head(client: httpx.Client) -> None:
    """HEAD has the headers of GET and no body."""
    get = ask_for(client, SELECT)
    head = client.head("/sparql", params={"query": SELECT})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("query", ["", SELECT], ids=["none", "two"])
def test_one_query_in_a_request(client: httpx.Client, query: str) -> None:
    """A form without a query, and a request with two, are bad requests."""
    body = {"query": [query, query]} if query else {"format": "json"}
    response = client.post("/sparql", data=body)
    assert response.status_code == 400
    assert "exactly one" in str(error(response)["message"])


def test_query_in_address_and_body(client: httpx.Client) -> None:
    """A query in the address besides the one in the body is a bad request, never a silent choice."""
    headers = {"Content-Type": "application/sparql-query"}
    response = client.post("/sparql", params={"query": ASK}, content=ASK, headers=headers)
    assert response.status_code == 400


def test_not_utf8(client: httpx.Client) -> None:
    """Bytes that are no UTF-8 are a bad request, in the address, a form and a body."""
    direct = {"Content-Type": "application/sparql-query"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for response in (
        client.get("/sparql?query=%FF"),
        client.post("/sparql", content=b"query=%FF", headers=form),
        client.post("/sparql", content=b"query=\xff", headers=form),
        client.post("/sparql", content=b"ASK {} #\xff", headers=direct),
    ):
        assert response.status_code == 400
        assert "UTF-8" in str(error(response)["message"])


# The dataset


def test_default_graph_is_the_merge(client: httpx.Client) -> None:
    """Without a dataset each triple is met once, in the default graph."""
    assert count(ask_for(client, COUNT)) == 4


def test_default_graph_uris(client: httpx.Client) -> None:
    """Several default-graph-uri make their merge the default graph, and leave no named graph."""
    both = {"query": COUNT, "default-graph-uri": [ENTITIES, STATEMENTS]}
    assert count(client.get("/sparql", params=both)) == 4
    one = {**both, "default-graph-uri": ENTITIES}
    assert count(client.get("/sparql", params=one)) == 2
    named = {**one, "query": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"}
    assert count(client.get("/sparql", params=named)) == 0


def test_named_graph_uris(client: httpx.Client) -> None:
    """With named-graph-uri alone the default graph is empty and GRAPH ranges over those named."""
    query = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    parameters = {"query": query, "named-graph-uri": [ENTITIES, "https://example.org/none"]}
    assert count(client.get("/sparql", params=parameters)) == 2
    assert count(client.get("/sparql", params={**parameters, "query": COUNT})) == 0


def test_protocol_goes_before_from(client: httpx.Client) -> None:
    """A dataset of the request replaces FROM and FROM NAMED, however it is sent."""
    query = COUNT.replace("{", f"FROM <{ENTITIES}> FROM NAMED <{ENTITIES}> {{", 1)
    assert count(ask_for(client, query)) == 2
    dataset = {"default-graph-uri": [ENTITIES, STATEMENTS]}
    assert count(client.get("/sparql", params={"query": query, **dataset})) == 4
    assert count(client.post("/sparql", data={"query": query, **dataset})) == 4
    headers = {"Content-Type": "application/sparql-query"}
    assert count(client.post("/sparql", params=dataset, content=query, headers=headers)) == 4


def test_graph_name_that_is_no_iri(client: httpx.Client) -> None:
    """A relative graph name is a bad request."""
    response = ask_for(client, COUNT, **{"default-graph-uri": "entities"})
    assert response.status_code == 400
    assert "entities" in str(error(response)["message"])


# Formats


SOLUTIONS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
}
GRAPHS = {
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig",
    "nq": "application/n-quads",
}


@pytest.mark.parametrize(("name", "media"), SOLUTIONS.items(), ids=SOLUTIONS)
def test_result_formats(client: httpx.Client, name: str, media: str) -> None:
    """Each result format is given by Accept and by its short name, and reads back as the same rows."""
    by_accept, by_name = (
        ask_for(client, SELECT, media.partition(";")[0]),
        ask_for(client, SELECT, format=name),
    )
    assert by_accept.content == by_name.content
    assert by_accept.headers["content-type"] == by_name.headers["content-type"] == media
    if name == "csv":
        assert by_name.text.splitlines() == ["firm", "https://w3id.org/reegraph/id/firm/lynas"]
        return
    read = ox.QueryResultsFormat.from_media_type(media)
    results = ox.parse_query_results(by_name.content, format=read)
    assert isinstance(results, ox.QuerySolutions)
    assert [row["firm"] for row in results] == [ox.NamedNode("https://w3id.org/reegraph/id/firm/lynas")]


@pytest.mark.parametrize(("name", "media"), GRAPHS.items(), ids=GRAPHS)
def test_graph_formats(client: httpx.Client, name: str, media: str) -> None:
    """Each graph format is given by Accept and by its short name, and reads back as the same triples."""
    by_accept, by_name = (
        ask_for(client, CONSTRUCT, media.partition(";")[0]),
        ask_for(client, CONSTRUCT, format=name),
    )
    assert by_accept.headers["content-type"] == by_name.headers["content-type"] == media
    for response in (by_accept, by_name):
        triples = {q.triple for q in ox.parse(response.content, format=ox.RdfFormat.from_media_type(media))}
        assert {str(t.object) for t in triples} == {
            "<https://w3id.org/reegraph/id/country/AU>",
            "<https://w3id.org/reegraph/id/country/US>",
        }


def test_turtle_has_short_names(client: httpx.Client) -> None:
    """Turtle declares the usual prefixes that it uses, and no others."""
    text = ask_for(client, CONSTRUCT).text
    assert "firm:lynas ree:inCountry country:AU" in text
    assert set(re.findall(r"@prefix (\w+):", text)) == {"firm", "ree", "country"}


@pytest.mark.parametrize("query", ["DESCRIBE firm:lynas", CONSTRUCT])
def test_json_and_xml_for_graphs(client: httpx.Client, query: str) -> None:
    """?format=json and ?format=xml mean JSON-LD and RDF/XML where the answer is a graph."""
    assert ask_for(client, query, format="json").headers["content-type"] == "application/ld+json"
    assert ask_for(client, query, format="xml").headers["content-type"] == "application/rdf+xml"


def test_ask_in_csv(client: httpx.Client) -> None:
    """A yes-or-no answer has all the formats of rows."""
    assert ask_for(client, ASK, format="csv").text.strip() == "true"
    assert "<boolean>true</boolean>" in ask_for(client, ASK, format="xml").text


def test_unknown_format(client: httpx.Client) -> None:
    """A ?format= that nothing has is a bad request, which lists the names."""
    response = ask_for(client, SELECT, format="xlsx")
    assert response.status_code == 400
    assert "json, xml, csv, tsv, ttl" in str(error(response)["message"])


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/xml", "application/xml"),
        ("text/*", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        ("text/csv;q=0.5, */*;q=0.1", "text/csv"),
        ("*/*, text/csv", "text/csv"),
        ("text/*, text/csv;q=0", "text/tab-separated-values"),
        ("*/*, application/sparql-results+json;q=0, application/*;q=0.1", "text/csv"),
        ("application/*;q=0.9, text/tab-separated-values; q=1.0", "text/tab-separated-values"),
        ("text/turtle, text/csv;q=0.1", "text/csv"),
        ('image/png;x="a, text/csv", application/sparql-results+xml', "application/sparql-results+xml"),
        ("text/csv;q=2, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
    ],
)
def test_accept(client: httpx.Client, accept: str, media: str) -> None:
    """Accept is weighed as HTTP says: q values, q=0, specificity, wildcards, case, quoted strings."""
    response = ask_for(client, SELECT, accept)
    assert response.headers["content-type"].partition(";")[0] == media


def test_format_goes_before_accept(client: httpx.Client) -> None:
    """?format= decides, whatever Accept says."""
    assert (
        ask_for(client, SELECT, "application/json", format="csv")
        .headers["content-type"]
        .startswith("text/csv")
    )


@pytest.mark.parametrize(
    ("query", "accept", "offered"),
    [
        (SELECT, "image/png", "text/turtle"),
        (SELECT, "text/turtle", "application/sparql-results+json"),
        (CONSTRUCT, "text/csv", "text/turtle"),
        (SELECT, "*/*;q=0", "text/csv"),
    ],
)
def test_not_acceptable(client: httpx.Client, query: str, accept: str, offered: str) -> None:
    """A form that the answer does not have is 406, with the list of those it has."""
    response = ask_for(client, query, accept)
    assert response.status_code == 406
    assert offered in str(error(response)["message"])


def test_format_of_the_other_kind(client: httpx.Client) -> None:
    """Rows as Turtle are 406 too."""
    assert ask_for(client, SELECT, format="ttl").status_code == 406


# Refusals


def test_syntax_error(client: httpx.Client) -> None:
    """A query that does not parse is 400 with line and column."""
    response = ask_for(client, "SELECT * {\n  ?s ?p")
    assert response.status_code == 400
    problem = error(response)
    assert (problem["code"], problem["line"], problem["column"]) == ("query-error", 2, 8)
    assert "line 2, column 8" in str(problem["message"])


def test_syntax_error_in_chinese(client: httpx.Client) -> None:
    """What does not parse is told in Chinese to who prefers that, as JSON and as text."""
    for method in ("GET", "POST"):
        for accept in ("*/*", "text/plain, */*;q=0.1"):
            given = {"params" if method == "GET" else "data": {"query": "SELECT * { foo:a ?p ?o }"}}
            headers = {"Accept": accept, "Accept-Language": "zh-TW,zh;q=0.9,en;q=0.8"}
            response = client.request(method, "/sparql", headers=headers, **given)  # type: ignore[arg-type]
            assert response.status_code == 400
            assert "第 1 行第 12 字：查詢有語法錯誤：前綴 foo: 沒有宣告" in response.text


def test_query_that_cannot_be_answered(client: httpx.Client) -> None:
    """A function that the engine lacks is the client's error, in one sentence."""
    response = ask_for(client, "SELECT (<https://example.org/f>(1) AS ?x) {}")
    assert response.status_code == 400
    assert "https://example.org/f" in str(error(response)["message"])


@pytest.mark.parametrize(
    "accept", ["text/plain, */*;q=0.1", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]
)
def test_errors_as_text(client: httpx.Client, accept: str) -> None:
    """Whoever prefers text to JSON gets an error as plain text."""
    response = ask_for(client, "SELECT * {", accept)
    assert response.status_code == 400
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text.startswith("line 1, column 11: the query does not parse")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_method_not_allowed(client: httpx.Client, method: str) -> None:
    """Another method is 405 with Allow."""
    response = client.request(method, "/sparql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert error(response)["code"] == "method-not-allowed"


@pytest.mark.parametrize(
    "media",
    [None, "text/plain", "multipart/form-data; boundary=x", "application/sparql-query; charset=UTF-16"],
)
def test_unsupported_media_type(client: httpx.Client, media: str | None) -> None:
    """A body of a type that holds no query is 415, with the types that do."""
    response = client.post("/sparql", content=b"ASK {}", headers={"Content-Type": media} if media else {})
    assert response.status_code == 415
    assert response.headers["accept-post"] == "application/x-www-form-urlencoded, application/sparql-query"
    assert error(response)["code"] == "unsupported-media-type"


def test_too_large(client: httpx.Client) -> None:
    """A query over 1 MB is 413, whether its length is announced or comes to light."""
    query = b"ASK {} #" + b"x" * 1_000_000
    headers = {"Content-Type": "application/sparql-query"}
    for response in (
        client.post("/sparql", content=query, headers=headers),
        client.post("/sparql", content=iter([query[:600_000], query[600_000:]]), headers=headers),
        client.post("/sparql", data={"query": query.decode()}),
    ):
        assert response.status_code == 413
        assert error(response)["code"] == "too-large"


def test_query_just_under_the_limit(client: httpx.Client) -> None:
    """A query of 1 MB less a bit is answered, percent-encoded to thrice its size too."""
    query = "ASK {} #" + "、" * 330_000
    assert client.post("/sparql", data={"query": query}).json()["boolean"] is True


def test_long_address(url: str) -> None:
    """A query of half a megabyte is answered in the address too."""
    with urllib.request.urlopen(f"{url}/sparql?query=ASK%7B%7D%23{'x' * 500_000}") as response:
        assert json.load(response)["boolean"] is True


@pytest.mark.parametrize(
    "text", ["INSERT DATA { <a:b> <a:b> 1 }", "# x\nPREFIX insert: <a:> BASE <a:b> CLEAR ALL"]
)
def test_update(client: httpx.Client, text: str) -> None:
    """An update is 403 with the reason, wherever it stands."""
    direct = {"Content-Type": "application/sparql-update"}
    for response in (
        ask_for(client, text),
        client.post("/sparql", data={"query": text}),
        client.post("/sparql", data={"update": text}),
        client.post("/sparql", content=text, headers=direct),
    ):
        assert response.status_code == 403
        assert "never written to" in str(error(response)["message"])


def test_update_text_in_a_query(client: httpx.Client) -> None:
    """Words of an update in strings, comments and names are no update: a syntax error stays one."""
    assert ask_for(client, 'ASK { ?x rdfs:label "INSERT DATA" } # CLEAR').status_code == 200
    assert ask_for(client, "PREFIX load: <a:> SELECT * { ?insert load:clear }").status_code == 400


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_service(client: httpx.Client, silent: str) -> None:
    """SERVICE is 403 with the reason, and nobody is called."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        target = f"http://127.0.0.1:{other.getsockname()[1]}/"
        response = ask_for(client, f"SELECT * {{ service {silent}<{target}> {{ ?s ?p ?o }} }}")
        assert response.status_code == 403
        assert "SERVICE is refused" in str(error(response)["message"])
        with pytest.raises(TimeoutError):
            other.accept()


def test_service_as_a_mere_word(client: httpx.Client) -> None:
    """The word in an IRI, a string, a variable, a comment or a local name is no SERVICE."""
    query = 'SELECT ?service { ?service <http://e.org/service#x> "SERVICE <x> {}" ; ree:service 1 } # SERVICE'
    assert ask_for(client, query).status_code == 200


def test_unknown_address(client: httpx.Client) -> None:
    """An address that nothing has is 404 in the one shape, for every method."""
    for method in ("GET", "POST", "PUT", "DELETE"):
        response = client.request(method, "/nothing/here")
        assert response.status_code == 404
        assert "/sparql" in str(error(response)["message"])


def test_failure_of_the_server(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of the server is 500 in the one shape, with its traceback in the log and not in the answer."""

    async def broken(self: Engine, question: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(Engine, "answer", broken)
    response = httpx.post(f"{url}/sparql", data={"query": ASK, "timeout": "9"})  # which no reader answers
    assert response.status_code == 500
    assert "secret" not in response.text
    assert error(response)["code"] == "reegraph-error"
    assert "a secret" in caplog.text


def test_deep_nesting(client: httpx.Client) -> None:
    """Ten thousand nested braces, which would overflow an ordinary stack, are answered."""
    assert client.post("/sparql", data={"query": "ASK " + "{" * 10_000 + "}" * 10_000}).status_code == 200


# Headers


def test_headers_of_every_answer(client: httpx.Client) -> None:
    """Good answers and errors carry version, CORS, Vary and the strict headers."""
    for path, status in (("/sparql", 200), ("/health", 200), ("/sparql?query=x", 400), ("/none", 404)):
        response = client.get(path)
        assert response.status_code == status
        assert response.headers["x-dataset-version"] == "v1"
        assert response.headers["access-control-allow-origin"] == "*"
        assert "X-Dataset-Version" in response.headers["access-control-expose-headers"]
        assert "Accept" in response.headers["vary"].split(", ")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "server" not in response.headers


@pytest.mark.parametrize(
    ("path", "methods"), [("/sparql", "GET, HEAD, POST, OPTIONS"), ("/graphs", "GET, HEAD, OPTIONS")]
)
def test_preflight(client: httpx.Client, path: str, methods: str) -> None:
    """A browser's preflight is told which methods and headers any origin may use."""
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = client.options(path, headers=headers)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["allow"] == response.headers["access-control-allow-methods"] == methods
    assert "Content-Type" in response.headers["access-control-allow-headers"]


def test_not_modified(client: httpx.Client) -> None:
    """A copy that still holds is 304, under GET and HEAD, alone or in a list, weak or strong."""
    tag = ask_for(client, SELECT).headers["etag"]
    for given in (tag, f'"x", {tag}', tag.removeprefix("W/")):
        for method in ("GET", "HEAD"):
            response = client.request(
                method, "/sparql", params={"query": SELECT}, headers={"If-None-Match": given}
            )
            assert (response.status_code, response.content) == (304, b"")
            assert response.headers["etag"] == tag
            assert "Accept" in response.headers["vary"]
    post = client.post("/sparql", data={"query": SELECT}, headers={"If-None-Match": tag})
    assert post.status_code == 200


def test_tag_follows_all_that_counts(url: str, client: httpx.Client) -> None:
    """Another query, format, dataset or version has another tag; the same request has the same."""
    with served(create_app(tiny(), version="v2")) as newer:
        tags = [
            ask_for(client, SELECT).headers["etag"],
            ask_for(client, ASK).headers["etag"],
            ask_for(client, SELECT, format="csv").headers["etag"],
            ask_for(client, SELECT, **{"default-graph-uri": ENTITIES}).headers["etag"],
            ask_for(client, SELECT, **{"named-graph-uri": ENTITIES}).headers["etag"],
            httpx.get(f"{newer}/sparql", params={"query": SELECT}).headers["etag"],
        ]
    assert len(set(tags)) == len(tags)
    assert ask_for(client, SELECT).headers["etag"] == tags[0]


@pytest.mark.parametrize("function", ["NOW", "rand", "UUID", "struuid"])
def test_no_tag_for_what_changes(client: httpx.Client, function: str) -> None:
    """A query that asks for the time or for chance has no tag and is not stored."""
    response = ask_for(client, f"SELECT ({function}() AS ?x) {{}}")
    assert response.status_code == 200
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["?query=ASK%7B%7D", "?query=ASK%7B%7D&timeout=5"])
def test_any_tag(client: httpx.Client, query: str) -> None:
    """If-None-Match: * is 304 for an answer that there is."""
    assert client.get(f"/sparql{query}", headers={"If-None-Match": "*"}).status_code == 304
    for path, accept, expected in (
        ("/nothing", "*/*", 404),
        ("/sparql?query=SELEC", "*/*", 400),
        (f"/sparql?query={quote(SELECT)}", "text/turtle", 406),
        ("/id/element/nope", "*/*", 404),
        ("/graphs?graph=urn:nope", "*/*", 404),
        ("/sparql?query=CLEAR+ALL", "*/*", 403),
    ):
        headers = {"If-None-Match": "*", "Accept": accept}
        assert client.get(path, headers=headers).status_code == expected


def test_code_of_what_is_not_there(client: httpx.Client) -> None:
    """What no name is known of is told as such."""
    for path in ("/id/element/nope", "/graphs?graph=urn:nope"):
        assert error(client.get(path))["code"] == "unknown-name"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whole_address(url: str, method: str) -> None:
    """A target may be a whole address, as proxies write it."""
    host = url.removeprefix("http://")
    body = "ASK{}" if method == "POST" else None
    fields = {"Content-Type": "application/sparql-query"}
    query = "" if body else "?query=ASK%7B%7D"
    with closing(http.client.HTTPConnection(host)) as link:
        link.request(method, f"HTTP://{host}/sparql{query}", body, fields)
        with link.getresponse() as response:
            assert (response.status, json.loads(response.read())["boolean"]) == (200, True)
        link.request("GET", f"http://{host}/nothing")
        with link.getresponse() as response:
            assert (response.status, bool(response.read())) == (404, True)
        named = "CONSTRUCT { <x> <y> <z> } {}"
        query = "" if body else f"?query={quote(named)}"
        fields |= {"Accept": "text/turtle", "Host": "b.example"}
        link.request(method, f"http://a.example:8080/sparql{query}", named if body else None, fields)
        with link.getresponse() as response:
            assert b"<http://a.example:8080/x>" in response.read()


def test_empty_line_before_a_request(url: str) -> None:
    """Empty lines before a request do not count."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as link:
        for lines in (b"\r\n", b"\n\r\n", b"\r\n" * 50):
            link.sendall(lines)
            time.sleep(0.05)
            link.sendall(lines + b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            with http.client.HTTPResponse(link) as response:
                response.begin()
                assert (response.status, bool(response.read())) == (200, True)


def test_gzip(url: str, client: httpx.Client) -> None:
    """A long answer is packed for who takes gzip, and its tag is the same."""
    plain = ask_for(client, LONG)
    assert "content-encoding" not in plain.headers
    with httpx.stream(
        "GET", f"{url}/sparql", params={"query": LONG}, headers={"Accept-Encoding": "gzip"}
    ) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) == len(raw) < len(plain.content)
    assert len(json.loads(gzip.decompress(raw))["results"]["bindings"]) == 64
    assert response.headers["etag"] == plain.headers["etag"]


@pytest.mark.parametrize("way", ["GET", "POST"])
def test_zstd(url: str, way: str) -> None:
    """Who takes zstd as readily as gzip gets that, whether the answer comes whole or in parts."""
    for query in (
        LONG,
        f"{LONG[: LONG.rindex('}')]} VALUES ?many {{ {' '.join(map(str, range(2000)))} }} }}",
    ):
        given = {"params" if way == "GET" else "data": {"query": query}}
        with httpx.stream(
            way, f"{url}/sparql", headers={"Accept-Encoding": "gzip, zstd"}, **given
        ) as response:
            raw = b"".join(response.iter_raw())
        assert response.headers["content-encoding"] == "zstd"
        body = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
        assert len(json.loads(body)["results"]["bindings"]) == 64 * (1 if query is LONG else 2000)


@pytest.mark.parametrize("coding", ["gzip;q=0, *", "identity", "br", "zstd;q=0"])
def test_no_gzip(client: httpx.Client, coding: str) -> None:
    """Who does not take gzip, or refuses it, gets the plain answer."""
    response = client.get("/sparql", params={"query": LONG}, headers={"Accept-Encoding": coding})
    assert "content-encoding" not in response.headers


# Service description, health, graphs


@pytest.mark.parametrize(
    "accept", ["*/*", "application/rdf+xml", "application/ld+json", "application/n-triples"]
)
def test_service_description(url: str, client: httpx.Client, accept: str) -> None:
    """Without a query /sparql describes itself: language, formats, and the graphs with their sizes."""
    response = client.get("/sparql", headers={"Accept": accept})
    media = response.headers["content-type"].partition(";")[0]
    assert media == ("text/turtle" if accept == "*/*" else accept)
    store = EmbeddedStore(ox.parse(response.content, format=ox.RdfFormat.from_media_type(media)))
    query = """
      PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#>
      SELECT ?endpoint ?all ?name ?count {
        ?service a sd:Service ; sd:endpoint ?endpoint ; sd:supportedLanguage sd:SPARQL11Query ;
          sd:resultFormat <http://www.w3.org/ns/formats/Turtle> ; sd:defaultDataset ?dataset .
        ?dataset sd:defaultGraph/void:triples ?all ; sd:namedGraph ?graph .
        ?graph sd:name ?name ; sd:graph/void:triples ?count } ORDER BY ?name"""
    rows = [tuple(row.values()) for row in store.select(query).texts()]
    assert rows == [(f"{url}/sparql", "4", ENTITIES, "2"), (f"{url}/sparql", "4", STATEMENTS, "2")]


def test_service_description_negotiates(client: httpx.Client) -> None:
    """The description has a HEAD, a tag, ?format= and 406 as answers have."""
    response = client.head("/sparql", params={"format": "nt"})
    assert response.headers["content-type"] == "application/n-triples"
    again = client.get("/sparql?format=nt", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/sparql", headers={"Accept": "text/csv"}).status_code == 406


def test_service_description_for_a_strange_host(client: httpx.Client) -> None:
    """A Host header that makes no address is a bad request, not a failure."""
    assert client.get("/sparql", headers={"Host": "<x>"}).status_code in {200, 400}


def test_health(client: httpx.Client) -> None:
    """/health gives version and number of triples, and is never stored."""
    response = client.get("/health")
    assert response.json() == {"status": "ok", "version": "v1", "triples": 4}
    assert response.headers["cache-control"] == "no-store"
    assert client.head("/health").status_code == 200


def test_graphs(client: httpx.Client) -> None:
    """/graphs gives the default graph or a named one, as RDF by Accept, with HEAD and a tag."""
    default = client.get("/graphs?default", headers={"Accept": "application/n-triples"})
    assert len(default.text.splitlines()) == 4
    named = client.get("/graphs", params={"graph": ENTITIES}, headers={"Accept": "application/n-triples"})
    assert len(named.text.splitlines()) == 2
    head = client.head("/graphs", params={"graph": ENTITIES, "format": "nt"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == named.headers["etag"] != default.headers["etag"]
    again = client.get(
        "/graphs",
        params={"graph": ENTITIES, "format": "nt"},
        headers={"If-None-Match": head.headers["etag"]},
    )
    assert again.status_code == 304


def test_graphs_whole(client: httpx.Client) -> None:
    """/graphs without a graph gives every graph, in the formats that hold several."""
    response = client.get("/graphs", headers={"Accept": "application/n-quads"})
    quads = list(ox.parse(response.content, format=ox.RdfFormat.N_QUADS))
    assert len(quads) == 8
    assert client.get("/graphs").headers["content-type"] == "application/trig"
    assert client.get("/graphs", headers={"Accept": "text/turtle"}).status_code == 406


def test_graph_that_is_not_there(client: httpx.Client) -> None:
    """An unknown graph is 404 and names the nearest; a relative name and two graphs are bad requests."""
    response = client.get("/graphs", params={"graph": ENTITIES[:-1]})
    assert response.status_code == 404
    assert ENTITIES in str(error(response)["message"])
    assert client.get("/graphs?graph=entities").status_code == 400
    assert client.get(f"/graphs?default&graph={ENTITIES}").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_graphs_are_read_only(client: httpx.Client, method: str) -> None:
    """Writing a graph is 403 with the reason."""
    response = client.request(method, "/graphs?default", content=b"")
    assert response.status_code == 403
    assert "never written to" in str(error(response)["message"])


# Clients


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_rows(url: str, method: str) -> None:
    """SPARQLWrapper reads rows in all four formats, by GET and POST."""
    wrapper = SPARQLWrapper(f"{url}/sparql")
    wrapper.setMethod(method)
    wrapper.setQuery(SELECT)
    for format_ in (JSON, XML, CSV, TSV):
        wrapper.setReturnFormat(format_)
        answer: Any = wrapper.query().convert()
        text = answer.toxml() if format_ == XML else str(answer)
        assert "https://w3id.org/reegraph/id/firm/lynas" in text


def test_sparqlwrapper_graph(url: str) -> None:
    """SPARQLWrapper reads graphs, by a query as the body too."""
    wrapper = SPARQLWrapper(f"{url}/sparql")
    wrapper.setQuery("PREFIX ree: <https://w3id.org/reegraph/ontology#> " + CONSTRUCT)
    graph: Any = wrapper.query().convert()
    assert len(graph) == 2
    wrapper.setMethod(POST)
    wrapper.setRequestMethod(POSTDIRECTLY)
    wrapper.setReturnFormat(TURTLE)
    turtle: Any = wrapper.query().convert()
    assert b"firm:lynas" in turtle


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(url: str, method: str) -> None:
    """rdflib's SPARQLStore queries the endpoint and walks its triples."""
    store = SPARQLStore(f"{url}/sparql", method=method)
    graph = rdflib.Graph(store)
    rows = list(graph.query(SELECT))
    assert [str(row[0]) for row in rows] == ["https://w3id.org/reegraph/id/firm/lynas"]  # type: ignore[index]
    label = graph.value(rdflib.URIRef("https://w3id.org/reegraph/id/firm/mp-materials"), rdflib.RDFS.label)
    assert label is None
    assert len(list(graph.triples((None, rdflib.RDFS.label, None)))) == 2


def test_many_at_once(url: str) -> None:
    """A hundred queries from ten threads are each answered rightly."""
    wrong: list[int] = []

    def work(number: int) -> None:
        with httpx.Client() as http:
            for i in range(10):
                n = number * 10 + i
                given = http.get(f"{url}/sparql", params={"query": f"SELECT ({n} AS ?n) {{}}"})
                if count(given) != n:
                    wrong.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# The process


@pytest.fixture
def small_snapshot(tmp_path: Path) -> snapshot.Snapshot:
    lines = [f"{quad} .\n".encode() for quad in ox.parse(DATA, format=ox.RdfFormat.TRIG)]
    return snapshot.write(tmp_path, "0123456789abcdef", sorted(lines), {"entities": 2, "statements": 2})


RUN = (
    "import sys; from pathlib import Path; from reegraph import snapshot; from reegraph.server import run; "
    "run(snapshot.find(Path(sys.argv[1]), '0123456789abcdef'), '127.0.0.1', 0)"
)


@pytest.mark.skipif(os.name == "nt", reason="signals reach a process on POSIX only: run on Linux or macOS")
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_run(small_snapshot: snapshot.Snapshot, tmp_path: Path, stop: signal.Signals) -> None:
    """run() says its address on stderr when it listens, answers, and ends cleanly at a signal."""
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            line = process.stderr.readline()
            found = re.search(r"reegraph 0123456789ab at (http://127\.0\.0\.1:\d+)/sparql", line)
            assert found, line
            assert count(httpx.get(f"{found[1]}/sparql", params={"query": COUNT})) == 4
            assert httpx.get(f"{found[1]}/health").headers["x-dataset-version"] == "0123456789ab"
            process.send_signal(stop)
            out, rest = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, out, rest) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="signals reach a process on POSIX only: run on Linux or macOS")
def test_stop_during_a_query(small_snapshot: snapshot.Snapshot, tmp_path: Path) -> None:
    """A query that does not end keeps the process from stopping for a few seconds only, and is told so."""
    endless = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(20)) + "}"
    answers: list[httpx.Response] = []
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            url = process.stderr.readline().split()[3]
            thread = threading.Thread(
                target=lambda: answers.append(httpx.get(url, params={"query": endless}, timeout=30))
            )
            thread.start()
            time.sleep(0.5)
            assert httpx.get(url, params={"query": ASK}).json()["boolean"] is True
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
            thread.join(timeout=5)
        finally:
            process.kill()
    assert process.returncode == 0
    assert answers[0].status_code == 503
    assert "stopping" in str(error(answers[0])["message"])


def test_port_in_use() -> None:
    """A port that another holds is a usage error with host, port and remedy."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=rf"127\.0\.0\.1 port {port} is in use: .*--port"):
            bound("127.0.0.1", port)


def test_host_that_is_none() -> None:
    """A host without an address is a usage error with the remedy."""
    with pytest.raises(UsageError, match=r"no-such-host\.invalid: no address.*--host"):
        bound("no-such-host.invalid", 0)
