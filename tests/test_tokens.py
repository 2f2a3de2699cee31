"""The text index: what names are found by, in the built graph and in any RDF file."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from graphs import real_graph
from hypothesis import given
from hypothesis import strategies as st

from reegraph.errors import UsageError
from reegraph.export import index_file
from reegraph.store import EmbeddedStore
from reegraph.table import Thing
from reegraph.terms import GRAPH, ID, RDFS
from reegraph.tokens import SEARCH, TOKEN, token_quads, tokens

LABEL = ox.NamedNode(RDFS + "label")
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12)
LATIN = st.text("abcdefghijklmnopqrstuvwxyzÄÖéABC0123456789 -.'", max_size=30)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Dysprosium", {"dysprosium"}),
        ("Lynas Rare Earths Ltd.", {"lynas", "lyna", "rare", "earths", "earth", "ltd"}),
        ("NdFeB-magnet", {"ndfebmagnet", "ndfeb", "magnet"}),
        ("Ｆ－35", {"f35", "f", "35"}),
        ("Solvay La Rochelle è", {"solvay", "la", "rochelle", "e"}),
        ("glass", {"glass"}),
        ("鏑", {"鏑", "镝"}),
        ("稀土", {"稀", "土", "稀土"}),
        ("分离", {"分", "离", "分离", "離", "分離"}),
        ("乾燥", {"乾", "燥", "乾燥", "干", "干燥"}),
        ("工廠12", {"工", "廠", "工廠", "厂", "工厂", "12"}),
        ("レアアース", {"レ", "ア", "ー", "ス", "レア", "アア", "アー", "ース"}),
        ("", set()),
        ("—…!", set()),
    ],
)
def test_tokens(name: str, found: set[str]) -> None:
    """Words in lower case with their parts and singulars; Chinese by characters and pairs in both scripts."""
    assert tokens(name) == found


@given(before=HAN, part=HAN, after=HAN, word=LATIN)
def test_what_a_name_contains_finds_it(before: str, part: str, after: str, word: str) -> None:
    """A part of a Chinese name is found by its characters and pairs, a word wherever it stands."""
    found = tokens(f"{before}{part}{after} {word}")
    assert {*part, *(a + b for a, b in pairwise(part))} <= found
    assert tokens(word) <= found


def test_only_names_are_indexed() -> None:
    """Literals of naming properties give tokens, in the search graph; nothing else does."""
    thing = ox.NamedNode("urn:a")
    quads = [
        ox.Quad(thing, LABEL, ox.Literal("One", language="en")),
        ox.Quad(thing, ox.NamedNode("urn:p"), ox.Literal("Two")),
        ox.Quad(thing, LABEL, ox.NamedNode("urn:three")),
    ]
    assert list(token_quads(quads)) == [ox.Quad(thing, TOKEN, ox.Literal("one"), SEARCH)]


QUERY = "SELECT DISTINCT ?t {{ GRAPH graph:search {{ {} }} }}"


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        (["dysprosium"], "element:Dy"),
        (["鏑"], "element:Dy"),
        (["镝"], "element:Dy"),
        (["萊納", "納斯"], "firm:lynas"),
        (["莱纳"], "firm:lynas"),
        (["lynas"], "firm:lynas"),
        (["token"], "ree:token"),
    ],
)
def test_found_in_the_built_graph(words: list[str], thing: str) -> None:
    """Things and terms are found by a word in English, traditional or simplified Chinese."""
    pattern = " . ".join(f'?t ree:token "{word}"' for word in words)
    table = real_graph().sparql(QUERY.format(pattern))
    assert thing in {row[0].id for row in table.rows if isinstance(row[0], Thing)}


def test_every_thing_is_indexed_and_no_claim() -> None:
    """Each name of an entity gives its tokens; claims, whose sentences are many, are left out."""
    store = real_graph().store
    assert isinstance(store, EmbeddedStore)
    named = store.dataset.quads_for_pattern(None, None, None, ox.NamedNode(GRAPH + "entities"))
    entities = {(q.subject, q.object) for q in token_quads(named)}
    held = {(q.subject, q.object) for q in store.dataset.quads_for_pattern(None, TOKEN, None, SEARCH)}
    assert len(entities) > 10_000
    assert entities <= held
    assert not [s for s, _ in held if s.value.startswith(ID + "claim/")]


def test_not_in_the_default_graph() -> None:
    """Who asks for all triples does not get the index."""
    assert not real_graph().store.ask("ASK { ?s ree:token ?o }")
    assert real_graph().store.ask("ASK { GRAPH graph:search { ?s ree:token ?o } }")


@pytest.mark.parametrize(("ending", "alone"), [("ttl", False), ("nq", True)])
def test_index_of_a_file(tmp_path: Path, ending: str, alone: bool) -> None:
    """An RDF file is written with its index, or the index alone."""
    source, file = tmp_path / f"a.{ending}", tmp_path / "b.nq"
    source.write_text(
        f'<urn:a> <{LABEL.value}> "Plant 7"@en .\n<urn:a> <urn:b> <urn:c> .\n', encoding="utf-8"
    )
    assert index_file(source, file, alone=alone) == 2
    store = ox.Store()
    store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
    assert {q.object.value for q in store.quads_for_pattern(None, TOKEN, None, SEARCH)} == {"plant", "7"}
    assert len(store) == (2 if alone else 4)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([source.name, "b.nq"])


@pytest.mark.parametrize(
    ("name", "content", "target", "said"),
    [
        ("a.txt", "", "b.nq", "no RDF format"),
        ("a.ttl", "<urn:a> <urn:b>", "b.nq", "a.ttl: cannot be read"),
        ("a.nt", "", "no/such/b.nq", "b.nq: cannot be written"),
    ],
)
def test_index_amiss(tmp_path: Path, name: str, content: str, target: str, said: str) -> None:
    """What cannot be read or written is told, and nothing half-written stays."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        index_file(tmp_path / name, tmp_path / target)
    assert [p.name for p in tmp_path.iterdir()] == [name]
