"""The graph as tools of the Model Context Protocol, for agents: https://modelcontextprotocol.io.

Each tool is a method of the KnowledgeGraph; what it returns holds ids with names beside them, and every row
its evidence. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Annotated, Any, Final, Literal

from reegraph.errors import MissingPart, ReegraphError, UnknownName, UsageError
from reegraph.graph import KnowledgeGraph
from reegraph.scenario.definition import scenario_list
from reegraph.scenario.outcome import worded
from reegraph.server.words import calls_out
from reegraph.table import Table

try:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp_types import ToolAnnotations
    from pydantic import Field
except ImportError as error:
    raise MissingPart("the package mcp is needed for this: pip install 'reegraph[mcp]'") from error

_INSTRUCTIONS: Final = """\
What five Traditional-Chinese articles of 2025 say of the rare-earth supply chain and its politics, claim by
claim. Begin with `questions` or `ask_plainly`; `find` gives the ids of things, `why` the proof of a claim or
conclusion. Every figure is on its source's word: quote it with the claim and its paragraph. Sources that
disagree stand side by side; do not average them. What has no claim is unknown, not none. Rank deprecated:
wrong in the source; its note says what is right. Basis derived: concluded from claims that `why` names."""

Language = Annotated[
    Literal["en", "zh-Hant"], Field(description="Language of names and sentences; ids stay as they are.")
]
Rows = Annotated[int, Field(ge=1, le=1000, description="So many rows at most.")]
Offset = Annotated[int, Field(ge=0, description="The first row to give, for the next part of a long answer.")]
Answer = dict[str, Any]


def server(graph: KnowledgeGraph) -> MCPServer[Any]:
    """A server with the tools over a graph, which outlives it."""
    made = MCPServer("reegraph", instructions=_INSTRUCTIONS, version=version("reegraph"), log_level="ERROR")
    tools = _Tools(graph)
    for tool in (
        tools.questions,
        tools.ask,
        tools.ask_plainly,
        tools.find,
        tools.show,
        tools.why,
        tools.scenarios,
        tools.scenario,
        tools.sparql,
    ):
        made.tool(annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))(_told(tool))
    return made


class _Tools:
    """What an agent may do: their docstrings are what it reads."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph

    def questions(self, lang: Language = "en") -> Answer:
        """List the named questions with their parameters, for `ask`."""
        chinese = lang == "zh-Hant"
        return {
            "questions": [
                {
                    "name": question.name,
                    "theme": question.theme,
                    "asks": question.question_zh if chinese else question.question_en,
                    "parameters": {p.name: p.zh if chinese else p.en for p in question.parameters},
                }
                for question in self._graph.questions.values()
            ]
        }

    def ask(
        self,
        question: Annotated[str, Field(description="Its name, such as heavy-ree-dependence.")],
        parameters: Annotated[
            dict[str, str],
            Field(
                description="Such as {on: country:CN}; ids come from `find`. known_by=2025-06-30 answers "
                "from what was published by then."
            ),
        ] = {},  # noqa: B006 (only read)
        lang: Language = "en",
        rows: Rows = 100,
        offset: Offset = 0,
    ) -> Answer:
        """Answer a named question: a table whose rows each name their claims and sources."""
        return _table(self._graph.ask(question, **parameters), lang, rows, offset)

    def ask_plainly(self, text: str, lang: Language = "en", rows: Rows = 100) -> Answer:
        """Answer a question in English or Chinese by the named one that fits, or decline and say why."""
        choice, table = self._graph.ask_plain(text)
        said: Answer = {
            "why": choice.why(lang),
            "scenarios": list(choice.scenarios),
            "next_best": [
                {"question": guess.question, "sure": round(guess.sure, 2)} for guess in choice.near
            ],
        }
        if table is None or choice.best is None:
            return {"declined": True, **said}
        asked = {"question": choice.best.question, "parameters": dict(choice.best.parameters)}
        return {**asked, **said, **_table(table, lang, rows)}

    def find(self, word: str, lang: Language = "en", rows: Rows = 20) -> Answer:
        """Find things by any name: English, Chinese in either script, symbols, aliases. Gives their ids."""
        return _table(self._graph.find(word, rows), lang)

    def show(
        self,
        thing: Annotated[str, Field(description="An id, such as firm:lynas.")],
        lang: Language = "en",
        rows: Rows = 100,
        offset: Offset = 0,
    ) -> Answer:
        """Show all that the graph says of a thing, with the claim or entry behind each line."""
        return _table(self._graph.entity(thing), lang, rows, offset)

    def why(
        self,
        what: Annotated[
            str,
            Field(description="An id, such as claim:tang-2025-310, or 'country:US dependsOn country:CN'."),
        ],
        lang: Language = "en",
    ) -> Answer:
        """Prove a claim, dependency, disagreement or statement, down to source and paragraph."""
        return self._graph.why(what).to_dict(lang)

    def scenarios(self, lang: Language = "en") -> Answer:
        """List the what-if scenarios, for `scenario`."""
        return _table(scenario_list(self._graph.root), lang)

    def scenario(
        self,
        names: Annotated[list[str], Field(min_length=1, description="One, or several held together.")],
        lang: Language = "en",
        rows: Annotated[int, Field(ge=1, le=1000, description="Of each table so many rows at most.")] = 20,
    ) -> Answer:
        """Answer what if: who loses supply, on whose word, what would overturn it, and what is unknown."""
        known = scenario_list(self._graph.root).column("scenario")
        for name in names:
            if name not in known:  # the graph would read a file of this name
                raise UnknownName("scenario", name, map(str, known), "`scenarios` lists all.")
        outcome = self._graph.scenario(*names)
        tables = {part: worded(table, lang) for part, table in outcome.tables().items() if len(table)}
        head = {key: value for key, value in outcome.to_dict(lang).items() if key not in outcome.tables()}
        return head | {part: _table(table, lang, rows) for part, table in tables.items()}

    def sparql(self, query: str, lang: Language = "en", rows: Rows = 100, offset: Offset = 0) -> Answer:
        """Run a SPARQL query; the usual prefixes (ree, rdfs, firm, country, claim, ...) are declared."""
        if calls_out(query):
            raise UsageError("SERVICE is refused here: an agent's query reaches this graph alone.")
        return _table(self._graph.sparql(query), lang, rows, offset)


def _told(tool: Callable[..., Answer]) -> Callable[..., Answer]:
    """The tool, whose errors reach the agent in their own words."""

    @wraps(tool)
    def telling(*given: Any, **named: Any) -> Answer:
        try:
            return tool(*given, **named)
        except ReegraphError as error:
            raise ToolError(error.told(named.get("lang", "en"))) from error

    return telling


def _table(table: Table, lang: Language, rows: int = 1000, offset: int = 0) -> Answer:
    """A part of a table, what its columns mean, how many rows there are, and where the next part begins."""
    chinese = lang == "zh-Hant"
    shown = {
        "title": table.heading(lang),
        "columns": {c.name: (c.zh if chinese else c.en) or c.type for c in table.columns},
        "rows": table.records(lang)[offset : offset + rows],
        "total": len(table),
        "notes": list(table.remarks(lang)),
    }
    return shown | ({"next_offset": offset + rows} if offset + rows < len(table) else {})
