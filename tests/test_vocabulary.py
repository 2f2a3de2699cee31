"""The vocabulary: a tiny ontology read by hand, the real one's signatures, and files that cannot be read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from reegraph.curation.claims import MODALITIES
from reegraph.curation.figure import Bounds
from reegraph.curation.vocabulary import (
    FORBIDDEN,
    MODULES,
    OPTIONAL,
    REQUIRED,
    Property,
    Vocabulary,
    read_turtle,
    read_vocabulary,
    vocabulary,
)
from reegraph.errors import CurationError
from reegraph.terms import KINDS, REE

TINY = """
@prefix ree: <https://w3id.org/reegraph/ontology#> .
@prefix stage: <https://w3id.org/reegraph/id/stage/> .
@prefix unit: <https://w3id.org/reegraph/id/unit/> .
@prefix word: <https://w3id.org/reegraph/id/word/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ree:Entity a owl:Class .
ree:Place a owl:Class ; rdfs:subClassOf ree:Entity .
ree:Jurisdiction a owl:Class ; rdfs:subClassOf ree:Place , [ a owl:Restriction ] .
ree:Firm a owl:Class ; rdfs:subClassOf ree:Entity .

ree:share a owl:ObjectProperty ; ree:takesObject ree:Required ; ree:takesValue ree:Required ;
    ree:abstract true ; ree:takesUnit unit:percent .
ree:exportShare a owl:ObjectProperty ; rdfs:subPropertyOf ree:share ;
    rdfs:domain [ a owl:Class ; owl:unionOf ( ree:Place ree:Firm ) ] ; rdfs:range ree:Place ;
    ree:takesObject ree:Required ; ree:takesValue ree:Required ; ree:takesStage ree:Optional ;
    ree:takesMaterial ree:Required ; ree:takesUnit unit:percent ; ree:takesWord ree:Optional ;
    ree:family "world-share" ; ree:valuesAtATime 1 .
ree:happened a owl:DatatypeProperty ; rdfs:domain ree:Entity ; rdfs:range xsd:string ;
    ree:takesObject ree:Forbidden ; ree:timeValued true .
ree:advice a owl:DatatypeProperty ; ree:takesObject ree:Forbidden ; ree:textValued true .
ree:atomicNumber a owl:DatatypeProperty ; rdfs:range xsd:integer .
ree:near a owl:ObjectProperty ; rdfs:label "near"@en , "鄰近"@zh-Hant ; rdfs:comment "Not far."@en .

stage:mining a ree:Stage ; rdfs:label "mining"@en .
unit:percent a ree:Unit ; skos:notation "percent" .
word:most a ree:QuantityWord ; ree:lower 50.0 ; ree:comparator ">" .
word:rising a ree:QuantityWord .
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    """The vocabulary of TINY."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.ttl"
    path.write_text(TINY, encoding="utf-8")
    return vocabulary(read_turtle([path]))


def test_signatures(tiny: Vocabulary) -> None:
    """A property's signature is what its annotations say, a union is its members, Entity is any."""
    assert set(tiny.properties) == {"share", "exportShare", "happened", "advice"}
    assert tiny.properties["exportShare"] == Property(
        name="exportShare",
        domain=frozenset({"Place", "Firm"}),
        range=frozenset({"Place"}),
        object=REQUIRED,
        value=REQUIRED,
        stage=OPTIONAL,
        material=REQUIRED,
        units=frozenset({"percent"}),
        values_at_a_time=1,
        time_valued=False,
        text_valued=False,
        words=True,
        family="world-share",
    )
    happened = tiny.properties["happened"]
    assert (happened.domain, happened.range, happened.value) == (frozenset(), frozenset(), FORBIDDEN)
    assert happened.time_valued
    assert tiny.properties["advice"].text_valued
    assert tiny.properties["share"].abstract


def test_classes(tiny: Vocabulary) -> None:
    """A class is below itself and all its superclasses; class expressions are not among them."""
    assert tiny.parents["Jurisdiction"] == {"Jurisdiction", "Place", "Entity"}
    assert tiny.is_a("Jurisdiction", "Firm", "Place")
    assert not tiny.is_a("Place", "Jurisdiction")
    assert not tiny.is_a("Nowhere", "Place")


def test_fixed_lists(tiny: Vocabulary) -> None:
    """Stages, units, words with their bounds, and what reference entries may state."""
    assert tiny.units == {"percent"}
    assert tiny.words == {"most": Bounds(Decimal(50), None, ">"), "rising": Bounds()}
    assert tiny.individuals == {
        "stage:mining": "Stage",
        "unit:percent": "Unit",
        "word:most": "QuantityWord",
        "word:rising": "QuantityWord",
    }
    assert tiny.reference_properties["near"] == "thing"
    assert tiny.reference_properties["atomicNumber"] == "http://www.w3.org/2001/XMLSchema#integer"
    assert tiny.reference_properties["advice"] == "http://www.w3.org/2001/XMLSchema#string"


def test_labels(tiny: Vocabulary) -> None:
    """What the ontology names is known by property name or short id, in each language."""
    assert tiny.labels == {
        ("near", "en"): "near",
        ("near", "zh"): "鄰近",
        ("stage:mining", "en"): "mining",
    }


def test_a_reading_repeats(root: Path) -> None:
    """Two readings give the same quads in the same order, blank nodes included."""
    assert read_vocabulary(root / "ontology").quads == read_vocabulary(root / "ontology").quads


def test_turtle_that_does_not_parse(tmp_path: Path) -> None:
    """Every faulty or missing module is named with its line and the remedy, all at once."""
    for name in MODULES:
        (tmp_path / f"{name}.ttl").write_text("", encoding="utf-8")
    (tmp_path / "core.ttl").write_text(
        "@prefix ree: <urn:x#> .\nree:a ree:b ree:c .\nree:a ree:b .\n", encoding="utf-8"
    )
    (tmp_path / "policy.ttl").unlink()
    with pytest.raises(CurationError) as caught:
        read_vocabulary(tmp_path)
    core, policy = caught.value.problems
    assert core.where == f"{tmp_path.name}/core.ttl:3"
    assert core.what
    assert core.remedy == "Correct the Turtle."
    assert str(policy) == f"{tmp_path.name}/policy.ttl:1: the file is not there. Restore it or install again."


def test_uses_are_known(vocabulary: Vocabulary) -> None:
    """Every signature of the real ontology says required, optional or forbidden, and nothing else."""
    for signature in vocabulary.properties.values():
        uses = {signature.object, signature.value, signature.stage, signature.material}
        assert uses <= {REQUIRED, OPTIONAL, FORBIDDEN}, signature.name


def test_units_of_signatures_exist(vocabulary: Vocabulary) -> None:
    """A property measures in defined units, and one that takes a value has a unit or takes words."""
    for signature in vocabulary.properties.values():
        assert signature.units <= vocabulary.units, signature.name
        takes_value = signature.value != FORBIDDEN
        assert takes_value is bool(signature.units or signature.words), signature.name


def test_domains_and_ranges_exist(vocabulary: Vocabulary) -> None:
    """The classes of every signature are classes of the ontology."""
    for signature in vocabulary.properties.values():
        assert signature.domain | signature.range <= set(vocabulary.parents), signature.name


def test_kinds_are_classes(vocabulary: Vocabulary) -> None:
    """The class behind each kind of id is in the ontology."""
    assert set(KINDS.values()) <= set(vocabulary.parents)


def test_modalities_have_terms(vocabulary: Vocabulary) -> None:
    """Every modality that a row may give is written to the graph as a term of its own."""
    terms = {q.subject.value for q in vocabulary.quads if isinstance(q.subject, ox.NamedNode)}
    assert {REE + term for term in MODALITIES.values()} <= terms


@pytest.mark.parametrize("name", ["productionShare", "capacityShare", "importReliance", "recyclingRate"])
def test_shares_of_a_whole(vocabulary: Vocabulary, name: str) -> None:
    """What is a part of a whole is bounded by 0 and 100."""
    assert vocabulary.properties[name].is_share


@pytest.mark.parametrize("name", ["priceChange", "taxRate", "raisesCost", "affects", "outputComparedTo"])
def test_percentages_that_are_no_shares(vocabulary: Vocabulary, name: str) -> None:
    """A change, a tariff or a comparison in percent may lie over 100 or under 0."""
    assert not vocabulary.properties[name].is_share


@pytest.mark.parametrize("part", ["units", "words", "properties", "individuals"])
def test_the_real_vocabulary_has_everything(vocabulary: Vocabulary, part: str) -> None:
    """No list of the real vocabulary is empty."""
    assert getattr(vocabulary, part)
