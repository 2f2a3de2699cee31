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
from typing import IO, Any, cast

import pyoxigraph as ox

from reegraph.errors import StoreError
from reegraph.server.changing import apply
from reegraph.server.wire import END, FAULT, frame, packed_fault, receive
from reegraph.server.wishes import Copy, Record
from reegraph.server.worker import in_deep_stack


def main() -> None:
    """Write, until the link ends."""
    for name in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    link, folder = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    try:
        dataset = ox.Store(folder) if sys.argv[3] == "rw" else ox.Store.read_only(folder)
    except BaseException as error:
        link.sendall(frame(FAULT, packed_fault(StoreError(str(error)))))
        os._exit(1)
    link.sendall(frame(END, b"{}"))
    in_deep_stack(lambda: _serve(dataset, link, folder))


def _serve(dataset: ox.Store, link: socket.socket, folder: str) -> None:
    while (message := receive(link)) is not None:
        wish: Copy | Record = pickle.loads(message[1])  # noqa: S301 (from the front, which started this process)
        try:
            answer = _granted(dataset, wish, message[2], folder)
        except BaseException as error:
            link.sendall(frame(FAULT, packed_fault(error)))
        else:
            link.sendall(frame(END, json.dumps(answer).encode()))
    os._exit(0)


def _granted(dataset: ox.Store, wish: Copy | Record, descriptors: list[int], folder: str) -> dict[str, Any]:
    match wish:
        case Copy():
            with open(descriptors[0], "wb") as pipe:
                dataset.dump(cast(IO[bytes], pipe), ox.RdfFormat.N_QUADS)
            return {"graphs": [g.value for g in dataset.named_graphs() if isinstance(g, ox.NamedNode)]}
        case Record(change):
            answer = apply(dataset, change)
            _settle(folder)
            return answer


def _settle(folder: str) -> None:
    """Have the disk take what the log of RocksDB has been handed: it survives a loss of power then."""
    for path in glob.glob(os.path.join(glob.escape(folder), "*.log")):
        with suppress(FileNotFoundError):
            log = os.open(path, os.O_RDONLY)
            try:
                os.fsync(log)
            finally:
                os.close(log)


if __name__ == "__main__":
    main()
