"""Read, resolve, reason, validate, write: from curated files to a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from reegraph import snapshot
from reegraph.curation.corpus import Corpus, read_corpus
from reegraph.disagreements import disagreement_quads
from reegraph.errors import ValidationError
from reegraph.folders import articles_folder, cache_folder, project_root
from reegraph.pages import ask_page
from reegraph.reason import read_rules, reason, rule_quads
from reegraph.snapshot import Snapshot
from reegraph.statements import statement_quads
from reegraph.store import EmbeddedStore
from reegraph.terms import GRAPH
from reegraph.tokens import token_quads
from reegraph.triples import corpus_quads
from reegraph.validate import read_checks, violations

STEPS: Final = ("read", "resolve", "reason", "validate", "write")
Tick = Callable[[str], None]


def _silent(_: str) -> None:
    """No talk."""


def fresh_snapshot(
    root: Path | None = None, *, articles: Path | None = None, force: bool = False, tick: Tick = _silent
) -> Snapshot:
    """The snapshot of the files as they are, built when there is none.

    `tick` hears the name of each step as it begins. Raises CurationError, ValidationError or
    SnapshotError; a snapshot that is half-written or not of these files is built again.
    """
    root = root or project_root()
    cache = cache_folder()
    inputs = snapshot.fingerprint(root)
    if not force and (found := snapshot.find(cache, inputs)):
        return found
    tick("read")
    corpus = read_corpus(root, articles_folder(articles))
    store = build_store(corpus, root, tick)
    tick("write")
    return snapshot.write(cache, inputs, n_quads(store), graph_sizes(store, root))


def build_store(corpus: Corpus, root: Path, tick: Tick = _silent) -> EmbeddedStore:
    """The whole graph of a corpus in memory, reasoned over and checked."""
    tick("resolve")
    rules = read_rules(root / "queries" / "rules")
    store = EmbeddedStore()
    for quads in (
        corpus_quads(corpus),
        statement_quads(corpus.claims),
        disagreement_quads(corpus),
        rule_quads(rules),
    ):
        add_merged(store.dataset, quads)
    tick("reason")
    reason(store, rules)
    tick("validate")
    found = list(violations(store, read_checks(root / "queries" / "checks")))
    if found:
        raise ValidationError(found)
    store.dataset.extend(token_quads(_name_quads(store.dataset)))
    return store


def _name_quads(dataset: ox.Store) -> Iterator[ox.Quad]:
    """The quads with names that the text index holds: of things and terms.

    With claims and what is derived it has six times as many: the graph then takes 1.0 s to load, not 0.5.
    """
    for name in ("entities", "ontology"):
        yield from dataset.quads_for_pattern(None, None, None, ox.NamedNode(GRAPH + name))


def add_merged(dataset: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Add quads to their graphs and to the default graph, which holds the whole merge."""
    for quad in quads:
        dataset.add(quad)
        dataset.add(ox.Quad(quad.subject, quad.predicate, quad.object))


def n_quads(store: EmbeddedStore) -> list[bytes]:
    """The store as sorted N-Quads lines."""
    content = store.dataset.dump(format=ox.RdfFormat.N_QUADS)
    assert content is not None  # no output was given to write to
    return sorted(BytesIO(content))


def graph_sizes(store: EmbeddedStore, root: Path) -> dict[str, int]:
    """The number of triples of each graph by its short name; of the merge as ``default``."""
    rows = ask_page(store, root, "graphs").texts()
    sizes = {row["g"].removeprefix(GRAPH): int(row["triples"]) for row in rows}
    return sizes | {"default": len(store.dataset) - sum(sizes.values())}
