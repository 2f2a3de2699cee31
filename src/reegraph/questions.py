"""Named questions: queries/<name>.rq files that run as they stand, with typed parameters and columns.

A file's head says, in ``#+ key: value`` lines, what it asks and what it answers:

    #+ title-en: Share of China by stage
    #+ parameter: material | thing | the element or group | 元素或元素群
    #+ column: share | number | percent | share of the world | 占全球比例

A parameter is a ``VALUES ?material { group:rare-earths }`` block of the query; binding it replaces what
stands between the braces, wherever such a block stands. ``UNDEF`` there means any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from reegraph.errors import CurationError, Problem, QueryError, UnknownName, UsageError
from reegraph.sentence import Sentence
from reegraph.store import Node, Solutions, Store
from reegraph.store.protocol import node_text
from reegraph.table import COLUMN_TYPES, LIST_TYPES, Cell, Column, Table, Thing
from reegraph.terms import XSD, iri, is_id, is_term, short

_HEAD = re.compile(r"#\+\s*([a-z-]+):\s*(.*)")
_TEXTS: Final = ("title-en", "title-zh", "question-en", "question-zh", "theme", "keywords-en", "keywords-zh")
_REQUIRED: Final = _TEXTS[:5]
PARAMETER_TYPES: Final = ("thing", "date", "number", "boolean", "text")
LIST_SEPARATOR: Final = " | "  # between the texts of a list cell; IRIs are separated by a blank
THEMES: Final = ("dependence", "controls", "actors", "policy", "materials", "evidence")


@dataclass(frozen=True)
class Parameter:
    """A parameter: `default` is what stands in the query's VALUES block."""

    name: str
    type: str
    en: str
    zh: str
    default: str


@dataclass(frozen=True)
class Head:
    """A query file that is no question (a rule, a check): what its head says, and where it stands."""

    name: str
    query: str
    keys: Mapping[str, str]
    place: str


@dataclass(frozen=True)
class Question:
    """A question and its SPARQL. `name` is the file name without .rq."""

    name: str
    query: str
    title_en: str
    title_zh: str
    question_en: str
    question_zh: str
    theme: str
    keywords: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    notes_zh: tuple[str, ...]

    def bound(self, values: Mapping[str, str]) -> str:
        """The query with parameters bound; several values of one are joined by commas.

        Raises UnknownName for a parameter it has not and UsageError for a value of another type.
        """
        known = {p.name: p for p in self.parameters}
        query = self.query
        for name, value in values.items():
            if name not in known:
                listed = ", ".join(known) or "none"
                remedy = Sentence(f"{self.name} takes: {listed}.", f"{self.name} 可用：{listed}。")
                raise UnknownName("parameter", name, known, remedy)
            terms = " ".join(_term(part.strip(), known[name]) for part in value.split(","))
            query = fill(query, name, terms)
        return query


@cache
def read_questions(folder: Path) -> dict[str, Question]:
    """The questions of a folder by name; CurationError with what is wrong in their heads."""
    questions, problems = {}, []
    for path in sorted(folder.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        faults = list(_faults(text))
        problems += [Problem(f"queries/{path.name}:{line}", what) for line, what in faults]
        if not faults:
            questions[path.stem] = _question(path.stem, text)
    if problems:
        raise CurationError(problems)
    return questions


def find_question(name: str, questions: Mapping[str, Question]) -> Question:
    """The question of that name; UnknownName with the nearest names when there is none."""
    if name not in questions:
        raise UnknownName("question", name, questions)
    return questions[name]


def head(text: str) -> list[tuple[int, str, str]]:
    """The ``#+ key: value`` lines of a query file, with the line each stands on."""
    return [
        (number, match[1], match[2].strip())
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _HEAD.match(line))
    ]


def read_heads(folder: Path, wanted: Sequence[str]) -> tuple[list[Head], list[Problem]]:
    """The query files whose heads have all wanted keys, and a problem for each key that one lacks."""
    found, problems = [], []
    for path in sorted(folder.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        keys = {key: value for _, key, value in head(text)}
        missing = [key for key in wanted if not keys.get(key)]
        place = f"queries/{folder.name}/{path.name}:1"
        problems += [Problem(place, f"the head lacks `#+ {key}:`.") for key in missing]
        if not missing:
            found.append(Head(path.stem, text, keys, place))
    return found, problems


def fill(query: str, variable: str, terms: str) -> str:
    """The query with these terms in place of what every ``VALUES ?variable { ... }`` block holds."""
    return _block(variable).sub(lambda match: f"{match[1]} {terms} }}", query)


def run(store: Store, question: Question, values: Mapping[str, str], labels: Labels) -> Table:
    """Ask the store and give the answer its columns, types and names."""
    try:
        solutions = store.select(question.bound(values))
    except QueryError as error:
        raise QueryError(f"queries/{question.name}.rq: {error}", error.line, error.column) from error
    names = labels.of(store, solutions)
    wanted = [c.name for c in question.columns]
    missing = set(wanted) - set(solutions.variables)
    if missing:
        what = f"column {', '.join(sorted(missing))} is not in the query's SELECT"
        raise CurationError([Problem(f"queries/{question.name}.rq:1", what)])
    places = {name: place for place, name in enumerate(solutions.variables)}
    rows = tuple(
        tuple(
            _worded(row, column, places) or _cell(row[places[column.name]], column, names)
            for column in question.columns
        )
        for row in solutions.rows
    )
    return Table(
        question.columns,
        rows,
        title=question.title_en,
        title_zh=question.title_zh,
        notes=question.notes,
        notes_zh=question.notes_zh,
    )


def free_table(store: Store, solutions: Solutions, labels: Labels) -> Table:
    """The table of a query that somebody typed: IRIs of ours become things, numbers numbers."""
    names = labels.of(store, solutions)
    columns = []
    for place, variable in enumerate(solutions.variables):
        cells = [row[place] for row in solutions.rows if row[place] is not None]
        columns.append(Column(variable, _guess(cells)))
    rows = tuple(
        tuple(_cell(node, column, names) for node, column in zip(row, columns, strict=True))
        for row in solutions.rows
    )
    return Table(tuple(columns), rows)


@dataclass(frozen=True)
class Labels:
    """Looks up the names of things, by the query of queries/pages/labels.rq."""

    query: str

    def of(self, store: Store, solutions: Solutions) -> dict[str, Thing]:
        """The things of all IRIs among the solutions, by IRI."""
        iris: set[str] = set()
        for row in solutions.rows:
            for node in row:
                if isinstance(node, ox.NamedNode):
                    iris.add(node.value)
                elif isinstance(node, ox.Literal) and node.value.lstrip().startswith(
                    "https://w3id.org/reegraph/"
                ):
                    iris.update(node.value.split())
        return self.named(store, iris)

    def named(self, store: Store, iris: set[str]) -> dict[str, Thing]:
        """The things of these IRIs; one without a name is its id alone."""
        if not iris:
            return {}
        values = " ".join(f"<{i}>" for i in sorted(iris))
        found: dict[str, dict[str, str]] = {}
        for row in store.select(fill(self.query, "thing", values)):
            label = row["label"]
            assert isinstance(label, ox.Literal)
            found.setdefault(node_text(row["thing"] or label), {})[(label.language or "").lower()] = (
                label.value
            )
        return {
            i: Thing(short(i), found.get(i, {}).get("en", ""), found.get(i, {}).get("zh-hant", ""))
            for i in iris
        }


def _faults(text: str) -> list[tuple[int, str]]:
    lines = head(text)
    keys = [key for _, key, _ in lines]
    faults = [(1, f"the head lacks `#+ {key}:`.") for key in _REQUIRED if key not in keys]
    known = {*_TEXTS, "parameter", "column", "note-en", "note-zh"}
    for number, key, value in lines:
        parts = [p.strip() for p in value.split("|")]
        if key not in known:
            faults.append((number, f"`{key}` is a key that nobody reads; known: {', '.join(sorted(known))}."))
        elif key == "theme" and value not in THEMES:
            faults.append((number, f"theme {value!r} is unknown; known: {', '.join(THEMES)}."))
        elif key == "parameter" and (len(parts) != 4 or parts[1] not in PARAMETER_TYPES):
            faults.append((number, "a parameter reads `name | type | English | 中文`."))
        elif key == "parameter" and not _block(parts[0]).search(text):
            faults.append((number, f"there is no `VALUES ?{parts[0]} {{ ... }}` block for the parameter."))
        elif key == "column" and (len(parts) != 5 or parts[1] not in COLUMN_TYPES):
            faults.append((number, "a column reads `name | type | unit | English | 中文`."))
    return faults


def _question(name: str, text: str) -> Question:
    lines = head(text)
    texts = {key: value for _, key, value in lines if key in _TEXTS}
    parts = {
        kind: [[p.strip() for p in value.split("|")] for _, key, value in lines if key == kind]
        for kind in ("parameter", "column")
    }
    return Question(
        name=name,
        query=text,
        title_en=texts["title-en"],
        title_zh=texts["title-zh"],
        question_en=texts["question-en"],
        question_zh=texts["question-zh"],
        theme=texts["theme"],
        keywords=tuple(
            k.strip()
            for key in ("keywords-en", "keywords-zh")
            for k in texts.get(key, "").split(",")
            if k.strip()
        ),
        parameters=tuple(Parameter(p[0], p[1], p[2], p[3], _default(p[0], text)) for p in parts["parameter"]),
        columns=tuple(Column(*c) for c in parts["column"]),
        notes=tuple(value for _, key, value in lines if key == "note-en"),
        notes_zh=tuple(value for _, key, value in lines if key == "note-zh"),
    )


def _default(name: str, text: str) -> str:
    match = _block(name).search(text)
    assert match  # _faults has looked
    return match[2].strip()


@cache
def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES\s+\?{name}\s*\{{)([^}}]*)\}}")


def _term(value: str, parameter: Parameter) -> str:
    """A parameter's value as a SPARQL term; UsageError when it is not of the parameter's type."""
    if value == "any":
        return "UNDEF"
    given = f"{parameter.name}={value}"
    match parameter.type:
        case "thing":
            if not (is_id(value) or is_term(value)):
                wanted, wanted_zh = "an id like country:CN is wanted", "須為代號，例如 country:CN。"
                raise UsageError(Sentence(f"{given}: {wanted}", f"{given}：{wanted_zh}"))
            return f"<{iri(value)}>"
        case "number":
            try:
                number = Decimal(value)
                if not number.is_finite():
                    raise InvalidOperation
                return str(ox.Literal(f"{number:f}", datatype=ox.NamedNode(XSD + "decimal")))
            except InvalidOperation:
                wanted, wanted_zh = "a number is wanted, such as 50 or 0.1", "須為數字，例如 50 或 0.1。"
                raise UsageError(Sentence(f"{given}: {wanted}", f"{given}：{wanted_zh}")) from None
        case "date":
            if not _is_day(value):  # of a month one could take the first day or the last
                wanted, wanted_zh = "one day is wanted, such as 2025-06-30", "須為某一日，例如 2025-06-30。"
                raise UsageError(Sentence(f"{given}: {wanted}", f"{given}：{wanted_zh}"))
            return str(ox.Literal(value, datatype=ox.NamedNode(XSD + "date")))
        case "boolean":
            if value not in {"true", "false"}:
                wanted, wanted_zh = "true or false is wanted", "須為 true 或 false。"
                raise UsageError(Sentence(f"{given}: {wanted}", f"{given}：{wanted_zh}"))
            return value
        case _:
            return str(ox.Literal(value))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _worded(row: Sequence[Node | None], column: Column, places: Mapping[str, int]) -> Sentence | None:
    """A cell of a sentence column, its Chinese from ``<column>_zh`` where that is selected; else None."""
    node = row[places[column.name]]
    if column.type != "sentence" or node is None or not node_text(node):
        return None
    place = places.get(f"{column.name}_zh")
    chinese = row[place] if place is not None else None
    return Sentence(_in_order(node_text(node)), _in_order(node_text(chinese)) if chinese is not None else "")


def _in_order(text: str) -> str:
    """Sentences of a GROUP_CONCAT, whose order SPARQL leaves open, in one order."""
    return " ".join(sorted(text.split(LIST_SEPARATOR)))


def _cell(node: Node | None, column: Column, names: Mapping[str, Thing]) -> Cell:
    if node is None:
        return None
    text = node_text(node)
    if column.type in LIST_TYPES:
        parts = text.split(LIST_SEPARATOR) if column.type == "texts" else text.split()
        return tuple(names.get(p) or p for p in sorted(set(parts)) if p)
    match column.type:
        case "thing":
            return names.get(text) or Thing(text)
        case "number":
            return _number(text)
        case "date":
            return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text
        case "boolean":
            return text in {"true", "1"}
        case _:
            return text


def _number(text: str) -> Cell:
    """A number; one that is not finite (INF, NaN) stays text, since JSON and spreadsheets have none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _guess(cells: list[Node | None]) -> str:
    """The column type that all its nodes share."""
    if cells and all(isinstance(c, ox.NamedNode) for c in cells):
        return "thing"
    numeric = {XSD + t for t in ("integer", "decimal", "double", "float")}
    if cells and all(isinstance(c, ox.Literal) and c.datatype.value in numeric for c in cells):
        return "number"
    return "text"
