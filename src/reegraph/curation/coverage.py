"""How much of an article's text stands behind a claim, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reegraph.curation.anchors import ArticleText
from reegraph.curation.claims import Claim
from reegraph.curation.sources import Source
from reegraph.table import Column, Table, Thing

_HAN = "〇○零一二三四五六七八九十百千萬億兩"
# Chinese numerals count only before a counter or in a fraction, else 一直 and 一方面 are numbers too.
_COUNTERS = "年月日種個國項倍噸磅次大類條號家架艘代奈％%"
_NUMBER = re.compile(
    rf"\d[\d,.]*(?:[-–~～]\d[\d,.]*)?\s*[%％]?|百分之[{_HAN}]+|[{_HAN}]分之[{_HAN}]"
    rf"|[{_HAN}]+・[{_HAN}]+％?|[{_HAN}]+(?=[{_COUNTERS}])"
)
_SENTENCE = re.compile(r"[^。！？!?；;]+[。！？!?；;」』）)]*")


@dataclass(frozen=True)
class Gap:
    """A stretch of the text that no claim covers: a number or a sentence, and the curator's reason if any."""

    kind: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Coverage:
    """What is covered of one source; counts are of characters that are not white space."""

    source: Source
    characters: int
    anchored: int
    excused: int
    numbers: int
    sentences: int
    gaps: tuple[Gap, ...]

    def open(self, kind: str) -> int:
        """How many numbers or sentences are neither covered nor excused."""
        return sum(g.kind == kind and not g.reason for g in self.gaps)


def coverage(source: Source, claims: Sequence[Claim], article: ArticleText) -> Coverage:
    """What of the article the source's claims cover."""
    text = article.text
    anchored = _marked(len(text), ((c.anchor.start, c.anchor.end) for c in claims))
    reasons = [""] * len(text)
    for span in source.uncovered:
        for place in range(span.anchor.start, span.anchor.end):
            reasons[place] = span.reason
    letters = [i for i, c in enumerate(text) if not c.isspace()]
    numbers = list(_NUMBER.finditer(text))
    sentences = list(_sentences(source, text))
    gaps = [
        Gap("number", *m.span(), reasons[m.start()]) for m in numbers if not all(_inside(anchored, *m.span()))
    ]
    for start, end in sentences:
        inner = [i for i in range(start, end) if not text[i].isspace()]
        if sum(anchored[i] for i in inner) * 2 < len(inner):
            bare = [i for i in inner if not anchored[i]]
            excused = sum(bool(reasons[i]) for i in bare) * 2 >= len(bare)
            gaps.append(
                Gap(
                    "sentence",
                    start,
                    end,
                    next((reasons[i] for i in bare if reasons[i]), "") if excused else "",
                )
            )
    return Coverage(
        source,
        characters=len(letters),
        anchored=sum(anchored[i] for i in letters),
        excused=sum(bool(reasons[i]) and not anchored[i] for i in letters),
        numbers=len(numbers),
        sentences=len(sentences),
        gaps=tuple(sorted(gaps, key=lambda g: (g.start, g.kind))),
    )


def summary(covered: Sequence[Coverage], claims: Sequence[Claim]) -> Table:
    """One row a source: claims, shares of the text, numbers and sentences left over."""
    columns = (
        Column("source", "thing"),
        Column("claims", "number"),
        Column("anchored", "number", "percent"),
        Column("excused", "number", "percent"),
        Column("numbers", "number"),
        Column("numbers_open", "number"),
        Column("sentences", "number"),
        Column("sentences_open", "number"),
    )
    rows = tuple(
        (
            Thing(c.source.id, c.source.slug, c.source.slug),
            sum(claim.source == c.source.id for claim in claims),
            round(100 * c.anchored / c.characters),
            round(100 * c.excused / c.characters),
            c.numbers,
            c.open("number"),
            c.sentences,
            c.open("sentence"),
        )
        for c in covered
    )
    return Table(columns, rows, title="Coverage of the articles")


def details(covered: Coverage, article: ArticleText) -> Table:
    """Each number and sentence that no claim covers, with the reason where the curators gave one."""
    numbers = (Column(name, "number") for name in ("paragraph", "start", "end"))
    columns = (Column("kind"), *numbers, Column("reason"), Column("text"))
    rows = tuple(
        (
            g.kind,
            covered.source.paragraph(g.start),
            g.start,
            g.end,
            g.reason or "NOT COVERED",
            "".join(article.text[g.start : g.end].split())[:40],
        )
        for g in covered.gaps
    )
    return Table(columns, rows, title=f"Not under a claim: {covered.source.slug}")


def _sentences(source: Source, text: str) -> Iterator[tuple[int, int]]:
    """The spans of the sentences of each paragraph, without white space at their ends."""
    bounds = [*source.paragraphs, len(text)]
    for start, end in pairwise(bounds):
        for match in _SENTENCE.finditer(text, start, end):
            inner = match[0].strip()
            if len(inner) > 1:
                first = match.start() + match[0].index(inner[0])
                yield first, first + len(match[0].strip())


def _marked(length: int, spans: Iterator[tuple[int, int]]) -> list[bool]:
    marked = [False] * length
    for start, end in spans:
        marked[start:end] = [True] * (end - start)
    return marked


def _inside(marked: list[bool], start: int, end: int) -> list[bool]:
    return marked[start:end]
