"""The days on which the status of an export control changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from reegraph.web.site import Site

_NEXT: Final = timedelta(days=1)
_SILENT: Final = frozenset({"undated", "upcoming"})  # what has begun on no known day
_States = dict[tuple[str, ...], str]


def turning_days(site: Site) -> tuple[date, ...]:
    """The days on which the status of some item is another than the day before, in their order.

    A status can change only on a day that a claim or notice gives, or on the one after it.
    """
    days = sorted(set(_given(site)))
    states: dict[str, _States] = {day.isoformat(): {} for day in days}
    if not days:
        return ()
    for row in site.ask("controls-in-force", {"date": ",".join(states)}).cells():
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


def _given(site: Site) -> Iterator[date]:
    for row in site.panel("control-days").table.rows:
        for text in map(str, filter(None, row)):
            if len(text) == len("2025-11-07"):
                day = date.fromisoformat(text)
                yield from (day, day + _NEXT)
