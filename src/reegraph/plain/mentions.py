"""The things that a plain sentence mentions: by any of their names, or by the telling part of a long one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.plain.reading import Run, Text, features, is_cjk, run_of

RARE: Final = 4.0  # what a telling part of a name weighs at least: one thing in fifty has it
LEAST: Final = 0.6  # and so much of the whole name's weight has to stand in the text
CLEAR: Final = 1.25  # a name in part has to fit so many times better than any other
_NAMELESS: Final = frozenset({"ree", "unit", "rule", "work", "scheme", "word"})
_NAMING: Final = frozenset({"region", "country", "bloc", "firm", "org"})
_NAMED: Final = frozenset({"agreement", "negotiation"})
# Symbols that are words or other names, and elements whose character stands in commoner words (磁鐵).
_AMBIGUOUS: Final = frozenset({"la", "he", "no", "in", "as", "ho", "er", "eu", "be", "i", "鐵", "氮"})
_OUTSIDE: Final = re.compile(
    r"(?:除了|除|除去|扣除|不算|不含|排除|非)$|\bnon[- ]$"
    r"|\b(?:outside|beyond|excluding|except|besides|other than|apart from|aside from|not in)"
    r"(?: of| for)?(?: the)? $"
)
_OUTSIDE_AFTER: Final = re.compile(r"以外|之外|境外|外面|海外")
_UPSTREAM: Final = re.compile(
    r"(?:依賴|倚賴|仰賴|來自|從|自|靠|受制於|暴露於|向|跟)$|\b(?:on|upon|from|to|through|via)(?: the)? $"
)
_AND: Final = re.compile(r"\s*(?:[,、/]|and|or|和|與|及|跟|或|,\s*and)\s*")
_TOWARDS: Final = re.compile(r"對$")
_DEPENDENCE: Final = re.compile(r"[^，,、對]{0,8}(?:依賴|倚賴|依存|曝險)")  # 對中國稀土的依賴


@dataclass(frozen=True)
class Mention:
    """A run of tokens, from `start` to before `end`, that names one of `ids`.

    `left_out` tells that the text excludes it ("outside China"), `upstream` that others lean on it,
    `joined` that it goes on with a list ("China and Japan").
    """

    ids: Run
    start: int
    end: int
    left_out: bool = False
    upstream: bool = False
    joined: bool = False

    def of(self, kinds: Sequence[str]) -> str | None:
        """The first id that is of one of these kinds, the kinds in their order."""
        return next((i for kind in kinds for i in self.ids if kind_of(i) == kind), None)


@dataclass(frozen=True)
class Gazetteer:
    """All names of things, to find them in a text."""

    names: Mapping[Run, Run]
    longest: int
    parts: Mapping[str, Mapping[str, Sequence[frozenset[str]]]]  # of each name, by kind and thing
    weight: Mapping[str, float]
    telling: Mapping[str, Sequence[tuple[str, frozenset[str]]]]  # the names that have a rare part
    terms: Mapping[str, Sequence[Run]]  # the names of classes and properties

    def find(self, text: Text) -> tuple[Mention, ...]:
        """The things mentioned, in the text's order; of names that overlap the longest."""
        found: list[Mention] = []
        place = 0
        while place < len(text.run):
            end = next(self._ends(text.run, place), place)
            if end > place:
                found.append(self._mention(text, place, end, found[-1] if found else None))
            place = max(end, place + 1)
        return tuple(found)

    def nearest(self, text: Text, kinds: Sequence[str]) -> str | None:
        """The thing of these kinds a name of which stands in the text in part, if no other comes near."""
        seen = frozenset(features(text.run))
        fits: dict[str, float] = {}
        for part in seen & self.telling.keys():
            for id_, name in self.telling[part]:
                if kind_of(id_) in kinds:
                    fits[id_] = max(fits.get(id_, 0.0), self._fit(name & seen, name))
        first, second, *_ = (*sorted(fits, key=lambda i: (-fits[i], i)), "", "")
        return first if fits.get(first, 0.0) > CLEAR * fits.get(second, 0.0) else None

    def namesake(self, mentions: Sequence[Mention], kinds: Sequence[str]) -> str | None:
        """The one agreement or talks, if of these kinds, that is named after things mentioned: Geneva."""
        found: set[str] = set()
        for mention in mentions:
            naming = [id_ for id_ in mention.ids if kind_of(id_) in _NAMING]
            named = {id_ for kind in _NAMED.intersection(kinds) for id_ in self.named_after(naming, kind)}
            found = found & named if found and named else found or named
        return found.pop() if len(found) == 1 else None

    def speaks_of(self, text: Text, term: str) -> bool:
        """True when the text has a name of the class or property: people, patents."""
        run = f" {' '.join(text.run)} "
        return any(f" {' '.join(name)} " in run for name in self.terms.get(term, ()))

    def named_after(self, ids: Iterable[str], kind: str) -> list[str]:
        """The things of a kind that have the whole name of one of these in their own."""
        words = [name for id_ in ids for name in self.parts[kind_of(id_)][id_]]
        return [
            id_
            for id_, names in self.parts.get(kind, {}).items()
            if any(word <= name for word in words for name in names)
        ]

    def _fit(self, shared: frozenset[str], name: frozenset[str]) -> float:
        """What the shared parts of a name weigh, less where some is missing; 0 without most or the rarest."""
        told, whole = (sum(self.weight[part] for part in parts) for parts in (shared, name))
        rarest = max(self.weight[part] for part in name)
        if told < LEAST * whole or max(self.weight[part] for part in shared) < rarest:
            return 0.0
        return told**2 / whole

    def _ends(self, run: Run, place: int) -> Iterator[int]:
        for end in range(min(len(run), place + self.longest), place, -1):
            if run[place:end] in self.names:
                yield end

    def _mention(self, text: Text, start: int, end: int, last: Mention | None) -> Mention:
        first, final = text.tokens[start].start, text.tokens[end - 1].end
        before, after = text.folded[max(0, first - 24) : first], text.folded[final:]
        joined = last is not None and bool(_AND.fullmatch(text.folded[text.tokens[last.end - 1].end : first]))
        return Mention(
            self.names[text.run[start:end]],
            start,
            end,
            left_out=bool(_OUTSIDE.search(before) or _OUTSIDE_AFTER.match(after)),
            upstream=bool(
                (last and joined and last.upstream)
                or _UPSTREAM.search(before)
                or (_TOWARDS.search(before) and _DEPENDENCE.match(after))
            ),
            joined=joined,
        )

    @classmethod
    def of(cls, names: Mapping[str, Iterable[str]]) -> Gazetteer:
        """The names of these ids."""
        exact: dict[Run, list[str]] = {}
        parts: dict[str, dict[str, list[frozenset[str]]]] = {}
        holders: dict[str, set[str]] = {}
        terms: dict[str, list[Run]] = {}
        for id_ in sorted(names):
            if kind_of(id_) in _NAMELESS:
                terms[id_] = [run_of(name) for name in names[id_]]
                continue
            for run in sorted({run_of(name) for name in names[id_]} - {()}):
                word = "".join(run)
                clear = word not in _AMBIGUOUS or kind_of(id_) != "element"
                if clear and (len(word) > 1 or is_cjk(word)):
                    exact.setdefault(run, []).append(id_)
                own = frozenset(features(run))
                parts.setdefault(kind_of(id_), {}).setdefault(id_, []).append(own)
                for part in own:
                    holders.setdefault(part, set()).add(id_)
        total = len(set().union(*holders.values())) if holders else 0
        weight = {part: math.log(total / len(ids)) for part, ids in holders.items()}
        telling: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for things in parts.values():
            for id_, own_parts in things.items():
                for name in own_parts:
                    for part in name:
                        if weight[part] >= RARE and not part.isdigit():
                            telling.setdefault(part, []).append((id_, name))
        found = {run: tuple(dict.fromkeys(ids)) for run, ids in exact.items()}
        return cls(found, max(map(len, found), default=0), parts, weight, telling, terms)


def kind_of(id_: str) -> str:
    """The kind of a thing: firm of firm:lynas."""
    return id_.partition(":")[0]
