"""How long each kind of page takes on the real graph, and what it weighs: `python tests/benchmarks/pages.py`.

After the start's reading ahead each address is asked for three times: `first` is the time of its first
answer, the next two give `again`. Times are milliseconds of processor time of this process, from request to
the last byte of HTML (ASGI, no network, nothing else running), so that a busy machine does not blur them;
weights are kilobytes of HTML, plain and as sent (gzip). Of each kind at most `--most` addresses are asked
for, spread evenly, in both languages by turns.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import statistics
import threading
import time
from collections import defaultdict
from datetime import date
from itertools import pairwise

import httpx

from reegraph.build import fresh_snapshot
from reegraph.folders import project_root
from reegraph.scenario.definition import scenario_paths
from reegraph.server import create_app
from reegraph.store import EmbeddedStore
from reegraph.web import site_routes
from reegraph.web.site import Site

LIMIT, WEIGHT = 50, 150  # milliseconds, kilobytes


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
        "question with a parameter": [f"question/dependents-of?on={i}" for i in ("country:CN", "firm:lynas")]
        + [f"question/claims-about?thing={i}" for i in firms[:20]],
        "thing": [f"thing/{i}" for i in sorted(catalogue.about)],
        "claim": [f"claim/{i.partition(':')[2]}" for i in catalogue.claims],
        "source": [f"source/{i.partition(':')[2]}" for i in catalogue.sources],
        "sources": ["sources"],
        "disagreements": ["disagreements"],
        "disagreement": [f"disagreement/{i.partition(':')[2]}" for i in dict.fromkeys(disagreements)],
        "dependency": [f"dependency/{i.partition(':')[2]}" for i in data.all],
        "controls": [f"controls?date=2025-{m:02d}-15" for m in range(1, 13)],
        "elements": ["elements", "elements?date=2025-10-15"],
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
        "compare dates": ["compare?a=2025-10-15&b=2026-01-01"],
        "dossier": ["dossier?pick=question/china-share&pick=thing/firm:lynas&pick=claim/tang-2025-135"],
        "not here": ["thing/firm:lynass"],
    }
    kinds["ontology term"] = [
        a.replace("https://w3id.org/reegraph/ontology#", "") for a in kinds["ontology term"]
    ]
    return {kind: spread(found, most) for kind, found in kinds.items()}


def spread(found: list[str], most: int) -> list[str]:
    """At most so many of them, evenly."""
    return found[:: max(1, len(found) // most)][:most]


async def measured(app: object, found: dict[str, list[str]]) -> None:
    """Ask for all, and print a line a kind."""
    heads = ("n", "first p50", "p95", "most", "again p50", "p95", "kB p50", "most", "gzip")
    print(f"{'kind':28}" + "".join(f"{h:>10}" for h in heads))
    slow: dict[str, float] = {}
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test", trust_env=False) as client:
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
                if times["first"][-1] > LIMIT or weights[-1] > WEIGHT:
                    slow[path] = times["first"][-1]
            first, again = times["first"], times["again"]
            spent = (statistics.median(first), p95(first), max(first), statistics.median(again), p95(again))
            figures = (*spent, statistics.median(weights), max(weights), max(packed))
            print(f"{kind:28}{len(pages):10}" + "".join(f"{f:10.1f}" for f in figures))
    print(f"\nover {LIMIT} ms at first, or over {WEIGHT} kB: {len(slow)} of {sum(map(len, found.values()))}")
    for path, spent in sorted(slow.items(), key=lambda s: -s[1])[:20]:
        print(f"  {spent:7.1f} ms  {path}")


def p95(values: list[float]) -> float:
    """The value that 95 percent do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def main() -> None:
    """Build, serve in this process, wait until the reading ahead is done, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=40, help="addresses of each kind")
    most = parser.parse_args().most
    snapshot = fresh_snapshot()
    store = EmbeddedStore.load(snapshot.quads)
    start = time.perf_counter()
    routes = site_routes(store, version=snapshot.version, today=lambda: date(2026, 11, 22))
    for thread in threading.enumerate():
        if thread.name == "reegraph-warm":
            thread.join()
    print(f"version {snapshot.version}; read ahead in {time.perf_counter() - start:.1f} s\n")
    found = addresses(Site(store, project_root()), most)
    asyncio.run(measured(create_app(store, version=snapshot.version, routes=routes), found))


if __name__ == "__main__":
    main()
