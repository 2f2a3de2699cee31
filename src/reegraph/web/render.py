"""Drawing a view: the Jinja environment, and what templates may call."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

from reegraph.table import Column, Lang
from reegraph.terms import short
from reegraph.web import i18n
from reegraph.web.inline import Inline
from reegraph.web.links import address, href
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import View
from reegraph.web.site import Site

_HERE: Final = Path(__file__).parent
_LONG: Final = 6000  # characters of an address
MENU: Final = ("questions", "elements", "map", "controls", "disagreements", "sources", "ontology", "sparql")


class Renderer:
    """Templates over one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def _figure(self, lang: Lang, printed: str, unit: str) -> str:
        """A figure with its unit; one in words by the word's own name."""
        known = (
            self.site.label(f"word:{printed}", lang) if printed.isascii() and printed[:1].isalpha() else ""
        )
        return known if known and ":" not in known else i18n.figure(lang, printed, unit)

    def page(self, view: View, ask: Ask, path: str, request: Request) -> str:
        """A view as an HTML document."""
        lang = ask.lang
        inline = Inline(self.site.catalogue, lang)
        query = urlencode(dict(ask.values))
        if len(query) > _LONG:  # a long query stands on its page once, not in each of its links
            query = ""
        twin_of = f"/{lang}/{path or 'home'}"
        return self.environment.get_template(view.template).render(
            **view.words,
            view=view,
            lang=lang,
            html_lang="zh-Hant-TW" if lang == "zh-Hant" else "en",
            t=partial(i18n.word, lang),
            modality=partial(i18n.modality, lang),
            figure=lambda printed, unit: self._figure(lang, printed, unit),
            href=partial(href, lang),
            to=partial(address, lang),
            text=inline.cell,
            cell=inline.cell,
            chip=inline.chip,
            link=inline.link,
            spoken=partial(i18n.spoken, lang),
            heading=partial(_heading, lang),
            safe_svg=Markup,
            static=self.site.assets.address,
            import_map=Markup(self.site.assets.import_map),  # noqa: S704  # ours
            has_libraries=self.site.assets.complete,
            label_of=lambda id_: self.site.label(id_, lang),
            short=short,
            class_name=lambda id_: self.site.label(id_, lang) if id_ else "",
            path=path,
            twin=lambda ending, panel="": _twin(twin_of, ending, query, panel),
            other=f"/{'en' if lang == 'zh-Hant' else 'zh-Hant'}/{path}" + (f"?{query}" if query else ""),
            other_lang="en" if lang == "zh-Hant" else "zh-Hant",
            version=self.site.version,
            menu=MENU,
            search_value=ask.values.get("q", ""),
            has_articles=self.site.articles is not None,
        )


def _heading(lang: Lang, column: Column) -> str:
    """What a column holds, up to the first aside; its whole description is the title of the heading."""
    whole = (column.zh if lang == "zh-Hant" else column.en) or column.name
    short_ = re.split(r"[;；(（]|, where|, as the", whole)[0].strip() or whole
    return f"{short_} ({column.unit})" if column.unit and column.unit != "count" else short_


def _twin(path: str, ending: str, query: str, panel: str) -> str:
    parts = [p for p in (query, urlencode({"panel": panel}) if panel else "") if p]
    return f"{path}.{ending}" + (f"?{'&'.join(parts)}" if parts else "")
