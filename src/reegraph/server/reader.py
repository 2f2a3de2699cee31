"""A reader: a forked process that answers plain queries on connections the front has lent it.

It writes each answer to the client's own socket. Connections with anything but a plain query go back to the
front, with what has been read. It reads a request only when it answers it at once, so that whatever becomes
of this process, the other connections lose nothing: the front has them all, and lends them to another.
"""

from __future__ import annotations

import os
import resource
import select
import selectors
import signal
import socket
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from typing import Final

import pyoxigraph as ox

from reegraph.server.answering import Sink, answer
from reegraph.server.board import LINE, LONGEST, Board
from reegraph.server.copying import copy_ahead, put_together
from reegraph.server.headers import COMMON, caching, entity_tag, holds
from reegraph.server.plain import Plain, missing, recognised
from reegraph.server.question import Limits
from reegraph.server.wire import BACK, BROKEN, CLOSED, DONE, FREE, LEND, REST, frame, receive
from reegraph.server.wishes import Reading
from reegraph.server.words import is_volatile
from reegraph.server.worker import GRACE, confine, in_deep_stack

_KEPT: Final = 8 << 20  # bytes of answers that are kept
_MARKS: Final = 1 << 16
_LONGEST_KEPT: Final = 80_000  # bytes of one of them
_WAKING: Final = 0.0001  # seconds; a client that asks one thing after the other is answered a fifth sooner
_SLACK: Final = 5.0  # seconds that a clock, which costs a system call, is set ahead for
_WORKED: Final = 100, 0.5  # queries, or seconds, after which it is worth a copy of the data of its own
_LONG: Final = 10.0  # seconds of work after which it is worth having that in huge pages
_FOLLOWING: Final = 0.002  # seconds for a body to follow its head, in which there is nothing else to do here
_CALM: Final = 0.1  # seconds without that, after one that did not
_PATIENCE: Final = 0.5  # seconds that an answer's client may keep this process waiting
_OK: Final = b"HTTP/1.1 200 OK\r\n"
_UNCHANGED: Final = b"HTTP/1.1 304 Not Modified\r\n"


def read(dataset: ox.Store, descriptors: list[int], reading: Reading, limits: Limits) -> None:
    """Answer what comes on the connections lent over a link until that ends. Never returns.

    The descriptors are the link, the board and, if one is kept, the access log.
    """
    board = Board(descriptors[1])
    link, *log = confine([descriptors[0], *descriptors[2:]], limits, free=True)
    reader = _Reader(dataset, socket.socket(fileno=link), board, reading, limits, log)
    in_deep_stack(reader.run, limits.memory)
    os._exit(0)


@dataclass
class _Lent:
    """A connection: its number with the front, its socket, and who is at its other end.

    Where that is a proxy that the front trusts, it is believed whom it asks for.
    """

    number: int
    socket: socket.socket
    trusted: bool
    client: str
    heard: float  # when


class _Reader:
    def __init__(
        self,
        dataset: ox.Store,
        link: socket.socket,
        board: Board,
        reading: Reading,
        limits: Limits,
        log: list[int],
    ) -> None:
        self._dataset, self._link, self._board = dataset, link, board
        self._reading, self._limits, self._log = reading, limits, log
        self._files = resource.getrlimit(resource.RLIMIT_NOFILE)
        fields = {**COMMON, "X-Dataset-Version": reading.version}
        self._common = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
        self._selector = selectors.DefaultSelector()
        self._selector.register(link, selectors.EVENT_READ)
        self._kept: OrderedDict[bytes, tuple[bytes, Plain]] = OrderedDict()  # a dict seeks its first for long
        self._size, self._second, self._date = 0, 0, b""
        self._asked = bytearray(_MARKS)  # of requests asked before, by their hashes
        self._patience = _PATIENCE  # what is left of it; at 0 the front sends the rest of the answer
        self._computed, self._busy = 0, 0.0
        self._due = [put_together, copy_ahead]
        self._calm_until = 0.0
        self._swept = time.monotonic()
        self._wound = 0.0  # when the clock was last set that ends this process, should the front be gone
        time.localtime()  # for the log; it may open a file, which later it could not

    def run(self) -> None:
        """Read, until the link ends or it is time for a fresh process."""
        self._keep_shut()
        pause = min(self._reading.silence / 4, _SLACK)
        awake = time.monotonic()
        for _ in range(self._limits.requests):
            now = time.monotonic()
            self._wind(now)
            if now - self._swept > self._reading.silence / 4:
                self._sweep()
            self._busy += now - awake
            if self._due:
                self._copy()
            ready = self._soon() or self._selector.select(pause)
            awake = time.monotonic()
            self._board.wake()
            for key, _events in ready:
                if not (self._borrow() if key.data is None else self._readable(key.data)):
                    break  # what else was readable is no longer lent

    def _soon(self) -> list[tuple[selectors.SelectorKey, int]]:
        """What there is to read within the time that to sleep and be woken would cost."""
        until = time.monotonic() + _WAKING
        while not (ready := self._selector.select(0)) and time.monotonic() < until:
            os.sched_yield()  # to the client, perhaps
        return ready

    def _copy(self) -> None:
        """Have the data copied ahead once there has been work, and put together once there has been more."""
        worked = self._computed > _WORKED[0] or self._busy > _WORKED[1]
        if self._busy > _LONG or (worked and len(self._due) > 1):
            resource.setrlimit(resource.RLIMIT_NOFILE, self._files)
            self._due.pop()()
            self._keep_shut()

    def _keep_shut(self) -> None:
        """Allow no new descriptor, so that a query opens no file and no socket; poll() has 0."""
        resource.setrlimit(resource.RLIMIT_NOFILE, (1, self._files[1]))

    def _wind(self, now: float) -> None:
        """See to it that no query here goes on for long after its deadline when nobody is left to end it."""
        if now - self._wound > _SLACK:
            self._wound = now
            signal.setitimer(signal.ITIMER_REAL, self._reading.seconds + GRACE + 2 * _SLACK)

    def _sweep(self) -> None:
        """Close the connections of clients that have long been silent."""
        self._swept = time.monotonic()
        for key in list(self._selector.get_map().values()):
            if key.data is not None and self._swept - key.data.heard > self._reading.silence:
                self._return(key.data, CLOSED)

    def _borrow(self, but: _Lent | None = None) -> bool:
        """Take what the front lends; False when instead it has back all connections, but one."""
        resource.setrlimit(resource.RLIMIT_NOFILE, self._files)
        message = receive(self._link)
        self._keep_shut()
        if message is None:
            os._exit(0)
        if message[0] == LEND:
            number, trusted, client = message[1].decode().split(" ")
            link = socket.socket(fileno=message[2][0])
            lent = _Lent(int(number), link, trusted == "1", client, time.monotonic())
            self._selector.register(lent.socket, selectors.EVENT_READ, lent)
            return True
        for key in list(self._selector.get_map().values()):
            if key.data is not None and key.data is not but:
                self._drop(key.data)
        self._link.sendall(frame(FREE, b"%d " % (but.number if but else 0)))
        return False

    def _readable(self, lent: _Lent) -> bool:
        """Answer a request; False when meanwhile the front has had back all other connections."""
        try:
            request = self._received(lent)
        except BlockingIOError:
            return True
        except OSError:
            request = b""
        if not request:
            self._return(lent, CLOSED)
            self._board.end()
            return True
        lent.heard = time.monotonic()
        self._wind(lent.heard)
        self._patience = _PATIENCE
        try:
            closing = self._answer(lent, request)
            if closing or not self._patience:
                self._return(lent, CLOSED if closing else DONE)
        except BaseException:  # a panic of the engine is no Exception; the front asks another, and tells
            if self._board.written:  # a second answer would be taken for that to the next request
                self._return(lent, BROKEN)
            else:
                self._return(lent, BACK, request)
        self._board.end()
        if self._board.revoked:
            self._board.revoked = False
            while select.select([self._link], [], [], 0)[0]:  # what was lent before comes before the FREE
                if not self._borrow(but=lent):
                    return False
        return True

    def _received(self, lent: _Lent) -> bytes:
        """What has come, with the body that follows a head: most clients send it on its own."""
        request = lent.socket.recv(LONGEST + 1)
        self._board.begin(lent.number)
        self._board.hold(request)  # whoever ends this process, the front has it to answer
        if not missing(request, LONGEST):
            return request
        now = time.monotonic()
        until = now + _FOLLOWING if now > self._calm_until else 0
        while (lack := missing(request, LONGEST)) and now < until:
            try:
                part = lent.socket.recv(lack)
            except BlockingIOError:
                os.sched_yield()
                now = time.monotonic()
                continue
            if not part:  # it has ended; the front is to say so
                break
            request += part
        if lack:
            self._calm_until = now + _CALM
        self._board.hold(request)
        return request

    def _answer(self, lent: _Lent, request: bytes) -> bool:
        """Answer, or have the front do it; True when the client wants the connection closed after that."""
        kept = self._kept.get(request)
        plain = kept[1] if kept else recognised(request) if len(request) <= LONGEST else None
        if plain is None or (plain.wishes.proxied and not lent.trusted):
            self._return(lent, BACK, request)
            return False
        if kept:
            self._send(lent, plain, _OK, kept[0], hit=True)
        else:
            self._compute(lent, request, plain)
        return plain.wishes.closing

    def _compute(self, lent: _Lent, request: bytes, plain: Plain) -> None:
        lasting = not is_volatile(plain.query.text)
        tagged = lasting and plain.method == "GET"
        tag = entity_tag(self._reading.version, str(plain.query)) if tagged else ""
        fields = "".join(f"{name}: {value}\r\n" for name, value in caching(tag).items())
        if plain.wishes.closing:
            fields += "Connection: close\r\n"
        if tag and holds(tag, plain.wishes.if_none_match):
            self._send(lent, plain, _UNCHANGED, f"{fields}\r\n".encode())
            return
        begin = partial(self._begin if plain.wishes.chunks else _not_in_parts, lent)
        response = _Response(self._limits.result, plain.wishes.coding, fields, begin)
        answer(self._dataset, plain.query, response)
        rest = response.close()
        self._computed += 1
        if response.begun:
            self._write(lent, rest)
            self._count(lent, plain, 200, response.size)
            return
        self._send(lent, plain, _OK, rest)
        if lasting and len(rest) <= _LONGEST_KEPT:
            self._keep(request, rest, plain)

    def _begin(self, lent: _Lent, data: bytes | bytearray) -> None:
        """Send the next part of an answer that goes out as it is made."""
        if not self._board.written:
            data = _OK + self._common + self._dated() + data
        self._write(lent, data)

    def _send(self, lent: _Lent, plain: Plain, status: bytes, rest: bytes, *, hit: bool = False) -> None:
        self._write(lent, b"".join((status, self._common, self._dated(), rest)))
        body = len(rest) - rest.index(b"\r\n\r\n") - 4
        self._count(lent, plain, 200 if status is _OK else 304, body, hit=hit)

    def _write(self, lent: _Lent, data: bytes | bytearray) -> None:
        self._board.writing()
        left = memoryview(data)
        while left and self._patience:
            try:
                left = left[lent.socket.send(left) :]
            except BlockingIOError:
                started = time.monotonic()
                poll = select.poll()
                poll.register(lent.socket, select.POLLOUT)
                poll.poll(self._patience * 1000)
                self._patience = max(0, self._patience - (time.monotonic() - started))
        if left:
            self._link.sendall(frame(REST, b"%d " % lent.number + left))

    def _count(self, lent: _Lent, plain: Plain, status: int, size: int, *, hit: bool = False) -> None:
        milliseconds = self._board.count(plain.method, status, size, hit=hit)
        for log in self._log:
            now = time.time()
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
            client = plain.wishes.client or lent.client
            line = LINE % (client, plain.method, "/sparql", status, size, milliseconds)
            with suppress(OSError):  # a full disk
                os.write(log, f"{when},{now % 1 * 1000:03.0f} {line}\n".encode())

    def _dated(self) -> bytes:
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._date = f"Date: {formatdate(now, usegmt=True)}\r\n".encode()
        return self._date

    def _keep(self, request: bytes, rest: bytes, plain: Plain) -> None:
        """Keep an answer that has been asked for before: to keep each would cost more than it gains."""
        mark, place = divmod(hash(request) % (_MARKS << 8), _MARKS)
        if self._asked[place] != mark:
            self._asked[place] = mark
            return
        self._kept[request] = rest, plain
        self._size += len(request) + len(rest) + 500
        while self._size > _KEPT:
            old, (dropped, _) = self._kept.popitem(last=False)
            self._size -= len(old) + len(dropped) + 500

    def _return(self, lent: _Lent, kind: bytes, request: bytes = b"") -> None:
        self._drop(lent)
        self._link.sendall(frame(kind, b"%d " % lent.number + request))

    def _drop(self, lent: _Lent) -> None:
        self._selector.unregister(lent.socket)
        lent.socket.close()


def _not_in_parts(lent: _Lent, data: bytes | bytearray) -> None:
    """Have the front give an answer that would need to go out in parts: it knows how, for HTTP/1.0."""
    raise RuntimeError


class _Response(Sink):
    """A sink that makes an HTTP response: with its length when it is short, else in chunks as they come."""

    def __init__(self, limit: int, coding: str, fields: str, send: Callable[[bytearray], None]) -> None:
        super().__init__(limit, coding)
        self._fields, self._send, self._out = fields, send, bytearray()
        self.begun, self.size = False, 0

    def head(self, coding: str, whole: bool) -> None:
        """Write the rest of the head, unless the length is still to come."""
        self._fields += f"Content-Type: {self.media}{_CHARSET if self.media.startswith('text/') else ''}\r\n"
        if coding:
            self._fields += f"Content-Encoding: {coding}\r\n"
        self.begun = not whole
        if self.begun:
            self._out += f"{self._fields}Transfer-Encoding: chunked\r\n\r\n".encode()

    def part(self, data: bytes | bytearray) -> None:
        self.size += len(data)
        if self.begun:
            self._out += b"%x\r\n" % len(data)
        self._out += data
        if self.begun:
            self._out += b"\r\n"

    def push(self) -> None:
        out, self._out = self._out, bytearray()
        self._send(out)

    def close(self) -> bytes:
        """What is still to be sent, of a short answer all but the fields that every one has."""
        self.finish()
        if self.begun:
            return bytes(self._out) + b"0\r\n\r\n"
        return f"{self._fields}Content-Length: {len(self._out)}\r\n\r\n".encode() + self._out


_CHARSET: Final = "; charset=utf-8"
