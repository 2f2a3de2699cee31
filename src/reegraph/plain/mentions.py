"""The things that a plain sentence mentions, by all their names, by part of a long one, or in passing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.plain.everyday import STOP
from reegraph.plain.phrases import Run, Script, Text, features, inside, is_cjk

LOOSE: Final = 0.6  # of a long name's weight must stand in the text,
RARE: Final = 3.2  # with one part that no more than about a twentieth of the long names have
# What may be meant by the name of a place, firm or body in it: "Geneva" for the talks held there.
_NAMING: Final = {
    "country": ("agreement", "negotiation"),
    "region": ("negotiation", "agreement", "facility"),
    "firm": ("facility", "agreement"),
    "org": ("event",),
    "person": ("event",),
    "deposit": ("facility",),
}
NAMESAKES: Final = frozenset(kind for kinds in _NAMING.values() for kind in kinds)
_UNNAMED: Final = frozenset({"ree", "word", "unit", "rule", "work", "scheme"})
_DESCRIBED: Final = frozenset(
    {"agreement", "concession", "deposit", "event", "facility", "flow", "group", "hypothesis", "negotiation"}
    | {"org", "policy", "provision", "stockpile", "concept"}
)
_NICKNAMED: Final = frozenset({"firm", "facility", "product"})
# Symbols that are English words, and elements whose character stands in commoner words (磁鐵).
_AMBIGUOUS: Final = frozenset({"la", "he", "no", "in", "as", "ho", "er", "鐵", "氮"})

# Ways of speaking of things that their curated names do not hold, each with the id meant.
_SPOKEN: Final = {
    "country:US": "america american washington 美方 美中 中美 對美依賴 對美出口 華盛頓",
    "country:CN": "chinese beijing 北京 中方 中美 美中 對中依賴 對中的 對中出口 陸方",
    "country:JP": "japanese tokyo 日方 對日出口 美日 東京",
    "country:AU": "australian 澳方 美澳 澳大利亞",
    "country:KR": "korea korean 韓方",
    "country:TW": "taiwanese",
    "country:IN": "indian",
    "country:GB": "british uk britain",
    "country:FR": "french",
    "country:NL": "dutch",
    "bloc:eu": "european|union brussels europe european 歐洲聯盟 歐方 歐洲",
    "region:europe": "european",
    "bloc:g7": "group|of|seven 七大工業國",
    "org:us-dod": "pentagon dod department|of|defense department|of|defence defense|department "
    "國防部 五角大樓 五角大廈",
    "org:mofcom": "mofcom 商務部",
    "org:iea": "iea 國際能源署",
    "org:usgs": "usgs 地質調查局",
    "firm:mp-materials": "mp",
    "facility:mountain-pass": "mountain|pass",
    "product:ev": "ev 電動車",
    "source:jui-2025": "udn 北美智權報 聯合新聞網",
    "source:tan-2025": "遠景論壇 prospect|forum",
    "source:tang-2025": "上報 up|media",
    "policy:cn-export-rebate": "rebate export|rebate tax|rebate 退稅",
    "policy:cn-re-regulation-2024": "rare|earth|regulation 稀土條例 稀土法",
    "policy:cn-tech-ban-2023": "technology|ban 技術禁令",
    "policy:us-chip-controls": "chip|ban chip|control chip|export|control 晶片禁令 晶片管制",
    "policy:cn-embargo-japan-2010": "embargo|on|japan japan|embargo 對日禁運 對日斷供",
    "provision:case-by-case-14nm": "14|nm 14奈米",
    "provision:value-threshold-0.1": "0.1% de|minimis",
    "stockpile:us-nds": "defense|stockpile strategic|stockpile strategic|reserve emergency|reserve "
    "國防儲備 戰略儲備",
    "concept:red-line": "red|line 紅線 底線",
    "concept:price-suppression": "undercut price|war dump 壓價 削價 低價傾銷",
    "event:deng-remark-1992": "deng 中東有石油",
}
_FOLLOWS: Final = re.compile(
    r"(?:除了|除|除去|扣除|不算|不含|排除|非)$|\bnon[- ]$"
    r"|\b(?:outside|beyond|excluding|except|besides|other than|apart from|aside from)(?: of| for)?(?: the)? $"
)
_LEADS: Final = re.compile(r"^(?:以外|之外|境外|外面)")


@dataclass(frozen=True)
class Mention:
    """A run of tokens that names one of `ids`, likeliest first; a `loose` one fits a long name in part.

    `left_out` tells that the text excludes it ("outside China"); `before` is what stands before it.
    """

    ids: Run
    positions: frozenset[int]
    loose: bool = False
    left_out: bool = False
    before: str = ""

    @property
    def start(self) -> int:
        """The place of its first token."""
        return min(self.positions)


@dataclass(frozen=True)
class Gazetteer:
    """All names of things, to find them in a text."""

    names: Mapping[Run, Run]
    longest: int
    parts: Mapping[str, Sequence[int]]  # part of a long name -> the numbers of those names
    weights: Mapping[str, float]
    long: Sequence[tuple[str, float]]  # the id of a long name and the weight of its parts
    namesakes: Mapping[str, Run]

    def find(self, text: Text, longer: Sequence[tuple[int, int]] = ()) -> list[Mention]:
        """The things mentioned, in the text's order; none inside one of the `longer` other phrases."""
        found: list[Mention] = []
        run, place = text.run, 0
        while place < len(run):
            end = next(self._ends(run, place), place)
            if end > place and (end > place + 1 or not is_cjk(run[place]) or not inside(place, end, longer)):
                found.append(self._mention(text, self.names[run[place:end]], range(place, end)))
            place = max(end, place + 1)
        loose = list(self._loosely(text, found))
        return sorted([*found, *loose], key=lambda m: (m.start, m.loose, m.ids))

    def _ends(self, run: Run, place: int) -> Iterator[int]:
        for end in range(min(len(run), place + self.longest), place, -1):
            if run[place:end] in self.names:
                yield end

    def _loosely(self, text: Text, exact: Sequence[Mention]) -> Iterator[Mention]:
        """The two best long names of which most of the weight stands in the text."""
        gain: dict[int, float] = {}
        places: dict[int, set[int]] = {}
        rarest: dict[int, float] = {}
        for part, where in features(text.run).items():
            for number in self.parts.get(part, ()):
                weight = self.weights[part]
                gain[number] = gain.get(number, 0) + weight
                places.setdefault(number, set()).update(where)
                rarest[number] = max(rarest.get(number, 0), weight)
        named = {id_ for m in exact for id_ in m.ids}
        taken = [m.positions for m in exact]
        ranked = []
        for number, got in places.items():
            id_, total = self.long[number]
            fits = gain[number] >= LOOSE * total and rarest[number] >= RARE and len(got) > 1
            if fits and id_ not in named and not any(got <= t for t in taken):
                ranked.append((-(gain[number] ** 2) / total, id_, sorted(got)))
        best = {id_: (-score, got) for score, id_, got in sorted(ranked, reverse=True)}
        best = {id_: own for id_, own in best.items() if not _contested(id_, best)}
        for id_ in sorted(best, key=lambda i: (-best[i][0], i))[:2]:
            yield self._mention(text, (id_,), best[id_][1], loose=True)

    def _mention(self, text: Text, ids: Run, positions: Iterable[int], *, loose: bool = False) -> Mention:
        where = frozenset(positions)
        first, last = text.tokens[min(where)], text.tokens[max(where)]
        begin = first.start + (first.text == "對")  # 對中依賴
        before, after = text.folded[max(0, begin - 24) : begin], text.folded[last.end :]
        left_out = bool(_FOLLOWS.search(before) or _LEADS.search(after))
        sakes = (sake for id_ in ids for sake in self.namesakes.get(id_, ()))
        return Mention(tuple(dict.fromkeys([*ids, *sakes])), where, loose, left_out, before)

    @classmethod
    def of(cls, names: Mapping[str, Iterable[str]], script: Script) -> Gazetteer:
        """The names of these ids, as `script` reads them."""
        runs = {
            id_: sorted(
                {
                    run
                    for name in (*names[id_], *_spoken(id_))
                    if (run := script.run(name)) and _clear(name, run)
                }
            )
            for id_ in sorted(names)
            if id_.partition(":")[0] not in _UNNAMED
        }
        exact: dict[Run, list[str]] = {}
        for id_, own in runs.items():
            for run in own:
                exact.setdefault(run, []).append(id_)
        for run, id_ in _nicknames(names, script).items():
            exact.setdefault(run, [id_])
        found = {run: tuple(dict.fromkeys(ids)) for run, ids in exact.items()}
        longest = max(map(len, found), default=0)
        return cls(found, longest, *_long_names(runs), _namesakes(runs))


def _contested(id_: str, scores: Mapping[str, tuple[float, object]]) -> bool:
    """True when the text fits another thing of the kind as well: two controls of one year."""
    kind = id_.partition(":")[0]
    rivals = [score for other, (score, _) in scores.items() if other != id_ and other.startswith(f"{kind}:")]
    return any(rival >= 0.93 * scores[id_][0] for rival in rivals)


def _long_names(
    runs: Mapping[str, Sequence[Run]],
) -> tuple[dict[str, list[int]], dict[str, float], list[tuple[str, float]]]:
    """The parts of the descriptive names, what each weighs, and what each name weighs; dates are extra."""
    named = [
        (id_, sorted(set(features(run)) - STOP))
        for id_, own in runs.items()
        if id_.partition(":")[0] in _DESCRIBED
        for run in own
    ]
    holders: dict[str, set[str]] = {}
    for id_, parts in named:
        for part in parts:
            holders.setdefault(part, set()).add(id_)
    total = len({id_ for id_, _ in named})
    weights = {part: math.log(1 + total / len(ids)) for part, ids in holders.items()}
    numbers: dict[str, list[int]] = {}
    for number, (_, parts) in enumerate(named):
        for part in parts:
            numbers.setdefault(part, []).append(number)
    sums = [(id_, sum(weights[p] for p in parts if not p.isdigit()) or 1.0) for id_, parts in named]
    return numbers, weights, sums


def _namesakes(runs: Mapping[str, Sequence[Run]]) -> dict[str, Run]:
    """For each place, firm or body, the one agreement, talks, event or facility named after it."""
    short = {run: id_ for id_, own in runs.items() if id_.partition(":")[0] in _NAMING for run in own}
    longest = max(map(len, short), default=0)
    after: dict[str, dict[str, set[str]]] = {}
    for id_, own in runs.items():
        if (kind := id_.partition(":")[0]) in NAMESAKES:
            for run in own:
                for owner in {short[r] for r in _within(run, longest) if r in short}:
                    after.setdefault(owner, {}).setdefault(kind, set()).add(id_)
    return {
        id_: tuple(min(kinds[k]) for k in _NAMING[id_.partition(":")[0]] if len(kinds.get(k, ())) == 1)
        for id_, kinds in after.items()
    }


def _within(run: Run, longest: int) -> Iterator[Run]:
    for start in range(len(run)):
        for end in range(start + 1, min(len(run), start + longest) + 1):
            yield run[start:end]


def _nicknames(names: Mapping[str, Iterable[str]], script: Script) -> dict[Run, str]:
    """Single words that stand for a firm, facility or product: Vulcan, F-35, 10X."""
    proper: dict[str, list[tuple[int, str]]] = {}
    common: set[str] = set(STOP)
    for id_ in sorted(names):
        for name in sorted(names[id_]):
            for word in re.findall(r"[A-Za-z][A-Za-z0-9-]+|\d+[A-Z]+\b", name):
                token = "".join(script.run(word)[:1])
                numbered = any(c.isdigit() for c in word)
                if not (word[:1].isupper() or numbered):
                    common.update(script.run(word))
                elif id_.partition(":")[0] in _NICKNAMED and (
                    numbered or (len(word) > 4 and word == name.split()[0])
                ):
                    proper.setdefault(token, []).append((len(name), id_))
    return {
        (token,): min(found)[1]
        for token, found in proper.items()
        if token not in common and len({id_ for _, id_ in found}) <= 4
    }


def _spoken(id_: str) -> list[str]:
    return [s.replace("|", " ") for s in _SPOKEN.get(id_, "").split()]


def _clear(name: str, run: Run) -> bool:
    """False for symbols of one letter and for names that mean something else more often."""
    return "".join(run) not in _AMBIGUOUS and (len(name) > 1 or is_cjk(name))
