"""Lending: connections that are accepted here and lent to readers, which answer plain queries on them.

Every connection stays open here too. What a reader does not answer comes back to the front's own HTTP; what a
reader leaves undone, because it has ended or takes long over one query, is lent to another; what a client is
slow to take of its answer is sent from here.
"""

from __future__ import annotations

import asyncio
import errno
import math
import os
import resource
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Final

from reegraph.errors import ReegraphError, StoreError
from reegraph.server import board as boards
from reegraph.server.answer import died, too_slow
from reegraph.server.board import LONGEST, Board
from reegraph.server.loan import Borrower, Lent, close
from reegraph.server.metrics import Metrics, access_log
from reegraph.server.plain import recognised
from reegraph.server.pool import AT_REST, Pool
from reegraph.server.spool import UNTAKEN, Spool
from reegraph.server.wire import BACK, BROKEN, CLOSED, DONE, FREE, LEND, REST, frame
from reegraph.server.wishes import Reading

Take = Callable[[socket.socket, bytes, ReegraphError | None], Awaitable[None]]

_TICK: Final = 0.03  # seconds; a query that two ticks meet keeps the other connections waiting too long
_LINGER: Final = 0.5  # seconds that a connection waits for a reader, before the front answers it
_BRIEF: Final = 0.06  # the same while all readers are at costly queries
_AT_ONCE: Final = 64  # connections accepted before other things have their turn
_SPARED: Final = 48  # descriptors that connections leave to other things
_PAUSE: Final = 0.02  # seconds without accepting when no descriptor is free
_COSTLY: Final = 0.15  # seconds after which queries of the same shape are taken to be costly too
_WARM: Final = 50  # so many times as long as its fork takes a reader to have its own copy of the data
_CALM: Final = 0.5  # seconds without a new reader when one has ended before its first request


class Lender:
    """Accepts on a socket and lends; `take` is given what readers do not answer.

    `room` is asked whether the front has room for a connection more, when it may have so many; `trusts`,
    whether an address is a proxy's that is believed whom it asks for.
    """

    def __init__(
        self,
        pool: Pool,
        version: str,
        listener: socket.socket,
        take: Take,
        room: Callable[[int], bool],
        trusts: Callable[[str], bool],
        metrics: Metrics,
    ) -> None:
        self._pool, self._listener, self._take, self._metrics = pool, listener, take, metrics
        self._reading = Reading(version, pool.bounds.seconds)
        self._readers: dict[Borrower, None] = {}  # the oldest first
        self._tasks: set[asyncio.Future[None]] = set()
        self._sending: set[asyncio.Future[None]] = set()
        self._coming = 0
        self._homeless: list[Lent] = []  # while no reader is open
        self._stopping = False
        self._calm_until = -math.inf
        self._loop = asyncio.get_running_loop()
        self._wanted = pool.bounds.workers
        self._room, self._trusts = room, trusts
        self._most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARED - 2 * self._wanted

    async def start(self) -> None:
        """Begin to accept."""
        await asyncio.gather(*(self._reader() for _ in range(self._wanted)))
        self._listener.setblocking(False)
        self._loop.add_reader(self._listener, self._accept)
        self._do(self._watch())

    async def stop(self, patience: float) -> None:
        """Accept no more; give queries under way so many seconds, and then refuse them."""
        self._stopping = True
        self._loop.remove_reader(self._listener)
        until = self._loop.time() + patience
        while self._loop.time() < until and any(r.board.current for r in self._readers):
            await asyncio.sleep(_TICK)
        for sending in self._sending:
            sending.cancel()
        while self._readers or self._homeless or len(self._tasks) > 1:
            for reader in self._readers:  # one may have been on its way
                self._retire(reader)  # without its keeper it cannot be killed
                reader.worker.kill()
            await asyncio.sleep(_TICK)
        for task in self._tasks:  # the watch
            task.cancel()

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            lent = sum(len(reader.lent) for reader in self._readers) + len(self._homeless)
            lent += 2 * len(self._sending)  # and the files of their spools
            try:
                if not self._room(self._most - lent):
                    raise OSError(errno.EMFILE, "no descriptor is left for it")
                link, address = self._listener.accept()
            except (BlockingIOError, ConnectionError):
                return
            except OSError:
                self._loop.remove_reader(self._listener)
                self._loop.call_later(_PAUSE, self._resume)
                return
            link.setblocking(False)
            with suppress(OSError):
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.lend(link, address[0])

    def _resume(self) -> None:
        if not self._stopping:
            self._loop.add_reader(self._listener, self._accept)

    @property
    def open(self) -> bool:
        """Is there a reader for one connection more?"""
        return any(not reader.closed for reader in self._readers) and not self._stopping

    def lend(self, link: socket.socket, client: str) -> None:
        """Lend a connection."""
        self._lend(Lent(link, client))

    def _lend(self, lent: Lent) -> None:
        open_ = [reader for reader in self._readers if not reader.closed]
        if open_ and not self._stopping:
            # The oldest, as many as can run at a time: each makes its own copy of the data that it touches.
            reader = min(open_[: os.cpu_count()], key=lambda r: len(r.lent))
            trusted = int(self._trusts(lent.client))
            message = frame(LEND, f"{lent.number} {trusted} {lent.client}".encode())
            with suppress(OSError):  # it has ended, or has more to read already than it can
                socket.send_fds(reader.worker.link, [message], [lent.link.fileno()])
                reader.lent[lent.number] = lent
                lent.since = math.inf
                return
        lent.since = min(lent.since, self._loop.time())
        hurried = self._pool.full and not self._coming and self._may_be_quick(lent)
        patience = _BRIEF if hurried else _LINGER
        if self._loop.time() - lent.since < patience and not self._stopping:
            self._homeless.append(lent)
        else:
            self._do(self._take(lent.link, b"", None))

    def _may_be_quick(self, lent: Lent) -> bool:
        """Is a query waiting on it that is not of a kind known to be costly?"""
        try:
            plain = recognised(lent.link.recv(LONGEST, socket.MSG_PEEK))
        except OSError:  # nothing has come yet
            return False
        return plain is None or not self._pool.is_costly(plain.query)

    async def _reader(self) -> None:
        """Have one more reader, and see to what it says until it ends."""
        self._coming += 1
        try:
            with boards.new() as file, access_log() as log:
                board = Board(file.fileno())
                board.wake()
                worker = await self._pool.forked(self._reading, file.fileno(), *log)
                reader = Borrower(worker, board)
            self._settle(reader)
        finally:
            self._coming -= 1

    def _settle(self, reader: Borrower) -> None:
        fullest = max(self._readers, key=lambda r: len(r.lent), default=reader)
        self._readers[reader] = None
        self._metrics.boards.add(reader.board)
        self._do(self._listen(reader))
        if len(fullest.lent) > 1 and not fullest.closed:  # it shares with the new one
            self._ask(fullest)

    def _ask(self, reader: Borrower) -> None:
        """Have a reader let go of all it has been lent; it is lent nothing more until it says so."""
        reader.closed = True
        try:
            reader.worker.link.send(frame(FREE))
        except OSError:  # it has been lent more already than its link holds
            self._retire(reader)

    async def _listen(self, reader: Borrower) -> None:
        while said := await reader.worker.frames.next():
            kind, payload = said
            number, _, request = payload.partition(b" ")
            if kind == FREE:
                self._freed(reader, int(number))
            elif kind == REST:
                self._spooled(reader.lent[int(number)], request)
            elif lent := reader.lent.pop(int(number), None):
                if kind == BACK:
                    self._do(self._take(lent.link, request, None))
                elif kind in {DONE, CLOSED} and lent.spool:
                    lent.closing = kind == CLOSED
                    lent.spool.end()
                elif kind in {CLOSED, BROKEN}:
                    self._broken(lent) if kind == BROKEN else close(lent.link)
        await self._lost(reader)

    async def _lost(self, reader: Borrower) -> None:
        """What a reader that has ended was at is refused; what else it had been lent goes to others."""
        self._readers.pop(reader, None)
        self._metrics.boards.discard(reader.board)
        self._metrics.absorb(reader.board)
        self._pool.occupy(-reader.slow)
        status = await self._pool.bury(reader.worker)
        current = reader.lent.pop(reader.board.current, None)
        if current is None and not reader.board.used:  # else it would be forked without end
            self._calm_until = self._loop.time() + _CALM
        await self._more()
        for lent in reader.lent.values():
            self._lend(lent)
        if current is None:
            return
        request = reader.board.request
        if reader.board.written or not request:
            self._broken(current)
        else:
            await self._take(current.link, request, self._reason(reader, status))

    def _reason(self, reader: Borrower, status: int) -> ReegraphError:
        if self._stopping:
            return StoreError("the server is stopping; try again later")
        return too_slow(self._reading.seconds) if reader.expired else died(status)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            for reader in list(self._readers):
                self._look_at(reader)
            homeless, self._homeless = self._homeless, []
            for lent in homeless:
                self._lend(lent)
            if self._lacking:
                self._do(self._more())

    def _look_at(self, reader: Borrower) -> None:
        if reader.lent:
            reader.used = time.monotonic()
        elif time.monotonic() - reader.used > AT_REST and not reader.closed and reader.board.used:
            self._retire(reader)  # with what it touched of the data it holds that a second time
        before, reader.serial = reader.serial, reader.board.serial
        if not reader.serial and reader.board.seconds > self._reading.silence / 2:
            reader.worker.kill()  # it is stopped
        if not reader.serial or reader.serial != before:
            return
        if reader.board.seconds > self._reading.seconds:
            reader.expired = True
            reader.worker.kill()
        elif not reader.slow:
            self._revoke(reader)
        elif self._is_left(reader):
            reader.worker.kill()
        elif reader.board.seconds > _COSTLY and (plain := recognised(reader.board.request)):
            self._pool.remember(plain.query)

    def _is_left(self, reader: Borrower) -> bool:
        """Has its client left a query that takes longer than a new reader would to be of use?"""
        if reader.board.seconds < _WARM * self._pool.fork_seconds:
            return False
        current = reader.lent.get(reader.board.current)
        return current is not None and current.left

    def _revoke(self, reader: Borrower) -> None:
        """Lend to others what waits for a reader that takes long.

        It looks at `revoked` after each request, before it reads another. So as long as it is at the same
        one after the word has been set, it reads from none of those others any more. What it said before
        that request has been heard by then: nothing it gave back is lent.
        """
        if reader.worker.speaks:
            return  # the next tick looks again
        if not reader.closed:
            self._ask(reader)
        reader.slow = True
        self._pool.occupy(1)
        reader.board.revoked = True
        time.sleep(0)  # a system call: the word is set before the next is read
        if reader.board.serial == reader.serial:
            self._part(reader, reader.board.current)

    def _part(self, reader: Borrower, current: int) -> None:
        """Lend to others all that a reader has but what it is at."""
        for lent in [lent for number, lent in reader.lent.items() if number != current]:
            del reader.lent[lent.number]
            self._lend(lent)

    def _freed(self, reader: Borrower, current: int) -> None:
        """A reader has let go of all but one connection."""
        self._pool.occupy(-reader.slow)
        reader.slow = reader.closed = False
        open_ = [r for r in self._readers if not r.closed]
        if len(open_) > self._pool.bounds.workers:
            self._retire(next(r for r in reversed(open_) if not r.slow))  # it has copied least
        self._part(reader, current)

    def _retire(self, reader: Borrower) -> None:
        """Have a reader end once it is over with its request."""
        reader.closed = True
        with suppress(OSError):
            reader.worker.link.shutdown(socket.SHUT_WR)

    @property
    def _lacking(self) -> bool:
        if self._stopping or self._loop.time() < self._calm_until:
            return False
        count = len(self._readers) + self._coming
        if all(reader.closed for reader in self._readers) and not self._coming:
            return count <= self._wanted  # one more for quick queries, though as many as may be take long
        return count < self._wanted and not self._pool.full

    async def _more(self) -> None:
        """See to it that there are readers enough, as far as there may be."""
        if self._lacking:
            with suppress(ReegraphError, OSError):  # the next tick tries again
                await self._reader()

    def _broken(self, lent: Lent) -> None:
        """Close a connection whose answer is not whole."""
        if lent.spool:  # who sends from it closes
            lent.spool.fail("the answer broke off")
        else:
            self._metrics.broken += 1
            close(lent.link)

    def _spooled(self, lent: Lent, part: bytes) -> None:
        """Keep some of an answer for a client that is slow to take it."""
        if not lent.spool:
            lent.spool = Spool()
            sending = asyncio.ensure_future(self._sent(lent, lent.spool))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
        lent.spool.put(part)

    async def _sent(self, lent: Lent, spool: Spool) -> None:
        """Send what is spooled, and lend the connection again."""
        try:
            async for part in spool.parts():
                async with asyncio.timeout(UNTAKEN):
                    await self._loop.sock_sendall(lent.link, part)
        except (OSError, ReegraphError):  # a TimeoutError too
            self._metrics.broken += 1
            close(lent.link)
        except asyncio.CancelledError:
            close(lent.link)
            raise
        else:
            lent.spool = None
            close(lent.link) if lent.closing else self._lend(lent)
        finally:
            spool.fail("over")
            spool.close()

    def _do(self, work: Coroutine[None, None, None] | Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
