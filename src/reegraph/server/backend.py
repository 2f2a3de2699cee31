"""What an engine has its answers from: the data's source, the limits, and replies under way."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from reegraph.server.question import Change, Job, Limits
from reegraph.store import EmbeddedStore

if TYPE_CHECKING:
    from reegraph.server.pool import Pool


@dataclass(frozen=True)
class Options:
    """What a server gives its clients: see `reegraph serve --help`."""

    query_timeout: float = 30
    memory_limit: int = 1536  # MB over what the data take
    workers: int = field(default_factory=lambda: max(4, (os.cpu_count() or 1) + 2))
    waiting: int = 128
    result_limit: int = 512 << 20
    allow_service: bool = False
    jobs: int = 1000

    @property
    def limits(self) -> Limits:
        """What one worker may use."""
        return Limits(self.memory_limit << 20, self.result_limit, self.allow_service, self.jobs)


@dataclass(frozen=True)
class Source:
    """Where the data come from: a file, a RocksDB folder, a store of this process; of none, nowhere.

    `name` is what others' data are called, where they have a name.
    """

    path: str = ""
    folder: str = ""
    store: EmbeddedStore | None = None
    writable: bool = False
    name: str = ""


class Reply(Protocol):
    """An answer under way."""

    media: str
    coding: str
    whole: bool
    body: bytes

    def rest(self) -> AsyncIterator[bytes]:
        """The parts after `body`."""

    async def close(self) -> None:
        """End what is still under way."""


@dataclass
class Kept:
    """An answer that is there whole."""

    media: str
    coding: str
    body: bytes
    whole: bool = True

    async def rest(self) -> AsyncIterator[bytes]:
        """Nothing."""
        if not self.whole:
            yield b""

    async def close(self) -> None:
        """Nothing is under way."""


class Backend(Protocol):
    """Where an engine has its answers from."""

    losses: int  # how often a dataset in memory had to begin anew

    @property
    def pool(self) -> Pool | None:
        """The workers, where there are any."""

    async def start(self) -> None:
        """Load the data."""

    async def answer(self, job: Job) -> Reply:
        """See Engine.answer."""

    async def change(self, change: Change) -> dict[str, Any]:
        """See Engine.change."""

    async def close(self) -> None:
        """End all."""

    def figures(self) -> dict[str, float]:
        """What /metrics tells of it."""
