"""The words of the pages in English and Traditional Chinese, as words.tsv has them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from reegraph.table import Lang


def _read(path: Path) -> dict[str, tuple[str, str]]:
    """The words by key; the part only keeps them in order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["key"]: (row["en"], row["zh-Hant"]) for row in rows}


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


def word(lang: Lang, key: str, *args: object, **named: object) -> str:
    """A message in a language, filled in."""
    text = _WORDS[key][lang == "zh-Hant"]
    return text.format(*args, **named) if args or named else text
