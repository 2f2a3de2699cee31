"""A process of the server's own at the other end of a link, which is asked one thing at a time."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from reegraph.errors import StoreError
from reegraph.server.wire import FAULT, TASK, Frames, frame, read_fault
from reegraph.server.wishes import Wish

_FIRST: Final = 3  # the first descriptor after the three standard ones


class Ended(StoreError):
    """The process is no more."""


class Process:
    """A keeper or a scribe, as the front sees it."""

    def __init__(self, link: socket.socket, pid: int, started: subprocess.Popen[bytes] | None = None) -> None:
        link.setblocking(False)
        self.pid, self._link, self._started = pid, link, started
        self._frames, self._turn = Frames(link), asyncio.Lock()
        self._exchange: asyncio.Future[dict[str, Any]] | None = None
        self._closed = False
        self.asked = 0  # wishes under way

    @property
    def alive(self) -> bool:
        """False once the other side is known to have gone."""
        if self._closed:
            return False
        with suppress(BlockingIOError):
            try:
                if not self._link.recv(1, socket.MSG_PEEK):
                    self.close()
            except (ConnectionError, OSError) as error:
                if isinstance(error, BlockingIOError):
                    raise
                self.close()
        return not self._closed

    async def ask(self, wish: Wish, *descriptors: int) -> dict[str, Any]:
        """Have a wish granted. Raises Ended when the process is gone, and what it says went wrong.

        Who is cancelled meanwhile leaves the answer to be read all the same: the next who asks gets his own.
        """
        content = frame(TASK, pickle.dumps(wish))
        await self._turn.acquire()
        try:
            if descriptors:
                sent = socket.send_fds(self._link, [content[:5]], list(descriptors))
                content = content[sent:]
        except OSError as error:
            self._turn.release()
            raise Ended("a process of the server has ended") from error
        self._exchange = exchange = asyncio.ensure_future(self._exchanged(content))
        exchange.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(exchange)

    async def _exchanged(self, content: bytes) -> dict[str, Any]:
        try:
            await asyncio.get_running_loop().sock_sendall(self._link, content)
            return await self.heard()
        except OSError as error:
            raise Ended("a process of the server has ended") from error
        finally:
            self._turn.release()

    async def heard(self) -> dict[str, Any]:
        """What it says next."""
        said = await self._frames.next()
        if said is None:
            raise Ended("a process of the server has ended")
        if said[0] == FAULT:
            raise read_fault(said[1])
        result: dict[str, Any] = json.loads(said[1])
        return result

    def kill(self) -> None:
        """End it at once."""
        if self.alive or (self._started and not self.gone()):  # else its number may be another's by now
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """End the link, and with it, soon, the process."""
        if self._closed:
            return
        self._closed = True
        _BURIED.add(self)
        if self._exchange and not self._exchange.done():
            # The event loop still watches it; the next link with its number would not be watched.
            with suppress(OSError):
                self._link.shutdown(socket.SHUT_RDWR)
            self._exchange.add_done_callback(lambda _: self._link.close())
        else:
            self._link.close()

    def gone(self) -> bool:
        """True once the process has been waited for, or is somebody else's to wait for."""
        if self._started:
            return self._started.poll() is not None
        try:
            return os.waitpid(self.pid, os.WNOHANG)[0] != 0
        except ChildProcessError:  # a grandchild: whoever inherited it waits for it
            return True


_BURIED: set[Process] = set()  # closed, and perhaps not yet ended


def bury() -> None:
    """Wait for the processes that have ended since they were closed."""
    for process in [p for p in _BURIED if p.gone()]:
        _BURIED.discard(process)


def bury_orphans() -> None:
    """Wait for all children that have ended, whoever started them; nobody else here may want their codes."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def unburied() -> int:
    """How many processes have been closed and are still there."""
    return len(_BURIED)


def start(module: str, *arguments: str) -> Process:
    """Start a module of this package as a process of its own, with a link as its first argument."""
    bury()
    ours, theirs = socket.socketpair()
    with theirs:
        descriptor = theirs.fileno()
        command = [sys.executable, "-P", "-m", f"reegraph.server.{module}", str(descriptor), *arguments]
        started = subprocess.Popen(  # noqa: S603 (our own module)
            command, stdin=subprocess.DEVNULL, pass_fds=[descriptor], start_new_session=True
        )
    return Process(ours, started.pid, started)


def forked(work: Callable[[socket.socket], None]) -> Process:
    """Fork a process that does a work with its end of a link; to be called while there is but one thread."""
    ours, theirs = socket.socketpair()
    if pid := os.fork():
        theirs.close()
        return Process(ours, pid)
    try:
        os.setsid()
        link = os.dup2(theirs.detach(), _FIRST)
        os.closerange(_FIRST + 1, ours.fileno() + 64)  # above all the address that is listened on
        work(socket.socket(fileno=link))
    finally:
        os._exit(1)
