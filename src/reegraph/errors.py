"""What can go wrong, as one tree.

ReegraphError                   exit 1   HTTP 500
├── UsageError                  exit 2   400   a parameter, format or argument that cannot be
├── CurationError               exit 3   500   files under ontology/, data/ or queries/ are wrong
├── QueryError                  exit 4   400   SPARQL that does not parse or cannot be answered
├── UnknownName                 exit 5   404   no such thing, question or parameter
├── StoreError                  exit 6   503   a store that is down, slow or answers nonsense
├── SnapshotError               exit 7   500   the built graph cannot be written or read
├── ValidationError             exit 8   500   the built graph breaks a check
└── MissingPart                 exit 9   501   an optional part (Java, an article) is not there
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Final

from reegraph.sentence import Sentence

_KINDS: Final = {
    "command": "指令",
    "id": "代號",
    "name": "名稱",
    "page": "頁面",
    "panel": "表格",
    "parameter": "參數",
    "question": "問題",
    "scenario": "情境",
    "statement": "陳述",
    "term": "詞彙",
    "twin": "格式",
}
SHOWN = 20  # of a long list of problems; the total is always given


class ReegraphError(Exception):
    """Base of every error this package raises on purpose; its text says where, what and the remedy."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def told(self, lang: str) -> str:
        """Its text in that language, where it has one; else in English."""
        said = self.args[0] if self.args else ""
        return said.label(lang) if isinstance(said, Sentence) else str(self)


class UsageError(ReegraphError):
    """A call that cannot be carried out as it was put."""

    exit_code = 2
    http_status = 400


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of a curated file: `where` is ``file:line``."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.remedy}" if self.remedy else "")


class CurationError(ReegraphError):
    """Curated files hold faults; `problems` has all of them, the message the first twenty."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(problems, key=_by_place)
        shown = [str(p) for p in self.problems[:SHOWN]]
        total = len(self.problems)
        if total > SHOWN:
            shown.append(f"... and {total - SHOWN} more ({total} in all)")
        super().__init__("\n".join(shown))


class QueryError(ReegraphError):
    """A query the engine refuses. `line` and `column` count from 1 where the engine tells them."""

    exit_code = 4
    http_status = 400

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        super().__init__(message)


class UnknownName(ReegraphError):
    """A name that nothing has; the message offers the nearest ones."""

    exit_code = 5
    http_status = 404

    def __init__(
        self,
        kind: str,
        name: str,
        known: Iterable[str],
        remedy: str = "",
        near: Mapping[str, Sentence] | None = None,
    ) -> None:
        """`near` are the nearest ids with their names, where they are not found by `known`."""
        self.kind, self.name = kind, name
        self.near = list(near) if near else nearest(name, known)
        told = [Sentence(i, i) if not near else _named(i, near[i]) for i in self.near]
        hint = f" Did you mean {' or '.join(told)}?" if told else ""
        hint_zh = f"是否要找 {' 或 '.join(one.zh for one in told)}？" if told else ""
        remedy_zh = remedy.zh if isinstance(remedy, Sentence) else remedy
        en = f"unknown {kind} {name!r}.{hint}" + (f" {remedy}" if remedy else "")
        super().__init__(Sentence(en, f"沒有「{name}」這個{_KINDS.get(kind, kind)}。{hint_zh}{remedy_zh}"))


class StoreError(ReegraphError):
    """A store that cannot be reached, or whose answer is none."""

    exit_code = 6
    http_status = 503


class SnapshotError(ReegraphError):
    """The built graph cannot be written to, or read from, the cache folder."""

    exit_code = 7


class ValidationError(ReegraphError):
    """The built graph breaks a check; each violation is one line of the message."""

    exit_code = 8

    def __init__(self, violations: Sequence[str]) -> None:
        self.violations = violations
        shown = list(violations[:SHOWN])
        if len(violations) > SHOWN:
            shown.append(f"... and {len(violations) - SHOWN} more ({len(violations)} in all)")
        super().__init__("\n".join(shown))


class MissingPart(ReegraphError):
    """Something optional is not there; the message says in one line what to provide."""

    exit_code = 9
    http_status = 501


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The names most like `name`, best first; those that contain it come before those that resemble it.

    >>> nearest("heavy-re-dependence", ["heavy-ree-dependence", "china-share"])
    ['heavy-ree-dependence']
    """
    pool = sorted(set(known))
    folded = name.casefold()
    inside = [k for k in pool if folded and folded in k.casefold()]
    alike = get_close_matches(name, pool, n=count, cutoff=0.6)
    return list(dict.fromkeys([*inside, *alike]))[:count]


def perhaps(name: str, known: Iterable[str]) -> str:
    """The names most like one that is not there, to stand behind it in a message; empty when none is."""
    near = nearest(name, known)
    return f" (perhaps {' or '.join(near)})" if near else ""


def _named(id_: str, name: Sentence) -> Sentence:
    return Sentence(f"{id_} ({name})", f"{id_}（{name.zh}）")


def _by_place(problem: Problem) -> tuple[str, int, str]:
    file, _, line = problem.where.rpartition(":")
    return (file, int(line), problem.what) if line.isdigit() else (problem.where, 0, problem.what)
