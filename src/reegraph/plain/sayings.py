"""What the graph's claims say, word by word: which of them a plain sentence speaks of."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.plain.everyday import STOP
from reegraph.plain.mentions import Mention
from reegraph.plain.phrases import Run, Script, features
from reegraph.questions import Question
from reegraph.table import Table, Thing

NARROW: Final = 45  # a thing of no more claims than this is narrow enough to be told all about
BEST: Final = 12  # claims looked at for each text
_BLOCK: Final = re.compile(r"VALUES\s+\(?\?\w+[^{]*\{([^}]*)\}|IN\s*\(([^)]*)\)|ree:property\s+(ree:\w+)")


@dataclass(frozen=True)
class Saying:
    """One claim: its id, the things it is about (subject first), its property, and its sentences."""

    id: str
    things: tuple[str, ...]
    property: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """A claim that a text speaks of: how much of the text it holds, from 0 to 1, and which tokens."""

    saying: Saying
    share: float
    positions: frozenset[int]


@dataclass(frozen=True)
class Sayings:
    """The claims by their words and by the things they are about."""

    sayings: Sequence[Saying]
    holders: Mapping[str, Sequence[int]]
    weights: Mapping[str, float]
    count: Mapping[str, int]

    @classmethod
    def of(cls, sayings: Iterable[Saying], script: Script, empty: Iterable[Run]) -> Sayings:
        """The claims as `script` reads them; `empty` are phrases that say nothing."""
        listed = sorted(sayings, key=lambda s: s.id)
        blank = {"".join(run) for run in empty} | STOP
        holders: dict[str, list[int]] = {}
        count: dict[str, int] = {}
        for number, saying in enumerate(listed):
            words = {f for text in saying.texts for f in features(script.run(text))} - blank
            for feature in sorted(words | {f"id:{thing}" for thing in saying.things}):
                holders.setdefault(feature, []).append(number)
            for thing in saying.things:
                count[thing] = count.get(thing, 0) + 1
        total = len(listed)
        weights = {feature: math.log(1 + total / len(found)) for feature, found in holders.items()}
        return cls(listed, holders, weights, count)

    def find(self, run: Run, mentions: Sequence[Mention], empty: frozenset[int]) -> list[Hit]:
        """The claims that hold most of the text's weight, best first. Unknown words weigh as rare ones."""
        if not self.sayings:
            return []
        asked: dict[str, frozenset[int]] = {}
        named = {p for m in mentions if not m.loose for p in m.positions}
        for feature, where in features(run).items():
            places = frozenset(where) - empty - named
            if places:
                asked[feature] = places
        rare = math.log(1 + len(self.sayings))
        total = sum(self.weights.get(f, rare) * len(places) for f, places in asked.items())
        gain: dict[int, float] = {}
        held: dict[int, set[int]] = {}
        for mention in mentions:
            keys = [f"id:{i}" for i in mention.ids if f"id:{i}" in self.holders]
            weight = max((self.weights[k] for k in keys), default=rare) * (0.5 if mention.loose else 1.0)
            total += weight if not mention.loose else 0.0
            for number in {n for k in keys for n in self.holders[k]}:
                gain[number] = gain.get(number, 0.0) + weight
                held.setdefault(number, set()).update(mention.positions)
        for feature, places in asked.items():
            for number in self.holders.get(feature, ()):
                gain[number] = gain.get(number, 0.0) + self.weights[feature] * len(places)
                held.setdefault(number, set()).update(places)
        best = sorted(gain, key=lambda n: (-gain[n], n))[:BEST]
        return [Hit(self.sayings[n], min(1.0, gain[n] / total), frozenset(held[n])) for n in best if total]

    def narrow(self, hit: Hit) -> str | None:
        """The thing that a claim is about, if little enough is said of it."""
        things = [t for t in hit.saying.things if self.count[t] <= NARROW]
        return things[0] if things else None


def read_sayings(profile: Table) -> list[Saying]:
    """The claims of an answer to firm-profile with ``firm="any"``, which lists those of every thing."""
    names = [column.name for column in profile.columns]
    things: dict[str, list[str]] = {}
    claims: dict[str, tuple[str, Thing]] = {}
    for row in profile.rows:
        cells = dict(zip(names, row, strict=True))
        claim, named, firm = cells["claim"], cells["property"], cells["firm"]
        if not (isinstance(claim, Thing) and isinstance(named, Thing) and isinstance(firm, Thing)):
            continue
        claims[claim.id] = (named.id, claim)
        own = things.setdefault(claim.id, [])
        own.insert(0 if cells["role"] == "subject" else len(own), firm.id)
        own += [cell.id for key in ("other", "material") if isinstance(cell := cells[key], Thing)]
    return [
        Saying(id_, tuple(dict.fromkeys(things[id_])), named, (claim.en, claim.zh))
        for id_, (named, claim) in sorted(claims.items())
    ]


def properties_of(question: Question) -> frozenset[str]:
    """The properties whose claims a question's query lists."""
    return frozenset(
        name
        for match in _BLOCK.finditer(question.query)
        for name in re.findall(r"ree:[a-z]\w+", " ".join(part for part in match.groups() if part))
    )
