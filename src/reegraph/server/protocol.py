"""Queries in HTTP requests, as the SPARQL 1.1 Protocol has them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from reegraph.server.refusal import (
    Refusal,
    bad_request,
    forbidden,
    packed_body,
    too_large,
    unsupported,
)
from reegraph.server.words import calls_out

QUERY_LIMIT: Final = 1_000_000  # bytes of query text
BODIES_LIMIT = 768 << 20  # bytes of all bodies that are coming
BODY_LIMIT: Final = 3 * QUERY_LIMIT + 10_000  # a form may percent-encode every byte
BODY_SECONDS: Final = 30  # for a body to come whole
_LINGER: Final = 2.0  # seconds for what is left of a body that is refused
_DISCARDED: Final = 64 << 20  # bytes of it
_FIELDS: Final = 1000
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"

_NO_SERVICE: Final = (
    "SERVICE is refused, and so is LOAD: this server sends no requests of its own. Ask the other service "
    "and pass its rows in a VALUES block. (A prefix whose name contains 'service' reads as one: rename it.)"
)

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class QueryRequest:
    """A query as it was sent; the graphs are those the protocol names, `format` is the value of ?format=."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    seconds: float = 0


@dataclass(frozen=True)
class UpdateRequest:
    """An update as it was sent; the graphs are those the protocol names for its WHERE clauses."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()


async def read_request(
    request: Request, *, services: bool = False, writable: bool = False
) -> QueryRequest | UpdateRequest | None:
    """The query or update of a GET, HEAD or POST request; None when a GET or HEAD carries none.

    Raises Refusal: 400 for no, several or undecodable queries and for an update by GET, 403 for a SERVICE or
    LOAD unless `services`, 413 for too long a text, 415 for a body that is none.
    """
    fields = parameters(request)
    if request.method == "POST":
        fields += await _posted(request, writable=writable)
    queries, updates = values(fields, "query"), values(fields, "update")
    if not queries and not updates and request.method != "POST":
        return None
    if len(queries) + len(updates) != 1:
        raise bad_request(
            f"{len(queries) + len(updates) or 'no'} queries in one request; send exactly one, as ?query= or "
            "as the body, or one update"
        )
    text = (queries or updates)[0]
    if len(text.encode()) > QUERY_LIMIT:
        raise too_large(QUERY_LIMIT)
    if not services and calls_out(text, ("load",) if updates else ()):
        raise forbidden(_NO_SERVICE)
    if updates:
        return _update(request, text, fields)
    return QueryRequest(
        text,
        values(fields, "default-graph-uri"),
        values(fields, "named-graph-uri"),
        format_named(fields),
        _seconds(fields),
    )


def _update(request: Request, text: str, fields: Fields) -> UpdateRequest:
    if request.method != "POST":
        raise Refusal(405, "method-not-allowed", "an update is sent by POST", {"Allow": "POST"})
    return UpdateRequest(text, values(fields, "using-graph-uri"), values(fields, "using-named-graph-uri"))


def _seconds(fields: Fields) -> float:
    """The first ?timeout= of a request, 0 without one."""
    given = next(iter(values(fields, "timeout")), "0")
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < 1e9:
        raise bad_request(f"timeout={given[:20]!r} is no number of seconds")
    return seconds


def parameters(request: Request) -> Fields:
    """The name-value pairs of the address; Refusal (400) when they are not UTF-8 or too many."""
    return _pairs(request.scope["query_string"])


def values(fields: Fields, name: str) -> tuple[str, ...]:
    """All values of a parameter, in order."""
    return tuple(value for key, value in fields if key == name)


def format_named(fields: Fields) -> str:
    """The first ?format= of a request, empty without one (SPARQLWrapper gives a name and a media type)."""
    return next(iter(values(fields, "format")), "")


async def _posted(request: Request, *, writable: bool) -> Fields:
    media, _, rest = request.headers.get("content-type", "").partition(";")
    media = media.strip().lower()
    if media not in {_FORM, _QUERY, _UPDATE} or not is_utf8(rest):
        raise unsupported(f"{media}{';' if rest else ''}{rest}", (_FORM, _QUERY, *([_UPDATE] * writable)))
    if media == _FORM:
        return _pairs(await body(request, BODY_LIMIT))
    try:
        return [("update" if media == _UPDATE else "query", (await body(request, QUERY_LIMIT)).decode())]
    except UnicodeDecodeError as error:
        raise _undecodable(error) from error


async def body(request: Request, limit: int) -> bytes:
    """The body of a request; Refusal: 413 when it is longer, 408 when it comes too slowly, 415 if packed."""
    if coding := request.headers.get("content-encoding", "identity").lower().replace("identity", ""):
        raise packed_body(coding)
    if int(request.headers.get("content-length", "0")) > limit:
        raise too_large(limit)
    try:
        async with asyncio.timeout(BODY_SECONDS) as patience:
            return await _bodies.read(request, limit, patience)
    except TimeoutError as error:
        raise Refusal(
            408,
            "too-slow",
            f"the body has not come within {BODY_SECONDS} s, or before too many others. Try again.",
            {"Connection": "close"},
        ) from error


async def discarded(request: Request) -> None:
    """Let what is left of a body that is refused come and go, for a while: who is sending reads no answer.

    Not that of who waits to be told to go on.
    """
    left = _DISCARDED
    if request.method not in {"GET", "HEAD", "OPTIONS"} and "expect" not in request.headers:
        with suppress(TimeoutError, RuntimeError, ClientDisconnect):  # RuntimeError: it has been read
            async with asyncio.timeout(_LINGER):
                async for chunk in request.stream():
                    left -= len(chunk)
                    if left < 0:
                        return


class _Bodies:
    """The bodies that are coming. When they are too many bytes together the longest is given up."""

    def __init__(self) -> None:
        self._coming: dict[asyncio.Timeout, bytearray] = {}
        self._size = 0

    async def read(self, request: Request, limit: int, patience: asyncio.Timeout) -> bytes:
        """A body; Refusal (413) when it is longer than `limit`. Who is given up has no more patience."""
        body = self._coming[patience] = bytearray()
        try:
            async for chunk in request.stream():
                if patience not in self._coming:
                    break
                body += chunk
                self._size += len(chunk)
                if len(body) > limit:
                    raise too_large(limit)
                if self._size > BODIES_LIMIT:
                    longest = max(self._coming, key=lambda of: len(self._coming[of]))
                    self._forget(longest)
                    longest.reschedule(asyncio.get_running_loop().time())
            if patience not in self._coming:
                raise TimeoutError
            return bytes(body)
        finally:
            self._forget(patience)

    def _forget(self, patience: asyncio.Timeout) -> None:
        self._size -= len(self._coming.pop(patience, b""))


_bodies: Final = _Bodies()


def _pairs(encoded: bytes) -> Fields:
    try:
        return parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except UnicodeDecodeError as error:
        raise _undecodable(error) from error
    except ValueError as error:
        raise bad_request(f"the parameters cannot be read: {error}") from error


def is_utf8(parameters: str) -> bool:
    """True unless the parameters of a Content-Type name another charset."""
    for parameter in parameters.lower().split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in {"utf-8", "utf8", "us-ascii"}:
            return False
    return True


def _undecodable(error: UnicodeDecodeError) -> Refusal:
    return bad_request(
        f"the request is not UTF-8 at byte {error.start}. Send it percent-encoded or as UTF-8."
    )
