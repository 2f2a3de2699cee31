"""Listening: the service on a host and port, until it is told to stop."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from reegraph.errors import UsageError
from reegraph.server.access import Policy
from reegraph.server.backend import Options, Source
from reegraph.server.engine import FORKS
from reegraph.server.guard import adopt_orphans, guarded
from reegraph.server.process import forked
from reegraph.snapshot import Snapshot
from reegraph.store import EmbeddedStore

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

_BACKLOG: Final = 2048
_FILES: Final = 65_536  # descriptors, where they may be had


def run(
    data: Snapshot | Source,
    host: str,
    port: int,
    *,
    options: Options | None = None,
    policy: Policy | None = None,
    name: str = "",
    pages: Callable[[], Sequence[BaseRoute]] | None = None,
    page_of: Callable[[str, str], str] | None = None,
) -> None:
    """Serve a snapshot, or other data, until SIGINT or SIGTERM; port 0 takes a free one.

    Says its address on stderr once the data are loaded; `name` is what it says there of other data. `pages`,
    called while the data are loaded, gives the routes beside the endpoint's own, and `page_of` the address of
    the page about an IRI for an Accept-Language. Raises UsageError when the address cannot be listened on,
    SystemExit when the data cannot be loaded.
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
            keeper = None
            if isinstance(data, Snapshot) and FORKS:
                from reegraph.server.keeper import keep  # wants POSIX

                quads = data.quads
                keeper = forked(lambda link: keep(EmbeddedStore.load(quads).dataset, link))
            # The web stack is loaded after that: who holds the data does without it.
            from reegraph.server.app import create_app
            from reegraph.server.front import Server

            routes = pages() if pages else ()
            app = create_app(
                source, version=version, options=options, policy=policy, routes=routes, page_of=page_of
            )
            Server(app, said, alive, keeper).run(sockets=[listener])

        if FORKS:
            guarded(front)
        else:
            with suppress(KeyboardInterrupt):
                front()


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


def _refused(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        remedy = "is in use: stop what listens there, or give another --port (0 takes a free one)."
    elif error.errno == errno.EACCES:
        remedy = "is not for this user to listen on: give a --port above 1023."
    else:
        remedy = f"cannot be listened on: {error.strerror}. Give another --host or --port."
    return f"{host} port {port} {remedy}"
