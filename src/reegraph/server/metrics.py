"""What the server counts, in Prometheus' text format, and its access log."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reegraph.errors import UsageError
from reegraph.server.board import LINE, STEPS, Board

if TYPE_CHECKING:
    from starlette.types import Message, Scope, Send

access: Final = logging.getLogger("reegraph.access")


def log_to(file: Path) -> None:
    """Have each request written to a file, one line each; UsageError when it cannot be opened."""
    try:
        handler = logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written to: {error.strerror}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    access.addHandler(handler)
    access.setLevel(logging.INFO)
    access.propagate = False


@contextmanager
def access_log() -> Iterator[list[int]]:
    """A descriptor of the access log, if one is kept, for another process."""
    paths = [h.baseFilename for h in access.handlers if isinstance(h, logging.FileHandler)]
    if not paths:
        yield []
        return
    with open(paths[0], "ab") as file:
        yield [file.fileno()]


class Metrics:
    """Requests and their durations since the start."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._below: Counter[float] = Counter()
        self._seconds, self._count, self._bytes = 0.0, 0, 0
        self.broken = 0  # answers that broke off after their first part
        self.hits = 0  # of the readers' caches
        self.boards: set[Board] = set()  # of readers at work

    def watched(self, scope: Scope, send: Send, where: str) -> Watch:
        """A `send` that counts what goes through it."""
        return Watch(self, scope, send, where)

    def count(self, method: str, where: str, status: int, seconds: float, size: int) -> None:
        """Count one request that is over."""
        self._requests[method, where, status] += 1
        self._seconds += seconds
        self._count += 1
        self._bytes += size
        for step in STEPS:
            if seconds <= step:
                self._below[step] += 1

    def absorb(self, board: Board) -> None:
        """Count what a reader has done that is no more."""
        hits, size, seconds, steps = board.spent
        for (method, status), count in board.answered.items():
            self._requests[method, "/sparql", status] += count
            self._count += count
        self._seconds += seconds
        self._bytes += size
        self.hits += hits
        for step, count in zip(STEPS, steps, strict=True):
            self._below[step] += count

    def whole(self) -> Metrics:
        """These figures and those of the readers at work."""
        whole = copy(self)
        whole._requests, whole._below = self._requests.copy(), self._below.copy()
        for board in self.boards:
            whole.absorb(board)
        return whole

    def text(self, more: Mapping[str, float]) -> str:
        """Everything, in Prometheus' text format, with some gauges more."""
        lines = ["# TYPE reegraph_requests_total counter"]
        for (method, where, status), count in sorted((+self._requests).items()):
            labels = f'method="{method}",path="{where}",status="{status}"'
            lines.append(f"reegraph_requests_total{{{labels}}} {count}")
        lines.append("# TYPE reegraph_request_seconds histogram")
        lines += [f'reegraph_request_seconds_bucket{{le="{s:g}"}} {self._below[s]}' for s in STEPS]
        lines.append(f'reegraph_request_seconds_bucket{{le="+Inf"}} {self._count}')
        lines.append(f"reegraph_request_seconds_sum {self._seconds:.6f}")
        lines.append(f"reegraph_request_seconds_count {self._count}")
        singles = {"sent_bytes_total": self._bytes, "broken_answers_total": self.broken, **more}
        for name, value in singles.items():
            kind = "counter" if name.endswith("_total") else "gauge"
            lines += [f"# TYPE reegraph_{name} {kind}", f"reegraph_{name} {value:g}"]
        return "\n".join(lines) + "\n"


class Watch:
    """A `send` of one request; `done` counts and logs it."""

    def __init__(self, metrics: Metrics, scope: Scope, send: Send, where: str) -> None:
        self._metrics, self._scope, self._send, self._where = metrics, scope, send, where
        self._started, self._status, self._size = time.perf_counter(), 0, 0

    async def __call__(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        else:
            self._size += len(message.get("body", b""))
        await self._send(message)

    def done(self) -> None:
        """The request is over. The log has no query, no token and no address after the question mark."""
        seconds = time.perf_counter() - self._started
        method = self._scope["method"] if self._scope["method"] in _METHODS else "other"
        self._metrics.count(method, self._where, self._status, seconds, self._size)
        if access.isEnabledFor(logging.INFO):
            client = (self._scope.get("client") or ("-",))[0]
            path = self._scope["path"].encode("ascii", "backslashreplace").decode().replace("\n", "\\n")
            access.info(LINE, client, method, path, self._status, self._size, seconds * 1000)


_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
