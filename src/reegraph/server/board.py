"""A reader's board: what it is at and what it has done, in memory that it shares with the front."""

from __future__ import annotations

import mmap
import tempfile
import time
from itertools import accumulate
from typing import IO, Final

STEPS: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 30.0)  # seconds, of a histogram
LINE: Final = "%s %s %s %d %d %.1fms"  # of the access log: client, method, path, status, bytes, time
LONGEST: Final = 16_000  # bytes of a request that a board can hold

_SERIAL, _CURRENT, _STARTED, _WRITTEN, _LENGTH, _REVOKED = range(6)
_GOT, _POSTED, _UNCHANGED, _HITS, _BYTES, _MICROSECONDS, _STEP = range(8, 15)
_REQUEST: Final = 256  # where the request begins
_SIZE: Final = _REQUEST + LONGEST


class Board:
    """Words that only the reader writes (`revoked` only the front sets), each in one piece."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, _SIZE)
        self._words = memoryview(self._memory)[:_REQUEST].cast("Q")

    # What it is at

    def wake(self) -> None:
        """A sign of life between requests."""
        self._words[_STARTED] = time.monotonic_ns()

    def begin(self, connection: int) -> None:
        """A request of a connection is being answered from now on."""
        words = self._words
        words[_WRITTEN] = words[_LENGTH] = 0
        words[_STARTED] = time.monotonic_ns()
        words[_SERIAL] += 1
        words[_CURRENT] = connection

    def hold(self, request: bytes) -> None:
        """Keep what there is of the request, for an answer in the reader's place; not what is too long."""
        if len(request) <= LONGEST:
            self._memory[_REQUEST : _REQUEST + len(request)] = request
            self._words[_LENGTH] = len(request)

    def writing(self) -> None:
        """Something of the answer is about to be sent."""
        self._words[_WRITTEN] = 1

    def end(self) -> None:
        """The request is over."""
        self._words[_CURRENT] = 0

    @property
    def serial(self) -> int:
        """The number of the request under way, 0 between requests."""
        return self._words[_SERIAL] if self._words[_CURRENT] else 0

    @property
    def current(self) -> int:
        """The connection whose request is under way, or 0."""
        return self._words[_CURRENT]

    @property
    def seconds(self) -> float:
        """How long the request has been under way; between requests, since the last sign of life."""
        return (time.monotonic_ns() - self._words[_STARTED]) / 1e9

    @property
    def written(self) -> bool:
        """Has something of the answer been sent?"""
        return bool(self._words[_WRITTEN])

    @property
    def request(self) -> bytes:
        """The request under way."""
        return self._memory[_REQUEST : _REQUEST + self._words[_LENGTH]]

    @property
    def revoked(self) -> bool:
        """Has the front taken back all connections but the one in hand?"""
        return bool(self._words[_REVOKED])

    @revoked.setter
    def revoked(self, value: bool) -> None:
        self._words[_REVOKED] = value

    # What it has done

    def count(self, method: str, status: int, size: int, *, hit: bool) -> float:
        """Count the request under way as answered; the milliseconds it took."""
        words = self._words
        microseconds = (time.monotonic_ns() - words[_STARTED]) // 1000
        words[_UNCHANGED if status != 200 else _POSTED if method == "POST" else _GOT] += 1
        words[_HITS] += hit
        words[_BYTES] += size
        words[_MICROSECONDS] += microseconds
        for place, step in enumerate(STEPS, _STEP):
            if microseconds <= step * 1e6:
                words[place] += 1
                break
        return microseconds / 1000

    @property
    def answered(self) -> dict[tuple[str, int], int]:
        """How many answers there were by method and status."""
        got, posted, unchanged = self._words[_GOT : _UNCHANGED + 1]
        return {("GET", 200): got, ("POST", 200): posted, ("GET", 304): unchanged}

    @property
    def spent(self) -> tuple[int, int, float, list[int]]:
        """Hits of the cache, bytes, seconds, and how many answers were within each step."""
        hits, size, microseconds = self._words[_HITS : _MICROSECONDS + 1]
        steps = self._words[_STEP : _STEP + len(STEPS)]
        return hits, size, microseconds / 1e6, list(accumulate(steps))

    @property
    def used(self) -> bool:
        """Has there been an answer?"""
        return any(self.answered.values())


def new() -> IO[bytes]:
    """A file that is nowhere, for a board."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (its reader is to have it)
    file.truncate(_SIZE)
    return file
