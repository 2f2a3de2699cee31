"""What if: scenarios as data/scenarios/*.toml, each a question and the changes that it supposes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reegraph.curation import edtf, figure
from reegraph.curation.claims import COLUMNS
from reegraph.curation.edtf import Span
from reegraph.curation.figure import Figure
from reegraph.errors import CurationError, Problem, UnknownName, UsageError, nearest
from reegraph.table import Column, Table, Thing

Known = Mapping[str, Collection[str]]  # the class names of every id, superclasses included
Fault = tuple[str, str]  # what, remedy


@dataclass(frozen=True)
class Stop:
    """A place, facility or firm stops a stage for some goods: all of it, or `share` percent."""

    on: str
    stage: str
    materials: tuple[str, ...]
    share: Figure | None = None


@dataclass(frozen=True)
class Impose:
    """An export control comes into force: a known one, or a new one of `maker` on `materials`."""

    control: str = ""
    maker: str = ""
    materials: tuple[str, ...] = ()
    since: Span | None = None


@dataclass(frozen=True)
class Lift:
    """A known export control ends."""

    control: str


@dataclass(frozen=True)
class Drop:
    """A claim is left out."""

    claim: str


@dataclass(frozen=True)
class Replace:
    """A claim says something else: these cells of its row in place of its own. `place` is file:line."""

    claim: str
    cells: Mapping[str, str]
    place: str = ""


@dataclass(frozen=True)
class Start:
    """A facility carries out a stage for some goods from a date on."""

    facility: str
    stage: str
    materials: tuple[str, ...]
    when: Span


Change = Stop | Impose | Lift | Drop | Replace | Start


@dataclass(frozen=True)
class Scenario:
    """A question and its changes; `start` is the day from which they hold.

    One that several are combined to has these as its `parts`.
    """

    name: str
    title: Thing
    question: Thing
    start: Span
    changes: tuple[Change, ...]
    parts: tuple[Scenario, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which it is asked for."""
        return tuple(p.name for p in self.parts) or (self.name,)

    def of(self, change: Change) -> frozenset[str]:
        """The names of the scenarios that suppose a change."""
        return frozenset(p.name for p in self.parts or (self,) if change in p.changes)


_TEXTS: Final = ("title_en", "title_zh", "question_en", "question_zh", "from")
_TOP: Final = (*_TEXTS, "change")
# Of each kind of change: its keys, and the classes that their ids must have; others are checked one by one.
_KEYS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "stop": {"on": ("Place", "Facility", "Firm"), "stage": ("Stage",), "materials": ("Good",), "share": ()},
    "impose": {"control": ("Policy", "Provision"), "maker": ("Place",), "materials": ("Good",), "from": ()},
    "lift": {"control": ("Policy", "Provision")},
    "drop": {"claim": ("Claim",)},
    "replace": {"claim": ("Claim",), "cells": ()},
    "start": {"facility": ("Facility",), "stage": ("Stage",), "materials": ("Good",), "when": ()},
}
_REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "stop": ("on", "stage", "materials"),
    "impose": (),
    "lift": ("control",),
    "drop": ("claim",),
    "replace": ("claim", "cells"),
    "start": ("facility", "stage", "materials", "when"),
}
# What a claim says may be supposed otherwise; where it stands and what it is called may not.
_CELLS: Final = frozenset(COLUMNS) - {"id", "start", "end", "sha256"}


def scenario_paths(root: Path) -> dict[str, Path]:
    """The scenarios of data/scenarios/ by name."""
    return {path.stem: path for path in sorted((root / "data" / "scenarios").glob("*.toml"))}


def scenario_path(root: Path, name: str | Path) -> Path:
    """The file of a scenario, given by its name or as a .toml file; UnknownName when there is none."""
    shipped = scenario_paths(root)
    if isinstance(name, str) and name in shipped:
        return shipped[name]
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        return path
    raise UnknownName("scenario", str(name), shipped, "`reegraph scenario` lists them; or give a .toml file.")


def scenario_list(root: Path) -> Table:
    """The scenarios of data/scenarios/: name, title and question."""
    rows, problems = [], []
    for name, path in scenario_paths(root).items():
        text = path.read_text(encoding="utf-8")
        content, faults = _content(text, f"data/scenarios/{path.name}")
        problems += faults or list(_top_faults(content, text, f"data/scenarios/{path.name}"))
        if not problems:
            rows.append((name, _said(content, "title"), _said(content, "question")))
    if problems:
        raise CurationError(problems)
    columns = (
        Column("scenario", en="name", zh="名稱"),
        Column("title", en="title", zh="標題"),
        Column("asks", en="question", zh="問題"),
    )
    return Table(columns, tuple(rows), title="scenarios")


def scenario_texts(root: Path) -> dict[str, list[str]]:
    """Titles and questions of the scenarios of data/scenarios/ in both languages, by name."""
    rows = scenario_list(root).cells()
    said = {str(row["scenario"]): (row["title"], row["asks"]) for row in rows}
    return {
        name: [text for one in own if isinstance(one, Thing) for text in (one.en, one.zh)]
        for name, own in said.items()
    }


def read_scenario(path: Path, known: Known) -> Scenario:
    """The scenario of a TOML file; CurationError with every fault, UsageError when it cannot be read."""
    place = f"data/scenarios/{path.name}" if path.parent.name == "scenarios" else path.name
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}. Give a .toml file.") from error
    except UnicodeDecodeError as error:
        raise CurationError(
            [Problem(f"{place}:1", f"byte {error.start} is not UTF-8.", "Save it as UTF-8.")]
        ) from error
    content, problems = _content(text, place)
    if not problems:
        problems = [*_top_faults(content, text, place), *_change_faults(content, text, place, known)]
    if problems:
        raise CurationError(problems)
    where = _headers(text, content["change"])
    changes = tuple(_change(c, f"{place}:{n}") for c, n in zip(content["change"], where, strict=True))
    start = edtf.parse(content["from"])
    return Scenario(path.stem, _said(content, "title"), _said(content, "question"), start, changes)


def _content(text: str, place: str) -> tuple[dict[str, Any], list[Problem]]:
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        end = text.count("\n") + 1
        return {}, [Problem(f"{place}:{line[1] if line else end}", f"{error}.", "Correct the TOML.")]


def _top_faults(content: Mapping[str, Any], text: str, place: str) -> Iterator[Problem]:
    for key in _TEXTS:
        if not isinstance(content.get(key), str) or not content[key].strip():
            yield Problem(
                f"{place}:{_line(text, key)}", f"{key} is missing or no text.", f'Write {key} = "...".'
            )
    for key in content:
        if key not in _TOP:
            what = f"{key} is a key that nobody reads; known: {', '.join(_TOP)}."
            yield Problem(f"{place}:{_line(text, key)}", what, "Correct it or take it out.")
    changes = content.get("change")
    if not isinstance(changes, list) or not changes or not all(isinstance(c, dict) for c in changes):
        yield Problem(f"{place}:1", "it supposes no change.", "Add a [[change]] table.")
    if isinstance(content.get("from"), str) and (what := _date_fault("from", content["from"])):
        yield Problem(f"{place}:{_line(text, 'from')}", what)


def _change_faults(content: Mapping[str, Any], text: str, place: str, known: Known) -> Iterator[Problem]:
    changes = [c for c in content.get("change", []) if isinstance(c, dict)]
    touched: dict[str, int] = {}
    for change, line in zip(changes, _headers(text, changes), strict=True):
        where = f"{place}:{line}"
        for what, remedy in _faults(change, known):
            yield Problem(where, what, remedy)
        claim = change.get("claim")
        if isinstance(claim, str) and touched.setdefault(claim, line) != line:
            yield Problem(
                where, f"{claim} is changed already in line {touched[claim]}.", "Keep one of the two."
            )


def _faults(change: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    kind = change.get("kind")
    if not isinstance(kind, str) or kind not in _KEYS:
        yield f"kind {kind!r} is unknown; known: {', '.join(_KEYS)}.", "Correct the kind."
        return
    keys = _KEYS[kind]
    for key in change:
        if key not in keys and key != "kind":
            yield (
                f"{key} is a key that {kind} does not take; it takes: {', '.join(keys)}.",
                "Correct it or take it out.",
            )
    for key in _REQUIRED[kind]:
        if key not in change:
            yield f"{kind} needs {key}.", f"Add {key}."
    for key, classes in keys.items():
        if key in change and classes:
            yield from _id_faults(key, change[key], classes, known)
    yield from _value_faults(kind, change)


def _id_faults(key: str, value: object, classes: tuple[str, ...], known: Known) -> Iterator[Fault]:
    wanted = " or ".join(classes)
    if key == "materials" and not (
        isinstance(value, list) and value and all(isinstance(v, str) for v in value)
    ):
        yield "materials is not a list of ids.", 'Write materials = ["group:heavy-ree"].'
        return
    ids = value if isinstance(value, list) else [value]
    for id_ in ids:
        if not isinstance(id_, str):
            yield f"{key} is not an id.", f'Write {key} = "kind:slug".'
        elif id_ not in known:
            near = nearest(id_, known)
            hint = f" (perhaps {' or '.join(near)})" if near else ""
            yield f"{key} {id_} is not defined{hint}.", "`reegraph find` has the ids."
        elif not set(known[id_]) & set(classes):
            yield f"{key} {id_} is no {wanted}.", f"Give the id of a {wanted}."


def _value_faults(kind: str, change: Mapping[str, Any]) -> Iterator[Fault]:
    for key in ("from", "when"):
        if key in change and key in _KEYS[kind] and (what := _date_fault(key, change[key])):
            yield what, ""
    if "share" in change and kind == "stop":
        yield from _share_faults(change["share"])
    if "cells" in change and kind == "replace":
        yield from _cell_faults(change["cells"])
    if kind == "impose":
        new = {"maker", "materials", "from"} & set(change)
        if "control" in change and new:
            yield f"impose names a known control and also {', '.join(sorted(new))}.", "Keep one of the two."
        if "control" not in change and len(new) < 3:
            yield "impose needs control, or maker, materials and from for a new one.", "Complete it."


def _share_faults(value: object) -> Iterator[Fault]:
    remedy = 'Write a percentage above 0 and up to 100, e.g. share = "50" or "80..90".'
    try:
        number = figure.parse(str(value), {})
    except ValueError as error:
        yield str(error), remedy
        return
    high = number.upper if number.upper is not None else number.value
    if not isinstance(value, str) or high is None or not 0 < high <= 100:
        yield f"share {value!r} is no percentage.", remedy


def _cell_faults(cells: object) -> Iterator[Fault]:
    if not isinstance(cells, dict) or not cells or not all(isinstance(v, str) for v in cells.values()):
        yield "cells is no table of texts.", 'Write cells = { value = "60" }.'
        return
    for name in cells:
        if name not in _CELLS:
            listed = ", ".join(c for c in COLUMNS if c in _CELLS)
            yield f"{name} is no cell that can be replaced; known: {listed}.", "Correct it or take it out."


def _date_fault(key: str, value: object) -> str:
    try:
        return "" if edtf.parse(str(value)).start else f"{key} {value} has no first day. {edtf.REMEDY}"
    except ValueError as error:
        return f"{key}: {error}"


def _change(change: Mapping[str, Any], where: str) -> Change:
    materials = tuple(change.get("materials", ()))
    match change["kind"]:
        case "stop":
            share = figure.parse(change["share"], {}) if "share" in change else None
            return Stop(change["on"], change["stage"], materials, share)
        case "impose":
            since = edtf.parse(change["from"]) if "from" in change else None
            return Impose(change.get("control", ""), change.get("maker", ""), materials, since)
        case "lift":
            return Lift(change["control"])
        case "drop":
            return Drop(change["claim"])
        case "replace":
            return Replace(change["claim"], dict(change["cells"]), where)
        case _:
            return Start(change["facility"], change["stage"], materials, edtf.parse(change["when"]))


def _said(content: Mapping[str, Any], key: str) -> Thing:
    return Thing(content[f"{key}_en"], content[f"{key}_en"], content[f"{key}_zh"])


def _line(text: str, key: str) -> int:
    """The line on which a top-level key stands, from 1; 1 when it is not there."""
    match = re.search(rf"^\s*{re.escape(key)}\s*=", text, re.MULTILINE)
    return text.count("\n", 0, match.end()) + 1 if match else 1


def _headers(text: str, changes: Collection[object]) -> list[int]:
    """The line of each [[change]]; 1 for all where the text does not tell (inline tables, quoted headers)."""
    lines = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*change\s*\]\]", line)]
    return lines if len(lines) == len(changes) else [1] * len(changes)
