"""What a page is asked: the site, the language, the parameters of the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from reegraph.curation import edtf
from reegraph.errors import UsageError
from reegraph.sentence import Sentence
from reegraph.table import Lang
from reegraph.web.endpoint import Typed
from reegraph.web.i18n import word
from reegraph.web.site import Site

MANY: Final = frozenset({"pick", "if"})  # parameters that may stand several times; a blank joins them too


def values_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Parameters by name; UsageError where one stands twice with two values, for it says not which.

    >>> values_of([("if", "a"), ("if", "b"), ("date", "2025"), ("date", "2025")])
    {'if': 'a b', 'date': '2025'}
    """
    found: dict[str, str] = {}
    for key, value in pairs:
        if key in MANY and key in found:
            found[key] += f" {value}"
        elif found.setdefault(key, value) != value:
            raise UsageError(
                Sentence(f"{key} is given twice. Give it once.", f"{key} 重複出現且值不同，請只給一次。")
            )
    return found


@dataclass(frozen=True)
class Ask:
    """A request for a page. `name` is the last part of the address, for pages that have one.

    `twin` is the ending of a data twin, empty for the page itself.
    """

    site: Site
    lang: Lang
    today: date
    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    twin: str = ""
    typed: Mapping[str, Typed] = field(default_factory=dict)  # what the service has answered to typed queries

    def t(self, key: str, *args: object, **named: object) -> str:
        """A message in the page's language."""
        return word(self.lang, key, *args, **named)

    def only(self, *allowed: str) -> None:
        """Raises UsageError for a parameter that the page does not take."""
        for key in self.values:
            if key not in {*allowed, "panel", "drawing"}:
                raise UsageError(self.t("bad_parameter", key, ", ".join(allowed) or self.t("none_of")))

    def day(self) -> date:
        """The `date` parameter, today without one; UsageError with what is wanted."""
        given = self.values.get("date", "").strip()
        if not given:
            return self.today
        try:
            day = edtf.parse(given).start
        except ValueError as error:
            raise UsageError(Sentence(f"date={given}: {error}", f"date={given}：{edtf.REMEDY_ZH}")) from error
        if day is None:
            raise UsageError(self.t("bad_day", "date", given))
        return day

    def page(self, pages: int) -> int:
        """The `page` parameter, from 1 to `pages`; UsageError with what is allowed."""
        given = self.values.get("page", "1") or "1"
        if not given.isdecimal() or not 1 <= int(given[:6]) <= max(pages, 1):
            raise UsageError(self.t("bad_number", "page", given, max(pages, 1)))
        return int(given)
