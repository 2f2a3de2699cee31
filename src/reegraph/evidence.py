"""On whose word: a proof, down to the claims and, with the articles at hand, their sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reegraph.sentence import Sentence
from reegraph.table import Lang, Thing


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
    note: Sentence
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
    """A node or triple and all that supports it. A claim is a leaf with `evidence`; `given` says what a
    leaf without support is: part of the ontology, or filed by the curators."""

    node: Thing
    evidence: Evidence | None = None
    supports: tuple[Support, ...] = field(default=())
    given: str = ""

    def claims(self) -> list[Thing]:
        """The claims that it rests on, each once, in order of id."""
        found = {self.node} if self.evidence else set()
        for support in self.supports:
            for premise in support.premises:
                found |= set(premise.claims())
        return sorted(found)

    def nodes(self) -> list[str]:
        """The ids of all nodes of the proof that are things of the graph, each once."""
        found = {self.node.id} if " " not in self.node.id else set()
        for support in self.supports:
            for premise in support.premises:
                found |= set(premise.nodes())
        return sorted(found)

    def to_dict(self, lang: Lang = "en") -> dict[str, Any]:
        """The proof as JSON values."""
        out: dict[str, Any] = {"id": self.node.id, "label": self.node.label(lang)}
        if self.given:
            out["given"] = self.given
        if self.evidence:
            out["evidence"] = _evidence_dict(self.evidence, lang)
        if self.supports:
            out["supports"] = [_support_dict(s, lang) for s in self.supports]
        return out

    def lines(self, lang: Lang = "en") -> Iterator[str]:
        """The proof as an indented tree of plain text."""
        yield from _lines(self, lang, "")

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _evidence_dict(evidence: Evidence, lang: Lang) -> dict[str, Any]:
    plain = {
        key: getattr(evidence, key)
        for key in ("paragraph", "start", "end", "when", "assumed", "modality", "rank", "reading")
    }
    spoken = {"note": evidence.note.label(lang), "sentence": evidence.sentence}
    said = {key: text for key, text in spoken.items() if text}
    return {"source": evidence.source.id, "source_label": evidence.source.label(lang), **plain, **said}


def _support_dict(support: Support, lang: Lang) -> dict[str, Any]:
    rule = {"rule": support.rule.id, "because": _because(support, lang)} if support.rule else {}
    return {**rule, "premises": [p.to_dict(lang) for p in support.premises]}


def _lines(proof: Proof, lang: Lang, indent: str) -> Iterator[str]:
    words = _WORDS[lang]
    given = f"  ({words[proof.given]})" if proof.given else ""
    yield f"{indent}{proof.node.id}  {proof.node.label(lang)}{given}"
    if proof.evidence:
        e = proof.evidence
        flags = [e.modality, *(f for f in (e.rank, e.reading) if f not in {"normal", "printed"})]
        when = e.when + (f" ({words['assumed']})" if e.assumed else "")
        where = f"{e.source.id} {words['paragraph'].format(e.paragraph)}"
        yield f"{indent}    {where}, {when}, {', '.join(flags)}"
        if e.sentence:
            yield f"{indent}    「{e.sentence}」"
        if e.note:
            yield f"{indent}    {words['note']}{words['colon']}{e.note.label(lang)}"
    for support in proof.supports:
        if support.rule:
            yield f"{indent}  {words['by']} {support.rule.id}: {_because(support, lang)}"
        for premise in support.premises:
            yield from _lines(premise, lang, indent + "    ")


def _because(support: Support, lang: Lang) -> str:
    return support.because_zh if lang == "zh-Hant" else support.because_en


_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "paragraph": "paragraph {}",
        "assumed": "year assumed",
        "note": "note",
        "colon": ": ",
        "by": "by",
        "ontology": "by the ontology",
        "entities": "as the curators file it",
    },
    "zh-Hant": {
        "paragraph": "第{}段",
        "assumed": "年份為推定",
        "note": "註",
        "colon": "：",
        "by": "依據",
        "ontology": "知識本體所定",
        "entities": "編纂者歸類",
    },
}
