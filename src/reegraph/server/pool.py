"""The pool: workers that each answer one question at a time and are ended when they take too long.

Workers are forked by the keeper; a second keeper stands by to take the place of one that dies.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from reegraph.errors import ReegraphError, StoreError
from reegraph.server import process
from reegraph.server.answer import Answer, Worker, too_slow
from reegraph.server.process import Ended, Process
from reegraph.server.question import Job, Limits, Query, Question
from reegraph.server.refusal import Refusal
from reegraph.server.wishes import Fork, Reading, Reap
from reegraph.server.words import shape

T = TypeVar("T")

_TRIES: Final = 3  # of starting a keeper, before a request is told that the store is away
AT_REST: Final = 60.0  # seconds without work after which a process that has its own copy of data is let go
_KINDS: Final = 1000  # of query that are known to be costly
_REMEMBERED: Final = 10.0  # seconds
_MOMENT: Final = 0.1  # seconds that a question gets beside the others while all workers are at work


@dataclass(frozen=True)
class Bounds:
    """What the pool gives: workers, seconds for an answer, requests that may wait, a worker's limits."""

    workers: int
    seconds: float
    waiting: int
    limits: Limits


class Pool:
    """Workers over one state of the data. `fill` loads the data into a fresh keeper."""

    def __init__(self, bounds: Bounds, fill: Callable[[Process], Awaitable[None]]) -> None:
        self.bounds, self._fill = bounds, fill
        self._keeper: Process | None = None
        self._spare: Process | None = None
        self._retired: list[Process] = []
        self._idle: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._aside, self._trying = _Aside(self), 0
        self._costly: OrderedDict[str, float] = OrderedDict()  # kinds of query, and when one took long
        self._workers: set[Worker] = set()
        self._count = 0
        self._reviving = asyncio.Lock()
        self._background: set[asyncio.Task[Any]] = set()
        self.restarts = 0
        self.fork_seconds = 0.0  # the least that a fork has taken: it grows with the data

    async def keeper(self) -> Process:
        """The keeper of the present state, started or replaced where there is none."""
        if self._keeper and self._keeper.alive:
            return self._keeper
        async with self._reviving:
            if self._keeper and self._keeper.alive:
                return self._keeper
            self.restarts += self._keeper is not None
            if self._spare and self._spare.alive:
                self._keeper, self._spare = self._spare, None
            else:
                fresh = process.start("keeper")
                try:
                    await self._fill(fresh)
                except BaseException:
                    fresh.kill()
                    raise
                self._keeper = fresh
            self._in_background(self._stand_by(self._keeper))
            return self._keeper

    def adopt(self, keeper: Process | None) -> None:
        """Take another state of the data from now on: that of `keeper`, or for None what `fill` loads."""
        old, self._keeper = self._keeper, keeper
        if old:
            self._retired.append(old)
        if self._spare:
            self._spare.close()
            self._spare = None
        while self._idle:
            self.discard(self._idle.popleft())
        self._aside.leave()
        if keeper:
            self._in_background(self._stand_by(keeper))
        self._sweep()

    async def copy(self) -> Process:
        """A fork of the keeper."""
        ours, theirs = socket.socketpair()
        with theirs:
            pid = (await (await self.keeper()).ask(Fork(), theirs.fileno()))["pid"]
        return Process(ours, pid)

    async def answer(self, job: Job) -> Answer:
        """The beginning of the answer, once it is certain that there is one.

        Raises Refusal (429 when too many wait, 503 at the deadline, 507 when the query ends its worker) and
        what answering raises.
        """
        loop = asyncio.get_running_loop()
        seconds = min(job.seconds or self.bounds.seconds, self.bounds.seconds)
        deadline = loop.time() + seconds
        if self.full and not self._idle and (quick := await self._at_once(job)):
            return quick
        worker = await self._free_worker(deadline, seconds)
        answer = Answer(self, worker, deadline, seconds)
        try:
            await answer.begin(replace(job, seconds=max(deadline - loop.time(), 0.001)))
        except BaseException:
            await answer.close()
            raise
        return answer

    async def _at_once(self, job: Job) -> Answer | None:
        """The answer where a moment is enough for it, so that quick questions need not wait for costly ones.

        None where it takes longer: then it has to wait its turn.
        """
        if self.queued >= self.bounds.waiting or self.fork_seconds > _MOMENT or self.is_costly(job.question):
            return None
        self._trying += 1
        try:
            quick = await self._aside.answer(replace(job, seconds=_MOMENT))
        finally:
            self._trying -= 1
        if not quick:
            self.remember(job.question)
        return quick

    def remember(self, question: Question) -> None:
        """Know the kind of a question as costly, for a while."""
        self._costly[_kind(question)] = time.monotonic()
        while len(self._costly) > _KINDS:
            self._costly.popitem(last=False)

    def is_costly(self, question: Question) -> bool:
        """Has one of its kind lately been seen to take long?"""
        return time.monotonic() - self._costly.get(_kind(question), -_REMEMBERED) < _REMEMBERED

    async def close(self) -> None:
        """End everything."""
        for task in list(self._background):
            task.cancel()
        for worker in self._workers:
            worker.kill()
            worker.close()
        for held in (self._spare, self._keeper, *self._retired):
            if held:
                held.kill()
        for _ in range(100):
            process.bury()
            if not process.unburied():
                break
            await asyncio.sleep(0.01)

    async def bury(self, worker: Worker) -> int:
        """End a reader; the result is its exit code."""
        worker.kill()
        worker.close()
        self._workers.discard(worker)
        return await self._reaped(worker)

    @property
    def full(self) -> bool:
        """True when as many queries are at work as may be."""
        return self._count >= self.bounds.workers

    def occupy(self, slow: int) -> None:
        """Count so many readers as busy workers, since what they are at is no quick query."""
        self._count += slow
        if slow < 0:
            self._next()

    @property
    def busy(self) -> int:
        """Workers that are at work."""
        return self._count - len(self._idle)

    @property
    def queued(self) -> int:
        """Requests that wait for a worker."""
        return len(self._waiting) + self._trying

    async def _free_worker(self, deadline: float, seconds: float) -> Worker:
        while True:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive and worker.keeper is self._keeper:
                    return worker
                self.discard(worker)
            if self._count < self.bounds.workers:
                return await self._fork(deadline, seconds)
            if self.queued >= self.bounds.waiting:
                raise Refusal(
                    429,
                    "too-many-requests",
                    f"{self.bounds.waiting} requests wait already. Try again in a second.",
                    {"Retry-After": "1"},
                )
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                async with asyncio.timeout_at(deadline):
                    await turn
            except TimeoutError:
                raise too_slow(seconds) from None
            finally:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                if turn.cancelled():
                    self._next()

    async def _fork(self, deadline: float, seconds: float) -> Worker:
        self._count += 1
        try:
            async with asyncio.timeout_at(deadline):
                for _ in range(_TRIES):
                    with suppress(Ended, OSError):  # it has ended, or no descriptor is free
                        return await self.forked()
            raise StoreError("the data are not there at the moment; try again")
        except TimeoutError:
            self._less()
            raise too_slow(seconds) from None
        except BaseException:
            self._less()
            raise

    async def forked(self, reading: Reading | None = None, *descriptors: int) -> Worker:
        """A fresh worker, or with `reading` a reader, given these descriptors beside its link."""
        keeper = await self.keeper()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                keeper.asked += 1
                wish = Fork(self.bounds.limits, reading)
                started = time.monotonic()
                pid = (await keeper.ask(wish, theirs.fileno(), *descriptors))["pid"]
                took = time.monotonic() - started
                self.fork_seconds = min(self.fork_seconds or took, took)
            except BaseException:
                ours.close()
                keeper.asked -= 1
                raise
        worker = Worker(ours, pid, keeper, self.bounds.limits.jobs)
        self._workers.add(worker)
        return worker

    def release(self, worker: Worker) -> None:
        """Take a worker back that has done its job."""
        worker.jobs -= 1
        if self.serves(worker):
            self._idle.append(worker)
            asyncio.get_running_loop().call_later(AT_REST, self._dismiss, worker, worker.jobs)
            self._next()
        else:
            self.discard(worker)

    def _dismiss(self, worker: Worker, jobs: int) -> None:
        """Let a worker go that has had no job since: it holds what it touched of the data a second time."""
        if worker in self._idle and worker.jobs == jobs:
            self._idle.remove(worker)
            self.discard(worker)

    def discard(self, worker: Worker) -> asyncio.Task[int]:
        """End a worker now; the result is its exit code."""
        self._less()
        return self.ended(worker)

    def ended(self, worker: Worker) -> asyncio.Task[int]:
        """End a worker that is none of those counted; the result is its exit code."""
        worker.kill()
        self._workers.discard(worker)
        # Not at once: a reading that has just been cancelled still has to be taken off the event loop.
        asyncio.get_running_loop().call_soon(worker.close)
        return self._in_background(self._reaped(worker))

    def serves(self, worker: Worker) -> bool:
        """May a worker that has done its job be given another?"""
        return worker.jobs > 0 and worker.keeper is self._keeper and worker.alive

    async def _reaped(self, worker: Worker) -> int:
        try:
            status = (await worker.keeper.ask(Reap(worker.pid)))["status"]
        except ReegraphError:
            status = -signal.SIGKILL
        worker.keeper.asked -= 1
        self._sweep()
        return int(status)

    def _less(self) -> None:
        self._count -= 1
        self._next()

    def _next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def _sweep(self) -> None:
        """Let retired keepers go that have no worker left."""
        for keeper in [k for k in self._retired if k.asked == 0]:
            self._retired.remove(keeper)
            keeper.close()
        process.bury()

    async def _stand_by(self, keeper: Process) -> None:
        with suppress(ReegraphError, OSError):
            ours, theirs = socket.socketpair()
            with theirs:
                pid = (await keeper.ask(Fork(), theirs.fileno()))["pid"]
            spare = Process(ours, pid)
            if keeper is self._keeper and not (self._spare and self._spare.alive):
                self._spare = spare
            else:
                spare.close()

    def _in_background(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task


def _kind(question: Question) -> str:
    return shape(question.text) if isinstance(question, Query) else type(question).__name__


class _Aside:
    """One worker beside those of the pool, for one question at a time that may take a moment only."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._turn = pool, asyncio.Lock()
        self._worker: Worker | None = None

    async def answer(self, job: Job) -> Answer | None:
        """The whole answer, or None where it is not there after the job's seconds."""
        async with self._turn:
            if self._worker and not self._pool.serves(self._worker):
                self.discard(self._worker)
            try:
                self._worker = self._worker or await self._pool.forked()
            except (Ended, OSError):
                return None
            answer = Answer(self, self._worker, asyncio.get_running_loop().time() + job.seconds, job.seconds)
            try:
                await answer.begin(job)
            except Refusal:
                if not answer.expired:
                    raise
            finally:
                if not answer.whole:
                    await answer.close()
            return answer if answer.whole else None

    def leave(self, jobs: int | None = None) -> None:
        """End the worker, unless it is at work, or has done more since it had so many jobs left."""
        if self._worker and not self._turn.locked() and jobs in {None, self._worker.jobs}:
            self.discard(self._worker)

    def release(self, worker: Worker) -> None:
        """Keep it for the next question."""
        worker.jobs -= 1
        if self._pool.serves(worker):
            asyncio.get_running_loop().call_later(AT_REST, self.leave, worker.jobs)
        else:
            self.discard(worker)

    def discard(self, worker: Worker) -> asyncio.Task[int]:
        """End it; the result is its exit code."""
        self._worker = None
        return self._pool.ended(worker)
