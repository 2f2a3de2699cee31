"""Times as EDTF (ISO 8601-2) writes them, with the first and last day that they cover.

The part of the standard that the sources need: a year, month or day; an unknown last digit or two
(``198X``, ``19XX``); an interval of those, open at either end (``/2026``, ``2040/``); ``~`` for about.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_DATE = re.compile(r"(\d{2}XX|\d{3}X|\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(~?)\Z", re.ASCII)
REMEDY = "Write it as 2024, 2025-04, 2025-04-04, 198X, 2019/2022, /2026 or 2040/ (EDTF)."
REMEDY_ZH = "時間須寫成 2024、2025-04、2025-04-04、198X、2019/2022、/2026 或 2040/（EDTF）。"


@dataclass(frozen=True)
class Span:
    """A time as written and the days it covers, both ends included; None is open."""

    edtf: str
    start: date | None
    end: date | None

    def overlaps(self, other: Span) -> bool:
        """True when some day lies in both."""
        return not (
            (self.end is not None and other.start is not None and self.end < other.start)
            or (other.end is not None and self.start is not None and other.end < self.start)
        )


def parse(text: str) -> Span:
    """The span of an EDTF string; ValueError with the remedy when it is none.

    >>> parse("2019/2022").end
    datetime.date(2022, 12, 31)
    >>> parse("198X").start
    datetime.date(1980, 1, 1)
    """
    if "/" not in text:
        return Span(text, *_bounds(text))
    first, _, last = text.partition("/")
    start: date | None = None if first in {"", ".."} else _bounds(first)[0]
    end: date | None = None if last in {"", ".."} else _bounds(last)[1]
    if start is None and end is None:
        raise ValueError(f"time {text!r} is open at both ends. {REMEDY}")
    if start is not None and end is not None and start > end:
        raise ValueError(f"time {text!r} ends before it starts. {REMEDY}")
    return Span(text, start, end)


def _bounds(text: str) -> tuple[date, date]:
    match = _DATE.match(text)
    if not match:
        raise ValueError(f"time {text!r} is not understood. {REMEDY}")
    year, month, day, _ = match.groups()
    if "X" in year and month:
        raise ValueError(f"time {text!r} gives a month of an unknown year. {REMEDY}")
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    try:
        if day:
            exact = date(low, int(month), int(day))
            return exact, exact
        if month:
            return date(low, int(month), 1), date(low, int(month), monthrange(low, int(month))[1])
        return date(low, 1, 1), date(high, 12, 31)
    except ValueError as error:  # month 13, 30 February, year 0
        raise ValueError(f"time {text!r} does not exist ({error}). {REMEDY}") from error
