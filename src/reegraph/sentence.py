"""Text of an answer in both languages: English as the query writes it, Chinese beside it."""

from __future__ import annotations

import re
from typing import Final, Self

# What queries write around dates and years; a claim's sentence brings its Chinese with it.
_PHRASES: Final = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r" ?\(year assumed\)", "（年份為推定）"),
        (r" ?\(assumed\)", "（推定）"),
        (r" ?\(forecast\)", "（預測）"),
        (r" ?\(hypothetical\)", "（假設）"),
        (r" ?\(carried forward (\d+) y\)", r"（沿用 \1 年）"),
        (r"^not said$", "未說明"),
        (r"^set for ([\d-]+), suspended before it took effect", r"原訂 \1 生效，生效前即暫停"),
        (r"^suspended from ([\d-]+), before it takes effect", r"自 \1 起暫停，尚未生效"),
        (r"^announced ([\d-]+)", r"\1 宣布"),
        (
            r"^suspension ended ([\d-]+); nobody says whether it was prolonged",
            r"暫停至 \1 期滿；是否延長無來源說明",
        ),
        (r"suspension ends ([\d-]+)", r"暫停至 \1"),
        (r"effective ([\d-]+)", r"\1 生效"),
        (r"(\d) to (\d)", r"\1 至 \2"),
        (r"(\d) or (\d)", r"\1 或 \2"),
        (r"^in (\d[\d-]+)$", r"於 \1"),
        (r"^from ([\d-]+)", r"自 \1 起"),
        (r"; ", "；"),
    )
)


class Sentence(str):
    """A text that knows itself in Traditional Chinese; as a string it is the English.

    >>> Sentence("2025 (year assumed)").zh, Sentence("It fell.", "下降。").zh
    ('2025（年份為推定）', '下降。')
    """

    zh: str

    def __new__(cls, en: str, zh: str = "") -> Self:
        """The text; where no Chinese is given, its phrases are put into Chinese one by one."""
        text = super().__new__(cls, en)
        text.zh = zh or in_chinese(en)
        return text

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """What a copy is made of, so that its Chinese is not put together anew."""
        return type(self), (str(self), self.zh)

    def label(self, lang: str) -> str:
        """The text in that language."""
        return self.zh if lang == "zh-Hant" else str(self)


def in_chinese(text: str) -> str:
    """The phrases that queries write, in Chinese; all else stays as it is."""
    for pattern, chinese in _PHRASES:
        text = pattern.sub(chinese, text)
    return text
