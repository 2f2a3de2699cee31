"""A connection: uvicorn's HTTP, which here waits for no client without end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import sys
from contextlib import suppress
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from reegraph.server.headers import COMMON
from reegraph.server.spool import UNTAKEN

if TYPE_CHECKING:
    from reegraph.server.lending import Lender

HEADS_LIMIT = 256 << 20  # bytes of all heads that are coming
HEAD_SECONDS = 30  # for the head of a request to come
_RESET: Final = struct.pack("ii", 1, 0)  # closed by a reset, what has not gone out is dropped
_MORE: Final = "".join(f"{name}: {value}\r\n" for name, value in COMMON.items())


class Connection(H11Protocol):
    """HTTP on a connection, of which `read` has been read already.

    The head of a request is to be whole within some seconds of its first byte, and an answer to be taken,
    part by part. `heads` has the connections whose heads are awaited. To an `owner` it goes back after an
    answer: it is here only because no reader was free.
    """

    def __init__(
        self, *given: Any, heads: Heads, read: bytes = b"", owner: Lender | None = None, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self._heads, self._read, self._owner = heads, read, owner
        self._returned = False
        self._late: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.data_received(self._read)

    def data_received(self, data: bytes) -> None:
        """Read on; empty lines before a request do not count (RFC 9112, 2.2)."""
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            data = data.lstrip(b"\r\n")
        if data:
            super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._awaited_no_more()
        else:
            self._late = self._late or self.loop.call_later(HEAD_SECONDS, self.expire)
            self._heads.grow(self, len(data))

    def on_response_complete(self) -> None:
        """Called when all of an answer has been written."""
        super().on_response_complete()
        if self._owner and self._owner.open and self._at_rest:
            with suppress(OSError):  # no descriptor is free
                link = socket.socket(fileno=os.dup(self.transport.get_extra_info("socket").fileno()))
                link.setblocking(False)
                self._returned = True
                self.transport.close()  # this descriptor of it
                self._owner.lend(link, self.client[0] if self.client else "")

    @property
    def _at_rest(self) -> bool:
        """Is nothing of a request or of an answer here?"""
        write = cast(asyncio.WriteTransport, self.transport)
        states = {self.conn.our_state, self.conn.their_state}
        return not (
            states != {h11.IDLE}
            or self.conn.trailing_data[0]
            or write.is_closing()
            or write.get_write_buffer_size()
        )

    def pause_writing(self) -> None:
        """Called when the client is behind with taking what is sent."""
        super().pause_writing()
        self._stuck = self.loop.call_later(UNTAKEN, self.transport.abort)

    def resume_writing(self) -> None:
        """Called when it has caught up."""
        super().resume_writing()
        self._stuck_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        broken = self.conn.our_state is h11.SEND_BODY and self.conn.their_http_version == b"1.0"
        super().connection_lost(exc)
        self._awaited_no_more()
        self._stuck_no_more()
        if self._returned:
            return
        link = self.transport.get_extra_info("socket")
        with suppress(OSError):
            if broken:  # HTTP/1.0 has no other sign that an answer is not whole
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            else:  # a reader that takes long may have it still: close it for the client too
                link.shutdown(socket.SHUT_RDWR)

    def expire(self) -> None:
        """Wait no more for the head of a request."""
        self._awaited_no_more()
        self._refuse(408, "too-slow", "the head of the request has not come in time. Try again.")

    def eof_received(self) -> None:
        """Called when the client sends no more; it is told when something is missing."""
        if self.conn.their_state is h11.SEND_BODY or (self._late and self.conn.trailing_data[0]):
            self._refuse(400, "bad-request", "the request has ended before it was whole. Send all of it.")

    def send_400_response(self, msg: str) -> None:
        """Called, while an h11.RemoteProtocolError is handled, for what is no HTTP."""
        error = sys.exc_info()[1]
        status = getattr(error, "error_status_hint", 400)
        if status == 431:
            status = 431 if b"\n" in self.conn.trailing_data[0] else 414
            self._refuse(status, "too-large", "the head of the request is too long. Send the query by POST.")
        else:
            self._refuse(status, "bad-request", f"this is no HTTP request: {str(error) or msg}")

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Answer by an error, unless an answer has begun, and close."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = json.dumps({"error": {"code": code, "message": message}}) + "\n"
            head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{_MORE}Cache-Control: no-store\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
            self.transport.write(f"{head}\r\n{body}".encode())
            self.conn.send_failed()
        self.transport.close()

    def _awaited_no_more(self) -> None:
        if self._late:
            self._late.cancel()
            self._late = None
            self._heads.drop(self)

    def _stuck_no_more(self) -> None:
        if self._stuck:
            self._stuck.cancel()
            self._stuck = None


class Heads:
    """The connections whose heads are awaited. When these are too many bytes the oldest are given up."""

    def __init__(self) -> None:
        self._bytes: dict[Connection, int] = {}
        self._size = 0

    def grow(self, connection: Connection, size: int) -> None:
        """So many bytes more of a head have come."""
        self._bytes[connection] = self._bytes.get(connection, 0) + size
        self._size += size
        while self._size > HEADS_LIMIT:
            self.expire(1)

    def drop(self, connection: Connection) -> None:
        """Its head is awaited no more."""
        self._size -= self._bytes.pop(connection)

    def expire(self, count: int) -> None:
        """Give up so many, the oldest."""
        for connection in list(islice(self._bytes, count)):
            connection.expire()
