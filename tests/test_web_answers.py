"""Dependence from mine to use, comparisons, dossiers; drawings and citations of every answer."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import re
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from itertools import combinations
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from webclient import Client, client, site

from reegraph.errors import UsageError
from reegraph.folders import project_root
from reegraph.scenario.answer import answer
from reegraph.scenario.definition import scenario_paths
from reegraph.sentence import Sentence
from reegraph.table import Thing
from reegraph.web import whatif
from reegraph.web.pages import supposing
from reegraph.web.pages.dependence import STAGES
from reegraph.web.pages.dossier import picks_of
from reegraph.web.panel import Panel
from reegraph.web.svg import Ribbon, Row, Step, chain, flows

REE = "PREFIX ree: <https://w3id.org/reegraph/ontology#> "


def rows(path: str) -> list[dict[str, str]]:
    """The rows of a CSV twin."""
    return list(csv.DictReader(io.StringIO(client().get(path).text)))


def text(path: str) -> str:
    """A page with its entities read."""
    return html.unescape(client().get(path).text)


# --- dependence


def test_the_chain_shows_each_stage_or_its_gap() -> None:
    """From mine to use in order; a stage that no conclusion names is a gap, in drawing and table."""
    said = {r["stage"] for r in rows("/en/dependence.csv")}
    assert "stage:mining" in said
    assert "stage:magnet-making" not in said
    page = text("/en/dependence")
    drawing = page[page.index('class="chart wide"') : page.index('class="chart narrow"')]
    names = [site().label(f"stage:{s}", "en") for s in STAGES]
    assert re.findall(r'class="stage"[^>]*>([^<]+)<', drawing)[: len(names)] == names
    missing = [s for s in STAGES if f"stage:{s}" not in said]
    assert drawing.count('<circle class="spine gap"') == len(missing) == page.count('class="gaprow"')
    assert f"{len(missing)} stages are gaps" in page
    assert "unknown: no claim of such a dependence" in page
    assert "unknown by itself: the claims speak of processing as a whole" in page


@pytest.mark.parametrize(
    "asked", ["", "?dependent=country:US", "?on=country:CN&stage=stage:refining", "?material=element:Dy"]
)
def test_the_query_of_the_chain_gives_its_rows(asked: str) -> None:
    """The page picks its rows out of all; the query in view, run as it stands, gives the same."""
    shown = {r["dependency"]: r["strength"] for r in rows(f"/en/dependence.csv{asked}")}
    query = client().get(f"/en/dependence.rq{asked}").text
    found = client().store.select(query).texts()
    assert {
        r["dependency"].replace("https://w3id.org/reegraph/id/dependency/", "dependency:") for r in found
    } == set(shown)
    assert shown
    strengths = client().store.select(REE + "SELECT ?d ?s { ?d a ree:Dependency ; ree:strength ?s }").texts()
    graph = {"dependency:" + r["d"].rpartition("/")[2]: r["s"] for r in strengths}
    assert {d: s for d, s in shown.items() if s} == {d: graph[d] for d in shown if d in graph}


def test_each_hop_leads_to_its_proof_and_weakest_claim() -> None:
    """Every hop has its proof, and a claim that is said to overturn it alone does so."""
    page = text("/en/dependence?dependent=country:US")
    hops = re.findall(r"<tr>.*?</tr>", page[page.index('class="hops cards"') :], re.DOTALL)[1:]
    told = 0
    for hop in hops:
        proof = re.search(r'href="/en/dependency/(\w+)" aria-label="Proof', hop)
        claim = re.search(r'class="chip" href="/en/claim/([\w-]+)"', hop)
        if not proof or not claim:
            continue
        graph, d, c = site().dependence, f"dependency:{proof[1]}", f"claim:{claim[1]}"
        assert c in graph.claims(d)
        assert ("alone overturns it" in hop) == (not graph.stands_without(d, c)), (d, c)
        told += 1
    assert told > 10


def test_wider_conclusions_are_marked() -> None:
    """What is said of all rare earths is shown for dysprosium as wider, and comes after what names it."""
    page = text("/en/dependence?material=element:Dy&dependent=country:US")
    assert "wider than asked" in page
    effects = [
        ("wider than asked" in r) for r in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if "/dependency/" in r
    ]
    assert False in effects


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("dependence?dependent=element:Dy", 400, "country:, bloc:, region:, firm:"),
        ("dependence?stage=country:CN", 400, "begins with stage:"),
        ("dependence?dependent=country:XX", 404, "unknown id"),
        ("dependence?on=firm:lynass", 404, "firm:lynas"),
        ("dependence?if=war", 400, "cn-stops-heavy-separation"),
        ("dependence?who=country:CN", 400, "material, dependent, on, stage, if"),
        ("compare?a=country:CN&b=firm:lynas", 400, "two ids of one kind"),
        ("compare?a=country:CN&b=country:XX", 404, "unknown id"),
        ("compare?a=2025-13-01&b=2025-01-01", 400, "a=2025-13-01"),
        ("compare?a=2025-01-01&b=country:CN", 400, "b=country:CN"),
        ("compare?c=1", 400, "a, b"),
        ("dossier?" + "&".join(f"pick=thing/{n}" for n in range(21)), 400, "at most 20"),
        ("dossier?find=" + "x" * 201, 400, "at most 200"),
        ("question/exports.html", 404, "Only a dossier"),
        ("dependence.svg?drawing=7", 400, "a number from 1 to 1"),
        ("sources.svg", 404, "no drawing"),
    ],
)
def test_what_cannot_be_asked_says_what_can(path: str, status: int, said: str) -> None:
    """Bad parameters tell what is allowed, unknown ids what is near."""
    response = client().get(f"/en/{path}")
    assert response.status_code == status
    assert said in html.unescape(response.text)


@pytest.mark.parametrize(
    "path",
    [
        "dependence?dependent={}",
        "dependence?if={}",
        "compare?a={0}&b={0}",
        "dossier?pick={}",
        "dossier?find={}",
        "dossier?add={}",
        "dossier.html?pick={}",
    ],
)
def test_script_in_any_field_is_text(path: str) -> None:
    """What a reader types comes back as text, never as markup."""
    typed = quote("<script>alert(1)</script>", safe="")
    response = client().get("/zh-Hant/" + path.format(typed))
    assert response.status_code < 500
    assert "<script>alert" not in response.text


# --- what if


@pytest.mark.parametrize("name", ["cn-stops-heavy-separation", "myanmar-feed-stops"])
def test_a_scenario_on_the_page_is_that_of_the_command(name: str) -> None:
    """Losses, alternatives, unknowns and what would overturn it: the same as `reegraph scenario` gives."""
    told = json.loads(client().get(f"/zh-Hant/dependence.json?if={name}").text)["panels"]
    expected = answer(site(), name).to_dict("zh-Hant")
    for part in ("losses", "alternatives", "unknown", "overturn", "changes"):
        assert told[part] == expected[part], part
    page = text(f"/zh-Hant/dependence?if={name}")
    assert all(said in page for said in expected["says"])


def test_what_a_scenario_touches_is_marked_in_the_chain() -> None:
    """Each conclusion that it cuts bears its effect; nothing is marked without a scenario."""
    client().get("/en/dependence.json?if=cn-stops-heavy-separation")
    page = text("/en/dependence?dependent=country:US&if=cn-stops-heavy-separation")
    assert "✕ cut in part, how much not said" in page
    assert "✕" not in text("/en/dependence?dependent=country:US")


def gated(monkeypatch: pytest.MonkeyPatch, work: Callable[..., Any]) -> Client:
    """A new site whose scenarios are worked out by `work`."""
    monkeypatch.setattr(whatif, "answer", work)
    return Client()


def test_a_page_does_not_wait_for_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is worked out the page says so and shows the chain; then it shows the difference."""
    gate = threading.Event()

    def slowly(graph: Any, *names: str) -> Any:
        assert gate.wait(60)
        return answer(graph, *names)

    fresh = gated(monkeypatch, slowly)
    try:
        first = fresh.get("/en/dependence?if=myanmar-feed-stops")
        assert first.status_code == 202
        assert "being worked out" in first.text
        assert 'class="chart wide"' in first.text
        assert "Who loses supply" not in first.text
    finally:
        gate.set()
    until = time.monotonic() + 60
    while (response := fresh.get("/en/dependence?if=myanmar-feed-stops")).status_code == 202:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert response.status_code == 200
    assert "Who loses supply" in response.text
    assert "being worked out" not in response.text


def test_a_scenario_that_cannot_be_is_refused_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is neither a failure nor an empty answer: the chain stands, the reason beside it."""

    def refused(graph: Any, *names: str) -> Any:
        raise UsageError("the graph was built from other files than those at hand. Run `reegraph build`.")

    fresh = gated(monkeypatch, refused)
    assert fresh.get("/en/dependence.json?if=myanmar-feed-stops").status_code == 400
    response = fresh.get("/en/dependence?if=myanmar-feed-stops")
    assert response.status_code == 400
    assert "Not worked out" in response.text
    assert "the graph was built from other files" in response.text
    assert 'class="chart wide"' in response.text


def test_scenarios_are_supposed_together_and_say_which_causes_what() -> None:
    """Both switches are on; the chain and the tables name the scenario; the data are those of the command."""
    both = ("cn-stops-heavy-separation", "lynas-on-time")
    query = "&".join(f"if={n}" for n in reversed(both))
    told = json.loads(client().get(f"/en/dependence.json?{query}").text)["panels"]
    assert told["losses"] == answer(site(), *both).to_dict("en")["losses"]
    assert {n for row in told["changes"] for n in row["scenarios"]} == {"lynas-on-time"}
    page = text(f"/en/dependence?dependent=country:AU&{query}")
    assert page.count(" checked>") == 2
    assert re.search(r"✕ cut in part.{1,120}China stops separating heavy rare earths</span>", page)
    assert "<code>reegraph scenario cn-stops-heavy-separation lynas-on-time</code>" in page


@pytest.mark.parametrize(("lang", "said"), [("en", "policy:x is lifted"), ("zh-Hant", "請取消其中一項")])
def test_contradictory_scenarios_are_refused_on_the_page_and_in_its_data(
    monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    """The page keeps the chain and the switches beside the reason; data are none, rather than others."""

    def contradict(graph: Any, *names: str) -> Any:
        raise UsageError(Sentence("a and b contradict: policy:x is lifted.", "甲與乙矛盾。請取消其中一項。"))

    fresh = gated(monkeypatch, contradict)
    query = "if=lynas-on-time&if=myanmar-feed-stops"
    response = fresh.get(f"/{lang}/dependence?{query}")
    assert response.status_code == 400
    assert said in response.text
    assert response.text.count(" checked>") == 2
    assert 'class="chart wide"' in response.text
    assert fresh.get(f"/{lang}/dependence.csv?{query}").status_code == 400


def test_too_many_combinations_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue of four is worked off; a fifth combination is not taken, and other pages answer meanwhile."""
    gate = threading.Event()
    asked: list[tuple[str, ...]] = []

    def slowly(graph: Any, *names: str) -> Any:
        asked.append(names)
        assert gate.wait(60)
        return answer(graph, *names)

    monkeypatch.setattr(supposing, "_PAGE_WAITS", 0.01)
    fresh = gated(monkeypatch, slowly)
    names = list(scenario_paths(project_root()))
    try:
        for combination in [*combinations(names, 2)][:5]:
            query = "&".join(f"if={n}" for n in combination)
            assert fresh.get(f"/en/dependence?{query}").status_code == 202
        start = time.monotonic()
        assert fresh.get("/en/claim/tang-2025-135").status_code == 200
        assert time.monotonic() - start < 5
    finally:
        gate.set()
    until = time.monotonic() + 60
    while len(asked) < 4:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert len(asked) == 4


# --- compare


def test_compare_aligns_what_both_speak_of() -> None:
    """China's and the United States' shares of mining stand in one row, with the claims of each side only."""
    aligned = rows("/en/compare.csv?a=country:CN&b=country:US")
    [mining] = [
        r
        for r in aligned
        if r["what"] == "ree:productionShare; region:world; stage:mining; group:rare-earths"
    ]
    assert mining["mark"] == "differ"
    about = site().catalogue.claims
    for side, id_ in (("a", "country:CN"), ("b", "country:US")):
        claims = [c for r in aligned for c in r[f"{side}_claims"].split("; ") if c.startswith("claim:")]
        assert claims
        assert {about[c].subject.id for c in claims} == {id_}
    assert {r["mark"] for r in aligned if not r["b"]} == {"only-a"}
    assert {r["mark"] for r in aligned if not r["a"]} == {"only-b"}


def test_compare_marks_by_shape_and_word_and_says_unknown() -> None:
    """Each group has its sign and its words; the silent side is unknown."""
    page = text("/en/compare?a=country:CN&b=country:US")
    for sign, words in (
        ("≠", "They differ"),
        ("◧", "Known of China alone"),
        ("◨", "Known of United States alone"),
    ):
        assert re.search(rf"{sign}</span> {words}", page), words
    alone = page[page.index("Known of China alone") : page.index("Known of United States alone")]
    assert alone.count("? unknown") == alone.count('<th scope="row">')


def test_compare_with_itself_finds_no_difference() -> None:
    """The same day, thing or source twice differs in nothing, and nothing is unknown."""
    for path in (
        "a=2025-10-15&b=2025-10-15",
        "a=firm:lynas&b=firm:lynas",
        "a=source:tan-2025&b=source:tan-2025",
    ):
        marks = {r["mark"] for r in rows(f"/en/compare.csv?{path}")}
        assert marks, path
        assert marks <= {"same", "words"}, path


def test_compare_dates_tells_what_changed() -> None:
    """A control that the clock gives two states on two days differs; one that it gives one does not."""
    days = ("2025-03-01", "2025-04-15")
    states: list[dict[tuple[str, str], str]] = []
    for day in days:
        panel: Panel = site().ask("controls-in-force", {"date": day})
        states.append(
            {
                (r["control"].id, r["item"].id): str(r["status"])
                for r in panel.cells()
                if isinstance(r["control"], Thing) and isinstance(r["item"], Thing)
            }
        )
    aligned = {
        tuple(r["what"].split("; ")): r["mark"] for r in rows(f"/en/compare.csv?a={days[0]}&b={days[1]}")
    }
    assert "differ" in aligned.values() or "only-b" in aligned.values()
    for key, mark in aligned.items():
        both = [s.get(key) for s in states]  # type: ignore[call-overload]
        expected = (
            "only-b"
            if both[0] is None
            else "only-a"
            if both[1] is None
            else "same"
            if both[0] == both[1]
            else "differ"
        )
        assert mark == expected, key


# --- dossier

PICKS = (
    "pick=question/china-share?place=country:CN&pick=thing/firm:lynas&pick=dependence?dependent=country:TW"
)


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_a_dossier_file_stands_alone(lang: str) -> None:
    """One HTML file: no script, no other file, evidence, version, queries, citations in both languages."""
    response = client().get(f"/{lang}/dossier.html?{PICKS}")
    assert response.headers["content-disposition"].startswith('attachment; filename="reegraph-dossier-')
    content = html.unescape(response.text)
    assert "<script" not in content
    assert "<link" not in content
    assert not re.findall(r'\bsrc="|url\(|@import', content)
    assert not re.findall(r'href="/', content)
    version = json.loads(client().get("/en/sources.json").text)["version"]
    assert version in content
    for panel in (
        site().ask("china-share", {"place": "country:CN"}),
        site().panel("thing-claims", thing=["firm:lynas"]),
    ):
        assert panel.query.rstrip() in content
        claims = {
            c.id
            for row in panel.table.rows
            for c in row
            if isinstance(c, Thing) and c.id.startswith("claim:")
        }
        assert claims
        assert all(f"<code>{c}</code>" in content for c in claims)
    cited = content[content.index("china-share") :]
    assert "knowledge graph of rare earths, data version" in cited
    assert "《reegraph 稀土知識圖譜》，資料版本" in cited
    style = re.search(r"<style>(.*?)</style>", response.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in response.headers["content-security-policy"]


def test_a_dossier_is_its_address() -> None:
    """The picks stand in the address, in order; each is taken out, or another added, by a link."""
    page = text(f"/en/dossier?{PICKS}")
    titles = re.findall(r"<h2>\d\. <a href=\"/en/([^\"]+)\">", page)
    assert titles == [
        "question/china-share?place=country:CN",
        "thing/firm:lynas",
        "dependence?dependent=country:TW",
    ]
    links = re.findall(r'href="(/en/dossier\?[^"]+)" aria-label="Take out', page)
    assert [len(parse_qs(urlsplit(link).query)["pick"][0].split()) for link in links] == [2, 2, 2]
    found = text("/en/dossier?pick=thing/firm:lynas&find=dysprosium")
    add = re.search(r'href="(/en/dossier\?[^"]+)">\+ dysprosium<', found)
    assert add
    assert parse_qs(urlsplit(add[1]).query)["pick"] == ["thing/firm:lynas thing/element:Dy"]


def test_a_page_adds_itself_with_its_parameters() -> None:
    """Questions, things, claims and scenarios have a plain link that leads to a dossier holding just them."""
    for path in (
        "question/china-share?place=country:US",
        "thing/firm:lynas",
        "claim/tang-2025-135",
        "dependence?dependent=country:TW",
    ):
        link = re.search(r'class="add" href="([^"]+)"', text(f"/en/{path}"))
        assert link, path
        assert picks_of(parse_qs(urlsplit(link[1]).query)["pick"][0].replace("%3A", ":")) == [path]
        assert client().get(link[1]).status_code == 200


def test_a_dossier_says_what_it_cannot_have() -> None:
    """A pick that is unknown, refused or has no answer says so in its place; the others stand."""
    page = text(
        "/en/dossier?pick=thing/firm:lynass&pick=question/china-share?place=Chinaland&pick=sparql&pick=thing/firm:lynas"
    )
    assert "unknown id 'firm:lynass'" in page
    assert "unknown name" in page
    assert "holds no answer of its own" in page
    assert page.count("This answer cannot be had.") == 3
    assert ">4. <a" in page or "4. <a" in page


def test_picks_are_read_out_of_any_address() -> None:
    """Host, language, ending and panel are left out; a dossier's address gives its picks."""
    assert picks_of("https://x.example/zh-Hant/thing/firm:lynas.csv?panel=thing-claims&page=2") == [
        "thing/firm:lynas?page=2"
    ]
    assert picks_of("/en/dossier?pick=thing%2Ffirm%3Alynas+claim%2Ftang-2025-1&find=x") == [
        "thing/firm:lynas",
        "claim/tang-2025-1",
    ]
    assert picks_of("/en/ http://x.example/ dossier") == ["home", "home"]


# --- drawings and citations


@pytest.mark.parametrize(
    "path",
    [
        "home",
        "dependence",
        "question/china-share",
        "question/import-dependence",
        "thing/firm:lynas",
        "thing/country:CN",
        "controls",
        "disagreements",
        "map?stage=stage:separation",
        "explore/firm:lynas",
        f"sparql?view=chart&query={quote('SELECT ?e ?n { ?e ree:atomicNumber ?n }')}",
        f"sparql?view=map&query={quote('SELECT * { ?who ree:operates ?plant }')}",
    ],
)
def test_every_drawing_is_a_file(path: str) -> None:
    """Each drawing of a page is linked, and comes as an SVG document of its own with its colours."""
    page = client().get(f"/zh-Hant/{'' if path == 'home' else path}").text
    links = [html.unescape(h) for h in re.findall(r'<p class="tools"><a href="([^"]+)"', page)]
    assert len(links) == page.count('<figure class="drawing">') > 0
    for link in links:
        response = client().get(link)
        assert response.headers["content-type"] == "image/svg+xml"
        root = ElementTree.fromstring(response.text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        style = root.find("{http://www.w3.org/2000/svg}style")
        assert style is not None
        assert style.text
        assert "--paper" in style.text
        assert ".chart text" in style.text
        assert "@media" not in style.text
        hrefs = [a.get("href", "") for a in root.iter("{http://www.w3.org/2000/svg}a")]
        assert all(h.startswith("http://test/") for h in hrefs)
        title = root.find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text


def test_a_map_keeps_its_key_as_a_file() -> None:
    """The shapes of the marks stand below the map with their stages, in the file as on the page."""
    [figure] = re.findall(r'<figure class="drawing">.*?</figure>', text("/en/map"), re.DOTALL)
    page = re.findall(r"</svg> ([^<]+)</li>", figure)
    drawn = ElementTree.fromstring(client().get("/en/map.svg").text)
    top = drawn.findall("{http://www.w3.org/2000/svg}text")
    assert [t.text for t in top][1:-1] == page
    assert "separation" in page
    assert "country only" in page
    assert len(drawn.findall("{http://www.w3.org/2000/svg}svg")) == 1 + len(page)


@pytest.mark.parametrize(
    "path",
    [
        "question/china-share?place=country:CN",
        "thing/firm:lynas",
        "dependence",
        "controls",
        "map?stage=stage:separation",
        "explore/firm:lynas",
    ],
)
def test_every_answer_can_be_cited(path: str) -> None:
    """BibTeX, CSL-JSON, Chicago and a Chinese footnote, each with the version and the address."""
    version = json.loads(client().get("/en/sources.json").text)["version"]
    page = text(f"/en/{path}")
    cite = page[page.index("Cite this answer") :]
    bibtex = re.search(r"@misc\{[\w-]+,.*?\n\}", cite, re.DOTALL)
    csl = re.search(r'aria-label="CSL-JSON">(.*?)</pre>', cite, re.DOTALL)
    assert bibtex
    assert csl
    [item] = json.loads(csl[1])
    assert (item["version"], item["URL"]) == (version, f"http://test/en/{path}")
    assert f"http://test/en/{path}" in bibtex[0]
    assert version in bibtex[0]
    assert cite.count(f"http://test/en/{path}") == 4


def test_a_ribbon_is_as_wide_as_what_is_printed() -> None:
    """One ribbon a statement: all is full, 30 percent is three tenths, a word is a thin dashed line."""
    ribbons = [
        Ribbon("A", "B", "/1", 100.0, "all", "A → B: all"),
        Ribbon("A", "C", "/2", 30.0, "~30%", "A → C: ~30%"),
        Ribbon("D", "B", "/3", None, "some", "D → B: some"),
    ]
    drawn = flows(ribbons, title="t")
    widths = dict(re.findall(r'href="(/\d)".*?stroke-width="([\d.]+)"', drawn))
    assert {k: float(v) for k, v in widths.items()} == {"/1": 26.0, "/2": 7.8, "/3": 4.0}
    assert re.findall(r'href="(/\d)"[^>]*><title>[^<]*</title><path class="ribbon unsaid"', drawn) == ["/3"]
    for name in "ABCD":
        assert drawn.count(f">{name}</text>") == 1


def test_a_flow_has_one_ribbon_a_row() -> None:
    """Export statements with a receiver are drawn, each once; those without one are not."""
    panel = site().ask("exports", {})
    expected = {
        r["claim"].id.partition(":")[2]
        for r in panel.cells()
        if isinstance(r["object"], Thing) and isinstance(r["claim"], Thing)
    }
    page = text("/en/question/exports")
    wide = page[page.index('class="chart wide"') : page.index('class="chart narrow"')]
    assert re.findall(r'href="/en/claim/([\w-]+)"', wide)
    assert sorted(re.findall(r'href="/en/claim/([\w-]+)"', wide)) == sorted(expected)


def test_a_gap_is_drawn_as_a_gap() -> None:
    """A stage without a hop breaks the spine and says why; one of unknown stage hangs on nothing."""
    hop = Row("A ← B", "/1", None, None, 70.0, "70%")
    steps = [Step("mining", (hop,)), Step("magnets", (), gap="unknown"), Step("not said", (hop,), loose=True)]
    drawn = chain(steps, title="t", axis="who")
    assert re.findall(r'<(line|circle) class="spine( gap)?"', drawn) == [
        ("line", ""),
        ("circle", ""),
        ("circle", " gap"),
        ("circle", ""),
    ]
    assert ">unknown</text>" in drawn


def test_says_is_in_the_language_of_the_page() -> None:
    """A claim's sentence stands in Chinese on Chinese pages, though the query gives the English one."""
    page = text("/zh-Hant/question/forecasts")
    table = page[page.index("<table") : page.index("</table>")]
    english = [str(r["says"]) for r in site().ask("forecasts", {}).cells()]
    assert english
    assert not [said for said in english if said in re.sub(r'title="[^"]*"', "", table)]


def test_a_claims_sentence_leads_to_what_it_names() -> None:
    """Each thing named in the sentence is linked once there, and the sentence itself is unchanged."""
    for lang, language in (("en", "en"), ("zh-Hant", "zh")):
        page = client().get(f"/{lang}/claim/tang-2025-135").text
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        assert heading
        said = site().catalogue.claims["claim:tang-2025-135"]
        assert html.unescape(re.sub(r"<[^>]+>", "", heading[1])) == getattr(said.claim, language)
        links = re.findall(r'href="/[\w-]+/thing/([^"]+)"', heading[1])
        assert said.subject.id in links
        assert len(links) == len(set(links))


def test_a_typed_query_that_does_not_parse_is_told_in_the_pages_language() -> None:
    """The SPARQL page says what is wrong with a query in its own language."""
    query = quote("SELECT * { foo:a ?p ?o }")
    assert "nobody has declared the prefix foo:" in client().get(f"/en/sparql?query={query}").text
    assert "前綴 foo: 沒有宣告" in client().get(f"/zh-Hant/sparql?query={query}").text


def test_the_best_founded_of_a_stage_stands_first() -> None:
    """A stated year goes before an assumed one, a statement before a report; the past and forecasts last."""
    page = text("/en/dependence")
    headline = re.search(r'<ul class="answer plain">.*?</ul>', page, re.S)
    assert headline
    assert re.findall(r"<b>(.*?)</b></a> <span[^>]*>(.*?)</span>", headline[0])[0] == ("~69.2%", "2024")
    mining = re.findall(r"<tbody>.*?</tbody>", page, re.S)[0]
    assert re.findall(r'data-k="How much">(\S+)', mining) == ["~69.2%", "~63%", "~70%", "90%", "~54%", ">50%"]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("en/dependence", "Dependence for rare earths: world"),
        ("en/dependence?on=country:CN", "Dependence for any good: on China"),
        (
            "en/dependence?dependent=country:US&on=country:CN",
            "Dependence for any good: United States on China",
        ),
        ("en/dependence?material=element:Dy", "Dependence for dysprosium"),
        ("zh-Hant/dependence", "稀土的依賴：全球"),
    ],
)
def test_the_title_names_what_is_asked_for(asked: str, title: str) -> None:
    """The title of a chain has only what was chosen, and nobody called anyone."""
    assert f"<h1>{title}</h1>" in text(f"/{asked}")


def test_a_proof_keeps_the_curators_caution() -> None:
    """A conclusion's name marks an assumed year, and the claims of its proof say so, with their notes."""
    found = rows("/en/dependence.csv?dependent=country:JP")
    id_ = next(r["dependency"] for r in found if "claim:tang-2025-508" in r["claims"])
    where = id_.replace(":", "/")
    for lang, name, said in (
        ("en", "~30% (2025?)", ("2025 · year assumed", "The text names no basis.")),
        ("zh-Hant", "~30%（2025?）", ("2025 · 年份為推定", "原文未載依據")),
    ):
        page = text(f"/{lang}/{where}")
        assert f"{name}</h1>" in page
        proof = re.search(r'<ul class="proof">.*?</section>', page, re.S)
        assert proof
        assert all(words in proof[0] for words in said)


def test_the_home_page_says_when_and_on_what() -> None:
    """Each row of the flagship's dependences has its time and its claims."""
    table = text("/en/").split("Which heavy rare-earth", 1)[1]
    heads = re.findall(r"<th [^>]*>(.*?)</th>", table)[:6]
    assert heads[3:] == ["how much (%)", "when", "rests on"], heads


# --- disagreements


def test_a_gap_is_what_a_reader_would_subtract() -> None:
    """The gap stands in percentage points, months or the unit, by subtraction of what is printed."""
    page = text("/en/disagreements")
    for gap in ("15.8–20.8 percentage points", "12 months", "2 years", "162,000 t"):
        assert f"Gap: {gap}" in page
    assert "mining / stage not said, rare earths: ~69.2% / ~70% / ~85–90%" in page
    assert "差距：15.8–20.8 個百分點" in text("/zh-Hant/disagreements")


# --- questions


def test_a_form_names_the_scheme_that_counts_by_default() -> None:
    """A parameter left out that means the default scheme says so, where others say any."""
    for lang, default in (("en", "USGS scheme (default)"), ("zh-Hant", "美國地質調查局分類（預設）")):
        page = text(f"/{lang}/question/heavy-ree-dependence")
        select = re.search(r'<select id="p-scheme".*?</select>', page, re.S)
        assert select
        assert f'<option value="">{default}</option>' in select[0]


# --- search


def test_rejected_claims_are_found_last() -> None:
    """A claim that is wrong in its source stands behind those that are not."""
    found = [r["id"] for r in rows("/en/search.csv?q=lynas&panel=hits") if r["kind"] == "claim"]
    rejected = [site().catalogue.claims[id_].rank == "deprecated" for id_ in found]
    assert any(rejected)
    assert rejected == sorted(rejected)


# --- things


def test_a_firm_has_its_dated_claims_in_order() -> None:
    """The page of a firm or plant draws all its dated claims by time, each in the order of its claim."""
    told = text("/en/thing/firm:mp-materials").partition('id="timeline"')[2].partition("</svg>")[0]
    names = re.findall(r'<text class="name"[^>]*>(.*?)</text>', told)
    assert names[0].startswith("US Department of Defense · funds · 9.6 million USD")
    assert names[-1] == "supplies · United States · rare-earth permanent magnet"
    plant = text("/en/thing/facility:mountain-pass").partition('id="timeline"')[2].partition("</svg>")[0]
    assert "not · processes · rare earths" in plant
    assert "from 2012" in plant
