"""The days on which the status of an export control changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from reegraph.table import Table

_NEXT: Final = timedelta(days=1)
_SILENT: Final = frozenset({"undated", "upcoming"})  # what has begun on no known day
_States = dict[tuple[str, ...], str]


def turning_days(given: Table, clock: Callable[[str], Table]) -> tuple[date, ...]:
    """The days on which the status of some item is another than the day before, in their order.

    A status can change only on a day that a claim or notice gives (`given`), or on the one after it; `clock`
    answers controls-in-force for days with commas between.
    """
    days = sorted(set(_days(given)))
    if not days:
        return ()
    states: dict[str, _States] = {day.isoformat(): {} for day in days}
    for row in clock(",".join(states)).cells():
        if row["status"] not in _SILENT:
            what = tuple(str(row[k]) for k in ("control", "rule", "item"))
            states[str(row["day"])][what] = str(row["status"])
    before: _States = {}
    found = []
    for day in days:
        after = states[day.isoformat()]
        if after != before:
            found.append(day)
        before = after
    return tuple(found)


def _days(given: Table) -> Iterator[date]:
    for row in given.rows:
        for text in map(str, filter(None, row)):
            if len(text) == len("2025-11-07"):
                day = date.fromisoformat(text)
                yield from (day, day + _NEXT)
