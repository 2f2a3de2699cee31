"""A panel: one query, its answer and what a page says above it. A page is panels and words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from reegraph.pages import page_query
from reegraph.questions import Question, head
from reegraph.table import Column, Lang, Table


@dataclass(frozen=True)
class Panel:
    """A query of queries/ with its answer; what a page shows of the graph stands in one of these."""

    name: str
    title_en: str
    title_zh: str
    query: str
    table: Table

    def title(self, lang: Lang) -> str:
        return self.title_zh if lang == "zh-Hant" else self.title_en

    def __len__(self) -> int:
        return len(self.table)


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
        chosen = self.panel(panel) if panel else self.panels[0]
        return chosen.table.to_csv(lang)

    def to_sparql(self) -> str:
        """The queries of all panels, each under a comment with its name."""
        return "\n".join(f"# {p.name}: {p.title_en}\n{p.query.rstrip()}\n" for p in self.panels)


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
