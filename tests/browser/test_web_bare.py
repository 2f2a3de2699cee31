"""The site in a real browser as it is installed where npm could not be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from browser.test_web_browser import AUDIT, AXE, SIZES, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CONCERNED = ("sparql", "explore/firm:lynas", "map")
OTHERS = ("", "thing/firm:lynas", "dependence", "search?q=terbium")


@pytest.mark.parametrize(
    ("lang", "screen", "theme"), [("en", "desktop", "light"), ("zh-Hant", "phone", "dark")]
)
def test_pages_without_libraries_are_whole(
    browser: Browser, bare_address: str, lang: str, screen: str, theme: Any
) -> None:
    """Accessible, quiet and at home as with them; those that miss something say what, and the remedy."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="provide axe: pip install axe-playwright-python"
    ).Axe()
    faults: list[str] = []
    with opened(browser, faults, bare_address, viewport=SIZES[screen], color_scheme=theme) as page:
        for path in (*CONCERNED, *OTHERS):
            page.goto(f"{bare_address}/{lang}/{path}")
            assert page.locator("h1").inner_text().strip()
            assert page.get_by_text("REEGRAPH_WEB=require").count() == (path in CONCERNED), path
            faults += [f"{path}: policy: {v}" for v in page.evaluate("window.__violations")]
            faults += [f"{path}: {fault}" for fault in page.evaluate(AUDIT)]
            found = axe.run(page, options=AXE).response["violations"]
            faults += [f"{path}: {v['id']}: {[str(n['target']) for n in v['nodes'][:3]]}" for v in found]
    assert faults == []


def test_what_the_libraries_adorn_works_without_them(browser: Browser, bare_address: str) -> None:
    """A query is typed into a plain box and answered; lists lead on; the map has marks."""
    faults: list[str] = []
    with opened(browser, faults, bare_address, viewport=SIZES["desktop"]) as page:
        page.goto(f"{bare_address}/en/sparql")
        page.fill("#query", "SELECT ?plant { firm:lynas ree:operates ?plant }")
        page.click("#ask button")
        page.wait_for_url("**/en/sparql?query=**")
        assert page.locator("#answer table tbody tr").count() >= 2
        page.goto(f"{bare_address}/en/sparql?query={quote('SELECT * { ?s')}")
        assert "refused" in page.inner_text("#answer")
        page.goto(f"{bare_address}/en/explore/firm:lynas")
        page.click("#lists li[data-id='country:JP'] a.more")
        page.wait_for_url("**/explore/country:JP")
        page.goto(f"{bare_address}/en/map")
        assert page.locator("svg.map:visible a").count() >= 3  # where countries lie is not known without land
        assert page.locator("main table tbody tr").count() > 20
    assert faults == []
