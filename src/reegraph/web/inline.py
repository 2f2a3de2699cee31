"""The smallest pieces of a page, drawn in Python since a page has thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from markupsafe import Markup

from reegraph.table import Cell, Lang, Thing, cell_text
from reegraph.web.catalogue import Catalogue, Said
from reegraph.web.i18n import word
from reegraph.web.links import href
from reegraph.wording import spoken

_LONG: Final = 4  # members that a cell shows unfolded


@dataclass(frozen=True)
class Inline:
    """Links, chips and cells in one language."""

    catalogue: Catalogue
    lang: Lang

    def chip(self, claim: Thing | str) -> Markup:
        """A citation: source and paragraph, leading to the claim; its title is the claim's sentence.

        An entry of a reference is cited too, under that name.
        """
        thing = self._named(claim)
        name, said = self._place(thing), escape(thing.label(self.lang))
        return Markup(  # noqa: S704  # every part is escaped
            f'<a class="chip" href="{escape(href(self.lang, thing))}" title="{said}">{escape(name)}</a>'
        )

    def chips(self, claims: Iterable[Thing | str]) -> Markup:
        """Citations, those of one paragraph folded into one that opens to their sentences."""
        places: dict[str, list[Thing]] = {}
        for claim in claims:
            thing = self._named(claim)
            places.setdefault(self._place(thing), []).append(thing)
        return Markup(" ").join(self._folded(name, said) for name, said in places.items())  # ours

    def _folded(self, name: str, said: Sequence[Thing]) -> Markup:
        if len(said) == 1:
            return self.chip(said[0])
        each = "".join(
            f'<li><a href="{escape(href(self.lang, c))}">{escape(c.label(self.lang))}</a></li>' for c in said
        )
        return Markup(  # noqa: S704  # every part is escaped
            f'<details class="fold"><summary class="chip">{escape(name)} ×{len(said)}</summary>'
            f"<ul>{each}</ul></details>"
        )

    def _named(self, claim: Thing | str) -> Thing:
        if isinstance(claim, Thing) and (claim.en or claim.zh):
            return claim
        return self.catalogue.thing(claim.id if isinstance(claim, Thing) else claim)

    def _place(self, claim: Thing) -> str:
        at = self.catalogue.places.get(claim.id)
        return f"{at[0].label(self.lang)} ¶{at[1]}" if at else word(self.lang, "reference")

    def tagged(self, said: Said) -> Markup:
        """The claim's sentence, with a link on the first mention of each thing that it speaks of."""
        text = said.claim.label(self.lang)
        parts = (said.subject, said.object, said.material, said.stage, said.said_by)
        named = {p.label(self.lang): p for p in parts if p}
        if not named:
            return Markup(escape(text))  # noqa: S704  # escaped
        longest = sorted(named, key=len, reverse=True)
        pieces, at = [], 0
        for match in re.finditer("|".join(re.escape(n) for n in longest), text):
            if thing := named.pop(match[0], None):
                pieces += [escape(text[at : match.start()]), str(self.link(thing))]
                at = match.end()
        return Markup("".join([*pieces, escape(text[at:])]))  # noqa: S704  # every part is escaped

    def link(self, thing: Thing | str) -> Markup:
        """A thing by its name, a claim by its chip, a text as it is."""
        if isinstance(thing, str):
            return Markup(escape(spoken(self.lang, thing)))  # noqa: S704  # escaped
        if thing.id.startswith("claim:"):
            return self.chip(thing)
        if ":" not in thing.id:  # a code such as a scenario's effect has a name and no page
            return Markup(escape(thing.label(self.lang)))  # noqa: S704  # escaped
        address = escape(href(self.lang, thing))
        return Markup(f'<a href="{address}">{escape(thing.label(self.lang))}</a>')  # noqa: S704  # escaped

    def cell(self, value: Cell, type_: str = "") -> Markup:
        """A cell of a table."""
        match value:
            case None:
                return Markup("")
            case bool():
                return Markup(word(self.lang, "yes" if value else "no"))  # noqa: S704  # our own words
            case Thing():
                return self.link(value)
            case tuple():
                return self._list(
                    sorted(value, key=lambda v: v.label(self.lang) if isinstance(v, Thing) else v), type_
                )
            case str():
                return Markup(escape(spoken(self.lang, value)))  # noqa: S704  # escaped
            case _:
                return Markup(escape(cell_text(value, self.lang)))  # noqa: S704  # escaped

    def length(self, value: Cell) -> str:
        """Of a cell that wants more room than a name or a date takes, how much: "long" or "longer"."""
        members = value if isinstance(value, tuple) else (value,)
        texts = [m.label(self.lang) if isinstance(m, Thing) else str(m) for m in members[:_LONG]]
        name = 12 if self.lang == "zh-Hant" else 24
        return (
            "" if sum(map(len, texts)) <= name else "long" if max(map(len, texts)) <= 2 * name else "longer"
        )

    def _list(self, members: Sequence[Thing | str], type_: str) -> Markup:
        """The members, those of a long list folded away behind their number."""
        between = Markup(" " if type_ == "claims" else "、" if self.lang == "zh-Hant" else "; ")  # noqa: S704  # ours
        drawn = [self._member(m, type_) for m in members]
        if len(drawn) <= _LONG:
            return between.join(drawn)
        rest = between.join(drawn[_LONG - 1 :])
        more = word(self.lang, "more_of", len(drawn) - _LONG + 1)
        folded = f"<details><summary>{escape(more)}</summary>{rest}</details>"
        return between.join(drawn[: _LONG - 1]) + Markup(folded)  # noqa: S704  # every part is escaped

    def _member(self, member: Thing | str, type_: str) -> Markup:
        if type_ == "claims" and isinstance(member, Thing) and member.id.startswith("dependency:"):
            said, name = escape(member.label(self.lang)), word(self.lang, "derived")
            address = escape(href(self.lang, member))
            return Markup(f'<a class="chip" href="{address}" title="{said}">⇒ {name}</a>')  # noqa: S704  # escaped
        return self.link(member)
