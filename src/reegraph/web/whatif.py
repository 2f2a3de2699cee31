"""What if: the shipped scenarios, each worked out once for the graph that is served, in a thread."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from reegraph.errors import UnknownName
from reegraph.scenario.answer import Asked, answer
from reegraph.scenario.definition import scenario_list
from reegraph.scenario.outcome import Outcome
from reegraph.sentence import Sentence
from reegraph.table import Thing


class WhatIf:
    """The scenarios of one graph. That graph has one version of the data, so an outcome is kept."""

    def __init__(self, graph: Asked) -> None:
        self._graph = graph
        self._outcomes: dict[str, Future[Outcome]] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "reegraph-what-if")

    @cached_property
    def shipped(self) -> dict[str, tuple[Thing, Thing]]:
        """Title and question of each scenario by name."""
        rows = scenario_list(Path(self._graph.root)).rows
        return {str(n): (t, q) for n, t, q in rows if isinstance(t, Thing) and isinstance(q, Thing)}

    def outcome(self, name: str, *, wait: bool = False) -> Outcome | None:
        """The outcome of a scenario; None while it is being worked out, unless `wait`.

        Raises UnknownName, and what the scenario itself raises.
        """
        if name not in self.shipped:
            listed = ", ".join(self.shipped)
            raise UnknownName(
                "scenario", name, self.shipped, Sentence(f"Known: {listed}.", f"現有：{listed}。")
            )
        with self._lock:
            if name not in self._outcomes:
                self._outcomes[name] = self._worker.submit(answer, self._graph, name)
            future = self._outcomes[name]
        return future.result() if wait or future.done() else None
