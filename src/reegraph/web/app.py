"""Routes of the site: addresses to pages, each page with its data twins, every answer with its headers."""

from __future__ import annotations

import gc
import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from reegraph.errors import ReegraphError, UnknownName, UsageError
from reegraph.folders import project_root
from reegraph.server import packing
from reegraph.server.negotiation import choose, preferred_lang, takes_gzip
from reegraph.store import EmbeddedStore
from reegraph.table import BOM, LANGS, Lang
from reegraph.web import pages
from reegraph.web.ahead import pages_ahead
from reegraph.web.assets import Assets
from reegraph.web.endpoint import Typed, typed_answer
from reegraph.web.i18n import word
from reegraph.web.pages.ask import Ask, values_of
from reegraph.web.panel import View
from reegraph.web.render import Renderer, policy_of
from reegraph.web.site import Site

_log = logging.getLogger(__name__)
_HEADERS: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_TWINS: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "rq": "application/sparql-query",
    "svg": "image/svg+xml",
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TYPED: Final = ("sparql", *(f"{lang}/{page}" for lang in LANGS for page in ("sparql", "search")))
_ROBOTS: Final = "User-agent: *\n" + "".join(f"Disallow: /{path}\n" for path in _TYPED)
_NAMED: Final[dict[str, Callable[[Ask], View]]] = {
    "thing": pages.thing,
    "explore": pages.explore,
    "question": pages.question,
    "claim": pages.claim,
    "source": pages.source,
    "disagreement": pages.disagreement,
    "dependency": pages.conclusion,
    "ontology": pages.term,
}
_PLAIN: Final[dict[str, Callable[[Ask], View]]] = {
    "home": pages.home,
    "search": pages.search,
    "questions": pages.questions,
    "sources": pages.sources,
    "disagreements": pages.disagreements,
    "controls": pages.controls,
    "dependence": pages.dependence,
    "compare": pages.compare,
    "dossier": lambda ask: pages.dossier(ask, _view_of),
    "elements": pages.elements,
    "map": pages.world,
    "ontology": pages.ontology,
    "sparql": pages.sparql,
}


def site_routes(
    opened: Callable[[], EmbeddedStore],
    *,
    version: str = "",
    articles: Path | None = None,
    root: Path | None = None,
    today: Callable[[], date] | None = None,
    warm: bool = True,
    assets: Assets | None = None,
) -> Sequence[BaseRoute]:
    """The routes of the explorer over a store that nobody writes to, opened when a page first needs it.

    `today` says what day it is (tests give one). With `warm`, a thread reads ahead what every page needs.
    """
    site = Site(opened, root or project_root(), version=version, articles=articles, assets=assets)
    app = _App(site, Renderer(site), today or (lambda: datetime.now(UTC).date()))
    if warm:
        threading.Thread(target=app.read_ahead, name="reegraph-warm", daemon=True).start()
    return [
        Route("/", app.front),
        Route("/static/{name:path}", app.static),
        Route("/favicon.ico", app.icon),
        Route("/robots.txt", app.robots),
        Route("/names.json", app.names),
        *(route for lang in LANGS for route in _of_language(app, lang)),
    ]


def _of_language(app: _App, lang: Lang) -> list[BaseRoute]:
    return [
        Route(f"/{lang}", app.to_home),
        *(Route(f"/{lang}/{kind}/{{name:path}}", app.page) for kind in _NAMED),
        Route(f"/{lang}/{{path:path}}", app.page),
    ]


class _App:
    """The handlers, and what they share."""

    def __init__(self, site: Site, renderer: Renderer, today: Callable[[], date]) -> None:
        self.site, self.renderer, self.today = site, renderer, today

    def read_ahead(self) -> None:
        """Draw what readers come to first, so that nobody waits for its queries."""
        try:
            for path, values in pages_ahead(self.site):
                self.draw_ahead(path, values)
            gc.collect()
            gc.freeze()  # all this stays: a later collection that looked through it took 150 ms of some page
        except Exception:  # the outermost edge of a thread; the pages themselves will say it again
            _log.exception("reading ahead failed")

    def draw_ahead(self, path: str, values: Mapping[str, str]) -> None:
        """Draw a page for nobody, and keep the answers that it took."""
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "server": ("localhost", 80)}
        ask = Ask(self.site, "en", self.today(), path.partition("/")[2], values, "json")
        self.renderer.page(_view_of(ask, path), ask, path, Request(scope))
        self.site.keep_answers()

    async def front(self, request: Request) -> Response:
        """/ leads to the language that the browser asks for."""
        lang = preferred_lang(request.headers.get("accept-language", ""))
        return self.finished(RedirectResponse(f"/{lang}/", 302, {"Vary": "Accept-Language"}), request)

    async def to_home(self, request: Request) -> Response:
        return RedirectResponse(f"{request.url.path}/", 308)

    async def static(self, request: Request) -> Response:
        """Our own style sheet, scripts and icon, and the libraries beside them."""
        file = self.site.assets.file(request.path_params["name"])
        if file is None:
            return self.finished(Response("not here\n", 404, media_type="text/plain"), request)
        packed = takes_gzip(request.headers.get("accept-encoding", ""))
        response = Response(file.packed if packed else file.body, media_type=file.media)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        if file.lasting or request.url.query:  # the address carries the file's version or hash
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return self.finished(response, request)

    async def icon(self, request: Request) -> Response:
        """For what is not HTML, browsers ask for an icon here."""
        return self.finished(RedirectResponse(self.site.assets.address("icon.svg"), 308), request)

    async def robots(self, request: Request) -> Response:
        """Pages may be read by machines; what a reader types is not to be asked by them."""
        return self.finished(Response(_ROBOTS, media_type="text/plain"), request)

    async def names(self, request: Request) -> Response:
        """What the SPARQL editor completes: terms, things and prefixes."""
        body = await run_in_threadpool(pages.names, self.site)
        return self.finished(Response(body, media_type="application/json"), request)

    async def page(self, request: Request) -> Response:
        """A page, or its twin where the address ends in .json, .csv, .xlsx or .rq."""
        lang: Lang = "zh-Hant" if request.url.path.startswith("/zh-Hant") else "en"
        path = request.url.path.removeprefix(f"/{lang}/")
        path, twin = _twin(path)
        name = request.path_params.get("name", "")
        if twin:
            name = name.removesuffix(f".{twin}")
        try:
            values = values_of(request.query_params.multi_items())
        except UsageError as error:
            ask = Ask(self.site, lang, self.today(), name, {}, twin)
            return self.finished(self._failure(ask, error, request), request)
        wanted = (twin or _negotiated(request)) if path == "sparql" else ""
        typed: dict[str, Typed] = {}
        for query in _queries(path, values):
            answer = await typed_answer(request, query, wanted)
            if isinstance(answer, Response):
                return self.finished(answer, request)
            typed[query] = answer
        ask = Ask(self.site, lang, self.today(), name, values, twin, typed)
        return self.finished(await run_in_threadpool(self._drawn, ask, path, request), request)

    def finished(self, response: Response, request: Request) -> Response:
        """The response with the headers that all carry, packed where that pays."""
        response.headers.setdefault("Content-Security-Policy", self.site.assets.policy)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Vary"] = "Accept, Accept-Encoding, Accept-Language"
        body = bytes(response.body)
        if body and response.headers.get("Content-Type", "").startswith("text/csv") and _by_browser(request):
            body = response.body = BOM.encode() + body
            response.headers["Content-Length"] = str(len(body))
        coding = packing.wanted(request.headers.get("accept-encoding", ""))
        if "Content-Encoding" not in response.headers and len(body) > packing.WORTH and coding:
            response.body = packing.packed(body, coding)
            response.headers["Content-Encoding"] = coding
            response.headers["Content-Length"] = str(len(response.body))
        return response

    def _drawn(self, ask: Ask, path: str, request: Request) -> Response:
        try:
            return self._answer(ask, path, request)
        except ReegraphError as error:
            if error.http_status >= 500:
                _log.exception("%s failed", request.url.path)
            return self._failure(ask, error, request)
        except Exception:  # the outermost edge: the reader learns that it failed, the log learns why
            _log.exception("%s failed", request.url.path)
            return self._failure(ask, ReegraphError(word(ask.lang, "failed_next")), request)

    def _answer(self, ask: Ask, path: str, request: Request) -> Response:
        twin = ask.twin
        if path == "home" and not twin:
            path = "/home"  # the home page's own address is /LANG/, only its twins say home
        view = _view_of(ask, path)
        if not twin and view.panels:
            twin = _negotiated(request)
        if twin:
            if twin == "html":
                return self._file(view, ask, request)
            if twin == "svg":
                return self._picture(view, ask, request)
            return _data(view, twin, ask, self.site.version)
        html = self.renderer.page(view, ask, path, request)
        return Response(html, view.status, media_type="text/html")

    def _file(self, view: View, ask: Ask, request: Request) -> Response:
        """A dossier as one file to keep."""
        if view.template != "dossier.html":
            raise UnknownName("twin", "html", [], ask.t("no_file"))
        content = self.renderer.file(view, ask, request)
        headers = {
            "Content-Security-Policy": policy_of(self.renderer.styles),
            "Content-Disposition": f'attachment; filename="reegraph-dossier-{self.site.version[:12]}.html"',
        }
        return Response(content, media_type="text/html", headers=headers)

    def _picture(self, view: View, ask: Ask, request: Request) -> Response:
        """One drawing of the page as a file; ?drawing= counts from 1."""
        count = len(view.drawings)
        given = ask.values.get("drawing", "1")
        if not count:
            raise UnknownName("twin", "svg", [], ask.t("no_drawing"))
        if not given.isdecimal() or not 1 <= int(given[:6]) <= count:
            raise UsageError(ask.t("bad_number", "drawing", given, count))
        svg = self.renderer.picture(view.drawings[int(given) - 1], ask, request)
        headers = {"Content-Security-Policy": policy_of(self.renderer.drawing_rules)}
        return Response(svg, media_type=_TWINS["svg"], headers=headers)

    def _failure(self, ask: Ask, error: ReegraphError, request: Request) -> Response:
        status = error.http_status
        near = error.near if isinstance(error, UnknownName) else []
        if ask.twin or _negotiated(request) == "json":
            body = {"error": {"code": type(error).__name__, "message": error.told(ask.lang)}}
            return Response(
                json.dumps(body, ensure_ascii=False) + "\n", status, media_type="application/json"
            )
        kind = "e404" if status == 404 else "e400" if status < 500 else "e500"
        words = {
            "message": error.told(ask.lang),
            "near": near,
            "kind": kind,
            "form": self._form(ask, request),
        }
        view = View("error.html", word(ask.lang, kind), (), words, status)
        return Response(
            self.renderer.page(view, ask, request.url.path.removeprefix(f"/{ask.lang}/"), request),
            status,
            media_type="text/html",
        )

    def _form(self, ask: Ask, request: Request) -> str:
        """Where the form stands whose values could not be: the page of a question that there is."""
        path = request.url.path.removeprefix(f"/{ask.lang}/")
        return path if path.removeprefix("question/") in self.site.questions else ""


def _queries(path: str, values: Mapping[str, str]) -> list[str]:
    """The queries that a page needs answered: the one typed, or those of a dossier's picks."""
    if path == "dossier":
        return pages.typed_picks(values)
    query = values.get("query", "")
    return [query] if path == "sparql" and query.strip() else []


def _view_of(ask: Ask, path: str) -> View:
    """The view of a path below /LANG/; UnknownName with the pages that there are."""
    kind, slash, _ = path.partition("/")
    if slash and kind in _NAMED and ask.name:
        return _NAMED[kind](ask)
    if (path or "home") in _PLAIN:
        return _PLAIN[path or "home"](ask)
    raise UnknownName("page", f"/{ask.lang}/{path}", [f"/{ask.lang}/{p}" for p in _PLAIN if p != "home"])


def _twin(path: str) -> tuple[str, str]:
    """A path and its twin's ending; the home page's twin is home.json."""
    stem, dot, ending = path.rpartition(".")
    return (stem, ending) if dot and ending in _TWINS else (path, "")


def _by_browser(request: Request) -> bool:
    """True when a person follows a link; programs ask for any type, or for CSV."""
    return "text/html" in request.headers.get("accept", "")


def _negotiated(request: Request) -> str:
    """json or csv where Accept weighs it above HTML, else nothing."""
    accept = request.headers.get("accept", "")
    media = choose(accept, ["text/html", "application/json", "text/csv"]) if accept else None
    return {"application/json": "json", "text/csv": "csv"}.get(media or "", "")


def _data(view: View, twin: str, ask: Ask, version: str) -> Response:
    first_rows_alone = view.template == "sparql.html"  # the others have all that was found
    if not view.panels or (twin == "xlsx" and first_rows_alone):
        raise UnknownName("twin", twin, [], ask.t("no_data"))
    if twin == "json":
        return Response(view.to_json(ask.lang, version), media_type=_TWINS[twin])
    if twin == "rq":
        return Response(view.to_sparql(), media_type=_TWINS[twin])
    panel = ask.values.get("panel", "")
    names = [p.name for p in view.panels]
    if panel and panel not in names:
        raise UnknownName("panel", panel, names, ask.t("page_has", ", ".join(names)))
    if twin == "xlsx":
        return Response(view.to_xlsx(ask.lang, panel), media_type=_TWINS[twin])
    return Response(view.to_csv(ask.lang, panel), media_type=_TWINS[twin])
