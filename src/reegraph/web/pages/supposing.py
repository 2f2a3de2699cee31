"""What a scenario changes: what it does to each conclusion, and its tables as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from reegraph.errors import ReegraphError, UsageError
from reegraph.scenario.outcome import TITLES, Outcome, worded
from reegraph.table import Cell, Table, Thing
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import Panel

_ROWS: Final = 10  # of each table; CSV has all
_PARTS: Final = ("losses", "changes", "alternatives", "unknown", "overturn")
_HIDDEN: Final = frozenset(
    ("kind", "at_least", "at_most", "sources", "dependencies", "carried", "of", "which")
)  # said by another column, or by the chain


@dataclass(frozen=True)
class Supposed:
    """The answer to ?if=: the outcome, or why there is none yet or at all."""

    name: str = ""
    outcome: Outcome | None = None
    working: bool = False
    refusal: str = ""

    def effects(self) -> dict[str, Thing]:
        """What it does to each conclusion, by id."""
        found: dict[str, Thing] = {}
        for table in (self.outcome.changes, self.outcome.losses) if self.outcome else ():
            for row in table.rows:
                for d in _dependencies(row):
                    if isinstance(row[0], Thing):
                        found[d.id] = row[0]
        return found

    def panels(self, ask: Ask) -> tuple[Panel, ...]:
        """All its tables, in the page's language."""
        if not self.outcome:
            return ()
        command = f"reegraph scenario {self.name}"
        return tuple(
            Panel(name, TITLES[name].en, TITLES[name].zh, "", worded(table, ask.lang), command)
            for name, table in self.outcome.tables().items()
        )

    def parts(self, panels: tuple[Panel, ...], first: set[Cell]) -> list[dict[str, Any]]:
        """The tables that a page shows, cut to what reads well; rows on the conclusions of `first` lead."""
        return [_part(panel, first) for name in _PARTS for panel in panels if panel.name == name]


def supposed(ask: Ask) -> Supposed:
    """The scenario of ?if=; a data twin waits for its outcome, a page says that it is being worked out."""
    name = ask.values.get("if", "").strip()
    if not name:
        return Supposed()
    shipped = ask.site.what_if.shipped
    if name not in shipped:
        raise UsageError(ask.t("bad_choice", "if", name, ", ".join(shipped)))
    try:
        outcome = ask.site.what_if.outcome(name, wait=bool(ask.twin))
    except ReegraphError as error:
        return Supposed(name, refusal=error.told(ask.lang))
    return Supposed(name, outcome, working=outcome is None)


def _dependencies(row: tuple[Cell, ...]) -> list[Thing]:
    """The conclusions of a row of losses or changes, which stand in its last column."""
    ids = row[-1]
    return [d for d in ids if isinstance(d, Thing)] if isinstance(ids, tuple) else []


def _part(panel: Panel, first: set[Cell]) -> dict[str, Any]:
    table: Table = panel.table
    used = [
        i
        for i, c in enumerate(table.columns)
        if c.name not in _HIDDEN and {row[i] for row in table.rows} - {None, "", ()}
    ]
    ordered = sorted(table.rows, key=lambda r: first.isdisjoint(_dependencies(r)))
    return {
        "name": panel.name,
        "panel": panel,
        "columns": [table.columns[i] for i in used],
        "rows": [[row[i] for i in used] for row in ordered[:_ROWS]],
    }
