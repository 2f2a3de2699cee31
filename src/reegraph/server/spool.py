"""A spool: what has been made of an answer and its client has not taken yet.

It is kept by the front, so that a client that reads slowly holds no process which could answer another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import Final

from reegraph.errors import StoreError

UNTAKEN: Final = 60.0  # seconds for a client to take some of what is sent to it; then it is given up
_IN_MEMORY: Final = 1 << 20  # bytes of a spool; more of it are in a file
_IN_ALL: Final = 2 << 30  # bytes that wait in all spools
_PART: Final = 1 << 16


class Room:
    """What spools share: the bytes that may wait in all of them together."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.spools: list[Spool] = []


_ROOM: Final = Room(_IN_ALL)


class Spool:
    """Bytes in the order in which they were put. To be closed."""

    def __init__(self, room: Room = _ROOM) -> None:
        self._room = room
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (see close)
        self._written = self._read = 0
        self._more = asyncio.Event()
        self._ended, self._error = False, ""
        room.spools.append(self)

    def put(self, part: bytes) -> None:
        """Add a part. When all spools hold too much, that with the most in it is given up."""
        if self._error:  # nobody takes it any more
            return
        try:
            self._file.seek(self._written)
            self._file.write(part)
        except OSError as error:
            self.fail(f"what waits for its client cannot be kept: {error.strerror}")
            return
        self._written += len(part)
        self._more.set()
        if sum(spool.waiting for spool in self._room.spools) > self._room.most:
            fullest = max(self._room.spools, key=lambda spool: spool.waiting)
            fullest.fail("too many clients take their answers too slowly")

    def end(self) -> None:
        """There is no more to come."""
        self._ended = True
        self._more.set()

    def fail(self, why: str) -> None:
        """Give it up, with all that is in it."""
        if not self._error:
            self._error = why
            self._emptied()
            self.end()

    async def parts(self) -> AsyncIterator[bytes]:
        """What was put, as it comes, to its end. Raises StoreError when the spool has been given up."""
        while True:
            await self._more.wait()
            if self._error:
                raise StoreError(self._error)
            if part := self._next():
                yield part
            elif self._ended:
                return

    def _next(self) -> bytes:
        self._file.seek(self._read)
        part = self._file.read(_PART)
        self._read += len(part)
        if self._read == self._written:
            self._emptied()
            if not self._ended:
                self._more.clear()
        return part

    def _emptied(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._written = self._read = 0

    @property
    def waiting(self) -> int:
        """Bytes that have been put and not taken."""
        return self._written - self._read

    def close(self) -> None:
        """Let go of it."""
        if self in self._room.spools:
            self._room.spools.remove(self)
            self._file.close()
