"""Finding things by any of their names: English, traditional or simplified Chinese, symbols, aliases."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Self

from reegraph.errors import ReegraphError, UnknownName, UsageError
from reegraph.sentence import Sentence
from reegraph.table import Thing

ALIKE = 0.75  # below this a name that merely resembles the word is no hit


@dataclass(frozen=True)
class Hit:
    """A thing found: the name that matched, and how well, from 0 to 1."""

    id: str
    name: str
    score: float


def fold(text: str) -> str:
    """A name as it is compared: NFKC, no case, no white space, no hyphens or dots between letters.

    >>> fold("Ｆ－35 戰機")
    'f35戰機'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    stripped = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return "".join(c for c in stripped if c.isalnum() or c in "%+")


def find(word: str, names: Mapping[str, Iterable[str]], limit: int = 20) -> list[Hit]:
    """The things whose names fit the word, best first; `names` are all names of each id.

    An exact name scores 1, one that starts with the word 0.9, one that contains it 0.8, and one
    that resembles it less.
    """
    wanted = fold(word)
    if not wanted:
        return []
    best: dict[str, Hit] = {}
    for id_, all_names in names.items():
        for name in (id_, id_.partition(":")[2], *all_names):
            score = _score(wanted, fold(name))
            if score > (best[id_].score if id_ in best else 0):
                best[id_] = Hit(id_, name, score)
    return sorted(best.values(), key=lambda h: (-h.score, len(h.name), h.id))[:limit]


@dataclass(frozen=True)
class Register:
    """Who goes by a name: ids by folded name, each with the name as it is written."""

    by_name: Mapping[str, Sequence[tuple[str, str]]]
    by_slug: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, names: Mapping[str, Iterable[str]]) -> Self:
        """Of all names of each id."""
        by_name: dict[str, list[tuple[str, str]]] = {}
        by_slug: dict[str, list[str]] = {}
        for id_, own in names.items():
            by_slug.setdefault(fold(id_.partition(":")[2]), []).append(id_)
            for name in own:
                by_name.setdefault(fold(name), []).append((id_, name))
        return cls(by_name, by_slug)

    def called(self, word: str) -> list[str]:
        """The ids of which the word is the very name, else of which it is the id without its kind.

        Things stand before terms of the ontology, and names in the same letters before others: EU is no Eu.
        """
        found = self.by_name.get(fold(word)) or [(id_, "") for id_ in self.by_slug.get(fold(word), ())]
        things = [(id_, name) for id_, name in found if not id_.startswith("ree:")] or found
        exact = [(id_, name) for id_, name in things if name == word.strip()]
        return sorted({id_ for id_, _ in exact or things})


def not_one(text: str, near: Iterable[Thing], *, several: bool) -> ReegraphError:
    """The error of a name that no single thing has: `near` are the `several` that have it, or like ones."""
    named = {thing.id: Sentence(thing.label(), thing.label("zh-Hant")) for thing in near}
    if not several:
        return UnknownName("name", text, [], near=named)
    en = " or ".join(f"{id_} ({name})" for id_, name in named.items())
    zh = " 或 ".join(f"{id_}（{name.zh}）" for id_, name in named.items())
    return UsageError(
        Sentence(f"{text!r} is a name of several: write {en}", f"「{text}」不只一個：請寫 {zh}。")
    )


def _score(wanted: str, name: str) -> float:
    if wanted == name:
        return 1.0
    if name.startswith(wanted):
        return 0.9
    if wanted in name:
        return 0.8
    if len(name) > 1 and name in wanted:
        return 0.75 * len(name) / len(wanted) if len(name) * 2 > len(wanted) else 0
    if len(wanted) < 3:  # two letters resemble too much
        return 0
    matcher = SequenceMatcher(None, wanted, name)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0
    return 0.7 * ratio if (ratio := matcher.ratio()) >= ALIKE else 0
