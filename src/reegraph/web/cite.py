"""How to cite a claim or a source: BibTeX, CSL-JSON, Chicago, and a Chinese footnote."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from reegraph.table import Thing


@dataclass(frozen=True)
class Cited:
    """What is cited: a source, where in it, and the claim in words."""

    source: Thing
    creator_en: str
    creator_zh: str
    publisher_en: str
    publisher_zh: str
    issued: str
    claim: Thing | None = None
    paragraph: int = 0
    version: str = ""

    @property
    def year(self) -> str:
        """The year of publication."""
        match = re.search(r"\d{4}", self.issued)
        return match[0] if match else "n.d."

    def bibtex(self) -> str:
        """A @misc entry; the claim and the paragraph stand in its note."""
        fields = {
            "author": " and ".join(self.creator_zh.split("、")) or self.creator_en,
            "title": self.source.zh or self.source.en,
            "howpublished": self.publisher_zh,
            "year": self.year,
            "date": self.issued,
            "language": "chinese",
            "note": "; ".join(filter(None, [self.source.en, self._where_en(), self._graph()])),
        }
        key = (self.claim or self.source).id.partition(":")[2]
        lines = [f"  {name} = {{{_braced(value)}}}" for name, value in fields.items() if value]
        return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"

    def csl(self) -> str:
        """One item of CSL-JSON."""
        item = {
            "id": (self.claim or self.source).id,
            "type": "article",
            "title": self.source.zh or self.source.en,
            "author": [{"literal": name} for name in self.creator_zh.split("、") if name],
            "container-title": self.publisher_zh,
            "issued": {"date-parts": [[int(p) for p in re.findall(r"\d+", self.issued)[:3]]]},
            "language": "zh-Hant",
            "locator": str(self.paragraph) if self.paragraph else "",
            "label": "paragraph" if self.paragraph else "",
            "note": "; ".join(filter(None, [self.claim.en if self.claim else "", self._graph()])),
        }
        return json.dumps([{k: v for k, v in item.items() if v}], ensure_ascii=False, indent=1) + "\n"

    def chicago(self) -> str:
        """A note in the manner of the Chicago Manual of Style."""
        outlet = f"{self.publisher_en}, " if self.publisher_en else ""
        where = f", para. {self.paragraph}" if self.paragraph else ""
        by = f"{self.creator_en}, " if self.creator_en else ""
        return f"{by}“{self.source.en}” [{self.source.zh}], {outlet}{self.issued}{where}. {self._graph()}."

    def footnote(self) -> str:
        """A footnote as Chinese journals of the field print it."""
        outlet = f"《{self.publisher_zh}》，" if self.publisher_zh else ""
        where = f"，第 {self.paragraph} 段" if self.paragraph else ""
        by = f"{self.creator_zh}，" if self.creator_zh else ""
        return f"{by}〈{self.source.zh}〉，{outlet}{self.issued}{where}；{self._graph('zh')}。"

    def _where_en(self) -> str:
        return f"paragraph {self.paragraph}" if self.paragraph else ""

    def _graph(self, lang: str = "en") -> str:
        by = "reegraph" if lang == "en" else "據 reegraph 稀土知識圖譜"
        what = self.claim.id if self.claim else self.source.id
        version = (
            (f", version {self.version}" if lang == "en" else f"，版本 {self.version}")
            if self.version
            else ""
        )
        return f"{by}, {what}{version}" if lang == "en" else f"{by}，{what}{version}"


def _braced(text: str) -> str:
    return re.sub(r"([%&#_$])", r"\\\1", text.replace("{", "(").replace("}", ")"))
