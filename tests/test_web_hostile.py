"""Bad input to pages: every parameter of every route and twin is answered or refused; nothing of it runs."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from typing import Any
from urllib.parse import quote

import html5rdf
import httpx
import openpyxl
import pytest
from test_web_pages import LANGS
from webclient import client

# What each page takes; `test_the_table_has_every_parameter` holds it to what the pages themselves say.
ROUTES: dict[str, tuple[str, ...]] = {
    "home": (),
    "search": ("q",),
    "questions": (),
    "sources": (),
    "disagreements": ("kind",),
    "controls": ("date",),
    "dependence": ("material", "dependent", "on", "stage", "if"),
    "compare": ("a", "b"),
    "dossier": ("pick", "add", "find"),
    "elements": ("date",),
    "map": ("stage", "material", "kind"),
    "ontology": (),
    "ontology/Firm": (),
    "sparql": ("query", "example", "view"),
    "thing/firm:lynas": ("page",),
    "explore/firm:lynas": ("relation",),
    "claim/tang-2025-135": (),
    "source/tang-2025": ("page",),
    "question/china-share": ("place", "material"),
    "question/known-by": ("date",),
    "question/multi-stage-firms": ("least",),
}
NAMED = (
    "thing",
    "explore",
    "question",
    "claim",
    "source",
    "disagreement",
    "dependency",
    "ontology",
    "static",
)
EVIL = "\"><script>alert(1)</script><svg onload=alert(1)>'{{1337*1337}}${1337*1337}]]>-->\r\nX-Evil: 1\u202e"
PAYLOADS = {
    "script": quote(EVIL, safe=""),
    "link": quote("javascript:alert(1)", safe=""),
    "nul": "a%00b",
    "not utf-8": "%FF%FE%C3",
    "half a surrogate": "%ED%A0%80",
    "long": "x" * 60_000,  # servers end a longer address themselves
    "many": "&".join(f"z{n}=1" for n in range(500)),
    "formula": quote('=HYPERLINK("http://example.org")', safe=""),
    "climbing": quote("../../../../etc/passwd", safe=""),
    "braces": quote("}, note = {\\input{x}}", safe=""),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TWINS = ("json", "csv", "rq", "svg", "html", "xlsx")
ALSO = ("panel", "drawing", "unheard-of")
FIELDS = [(route, name) for route, names in ROUTES.items() for name in (*names, *ALSO)]
DATALESS = {"questions", "compare", "dossier", "sparql"}


def harmless(answer: httpx.Response, address: str) -> None:
    """Answered or refused, with the headers that all carry, and nothing in it that runs."""
    assert answer.status_code in {200, 202, 400, 404}, (address[:200], answer.status_code)
    assert "x-evil" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in answer.headers["content-security-policy"]
    media = answer.headers["content-type"].partition(";")[0]
    if media == "application/json":
        json.loads(answer.text)
    elif media == "image/svg+xml":
        runs_nothing(ElementTree.fromstring(answer.text))
    elif media == "text/html":
        runs_nothing(html5rdf.HTMLParser(tree=html5rdf.getTreeBuilder("etree")).parse(answer.text))
    elif media == XLSX:
        sheets = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
        assert not [c for sheet in sheets for row in sheet for c in row if c.data_type == "f" or c.hyperlink]
        return
    else:
        assert media in {"text/csv", "application/sparql-query", "text/turtle", "text/plain"}, (
            address,
            media,
        )
    assert "1787569" not in answer.text
    assert "Traceback" not in answer.text


def runs_nothing(tree: Any) -> None:
    """No script but our own files and the import map, no handler, no address that is a script."""
    for node in tree.iter():
        tag = str(node.tag).rpartition("}")[2]
        if tag == "script":
            own = (node.get("src") or "").startswith("/static/") and not "".join(node.itertext())
            assert own or node.get("type") == "importmap"
        for name, value in node.attrib.items():
            assert not str(name).rpartition("}")[2].startswith("on"), (tag, name)
            leads = str(name).rpartition("}")[2] in {"href", "src", "action", "formaction"}
            assert not (leads and value.strip().lower().startswith("javascript:")), (tag, name)
        assert tag not in {"iframe", "object", "embed", "base", "foreignObject"}


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.startswith("question/")])
def test_the_table_has_every_parameter(route: str) -> None:
    """What a page says that it takes is what is tried here."""
    told = client().get(f"/en/{route}.json?unheard-of=1").json()["error"]["message"]
    takes = re.search(r"takes: (.*?)\.$", told)
    assert takes
    assert tuple(takes[1].replace("none", "").split(", ")) == (ROUTES[route] or ("",))


@pytest.mark.parametrize(("route", "name"), FIELDS)
def test_any_text_in_any_field_does_no_harm(route: str, name: str) -> None:
    """As page in either language, and as each twin, with all that is hostile at once."""
    for number, (kind, payload) in enumerate(PAYLOADS.items()):
        address = f"/{LANGS[number % 2]}/{route.removeprefix('home')}?{name}={payload}"
        answer = client().get(address)
        harmless(answer, address)
        if name == "unheard-of" and kind != "many":
            assert answer.status_code in {400, 404}, address[:200]
    for twin in TWINS:
        for payload in (PAYLOADS["script"], PAYLOADS["not utf-8"]):
            address = f"/en/{route}.{twin}?{name}={payload}"
            harmless(client().get(address), address)


@pytest.mark.parametrize("kind", [*NAMED, ""])
def test_any_text_in_the_address_does_no_harm(kind: str) -> None:
    """What is not there is told so, with its text as text."""
    for payload in PAYLOADS.values():
        for twin in ("", *(f".{t}" for t in TWINS)):
            address = f"/static/{payload}" if kind == "static" else f"/zh-Hant/{kind}/{payload}{twin}"
            answer = client().get(address.replace("//", "/"))
            harmless(answer, address)
            assert answer.status_code in {400, 404}, address[:200]


def test_what_stands_twice_is_refused_and_what_may_is_taken() -> None:
    """Two values of one parameter: nobody guesses which; the same value twice, and lists, are no doubt."""
    for path in (
        "controls?date=2025-01-01&date=2026-01-01",
        "search?q=a&q=b",
        "sparql?query=ASK{}&query=ASK{}%20",
    ):
        for lang, said in zip(LANGS, ("given twice", "重複出現"), strict=True):
            answer = client().get(f"/{lang}/{path}")
            assert answer.status_code == 400
            assert said in answer.text
    for path in (
        "controls?date=2025-01-01&date=2025-01-01",
        "dossier?pick=sources&pick=elements",
        "dependence?if=myanmar-feed-stops&if=myanmar-feed-stops",
    ):
        assert client().get(f"/en/{path}").status_code in {200, 202}


def test_the_host_that_a_client_claims_does_no_harm() -> None:
    """It stands in canonical links and citations: as text there too."""
    for path in ("/en/", "/en/thing/firm:lynas", "/en/controls.svg", "/en/dossier.html?pick=sources"):
        harmless(client().get(path, {"Host": 'evil"><script>alert(1)</script>'}), path)


def test_citations_hold_any_address() -> None:
    """A field of BibTeX ends where it should, and CSL is JSON, whatever the address has in it."""
    page = client().get("/en/search?q=%7D,note=%7Bx%22%5C").text
    tree = html5rdf.HTMLParser(tree=html5rdf.getTreeBuilder("etree")).parse(page)
    bibtex, csl = ("".join(n.itertext()) for n in tree.iter() if str(n.tag).endswith("}pre"))
    for line in bibtex.strip().splitlines()[1:-1]:
        value = line.partition(" = ")[2].rstrip(",")
        assert value[0] + value[-1] == "{}"
        assert "}" not in value[1:-1].removeprefix("{").removesuffix("}"), line
    assert "search" in json.loads(csl)[0]["URL"]


@pytest.mark.parametrize("route", [r for r in ROUTES if r not in DATALESS])
def test_no_cell_of_ours_is_a_formula(route: str) -> None:
    """CSV holds values exactly as they are; none of them begins as a spreadsheet's formula does.

    A quotation mark before it would spoil it for programs; the answer to a query that a reader typed is hers.
    """
    told = client().get(f"/en/{route}.json").json()["panels"]
    for panel in told:
        rows = list(csv.reader(io.StringIO(client().get(f"/en/{route}.csv?panel={panel}").text)))
        assert rows
        wrong = [c for row in rows for c in row if re.match(r"[=+@\t\r]|-(?!\d)", c)]
        assert wrong == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ree:operates",
        "SELECT",
        "{",
        "\\",
        "'",
        "PREFIX",
        "SELECT * { ?s ?p 'a }",
        "ASK { <",
        "?",
        "#",
    ],
)
def test_half_typed_queries_are_refused_with_their_place(query: str) -> None:
    """The page says where it stops to parse, keeps the text, and its twins say the same."""
    page = client().get(f"/en/sparql?query={quote(query)}")
    harmless(page, query)
    assert "refused" in page.text
    assert "line" in page.text
    assert client().get(f"/en/sparql.csv?query={quote(query)}").status_code == 400
