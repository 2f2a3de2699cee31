"""The cases of the W3C's suites for Protocol, Graph Store Protocol and Service Description, in our own words.

Each case has the name that the W3C gives it; `tests/w3c` runs the W3C's own files where they are at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from test_endpoint import served

from reegraph.server import create_app
from reegraph.server.access import Policy, Tokens
from reegraph.server.backend import Source

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
ONE, TWO, THREE = ("http://example.com/data/1", "http://example.com/data/2", "http://example.com/data/3")
OUT = "http://example.com/out"
BOTH = f"ASK {{ <{ONE}> a ?t . <{TWO}> a ?t }}"
APART = f"ASK {{ GRAPH ?g {{ <{ONE}> a ?t }} GRAPH ?h {{ <{TWO}> a ?t }} }}"
FILL = " ; ".join(
    ["DROP ALL", *(f"INSERT DATA {{ GRAPH <{g}> {{ <{g}> a <urn:D> }} }}" for g in (ONE, TWO, THREE))]
)
MARK = f"INSERT {{ GRAPH <{OUT}> {{ ?s a <urn:Seen> }} }} WHERE"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client that may write, of a dataset in memory."""
    app = create_app(Source(writable=True), policy=Policy(Tokens(["w3c=a-secret-secret"])))
    with served(app) as url, httpx.Client(base_url=url, timeout=30) as http:
        http.headers["Authorization"] = "Bearer a-secret-secret"
        yield http


@pytest.fixture(autouse=True)
def _filled(client: httpx.Client) -> None:
    """Three graphs with one triple each, and nothing in the default graph."""
    assert post(client, FILL, UPDATE).status_code == 204


def post(client: httpx.Client, body: str | bytes, media: str | None, **parameters: Any) -> httpx.Response:
    headers = {"Content-Type": media} if media else {}
    content = body.encode() if isinstance(body, str) else body
    return client.post("/sparql/", params=parameters, content=content, headers=headers)


def get(client: httpx.Client, **parameters: Any) -> httpx.Response:
    return client.get("/sparql/", params=parameters)


def says(response: httpx.Response) -> bool:
    assert response.status_code == 200, response.text
    return bool(response.json()["boolean"])


# SPARQL Protocol: queries

DEFAULTS = {"default-graph-uri": [ONE, TWO]}
NAMED = {"named-graph-uri": [ONE, TWO]}
TRUE: dict[str, Any] = {
    "query_get": lambda c: get(c, query="ASK {}", **{"default-graph-uri": ONE}),
    "query_post_form": lambda c: post(c, "query=ASK%20%7B%7D", FORM, **{"default-graph-uri": ONE}),
    "query_post_direct": lambda c: post(c, "ASK {}", QUERY),
    "query_dataset_default_graphs_get": lambda c: get(c, query=BOTH, **DEFAULTS),
    "query_dataset_default_graphs_post": lambda c: post(c, BOTH, QUERY, **DEFAULTS),
    "query_dataset_named_graphs_get": lambda c: get(c, query=APART, **NAMED),
    "query_dataset_named_graphs_post": lambda c: post(c, APART, QUERY, **NAMED),
    "query_dataset_full": lambda c: post(
        c, APART[:-1] + f"<{THREE}> a ?t }}", QUERY, **NAMED, **{"default-graph-uri": THREE}
    ),
    "query_multiple_dataset": lambda c: post(c, APART.replace("ASK", f"ASK FROM <{THREE}>"), QUERY, **NAMED),
}


@pytest.mark.parametrize("name", TRUE)
def test_query(client: httpx.Client, name: str) -> None:
    """A query in each of the three ways, over the dataset that the protocol names."""
    assert says(TRUE[name](client))


def test_query_datasets_leave_out_the_rest(client: httpx.Client) -> None:
    """What the protocol does not name is not there; nor is what FROM names beside it."""
    assert not says(get(client, query=BOTH, **{"default-graph-uri": ONE}))
    assert not says(get(client, query=APART, **{"named-graph-uri": ONE}))
    assert not says(get(client, query=f"ASK FROM <{THREE}> {{ <{THREE}> a ?t }}", **NAMED))


@pytest.mark.parametrize(
    ("name", "query", "media"),
    [
        ("query_content_type_select", "SELECT (1 AS ?value) {}", "application/sparql-results+json"),
        ("query_content_type_ask", "ASK {}", "application/sparql-results+json"),
        ("query_content_type_describe", f"DESCRIBE <{ONE}>", "text/turtle"),
        ("query_content_type_construct", "CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}", "text/turtle"),
    ],
)
def test_query_content_type(client: httpx.Client, name: str, query: str, media: str) -> None:
    """Without an Accept header each kind of query has a media type of its kind."""
    response = post(client, query, QUERY)
    assert response.status_code == 200, name
    assert response.headers["content-type"].partition(";")[0] == media


BAD: dict[str, tuple[Any, int]] = {
    "bad_query_method": (
        lambda c: c.put("/sparql/", params={"query": "ASK {}"}, headers={"Content-Type": FORM}),
        405,
    ),
    "bad_multiple_queries": (lambda c: get(c, query=["ASK {}", "SELECT * {}"]), 400),
    "bad_query_wrong_media_type": (lambda c: post(c, "ASK {}", "text/plain"), 415),
    "bad_query_missing_form_type": (lambda c: post(c, "query=ASK%20%7B%7D", None), 415),
    "bad_query_missing_direct_type": (lambda c: post(c, "ASK {}", None), 415),
    "bad_query_non_utf8": (lambda c: post(c, "ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16"), 415),
    "bad_query_syntax": (lambda c: get(c, query="ASK {"), 400),
    "bad_update_get": (lambda c: get(c, update="CLEAR ALL"), 405),
    "bad_multiple_updates": (lambda c: post(c, "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM), 400),
    "bad_update_wrong_media_type": (lambda c: post(c, "CLEAR NAMED", "text/plain"), 415),
    "bad_update_missing_form_type": (lambda c: post(c, "update=CLEAR%20NAMED", None), 415),
    "bad_update_non_utf8": (
        lambda c: post(c, "CLEAR NAMED".encode("utf-16"), f"{UPDATE}; charset=UTF-16"),
        415,
    ),
    "bad_update_syntax": (lambda c: post(c, "update=CLEAR%20XYZ", FORM), 400),
    "bad_update_dataset_conflict": (
        lambda c: post(
            c,
            f"{MARK.replace('WHERE', f'USING <{ONE}> WHERE')} {{ ?s a ?t }}",
            UPDATE,
            **{"using-named-graph-uri": TWO},
        ),
        400,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_request(client: httpx.Client, name: str) -> None:
    """What the protocol does not allow is refused with the status that says why, and changes nothing."""
    send, status = BAD[name]
    response = send(client)
    assert response.status_code == status, response.text
    assert "message" in response.json()["error"]
    assert ("Allow" in response.headers) == (status == 405)
    assert says(get(client, query=APART, **NAMED))


# SPARQL Protocol: updates


def seen(client: httpx.Client) -> set[str]:
    """The graphs whose triple an update has met."""
    query = f"SELECT ?s {{ GRAPH <{OUT}> {{ ?s a <urn:Seen> }} }}"
    rows = get(client, query=query).json()["results"]["bindings"]
    return {row["s"]["value"] for row in rows}


@pytest.mark.parametrize(
    ("name", "where", "parameters", "met"),
    [
        ("update_dataset_default_graph", "{ ?s a ?t }", {"using-graph-uri": ONE}, {ONE}),
        ("update_dataset_default_graphs", "{ ?s a ?t }", {"using-graph-uri": [ONE, TWO]}, {ONE, TWO}),
        (
            "update_dataset_named_graphs",
            "{ GRAPH ?g { ?s a ?t } }",
            {"using-named-graph-uri": [ONE, TWO]},
            {ONE, TWO},
        ),
        (
            "update_dataset_full",
            "{ { ?s a ?t } UNION { GRAPH ?g { ?s a ?t } } }",
            {"using-graph-uri": ONE, "using-named-graph-uri": TWO},
            {ONE, TWO},
        ),
        ("named alone leave no default graph", "{ ?s a ?t }", {"using-named-graph-uri": ONE}, set()),
    ],
)
def test_update_dataset(
    client: httpx.Client, name: str, where: str, parameters: dict[str, Any], met: set[str]
) -> None:
    """An update's WHERE meets the dataset that the protocol names, and no other."""
    assert post(client, f"{MARK} {where}", UPDATE, **parameters).status_code == 204, name
    assert seen(client) == met


@pytest.mark.parametrize("clause", ["USING <urn:g>", "USING NAMED <urn:g>", "WITH"])
def test_update_dataset_in_both_places(client: httpx.Client, clause: str) -> None:
    """An update that has USING, USING NAMED or WITH besides the protocol's dataset is a bad request."""
    text = f"{MARK.replace('WHERE', f'{clause} WHERE')} {{ ?s a ?t }}"
    if clause == "WITH":
        text = "WITH <urn:g> INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }"
    for parameter in ("using-graph-uri", "using-named-graph-uri"):
        assert post(client, text, UPDATE, **{parameter: ONE}).status_code == 400


@pytest.mark.parametrize(
    ("name", "body", "media"),
    [("update_post_form", "update=CLEAR+ALL", FORM), ("update_post_direct", "CLEAR ALL", UPDATE)],
)
def test_update(client: httpx.Client, name: str, body: str, media: str) -> None:
    """An update is sent as a form or as the body."""
    assert post(client, body, media).status_code == 204, name
    assert not says(get(client, query="ASK { GRAPH ?g { ?s ?p ?o } }"))


def test_update_base_uri(client: httpx.Client) -> None:
    """A relative name in an update is resolved against the endpoint's address."""
    assert post(client, "INSERT DATA { <urn:s> <urn:p> <test> }", UPDATE).status_code == 204
    rows = get(client, query="SELECT ?o { <urn:s> <urn:p> ?o }").json()["results"]["bindings"]
    assert rows == [{"o": {"type": "uri", "value": f"{client.base_url}/sparql/test"}}]


# Graph Store Protocol

JOHN = '<http://example.com/1> <urn:name> "John" .'
JANE = '<http://example.com/1> <urn:name> "Jane" .'
MORE = '<http://example.com/1> <urn:family> "Doe" .'
CARD = '[] <urn:card> [ <urn:name> "Alice" ] .'
TURTLE = {"Content-Type": "text/turtle; charset=utf-8"}
INDIRECT = "/graphs?graph=http%3A%2F%2Fexample.com%2Fperson%2F1.ttl"
PLACES = {"direct": "/graphs/person/1.ttl", "indirect": INDIRECT, "default": "/graphs?default"}


def holds(client: httpx.Client, place: str, *turtle: str) -> None:
    """Assert that a graph holds just these triples."""
    response = client.get(place, headers={"Accept": "text/turtle"})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/turtle")
    found = ox.Dataset(ox.parse(response.content, format=ox.RdfFormat.TURTLE))
    wanted = ox.Dataset(ox.parse(" ".join(turtle), format=ox.RdfFormat.TURTLE))
    for dataset in (found, wanted):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert found == wanted


@pytest.mark.parametrize("how", ["direct", "indirect", "default"])
def test_put_get_repeat(client: httpx.Client, how: str) -> None:
    """put_get_repeat_direct, put_get_repeat_indirect, put_get_default: PUT makes a graph, and replaces it."""
    place = PLACES[how]
    assert client.put(place, content=JOHN, headers=TURTLE).status_code == (204 if how == "default" else 201)
    holds(client, place, JOHN)
    assert client.put(place, content=JANE, headers=TURTLE).status_code == 204
    holds(client, place, JANE)
    assert client.put(place, content=CARD, headers=TURTLE).status_code == 204
    holds(client, place, CARD)


@pytest.mark.parametrize("how", ["direct", "indirect"])
def test_put_delete_get_delete(client: httpx.Client, how: str) -> None:
    """put_delete_get_delete_direct and _indirect: what is deleted is not found, nor deleted again."""
    place = PLACES[how]
    client.put(place, content=JOHN, headers=TURTLE)
    assert [client.delete(place).status_code, client.get(place).status_code] == [204, 404]
    assert client.delete(place).status_code == 404


@pytest.mark.parametrize("how", ["direct", "indirect", "default"])
def test_post_get_post_get(client: httpx.Client, how: str) -> None:
    """post_get_post_get_direct and _indirect: POST adds, the second time files of a form."""
    place = PLACES[how]
    assert client.post(place, content=JOHN, headers=TURTLE).status_code == (204 if how == "default" else 201)
    holds(client, place, JOHN)
    files = [("a.ttl", ("a.ttl", MORE, "text/turtle")), ("b.ttl", ("b.ttl", JANE, "text/turtle"))]
    assert client.post(place, files=files).status_code == 204
    holds(client, place, JOHN, MORE, JANE)


def test_post_get_new_graph(client: httpx.Client) -> None:
    """post_get_new_graph: a POST to the store itself makes a graph and says where it is."""
    response = client.post("/graphs", content=CARD, headers=TURTLE)
    assert response.status_code == 201
    location = response.headers["location"]
    assert location.startswith(f"{client.base_url}/graphs/")
    holds(client, location, CARD)
    holds(client, str(httpx.URL("/graphs", params={"graph": location})), CARD)


@pytest.mark.parametrize("how", ["direct", "indirect", "default"])
def test_head(client: httpx.Client, how: str) -> None:
    """head_existing_direct and _indirect: HEAD has the headers of GET and no body."""
    client.put(PLACES[how], content=JOHN, headers=TURTLE)
    headers = {"Accept": "text/turtle; charset=utf-8"}
    head, whole = client.head(PLACES[how], headers=headers), client.get(PLACES[how], headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "etag", "content-length", "x-dataset-version"):
        assert head.headers.get(name) == whole.headers.get(name)


@pytest.mark.parametrize("how", ["direct", "indirect"])
def test_head_non_existing(client: httpx.Client, how: str) -> None:
    """head_non_existing_indirect: HEAD of no graph is 404."""
    response = client.head(PLACES[how], headers={"Accept": "text/turtle"})
    assert (response.status_code, response.content) == (404, b"")


def test_put_get_uri_pct_encoded_indirect(client: httpx.Client) -> None:
    """put_get_uri_pct_encoded_indirect: the graph's name may be percent-encoded or not."""
    assert client.put(INDIRECT, content=JOHN, headers=TURTLE).status_code == 201
    holds(client, "/graphs?graph=http://example.com/person/1.ttl", JOHN)


def test_put_get_uri_pct_encoded_twice(client: httpx.Client) -> None:
    """put_get_uri_pct_encoded_twice: a name is decoded once and not twice."""
    once, twice = (
        "/graphs?graph=http://example.com/person/%31.ttl",
        "/graphs?graph=http://example.com/person/%2531.ttl",
    )
    assert client.put(once, content=JOHN, headers=TURTLE).status_code == 201
    assert client.put(twice, content=JANE, headers=TURTLE).status_code == 201
    holds(client, once, JOHN)
    holds(client, twice, JANE)


@pytest.mark.parametrize(
    ("method", "place", "status"),
    [
        ("PUT", "/graphs", 400),
        ("DELETE", "/graphs", 400),
        ("GET", "/graphs?default&graph=urn:a", 400),
        ("GET", "/graphs?graph=urn:a&graph=urn:b", 400),
        ("PUT", "/graphs?graph=no%20iri", 400),
        ("PATCH", "/graphs?default", 405),
    ],
)
def test_graph_store_refusals(client: httpx.Client, method: str, place: str, status: int) -> None:
    """No graph, several graphs, a name that is no IRI, a method that is none."""
    response = client.request(method, place, content=JOHN, headers=TURTLE)
    assert response.status_code == status
    assert ("Allow" in response.headers) == (status == 405)


def test_graph_store_media_types(client: httpx.Client) -> None:
    """A body of no RDF type is 415 with the list; one that does not parse is 400 with its place."""
    response = client.put("/graphs?default", content=b"x", headers={"Content-Type": "image/png"})
    assert (response.status_code, "text/turtle" in response.headers["accept-post"]) == (415, True)
    response = client.put("/graphs?default", content="<urn:a>\n<urn:b>", headers=TURTLE)
    assert (response.status_code, response.json()["error"]["line"]) == (400, 2)
