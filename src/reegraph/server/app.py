"""The addresses of the service: /sparql, /graphs, /id, /ontology, /health, /metrics."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from reegraph.errors import QueryError, ReegraphError
from reegraph.server import packing
from reegraph.server.access import Policy, Rate
from reegraph.server.backend import Options, Reply, Source
from reegraph.server.description import DESCRIBING, Census, described
from reegraph.server.engine import Engine
from reegraph.server.formats import DATASETS, GRAPHS, SOLUTIONS, Form, wanted
from reegraph.server.graphs import Target, address, deleted, target, written
from reegraph.server.headers import entity_tag, holds
from reegraph.server.metrics import Metrics
from reegraph.server.protocol import UpdateRequest, format_named, parameters, read_request
from reegraph.server.question import Change, DatasetRead, GraphRead, Job, Query, Question, ThingRead, Update
from reegraph.server.refusal import Refusal, bad_request, forbidden, not_acceptable
from reegraph.server.resource import Handler, Resource
from reegraph.server.responses import (
    content,
    elsewhere,
    field_of,
    matches,
    no_content,
    not_modified,
    prefers_pages,
    serialised,
    streamed,
    wants_none,
)
from reegraph.server.words import is_update, is_volatile
from reegraph.store import EmbeddedStore
from reegraph.terms import BASE, GRAPH, ID

if TYPE_CHECKING:
    from reegraph.server.pool import Pool

_WRITING: Final = ("PUT", "POST", "DELETE", "PATCH")
_STILL_LOADING: Final = 2.0  # seconds that /health waits for the counts
PageOf = Callable[[str, str], str]
T = TypeVar("T")


def create_app(
    data: EmbeddedStore | Source,
    *,
    version: str = "",
    options: Options | None = None,
    policy: Policy | None = None,
    routes: Sequence[BaseRoute] = (),
    page_of: PageOf | None = None,
) -> Starlette:
    """The service over a store that nobody else writes to while it is served, or over another source of data.

    `version` names the data (header X-Dataset-Version, and part of each entity tag); without one,
    a fresh random name is taken. `routes` are served beside its own addresses; `page_of` gives the address
    of the page about an IRI, to which who prefers HTML is sent, in the language that Accept-Language wants.
    """
    source = Source(store=data) if isinstance(data, EmbeddedStore) else data
    policy = policy or Policy()
    metrics, rate = Metrics(), Rate(policy.rate)
    service = Service(
        Engine(source, options, version), policy, source.writable, metrics, page_of, source.name
    )

    def at(
        path: str, where: str, methods: dict[str, Handler], refused: Sequence[str] = (), rate: Rate = rate
    ) -> Route:
        reasons = dict.fromkeys(refused, f"writing is refused: {policy.read_only}")
        return Route(path, Resource(service.engine, methods, reasons, where, metrics, rate))

    async def figures(request: Request) -> Response:
        whole = metrics.whole()
        hits = service.engine.hits + whole.hits
        more = {**service.engine.backend.figures(), "cache_hits_total": hits}
        return content(whole.text(more).encode(), "text/plain; version=0.0.4; charset=utf-8")

    reading: dict[str, Handler] = {"GET": service.graph}
    writing: dict[str, Handler] = {"PUT": service.write, "POST": service.write, "DELETE": service.delete}
    graphs, refused = (reading | writing, ()) if source.writable else (reading, _WRITING)
    query: dict[str, Handler] = {"GET": service.query, "POST": service.query}
    thing: dict[str, Handler] = {"GET": service.thing}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await service.engine.start()
        try:
            yield
        finally:
            await service.engine.close()

    app = Starlette(
        routes=[
            at("/sparql", "/sparql", query),
            at("/sparql/", "/sparql", query),
            at("/graphs", "/graphs", graphs, refused),
            at("/graphs/{name:path}", "/graphs", graphs, refused),
            at("/id/{name:path}", "/id", thing),
            at("/ontology", "/ontology", thing),
            at("/health", "/health", {"GET": service.health}, rate=Rate()),
            at("/metrics", "/metrics", {"GET": figures}, rate=Rate()),
            *routes,
        ],
        lifespan=lifespan,
    )
    app.router.default = at("/", "other", dict.fromkeys(("GET", *_WRITING), _nowhere)).app
    app.state.engine, app.state.service = service.engine, service
    return app


@dataclass(frozen=True)
class Service:
    """The handlers, and what they share."""

    engine: Engine
    policy: Policy
    writable: bool
    metrics: Metrics
    page_of: PageOf | None = None
    name: str = ""

    @property
    def lends(self) -> Pool | None:
        """The pool whose readers may answer beside the front: not where a rate or changes are watched."""
        if self.writable or self.policy.rate or self.engine.options.allow_service:
            return None
        return self.engine.backend.pool

    def refusing(self, error: ReegraphError) -> Resource:
        """What answers every request by an error, and closes the connection."""

        async def refused(request: Request) -> Response:
            raise error

        every = dict.fromkeys(("GET", "OPTIONS", *_WRITING), refused)
        return Resource(self.engine, every, {}, "/sparql", self.metrics, Rate(), closing=True)

    async def query(self, request: Request) -> Response:
        """The answer to a query or update, or without one the service description."""
        services = self.engine.options.allow_service
        asked = await read_request(request, services=services, writable=self.writable)
        if asked is None:
            return await self._description(request)
        if isinstance(asked, UpdateRequest):
            change = Update(asked.text, asked.using, asked.using_named, address(request))
            await self._change(request, change)
            return no_content()
        accept = field_of(request, "accept")
        solutions, graph = wanted(SOLUTIONS, accept, asked.format), wanted(GRAPHS, accept, asked.format)
        if not solutions and not graph:
            raise not_acceptable("an answer is given", (form.media for form in SOLUTIONS + GRAPHS))
        base = address(request)
        question = Query(asked.text, asked.default_graphs, asked.named_graphs, solutions, graph, base)
        lasting = request.method != "POST" and not is_volatile(asked.text)
        try:
            return await self._answered(request, question, lasting=lasting, seconds=asked.seconds)
        except QueryError as error:
            if not is_update(asked.text):
                raise
            if self.writable:
                reason = "this is an update: send it as update=, or as application/sparql-update"
                raise bad_request(reason) from error
            raise forbidden(f"an update is refused: {self.policy.read_only}") from error

    async def graph(self, request: Request) -> Response:
        """The triples of ?graph=IRI or ?default, or all graphs without either (Graph Store Protocol)."""
        aim = target(request, "" if self.writable else GRAPH)
        offered = DATASETS if aim.whole else GRAPHS
        form = _form(offered, request, "a dataset is given" if aim.whole else "a graph is given")
        return await self._answered(request, DatasetRead(form) if aim.whole else GraphRead(aim.graph, form))

    async def write(self, request: Request) -> Response:
        """A graph put in place of another (PUT) or added to it (POST)."""
        self._may_write(request)
        aim = target(request)
        change, fresh = await written(request, aim, replace=request.method == "PUT")
        made = await self._change(request, change, aim)
        if not made.get("created"):
            return no_content()
        return Response(status_code=201, headers={"Location": fresh} if fresh else {})

    async def delete(self, request: Request) -> Response:
        """A graph removed, or the default graph emptied."""
        aim = target(request)
        await self._change(request, deleted(aim), aim)
        return no_content()

    async def thing(self, request: Request) -> Response:
        """The triples that describe /id/<kind>/<slug>, or the ontology; for who prefers HTML, their page."""
        name = request.path_params.get("name")
        if self.page_of and prefers_pages(request):
            iri = f"{BASE}ontology" if name is None else ID + name
            if page := self.page_of(iri, field_of(request, "accept-language")):
                return elsewhere(page)
        form = _form(GRAPHS, request, "a description is given")
        if name is None:
            return await self._answered(request, GraphRead(f"{GRAPH}ontology", form))
        return await self._answered(request, ThingRead(ID + name, form))

    async def health(self, request: Request) -> Response:
        """200 once data are loaded, with the version and how many triples the default graph holds."""
        await self.engine.start()
        triples = None  # not yet counted
        with suppress(TimeoutError, ReegraphError):
            async with asyncio.timeout(_STILL_LOADING):
                triples = (await self.engine.census())["default"]
        state = {"status": "ok", "version": self.engine.version, "triples": triples}
        return content(json.dumps(state).encode() + b"\n", "application/json")

    async def _answered(
        self, request: Request, question: Question, *, lasting: bool = True, seconds: float = 0
    ) -> Response:
        tag = entity_tag(self.engine.version, str(question)) if lasting else ""
        if tag and matches(tag, request):
            return not_modified(tag)
        job = Job(question, seconds, packing.wanted(field_of(request, "accept-encoding")))
        reply: Reply | None = self.engine.kept(job)
        if reply is None:
            reply = await _unless_gone(request, self.engine.answer(job))
        if tag and wants_none(request):
            if not reply.whole:
                await reply.close()
            return not_modified(tag)
        return await streamed(reply, tag, request)

    async def _change(self, request: Request, change: Change, aim: Target | None = None) -> dict[str, Any]:
        self._may_write(request)
        if not aim or aim.whole or not {"if-match", "if-none-match"} & set(request.headers):
            return await self.engine.change(change)
        return await self.engine.change(change, lambda: self._allowed_by(request, aim.graph))

    async def _allowed_by(self, request: Request, graph: str | None) -> None:
        """Refusal (412) unless the state of a graph is as If-Match and If-None-Match want it.

        Tags are compared weakly for both: that of a graph names its triples, not their order.
        """
        there = graph is None or graph in (await self.engine.census())["named"]
        tags = (
            [entity_tag(self.engine.version, str(GraphRead(graph, form))) for form in GRAPHS] if there else []
        )
        for name, as_given in (("if-match", True), ("if-none-match", False)):
            given = field_of(request, name)
            found = there if given.strip() == "*" else any(holds(tag, given) for tag in tags)
            if given and found is not as_given:
                raise Refusal(412, "precondition-failed", f"the graph is not as {name.title()} wants it")

    def _may_write(self, request: Request) -> None:
        if not self.writable:
            raise forbidden(f"an update is refused: {self.policy.read_only}")
        if self.policy.tokens:
            self.policy.tokens.holder(request.headers.get("authorization", ""))

    async def _description(self, request: Request) -> Response:
        form = _form(GRAPHS, request, "a service description is given")
        endpoint = address(request)
        held = await self.engine.census()
        counts = Census(held["default"], held["named"])
        version = self.engine.version
        triples = described(endpoint, counts, writable=self.writable, version=version, name=self.name)
        tag = entity_tag(self.engine.version, endpoint, form.media)
        if matches(tag, request) or wants_none(request):
            return not_modified(tag)
        return content(serialised(triples, form, DESCRIBING), form.media, tag)


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Reply]) -> Reply:
    """What comes of the work, which ends when the client goes away first (ClientDisconnect)."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        leaving.cancel()
        working.cancel()
        if not working.done():
            with suppress(asyncio.CancelledError, ReegraphError):
                await working


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _form(offered: Sequence[Form], request: Request, what: str) -> Form:
    form = wanted(offered, field_of(request, "accept"), format_named(parameters(request)))
    if form is None:
        raise not_acceptable(what, (form.media for form in offered))
    return form


async def _nowhere(request: Request) -> Response:
    raise Refusal(
        404,
        "not-found",
        f"nothing is at {request.url.path}; there are /sparql, /graphs, /id, /ontology, /health and /metrics",
    )
