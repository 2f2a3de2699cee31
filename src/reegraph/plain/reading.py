"""How a plain sentence is read, English or Chinese: its tokens and the times it speaks of.

A token is a stemmed word or number, or one Chinese character in its traditional form. Chinese has no
spaces, so names and keywords are found as the longest runs of tokens, and loose wording by its pairs of
characters.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from string import ascii_lowercase
from typing import Final

from reegraph.tokens import converter

CJK: Final = "\u3400-\u4dbf\u4e00-\u9fff"
Run = tuple[str, ...]  # a name or keyword as tokens

_VARIANTS: Final = str.maketrans({"臺": "台", "佔": "占", "着": "著", "裏": "裡", "爲": "為", "’": "'"})
_PIECE: Final = re.compile(rf"[a-z0-9]+(?:[.,]\d+)*(?:'[a-z]+)?|[{CJK}]|%")
_NUMERAL: Final = re.compile(r"([二三四五六七八九]?十[一二三四五六七八九]?)|([一二三四五六七八九])(?=月)")
_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")}
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH: Final = "|".join(m if m == "may" else f"{m}|{m[:3]}" for m in _MONTHS)
_DATES: Final = tuple(
    re.compile(p)
    for p in (
        r"(?P<y>(?:19|20)\d\d)\s*(?:年|-|/)\s*(?P<m>\d{1,2})\s*(?:月|-|/)\s*(?P<d>\d{1,2})\s*[日號]?(?!\d)",
        r"(?P<y>(?:19|20)\d\d)\s*年\s*(?P<m>\d{1,2})\s*月",
        r"(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])(?!\d)",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<n>{_MONTH})\.?,? (?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<n>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<n>{_MONTH})\.?,? (?:of )?(?P<y>(?:19|20)\d\d)\b",
        r"(?<![\d.,$])(?P<y>(?:19|20)\d\d)(?![\d,.]\d|\d|年代|s\b)年?",
    )
)
# A country as one character: 對中 is 對中國, 美中 is 美國中國.
_COUNTRY: Final = dict(
    zip("中美日韓歐澳台印", ("中國", "美國", "日本", "韓國", "歐盟", "澳洲", "台灣", "印度"), strict=True)
)
_SHORT: Final = re.compile(
    r"(?<=[對輸銷])[中美日韓歐澳台印](?![國本洲灣盟度])|(?:美[中日澳台韓歐]|[中日台韓]美)(?![國洲央])"
)
_SINCE: Final = re.compile(r"\b(?:since|after|before|prior to|until|from)(?: the)? $|自從?$")
_SINCE_ZH: Final = re.compile(r"[之以]?[前後來]|以來|至今|起")
_TODAY: Final = re.compile(r"\b(?:today|right now|currently|at present)\b|今天|今日|現在|目前|如今")


@dataclass(frozen=True)
class Token:
    """One token and where it stands in the folded text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class When:
    """A time that is mentioned: its last and first day, and where it stands; `open` after since or before."""

    day: date
    first: date
    start: int
    end: int
    open: bool = False


@dataclass(frozen=True)
class Text:
    """A plain sentence as it is read."""

    folded: str
    tokens: tuple[Token, ...]
    whens: tuple[When, ...]
    now: bool
    proper: frozenset[str]  # its words with a capital

    @property
    def run(self) -> Run:
        """The tokens alone."""
        return tuple(t.text for t in self.tokens)


def fold(text: str) -> str:
    """The text in lower case and traditional characters, numerals of months and tens as digits.

    >>> fold("谁在十月买ＥＵ的F-35")
    '誰在10月買eu的f35'
    """
    # "US" is a country and "us" is not: only capitals tell.
    plain = re.sub(r"\b(?:US|U\.S\.(?:A\.)?)(?![A-Za-z])", " america ", unicodedata.normalize("NFKC", text))
    plain = "".join(map(_traditional, plain.casefold())).translate(_VARIANTS)
    plain = _SHORT.sub(lambda m: "".join(_COUNTRY[c] for c in m[0]), plain)
    plain = re.sub(r"(?<=[a-z])-(?=\d)", "", plain)
    plain = re.sub(r"(?<=\d)(?=(?:nm|kg|kt)\b)", " ", plain)
    return _NUMERAL.sub(lambda m: str(_numeral(m[0])), plain)


def read(text: str) -> Text:
    """The tokens and times of a text."""
    folded = fold(text)
    tokens = tuple(Token(stem(m[0]), *m.span()) for m in _PIECE.finditer(folded))
    proper = frozenset(stem(w.casefold()) for w in re.findall(r"(?<!^)\b[A-Z][A-Za-z']+", text.strip()))
    return Text(folded, tokens, tuple(_whens(folded)), bool(_TODAY.search(folded)), proper)


def run_of(name: str) -> Run:
    """A name as tokens."""
    return tuple(stem(m[0]) for m in _PIECE.finditer(fold(name)))


@cache
def _traditional(character: str) -> str:
    """A character alone, so that a name is folded alike wherever it stands."""
    return converter("s2t").convert(character) if is_cjk(character) else character


def stem(word: str) -> str:
    """An English word without its ending, as far as endings tell nothing; others as they are.

    >>> [stem(w) for w in ("countries", "processes", "mines", "refined", "processing", "china's")]
    ['country', 'process', 'mine', 'refin', 'process', 'china']
    """
    word = re.sub(r"'s?$|'[a-z]+$", "", word)
    if word == "does":  # not the Department of Energy
        return "do"
    if not word.isascii() or len(word) < 4 or any(c.isdigit() for c in word):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) > 3 and any(v in base for v in "aeiouy"):
            return base[:-1] if base[-1] == base[-2] and base[-1] not in "sl" else base.removesuffix("e")
    return word.removesuffix("e") if len(word) > 5 else word


def spelt(word: str, known: Container[str]) -> str:
    """The word, or the known one a single slip away from it: a letter more, less, other or swapped.

    >>> spelt("disprosium", {"dysprosium"}), spelt("cat", {"car"})
    ('dysprosium', 'cat')
    """
    if word in known or len(word) < 5 or not word.isascii() or not word.isalpha():
        return word
    parts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    slips = [a + b[1:] for a, b in parts if b] + [a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1]
    slips += [a + c + b[skip:] for a, b in parts for c in ascii_lowercase for skip in (0, 1)]
    return next((slip for slip in slips if slip in known), word)


def features(run: Run) -> tuple[str, ...]:
    """What loose wording is compared by, each once: words, and pairs of neighbouring characters."""
    found = []
    for place, token in enumerate(run):
        if not is_cjk(token):
            found.append(token)
        elif place + 1 < len(run) and is_cjk(run[place + 1]):
            found.append(token + run[place + 1])
    return tuple(dict.fromkeys(found))


def is_cjk(text: str) -> bool:
    """True when a Chinese character is in the text."""
    return re.search(f"[{CJK}]", text) is not None


def is_chinese(text: str) -> bool:
    """True of a text with more Chinese characters than words in Latin letters.

    >>> is_chinese("Lynas 的產能多少"), is_chinese("uses of 鏑 in magnets")
    (True, False)
    """
    return len(re.findall(f"[{CJK}]", text)) > len(re.findall(r"[A-Za-z]+", text))


def _numeral(text: str) -> int:
    tens, ten, ones = text.partition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else _DIGITS[tens]) + _DIGITS.get(ones, 0)


def _whens(folded: str) -> Iterator[When]:
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if any(s < end and start < e for s, e in taken):
                continue
            if when := _when(match):
                taken.append((start, end))
                yield when


def _is_open(match: re.Match[str]) -> bool:
    return bool(_SINCE.search(match.string[: match.start()]) or _SINCE_ZH.match(match.string[match.end() :]))


def _when(match: re.Match[str]) -> When | None:
    """The time of a match; a month or year stands for all of its days."""
    parts = match.groupdict()
    name, month, day = (parts.get(key) for key in ("n", "m", "d"))
    if name:
        month = next(str(i) for i, m in enumerate(_MONTHS, 1) if m.startswith(name))
    try:
        first = date(int(parts["y"]), int(month or 1), int(day or 1))
        last = date(first.year, int(month or 12), int(day or monthrange(first.year, int(month or 12))[1]))
    except ValueError:
        return None
    return When(last, first, *match.span(), _is_open(match))
