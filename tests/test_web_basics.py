"""What every page has whatever it shows: a head that says what it is, sound HTML, links that lead on."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import html5rdf
import httpx
import pytest
from test_web_pages import LANGS, PAGES
from webclient import client

from reegraph.web.pages.ask import values_of

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
MISSING = "ontology/Firmm", "thing/firm:lynass", "question/china-share?plaice=x", "nowhere"
ADDRESSES = [f"/{lang}/{page}" for lang in LANGS for page in PAGES]
FAILURES = [f"/{lang}/{page}" for lang in LANGS for page in MISSING]


@cache
def got(address: str) -> httpx.Response:
    """The answer, which does not change."""
    return client().get(address)


@cache
def parsed(address: str) -> tuple[Any, tuple[str, ...]]:
    """The document as a browser reads it, and where its text breaks the grammar of HTML."""
    answer = got(address)
    parser = html5rdf.HTMLParser(tree=html5rdf.getTreeBuilder("etree"))
    tree = parser.parse(answer.text)
    faults = (f"line {place[0]}: {code} {detail}" for place, code, detail in parser.errors)
    return tree, tuple(faults)


def texts(node: Any) -> str:
    """The text inside a node."""
    return " ".join("".join(node.itertext()).split())


def links(tree: Any, rel: str) -> list[dict[str, str]]:
    """The link elements of that relation."""
    return [link.attrib for link in tree.iter(f"{XHTML}link") if link.get("rel") == rel]


@pytest.mark.parametrize("address", ADDRESSES + FAILURES)
def test_the_text_is_sound_html(address: str) -> None:
    """Elements nest as the grammar of HTML has it, nothing is left open, no attribute stands twice."""
    _, faults = parsed(address)
    assert faults == ()


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_head_says_what_the_page_is(address: str) -> None:
    """Charset, viewport, a title of its own, a description that is more than the title, where it stands."""
    answer = got(address)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    tree, _ = parsed(address)
    assert '<meta charset="utf-8">' in answer.text[:200]
    metas = {m.get("name"): m.get("content") for m in tree.iter(f"{XHTML}meta") if m.get("name")}
    assert metas["viewport"] == "width=device-width, initial-scale=1"
    [title] = [texts(t) for t in tree.iter(f"{XHTML}title") if t.tag.startswith(XHTML)]
    assert len(title) >= 5
    assert "reegraph" in title
    assert len(metas["description"] or "") > 20
    assert metas["description"] != title
    [canonical] = links(tree, "canonical")
    assert canonical["href"].startswith("http://test/")
    assert meant(canonical["href"]) == meant(address)


def meant(address: str) -> tuple[str, dict[str, str]]:
    """An address by what it means: how its parameters are quoted tells nothing."""
    parts = urlsplit(address)
    return parts.path, values_of(parse_qsl(parts.query))


def test_titles_tell_pages_apart() -> None:
    """No two pages of one language have the same title, but for one page with other parameters."""
    for lang in LANGS:
        by_title: dict[str, set[str]] = {}
        for page in PAGES:
            tree, _ = parsed(f"/{lang}/{page}")
            title = next(texts(t) for t in tree.iter(f"{XHTML}title"))
            by_title.setdefault(title, set()).add(page.partition("?")[0])
        assert {t: pages for t, pages in by_title.items() if len(pages) > 1} == {}


@pytest.mark.parametrize("page", PAGES)
def test_languages_lead_to_each_other(page: str) -> None:
    """Each page names itself, its twin and a default; the twin names the same."""
    told = []
    for lang in LANGS:
        tree, _ = parsed(f"/{lang}/{page}")
        others = {a["hreflang"]: a["href"] for a in links(tree, "alternate") if "hreflang" in a}
        assert set(others) == {*LANGS, "x-default"}
        assert others["x-default"] == others["en"]
        told.append(others)
        assert tree.find(f".//{XHTML}a[@class='lang']").get("href") == others[LANGS[1 - LANGS.index(lang)]]
    assert told[0] == told[1]


@pytest.mark.parametrize("page", PAGES)
def test_data_twins_are_of_the_type_that_they_say(page: str) -> None:
    """Each alternate link answers, with the media type of its `type`."""
    tree, _ = parsed(f"/en/{page}")
    for link in links(tree, "alternate"):
        if "type" in link:
            answer = got(link["href"])
            assert answer.status_code in {200, 202}, link
            media = answer.headers["content-type"].partition(";")[0]
            assert media.replace("sparql-results+", "") == link["type"]  # which is JSON too, by its suffix


@pytest.mark.parametrize("address", ADDRESSES + FAILURES)
def test_headings_drawings_and_labels_are_in_order(address: str) -> None:
    """One h1, no level left out; each drawing has a name or is hidden; each reference finds its element."""
    tree, _ = parsed(address)
    levels = [int(n.tag[-1]) for n in tree.iter() if re.fullmatch(rf"{XHTML}h[1-6]", str(n.tag))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels
    ids = [n.get("id") for n in tree.iter() if n.get("id")]
    assert len(ids) == len(set(ids))
    inner = {s for d in tree.iter(f"{SVG}svg") for s in d.iter(f"{SVG}svg") if s is not d}
    for drawing in tree.iter(f"{SVG}svg"):
        named = drawing.get("aria-label") or drawing.find(f"{SVG}title") is not None
        assert drawing in inner or named or drawing.get("aria-hidden") == "true"
    assert all(i.get("alt") is not None for i in tree.iter(f"{XHTML}img"))
    for node in tree.iter():
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for id_ in (node.get(name) or "").split():
                assert id_ in ids, (name, id_)
        href = node.get("href") or ""
        assert not href.startswith("#") or href[1:] in ids, href
        assert href.strip() == href
        assert href or node.tag != f"{XHTML}a"


def test_links_lead_somewhere() -> None:
    """Of the links of all pages one for each shape of address: none leads to what is not there."""
    found: dict[tuple[str, ...], str] = {}
    for address in ADDRESSES:
        tree, _ = parsed(address)
        for node in tree.iter(f"{XHTML}a"):
            parts = urlsplit(urljoin(f"http://test{address}", node.get("href")))
            assert parts.scheme in {"http", "https"}
            if parts.netloc == "test":
                path = parts.path.split("/")
                shape = (*path[1:3], "".join(path[3:])[:9], parts.query.partition("=")[0], parts.path[-4:])
                found.setdefault(shape, f"{parts.path}?{parts.query}".rstrip("?"))
    assert len(found) > 200
    wrong = {a: s for a in found.values() if (s := got(a).status_code) not in {200, 202, 308}}
    assert wrong == {}


def test_what_is_not_there_is_not_for_search_engines() -> None:
    """An error page says so with its status and to machines, and names no other address as its own."""
    for address in FAILURES:
        answer = got(address)
        assert answer.status_code == 404
        tree, _ = parsed(address)
        assert '<meta name="robots" content="noindex">' in answer.text
        assert links(tree, "canonical") == []


def test_browsers_find_icon_and_robots() -> None:
    """An icon for what is no HTML, and what machines may ask."""
    tree, _ = parsed("/en/")
    icon = client().get(links(tree, "icon")[0]["href"])
    assert icon.headers["content-type"].startswith("image/svg+xml")
    other = client().get("/favicon.ico")
    assert (other.status_code, other.headers["location"]) == (308, links(tree, "icon")[0]["href"])
    robots = client().get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    assert "Disallow: /sparql\n" in robots.text
    assert "Disallow: /en/search\n" in robots.text
