"""Claim objects made by hand, as reading a row would make them."""

from __future__ import annotations

from reegraph.curation import edtf, figure
from reegraph.curation.anchors import Anchor
from reegraph.curation.claims import NOT, Claim
from reegraph.curation.figure import Bounds

WORDS = {
    "none": Bounds(figure.Decimal(0), figure.Decimal(0), "="),
    "most": Bounds(figure.Decimal(50), None, ">"),
}


def made(id_: str, says: str, value: str = "", when: str = "", **cells: str) -> Claim:
    """The claim ``source-number`` that says ``[not ]property[ object]`` of country:CN, else of ``subject``.

    Without `when` it holds of 2025, assumed; without `unit` a figure is in percent.
    """
    property_, _, object_ = says.removeprefix(NOT).partition(" ")
    number = figure.parse(value, WORDS) if value else None
    takes_unit = number is not None and number.comparator != "word"
    return Claim(
        id=f"claim:{id_}",
        source=f"source:{id_.rpartition('-')[0]}",
        subject=cells.get("subject", "country:CN"),
        property=property_,
        negative=says.startswith(NOT),
        object=object_,
        figure=number,
        unit=cells.get("unit", "percent") if takes_unit else "",
        when=edtf.parse(when or "2025"),
        assumed=not when,
        stage=cells.get("stage", ""),
        material=cells.get("material", "element:Dy"),
        modality=cells.get("modality", "stated"),
        said_by="",
        rank=cells.get("rank", "normal"),
        reading="printed",
        anchor=Anchor(0, 1, "0" * 64),
        en="It is said.",
        zh="如此說。",
        note_en="",
        note_zh="",
        place="data/claims/small.tsv:2",
    )
