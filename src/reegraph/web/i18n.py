"""The words of the pages in English and Traditional Chinese, as words.tsv has them."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final

from reegraph.sentence import Sentence, in_chinese
from reegraph.table import Lang

_CODED: Final = ("modality", "unit", "code")  # parts whose keys are codes of the data; all others are pages'


def _read(path: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """The words of each coded part, and under "" those of the pages."""
    found: dict[str, dict[str, tuple[str, str]]] = {part: {} for part in ("", *_CODED)}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            part = row["part"] if row["part"] in _CODED else ""
            found[part][row["key"]] = (row["en"], row["zh-Hant"])
    return found


_WORDS: Final = _read(Path(__file__).with_name("words.tsv"))
COLUMNS: Final = (
    ("Policy, events", "政策、事件"),
    ("Elements, ores", "元素、礦"),
    ("Materials, techniques", "材料、技術"),
    ("Plants", "設施"),
    ("Firms, people", "企業、人物"),
    ("Products", "產品"),
    ("Sectors, aims", "產業、目標"),
    ("Places", "國家與地區"),
)


_FIGURE: Final = re.compile(rf"([<>=~]*\d[\d.]*) ({'|'.join(_WORDS['unit'])})")  # as queries join them


def word(lang: Lang, key: str, *args: object, **named: object) -> str:
    """A message in a language, filled in."""
    text = _WORDS[""][key][lang == "zh-Hant"]
    return text.format(*args, **named) if args or named else text


def modality(lang: Lang, code: str) -> str:
    """How a claim is said, or its rank, in words."""
    return _WORDS["modality"].get(code, (code, code))[lang == "zh-Hant"]


def unit(lang: Lang, code: str) -> str:
    """A unit as it stands after a figure."""
    return _WORDS["unit"].get(code, (code, code))[lang == "zh-Hant"]


def figure(lang: Lang, printed: str, code: str) -> str:
    """A printed figure with its unit, its interval with a dash.

    >>> figure("en", "85..90", "percent"), figure("zh-Hant", "~138000", "t"), figure("en", ">=80", "percent")
    ('85–90%', '~138,000 公噸', '≥80%')
    """
    text = "–".join(_thousands(part) for part in printed.split("..")).replace(">=", "≥").replace("<=", "≤")
    shown = unit(lang, code)
    if code == "rank" and text.isdecimal():
        return word(lang, "ranked", text)
    if not shown or code in {"count", "rank"} or not text or not any(c.isdigit() for c in text):
        return text
    return f"{text}{'' if shown == '%' else ' '}{shown}"


def spoken(lang: Lang, text: str) -> str:
    """A text cell of an answer in the page's language; queries write these few in English.

    >>> spoken("zh-Hant", "2025 (year assumed) (forecast)"), spoken("en", "in-force")
    ('2025（年份為推定）（預測）', 'in force')
    >>> spoken("zh-Hant", "1000 t-per-year"), spoken("en", "15..25 percent"), spoken("zh-Hant", "2 rank")
    ('1000 公噸／年', '15–25%', '第 2 名')
    """
    if text in _WORDS["code"]:
        return _WORDS["code"][text][lang == "zh-Hant"]
    if isinstance(text, Sentence):
        return text.label(lang)
    if text in _WORDS["unit"]:
        return unit(lang, text) or text
    if match := _FIGURE.fullmatch(text):
        return figure(lang, match[1], match[2])
    return in_chinese(text) if lang == "zh-Hant" else text


def _thousands(text: str) -> str:
    sign = text[: len(text) - len(text.lstrip("<>=~"))]
    number = text[len(sign) :]
    whole, dot, rest = number.partition(".")
    return f"{sign}{int(whole):,}{dot}{rest}" if whole.isdigit() and len(whole) > 4 else text
