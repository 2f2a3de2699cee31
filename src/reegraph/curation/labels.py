"""Do the labels keep to the rules: in our own words, with the figure, which stands in the article's span."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from reegraph.curation.anchors import ArticleText
from reegraph.curation.claims import Claim
from reegraph.errors import Problem
from reegraph.wording import ORDINALS

LONGEST_COPY: Final = 23  # characters in a row of an article that a label may share with it
_HAN: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "兩": 2}
_POWERS: Final = {"十": 10, "百": 100, "千": 1000}
_NUMERALS: Final = "0-9" + "".join(_HAN) + "".join(_POWERS)
_LARGE: Final = {"萬": 10_000, "億": 100_000_000, "兆": 1_000_000_000_000}


def label_faults(claims: list[Claim], texts: Mapping[str, ArticleText]) -> Iterator[Problem]:
    """A problem for each label that copies its article and each figure that stands nowhere in its span."""
    grams = {source: _grams(text.text) for source, text in texts.items()}
    for claim in claims:
        shared = _copied(claim.zh, grams[claim.source])
        if shared:
            what = f"zh repeats {LONGEST_COPY + 1} characters in a row of the article ({shared[:12]}...)."
            yield Problem(claim.place, what, "Say it in our own words.")
        span = texts[claim.source].text[claim.anchor.start : claim.anchor.end]
        for number in _numbers(claim):
            if number not in numbers_in(span) and claim.reading == "printed":
                yield Problem(
                    claim.place, f"the figure {number} stands nowhere in the anchored text.", "Mend either."
                )


def numbers_in(text: str) -> set[Decimal]:
    """Every number that a text prints, in digits or Chinese numerals, powers (萬, 億) multiplied out.

    >>> {Decimal("44000000"), Decimal(90), Decimal("0.1")} <= numbers_in("4,400萬噸，百分之九十，〇・一％")
    True
    """
    plain = re.sub(r"\s+", "", text).replace(",", "").replace("・", ".").replace("．", ".")
    plain = re.sub(rf"(?<=[{_NUMERALS}])點(?=[{_NUMERALS}])", ".", plain)  # 三點五, not 重點三項
    found: set[Decimal] = set()
    for match in re.finditer(r"(\d+(?:\.\d+)?)([萬億兆千百]*)", plain):
        number = Decimal(match[1])
        found.add(number)
        for letter in match[2]:
            number *= _POWERS.get(letter) or _LARGE[letter]
            found.add(number)
    for match in re.finditer(r"(?:\d+(?:\.\d+)?[千百]?[兆億萬]+)+(?:\d+[千百]?)?", plain):
        found.add(_mixed(match[0]))
    for match in re.finditer(r"([二兩三四五六七八九十])分之([一二三四五六七八九])", plain):
        whole, part = _han(match[1]), _han(match[2])
        if whole and part:
            found.add(part * 100 / whole)
    if "半年" in plain:
        found.add(Decimal(6))  # months
    if "半" in plain:
        found.add(Decimal(50))  # percent: 過半, 減半
    for match in re.finditer(r"[〇○零一二三四五六七八九兩十百千萬億.]+", plain):
        if (number_ := _han(match[0])) is not None:
            found.add(number_)
    return found


def _mixed(text: str) -> Decimal:
    """The number that digits and powers write together: 1億2000萬, 3萬5千."""
    total = Decimal(0)
    for digits, powers in re.findall(r"(\d+(?:\.\d+)?)([兆億萬千百]*)", text):
        number = Decimal(digits)
        for letter in powers:
            number *= _POWERS.get(letter) or _LARGE[letter]
        total += number
    return total


def _han(text: str) -> Decimal | None:
    """The number that Chinese numerals write: 十四, 九十, 二○二五, ○.一."""
    if "." in text:
        whole, _, part = text.partition(".")
        if all(c in _HAN for c in whole + part) and whole and part:
            return Decimal("".join(str(_HAN[c]) for c in whole) + "." + "".join(str(_HAN[c]) for c in part))
        return None
    if all(c in _HAN for c in text):
        return Decimal("".join(str(_HAN[c]) for c in text))
    total, section, digit = 0, 0, 0
    for letter in text:
        if letter in _HAN:
            digit = _HAN[letter]
        elif letter in _POWERS:
            section += (digit or 1) * _POWERS[letter]
            digit = 0
        elif total and not section + digit:  # 三萬億
            total *= _LARGE[letter]
        else:
            total += (section + digit or 1) * _LARGE[letter]
            section = digit = 0
    return Decimal(total + section + digit)


def _numbers(claim: Claim) -> list[Decimal]:
    figure = claim.figure
    if figure is None or figure.comparator == "word" or claim.unit in ORDINALS:
        return []
    return sorted({n for n in (figure.value, figure.lower, figure.upper) if n is not None})


def _grams(text: str) -> set[str]:
    flat = re.sub(r"\s+", "", text)
    size = LONGEST_COPY + 1
    return {flat[i : i + size] for i in range(len(flat) - size + 1)}


def _copied(label: str, grams: set[str]) -> str:
    flat = re.sub(r"\s+", "", label)
    size = LONGEST_COPY + 1
    return next((flat[i : i + size] for i in range(len(flat) - size + 1) if flat[i : i + size] in grams), "")
