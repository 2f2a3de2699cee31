"""Addresses of the site: one place that knows where each kind of thing has its page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from reegraph.server.negotiation import preferred_lang
from reegraph.table import Lang, Thing
from reegraph.terms import BASE, KINDS, PREFIXES, iri, is_id, short

_OWN = {"claim": "claim", "source": "source", "disagreement": "disagreement", "dependency": "dependency"}


def href(lang: Lang, what: Thing | str) -> str:
    """The address of a thing's page.

    >>> href("en", "firm:lynas"), href("en", "claim:tang-2025-31"), href("en", "ree:Firm")
    ('/en/thing/firm:lynas', '/en/claim/tang-2025-31', '/en/ontology/Firm')
    >>> href("en", "skos:broader")
    'http://www.w3.org/2004/02/skos/core#broader'
    """
    id_ = what.id if isinstance(what, Thing) else what
    kind, _, local = id_.partition(":")
    if kind == "ree":
        return f"/{lang}/ontology/{quote(local)}"
    if kind in _OWN:
        return f"/{lang}/{_OWN[kind]}/{quote(local)}"
    if id_.startswith(("http://", "https://")) or kind in PREFIXES.keys() - KINDS:
        return iri(id_)  # of another vocabulary
    return f"/{lang}/thing/{quote(id_, safe=':')}"


def page_of(about: str, accept_language: str) -> str:
    """The address of the page about one of our IRIs, or what it is a part of; empty for one that is none.

    In the language that a reader's browser asks for.

    >>> page_of("https://w3id.org/reegraph/id/element/Dy", "zh-TW")
    '/zh-Hant/thing/element:Dy'
    >>> page_of("https://w3id.org/reegraph/ontology", "en")
    '/en/ontology'
    >>> page_of("https://w3id.org/reegraph/id/claim/tang-2025-31/quantity", "fr")
    '/en/claim/tang-2025-31'
    """
    lang = preferred_lang(accept_language)
    if about == f"{BASE}ontology":
        return f"/{lang}/ontology"
    whole = short(about).partition("/")[0]
    return href(lang, whole) if is_id(whole) else ""


def address(lang: Lang, page: str, values: Mapping[str, object] | None = None) -> str:
    """The address of a page with its parameters; empty ones are left out.

    >>> address("en", "controls", {"date": "2025-12-01", "item": ""})
    '/en/controls?date=2025-12-01'
    """
    kept = {k: str(v) for k, v in (values or {}).items() if v not in (None, "")}
    return f"/{lang}/{page}" + (f"?{urlencode(kept)}" if kept else "")
