"""The command that asks what if: scenario."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import click

from reegraph.cli.output import GraphOptions, OutputOptions, graph_options, output_options, show
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
@click.argument("names", nargs=-1, metavar="[NAME|FILE]...")
@click.option(
    "--part",
    type=click.Choice(list(COLUMNS)),
    help="Only this table of the answer. [csv, tsv, xlsx: losses, or changes where nothing is lost]",
)
@output_options
@graph_options
def scenario(
    names: tuple[str, ...],
    part: str | None,
    out: OutputOptions,
    where: GraphOptions,
) -> None:
    """Answer what if: who loses supply, what is left, on whose word, what would overturn it.

    NAME is a scenario that comes with reegraph, FILE a TOML of your own; without one, list them. Of
    several, all hold together, and each row says which of them cause it.

    \b
    Example:
      reegraph scenario cn-stops-heavy-separation
      reegraph scenario cn-stops-heavy-separation lynas-on-time
    """
    if not names:
        out.write(scenario_list(project_root()))
        return
    with where.open() as g:
        outcome = answer(g, *names)
    if part is None and out.format in _ONE_TABLE:
        part = "losses" if len(outcome.losses) or not len(outcome.changes) else "changes"
    if part is not None:
        out.write(worded(outcome.tables()[part], out.lang))
    elif out.format == "json":
        out.put(json.dumps(outcome.to_dict(out.lang), ensure_ascii=False, indent=2) + "\n")
    elif out.format == "md" or out.output is not None:
        out.put("\n".join(_markdown(outcome, out.lang)))
    else:
        _to_terminal(outcome, out.lang)


def _to_terminal(outcome: Outcome, lang: Lang) -> None:
    click.echo(outcome.scenario.question.label(lang) + "\n")
    for said in outcome.says:
        click.echo(f"- {said.label(lang)}")
    click.echo()
    for name, table in outcome.tables().items():
        if len(table):
            show(_narrow(name, worded(table, lang), several=bool(outcome.scenario.parts)), lang)


def _markdown(outcome: Outcome, lang: Lang) -> Iterator[str]:
    yield f"# {outcome.scenario.title.label(lang)}\n"
    yield f"{outcome.scenario.question.label(lang)}\n"
    yield "".join(f"- {said.label(lang)}\n" for said in outcome.says)
    for name, table in outcome.tables().items():
        if len(table):
            yield f"## {TITLES[name].label(lang)}\n\n{worded(table, lang).to_markdown(lang)}"


def _narrow(name: str, table: Table, *, several: bool) -> Table:
    wanted = _SHOWN.get(name, tuple(c.name for c in table.columns))
    wanted += ("scenarios",) if several else ()
    kept = [(i, c) for i, c in enumerate(table.columns) if c.name in wanted]
    rows = tuple(tuple(row[i] for i, _ in kept) for row in table.rows)
    return replace(table, columns=tuple(c for _, c in kept), rows=rows)
