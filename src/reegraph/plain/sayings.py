"""What the graph's claims say, word by word: which of them a plain sentence speaks of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.plain.mentions import Mention
from reegraph.plain.reading import Run, features, is_cjk, run_of

BEST: Final = 8  # claims looked at for each text
FOREIGN_PAIR: Final = 0.4  # two characters that no claim has side by side are seldom a word


@dataclass(frozen=True)
class Saying:
    """A claim: its id, the things it is about (subject first), and its sentences."""

    id: str
    things: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """A claim that a text speaks of, and how much of the text's weight it holds, from 0 to 1."""

    saying: Saying
    share: float


@dataclass(frozen=True)
class Sayings:
    """The claims by their words and by the things they are about."""

    sayings: Sequence[Saying]
    holders: Mapping[str, Sequence[int]]
    weights: Mapping[str, float]

    def find(self, run: Run, mentions: Sequence[Mention]) -> list[Hit]:
        """The claims that hold most of the text's weight, best first; words of none weigh as rare ones."""
        rare = math.log(1 + len(self.sayings))
        asked = {f: self.weights.get(f, rare * (FOREIGN_PAIR if is_cjk(f) else 1.0)) for f in features(run)}
        gain: dict[int, float] = {}
        for mention in mentions:
            named = [f"id:{id_}" for id_ in mention.ids if f"id:{id_}" in self.holders]
            weight = max((self.weights[key] for key in named), default=0.0)
            asked |= dict.fromkeys(named[:1], weight)
            for number in {n for key in named for n in self.holders[key]}:
                gain[number] = gain.get(number, 0.0) + weight
        for feature in features(run):
            for number in self.holders.get(feature, ()):
                gain[number] = gain.get(number, 0.0) + asked[feature]
        total = sum(asked.values()) or 1.0
        best = sorted(gain, key=lambda n: (-gain[n], n))[:BEST]
        return [Hit(self.sayings[n], min(1.0, gain[n] / total)) for n in best]

    @classmethod
    def of(cls, sayings: Iterable[Saying]) -> Sayings:
        """These claims."""
        listed = sorted(sayings, key=lambda s: s.id)
        holders: dict[str, list[int]] = {}
        for number, saying in enumerate(listed):
            words = {f for text in saying.texts for f in features(run_of(text))}
            for feature in sorted(words | {f"id:{thing}" for thing in saying.things}):
                holders.setdefault(feature, []).append(number)
        weights = {feature: math.log(1 + len(listed) / len(found)) for feature, found in holders.items()}
        return cls(listed, holders, weights)
