"""On whose word: the proof of a node, down to the claims and, with the articles at hand, their sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from reegraph.curation.anchors import ArticleText, read_article
from reegraph.errors import UnknownName
from reegraph.pages import ask_page, page_query
from reegraph.questions import Labels
from reegraph.store import Store
from reegraph.table import Lang, Thing
from reegraph.terms import iri, short

DEEPEST = 12  # a chain of supply has fewer links


@dataclass(frozen=True)
class Evidence:
    """Where a claim stands, and how it is said. `sentence` is empty unless the article is at hand."""

    source: Thing
    paragraph: int
    start: int
    end: int
    when: str
    assumed: bool
    modality: str
    rank: str
    reading: str
    note: str
    sentence: str = ""


@dataclass(frozen=True)
class Support:
    """One way in which a node is supported: a rule, in words, and its premises."""

    rule: Thing | None
    because_en: str
    because_zh: str
    premises: tuple[Proof, ...]


@dataclass(frozen=True)
class Proof:
    """A node and all that supports it; a claim is a leaf and has `evidence`."""

    node: Thing
    evidence: Evidence | None = None
    supports: tuple[Support, ...] = field(default=())

    def claims(self) -> list[Thing]:
        """The claims that it rests on, each once, in order of id."""
        found = {self.node} if self.evidence else set()
        for support in self.supports:
            for premise in support.premises:
                found |= set(premise.claims())
        return sorted(found)

    def to_dict(self, lang: Lang = "en") -> dict[str, Any]:
        """The proof as JSON values."""
        out: dict[str, Any] = {"id": self.node.id, "label": self.node.label(lang)}
        if self.evidence:
            e = self.evidence
            out["evidence"] = {
                "source": e.source.id,
                "source_label": e.source.label(lang),
                "paragraph": e.paragraph,
                "start": e.start,
                "end": e.end,
                "when": e.when,
                "assumed": e.assumed,
                "modality": e.modality,
                "rank": e.rank,
                "reading": e.reading,
                **({"note": e.note} if e.note else {}),
                **({"sentence": e.sentence} if e.sentence else {}),
            }
        if self.supports:
            out["supports"] = [
                {
                    **(
                        {"rule": s.rule.id, "because": _in(lang, s.because_en, s.because_zh)}
                        if s.rule
                        else {}
                    ),
                    "premises": [p.to_dict(lang) for p in s.premises],
                }
                for s in self.supports
            ]
        return out

    def lines(self, lang: Lang = "en") -> Iterator[str]:
        """The proof as an indented tree of plain text."""
        yield from _lines(self, lang, "")

    def __str__(self) -> str:
        return "\n".join(self.lines())


@dataclass(frozen=True)
class Prover:
    """Finds proofs in a store. `articles` is a folder of article texts, or None."""

    store: Store
    root: Path
    articles: Path | None = None

    @cached_property
    def _labels(self) -> Labels:
        return Labels(page_query(self.root, "labels"))

    @cached_property
    def _texts(self) -> dict[str, ArticleText]:
        return {}

    def why(self, id_: str) -> Proof:
        """The proof of a claim, a dependency or a disagreement; UnknownName when there is no such node."""
        if not ask_page(self.store, self.root, "kind", thing=[id_]):
            raise UnknownName("id", id_, [], "`reegraph find WORD` finds ids.")
        return self._proof(id_, frozenset())

    def _proof(self, id_: str, above: frozenset[str]) -> Proof:
        node = self._thing(id_)
        if id_.startswith("claim:"):
            return Proof(node, self._evidence(id_))
        if id_ in above or len(above) >= DEEPEST:
            return Proof(node)
        groups: dict[str, dict[str, Any]] = {}
        for row in ask_page(self.store, self.root, "proof", node=[id_]):
            key = _value(row["support"])
            group = groups.setdefault(
                key, {"rule": _value(row["rule"]), "premises": set(), "zh-hant": "", "en": ""}
            )
            group["premises"].add(short(_value(row["premise"])))
            if isinstance(row["because"], ox.Literal):
                group[(row["because"].language or "en").lower()] = row["because"].value
        supports = tuple(
            Support(
                self._thing(short(g["rule"])) if g["rule"] else None,
                g["en"],
                g["zh-hant"],
                tuple(self._proof(p, above | {id_}) for p in sorted(g["premises"], key=_natural)),
            )
            for _, g in sorted(groups.items())
        )
        return Proof(node, None, supports)

    def _evidence(self, claim: str) -> Evidence | None:
        for row in ask_page(self.store, self.root, "evidence", claim=[claim]):
            text = {k: _value(v) for k, v in row.items()}
            start, end = int(text["start"]), int(text["end"])
            source = short(text["source"])
            return Evidence(
                source=self._thing(source),
                paragraph=int(text["paragraph"]),
                start=start,
                end=end,
                when=text["when"],
                assumed=text["assumed"] == "true",
                modality=short(text["modality"]).removeprefix("ree:").lower(),
                rank=short(text["rank"]).removeprefix("ree:").lower(),
                reading=short(text["reading"]).removeprefix("ree:").lower(),
                note=text["note"],
                sentence=self._sentence(source, text["document"], start, end),
            )
        return None

    def _sentence(self, source: str, document: str, start: int, end: int) -> str:
        if self.articles is None:
            return ""
        if source not in self._texts:
            self._texts[source] = read_article(self.articles, document, source)
        return "".join(self._texts[source].text[start:end].split("\n"))

    def _thing(self, id_: str) -> Thing:
        full = iri(id_)
        return self._labels.named(self.store, {full})[full]


def _lines(proof: Proof, lang: Lang, indent: str) -> Iterator[str]:
    yield f"{indent}{proof.node.id}  {proof.node.label(lang)}"
    if proof.evidence:
        e = proof.evidence
        words = _WORDS[lang]
        flags = [
            e.modality,
            *([e.rank] if e.rank != "normal" else []),
            *([e.reading] if e.reading != "printed" else []),
        ]
        when = e.when + (f" ({words['assumed']})" if e.assumed else "")
        where = f"{e.source.id} {words['paragraph'].format(e.paragraph)}"
        yield f"{indent}    {where}, {when}, {', '.join(flags)}"
        if e.sentence:
            yield f"{indent}    「{e.sentence}」"
        if e.note:
            yield f"{indent}    {words['note']}: {e.note}"
    for support in proof.supports:
        if support.rule:
            because = _in(lang, support.because_en, support.because_zh)
            yield f"{indent}  {_WORDS[lang]['by']} {support.rule.id}: {because}"
        for premise in support.premises:
            yield from _lines(premise, lang, indent + "    ")


_WORDS: dict[str, dict[str, str]] = {
    "en": {"paragraph": "paragraph {}", "assumed": "year assumed", "note": "note", "by": "by"},
    "zh-Hant": {"paragraph": "第{}段", "assumed": "年份為推定", "note": "註", "by": "依據"},
}


def _in(lang: Lang, en: str, zh: str) -> str:
    return zh if lang == "zh-Hant" else en


def _value(node: object) -> str:
    return "" if node is None else str(getattr(node, "value", node))


def _natural(id_: str) -> tuple[str, int, str]:
    head_, _, tail = id_.rpartition("-")
    return (head_, int(tail), "") if tail.isdigit() else (id_, 0, "")
