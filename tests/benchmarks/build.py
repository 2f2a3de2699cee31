"""What a build costs as the claims grow: ``python tests/benchmarks/build.py 10000 100000``.

The real corpus is copied, things and claims renamed, until it has that many claims: the copies have the
real mix of properties, figures and disagreements, and the rules meet no cross products that the real
graph lacks. Printed per size: seconds of processor time of each step (other work on the machine does not
lengthen it much), peak memory, quads; and the ratio to the real corpus.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reegraph.build import add_merged, graph_sizes, n_quads
from reegraph.curation.claims import Claim
from reegraph.curation.corpus import Corpus, read_corpus
from reegraph.curation.entities import Entity
from reegraph.disagreements import disagreement_quads
from reegraph.reason import read_rules, reason, rule_quads
from reegraph.statements import statement_quads
from reegraph.store import EmbeddedStore
from reegraph.triples import corpus_quads
from reegraph.validate import read_checks, violations

ROOT = Path(__file__).resolve().parents[2]
SHARED = ("group:", "element:", "region:", "country:", "bloc:", "stage:", "scheme:", "source:", "work:")


def grown(corpus: Corpus, size: int) -> Corpus:
    """The corpus with copies of its things and claims, so that it has `size` claims."""
    entities, claims = dict(corpus.entities), list(corpus.claims)
    copy = 0
    while len(claims) < size:
        copy += 1
        for entity in corpus.entities.values():
            twin = _renamed(entity, copy)
            entities[twin.id] = twin
        claims += [_copied(c, copy) for c in corpus.claims[: size - len(claims)]]
    return replace(corpus, entities=entities, claims=claims[:size])


def measure(corpus: Corpus) -> dict[str, float]:
    """Seconds of each step of a build of this corpus."""
    seconds: dict[str, float] = {}
    store = EmbeddedStore()
    rules = read_rules(ROOT / "queries" / "rules")
    checks = read_checks(ROOT / "queries" / "checks")

    def timed(step: str, work: Callable[[], object]) -> None:
        start = time.process_time()
        work()
        seconds[step] = time.process_time() - start

    timed(
        "triples", lambda: [add_merged(store.dataset, q) for q in (corpus_quads(corpus), rule_quads(rules))]
    )
    timed("statements", lambda: add_merged(store.dataset, statement_quads(corpus.claims)))
    timed("disagreements", lambda: add_merged(store.dataset, disagreement_quads(corpus)))
    timed("reason", lambda: reason(store, rules))
    timed("validate", lambda: list(violations(store, checks)))
    timed("write", lambda: (n_quads(store), graph_sizes(store, ROOT)))
    seconds["all"] = sum(seconds.values())
    seconds["quads"] = len(store.dataset)
    return seconds


def _name(id_: str, copy: int) -> str:
    return id_ if not id_ or id_.startswith(SHARED) else f"{id_}-x{copy}"


def _renamed(entity: Entity, copy: int) -> Entity:
    return replace(
        entity,
        id=_name(entity.id, copy),
        country=_name(entity.country, copy),
        broader=_name(entity.broader, copy),
        external=(),
    )


def _copied(claim: Claim, copy: int) -> Claim:
    return replace(
        claim,
        id=f"{claim.id}-x{copy}",
        **{k: _name(getattr(claim, k), copy) for k in ("subject", "object", "material", "said_by")},
    )


def main(sizes: list[int]) -> None:
    """Print one line a size."""
    real = read_corpus(ROOT)
    base = 0.0
    for size in [len(real.claims), *sizes]:
        seconds = measure(grown(real, size))
        base = base or seconds["all"]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        steps = "  ".join(f"{k} {v:.2f}" for k, v in seconds.items() if k not in {"all", "quads"})
        times = f"{seconds['all']:7.2f} s  {seconds['all'] / base:6.1f} x"
        print(f"{size:>7} claims  {times}  {int(seconds['quads']):>9} quads  {peak:>5} MB   {steps}")


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [10_000, 100_000])
