"""On a phone: what is explored is in view; and an answer that came by script is picked as others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = {"width": 390, "height": 844}
GRAPH = """() => {
  const open = window.reegraph.nodes("[?open]").last().renderedBoundingBox();
  const frame = document.getElementById("graph").getBoundingClientRect();
  return [frame.left + open.x1, frame.left + open.x2, frame.top + open.y1, frame.top + open.y2];
}"""


def opened(browser: Browser, address: str, **more: bool) -> Page:
    """A page on a phone."""
    page = browser.new_context(viewport=PHONE, **more).new_page()  # type: ignore[arg-type]
    page.goto(address)
    return page


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
@pytest.mark.parametrize("thing", ["firm:lynas", "country:CN", "element:Dy"])
def test_the_thing_explored_is_in_view(browser: Browser, address: str, lang: str, thing: str) -> None:
    """Its box is on the screen before anything is moved, and above it stands how to move the drawing."""
    page = opened(browser, f"{address}/{lang}/explore/{thing}", has_touch=True, is_mobile=True)
    page.wait_for_selector("html[data-graph=ready]")
    left, right, top, bottom = page.evaluate(GRAPH)
    assert 0 <= left < right <= PHONE["width"]
    assert 0 <= top < bottom <= PHONE["height"]
    hint = page.get_by_text("拖曳可移動圖面" if lang == "zh-Hant" else "Drag the drawing to move it")
    assert hint.bounding_box()["y"] < page.locator("#graph").bounding_box()["y"]  # type: ignore[index]
    page.context.close()


def test_without_scripts_the_links_are_a_list(browser: Browser, address: str) -> None:
    """The drawing that needs no script is then one that fits the screen."""
    page = opened(browser, f"{address}/en/explore/firm:lynas", java_script_enabled=False)
    assert page.locator("#still svg:visible").count() == 1
    box = page.locator("#still svg:visible").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE["width"]
    page.context.close()


def test_an_answer_that_came_by_script_is_picked(browser: Browser, address: str) -> None:
    """The answer to a query run in the editor can be added to the dossier that this tab has gathered."""
    page = browser.new_context().new_page()
    page.goto(f"{address}/en/dossier?pick=question/china-share")
    page.goto(f"{address}/en/sparql")
    page.wait_for_selector(".cm-content")
    page.locator("#ask button").first.click()
    page.wait_for_selector("#answer a.add")
    page.locator("#answer a.add").click()
    page.wait_for_selector("[data-picks]")
    kept = str(page.locator("[data-picks]").get_attribute("data-picks")).split()
    assert kept[0] == "question/china-share"
    assert kept[1].startswith("sparql?query=")
    assert page.locator("section.pick").count() == 2
    page.context.close()
