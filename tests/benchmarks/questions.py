"""What each named question costs on the real graph: ``python tests/benchmarks/questions.py``.

Printed per question: the median of seven runs in milliseconds of the process's own time, so that other
work on the machine counts little; the ratio to counting all claims (the yardstick, which carries over to
another machine); the rows. Ends with status 1 when a question takes more than LIMIT milliseconds.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import reegraph

LIMIT = 50.0
YARDSTICK = (
    "SELECT (COUNT(?claim) AS ?n) { ?claim a ree:Claim ; ree:property ?property ; ree:subject ?subject }"
)


def median(work: Callable[[], object], runs: int = 7) -> float:
    """Milliseconds of this process's time, the median of that many runs."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds) * 1000


def main() -> int:
    """Print one line a question, the slowest first."""
    graph = reegraph.connect()
    yardstick = median(lambda: graph.store.select(YARDSTICK))
    print(f"yardstick: {yardstick:.2f} ms to count all claims")
    spent = {}
    for name, question in graph.questions.items():
        query = question.query
        spent[name] = (median(lambda q=query: graph.store.select(q)), len(graph.store.select(query)))  # type: ignore[misc]
    for name, (ms, rows) in sorted(spent.items(), key=lambda item: -item[1][0]):
        print(f"{ms:7.1f} ms  {ms / yardstick:6.1f} x  {rows:>4} rows  {name}")
    slow = [name for name, (ms, _) in spent.items() if ms > LIMIT]
    print(f"{len(spent)} questions, {len(slow)} above {LIMIT:.0f} ms{': ' if slow else ''}{', '.join(slow)}")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
