"""Figures as sources print them: ``69.2``, ``85..90``, ``~85..90``, ``>90``, ``<=65``, ``~12``, or a word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_RANGE = re.compile(rf"(~?)({_NUMBER})\.\.({_NUMBER})\Z")
_BOUND = re.compile(rf"(>=|<=|>|<|~)?({_NUMBER})\Z")
WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)*\Z")
ABOUT: Final = Decimal("0.05")  # how far `~` reaches when two figures are compared
REMEDY = "Write it as 69.2, 85..90, ~85..90, >90, >=80, <1, <=65, ~12 or a word of ontology/vocabulary.ttl."


@dataclass(frozen=True)
class Bounds:
    """Logical bounds of a word: `most` lies above 50 (`comparator` ">"), `all` is 100."""

    lower: Decimal | None = None
    upper: Decimal | None = None
    comparator: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure as printed in sense; `lower` and `upper` only where the print or logic gives them.

    `comparator` is one of ``= .. > >= < <= ~ word``; ``>`` and ``<`` exclude the bound itself.
    """

    printed: str
    comparator: str
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None

    @property
    def is_none(self) -> bool:
        """True when the figure says that there is nothing."""
        return self.comparator == "word" and self.upper == 0

    def widened(self, share: bool) -> tuple[Decimal, Decimal]:
        """The interval used to compare two figures: half the last printed digit wider, `~` 5 %.

        A `share` printed between 0 and 100 stays there; an open end is minus or plus infinity otherwise.
        """
        low, high = self.lower, self.upper
        if self.comparator == "~" and self.value is not None:
            margin = max(abs(self.value) * ABOUT, half_digit(self.value))
            low, high = self.value - margin, self.value + margin
        else:
            low = None if low is None else low - half_digit(low)
            high = None if high is None else high + half_digit(high)
        printed = [n for n in (self.value, self.lower, self.upper) if n is not None]
        bounded = share and all(0 <= n <= 100 for n in printed)
        bottom, top = (Decimal(0), Decimal(100)) if bounded else (Decimal("-Infinity"), Decimal("Infinity"))
        return (
            bottom if low is None else max(low, bottom),
            top if high is None else min(high, top),
        )


def parse(text: str, words: Mapping[str, Bounds]) -> Figure:
    """The figure that `text` writes; ValueError with the remedy when it is none.

    >>> parse(">90", {}).lower, parse("85..90", {}).upper, parse("~12", {}).lower
    (Decimal('90'), Decimal('90'), None)
    """
    if match := _RANGE.match(text):
        low, high = Decimal(match[2]), Decimal(match[3])
        if low >= high:
            raise ValueError(f"value {text!r} is a range that does not rise. {REMEDY}")
        return Figure(text, "..", None, low, high)
    if match := _BOUND.match(text):
        number = Decimal(match[2])
        match match[1]:
            case None:
                return Figure(text, "=", number, number, number)
            case "~":
                return Figure(text, "~", number)
            case ">" | ">=" as sign:
                return Figure(text, sign, None, number, None)
            case sign:
                return Figure(text, sign, None, None, number)
    if text in words:
        bounds = words[text]
        return Figure(text, "word", None, bounds.lower, bounds.upper)
    if WORD.match(text):
        raise ValueError(f"value {text!r} is not a known word; known: {', '.join(sorted(words))}. {REMEDY}")
    raise ValueError(f"value {text!r} is not a figure. {REMEDY}")


def half_digit(number: Decimal) -> Decimal:
    """Half a unit in the last printed place; trailing zeros of whole numbers count as not printed.

    >>> half_digit(Decimal("69.2")), int(half_digit(Decimal("270000")))
    (Decimal('0.05'), 5000)
    """
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # only finite numbers are parsed
    if exponent == 0 and number:
        digits = str(abs(int(number)))
        exponent = len(digits) - len(digits.rstrip("0"))
        if abs(number) <= 100:  # 90 % is printed to the percent
            exponent = 0
    return Decimal(1).scaleb(exponent) / 2
