"""Search: things, claims and questions by any of their words, folded once and kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from reegraph.names import ALIKE, Register, fold
from reegraph.pages import ask_page
from reegraph.questions import Question
from reegraph.terms import short
from reegraph.web.catalogue import Catalogue

KINDS: Final = ("things", "questions", "claims")


@dataclass(frozen=True)
class Found:
    """A hit: the id, the name that matched, and how well, from 0 to 1."""

    id: str
    name: str
    score: float


class Index:
    """Folded names of one graph."""

    def __init__(self, catalogue: Catalogue, questions: Iterable[Question]) -> None:
        self._things: list[tuple[str, str, str]] = []  # id, name, folded name
        self._claims = [
            (id_, said.claim.en + " " + said.claim.zh, fold(said.claim.en) + " " + fold(said.claim.zh))
            # What is wrong in its source comes after all that stands.
            for id_, said in sorted(catalogue.claims.items(), key=lambda c: c[1].rank == "deprecated")
        ]
        self._questions = [
            (
                q.name,
                fold(" ".join((q.name, q.title_en, q.title_zh, q.question_en, q.question_zh, *q.keywords))),
            )
            for q in questions
        ]
        named: dict[str, list[str]] = {}
        for row in ask_page(catalogue.store, catalogue.root, "names").texts():
            id_ = short(row["thing"])
            if id_.startswith(("http", "support:", "reference:")):
                continue
            for name in (row["name"], id_.partition(":")[2]) if id_ not in named else (row["name"],):
                self._things.append((id_, name, fold(name)))
            named.setdefault(id_, []).append(row["name"])
        self.register = Register.of(named)

    def things(self, word: str, limit: int = 40) -> list[Found]:
        """Things of which a name is, starts with or contains the word; those alike where none does."""
        wanted = fold(word)
        if not wanted:
            return []
        best: dict[str, Found] = {}
        for id_, name, folded in self._things:
            score = (
                1.0
                if folded == wanted
                else 0.9
                if folded.startswith(wanted)
                else 0.8
                if wanted in folded
                else 0
            )
            if score and (id_ not in best or best[id_].score < score):
                best[id_] = Found(id_, name, score)
        found = sorted(best.values(), key=lambda f: (-f.score, f.id.startswith("ree:"), len(f.name), f.id))
        return found[:limit] or self.near(word, 8)

    def near(self, word: str, limit: int = 4) -> list[Found]:
        """Things of which a name resembles the word."""
        wanted = fold(word)
        matcher = SequenceMatcher(None, "", wanted)
        best: dict[str, Found] = {}
        for id_, name, folded in self._things:
            matcher.set_seq1(folded)
            if matcher.real_quick_ratio() < ALIKE - 0.1 or matcher.quick_ratio() < ALIKE - 0.1:
                continue
            score = matcher.ratio()
            if score >= ALIKE - 0.1 and (id_ not in best or best[id_].score < 0.7 * score):
                best[id_] = Found(id_, name, 0.7 * score)  # always below a name that contains the word
        return sorted(best.values(), key=lambda f: (-f.score, f.id))[:limit]

    def claims(self, word: str, limit: int = 30) -> tuple[list[str], int]:
        """Claims whose sentence contains every word, and how many there are in all."""
        wanted = [w for part in word.split() if (w := fold(part))]
        found = [id_ for id_, _, folded in self._claims if wanted and all(w in folded for w in wanted)]
        return found[:limit], len(found)

    def questions(self, word: str) -> list[str]:
        """Questions that have every word among their titles and keywords."""
        wanted = [w for part in word.split() if (w := fold(part))]
        return [name for name, folded in self._questions if wanted and all(w in folded for w in wanted)]
