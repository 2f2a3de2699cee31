"""Names: namespaces, prefixes, and the short ids (`firm:lynas`) that people type for IRIs."""

from __future__ import annotations

import re
from typing import Final

from reegraph.errors import UsageError
from reegraph.sentence import Sentence

BASE: Final = "https://w3id.org/reegraph/"
REE: Final = BASE + "ontology#"
ID: Final = BASE + "id/"
GRAPH: Final = BASE + "graph/"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
PROV: Final = "http://www.w3.org/ns/prov#"
OA: Final = "http://www.w3.org/ns/oa#"
DCTERMS: Final = "http://purl.org/dc/terms/"
SCHEMA: Final = "https://schema.org/"
SH: Final = "http://www.w3.org/ns/shacl#"

# A kind is the part of an id before the colon; its value is the root class of what it names.
KINDS: Final[dict[str, str]] = {
    "country": "Jurisdiction",
    "bloc": "Place",
    "region": "Region",
    "element": "ChemicalElement",
    "group": "ElementGroup",
    "material": "Material",
    "product": "Product",
    "technology": "Technology",
    "sector": "Sector",
    "stage": "Stage",
    "facility": "Facility",
    "deposit": "Deposit",
    "firm": "Firm",
    "org": "Organization",
    "person": "Person",
    "policy": "Policy",
    "provision": "Provision",
    "agreement": "Agreement",
    "event": "Event",
    "negotiation": "Negotiation",
    "hypothesis": "Hypothesis",
    "concession": "Concession",
    "stockpile": "Stockpile",
    "flow": "Flow",
    "work": "Work",
    "source": "Source",
    "scheme": "Scheme",
    "concept": "Concept",
    "unit": "Unit",
    "word": "QuantityWord",
    "claim": "Claim",
    "dependency": "Dependency",
    "support": "Support",
    "disagreement": "Disagreement",
    "correction": "Correction",
    "reading": "CorrectedReading",
    "reference": "ReferenceEntry",
    "rule": "Rule",
}

# The kinds of what is said or concluded of things, rather than of things.
RECORDS: Final = frozenset(
    {"claim", "dependency", "support", "disagreement", "correction", "reading", "reference", "rule"}
)

PREFIXES: Final[dict[str, str]] = {
    "ree": REE,
    **{kind: f"{ID}{kind}/" for kind in KINDS},
    "graph": GRAPH,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "prov": PROV,
    "oa": OA,
    "dcterms": DCTERMS,
    "schema": SCHEMA,
    "sh": SH,
}

SLUG: Final = re.compile(r"[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)*\Z")
_OUTSIDE_IRIS: Final = re.compile(r'[\x00-\x20<>"{}|^`\\]')  # SPARQL 1.1, IRIREF: would end or break <...>


def iri(short: str) -> str:
    """The IRI of a short id; a full IRI passes through.

    Raises UsageError when the prefix is not one of ours, or for what no IRI may hold: what this gives may be
    written into a query between < and >.

    >>> iri("firm:lynas")
    'https://w3id.org/reegraph/id/firm/lynas'
    """
    prefix, colon, local = short.partition(":")
    whole = short.startswith(("http://", "https://", "urn:"))
    if _OUTSIDE_IRIS.search(short) or not (whole or (colon and prefix in PREFIXES)):
        en = f"{short!r} is not an id; write it as kind:slug, e.g. firm:lynas"
        raise UsageError(Sentence(en, f"「{short}」不是代號；代號寫成「類別:名稱」，例如 firm:lynas。"))
    return short if whole else PREFIXES[prefix] + local


def short(full: str) -> str:
    """The short id of an IRI of ours or of a known vocabulary; any other IRI comes back unchanged.

    >>> short("https://w3id.org/reegraph/id/claim/tang-2025-31/quantity")
    'claim:tang-2025-31/quantity'
    """
    if full.startswith(ID):
        kind, _, local = full[len(ID) :].partition("/")
        return f"{kind}:{local}" if kind in KINDS and local else full
    for prefix in _FOREIGN:
        if full.startswith(PREFIXES[prefix]) and len(full) > len(PREFIXES[prefix]):
            return f"{prefix}:{full[len(PREFIXES[prefix]) :]}"
    return full


def is_id(text: str) -> bool:
    """True for a well-formed short id of one of our kinds; says nothing on whether it exists."""
    kind, _, slug = text.partition(":")
    return kind in KINDS and bool(SLUG.match(slug))


def is_term(text: str) -> bool:
    """True for a well-formed term of the ontology, such as ``ree:Contradiction``."""
    return bool(re.fullmatch(r"ree:[A-Za-z][A-Za-z0-9]*", text))


def prologue() -> str:
    """The PREFIX lines that are predeclared wherever a query is typed."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())


_FOREIGN: Final = [p for p, ns in PREFIXES.items() if not ns.startswith(ID)]
