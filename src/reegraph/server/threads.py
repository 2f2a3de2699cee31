"""The engine's backend where nothing can be forked (Windows): threads of this process, without isolation."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, TypeVar

import pyoxigraph as ox

from reegraph.errors import ReegraphError, StoreError
from reegraph.server.answer import too_slow
from reegraph.server.answering import Sink, answer
from reegraph.server.backend import Kept, Options, Source
from reegraph.server.changing import apply
from reegraph.server.question import Change, Job
from reegraph.store.embedded import RDF_FILES

_STACK: Final = 512 << 20
T = TypeVar("T")


class Threads:
    """Answers from threads; a query that is too slow is answered 503, and goes on to its end."""

    def __init__(self, source: Source, options: Options) -> None:
        self.options, self.losses, self.pool = options, 0, None
        self._source, self._dataset = source, ox.Store()
        self._starting, self._started = asyncio.Lock(), False
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        before = threading.stack_size(_STACK)
        try:
            for _ in range(options.workers):
                # Daemons: a query that never ends must not keep the process from ending.
                threading.Thread(target=self._work, name="reegraph-engine", daemon=True).start()
        finally:
            threading.stack_size(before)

    async def start(self) -> None:
        """Load the data, once."""
        async with self._starting:
            if not self._started:
                await self._run(self._load)
                self._started = True

    async def answer(self, job: Job) -> Kept:
        """See Engine.answer."""
        sink = _Whole(self.options.result_limit, job.coding)

        def work() -> Kept:
            answer(self._dataset, job.question, sink)
            sink.finish()
            return Kept(sink.media, sink.coding, bytes(sink.body))

        seconds = min(job.seconds or self.options.query_timeout, self.options.query_timeout)
        try:
            async with asyncio.timeout(seconds):
                return await self._run(work)
        except TimeoutError as error:
            raise too_slow(seconds) from error

    async def change(self, change: Change) -> dict[str, Any]:
        """See Engine.change."""
        return await self._run(lambda: apply(self._dataset, change))

    async def close(self) -> None:
        """Let the threads end after what they are at."""
        for _ in range(self.options.workers):
            self._tasks.put(None)

    def figures(self) -> dict[str, float]:
        """Nothing."""
        return {}

    async def _run(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, error: BaseException | None) -> None:
            if future.done():
                return
            if error:
                future.set_exception(error)
            else:
                future.set_result(result)  # type: ignore[arg-type]  # without an error there is a result

        def task() -> None:
            result, fault = None, None
            try:
                result = work()
            except ReegraphError as error:
                # Without its frames: they hold query results, which only their own thread may drop.
                error.__cause__ = error.__context__ = None
                fault = error.with_traceback(None)
            except BaseException:  # a panic of the engine is no Exception, and must not end the thread
                fault = StoreError("the engine failed")
            with suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(settle, result, fault)

        self._tasks.put(task)
        return await future

    def _load(self) -> None:
        source = self._source
        try:
            if source.store:
                self._dataset = source.store.dataset
            elif source.folder:
                opened = ox.Store if source.writable else ox.Store.read_only
                self._dataset = opened(source.folder)
            elif source.path:
                path = Path(source.path)
                form = RDF_FILES[path.suffix[1:].lower()]
                named = form not in {ox.RdfFormat.N_QUADS, ox.RdfFormat.N_TRIPLES}
                base = path.absolute().as_uri() if named else None
                self._dataset.bulk_load(path=source.path, format=form, base_iri=base)
        except (OSError, SyntaxError, ValueError) as error:
            raise StoreError(f"{source.folder or source.path}: cannot be loaded: {error}") from error

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()


class _Whole(Sink):
    """A sink that keeps everything."""

    def __init__(self, limit: int, coding: str) -> None:
        super().__init__(limit, coding)
        self.body, self.coding = bytearray(), ""

    def head(self, coding: str, whole: bool) -> None:
        self.coding = coding

    def part(self, data: bytes | bytearray) -> None:
        self.body += data

    def push(self) -> None:
        """Everything stays here."""
