"""The command that asks what if: scenario."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from reegraph.cli.output import format_options, graph, store_options, write
from reegraph.errors import UsageError
from reegraph.folders import project_root
from reegraph.scenario.answer import answer
from reegraph.scenario.definition import scenario_list
from reegraph.scenario.outcome import COLUMNS, TITLES, Outcome, worded
from reegraph.table import Lang, Table

# What a terminal has room for; the other formats give every column.
_SHOWN: Final = {
    "losses": ("effect", "dependent", "on", "stage", "material", "share", "since", "claims"),
    "alternatives": ("alternative", "place", "stage", "material", "fits", "state", "when", "capacity"),
    "rests_on": ("claim", "says", "source", "paragraph", "when", "losses"),
    "overturn": ("claim", "says", "removes", "of", "sources"),
    "changes": ("change", "by", "dependent", "on", "stage", "material", "share", "since", "claims"),
}
_ONE_TABLE: Final = ("csv", "tsv", "xlsx")  # formats that hold a single table


@click.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
@click.option(
    "--part",
    type=click.Choice(list(COLUMNS)),
    help="Only this table of the answer. [csv, tsv, xlsx: losses, or changes where nothing is lost]",
)
@format_options
@store_options
def scenario(
    name: str | None,
    part: str | None,
    format_: str,
    output: Path | None,
    lang: Lang,
    url: str | None,
    token: str,
    articles: Path | None,
) -> None:
    """Answer what if: who loses supply, what is left, on whose word, what would overturn it.

    NAME is a scenario that comes with reegraph, FILE a TOML of your own; without one, list them.

    \b
    Example:
      reegraph scenario cn-stops-heavy-separation
    """
    if name is None:
        write(scenario_list(project_root()), format_, output, lang)
        return
    with graph(url, token, articles) as g:
        outcome = answer(g, name)
    if part is None and format_ in _ONE_TABLE:
        part = "losses" if len(outcome.losses) or not len(outcome.changes) else "changes"
    if part is not None:
        write(worded(outcome.tables()[part], lang), format_, output, lang)
    elif format_ == "json":
        _put(json.dumps(outcome.to_dict(lang), ensure_ascii=False, indent=2) + "\n", output)
    elif format_ == "md" or output is not None:
        _put("\n".join(_markdown(outcome, lang)), output)
    else:
        _to_terminal(outcome, lang)


def _to_terminal(outcome: Outcome, lang: Lang) -> None:
    click.echo(outcome.scenario.question.label(lang) + "\n")
    for said in outcome.says:
        click.echo(f"- {said.label(lang)}")
    click.echo()
    for name, table in outcome.tables().items():
        if len(table):
            write(_narrow(name, worded(table, lang)), "table", None, lang)


def _markdown(outcome: Outcome, lang: Lang) -> Iterator[str]:
    yield f"# {outcome.scenario.title.label(lang)}\n"
    yield f"{outcome.scenario.question.label(lang)}\n"
    yield "".join(f"- {said.label(lang)}\n" for said in outcome.says)
    for name, table in outcome.tables().items():
        if len(table):
            yield f"## {TITLES[name].label(lang)}\n\n{worded(table, lang).to_markdown(lang)}"


def _narrow(name: str, table: Table) -> Table:
    wanted = _SHOWN.get(name, tuple(c.name for c in table.columns))
    kept = [(i, c) for i, c in enumerate(table.columns) if c.name in wanted]
    rows = tuple(tuple(row[i] for i, _ in kept) for row in table.rows)
    return replace(table, columns=tuple(c for _, c in kept), rows=rows)


def _put(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from error
