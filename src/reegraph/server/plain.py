"""Plain requests: a query by GET or POST and nothing else, whole, recognised without a web framework.

Whatever is not certain to be one is left to the front, which knows all of HTTP and of the protocol.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from reegraph.server import packing
from reegraph.server.formats import GRAPHS, SOLUTIONS, Form, wanted
from reegraph.server.question import Query
from reegraph.server.refusal import Refusal
from reegraph.server.words import calls_out

_QUERY: Final = rb"query=((?:[!-$\'-~]++|%[0-9A-Fa-f]{2})++)"
_OTHERS: Final = rb"(?:&(?:output|results)=[a-z]*+)*+"  # names that SPARQLWrapper gives the format besides
_GET: Final = re.compile(
    rb"GET /sparql\?" + _QUERY + rb"(?:&format=([a-z]++))?" + _OTHERS + rb" HTTP/1\.([01])\r\n"
)
_POST: Final = re.compile(rb"POST /sparql(?:\?format=([a-z]++)" + _OTHERS + rb")? HTTP/1\.([01])\r\n")
_FORM: Final = re.compile(_QUERY + rb"(?:&format=([a-z]++))?" + _OTHERS)
_TYPE: Final = re.compile(r"application/(sparql-query|x-www-form-urlencoded)(?:; ?charset=utf-8)?")
_LENGTH: Final = re.compile(r"\d{1,5}")
_COMING: Final = re.compile(rb"POST /sparql[^\r]*+\r\n(?:[^\r]++\r\n)*?(?i:content-length): ?(\d{1,5})\r\n")
_FIELDS: Final = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]++:[^\r\n\0\v\f]*+\r\n)++\r\n")
_FIELD: Final = re.compile(r"([^:\r\n]+):[ \t]*([^\r\n]*?)[ \t]*\r\n")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}))?")
# Fields that make a request more than plain.
_BEYOND: Final = {"content-encoding", "expect", "transfer-encoding", "upgrade"}


@dataclass(frozen=True)
class Wishes:
    """What the fields of a request's head ask for, and what they say of its body: length -1 for none.

    A `proxied` request tells whom it was sent on for: `client`, where that is said. Who does not take
    an answer in `chunks` speaks HTTP/1.0.
    """

    solutions: Form | None
    graph: Form | None
    base: str
    coding: str
    if_none_match: str
    closing: bool
    chunks: bool
    media: str
    length: int
    proxied: bool
    client: str


@dataclass(frozen=True)
class Plain:
    """A plain request."""

    method: str
    query: Query
    wishes: Wishes


def recognised(request: bytes) -> Plain | None:
    """The query that these bytes ask, or None when they are not one plain request whole."""
    try:
        if match := _GET.match(request):
            method, wishes = "GET", _wishes(request[match.end() :], match[2], match[3])
            text = _decoded(match[1]) if wishes and wishes.length < 0 else ""
        else:
            method, (wishes, text) = "POST", _posted(request)
    except (UnicodeDecodeError, Refusal):  # no such format
        return None
    if wishes is None or not text or calls_out(text):
        return None
    return Plain(method, Query(text, (), (), wishes.solutions, wishes.graph, wishes.base), wishes)


def is_address(client: str) -> bool:
    """Is it an IP address? A zone, as of fe80::1%eth0, is letters and digits."""
    address, _, zone = client.partition("%")
    try:
        return bool(ip_address(address)) and (not zone or zone.isalnum())
    except ValueError:
        return False


def missing(request: bytes, most: int) -> int:
    """How many bytes have not come yet of a plain request, of `most` bytes, that these may begin; else 0."""
    match = _COMING.match(request)
    end = request.find(b"\r\n\r\n") + 4
    if not match or end < match.end() or (whole := end + int(match[1])) > most:
        return 0
    return max(0, whole - len(request))


def _posted(request: bytes) -> tuple[Wishes | None, str]:
    match = _POST.match(request)
    end = request.find(b"\r\n\r\n") + 4
    body = request[end:]
    if match is None or (wishes := _wishes(request[match.end() : end], match[1], match[2])) is None:
        return None, ""
    if wishes.length != len(body):
        return None, ""
    if wishes.media == "sparql-query":
        return wishes, body.decode()
    form = _FORM.fullmatch(body) if wishes.media and not match[1] else None
    if form is None:
        return None, ""
    return _wishes(request[match.end() : end], form[2], match[2]), _decoded(form[1])


def _decoded(encoded: bytes) -> str:
    # Percent-encoding is quoted-printable with another sign; this decodes in 1 us what urllib does in 11.
    return a2b_qp(encoded.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")).decode()


@lru_cache(256)  # a client sends the same head again and again
def _wishes(fields: bytes, named: bytes | None, version: bytes) -> Wishes | None:
    """What these fields ask for, with the format that is named besides, of HTTP/1.`version`."""
    if not _FIELDS.fullmatch(fields):
        return None
    held: dict[str, str] = {}
    for given, value in _FIELD.findall(fields.decode("latin-1")):
        name = given.lower()
        held[name] = f"{held[name]}, {value}" if name in held else value
    host, accept = held.get("host", ""), held.get("accept", "")
    connection, length = held.get("connection", "keep-alive").lower(), held.get("content-length")
    if _BEYOND & held.keys() or connection not in {"keep-alive", "close"}:
        return None
    if length is not None and not _LENGTH.fullmatch(length):
        return None
    scheme, client = held.get("x-forwarded-proto"), held.get("x-forwarded-for")
    if scheme not in {None, "http", "https"} or not (client is None or is_address(client)):
        return None
    if held.get("if-none-match") == "*":
        return None
    media = _TYPE.fullmatch(held.get("content-type", "").lower())
    format_ = (named or b"").decode()
    solutions, graph = wanted(SOLUTIONS, accept, format_), wanted(GRAPHS, accept, format_)
    if not _HOST.fullmatch(host) or not (solutions or graph):
        return None
    coding = packing.wanted(held.get("accept-encoding", ""))
    return Wishes(
        solutions,
        graph,
        f"{scheme or 'http'}://{host}/sparql",
        coding,
        held.get("if-none-match", ""),
        connection == "close" or version == b"0",
        version == b"1",
        media[1] if media else "",
        -1 if length is None else int(length),
        scheme is not None or client is not None,
        client or "",
    )
