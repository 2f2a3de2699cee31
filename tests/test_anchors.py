"""Anchors: spans by code point, proven by hash, found by phrase."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reegraph.curation.anchors import Anchor, ArticleText, read_article, sha256
from reegraph.errors import MissingPart

TEXT = ArticleText(Path("a.txt"), "鏑與𠮷,\n稀 土。稀土")  # 𠮷 is one code point and two UTF-16 units


def test_sha256_is_of_the_utf8_bytes() -> None:
    """The hash is the one that `printf abc | sha256sum` and `printf 鏑 | sha256sum` print."""
    assert sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256("鏑") == "80a77e75a0f4eb977edafcf7284c8b4092e3741f1da505a1456177b1a223dfad"


def test_find_ignores_white_space_on_both_sides() -> None:
    """A phrase is found at every place, whatever white space the article or the phrase has inside."""
    assert TEXT.find("稀土") == [Anchor(5, 8, sha256("稀 土")), Anchor(9, 11, sha256("稀土"))]
    assert TEXT.find(" 𠮷 , 稀") == [Anchor(2, 6, sha256("𠮷,\n稀"))]


@pytest.mark.parametrize("phrase", ["", " \n", "鈥", "稀土稀土", "稀.土"])
def test_find_nothing(phrase: str) -> None:
    """A phrase without letters, or one that does not stand there, has no place; a dot is a dot."""
    assert TEXT.find(phrase) == []


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 12), (11, 12)])
def test_no_anchor_outside_the_text(start: int, end: int) -> None:
    """A span that is empty or not inside the text is refused with its bounds."""
    with pytest.raises(IndexError) as caught:
        TEXT.anchor(start, end)
    assert str(caught.value) == f"[{start}, {end}) is not inside the text of 11 characters"


def test_a_moved_anchor_does_not_hold() -> None:
    """An anchor holds at its place only: not one character on, not in a changed text, not past the end."""
    anchor = TEXT.find("鏑與")[0]
    assert TEXT.holds(anchor)
    assert not TEXT.holds(Anchor(anchor.start + 1, anchor.end + 1, anchor.sha256))
    assert not ArticleText(TEXT.path, TEXT.text.replace("鏑", "鋱")).holds(anchor)
    assert not TEXT.holds(Anchor(9, 99, sha256("稀土")))


@given(st.text(min_size=1, max_size=30), st.data())
def test_every_span_anchors_and_is_found(text: str, data: st.DataObject) -> None:
    """The anchor of a span holds, and searching its words finds a place where they stand."""
    text = text.encode("utf-8", "replace").decode()
    article = ArticleText(Path("a.txt"), text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert article.holds(article.anchor(start, end))
    phrase = "".join(text[start:end].split())
    hits = article.find(text[start:end])
    assert bool(hits) is bool(phrase)
    assert all("".join(text[h.start : h.end].split()) == phrase and article.holds(h) for h in hits)


def test_read_article_goes_by_the_hash(tmp_path: Path) -> None:
    """The article is the file with those bytes, whatever it is called, its text unchanged."""
    (tmp_path / "a.txt").write_bytes("別的".encode())
    (tmp_path / "b.txt").write_bytes("\ufeff稀土\r\n".encode())
    article = read_article(tmp_path, sha256("\ufeff稀土\r\n"), "source:x")
    assert (article.path.name, article.text) == ("b.txt", "\ufeff稀土\r\n")


def test_a_missing_article_says_what_to_provide(tmp_path: Path) -> None:
    """No file with that hash is a missing part: which folder, whose article, which hash, what to do."""
    (tmp_path / "a.txt").write_bytes("稀土,改過".encode())
    with pytest.raises(MissingPart) as caught:
        read_article(tmp_path, sha256("稀土"), "source:x")
    assert str(caught.value) == (
        f"{tmp_path}: no .txt file there is the article of source:x (SHA-256 {sha256('稀土')[:12]}...). "
        "Put the unchanged file there, or leave out --articles and REEGRAPH_ARTICLES."
    )
