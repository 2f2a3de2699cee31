"""Free queries from the SPARQL page: asked of this very service's /sparql, with its limits and refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

_FORMATS: Final = {"json": "application/sparql-results+json", "csv": "text/csv"}
_ANY: Final = "application/sparql-results+json, text/turtle;q=0.9, application/json;q=0.1"
_TRIPLE: Final = ("subject", "predicate", "object")
_TURTLE: Final = 60_000  # characters of a graph that are shown as text
ROWS: Final = 500  # on the page; CSV and JSON have all

Binding = dict[str, str]  # as the SPARQL results format has it: type, value, datatype, xml:lang


@dataclass(frozen=True)
class Typed:
    """What /sparql answered to a typed query: rows, yes or no, a graph, or why not."""

    refusal: str = ""
    line: int = 0  # where the refusal points to, from 1; 0 for nowhere
    column: int = 0
    boolean: bool | None = None
    variables: tuple[str, ...] = ()
    rows: tuple[dict[str, Binding], ...] = ()
    found: int = 0
    turtle: str = ""

    @property
    def is_graph(self) -> bool:
        """True for the answer of CONSTRUCT or DESCRIBE."""
        return self.variables == _TRIPLE and self.turtle != ""


@dataclass(frozen=True)
class Reply:
    """What /sparql sent."""

    status: int
    media: str
    body: bytes


async def typed_answer(request: Request, query: str, twin: str) -> Response | Typed:
    """The answer to a typed query; a response of its own for a twin of its rows or text."""
    if twin in _FORMATS:
        reply = await _asked(request, query, _FORMATS[twin])
        if reply.status != 406:  # a graph has no such form: its triples are listed below
            return Response(reply.body, reply.status, media_type=reply.media)
    if twin == "rq":
        return Response(query, media_type="application/sparql-query")
    reply = await _asked(request, query, _ANY)
    if reply.status != 200:
        return _refused(reply)
    if "sparql-results+json" not in reply.media:
        return _graph(reply.body, None if twin in _FORMATS else ROWS)
    answer = json.loads(reply.body)
    if "boolean" in answer:
        return Typed(boolean=answer["boolean"])
    rows = answer["results"]["bindings"]
    return Typed(variables=tuple(answer["head"]["vars"]), rows=tuple(rows[:ROWS]), found=len(rows))


def _graph(turtle: bytes, most: int | None) -> Typed:
    triples = list(ox.parse(turtle, format=ox.RdfFormat.TURTLE))
    rows = tuple(
        {name: _binding(term) for name, term in zip(_TRIPLE, (t.subject, t.predicate, t.object), strict=True)}
        for t in triples[:most]
    )
    return Typed(
        variables=_TRIPLE,
        rows=rows,
        found=len(triples),
        turtle=turtle.decode(errors="replace")[:_TURTLE] or "\n",
    )


def _binding(term: Any) -> Binding:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.Literal):
        return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
    return {"type": "bnode", "value": str(term)}


async def _asked(request: Request, query: str, accept: str) -> Reply:
    """/sparql of this application, called without a network."""
    host = [(b"host", request.headers["host"].encode())] if "host" in request.headers else []
    scope = {
        **request.scope,
        "method": "POST",
        "path": "/sparql",
        "raw_path": b"/sparql",
        "query_string": b"",
        "headers": [
            *host,  # relative names in the query are resolved against the address
            (b"accept", accept.encode()),
            (b"accept-language", request.url.path.split("/")[1].encode()),  # a page's language is in its path
            (b"content-type", b"application/x-www-form-urlencoded"),
        ],
        "path_params": {},
    }
    for key in ("endpoint", "route"):
        scope.pop(key, None)
    content = urlencode({"query": query}).encode()
    status, headers, chunks, asked = 500, {}, [], False

    async def receive() -> Message:
        nonlocal asked
        if asked:  # a client that waits for its answer does not go away
            return await request.receive()
        asked = True
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    await request.app(scope, receive, send)
    return Reply(status, headers.get("content-type", ""), b"".join(chunks))


def _refused(reply: Reply) -> Typed:
    try:
        error = json.loads(reply.body)["error"]
        return Typed(str(error["message"]), int(error.get("line", 0)), int(error.get("column", 0)))
    except (ValueError, KeyError, TypeError):
        return Typed(reply.body.decode(errors="replace")[:2000] or f"HTTP {reply.status}")
