"""The engine: questions in, answers out; changes one after the other; a cache of short answers."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

from reegraph.errors import ReegraphError
from reegraph.server.backend import Backend, Kept, Options, Reply, Source
from reegraph.server.question import CensusRead, Change, Job, Query
from reegraph.server.refusal import status_of
from reegraph.server.words import is_volatile

FORKS: Final = hasattr(os, "fork")
_CACHE: Final = 8 << 20  # bytes of answers that are kept
_LONGEST: Final = 80_000  # bytes of one of them: what comes whole


class Engine:
    """Answers from data that other processes hold; on systems that cannot fork, from threads of this one."""

    def __init__(self, source: Source, options: Options | None = None, version: str = "") -> None:
        self.source, self.options = source, options or Options()
        self._name = version or secrets.token_hex(6)
        self._changes = 0
        self._writing = asyncio.Lock()
        self._kept: OrderedDict[tuple[str, Job], Kept] = OrderedDict()
        self._size = self.hits = 0
        self._census: dict[str, Any] = {}
        self.backend: Backend = _backend(source, self.options)

    @property
    def version(self) -> str:
        """The name of the present state of the data."""
        states = self._changes + self.backend.losses
        return f"{self._name}-{states}" if states else self._name

    async def start(self) -> None:
        """Have the data loaded. Raises StoreError when they cannot be."""
        await self.backend.start()

    async def answer(self, job: Job) -> Reply:
        """The beginning of the answer, once it is certain that there is one.

        Raises QueryError for a query that does not parse, UnknownName for a graph or thing that is not there,
        Refusal (400 for a graph name that is no IRI, 406 when the query's kind has no acceptable form, 429,
        503 and 507 at the limits), StoreError when the engine fails.
        """
        key = (self.version, job)
        reply = await self.backend.answer(job)
        if reply.whole and len(reply.body) <= _LONGEST and self._lasting(job):
            self._keep(key, Kept(reply.media, reply.coding, reply.body))
        return reply

    def kept(self, job: Job) -> Kept | None:
        """The answer when it has been kept since an earlier request."""
        key = (self.version, job)
        if kept := self._kept.get(key):
            self._kept.move_to_end(key)
            self.hits += 1
        return kept

    async def change(
        self, change: Change, condition: Callable[[], Awaitable[None]] | None = None
    ) -> dict[str, Any]:
        """Carry out a change; it is there for every question that comes after.

        With a condition, only if that raises nothing; no other change comes between.
        Raises what answering raises, and nothing has changed then.
        """
        async with self._writing:
            try:
                if condition:
                    await condition()
                result = await self.backend.change(change)
            except BaseException as error:
                if not (isinstance(error, ReegraphError) and status_of(error) < 500):  # it may have been made
                    self._changed()
                raise
            self._changed()
            return result

    async def census(self) -> dict[str, Any]:
        """How many triples the default graph and each named graph hold."""
        if not self._census:
            version = self.version
            reply = await self.backend.answer(Job(CensusRead()))
            found: dict[str, Any] = json.loads(reply.body + b"".join([part async for part in reply.rest()]))
            if version != self.version:
                return found
            self._census = found
        return self._census

    async def close(self) -> None:
        """End all that has been started."""
        await self.backend.close()

    def _changed(self) -> None:
        self._changes += 1
        self._kept.clear()
        self._size, self._census = 0, {}

    def _lasting(self, job: Job) -> bool:
        if not isinstance(job.question, Query):
            return not isinstance(job.question, CensusRead)
        return not self.options.allow_service and not is_volatile(job.question.text)

    def _keep(self, key: tuple[str, Job], kept: Kept) -> None:
        self._kept[key] = kept
        self._size += len(kept.body) + _length(key[1])
        while self._size > _CACHE:
            old, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped.body) + _length(old[1])


def _length(job: Job) -> int:
    return 500 + (len(job.question.text) * 4 if isinstance(job.question, Query) else 0)


def _backend(source: Source, options: Options) -> Backend:
    if FORKS:
        from reegraph.server.forked import Forked

        return Forked(source, options)
    from reegraph.server.threads import Threads

    return Threads(source, options)
