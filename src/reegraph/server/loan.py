"""A loan: a connection that the front has accepted, and a reader that it is lent to, as the front sees it."""

from __future__ import annotations

import math
import socket
import time
from contextlib import suppress
from itertools import count
from typing import Final

from reegraph.server.answer import Worker
from reegraph.server.board import Board
from reegraph.server.spool import Spool

_NUMBERS: Final = count(1)


class Lent:
    """A connection under a number."""

    def __init__(self, link: socket.socket, client: str) -> None:
        self.number, self.link, self.client = next(_NUMBERS), link, client
        self.since = math.inf  # when it was first without a reader
        self.spool: Spool | None = None  # what is sent from here
        self.closing = False  # after that

    @property
    def left(self) -> bool:
        """Has the client closed it?"""
        try:
            return not self.link.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True


class Borrower:
    """A reader and what it has been lent.

    It is `slow` while it is at a query that takes long, and `closed` to more connections until it has said
    that it is free.
    """

    def __init__(self, worker: Worker, board: Board) -> None:
        self.worker, self.board = worker, board
        self.lent: dict[int, Lent] = {}
        self.used = time.monotonic()  # when it last had a connection
        self.serial = 0
        self.slow = self.closed = self.expired = False


def close(link: socket.socket) -> None:
    """Close a connection, and for its client too: a reader that takes long may have it still."""
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
    link.close()
