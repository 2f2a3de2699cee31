"""The site over the real graph, asked in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import httpx

from reegraph.build import fresh_snapshot
from reegraph.folders import project_root
from reegraph.server import create_app
from reegraph.store import EmbeddedStore
from reegraph.web import site_routes, store_of_pages
from reegraph.web.assets import Assets
from reegraph.web.site import Site

TODAY = date(2026, 11, 22)


class Client:
    """GET on the application, redirects not followed."""

    def __init__(self, articles: Path | None = None, assets: Assets | None = None) -> None:
        snapshot = fresh_snapshot()
        self.store = EmbeddedStore.load(snapshot.quads)
        routes = site_routes(
            lambda: store_of_pages(snapshot),
            version=snapshot.version,
            articles=articles,
            today=lambda: TODAY,
            warm=False,
            assets=assets,
        )
        self.app = create_app(self.store, version=snapshot.version, routes=routes)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://test", trust_env=False
            ) as client:
                # A page as a browser asks for it, CSV as a program does, which has no byte order mark.
                accept = "*/*" if path.partition("?")[0].endswith(".csv") else "text/html"
                return await client.get(path, headers={"Accept": accept, **(headers or {})})

        return asyncio.run(call())


@cache
def client() -> Client:
    """One client for all tests: the graph is only read."""
    return Client()


@cache
def site() -> Site:
    """The same graph as the pages see it."""
    return Site(lambda: store_of_pages(fresh_snapshot()), project_root())
