"""How export controls stand on a day, in a few lines: the home page's and the head of the control clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from reegraph.table import Thing
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import Panel

STATES: Final = (
    "in-force",
    "suspended",
    "suspension-ended",
    "announced",
    "upcoming",
    "uncertain",
    "once",
    "undated",
    "expired",
)
_MONTH: Final = len("2025-12")


@dataclass(frozen=True)
class Standing:
    """The items in one state: how many, under which controls, and what is said to have ended."""

    state: str
    count: int
    controls: tuple[Thing, ...]
    ended: tuple[str, ...]


def standings(clock: Panel) -> list[Standing]:
    """The answer of controls-in-force by state, in the order of the states."""
    found = []
    for state in STATES:
        rows = [row for row in clock.cells() if row["status"] == state]
        if rows:
            controls = tuple(dict.fromkeys(row["control"] for row in rows))
            found.append(Standing(state, len(rows), controls, _unique(row["ended"] for row in rows)))
    return found


def said_of(clock: Panel, column: str) -> list[tuple[str, str]]:
    """What the answer says in `next` or `ended`, once a control."""
    return sorted({(row["control"].id, row[column]) for row in clock.cells() if row[column]})


def newest(ask: Ask, day: date) -> str:
    """The month of the newest article where the day lies after it, else nothing."""
    issued = max(str(i).partition("/")[0][:_MONTH] for i in ask.site.panel("sources").table.column("issued"))
    return issued if day.isoformat()[:_MONTH] > issued else ""


def _unique(texts: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for t in texts if t))
