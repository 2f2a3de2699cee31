"""Finding proofs: premises stored on dependencies and disagreements, rule bodies run again for the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from reegraph.curation.anchors import ArticleText, read_article
from reegraph.errors import UnknownName, UsageError
from reegraph.evidence import Evidence, Proof, Support
from reegraph.pages import ask_page, page_query, proof_queries
from reegraph.questions import Labels
from reegraph.reason import Rule, read_rules
from reegraph.sentence import Sentence
from reegraph.store import Solutions, Store
from reegraph.store.protocol import Node, node_text
from reegraph.table import Thing
from reegraph.terms import RDF, REE, iri, short

DEEPEST: Final = 12  # a chain of supply has fewer links
_STATED: Final = {
    "stated": ("A source states it.", "來源如此陳述。"),
    "reference": ("A reference entry gives it.", "參考條目所載。"),
}
_HEAD: Final = ("s", "p", "o")


@dataclass
class Prover:
    """Finds proofs in a store. `articles` is a folder of article texts, or None."""

    store: Store
    root: Path
    articles: Path | None = None
    _texts: dict[str, ArticleText] = field(default_factory=dict)

    def why(self, what: str) -> Proof:
        """The proof of a node, or of a triple written as ``subject property object``.

        Raises UnknownName when the graph has no such node or triple, UsageError for other forms.
        """
        parts = what.split()
        if len(parts) == 3:
            return self._why_triple((iri(parts[0]), _predicate(parts[1]), iri(parts[2])))
        if len(parts) != 1:
            raise UsageError(f"{what!r}: an id, or `subject property object`, is wanted")
        proof = self._node(what, frozenset())
        if proof.evidence is None and not proof.supports:
            raise UsageError(f"{what} is no claim or conclusion, so it has no proof")
        return proof

    def _why_triple(self, triple: tuple[str, str, str]) -> Proof:
        proof = self._triple(triple, frozenset())
        if not proof.supports and not proof.given:
            raise UnknownName("statement", _triple_id(triple), [])
        return proof

    def _node(self, id_: str, above: frozenset[str]) -> Proof:
        node = self._thing(id_)
        if id_.startswith("claim:"):
            return Proof(node, self._evidence(id_))
        if id_ in above or len(above) >= DEEPEST:
            return Proof(node)
        groups: dict[str, tuple[str, set[str]]] = {}
        for row in ask_page(self.store, self.root, "proof", node=[id_]).texts():
            groups.setdefault(row["support"], (row["rule"], set()))[1].add(short(row["premise"]))
        supports = []
        for _, (rule, premises) in sorted(groups.items()):
            below = tuple(self._node(p, above | {id_}) for p in sorted(premises, key=_natural))
            supports.append(self._support(short(rule), below) if rule else Support(None, "", "", below))
        return Proof(node, None, tuple(supports))

    def _triple(self, triple: tuple[str, str, str], above: frozenset[str]) -> Proof:
        id_ = _triple_id(triple)
        node = self._triple_thing(triple, id_)
        bound = dict(zip(_HEAD, ([part] for part in triple), strict=True))
        found = ask_page(self.store, self.root, "asserted", **bound)
        given = next((short(r["graph"]).removeprefix("graph:") for r in found.texts() if r["graph"]), "")
        if id_ in above or len(above) >= DEEPEST or given or not found:
            return Proof(node, given=given)
        supports = []
        for name in proof_queries(self.root):
            solutions = ask_page(self.store, self.root, f"proofs/{name}", **bound)
            for premises in self._premises(solutions, above | {id_}):
                supports.append(self._support(f"rule:{name}", premises))
        return Proof(node, None, tuple(supports))

    def _premises(self, solutions: Solutions, above: frozenset[str]) -> list[tuple[Proof, ...]]:
        """The premises of each way that a proof query finds; a way through the head itself is none."""
        ways: list[tuple[Proof, ...]] = []
        for row in solutions:
            if "premise" in row:
                ways.append((self._node(short(_text(row["premise"])), above),))
                continue
            triples = [
                (_text(row[f"s{n}"]), _text(row[f"p{n}"]), _text(row[f"o{n}"]))
                for n in (1, 2, 3)
                if f"s{n}" in row
            ]
            if not any(_triple_id(t) in above for t in triples):
                ways.append(tuple(self._triple(t, above) for t in triples))
        return ways

    def _support(self, rule: str, premises: tuple[Proof, ...]) -> Support:
        name = rule.removeprefix("rule:")
        if name in _STATED:
            return Support(Thing(rule), *_STATED[name], premises)
        known = self._rules[name]
        return Support(
            Thing(rule, known.title_en, known.title_zh), known.reason_en, known.reason_zh, premises
        )

    def _evidence(self, claim: str) -> Evidence | None:
        for text in ask_page(self.store, self.root, "evidence", claim=[claim]).texts():
            start, end = int(text["start"]), int(text["end"])
            source = short(text["source"])
            return Evidence(
                source=self._thing(source),
                paragraph=int(text["paragraph"]),
                start=start,
                end=end,
                when=text["when"],
                assumed=text["assumed"] == "true",
                modality=_code(text["modality"]),
                rank=_code(text["rank"]),
                reading=_code(text["reading"]),
                note=Sentence(text["note"], text["note_zh"]),
                sentence=self._sentence(source, text["document"], start, end),
            )
        return None

    def _sentence(self, source: str, document: str, start: int, end: int) -> str:
        if self.articles is None:
            return ""
        if source not in self._texts:
            self._texts[source] = read_article(self.articles, document, source)
        return " ".join(self._texts[source].text[start:end].replace("\n", "").split())

    def _thing(self, id_: str) -> Thing:
        full = iri(id_)
        return self._labels.named(self.store, {full})[full]

    def _triple_thing(self, triple: tuple[str, str, str], id_: str) -> Thing:
        things = self._labels.named(self.store, {part for part in triple if part.startswith("http")})
        names = [things.get(part, Thing(part)) for part in triple]
        return Thing(id_, " ".join(n.en or n.id for n in names), " ".join(n.zh or n.id for n in names))

    @cached_property
    def _labels(self) -> Labels:
        return Labels(page_query(self.root, "labels"))

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {rule.name: rule for rule in read_rules(self.root / "queries" / "rules")}


def _predicate(text: str) -> str:
    if text in {"a", "rdf:type"}:
        return RDF + "type"
    return iri(text) if ":" in text else REE + text


def _triple_id(triple: tuple[str, str, str]) -> str:
    s, p, o = (short(part) for part in triple)
    return f"{s} {p.removeprefix('ree:') if p != 'rdf:type' else 'a'} {o}"


def _code(full: str) -> str:
    return short(full).removeprefix("ree:").lower()


def _text(node: Node | None) -> str:
    return (
        "" if node is None else node_text(node) if not isinstance(node, ox.BlankNode) else f"_:{node.value}"
    )


def _natural(id_: str) -> tuple[str, int, str]:
    head, _, tail = id_.rpartition("-")
    return (head, int(tail), "") if tail.isdigit() else (id_, 0, "")
