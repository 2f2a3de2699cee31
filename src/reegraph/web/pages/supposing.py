"""What a scenario changes: what it does to each conclusion, and its tables as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reegraph.errors import ReegraphError, StoreError, UsageError
from reegraph.scenario.outcome import TITLES, Outcome, worded
from reegraph.sentence import Sentence
from reegraph.table import Cell, Column, Table, Thing
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import Panel

Titles = Mapping[str, str]  # of scenarios by name

_PAGE_WAITS: Final = 1.0  # seconds: one takes 0.1 to 0.3 of them on a quiet machine
_TWIN_WAITS: Final = 20.0
_ROWS: Final = 10  # of each table; CSV has all
_PARTS: Final = ("losses", "changes", "alternatives", "unknown", "overturn")
_HIDDEN: Final = frozenset(
    ("kind", "at_least", "at_most", "sources", "dependencies", "carried", "of", "which")
)  # said by another column, or by the chain


@dataclass(frozen=True)
class Effect:
    """What becomes of a conclusion, and the scenarios that cause it."""

    what: Thing
    scenarios: tuple[str, ...]


@dataclass(frozen=True)
class Supposed:
    """The answer to ?if=: the outcome, or why there is none yet or at all."""

    names: tuple[str, ...] = ()
    outcome: Outcome | None = None
    working: bool = False
    refusal: str = ""
    status: int = 200

    @property
    def several(self) -> bool:
        """True where rows say which of the scenarios causes them."""
        return len(self.names) > 1

    def effects(self) -> dict[str, Effect]:
        """What they do to each conclusion, by id."""
        found: dict[str, Effect] = {}
        for table in (self.outcome.changes, self.outcome.losses) if self.outcome else ():
            place = [c.name for c in table.columns].index("scenarios")
            for row in table.rows:
                by = row[place]
                for d in _dependencies(row):
                    if isinstance(row[0], Thing) and isinstance(by, tuple):
                        found[d.id] = Effect(row[0], tuple(str(name) for name in by))
        return found

    def panels(self, ask: Ask) -> tuple[Panel, ...]:
        """All its tables, in the page's language."""
        if not self.outcome:
            return ()
        command = f"reegraph scenario {' '.join(self.names)}"
        return tuple(
            Panel(name, TITLES[name].en, TITLES[name].zh, "", worded(table, ask.lang), command)
            for name, table in self.outcome.tables().items()
        )

    def parts(self, panels: tuple[Panel, ...], first: set[Cell], titles: Titles) -> list[dict[str, Any]]:
        """The tables that a page shows, cut to what reads well; rows on the conclusions of `first` lead."""
        named = titles if self.several else {}
        return [_part(panel, first, named) for name in _PARTS for panel in panels if panel.name == name]


def supposed(ask: Ask) -> Supposed:
    """The scenarios of ?if=, all of them held together.

    A page says that they are being worked out, or why they cannot hold together, and stands without them;
    a data twin has them or fails.
    """
    what_if = ask.site.what_if
    asked = ask.values.get("if", "").split()
    for name in asked:
        if name not in what_if.shipped:
            raise UsageError(ask.t("bad_choice", "if", name, ", ".join(what_if.shipped)))
    names = tuple(n for n in what_if.shipped if n in asked)
    if not names:
        return Supposed()
    try:
        outcome = what_if.outcome(names, wait=_TWIN_WAITS if ask.twin else _PAGE_WAITS)
    except ReegraphError as error:
        if ask.twin:
            raise
        return Supposed(names, refusal=error.told(ask.lang), status=error.http_status)
    if outcome is None and ask.twin:
        raise StoreError(
            Sentence(
                "the scenarios are still being worked out. Ask again in a few seconds.",
                "情境仍在推算中，請過幾秒再試。",
            )
        )
    return Supposed(names, outcome, outcome is None, status=200 if outcome else 202)


def _dependencies(row: tuple[Cell, ...]) -> list[Thing]:
    """The conclusions of a row of losses or changes, which stand in its last column."""
    ids = row[-1]
    return [d for d in ids if isinstance(d, Thing)] if isinstance(ids, tuple) else []


def _part(panel: Panel, first: set[Cell], titles: Titles) -> dict[str, Any]:
    table: Table = panel.table
    used = [
        i
        for i, c in enumerate(table.columns)
        if c.name not in _HIDDEN
        and {row[i] for row in table.rows} - {None, "", ()}
        and (titles or c.name != "scenarios")
    ]
    ordered = sorted(table.rows, key=lambda r: first.isdisjoint(_dependencies(r)))
    shown = [[_titled(table.columns[i], row[i], titles) for i in used] for row in ordered[:_ROWS]]
    return {"name": panel.name, "panel": panel, "columns": [table.columns[i] for i in used], "rows": shown}


def _titled(column: Column, value: Cell, titles: Titles) -> Cell:
    """The cell, scenarios by their titles."""
    if column.name != "scenarios" or not isinstance(value, tuple):
        return value
    return tuple(titles[str(name)] for name in value)
