"""Queries in HTTP requests, as the SPARQL 1.1 Protocol has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from reegraph.server.refusal import Refusal, bad_request, forbidden, too_large, unsupported
from reegraph.server.words import calls_service

QUERY_LIMIT: Final = 1_000_000  # bytes of query text
BODY_LIMIT: Final = 3 * QUERY_LIMIT + 10_000  # a form may percent-encode every byte
_FIELDS: Final = 1000
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"

READ_ONLY: Final = (
    "the built graph is never written to: change data/ and build anew, or load an export into a store."
)
_NO_SERVICE: Final = (
    "SERVICE is refused: this server sends no requests of its own. Ask the other service yourself and pass "
    "its rows in a VALUES block. (A prefix whose name contains 'service' reads as one: rename it.)"
)

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class QueryRequest:
    """A query as it was sent; the graphs are those the protocol names, `format` is the value of ?format=."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""


async def read_query(request: Request) -> QueryRequest | None:
    """The query of a GET, HEAD or POST request; None when a GET or HEAD carries none.

    Raises Refusal: 400 for no, several or undecodable queries, 403 for an update or a SERVICE call,
    413 for too long a query, 415 for a body that is none.
    """
    fields = parameters(request)
    if request.method == "POST":
        fields += await _posted(request)
    if values(fields, "update"):
        raise forbidden(f"an update is refused: {READ_ONLY}")
    queries = values(fields, "query")
    if not queries and request.method != "POST":
        return None
    if len(queries) != 1:
        raise bad_request(
            f"{len(queries) or 'no'} queries in one request; send exactly one, as ?query= or as the body"
        )
    return _checked(queries[0], fields)


def parameters(request: Request) -> Fields:
    """The name-value pairs of the address; Refusal (400) when they are not UTF-8 or too many."""
    return _pairs(request.scope["query_string"])


def values(fields: Fields, name: str) -> tuple[str, ...]:
    """All values of a parameter, in order."""
    return tuple(value for key, value in fields if key == name)


def format_named(fields: Fields) -> str:
    """The first ?format= of a request, empty without one (SPARQLWrapper gives a name and a media type)."""
    return next(iter(values(fields, "format")), "")


def _checked(text: str, fields: Fields) -> QueryRequest:
    if len(text.encode()) > QUERY_LIMIT:
        raise too_large(QUERY_LIMIT)
    if calls_service(text):
        raise forbidden(_NO_SERVICE)
    return QueryRequest(
        text,
        values(fields, "default-graph-uri"),
        values(fields, "named-graph-uri"),
        format_named(fields),
    )


async def _posted(request: Request) -> Fields:
    media, _, rest = request.headers.get("content-type", "").partition(";")
    media = media.strip().lower()
    if media == _UPDATE:
        raise forbidden(f"an update is refused: {READ_ONLY}")
    if media not in {_FORM, _QUERY} or not _utf8(rest):
        raise unsupported(f"{media}{';' if rest else ''}{rest}", (_FORM, _QUERY))
    if media == _FORM:
        return _pairs(await _body(request, BODY_LIMIT))
    try:
        return [("query", (await _body(request, QUERY_LIMIT)).decode())]
    except UnicodeDecodeError as error:
        raise _undecodable(error) from error


async def _body(request: Request, limit: int) -> bytes:
    if int(request.headers.get("content-length", "0")) > limit:
        raise too_large(QUERY_LIMIT)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large(QUERY_LIMIT)
    return bytes(body)


def _pairs(encoded: bytes) -> Fields:
    try:
        return parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except UnicodeDecodeError as error:
        raise _undecodable(error) from error
    except ValueError as error:
        raise bad_request(f"the parameters cannot be read: {error}") from error


def _utf8(parameters: str) -> bool:
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
