"""Building: the same bytes each time, in seconds, reused while fresh, made anew when anything changed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from graphs import environment, real_graph

from reegraph import SnapshotError, ValidationError
from reegraph.build import STEPS, add_merged, build_store, fresh_snapshot, graph_sizes, n_quads
from reegraph.curation.corpus import read_corpus
from reegraph.snapshot import Snapshot
from reegraph.store import EmbeddedStore
from reegraph.terms import GRAPH
from reegraph.tokens import SEARCH

if TYPE_CHECKING:
    from conftest import Project

QUICK = 30  # seconds; the aim is 10, and a machine that tests is busy


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("REEGRAPH_CACHE", str(folder))
    monkeypatch.delenv("REEGRAPH_ARTICLES", raising=False)
    return folder


@pytest.fixture(scope="module")
def dataset() -> ox.Store:
    """The real graph's dataset; it is not to be written to."""
    store = real_graph().store
    assert isinstance(store, EmbeddedStore)
    return store.dataset


def ticks(root: Path | None = None, *, force: bool = False) -> tuple[Snapshot, list[str]]:
    """A fresh snapshot and the steps that making it took."""
    heard: list[str] = []
    return fresh_snapshot(root, force=force, tick=heard.append), heard


# The real graph


def test_same_bytes_in_every_process(tmp_path: Path) -> None:
    """Processes with other hash seeds, zones and cache folders write the same bytes, in seconds."""
    builds = []
    for seed in ("1", "4242"):
        home = tmp_path / seed
        surroundings = {
            **environment(),
            "PYTHONHASHSEED": seed,
            "REEGRAPH_CACHE": str(home),
            "TZ": f"UTC-{seed[0]}",
        }
        began = time.perf_counter()
        command = [sys.executable, "-c", "from reegraph.cli import main; main(['build'])"]
        ran = subprocess.run(
            command, env=surroundings, capture_output=True, text=True, check=False, timeout=120
        )
        assert time.perf_counter() - began < QUICK
        assert ran.returncode == 0, ran.stderr
        (folder,) = (home / "snapshots").iterdir()
        files = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir()}
        builds.append((folder.name, ran.stdout, files))
    assert builds[0] == builds[1]
    assert set(builds[0][2]) == {"graph.nq", "manifest.json"}


def test_default_graph_is_the_union(dataset: ox.Store) -> None:
    """The default graph holds what the named graphs hold but the text index, each triple once."""
    merged = [q.triple for q in dataset.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    apart = (ox.DefaultGraph(), SEARCH)
    named = {q.triple for q in dataset if q.graph_name not in apart}
    assert len(merged) == len(set(merged))
    assert set(merged) == named
    (row,) = real_graph().store.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert isinstance(row[0], ox.Literal)
    assert int(row[0].value) == len(merged)


def test_graphs_by_origin(dataset: ox.Store) -> None:
    """There is a graph for each origin and each source, and the manifest counts them right."""
    counted = Counter(
        q.graph_name.value.removeprefix(GRAPH) if isinstance(q.graph_name, ox.NamedNode) else "default"
        for q in dataset
    )
    sources = {"tan-2025", "chen-jw-2025", "chen-cc-2025", "tang-2025", "jui-2025"}
    origins = {"default", "ontology", "entities", "reference", "statements", "derived", "search"}
    assert origins | {f"claims/{s}" for s in sources} <= set(counted)
    manifests = list(
        Path(environment()["REEGRAPH_CACHE"]).glob(f"snapshots/{real_graph().version}*/manifest.json")
    )
    assert json.loads(manifests[0].read_text(encoding="utf-8"))["graphs"] == dict(counted)


def test_snapshot_is_sorted(dataset: ox.Store) -> None:
    """The file is sorted N-Quads, one statement a line, none twice."""
    (path,) = Path(environment()["REEGRAPH_CACHE"]).glob(f"snapshots/{real_graph().version}*/graph.nq")
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert lines == sorted(set(lines))
    assert len(lines) == len(dataset)


# A small project


def test_steps_are_told(project: Project) -> None:
    """A build tells each step as it begins, in order."""
    made, heard = ticks(project.root)
    assert tuple(heard) == STEPS
    assert made.manifest.quads == sum(made.manifest.graphs.values())


def test_reused_while_fresh(project: Project) -> None:
    """A second call takes the snapshot that is there; force makes it anew, the same."""
    first, _ = ticks(project.root)
    again, heard = ticks(project.root)
    assert (again, heard) == (first, [])
    forced, heard = ticks(project.root, force=True)
    assert (forced.manifest, tuple(heard)) == (first.manifest, STEPS)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "data/claims/small-2025.tsv",
            "China mined 300 t of dysprosium in 2024.",
            "China mined 300 t of dysprosium.",
        ),
        ("data/entities/country.tsv", "\tChina\t", "\tthe PRC\t"),
        ("data/sources/small-2025.toml", "Test Gazette", "Test Journal"),
        ("queries/rules/projection.rq", "CONSTRUCT", "# a word\nCONSTRUCT"),
        ("ontology/core.ttl", "@prefix ree:", "# a word\n@prefix ree:"),
    ],
)
def test_built_anew_when_an_input_changes(project: Project, name: str, old: str, new: str) -> None:
    """Any change of a curated file, rule or ontology gives another snapshot; the old one stays."""
    first, _ = ticks(project.root)
    project.edit(name, old, new)
    second, heard = ticks(project.root)
    assert heard
    assert second.version != first.version
    assert first.quads.exists()


def test_half_written_is_built_anew(project: Project) -> None:
    """A snapshot cut short is not read but made again, to the same bytes."""
    first, _ = ticks(project.root)
    whole = first.quads.read_bytes()
    first.quads.write_bytes(whole[: len(whole) // 2])
    second, heard = ticks(project.root)
    assert tuple(heard) == STEPS
    assert second.quads.read_bytes() == whole


def test_tampered_is_built_anew(project: Project) -> None:
    """A file of the right size with another byte is made again."""
    first, _ = ticks(project.root)
    whole = first.quads.read_bytes()
    first.quads.write_bytes(b"X" + whole[1:])
    assert tuple(ticks(project.root)[1]) == STEPS
    assert first.quads.read_bytes() == whole


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"inputs": "foreign"}'])
def test_foreign_is_built_anew(project: Project, manifest: str) -> None:
    """A folder of the right name with a manifest that is not ours is made again."""
    first, _ = ticks(project.root)
    (first.folder / "manifest.json").write_text(manifest, encoding="utf-8")
    second, heard = ticks(project.root)
    assert (second.manifest, tuple(heard)) == (first.manifest, STEPS)


def test_a_violation_stops_the_build(project: Project, cache: Path) -> None:
    """A graph that breaks a check is not written, and each violation is told with its remedy."""
    project.write(
        "queries/checks/no-dysprosium.rq",
        "#+ title-en: Dysprosium is spoken of",
        "#+ remedy-en: Do not.",
        "PREFIX ree: <https://w3id.org/reegraph/ontology#>",
        "PREFIX element: <https://w3id.org/reegraph/id/element/>",
        "SELECT ?claim { ?claim ree:material element:Dy }",
    )
    with pytest.raises(ValidationError) as caught:
        fresh_snapshot(project.root)
    assert (
        "no-dysprosium: Dysprosium is spoken of: claim claim:small-2025-1. Do not." in caught.value.violations
    )
    assert not cache.exists()


def test_unwritable(project: Project, cache: Path) -> None:
    """A cache that cannot be written is told with the variable that names another."""
    cache.write_text("a file", encoding="utf-8")
    with pytest.raises(
        SnapshotError, match=r"cannot be written: .*Set REEGRAPH_CACHE to a folder that can\."
    ):
        fresh_snapshot(project.root)
    assert cache.read_text(encoding="utf-8") == "a file"


def test_in_memory(project: Project) -> None:
    """The same graph is to be had without a cache."""
    store = build_store(read_corpus(project.root), project.root)
    made, _ = ticks(project.root)
    assert b"".join(n_quads(store)) == made.quads.read_bytes()
    assert graph_sizes(store, project.root) == made.manifest.graphs


def test_added_to_both() -> None:
    """What is added to a named graph is in the default graph too, once."""
    dataset = ox.Store()
    node = ox.NamedNode("https://example.org/a")
    quads = [ox.Quad(node, node, node, ox.NamedNode(GRAPH + name)) for name in ("one", "two")]
    add_merged(dataset, quads)
    assert len(dataset) == 3
    assert ox.Quad(node, node, node) in dataset
