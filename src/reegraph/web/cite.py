"""How to cite a claim, a source or an answer: BibTeX, CSL-JSON, Chicago, and a Chinese footnote."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from reegraph.table import Lang, Thing
from reegraph.wording import time


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
        day = time("en", self.issued)
        return f"{by}“{self.source.en}” [{self.source.zh}], {outlet}{day}{where}. {self._graph()}."

    def footnote(self) -> str:
        """A footnote as Chinese journals of the field print it."""
        outlet = f"《{self.publisher_zh}》，" if self.publisher_zh else ""
        where = f"，第 {self.paragraph} 段" if self.paragraph else ""
        by = f"{self.creator_zh}，" if self.creator_zh else ""
        return (
            f"{by}〈{self.source.zh}〉，{outlet}{time('zh-Hant', self.issued)}{where}；{self._graph('zh')}。"
        )

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


_LOCAL = re.compile(r"https?://(?:localhost|127\.[\d.]+|\[::1\])[:/]")


@dataclass(frozen=True)
class CitedView:
    """What is cited: an answer of the graph, at its address, of a version of the data, read on a day."""

    title: str
    address: str
    version: str
    day: date
    lang: Lang

    @property
    def public(self) -> str:
        """The address, unless only this machine reaches it."""
        return "" if _LOCAL.match(self.address) else self.address

    @property
    def place(self) -> str:
        """The address, of a machine's own service only what holds at any other too."""
        return self.public or re.sub(r"^\w+://[^/]+", "", self.address)

    @property
    def key(self) -> str:
        """A key for it: the address's words and the version."""
        words = re.findall(r"[A-Za-z0-9]+", re.sub(r"^\w+://[^/]+/", "", self.address))
        return "-".join(["reegraph", *words[:8], self.version[:12]]).rstrip("-").lower()

    def bibtex(self) -> str:
        """A @misc entry with address, version and day of access."""
        fields = {
            "title": self.title,
            "author": "{reegraph}",
            "howpublished": "reegraph, a knowledge graph of the rare-earth supply chain",
            "version": self.version,
            "url": self.public,
            "note": "" if self.public else self.place,
            "urldate": self.day.isoformat(),
            "language": "english" if self.lang == "en" else "chinese",
        }
        plain = {"url", "author"}
        lines = [f"  {k} = {{{v if k in plain else _braced(v)}}}" for k, v in fields.items() if v]
        return f"@misc{{{self.key},\n" + ",\n".join(lines) + "\n}\n"

    def csl(self) -> str:
        """One item of CSL-JSON."""
        item = {
            "id": self.key,
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": "reegraph"}],
            "version": self.version,
            "URL": self.public,
            "note": "" if self.public else self.place,
            "accessed": {"date-parts": [[self.day.year, self.day.month, self.day.day]]},
            "language": self.lang,
        }
        return json.dumps([{k: v for k, v in item.items() if v}], ensure_ascii=False, indent=1) + "\n"

    def chicago(self) -> str:
        """A note in the manner of the Chicago Manual of Style."""
        version = f", data version {self.version}" if self.version else ""
        what = f"reegraph, “{self.title},” knowledge graph of rare earths{version}"
        return f"{what}, accessed {self.day.isoformat()}, {self.place}."

    def footnote(self) -> str:
        """A footnote as Chinese journals print a database."""
        version = f"，資料版本 {self.version}" if self.version else ""
        day = f"{self.day.year} 年 {self.day.month} 月 {self.day.day} 日"
        return f"〈{self.title}〉，《reegraph 稀土知識圖譜》{version}，{self.place}（{day}檢索）。"
