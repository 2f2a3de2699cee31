"""Where in an article a claim stands: code-point offsets into the file's text, and the hash of that span."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from reegraph.errors import MissingPart


@dataclass(frozen=True, order=True)
class Anchor:
    """The span [start, end) of an article's text and the SHA-256 of its UTF-8 bytes."""

    start: int
    end: int
    sha256: str


@dataclass(frozen=True)
class ArticleText:
    """An article's text, decoded as UTF-8 and otherwise unchanged."""

    path: Path
    text: str

    def anchor(self, start: int, end: int) -> Anchor:
        """The anchor of a span; IndexError when the span is not inside the text."""
        if not 0 <= start < end <= len(self.text):
            raise IndexError(f"[{start}, {end}) is not inside the text of {len(self.text)} characters")
        return Anchor(start, end, sha256(self.text[start:end]))

    def find(self, phrase: str) -> list[Anchor]:
        """Every place where `phrase` stands, white space ignored on both sides, first to last."""
        letters = [re.escape(c) for c in phrase if not c.isspace()]
        if not letters:
            return []
        pattern = re.compile(r"\s*".join(letters))
        return [self.anchor(m.start(), m.end()) for m in pattern.finditer(self.text)]

    def holds(self, anchor: Anchor) -> bool:
        """True when the span is in the text and has that hash."""
        return anchor.end <= len(self.text) and sha256(self.text[anchor.start : anchor.end]) == anchor.sha256


def sha256(text: str) -> str:
    """The hexadecimal SHA-256 of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_article(folder: Path, document_sha256: str, source: str) -> ArticleText:
    """The article in `folder` whose bytes have that hash, whatever its file name.

    Raises MissingPart when no file there has it.
    """
    for path in sorted(folder.glob("*.txt")):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == document_sha256:
            return ArticleText(path, content.decode("utf-8"))
    raise MissingPart(
        f"{folder}: no .txt file there is the article of {source} (SHA-256 {document_sha256[:12]}...). "
        "Put the unchanged file there, or leave out --articles and REEGRAPH_ARTICLES."
    )
