"""On a phone: drawings that are wider than the screen open at the thing that they are about."""

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
STILL = """() => {
  const frame = document.querySelector(".scroll:has(.centre)").getBoundingClientRect();
  const box = document.querySelector(".scroll rect.centre").getBoundingClientRect();
  return [frame.left, frame.right, box.left, box.right];
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


@pytest.mark.parametrize("thing", ["firm:lynas", "country:CN", "element:Dy"])
def test_a_neighbourhood_opens_at_its_thing(browser: Browser, address: str, thing: str) -> None:
    """The page of a thing has its box in the middle of the frame, or as near to it as the drawing goes."""
    page = opened(browser, f"{address}/en/thing/{thing}")
    frame_left, frame_right, left, right = page.evaluate(STILL)
    assert frame_left <= left < right <= frame_right
    page.context.close()


def test_without_scripts_it_is_told_where_the_thing_stands(browser: Browser, address: str) -> None:
    """The drawing then opens at its left end: a line above says in which column the thing is."""
    page = opened(browser, f"{address}/en/explore/firm:lynas", java_script_enabled=False)
    assert page.get_by_text("scroll it sideways. Lynas Rare Earths stands under “Firms, people”").is_visible()
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
