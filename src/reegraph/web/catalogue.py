"""What every page needs at hand: names, classes and claims of the graph, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from reegraph.errors import UsageError
from reegraph.pages import ask_page
from reegraph.questions import Labels, run
from reegraph.store import EmbeddedStore, Store
from reegraph.store.protocol import node_text
from reegraph.table import Cell, Thing
from reegraph.terms import REE, iri, short
from reegraph.web.names import short_source
from reegraph.web.panel import page_question


@dataclass(frozen=True)
class Said:
    """A claim as pages show it; its source goes by its short name."""

    claim: Thing
    subject: Thing
    property: Thing
    object: Thing | None
    figure: str
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    unit: str
    when: str
    since: date | None
    until: date | None
    assumed: bool
    stage: Thing | None
    material: Thing | None
    modality: str
    rank: str
    negative: bool
    said_by: Thing | None
    source: Thing
    paragraph: int

    def forward(self) -> bool:
        """A forecast, target, plan or hypothesis: not yet so when it was said."""
        return self.modality in {"forecast", "target", "plan", "hypothetical", "hypothesis"}


class KnownLabels(Labels):
    """Names out of memory; of what has none, the id alone."""

    def __init__(self, known: dict[str, Thing]) -> None:
        super().__init__("")
        object.__setattr__(self, "known", known)

    def named(self, store: Store, iris: set[str]) -> dict[str, Thing]:
        known: dict[str, Thing] = self.__dict__["known"]
        return {i: known.get(i) or Thing(short(i)) for i in iris}


class Catalogue:
    """Names, classes and claims of one graph, each read by a query of queries/pages."""

    def __init__(self, store: EmbeddedStore, root: Path) -> None:
        self.store = store
        self.root = root

    @cached_property
    def labels(self) -> KnownLabels:
        """The names of everything that has one."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for row in ask_page(self.store, self.root, "all-labels"):
            thing, label = row["thing"], row["label"]
            if thing is not None and label is not None:
                language = getattr(label, "language", None) or ""
                found[node_text(thing)][language.lower()] = node_text(label)
        known = {
            full: Thing(short(full), texts.get("en") or texts.get("", ""), texts.get("zh-hant", ""))
            for full, texts in found.items()
        }
        return KnownLabels(known)

    def thing(self, id_: str) -> Thing:
        """An id with its names; one of no kind that we know is its own name."""
        try:
            full = iri(id_)
        except UsageError:
            return Thing(id_)
        return self.labels.named(self.store, {full})[full]

    @cached_property
    def classes(self) -> dict[str, str]:
        """The narrowest filed class of each thing, as a term such as ree:Firm."""
        found: dict[str, str] = {}
        for row in ask_page(self.store, self.root, "all-kinds").texts():
            id_, cls = short(row["thing"]), row["class"]
            if cls.startswith(REE):
                found.setdefault(id_, short(cls))
        return found

    @cached_property
    def sources(self) -> dict[str, Thing]:
        """The sources under their short names."""
        table = run(self.store, page_question(self.root, "sources"), {}, self.labels)
        pairs = zip(table.column("source"), table.column("creator_zh"), strict=True)
        return {s.id: short_source(s.id, str(by or "")) for s, by in pairs if isinstance(s, Thing)}

    @cached_property
    def claims(self) -> dict[str, Said]:
        """Every claim by id, in the order of source and place."""
        table = run(self.store, page_question(self.root, "claims"), {}, self.labels)
        claims = (said_of(row, self.sources) for row in table.cells())
        return {said.claim.id: said for said in claims}

    @cached_property
    def places(self) -> dict[str, tuple[Thing, int]]:
        """Source and paragraph of each claim and remark."""
        found = {id_: (said.source, said.paragraph) for id_, said in self.claims.items()}
        for row in ask_page(self.store, self.root, "remark-places").texts():
            found[short(row["remark"])] = (self.sources[short(row["source"])], int(row["paragraph"]))
        return found

    @cached_property
    def about(self) -> dict[str, list[Said]]:
        """The claims that speak of each thing, as subject, object or material."""
        found: dict[str, list[Said]] = defaultdict(list)
        for said in self.claims.values():
            for id_ in {t.id for t in (said.subject, said.object, said.material) if t}:
                found[id_].append(said)
        return dict(found)

    def said(self, claims: Iterable[Thing | str]) -> list[Said]:
        """These claims in full; remarks and unknown ids are left out."""
        ids = (c.id if isinstance(c, Thing) else c for c in claims)
        return [self.claims[i] for i in ids if i in self.claims]


def said_of(row: Mapping[str, Cell], sources: Mapping[str, Thing]) -> Said:
    """The claim of a row that has the columns of queries/pages/claims.rq; `sources` are their short names."""
    claim, subject, property_, source = (_thing(row[k]) for k in ("claim", "subject", "property", "source"))
    assert claim
    assert subject
    assert property_
    assert source
    return Said(
        claim=claim,
        subject=subject,
        property=property_,
        object=_thing(row["object"]),
        figure=_text(row["figure"]),
        value=_number(row["value"]),
        lower=_number(row["lower"]),
        upper=_number(row["upper"]),
        unit=_text(row["unit"]),
        when=_text(row["when"]),
        since=_day(row["from"]),
        until=_day(row["until"]),
        assumed=bool(row["assumed"]),
        stage=_thing(row["stage"]),
        material=_thing(row["material"]),
        modality=_code(row["modality"]),
        rank=_code(row["rank"]),
        negative=_code(row["polarity"]) == "negative",
        said_by=_thing(row["said_by"]),
        source=sources.get(source.id, source),
        paragraph=int(_number(row["paragraph"]) or 0),
    )


def _thing(cell: Cell) -> Thing | None:
    return cell if isinstance(cell, Thing) else None


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ""


def _number(cell: Cell) -> Decimal | None:
    return cell if isinstance(cell, Decimal) else None


def _day(cell: Cell) -> date | None:
    try:
        return date.fromisoformat(cell) if isinstance(cell, str) else None
    except ValueError:  # a year before 1 or after 9999
        return None


def _code(cell: Cell) -> str:
    return cell.id.removeprefix("ree:").lower() if isinstance(cell, Thing) else ""
