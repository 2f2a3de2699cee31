"""What a page shows is what its files hold: filters and parameters reach CSV, JSON, SVG and the queries."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from openpyxl import load_workbook
from webclient import TODAY, client, site

from reegraph.web.app import _view_of
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import View

FILTERED = (
    "map",
    "map?stage=stage:separation",
    "map?material=element:Dy",
    "map?kind=country",
    "map?kind=facility&stage=stage:mining",
    "map?stage=stage:mining&material=group:rare-earths",
    "disagreements?kind=history",
    "explore/firm:lynas",
    "explore/element:Dy?relation=ree:processes",
    "explore/country:CN?relation=depended-on-by",
    "controls?date=2025-04-04",
    "controls?date=2026-01-15",
    "elements?date=2025-10-15",
    "search?q=dysprosium",
    "dependence?dependent=country:JP&on=",
    "compare?a=country:CN&b=country:US",
    "compare?a=2025-10-15&b=2026-01-01",
    "question/dependents-of?on=country:MM",
    "question/claims-about?thing=firm:lynas&source=source:tang-2025",
    "question/controls-in-force?date=2025-10-15&item=element:Ho",
    "source/tang-2025?page=2",
    "thing/country:CN?page=2",
    "sources",
)


def view(address: str) -> View:
    """The view of a page below /en/."""
    parts = urlsplit(address)
    ask = Ask(site(), "en", TODAY, parts.path.partition("/")[2], dict(parse_qsl(parts.query)), "json")
    return _view_of(ask, parts.path)


def twin(address: str, ending: str) -> str:
    """The text of a page's file."""
    path, mark, query = address.partition("?")
    answer = client().get(f"/en/{path}.{ending}{mark}{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def rows(address: str) -> list[dict[str, str]]:
    """The rows of a page's CSV file."""
    return list(csv.DictReader(io.StringIO(twin(address, "csv"))))


@pytest.mark.parametrize("path", ["question/china-share.csv", "sparql.csv?query=ASK%7B%7D"])
def test_csv_that_a_person_opens_says_that_it_is_utf_8(path: str) -> None:
    """A browser's download begins with a byte order mark, for Excel; a program's CSV does not."""
    for accept, marked in (("text/html,*/*;q=0.8", True), ("*/*", False), ("text/csv", False)):
        answer = client().get(f"/zh-Hant/{path}", headers={"Accept": accept})
        assert answer.content.startswith("\ufeff".encode()) is marked


def test_a_page_as_a_workbook() -> None:
    """XLSX has the rows of the CSV file, names in the page's language, and is linked from the page."""
    assert 'href="/zh-Hant/question/china-share.xlsx"' in client().get("/zh-Hant/question/china-share").text
    book = load_workbook(io.BytesIO(client().get("/zh-Hant/question/china-share.xlsx").content))
    sheet = list(book.active.values)
    given = list(csv.reader(io.StringIO(client().get("/zh-Hant/question/china-share.csv").text)))
    assert [len(sheet), list(sheet[0]), sheet[1][1]] == [len(given), given[0], given[1][1]]
    assert client().get("/en/sparql.xlsx?query=ASK%7B%7D").status_code == 404


def page(address: str) -> str:
    """A page, without what stands below its answer."""
    return client().get(f"/en/{address}").text.partition('<section class="twins"')[0]


def linked(text: str, kind: str = "thing") -> set[str]:
    """The ids that a part of a page links to."""
    return {unquote(i) for i in re.findall(rf'href="[^"]*/en/{kind}/([^"#?]+)"', text)}


@pytest.mark.parametrize("address", FILTERED)
def test_a_table_has_the_rows_of_its_query(address: str) -> None:
    """Each query of a page, run anew, gives the rows of its table; JSON and CSV hold just these."""
    shown = view(address)
    panels = json.loads(twin(address, "json"))["panels"]
    assert list(panels) == [p.name for p in shown.panels]
    for panel in shown.panels:
        assert len(panels[panel.name]) == len(panel.table)
        if panel.query:
            assert len(client().store.select(panel.query)) == len(panel.table), panel.name
            assert panel.query.strip() in twin(address, "rq")
    assert len(rows(address)) == len(shown.panels[0].table)


@pytest.mark.parametrize("address", [a for a in FILTERED if a.startswith("map")])
def test_a_map_s_files_have_its_places(address: str) -> None:
    """Table, CSV, SVG and, where a filter is set, nothing else: the same places in all of them."""
    table = page(address).partition("<tbody>")[2].partition("</tbody>")[0]
    things = [linked(row.partition("</td>")[0]) for row in table.split("<tr>")[1:]]
    found = {i for one in things for i in one}
    assert len(found) == len(things)
    given = rows(address)
    assert found == {row["thing"] for row in given}
    drawn = linked(twin(address, "svg"))
    assert drawn
    assert drawn <= found
    asked = dict(parse_qsl(urlsplit(address).query))
    assert all(row[key] == asked[key] for row in given for key in ("stage", "material") if key in asked)
    assert len(found) < len({row["thing"] for row in rows("map")}) or asked in ({}, {"kind": "country"})


def test_disagreements_of_a_kind() -> None:
    """The page of a kind and its files have that kind's disagreements."""
    given = rows("disagreements?kind=history")
    assert {row["kind"] for row in given} == {"ree:History"}
    assert linked(page("disagreements?kind=history"), "disagreement") == {
        row["disagreement"].partition(":")[2] for row in given
    }
    assert len(given) < len(rows("disagreements"))


@pytest.mark.parametrize("address", [a for a in FILTERED if a.startswith("explore")])
def test_explored_links(address: str) -> None:
    """The list of what is linked, the drawing's things, and the rows of CSV are those of the relation."""
    listed = {html.unescape(i) for i in re.findall(r'<li data-id="([^"]+)"', page(address))}
    given = rows(address)
    assert listed == {row["thing"] for row in given}
    assert linked(twin(address, "svg")) <= listed
    relation = dict(parse_qsl(urlsplit(address).query)).get("relation")
    assert not relation or {row["relations"] for row in given} == {relation}
    assert all(row["evidence"] for row in given)


def test_what_is_found_is_in_the_files() -> None:
    """Things, questions and claims of a search, in the order of the page."""
    given = rows("search?q=dysprosium")
    shown = page("search?q=dysprosium")
    things = [html.unescape(unquote(i)) for i in re.findall(r'class="hit" href="/en/thing/([^"]+)"', shown)]
    assert [row["id"] for row in given if row["kind"] == "thing"] == things
    claims = [row["id"].partition(":")[2] for row in given if row["kind"] == "claim"]
    assert claims
    assert set(claims) == linked(shown, "claim")
    questions = rows("search?q=matrix")
    assert [row["id"] for row in questions if row["kind"] == "question"] == re.findall(
        r'class="hit" href="/en/question/([^"]+)"', page("search?q=matrix")
    )


@pytest.mark.parametrize("day", ["2025-03-01", "2025-10-15", "2026-01-15"])
def test_the_matrix_of_a_day(day: str) -> None:
    """Each element's row has the states and the actors that its row of the page shows."""
    body = page(f"elements?date={day}").partition("</thead>")[2]
    shown = {}
    for row in body.split("<tr>")[1:]:
        head, _, cells = row.partition("</th>")
        if linked(head):  # not the heading over the groups
            states, *stages = re.split(r"<td[^>]*>", cells)[1:]
            found = set(re.findall(r'class="state ([\w-]+)"', states))
            shown[linked(head).pop()] = (found, {i for s in stages for i in linked(s)})
    kept = {"element", "element_label", "number", "status", "controls", "claims"}
    given = {
        row["element"]: (
            set(filter(None, row["status"].split("; "))),
            {i for name in row.keys() - kept for i in filter(None, row[name].split("; "))},
        )
        for row in rows(f"elements?date={day}")
    }
    assert given == shown
    assert len(given) > 17


def test_the_controls_of_a_day() -> None:
    """What is bound on a day is the same on the page and in CSV, and another on another day."""
    for day in ("2025-04-04", "2026-01-15"):
        bound = "".join(
            re.findall(r'<article class="bind">.*?</article>', page(f"controls?date={day}"), re.S)
        )
        given = rows(f"controls?date={day}")
        ids = {
            i for row in given for i in (row["control"], row["item"], row["rule"], row["suspended_by"]) if i
        }
        entries = {i for row in given for i in row["claims"].split("; ") if i.startswith("reference:")}
        assert linked(bound) == ids | entries
    assert rows("controls?date=2025-04-04") != rows("controls?date=2026-01-15")


@pytest.mark.parametrize("thing", ["country:CN", "firm:lynas", "element:Dy"])
def test_the_claims_of_a_thing(thing: str) -> None:
    """All pages of a thing's claims together have the claims of its CSV."""
    given = {row["claim"].partition(":")[2] for row in rows(f"thing/{thing}")}
    pages = view(f"thing/{thing}").words["pages"]
    tables = [
        page(f"thing/{thing}?page={n}").partition('<table class="claims">')[2].partition("</table>")[0]
        for n in range(1, pages + 1)
    ]
    assert {i for table in tables for i in linked(table, "claim")} == given


def test_the_numbers_of_a_page() -> None:
    """The hops of a chain, the rows of a comparison and of a question are as many as in the files."""
    chain = "dependence?dependent=country:JP&on="
    assert sum(stage.total for stage in view(chain).words["stages"]) == len(rows(chain))
    for two in ("compare?a=country:CN&b=country:US", "compare?a=2025-10-15&b=2026-01-01"):
        assert sum(view(two).words["counts"].values()) == len(rows(two))
    asked = "question/claims-about?thing=firm:lynas&source=source:tang-2025"
    assert (
        len(view(asked).words["rows"])
        == len(rows(asked))
        < len(rows("question/claims-about?thing=firm:lynas"))
    )


QUERY = "# Who operates what\nSELECT ?firm ?plant { ?firm ree:operates ?plant }"


def typed(query: str, ending: str = "", more: str = "") -> str:
    """The text of the SPARQL page, or of a file of it, for a query."""
    answer = client().get(f"/en/sparql{ending}?query={quote(query)}{more}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_typed_query_s_answer_is_cited() -> None:
    """With the query's own title, its address and the version of the data; without an answer, not."""
    shown = html.unescape(typed(QUERY))
    assert "<title>SPARQL: Who operates what · reegraph</title>" in shown
    assert "Cite this answer" in shown
    assert f"url = {{http://test/en/sparql?query={quote(QUERY)}}}" in shown
    assert site().version in shown
    for without in (typed("SELECT * {"), client().get("/en/sparql").text, typed(QUERY + "#" + "x" * 7000)):
        assert "Cite this answer" not in without
        assert 'class="add"' not in without


def test_a_typed_query_s_answer_in_a_dossier() -> None:
    """Picked from the SPARQL page, it has its rows, its query as typed and the version, on page and file."""
    add = html.unescape(re.search(r'class="add" href="([^"]+)"', typed(QUERY))[1])  # type: ignore[index]
    for address in (add, add.replace("/dossier?", "/dossier.html?")):
        kept = client().get(address)
        assert kept.status_code == 200
        text = html.unescape(kept.text)
        assert "SPARQL: Who operates what" in text
        assert linked(text) >= {"firm:lynas", "facility:lynas-malaysia"}
    assert QUERY in text
    assert client().get(add.replace("/dossier?", "/dossier.rq?")).text.rstrip().endswith(QUERY)
    given = list(csv.DictReader(io.StringIO(client().get(add.replace("/dossier?", "/dossier.csv?")).text)))
    assert {row["firm"] for row in given} >= {"firm:lynas", "firm:mp-materials"}


def test_a_dossier_says_why_a_query_was_refused() -> None:
    """A refused query stands in the dossier with its refusal, the other picks with their answers."""
    refused = quote("sparql?query=" + quote("DELETE WHERE { ?s ?p ?o }"))
    text = client().get(f"/en/dossier?pick={refused}&pick=question/china-share").text
    assert "cannot be had" in html.unescape(text)
    assert "China" in text
    long = quote("sparql?query=" + quote("ASK { ?s ?p ?o } #" + "x" * 11_000))
    answer = client().get(f"/en/dossier?pick={long}")
    assert answer.status_code == 400
    assert "holds at most 10000" in answer.text


def test_a_dossier_says_how_much_of_an_answer_it_holds() -> None:
    """Of a query with more rows than a page shows, the number that it found is told."""
    pick = quote("sparql?query=" + quote("SELECT ?claim { ?claim a ree:Claim } ORDER BY ?claim LIMIT 700"))
    text = client().get(f"/en/dossier.html?pick={pick}").text
    assert "700 rows" in text
    assert "The first 400 of 700" in text


def test_a_graph_s_triples_as_csv_and_json() -> None:
    """The answer of CONSTRUCT has all its triples in the files, also more than the page shows."""
    query = "CONSTRUCT { ?c a ree:Claim } WHERE { { SELECT ?c { ?c a ree:Claim } ORDER BY ?c LIMIT 600 } }"
    given = list(csv.DictReader(io.StringIO(typed(query, ".csv"))))
    assert len(given) == 600
    assert list(given[0])[::2] == ["subject", "predicate", "object"]
    assert len(json.loads(typed(query, ".json"))["panels"]["answer"]) == 600
    assert json.loads(typed("ASK { firm:lynas ?p ?o }", ".json"))["boolean"] is True


def test_no_link_of_a_map_leads_nowhere() -> None:
    """A row with coordinates and no thing has a mark without a link, on the page and in the file."""
    query = 'SELECT ?name ?lat ?long { VALUES (?name ?lat ?long) { ("Here" 25.0 121.5) } }'
    for text in (typed(query, "", "&view=map"), typed(query, ".svg", "&view=map")):
        assert 'href="#answer"' not in text
        assert 'href=""' not in text
        assert '<g role="img" aria-label="Here' in text
