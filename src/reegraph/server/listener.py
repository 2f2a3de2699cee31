"""Listening: the service on a host and port, until it is told to stop."""

from __future__ import annotations

import errno
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import Final

import uvicorn
from starlette.routing import BaseRoute

from reegraph.errors import UsageError
from reegraph.server.app import create_app
from reegraph.server.protocol import QUERY_LIMIT
from reegraph.snapshot import Snapshot
from reegraph.store import EmbeddedStore

Pages = Callable[[EmbeddedStore, str], Sequence[BaseRoute]]

_PATIENCE: Final = 3  # seconds that open requests get to end after a signal
_BACKLOG: Final = 2048


def run(snapshot: Snapshot, host: str, port: int, pages: Pages | None = None) -> None:
    """Serve a snapshot until SIGINT or SIGTERM; port 0 takes a free one. Says its address on stderr.

    `pages` gives the routes that are served beside the endpoint's own.

    Raises UsageError when the address cannot be listened on, SnapshotError when the file cannot be read.
    """
    with bound(host, port) as listener, suppress(KeyboardInterrupt):
        _interrupt_on_sigterm()
        store = EmbeddedStore.load(snapshot.quads)
        routes = pages(store, snapshot.version) if pages else ()
        app = create_app(store, version=snapshot.version, routes=routes)
        listener.listen(_BACKLOG)
        print(
            f"reegraph {snapshot.version} at {address(listener)}/sparql"
            f"{f', pages at {address(listener)}/' if pages else ''} (Ctrl-C stops)",
            file=sys.stderr,
            flush=True,
        )
        uvicorn.Server(configured(app)).run(sockets=[listener])


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


def configured(app: object) -> uvicorn.Config:
    """How uvicorn serves: quietly, since its access log would hold the text of every query."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # Starlette is one of the forms it takes
        lifespan="off",
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


def _interrupt_on_sigterm() -> None:
    """SIGTERM as KeyboardInterrupt, which `run` takes as the wish to stop (uvicorn re-raises signals)."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
