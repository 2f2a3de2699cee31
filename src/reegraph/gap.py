"""How far answers lie apart, by plain subtraction of what is printed.

Whether two figures exclude each other is judged by widened intervals (`Figure.widened`); what is printed of
it is not what that leaves over, but the difference that a reader would work out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from reegraph.curation import figure
from reegraph.curation.edtf import Span
from reegraph.curation.figure import Figure
from reegraph.table import plain_number

Ends = tuple[Decimal | None, Decimal | None]  # None is open
# Two shares differ by points, since 1 % of a share is another thing; two ranks by a plain number.
_UNITS: Final = {"percent": "percentage-point", "rank": "count"}
_PRECISIONS: Final = ("year", "month", "day")


def gap_of_figures(figures: Sequence[Figure], unit: str) -> tuple[Figure | None, str]:
    """From the lowest to the highest figure, and the unit of the gap; a range makes it a range."""
    gap = _gap([(f.value, f.value) if f.value is not None else (f.lower, f.upper) for f in figures])
    return gap, _UNITS.get(unit, unit) if gap else ""


def gap_of_times(spans: Sequence[Span]) -> tuple[Figure | None, str]:
    """From the first to the last time, in years, months or days, as the most exact of them is written."""
    unit = _PRECISIONS[max(_precision(span) for span in spans)]
    gap = _gap([(_count(span.start, unit), _count(span.end, unit)) for span in spans])
    return gap, unit if gap else ""


def _gap(answers: Sequence[Ends]) -> Figure | None:
    """From the lowest answer to the highest; None where they meet."""
    lows = [low for low, _ in answers if low is not None]
    highs = [high for _, high in answers if high is not None]
    if not lows or not highs or (least := max(lows) - min(highs)) <= 0:
        return None
    if len(lows) < len(answers) or len(highs) < len(answers):
        return figure.parse(f">={plain_number(least)}", {})
    most = max(highs) - min(lows)
    ends = dict.fromkeys((plain_number(least), plain_number(most)))
    return figure.parse("..".join(ends), {})


def _precision(span: Span) -> int:
    return max(part.count("-") for part in span.edtf.split("/"))


def _count(day: date | None, unit: str) -> Decimal | None:
    """The number of a day, or of its month or year, so that two can be subtracted."""
    if day is None:
        return None
    counts = {"year": day.year, "month": day.year * 12 + day.month, "day": day.toordinal()}
    return Decimal(counts[unit])
