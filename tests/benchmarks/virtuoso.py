"""Virtuoso as a peer (Debian's virtuoso-opensource-7): its settings and how it is loaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

_SETTINGS: Final = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000

[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 64
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {source}
DefaultIsolation = 2

[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 64
MaxKeepAlives = 64
KeepAliveTimeout = 60

[SPARQL]
ResultSetMaxRows = 10000000
"""
_BUFFERS: Final = 340_000  # of 8 KB each: the documentation's own advice for 4 GB of memory
_SECONDS: Final = 120


def installed() -> bool:
    """True when the server and its SQL client are there."""
    return bool(shutil.which("virtuoso-t") and shutil.which("isql-vt"))


def command(folder: Path, source: Path, port: int, sql: int) -> list[str]:
    """The command that starts it in the foreground, on two ports of loopback, over a database of its own."""
    folder.mkdir()
    settings = folder / "virtuoso.ini"
    settings.write_text(
        _SETTINGS.format(
            folder=folder, source=source, port=port, sql=sql, buffers=_BUFFERS, dirty=_BUFFERS * 3 // 4
        )
    )
    return ["virtuoso-t", "-f", "+configfile", str(settings)]


def load(file: Path, sql: int) -> None:
    """Load an N-Triples file, once the server takes commands. Raises RuntimeError when it does not."""
    steps = f"ld_dir('{file.parent}', '{file.name}', 'urn:graph'); rdf_loader_run(); checkpoint;"
    client = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba"]
    deadline = time.monotonic() + _SECONDS
    while subprocess.run([*client, "exec=status();"], capture_output=True, check=False).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError(f"Virtuoso takes no commands after {_SECONDS} s")
        time.sleep(0.2)
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        [*client, f"exec={steps}"], capture_output=True, text=True, check=True, env=environment
    )
    if "Error" in done.stderr:
        raise RuntimeError(f"Virtuoso cannot load {file}: {done.stderr}")
