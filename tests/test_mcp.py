"""The tools for agents, called as an agent calls them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from graphs import default_answer, environment, questions, real_graph
from mcp import Client, StdioServerParameters
from mcp_types import TextContent

from reegraph.mcp import server
from reegraph.scenario.definition import scenario_list


async def _called(tool: str, given: dict[str, Any]) -> tuple[bool, Any]:
    async with Client(server(real_graph())) as client:
        result = await client.call_tool(tool, given)
    if not result.is_error:
        return True, result.structured_content
    (content,) = result.content
    assert isinstance(content, TextContent)
    return False, content.text


def call(tool: str, **given: Any) -> Any:
    """What a tool gives."""
    good, given_back = asyncio.run(_called(tool, given))
    assert good, given_back
    return given_back


def refusal(tool: str, **given: Any) -> str:
    """What is said of a call that fails."""
    good, said = asyncio.run(_called(tool, given))
    assert not good
    return str(said)


def test_tools_say_what_they_do() -> None:
    """Every tool is described, reads only, and says what language it answers in."""

    async def listed() -> Any:
        async with Client(server(real_graph())) as client:
            assert "do not average" in (client.instructions or "")
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert {tool.name for tool in tools} >= {
        "questions",
        "ask",
        "ask_plainly",
        "find",
        "show",
        "why",
        "sparql",
    }
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert "lang" in tool.input_schema["properties"]


def test_questions_are_asked() -> None:
    """Each listed question has its parameters; its answer is the graph's, in parts where it is long."""
    listed = {each["name"]: each for each in call("questions")["questions"]}
    assert set(listed) == set(questions())
    assert set(listed["heavy-ree-dependence"]["parameters"]) == {"on", "scheme"}
    name, table = "china-share", default_answer("china-share")
    rows, offset = [], 0
    while offset is not None:
        part = call("ask", question=name, rows=7, offset=offset, lang="zh-Hant")
        rows += part["rows"]
        assert (part["total"], part["title"]) == (len(table), table.title_zh)
        offset = part.get("next_offset")
    assert rows == table.records("zh-Hant")
    assert set(part["columns"]) == {column.name for column in table.columns}
    imports = call("ask", question="import-dependence", parameters={"dependent": "country:JP"})
    assert {row["dependent"] for row in imports["rows"]} == {"country:JP"}


def test_plain_questions() -> None:
    """A plain question is answered by the one that fits, with its parameters, or declined with the reason."""
    answer = call("ask_plainly", text="哪些重稀土加工依賴中國？", lang="zh-Hant", rows=3)
    assert (answer["question"], len(answer["rows"])) == ("heavy-ree-dependence", 3)
    assert answer["parameters"] == {"on": ["country:CN"]}
    declined = call("ask_plainly", text="What is the weather in Taipei?")
    assert declined["declined"]
    assert declined["why"]


def test_things_and_proofs() -> None:
    """A thing is found by its Chinese name, shown, and a claim of it proved."""
    assert call("find", word="萊納斯")["rows"][0]["id"] == "firm:lynas"
    shown = call("show", thing="firm:lynas", rows=500)
    assert shown["total"] == len(shown["rows"]) == len(real_graph().entity("firm:lynas"))
    proof = call("why", what="country:US dependsOn country:CN", lang="zh-Hant")
    assert proof == real_graph().why("country:US dependsOn country:CN").to_dict("zh-Hant")


def test_scenarios() -> None:
    """The scenarios are listed and worked out, each table with how long it is."""
    names = [row["scenario"] for row in call("scenarios")["rows"]]
    assert names == scenario_list(real_graph().root).column("scenario")
    outcome = call("scenario", names=["myanmar-feed-stops"], rows=2)
    assert outcome["says"]
    assert len(outcome["losses"]["rows"]) == min(2, outcome["losses"]["total"])


def test_sparql() -> None:
    """A query is answered with the prefixes declared."""
    assert call("sparql", query="ASK { firm:lynas a ree:Firm }")["rows"] == [{"answer": True}]


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("ask", {"question": "heavy-ree"}, "heavy-ree-dependence"),
        ("ask", {"question": "china-share", "parameters": {"place": "country:XX"}}, "country:XX"),
        ("ask", {"question": "china-share", "rows": 0}, "greater than or equal to 1"),
        ("show", {"thing": "firm:nobody"}, "firm:nobody"),
        ("why", {"what": "claim:tang-2025-9999", "lang": "zh-Hant"}, "claim:tang-2025-9999"),
        ("scenario", {"names": ["/etc/passwd"]}, "scenarios"),
        ("sparql", {"query": "SELECT * { ?s ?p", "lang": "zh-Hant"}, "第 1 行"),
        (
            "sparql",
            {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"},
            "SERVICE is refused",
        ),
    ],
)
def test_errors_reach_the_agent(tool: str, given: dict[str, Any], said: str) -> None:
    """What fails is told in the tool's own words, not as a fault of the server."""
    message = refusal(tool, **given)
    assert said in message
    assert "Traceback" not in message
    assert message != f"Error executing tool {tool}"


def test_command(tmp_path: Path) -> None:
    """`reegraph mcp` speaks over standard input and output, and ends with its client."""
    command = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from reegraph.cli import main; main(['mcp'])"],
        env=environment(),
        cwd=tmp_path,
    )

    async def found() -> Any:
        async with Client(command) as client:
            return await client.call_tool("find", {"word": "Dy"})

    result = asyncio.run(asyncio.wait_for(found(), 60))
    assert result.structured_content["rows"][0]["id"] == "element:Dy"
