"""The scribe: the one process that has a RocksDB folder open, to write to it and to copy it out.

Started as `python -m reegraph.server.scribe FD FOLDER rw|ro`; FD is its link to the front: it ends with it.
"""

from __future__ import annotations

import glob
import json
import os
import pickle
import signal
import socket
import sys
from contextlib import suppress
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from reegraph.errors import StoreError
from reegraph.server.changing import apply
from reegraph.server.question import Change
from reegraph.server.refusal import Refusal
from reegraph.server.wire import END, FAULT, frame, packed_fault, receive
from reegraph.server.wishes import Copy, Record
from reegraph.server.worker import in_deep_stack


def main() -> None:
    """Write, until the link ends."""
    for name in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    link = socket.socket(fileno=int(sys.argv[1]))
    try:
        folder = Folder(sys.argv[2], writable=sys.argv[3] == "rw")
    except BaseException as error:
        link.sendall(frame(FAULT, packed_fault(StoreError(str(error)))))
        os._exit(1)
    link.sendall(frame(END, b"{}"))
    in_deep_stack(lambda: _serve(folder, link))


class Folder:
    """A RocksDB folder that is open. One that could not be written to is opened anew for the next change."""

    def __init__(self, path: str, *, writable: bool) -> None:
        self._path = path
        self._failed = False
        self._dataset = ox.Store(path) if writable else ox.Store.read_only(path)

    def granted(self, wish: Copy | Record, descriptors: list[int]) -> dict[str, Any]:
        """Do what is wished. Raises what `apply` raises, and Refusal (507) when the disk does not take it."""
        match wish:
            case Copy():
                with open(descriptors[0], "wb") as pipe:
                    self._dataset.dump(cast(IO[bytes], pipe), ox.RdfFormat.N_QUADS)
                graphs = self._dataset.named_graphs()
                return {"graphs": [g.value for g in graphs if isinstance(g, ox.NamedNode)]}
            case Record(change):
                return self._record(change)

    def _record(self, change: Change) -> dict[str, Any]:
        try:
            if self._failed:
                self._reopen()
            answer = apply(self._dataset, change)
        except (OSError, StoreError) as error:
            if _DISK not in str(error):  # a LOAD whose source does not answer
                raise
            self._failed = True
            raise Refusal(507, "disk-failed", _UNWRITTEN.format(_reason(error))) from error
        self._settle()
        return answer

    def _reopen(self) -> None:
        """Open it to write, or else to read: RocksDB, once it has failed, takes no more until then."""
        del self._dataset
        try:
            self._dataset = ox.Store(self._path)
        except OSError:
            self._dataset = ox.Store.read_only(self._path)
            raise
        self._failed = False

    def _settle(self) -> None:
        """Have the disk take what the log of RocksDB has been handed: it survives a loss of power then."""
        for path in glob.glob(os.path.join(glob.escape(self._path), "*.log")):
            with suppress(FileNotFoundError):
                log = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(log)
                except OSError as error:  # whether it is on disk is not known: the front asks the disk
                    print(f"reegraph: {path}: {error.strerror}", file=sys.stderr, flush=True)
                    os._exit(1)
                finally:
                    os.close(log)


_DISK: Final = "IO error: "  # how RocksDB begins
_UNWRITTEN: Final = (
    "the update is not recorded, and nothing of it is kept: {}. Have the server's disk seen to."
)


def _reason(error: Exception) -> str:
    """The last part of RocksDB's message, which names no path: No space left on device."""
    return str(error).rpartition(": ")[2]


def _serve(folder: Folder, link: socket.socket) -> None:
    while (message := receive(link)) is not None:
        wish: Copy | Record = pickle.loads(message[1])  # noqa: S301 (from the front, which started this process)
        try:
            answer = folder.granted(wish, message[2])
        except BaseException as error:
            link.sendall(frame(FAULT, packed_fault(error)))
        else:
            link.sendall(frame(END, json.dumps(answer).encode()))
    os._exit(0)


if __name__ == "__main__":
    main()
