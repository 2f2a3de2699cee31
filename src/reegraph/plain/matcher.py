"""A plain question, English or Chinese: which named question it asks, with which parameters, how surely.

The wording of the named questions (titles, keywords, columns) and the things mentioned speak for each of
them; words that nothing here knows, and measures that no question holds, speak against all. Nothing is
learnt and nothing is asked of a network, so one text always gets one answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from reegraph.plain.choice import THRESHOLD, Choice, Guess, settle
from reegraph.plain.everyday import EMPTY, FOREIGN, STOP
from reegraph.plain.mentions import Gazetteer, Mention
from reegraph.plain.phrases import Run, Script, Text, features, is_cjk, runs_in
from reegraph.plain.sayings import Hit, Saying, Sayings, properties_of
from reegraph.plain.slots import Bound, Slot, bind, kinds_shown, slots_of
from reegraph.questions import Question

__all__ = ["Choice", "Guess", "Matcher", "choose", "is_plain", "settle"]

# Chosen on the odd half of tests/questions/phrasings.tsv, as THRESHOLD is.
HALF: Final = 2.5  # the score that makes a guess half sure
PLAIN: Final = 0.4  # how far a word counts that is known here, but not to this question
FULL: Final = {"claims-about": 0.65, "firm-profile": 0.5}  # the same where all about one thing is told
GENERAL: Final = "claims-about"
SAID: Final = 3.0  # what a claim scores that holds all of the text
CLEAR: Final = 0.5  # of the text in a claim, and the claim's own thing is what it is about
SHOWN: Final = 0.6  # how far a thing counts that no parameter takes but a column may show
IDLE: Final = 0.25  # and one that no column shows
CONTEST: Final = 0.08  # how far a second question as good as the first lessens the trust in it
OVERLOOKED: Final = 0.7  # what is left of it where a policy, an event or a person is spoken of in vain
DOUBT: Final = 0.4  # what is left of the trust after a word of a foreign subject
LONGEST: Final = 10  # tokens of the longest keyword
OFFERED: Final = 3  # questions named where none or one is chosen
_PERCENT: Final = re.compile(
    r"\b(?:what|which) (?:percent|percentage|share|fraction|proportion)\b|^percent"
    r"|百分之幾|百分比|幾成|幾趴|幾%"
)
_METALS: Final = ("\u91d1", "\u9578")  # characters of this radical name metals that the graph has not


@dataclass(frozen=True)
class Seen:
    """A text with what is found in it, by token position."""

    text: Text
    mentions: tuple[Mention, ...]
    empty: frozenset[int]
    unknown: frozenset[int]
    foreign: frozenset[int]
    keyed: Mapping[str, Mapping[Run, float]]  # the keywords that stand in it, by question
    features: Mapping[str, tuple[int, ...]]
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Matcher:
    """The named questions and the names of things, ready to be matched."""

    slots: Mapping[str, tuple[Slot, ...]]
    shown: Mapping[str, frozenset[str]]
    script: Script
    gazetteer: Gazetteer
    keywords: Mapping[Run, Mapping[str, float]]
    wording: Mapping[str, Mapping[str, float]]
    known: frozenset[str]
    empty: frozenset[Run]
    foreign: frozenset[Run]
    sayings: Sayings
    properties: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls,
        questions: Mapping[str, Question],
        names: Mapping[str, Iterable[str]],
        sayings: Iterable[Saying] = (),
    ) -> Matcher:
        """The matcher of these questions and names (all names of each id); it takes about half a second."""
        listed = {id_: tuple(own) for id_, own in names.items()}
        script = Script.learnt(listed.values())
        keywords = _keywords(questions, script)
        wording = _wording(questions, script, listed)
        known = {f for own in listed.values() for name in own for f in features(script.run(name))}
        known |= set(wording) | {f for run in keywords for f in features(run)}
        empty = frozenset(script.run(word) for word in EMPTY)
        said = Sayings.of(sayings, script, empty)
        known |= set(said.holders)
        return cls(
            slots={name: slots_of(question) for name, question in questions.items()},
            shown={name: kinds_shown(question) for name, question in questions.items()},
            script=script,
            gazetteer=Gazetteer.of(listed, script),
            keywords=keywords,
            wording=wording,
            known=frozenset(known),
            empty=empty,
            sayings=said,
            properties={name: properties_of(question) for name, question in questions.items()},
            foreign=frozenset(script.run(word) for word in FOREIGN),
        )

    def choose(self, text: str, today: date) -> Choice:
        """The named question that the text asks, or none, with the nearest."""
        seen = self._look(self.script.read(text))
        guesses = sorted((self._guess(name, seen, today) for name in self.slots), key=_by_trust)
        likely = tuple(g for g in guesses if g.sure > 0)
        unknown, foreign = _said_of(seen, seen.unknown - seen.foreign), _said_of(seen, seen.foreign)
        declined = Choice(text, None, likely[:OFFERED], unknown, foreign)
        if not likely:
            return declined
        second = likely[1].sure if len(likely) > 1 else 0.0
        sure = round(likely[0].sure - CONTEST * second, 2)
        if sure < THRESHOLD:
            return declined
        years = tuple(sorted({when.day.year for when in seen.text.whens}))
        return replace(
            declined,
            best=replace(likely[0], sure=sure),
            near=likely[1:OFFERED],
            years=years,
            percent=bool(_PERCENT.search(seen.text.folded)),
        )

    def _look(self, text: Text) -> Seen:
        run = text.run
        hits, blanks = runs_in(run, self.keywords, LONGEST), runs_in(run, self.empty, LONGEST)
        mentions = tuple(self.gazetteer.find(text, [*hits, *blanks]))
        named = _places((min(m.positions), max(m.positions) + 1) for m in mentions if not m.loose)
        dated = {p for p, t in enumerate(text.tokens) for w in text.whens if w.start <= t.start < w.end}
        empty = _places(blanks) | dated | {p for p, t in enumerate(run) if t in STOP or t == "%"}
        known = {p for f, where in features(run).items() if f in self.known for p in where}
        numbers = {p for p, t in enumerate(run) if t[0].isdigit()}
        unknown = set(range(len(run))) - empty - named - _places(hits) - known - numbers
        things = {p for m in mentions if not m.loose and not _vague(m) for p in m.positions}
        foreign = _places(runs_in(run, self.foreign, LONGEST)) - things
        foreign -= _places(hit for hit in hits if hit[1] - hit[0] > 1)
        foreign |= {p for p in unknown if run[p] in text.proper or _METALS[0] <= run[p] <= _METALS[1]}
        said = tuple(self.sayings.find(run, mentions, frozenset(empty)))
        keyed: dict[str, dict[Run, float]] = {}
        for part in {run[s:e] for s in range(len(run)) for e in range(s + 1, min(len(run), s + LONGEST) + 1)}:
            for name, weight in self.keywords.get(part, {}).items():
                keyed.setdefault(name, {})[part] = weight
        return Seen(
            text,
            mentions,
            frozenset(empty),
            frozenset(unknown),
            frozenset(foreign),
            keyed,
            features(run),
            said,
        )

    def _guess(self, name: str, seen: Seen, today: date) -> Guess:
        support: dict[int, float] = {}
        score, words = self._keyed(name, seen, support)
        score += self._worded(name, seen, support)
        bound = bind(self.slots[name], seen.mentions, seen.text, today)
        hit = self._said(name, seen, bound)
        if hit:
            score += (SAID if name != GENERAL else SAID * 0.8) * hit.share
            for p in hit.positions:
                support[p] = max(support.get(p, 0.0), 0.85)
        for mention in bound.used:
            support.update(dict.fromkeys(mention.positions, 1.0))
            words.append(_said(seen.text, mention.positions))
        for mention in bound.unused:
            level = SHOWN if self.shown[name] & {i.partition(":")[0] for i in mention.ids} else IDLE
            for p in mention.positions:
                support.setdefault(p, level)
        if not score and name not in FULL:  # things alone ask nothing
            return Guess(name, bound.values, 0.0)
        score += sum(bound.gains)
        rest = FULL.get(name, PLAIN) if bound.specific else PLAIN
        sure = _coverage(seen, support, rest) * score / (score + HALF)
        sure *= (0.5 if bound.lacking else 1.0) * DOUBT ** min(2, len(_runs(seen.foreign)))
        sure *= OVERLOOKED ** min(2, bound.overlooked)
        placed = frozenset(p for mention in bound.used for p in mention.positions)
        return Guess(name, bound.values, round(sure, 4), tuple(dict.fromkeys(words)), placed)

    def _said(self, name: str, seen: Seen, bound: Bound) -> Hit | None:
        """The claim that the text speaks of most among those that the question lists."""
        if name != GENERAL:
            return next((h for h in seen.hits if self._lists(name, h.saying, bound)), None)
        for hit in seen.hits[:3]:
            thing = bound.values.get("thing")
            if isinstance(thing, tuple) and set(thing) & set(hit.saying.things):
                return hit
            if (narrow := self.sayings.narrow(hit)) and hit.share >= CLEAR and not bound.specific:
                bound.values["thing"], bound.lacking, bound.specific = (narrow,), False, True
                return hit
        return None

    def _lists(self, name: str, saying: Saying, bound: Bound) -> bool:
        """True when the question, as it is bound, may list the claim."""
        if saying.property not in self.properties[name]:
            return False
        for slot in self.slots[name]:
            wanted = bound.values.get(slot.name, () if slot.default == "UNDEF" else (slot.default,))
            if (
                isinstance(wanted, tuple)
                and wanted
                and not slot.left_out
                and not set(wanted) & set(saying.things)
            ):
                return False
        return True

    def _keyed(self, name: str, seen: Seen, support: dict[int, float]) -> tuple[float, list[str]]:
        """What the question's keywords score, and which; those that are but part of a name, little."""
        run, words, score, asked = seen.text.run, [], 0.0, 0.0
        own = seen.keyed.get(name, {})
        for start, end in runs_in(run, own, LONGEST) if own else ():
            covered = frozenset(range(start, end))
            part_of_name = any(covered < m.positions for m in seen.mentions if not m.loose)
            part = run[start:end]
            if part in self.empty or (len(part) == 1 and part[0] in STOP):
                asked += own[run[start:end]]
                continue
            score += own[run[start:end]] * (0.2 if part_of_name else 1.0)
            support.update(dict.fromkeys(covered, 1.0))
            words.append(_said(seen.text, covered))
        return score and score + asked, words

    def _worded(self, name: str, seen: Seen, support: dict[int, float]) -> float:
        """What the other words of the question score, where no keyword stands."""
        score = 0.0
        for feature, where in seen.features.items():
            weight = self.wording.get(feature, {}).get(name, 0.0)
            fresh = [p for p in where if p not in support and p not in seen.empty]
            if weight and fresh:
                score += weight * len(fresh) / len(where)
                support.update(dict.fromkeys(fresh, 0.7))
        return score


def is_plain(text: str) -> bool:
    """True of a plain question: it holds a space or a Chinese character; a name of a question does not.

    >>> is_plain("china-share"), is_plain("who funds MP"), is_plain("誰依賴中國")
    (False, True, True)
    """
    return " " in text.strip() or is_cjk(text)


def choose(
    text: str, questions: Mapping[str, Question], names: Mapping[str, Iterable[str]], today: date
) -> Choice:
    """The named question that `text` asks; who asks more than once keeps a Matcher."""
    return Matcher.of(questions, names).choose(text, today)


def _keywords(questions: Mapping[str, Question], script: Script) -> dict[Run, dict[str, float]]:
    """What each keyword weighs for each question: rare and long ones more, question words less."""
    holders: dict[Run, set[str]] = {}
    for question in questions.values():
        for keyword in (*question.keywords, question.title_en, question.title_zh):
            if run := script.run(keyword):
                holders.setdefault(run, set()).add(question.name)
    found = {}
    for run, names in holders.items():
        size = sum(0.5 if is_cjk(token) else 1.0 for token in run)
        weight = math.log(1 + len(questions) / len(names)) * (0.35 + 0.4 * min(size, 3))
        asks_only = (len(run) == 1 and run[0] in STOP) or "".join(run) in EMPTY
        found[run] = dict.fromkeys(sorted(names), weight * (0.6 if asks_only else 1.0))
    return found


def _wording(
    questions: Mapping[str, Question], script: Script, names: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """What the other words of a question weigh, those of its title, sentence, columns; no countries."""
    weights: dict[str, dict[str, float]] = {}
    for q in questions.values():
        for weight, text in (
            (0.5, f"{q.title_en} {q.title_zh} {' '.join(q.keywords)}"),
            (0.3, f"{q.question_en} {q.question_zh}"),
            (0.12, " ".join(f"{c.en} {c.zh}" for c in q.columns)),
            (0.12, " ".join(f"{p.en} {p.zh}" for p in q.parameters)),
        ):
            for feature in features(script.run(text)):
                own = weights.setdefault(feature, {})
                own[q.name] = max(own.get(q.name, 0), weight)
    countries = {
        feature
        for id_, own_names in names.items()
        if id_.startswith("country:") and id_ != "country:TW"  # which a question is named after
        for name in own_names
        for feature in features(script.run(name))
    }
    return {
        feature: {name: w * math.log(1 + len(questions) / len(own)) for name, w in own.items()}
        for feature, own in weights.items()
        if feature not in STOP and feature not in countries
    }


def _coverage(seen: Seen, support: Mapping[int, float], rest: float) -> float:
    """How much of what the text says the guess accounts for, from 0 to 1; unknown words weigh more.

    A word that is known here but not to this question counts `rest`.
    """
    total = got = 0.0
    for place, token in enumerate(seen.text.run):
        if place in seen.empty and place not in seen.foreign:
            continue
        weight = 0.5 if is_cjk(token) else 0.4 if token[0].isdigit() else 1.0
        if place in seen.unknown:
            alone = is_cjk(token) and not {place - 1, place + 1} & seen.unknown
            weight *= 0.5 if alone else 2.0  # one character is seldom a word
        total += weight
        got += weight * support.get(place, 0.0 if place in seen.unknown else rest)
    return got / total if total else 0.0


def _by_trust(guess: Guess) -> tuple[float, str]:
    return -guess.sure, guess.question


def _vague(mention: Mention) -> bool:
    """True of a mere concept, such as price."""
    return all(id_.startswith("concept:") for id_ in mention.ids)


def _places(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


def _runs(positions: Iterable[int]) -> list[list[int]]:
    """The positions in runs of neighbours."""
    runs: list[list[int]] = []
    for place in sorted(positions):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _said(text: Text, positions: Iterable[int]) -> str:
    """The text from the first of the positions to the last, as it is read."""
    where = sorted(positions)
    return text.folded[text.tokens[where[0]].start : text.tokens[where[-1]].end]


def _said_of(seen: Seen, positions: Iterable[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_said(seen.text, run) for run in _runs(positions)))
