"""The Python face, on the real graph."""

from __future__ import annotations

import json
import os
import re
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
import rdflib
from graphs import default_answer, environment, real_graph
from rich.console import Console

import reegraph
from reegraph import (
    KnowledgeGraph,
    MissingPart,
    Proof,
    QueryError,
    StoreError,
    Table,
    Thing,
    UnknownName,
    UsageError,
)
from reegraph.store import EmbeddedStore
from reegraph.terms import GRAPH, iri

DY = Thing("element:Dy", "dysprosium", "鏑")
MOUNTAIN_PASS = "SELECT ?d { ?d a ree:Dependency ; ree:dependent facility:mountain-pass ; ree:on country:CN }"


@pytest.fixture
def g() -> KnowledgeGraph:
    """The real graph without articles."""
    return real_graph()


@pytest.fixture
def read(articles: Path) -> KnowledgeGraph:
    """The real graph with the articles at hand."""
    return KnowledgeGraph(real_graph().store, articles=articles)


def lines(proof: Proof, lang: reegraph.table.Lang = "en") -> str:
    return "\n".join(proof.lines(lang))


# The shop window


def test_names_of_the_package() -> None:
    """What the package offers is sorted, about a dozen names, each of them there."""
    assert reegraph.__all__ == sorted(reegraph.__all__)
    assert 10 <= len(reegraph.__all__) <= 16
    assert all(hasattr(reegraph, name) for name in reegraph.__all__)


def test_readme_lists_them() -> None:
    """The README's API section names exactly these."""
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    section = text.partition("## The Python API")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"`(\w+)`", section)) == reegraph.__all__


# Connecting


def test_connect_reads_the_snapshot() -> None:
    """Connecting gives the built graph with its version, and closes it at the end of the block."""
    with mock.patch.dict(os.environ, environment(), clear=True), reegraph.connect() as graph:
        assert re.fullmatch(r"[0-9a-f]{12}", graph.version)
        assert graph.sparql("ASK { firm:lynas a ree:Firm }").rows == ((True,),)
    for ask in (lambda: graph.ask("china-share"), lambda: graph.find("China")):
        with pytest.raises(StoreError, match="closed"):  # an empty table would be an answer
            ask()


def test_connect_to_articles_that_are_not_there(tmp_path: Path) -> None:
    """A folder of articles that is not there is told before anything is built."""
    with pytest.raises(MissingPart, match=r"no such folder of articles\. Give one by --articles DIR"):
        reegraph.connect(articles=tmp_path / "none")


# Asking


def test_ask_with_keywords(g: KnowledgeGraph) -> None:
    """Parameters go by keyword, as an id, a Thing, a list of either, a date or a number."""
    by_id = g.ask("claims-about", thing="element:Dy")
    assert by_id == default_answer("claims-about") == g.ask("claims-about", thing=DY)
    both = g.ask("china-share", place=["country:CN", Thing("country:US")])
    assert {row[0].id for row in both.rows if isinstance(row[0], Thing)} == {"country:CN", "country:US"}
    day = g.ask("controls-in-force", date=date(2025, 4, 5), item="element:Dy")
    assert day.column("status") == ["in-force"]
    assert len(g.ask("multi-stage-firms", least=4)) == 1
    assert len(g.ask("multi-stage-firms", least=Decimal(2))) > 1


def test_things_go_by_their_names(g: KnowledgeGraph) -> None:
    """A name that one thing has, in either language, does for its id; things come before terms."""
    assert g.ask("china-share", place="中國,United States") == g.ask(
        "china-share", place=["country:CN", "country:US"]
    )
    assert (g.thing("EU").id, g.thing("Eu").id) == ("bloc:eu", "element:Eu")
    assert g.entity("鏑") == g.entity("element:Dy")
    assert g.why("US dependsOn China") == g.why("country:US dependsOn country:CN")
    assert g.why("tang-2025-310") == g.why("claim:tang-2025-310")
    assert g.describe("country:CN") == g.describe(["country:CN"])


def test_find_some(g: KnowledgeGraph) -> None:
    """At least one hit is asked for."""
    with pytest.raises(UsageError, match="limit=-1: at least 1 is wanted"):
        g.find("China", -1)


def test_ask_with_a_boolean(g: KnowledgeGraph) -> None:
    """A yes or no goes as True, False or their words; nothing else is taken for no."""
    without, with_words = len(g.ask("figures")), len(g.ask("figures", words=True))
    assert without < with_words == len(g.ask("figures", words="true"))
    assert len(g.ask("figures", words=False)) == without
    for value in ("yes", 1, "maybe"):
        with pytest.raises(UsageError, match=f"words={value}: true or false is wanted"):
            g.ask("figures", words=value)


def test_ask_without_value(g: KnowledgeGraph) -> None:
    """None leaves a parameter at its default."""
    assert g.ask("china-share", place=None) == default_answer("china-share")


def test_answer_is_typed(g: KnowledgeGraph) -> None:
    """A table knows its title, columns with units, and things with names in both languages."""
    table = default_answer("china-share")
    assert (table.title, table.columns[4].heading()) == ("Shares of the world by stage", "share (percent)")
    china = table.rows[0][0]
    assert china == Thing("country:CN", "China", "中國")
    assert isinstance(china, Thing)
    assert (china.label("en"), china.label("zh-Hant")) == ("China", "中國")


@pytest.mark.parametrize(
    ("name", "parameters", "error", "what"),
    [
        ("china-shares", {}, UnknownName, "unknown question 'china-shares'. Did you mean china-share"),
        ("哪些重稀土加工依賴中國？", {}, UsageError, "ask_plain answers those"),
        ("china-share", {"plac": "x"}, UnknownName, "unknown parameter 'plac'. Did you mean place?"),
        ("china-share", {"place": "country:CX"}, UnknownName, "unknown id 'country:CX'. Did you mean"),
        ("china-share", {"place": ["country:CN", "country:CX"]}, UnknownName, "unknown id 'country:CX'"),
        ("china-share", {"place": "Chnia"}, UnknownName, "'Chnia'. Did you mean country:CN (China) or"),
        ("china-share", {"place": "商務部"}, UsageError, "several: write org:mofcom (Ministry of Commerce"),
        ("china-share", {"place": "claim:tang-2025-1"}, UsageError, "a thing is wanted"),
        ("china-share", {"place": {"a": "b"}}, UsageError, "one value or a list of values"),
        ("known-by", {"date": "soon"}, UsageError, "date=soon: "),
        ("multi-stage-firms", {"least": "two"}, UsageError, "least=two: a number is wanted"),
        ("disagreements", {"kind": "ree:Quarrel"}, UnknownName, "unknown id 'ree:Quarrel'"),
    ],
)
def test_ask_amiss(
    g: KnowledgeGraph, name: str, parameters: dict[str, object], error: type[Exception], what: str
) -> None:
    """A name or value that is not there is refused with what is wanted or near."""
    with pytest.raises(error, match=re.escape(what)):
        g.ask(name, **parameters)


@pytest.mark.parametrize(
    "id_", ["element:D y", f"element:Dy> <{iri('element:Tb')}", "element:Dy}", "lynas\n:x"]
)
def test_ids_stay_within_their_query(g: KnowledgeGraph, id_: str) -> None:
    """Text that would end the IRI it is written into is refused before any query is asked."""
    for call in (g.entity, g.thing, lambda i: g.describe([i])):
        with mock.patch.object(g.store, "query", side_effect=AssertionError), pytest.raises(UsageError):
            call(id_)


def test_known_by(g: KnowledgeGraph) -> None:
    """As of a day, the answer rests on the sources published by then alone, and the graph stays as it is."""
    sources = default_answer("china-share").column("source")
    answer = g.ask("china-share", known_by="2025-06-30")
    then = answer.column("source")
    assert re.search(r"left out.*: .*chen-cc-2025 \(2025-12-01 or later\)", answer.remarks()[-1])
    assert "chen-cc-2025（2025-12-01 或其後）" in answer.remarks("zh-Hant")[-1]
    assert g.ask("china-share", known_by="2020").remarks()[-1] == "No source was published by 2020-12-31."
    assert {str(s).partition(" ")[0] for s in then} == {"tan-2025", "tang-2025"}
    assert g.ask("china-share").column("source") == sources
    with pytest.raises(UsageError, match="known_by=soon"):
        g.ask("china-share", known_by="soon")
    assert g.ask("china-share", known_by=datetime(2025, 6, 30, 12)).column("source") == then


def test_graphs_of_days_are_let_go() -> None:
    """Only the last few graphs of known_by are kept, and closing the graph closes them."""
    own = KnowledgeGraph(EmbeddedStore())
    with mock.patch("reegraph.graph.build_store", side_effect=lambda *_: EmbeddedStore()):
        made = [own.known_by(date(2025, 1, day)) for day in range(1, 7)]
        assert own.known_by(date(2025, 1, 6)) is made[-1]
        assert own.known_by(date(2025, 1, 1)) is not made[0]
    own.close()
    with pytest.raises(StoreError):
        made[-1].sparql("ASK {}")


# SPARQL


def test_sparql_numbers_that_are_none(g: KnowledgeGraph, tmp_path: Path) -> None:
    """What is no finite number is text in every format."""
    table = g.sparql('SELECT * { VALUES ?x { 1 "INF"^^xsd:double "NaN"^^xsd:double "abc"^^xsd:integer } }')
    assert json.loads(table.to_json(), parse_constant=pytest.fail) == [
        {"x": 1},
        {"x": "INF"},
        {"x": "NaN"},
        {"x": "abc"},
    ]
    assert table.to_csv() == "x\n1\nINF\nNaN\nabc\n"
    assert list(table.to_pandas()["x"]) == [1, "INF", "NaN", "abc"]
    table.to_xlsx(tmp_path / "x.xlsx")


def test_sparql_own_labels(g: KnowledgeGraph) -> None:
    """A query's own ?x_label is the one column of that name."""
    table = g.sparql('SELECT ?x ?x_label { VALUES (?x ?x_label) { (country:CN "mine") } }')
    assert table.to_csv() == "x,x_label\ncountry:CN,mine\n"
    assert table.records() == [{"x": "country:CN", "x_label": "mine"}]


def test_sparql_forms(g: KnowledgeGraph) -> None:
    """SELECT, ASK and CONSTRUCT give tables."""
    table = g.sparql("SELECT ?s ?n { VALUES ?s { element:Dy } ?s ree:atomicNumber ?n }")
    assert table.rows == ((DY, Decimal(66)),)
    assert [c.type for c in table.columns] == ["thing", "number"]
    assert g.sparql("ASK { element:Dy ree:atomicNumber 66 }").rows == ((True,),)
    triples = g.sparql("CONSTRUCT { ?s ree:symbol ?o } { VALUES ?s { element:Dy } ?s ree:symbol ?o }")
    assert [c.name for c in triples.columns] == ["subject", "predicate", "object"]
    assert triples.rows[0][0] == DY


def test_sparql_error(g: KnowledgeGraph) -> None:
    """A syntax error has its line and column."""
    with pytest.raises(QueryError) as caught:
        g.sparql("SELECT ?s\nWHERE { ?s ?p }")
    assert caught.value.line == 2


# Things


def test_entity(g: KnowledgeGraph) -> None:
    """A thing is told with its claims, reference entries, dependencies and types, each with its evidence."""
    table = g.entity("element:Dy")
    assert table.title == "dysprosium"
    assert {"stated", "reference", "derived", "type"} & set(table.column("basis")) >= {
        "stated",
        "reference",
        "type",
    }
    controls = [r for r in table.records() if r["property"] == "ree:controls"]
    assert {r["evidence"] for r in controls} >= {"claim:tan-2025-7", "claim:chen-cc-2025-141"}
    derived = g.entity("facility:mountain-pass").records()
    assert any(
        r["basis"] == "derived" and r["value"] == "country:CN" and r["figure"] == "most" for r in derived
    )


def test_entity_filed(g: KnowledgeGraph) -> None:
    """A concept is told with what is broader and what is narrower than it."""
    filed = {
        (r["property"], r["value"])
        for r in g.entity("concept:cost-advantage").records()
        if r["basis"] == "filed"
    }
    assert filed == {
        ("skos:broader", "concept:cost-and-price"),
        ("skos:narrower", "concept:low-labour-cost"),
        ("skos:narrower", "concept:low-environmental-cost"),
    }


@pytest.mark.parametrize("name", ["cheap-labour", "cheap labour", "廉價勞動力"])
def test_a_folded_concept_is_found(g: KnowledgeGraph, name: str) -> None:
    """The id and the names of a concept that was folded into another lead to that one."""
    assert g.find(name).column("id")[0] == "concept:low-labour-cost"


def test_entity_amiss(g: KnowledgeGraph) -> None:
    """An unknown id offers near ones; what is no id is told so."""
    with pytest.raises(UnknownName, match=r"unknown id 'firm:lynass'. Did you mean .*firm:lynas"):
        g.entity("firm:lynass")
    with pytest.raises(UsageError, match="is not an id; write it as kind:slug"):
        g.entity("planet:earth")
    with pytest.raises(UnknownName, match=r"unknown name 'linas'\. Did you mean firm:lynas \(Lynas"):
        g.entity("linas")
    with pytest.raises(UsageError, match="ree:Firm is a term of the ontology"):
        g.entity("ree:Firm")


@pytest.mark.parametrize(
    ("word", "first", "matched"),
    [
        ("dysprosium", "element:Dy", "dysprosium"),
        ("DYSPROSIUM", "element:Dy", "dysprosium"),
        ("鏑", "element:Dy", "鏑"),
        ("镝", "element:Dy", "镝"),
        ("Dy", "element:Dy", "Dy"),
        ("五角大樓", "org:us-dod", "五角大樓"),
        ("五角大楼", "org:us-dod", "五角大楼"),
        ("F35", "product:f-35", None),
        ("萊納斯", "firm:lynas", "萊納斯"),
        ("莱纳斯", "firm:lynas", "莱纳斯"),
        ("dysprosum", "element:Dy", "dysprosium"),
        ("中国", "country:CN", "中国"),
        ("element:Dy", "element:Dy", None),
    ],
)
def test_find(g: KnowledgeGraph, word: str, first: str, matched: str | None) -> None:
    """A thing is found by any name: English, traditional, simplified, symbol, alias, id, or one misspelt."""
    row = g.find(word).records()[0]
    assert row["id"] == first
    assert matched is None or row["matched"] == matched
    assert row["class"].startswith("ree:")
    assert row["class_label"]


def test_find_limits(g: KnowledgeGraph) -> None:
    """No more are given than asked for; nothing is found for nonsense, and nothing at all is refused."""
    assert len(g.find("rare", limit=3)) == 3
    assert len(g.find("qqqzzz")) == 0
    with pytest.raises(UsageError, match="no letter or digit"):
        g.find("")


# Proofs


def test_why_a_claim(g: KnowledgeGraph) -> None:
    """A claim is told with source, paragraph, time and manner; its sentence needs the article."""
    proof = g.why("claim:tang-2025-310")
    evidence = proof.evidence
    assert evidence is not None
    assert (evidence.source.id, evidence.paragraph, evidence.when) == ("source:tang-2025", 32, "2022")
    assert (evidence.modality, evidence.rank, evidence.assumed, evidence.sentence) == (
        "stated",
        "normal",
        False,
        "",
    )
    assert proof.claims() == [proof.node]
    assert "source:tang-2025 paragraph 32, 2022, stated" in lines(proof)
    assert "第32段" in lines(proof, "zh-Hant")
    assert "sentence" not in proof.to_dict()["evidence"]


def test_why_with_articles(read: KnowledgeGraph) -> None:
    """With the articles at hand the sentence itself is shown."""
    proof = read.why("claim:tang-2025-310")
    assert proof.evidence is not None
    assert "直接出口到中國進行分離加工" in proof.evidence.sentence
    assert f"「{proof.evidence.sentence}」" in lines(proof)
    assert proof.to_dict()["evidence"]["sentence"] == proof.evidence.sentence


def test_why_a_dependency(g: KnowledgeGraph) -> None:
    """A dependency is proven by its rule, in words, and the claims below it."""
    (node,) = g.sparql(MOUNTAIN_PASS).column("d")
    assert isinstance(node, Thing)
    proof = g.why(node.id)
    (support,) = proof.supports
    assert support.rule is not None
    assert support.rule.id == "rule:feed-shipped-abroad"
    assert [c.id for c in proof.claims()] == ["claim:tang-2025-310"]
    told = proof.to_dict("zh-Hant")
    assert told["supports"][0]["rule"] == "rule:feed-shipped-abroad"
    assert re.search(r"[\u4e00-\u9fff]", told["supports"][0]["because"])
    assert told["supports"][0]["premises"][0]["id"] == "claim:tang-2025-310"
    assert str(proof) == lines(proof)


def test_why_a_chain(g: KnowledgeGraph) -> None:
    """An indirect conclusion is proven step by step down to claims, each branch ending in one."""
    (row,) = [
        r
        for r in g.ask("dependence-path", dependent="firm:mp-materials", on="country:CN").records()
        if r["step"] == r["dependency"] and r["rule"] == "rule:firm-through-facility"
    ]
    proof = g.why(row["dependency"])
    assert {c.id for c in proof.claims()} == {"claim:chen-cc-2025-252", "claim:tang-2025-310"}
    below = [p for s in proof.supports for p in s.premises if p.supports]
    assert below[0].supports[0].premises[0].evidence is not None


def test_why_a_disagreement(g: KnowledgeGraph) -> None:
    """A disagreement shows the claims that clash, and which of them is marked as wrong and why."""
    (row,) = [r for r in default_answer("disagreements").records() if "claim:jui-2025-6" in r["claims"]]
    proof = g.why(row["disagreement"])
    assert {c.id for c in proof.claims()} == {"claim:jui-2025-6", "claim:tang-2025-247"}
    assert "deprecated" in lines(proof)
    assert "note: The article prints June 2024." in lines(proof)
    assert "註：文章印作2024年6月。" in "\n".join(proof.lines("zh-Hant"))


def test_why_a_statement(g: KnowledgeGraph) -> None:
    """A plain statement is proven by every claim that states it."""
    proof = g.why("country:TW dependsOn country:CN")
    assert "claim:tang-2025-624" in {c.id for c in proof.claims()}


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("claim:tang-2025-99999", UnknownName),
        ("dependency:000000000000", UnknownName),
        ("nonsense", UnknownName),
        ("country:CN dependsOn element:Dy", UnknownName),
    ],
)
def test_why_amiss(g: KnowledgeGraph, what: str, error: type[Exception]) -> None:
    """What the graph does not hold has no proof."""
    with pytest.raises(error):
        g.why(what)


# Other tools


def test_to_rdflib(g: KnowledgeGraph) -> None:
    """The whole merge, triple for triple, as an rdflib graph that answers SPARQL."""
    graph = g.to_rdflib()
    assert len(graph) == len(g.store.read_graph(None))
    dy = rdflib.URIRef(iri("element:Dy"))
    assert rdflib.Literal("鏑", lang="zh-hant") in set(graph.objects(dy, rdflib.RDFS.label))


def test_ontology(g: KnowledgeGraph) -> None:
    """owlready2 has the classes as classes and Dy among the individuals, by its narrowest class."""
    ontology = g.ontology()
    names = {cls.name for cls in ontology.classes()}
    assert {"Firm", "Facility", "RareEarthElement", "ExportControl", "Claim"} <= names
    dy = ontology.world[iri("element:Dy")]
    assert dy is not None
    assert any("RareEarth" in cls.name for cls in dy.is_a)
    assert any(prop.name == "dependsOn" for prop in ontology.object_properties())


def test_dl_triples_hold_no_claims(g: KnowledgeGraph) -> None:
    """What a reasoner is given is all but the claims: with the reference entries, and what is derived."""
    graphs = ("ontology", "entities", "statements", "reference", "derived")
    wanted = {t for name in graphs for t in g.store.read_graph(GRAPH + name)}
    assert set(g.dl_triples()) == wanted


def test_to_pandas() -> None:
    """A frame has ids as text, names beside them, numbers as numbers and lists as lists."""
    frame = default_answer("single-points-of-failure").to_pandas("zh-Hant")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns[:3]) == ["on", "on_label", "stage"]
    assert frame["on_label"][0] == "中國"
    assert frame["least"].max() == 92
    assert isinstance(frame["claims"][0], list)


def test_html_in_a_notebook() -> None:
    """A notebook shows names with their ids as tooltips, in a table with its title and units."""
    shown = default_answer("china-share")._repr_html_()
    assert "<caption>Shares of the world by stage</caption>" in shown
    assert "<th>share (percent)</th>" in shown
    assert '<td title="country:CN">China</td>' in shown
    assert "&gt;90" in shown
    assert "中國" in default_answer("china-share")._repr_html_("zh-Hant")


def test_rich_in_a_terminal() -> None:
    """A terminal shows the same with rich."""
    console = Console(file=StringIO(), width=250)
    console.print(default_answer("never-controlled"))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Elements that no measure controls" in shown
    assert "lanthanum" in shown


def test_table_of_an_answer() -> None:
    """A table has a length, iterates as dicts and gives a column by name."""
    table: Table = default_answer("never-controlled")
    assert len(table) == len(list(table)) == 5
    assert [row["number"] for row in table] == [57, 58, 59, 60, 61]
    with pytest.raises(UsageError, match="no column 'nummer'; there are: element, number, "):
        table.column("nummer")
