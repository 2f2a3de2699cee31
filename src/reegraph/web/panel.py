"""A panel: one query and its answer. A page is panels and words, among them its drawings."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from reegraph.pages import page_query
from reegraph.questions import Question, head
from reegraph.table import Column, Lang, Table


@dataclass(frozen=True)
class Drawing:
    """A drawing under a heading: in two widths, or in one that scrolls.

    `parts` are narrow ones by name; `key` are the signs of its marks with what they mean.
    """

    heading: str
    wide: str
    narrow: str = ""
    parts: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    key: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Panel:
    """A query of queries/ with its answer; what a page shows of the graph stands in one of these.

    An answer that no single query gives has the `command` that works it out instead. `cut_from` is the
    number of rows that a typed query found, where the table holds only the first of them.
    """

    name: str
    title_en: str
    title_zh: str
    query: str
    table: Table
    command: str = ""
    cut_from: int = 0

    @property
    def found(self) -> int:
        """How many rows the answer has."""
        return self.cut_from or len(self.table)

    def title(self, lang: Lang) -> str:
        return self.title_zh if lang == "zh-Hant" else self.title_en

    def __len__(self) -> int:
        return len(self.table)

    def cells(self) -> list[dict[str, Any]]:
        """The rows as dicts of cells by column."""
        return self.table.cells()


@dataclass(frozen=True)
class View:
    """A page before it is drawn: `panels` are its data (the first is the main one), `words` the rest."""

    template: str
    title: str
    panels: tuple[Panel, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200

    def panel(self, name: str) -> Panel:
        """The panel of that name; the templates name only panels that the page has."""
        return next(p for p in self.panels if p.name == name)

    @cached_property
    def drawings(self) -> tuple[Drawing, ...]:
        """The drawings among the words, in the order of the page."""
        return tuple(_drawings(self.words.values()))

    def to_json(self, lang: Lang, version: str) -> str:
        """All panels as one JSON object of arrays, under the version of the data."""
        content = {
            "version": version,
            "title": self.title,
            "panels": {p.name: p.table.records(lang) for p in self.panels},
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    def to_csv(self, lang: Lang, panel: str = "") -> str:
        """One panel as CSV, by default the main one."""
        return self._chosen(panel).table.to_csv(lang)

    def to_xlsx(self, lang: Lang, panel: str = "") -> bytes:
        """One panel as a workbook, by default the main one."""
        book = io.BytesIO()
        self._chosen(panel).table.to_xlsx(book, lang)
        return book.getvalue()

    def _chosen(self, panel: str) -> Panel:
        return self.panel(panel) if panel else self.panels[0]

    def to_sparql(self) -> str:
        """The queries of all panels, each under a comment with its name."""
        said = ((p, p.query.rstrip() or f"# worked out by: {p.command}") for p in self.panels)
        return "\n".join(f"# {p.name}: {p.title_en}\n{text}\n" for p, text in said)


def _drawings(values: Iterable[object]) -> Iterator[Drawing]:
    for value in values:
        if isinstance(value, Drawing):
            yield value
        elif isinstance(value, list | tuple):
            yield from _drawings(value)
        elif drawing := getattr(value, "drawing", None):
            yield drawing


@cache
def page_question(root: Path, name: str) -> Question:
    """A query of queries/pages as a question with the columns that its head declares."""
    text = page_query(root, name)
    lines = head(text)
    texts = {key: value for _, key, value in lines}
    columns = (
        Column(*(part.strip() for part in value.split("|"))) for _, key, value in lines if key == "column"
    )
    return Question(
        name=name,
        query=text,
        title_en=texts.get("title-en", name),
        title_zh=texts.get("title-zh", name),
        question_en="",
        question_zh="",
        theme="",
        keywords=(),
        parameters=(),
        columns=tuple(columns),
        notes=(),
        notes_zh=(),
    )
