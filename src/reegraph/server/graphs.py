"""The Graph Store Protocol: which graph a request means, and what it brings."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from reegraph.server.changing import READ
from reegraph.server.protocol import body, is_utf8, parameters, values
from reegraph.server.question import GraphDelete, GraphWrite, Part
from reegraph.server.refusal import bad_request, too_large, unsupported

WRITE_LIMIT: Final = 256 << 20  # bytes of RDF in one request
_MULTIPART: Final = "multipart/form-data"


@dataclass(frozen=True)
class Target:
    """The graph of a request: its IRI, or None for the default graph; `whole` when it names none at all."""

    graph: str | None
    whole: bool = False


def target(request: Request, below: str = "") -> Target:
    """The graph that a request names by ?graph=, ?default or its own address.

    `below` stands in for this server's own address in the names of graphs. Raises Refusal (400) when
    several are named.
    """
    fields = parameters(request)
    names, default = values(fields, "graph"), values(fields, "default")
    direct = _path(request).split("/", 2)[2] if request.path_params.get("name") else ""
    if len(names) + len(default) + bool(direct) > 1:
        raise bad_request("several graphs are named; give ?default or one ?graph=IRI")
    if direct:
        return Target(below + direct if below else address(request))
    return Target(names[0] if names else None, whole=not names and not default)


def address(request: Request) -> str:
    """The address of a request without its parameters."""
    return f"{request.url.scheme}://{request.url.netloc}{_path(request)}"


def _path(request: Request) -> str:
    """The path as it was sent: what is percent-encoded there makes another address."""
    return quote(request.scope["raw_path"].decode("latin-1"), safe="/%:@!$&'()*+,;=~-._")


async def written(request: Request, aim: Target, *, replace: bool) -> tuple[GraphWrite, str]:
    """The graph that a PUT or POST brings, and the address of a new graph when the request named none.

    Raises Refusal: 400 for a PUT without a graph, 413 and 415 for a body that is too long or no RDF.
    """
    fresh = ""
    if aim.whole:
        if replace:
            raise bad_request("no graph is named; give ?default or ?graph=IRI")
        fresh = f"{address(request).rstrip('/')}/{secrets.token_hex(8)}"
    graph = fresh or aim.graph
    return GraphWrite(graph, await _parts(request), replace, graph or address(request)), fresh


def deleted(aim: Target) -> GraphDelete:
    """The graph that a DELETE removes; Refusal (400) when the request names none."""
    if aim.whole:
        raise bad_request("no graph is named; give ?default or ?graph=IRI")
    return GraphDelete(aim.graph)


async def _parts(request: Request) -> tuple[Part, ...]:
    media = request.headers.get("content-type", "")
    kind = media.partition(";")[0].strip().lower()
    if kind != _MULTIPART:
        if kind not in READ or not is_utf8(media.partition(";")[2]):
            raise unsupported(media, (*READ, _MULTIPART))
        return (Part(await body(request, WRITE_LIMIT), media),)
    if int(request.headers.get("content-length", "0")) > WRITE_LIMIT:
        raise too_large(WRITE_LIMIT)
    parts = []
    try:
        async with request.form(max_part_size=WRITE_LIMIT) as form:
            for _, part in form.multi_items():
                if isinstance(part, UploadFile):
                    parts.append(Part(await part.read(), part.content_type or ""))
    except HTTPException as error:
        raise bad_request(f"the multipart body cannot be read: {error.detail}") from error
    if not parts:
        raise bad_request("the multipart body has no file in it")
    return tuple(parts)
