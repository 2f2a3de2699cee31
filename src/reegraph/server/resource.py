"""A resource: one address, the methods it answers, and the one place where errors become responses."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from reegraph.errors import ReegraphError, StoreError
from reegraph.server.refusal import forbidden, not_allowed
from reegraph.server.responses import failure, finished, preflight

_log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Resource:
    """An ASGI application for one address; GET answers HEAD too, `refused` has a reason by method."""

    version: str
    methods: Mapping[str, Handler]
    refused: Mapping[str, str] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answered(request)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:  # only a stopping server cancels, after its patience is over
            response = failure(StoreError("the server is stopping; try again later"), request)
        except ReegraphError as error:
            response = failure(error, request)
        except Exception:  # the outermost edge: the client learns that it failed, the log learns why
            _log.exception("%s %s failed", request.method, request.url.path)
            response = failure(ReegraphError("the server failed; its log says why"), request)
        response = await finished(response, request, self.version)
        await response(scope, receive, send)

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
