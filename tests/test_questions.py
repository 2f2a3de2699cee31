"""Named questions: heads, parameters, and what every one of the project's own must keep to."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from graphs import default_answer, questions, real_graph
from rdflib.plugins.sparql import prepareQuery

from reegraph import CurationError, QueryError, Table, Thing, UnknownName, UsageError
from reegraph.questions import (
    LIST_SEPARATOR,
    Labels,
    fill,
    find_question,
    free_table,
    head,
    read_questions,
    run,
)
from reegraph.store import EmbeddedStore
from reegraph.table import LIST_TYPES, cell_text
from reegraph.terms import is_id

NAMES = sorted(path.stem for path in (Path(__file__).parents[1] / "queries").glob("*.rq"))
HEAD = """\
#+ title-en: Shares
#+ title-zh: 占比
#+ question-en: Who holds which share?
#+ question-zh: 誰占多少？
#+ theme: materials
#+ keywords-en: share, , percent
#+ keywords-zh: 占比
#+ note-en: Nothing is averaged.
#+ note-zh: 不取平均。
#+ parameter: who | thing | whose share | 誰的
#+ parameter: least | number | at least | 至少
#+ parameter: since | date | since when | 自何時
#+ parameter: word | text | a word | 字詞
#+ column: who | thing | | whose | 誰
#+ column: share | number | percent | the share | 占比
#+ column: day | date | | the day | 日期
#+ column: sure | boolean | | whether it is sure | 是否確定
#+ column: makes | things | | what it makes | 產品
#+ column: notes | texts | | remarks | 註記
"""
BODY = """\
PREFIX ree: <https://w3id.org/reegraph/ontology#>
PREFIX country: <https://w3id.org/reegraph/id/country/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?who ?share ?day ?sure ?makes ?notes WHERE {
  VALUES ?who { country:CN }
  VALUES ?least { 50 }
  VALUES ?since { "2025-01-01"^^xsd:date }
  VALUES ?word { "all" }
  { SELECT ?who ?share WHERE { VALUES ?who { country:CN } ?who ree:share ?share } }
  OPTIONAL { ?who ree:day ?day ; ree:sure ?sure ; ree:makes ?makes ; ree:notes ?notes }
}
"""


def write(folder: Path, text: str = HEAD + BODY, name: str = "shares") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.rq").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one question."""
    return write(tmp_path / "queries")


@cache
def strings_in_code() -> list[tuple[str, str]]:
    """Every text in the package's code that is no docstring, with the place where it stands."""
    source = Path(__file__).parents[1] / "src" / "reegraph"
    found = []
    for path in sorted(source.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        spoken = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
        }
        found += [
            (f"{path.relative_to(source)}:{node.lineno}", node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken
        ]
    return found


# Heads


def test_a_question_is_read_whole(folder: Path) -> None:
    """Title, question, theme, keywords, notes, parameters with defaults and columns come from the head."""
    question = read_questions(folder)["shares"]
    assert (question.name, question.title_en, question.title_zh) == ("shares", "Shares", "占比")
    assert (question.question_en, question.question_zh) == ("Who holds which share?", "誰占多少？")
    assert (question.theme, question.keywords) == ("materials", ("share", "percent", "占比"))
    assert question.notes == ("Nothing is averaged.",)
    defaults = {p.name: p.default for p in question.parameters}
    assert defaults == {
        "who": "country:CN",
        "least": "50",
        "since": '"2025-01-01"^^xsd:date',
        "word": '"all"',
    }
    assert [c.heading() for c in question.columns] == [
        "who",
        "share (percent)",
        "day",
        "sure",
        "makes",
        "notes",
    ]
    assert question.query == HEAD + BODY


def test_head_knows_its_lines() -> None:
    """The head is read with line numbers, and only from its own lines."""
    assert head("# a comment\n#+ theme: policy \nSELECT * {}") == [(2, "theme", "policy")]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("#+ title-zh: 占比\n", "", 1, "the head lacks `#+ title-zh:`"),
        ("#+ question-en: Who holds which share?\n", "", 1, "the head lacks `#+ question-en:`"),
        ("#+ theme: materials\n", "", 1, "the head lacks `#+ theme:`"),
        ("#+ theme: materials", "#+ theme: money", 5, "theme 'money' is unknown; known: dependence, "),
        ("#+ keywords-en:", "#+ keyword-en:", 6, "`keyword-en` is a key that nobody reads; known: column, "),
        ("| whose share | 誰的", "| whose share", 10, "a parameter reads `name | type | English | 中文`"),
        ("who | thing | whose share", "who | place | whose share", 10, "a parameter reads"),
        ("parameter: who |", "parameter: whom |", 10, "there is no `VALUES ?whom { ... }` block"),
        ("| percent | the share", "| the share", 15, "a column reads `name | type | unit | English | 中文`"),
        ("share | number |", "share | figure |", 15, "a column reads"),
    ],
)
def test_faults_of_a_head(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    """A fault of a head is told with its file and line."""
    assert old in HEAD
    folder = write(tmp_path / "queries", HEAD.replace(old, new, 1) + BODY)
    with pytest.raises(CurationError) as caught:
        read_questions(folder)
    problem = caught.value.problems[0]
    assert problem.where == f"queries/shares.rq:{line}"
    assert what in problem.what


def test_all_faults_of_all_files_are_told(tmp_path: Path) -> None:
    """The faults of every file come together, in order of file and line."""
    folder = write(tmp_path / "queries", "#+ theme: x\nSELECT * {}")
    write(folder, HEAD.replace("theme: materials", "theme: y") + BODY, "other")
    with pytest.raises(CurationError) as caught:
        read_questions(folder)
    places = [p.where for p in caught.value.problems]
    assert places == ["queries/other.rq:5", *["queries/shares.rq:1"] * 5]


def test_unknown_question_offers_near_names() -> None:
    """A question that is not there is told with those most like it."""
    with pytest.raises(UnknownName) as caught:
        find_question("heavy-re-dependence", questions())
    assert "Did you mean heavy-ree-dependence" in str(caught.value)


# Binding


def bound(folder: Path, **values: str) -> str:
    """The query with these values, the head left out."""
    return read_questions(folder)["shares"].bound(values).removeprefix(HEAD)


def test_binding_replaces_every_block(folder: Path) -> None:
    """A value replaces what stands in each VALUES block of its variable, in inner queries too."""
    query = bound(folder, who="country:AU")
    assert query.count("VALUES ?who { <https://w3id.org/reegraph/id/country/AU> }") == 2
    assert "country:CN" not in query
    assert "VALUES ?least { 50 }" in query


def test_several_values(folder: Path) -> None:
    """Several values of one parameter are parted by commas, blanks around them not minded."""
    assert re.search(
        r"VALUES \?who \{ <\S+country/AU> <\S+country/US> \}", bound(folder, who="country:AU, country:US")
    )


def test_any_is_undef(folder: Path) -> None:
    """The value any leaves the variable open, whatever its type."""
    query = bound(folder, who="any", least="any", since="any", word="any")
    assert query.count("{ UNDEF }") == 5


def test_terms_by_type(folder: Path) -> None:
    """Numbers become decimals, dates days, texts literals whose quotes are escaped."""
    query = bound(folder, least="1e3", since="2025-04-01", word='a "b" }\\ \\1')
    assert 'VALUES ?least { "1000"^^<http://www.w3.org/2001/XMLSchema#decimal> }' in query
    assert 'VALUES ?since { "2025-04-01"^^<http://www.w3.org/2001/XMLSchema#date> }' in query
    assert r'VALUES ?word { "a \"b\" }\\ \\1" }' in query
    ox.Store().query(query)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("who", "China", "who=China: an id like country:CN is wanted"),
        ("who", "planet:earth", "an id like country:CN is wanted"),
        ("who", "country:CN> ?x", "an id like country:CN is wanted"),
        ("who", "country:CN,", "who=: an id like country:CN is wanted"),
        ("least", "half", "least=half: a number is wanted, such as 50 or 0.1"),
        ("least", "nan", "least=nan: a number is wanted"),
        ("least", "", "least=: a number is wanted"),
        ("since", "yesterday", "since=yesterday: one day is wanted, such as 2025-06-30"),
        ("since", "2025-06", "since=2025-06: one day is wanted"),
        ("since", "2025", "since=2025: one day is wanted"),
        ("since", "/2026", "since=/2026: one day is wanted"),
        ("since", "20250630", "since=20250630: one day is wanted"),
        ("since", "2025-02-30", "since=2025-02-30: "),
        ("since", "", "since=: "),
    ],
)
def test_bad_values(folder: Path, name: str, value: str, what: str) -> None:
    """A value of another type is refused with the parameter, the value and what is wanted."""
    with pytest.raises(UsageError, match=re.escape(what)):
        bound(folder, **{name: value})


def test_unknown_parameter(folder: Path) -> None:
    """A parameter that the question has not is told with the near names and all there are."""
    with pytest.raises(UnknownName) as caught:
        bound(folder, leas="1")
    text = str(caught.value)
    assert text == "unknown parameter 'leas'. Did you mean least? shares takes: who, least, since, word."


def test_fill_leaves_other_variables_alone() -> None:
    """Only the block of that very variable is filled."""
    query = "SELECT * { VALUES ?a { 1 } VALUES ?ab { 2 } VALUES (?a ?c) { (1 2) } }"
    assert fill(query, "a", "3") == query.replace("?a { 1 }", "?a { 3 }")


# Answers


def tiny() -> EmbeddedStore:
    """China with a share, a day and what it makes."""
    turtle = """
    @prefix ree: <https://w3id.org/reegraph/ontology#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix id: <https://w3id.org/reegraph/id/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <https://w3id.org/reegraph/id/country/CN> rdfs:label "China"@en , "中國"@zh-Hant ; ree:share 69.20 ;
      ree:day "2025-04-04"^^xsd:date ; ree:sure true ; ree:notes "one | two" ;
      ree:makes "https://w3id.org/reegraph/id/material/b https://w3id.org/reegraph/id/material/a" .
    """
    return EmbeddedStore(ox.parse(turtle, format=ox.RdfFormat.TURTLE))


def labels() -> Labels:
    return Labels(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        "SELECT ?thing ?label { VALUES ?thing { <x:y> } ?thing rdfs:label ?label }"
    )


def test_cells_by_column_type(folder: Path) -> None:
    """Each cell is of its column's type: things with their names, decimals, days, booleans, sorted lists."""
    table = run(tiny(), read_questions(folder)["shares"], {}, labels())
    (row,) = table.rows
    assert row[0] == Thing("country:CN", "China", "中國")
    assert row[1] == Decimal("69.20")
    assert (str(row[2]), row[3]) == ("2025-04-04", True)
    assert row[4] == (Thing("material:a"), Thing("material:b"))
    assert row[5] == ("one", "two")
    assert (table.title, table.notes) == ("Shares", ("Nothing is averaged.",))
    assert LIST_SEPARATOR == " | "


def test_column_not_selected(tmp_path: Path) -> None:
    """A documented column that the query does not select is a fault of the file, not an empty column."""
    folder = write(tmp_path / "queries", HEAD + BODY.replace("?notes WHERE", "WHERE"))
    with pytest.raises(
        CurationError, match=r"queries/shares.rq:1: column notes is not in the query's SELECT"
    ):
        run(tiny(), read_questions(folder)["shares"], {}, labels())


def test_question_that_does_not_parse(tmp_path: Path) -> None:
    """A question with a fault in its SPARQL is told with its file and line."""
    folder = write(tmp_path / "queries", HEAD + BODY.replace("WHERE", "WHEER"))
    with pytest.raises(
        QueryError, match=r"\Aqueries/shares.rq: line \d+, column \d+: the query does not parse"
    ):
        run(tiny(), read_questions(folder)["shares"], {}, labels())


def test_free_table_guesses_types() -> None:
    """Of a typed query IRIs become things, numbers numbers, and a mixed column text."""
    store = tiny()
    query = "SELECT ?s ?n ?m { ?s ree:share ?n . { BIND(1 AS ?m) } UNION { BIND('x' AS ?m) } }"
    table = free_table(store, store.select(query), labels())
    assert [c.type for c in table.columns] == ["thing", "number", "text"]
    assert table.column("s")[0] == Thing("country:CN", "China", "中國")
    assert table.column("n")[0] == Decimal("69.2")


# The project's own questions


def test_no_sparql_in_code() -> None:
    """No query text stands in Python: queries live in queries/."""
    query = re.compile(
        r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE|INSERT|DELETE)\s+(DISTINCT\s+|DATA\s+)?[?*({]|\bWHERE\s*\{"
    )
    assert query.search("SELECT ?x")
    assert [place for place, text in strings_in_code() if query.search(text)] == []


def test_all_are_read() -> None:
    """The questions of the project are read without fault."""
    assert sorted(questions()) == NAMES
    assert len(NAMES) >= 48


@pytest.mark.parametrize("name", NAMES)
def test_runs_as_it_stands(name: str) -> None:
    """The file, untouched, is a query to pyoxigraph and to rdflib: its prefixes are its own."""
    text = questions()[name].query
    ox.Store().query(text)
    prepareQuery(text)


@pytest.mark.parametrize("name", NAMES)
def test_head_is_complete_in_both_languages(name: str) -> None:
    """Titles, questions, keywords, notes, parameters and columns are there in English and in Chinese."""
    question = questions()[name]
    keys = {key for _, key, _ in head(question.query)}
    assert {"keywords-en", "keywords-zh"} <= keys
    assert ("note-en" in keys) == ("note-zh" in keys)
    described = [(p.en, p.zh) for p in question.parameters] + [(c.en, c.zh) for c in question.columns]
    for en, zh in [
        (question.title_en, question.title_zh),
        (question.question_en, question.question_zh),
        *described,
    ]:
        assert re.search(r"[A-Za-z]", en)
        assert not re.search(r"[\u4e00-\u9fff]", en)
        assert re.search(r"[\u4e00-\u9fff]", zh)
    for key in ("parameter", "column"):
        named = [value.partition("|")[0].strip() for _, k, value in head(question.query) if k == key]
        assert len(named) == len(set(named))


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_those_selected(name: str) -> None:
    """Each documented column is selected, and each selected variable documented, or a sentence's Chinese."""
    question = questions()[name]
    selected = set(real_graph().store.select(question.query).variables)
    chinese = {f"{c.name}_zh" for c in question.columns if c.type == "sentence"}
    assert {c.name for c in question.columns} == selected - chinese


HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", NAMES)
def test_no_english_sentence_stands_in_a_chinese_answer(name: str) -> None:
    """With --lang zh-Hant, text of more than a code or two is Chinese."""
    table = default_answer(name)
    for column in table.columns:
        cells = [c for c in table.column(column.name) if column.type in {"text", "sentence"} and c]
        texts = [cell_text(c, "zh-Hant") for c in cells]
        assert [t for t in texts if len(t.split()) > 3 and not HAN.search(t)] == []


@pytest.mark.parametrize("name", NAMES)
def test_defaults_give_rows(name: str) -> None:
    """With its parameters as they stand each question has an answer on the real graph, no row twice."""
    table = default_answer(name)
    assert len(table) > 0
    records = [str(row) for row in table.records()]
    assert len(set(records)) == len(records)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_evidence(name: str) -> None:
    """Each row names a claim, or a conclusion with its premises, or says that there is none."""
    rows = default_answer(name).records()
    bare = [r for r in rows if not (r.get("claim") or r.get("claims") or r.get("premises"))]
    if name == "evidence-gaps":  # it lists where there is no claim
        assert all(r["claims_count"] == 0 for r in bare)
    else:
        assert bare == []
    sources = [r.get("source") or r.get("sources") or r.get("place") for r in rows]
    assert all(sources) or name in {"evidence-gaps", "dependence-path"}


@pytest.mark.parametrize("name", NAMES)
def test_lists_and_numbers_are_what_the_head_says(name: str) -> None:
    """Cells of number columns are numbers, of thing columns things, and every claim is an id of a claim."""
    table: Table = default_answer(name)
    for column in table.columns:
        cells = [cell for cell in table.column(column.name) if cell is not None]
        if column.type == "number":
            assert all(isinstance(cell, Decimal) for cell in cells)
        if column.type == "thing":
            assert all(isinstance(cell, Thing) for cell in cells)
        if column.type in LIST_TYPES:
            assert all(isinstance(cell, tuple) for cell in cells)
        if column.type == "claims":
            known = ("claim:", "reference:")
            assert all(isinstance(m, Thing) and m.id.startswith(known) for cell in cells for m in cell)


def choices() -> list[tuple[str, str]]:
    """The parameters that are columns too: what is asked for is what the rows must show."""
    return [
        (name, p.name)
        for name in NAMES
        for p in questions()[name].parameters
        if p.type == "thing" and p.name in {c.name for c in questions()[name].columns}
    ]


@pytest.mark.parametrize(("name", "parameter"), choices())
def test_a_parameter_picks_rows(name: str, parameter: str) -> None:
    """Asked for one value, a question gives the rows of that value out of all, none changed.

    Where a column tells the relation, rows on what is related to that one thing come on top.
    """
    graph = real_graph()
    everything = graph.ask(name, **{parameter: "any"}).records()
    values = sorted({row[parameter] for row in everything if row[parameter]})
    for value in {values[0], values[-1]}:
        picked = graph.ask(name, **{parameter: value}).records()
        assert all(row[parameter] == value for row in picked)
        if "named" in {c.name for c in questions()[name].columns}:
            picked = [row for row in picked if row["relation"] == "itself"]
        assert sorted(map(str, picked)) == sorted(str(r) for r in everything if r[parameter] == value)


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_things_of_the_graph(name: str) -> None:
    """A default that names a thing names one that the graph knows."""
    graph = real_graph()
    for parameter in questions()[name].parameters:
        for word in parameter.default.split():
            if parameter.type == "thing" and is_id(word):
                assert graph.thing(word).en
