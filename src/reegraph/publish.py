"""The built graph put into a SPARQL service, graph by graph (Graph Store Protocol)."""

from __future__ import annotations

from pathlib import Path

from reegraph.errors import QueryError, StoreError
from reegraph.pages import ask_page
from reegraph.snapshot import Snapshot
from reegraph.store import EmbeddedStore, Store
from reegraph.terms import GRAPH


def publish_graph(snapshot: Snapshot, store: Store, root: Path) -> dict[str, int]:
    """Put each graph of the snapshot in place of the store's; how many triples each holds, by its name.

    The default graph goes last, as `default`. Graphs of an earlier snapshot that this one lacks are emptied;
    those of anybody else stay. A store has no transaction over several graphs: StoreError, when one is
    refused or is not whole afterwards, says which are in place.
    """
    named = [name for name in snapshot.manifest.graphs if name != "default"]
    stale = sorted(name for name in _held(store, root) if name not in named)
    local = EmbeddedStore.load(snapshot.quads)
    done: dict[str, int] = {}
    for name in (*named, *stale, "default"):
        graph = None if name == "default" else GRAPH + name
        triples = local.read_graph(graph)
        try:
            store.write_graph(graph, triples)
        except (QueryError, StoreError) as error:
            so_far = f"in place before it: {', '.join(done)}" if done else "nothing has been changed"
            raise StoreError(f"graph {name} has not been put ({so_far}): {error}") from error
        done[name] = len(triples)
    _prove(done, _held(store, root))
    return done


def _held(store: Store, root: Path) -> dict[str, int]:
    """How many triples the store has in the default graph and, by their names, in graphs of ours."""
    found = {row["g"]: int(row["triples"]) for row in ask_page(store, root, "graphs").texts()}
    ours = {g.removeprefix(GRAPH): count for g, count in found.items() if g.startswith(GRAPH)}
    (merge,) = ask_page(store, root, "merge").texts()
    return {**ours, "default": int(merge["triples"])}


def _prove(put: dict[str, int], held: dict[str, int]) -> None:
    """StoreError unless the store holds what was put; its default graph may hold those of others too."""
    for name, count in put.items():
        there = held.get(name, 0)
        if there < count or (there > count and name != "default"):
            raise StoreError(
                f"graph {name} holds {there} triples where {count} were put. Does the service keep named "
                "graphs apart, and did anybody else write to it meanwhile? Publish again."
            )
