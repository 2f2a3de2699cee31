"""What the processes of the server say to each other: frames of one kind byte, a length and a payload.

The front writes what it means as pickles; what comes back from a process that has met a stranger's query
is bytes and JSON alone, so that nothing is ever unpickled from there.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from typing import Any, Final

from reegraph.errors import QueryError, ReegraphError, StoreError, UnknownName
from reegraph.sentence import Sentence
from reegraph.server.refusal import Refusal

HEAD: Final = b"H"  # JSON: what is said of an answer before its first byte
DATA: Final = b"D"  # a part of the answer
END: Final = b"E"  # the answer is whole; JSON
FAULT: Final = b"X"  # JSON: the error instead of an answer, or of the rest of it
TASK: Final = b"T"  # a pickle: what the front wants done
LEND: Final = (
    b"L"  # to a reader: a connection's number, 1 for a trusted proxy, address; the socket comes along
)
BACK: Final = b"B"  # from a reader: the connection of this number goes back, with what has been read of it
CLOSED: Final = b"C"  # from a reader: the client has closed a connection
BROKEN: Final = b"K"  # from a reader: an answer broke off, and its connection is to be closed
REST: Final = b"R"  # from a reader: what a slow client has not taken of an answer, to be sent by the front
DONE: Final = b"N"  # from a reader: that answer is whole, and its connection the front's
FREE: Final = b"F"  # to a reader: let go of all connections; from it: done, but for the one of this number

_SHAPE: Final = struct.Struct("!cI")
_CHUNK: Final = 1 << 18


def frame(kind: bytes, payload: bytes | bytearray = b"") -> bytes:
    """One frame, ready to send."""
    return _SHAPE.pack(kind, len(payload)) + payload


def receive(link: socket.socket) -> tuple[bytes, bytes, list[int]] | None:
    """The next frame of a blocking socket with the descriptors that came along; None at its end."""
    head, descriptors = b"", []
    while len(head) < _SHAPE.size:
        if hasattr(socket, "recv_fds"):
            part, fds, _, _ = socket.recv_fds(link, _SHAPE.size - len(head), 4)
            descriptors += fds
        else:
            part = link.recv(_SHAPE.size - len(head))
        if not part:
            return None
        head += part
    kind, length = _SHAPE.unpack(head)
    payload = bytearray(length)
    view, got = memoryview(payload), 0
    while got < length:
        count = link.recv_into(view[got:])
        if not count:
            return None
        got += count
    return kind, bytes(payload), descriptors


class Frames:
    """The frames of a non-blocking socket, read on the event loop."""

    def __init__(self, link: socket.socket) -> None:
        self._link, self._held = link, bytearray()

    async def next(self) -> tuple[bytes, bytes] | None:
        """The next frame, or None when the other side has ended, be it in the middle of a frame."""
        loop = asyncio.get_running_loop()
        while (found := self._take()) is None:
            try:
                part = await loop.sock_recv(self._link, _CHUNK)
            except OSError:
                return None
            if not part:
                return None
            self._held += part
        return found

    def _take(self) -> tuple[bytes, bytes] | None:
        if len(self._held) < _SHAPE.size:
            return None
        kind, length = _SHAPE.unpack_from(self._held)
        end = _SHAPE.size + length
        if len(self._held) < end:
            return None
        payload = bytes(self._held[_SHAPE.size : end])
        del self._held[:end]
        return kind, payload


def packed_fault(error: BaseException) -> bytes:
    """An error as the payload of a FAULT frame; one that is none of ours says nothing of itself."""
    shown: dict[str, Any] = {"message": str(error), "type": "StoreError"}
    match error:
        case Refusal():
            shown |= {
                "type": "Refusal",
                "status": error.status,
                "code": error.code,
                "headers": error.headers,
            }
        case QueryError():
            place = {"line": error.line, "column": error.column}
            shown |= {"type": "QueryError", "zh": error.told("zh-Hant"), **place}
        case UnknownName():
            shown |= {"type": "UnknownName", "name": error.name}
        case MemoryError():
            shown |= {"type": "Memory"}
        case ReegraphError():
            pass
        case _:
            shown |= {"type": "Failure", "message": f"{type(error).__name__}: {error}"}
    return json.dumps(shown).encode()


def read_fault(payload: bytes) -> ReegraphError:
    """The error of a FAULT frame."""
    shown: Mapping[str, Any] = json.loads(payload)
    message = str(shown["message"])
    match shown["type"]:
        case "Refusal":
            return Refusal(int(shown["status"]), str(shown["code"]), message, dict(shown["headers"]))
        case "QueryError":
            return QueryError(Sentence(message, shown["zh"]), shown["line"], shown["column"])
        case "UnknownName":
            return _Unknown(message)
        case "Memory":
            return Refusal(507, "out-of-memory", "the query needs more memory than this server gives one")
        case "Failure":
            return EngineFailed(message)
        case _:
            return StoreError(message)


class EngineFailed(ReegraphError):
    """The engine failed in a way that is nobody's business but the log's."""


class _Unknown(UnknownName):
    """An UnknownName whose message has been made elsewhere."""

    def __init__(self, message: str) -> None:
        ReegraphError.__init__(self, message)
