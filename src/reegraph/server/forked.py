"""The engine's backend where processes can be forked: a pool of workers and, for a folder, its scribe.

A change is tried in a fork of the keeper; for a folder it is then recorded on disk; then the fork takes over.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final

import pyoxigraph as ox

from reegraph.errors import ReegraphError, StoreError
from reegraph.server import process
from reegraph.server.answer import Answer, too_slow
from reegraph.server.backend import Options, Source
from reegraph.server.changing import repeats
from reegraph.server.pool import Bounds, Pool
from reegraph.server.process import Ended, Process
from reegraph.server.question import Change, Job
from reegraph.server.refusal import Refusal
from reegraph.server.wishes import Copy, Load, Reap, Record, Try

_LOCKED: Final = 10.0  # seconds that the lock of a folder is waited for
_UNSURE: Final = Refusal(
    507,
    "update-unsure",
    "the process that writes to the disk ended before it had said that the update is there. The data have "
    "been loaded anew from the disk: ask whether it is there before repeating it.",
)


class Forked:
    """Answers from forked workers; see Engine."""

    def __init__(self, source: Source, options: Options) -> None:
        self.source, self.options = source, options
        bounds = Bounds(options.workers, options.query_timeout, options.waiting, options.limits)
        self.pool = Pool(bounds, self._fill)
        self._scribe: Process | None = None
        self._opening = asyncio.Lock()
        self._filled = 0
        self.losses = 0

    async def start(self) -> None:
        """Load the data."""
        await self.pool.keeper()

    async def answer(self, job: Job) -> Answer:
        """See Engine.answer."""
        return await self.pool.answer(job)

    async def change(self, change: Change) -> dict[str, Any]:
        """See Engine.change."""
        if self.source.folder and not repeats(change):
            result = await self._recorded(change)
            await self._reload()
            return result
        tried, result = await self._tried(change)
        try:
            if self.source.folder:
                await self._recorded(change)
        except BaseException:
            await self._drop(tried)
            raise
        self.pool.adopt(tried)
        return result

    async def close(self) -> None:
        """End all processes."""
        if self._scribe:
            self._scribe.close()
        await self.pool.close()

    def figures(self) -> dict[str, float]:
        """What /metrics tells of the pool."""
        return {
            "workers_busy": self.pool.busy,
            "requests_waiting": self.pool.queued,
            "keeper_restarts_total": self.pool.restarts,
        }

    async def _tried(self, change: Change) -> tuple[Process, dict[str, Any]]:
        """A copy of the keeper in which the change has been made, and what came of it."""
        seconds = self.options.query_timeout
        wish = Try(change, seconds, self.options.memory_limit << 20, self.options.allow_service)
        copy = await self.pool.copy()
        try:
            async with asyncio.timeout(seconds):
                return copy, await copy.ask(wish)
        except BaseException as error:
            await self._drop(copy)
            raise _plain(error, seconds) from error

    async def _recorded(self, change: Change) -> dict[str, Any]:
        """What came of a change on disk. When the scribe dies the disk alone knows: it is loaded anew."""
        seconds = self.options.query_timeout
        scribe = await self._writer()
        try:
            async with asyncio.timeout(seconds):
                return await scribe.ask(Record(change))
        except (TimeoutError, Ended, asyncio.CancelledError) as error:
            scribe.kill()
            self._scribe = None
            await asyncio.shield(self._reload())
            raise (_UNSURE if isinstance(error, Ended) else _plain(error, seconds)) from error

    async def _reload(self) -> None:
        """Take the state of the disk."""
        fresh = process.start("keeper")
        try:
            await self._fill(fresh)
        except BaseException:
            fresh.kill()
            raise
        self.pool.adopt(fresh)

    async def _fill(self, keeper: Process) -> None:
        source = self.source
        if source.folder:
            await self._poured(keeper)
        elif source.path:
            await keeper.ask(Load(path=source.path))
        else:
            content = source.store.dataset.dump(format=ox.RdfFormat.N_QUADS) if source.store else b""
            graphs = [g.value for g in source.store.dataset.named_graphs()] if source.store else []
            await keeper.ask(Load(content=content or b"", graphs=tuple(graphs)))
            self.losses += bool(self._filled and source.writable)
        self._filled += 1

    async def _poured(self, keeper: Process) -> None:
        scribe = await self._writer()
        out, into = os.pipe()
        loading = asyncio.ensure_future(_handing(keeper, Load(piped=True), out))
        copying = asyncio.ensure_future(_handing(scribe, Copy(), into))
        outcomes = await asyncio.gather(loading, copying, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            await keeper.ask(Load(graphs=tuple(outcome.get("graphs", ()))))

    async def _writer(self) -> Process:
        """The scribe, opened once for all who want it: two would wait for each other's lock of the folder."""
        async with self._opening:
            if not (self._scribe and self._scribe.alive):
                self._scribe = await self._opened()
            return self._scribe

    async def _opened(self) -> Process:
        deadline = asyncio.get_running_loop().time() + _LOCKED
        while True:
            scribe = process.start("scribe", self.source.folder, "rw" if self.source.writable else "ro")
            try:
                await scribe.heard()
                return scribe
            except StoreError as error:
                scribe.kill()
                # One whose front was killed holds the lock until it has ended.
                again = isinstance(error, Ended) or "lock" in str(error).lower()
                if not again or asyncio.get_running_loop().time() > deadline:
                    remedy = " Without --writable it is read only." if self.source.writable else ""
                    raise StoreError(f"{self.source.folder}: cannot be opened: {error}.{remedy}") from error
                await asyncio.sleep(0.05)
            except BaseException:
                scribe.kill()
                raise

    async def _drop(self, copy: Process) -> None:
        """End a copy, and have the keeper, whose child it is, wait for it."""
        copy.kill()
        keeper = await self.pool.keeper()
        try:
            await keeper.ask(Reap(copy.pid))
        except ReegraphError:  # it was the child of another
            return


async def _handing(process: Process, wish: Load | Copy, descriptor: int) -> dict[str, Any]:
    """What comes of a wish that takes a descriptor along, which is closed here afterwards."""
    try:
        return await process.ask(wish, descriptor)
    finally:
        os.close(descriptor)


def _plain(error: BaseException, seconds: float) -> BaseException:
    """What a client is told of an error."""
    if isinstance(error, TimeoutError):
        return too_slow(seconds)
    if isinstance(error, Ended):
        return Refusal(
            507,
            "update-failed",
            "the update cannot be carried out: it needs too much memory, or is nested too deeply.",
        )
    return error if isinstance(error, ReegraphError | asyncio.CancelledError) else StoreError(str(error))
