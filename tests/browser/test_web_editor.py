"""SPARQL editor, explore page and map in a real browser, under the site's strict policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from browser.test_web_browser import SIZES, opened
from reegraph.web.assets import Assets

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(
    not Assets().complete,
    reason="provide the browser libraries: install with REEGRAPH_WEB=require and npm's registry in reach",
)
EDITOR, GRAPH = "html[data-editor=ready]", "html[data-graph=ready]"
CONTENT = "#ask .cm-content"


@contextmanager
def quiet(browser: Browser, address: str, path: str, ready: str, **context: Any) -> Iterator[Page]:
    """A page that is ready; at its end there are no faults and no violation of the policy."""
    faults: list[str] = []
    with opened(browser, faults, address, **{"viewport": SIZES["desktop"], **context}) as page:
        page.goto(f"{address}/{path}")
        page.wait_for_selector(ready)
        yield page
        faults += page.evaluate("window.__violations")
    assert faults == []


def typed(page: Page, text: str) -> None:
    """Put a text into the editor in place of what is there, key by key."""
    page.click(CONTENT)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def answered(page: Page, times: int = 2) -> None:
    """Wait for an answer; the page itself counts as the first."""
    page.wait_for_selector(f"html[data-answer='{times}']")


def test_completes_terms_and_things_and_adds_prefixes(browser: Browser, address: str) -> None:
    """A property by its start, a thing by its Chinese name; each brings its PREFIX line, once."""
    with quiet(browser, address, "en/sparql", EDITOR) as page:
        typed(page, "SELECT * WHERE {\n?s ree:operat")
        page.wait_for_selector(".cm-tooltip-autocomplete li >> nth=0")
        assert page.inner_text(".cm-tooltip-autocomplete li >> nth=0").startswith("ree:operates")
        page.wait_for_timeout(200)
        page.keyboard.press("Enter")
        page.keyboard.type(" ?o . 萊納")
        page.wait_for_selector(".cm-tooltip-autocomplete li:has-text('firm:lynas')")
        page.wait_for_timeout(
            200
        )  # for 75 ms after it opens the list takes no key, so that nobody hits it unawares
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{CONTENT}:has-text('PREFIX firm:')")
        text = page.input_value("#query")
        assert text.count("PREFIX ree: <https://w3id.org/reegraph/ontology#>") == 1
        assert text.count("PREFIX firm: <https://w3id.org/reegraph/id/firm/>") == 1
        assert "?s ree:operates ?o . firm:lynas" in text


def test_no_completion_within_strings_and_comments(browser: Browser, address: str) -> None:
    """What is text is left alone, and asks for no prefix."""
    with quiet(browser, address, "en/sparql", EDITOR) as page:
        typed(page, "ASK { owl:Class ?p ")
        page.wait_for_selector(f"{CONTENT}:has-text('PREFIX owl:')")  # the names are there from now on
        page.keyboard.type('"skos:lynas" } # firm:lynas')
        page.wait_for_timeout(400)
        assert page.locator(".cm-tooltip-autocomplete").count() == 0
        assert page.input_value("#query").count("PREFIX") == 1


def test_runs_with_the_keyboard_and_shows_forms(browser: Browser, address: str) -> None:
    """Ctrl+Enter asks, the address becomes a permalink, the chart is a link away; Tab leaves."""
    with quiet(browser, address, "en/sparql", EDITOR) as page:
        typed(page, "SELECT ?e ?n { ?e ree:atomicNumber ?n } ORDER BY ?n")
        page.keyboard.press("Control+Enter")
        answered(page)
        assert page.locator("#answer tbody tr").count() > 15
        assert "query=" in page.url
        page.click("#answer a[data-view=chart]")
        answered(page, 3)
        assert page.locator("#answer svg.wide rect.mark").count() > 15
        assert page.url.endswith("view=chart")
        page.reload()
        page.wait_for_selector("#answer svg.wide")
        page.wait_for_selector(EDITOR)
        page.click(CONTENT)
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_an_error_is_marked_at_its_line(browser: Browser, address: str) -> None:
    """The endpoint's line carries the mark in the editor; mending the query takes it away."""
    with quiet(browser, address, "zh-Hant/sparql", EDITOR) as page:
        typed(page, "SELECT * WHERE {\n?s ree:operates ?o .\n?s ?p ?o ?x ?y\n}")
        page.keyboard.press("Control+Enter")
        answered(page)
        line = int(page.get_attribute("#answer", "data-line") or 0)
        assert line > 1
        assert f"第 {line} 行" in page.inner_text(".refusal")
        marker = page.locator(".cm-lint-marker-error").bounding_box()
        number = page.locator(f".cm-lineNumbers .cm-gutterElement:text-is('{line}')").bounding_box()
        assert marker
        assert number
        assert (
            abs((marker["y"] + marker["height"] / 2) - (number["y"] + number["height"] / 2))
            < number["height"]
        )
        typed(page, "ASK {}")
        page.keyboard.press("Control+Enter")
        answered(page, 3)
        assert page.locator(".cm-lint-marker-error").count() == 0


def test_earlier_queries_are_kept_in_the_browser(browser: Browser, address: str) -> None:
    """A query that was asked can be taken back, after a new visit too, and all can be forgotten."""
    with quiet(browser, address, "en/sparql", EDITOR) as page:
        typed(page, "ASK { firm:lynas ?p ?o }")
        page.keyboard.press("Control+Enter")
        answered(page)
        page.goto(f"{address}/en/sparql")
        page.wait_for_selector(EDITOR)
        page.click("#history summary")
        page.click("#history button.again")
        assert "firm:lynas ?p ?o" in page.input_value("#query")
        page.click("#history p button")
        assert not page.is_visible("#history")
        assert page.evaluate("localStorage.getItem('reegraph.queries')") == "[]"


def test_a_graph_is_drawn(browser: Browser, address: str) -> None:
    """The triples of a CONSTRUCT stand as boxes and lines, beside the table of the same."""
    query = quote("CONSTRUCT { ?s ree:operates ?o } WHERE { ?s ree:operates ?o }")
    with quiet(browser, address, f"en/sparql?query={query}", EDITOR) as page:
        rows = page.locator(".triples tbody tr").count()
        assert page.evaluate("window.reegraph.edges().length") == rows > 3
        assert page.locator("#graph canvas").count() > 0


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p ?o } #" + "x" * 100_000,
        "SELECT * { ?s ree:operates",
        "SELECT ('</textarea><script>window.hit = 1</script><img src=x onerror=\"hit = 1\">' AS ?x) {}",
        "CONSTRUCT { <a:b> <a:c> '<script>window.hit = 1</script>' } {}",
    ],
)
def test_long_half_typed_and_hostile_queries_do_no_harm(browser: Browser, address: str, query: str) -> None:
    """Each is answered or refused, and nothing of it is run as script."""
    with quiet(browser, address, "en/sparql", EDITOR) as page:
        page.evaluate("window.hit = 0")
        page.click(CONTENT)
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(query)
        page.keyboard.press("Control+Enter")
        answered(page)
        assert page.inner_text("#answer").strip()
        assert page.evaluate("window.hit") == 0
        assert page.input_value("#query").endswith(query[-200:])


def test_explore_grows_by_a_click(browser: Browser, address: str) -> None:
    """A box in the drawing, or a sign in the list, adds what is linked to it; the address keeps it."""
    with quiet(browser, address, "en/explore/firm:lynas", GRAPH) as page:
        before = page.evaluate("window.reegraph.nodes('[!heading]').length")
        assert page.locator("#lists section.links").count() == 1
        place = page.evaluate("window.reegraph.getElementById('facility:lynas-malaysia').renderedPosition()")
        page.click("#graph", position=place)
        page.wait_for_selector("#lists section[data-id='facility:lynas-malaysia']")
        after = page.evaluate("window.reegraph.nodes('[!heading]').length")
        assert after > before
        assert "facility%3Alynas-malaysia" in page.url
        assert page.get_attribute("#chosen a", "href") == "/en/thing/facility:lynas-malaysia"
        page.click("#lists section >> nth=0 >> li[data-id='country:JP'] a.more")
        page.wait_for_selector("#lists section[data-id='country:JP']")
        assert page.evaluate("document.activeElement.tagName") == "H2"
        grown = page.evaluate("window.reegraph.nodes('[!heading]').length")
        page.reload()
        page.wait_for_selector(GRAPH)
        assert page.evaluate("window.reegraph.nodes('[!heading]').length") == grown > after


def test_a_line_shows_its_evidence(browser: Browser, address: str) -> None:
    """A click on a line names the two things and their relation, with the chips of the claims."""
    with quiet(browser, address, "en/explore/firm:lynas", GRAPH) as page:
        edge = "window.reegraph.getElementById('firm:lynas > facility:lynas-malaysia')"
        page.click("#graph", position=page.evaluate(f"{edge}.renderedMidpoint()"))
        page.wait_for_selector("#chosen .chip")
        assert "operates" in page.inner_text("#chosen")
        assert (page.get_attribute("#chosen .chip", "href") or "").startswith("/en/claim/")


def test_explore_is_saved_as_picture(browser: Browser, address: str, tmp_path: Path) -> None:
    """SVG holds every box with its name and no script; PNG is a picture of twice the size."""
    with quiet(browser, address, "zh-Hant/explore/firm:lynas", GRAPH) as page:
        boxes = page.evaluate("window.reegraph.nodes('[!heading]').length")
        with page.expect_download() as saved:
            page.click("[data-do=svg]")
        saved.value.save_as(tmp_path / "a.svg")
        text = (tmp_path / "a.svg").read_text(encoding="utf-8")
        assert text.count("<rect") == boxes + 1
        assert "萊納斯" in text
        assert "<script" not in text
        with page.expect_download() as saved:
            page.click("[data-do=png]")
        saved.value.save_as(tmp_path / "a.png")
        content = (tmp_path / "a.png").read_bytes()
        width = int(re.search(r'width="(\d+)"', text)[1])  # type: ignore[index]
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(content[16:20], "big") == 2 * width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_editor_and_drawing_are_accessible(browser: Browser, address: str, theme: Any) -> None:
    """No axe violation with the completion list open, an error marked, or the drawing grown."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="provide axe: pip install axe-playwright-python"
    ).Axe()

    def violations(page: Page) -> list[str]:
        found = axe.run(page).response["violations"]
        return [f"{v['id']}: {[n['target'] for n in v['nodes'][:3]]}" for v in found]

    with quiet(browser, address, "en/sparql", EDITOR, color_scheme=theme) as page:
        typed(page, "# note\nSELECT * WHERE {\n?s ree:latitude 12.5, 'a'@en . ?s ree:operat")
        page.wait_for_selector(".cm-tooltip-autocomplete li")
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")
        answered(page)
        assert violations(page) == []
    with quiet(browser, address, "zh-Hant/explore/firm:lynas", GRAPH, color_scheme=theme) as page:
        page.click("#lists li[data-id='country:JP'] a.more")
        page.wait_for_selector("#lists section[data-id='country:JP']")
        assert violations(page) == []


def test_the_map_shows_one_width(browser: Browser, address: str) -> None:
    """A desk has the world, a phone its parts; every mark leads somewhere."""
    for screen, one, other in (("desktop", "wide", "narrow"), ("phone", "narrow", "wide")):
        with quiet(browser, address, "en/map", "h1", viewport=SIZES[screen]) as page:
            assert page.locator(f".drawing .{one} svg.map").first.is_visible()
            assert not page.locator(f".drawing .{other} svg.map").first.is_visible()
            marks = page.locator(f".drawing .{one} svg.map a")
            assert marks.count() > 20
            assert all((m.get_attribute("href") or "").startswith("/en/thing/") for m in marks.all())
