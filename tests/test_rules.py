"""Each rule of queries/rules/ on a graph worked by hand: what it concludes, and what it must not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from closure.real import built
from closure.worked import Depends, Fact, Said, concluded, dependencies, triples, worked

from reegraph.errors import CurationError
from reegraph.folders import project_root
from reegraph.reason import DERIVED, Rule, read_rules, reason, rule_quads
from reegraph.store import EmbeddedStore
from reegraph.terms import GRAPH

FOLDER = project_root() / "queries" / "rules"
RULES = {rule.name: rule for rule in read_rules(FOLDER)}
DY = {"stage": "stage:separation", "material": "element:Dy"}

IMPORT = Said("a", "country:JP importsFrom country:CN", "58", **DY)
RELIANCE = Said("a", "country:US importReliance", ">95", material="element:Y")
SHIPS = Said("a", "facility:mountain-pass shipsForProcessing country:CN", **DY)
STATED = Said("a", "product:jet dependsOn country:CN", **DY)
SUPPLIED = Said("a", "country:JP suppliedFrom firm:lynas", "30", **DY)
SUPPLIES = Said("a", "firm:lynas supplies country:JP", **DY)
SHARE = Said("a", "country:CN productionShare region:world", "92", **DY)
ALL = replace(SHARE, figure="100")

PLANT = Depends("d", "facility:kuantan on country:CN", share="70", **DY)
OPERATES = Said("a", "firm:lynas operates facility:kuantan")
WORLD = Depends("d", "region:world on country:CN", share="92", basis="Structural", **DY)
CONTAINS = Said("a", "product:motor contains element:Dy")
PRODUCT = "product:motor a ree:Product .\n"
MOTOR = Depends("d", "product:motor on country:CN", strength="92", basis="Structural", **DY)
MAKES = Said("a", "firm:proterial makes product:motor")
NEEDS = Said("a", "sector:us-defence requiresGood product:motor")
SECTOR = "sector:us-defence a ree:Sector ; ree:ofJurisdiction country:US .\n"
DEFENCE = Depends("d", "sector:us-defence on country:CN", strength="92", basis="Structural", **DY)
CANNOT = Said("a", "country:US not-processes element:Dy", stage="stage:separation")
PLACE = "country:US a ree:Place .\n"
FIRST = Depends("c", "country:JP on facility:kuantan", share="90", **DY)

GROUP = Depends(
    "d", "region:world on country:CN", stage="stage:separation", material="group:heavy-ree", share="100"
)
SCHEME = "element:Dy ree:countedHeavyBy scheme:usgs . scheme:usgs a ree:DefaultScheme .\n"

DOES = Said("a", "facility:silmet processes element:Dy", stage="stage:separation", when="2023")
SILMET = "facility:silmet a ree:Facility ; ree:ofJurisdiction country:EE .\n"
OUTPUT = Said("a", "facility:silmet production", "279", "t", when="2023", **DY)
MINES = replace(DOES, stage="stage:mining")
UPSTREAM = "stage:mining skos:broader stage:upstream .\n"
IMPORTER = Depends("d", "country:JP on country:CN", share="70", **DY)

BANS = Said("a", "policy:ban bansExportOf technology:separating", when="2023-12")
STARTS = Said("b", "policy:ban effective", when="2023-12-21")
TECHNOLOGY = "technology:separating a ree:Technology ; ree:technologyOf stage:separation .\n"
BAN = "policy:ban ree:ofJurisdiction country:CN .\n"
SUSPENDS = Said("c", "policy:truce suspends policy:ban", when="2024/2025")

LABELLED = """
country:JP rdfs:label "Japan"@en , "日本"@zh-Hant .
country:CN rdfs:label "China"@en , "中國"@zh-Hant .
element:Dy rdfs:label "dysprosium"@en , "鏑"@zh-Hant .
stage:separation rdfs:label "separation"@en , "分離"@zh-Hant .
"""


@dataclass(frozen=True)
class Case:
    """One graph and what one rule concludes from it; `why` names what the graph tries."""

    rule: str
    why: str
    facts: Sequence[Fact]
    gives: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.rule}: {self.why}"


def case(rule: str, why: str, facts: Sequence[Fact], *gives: str) -> Case:
    """A case; with no conclusion given, the rule must conclude nothing."""
    return Case(rule, why, facts, frozenset(gives))


def of_claims(rule: str, claim: Said, head: str, tail: str) -> Iterator[Case]:
    """What every rule that reads one claim keeps to."""
    kind, stated = tail.split(", ")
    yield case(rule, "a claim", [claim], f"{head}, 2024, {kind}, {stated}")
    forecast = f"{head}, 2024, {kind}, forecast"
    yield case(rule, "a forecast stays one", [replace(claim, modality="Forecast")], forecast)
    reported = replace(claim, id="b", modality="Reported")
    yield case(rule, "what is reported counts as said", [reported], f"{head}, 2024, {kind}, {stated}")
    assumed = f"{head}, 2024, assumed, {kind}, stated"
    yield case(rule, "an assumed year stays marked", [replace(claim, assumed=True)], assumed)
    yield case(rule, "deprecated", [replace(claim, rank="Deprecated")])
    yield case(rule, "a plan", [replace(claim, modality="Plan")])
    yield case(rule, "a hypothesis", [replace(claim, modality="Hypothetical")])
    yield case(rule, "a judgement", [replace(claim, modality="Judgement")])
    subject, property_, *rest = claim.says.split()
    denied = " ".join([subject, f"not-{property_}", *rest])
    yield case(rule, "negative polarity", [replace(claim, says=denied)])
    yield case(rule, "another property", [replace(claim, says=claim.says.replace(property_, "resembles"))])
    yield case(rule, "a figure that is no share", [replace(claim, figure=claim.figure or "300", unit="t")])


JP = "country:JP on country:CN, stage:separation, element:Dy"
LYNAS = "firm:lynas on country:CN, stage:separation, element:Dy"
SEPARATION = ", stage:separation, element:Dy"
YEAR = "2024"


def _held(claim: str, until: str) -> str:
    return f'claim:{claim} ree:heldUntil "{until}"^^xsd:date .\n'


CASES = [
    *of_claims("import-share", IMPORT, f"{JP}, 58, strength 58", "derived, stated"),
    case("import-share", "no figure", [replace(IMPORT, figure="")], f"{JP}, 2024, derived, stated"),
    case("import-share", "a bound", [replace(IMPORT, figure="<60")], f"{JP}, <60, 2024, derived, stated"),
    case(
        "import-share",
        "a word",
        [replace(IMPORT, figure="most")],
        f"{JP}, most, strength 50, 2024, derived, stated",
    ),
    case("import-share", "a technology is no supply", [IMPORT, "element:Dy a ree:Technology .\n"]),
    case(
        "import-share",
        "from anywhere is import-reliance",
        [replace(IMPORT, says="country:JP importsFrom region:abroad")],
    ),
    *of_claims(
        "import-reliance",
        RELIANCE,
        "country:US on region:abroad, element:Y, >95, strength 95",
        "derived, stated",
    ),
    *of_claims(
        "feed-shipped-abroad", SHIPS, f"facility:mountain-pass on country:CN{SEPARATION}", "derived, stated"
    ),
    *of_claims("stated-dependence", STATED, f"product:jet on country:CN{SEPARATION}", "stated, stated"),
    *of_claims(
        "supplied-from", SUPPLIED, f"country:JP on firm:lynas{SEPARATION}, 30, strength 30", "derived, stated"
    ),
    case("supplied-from", "a technology is no supply", [SUPPLIED, "element:Dy a ree:Technology .\n"]),
    *of_claims("supplies", SUPPLIES, f"country:JP on firm:lynas{SEPARATION}", "derived, stated"),
    case(
        "supplies", "the world is no customer", [replace(SUPPLIES, says="firm:lynas supplies region:world")]
    ),
    *of_claims(
        "structural-share",
        SHARE,
        f"region:world on country:CN{SEPARATION}, 92, strength 92",
        "structural, stated",
    ),
    case("structural-share", "half", [replace(SHARE, figure="50")]),
    case("structural-share", "at least half", [replace(SHARE, figure=">=50")]),
    case("structural-share", "all is more than structural", [ALL]),
    case(
        "structural-share",
        "more than half",
        [replace(SHARE, figure=">50")],
        f"region:world on country:CN{SEPARATION}, >50, strength 50, 2024, structural, stated",
    ),
    case(
        "structural-share",
        "a world share bounds no single importer",
        [SHARE, replace(IMPORT, id="b", figure="")],
        f"region:world on country:CN{SEPARATION}, 92, strength 92, 2024, structural, stated",
    ),
    *of_claims(
        "no-capacity-elsewhere",
        ALL,
        f"region:world on country:CN{SEPARATION}, 100, strength 100",
        "derived, stated",
    ),
    case("no-capacity-elsewhere", "99 %", [replace(ALL, figure="99")]),
    case("no-capacity-elsewhere", "about all", [replace(ALL, figure="~100")]),
    # Group to member: all and none pass, anything between does not.
    case(
        "group-to-member",
        "all",
        [GROUP, SCHEME],
        "region:world on country:CN, stage:separation, element:Dy, 100, strength 100, 2024, derived, stated",
    ),
    case(
        "group-to-member",
        "none",
        [replace(GROUP, share="0", strength="0"), SCHEME],
        "region:world on country:CN, stage:separation, element:Dy, 0, strength 0, 2024, derived, stated",
    ),
    case("group-to-member", "80 %", [replace(GROUP, share="80"), SCHEME]),
    case("group-to-member", "99.9 %", [replace(GROUP, share="99.9"), SCHEME]),
    case("group-to-member", "more than 80 %", [replace(GROUP, share=">80"), SCHEME]),
    case("group-to-member", "no figure", [replace(GROUP, share=""), SCHEME]),
    case("group-to-member", "an element of no scheme", [GROUP, "element:Dy a ree:RareEarthElement .\n"]),
    case("group-to-member", "a light element", [GROUP, "element:La ree:countedLightBy scheme:usgs .\n"]),
    case("group-to-member", "another group", [replace(GROUP, material="group:rare-earths"), SCHEME]),
    # Rules of two premises; the table of times below holds for all of them.
    case(
        "firm-through-facility",
        "a plant",
        [OPERATES, PLANT],
        f"{LYNAS}, strength 70, {YEAR}, derived, stated",
    ),
    case(
        "firm-through-facility",
        "another plant",
        [replace(OPERATES, says="firm:lynas operates facility:lamp"), PLANT],
    ),
    case(
        "firm-through-facility",
        "being in China is not enough",
        [OPERATES, "facility:kuantan ree:ofJurisdiction country:CN .\n"],
    ),
    case(
        "product-through-material",
        "the good that the world depends on",
        [CONTAINS, PRODUCT, WORLD],
        f"product:motor on country:CN{SEPARATION}, strength 92, {YEAR}, structural, stated",
    ),
    case(
        "product-through-material",
        "another element",
        [replace(CONTAINS, says="product:motor contains element:Nd"), PRODUCT, WORLD],
    ),
    case(
        "product-through-material",
        "its group",
        [replace(CONTAINS, says="product:motor contains group:heavy-ree"), PRODUCT, WORLD],
    ),
    case("product-through-material", "no product", [CONTAINS, WORLD]),
    case(
        "product-through-material",
        "the premise of one importer",
        [CONTAINS, PRODUCT, replace(WORLD, says="country:JP on country:CN")],
    ),
    case(
        "maker-through-product",
        "a maker",
        [MAKES, MOTOR],
        f"firm:proterial on country:CN{SEPARATION}, strength 92, {YEAR}, structural, stated",
    ),
    case(
        "maker-through-product",
        "another product",
        [replace(MAKES, says="firm:proterial makes product:magnet"), MOTOR],
    ),
    case(
        "sector-through-product",
        "an industry",
        [NEEDS, SECTOR, MOTOR],
        f"sector:us-defence on country:CN{SEPARATION}, strength 92, {YEAR}, structural, stated",
    ),
    case(
        "sector-through-product",
        "another product",
        [replace(NEEDS, says="sector:us-defence requiresGood product:jet"), SECTOR, MOTOR],
    ),
    case("sector-through-product", "no industry", [NEEDS, MOTOR]),
    case(
        "no-home-capacity",
        "a place that cannot",
        [CANNOT, PLACE, WORLD],
        f"country:US on country:CN{SEPARATION}, strength 92, {YEAR}, structural, stated",
    ),
    case(
        "no-home-capacity",
        "a place that can",
        [replace(CANNOT, says="country:US processes element:Dy"), PLACE, WORLD],
    ),
    case(
        "no-home-capacity",
        "another element",
        [replace(CANNOT, says="country:US not-processes element:Nd"), PLACE, WORLD],
    ),
    case("no-home-capacity", "another stage", [replace(CANNOT, stage="stage:mining"), PLACE, WORLD]),
    case("no-home-capacity", "no stage", [replace(CANNOT, stage=""), PLACE, WORLD]),
    case("no-home-capacity", "a firm is no place", [CANNOT, WORLD]),
    case(
        "no-home-capacity",
        "the holder itself",
        [replace(CANNOT, says="country:CN not-processes element:Dy"), "country:CN a ree:Place .\n", WORLD],
    ),
    case(
        "indirect",
        "a middle term, the weaker link counts",
        [FIRST, PLANT],
        f"{JP}, strength 70, {YEAR}, derived, stated",
    ),
    case("indirect", "another element", [FIRST, replace(PLANT, material="element:Nd")]),
    case("indirect", "another stage", [FIRST, replace(PLANT, stage="stage:mining")]),
    case(
        "indirect",
        "the stage of the second link, where the first says none",
        [replace(FIRST, stage=""), PLANT],
        f"{JP}, strength 70, {YEAR}, derived, stated",
    ),
    case("indirect", "the second link says no stage", [FIRST, replace(PLANT, stage="")]),
    case(
        "indirect",
        "neither link says a stage",
        [replace(FIRST, stage=""), replace(PLANT, stage="")],
        f"country:JP on country:CN, element:Dy, strength 70, {YEAR}, derived, stated",
    ),
    case("indirect", "a structural first link", [replace(FIRST, basis="Structural"), PLANT]),
    case("indirect", "a structural second link", [FIRST, replace(PLANT, basis="Structural")]),
    case("indirect", "back to itself", [FIRST, replace(PLANT, says="facility:kuantan on country:JP")]),
    case("indirect", "no good is said", [replace(FIRST, material=""), replace(PLANT, material="")]),
    case("indirect", "a link known to be nil", [replace(FIRST, share="0"), PLANT]),
    case(
        "indirect",
        "a forecast makes a forecast",
        [FIRST, replace(PLANT, modality="Forecast")],
        f"{JP}, strength 70, {YEAR}, derived, forecast",
    ),
    case(
        "indirect",
        "no strength unless both links have one",
        [replace(FIRST, share=""), PLANT],
        f"{JP}, {YEAR}, derived, stated",
    ),
    case(
        "country-through-industry",
        "an industry of the country",
        [DEFENCE, SECTOR],
        f"country:US on country:CN{SEPARATION}, strength 92, 2024, structural, stated",
    ),
    case(
        "country-through-industry",
        "an industry of no country",
        [DEFENCE, "sector:us-defence a ree:Sector .\n"],
    ),
    case(
        "country-through-industry",
        "a firm of the country",
        [DEFENCE, "sector:us-defence ree:ofJurisdiction country:US .\n"],
    ),
    case(
        "country-through-industry",
        "the country itself",
        [replace(DEFENCE, says="sector:us-defence on country:US"), SECTOR],
    ),
    # What rules add to a dependency that is there.
    case(
        "alternative",
        "a plant elsewhere",
        [DOES, SILMET, IMPORTER],
        "dependency:d ree:alternative facility:silmet",
    ),
    case(
        "alternative",
        "planned",
        [replace(DOES, modality="Plan"), SILMET, IMPORTER],
        "dependency:d ree:alternative facility:silmet",
    ),
    case(
        "alternative",
        "a plant for the group serves the member that the scheme counts",
        [replace(DOES, says="facility:silmet processes group:heavy-ree"), SILMET, SCHEME, IMPORTER],
        "dependency:d ree:alternative facility:silmet",
    ),
    case(
        "alternative",
        "a narrower stage",
        [replace(DOES, stage="stage:x"), SILMET, "stage:x skos:broader stage:separation .\n", IMPORTER],
        "dependency:d ree:alternative facility:silmet",
    ),
    case("alternative", "a plant in the country depended on", [DOES, SILMET.replace("EE", "CN"), IMPORTER]),
    case(
        "alternative",
        "a plant abroad, where abroad is depended on",
        [DOES, SILMET, replace(IMPORTER, says="country:JP on region:abroad")],
    ),
    case(
        "alternative",
        "the dependent itself",
        [DOES, SILMET, replace(IMPORTER, says="facility:silmet on country:CN")],
    ),
    case(
        "alternative",
        "the very plant depended on",
        [DOES, SILMET, replace(IMPORTER, says="country:JP on facility:silmet")],
    ),
    case(
        "alternative",
        "a plant of the firm depended on",
        [
            DOES,
            SILMET,
            "firm:neo ree:operates facility:silmet .\n",
            replace(IMPORTER, says="country:JP on firm:neo"),
        ],
    ),
    case(
        "alternative",
        "a plant abroad that is run from the country depended on",
        [DOES, SILMET, "facility:silmet ree:controlledFrom country:CN .\n", IMPORTER],
    ),
    case(
        "alternative",
        "what it puts out",
        [OUTPUT, SILMET, IMPORTER],
        "dependency:d ree:alternative facility:silmet",
    ),
    case("alternative", "almost no output", [replace(OUTPUT, figure="almost-none"), SILMET, IMPORTER]),
    case("alternative", "what it did ten years before", [replace(DOES, when="2014"), SILMET, IMPORTER]),
    case(
        "alternative",
        "what it does in no year that the source says",
        [replace(DOES, when="2014", assumed=True), SILMET, IMPORTER],
        "dependency:d ree:alternative facility:silmet",
    ),
    case(
        "alternative",
        "a mine, for what is mined",
        [MINES, SILMET, UPSTREAM, replace(IMPORTER, stage="stage:mining")],
        "dependency:d ree:alternative facility:silmet",
    ),
    case(
        "alternative",
        "a mine, where the stage of the supply is not said",
        [MINES, SILMET, UPSTREAM, replace(IMPORTER, stage="")],
    ),
    case(
        "alternative",
        "a plant of no stage, for one",
        [replace(DOES, stage=""), SILMET, "stage:x skos:broader stage:separation .\n", IMPORTER],
    ),
    case(
        "alternative",
        "a plan that stood no longer when the period ended",
        [replace(DOES, modality="Plan"), SILMET, IMPORTER, _held("a", "2024-08-27")],
    ),
    case(
        "alternative",
        "a plan that still stood",
        [replace(DOES, modality="Plan"), SILMET, IMPORTER, _held("a", "2025-08-27")],
        "dependency:d ree:alternative facility:silmet",
    ),
    case(
        "alternative",
        "another element",
        [replace(DOES, says="facility:silmet processes element:Nd"), SILMET, IMPORTER],
    ),
    case("alternative", "another stage", [replace(DOES, stage="stage:mining"), SILMET, IMPORTER]),
    case("alternative", "it came later", [replace(DOES, when="2025"), SILMET, IMPORTER]),
    case("alternative", "deprecated", [replace(DOES, rank="Deprecated"), SILMET, IMPORTER]),
    case(
        "alternative",
        "denied",
        [replace(DOES, says="facility:silmet not-processes element:Dy"), SILMET, IMPORTER],
    ),
    case("alternative", "only supposed", [replace(DOES, modality="Hypothetical"), SILMET, IMPORTER]),
    case(
        "technology-ban",
        "it hardens",
        [BANS, STARTS, TECHNOLOGY, BAN, IMPORTER],
        "dependency:d ree:hardenedBy policy:ban",
    ),
    case(
        "technology-ban",
        "its start unknown",
        [BANS, TECHNOLOGY, BAN, IMPORTER],
        "dependency:d ree:hardenedBy policy:ban",
    ),
    case("technology-ban", "it makes none", [BANS, STARTS, TECHNOLOGY, BAN]),
    case(
        "technology-ban",
        "another stage",
        [BANS, STARTS, TECHNOLOGY, BAN, replace(IMPORTER, stage="stage:mining")],
    ),
    case(
        "technology-ban", "another place's ban", [BANS, STARTS, TECHNOLOGY, BAN.replace("CN", "MY"), IMPORTER]
    ),
    case("technology-ban", "it came later", [BANS, replace(STARTS, when="2025"), TECHNOLOGY, BAN, IMPORTER]),
    case(
        "technology-ban", "deprecated", [replace(BANS, rank="Deprecated"), STARTS, TECHNOLOGY, BAN, IMPORTER]
    ),
    case(
        "technology-ban",
        "denied",
        [
            replace(BANS, says="policy:ban not-bansExportOf technology:separating"),
            STARTS,
            TECHNOLOGY,
            BAN,
            IMPORTER,
        ],
    ),
    case(
        "technology-ban",
        "only supposed",
        [replace(BANS, modality="Hypothetical"), STARTS, TECHNOLOGY, BAN, IMPORTER],
    ),
    case("technology-ban", "suspended throughout", [BANS, STARTS, TECHNOLOGY, BAN, IMPORTER, SUSPENDS]),
    case(
        "technology-ban",
        "suspended at another time",
        [BANS, STARTS, TECHNOLOGY, BAN, IMPORTER, replace(SUSPENDS, when="2025")],
        "dependency:d ree:hardenedBy policy:ban",
    ),
    case(
        "technology-ban",
        "a suspension that is wrong in its source",
        [BANS, STARTS, TECHNOLOGY, BAN, IMPORTER, replace(SUSPENDS, rank="Deprecated")],
        "dependency:d ree:hardenedBy policy:ban",
    ),
    case("projection", "derived", [IMPORTER], "country:JP ree:dependsOn country:CN"),
    case("projection", "stated", [replace(IMPORTER, basis="Stated")], "country:JP ree:dependsOn country:CN"),
    case("projection", "structural", [replace(IMPORTER, basis="Structural")]),
    case("projection", "forecast", [replace(IMPORTER, modality="Forecast")]),
    case("projection", "known to be nil", [replace(IMPORTER, share="0")]),
    case(
        "dependency-label",
        "both languages",
        [LABELLED, IMPORTER],
        'dependency:d rdfs:label "Japan depends on China, dysprosium, separation, 70% (2024)"@en',
        'dependency:d rdfs:label "日本依賴中國，鏑，分離，70%（2024）"@zh-hant',
    ),
    case(
        "dependency-label",
        "an assumed year",
        [LABELLED, replace(IMPORTER, assumed=True)],
        'dependency:d rdfs:label "Japan depends on China, dysprosium, separation, 70% (2024?)"@en',
        'dependency:d rdfs:label "日本依賴中國，鏑，分離，70%（2024?）"@zh-hant',
    ),
    case(
        "dependency-label",
        "one who is exposed does not depend; its strength stands where no share is printed",
        [LABELLED, replace(IMPORTER, basis="Structural", share="", strength="63")],
        'dependency:d rdfs:label "Japan is exposed to China, dysprosium, separation, strength 63% (2024)"@en',
        'dependency:d rdfs:label "日本暴露於中國，鏑，分離，強度63%（2024）"@zh-hant',
    ),
    case(
        "dependency-label",
        "a forecast",
        [LABELLED, replace(IMPORTER, modality="Forecast", material="")],
        'dependency:d rdfs:label "Japan is forecast to depend on China, separation, 70% (2024)"@en',
        'dependency:d rdfs:label "日本預測將依賴中國，分離，70%（2024）"@zh-hant',
    ),
    case(
        "dependency-label",
        "a forecast of exposure",
        [LABELLED, replace(IMPORTER, basis="Structural", modality="Forecast", material="")],
        'dependency:d rdfs:label "Japan is forecast to be exposed to China, separation, 70% (2024)"@en',
        'dependency:d rdfs:label "日本預測將暴露於中國，分離，70%（2024）"@zh-hant',
    ),
    case("dependency-label", "no labels", [IMPORTER]),
    case(
        "measured-as",
        "a share of imports, passed on to a member too",
        [
            IMPORT,
            IMPORTER,
            "support:d prov:wasDerivedFrom claim:a .\n",
            Depends("m", "country:JP on country:CN", share="70"),
            "support:m prov:wasDerivedFrom dependency:d .\n",
        ],
        "dependency:d ree:measuredAs ree:importsFrom",
        "dependency:m ree:measuredAs ree:importsFrom",
    ),
    case(
        "measured-as",
        "no share",
        [IMPORT, replace(IMPORTER, share=""), "support:d prov:wasDerivedFrom claim:a .\n"],
    ),
    # OWL.
    case(
        "owl-chain",
        "two links",
        ["ree:c owl:propertyChainAxiom ( ree:a ree:b ) . firm:x ree:a firm:y . firm:y ree:b firm:z .\n"],
        "firm:x ree:c firm:z",
    ),
    case(
        "owl-chain",
        "the links reversed",
        ["ree:c owl:propertyChainAxiom ( ree:a ree:b ) . firm:x ree:b firm:y . firm:y ree:a firm:z .\n"],
    ),
    case(
        "owl-inverse",
        "one way",
        ["ree:a owl:inverseOf ree:b . firm:x ree:a firm:y .\n"],
        "firm:y ree:b firm:x",
    ),
    case(
        "owl-inverse",
        "the other way",
        ["ree:a owl:inverseOf ree:b . firm:x ree:b firm:y .\n"],
        "firm:y ree:a firm:x",
    ),
    case("owl-inverse", "another property", ["ree:a owl:inverseOf ree:b . firm:x ree:c firm:y .\n"]),
    case("owl-inverse", "a literal has no inverse", ['ree:a owl:inverseOf ree:b . firm:x ree:a "y" .\n']),
    case(
        "owl-subclass",
        "two steps",
        ["ree:A rdfs:subClassOf ree:B . ree:B rdfs:subClassOf ree:C .", " firm:x a ree:A .\n"],
        "firm:x rdf:type ree:B",
        "firm:x rdf:type ree:C",
    ),
    case("owl-subclass", "not downwards", ["ree:A rdfs:subClassOf ree:B . firm:x a ree:B .\n"]),
    case(
        "owl-subproperty",
        "upwards",
        ["ree:a rdfs:subPropertyOf ree:b . firm:x ree:a firm:y .\n"],
        "firm:x ree:b firm:y",
    ),
    case("owl-subproperty", "not downwards", ["ree:a rdfs:subPropertyOf ree:b . firm:x ree:b firm:y .\n"]),
    case(
        "owl-symmetric",
        "both ways",
        ["ree:a a owl:SymmetricProperty . firm:x ree:a firm:y .\n"],
        "firm:y ree:a firm:x",
    ),
    case("owl-symmetric", "a plain property", ["ree:a a owl:ObjectProperty . firm:x ree:a firm:y .\n"]),
    case(
        "owl-transitive",
        "three links",
        [
            "ree:a a owl:TransitiveProperty . firm:x ree:a firm:y .",
            " firm:y ree:a firm:z . firm:z ree:a firm:w .\n",
        ],
        "firm:x ree:a firm:z",
        "firm:y ree:a firm:w",
        "firm:x ree:a firm:w",
    ),
    case(
        "owl-transitive",
        "no middle term",
        ["ree:a a owl:TransitiveProperty . firm:x ree:a firm:y . firm:w ree:a firm:z .\n"],
    ),
    case(
        "owl-transitive",
        "not back to itself",
        ["ree:a a owl:TransitiveProperty . firm:x ree:a firm:y . firm:y ree:a firm:x .\n"],
    ),
]

MORE = {
    "owl-subclass": (
        "a class without a name",
        "ree:A rdfs:subClassOf [ a owl:Restriction ] . firm:x a ree:A .\n",
    ),
    "owl-subproperty": (
        "of another vocabulary",
        "skos:exactMatch rdfs:subPropertyOf ree:a . firm:x skos:exactMatch firm:y .\n",
    ),
    "owl-symmetric": (
        "of another vocabulary",
        "skos:related a owl:SymmetricProperty . firm:x skos:related firm:y .\n",
    ),
    "owl-transitive": (
        "of another vocabulary",
        "skos:broader a owl:TransitiveProperty . firm:x skos:broader firm:y . firm:y skos:broader firm:z .\n",
    ),
}
CASES += [case(rule, why, [turtle]) for rule, (why, turtle) in MORE.items()]
BANNED: list[Fact] = [BANS, STARTS, TECHNOLOGY, BAN, IMPORTER]
HARDENED = "dependency:d ree:hardenedBy policy:ban"
CASES += [
    case(
        "feed-shipped-abroad",
        "whoever is abroad",
        [replace(SHIPS, says="region:abroad shipsForProcessing country:CN")],
    ),
    case(
        "product-through-material",
        "a good that it only resembles",
        [replace(CONTAINS, says="product:motor resembles element:Dy"), PRODUCT, WORLD],
    ),
    case(
        "no-home-capacity",
        "another denial",
        [replace(CANNOT, says="country:US not-contains element:Dy"), PLACE, WORLD],
    ),
    case(
        "no-home-capacity",
        "a denial of another good",
        [replace(CANNOT, says="country:US not-possesses concept:plant", material="element:Nd"), PLACE, WORLD],
    ),
    case(
        "no-home-capacity",
        "a place without a plant",
        [replace(CANNOT, says="country:US not-possesses concept:plant", material="element:Dy"), PLACE, WORLD],
        f"country:US on country:CN{SEPARATION}, strength 92, {YEAR}, structural, stated",
    ),
    case("technology-ban", "suspended without end", [*BANNED, replace(SUSPENDS, when="2024/")]),
    case(
        "technology-ban",
        "suspended for a part",
        [*BANNED, replace(SUSPENDS, when="2024-01/2024-06")],
        HARDENED,
    ),
    case(
        "technology-ban",
        "not suspended",
        [*BANNED, replace(SUSPENDS, says="policy:truce not-suspends policy:ban")],
        HARDENED,
    ),
    case(
        "technology-ban", "a suspension only planned", [*BANNED, replace(SUSPENDS, modality="Plan")], HARDENED
    ),
    case(
        "technology-ban",
        "another ban suspended",
        [*BANNED, replace(SUSPENDS, says="policy:truce suspends policy:other")],
        HARDENED,
    ),
]

DEFINED = """ree:Heavy owl:equivalentClass [ owl:intersectionOf ( ree:Element
    [ a owl:Restriction ; owl:onProperty ree:counted ; owl:someValuesFrom ree:Chosen ] ) ] .
scheme:a a ree:Chosen . scheme:b a ree:Other .
"""
VALUE = """ree:FromChina owl:equivalentClass
    [ a owl:Restriction ; owl:onProperty ree:dep ; owl:hasValue country:CN ] .
"""
CASES += [
    case(
        "owl-defined-some",
        "class and relation",
        [DEFINED, "element:Dy a ree:Element ; ree:counted scheme:a .\n"],
        "element:Dy rdf:type ree:Heavy",
    ),
    case(
        "owl-defined-some",
        "of another scheme",
        [DEFINED, "element:Dy a ree:Element ; ree:counted scheme:b .\n"],
    ),
    case(
        "owl-defined-some", "of another class", [DEFINED, "element:Dy a ree:Group ; ree:counted scheme:a .\n"]
    ),
    case(
        "owl-defined-value",
        "that value",
        [VALUE, "country:JP ree:dep country:CN .\n"],
        "country:JP rdf:type ree:FromChina",
    ),
    case("owl-defined-value", "another value", [VALUE, "country:JP ree:dep country:AU .\n"]),
]

# The claim that links, and the premise that it meets, of each rule of two premises.
JOINS: dict[str, tuple[Said | Depends, Depends, str]] = {
    "firm-through-facility": (OPERATES, PLANT, ""),
    "indirect": (FIRST, PLANT, ""),
    "maker-through-product": (MAKES, MOTOR, ""),
    "no-home-capacity": (CANNOT, WORLD, PLACE),
    "product-through-material": (CONTAINS, WORLD, PRODUCT),
    "sector-through-product": (NEEDS, MOTOR, SECTOR),
}
# Time of the link, time of the premise, the period concluded and the years carried; no period, no conclusion.
TIMES = [
    ("2024", "2024", "2024", ""),
    ("2024", "2023/2025", "2024", ""),
    ("2022/2024", "2023/2025", "2023/2024", ""),
    ("2022/", "/2024", "2022/2024", ""),
    ("/2024", "2022/", "2022/2024", ""),
    ("2024", "2023", "2024", "1"),
    ("2023", "2024", "2024", "1"),
    ("2024", "2021", "2024", "3"),
    ("2021", "2024", "2024", "3"),
    ("2024", "/2021", "2024", "3"),
    ("2024", "2020", "", ""),
    ("2020", "2024", "", ""),
    ("2024/", "/2020", "", ""),
    # Within one year but apart: carried forward by part of a year, never a period that ends before it begins.
    ("2024-10", "2024-03", "2024-10-01/2024-10-31", "1"),
    ("2024-03", "2024-10", "2024-10-01/2024-10-31", "1"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_concludes_just_this(case: Case) -> None:
    """A rule concludes what the table says of a graph, and nothing else."""
    assert concluded(case.facts, [RULES[case.rule]]) == case.gives


@pytest.mark.parametrize("trend", ["rising", "falling"])
@pytest.mark.parametrize("claim", [IMPORT, RELIANCE, SHIPS, SUPPLIED, SUPPLIES], ids=str)
def test_a_trend_that_is_forecast_is_no_dependence(claim: Said, trend: str) -> None:
    """That imports will rise says nothing of what hangs on them; that they do rise says there are some."""
    rules = [r for r in RULES.values() if r.stratum == "claims"]
    assert not concluded([replace(claim, figure=trend, modality="Forecast")], rules)
    (line,) = concluded([replace(claim, figure=trend)], rules)
    assert f", {trend}, " in line


@pytest.mark.parametrize(
    ("change", "conclusions"),
    [
        ({"modality": "Reported"}, 1),
        ({"modality": "Forecast"}, 2),
        ({"assumed": True}, 2),
        ({"when": "2023"}, 2),
    ],
)
@pytest.mark.parametrize("claim", [IMPORT, RELIANCE, SHIPS, STATED, SUPPLIED, SUPPLIES, SHARE, ALL], ids=str)
def test_one_conclusion_has_one_node(claim: Said, change: dict[str, Any], conclusions: int) -> None:
    """Claims that differ only in being stated or reported support one conclusion."""
    store = worked([claim, replace(claim, id="b", **change)])
    reason(store, list(RULES.values()))
    found = store.select("SELECT DISTINCT ?d WHERE { ?d a ree:Dependency ; ree:support ?s }").texts()
    assert len({row["d"] for row in found}) == conclusions
    supports = store.select("SELECT DISTINCT ?s WHERE { ?d a ree:Dependency ; ree:support ?s }").texts()
    assert len({row["s"] for row in supports}) == 2


@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_rule_is_tried_both_ways(rule: str) -> None:
    """Every file of queries/rules/ has a graph from which it concludes, and one from which it must not."""
    tried = [bool(c.gives) for c in CASES if c.rule == rule]
    assert {True, False} <= set(tried), f"add cases of {rule} to CASES"


@pytest.mark.parametrize("rule", JOINS)
@pytest.mark.parametrize(("link", "premise", "period", "carried"), TIMES)
def test_premises_meet_in_time(rule: str, link: str, premise: str, period: str, carried: str) -> None:
    """Two premises meet where their times overlap, or the older is carried forward three years at most."""
    linking, meant, extra = JOINS[rule]
    found = concluded([replace(linking, when=link), replace(meant, when=premise), extra], [RULES[rule]])
    assert len(found) == bool(period)
    for line in found:
        assert period in line.split(", ")
        assert re.findall(r"carried (\d+)", line) == ([carried] if carried else [])


@pytest.mark.parametrize("rule", JOINS)
@pytest.mark.parametrize(
    ("when", "held", "holds"),
    [
        ("2022", "2024-04-17", False),  # carried to all of 2024
        ("2022", "2024-12-31", True),
        ("2024", "2024-04-17", True),  # not carried: the source says it of 2024
    ],
)
def test_nothing_is_carried_past_its_end(rule: str, when: str, held: str, holds: bool) -> None:
    """A premise whose claim, at any distance, is known to have ended is not carried past that day."""
    link, premise, extra = JOINS[rule]
    behind = f"""support:{premise.id} prov:wasDerivedFrom dependency:deep .
        dependency:deep ree:support support:deep . support:deep prov:wasDerivedFrom claim:deep .
        claim:deep ree:heldUntil "{held}"^^xsd:date .
        """
    facts = [replace(link, when="2024"), replace(premise, when=when), extra, behind]
    assert bool(concluded(facts, [RULES[rule]])) == holds


@pytest.mark.parametrize("rule", sorted(set(JOINS) - {"indirect"}))
def test_no_link_is_carried_past_its_end(rule: str) -> None:
    """A link that is known to have ended is not carried to a premise of later."""
    link, premise, extra = JOINS[rule]
    ended = _held(link.id, "2023-06-30")  # type: ignore[union-attr]
    facts = [replace(link, when="2022"), replace(premise, when="2024"), extra, ended]
    assert concluded(facts, [RULES[rule]]) == set()


@pytest.mark.parametrize(
    ("said", "year", "period"),
    [
        ("2025", "2022", "2022, assumed, derived, stated"),
        ("2025", "2021", ""),
        ("2024", "2024", "2024, assumed, derived, stated"),
        ("2024", "2025", "2025, assumed, derived, stated, carried 1"),
    ],
)
def test_a_plant_run_in_no_said_year_dates_no_conclusion(said: str, year: str, period: str) -> None:
    """What a plant depended on at most three years before is its firm's in that time, and not carried."""
    facts = [replace(OPERATES, when=said, assumed=True), replace(PLANT, when=year)]
    expected = {f"{LYNAS}, strength 70, {period}"} if period else set()
    assert concluded(facts, [RULES["firm-through-facility"]]) == expected


@pytest.mark.parametrize("rule", sorted(set(JOINS) - {"indirect"}))
@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"modality": "Stated"}, True),
        ({"modality": "Reported"}, True),
        ({"modality": "Judgement"}, True),
        ({"modality": "Forecast"}, False),
        ({"modality": "Plan"}, False),
        ({"modality": "Hypothetical"}, False),
        ({"rank": "Deprecated"}, False),
    ],
)
def test_a_link_must_be_said_as_fact(rule: str, change: dict[str, str], holds: bool) -> None:
    """A claim links two things when it is said as fact or judgement and not known to be wrong."""
    link, premise, extra = JOINS[rule]
    assert bool(concluded([replace(link, **change), premise, extra], [RULES[rule]])) == holds  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", sorted(set(JOINS) - {"indirect", "no-home-capacity"}))
def test_a_denied_link_links_nothing(rule: str) -> None:
    """A claim of negative polarity is no link."""
    link, premise, extra = JOINS[rule]
    subject, property_, object_ = link.says.split()
    denied = replace(link, says=f"{subject} not-{property_} {object_}")
    assert concluded([denied, premise, extra], [RULES[rule]]) == set()


@pytest.mark.parametrize("rule", JOINS)
def test_a_forecast_stays_a_forecast(rule: str) -> None:
    """What rests on a forecast is a forecast, and so never a plain dependence."""
    link, premise, extra = JOINS[rule]
    rules = [RULES[rule], RULES["projection"]]
    store = worked([replace(link, when="2024"), replace(premise, modality="Forecast"), extra])
    reason(store, rules)
    (line,) = dependencies(store)
    assert ", forecast" in line
    assert not any(t.startswith(premise.says.split()[0] + " ree:dependsOn") for t in triples(store))


def test_a_chain_is_carried_three_years_in_all() -> None:
    """A claim of 2018 meets none of 2024 by way of two steps of three years each."""
    facts = [
        replace(WORLD, when="2018"),
        replace(CONTAINS, when="2021"),
        PRODUCT,
        replace(MAKES, id="b", when="2024"),
    ]
    found = concluded(facts, [RULES["product-through-material"], RULES["maker-through-product"]])
    assert {line.split()[0] for line in found} == {"product:motor"}
    near = [
        replace(WORLD, when="2022"),
        replace(CONTAINS, when="2023"),
        PRODUCT,
        replace(MAKES, id="b", when="2024"),
    ]
    found = concluded(near, [RULES["product-through-material"], RULES["maker-through-product"]])
    assert {line.split()[0] for line in found} == {"product:motor", "firm:proterial"}


def test_support_names_rule_and_premises() -> None:
    """A support names its rule and all premises; a scheme and carried years stand there too."""
    store = worked([OPERATES, replace(PLANT, when="2022"), replace(GROUP, id="g"), SCHEME])
    reason(store, [RULES["firm-through-facility"], RULES["group-to-member"]])
    said = {re.sub(r"support:\w+", "support", t) for t in triples(store) if t.startswith("support:")}
    assert said == {
        "support rdf:type ree:Support",
        "support ree:rule rule:firm-through-facility",
        "support ree:rule rule:group-to-member",
        "support prov:wasDerivedFrom claim:a",
        "support prov:wasDerivedFrom dependency:d",
        "support prov:wasDerivedFrom dependency:g",
        'support ree:carriedForward "2"',
        "support ree:underScheme scheme:usgs",
    }


def test_two_supports_of_one_conclusion_are_one_node() -> None:
    """Two sources that say the same give one dependency, named by its conclusion, with two supports."""
    one, two = _nodes([IMPORT]), _nodes([IMPORT, replace(IMPORT, id="b")])
    assert [len(supports) for supports in one.values()] == [1]
    assert [len(supports) for supports in two.values()] == [2]
    assert set(one) == set(two)


def test_a_scheme_each_supports_one_conclusion() -> None:
    """An element that two schemes count as heavy gets one dependency with a support for each scheme."""
    both = SCHEME + "element:Dy ree:countedHeavyBy scheme:eu .\n"
    (supports,) = (s for d, s in _nodes([GROUP, both], "group-to-member").items() if d != "dependency:d")
    assert len(supports) == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(IMPORT, figure="60"),
        replace(IMPORT, when="2023"),
        replace(IMPORT, material="element:Tb"),
        replace(IMPORT, stage="stage:mining"),
        replace(IMPORT, modality="Forecast"),
        replace(IMPORT, says="country:JP importsFrom country:AU"),
        replace(IMPORT, says="country:US importsFrom country:CN"),
    ],
    ids=["share", "time", "material", "stage", "modality", "supplier", "dependent"],
)
def test_another_conclusion_is_another_node(other: Said) -> None:
    """A conclusion that differs in any part has a node of its own."""
    assert len(_nodes([IMPORT, replace(other, id="b")])) == 2


def test_names_are_hashes_that_do_not_hang_on_order() -> None:
    """The same facts give the same names whatever their order, and each name is twelve hexadecimal digits."""
    facts: list[Fact] = [IMPORT, replace(SHARE, id="b"), replace(OPERATES, id="e"), PLANT, FIRST]
    ahead, back = worked(facts), worked(reversed(facts))
    for store in (ahead, back):
        reason(store, list(RULES.values()))
    assert triples(ahead) == triples(back)
    names = {s for t in triples(ahead) for s in t.split()[:1] if s.startswith(("dependency:", "support:"))}
    by_hand = {"dependency:c", "dependency:d"}
    assert all(re.fullmatch(r"\w+:[0-9a-f]{12}(/period)?", name) for name in names - by_hand)


def test_the_fixpoint_holds_and_names_every_node(root: Path) -> None:
    """On the real graph a second run adds nothing, and nothing derived is a blank node."""
    store = built(root)
    assert set(reason(store, list(RULES.values())).values()) == {0}
    derived = store.read_graph("https://w3id.org/reegraph/graph/derived")
    assert derived
    assert not [t for t in derived if "BlankNode" in (type(t.subject).__name__, type(t.object).__name__)]


def test_what_is_added_is_counted_and_in_both_graphs() -> None:
    """`reason` tells how many triples each rule added; each is in the default graph and in graph:derived."""
    store = worked([IMPORT])
    before = len(store.read_graph(None))
    added = reason(store, list(RULES.values()))
    derived = store.read_graph("https://w3id.org/reegraph/graph/derived")
    assert added["projection"] == 1
    assert sum(added.values()) == len(derived) == len(store.read_graph(None)) - before
    assert set(derived) <= set(store.read_graph(None))


def test_all_of_a_group_reaches_maker_industry_and_country() -> None:
    """A claim on all heavy rare earths reaches element, maker, industry and country; at 99 % it stops."""
    heavy = replace(ALL, material="group:heavy-ree")
    links: list[Fact] = [
        SCHEME,
        replace(CONTAINS, id="b"),
        PRODUCT,
        replace(MAKES, id="c"),
        replace(NEEDS, id="e"),
        SECTOR,
    ]
    exposed = {
        line.split()[0] for line in concluded([heavy, *links], list(RULES.values())) if "element:Dy" in line
    }
    assert exposed == {"region:world", "product:motor", "firm:proterial", "sector:us-defence", "country:US"}
    nearly = replace(heavy, figure="99")
    assert not [line for line in concluded([nearly, *links], list(RULES.values())) if "element:Dy" in line]


CHAIN: list[Fact] = [
    Depends("p", "country:JP on firm:lynas", share="90", **DY),
    Depends("q", "firm:lynas on facility:kuantan", share="80", **DY),
    Depends("r", "facility:kuantan on country:CN", share="70", **DY),
]


def test_a_chain_of_three_is_followed_to_its_end() -> None:
    """Indirect dependence grows by one link at a time, along the same element, as strong as its weakest."""
    tail = f"{YEAR}, derived, stated"
    assert concluded(CHAIN, [RULES["indirect"]]) == {
        f"country:JP on facility:kuantan{SEPARATION}, strength 80, {tail}",
        f"country:JP on country:CN{SEPARATION}, strength 70, {tail}",
        f"firm:lynas on country:CN{SEPARATION}, strength 70, {tail}",
    }
    assert [len(supports) for supports in _nodes(CHAIN, "indirect").values()] == [1, 1, 1]


def test_a_circle_ends_and_nothing_depends_on_itself() -> None:
    """Where dependence runs in a circle, the rules reach an end and nothing depends on itself."""
    circle = [*CHAIN, Depends("s", "country:CN on country:JP", share="60", **DY)]
    pairs = {line.split(",")[0].partition(" on ")[::2] for line in concluded(circle, [RULES["indirect"]])}
    assert ("country:JP", "country:CN") in pairs
    assert not [x for x, y in pairs if x == y]


def test_nothing_real_is_exposed_through_another_element(root: Path) -> None:
    """In the real graph a dependency is for the same good as those it rests on, members aside."""
    query = """
        SELECT ?d ?rule WHERE {
          ?d ree:support ?s . ?s ree:rule ?rule ; prov:wasDerivedFrom ?premise .
          ?premise a ree:Dependency .
          OPTIONAL { ?d ree:material ?m } OPTIONAL { ?premise ree:material ?n }
          FILTER(COALESCE(?m, "") != COALESCE(?n, "") && ?rule != rule:group-to-member)
        }"""
    assert list(built(root).select(query).texts()) == []


def test_rules_say_themselves_in_words() -> None:
    """Each rule is a thing of the graph with a label and a reason in both languages."""
    store = EmbeddedStore(rule_quads([RULES["indirect"]]))
    rule = RULES["indirect"]
    told = EmbeddedStore(ox.Quad(*q.triple, DERIVED) for q in store.dataset)
    assert {q.graph_name.value for q in store.dataset} == {GRAPH + "ontology"}  # no rule derives them
    assert triples(told) == {
        "rule:indirect rdf:type ree:Rule",
        f'rule:indirect rdfs:label "{rule.title_en}"@en',
        f'rule:indirect rdfs:label "{rule.title_zh}"@zh-hant',
        f'rule:indirect dcterms:description "{rule.reason_en}"@en',
        f'rule:indirect dcterms:description "{rule.reason_zh}"@zh-hant',
    }


def test_a_rule_without_its_reason_is_refused(tmp_path: Path) -> None:
    """A head that lacks a key stops the reading, with file and key."""
    head = "#+ title-en: A\n#+ title-zh: 甲\n#+ reason-en: b\n"
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "bad.rq").write_text(f"{head}ASK {{}}\n", encoding="utf-8")
    with pytest.raises(CurationError, match=r"queries/rules/bad\.rq:1: the head lacks `#\+ reason-zh:`"):
        read_rules(folder)


def test_a_rule_that_does_not_parse_is_refused_with_its_line() -> None:
    """A rule in wrong SPARQL stops the build and names its line."""
    with pytest.raises(CurationError, match=r"queries/rules/bad\.rq:2: .*Correct the rule"):
        reason(EmbeddedStore(), [_rule("CONSTRUCT { ?s ?p ?o }\nWHERE { ?s ?p }")])


def test_rules_without_end_are_stopped() -> None:
    """A rule that mints a new name each round is stopped and named."""
    endless = """CONSTRUCT { ?x ree:next ?y } WHERE {
        { ?x a ree:Seed } UNION { ?before ree:next ?x }
        BIND(IRI(CONCAT(STR(?x), "+")) AS ?y) }"""
    store = worked(["firm:x a ree:Seed .\n"])
    with pytest.raises(CurationError, match="no end after 50 rounds; rules that added: bad"):
        reason(store, [_rule(endless)])


def _rule(query: str) -> Rule:
    return replace(RULES["indirect"], name="bad", query=query)


def _nodes(facts: Sequence[Fact], rule: str = "import-share") -> dict[str, set[str]]:
    """The supports of each derived dependency."""
    store = worked(facts)
    reason(store, [RULES[rule]])
    nodes: dict[str, set[str]] = {}
    for line in triples(store):
        if " ree:support " in line:
            node, _, support = line.split()
            nodes.setdefault(node, set()).add(support)
    return nodes
