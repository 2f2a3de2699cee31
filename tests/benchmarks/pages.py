"""How long each kind of page takes on the real graph, and what it weighs: `python tests/benchmarks/pages.py`.

What is read ahead at the start is drawn first; how much the process grows by each page is printed. Then each
address is asked for three times: `first` is the time of its first
answer, the next two give `again`. Times are milliseconds of processor time of this process, from request to
the last byte of HTML (ASGI, no network, nothing else running), so that a busy machine does not blur them;
weights are kilobytes of HTML, plain and as sent (gzip). Of each kind at most `--most` addresses are asked
for, spread evenly, in both languages by turns. Ends with status 1 when a page takes or weighs more than it
may, or when one that is drawn ahead makes the process grow by more. Memory is read from /proc: Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from reegraph.build import fresh_snapshot
from reegraph.folders import project_root
from reegraph.scenario.definition import scenario_paths
from reegraph.server import create_app
from reegraph.store import EmbeddedStore
from reegraph.table import Table, Thing
from reegraph.web import site_routes, store_of_pages
from reegraph.web.site import Site

LIMIT, WEIGHT, GROWTH = 50, 150, 8  # milliseconds, kilobytes, megabytes
TYPED = (
    "SELECT * { ?s ree:operates ?o }",
    "SELECT ?claim ?source { ?claim a ree:Claim ; prov:hadPrimarySource ?source } LIMIT 1000",
    "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { firm:lynas } ?s ?p ?o }",
)


def addresses(site: Site, most: int) -> dict[str, list[str]]:
    """Addresses of every kind of page, below /LANG/."""
    catalogue, data = site.catalogue, site.dependence
    firms = sorted(i for i in catalogue.about if i.startswith(("firm:", "country:", "element:")))
    disagreements = [
        t.id for t in site.panel("disagreements").table.column("disagreement") if hasattr(t, "id")
    ]
    pairs = [(a, b) for a, b in pairwise(firms) if a.split(":")[0] == b.split(":")[0]]
    dependents = sorted({d.dependent for d in data.all.values()})
    kinds = {
        "home": [""],
        "search": [
            "search?q=dysprosium",
            "search?q=%E9%8F%91",
            "search?q=China",
            "search?q=%E4%B8%AD%E5%9C%8B",
        ],
        "questions": ["questions"],
        "question": [f"question/{name}" for name in site.questions],
        "question with a parameter": [f"question/{a}" for a in bound_questions(site)]
        + [f"question/claims-about?thing={i}" for i in sorted(catalogue.about)],
        "thing": [f"thing/{i}" for i in sorted(catalogue.about)],
        "claim": [f"claim/{i.partition(':')[2]}" for i in catalogue.claims],
        "source": [f"source/{i.partition(':')[2]}" for i in catalogue.sources],
        "sources": ["sources"],
        "disagreements": ["disagreements"],
        "disagreement": [f"disagreement/{i.partition(':')[2]}" for i in dict.fromkeys(disagreements)],
        "dependency": [f"dependency/{i.partition(':')[2]}" for i in data.all],
        "controls": [f"controls?date=2025-{m:02d}-15" for m in range(1, 13)],
        "elements": ["elements", *(f"elements?date=2025-{m:02d}-{15 + m}" for m in range(1, 13))],
        "explore": [f"explore/{i}" for i in sorted(catalogue.about)],
        "map": ["map", *(f"map?stage={i}" for i in ids_of(site.panel("places").table, "stage"))]
        + [f"map?kind={k}" for k in ("facility", "deposit", "country")],
        "typed query": ["sparql", *(f"sparql?{urlencode({'query': q})}" for q in TYPED)],
        "ontology": ["ontology"],
        "ontology term": [
            f"ontology/{i.removeprefix('ree:')}"
            for i in catalogue.labels.__dict__["known"]
            if "ontology#" in i
        ],
        "dependence": [
            "dependence",
            *(f"dependence?dependent={i}" for i in dependents),
            "dependence?on=country:CN",
        ],
        "dependence with a scenario": [f"dependence?if={name}" for name in scenario_paths(site.root)],
        "compare": [f"compare?a={a}&b={b}" for a, b in pairs],
        "compare sources": ["compare?a=source:tang-2025&b=source:chen-cc-2025"],
        "compare dates": [f"compare?a=2025-{m:02d}-11&b=2026-{m:02d}-12" for m in range(1, 13)],
        "dossier": ["dossier?pick=question/china-share&pick=thing/firm:lynas&pick=claim/tang-2025-135"],
        "not here": ["thing/firm:lynass"],
    }
    kinds["ontology term"] = [
        a.replace("https://w3id.org/reegraph/ontology#", "") for a in kinds["ontology term"]
    ]
    return {kind: spread(found, most) for kind, found in kinds.items()}


def bound_questions(site: Site) -> Iterator[str]:
    """Each question with each of its parameters bound to some of what its answer holds of it."""
    for name, question in site.questions.items():
        table = site.ask(name, {}).table
        for parameter in question.parameters:
            if parameter.type == "thing" and parameter.name in {c.name for c in table.columns}:
                ids = ids_of(table, parameter.name)
                yield from (f"{name}?{parameter.name}={i}" for i in spread(ids, 4))


def ids_of(table: Table, column: str) -> list[str]:
    """What a column names, in order."""
    return sorted({c.id for c in table.column(column) if isinstance(c, Thing)})


def spread(found: list[str], most: int) -> list[str]:
    """At most so many of them, evenly."""
    return found[:: max(1, len(found) // most)][:most]


def drawn_ahead(app: Any) -> bool:
    """Draw what is read ahead, and print how the process grows; True where a page makes it grow too much."""
    site, draw = app.site, app.draw_ahead
    grown: dict[str, float] = {}

    def drawn(path: str, values: dict[str, str]) -> None:
        before = megabytes()
        draw(path, values)
        grown[path + (f"?{urlencode(values)}" if values else "")] = megabytes() - before

    start, began = megabytes(), time.perf_counter()
    shared = (site.catalogue.places, site.catalogue.about, site.index, site.dependence.all, site.scope.stages)
    read = megabytes()
    app.draw_ahead = drawn
    app.read_ahead()
    print(f"{len(grown)} pages drawn ahead in {time.perf_counter() - began:.1f} s")
    print(f"memory: {start:.0f} MB with the data, {read:.0f} with the {len(shared)} tables that pages share,")
    print(f"{megabytes():.0f} with the pages drawn ahead")
    over = {path: mb for path, mb in grown.items() if mb > GROWTH}
    most = sorted(grown.items(), key=lambda g: -g[1])[: max(5, len(over))]
    print(f"over {GROWTH} MB: {len(over)}; grown most by:")
    for path, mb in most:
        print(f"  {mb:7.1f} MB  {path}")
    print()
    return bool(over)


def megabytes() -> float:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measured(app: object, found: dict[str, list[str]]) -> bool:
    """Ask for all, and print a line a kind; True where one takes or weighs too much."""
    heads = ("n", "first p50", "p95", "most", "again p50", "p95", "kB p50", "most", "gzip")
    print(f"{'kind':28}" + "".join(f"{h:>10}" for h in heads))
    slow: dict[str, float] = {}
    heavy: dict[str, float] = {}
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test", trust_env=False) as client:
        await client.get("/sparql?query=ASK%7B%7D")  # the first query starts the engine's threads
        for kind, pages in found.items():
            times: dict[str, list[float]] = defaultdict(list)
            weights, packed = [], []
            for n, page in enumerate(pages):
                path = f"/{('en', 'zh-Hant')[n % 2]}/{page}"
                for turn in ("first", "again", "again"):
                    start = time.process_time()
                    answer = await client.get(path, headers={"Accept": "text/html"})
                    times[turn].append(1000 * (time.process_time() - start))
                assert answer.status_code in {200, 404}, (path, answer.status_code, answer.text[:300])
                weights.append(len(answer.content) / 1000)
                packed.append(len(gzip.compress(answer.content, 5)) / 1000)
                slow[path], heavy[path] = times["first"][-1], weights[-1]
            first, again = times["first"], times["again"]
            spent = (statistics.median(first), p95(first), max(first), statistics.median(again), p95(again))
            figures = (*spent, statistics.median(weights), max(weights), max(packed))
            print(f"{kind:28}{len(pages):10}" + "".join(f"{f:10.1f}" for f in figures))
    print()
    for what, unit, limit, values_ in (
        ("slowest at first", "ms", LIMIT, slow),
        ("heaviest", "kB", WEIGHT, heavy),
    ):
        over = sum(v > limit for v in values_.values())
        print(f"over {limit} {unit}: {over} of {len(values_)}; {what}:")
        for path, value in sorted(values_.items(), key=lambda v: -v[1])[: max(5, min(over, 40))]:
            print(f"  {value:7.1f} {unit}  {path}")
    return max(slow.values()) > LIMIT or max(heavy.values()) > WEIGHT


def p95(values: list[float]) -> float:
    """The value that 95 percent do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def main() -> int:
    """Build, draw ahead, serve in this process, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=40, help="addresses of each kind")
    most = parser.parse_args().most
    snapshot = fresh_snapshot()
    store = EmbeddedStore.load(snapshot.quads)
    routes = site_routes(
        lambda: store_of_pages(snapshot),
        version=snapshot.version,
        today=lambda: date(2026, 11, 22),
        warm=False,
    )
    print(f"version {snapshot.version}")
    grown = drawn_ahead(routes[0].endpoint.__self__)  # type: ignore[attr-defined]  # the site of these routes
    found = addresses(Site(lambda: store_of_pages(snapshot), project_root()), most)
    app = create_app(store, version=snapshot.version, routes=routes)
    return grown | asyncio.run(measured(app, found))


if __name__ == "__main__":
    sys.exit(main())
