"""What if: the shipped scenarios and what they come to together, each worked out once for a graph."""

from __future__ import annotations

import ctypes
import threading
from collections import OrderedDict
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorking
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from reegraph.scenario.answer import Asked, answer
from reegraph.scenario.definition import scenario_list
from reegraph.scenario.outcome import Outcome
from reegraph.table import Thing

_KEPT: Final = 64  # outcomes; some 200 kilobytes each
_WAITING: Final = 4  # combinations in a queue; who asks for a further one is told to ask again


class WhatIf:
    """The scenarios of one graph. That graph has one version of the data, so outcomes are kept.

    One thread works them out, one after another, whoever waits for them.
    """

    def __init__(self, graph: Asked) -> None:
        self._graph = graph
        self._outcomes: OrderedDict[tuple[str, ...], Future[Outcome]] = OrderedDict()
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "reegraph-what-if")

    @cached_property
    def shipped(self) -> dict[str, tuple[Thing, Thing]]:
        """Title and question of each scenario by name."""
        rows = scenario_list(Path(self._graph.root)).rows
        return {str(n): (t, q) for n, t, q in rows if isinstance(t, Thing) and isinstance(q, Thing)}

    def outcome(self, names: Collection[str], *, wait: float) -> Outcome | None:
        """The outcome of shipped scenarios that all hold; None where it takes longer than `wait` seconds.

        Raises what the scenarios themselves raise.
        """
        future = self._future(tuple(n for n in self.shipped if n in names))
        try:
            return future.result(wait) if future else None
        except StillWorking:
            return None

    def _future(self, names: tuple[str, ...]) -> Future[Outcome] | None:
        """The work on these, which begins when its turn comes; None where too many wait already."""
        with self._lock:
            if names in self._outcomes:
                self._outcomes.move_to_end(names)
                return self._outcomes[names]
            if sum(not f.done() for f in self._outcomes.values()) >= _WAITING:
                return None
            self._outcomes[names] = self._worker.submit(_worked_out, self._graph, names)
            if len(self._outcomes) > _KEPT:
                self._outcomes.popitem(last=False)
            return self._outcomes[names]


def _worked_out(graph: Asked, names: Collection[str]) -> Outcome:
    """The outcome; what its copy of the graph took is given back to the system, which glibc would keep."""
    try:
        return answer(graph, *names)
    finally:
        with suppress(OSError, AttributeError, TypeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
