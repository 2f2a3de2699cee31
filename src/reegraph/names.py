"""Finding things by any of their names: English, traditional or simplified Chinese, symbols, aliases."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

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
