"""The public face: connect to a graph and ask it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from reegraph import names
from reegraph.build import Tick, build_store, fresh_snapshot
from reegraph.curation import edtf
from reegraph.curation.corpus import read_corpus
from reegraph.errors import UnknownName, UsageError
from reegraph.evidence import Proof
from reegraph.folders import articles_folder, project_root
from reegraph.pages import ask_page, bound_page, page_query
from reegraph.plain.choice import Choice, settle
from reegraph.plain.files import read_matcher
from reegraph.plain.matcher import Matcher, is_plain
from reegraph.prover import Prover
from reegraph.questions import Labels, Question, find_question, free_table, read_questions, run
from reegraph.scenario.answer import answer
from reegraph.scenario.definition import scenario_texts
from reegraph.scenario.outcome import Outcome
from reegraph.sentence import Sentence
from reegraph.store import EmbeddedStore, RemoteStore, Solutions, Store
from reegraph.store.protocol import node_text
from reegraph.table import Column, Table, Thing
from reegraph.terms import RECORDS, iri, is_term, short

if TYPE_CHECKING:
    import owlready2
    import pyoxigraph as ox
    import rdflib

_SHOWN_ZH: Final = {  # the columns of all that is said of a thing
    "basis": "依據",
    "property": "屬性",
    "value": "對象",
    "figure": "數字",
    "when": "時間",
    "stage": "階段",
    "material": "材料",
    "modality": "陳述方式",
    "evidence": "所據主張或條目",
}
_DAYS_KEPT: Final = 3  # graphs of known_by, some 100 MB each


def connect(
    url: str | None = None,
    *,
    articles: Path | str | None = None,
    token: str = "",
    timeout: int = 30,
    graphs: str = "",
) -> KnowledgeGraph:
    """The knowledge graph: built from this package's own files, or behind a SPARQL service at `url`.

    `articles` is a folder of the article texts, for the sentences themselves; by default that of
    REEGRAPH_ARTICLES. `token`, `timeout` (seconds) and `graphs`, where it has its graphs (by default graphs
    beside `url`), are for a service.

    >>> g = connect()
    >>> g.entity("element:Dy").title
    'dysprosium'
    """
    folder = articles_folder(Path(articles) if articles else None)
    if url is not None:
        return KnowledgeGraph(RemoteStore(url, token=token, timeout=timeout, graphs=graphs), articles=folder)
    return open_built(articles=folder)


def open_built(*, articles: Path | None = None, tick: Tick | None = None) -> KnowledgeGraph:
    """The graph of this package's own files, built first when no fresh snapshot is there."""
    snapshot = fresh_snapshot(tick=tick) if tick else fresh_snapshot()
    return KnowledgeGraph(EmbeddedStore.load(snapshot.quads), articles=articles, version=snapshot.version)


class KnowledgeGraph:
    """Questions, SPARQL, names and proofs over a store. A context manager that closes it."""

    def __init__(
        self, store: Store, *, root: Path | None = None, articles: Path | None = None, version: str = ""
    ) -> None:
        self.store = store
        self.root = root or project_root()
        self.articles = articles
        self.version = version
        self.left_out = Sentence("")  # which sources this graph is without, where known_by has made it
        self._as_known: dict[date, KnowledgeGraph] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store, and of the graphs that `known_by` has made; they answer no more."""
        for graph in self._as_known.values():
            graph.close()
        self._as_known.clear()
        self.store.close()

    @property
    def questions(self) -> dict[str, Question]:
        """The named questions."""
        return read_questions(self.root / "queries")

    def ask(self, name: str, /, **parameters: object) -> Table:
        """The answer of a named question; parameters by keyword, e.g. ``on="country:CN"`` or ``on="China"``.

        Several values of one parameter go in a list. ``known_by="2025-08-31"`` answers from the sources
        published by that day alone; a note says which are left out. Raises UnknownName for a question,
        parameter or thing that is not there, with the nearest names.
        """
        if (known_by := parameters.pop("known_by", None)) is not None:
            then = self.known_by(_day(known_by))
            table = then.ask(name, **parameters)
            note = then.left_out
            return replace(table, notes=(*table.notes, note), notes_zh=(*table.notes_zh, note.zh))
        if is_plain(name):
            raise UsageError(
                Sentence(
                    f"{name!r} is a question in plain words: ask_plain answers those",
                    f"「{name}」是以一般文字提出的問題，請用 ask_plain。",
                )
            )
        question = find_question(name, self.questions)
        values = {key: _parameter(value) for key, value in parameters.items() if value is not None}
        for key in {p.name for p in question.parameters if p.type == "thing"} & set(values):
            values[key] = self._things(key, values[key])
        return run(self.store, question, values, self._labels)

    def ask_plain(self, text: str, *, today: date | None = None) -> tuple[Choice, Table | None]:
        """The named question chosen for a plain one, with its answer; None where it is declined."""
        choice = self._matcher.choose(text, today or date.today())
        choice = replace(choice, scenarios=self._matcher.supposes(text, scenario_texts(self.root)))
        return settle(choice, lambda name, values: self.ask(name, **values))

    def known_by(self, day: date) -> KnowledgeGraph:
        """The graph as the sources published by `day` give it, rebuilt in memory.

        Raises UsageError on a remote store, whose curated files are not here.
        """
        if not isinstance(self.store, EmbeddedStore):
            raise UsageError("known_by works on the built graph only, not on a service: it builds anew")
        if day not in self._as_known:
            while len(self._as_known) >= _DAYS_KEPT:
                self._as_known.pop(next(iter(self._as_known)))
            corpus = read_corpus(self.root)
            store = build_store(corpus.known_by(day), self.root)
            self._as_known[day] = KnowledgeGraph(store, root=self.root, articles=self.articles)
            self._as_known[day].left_out = corpus.left_out(day)
        return self._as_known[day]

    def sparql(self, query: str) -> Table:
        """The answer of any SPARQL query as a table, the usual prefixes predeclared."""
        answer = self.store.query(query)
        if isinstance(answer, bool):
            return Table((Column("answer", "boolean"),), ((answer,),))
        if isinstance(answer, list):
            answer = Solutions(
                ("subject", "predicate", "object"), [(t.subject, t.predicate, t.object) for t in answer]
            )
        return free_table(self.store, answer, self._labels)

    def entity(self, id_: str) -> Table:
        """All that the graph says of a thing: claims, reference entries, dependencies, derived types.

        By its id, or a name that no other thing has.
        """
        id_ = self._id(id_)
        solutions = ask_page(self.store, self.root, "thing", thing=[id_])
        if is_term(id_) and not solutions:
            what, what_zh = (
                "is a term of the ontology, of which nothing is claimed",
                "是本體的詞彙，沒有關於它的主張。",
            )
            raise UsageError(Sentence(f"{id_} {what}", f"{id_} {what_zh}"))
        table = free_table(self.store, solutions, self._labels)
        columns = tuple(
            Column(v, "text" if v in {"basis", "figure", "when"} else "thing", zh=_SHOWN_ZH.get(v, ""))
            for v in solutions.variables
        )
        thing = self._labels.named(self.store, {iri(id_)})[iri(id_)]
        return Table(columns, table.rows, title=thing.label(), title_zh=thing.label("zh-Hant"))

    def find(self, word: str, limit: int = 20) -> Table:
        """Things by any of their names, best first, with the name that matched."""
        if limit < 1:
            raise UsageError(f"limit={limit}: at least 1 is wanted")
        if not names.fold(word):
            raise UsageError(f"{word!r} holds no letter or digit to look for")
        hits = names.find(word, self._names, limit)
        classes = self._classes([h.id for h in hits])
        found = self._labels.named(self.store, {iri(i) for i in {*(h.id for h in hits), *classes.values()}})
        rows = tuple(
            (
                found[iri(h.id)],
                h.id,
                found[iri(classes[h.id])] if h.id in classes else None,
                h.name if h.name != h.id else None,
            )
            for h in hits
        )
        columns = (
            Column("thing", "thing", zh="事物"),
            Column("id", zh="代號"),
            Column("class", "thing", zh="分類"),
            Column("matched", zh="相符名稱"),
        )
        return Table(columns, rows, title=f"find {word}", title_zh=f"尋找「{word}」")

    def why(self, what: str) -> Proof:
        """The whole proof of a claim, dependency, disagreement, or of ``subject property object``.

        A thing goes by its id or by a name of one word; a claim by its number too, as in ``tang-2025-310``.
        """
        words = what.split()
        if len(words) == 3:
            subject, property_, object_ = words
            if property_ != "a":
                self._must_exist(property_ if ":" in property_ else f"ree:{property_}")
            what = f"{self._id(subject)} {property_} {self._id(object_)}"
        elif re.fullmatch(r"[a-z-]+-\d{4}-\d+", what):
            what = self._id(f"claim:{what}")
        elif len(words) < 2 or self._register.called(what):
            what = self._id(what)
        return Prover(self.store, self.root, self.articles).why(what)

    def describe(self, ids: Iterable[str]) -> list[ox.Triple]:
        """The triples of these nodes and of their parts: quantities, times, evidence, supports."""
        ids = [ids] if isinstance(ids, str) else ids
        return self.store.construct(bound_page(self.root, "describe", thing=ids))

    def scenario(self, scenario: str | Path, *more: str | Path) -> Outcome:
        """The answer of a what-if scenario, by its name or as a .toml file; the graph is only read.

        Of several, all held together: `scenarios` says in each row which of them cause it. Raises
        UnknownName for a scenario that is not there, CurationError for one with faults, UsageError
        for those that cannot hold together.
        """
        return answer(self, scenario, *more)

    def thing(self, id_: str) -> Thing:
        """A thing with its names, by its id or by a name that no other has."""
        id_ = self._id(id_)
        return self._labels.named(self.store, {iri(id_)})[iri(id_)]

    def to_rdflib(self) -> rdflib.Graph:
        """The default graph, the whole merge, as an rdflib Graph."""
        import pyoxigraph
        import rdflib

        content = pyoxigraph.serialize(self.store.read_graph(None), format=pyoxigraph.RdfFormat.N_TRIPLES)
        assert content is not None  # no output was given to write to
        return rdflib.Graph().parse(data=content, format="nt")

    def ontology(self) -> owlready2.Ontology:
        """The ontology with its individuals as owlready2 classes, properties and instances."""
        from reegraph.reasoner import dl_projection, ontology

        return ontology(dl_projection(self.dl_triples()))

    def dl_triples(self) -> list[ox.Triple]:
        """The merge without the claims, whose 1,800 nodes would take a reasoner minutes."""
        from reegraph.terms import GRAPH

        graphs = ("ontology", "entities", "statements", "reference", "derived")
        return [t for g in graphs for t in self.store.read_graph(GRAPH + g)]

    @cached_property
    def _labels(self) -> Labels:
        return Labels(page_query(self.root, "labels"))

    @cached_property
    def _matcher(self) -> Matcher:
        return read_matcher(self.store, self.root, self._names)

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in ask_page(self.store, self.root, "names").texts():
            id_ = short(row["thing"])
            if not id_.startswith("http"):
                found.setdefault(id_, []).append(row["name"])
        return found

    def _classes(self, ids: Iterable[str]) -> dict[str, str]:
        solutions = ask_page(self.store, self.root, "kind", thing=ids)
        found: dict[str, str] = {}
        for row in solutions:
            thing, cls = row["thing"], row["class"]
            if thing is not None and cls is not None and short(node_text(cls)).startswith("ree:"):
                found.setdefault(short(node_text(thing)), short(node_text(cls)))
        return found

    @cached_property
    def _register(self) -> names.Register:
        return names.Register.of(self._names)

    def _things(self, parameter: str, value: str) -> str:
        """Ids of what a parameter is given, one or several joined by commas."""
        if "," in value and self._register.called(value):
            return self._id(value)
        ids = [part.strip() for part in value.split(",")]
        ids = [self._id(i) if i != "any" and names.fold(i) else i for i in ids]
        for id_ in ids:
            if id_.partition(":")[0] in RECORDS:
                what, what_zh = (
                    "a thing is wanted, not what is said of it",
                    "須為事物，而非關於事物的主張或紀錄。",
                )
                raise UsageError(Sentence(f"{parameter}={id_}: {what}", f"{parameter}={id_}：{what_zh}"))
        return ",".join(ids)

    def _id(self, text: str) -> str:
        """The id of what goes by this id, IRI or name; an error with the nearest where not just one does."""
        if ":" in text:
            self._must_exist(text)
            return short(text)
        called = self._register.called(text)
        if len(called) == 1:
            return called[0]
        near = called or [hit.id for hit in names.find(text, self._names, 3)]
        found = self._labels.named(self.store, {iri(i) for i in near})
        raise names.not_one(text, [found[iri(i)] for i in near], several=bool(called))

    def _must_exist(self, id_: str) -> None:
        if not ask_page(self.store, self.root, "kind", thing=[id_]):
            raise UnknownName("id", id_, self._names)


def _parameter(value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case Thing():
            return value.id
        case Mapping():
            raise UsageError("a parameter is one value or a list of values")
        case Iterable():
            return ",".join(_parameter(v) for v in value)
        case _:
            return str(value)


def _day(value: object) -> date:
    """A day given as a date or as EDTF text; of a month or year the last day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        end = edtf.parse(str(value)).end
    except ValueError as error:
        raise UsageError(f"known_by={value}: {error}") from error
    if end is None:
        raise UsageError(f"known_by={value}: a day, month or year is wanted")
    return end
