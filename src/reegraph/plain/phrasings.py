"""Which named question a plain sentence resembles: by example phrasings, as words weighed by rarity.

Two standard measures of text likeness stand side by side: the cosine of TF-IDF vectors to the nearest
examples of a question (Salton and Buckley 1988), and naive Bayes over all of its examples (Rennie et al.
2003 on its weights). Things in the text are replaced by their kind, so that an example on Lynas speaks for
every firm.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.plain.mentions import Mention, kind_of
from reegraph.plain.reading import Text, is_cjk

NOTHING: Final = "-"  # the question of examples that no question here answers
OTHER_METALS: Final = "-:other-metals"  # its label where they are on metals that are no rare earths
NEAREST: Final = 3  # examples of a question that are looked at
SMOOTH: Final = 5.0  # of naive Bayes: how many words of average text each question has besides its own
STEM: Final = 5  # letters by which words of one root are told
SHARP: Final = 7.0  # how far a likeness tells questions apart, as the exponent of a softmax
_MASKED: Final = frozenset({"country", "bloc", "element", "firm", "facility", "person", "region", "org"})
_TOLD_APART: Final = frozenset({"country:CN", "country:TW", "country:US"})
_Features = Mapping[str, float]


@dataclass(frozen=True)
class Phrasings:
    """Example phrasings of questions, ready to be compared with a text."""

    questions: Sequence[str]  # of each example
    holders: Mapping[str, Sequence[tuple[int, float]]]  # feature -> examples with its share of their length
    rarity: Mapping[str, float]
    # label -> feature -> log odds over those of a feature it has not ("")
    odds: Mapping[str, Mapping[str, float]]

    def likeness(self, features: _Features) -> dict[str, float]:
        """How like the examples of each question the text is; the shares of all add up to 1."""
        rare = max(self.rarity.values(), default=1.0)
        weights = {f: n * self.rarity.get(f, rare) for f, n in features.items()}
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        cosine: dict[int, float] = {}
        for feature, weight in weights.items():
            for number, share in self.holders.get(feature, ()):
                cosine[number] = cosine.get(number, 0.0) + weight * share / length
        nearest: dict[str, list[float]] = {question: [] for question in self.odds}
        for number in sorted(cosine, key=lambda n: -cosine[n]):
            nearest[self.questions[number]].append(cosine[number])
        total = sum(features.values()) or 1.0
        scores = {
            question: sum(nearest[question][:NEAREST]) / NEAREST
            + (odds[""] + sum(n * odds.get(f, 0.0) for f, n in features.items() if f in odds) / total) / 3
            for question, odds in self.odds.items()
        }
        best = max(scores.values())
        shares = {label: math.exp(SHARP * (score - best)) for label, score in scores.items()}
        found: dict[str, float] = {}
        for label, share in shares.items():
            question = label.partition(":")[0]
            found[question] = found.get(question, 0.0) + share / sum(shares.values())
        return found

    @classmethod
    def of(cls, examples: Iterable[tuple[str, _Features]]) -> Phrasings:
        """The phrasings of these examples, each a question's name and the features of its text."""
        listed = list(examples)
        seen: dict[str, Counter[str]] = {}
        for question, features in listed:
            seen.setdefault(question, Counter()).update(features)
        count = Counter(feature for own in seen.values() for feature in own)
        rarity = {feature: math.log((1 + len(seen)) / n) for feature, n in count.items()}
        holders: dict[str, list[tuple[int, float]]] = {}
        for number, (_, features) in enumerate(listed):
            length = math.sqrt(sum((n * rarity[f]) ** 2 for f, n in features.items())) or 1.0
            for feature, n in features.items():
                holders.setdefault(feature, []).append((number, n * rarity[feature] / length))
        return cls([question for question, _ in listed], holders, rarity, _odds(seen))


def _odds(seen: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    everywhere: Counter[str] = Counter()
    for own in seen.values():
        everywhere.update(own)
    total = sum(everywhere.values())
    odds = {}
    for question, own in seen.items():
        size = sum(own.values()) + SMOOTH
        absent = math.log(SMOOTH / size)
        odds[question] = {
            feature: min(3.0, math.log((n * total / everywhere[feature] + SMOOTH) / size)) - max(-1.0, absent)
            for feature, n in own.items()
        }
        odds[question][""] = max(-1.0, absent)
    return odds


def masked(text: Text, mentions: Sequence[Mention]) -> dict[str, float]:
    """The features of a text: words, single characters and neighbours, with things as their kinds."""
    tokens: list[str | None] = list(text.run)
    found: Counter[str] = Counter()
    for mention in mentions:
        id_ = mention.ids[0]
        kind = "country" if kind_of(id_) == "bloc" else kind_of(id_)
        if id_ in _TOLD_APART:
            found[f"<{id_}>"] += 1
        if kind in _MASKED and id_ != "region:world":
            tokens[mention.start : mention.end] = [f"<{kind}>"] + [None] * (mention.end - mention.start - 1)
        else:
            found[f"<{kind}>"] += 1
    for place, read in enumerate(text.tokens):
        if any(when.start <= read.start < when.end for when in text.whens):
            tokens[place] = "<date>" if place == 0 or tokens[place - 1] not in {"<date>", None} else None
    kept = [token for token in tokens if token]
    features: dict[str, float] = {feature: 0.5 * n for feature, n in found.items()}
    for place, token in enumerate(kept):
        alone = 0.6 if token[0] == "<" else 0.4 if is_cjk(token) else 1.0
        features[token] = features.get(token, 0.0) + alone
        if len(token) > STEM and token.isascii() and token.isalpha():
            root = f"{token[:STEM]}-"  # of depend, dependence, dependent
            features[root] = features.get(root, 0.0) + 0.5
        if place + 1 < len(kept):
            pair = f"{token} {kept[place + 1]}"
            features[pair] = features.get(pair, 0.0) + (
                1.0 if is_cjk(token) and is_cjk(kept[place + 1]) else 0.5
            )
    return features
