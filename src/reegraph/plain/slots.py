"""The parameters of a named question as slots, and which mentioned thing or time fills which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from reegraph.plain.mentions import Gazetteer, Mention, kind_of
from reegraph.plain.reading import Text, features

Value = date | Decimal | tuple[str, ...]
ROLES: Final = ("", "needed", "if-alone", "left-out", "upstream", "payer", "payee", "loose")
BACKGROUND: Final = frozenset({"group:rare-earths", "region:world", "sector:rare-earth"})
BACKDROP: Final = frozenset({"country:CN", "country:US"})  # of whom nearly all is, named or not
MOST: Final = 4  # things of one parameter
# Kinds that a question seldom speaks of in passing: one that is left over speaks against the choice.
NARROW: Final = frozenset(
    {"provision", "agreement", "negotiation", "policy", "event", "stockpile", "facility", "person", "firm"}
    | {"product", "source", "hypothesis"}
)
SPECIFIC: Final = NARROW | {"element", "deposit", "bloc", "region"}
# Kinds with long names, found by a part of one too.
_IN_PART: Final = NARROW - {"product", "firm", "person", "source", "hypothesis"}
_LITTLE: Final = frozenset({"in", "of", "the", "and", "for", "at"})
_EARLIER: Final = re.compile(r"\b(?:before|prior to)(?: the)? $")
_EARLIER_ZH: Final = re.compile(r"[之以]?前")
_FIRMS: Final = ("firm", "facility")
_BY: Final = re.compile(r"\bby\b|由")
_COUNTS: Final = {"two": "2", "three": "3", "four": "4", "five": "5"} | dict(
    zip("兩三四五", "2345", strict=True)
)


def ids_of(value: Value | None) -> tuple[str, ...]:
    """The things of a parameter's value, none for a date or number."""
    return value if isinstance(value, tuple) else ()


@dataclass(frozen=True)
class Slot:
    """A parameter: the kinds of things that fit it, the preferred first, and its role.

    `left-out` takes what the text excludes, `upstream` whom others lean on, `payee` who is paid by the
    `payer`; one that is `if-alone` is filled when no other slot is; a `loose` one is let go where the graph
    has nothing; and without a `needed` one a question makes no sense.
    """

    question: str
    parameter: str
    kinds: tuple[str, ...]
    role: str = ""


@dataclass
class Bound:
    """What is bound: values by parameter, the mentions used, those left over, and if a needed one lacks."""

    values: dict[str, Value] = field(default_factory=dict)
    used: list[Mention] = field(default_factory=list)
    unused: list[Mention] = field(default_factory=list)
    lacking: bool = False


@dataclass(frozen=True)
class Binder:
    """Fills slots with what a text mentions. `located` are the facilities of each place."""

    gazetteer: Gazetteer
    located: Mapping[str, Sequence[str]]

    def bind(self, slots: Sequence[Slot], text: Text, mentions: Sequence[Mention], today: date) -> Bound:
        """The mentions and times of the text in these slots."""
        bound = Bound()
        free = [m for m in mentions if m.ids[0] not in BACKGROUND]
        for slot in slots:
            if slot.kinds == ("date",):
                _bind_date(slot, text, today, bound)
            elif slot.kinds == ("number",):
                _bind_number(slot, text, bound)
            elif slot.kinds == ("year",):
                _bind_year(slot, text, bound)
            elif slot.kinds and kind_of(slot.kinds[0]) == "ree":
                if term := next((t for t in slot.kinds if self.gazetteer.speaks_of(text, t)), None):
                    bound.values[slot.parameter] = (term,)
            elif slot.kinds and not (slot.role == "if-alone" and bound.values):
                self._bind_things(slot, slots, text, [m for m in free if m not in bound.used], bound)
            bound.lacking |= slot.role == "needed" and slot.parameter not in bound.values
        bound.unused = [m for m in free if m not in bound.used]
        return bound

    def _bind_things(
        self, slot: Slot, slots: Sequence[Slot], text: Text, free: Sequence[Mention], bound: Bound
    ) -> None:
        fitting = [m for m in free if m.of(slot.kinds) and _plays(m, slot, slots, free, text)]
        kind = min(
            (slot.kinds.index(kind_of(m.of(slot.kinds) or "")) for m in fitting), default=len(slot.kinds)
        )
        in_part = [k for k in slot.kinds[:kind] if k in _IN_PART and slot.role != "payee"]
        if in_part and (
            id_ := self.gazetteer.nearest(text, in_part)
            or (slot.role != "needed" and self.gazetteer.namesake(free, in_part))
        ):
            bound.values[slot.parameter] = (id_,)
            bound.used += [m for m in fitting if id_ in m.ids]
            return
        chosen = [m for m in fitting if m.of(slot.kinds[kind : kind + 1])]
        if slot.kinds[kind : kind + 1] == ("concept",):  # a catchword says more the longer it is
            chosen = sorted(chosen, key=lambda m: m.start - m.end)[:1]
        ids = dict.fromkeys(m.of(slot.kinds[kind : kind + 1]) or "" for m in chosen)
        if slot.role == "payee":  # the money goes to the plants at a place
            ids = dict.fromkeys(
                plant
                for id_ in ids
                for plant in (self._plants(id_, text) if kind_of(id_) == "region" else (id_,))
            )
            chosen += [m for m in free if ids.keys() & self.gazetteer.named_after(m.ids, "facility")]
        if ids:
            bound.values[slot.parameter] = tuple(ids)[:MOST]
            bound.used += chosen

    def wider(self, slots: Sequence[Slot], values: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
        """What else may be tried where the graph has nothing: a payee with its plants, less that is loose."""
        tried: list[dict[str, Value]] = [dict(values)]
        for slot in slots:
            for known in list(tried):
                value = ids_of(known.get(slot.parameter))
                if slot.role == "payee" and (plants := self.gazetteer.named_after(value, "facility")):
                    tried.append({**known, slot.parameter: (*value, *plants)})
                # Without a place the answer is of others, but China and the United States are in all.
                places = {id_ for id_ in value if kind_of(id_) in {"country", "bloc"}}
                if value and (
                    (slot.role == "loose" and places <= BACKDROP)
                    or (slot.role == "payer" and set(value) <= BACKDROP)
                ):
                    tried.append({name: other for name, other in known.items() if name != slot.parameter})
        yield from tried[1:]

    def _plants(self, place: str, text: Text) -> Sequence[str]:
        """The plants at a place; where the text tells which, by firm or kind, those that it tells most of."""
        words = frozenset(features(text.run)).difference(_LITTLE, *self.gazetteer.parts["region"][place])
        there = {
            plant: max(
                sum(self.gazetteer.weight[part] for part in name & words)
                for name in self.gazetteer.parts["facility"][plant]
            )
            for plant in self.located.get(place, ())
        }
        return [plant for plant, told in there.items() if told == max(there.values())]


def _plays(mention: Mention, slot: Slot, slots: Sequence[Slot], free: Sequence[Mention], text: Text) -> bool:
    """True when the mention may play the role of the slot."""
    if mention.left_out or slot.role == "left-out":
        return mention.left_out and slot.role == "left-out"
    rivals = [m for m in free if m.of(slot.kinds) and not m.left_out]
    if slot.role == "payer" and mention.of(_FIRMS):
        firms = [m for m in free if m.of(_FIRMS)]
        return len(firms) > 1 and mention is firms[-1 if _BY.search(text.folded) else 0]
    if slot.role == "upstream":
        of_a_kind = any(mention.of(s.kinds) for s in slots[: slots.index(slot)])
        return of_a_kind or mention.upstream or "country:CN" in mention.ids
    if slot.role in {"payer", "payee"}:
        return True
    if not any(s.role == "upstream" and mention.of(s.kinds) for s in slots):
        return not mention.upstream or all(m.upstream for m in rivals)
    leaning = [m for m in rivals if not m.upstream and ("country:CN" not in m.ids or rivals == [m])]
    return mention in leaning and (mention is leaning[0] or mention.joined)


def _bind_date(slot: Slot, text: Text, today: date, bound: Bound) -> None:
    if text.whens:
        when = text.whens[0]
        earlier = _EARLIER.search(text.folded[: when.start]) or _EARLIER_ZH.match(text.folded[when.end :])
        bound.values[slot.parameter] = when.first - timedelta(days=1) if earlier else when.day
    elif text.now:
        bound.values[slot.parameter] = today


def _bind_year(slot: Slot, text: Text, bound: Bound) -> None:
    """The last year spoken of; since 2020 is none."""
    if years := [when.day.year for when in text.whens if not when.open]:
        bound.values[slot.parameter] = Decimal(max(years))


def _bind_number(slot: Slot, text: Text, bound: Bound) -> None:
    """The first number that stands for itself, in figures or as a small word."""
    for token in text.tokens:
        dated = any(when.start <= token.start < when.end for when in text.whens)
        figure = token.text if token.text.isdecimal() else _COUNTS.get(token.text)
        if figure and not dated:
            bound.values[slot.parameter] = Decimal(figure)
            return
