"""Files that browsers fetch: our own style sheet and modules, and the libraries the build hook brought."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

_STATIC: Final = Path(__file__).parent / "static"
_MEDIA: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
_OWN: Final = re.compile(r"[a-z]+\.(css|js|svg)")
_MODULES: Final = ("graph",)  # imported by our other modules as reegraph/<name>
MISSING: Final = (
    "the browser libraries are missing, so that the SPARQL editor is plain text, explore pages are lists and "
    "maps have no land. With the npm registry reachable, install again with REEGRAPH_WEB=require."
)


@dataclass(frozen=True)
class File:
    """A file as it is sent: `lasting` where its address changes with its content."""

    body: bytes
    packed: bytes
    media: str
    lasting: bool


class Assets:
    """What lies in static/; `vendor` is there when the build hook could run npm."""

    def __init__(self, folder: Path = _STATIC) -> None:
        self.folder = folder
        self.vendor = folder / "vendor"
        self._hashes = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10]
            for path in folder.iterdir()
            if path.is_file()
        }

    @cached_property
    def complete(self) -> bool:
        """True when the libraries are there."""
        return (self.vendor / "importmap.json").is_file()

    def address(self, name: str) -> str:
        """Where one of our own files stands; its hash lets browsers keep it."""
        return f"/static/{name}?{self._hashes[name]}"

    @cached_property
    def import_map(self) -> str:
        """Names of modules to their addresses, as it is printed in pages that use them."""
        imports = {f"reegraph/{name}": self.address(f"{name}.js") for name in _MODULES}
        if self.complete:
            told = json.loads((self.vendor / "importmap.json").read_text(encoding="utf-8"))["imports"]
            imports |= {name: f"/static/vendor/{path}" for name, path in told.items()}
        return json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")

    @cached_property
    def policy(self) -> str:
        """The Content-Security-Policy: our own files alone, and the import map by its hash."""
        digest = base64.b64encode(hashlib.sha256(self.import_map.encode()).digest()).decode()
        return (
            f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; "
            "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )

    def atlas(self) -> Path | None:
        """The outlines of the world's countries as TopoJSON, or None."""
        return next(iter(self.vendor.glob("world-atlas@*/countries-110m.json")), None)

    def file(self, path: str) -> File | None:
        """The file at /static/<path>: our own by name, or a library's; None for all else."""
        return _read(self.folder, path)


@lru_cache(maxsize=64)
def _read(folder: Path, path: str) -> File | None:
    own = _OWN.fullmatch(path) is not None
    found = folder / path
    inside = own or (
        path.startswith("vendor/") and found.resolve().is_relative_to((folder / "vendor").resolve())
    )
    if not inside or found.suffix not in _MEDIA or not found.is_file():
        return None
    body = found.read_bytes()
    return File(body, gzip.compress(body, 6, mtime=0), _MEDIA[found.suffix], lasting=not own)
