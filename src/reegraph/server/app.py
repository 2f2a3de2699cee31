"""The addresses of the service: /sparql, /graphs, /health."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from reegraph.errors import QueryError
from reegraph.server.description import DESCRIBING, Census, census, described
from reegraph.server.engine import DatasetRead, Engine, GraphRead, Query, Question, serialise
from reegraph.server.formats import DATASETS, GRAPHS, SOLUTIONS, Form, wanted
from reegraph.server.protocol import READ_ONLY, format_named, parameters, read_query, values
from reegraph.server.refusal import Refusal, bad_request, forbidden, not_acceptable
from reegraph.server.resource import Resource
from reegraph.server.responses import content, entity_tag, holds, not_modified
from reegraph.server.words import is_update, is_volatile
from reegraph.store import EmbeddedStore

_WRITING: Final = ("PUT", "POST", "DELETE", "PATCH")


def create_app(store: EmbeddedStore, *, version: str = "", routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The service over a store that nobody writes to while it is served.

    `version` names the data (header X-Dataset-Version, and part of each entity tag); without one,
    a fresh random name is taken. `routes` are served beside its own addresses.
    """
    version = version or secrets.token_hex(6)
    service = _Service(Engine(store), census(store.dataset), version)
    read_only = dict.fromkeys(_WRITING, f"writing is refused: {READ_ONLY}")
    return Starlette(
        routes=[
            Route("/sparql", Resource(version, {"GET": service.query, "POST": service.query})),
            Route("/graphs", Resource(version, {"GET": service.graph}, read_only)),
            Route("/health", Resource(version, {"GET": service.health})),
            *routes,
            Route("/{path:path}", Resource(version, dict.fromkeys(("GET", *_WRITING), _nowhere))),
        ]
    )


@dataclass(frozen=True)
class _Service:
    """The handlers, and what they share."""

    engine: Engine
    held: Census
    version: str

    async def query(self, request: Request) -> Response:
        """The answer to a query, or without one the service description."""
        asked = await read_query(request)
        if asked is None:
            return self._description(request)
        accept = _accept(request)
        solutions, graph = wanted(SOLUTIONS, accept, asked.format), wanted(GRAPHS, accept, asked.format)
        if not solutions and not graph:
            raise not_acceptable("an answer is given", (form.media for form in SOLUTIONS + GRAPHS))
        question = Query(asked.text, asked.default_graphs, asked.named_graphs, solutions, graph)
        tag = "" if request.method == "POST" or is_volatile(asked.text) else self._tag(question)
        if tag and holds(tag, request):
            return not_modified(tag)
        try:
            answer = await self.engine.answer(question)
        except QueryError as error:
            if is_update(asked.text):
                raise forbidden(f"an update is refused: {READ_ONLY}") from error
            raise
        return content(answer.body, answer.media, tag)

    async def graph(self, request: Request) -> Response:
        """The triples of ?graph=IRI or ?default, or all graphs without either (Graph Store Protocol)."""
        fields = parameters(request)
        names, default = values(fields, "graph"), values(fields, "default")
        if len(names) + len(default) > 1:
            raise bad_request("several graphs are named; give ?default or one ?graph=IRI")
        whole = not names and not default
        form = _form(
            DATASETS if whole else GRAPHS, request, "a dataset is given" if whole else "a graph is given"
        )
        question = DatasetRead(form) if whole else GraphRead(names[0] if names else None, form)
        tag = self._tag(question)
        if holds(tag, request):
            return not_modified(tag)
        answer = await self.engine.answer(question)
        return content(answer.body, answer.media, tag)

    async def health(self, request: Request) -> Response:
        """200 once data are loaded, with the version and how many triples the default graph holds."""
        state = {"status": "ok", "version": self.version, "triples": self.held.default}
        return content(json.dumps(state).encode() + b"\n", "application/json")

    def _description(self, request: Request) -> Response:
        form = _form(GRAPHS, request, "a service description is given")
        endpoint = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
        triples = described(endpoint, self.held)
        tag = entity_tag(self.version, endpoint, form.media)
        return (
            not_modified(tag)
            if holds(tag, request)
            else content(serialise(triples, form, DESCRIBING), form.media, tag)
        )

    def _tag(self, question: Question) -> str:
        return entity_tag(self.version, repr(question))


def _accept(request: Request) -> str:
    return ", ".join(request.headers.getlist("accept"))


def _form(offered: Sequence[Form], request: Request, what: str) -> Form:
    form = wanted(offered, _accept(request), format_named(parameters(request)))
    if form is None:
        raise not_acceptable(what, (form.media for form in offered))
    return form


async def _nowhere(request: Request) -> Response:
    raise Refusal(
        404, "not-found", f"nothing is at {request.url.path}; there are /sparql, /graphs and /health"
    )
