"""The front: uvicorn with the service's addresses, and readers beside it."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from reegraph.errors import ReegraphError, SnapshotError
from reegraph.server.app import Service
from reegraph.server.connection import Connection, Heads
from reegraph.server.plain import is_address
from reegraph.server.process import Process, bury_orphans
from reegraph.server.protocol import QUERY_LIMIT
from reegraph.server.refusal import Refusal, bad_request

if TYPE_CHECKING:
    from reegraph.server.lending import Lender

_PATIENCE: Final = 3  # seconds that open requests get to end after a signal
_WHOLE: Final = re.compile(rb"https?://([^/]*)(.*)", re.DOTALL | re.IGNORECASE)
_HOST: Final = re.compile(
    rb"(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+(?::\d{0,5})?|\[[0-9A-Fa-f:.]+\](?::\d{0,5})?", re.ASCII
)
_VERSIONS: Final = {None, "1.0", "1.1"}  # None where the server starts and stops
_AT_ONCE: Final = 8  # heads given up


class Server(uvicorn.Server):
    """uvicorn, which says once that it is ready, stops when the guard is gone, and has readers beside it."""

    def __init__(
        self, app: Starlette, said: Sequence[str] = (), alive: int = -1, keeper: Process | None = None
    ) -> None:
        self._heads = Heads()
        super().__init__(configured(app, self._heads))
        trusted = self.config.forwarded_allow_ips
        self._proxies = ProxyHeadersMiddleware(cast(Any, app), trusted).trusted_hosts
        self._service: Service = app.state.service
        self._said, self._alive, self._keeper = said, alive, keeper
        self._lender: Lender | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        engine = self._service.engine
        if self._keeper and engine.backend.pool:
            engine.backend.pool.adopt(self._keeper)
        try:
            await engine.start()
        except ReegraphError as error:
            print(f"reegraph: {error}", file=sys.stderr)
            raise SystemExit(SnapshotError.exit_code) from error
        pool = self._service.lends
        await super().startup(sockets=[] if pool else sockets)
        if pool and sockets:
            from reegraph.server.lending import Lender  # wants POSIX

            version, metrics = engine.version, self._service.metrics
            self._lender = Lender(pool, version, sockets[0], self._take, self._room, self._trusts, metrics)
            await self._lender.start()
        if self._said:
            print(*self._said, sep="\n", file=sys.stderr, flush=True)
        if self._alive >= 0:
            asyncio.get_running_loop().add_reader(self._alive, self._abandoned)
            # The children of keepers that have ended are children of this process, which has no others.
            asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, bury_orphans)
            bury_orphans()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._lender:
            await self._lender.stop(_PATIENCE)
        await super().shutdown(sockets=sockets)

    async def _take(self, link: socket.socket, read: bytes, error: ReegraphError | None) -> None:
        """Go on with a connection of which something has been read; with an error, that is the answer."""

        def protocol() -> asyncio.Protocol:
            state = self.lifespan.state
            owner = None if read or error else self._lender
            made = Connection(
                self.config, self.server_state, state, heads=self._heads, read=read, owner=owner
            )
            if error:
                made.app = self._service.refusing(error)
            return made

        await asyncio.get_running_loop().connect_accepted_socket(protocol, link)

    def _room(self, most: int) -> bool:
        """Are there fewer than so many connections? If not, those whose heads are the latest are given up."""
        if len(self.server_state.connections) < most:
            return True
        self._heads.expire(_AT_ONCE)
        return False

    def _trusts(self, client: str) -> bool:
        """Is it a proxy's address, so that uvicorn believes its X-Forwarded fields?"""
        return client in self._proxies

    def _abandoned(self) -> None:
        asyncio.get_running_loop().remove_reader(self._alive)
        self.should_exit = True


def configured(app: Starlette, heads: Heads) -> uvicorn.Config:
    """How uvicorn serves: quietly, since its access log would hold the text of every query."""
    service: Service = app.state.service

    async def by_path(scope: Scope, receive: Receive, send: Send) -> None:
        """The app, which knows paths: a target may be a whole address, whose host holds (RFC 9112 3.2.2)."""
        if scope.get("http_version") not in _VERSIONS:
            error = Refusal(505, "http-version", "this server speaks HTTP/1.1 and 1.0. Use one of these.")
            await service.refusing(error)(scope, receive, send)
            return
        if scope.get("client") and not is_address(scope["client"][0]):  # a proxy may say anything
            scope["client"] = ("-", 0)
        if whole := _WHOLE.fullmatch(scope.get("raw_path", b"")):
            scope["raw_path"] = whole[2] or b"/"
            scope["path"] = unquote(scope["raw_path"].decode("ascii"))
            scope["headers"] = [field for field in scope["headers"] if field[0] != b"host"]
            scope["headers"].append((b"host", whole[1]))
        hosts = (value for name, value in scope.get("headers", ()) if name == b"host")
        if not all(map(_HOST.fullmatch, hosts)):
            error = bad_request("the Host of the request is no host and port. Give the server's name.")
            await service.refusing(error)(scope, receive, send)
            return
        await app(scope, receive, send)

    return uvicorn.Config(
        by_path,
        http=partial(Connection, heads=heads),  # type: ignore[arg-type]  # called as the class would be
        lifespan="on",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=QUERY_LIMIT + 100_000,  # an address may hold a long query too
        timeout_graceful_shutdown=_PATIENCE,
    )
