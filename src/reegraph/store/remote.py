"""Any SPARQL 1.1 service, reached through SPARQLWrapper."""

from __future__ import annotations

import ast
import contextlib
import json
import re
import socket
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urljoin

import pyoxigraph as ox
from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import (
    EndPointInternalError,
    EndPointNotFound,
    QueryBadFormed,
    SPARQLWrapperException,
    Unauthorized,
)

from reegraph.errors import QueryError, StoreError, UsageError
from reegraph.store.protocol import Solutions, Store
from reegraph.terms import prologue

_PLACE = re.compile(r"line (\d+), column (\d+)")
# SPARQLWrapper reads the query's form off its words, those of comments too; lines keep their numbers.
_COMMENT = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
_RESULTS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8"


class RemoteStore(Store):
    """The dataset behind a query URL; see Store for what its methods promise.

    `graphs` is the Graph Store Protocol URL, by default ``graphs`` beside the query URL; `update_url`
    is where updates go, by default the query URL. `token` is sent as a bearer token.
    """

    def __init__(
        self, url: str, *, update_url: str = "", graphs: str = "", token: str = "", timeout: int = 30
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"{url!r} is not an http or https address of a SPARQL service")
        self.url = url
        self.update_url = update_url or url
        self.graphs = graphs or urljoin(url, "graphs")
        self._token = token
        self._timeout = timeout

    def query(self, query: str) -> Solutions | bool | list[ox.Triple]:
        wrapper = self._wrapper(self.url, query)
        graph = wrapper.queryType in {"CONSTRUCT", "DESCRIBE"}
        wrapper.addCustomHttpHeader("Accept", _TRIPLES if graph else _RESULTS)
        body, media = self._send(wrapper)
        if graph:
            return [q.triple for q in self._parsed(body, media)]
        return self._results(body, media)

    def update(self, update: str) -> None:
        self._send(self._wrapper(self.update_url, update))

    def read_graph(self, graph: str | None) -> list[ox.Triple]:
        body, media = self._graph_request(graph, "GET", None)
        return [q.triple for q in self._parsed(body, media)]

    def write_graph(self, graph: str | None, triples: Iterable[ox.Triple]) -> None:
        body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        assert body is not None  # no output was given to write to
        self._graph_request(graph, "PUT", body)

    def close(self) -> None:
        """Nothing is held between calls."""

    def _wrapper(self, url: str, text: str) -> SPARQLWrapper:
        wrapper = SPARQLWrapper(url, agent="reegraph")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a text that is no query; the service says why
            wrapper.setQuery(prologue() + _COMMENT.sub("", text))
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)  # else it adds format=xml, which services put before the Accept header
        wrapper.setTimeout(self._timeout)
        if self._token:
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {self._token}")
        return wrapper

    def _send(self, wrapper: SPARQLWrapper) -> tuple[bytes, str]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # SPARQLWrapper warns of media types that we check ourselves
                response = wrapper.query().response
            with response:
                return response.read(), response.headers.get("Content-Type", "").partition(";")[0]
        except QueryBadFormed as error:
            raise self._query_error(_detail(error)) from error
        except EndPointNotFound as error:
            raise StoreError(f"{self.url}: there is no SPARQL service at this address (404).") from error
        except Unauthorized as error:
            raise StoreError(f"{self.url}: the service wants a token it accepts (401).") from error
        except EndPointInternalError as error:
            raise StoreError(f"{self.url}: the service failed (500): {_detail(error)[:200]}") from error
        except SPARQLWrapperException as error:
            raise StoreError(f"{self.url}: {_detail(error)[:200]}") from error
        except urllib.error.HTTPError as error:
            raise self._refused(error) from error
        except (urllib.error.URLError, OSError) as error:
            raise self._unreachable(error) from error

    def _graph_request(self, graph: str | None, method: str, body: bytes | None) -> tuple[bytes, str]:
        target = f"{self.graphs}?default" if graph is None else f"{self.graphs}?graph={quote(graph, safe='')}"
        request = urllib.request.Request(target, data=body, method=method)  # noqa: S310 (http is checked above)
        request.add_header("Accept", _TRIPLES)
        if body is not None:
            request.add_header("Content-Type", "application/n-triples")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:  # noqa: S310
                return response.read(), response.headers.get("Content-Type", "").partition(";")[0]
        except urllib.error.HTTPError as error:
            raise self._refused(error) from error
        except (urllib.error.URLError, OSError) as error:
            raise self._unreachable(error) from error

    def _results(self, body: bytes, media: str) -> Solutions | bool:
        if media not in {_RESULTS, "application/json"}:
            raise StoreError(
                f"{self.url}: answered {media or 'nothing'} where SPARQL results were asked for. "
                "Give the address of its SPARQL endpoint, such as http://localhost:8765/sparql."
            )
        try:
            results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
            if isinstance(results, ox.QueryBoolean):
                return bool(results)
            variables = tuple(v.value for v in results.variables)
            width = range(len(variables))
            return Solutions(variables, [tuple(row[i] for i in width) for row in results])
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.url}: the answer is no SPARQL results: {error}") from error

    def _parsed(self, body: bytes, media: str) -> list[ox.Quad]:
        format_ = ox.RdfFormat.from_media_type(media) if media else None
        if format_ is None:
            raise StoreError(f"{self.url}: answered {media or 'nothing'} where RDF was asked for.")
        try:
            return list(ox.parse(body, format=format_))
        except SyntaxError as error:
            raise StoreError(f"{self.url}: the answer is no {media}: {error}") from error

    def _query_error(self, detail: str) -> QueryError:
        """The service's complaint, its line counted without the prefixes put before the query."""
        place = _PLACE.search(detail)
        if not place:
            return QueryError(f"{self.url}: the service refuses the query: {detail[:300]}")
        line, column = int(place[1]) - prologue().count("\n"), int(place[2])
        what = _PLACE.sub(f"line {line}, column {column}", detail)
        return QueryError(what[:400], line, column)

    def _unreachable(self, error: Any) -> StoreError:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError | socket.timeout) or "timed out" in str(reason):
            return StoreError(
                f"{self.url}: no answer within {self._timeout} s. Try again, or give a longer timeout."
            )
        return StoreError(f"{self.url}: cannot be reached: {reason}. Is the service running there?")

    def _refused(self, error: urllib.error.HTTPError) -> QueryError | StoreError:
        """A status that SPARQLWrapper has no exception for, with the service's own words."""
        with error:
            detail = _message(error.read(100_000).decode("utf-8", errors="replace"))
        if error.code in {400, 403, 413}:
            return QueryError(f"{self.url}: the service refuses this ({error.code}): {detail[:300]}")
        return StoreError(f"{error.url}: the service answered {error.code}: {detail[:300]}")


def _detail(error: Exception) -> str:
    """The service's own words inside a SPARQLWrapper exception, which quotes them as bytes."""
    text = str(error)
    _, quoted, body = text.partition("Response:\n")
    return _message(ast.literal_eval(body).decode("utf-8", errors="replace") if quoted else text)


def _message(body: str) -> str:
    """The message of an error in reegraph's JSON shape, else the whole text, on one line."""
    with contextlib.suppress(ValueError, TypeError, KeyError):
        body = json.loads(body)["error"]["message"]
    return " ".join(body.split())
