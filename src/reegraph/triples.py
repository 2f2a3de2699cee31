"""From curated rows to RDF: every quad that states, rather than derives, something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

import pyoxigraph as ox

from reegraph.curation.anchors import sha256
from reegraph.curation.claims import MODALITIES, Claim
from reegraph.curation.corpus import Corpus
from reegraph.curation.edtf import Span
from reegraph.curation.entities import Entity
from reegraph.curation.figure import Figure
from reegraph.curation.reference import Fact
from reegraph.curation.sources import Source
from reegraph.table import plain_number
from reegraph.terms import DCTERMS, GRAPH, OA, PROV, RDF, RDFS, REE, SKOS, XSD, iri

Term = ox.NamedNode | ox.Literal
Pair = tuple[str, Term]  # predicate IRI and object


def corpus_quads(corpus: Corpus) -> Iterator[ox.Quad]:
    """The ontology, the entities, the reference data and the claims, each quad in its named graph."""
    for quad in corpus.vocabulary.quads:
        yield ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(GRAPH + "ontology"))
    for entity in corpus.entities.values():
        yield from _quads(entity.id, entity_pairs(entity), "entities")
    for source in corpus.sources.values():
        yield from _quads(source.id, source_pairs(source), "entities")
    yield from _reference_quads(corpus)
    for claim in corpus.claims:
        yield from claim_quads(claim, corpus.sources[claim.source])


def entity_pairs(entity: Entity) -> Iterator[Pair]:
    """Class, names and curators' filing of an entity."""
    yield RDF + "type", named(REE + entity.cls)
    yield from labels(entity.en, entity.zh)
    for tag, name in entity.aliases:
        yield SKOS + "altLabel", ox.Literal(name, language=tag)
    if entity.country:
        yield REE + "ofJurisdiction", named(entity.country)
    if entity.broader:
        yield SKOS + "broader", named(entity.broader)
    for external in entity.external:
        yield SKOS + "exactMatch", named(external)
    yield from notes(entity.note_en, entity.note_zh)


def source_pairs(source: Source) -> Iterator[Pair]:
    """What is known of an article."""
    yield RDF + "type", named(REE + "Article")
    yield from labels(source.title_en, source.title_zh)
    for name in source.aliases:
        yield SKOS + "altLabel", tagged(name)
    yield DCTERMS + "title", ox.Literal(source.title_zh, language="zh-Hant")
    yield DCTERMS + "title", ox.Literal(source.title_en, language="en")
    yield DCTERMS + "publisher", ox.Literal(source.outlet_zh, language="zh-Hant")
    yield DCTERMS + "publisher", ox.Literal(source.outlet_en, language="en")
    yield DCTERMS + "language", ox.Literal("zh-Hant")
    for author in source.authors:
        yield DCTERMS + "creator", ox.Literal(author.name_zh, language="zh-Hant")
        yield DCTERMS + "creator", ox.Literal(author.name_en, language="en")
    yield DCTERMS + "issued", ox.Literal(source.published.edtf)
    if source.published.start:
        yield REE + "publishedFrom", day(source.published.start)
    if source.published.end:
        yield REE + "publishedUntil", day(source.published.end)
    yield from notes(source.published_reason_en, source.published_reason_zh)
    yield REE + "documentSha256", ox.Literal(source.sha256)


def claim_quads(claim: Claim, source: Source) -> Iterator[ox.Quad]:
    """A claim with its quantity, time and evidence nodes, in the graph of its source."""
    graph = f"claims/{source.slug}"
    yield from _quads(claim.id, _claim_pairs(claim), graph)
    if claim.figure is not None:
        yield from _quads(f"{claim.id}/quantity", quantity_pairs(claim.figure, claim.unit), graph)
    yield from _quads(f"{claim.id}/when", when_pairs(claim.when, claim.assumed), graph)
    yield from _quads(f"{claim.id}/evidence", _evidence_pairs(claim), graph)
    yield from _quads(f"{claim.id}/selector", _selector_pairs(claim, source), graph)


def _claim_pairs(claim: Claim) -> Iterator[Pair]:
    yield RDF + "type", named(REE + "Claim")
    if claim.is_remark:
        yield RDF + "type", named(REE + "Remark")
    else:
        yield REE + "property", named(REE + claim.property)
    yield REE + "subject", named(claim.subject)
    for local, id_ in (
        ("object", claim.object),
        ("stage", claim.stage),
        ("material", claim.material),
        ("saidBy", claim.said_by),
    ):
        if id_:
            yield REE + local, named(id_)
    if claim.figure is not None:
        yield REE + "quantity", named(f"{claim.id}/quantity")
    yield REE + "when", named(f"{claim.id}/when")
    yield REE + "evidence", named(f"{claim.id}/evidence")
    negative = claim.negative or (claim.figure is not None and claim.figure.is_none)
    yield REE + "polarity", named(REE + ("Negative" if negative else "Affirmative"))
    yield REE + "modality", named(REE + MODALITIES[claim.modality])
    yield REE + "rank", named(REE + claim.rank.capitalize())
    yield REE + "reading", named(REE + claim.reading.capitalize())
    yield PROV + "hadPrimarySource", named(claim.source)
    yield from labels(claim.en, claim.zh)
    yield from notes(claim.note_en, claim.note_zh)


def quantity_pairs(figure: Figure, unit: str) -> Iterator[Pair]:
    """A figure with its bounds as printed."""
    yield RDF + "type", named(REE + "Quantity")
    yield REE + "printed", ox.Literal(figure.printed)
    yield REE + "comparator", ox.Literal(figure.comparator)
    for local, number in (("value", figure.value), ("lower", figure.lower), ("upper", figure.upper)):
        if number is not None:
            yield REE + local, decimal(number)
    if figure.comparator == "word":
        yield REE + "word", named(f"word:{figure.printed}")
    if unit:
        yield REE + "unit", named(f"unit:{unit}")


def when_pairs(span: Span, assumed: bool) -> Iterator[Pair]:
    """A time as written and the days it covers; `assumed` where the source gives none."""
    yield RDF + "type", named(REE + "TimeSpan")
    yield REE + "edtf", ox.Literal(span.edtf)
    if span.start:
        yield REE + "from", day(span.start)
    if span.end:
        yield REE + "until", day(span.end)
    if assumed:
        yield REE + "assumed", ox.Literal(True)


def _evidence_pairs(claim: Claim) -> Iterator[Pair]:
    yield RDF + "type", named(OA + "SpecificResource")
    yield OA + "hasSource", named(claim.source)
    yield OA + "hasSelector", named(f"{claim.id}/selector")


def _selector_pairs(claim: Claim, source: Source) -> Iterator[Pair]:
    yield RDF + "type", named(OA + "TextPositionSelector")
    yield OA + "start", integer(claim.anchor.start)
    yield OA + "end", integer(claim.anchor.end)
    yield REE + "sha256", ox.Literal(claim.anchor.sha256)
    yield REE + "paragraph", integer(source.paragraph(claim.anchor.start))


def _reference_quads(corpus: Corpus) -> Iterator[ox.Quad]:
    """Reference entries: the direct triple, and a node that says which work it is from."""
    for fact in corpus.facts:
        datatype = corpus.vocabulary.reference_properties[fact.property]
        value = named(fact.value) if datatype == "thing" else ox.Literal(fact.value, datatype=named(datatype))
        node = f"reference:{sha256('|'.join((fact.subject, fact.property, fact.value, fact.work)))[:12]}"
        yield from _quads(fact.subject, [(REE + fact.property, value)], "reference")
        yield from _quads(node, _fact_pairs(fact, value, corpus), "reference")
    for correction in corpus.corrections:
        id_ = correction.claim.replace("claim:", "correction:", 1)
        pairs: list[Pair] = [
            (RDF + "type", named(REE + "Correction")),
            (REE + "corrects", named(correction.claim)),
            (REE + "certainty", ox.Literal(correction.certainty)),
            *labels(correction.en, correction.zh),
            *notes(correction.note_en, correction.note_zh),
        ]
        pairs += [(PROV + "hadPrimarySource", named(correction.work))] if correction.work else []
        yield from _quads(id_, pairs, "reference")
    for reading in corpus.readings:
        pairs = [
            (RDF + "type", named(REE + "CorrectedReading")),
            *((REE + "readingOf", named(claim)) for claim in reading.claims),
            (REE + "misprint", ox.Literal(reading.printed)),
            (REE + "readAs", ox.Literal(reading.right)),
            (REE + "certainty", ox.Literal(reading.certainty)),
            *labels(reading.en, reading.zh),
        ]
        yield from _quads(reading.claims[0].replace("claim:", "reading:", 1), pairs, "reference")
    for citation in corpus.bibliography:
        pairs = [
            (DCTERMS + "title", tagged(citation.title)),
            (DCTERMS + "publisher", tagged(citation.publisher)),
            (DCTERMS + "issued", ox.Literal(citation.year)),
            (DCTERMS + "identifier", ox.Literal(citation.url)),
        ]
        yield from _quads(citation.work, pairs, "reference")
        for claim in citation.claims:
            yield from _quads(claim, [(DCTERMS + "references", named(citation.work))], "reference")


def _fact_pairs(fact: Fact, value: Term, corpus: Corpus) -> Iterator[Pair]:
    yield RDF + "type", named(REE + "ReferenceEntry")
    yield from labels(*(" ".join(_fact_words(fact, corpus, lang)) for lang in ("en", "zh")))
    yield REE + "subject", named(fact.subject)
    yield REE + "property", named(REE + fact.property)
    yield REE + ("object" if isinstance(value, ox.NamedNode) else "literal"), value
    yield PROV + "hadPrimarySource", named(fact.work)
    yield from notes(fact.note_en, fact.note_zh)


def _fact_words(fact: Fact, corpus: Corpus, lang: str) -> Iterator[str]:
    """Subject, property, value and work of an entry, by name."""
    yield corpus.name(fact.subject, lang)
    yield corpus.name(fact.property, lang)
    yield corpus.name(fact.value, lang)
    yield f"[{corpus.name(fact.work, lang)}]"


def labels(en: str, zh: str) -> Iterator[Pair]:
    """The two labels that everything has."""
    yield RDFS + "label", ox.Literal(en, language="en")
    yield RDFS + "label", ox.Literal(zh, language="zh-Hant")


def notes(en: str, zh: str) -> Iterator[Pair]:
    """The curators' remark in both languages, where there is one."""
    if en:
        yield REE + "note", ox.Literal(en, language="en")
        yield REE + "note", ox.Literal(zh, language="zh-Hant")


def tagged(name: str) -> ox.Literal:
    """A name of which no language is said: Chinese where a character is not of ASCII."""
    return ox.Literal(name, language="en" if name.isascii() else "zh-Hant")


def named(id_or_iri: str) -> ox.NamedNode:
    """The node of a short id or an IRI."""
    return ox.NamedNode(iri(id_or_iri))


def decimal(number: Decimal) -> ox.Literal:
    """An xsd:decimal without exponent."""
    return ox.Literal(plain_number(number), datatype=named(XSD + "decimal"))


def integer(number: int) -> ox.Literal:
    """An xsd:integer."""
    return ox.Literal(str(number), datatype=named(XSD + "integer"))


def day(value: date) -> ox.Literal:
    """An xsd:date."""
    return ox.Literal(value.isoformat(), datatype=named(XSD + "date"))


def _quads(subject: str, pairs: Iterable[Pair], graph: str) -> Iterator[ox.Quad]:
    node, scope = named(subject), named(GRAPH + graph)
    for predicate, value in pairs:
        yield ox.Quad(node, named(predicate), value, scope)
