"""The site: the graph behind the pages, and the one way in which pages ask it."""

from __future__ import annotations

import hashlib
import pickle
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

from reegraph.curation.anchors import ArticleText, read_article
from reegraph.errors import ReegraphError, UnknownName
from reegraph.evidence import Proof
from reegraph.pages import bound_page
from reegraph.prover import Prover
from reegraph.questions import Question, find_question, read_questions, run
from reegraph.scenario.dependence import Dependence, Scope, read_dependence, read_scope
from reegraph.snapshot import Snapshot
from reegraph.store import EmbeddedStore
from reegraph.table import Lang, Table, Thing
from reegraph.terms import GRAPH, is_id
from reegraph.web.assets import Assets
from reegraph.web.catalogue import Catalogue
from reegraph.web.panel import Panel, page_question
from reegraph.web.search import Index
from reegraph.web.turns import turning_days
from reegraph.web.whatif import WhatIf

_KEPT: Final = 1000  # answers; some three kilobytes each
_READ: Final = ("default", "ontology", "entities", "reference", "derived")  # what queries of pages name


def store_of_pages(snapshot: Snapshot) -> EmbeddedStore:
    """The graphs of a snapshot that pages read: half of it, since the merge has what claims say."""
    unread = [GRAPH + name for name in snapshot.manifest.graphs if name not in _READ]
    return EmbeddedStore.load(snapshot.quads, without=unread)


class Site:
    """A graph that pages are drawn from, opened when it is first needed.

    Nobody writes to it, so answers are kept.
    """

    def __init__(
        self,
        opened: Callable[[], EmbeddedStore],
        root: Path,
        *,
        version: str = "",
        articles: Path | None = None,
        assets: Assets | None = None,
    ) -> None:
        self._opened, self._opening = opened, threading.Lock()
        self._store: EmbeddedStore | None = None
        self.root = root
        self.version = version
        self.articles = articles
        self.assets = assets or Assets()
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()
        self._ahead: dict[bytes, bytes] = {}
        self._lock = threading.Lock()
        self._texts: dict[str, ArticleText] = {}

    @property
    def store(self) -> EmbeddedStore:
        """The graph."""
        with self._opening:
            self._store = self._store or self._opened()
            return self._store

    @cached_property
    def catalogue(self) -> Catalogue:
        """Names, classes and claims."""
        return Catalogue(self.store, self.root)

    @property
    def questions(self) -> dict[str, Question]:
        """The named questions."""
        return read_questions(self.root / "queries")

    def panel(self, name: str, **values: Iterable[str]) -> Panel:
        """The answer of a page query with its VALUES blocks bound to these ids."""
        question = page_question(self.root, name)
        query = bound_page(self.root, name, **values)
        return Panel(name, question.title_en, question.title_zh, query, self._answer(question, query))

    def ask(self, name: str, values: Mapping[str, str]) -> Panel:
        """The answer of a named question; UnknownName or UsageError for parameters that cannot be."""
        question = find_question(name, self.questions)
        for parameter in question.parameters:
            if parameter.type == "thing":
                for part in values.get(parameter.name, "").split(","):
                    if is_id(part.strip()):
                        self.must_exist(part.strip())
        query = question.bound({k: v for k, v in values.items() if v})
        return Panel(name, question.title_en, question.title_zh, query, self._answer(question, query))

    def must_exist(self, id_: str) -> None:
        """Raises UnknownName, with the nearest ids, for what the graph does not name."""
        if not self.knows(id_):
            near = [hit.id for hit in self.index.near(id_.partition(":")[2] or id_, 4)]
            error = UnknownName("id", id_, [])
            error.near = near
            raise error

    def knows(self, id_: str) -> bool:
        """True when the graph has something under that id."""
        if not is_id(id_):
            return False
        thing = self.catalogue.thing(id_)
        return bool(thing.en or thing.zh) or id_ in self.catalogue.about

    def why(self, what: str) -> Proof:
        """The proof of a node, with sentences where the articles are at hand."""
        return Prover(self.store, self.root, self.articles).why(what)

    def article(self, source: str, document: str) -> ArticleText | None:
        """The text of a source's article, or None when it is not at hand."""
        if self.articles is None:
            return None
        if source not in self._texts:
            try:
                self._texts[source] = read_article(self.articles, document, source)
            except ReegraphError:
                return None
        return self._texts[source]

    @cached_property
    def index(self) -> Index:
        """The names of things, claims and questions, to search in."""
        return Index(self.catalogue, self.questions.values())

    @cached_property
    def dependence(self) -> Dependence:
        """Who depends on whom, with what each conclusion stands on."""
        return read_dependence(self.store, self.root)

    @cached_property
    def scope(self) -> Scope:
        """What is part of what: stages, goods, places."""
        return read_scope(self.store, self.root)

    @cached_property
    def what_if(self) -> WhatIf:
        """The shipped scenarios on this graph."""
        return WhatIf(self)

    @cached_property
    def turning_days(self) -> tuple[date, ...]:
        """The days on which the status of an export control changes."""
        return turning_days(
            self.panel("control-days").table,
            lambda days: self.ask("controls-in-force", {"date": days}).table,
        )

    def label(self, id_: str, lang: Lang) -> str:
        """The name of an id in a language."""
        return self.catalogue.thing(id_).label(lang)

    def keep_answers(self) -> None:
        """Keep for good what has been answered so far; later answers make room for one another."""
        with self._lock:
            self._ahead |= self._answers
            self._answers.clear()

    def _answer(self, question: Question, query: str) -> Table:
        key = hashlib.sha256(query.encode()).digest()
        with self._lock:
            packed = self._ahead.get(key)
            if packed is None and (packed := self._answers.get(key)):
                self._answers.move_to_end(key)
        if packed:
            return _unpacked(packed)
        table = run(self.store, replace(question, query=query), {}, self.catalogue.labels)
        with self._lock:
            self._answers[key] = _packed(table)
            if len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
        return table


def _packed(table: Table) -> bytes:
    """A table in a tenth of the memory that it takes."""
    return zlib.compress(pickle.dumps(table, pickle.HIGHEST_PROTOCOL), 1)


def _unpacked(packed: bytes) -> Table:
    table: Table = pickle.loads(zlib.decompress(packed))  # noqa: S301 (packed by this process)
    return table


def thing_ids(things: Iterable[Thing | str]) -> list[str]:
    """The ids of a list cell's members."""
    return [t.id if isinstance(t, Thing) else t for t in things]
