"""A resource: one address, the methods it answers, and the one place where errors become responses."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from reegraph.errors import ReegraphError, StoreError
from reegraph.server.access import Rate
from reegraph.server.metrics import Metrics
from reegraph.server.protocol import discarded
from reegraph.server.refusal import forbidden, not_allowed
from reegraph.server.responses import failure, finished, preflight
from reegraph.server.wire import EngineFailed

_log = logging.getLogger(__name__)

_TOO_SLOW = 408
_TWO_LENGTHS = {"content-length", "transfer-encoding"}  # who relays it may see the request's end elsewhere
Handler = Callable[[Request], Awaitable[Response]]


class Versioned(Protocol):
    """What has a name for its present state."""

    @property
    def version(self) -> str:
        """The name."""


@dataclass(frozen=True)
class Resource:
    """An ASGI application for one address; GET answers HEAD too, `refused` has a reason by method."""

    data: Versioned
    methods: Mapping[str, Handler]
    refused: Mapping[str, str]
    where: str
    metrics: Metrics
    rate: Rate
    closing: bool = False  # is the connection closed after an answer?

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        watch = self.metrics.watched(scope, send, self.where)
        try:
            response = await self._responded(request)
            if response is None:
                return
            if response.status_code >= 400 and response.status_code != _TOO_SLOW:
                await discarded(request)
            response = await finished(response, request, self.data.version)
            if self.closing or set(request.headers) >= _TWO_LENGTHS:
                response.headers["Connection"] = "close"
            await response(scope, receive, watch)
        except ReegraphError as error:  # after the first part: the server breaks the connection
            self.metrics.broken += 1
            _log.warning("an answer broke off: %s", error)
        finally:
            watch.done()

    async def _responded(self, request: Request) -> Response | None:
        try:
            if request.method != "OPTIONS":  # a browser's preflight is no request of its user's
                self.rate.take((request.client or ("-",))[0])
            return await self._answered(request)
        except ClientDisconnect:
            return None
        except asyncio.CancelledError:  # only a stopping server cancels, after its patience is over
            return failure(StoreError("the server is stopping; try again later"), request)
        except EngineFailed as error:
            _log.error("the engine failed: %s", error)
            return failure(ReegraphError("the engine failed; the server's log says why"), request)
        except ReegraphError as error:
            return failure(error, request)
        except Exception:  # the outermost edge: the client learns that it failed, the log learns why
            _log.exception("%s %s failed", request.method, request.url.path)
            return failure(ReegraphError("the server failed; its log says why"), request)

    async def _answered(self, request: Request) -> Response:
        method = request.method
        handler = self.methods.get("GET" if method == "HEAD" else method)
        if handler:
            return await handler(request)
        if method == "OPTIONS":
            return preflight(self._allowed)
        if method in self.refused:
            raise forbidden(self.refused[method])
        raise not_allowed(method, self._allowed)

    @property
    def _allowed(self) -> str:
        return ", ".join([*self.methods, "OPTIONS"]).replace("GET", "GET, HEAD")
