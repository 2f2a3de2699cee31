"""Free queries from the SPARQL page: asked of this very service's /sparql, with its limits and refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

_FORMATS: Final = {"json": "application/sparql-results+json", "csv": "text/csv"}
ROWS: Final = 500  # on the page; CSV and JSON have all


@dataclass(frozen=True)
class Reply:
    """What /sparql answered."""

    status: int
    media: str
    body: bytes


async def typed_answer(request: Request, query: str, twin: str) -> Response | dict[str, Any]:
    """The words that the SPARQL page shows of a typed query; a response of its own for a twin."""
    if not query.strip():
        return {}
    if twin in _FORMATS:
        reply = await _asked(request, query, _FORMATS[twin])
        return Response(reply.body, reply.status, media_type=reply.media)
    if twin:
        return Response(query, media_type="application/sparql-query")
    reply = await _asked(
        request, query, "application/sparql-results+json, text/turtle;q=0.9, application/json;q=0.1"
    )
    if reply.status != 200:
        return {"refusal": _message(reply)}
    if "sparql-results+json" not in reply.media:
        return {"text_answer": reply.body.decode(errors="replace")[:100_000]}
    answer = json.loads(reply.body)
    if "boolean" in answer:
        return {"boolean": answer["boolean"]}
    rows = answer["results"]["bindings"]
    return {
        "variables": answer["head"]["vars"],
        "bindings": rows[:ROWS],
        "found": len(rows),
        "shown": min(ROWS, len(rows)),
    }


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


def _message(reply: Reply) -> str:
    try:
        return str(json.loads(reply.body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return reply.body.decode(errors="replace")[:2000]
