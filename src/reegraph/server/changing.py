"""Changing: an update or a graph written to a dataset, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph as ox

from reegraph.errors import QueryError, UnknownName
from reegraph.server.answering import named
from reegraph.server.question import Change, GraphDelete, GraphWrite, Part, Update
from reegraph.server.refusal import bad_request, unsupported
from reegraph.server.words import is_determined, tokens
from reegraph.store.embedded import translated
from reegraph.terms import PREFIXES

READ: Final = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "text/n3": ox.RdfFormat.N3,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}


def apply(dataset: ox.Store, change: Change) -> dict[str, Any]:
    """Carry out a change; for a graph, {"created": whether it was not there before}.

    Raises QueryError or Refusal (400) for what does not parse, UnknownName for a graph that is not there.
    """
    with translated(change.text if isinstance(change, Update) else "", update=True):
        match change:
            case Update():
                text = with_using(change.text, change.using, change.using_named)
                dataset.update(text, prefixes=PREFIXES, base_iri=change.base or None)
                return {}
            case GraphWrite():
                return _write(dataset, change)
            case GraphDelete():
                return _delete(dataset, change)


def repeats(change: Change) -> bool:
    """True when the change does the same to equal datasets, whatever their order and the hour."""
    return not isinstance(change, Update) or is_determined(change.text)


def with_using(text: str, using: tuple[str, ...], using_named: tuple[str, ...]) -> str:
    """An update with USING clauses for the graphs the protocol names.

    Raises Refusal (400) when the update has USING or WITH of its own, as the protocol wants.

    >>> with_using("DELETE WHERE { ?s a ?t }", ("urn:g",), ())
    'DELETE { ?s a ?t } USING <urn:g> WHERE { ?s a ?t }'
    """
    if not using and not using_named:
        return text
    clause = "".join(f"USING <{named(g).value}> " for g in using)
    clause += "".join(f"USING NAMED <{named(g).value}> " for g in using_named)
    out, copied, depth = [], 0, 0
    previous = ""
    for start, end, word in tokens(text):
        if word in {"{", "}"}:
            depth += 1 if word == "{" else -1
        elif depth == 0 and word.lower() in {"using", "with"}:
            raise bad_request("the update has USING or WITH besides using-graph-uri; give one of them")
        elif depth == 0 and word.lower() == "where":
            out.append(text[copied:start])
            if previous.lower() == "delete":
                out.append(_block(text, end) + " ")
            out.append(clause)
            copied = start
        previous = word
    return "".join([*out, text[copied:]])


def _block(text: str, start: int) -> str:
    """The braces, with all in them, that open after `start`."""
    depth, opened = 0, -1
    for at, end, word in tokens(text[start:]):
        if word == "{":
            opened, depth = at if opened < 0 else opened, depth + 1
        elif word == "}":
            depth -= 1
            if depth == 0:
                return text[start + opened : start + end]
    raise QueryError("the query does not parse: a DELETE WHERE has no braces after it")


def _write(dataset: ox.Store, change: GraphWrite) -> dict[str, Any]:
    name: ox.NamedNode | ox.DefaultGraph = ox.DefaultGraph()
    if change.graph is not None:
        name = named(change.graph)
    fresh = [quad for part in change.parts for quad in _parsed(part, change.base)]
    quads = [ox.Quad(q.subject, q.predicate, q.object, name) for q in fresh]
    created = isinstance(name, ox.NamedNode) and not dataset.contains_named_graph(name)
    if change.replace:
        dataset.clear_graph(name)
    if isinstance(name, ox.NamedNode):
        dataset.add_graph(name)
    dataset.extend(quads)
    return {"created": created}


def _delete(dataset: ox.Store, change: GraphDelete) -> dict[str, Any]:
    if change.graph is None:
        dataset.clear_graph(ox.DefaultGraph())
        return {}
    name = named(change.graph)
    if not dataset.contains_named_graph(name):
        raise UnknownName("graph", change.graph, (g.value for g in dataset.named_graphs()))
    dataset.remove_graph(name)
    return {}


def _parsed(part: Part, base: str) -> Iterator[ox.Quad]:
    media = part.media.partition(";")[0].strip().lower()
    form = READ.get(media)
    if form is None:
        raise unsupported(part.media, READ)
    try:
        for quad in ox.parse(part.body, format=form, base_iri=base or None, rename_blank_nodes=True):
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                raise bad_request("the body has triples in named graphs; one graph is written here")
            yield quad
    except SyntaxError as error:
        place = _PLACE.match(str(error.msg))
        line, column = (int(place[1]), int(place[2])) if place else (error.lineno, error.offset)
        raise QueryError(f"the body is no {media}: {error.msg}", line, column) from error


_PLACE: Final = re.compile(r".*?(?:line|at) (\d+)(?:, column |:)(\d+)", re.DOTALL)
