"""A plain question, English or Chinese: which named question it asks, with which parameters, how surely.

Example phrasings (queries/phrasings.tsv) choose the question, some of them such as no question here
answers; the things and times mentioned fill its parameters (queries/slots.tsv); words that neither the
names, the examples nor the claims hold speak against any answer. Nothing is asked of a network, so one text
always gets one answer.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from reegraph.plain.choice import GENERAL, Choice, Guess
from reegraph.plain.mentions import Gazetteer, Mention, kind_of
from reegraph.plain.phrasings import NOTHING, OTHER_METALS, Phrasings, masked
from reegraph.plain.reading import Text, features, is_cjk, read, run_of, spelt
from reegraph.plain.sayings import Saying, Sayings
from reegraph.plain.slots import BACKDROP, BACKGROUND, NARROW, SPECIFIC, Binder, Bound, Slot, ids_of

# Chosen by cross-validation on tests/questions/phrasings.tsv.
THRESHOLD: Final = 0.25  # surer than this, or the answer is "I do not know"
LEFT_OVER: Final = 0.1  # what is left of a guess for each narrow thing that it has no place for
UNKNOWN: Final = 0.55  # and for each word that nothing here knows
FOREIGN: Final = 0.15  # the same if it is a name, or of an example that no question here answers
ALL: Final = frozenset({GENERAL, "figures"})  # the questions that tell all,
WIDE: Final = 0.2  # and what is left of asking it about something as wide as a country, or about nothing
LIKELY: Final = 0.01  # questions less like the text than this are not looked at
CAUTION: Final = 1.5  # how much more the examples of no question count: a wrong answer does more harm
FLOOR: Final = 0.15  # below this all guesses together are too weak to share out all the trust
TOLD: Final = 0.35  # a claim that holds so much of the text tells what it is about
NAMED: Final = (
    0.35  # how surely all about it is asked where one narrow thing is named and nothing else is sure
)
OWN: Final = 0.1  # what more than so many of a question's examples mention goes without saying
OFFERED: Final = 3  # questions named where none or one is chosen

_WHAT_IF: Final = re.compile(r"\bwhat (?:if|happens)\b|\bif\b|\bsuppos|如果|假如|假設|倘若|要是|會怎|會如何")
_TELLING: Final = NARROW | {"concept", "sector", "material", "region"}


@dataclass(frozen=True)
class Matcher:
    """The example phrasings, the names of things and the claims' words, ready to be matched."""

    gazetteer: Gazetteer
    phrasings: Phrasings
    sayings: Sayings
    binder: Binder
    slots: Mapping[str, Sequence[Slot]]
    known: frozenset[str]
    own: Mapping[str, frozenset[str]]  # the things that a question is about whatever it is asked of
    foreign: frozenset[str]  # words that only examples on other metals have

    @classmethod
    def of(
        cls,
        examples: Iterable[tuple[str, str]],
        slots: Iterable[Slot],
        names: Mapping[str, Iterable[str]],
        sayings: Iterable[Saying] = (),
        located: Mapping[str, Sequence[str]] | None = None,
        common: str = "",
    ) -> Matcher:
        """The matcher of these examples (label, text), slots, names of things, claims and places.

        `common` are everyday words, and Chinese characters, that say nothing of what a question is about.
        """
        gazetteer = Gazetteer.of(names)
        said = Sayings.of(sayings)
        listed = [(question, read(text)) for question, text in examples]
        known = {f for own in names.values() for name in own for f in features(run_of(name))}
        known |= set(said.holders) | set(run_of(common)) | set(features(run_of(common)))
        known |= {f for label, text in listed if _question(label) != NOTHING for f in features(text.run)}
        known |= {c for feature in known if is_cjk(feature) for c in feature}
        by_question: dict[str, list[Slot]] = {_question(label): [] for label, _ in listed}
        for slot in slots:
            by_question.setdefault(slot.question, []).append(slot)
        found = [(label, text, gazetteer.find(text)) for label, text in listed]
        return cls(
            gazetteer,
            Phrasings.of((label, masked(text, mentions)) for label, text, mentions in found),
            said,
            Binder(gazetteer, located or {}),
            by_question,
            frozenset(known),
            _own(found),
            _foreign(found) - set(run_of(common)),
        )

    def choose(self, text: str, today: date) -> Choice:
        """The named question that the text asks, or none, with the nearest."""
        plain = read(text)
        plain = replace(plain, tokens=tuple(replace(t, text=spelt(t.text, self.known)) for t in plain.tokens))
        mentions = self.gazetteer.find(plain)
        unknown = self._unknown(plain, mentions)
        likeness = self.phrasings.likeness(masked(plain, mentions))
        told = self._told(plain, mentions)
        guesses = [
            self._guess(q, p, plain, mentions, told, today)
            for q, p in likeness.items()
            if q != NOTHING and (p > LIKELY or q == GENERAL)
        ]
        guesses.sort(key=lambda g: (-g.sure, g.question))
        doubt = math.prod(FOREIGN if self._is_foreign(word, plain) else UNKNOWN for word in unknown)
        total = max(FLOOR, sum(g.sure for g in guesses) + CAUTION * likeness[NOTHING])
        guesses = guesses[:OFFERED] + [g for g in guesses[OFFERED:] if g.question == GENERAL]
        guesses = [replace(g, sure=min(0.99, round(doubt * g.sure / total, 2))) for g in guesses]
        if guesses[0].sure < THRESHOLD:
            guesses = all_about_one(guesses, mentions, doubt * NAMED * (1 - likeness[NOTHING]))
        heard = tuple(m.ids[0] for m in mentions)
        years = tuple(sorted({when.day.year for when in plain.whens if not when.open}))
        named = {p for m in mentions for p in range(m.start, m.end)}
        foreign = tuple(w for p, w in enumerate(plain.run) if p not in named and w in self.foreign)
        if guesses[0].sure < THRESHOLD:
            return Choice(text, None, tuple(guesses), heard, unknown, years)
        return Choice(text, guesses[0], tuple(guesses[1:]), heard, unknown, years, foreign=foreign)

    def supposes(self, text: str, scenarios: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
        """The scenarios, given with their texts, on all the things of which a text asks what if."""
        if not _WHAT_IF.search(text.casefold()):
            return ()
        asked = self._things(text)
        named = {name: set().union(*map(self._things, texts)) for name, texts in scenarios.items()}
        telling = asked - BACKDROP - BACKGROUND
        return tuple(name for name, things in named.items() if telling and asked <= things)

    def _things(self, text: str) -> set[str]:
        return {m.ids[0] for m in self.gazetteer.find(read(text)) if kind_of(m.ids[0]) != "concept"}

    def _guess(
        self,
        question: str,
        likeness: float,
        text: Text,
        mentions: Sequence[Mention],
        told: str | None,
        today: date,
    ) -> Guess:
        bound = self.binder.bind(self.slots[question], text, mentions, today)
        if question == GENERAL and told and _is_wide(bound):
            bound.values["thing"], bound.lacking = (told,), False
        elif question in ALL and _is_wide(bound):
            likeness *= WIDE
        sure = 0.0 if bound.lacking else likeness
        left = tuple(m.ids[0] for m in bound.unused if kind_of(m.ids[0]) in SPECIFIC | {"country"})
        sure *= LEFT_OVER ** sum(kind_of(id_) in SPECIFIC for id_ in left)
        if any(map(ids_of, bound.values.values())):
            left = ()  # its rows are of things that are spoken of
        wider = tuple(self.binder.wider(self.slots[question], bound.values))
        idle = [m for m in bound.unused if m.ids[0] not in self.own.get(question, ())]
        dated = any({"date", "year"} & set(slot.kinds) for slot in self.slots[question])
        spans = [(text.tokens[m.start].start, text.tokens[m.end - 1].end) for m in idle]
        if not dated:
            named = [(text.tokens[m.start].start, text.tokens[m.end - 1].end) for m in mentions]
            times = [(when.start, when.end) for when in text.whens]
            spans += [t for t in times if not any(a < t[1] and t[0] < b for a, b in named)]
        unused = tuple(text.folded[start:end].strip().removesuffix("'s") for start, end in sorted(spans))
        strange = tuple(m.ids[0] for m in idle if kind_of(m.ids[0]) == "element" and question != GENERAL)
        return Guess(question, bound.values, sure, left, wider, unused, strange)

    def _told(self, text: Text, mentions: Sequence[Mention]) -> str | None:
        """The narrow thing that the claims most like the text are about."""
        votes: dict[str, float] = {}
        for hit in self.sayings.find(text.run, mentions):
            for thing in hit.saying.things:
                if hit.share >= TOLD and kind_of(thing) in _TELLING:
                    votes[thing] = votes.get(thing, 0.0) + hit.share**2
        return max(sorted(votes), key=lambda t: votes[t], default=None)

    def _is_foreign(self, word: str, text: Text) -> bool:
        """True of an unknown word that is a name, a Chinese character, or of the examples of no question."""
        return word in text.proper or is_cjk(word) or word in self.phrasings.rarity

    def _unknown(self, text: Text, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """The words, or Chinese characters, that neither names, answerable examples nor claims know."""
        named = {p for m in mentions for p in range(m.start, m.end)}
        words = [word for place, word in enumerate(text.run) if place not in named]
        pairs = [
            a + b for a, b in zip(text.run, text.run[1:], strict=False) if f"{a} {b}" in self.phrasings.rarity
        ]
        foreign = [pair for pair in pairs if is_cjk(pair[0]) and is_cjk(pair[-1]) and pair not in self.known]
        return (*foreign, *(w for w in words if w not in self.known and not w[0].isdigit() and w != "%"))


def all_about_one(guesses: list[Guess], mentions: Sequence[Mention], sure: float) -> list[Guess]:
    """The guesses, first all about the one narrow thing that is named, if that is sure enough."""
    named = [(id_,) for m in mentions for id_ in m.ids if kind_of(id_) in NARROW]
    for guess in guesses:
        if guess.question == GENERAL and not guess.left and guess.parameters.get("thing") in named:
            others = [g for g in guesses if g is not guess]
            return [replace(guess, sure=round(sure, 2)), *others] if sure >= THRESHOLD else guesses
    return guesses


_Found = Sequence[tuple[str, Text, Sequence[Mention]]]  # examples, with what each mentions


def _own(examples: _Found) -> dict[str, frozenset[str]]:
    """The things that a good part of a question's examples mention, of each question."""
    counts: dict[str, Counter[str]] = {}
    examined: Counter[str] = Counter()
    for label, _, mentions in examples:
        examined[_question(label)] += 1
        counts.setdefault(_question(label), Counter()).update({m.ids[0] for m in mentions})
    return {
        question: frozenset(id_ for id_, n in found.items() if n > OWN * examined[question])
        for question, found in counts.items()
    }


def _foreign(examples: _Found) -> frozenset[str]:
    """The words, or Chinese characters, outside names that examples on other metals alone have."""
    words: dict[bool, set[str]] = {True: set(), False: set()}
    for label, text, mentions in examples:
        named = {p for m in mentions for p in range(m.start, m.end)}
        if _question(label) != NOTHING or label == OTHER_METALS:
            words[label == OTHER_METALS] |= {w for p, w in enumerate(text.run) if p not in named}
    return frozenset(words[True] - words[False])


def _question(label: str) -> str:
    """The question of an example's label, which may name a way of asking it: claims-about:why."""
    return label.partition(":")[0]


def _is_wide(bound: Bound) -> bool:
    """True when nothing is bound but China, the United States, elements, products or an office."""
    things = [id_ for value in bound.values.values() for id_ in ids_of(value)]
    return all(id_ in BACKDROP or kind_of(id_) in {"group", "product", "org"} for id_ in things)


def is_plain(text: str) -> bool:
    """True of a plain question: it holds a space or a Chinese character; a name of a question does not.

    >>> is_plain("china-share"), is_plain("who funds MP"), is_plain("誰依賴中國")
    (False, True, True)
    """
    return bool(re.search(r"\s", text.strip())) or is_cjk(text)
