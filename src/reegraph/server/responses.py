"""Responses: what every answer carries, errors in their one shape, entity tags, compression."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from reegraph.errors import QueryError, ReegraphError
from reegraph.server.answering import Sink, write
from reegraph.server.backend import Reply
from reegraph.server.formats import GRAPHS, Form
from reegraph.server.headers import COMMON, caching, holds
from reegraph.server.negotiation import choose, preferred_lang
from reegraph.server.packing import WORTH, packed, wanted
from reegraph.server.refusal import Refusal, status_of
from reegraph.server.spool import Spool

_QUICK_TO_PACK: Final = 100_000  # bytes; about 1 ms, above that a thread packs them


def content(body: bytes, media: str, tag: str = "") -> Response:
    """200 with a body; with a tag, a cache may keep it and asks whether it still holds."""
    return Response(body, 200, caching(tag), media)  # Starlette adds charset=utf-8 to text/*


def elsewhere(address: str) -> Response:
    """303: a page about it is at another address (Cool URIs for the Semantic Web, 4.3)."""
    vary = "Accept, Accept-Language"
    return Response(status_code=303, headers={"Location": address, "Cache-Control": "no-cache", "Vary": vary})


def prefers_pages(request: Request) -> bool:
    """True when Accept weighs HTML above every form of RDF, as browsers do, and no ?format= is given."""
    offered = [*(form.media for form in GRAPHS), "text/html"]
    return (
        choose(field_of(request, "accept"), offered) == "text/html" and "format" not in request.query_params
    )


def no_content() -> Response:
    """204: done, and there is nothing to say of it."""
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def serialised(triples: Sequence[ox.Triple], form: Form, prefixes: Mapping[str, str]) -> bytes:
    """Some triples in one of GRAPHS."""
    sink = _Held()
    write(triples, form, sink, prefixes)
    sink.finish()
    return bytes(sink.body)


async def streamed(reply: Reply, tag: str, request: Request) -> Response:
    """200 with an answer, whose rest comes as it is made; for HEAD only its headers."""
    headers = caching(tag)
    if reply.coding:
        headers["Content-Encoding"] = reply.coding
    if reply.whole:
        return Response(reply.body, 200, headers, reply.media)
    if request.method == "HEAD":
        await reply.close()
    return Streamed(reply, headers)


class Streamed(Response):
    """An answer in parts. When it breaks off so does the connection: nobody takes it for whole."""

    def __init__(self, reply: Reply, headers: Mapping[str, str]) -> None:
        self._reply = reply
        self.status_code, self.media_type, self.background = 200, reply.media, None
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, until it is whole, breaks off, or nobody listens."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sending, leaving = asyncio.ensure_future(self._send(send)), asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            leaving.cancel()
            sending.cancel()
            await self._reply.close()

    async def _send(self, send: Send) -> None:
        spool = Spool()
        filling = asyncio.ensure_future(self._fill(spool))
        try:
            async for part in spool.parts():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await filling
            await send({"type": "http.response.body", "body": b""})
        finally:
            filling.cancel()
            spool.close()

    async def _fill(self, spool: Spool) -> None:
        """Have the answer as fast as it is made, however slow its client is."""
        try:
            async for part in self._reply.rest():
                spool.put(part)
        finally:
            spool.end()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Held(Sink):
    """A sink that keeps everything."""

    def __init__(self) -> None:
        super().__init__(1 << 30, coding="")
        self.body = bytearray()

    def head(self, coding: str, whole: bool) -> None:
        """Neither counts here."""

    def part(self, data: bytes | bytearray) -> None:
        self.body += data

    def push(self) -> None:
        """Everything stays here."""


def not_modified(tag: str) -> Response:
    """304: the client's copy still holds."""
    return Response(status_code=304, headers=caching(tag))


def failure(error: ReegraphError, request: Request) -> Response:
    """An error as {"error": {code, message, line?, column?}}, or plain text for who prefers that."""
    code, headers = (error.code, error.headers) if isinstance(error, Refusal) else (_code(error), {})
    message = error.told(preferred_lang(field_of(request, "accept-language")))
    shown: dict[str, str | int] = {"code": code, "message": message}
    if isinstance(error, QueryError) and error.line is not None and error.column is not None:
        shown |= {"line": error.line, "column": error.column}
    if _prefers_text(request):
        body, media = f"{message}\n", "text/plain"
    else:
        body, media = json.dumps({"error": shown}, ensure_ascii=False) + "\n", "application/json"
    return Response(body, status_of(error), {**headers, "Cache-Control": "no-store"}, media)


def preflight(allowed: str) -> Response:
    """The answer to OPTIONS, for a browser's preflight and for who wants to know the methods."""
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-Match, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=headers)


def field_of(request: Request, name: str) -> str:
    """The value of a header, of one that is given several times all of them."""
    return ", ".join(request.headers.getlist(name))


def matches(tag: str, request: Request) -> bool:
    """True when a GET or HEAD has the answer of this tag already."""
    return request.method in {"GET", "HEAD"} and holds(tag, field_of(request, "if-none-match"))


def wants_none(request: Request) -> bool:
    """True when a GET or HEAD wants no answer if there is one (If-None-Match: *)."""
    return request.method in {"GET", "HEAD"} and field_of(request, "if-none-match").strip() == "*"


async def finished(response: Response, request: Request, version: str) -> Response:
    """The response with the headers that all carry, compressed where the client takes that and it pays."""
    own = response.headers.get("Vary", COMMON["Vary"])
    response.headers.update({**COMMON, "Vary": own, "X-Dataset-Version": version})
    if isinstance(response, Streamed) or "Content-Encoding" in response.headers:
        return response
    body = bytes(response.body)
    coding = wanted(field_of(request, "accept-encoding"))
    if len(body) < WORTH or not coding:
        return response
    quick = len(body) < _QUICK_TO_PACK
    response.body = packed(body, coding) if quick else await asyncio.to_thread(packed, body, coding)
    response.headers["Content-Encoding"] = coding
    response.headers["Content-Length"] = str(len(response.body))
    return response


def _code(error: ReegraphError) -> str:
    """The name of an error's class, as query-error; of its base where it is no public one."""
    name = next(c.__name__ for c in type(error).__mro__ if not c.__name__.startswith("_"))
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _prefers_text(request: Request) -> bool:
    return choose(field_of(request, "accept"), ["application/json", "text/plain", "text/html"]) in {
        "text/plain",
        "text/html",
    }
