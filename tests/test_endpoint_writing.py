"""Writing over HTTP: updates and the Graph Store Protocol, in memory and on disk; who may write."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from test_endpoint import DATA, count, error, served

from reegraph.errors import UsageError
from reegraph.server import create_app
from reegraph.server.access import Policy, Tokens, read_tokens
from reegraph.server.backend import Options, Source
from reegraph.server.changing import with_using
from reegraph.server.refusal import Refusal
from reegraph.server.serving import chosen

SECRET = "a-long-secret"
TURTLE = {"Content-Type": "text/turtle"}
COUNT = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


@pytest.fixture(scope="module", params=["memory", "disk"])
def writer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client with a token, of a dataset in memory and of one on disk."""
    folder = str(tmp_path_factory.mktemp("rocks") / "data") if request.param == "disk" else ""
    options = Options(query_timeout=3, memory_limit=256, workers=2)
    app = create_app(
        Source(folder=folder, writable=True), options=options, policy=Policy(Tokens([f"me={SECRET}"]))
    )
    with served(app) as url, httpx.Client(base_url=url, timeout=20) as http:
        http.headers["Authorization"] = f"Bearer {SECRET}"
        yield http


@pytest.fixture(autouse=True)
def _empty(request: pytest.FixtureRequest) -> None:
    if "writer" in request.fixturenames:
        assert update(request.getfixturevalue("writer"), "DROP ALL").status_code == 204


def update(http: httpx.Client, text: str, **more: str | list[str]) -> httpx.Response:
    return http.post("/sparql", data={"update": text, **more})


def ask(http: httpx.Client, query: str) -> bool:
    response = http.get("/sparql", params={"query": query})
    assert response.status_code == 200, response.text
    return bool(response.json()["boolean"])


def size(http: httpx.Client) -> int:
    return count(http.get("/sparql", params={"query": COUNT}))


# Updates


def test_update_by_form_and_body(writer: httpx.Client) -> None:
    """An update is 204 as a form and as a body, and what follows sees it; prefixes are predeclared."""
    assert update(writer, "INSERT DATA { firm:lynas ree:inCountry country:AU }").status_code == 204
    headers = {"Content-Type": "application/sparql-update; charset=utf-8"}
    direct = writer.post(
        "/sparql", content="INSERT DATA { firm:x ree:inCountry country:AU }", headers=headers
    )
    assert direct.status_code == 204
    assert ask(writer, "ASK { firm:lynas ree:inCountry ?c . firm:x ree:inCountry ?c }")


def test_version_and_tag_change(writer: httpx.Client) -> None:
    """An update gives the dataset another version and answers another tag."""
    query = {"query": "ASK { ?s ?p ?o }"}
    before = writer.get("/sparql", params=query)
    update(writer, "INSERT DATA { <urn:a> <urn:b> 1 }")
    after = writer.get("/sparql", params=query, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["boolean"] is True
    assert before.json()["boolean"] is False
    assert after.headers["x-dataset-version"] != before.headers["x-dataset-version"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"data": {"update": "INSERT DATA { <urn:a> "}}, 400),
        ({"data": {"update": ["CLEAR ALL", "CLEAR ALL"]}}, 400),
        ({"data": {"update": "CLEAR ALL", "query": "ASK {}"}}, 400),
        ({"content": "CLEAR ALL", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"content": b"CLEAR ALL #\xff", "headers": {"Content-Type": "application/sparql-update"}}, 400),
        ({"data": {"query": "CLEAR ALL"}}, 400),
        ({"data": {"update": "LOAD <http://127.0.0.1/>"}}, 403),
        ({"data": {"update": "LOAD <file:///etc/passwd>"}}, 403),
        ({"data": {"update": "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}}, 403),
        ({"data": {"update": "INSERT { ?a ?d ?g } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"}}, 204),
    ],
)
def test_refused_updates(writer: httpx.Client, request_: dict[str, object], status: int) -> None:
    """What is no update, or a forbidden one, is refused in the one shape."""
    response = writer.post("/sparql", **request_)  # type: ignore[arg-type]
    assert response.status_code == status
    if status != 204:
        error(response)


def test_update_by_get(writer: httpx.Client) -> None:
    """An update in the address of a GET is 405."""
    assert writer.get("/sparql", params={"update": "CLEAR ALL"}).status_code == 405


def test_update_is_whole_or_not_at_all(writer: httpx.Client) -> None:
    """Of a request that fails in its second part, or is too slow, nothing is there."""
    update(writer, "INSERT DATA { " + " ".join(f"<urn:{i}> <urn:p> {i} ." for i in range(300)) + " }")
    assert update(writer, "CLEAR ALL ; CREATE GRAPH <urn:g> ; CREATE GRAPH <urn:g>").status_code == 400
    assert size(writer) == 300
    cross = " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(6))
    response = update(writer, f"CLEAR DEFAULT ; INSERT {{ ?a0 ?b1 ?c2 }} WHERE {{ {cross} }}")
    assert response.status_code in {204, 503, 507}  # 204: of an empty graph
    update(writer, "INSERT DATA { " + " ".join(f"<urn:{i}> <urn:p> {i} ." for i in range(300)) + " }")
    response = update(writer, f"INSERT {{ ?a0 ?b1 ?c2 }} WHERE {{ {cross} }}")
    assert response.status_code in {503, 507}
    assert size(writer) == 300
    assert update(writer, "INSERT DATA { <urn:after> <urn:p> 1 }").status_code == 204


@pytest.mark.parametrize("value", ["RAND()", "STRUUID()", "NOW()"])
def test_chance_is_the_same_everywhere(writer: httpx.Client, value: str) -> None:
    """What an update makes of chance or the clock is one value for all who ask, on disk too."""
    update(writer, "INSERT DATA { <urn:a> <urn:p> 1 }")
    assert update(
        writer, f"INSERT {{ ?s <urn:q> ?x }} WHERE {{ ?s <urn:p> 1 BIND({value} AS ?x) }}"
    ).is_success
    answers = {
        writer.get("/sparql", params={"query": f"SELECT ?x {{ ?s <urn:q> ?x }} # {i}"}).text for i in range(4)
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"using-graph-uri": ["urn:1"]}, {"1"}),
        ({"using-graph-uri": ["urn:1", "urn:2"]}, {"1", "2"}),
        ({"using-named-graph-uri": ["urn:1"]}, set()),
        ({}, {"0"}),
    ],
)
def test_using(writer: httpx.Client, parameters: dict[str, list[str]], found: set[str]) -> None:
    """using-graph-uri says which graphs the WHERE of an update reads."""
    graphs = " ".join(f"GRAPH <urn:{i}> {{ <urn:a> <urn:p> {i} }}" for i in (1, 2))
    update(writer, f"INSERT DATA {{ <urn:a> <urn:p> 0 {graphs} }}")
    text = "INSERT { GRAPH <urn:out> { ?s <urn:q> ?o } } WHERE { ?s <urn:p> ?o }"
    assert update(writer, text, **parameters).status_code == 204
    response = writer.get("/sparql", params={"query": "SELECT ?o { GRAPH <urn:out> { ?s ?p ?o } }"})
    assert {row["o"]["value"] for row in response.json()["results"]["bindings"]} == found


@pytest.mark.parametrize("clause", ["WITH <urn:1> DELETE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <urn:2>"])
def test_using_twice(writer: httpx.Client, clause: str) -> None:
    """using-graph-uri besides USING or WITH is a bad request."""
    response = update(writer, f"{clause} WHERE {{ ?s ?p ?o }}", **{"using-graph-uri": "urn:1"})
    assert response.status_code == 400


def test_with_using() -> None:
    """The clause comes before each outer WHERE, never into a pattern, a string or a comment."""
    text = (
        'INSERT { ?s a "WHERE" } # WHERE\nWHERE { { SELECT * WHERE { ?s a ?o } } } ; DELETE WHERE { ?s a 1 }'
    )
    assert with_using(text, ("urn:g",), ("urn:n",)) == (
        'INSERT { ?s a "WHERE" } # WHERE\nUSING <urn:g> USING NAMED <urn:n> WHERE { { SELECT * WHERE '
        "{ ?s a ?o } } } ; DELETE { ?s a 1 } USING <urn:g> USING NAMED <urn:n> WHERE { ?s a 1 }"
    )


# Graphs


def test_put_get_head_delete(writer: httpx.Client) -> None:
    """A graph is made (201), replaced (204), read, looked at, removed (204), and then not there (404)."""
    where = {"graph": "urn:g"}
    assert (
        writer.put("/graphs", params=where, content="<urn:a> <urn:b> 1 .", headers=TURTLE).status_code == 201
    )
    assert (
        writer.put("/graphs", params=where, content="<urn:a> <urn:b> 2 .", headers=TURTLE).status_code == 204
    )
    response = writer.get("/graphs", params=where, headers={"Accept": "application/n-triples"})
    assert response.text == '<urn:a> <urn:b> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    assert writer.head("/graphs", params=where).status_code == 200
    assert writer.delete("/graphs", params=where).status_code == 204
    for method in ("GET", "HEAD", "DELETE"):
        assert writer.request(method, "/graphs", params=where).status_code == 404


def test_post_adds(writer: httpx.Client) -> None:
    """POST adds to a graph, and to the default graph."""
    for where in ({"graph": "urn:g"}, {"default": ""}):
        for number in (1, 2):
            content = f"<urn:a> <urn:b> {number} ."
            assert writer.post("/graphs", params=where, content=content, headers=TURTLE).is_success
    assert size(writer) == 4


def test_post_makes_a_graph(writer: httpx.Client) -> None:
    """POST without a graph makes one, says where, and it is read there by its own address."""
    response = writer.post("/graphs", content="<> <urn:b> 1 .", headers=TURTLE)
    assert response.status_code == 201
    address = response.headers["location"]
    found = writer.get(address, headers={"Accept": "application/n-triples"})
    assert found.text.startswith(f"<{address}> <urn:b>")
    assert writer.delete(address).status_code == 204
    assert writer.get(address).status_code == 404


def test_direct_names(writer: httpx.Client) -> None:
    """A graph is named by its own address, which ?graph= reaches too."""
    assert writer.put("/graphs/a/b.ttl", content="<urn:a> <urn:b> 1 .", headers=TURTLE).status_code == 201
    named = {"graph": str(writer.base_url.join("/graphs/a/b.ttl"))}
    assert writer.get("/graphs", params=named).is_success


def test_multipart(writer: httpx.Client) -> None:
    """Several files of one form go into one graph, each in its own format; a form without a file is 400."""
    files = [
        ("a", ("a.ttl", b"<urn:a> <urn:b> 1 .", "text/turtle")),
        ("b", ("b.nt", b"<urn:a> <urn:b> <urn:c> .", "application/n-triples")),
    ]
    assert writer.post("/graphs", params={"graph": "urn:g"}, files=files).status_code == 201
    assert size(writer) == 2
    empty = writer.post(
        "/graphs?default", content=b"--x--\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert empty.status_code == 400


@pytest.mark.parametrize(
    ("parameters", "content", "media", "status"),
    [
        ({"default": ""}, b"<urn:a> <urn:b> ", "text/turtle", 400),
        ({"default": ""}, b"<urn:a> <urn:b> 1 .", "text/html", 415),
        ({"default": ""}, b"<urn:g> { <urn:a> <urn:b> 1 }", "application/trig", 400),
        ({"graph": "relative"}, b"", "text/turtle", 400),
        ({"graph": ["urn:a", "urn:b"]}, b"", "text/turtle", 400),
        ({}, b"", "text/turtle", 400),
    ],
)
def test_refused_graphs(
    writer: httpx.Client, parameters: dict[str, str], content: bytes, media: str, status: int
) -> None:
    """What is no RDF, or for no graph, is refused, and the graph stays as it was."""
    writer.put("/graphs?default", content="<urn:a> <urn:b> 0 .", headers=TURTLE)
    response = writer.put("/graphs", params=parameters, content=content, headers={"Content-Type": media})
    assert response.status_code == status
    error(response)
    assert size(writer) == 1


def test_syntax_error_in_a_graph(writer: httpx.Client) -> None:
    """A body that does not parse is 400 with the line."""
    response = writer.put("/graphs?default", content="<urn:a> <urn:b> 1 .\n<urn:a> x", headers=TURTLE)
    assert error(response)["line"] == 2


def test_preconditions(writer: httpx.Client) -> None:
    """A graph is written to only in the state that the request wants it to be in (412)."""

    def put(graph: str, content: str, **fields: str) -> int:
        headers = {**TURTLE, **{k.replace("_", "-"): v for k, v in fields.items()}}
        return writer.put("/graphs", params={"graph": graph}, content=content, headers=headers).status_code

    assert put("urn:g", "<urn:a> <urn:b> 1 .", If_Match="*") == 412
    assert put("urn:g", "<urn:a> <urn:b> 1 .", If_None_Match="*") == 201
    assert put("urn:g", "<urn:a> <urn:b> 2 .", If_None_Match="*") == 412
    for accept in ("text/turtle", "application/n-triples"):
        at_first = writer.get("/graphs", params={"graph": "urn:g"}, headers={"Accept": accept})
        assert "1" in at_first.text
        assert put("urn:g", "<urn:a> <urn:b> 2 .", If_Match='"other"') == 412
        assert put("urn:g", "<urn:a> <urn:b> 2 .", If_None_Match=f'"x", {at_first.headers["etag"]}') == 412
        assert put("urn:g", "<urn:a> <urn:b> 1 .", If_Match=f'"x", {at_first.headers["etag"]}') == 204
        assert put("urn:g", "<urn:a> <urn:b> 2 .", If_Match=at_first.headers["etag"]) == 412
    assert ask(writer, "ASK { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }")
    assert size(writer) == 1
    for graph, expected in (("urn:other", 412), ("urn:g", 204)):
        gone = writer.delete("/graphs", params={"graph": graph}, headers={"If-Match": "*"})
        assert gone.status_code == expected
    assert put("urn:g", "") == 201


def test_version_of_what_has_not_changed(writer: httpx.Client) -> None:
    """A change that is refused leaves the version as it was: what caches hold is still right."""

    def version() -> str:
        return writer.get("/sparql", params={"query": "ASK {}"}).headers["x-dataset-version"]

    before = version()
    assert update(writer, "NONSENSE").status_code == 400
    assert update(writer, "INSERT DATA {}", **{"using-graph-uri": "no iri"}).status_code == 400
    assert writer.put("/graphs?default", content="<urn:a> x", headers=TURTLE).status_code == 400
    assert writer.delete("/graphs", params={"graph": "urn:none"}).status_code == 404
    assert version() == before
    assert update(writer, "INSERT DATA { <urn:a> <urn:b> 1 }").status_code == 204
    assert version() != before


def test_encoded_addresses(writer: httpx.Client) -> None:
    """What is percent-encoded in the address of a graph makes another graph."""
    for path in ("a/b", "a%2Fb", "%E7%A8%80"):
        content = f'<urn:a> <urn:b> "{path}" .'
        assert writer.put(f"/graphs/{path}", content=content, headers=TURTLE).status_code == 201
    assert '"a/b"' in writer.get("/graphs/a/b").text
    assert '"a%2Fb"' in writer.get("/graphs/a%2Fb").text
    base = str(writer.base_url).rstrip("/")
    assert ask(writer, f'ASK {{ GRAPH <{base}/graphs/%E7%A8%80> {{ ?s ?p "%E7%A8%80" }} }}')


def test_packed_bodies(writer: httpx.Client) -> None:
    """A packed body, or one in another charset, is 415."""
    packed = {"Content-Encoding": "gzip"}
    query = {**packed, "Content-Type": "application/sparql-query"}
    for response in (
        writer.put("/graphs?default", content=gzip.compress(b""), headers=TURTLE | packed),
        writer.post("/sparql", content=gzip.compress(b"ASK {}"), headers=query),
    ):
        assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")
    latin = {"Content-Type": "text/turtle; charset=iso-8859-1"}
    assert writer.put("/graphs?default", content=b"", headers=latin).status_code == 415


# Who may


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        ({}, "Bearer"),
        ({"Authorization": "Bearer wrong-secret"}, "invalid_token"),
        ({"Authorization": f"Basic {SECRET}"}, "Bearer"),
    ],
)
def test_without_a_token(writer: httpx.Client, header: dict[str, str], challenge: str) -> None:
    """Without a token that is known every kind of writing is 401, and reading is open."""
    with httpx.Client(base_url=writer.base_url, headers=header) as stranger:
        for response in (
            update(stranger, "CLEAR ALL"),
            stranger.put("/graphs?default", content="", headers=TURTLE),
            stranger.post("/graphs", content="", headers=TURTLE),
            stranger.delete("/graphs?default"),
        ):
            assert response.status_code == 401
            assert challenge in response.headers["www-authenticate"]
            assert SECRET not in response.text
        assert stranger.get("/graphs?default").status_code == 200


def test_tokens(tmp_path: Path) -> None:
    """Tokens come from words, the environment and a file, plain or hashed; a short secret is refused."""
    hashed = hashlib.sha256(b"hashed-secret").hexdigest()
    file = tmp_path / "tokens"
    file.write_text(f"# who\n\nc=sha256:{hashed}\n", encoding="utf-8")
    tokens = read_tokens(["a=secret-of-a"], {"REEGRAPH_TOKENS": "b=secret-of-b d=secret-of-d"}, file)
    holders = [tokens.holder(f"Bearer {s}") for s in ("secret-of-a", "secret-of-b", "hashed-secret")]
    assert holders == ["a", "b", "c"]
    for given in ("a", "a=short", "=long-enough"):
        with pytest.raises(UsageError):
            Tokens([given])
    with pytest.raises(UsageError, match="cannot be read"):
        read_tokens([], {}, tmp_path / "none")


# What is served


def test_chosen(tmp_path: Path) -> None:
    """--dataset takes a file, a RocksDB folder or none; writing only where it is kept; else the remedy."""
    file = tmp_path / "a.ttl"
    file.write_text("", encoding="utf-8")
    ox.Store(str(tmp_path / "rocks"))
    assert chosen(None, writable=False) is None
    assert chosen("none", writable=True) == Source(writable=True)
    assert chosen(str(file), writable=False) == Source(path=str(file), name="a.ttl")
    rocks, new = str(tmp_path / "rocks"), str(tmp_path / "new")
    assert chosen(rocks, writable=False) == Source(folder=rocks, name="rocks")
    assert chosen(new, writable=True) == Source(folder=new, writable=True, name="new")
    for given, writable in (
        (None, True),
        (str(file), True),
        (str(tmp_path), False),
        (str(tmp_path / "x"), False),
    ):
        with pytest.raises(UsageError):
            chosen(given, writable=writable)


def test_file(tmp_path: Path) -> None:
    """A file is served read-only, and says so."""
    file = tmp_path / "small.trig"
    file.write_text(DATA, encoding="utf-8")
    with served(create_app(Source(path=str(file)))) as url:
        assert httpx.get(f"{url}/health").json()["triples"] == 4
        assert httpx.post(f"{url}/sparql", data={"update": "CLEAR ALL"}).status_code == 403
        assert httpx.delete(f"{url}/graphs?default").status_code == 403


def test_folder_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    """What a durable dataset has acknowledged is there after a restart, empty named graphs too."""
    for turn in (1, 2):
        app = create_app(Source(folder=str(tmp_path / "d"), writable=True))
        with served(app) as url, httpx.Client(base_url=url) as http:
            assert count(http.get("/sparql", params={"query": COUNT})) == turn - 1
            assert http.get("/graphs?graph=urn:empty").status_code == (404 if turn == 1 else 200)
            assert update(http, f"INSERT DATA {{ <urn:a> <urn:b> {turn} }}").status_code == 204
            assert update(http, "CREATE SILENT GRAPH <urn:empty>").status_code == 204
    with served(create_app(Source(folder=str(tmp_path / "d")))) as url:
        assert count(httpx.get(f"{url}/sparql", params={"query": COUNT})) == 2


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["a=sha256:abc"], "64 hexadecimal digits"),
        (["a=SHA256:" + "g" * 64], "64 hexadecimal digits"),
        (["a=a-long-secret", "a=another-secret"], "two tokens"),
    ],
)
def test_tokens_that_are_none(given: list[str], reason: str) -> None:
    """A hash that is none, and a name given twice, are refused."""
    with pytest.raises(UsageError, match=reason):
        Tokens(given)


def test_hash_in_capitals() -> None:
    """A hash is the same in capitals; it is no secret itself."""
    hashed = hashlib.sha256(b"my-real-secret").hexdigest().upper()
    tokens = Tokens([f"x=sha256:{hashed}"])
    assert tokens.holder("Bearer my-real-secret") == "x"
    with pytest.raises(Refusal):
        tokens.holder(f"Bearer sha256:{hashed}")
