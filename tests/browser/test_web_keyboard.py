"""Every interactive part by keyboard alone: Tab, Space, Enter, arrows and letters, no pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from browser.test_web_browser import SIZES, opened
from reegraph.web.assets import Assets

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FAR = 120  # presses of Tab; no control stands further down
needs_libraries = pytest.mark.skipif(
    not Assets().complete,
    reason="provide the browser libraries: install with REEGRAPH_WEB=require and npm's registry in reach",
)


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until the element has the focus."""
    for _ in range(FAR):
        page.keyboard.press(key)
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def test_the_switches_of_what_if(browser: Browser, address: str) -> None:
    """Space ticks two, Enter on the button asks; both stay ticked and Space takes one away."""
    faults: list[str] = []
    with opened(browser, faults, address, viewport=SIZES["desktop"]) as page:
        page.goto(f"{address}/en/dependence")
        for name in ("cn-stops-heavy-separation", "myanmar-feed-stops"):
            tab_to(page, f"input[value='{name}']")
            page.keyboard.press("Space")
        tab_to(page, ".controls button")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.count("if=") == 2
        page.wait_for_selector("h2:has-text('Who loses supply')", timeout=20_000)  # it looks again by itself
        assert page.locator("input[name=if]:checked").count() == 2
        tab_to(page, "input[value='myanmar-feed-stops']")
        page.keyboard.press("Space")
        assert page.locator("input[name=if]:checked").count() == 1
    assert faults == []


def test_lists_to_choose_from(browser: Browser, address: str) -> None:
    """An arrow chooses in a list, Enter on the button shows the page for it."""
    faults: list[str] = []
    with opened(browser, faults, address, viewport=SIZES["desktop"]) as page:
        page.goto(f"{address}/en/dependence")
        tab_to(page, "#d-dependent")
        before = page.input_value("#d-dependent")
        page.keyboard.press("ArrowDown")
        chosen = page.input_value("#d-dependent")
        assert chosen != before
        tab_to(page, ".controls button")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert f"dependent={quote(chosen, safe='')}" in page.url
    assert faults == []


def test_the_day_of_the_controls(browser: Browser, address: str) -> None:
    """A date is typed, or a key day taken, without a pointer."""
    faults: list[str] = []
    with opened(browser, faults, address, viewport=SIZES["phone"]) as page:
        page.goto(f"{address}/en/controls?date=2025-10-15")
        tab_to(page, "#date")
        page.keyboard.type("04042025")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "date=2025-04-04" in page.url
        tab_to(page, ".days a")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "date=" in page.url
        assert "2025-04-04" not in page.url
    assert faults == []


def test_the_slider_of_days(browser: Browser, address: str) -> None:
    """Arrows move the slider and its day with it, Enter shows it; a pointer shows where it lets go."""
    faults: list[str] = []
    for size in SIZES:
        with opened(browser, faults, address, viewport=SIZES[size]) as page:
            page.goto(f"{address}/zh-Hant/controls?date=2025-10-15")
            tab_to(page, "#slide")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
            assert page.input_value("#date") == "2025-10-17"
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert "date=2025-10-17" in page.url
            box = page.locator("#slide").bounding_box()
            assert box
            assert box["height"] >= 24
            with page.expect_navigation():
                page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
            assert page.input_value("#date") > "2026-01-01"
    assert faults == []


def test_menu_language_and_notes(browser: Browser, address: str) -> None:
    """The skip link comes first and skips; menu, language, folded notes and their query open with Enter."""
    faults: list[str] = []
    with opened(browser, faults, address, viewport=SIZES["phone"]) as page:
        page.goto(f"{address}/en/sources")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        tab_to(page, "summary")
        page.keyboard.press("Enter")
        assert page.locator("details[open]").count() == 1
        tab_to(page, "details[open] button")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "/en/sparql?query=" in page.url
        tab_to(page, "a.lang")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "/zh-Hant/sparql?query=" in page.url
        tab_to(page, "nav a[href='/zh-Hant/sources']")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith("/zh-Hant/sources")
    assert faults == []


def test_a_dossier_is_picked(browser: Browser, address: str) -> None:
    """An answer is added from its page, another by the dossier's own search."""
    faults: list[str] = []
    with opened(browser, faults, address, viewport=SIZES["desktop"]) as page:
        page.goto(f"{address}/en/sources")
        tab_to(page, "a.add", "Shift+Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tab_to(page, "#find")
        page.keyboard.type("dysprosium")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tab_to(page, "a[href*='element%3ADy']")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator(".picks li").count() == 2
    assert faults == []


def test_marks_of_a_drawing_lead_to_their_claims(browser: Browser, address: str) -> None:
    """Each mark is a link that has the focus in turn."""
    faults: list[str] = []
    with opened(browser, faults, address, viewport=SIZES["desktop"]) as page:
        page.goto(f"{address}/en/question/china-share")
        tab_to(page, "svg a")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "/en/claim/" in page.url
    assert faults == []


@needs_libraries
def test_the_editor_and_explore(browser: Browser, address: str) -> None:
    """One tabs into the editor and out of it, asks by key; a thing's neighbours are added from the list."""
    faults: list[str] = []
    with opened(browser, faults, address, viewport=SIZES["desktop"]) as page:
        page.goto(f"{address}/en/sparql")
        page.wait_for_selector("html[data-editor=ready]")
        inside = "document.activeElement.shadowRoot?.activeElement?.matches('.cm-content') ?? false"
        for _ in range(FAR):
            page.keyboard.press("Tab")
            if page.evaluate(inside):
                break
        page.keyboard.press("Control+a")
        page.keyboard.type("ASK { firm:lynas ?p ?o }")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("html[data-answer='2']")
        assert "Yes." in page.inner_text("#answer")
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert not page.evaluate(inside)
        page.goto(f"{address}/en/explore/firm:lynas")
        page.wait_for_selector("html[data-graph=ready]")
        before = page.locator("#lists section.links").count()
        tab_to(page, "#lists a.more")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#lists section.links >> nth={before}")
        assert page.evaluate("document.activeElement.tagName") == "H2"
    assert faults == []
