"""An answer as it comes from a worker, and the worker as the front sees it."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final, Protocol

from reegraph.errors import ReegraphError
from reegraph.server.process import Process
from reegraph.server.question import Job
from reegraph.server.refusal import Refusal
from reegraph.server.wire import DATA, END, FAULT, HEAD, TASK, Frames, frame, read_fault

_SIGNS: Final = {  # what an exit by signal tells of the query
    getattr(signal, name): why
    for name, why in (
        ("SIGABRT", "it needs more memory than the server gives one query"),
        ("SIGSEGV", "it is nested too deeply"),
        ("SIGBUS", "it is nested too deeply"),
    )
    if hasattr(signal, name)  # Windows has not all
}


class Worker:
    """A worker process at the other end of a link."""

    def __init__(self, link: socket.socket, pid: int, keeper: Process, jobs: int) -> None:
        link.setblocking(False)
        self.link, self.pid, self.keeper, self.jobs = link, pid, keeper, jobs
        self.frames = Frames(link)
        self._killed = False

    @property
    def alive(self) -> bool:
        """False once the process is known to have gone."""
        try:
            return bool(self.link.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    @property
    def speaks(self) -> bool:
        """True when something it said is yet to be read."""
        try:
            return bool(self.link.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def kill(self) -> None:
        """End the process at once."""
        if not self._killed:
            self._killed = True
            if self.keeper.alive:  # else it is not waited for by ours, and its number may be another's
                with suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of the link; an idle process ends with it."""
        self.link.close()


class Home(Protocol):
    """Where a worker goes when it is done."""

    def release(self, worker: Worker) -> None:
        """Take it back."""

    def discard(self, worker: Worker) -> asyncio.Task[int]:
        """End it; the result is its exit code."""


class Answer:
    """An answer: media type, coding, its first part; the rest comes by `rest`. To be closed."""

    def __init__(self, home: Home, worker: Worker, deadline: float, seconds: float) -> None:
        self._home, self._worker, self._seconds = home, worker, seconds
        self.expired = self._done = False
        self._timer = asyncio.get_running_loop().call_at(deadline, self._expire)
        self.media, self.coding, self.whole, self.body = "", "", False, b""

    async def begin(self, job: Job) -> None:
        """Put the job to the worker and read until it is certain that there is an answer."""
        with suppress(OSError):  # what the worker says, or its end, tells more
            await asyncio.get_running_loop().sock_sendall(
                self._worker.link, frame(TASK, pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
            )
        kind, payload = await self._next()
        if kind != HEAD:
            raise StrangeAnswer("a worker began an answer without its head")
        head = json.loads(payload)
        self.media, self.coding, self.whole = head["media"], head["coding"], head["whole"]
        if self.whole:
            self.body = b"".join([part async for part in self.rest()])

    async def rest(self) -> AsyncIterator[bytes]:
        """The parts after `body`. Raises what broke the answer off."""
        while not self._done:
            kind, payload = await self._next()
            if kind == DATA:
                yield payload
            elif kind == END:
                self._over()
                self._home.release(self._worker)

    async def close(self) -> None:
        """End what is still under way."""
        if not self._done:
            self._over()
            self._home.discard(self._worker)

    async def _next(self) -> tuple[bytes, bytes]:
        said = await self._worker.frames.next()
        if said and said[0] == FAULT:
            self._over()
            self._home.release(self._worker)
            raise read_fault(said[1])
        if said:
            return said
        self._over()
        status = self._home.discard(self._worker)
        if self.expired:
            raise too_slow(self._seconds)
        raise died(await asyncio.shield(status))

    def _expire(self) -> None:
        self.expired = True
        self._worker.kill()

    def _over(self) -> None:
        self._done = True
        self._timer.cancel()


class StrangeAnswer(ReegraphError):
    """A worker said what cannot be."""


def too_slow(seconds: float) -> Refusal:
    """503: the deadline has passed."""
    message = f"no answer within {seconds:g} s. Ask for less: bind more terms, add LIMIT, shorten paths."
    return Refusal(503, "query-timeout", message)


def died(status: int) -> Refusal:
    """507: the query took its process down; 503 where somebody else did."""
    if status == -signal.SIGKILL:
        message = "the process that was at the query has been killed, by no limit of the server. Ask again."
        return Refusal(503, "process-killed", message, {"Retry-After": "1"})
    why = _SIGNS.get(signal.Signals(-status)) if status < 0 else None
    why = why or f"its process ended unasked (exit code {status})"
    return Refusal(507, "query-failed", f"the query cannot be carried out: {why}.")
