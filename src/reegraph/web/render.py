"""Drawing a view: the Jinja environment, and what templates may call."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

from reegraph import wording
from reegraph.table import LANGS
from reegraph.terms import short
from reegraph.web import i18n
from reegraph.web.cite import CitedView
from reegraph.web.inline import Inline
from reegraph.web.links import address, href
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.dossier import LONGEST
from reegraph.web.panel import Drawing, View
from reegraph.web.site import Site
from reegraph.web.svg import drawing_rules, standalone
from reegraph.web.svg.text import escaped

_HERE: Final = Path(__file__).parent
_LONG: Final = 6000  # characters of an address
MENU: Final = (
    "questions",
    "dependence",
    "elements",
    "map",
    "controls",
    "compare",
    "disagreements",
    "sources",
    "ontology",
    "sparql",
    "dossier",
)


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
        self.styles = (_HERE / "static" / "site.css").read_text(encoding="utf-8")
        self.drawing_rules = drawing_rules(self.styles)

    def picture(self, drawing: Drawing, ask: Ask, request: Request) -> str:
        """A drawing as an SVG document of its own, in its wide form."""
        base = f"{request.url.scheme}://{request.url.netloc}"
        note = (
            "reegraph"
            + (f" {self.site.version}" if self.site.version else "")
            + f" · {base}{request.url.path}"
        )
        return standalone(
            drawing.wide,
            title=escaped(drawing.heading),
            note=escaped(note.removesuffix(".svg")),
            rules=self.drawing_rules,
            base=base,
            lang=ask.lang,
            key=[(drawn, escaped(name)) for drawn, name in drawing.key],
        )

    def file(self, view: View, ask: Ask, request: Request) -> str:
        """A dossier as an HTML document that needs no other file; its links lead back to the site."""
        base = f"{request.url.scheme}://{request.url.netloc}"
        permalink = str(request.url).replace("/dossier.html", "/dossier", 1)
        own = {"styles": Markup(self.styles), "permalink": permalink}  # noqa: S704  # our own style sheet
        html = self.page(
            replace(view, template="dossier_file.html", words={**view.words, **own}), ask, "dossier", request
        )
        return html.replace(' href="/', f' href="{base}/')

    def page(self, view: View, ask: Ask, path: str, request: Request) -> str:
        """A view as an HTML document."""
        lang = ask.lang
        inline = Inline(self.site.catalogue, lang)
        query = urlencode({k: v for k, v in ask.values.items() if k not in {"panel", "drawing"}})
        has_twin = len(query) <= (2 * LONGEST if path == "dossier" else _LONG)
        if not has_twin:  # a long query stands on its page once, not in each of its links
            query = ""
        twin_of = f"/{lang}/{path or 'home'}"
        base = f"{request.url.scheme}://{request.url.netloc}"
        at = {code: f"/{code}/{path}" + (f"?{query}" if query else "") for code in LANGS}
        other_lang = next(code for code in LANGS if code != lang)
        return self.environment.get_template(view.template).render(
            view=view,
            lang=lang,
            html_lang="zh-Hant-TW" if lang == "zh-Hant" else "en",
            t=partial(i18n.word, lang),
            modality=partial(wording.code, lang),
            figure=partial(wording.figure, lang),
            href=partial(href, lang),
            to=partial(address, lang),
            text=inline.cell,
            cell=inline.cell,
            chip=inline.chip,
            citations=inline.chips,
            tagged=inline.tagged,
            link=inline.link,
            spoken=partial(wording.spoken, lang),
            heading=lambda column: column.words(lang),
            heads_of=lambda columns: [column.words(lang) for column in columns],
            length=inline.length,
            safe_svg=Markup,
            static=self.site.assets.address,
            import_map=Markup(self.site.assets.import_map),  # noqa: S704  # ours
            has_libraries=self.site.assets.complete,
            label_of=lambda id_: self.site.label(id_, lang),
            short=short,
            class_name=lambda id_: self.site.label(id_, lang) if id_ else "",
            path=path,
            linkable=has_twin,
            twin=lambda ending, panel="", drawing="": _twin(twin_of, ending, query, panel, drawing),
            drawing_number=lambda d: view.drawings.index(d) + 1 if has_twin and d in view.drawings else 0,
            file_name=re.sub(r"[^\w-]+", "-", path or "home"),
            this_view=CitedView(view.title, str(request.url), self.site.version, ask.today, ask.lang),
            cite_view=lambda title, pick: CitedView(
                title, f"{base}/{lang}/{pick}", self.site.version, ask.today, lang
            ),
            pick=f"{path or 'home'}" + (f"?{query}" if query else ""),
            canonical=base + at[lang] if view.status < 400 else "",
            languages={**at, "x-default": at["en"]},
            other=at[other_lang],
            other_lang=other_lang,
            version=self.site.version,
            menu=MENU,
            search_value=ask.values.get("q", ""),
            has_articles=self.site.articles is not None,
            **{"today": ask.today, **view.words},
        )


def policy_of(styles: str) -> str:
    """The Content-Security-Policy of a document with this style sheet inside, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


def _twin(path: str, ending: str, query: str, panel: str, drawing: int | str) -> str:
    chosen = {k: v for k, v in (("panel", panel), ("drawing", drawing)) if v}
    parts = [p for p in (query, urlencode(chosen)) if p]
    return f"{path}.{ending}" + (f"?{'&'.join(parts)}" if parts else "")
