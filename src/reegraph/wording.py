"""Codes, figures and times as people write them, in English and Traditional Chinese (codes.tsv).

Tables keep what the data hold (`85..90`, `198X`, `in-force`) in CSV and JSON; pages and terminals show this.
"""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path
from typing import Final

from reegraph.sentence import Sentence, in_chinese


def _read(path: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """The words of each kind of code: units, names of columns, and all others."""
    found: dict[str, dict[str, tuple[str, str]]] = {"unit": {}, "code": {}, "heading": {}}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["kind"]][row["code"]] = (row["en"].strip(), row["zh-Hant"].strip())
    return found


_WORDS: Final = _read(Path(__file__).with_name("codes.tsv"))
_LARGE: Final = {
    "en": ((Decimal(10**9), " billion"), (Decimal(10**6), " million")),
    "zh-Hant": ((Decimal(10**8), " 億"), (Decimal(10**4), " 萬")),
}
ORDINALS: Final = {"rank": ("no. {}", "第 {} 名"), "occasion": ("no. {}", "第 {} 次")}  # units of order
_FIGURE: Final = re.compile(rf"([<>=~]*\d[\d.]*)(?: ({'|'.join(_WORDS['unit'])}))?")  # as queries join them
_SOURCED: Final = re.compile(r"(\S+) (\([^()]+ ¶\d+[^()]*\))")  # a share and who prints it
_PLAIN: Final = re.compile(r"\d+(\.\d+)?")
_DATE: Final = r"(?:\d{4}(?:-\d\d){0,2}|\d{3}X|\d\dXX)~?"
_TIME: Final = re.compile(rf"({_DATE})?(/)?({_DATE})?(?=$|[ (（])")  # EDTF, at the head of a cell
_LATER: Final = re.compile(rf"({_DATE})/\.\.")  # a day that is not before another
_SPANS: Final = {
    "en": ("from {}", "until {}", "{} to {}", "{}s", "about {}", "{} or later"),
    "zh-Hant": ("{} 起", "至 {}", "{} 至 {}", "{} 年代", "約 {}", "{} 或其後"),
}


def code(lang: str, text: str) -> str:
    """A code in words: how a claim is said, a rank, a status, a word of quantity; other text as it is."""
    return _WORDS["code"].get(text, (text, text))[lang == "zh-Hant"]


def heading(lang: str, name: str) -> str:
    """A column's name in a word; empty where it has none."""
    return _WORDS["heading"].get(name, ("", ""))[lang == "zh-Hant"]


def unit(lang: str, name: str) -> str:
    """A unit as it stands after a figure; a count and an order have none."""
    return _WORDS["unit"].get(name, (name, name))[lang == "zh-Hant"]


def number(lang: str, text: str) -> str:
    """A plain number of a quantity, with separators, and in large words where it comes out even.

    >>> number("en", "13920"), number("en", "44000000"), number("zh-Hant", "65000"), number("en", "6648")
    ('13,920', '44 million', '6.5 萬', '6,648')
    """
    if not _PLAIN.fullmatch(text):
        return text
    for size, word in _LARGE[lang]:
        scaled = Decimal(text) / size
        if scaled >= 1 and scaled == round(scaled, 2):
            return f"{scaled.normalize():,f}{word}"
    return f"{Decimal(text):,f}"


def separated(text: str) -> str:
    """A plain number with separators from five digits on, since one of four may be a year."""
    return f"{Decimal(text):,f}" if _PLAIN.fullmatch(text) and len(text.partition(".")[0]) > 4 else text


def figure(lang: str, printed: str, unit_: str) -> str:
    """A figure as printed in sense, with its unit; one in words by its word.

    >>> figure("en", "85..90", "percent"), figure("zh-Hant", "~138000", "t"), figure("en", ">=80", "percent")
    ('85–90%', '~13.8 萬公噸', '≥80%')
    >>> figure("en", "1", "year"), figure("zh-Hant", "2", "rank"), figure("zh-Hant", "2", "occasion")
    ('1 year', '第 2 名', '第 2 次')
    """
    if not any(c.isdigit() for c in printed):
        return code(lang, printed)
    sign = printed[: len(printed) - len(printed.lstrip("<>=~"))]
    parts = printed[len(sign) :].split("..")
    text = "–".join(number(lang, part) if unit_ else separated(part) for part in parts)
    if unit_ in ORDINALS and text.isdecimal():
        return ORDINALS[unit_][lang == "zh-Hant"].format(text)
    shown = unit(lang, unit_)
    if text == "1" and lang == "en":
        shown = shown.removesuffix("s")
    close = not shown or shown == "%" or text.endswith(("萬", "億"))
    return f"{sign.replace('>=', '≥').replace('<=', '≤')}{text}{'' if close else ' '}{shown}"


def time(lang: str, text: str) -> str:
    """A time as EDTF writes it at the head of a text, in words; the rest stays.

    >>> time("en", "198X"), time("zh-Hant", "2019/2022（推定）"), time("en", "2026/")
    ('1980s', '2019–2022（推定）', 'from 2026')
    """
    if later := _LATER.fullmatch(text):
        return _SPANS[lang][-1].format(_date(lang, later[1]))
    match = _TIME.match(text)
    if not match or not match[0]:
        return text
    since, until, between, *_ = _SPANS[lang]
    first, slash, last = match.groups()
    if first and last:
        years = first.isdecimal() and last.isdecimal()
        said = f"{first}–{last}" if years else between.format(_date(lang, first), _date(lang, last))
    elif slash:
        said = since.format(_date(lang, first)) if first else until.format(_date(lang, last))
    else:
        said = _date(lang, first)
    return said.replace("年代 ", "年代") + text[match.end() :]


def spoken(lang: str, text: str) -> str:
    """A text cell of an answer as people write it; queries write codes, figures and times in one way.

    >>> spoken("zh-Hant", "2025 (year assumed) (forecast)"), spoken("en", "in-force")
    ('2025（年份為推定）（預測）', 'in force')
    >>> spoken("zh-Hant", "1000 t-per-year"), spoken("en", "15..25 percent"), spoken("en", "85..90")
    ('1,000 公噸／年', '15–25%', '85–90')
    """
    if isinstance(text, Sentence):
        return time(lang, text.zh if lang == "zh-Hant" else str(text))
    if text in _WORDS["code"]:
        return code(lang, text)
    if text in _WORDS["unit"]:
        return unit(lang, text) or text
    if match := _FIGURE.fullmatch(text):
        return figure(lang, match[1], match[2] or "")
    if match := _SOURCED.fullmatch(text):
        return f"{spoken(lang, match[1])} {match[2]}"
    return time(lang, in_chinese(text) if lang == "zh-Hant" else text)


def _date(lang: str, text: str) -> str:
    """A date; a decade and an approximate one in words, a century by its years."""
    *_, decade, about, _ = _SPANS[lang]
    sure = text.removesuffix("~")
    if sure.endswith("XX"):
        said = f"{sure[:2]}00–{sure[:2]}99"
    else:
        said = decade.format(f"{sure[:3]}0") if sure.endswith("X") else sure
    return about.format(said) if text.endswith("~") else said
