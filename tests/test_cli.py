"""The command line: every command, format and kind of failure."""

from __future__ import annotations

import csv
import inspect
import io
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import openpyxl
import pyoxigraph as ox
import pytest
from graphs import default_answer, environment, questions, real_graph
from test_endpoint import served

from reegraph import KnowledgeGraph, StoreError
from reegraph.cli import COMMANDS, cli, main
from reegraph.errors import ValidationError
from reegraph.graph import open_built
from reegraph.server import create_app
from reegraph.server.access import Policy, Tokens
from reegraph.server.backend import Source
from reegraph.store import RemoteStore

Spoil = Callable[[Path], None]


@dataclass(frozen=True)
class Ran:
    """What a command wrote and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


class Shared(KnowledgeGraph):
    """The real graph, which outlives the command that asks it."""

    def close(self) -> None:
        """The next command asks it too."""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """English names, the run's cache and graph, no articles, and a working folder of the test's own."""
    for name in {*os.environ} - {*environment()}:
        monkeypatch.delenv(name)
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    graph = real_graph()  # loading it takes longer than most commands

    def shared(*, articles: Path | None = None, tick: object = None) -> KnowledgeGraph:
        return Shared(graph.store, articles=articles, version=graph.version)

    monkeypatch.setattr("reegraph.graph.open_built", shared)


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands open the graph from the cache, as they do outside of tests."""
    monkeypatch.setattr("reegraph.graph.open_built", open_built)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in this process."""

    def run(*words: str, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        capsys.readouterr()
        code = 0
        try:
            main(list(words))
        except SystemExit as end:
            code = int(end.code or 0)
        written = capsys.readouterr()
        return Ran(code, written.out, written.err)

    return run


def executable() -> str:
    return str(Path(sys.executable).with_name("reegraph"))


def commands() -> list[tuple[str, click.Command]]:
    """The commands by name."""
    context = click.Context(cli)
    found = [(name, cli.get_command(context, name)) for name in sorted(COMMANDS)]
    return [(name, command) for name, command in found if command is not None]


def examples() -> list[Any]:
    """The examples that the help of each command gives, one shell line each."""
    found = []
    for name, command in commands():
        text = inspect.cleandoc(command.help or "").partition("Example:")[2]
        text = re.sub(r"\n {4,}(?!reegraph|echo)", " ", text)
        lines = [line.strip() for line in text.splitlines() if "reegraph" in line]
        assert lines, f"the help of {name} has no example"
        found += [pytest.param(line, id=f"{name}-{n}") for n, line in enumerate(lines, 1)]
    return found


# Talk and results


def test_help(run: Run) -> None:
    """Help names every command, and every command's help has an example."""
    ran = run("--help")
    assert ran.code == 0
    for name, command in commands():
        assert re.search(rf"^  {name} +\S", ran.out, re.MULTILINE)
        assert "Example:" in (command.help or "")


def test_help_loads_little() -> None:
    """The list of commands is there at once: no store, no table drawing is loaded for it."""
    code = "import sys, reegraph.cli as c; c.main(['--help']); print({'pyoxigraph', 'rich'} & {*sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Commands:" in ran.stdout
    assert ran.stdout.endswith("set()\n")


def test_version(run: Run) -> None:
    """The version is the package's own."""
    assert re.search(r"version \d+\.\d+\.\d+", run("--version").out)


def test_no_command_is_help(run: Run) -> None:
    """Without a command the help is shown."""
    ran = run()
    assert "Commands:" in ran.out + ran.err


@pytest.mark.parametrize("line", examples())
def test_examples_run(
    line: str, run: Run, articles: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every example in the help of a command runs, with the articles at hand."""
    monkeypatch.setenv("REEGRAPH_ARTICLES", str(articles))
    piped, _, rest = line.rpartition("|")
    words = shlex.split(rest)
    assert words[0] == "reegraph"
    if words[1] in {"serve", "publish"}:  # run on a port of its own below
        assert words[2:] in (["--port", "8765"], ["http://127.0.0.1:8765/sparql"])
        return
    if words[1] == "check":
        words.append("--no-shapes")  # the shapes take as long as all tests here; CI runs the whole check
    if words[1] == "index":
        (tmp_path / words[2]).write_text(
            "[] <http://www.w3.org/2000/01/rdf-schema#label> 'a' .", encoding="utf-8"
        )
    ran = run(*words[1:], stdin=shlex.split(piped)[1] if piped else "")
    assert ran.code == 0, ran.err
    assert ran.out or (tmp_path / words[-1]).exists() or words[1] in {"fmt", "check", "mcp"}
    assert "Traceback" not in ran.err


# Formats


def test_table(run: Run) -> None:
    """By default a table is drawn on stdout, and the count and notes are said on stderr."""
    ran = run("ask", "china-share")
    assert "share (percent)" in ran.out
    assert "China" in ran.out
    assert f"{len(default_answer('china-share'))} rows" in ran.err
    assert "note: Sources that differ stand side by side" in ran.err
    assert "rows" not in ran.out


def test_a_row_is_one_line_in_a_pipe(run: Run) -> None:
    """A pipe's table has each row on one line and each id in one piece, for grep."""
    out = run("ask", "china-share").out
    (line,) = [line for line in out.splitlines() if "claim:tang-2025-135" in line]
    assert "processing" in line


@pytest.mark.parametrize(("format_", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_separated(run: Run, format_: str, delimiter: str) -> None:
    """CSV and TSV have ids, names beside them, and the figures as printed."""
    rows = list(
        csv.DictReader(io.StringIO(run("ask", "china-share", "--format", format_).out), delimiter=delimiter)
    )
    assert len(rows) == len(default_answer("china-share"))
    assert {row["place"] for row in rows} == {"country:CN"}
    assert {row["place_label"] for row in rows} == {"China"}
    assert "92" in {row["share"] for row in rows}


def test_json(run: Run) -> None:
    """JSON is an array of objects: things by id with their name in a sibling key, claims as lists of ids."""
    rows = json.loads(run("ask", "heavy-ree-dependence", "on=region:abroad", "--format", "json").out)
    dy = next(row for row in rows if row["material"] == "element:Dy")
    assert (dy["dependent"], dy["dependent_label"]) == ("country:US", "United States")
    assert dy["claims"] == ["claim:chen-cc-2025-213"]
    assert {row["on"] for row in rows} == {"region:abroad"}


def test_markdown(run: Run) -> None:
    """Markdown is a pipe table of names."""
    first, second, third, *_ = run("ask", "never-controlled", "--format", "md").out.splitlines()
    assert first.startswith("| element | number |")
    assert set(second) <= set("| -:")
    assert third.startswith("| lanthanum | 57 |")


def test_xlsx(run: Run, tmp_path: Path) -> None:
    """A workbook has a header and numbers that are numbers; it needs a file to go to."""
    assert run("ask", "never-controlled", "--format", "xlsx", "-o", "x.xlsx").code == 0
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:3] == ["element", "element_label", "number"]
    assert [cell.value for cell in sheet[2]][:3] == ["element:La", "lanthanum", 57]
    refused = run("ask", "never-controlled", "--format", "xlsx")
    assert refused.code == 2
    assert "--output FILE.xlsx" in refused.err


def test_output_file(run: Run, tmp_path: Path) -> None:
    """With --output the result goes to the file and nowhere else."""
    ran = run("ask", "never-controlled", "--format", "csv", "--output", "x.csv")
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").startswith("\ufeffelement,element_label,number")
    run("ask", "never-controlled", "--format", "tsv", "--output", "x.tsv")
    assert (tmp_path / "x.tsv").read_text(encoding="utf-8").startswith("element\telement_label")
    assert run("ask", "never-controlled", "--format", "csv").out.startswith("element,")  # what programs read


def test_output_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """A file that cannot be written is told, and no other is left behind."""
    ran = run("ask", "never-controlled", "--format", "csv", "-o", "none/x.csv")
    assert ran.code == 2
    assert "none/x.csv: cannot be written: " in ran.err
    assert run("ask", "never-controlled", "--format", "xlsx", "-o", "none/x.xlsx").code == 2
    assert list(tmp_path.iterdir()) == []


def test_languages(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names follow --lang, else the locale; in CSV codes and column names stay English."""
    chinese = run("ask", "never-controlled", "--lang", "zh-Hant", "--format", "csv").out
    assert chinese.splitlines()[1].startswith("element:La,鑭,57,")
    assert chinese.splitlines()[0].startswith("element,element_label,number,")
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    assert run("ask", "never-controlled", "--format", "csv").out == chinese
    assert "lanthanum" in run("ask", "never-controlled", "--format", "csv", "--lang", "en").out
    shown = run("ask", "china-share")
    assert "各來源並列" in shown.err
    assert "各階段的全球占比" in shown.out


# Commands


def test_ask_lists_questions(run: Run) -> None:
    """Without a name, ask lists every question with what it asks and its parameters."""
    rows = json.loads(run("ask", "--format", "json").out)
    assert {row["question"] for row in rows} == set(questions())
    share = next(row for row in rows if row["question"] == "china-share")
    assert share["asks"].startswith("What share of the world does China hold")
    assert share["parameters"] == ["place=country:CN", "material=UNDEF"]
    assert "中國" in run("ask", "--lang", "zh-Hant", "--format", "csv").out


def test_sparql_from_file_and_stdin(run: Run, tmp_path: Path) -> None:
    """A query is read from a file or from stdin, prefixes predeclared."""
    query = "SELECT ?plant { firm:lynas ree:operates ?plant }"
    (tmp_path / "q.rq").write_text(query, encoding="utf-8")
    from_file = run("sparql", "q.rq", "--format", "csv")
    assert "facility:lynas-malaysia," in from_file.out
    assert run("sparql", "-", "--format", "csv", stdin=query).out == from_file.out
    assert "true" in run("sparql", "-", "--format", "json", stdin="ASK { firm:lynas a ree:Firm }").out


def test_a_question_file_is_a_query(run: Run) -> None:
    """A question's own file runs as any query."""
    path = Path(__file__).parents[1] / "queries" / "never-controlled.rq"
    assert len(json.loads(run("sparql", str(path), "--format", "json").out)) == 5


def test_empty_answer_says_unknown(run: Run) -> None:
    """An empty answer ends well and says that nothing known is not the same as none."""
    ran = run("sparql", "-", stdin="SELECT ?x { ?x a ree:Nothing }")
    assert ran.code == 0
    assert "0 rows: the graph has nothing on this; it is unknown, not none" in ran.err


def test_show(run: Run) -> None:
    """A thing is shown with the evidence of each line."""
    rows = json.loads(run("show", "element:Dy", "--format", "json").out)
    assert {"stated", "reference", "type"} <= {row["basis"] for row in rows}
    assert "claim:tan-2025-7" in {row["evidence"] for row in rows}


def test_a_name_that_nothing_has(run: Run) -> None:
    """What find does not find is told as a name, not as something unknown."""
    assert "0 rows: nothing has a name like that; try a part of it" in run("find", "asdfgh").err
    assert "0 列：沒有相近的名稱" in run("find", "asdfgh", "--lang", "zh").err


def test_a_chinese_question_is_answered_in_chinese(run: Run) -> None:
    """A plain question is answered in its language, unless --lang is given."""
    ran = run("ask", "巴西的稀土儲量有多少")
    assert "巴西" in ran.out
    assert "以 reserves 查詢" in ran.err
    assert "Brazil" in run("ask", "巴西的稀土儲量有多少", "--lang", "en").out


def test_headings_in_chinese(run: Run) -> None:
    """Tables and Markdown have Chinese headings in Chinese; CSV, JSON and typed queries keep their names."""
    told = run("ask", "heavy-ree-dependence", "--lang", "zh-Hant", "--format", "md").out.splitlines()[0]
    assert told.startswith("| 依賴者 | 被依賴者 | 階段 | 材料 | ")
    assert "問題" in run("ask", "--lang", "zh-Hant").out.splitlines()[1]
    assert "出口管制" in run("ask", "--lang", "zh-Hant").out
    assert "事物" in run("find", "Lynas", "--lang", "zh-Hant").out
    assert "陳述方式" in run("show", "firm:lynas", "--lang", "zh-Hant").out
    query = "SELECT ?stage { ?stage a ree:Stage }"
    assert "stage" in run("sparql", "-", "--lang", "zh-Hant", stdin=query).out
    line = ("ask", "heavy-ree-dependence", "--format", "csv", "--lang")
    assert run(*line, "zh-Hant").out.startswith("dependent,dependent_label,on,")


def test_values_go_by_other_names(run: Run) -> None:
    """zh is traditional Chinese, markdown is md."""
    line = ("ask", "never-controlled")
    long = run(*line, "--lang", "zh", "--format", "markdown").out
    assert long == run(*line, "--lang", "zh-Hant", "--format", "md").out
    assert "'fr' is not one of 'en', 'zh-Hant'" in run(*line, "--lang", "fr").err


@pytest.mark.parametrize("word", ["萊納斯", "莱纳斯", "Lynas"])
def test_find(run: Run, word: str) -> None:
    """Things are found by names in traditional and simplified Chinese and in English."""
    rows = json.loads(run("find", word, "--limit", "2", "--format", "json").out)
    assert rows[0]["thing"] == "firm:lynas"
    assert len(rows) == 2


def test_why(run: Run) -> None:
    """A proof comes as a tree in either language, as JSON, and as Turtle that parses."""
    tree = run("why", "claim:tang-2025-310").out
    assert tree.startswith("claim:tang-2025-310  Most of the concentrate of Mountain Pass")
    assert "第32段" in run("why", "claim:tang-2025-310", "--lang", "zh-Hant").out
    told = json.loads(run("why", "claim:tang-2025-310", "--format", "json").out)
    assert told["evidence"]["paragraph"] == 32
    triples = list(
        ox.parse(run("why", "claim:tang-2025-310", "--format", "ttl").out, format=ox.RdfFormat.TURTLE)
    )
    assert any(t.predicate.value.endswith("#sha256") for t in triples)


def test_why_with_articles(run: Run, articles: Path) -> None:
    """With the articles given the sentence is shown."""
    assert "直接出口到中國" in run("why", "claim:tang-2025-310", "--articles", str(articles)).out


def test_build(run: Run) -> None:
    """A build says how many triples each graph holds, and reuses the snapshot while it is fresh."""
    first = run("build")
    counts = {name: int(count) for count, name in (line.split() for line in first.out.splitlines())}
    assert {"default", "ontology", "entities", "statements", "derived", "claims/tang-2025"} <= set(counts)
    assert counts["default"] > counts["claims/tang-2025"] > 0
    assert re.search(r"version [0-9a-f]{12}, \S+graph\.nq", first.err)
    path = Path(first.err.rpartition(", ")[2].strip())
    before = path.stat().st_mtime_ns
    assert run("build").out == first.out
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("format_", ["nq", "trig", "ttl", "jsonld"])
def test_export(run: Run, tmp_path: Path, format_: str) -> None:
    """Each export parses; nq and trig hold every graph, ttl and jsonld the merge once."""
    ran = run("export", f"x.{format_}")
    assert ran.code == 0
    written = int(ran.err.split()[0])
    whole = len(real_graph().store.read_graph(None))
    if format_ == "nq":
        lines = (tmp_path / "x.nq").read_text(encoding="utf-8").splitlines()
        assert len(lines) == written
        assert sum("/graph/" not in line.rpartition("<")[2] for line in lines) == whole
        assert any("graph/claims/tang-2025>" in line for line in lines)
    elif format_ == "trig":
        assert written > whole
    else:
        assert written == whole
    if format_ == "ttl":
        assert sum(1 for _ in ox.parse(path=tmp_path / "x.ttl", format=ox.RdfFormat.TURTLE)) == whole


@pytest.mark.usefixtures("opening")
def test_export_twice_is_the_same(run: Run, tmp_path: Path) -> None:
    """Exports repeat, byte for byte."""
    for name in ("a.ttl", "b.ttl"):
        run("export", name)
    assert (tmp_path / "a.ttl").read_bytes() == (tmp_path / "b.ttl").read_bytes()


@pytest.mark.parametrize(
    ("file", "what"), [("x.pdf", "no format for this ending"), ("none/x.ttl", "cannot be written")]
)
def test_export_amiss(run: Run, tmp_path: Path, file: str, what: str) -> None:
    """An ending without a format and a folder that is not there are told; nothing half-written is left."""
    ran = run("export", file)
    assert ran.code == 2
    assert what in ran.err
    assert list(tmp_path.iterdir()) == []


def test_publish(run: Run) -> None:
    """The graph, once published, answers from there as it does here; what is refused changes nothing."""
    app = create_app(Source(writable=True), policy=Policy(Tokens(["me=a-long-secret"])))
    with served(app) as base:
        url, token = f"{base}/sparql", ("--token", "a-long-secret")
        for more, reason in (((), "a token"), ((*token, "--graphs", f"{base}/x"), "404")):
            ran = run("publish", url, *more)
            assert ran.code == StoreError.exit_code
            assert "nothing has been changed" in ran.err
            assert reason in ran.err
        assert not RemoteStore(url).ask("ASK { ?s ?p ?o }")
        ran = run("publish", url, *token)
        assert (ran.code, {*ran.out.splitlines()}) == (0, {*run("build").out.splitlines()})
        assert f"--store {url}" in ran.err
        line = ("ask", "heavy-ree-dependence", "--format", "csv")
        assert run(*line, "--store", url).out == run(*line).out
        for name, more in (("here.nq", ()), ("there.nq", ("--store", url, "--graphs", f"{base}/graphs"))):
            assert run("export", name, *more).code == 0
        here, there = (Path(name).read_text().splitlines() for name in ("here.nq", "there.nq"))
        assert len(here) == len(there)  # of what two graphs share, the blank nodes are each graph's own there
        assert {line for line in here if "_:" not in line} == {line for line in there if "_:" not in line}


def test_anchor(run: Run, articles: Path) -> None:
    """An anchor is printed for each place of a phrase, white space ignored; one that is nowhere is told."""
    ran = run("anchor", "tang-2025", "920磅", "--articles", str(articles))
    head, *hits = ran.out.splitlines()
    assert head == "start\tend\tsha256"
    assert len(hits) == 3
    assert all(re.fullmatch(r"\d+\t\d+\t[0-9a-f]{64}", hit) for hit in hits)
    missing = run("anchor", "tang-2025", "921磅", "--articles", str(articles))
    assert (missing.code, missing.out) == (2, "")
    assert "'921磅' does not stand in" in missing.err


def test_fmt_check(run: Run) -> None:
    """The curated files are in canonical form."""
    ran = run("fmt", "--check")
    assert (ran.code, ran.out) == (0, "")


def test_coverage(run: Run, articles: Path) -> None:
    """Coverage gives a row an article, and the spans of one."""
    rows = json.loads(run("coverage", "--format", "json", "--articles", str(articles)).out)
    assert len(rows) == 5
    assert run("coverage", "tan-2025", "--articles", str(articles)).code == 0


# Failures


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["ask", "china-shares"], 5, "unknown question 'china-shares'. Did you mean china-share"),
        (["ask", "china-share", "plac=country:CN"], 5, "unknown parameter 'plac'. Did you mean place?"),
        (["ask", "china-share", "place"], 2, "'place' is not key=value, e.g. on=country:CN"),
        (
            ["ask", "china-share", "place=Chnia"],
            5,
            "unknown name 'Chnia'. Did you mean country:CN (China) or scheme:china",
        ),
        (["ask", "china-share", "place=country:CX"], 5, "unknown id 'country:CX'. Did you mean"),
        (["ask", "controls-in-force", "date=2025-13-01"], 2, "date=2025-13-01: "),
        (["show", "linas"], 5, "unknown name 'linas'. Did you mean firm:lynas (Lynas Rare Earths)?"),
        (["show", "company:lynas"], 2, "'company:lynas' is not an id; write it as kind:slug"),
        (["show", "firm:lynass"], 5, "unknown id 'firm:lynass'. Did you mean"),
        (["why", "claim:tang-2025-99999"], 5, "unknown id 'claim:tang-2025-99999'."),
        (
            ["why", "country:US dependOn country:CN"],
            5,
            "unknown id 'ree:dependOn'. Did you mean ree:dependsOn",
        ),
        (
            ["why", "country:US"],
            2,
            "country:US is no claim or conclusion, so it has no proof",
        ),
        (["aks"], 2, "unknown command 'aks'. Did you mean ask? `reegraph --help` lists all."),
        (["sparql", "SELECT * { ?s ?p ?o }"], 2, "a FILE is wanted, or - for stdin"),
        (["find", " - "], 2, "' - ' holds no letter or digit to look for"),
        (["why", "country:UX dependsOn country:CN"], 5, "unknown id 'country:UX'. Did you mean country:US"),
        (["why", "country:US dependsOn country:TW"], 5, "`reegraph show` has those of a thing."),
        (["ask", "who is the president of France?"], 5, "I do not know: "),
        (["anchor", "tang-2025", "920磅"], 9, "give --articles DIR or set REEGRAPH_ARTICLES"),
        (["anchor", "tang", "920磅"], 5, "unknown source 'tang'. Did you mean tang-2025"),
        (["coverage"], 9, "give --articles DIR or set REEGRAPH_ARTICLES"),
        (["add", "tang-2025"], 2, "give a phrase with column=value pairs, or --file FILE"),
        (["why", "claim:tang-2025-1", "--articles", "none"], 9, "none: no such folder of articles."),
        (["ask", "china-share", "--store", "localhost"], 2, "is not an http or https address"),
        (["ask", "china-share", "--format", "pdf"], 2, "'pdf' is not one of"),
        (["sparql", "none.rq"], 2, "none.rq"),
        (["asks"], 2, "unknown command 'asks'. Did you mean ask?"),
    ],
)
def test_bad_input(run: Run, tmp_path: Path, words: list[str], code: int, what: str) -> None:
    """Each kind of bad input has its exit code and a message with place and remedy; nothing is written."""
    ran = run(*words)
    assert ran.code == code, ran.err
    assert what in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


def test_syntax_error(run: Run) -> None:
    """A query that does not parse is told with its line and column."""
    ran = run("sparql", "-", stdin="SELECT ?s\n{ ?s ?p }")
    assert (ran.code, ran.out) == (4, "")
    assert re.match(r"reegraph: line 2, column \d+: the query does not parse: ", ran.err)


def test_store_down(run: Run) -> None:
    """A service that is down has its own exit code."""
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{once.getsockname()[1]}/sparql"
    ran = run("ask", "china-share", "--store", address)
    assert (ran.code, ran.out) == (6, "")
    assert ran.err.startswith(f"reegraph: {address}: cannot be reached: ")
    assert ran.err.endswith("Is the service running there?\n")


@pytest.mark.usefixtures("opening")
def test_unwritable_cache(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache folder that cannot be is told with the variable that names another."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("REEGRAPH_CACHE", str(tmp_path / "file" / "cache"))
    ran = run("ask", "china-share")
    assert (ran.code, ran.out) == (7, "")
    assert "cannot be written: " in ran.err
    assert ran.err.endswith("Set REEGRAPH_CACHE to a folder that can.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def swap(old: str, new: str) -> Spoil:
    """Replaces the first place of a text in the claims of tan-2025."""

    def spoil(root: Path) -> None:
        path = root / "data" / "claims" / "tan-2025.tsv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    return spoil


def twice(root: Path) -> None:
    """Repeats the first claim."""
    path = root / "data" / "claims" / "tan-2025.tsv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")


def carriage_returns(root: Path) -> None:
    """Ends each line as a spreadsheet does."""
    path = root / "data" / "claims" / "tan-2025.tsv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (swap("policy:cn-controls-2025-04", "policy:cn-controls-2025-40"), "policy:cn-controls-2025-40"),
        (swap("\tcontrols\t", "\tcontrolls\t"), "controlls"),
        (swap("\tpercent\t", "\tpercents\t"), "percents"),
        (swap("\t2025-04\t", "\t2025-14\t"), "2025-14"),
        (twice, "tan-2025.tsv:"),
        (carriage_returns, "tan-2025.tsv:"),
        (swap("\tcontrols\t", '\t"controls"\t'), '"controls"'),
    ],
    ids=["id", "property", "unit", "time", "twice", "crlf", "quotes"],
)
def test_bad_claims(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    root: Path,
    spoil: Spoil,
    what: str,
) -> None:
    """A wrong cell of a claim stops a build with file, line and remedy, and leaves no snapshot."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("ontology", "data", "queries"):
        shutil.copytree(root / name, copy / name)
    spoil(copy)
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("REEGRAPH_CACHE", str(cache))
    monkeypatch.setattr("reegraph.build.project_root", lambda: copy)
    ran = run("build")
    assert ran.code == 3, ran.err
    assert re.search(r"data/claims/tan-2025\.tsv:\d+: ", ran.err)
    assert what in ran.err
    assert list(cache.iterdir()) == []


def test_moved_anchor(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, articles: Path) -> None:
    """Articles that are not those that were read are told, never guessed at."""
    for article in articles.glob("*.txt"):
        (tmp_path / article.name).write_text("字" + article.read_text(encoding="utf-8"), encoding="utf-8")
    ran = run("why", "claim:tang-2025-310", "--articles", str(tmp_path))
    assert ran.code in {3, 9}
    assert "tang-2025" in ran.err
    assert ran.out == ""


@pytest.mark.usefixtures("opening")
def test_broken_check(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that breaks a check ends with its own exit code and one line a violation."""

    def broken(*_: object, **__: object) -> None:
        raise ValidationError(
            ["self-dependence: A thing that depends on itself: thing country:CN. Correct it."]
        )

    monkeypatch.setattr("reegraph.graph.fresh_snapshot", broken)
    ran = run("ask", "china-share")
    assert ran.code == 8
    assert (
        ran.err
        == "reegraph: self-dependence: A thing that depends on itself: thing country:CN. Correct it.\n"
    )


@pytest.mark.usefixtures("opening")
def test_own_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of reegraph's own is named in one line and asks for a report; --debug shows where it was."""

    def faulty(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("reegraph.graph.fresh_snapshot", faulty)
    ran = run("ask", "china-share")
    assert ran.code == 1
    assert "a fault of reegraph's own: ZeroDivisionError: by zero" in ran.err
    assert "Traceback" not in ran.err
    assert "`reegraph --debug ...`" in ran.err
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "ask", "china-share"])


def test_debug(run: Run) -> None:
    """With --debug an error of ours shows its traceback too, and ends as it would without."""
    ran = run("--debug", "ask", "china-shares")
    assert ran.code == 5
    assert "Traceback (most recent call last)" in ran.err
    assert "reegraph: unknown question" in ran.err


# Real processes


def test_real_process() -> None:
    """The installed command answers on stdout, talks on stderr and ends with 0."""
    ran = subprocess.run(
        [executable(), "ask", "never-controlled", "--format", "csv"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[1].startswith("element:La,lanthanum,57,")


def test_pipe_is_utf8_under_any_locale() -> None:
    """What a pipe or a file gets is UTF-8, whatever the terminal's encoding is."""
    ran = subprocess.run(
        [executable(), "find", "dysprosium", "--lang", "zh-Hant"],
        env=environment() | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0
    assert "鏑" in ran.stdout.decode()


def test_reader_that_goes_away() -> None:
    """A reader who stops early, as `head` does, gets no traceback."""
    ran = subprocess.run(
        f"{shlex.quote(executable())} show country:CN --format csv | head -1",
        shell=True,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.stdout.startswith("basis,property,")
    assert ran.stderr == ""


def test_serve_until_told_to_stop() -> None:
    """The server says where it listens, answers there, and stops on a signal."""
    with subprocess.Popen(
        [executable(), "serve", "--port", "0"], env=environment(), stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        said = server.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/sparql", said)
        assert address, said
        asked = subprocess.run(
            [executable(), "ask", "never-controlled", "--format", "csv", "--store", address[0]],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
    assert asked.stdout.count("\n") == 6


def test_serve_builds_first(tmp_path: Path) -> None:
    """Where there is no graph yet it is built, without a word more; where that fails, it is told once."""
    fresh = {**environment(), "REEGRAPH_CACHE": str(tmp_path / "cache")}
    with subprocess.Popen(
        [executable(), "serve", "--port", "0"], env=fresh, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        assert re.match(r"reegraph \w+ at http://127\.0\.0\.1:\d+/sparql", server.stderr.readline())
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
    (tmp_path / "file").write_text("", encoding="utf-8")
    failed = subprocess.run(
        [executable(), "serve", "--port", "0"],
        env={**fresh, "REEGRAPH_CACHE": str(tmp_path / "file" / "cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (failed.returncode, failed.stdout) == (7, "")
    assert failed.stderr.count("Set REEGRAPH_CACHE to a folder that can.\n") == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--token", "me=a-long-secret"], "give --writable"),
        (["--writable", "--dataset", "none"], "wants a token"),
        (["--writable"], "--dataset DIR or none"),
        (["--store", "http://127.0.0.1:9/sparql", "--dataset", "none"], "without --dataset"),
    ],
)
def test_who_may_write_to_what(run: Run, arguments: list[str], reason: str) -> None:
    """Writing wants a token and a dataset of one's own, a token writing."""
    result = run("serve", *arguments)
    assert result.code == 2
    assert reason in result.err
