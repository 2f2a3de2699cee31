"""Listening: the service on a host and port, until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from reegraph.errors import ReegraphError, SnapshotError, UsageError
from reegraph.server.app import Policy, Service, create_app
from reegraph.server.backend import Options, Source
from reegraph.server.connection import Connection, Heads
from reegraph.server.engine import FORKS
from reegraph.server.guard import adopt_orphans, guarded
from reegraph.server.process import Process, forked
from reegraph.server.protocol import QUERY_LIMIT
from reegraph.snapshot import Snapshot
from reegraph.store import EmbeddedStore

if TYPE_CHECKING:
    from reegraph.server.lending import Lender

Pages = Callable[[], Callable[[EmbeddedStore, str], Sequence[BaseRoute]]]

_PATIENCE: Final = 3  # seconds that open requests get to end after a signal
_BACKLOG: Final = 2048
_FILES: Final = 65_536  # descriptors, where they may be had
_WHOLE: Final = re.compile(r"https?://[^/]*(.*)", re.DOTALL | re.IGNORECASE)
_AT_ONCE: Final = 8  # heads given up


def run(
    data: Snapshot | Source,
    host: str,
    port: int,
    *,
    options: Options | None = None,
    policy: Policy | None = None,
    name: str = "",
    pages: Pages | None = None,
) -> None:
    """Serve a snapshot, or other data, until SIGINT or SIGTERM; port 0 takes a free one.

    Says its address on stderr once the data are loaded; `name` is what it says there of other data. `pages`,
    called while the data are loaded, gives what makes the routes beside the endpoint's own. Raises UsageError
    when the address cannot be listened on, SystemExit when the data cannot be loaded.
    """
    if isinstance(data, Snapshot):
        source, version = Source(path=str(data.quads)), data.version
    else:
        source, version = data, ""
    with bound(host, port) as listener:
        listener.listen(_BACKLOG)
        shown = f", pages at {address(listener)}/" if pages else ""
        told = f"reegraph {version or name} at {address(listener)}/sparql{shown} (Ctrl-C stops)"
        said: list[str] = [told if FORKS else f"{told}; without isolation: this system cannot fork"]

        def front(alive: int = -1) -> None:
            adopt_orphans()
            _raise_files()
            routes: Sequence[BaseRoute] = ()
            keeper = None
            if isinstance(data, Snapshot):
                with ThreadPoolExecutor(1) as aside:  # the data are loaded while the web stack is
                    loading = aside.submit(EmbeddedStore.load, data.quads)
                    routes_over = pages() if pages else None
                store = loading.result()
                if FORKS:
                    from reegraph.server.keeper import keep  # wants POSIX

                    keeper = forked(lambda link: keep(store.dataset, link))
                routes = routes_over(store, version) if routes_over else ()
            app = create_app(source, version=version, options=options, policy=policy, routes=routes)
            Server(app, said, alive, keeper).run(sockets=[listener])

        if FORKS:
            guarded(front)
        else:
            with suppress(KeyboardInterrupt):
                front()


class Server(uvicorn.Server):
    """uvicorn, which says once that it is ready, stops when the guard is gone, and has readers beside it."""

    def __init__(
        self, app: Starlette, said: Sequence[str] = (), alive: int = -1, keeper: Process | None = None
    ) -> None:
        self._heads = Heads()
        super().__init__(configured(app, self._heads))
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
            self._lender = Lender(pool, version, sockets[0], self._take, self._room, metrics)
            await self._lender.start()
        if self._said:
            print(*self._said, sep="\n", file=sys.stderr, flush=True)
        if self._alive >= 0:
            asyncio.get_running_loop().add_reader(self._alive, self._abandoned)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._lender:
            await self._lender.stop(_PATIENCE)
        await super().shutdown(sockets=sockets)

    async def _take(self, link: socket.socket, read: bytes, error: ReegraphError | None) -> None:
        """Go on with a connection of which something has been read; with an error, that is the answer."""

        def protocol() -> asyncio.Protocol:
            state = self.lifespan.state
            made = Connection(self.config, self.server_state, state, heads=self._heads, read=read)
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

    def _abandoned(self) -> None:
        asyncio.get_running_loop().remove_reader(self._alive)
        self.should_exit = True


def _raise_files() -> None:
    """Have as many descriptors as there may be: a connection takes one here, and one in a reader."""
    if FORKS:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def bound(host: str, port: int) -> socket.socket:
    """A socket bound to host and port; UsageError with the remedy when it cannot be."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(
            f"{host}: no address to listen on: {error.strerror}. Give --host 127.0.0.1."
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
    except OSError as error:
        listener.close()
        raise UsageError(_refused(host, port, error)) from error
    return listener


def address(listener: socket.socket) -> str:
    """The URL of a bound socket, without a path."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def configured(app: ASGIApp, heads: Heads) -> uvicorn.Config:
    """How uvicorn serves: quietly, since its access log would hold the text of every query."""

    async def by_path(scope: Scope, receive: Receive, send: Send) -> None:
        """The app, which knows paths: a target may be a whole address (RFC 9112 3.2.2)."""
        if whole := _WHOLE.match(scope.get("path", "")):
            scope["path"] = whole[1] or "/"
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


def _refused(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        remedy = "is in use: stop what listens there, or give another --port (0 takes a free one)."
    elif error.errno == errno.EACCES:
        remedy = "is not for this user to listen on: give a --port above 1023."
    else:
        remedy = f"cannot be listened on: {error.strerror}. Give another --host or --port."
    return f"{host} port {port} {remedy}"
