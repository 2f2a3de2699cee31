"""Rules to a fixpoint: queries/rules/*.rq are CONSTRUCT queries whose rows are new facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from reegraph.errors import CurationError, Problem, QueryError
from reegraph.questions import read_heads
from reegraph.store import EmbeddedStore
from reegraph.terms import DCTERMS, GRAPH, RDF, REE
from reegraph.triples import labels, named

DERIVED = ox.NamedNode(GRAPH + "derived")
MOST_ROUNDS = 50  # a chain of supply has a dozen links; a rule that runs longer mints new names each round
# Strata run in this order, each to its own fixpoint: no rule reads what a later stratum adds, but for the
# closure, which is taken again over the conclusions. Without strata each round asks every rule anew.
STRATA = ("closure", "claims", "dependencies", "conclusions", "closure")
RECURSIVE = frozenset(
    {"closure", "dependencies"}
)  # the others' rules read nothing that their own stratum adds
_KEYS = ("title-en", "title-zh", "reason-en", "reason-zh", "stratum")


@dataclass(frozen=True)
class Rule:
    """A rule: its CONSTRUCT query, its name and why it holds, in words."""

    name: str
    query: str
    title_en: str
    title_zh: str
    reason_en: str
    reason_zh: str
    stratum: str


def read_rules(folder: Path) -> list[Rule]:
    """The rules by name; CurationError when a head lacks a key."""
    heads, problems = read_heads(folder, _KEYS)
    for file in heads:
        if file.keys["stratum"] not in STRATA:
            what = f"stratum {file.keys['stratum']!r} is unknown; known: {', '.join(STRATA[:-1])}."
            problems.append(Problem(file.place, what))
    if problems:
        raise CurationError(problems)
    return [Rule(file.name, file.query, *(file.keys[k] for k in _KEYS)) for file in heads]


def rule_quads(rules: Sequence[Rule]) -> list[ox.Quad]:
    """The rules as things of the graph, so that a proof can say them in words: nothing derives them."""
    quads, graph = [], ox.NamedNode(GRAPH + "ontology")
    for rule in rules:
        node = named(f"rule:{rule.name}")
        pairs = [
            (RDF + "type", named(REE + "Rule")),
            *labels(rule.title_en, rule.title_zh),
            (DCTERMS + "description", ox.Literal(rule.reason_en, language="en")),
            (DCTERMS + "description", ox.Literal(rule.reason_zh, language="zh-Hant")),
        ]
        quads += [ox.Quad(node, named(p), o, graph) for p, o in pairs]
    return quads


def reason(
    store: EmbeddedStore, rules: Sequence[Rule], tick: Callable[[str], None] = lambda _: None
) -> dict[str, int]:
    """Add to the store all that the rules give, in the default graph and in graph:derived.

    Returns how many triples each rule added. Raises CurationError when a rule does not parse, or when
    the rules find no end.
    """
    added = dict.fromkeys((r.name for r in rules), 0)
    for stratum in STRATA:
        _fixpoint(store, [r for r in rules if r.stratum == stratum], added, tick, stratum in RECURSIVE)
    return added


def _fixpoint(
    store: EmbeddedStore,
    rules: Sequence[Rule],
    added: dict[str, int],
    tick: Callable[[str], None],
    recursive: bool,
) -> None:
    """Apply these rules until none adds anything, counting into `added`."""
    for _ in range(MOST_ROUNDS):
        before = sum(added.values())
        for rule in rules:
            tick(rule.name)
            added[rule.name] += _apply(store.dataset, rule)
        if not recursive or sum(added.values()) == before:
            return
    busy = ", ".join(r.name for r in rules if added[r.name])
    what = f"no end after {MOST_ROUNDS} rounds; rules that added: {busy}."
    raise CurationError([Problem("queries/rules:1", what)])


def _apply(dataset: ox.Store, rule: Rule) -> int:
    default = ox.DefaultGraph()
    try:
        triples = EmbeddedStore.over(dataset).construct(rule.query)
    except QueryError as error:
        place = f"queries/rules/{rule.name}.rq:{error.line or 1}"
        raise CurationError([Problem(place, f"{error}.", "Correct the rule.")]) from error
    fresh = [t for t in set(triples) if ox.Quad(t.subject, t.predicate, t.object, default) not in dataset]
    for triple in fresh:
        for graph in (default, DERIVED):
            dataset.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
    return len(fresh)
